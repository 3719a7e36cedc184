"""Bells, cycles and clocks: the rules of a building's day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.schedule.model.bells import (
    Period,
    TypedPeriod,
    accepted_periods,
    clock_text,
    minute_of,
    missed,
    period_key,
)
from app.features.schedule.model.calendar import (
    Calendar,
    SchoolYear,
    SpecialDay,
    TypedYear,
    accepted_cycle,
    accepted_year,
    is_skipped,
    moment_of,
    wall_instant,
)
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId

SCHOOL = SchoolId("s")
YORK = "America/New_York"


def year(**changes: object) -> SchoolYear:
    facts: dict[str, object] = {
        "id": "y",
        "school_id": SCHOOL,
        "starts_on": date(2026, 8, 24),
        "ends_on": date(2027, 6, 11),
        "zone": YORK,
        "weekdays": frozenset({1, 2, 3, 4, 5}),
    }
    return SchoolYear(**(facts | changes))  # type: ignore[arg-type]


@given(st.integers(0, 1440))
def test_a_time_of_day_reads_as_it_is_written(minute: int) -> None:
    assert minute_of(clock_text(minute)) == minute


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("8:05", 485), ("08:05", 485), ("1:05 pm", 785), ("12:00 am", 0), ("12:30 p.m.", 750),
        ("13:05", 785), ("9 am", 540), ("24:00", 1440), ("24:01", None), ("8", None), ("", None),
        ("13:00 pm", None), ("8:60", None), ("noon", None),
    ],
)  # fmt: skip
def test_times_are_read_as_people_type_them(text: str, minute: int | None) -> None:
    assert minute_of(text) == minute


@pytest.mark.parametrize(
    ("periods", "code"),
    [
        ([], "bells-need-periods"),
        ([TypedPeriod("", "8:00", "9:00")], "period-needs-name"),
        ([TypedPeriod("1", "8:00", "late")], "period-needs-times"),
        ([TypedPeriod("1", "9:00", "8:00")], "period-backwards"),
        ([TypedPeriod("1", "8:00", "9:00"), TypedPeriod("1", "9:00", "10:00")], "period-twice"),
        ([TypedPeriod("1", "8:00", "9:00"), TypedPeriod("2", "8:59", "10:00")], "periods-overlap"),
    ],
)
def test_bells_that_make_no_sense_are_refused(periods: list[TypedPeriod], code: str) -> None:
    with pytest.raises(Refused) as refused:
        accepted_periods(periods)
    assert refused.value.code == code


@given(st.integers(0, 1439), st.integers(1, 600))
def test_class_time_missed_is_what_both_have_in_common(starts: int, length: int) -> None:
    ends = min(starts + length, 1440)
    periods = (
        Period("1", 480, 530),
        Period("Lunch", 530, 560, teaches=False),
        Period("2", 560, 610),
    )
    taught = {minute for p in periods if p.teaches for minute in range(p.starts, p.ends)}
    told = missed(periods, starts, ends)
    assert sum(part.minutes for part in told) == len(taught & set(range(starts, ends)))
    assert all(part.minutes > 0 for part in told)


@pytest.mark.parametrize("text", ["3", "Period 3", "P3", "p3", "03", "Pd. 3", "Block 3"])
def test_a_period_is_known_however_the_roster_writes_it(text: str) -> None:
    assert period_key(text) == ("3", ())


def test_a_period_may_be_on_some_cycle_days_only() -> None:
    assert period_key("3(A,C)") == ("3", ("A", "C"))
    assert period_key("Advisory") == ("advisory", ())


def test_a_rotating_cycle_passes_over_days_without_school() -> None:
    holiday = SpecialDay(SCHOOL, date(2026, 8, 26), closed=True, reason="Fair")
    calendar = Calendar(SCHOOL, [year(cycle=("A", "B"))], [holiday], (), "UTC")
    turns = [calendar.at(date(2026, 8, 24) + timedelta(days=step)) for step in range(8)]
    assert [turn.cycle_day for turn in turns] == ["A", "B", "", "A", "B", "", "", "A"]
    assert not turns[2].open
    assert turns[2].reason == "Fair"


def test_a_special_day_sets_the_count_of_the_cycle() -> None:
    special = SpecialDay(SCHOOL, date(2026, 8, 25), cycle_day="A")
    calendar = Calendar(SCHOOL, [year(cycle=("A", "B"))], [special], (), "UTC")
    turns = [calendar.at(date(2026, 8, 24) + timedelta(days=step)).cycle_day for step in range(3)]
    assert turns == ["A", "A", "B"]


@given(
    st.sets(st.integers(0, 290), max_size=60),
    st.integers(2, 8),
    st.sets(st.integers(1, 7), min_size=1),
)
def test_every_day_with_school_has_its_turn_and_none_is_left_out(
    closed: set[int], length: int, weekdays: set[int]
) -> None:
    names = tuple("ABCDEFGH"[:length])
    days = [SpecialDay(SCHOOL, date(2026, 8, 24) + timedelta(days=d), closed=True) for d in closed]
    own = year(cycle=names, weekdays=frozenset(weekdays))
    calendar = Calendar(SCHOOL, [own], days, (), "UTC")
    turns = [day.cycle_day for day in calendar.days() if day.open]
    assert turns == [names[at % length] for at in range(len(turns))]
    assert all(not day.cycle_day for day in calendar.days() if not day.open)


def test_bells_of_a_day_are_the_special_ones_then_the_weekdays_then_the_cycles() -> None:
    own = year(cycle=("A", "B"), bells={"": "usual", "3": "wednesday", "=B": "of-b"})
    special = SpecialDay(SCHOOL, date(2026, 9, 2), bell_id="special")
    calendar = Calendar(SCHOOL, [own], [special], (), "UTC")
    first = date(2026, 8, 24)
    assert [calendar.at(first + timedelta(days=step)).bell_id for step in range(3)] == [
        "usual", "of-b", "wednesday",
    ]  # fmt: skip
    assert calendar.at(date(2026, 9, 2)).bell_id == "special"


def test_a_saturday_with_bells_of_its_own_has_school() -> None:
    make_up = SpecialDay(SCHOOL, date(2026, 9, 5), bell_id="usual")
    calendar = Calendar(SCHOOL, [year()], [make_up], (), "UTC")
    assert calendar.at(date(2026, 9, 5)).open
    assert not calendar.at(date(2026, 9, 6)).open


def test_outside_every_school_year_there_is_no_school_and_without_any_all_days_have_it() -> None:
    assert not Calendar(SCHOOL, [year()], (), (), "UTC").at(date(2026, 8, 1)).open
    assert Calendar(SCHOOL, (), (), (), "UTC").at(date(2026, 8, 1)).open


def test_a_leap_day_has_its_place_in_the_cycle() -> None:
    own = year(starts_on=date(2028, 2, 28), ends_on=date(2028, 3, 1), cycle=("A", "B"))
    calendar = Calendar(SCHOOL, [own], (), (), "UTC")
    assert [(day.day.isoformat(), day.cycle_day) for day in calendar.days()] == [
        ("2028-02-28", "A"), ("2028-02-29", "B"), ("2028-03-01", "A"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"school_id": ""}, "schedule-needs-school"),
        ({"starts_on": "soon"}, "day-unreadable"),
        ({"ends_on": "2026-01-01"}, "year-backwards"),
        ({"ends_on": "2029-01-01"}, "year-long"),
        ({"weekdays": frozenset()}, "year-needs-weekdays"),
        ({"zone": "Atlantis/Deep"}, "zone-unknown"),
        ({"cycle": "A"}, "cycle-length"),
        ({"cycle": "A, a"}, "cycle-twice"),
    ],
)
def test_a_year_that_makes_no_sense_is_refused(changes: dict[str, object], code: str) -> None:
    facts: dict[str, object] = {
        "school_id": "s", "starts_on": "2026-08-24", "ends_on": "2027-06-11", "zone": YORK,
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        accepted_year(TypedYear(**(facts | changes)), "y", ())  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_cycle_is_typed_with_commas() -> None:
    assert accepted_cycle(" Day 1, Day  2,Day 3 ") == ("Day 1", "Day 2", "Day 3")
    assert accepted_cycle("") == ()


ZONES = st.sampled_from([YORK, "America/Phoenix", "Pacific/Honolulu", "UTC", "America/Puerto_Rico"])


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.integers(0, 1440), ZONES)
def test_a_wall_time_comes_back_from_its_instant(day: date, minute: int, zone: str) -> None:
    instant = wall_instant(day, minute, zone)
    assert instant.tzinfo is UTC
    if is_skipped(day, minute, zone):
        return
    wall = instant.astimezone(ZoneInfo(zone))
    turned = day + timedelta(days=minute // 1440)
    assert (wall.date(), wall.hour * 60 + wall.minute) == (turned, minute % 1440)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)), ZONES)
def test_a_day_begins_where_the_one_before_it_ends(day: date, zone: str) -> None:
    assert wall_instant(day, 1440, zone) == wall_instant(day + timedelta(days=1), 0, zone)


def test_clocks_jump_over_an_hour_in_march_and_show_one_twice_in_november() -> None:
    assert is_skipped(date(2027, 3, 14), 150, YORK)
    assert not is_skipped(date(2027, 3, 14), 119, YORK)
    assert not is_skipped(date(2026, 11, 1), 90, YORK)
    first = wall_instant(date(2026, 11, 1), 90, YORK)
    assert first == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert moment_of(date(2026, 11, 2), 540, YORK).at == "2026-11-02T14:00:00.000Z"
    assert moment_of(date(2026, 10, 30), 540, YORK).at == "2026-10-30T13:00:00.000Z"
