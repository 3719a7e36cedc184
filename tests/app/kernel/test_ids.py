from uuid import UUID

import pytest

from app.kernel.ids import is_id, new_id, new_ids


def test_ids_are_version_seven_and_variant_one() -> None:
    found = UUID(new_id())
    assert found.version == 7
    assert found.variant == "specified in RFC 4122"


def test_ids_of_one_process_grow_strictly() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_ids_grow_when_the_clock_steps_back(monkeypatch) -> None:
    first = new_id()
    monkeypatch.setattr("time.time_ns", lambda: 0)
    assert new_id() > first


def test_an_id_is_recognised_in_its_canonical_form_only() -> None:
    found = new_id()
    assert is_id(found)
    assert not is_id(found.upper())
    assert not is_id("students")


@pytest.mark.parametrize("count", [0, 1, 4095, 4096, 4097, 20_000])
def test_ids_made_together_grow_among_themselves_and_those_around_them(count: int) -> None:
    before, many, after = new_id(), new_ids(count), new_id()
    made = [before, *many, after]
    assert len(many) == count
    assert made == sorted(set(made))
    assert all(UUID(one).version == 7 and is_id(one) for one in many)
    assert {UUID(one).variant for one in many} <= {"specified in RFC 4122"}
