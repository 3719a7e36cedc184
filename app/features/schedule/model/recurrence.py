"""What comes again: every week, every other week, or on days of a building's cycle."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from app.features.schedule.model.calendar import Calendar, accepted_day
from app.kernel.errors import Refused

LONGEST_SERIES = 400
"""Days from the first to the last."""
_DAY = timedelta(days=1)


@unique
class Every(StrEnum):
    """How often something comes again."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    CYCLE = "cycle"


@unique
class OnClosed(StrEnum):
    """What happens to it on a day without school."""

    SKIP = "skip"
    """It falls out."""
    NEXT = "next"
    """It moves to the next day with school."""
    KEEP = "keep"
    """It stays: the day is not one of school's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that lays out days."""

    every: Every
    days: tuple[str, ...]
    """Weekdays as digits (Monday is 1), or the names of cycle days."""
    starts_on: date
    until_on: date
    closed: OnClosed = OnClosed.SKIP


@dataclass(frozen=True, slots=True)
class TypedRule:
    """A rule as someone chose it; no days: those of the first appointment."""

    every: Every
    until_on: str
    closed: OnClosed = OnClosed.SKIP
    days: tuple[str, ...] = ()


def accepted_rule(typed: TypedRule, first: date, calendar: Calendar) -> Rule:
    """Return a rule beginning at `first`; refuse an end before it, and a cycle where there is none."""
    until = accepted_day(typed.until_on, "until_on")
    if until < first:
        raise Refused("repeat-backwards", "until_on")
    if (until - first).days > LONGEST_SERIES:
        raise Refused("repeat-long", "until_on", most=LONGEST_SERIES)
    if typed.every is Every.CYCLE:
        if not calendar.cycle:
            raise Refused("repeat-no-cycle", "every")
        turn = calendar.at(first).cycle_day
        days = tuple(day for day in typed.days if day in calendar.cycle) or (
            (turn,) if turn else ()
        )
        if not days:
            raise Refused("repeat-day-closed", "on")
    else:
        days = tuple(sorted({day for day in typed.days if day in "1234567"}))
        days = days or (str(first.isoweekday()),)
    return Rule(typed.every, days, first, until, typed.closed)


@dataclass(frozen=True, slots=True)
class Slot:
    """One of a rule's days: the day it names, and the day it comes to lie on."""

    named: date
    day: date


def slots(rule: Rule, calendar: Calendar, since: date | None = None) -> Iterator[Slot]:
    """Yield a rule's days in order, from `since` on; a day without school as the rule says.

    What moves to the next day with school moves at most a fortnight, and not past the rule's end.
    """
    first_week = rule.starts_on - timedelta(days=rule.starts_on.isoweekday() - 1)
    weekdays = {int(day) for day in rule.days} if rule.every is not Every.CYCLE else set()
    day = max(rule.starts_on, since) if since else rule.starts_on
    while day <= rule.until_on:
        if rule.every is Every.CYCLE:
            found = calendar.at(day)
            if found.open and found.cycle_day in rule.days:
                yield Slot(day, day)
        elif day.isoweekday() in weekdays and not (
            rule.every is Every.TWO_WEEKS and (day - first_week).days // 7 % 2
        ):
            lies = _lies_on(rule, calendar, day)
            if lies is not None:
                yield Slot(day, lies)
        day += _DAY


def _lies_on(rule: Rule, calendar: Calendar, day: date) -> date | None:
    if rule.closed is OnClosed.KEEP or calendar.at(day).open:
        return day
    if rule.closed is OnClosed.NEXT:
        for step in range(1, 15):
            later = day + timedelta(days=step)
            if later > rule.until_on:
                return None
            if calendar.at(later).open:
                return later
    return None
