from datetime import date, timedelta
from fractions import Fraction
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Refused
from app.kernel.measures import (
    GoalLine,
    MeasureKind,
    Point,
    Proposal,
    Side,
    decision_points,
    parsed,
    read_points,
    scale_of,
    shown,
    trend,
)

BEGAN = date(2026, 9, 7)
WEEK = timedelta(days=7)

lines = st.builds(
    lambda base, rise, weeks: GoalLine(
        BEGAN, base * 1000, BEGAN + weeks * WEEK, base * 1000 + rise
    ),
    st.integers(-50, 50),
    st.integers(-40_000, 40_000).filter(bool),
    st.integers(1, 40),
)
series = st.lists(
    st.builds(
        Point,
        st.integers(0, 300).map(lambda days: BEGAN + timedelta(days=days)),
        st.integers(-60_000, 60_000),
    ),
    max_size=14,
)


def oracle(
    line: GoalLine, points: list[Point], began: date, *, changed_before: bool
) -> tuple[str, int]:
    """The rule, written a second time by fractions instead of cross-multiplying."""
    up = 1 if line.target > line.baseline else -1
    signs = []
    for point in sorted(points, key=lambda one: one.day):
        if point.day < began:
            continue
        ahead = point.value - line.at(point.day)
        signs.append((ahead > 0) - (ahead < 0))
    if len(signs) < 4:
        return "collect", 4 - len(signs)
    total = sum(up * sign for sign in signs[-4:])
    if total == 4:
        return "fade", 0
    if total == -4:
        return ("intensify" if changed_before else "change"), 0
    return "continue", 0


@given(lines, series, st.integers(0, 200), st.booleans())
def test_proposals_are_those_of_the_rule(
    line: GoalLine, points: list[Point], phase: int, changed_before: bool
) -> None:
    began = BEGAN + timedelta(days=phase)
    reading = read_points(line, points, began, changed_before=changed_before)
    expected = oracle(line, points, began, changed_before=changed_before)
    assert (reading.proposal, reading.needed) == expected


def steps(*values: int) -> list[Point]:
    return [Point(BEGAN + at * WEEK, value * 1000) for at, value in enumerate(values)]


FALLING = GoalLine(BEGAN, 10_000, BEGAN + 10 * WEEK, 0)
RISING = GoalLine(BEGAN, 0, BEGAN + 10 * WEEK, 10_000)


@pytest.mark.parametrize(
    ("line", "values", "proposal"),
    [
        (RISING, (1, 2, 3), Proposal.COLLECT),
        (RISING, (1, 2, 3, 4), Proposal.FADE),
        (RISING, (1, 2, 3, 3), Proposal.CONTINUE),
        (RISING, (-1, 0, 1, 2), Proposal.CHANGE),
        (FALLING, (9, 8, 7, 6), Proposal.FADE),
        (FALLING, (11, 10, 9, 8), Proposal.CHANGE),
        (FALLING, (9, 9, 9, 9), Proposal.CONTINUE),
        (RISING, (9, 9, 9, 0, 1, 2, 3), Proposal.CHANGE),
    ],
)
def test_four_points_on_one_side(
    line: GoalLine, values: tuple[int, ...], proposal: Proposal
) -> None:
    assert read_points(line, steps(*values), BEGAN, changed_before=False).proposal is proposal


def test_a_run_does_not_reach_over_a_phase_change() -> None:
    points = steps(-1, -1, -1, -1, -1, -1)
    began = BEGAN + 3 * WEEK
    assert read_points(RISING, points, began, changed_before=True).proposal is Proposal.COLLECT
    again = [*points, Point(BEGAN + 6 * WEEK, 0)]
    assert read_points(RISING, again, began, changed_before=True).proposal is Proposal.INTENSIFY


def test_decision_points_are_where_a_run_is_first_full() -> None:
    points = steps(-1, -1, -1, -1, -1, 9, 9, 9, 9)
    found = decision_points(RISING, points, [])
    assert [(point.day, side) for point, side in found] == [
        (BEGAN + 3 * WEEK, Side.WORSE),
        (BEGAN + 8 * WEEK, Side.BETTER),
    ]
    assert decision_points(RISING, points, [BEGAN + 2 * WEEK])[0][1] is Side.BETTER
    assert decision_points(RISING, steps(0, 1, 2, 3, 4), []) == []


@given(series)
def test_the_trend_is_the_median_slope(points: list[Point]) -> None:
    slopes = [
        (b.value - a.value) / (b.day - a.day).days * 7
        for a in points
        for b in points
        if a.day < b.day
    ]
    found = trend(points)
    if not slopes:
        assert found is None
    else:
        assert float(found or Fraction(0)) == pytest.approx(median(slopes))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3", 3000), ("-2", -2000), ("−2", -2000), ("2.5", 2500), ("2,5", 2500), (" 45% ", 45_000),
        ("0.125", 125), (".5", 500), ("1:30", 90_000), ("+1", 1000), ("0", 0),
    ],
)  # fmt: skip
def test_what_can_be_typed(typed: str, value: int) -> None:
    assert parsed(typed) == value


@pytest.mark.parametrize(
    "typed", ["", "a", "1.", "1.2345", "--1", "1:75", "1:5", "½", "٣", "12345678", "1e3", "nan"]
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match="measure-not-a-number"):
        parsed(typed)


@given(st.integers(-9_999_999, 9_999_999))
def test_a_value_is_read_as_it_is_shown(value: int) -> None:
    assert parsed(shown(value)) == value


def test_values_off_the_scale_are_refused() -> None:
    for kind, value, code in (
        (MeasureKind.PERCENT, 101_000, "measure-out-of-range"),
        (MeasureKind.GAS, 3_000, "measure-out-of-range"),
        (MeasureKind.GAS, 500, "measure-not-whole"),
        (MeasureKind.COUNT, 1_500, "measure-not-whole"),
        (MeasureKind.COUNT, -1_000, "measure-out-of-range"),
        (MeasureKind.RATING, 11_000, "measure-out-of-range"),
    ):
        with pytest.raises(Refused, match=code):
            scale_of(kind).accepted(value)
    assert scale_of(MeasureKind.RATING, 1000, 5000).accepted(4500) == 4500
    with pytest.raises(Refused, match="measure-range-empty"):
        scale_of(MeasureKind.RATING, 5000, 5000)


def test_a_line_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(Refused, match="goal-ends-before-it-begins"):
        GoalLine(BEGAN, 0, BEGAN, 5).accepted()
    with pytest.raises(Refused, match="goal-is-baseline"):
        GoalLine(BEGAN, 5, BEGAN + WEEK, 5).accepted()
