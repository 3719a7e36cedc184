"""Amounts are whole thousandths: nothing that is typed drifts, and what is shown can be typed."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.medication.model.amounts import (
    LARGEST,
    PIECES,
    THOUSAND,
    Amount,
    Unit,
    number_text,
    parsed_amount,
    parsed_thousandths,
)
from app.kernel.errors import Refused


@pytest.mark.parametrize(
    ("typed", "thousandths"),
    [
        ("1", 1000), ("1/2", 500), ("0.5", 500), ("1½", 1500), ("½", 500), ("1 1/2", 1500),
        ("2,5", 2500), (".25", 250), ("1 ½", 1500), (" 3 ", 3000), ("0.125", 125), ("3⁄4", 750),
        ("⅛", 125), ("5.", 5000), ("0", 0), ("1.000", 1000), ("0.1250", 125),
    ],
)  # fmt: skip
def test_what_a_nurse_types_is_read(typed: str, thousandths: int) -> None:
    assert parsed_thousandths(typed) == thousandths


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "amount-unreadable"), ("a", "amount-unreadable"), ("1/0", "amount-unreadable"),
        ("-1", "amount-unreadable"), ("1e3", "amount-unreadable"), (".", "amount-unreadable"),
        ("1.2.3", "amount-unreadable"), ("1,000.5", "amount-unreadable"), ("٣", "amount-unreadable"),
        ("1/3", "amount-too-fine"), ("0.0005", "amount-too-fine"), ("1000001", "amount-too-large"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        parsed_thousandths(typed, "dose")
    assert (refused.value.code, refused.value.field) == (code, "dose")


def test_an_amount_of_nothing_is_refused() -> None:
    with pytest.raises(Refused, match="amount-nothing"):
        parsed_amount("0", Unit.TABLET)


@given(st.integers(0, LARGEST), st.sampled_from(Unit))
def test_what_is_shown_can_be_typed_again(thousandths: int, unit: Unit) -> None:
    assert parsed_thousandths(number_text(thousandths, unit)) == thousandths


@given(st.lists(st.integers(1, 10_000), max_size=60))
def test_any_number_of_parts_adds_up_exactly(parts: list[int]) -> None:
    total = sum(parts)
    assert Fraction(total, THOUSAND) == sum(
        (Fraction(part, THOUSAND) for part in parts), Fraction()
    )


@given(st.integers(1, 999), st.integers(1, 999))
def test_a_fraction_is_read_exactly_or_refused(top: int, bottom: int) -> None:
    value = Fraction(top, bottom) * THOUSAND
    if value.denominator == 1:
        assert parsed_thousandths(f"{top}/{bottom}") == value
    else:
        with pytest.raises(Refused, match="amount-too-fine"):
            parsed_thousandths(f"{top}/{bottom}")


def test_quarters_are_spoken_of_pieces_and_decimals_of_what_is_measured() -> None:
    assert Amount(1500, Unit.TABLET).number() == "1½"
    assert Amount(250, Unit.PATCH).number() == "¼"
    assert Amount(2500, Unit.ML).number() == "2.5"
    assert Amount(500, Unit.MG).number() == "0.5"
    assert number_text(-1500, Unit.TABLET) == "-1½"
    assert Unit.ML not in PIECES
    assert Amount(500, Unit.TABLET).times(3) == Amount(1500, Unit.TABLET)
