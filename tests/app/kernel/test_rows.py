"""A record that was stored comes back as it was, whatever way it is made."""

from dataclasses import FrozenInstanceError, fields, make_dataclass

import pytest

from app.features.screening.model.records import Screening
from app.kernel.rows import restored, shape, stored

WIDE = make_dataclass("Wide", [(f"f{n}", int) for n in range(24)], frozen=True, slots=True)
NARROW = make_dataclass("Narrow", [(f"f{n}", int) for n in range(3)], frozen=True, slots=True)
LOOSE = make_dataclass("Loose", [(f"f{n}", int) for n in range(24)], frozen=True)


@pytest.mark.parametrize("kind", [WIDE, NARROW, LOOSE])
def test_a_record_comes_back_equal_and_stands(kind: type) -> None:
    record = kind(*range(len(fields(kind))))
    again = restored(kind, stored(record))
    assert again == record
    assert hash(again) == hash(record)
    with pytest.raises(FrozenInstanceError):
        again.f0 = 7
    with pytest.raises(TypeError):
        restored(kind, stored(record)[:-1])


def test_a_wide_record_is_set_field_by_field_and_one_that_does_more_is_not() -> None:
    def checked(self: object) -> None:
        raise ValueError(self)

    does_more = make_dataclass(
        "DoesMore",
        [(f"f{n}", int) for n in range(24)],
        namespace={"__post_init__": checked},
        frozen=True,
        slots=True,
    )
    assert shape(Screening).setters
    assert len(shape(WIDE).setters) == 24
    assert not shape(NARROW).setters
    assert not shape(LOOSE).setters
    with pytest.raises(ValueError, match="DoesMore"):
        restored(does_more, tuple(range(24)))
