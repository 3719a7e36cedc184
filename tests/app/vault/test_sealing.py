import os

import pytest

from app.vault import sealing
from app.vault.sealing import SealBroken, Stretch, restretched, seal, tuned, unseal

KEY = os.urandom(32)


def test_a_seal_opens_with_its_key_and_what_it_binds() -> None:
    assert unseal(KEY, seal(KEY, b"text", b"bound"), b"bound") == b"text"


@pytest.mark.parametrize("cut", [0, 10, 39])
def test_a_short_seal_is_broken(cut: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"text", b"")[:cut], b"")


def test_another_key_or_other_bound_facts_do_not_open_it() -> None:
    sealed = seal(KEY, b"text", b"bound")
    with pytest.raises(SealBroken):
        unseal(os.urandom(32), sealed, b"bound")
    with pytest.raises(SealBroken):
        unseal(KEY, sealed, b"Bound")


def test_tuning_reaches_its_time_with_memory_first(monkeypatch: pytest.MonkeyPatch) -> None:
    # A machine on which 64 MiB and 3 passes take 0.1 s.
    monkeypatch.setattr(
        sealing, "_seconds", lambda s: 0.1 * s.memory_kib / (64 * 1024) * s.passes / 3
    )
    found = tuned(0.7, memory_limit_kib=1024 * 1024)
    seconds = 0.1 * found.memory_kib / (64 * 1024) * found.passes / 3
    assert found.memory_kib == 512 * 1024
    assert 0.5 <= seconds <= 1.0


def test_tuning_on_a_slow_machine_keeps_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_seconds", lambda _stretch: 5.0)
    found = tuned()
    assert (found.memory_kib, found.passes) == (64 * 1024, 3)


def test_tuning_respects_small_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_seconds", lambda s: 0.05 * s.passes / 3)
    found = tuned(0.7, memory_limit_kib=64 * 1024)
    assert found.memory_kib == 64 * 1024
    assert found.passes > 20
    assert found.within_bounds()


def test_parameters_below_the_floor_are_out_of_bounds() -> None:
    assert not Stretch(19 * 1024, 3, 4, bytes(16)).within_bounds()
    assert not Stretch(64 * 1024, 2, 4, bytes(16)).within_bounds()
    assert not Stretch(64 * 1024, 3, 4, bytes(8)).within_bounds()


def fast_machine(monkeypatch: pytest.MonkeyPatch, floor_takes: float) -> None:
    monkeypatch.setattr(
        sealing, "_seconds", lambda s: floor_takes * s.memory_kib / (64 * 1024) * s.passes / 3
    )
    monkeypatch.setattr(sealing, "_quarter_of_memory_kib", lambda: 4 * 1024 * 1024)


OLD = Stretch(128 * 1024, 3, 4, bytes(16))


def test_a_much_faster_machine_stretches_more(monkeypatch: pytest.MonkeyPatch) -> None:
    fast_machine(monkeypatch, 0.05)
    fresh = restretched(OLD, 0.1)
    assert fresh is not None
    assert fresh.stronger_than(OLD)
    assert fresh.memory_kib <= 1024 * 1024
    assert fresh.salt != OLD.salt


@pytest.mark.parametrize("seconds", [0.25, 0.5, 3.0])
def test_a_machine_as_fast_or_slower_leaves_it(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    fast_machine(monkeypatch, 0.05)
    assert restretched(OLD, seconds) is None


def test_it_is_never_made_weaker_nor_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    fast_machine(monkeypatch, 5.0)
    assert restretched(OLD, 0.1) is None
    # Little memory: more passes over less would cost as much to us, and less to an attacker.
    fast_machine(monkeypatch, 0.01)
    monkeypatch.setattr(sealing, "_quarter_of_memory_kib", lambda: 64 * 1024)
    assert restretched(OLD, 0.1) is None


def test_risen_floors_stretch_a_slot_anew_which_still_opens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fast_machine(monkeypatch, 5.0)
    monkeypatch.setattr(sealing, "MEMORY_FLOOR_KIB", 256 * 1024)
    assert OLD.within_bounds()
    fresh = restretched(OLD, 10.0)
    assert fresh is not None
    assert not fresh.below_floor
    assert fresh.stronger_than(OLD)
