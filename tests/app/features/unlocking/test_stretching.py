"""A passphrase is stretched anew where machines became faster, and opens the vault at every moment."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault
from app.features.access.commands import RekeyVault
from app.features.unlocking.stretching import Restretched
from app.kernel.changes import Changed
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId
from app.kernel.ports import Progress
from app.vault.keybag import PASSPHRASE as OF_A_PASSPHRASE
from app.vault.keybag import Slot, read_keybag
from app.vault.sealing import Stretch
from vaults import PASSPHRASE, fixed_clock, new_desk

CLOCK = fixed_clock()
DEVICE = DeviceId("01a20217-8d76-7299-a83a-8618f60133bf")
OTHER = "nine copper kettles on a ferry"


def more(old: Stretch, _seconds: float, _progress: Progress) -> Stretch:
    return Stretch(old.memory_kib, old.passes + 2, old.lanes, bytes(16))


def weaker(old: Stretch, _seconds: float, _progress: Progress) -> Stretch:
    return Stretch(old.memory_kib, old.passes - 1, old.lanes, bytes(16))


def quick_key(stretch: Stretch, passphrase: str) -> bytes:
    text = f"{passphrase} {stretch.passes}".encode()
    return hashlib.blake2b(text, key=stretch.salt, digest_size=32).digest()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk that a passphrase opened, much faster than it should."""
    monkeypatch.setattr(Stretch, "key", quick_key)
    new_desk(tmp_path, clock=CLOCK).close()
    return again(tmp_path)


def again(tmp_path: Path, secret: str = PASSPHRASE) -> Desk:
    found = open_vault(tmp_path / "test.casewell", secret, DEVICE, clock=CLOCK)
    found._bag._unlocked = replace(found._bag.unlocked, seconds=0.1)
    return found


def passphrases(desk: Desk) -> list[Slot]:
    slots = read_keybag(desk.folder).keybag.slots
    return [slot for slot in slots if slot.kind == OF_A_PASSPHRASE]


def made(desk: Desk) -> Restretched:
    found = desk.stretching.prepared(PASSPHRASE, tune=more)
    assert found is not None
    return found


def test_it_replaces_the_slot_says_so_in_the_journal_and_still_opens(
    desk: Desk, tmp_path: Path
) -> None:
    old = desk.slot
    assert desk.stretching.due
    desk.stretching.retune(made(desk))
    (slot,) = passphrases(desk)
    assert slot.stretch is not None
    assert (slot.id != old.id, slot.stretch.passes) == (True, 5)
    assert desk.slot.id == slot.id
    assert not desk.stretching.due
    with desk.records.read() as reader:
        row = reader.execute("SELECT what FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    assert row == ("RetuneStretch",)
    desk.change_passphrase(PASSPHRASE, OTHER, Stretch(64 * 1024, 3, 4, bytes(16)))
    desk.close()
    again(tmp_path, OTHER).close()


def test_it_is_never_replaced_by_less(desk: Desk) -> None:
    assert desk.stretching.prepared(PASSPHRASE, tune=weaker) is None
    assert desk.stretching.prepared(PASSPHRASE, tune=lambda *_: None) is None
    desk.close()


def test_a_machine_that_took_its_time_is_left_in_peace(desk: Desk) -> None:
    desk._bag._unlocked = replace(desk._bag.unlocked, seconds=0.3)
    assert not desk.stretching.due
    desk.close()


@pytest.mark.parametrize("writes", [0, 1, 2, 3])
def test_struck_down_at_any_write_the_passphrase_opens(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """Each copy of the keybag is written twice: before the old slot goes, and when it is gone."""
    from app.vault import keybag as written

    class Struck(BaseException):
        pass

    real, done = written.write_atomically, 0

    def write(path: Path, data: bytes) -> None:
        nonlocal done
        if done == writes:
            raise Struck
        done += 1
        real(path, data)

    fresh = made(desk)
    monkeypatch.setattr(written, "write_atomically", write)
    with pytest.raises(Struck):
        desk.stretching.retune(fresh)
    monkeypatch.undo()
    monkeypatch.setattr(Stretch, "key", quick_key)
    desk.records.close()
    desk._hold.release()
    reopened = again(tmp_path)
    assert len(passphrases(reopened)) == 1
    assert reopened.verify().whole
    reopened.close()


def test_a_disk_that_fails_leaves_the_old_slot(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, fresh = desk.slot, made(desk)

    def full(*_slots: object, **_facts: object) -> None:
        raise Trouble("disk-full")

    with monkeypatch.context() as patch, pytest.raises(Trouble, match="disk-full"):
        patch.setattr(desk._bag, "write", full)
        desk.stretching.retune(fresh)
    assert [slot.id for slot in passphrases(desk)] == [old.id]
    desk.close()
    again(tmp_path).close()


def test_a_passphrase_changed_in_the_meantime_is_not_brought_back(
    desk: Desk, tmp_path: Path
) -> None:
    fresh = made(desk)
    desk.change_passphrase(PASSPHRASE, OTHER, Stretch(64 * 1024, 3, 4, bytes(16)))
    desk.stretching.retune(fresh)
    desk.close()
    with pytest.raises(Refused, match="passphrase-wrong"):
        again(tmp_path)
    again(tmp_path, OTHER).close()


def test_a_slot_made_before_the_vaults_key_was_changed_is_not_put_in(
    desk: Desk, tmp_path: Path
) -> None:
    prepared, old = made(desk), desk.slot
    desk.access.rekey(RekeyVault())
    assert desk.stretching.retune(prepared) == Changed()
    assert [slot.id for slot in passphrases(desk)] == [old.id]
    desk.close()
    again(tmp_path).close()
