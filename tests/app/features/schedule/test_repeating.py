"""What comes again: by week, by cycle, and over holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.schedule.model.calendar import Calendar, SchoolYear, SpecialDay
from app.features.schedule.model.recurrence import (
    Every,
    OnClosed,
    Rule,
    TypedRule,
    accepted_rule,
    slots,
)
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId

SCHOOL = SchoolId("s")
MONDAY = date(2026, 9, 7)


def calendar(cycle: tuple[str, ...] = (), closed: set[date] | None = None) -> Calendar:
    year = SchoolYear(
        "y", SCHOOL, date(2026, 8, 24), date(2027, 6, 11), "UTC", frozenset({1, 2, 3, 4, 5}), cycle
    )
    days = [SpecialDay(SCHOOL, day, closed=True) for day in closed or ()]
    return Calendar(SCHOOL, [year], days, (), "UTC")


def rule(every: Every = Every.WEEK, closed: OnClosed = OnClosed.SKIP, **rest: object) -> Rule:
    facts: dict[str, object] = {
        "days": ("1",), "starts_on": MONDAY, "until_on": MONDAY + timedelta(days=28),
    }  # fmt: skip
    return Rule(every, closed=closed, **(facts | rest))  # type: ignore[arg-type]


def test_every_week_and_every_other_week() -> None:
    weekly = [slot.day for slot in slots(rule(), calendar())]
    assert weekly == [MONDAY + timedelta(days=7 * week) for week in range(5)]
    other = [slot.day for slot in slots(rule(Every.TWO_WEEKS), calendar())]
    assert other == weekly[::2]


def test_every_other_week_counts_calendar_weeks_for_several_days() -> None:
    wednesday = MONDAY + timedelta(days=2)
    own = rule(Every.TWO_WEEKS, days=("1", "3"), starts_on=wednesday)
    assert [slot.day for slot in slots(own, calendar())] == [
        wednesday,
        MONDAY + timedelta(days=14),
        wednesday + timedelta(days=14),
        MONDAY + timedelta(days=28),
    ]


def test_a_day_without_school_is_left_out_moved_or_kept_as_the_rule_says() -> None:
    closed = {MONDAY + timedelta(days=7)}
    days = {
        how: [slot.day for slot in slots(rule(closed=how), calendar(closed=closed))]
        for how in OnClosed
    }
    assert MONDAY + timedelta(days=7) not in days[OnClosed.SKIP]
    assert len(days[OnClosed.SKIP]) == 4
    assert days[OnClosed.NEXT][1] == MONDAY + timedelta(days=8)
    assert days[OnClosed.KEEP][1] == MONDAY + timedelta(days=7)


def test_each_b_day_follows_the_cycle_over_a_holiday() -> None:
    own = rule(Every.CYCLE, days=("B",), starts_on=date(2026, 8, 24), until_on=date(2026, 9, 1))
    days = [slot.day.isoformat() for slot in slots(own, calendar(("A", "B")))]
    assert days == ["2026-08-25", "2026-08-27", "2026-08-31"]
    after = calendar(("A", "B"), {date(2026, 8, 26)})
    days = [slot.day.isoformat() for slot in slots(own, after)]
    assert days == ["2026-08-25", "2026-08-28", "2026-09-01"]


@given(
    st.sets(st.integers(0, 200), max_size=40),
    st.sets(st.sampled_from("1234567"), min_size=1),
    st.sampled_from([Every.WEEK, Every.TWO_WEEKS]),
    st.integers(0, 250),
)
def test_no_slot_comes_twice_and_what_moves_or_stays_lies_on_a_day_with_school(
    closed: set[int], days: set[str], every: Every, length: int
) -> None:
    days_off = {MONDAY + timedelta(days=day) for day in closed}
    book = calendar(closed=days_off)
    for how in (OnClosed.SKIP, OnClosed.NEXT):
        own = rule(every, how, days=tuple(days), until_on=MONDAY + timedelta(days=length))
        found = list(slots(own, book))
        named = [slot.named for slot in found]
        assert named == sorted(set(named))
        assert all(book.at(slot.day).open for slot in found)
        assert all(own.starts_on <= slot.day <= own.until_on for slot in found)
        assert all(str(slot.named.isoweekday()) in days for slot in found)
        if how is OnClosed.SKIP:
            assert all(slot.named == slot.day for slot in found)


@given(st.integers(0, 400))
def test_laying_out_from_a_day_on_gives_the_rest_of_the_same_days(step: int) -> None:
    own = rule(Every.TWO_WEEKS, OnClosed.NEXT, days=("2", "4"), until_on=date(2027, 5, 1))
    whole = list(slots(own, calendar(closed={date(2026, 10, 1)})))
    since = MONDAY + timedelta(days=step)
    later = list(slots(own, calendar(closed={date(2026, 10, 1)}), since))
    assert later == [slot for slot in whole if slot.named >= since]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (TypedRule(Every.WEEK, "never"), "day-unreadable"),
        (TypedRule(Every.WEEK, "2026-09-01"), "repeat-backwards"),
        (TypedRule(Every.WEEK, "2029-09-01"), "repeat-long"),
        (TypedRule(Every.CYCLE, "2026-12-01"), "repeat-no-cycle"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(typed: TypedRule, code: str) -> None:
    with pytest.raises(Refused) as refused:
        accepted_rule(typed, MONDAY, calendar())
    assert refused.value.code == code


def test_a_rule_without_days_takes_those_of_its_first() -> None:
    assert accepted_rule(TypedRule(Every.WEEK, "2026-12-01"), MONDAY, calendar()).days == ("1",)
    typed = TypedRule(Every.CYCLE, "2026-12-01")
    own = accepted_rule(typed, date(2026, 8, 25), calendar(("A", "B")))
    assert own.days == ("B",)
