"""When doses are due, against an oracle written from the rules and nothing of the program.

The rules: a scheduled dose is due on the days its order names, once at each of its times on
the clock of the school, from the moment the version was written to the moment it is replaced.
With the window w: soon for an hour before it opens; due from w before to w/2 after; late to w
after; missed from then on. Whatever the clock does in between, no dose is there twice.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.medication.model.doses import (
    Slot,
    SlotState,
    Window,
    due_on,
    jump_between,
    open_state,
)
from app.features.medication.model.orders import Order, Standing, accepted_order
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from nurse_desk import SCHEDULED

ZONES = ("America/New_York", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
EDGES = (
    date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 14), date(2028, 2, 29), date(2026, 12, 31),
    date(2027, 1, 1), date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4),
)  # fmt: skip
TIMES = ("00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "08:05", "11:45", "14:30", "23:45")


def an_order(times: tuple[str, ...], days: int, starts: str, ends: str, written: Moment) -> Order:
    form = replace(SCHEDULED, student_id=StudentId("s"), times=times, days=days)
    now = Moment(written.at, written.zone)
    return accepted_order(
        replace(form, guardian_signed_on="2020-01-01", prescribed_on="2020-01-01", starts_on=starts, ends_on=ends),
        order_id="o", person_id="p", now=now, year_ends="2099-06-30",
    )  # fmt: skip


def first_instant(day: date, clock: str, zone: str) -> datetime:
    """Find, minute by minute of real time, when clocks first show or have passed this time."""
    wanted = datetime.combine(
        day, datetime.min.time().replace(hour=int(clock[:2]), minute=int(clock[3:]))
    )
    place = ZoneInfo(zone)
    moment = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=16)
    before = moment.astimezone(place).replace(tzinfo=None)
    for _ in range(60 * 60):
        moment += timedelta(minutes=1)
        shown = moment.astimezone(place).replace(tzinfo=None)
        if shown == wanted:
            return moment
        if before < wanted < shown:  # skipped: as far past the jump as it is past its last minute
            return moment + (wanted - before) - timedelta(minutes=1)
        before = shown
    raise AssertionError("the clock never came there")


def expected_state(past: timedelta, window: int) -> str:
    minutes = past.total_seconds() / 60
    if minutes > window:
        return "missed"
    if minutes > window / 2:
        return "late"
    if minutes >= -window:
        return "due"
    return "soon" if minutes >= -window - 60 else "later"


def cases(count: int) -> list[tuple[int, str, date]]:
    dice = random.Random(20261122)
    return [
        (
            number,
            dice.choice(ZONES),
            dice.choice(EDGES) + timedelta(days=dice.randint(-1, 1))
            if dice.random() < 0.8
            else date(2026, 1, 1) + timedelta(days=dice.randint(0, 1200)),
        )
        for number in range(count)
    ]


@pytest.mark.parametrize("block", range(10))
def test_five_hundred_edge_cases_come_out_as_the_rules_say(block: int) -> None:
    for number, zone, day in cases(500)[block * 50 : block * 50 + 50]:
        dice = random.Random(number)
        times = tuple(sorted(dice.sample(TIMES, dice.randint(1, 4))))
        days = dice.randint(1, 127)
        starts = day + timedelta(days=dice.choice((-30, -1, 0, 0, 1)))
        ends = max(starts, day + timedelta(days=dice.choice((-1, 0, 0, 1, 30))))
        noon = datetime.combine(day, datetime.min.time(), ZoneInfo(zone)).replace(hour=12)
        written = Moment.of(noon + timedelta(hours=dice.choice((-500, -500, -1, 3))), zone)
        gone = (
            Moment.of(noon + timedelta(hours=dice.choice((-2, 1, 5))), zone).at
            if dice.random() < 0.3
            else ""
        )
        order = an_order(times, days, starts.isoformat(), ends.isoformat(), written)
        found = {slot.time: slot for slot in due_on(order, Standing(superseded_at=gone), day, zone)}

        told = {}
        if starts <= day <= ends and days & (1 << day.weekday()):
            for clock in times:
                instant = first_instant(day, clock, zone)
                after = instant >= written.instant()
                before = not gone or instant < Moment(gone, zone).instant()
                if after and before:
                    told[clock] = instant
        assert {clock: slot.at.instant() for clock, slot in found.items()} == told, (
            number,
            zone,
            day,
        )

        window = Window(dice.choice((30, 60)))
        for slot in found.values():
            step = timedelta(
                seconds=dice.choice(
                    (0, 1, -1, 900, 901, -1800, -1801, 1800, 1801, 3600, 3601, -5400, -5401)
                )
            )
            now = Moment.of(slot.at.instant() + step, zone)
            assert open_state(slot.at, now, window).value == expected_state(step, window.minutes)


@given(st.integers(-200_000, 200_000), st.sampled_from([30, 60]))
def test_every_second_has_one_state_and_they_come_in_order(seconds: int, minutes: int) -> None:
    slot = Moment("2026-11-20T16:45:00.000Z", "America/New_York")
    window = Window(minutes)
    order = [SlotState.LATER, SlotState.SOON, SlotState.DUE, SlotState.LATE, SlotState.MISSED]
    here = order.index(open_state(slot, slot.later(timedelta(seconds=seconds)), window))
    then = order.index(open_state(slot, slot.later(timedelta(seconds=seconds + 1)), window))
    assert then in (here, here + 1)


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)), st.sampled_from(ZONES))
def test_no_dose_is_due_twice_and_none_is_lost_whatever_the_clock_does(
    day: date, zone: str
) -> None:
    written = Moment("2025-01-01T00:00:00.000Z", zone)
    order = an_order(TIMES, 127, "2025-01-01", "2099-06-30", written)
    slots: list[Slot] = [
        slot
        for step in (-1, 0, 1)
        for slot in due_on(order, Standing(), day + timedelta(days=step), zone)
    ]
    assert len({slot.key for slot in slots}) == len(slots) == 3 * len(TIMES)


def test_a_jump_of_the_clock_is_one_from_two_minutes_on() -> None:
    noon = Moment("2026-11-20T17:00:00.000Z", "America/New_York")
    assert jump_between(noon, noon.later(timedelta(seconds=119))) is None
    back = jump_between(noon, noon.later(timedelta(hours=-3)))
    assert back is not None
    assert back.seconds == -3 * 3600
