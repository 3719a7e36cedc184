"""What was owed in a week, a month or a school year, what was given of it, and what is missing.

Whole minutes and whole sessions throughout; a share of a period is rounded to the nearest,
half up, once. The rule, in the order it is applied:

1. A period counts its school days: weekdays that no calendar calls free of school.
2. A version owes, in a period, its amount times the school days of the period on which it is
   in force, over all school days of the period. In force throughout, it owes its amount; in a
   period without a school day nothing is owed. Where it begins or ends within a period of
   which less than half the weekdays are school days, it is over half the weekdays: what
   begins on the only school day of August does not owe all of August.
3. A session counts on its day; a make-up counts on its own day or on the day of the session
   it makes up for, as the district says.
4. What is left over from one period is neither owed nor given in the next.
5. In a period that is over, what is missing without a session that fell out for a reason is
   unaccounted for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from app.features.services.model.deliveries import Outcome
from app.features.services.model.mandates import PeriodKind, Span, Unit, usual_session


@dataclass(frozen=True, slots=True)
class Rules:
    """What a district sets."""

    week_starts: int = 0
    """The weekday a week begins with: 0 is Monday, 6 is Sunday."""
    year_starts: tuple[int, int] = (7, 1)
    """Month and day on which a school year begins."""
    by_missed_day: bool = False
    """Whether a make-up counts on the day of the session it makes up for."""


@lru_cache(maxsize=16)
def _closed_in_the_week(closed: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(day for day in closed if date.fromisoformat(day).weekday() < _SCHOOL_WEEK))


class SchoolCalendar:
    """Periods and their school days; `closed` are days without school, as ISO text."""

    def __init__(self, rules: Rules | None = None, closed: Collection[str] = ()) -> None:
        self.rules = rules or Rules()
        self.closed = _closed_in_the_week(frozenset(closed))
        self._held: dict[PeriodKind, dict[str, tuple[str, str]]] = {kind: {} for kind in PeriodKind}
        self._lists: dict[tuple[PeriodKind, str, str], list[tuple[str, str]]] = {}
        self._counts: dict[tuple[str, str], int] = {}

    def period(self, kind: PeriodKind, day: str) -> tuple[str, str]:
        """Return the first and the last day of the period that a day falls in."""
        found = self._held[kind].get(day)
        if found is None:
            first, last = self._period(kind, date.fromisoformat(day))
            found = self._held[kind][day] = (first.isoformat(), last.isoformat())
        return found

    def days_of(self, kind: PeriodKind) -> Mapping[str, tuple[str, str]]:
        """Return the period of each day that was asked about."""
        return self._held[kind]

    def _period(self, kind: PeriodKind, day: date) -> tuple[date, date]:
        if kind is PeriodKind.WEEK:
            first = day - timedelta(days=(day.weekday() - self.rules.week_starts) % 7)
            return first, first + timedelta(days=6)
        if kind is PeriodKind.MONTH:
            following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            return day.replace(day=1), following - timedelta(days=1)
        month, at = self.rules.year_starts
        first = date(day.year, month, at)
        if day < first:
            first = date(day.year - 1, month, at)
        return first, date(first.year + 1, month, at) - timedelta(days=1)

    def periods(self, kind: PeriodKind, first: str, last: str) -> list[tuple[str, str]]:
        """Return the periods that any day from `first` to `last` falls in, in order."""
        known = self._lists.get((kind, first, last))
        if known is not None:
            return known
        found = []
        day = first
        while day <= last:
            period = self.period(kind, day)
            found.append(period)
            day = (date.fromisoformat(period[1]) + timedelta(days=1)).isoformat()
        self._lists[kind, first, last] = found
        return found

    def count(self, first: str, last: str) -> int:
        """Return how many school days there are from `first` to `last`, both included."""
        if last < first:
            return 0
        known = self._counts.get((first, last))
        if known is not None:
            return known
        days = _weekdays(
            date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
        )
        if self.closed:
            days -= bisect_right(self.closed, last) - bisect_left(self.closed, first)
        self._counts[first, last] = days
        return days

    def base(self, first: str, last: str) -> int:
        """Return over how many days a service owes that begins or ends within a period."""
        weekdays = _weekdays(
            date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
        )
        return max(self.count(first, last), -(-weekdays // 2))

    def days(self, first: str, last: str) -> list[str]:
        """Return the school days from `first` to `last`."""
        closed = set(self.closed)
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        days = (start + timedelta(days=n) for n in range((end - start).days + 1))
        return [
            text
            for day in days
            if day.weekday() < _SCHOOL_WEEK and (text := day.isoformat()) not in closed
        ]


_SCHOOL_WEEK = 5


def _weekdays(first: int, last: int) -> int:
    """Return how many of the days between two ordinals are Monday to Friday."""
    return _weekdays_to(last) - _weekdays_to(first - 1)


def _weekdays_to(ordinal: int) -> int:
    # Day 1 of the proleptic calendar was a Monday.
    weeks, rest = divmod(ordinal, 7)
    return weeks * _SCHOOL_WEEK + min(rest, _SCHOOL_WEEK)


class Given(NamedTuple):
    """One session as it is reckoned: on which day it counts, and as what."""

    day: str
    outcome: Outcome
    minutes: int
    planned_minutes: int
    made_up: bool = False


@unique
class Standing(StrEnum):
    """How a period stands."""

    MET = "met"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    SHORT = "short"
    """It is over, and something is missing."""


class Reckoned(NamedTuple):
    """One period of one service owed, in its unit."""

    first: str
    last: str
    kind: PeriodKind
    unit: Unit
    owed: int
    delivered: int
    made_up: int
    missed: Mapping[Outcome, int]
    """What fell out, by reason."""
    unaccounted: int
    """Missing in a period that is over, and no session says why."""
    projected: int
    """What it will come to with the sessions planned, or else at the present pace."""
    standing: Standing

    @property
    def given(self) -> int:
        """All that counts."""
        return self.delivered + self.made_up

    @property
    def remaining(self) -> int:
        """What is still owed."""
        return max(0, self.owed - self.given)


def share(parts: Iterable[tuple[int, int]], whole: int) -> int:
    """Return the amounts owed for so many of `whole` days each, together, rounded half up."""
    if not whole:
        return 0
    total = sum(amount * days for amount, days in parts)
    return (2 * total + whole) // (2 * whole)


BOOKED_AHEAD = 23
"""School days, a month of them, within which sessions that are to be held have been booked."""


def standing_of(
    *, owed: int, given: int, due: int, session: int, days_left: int, planned: int, over: bool
) -> Standing:
    """Return how a period stands; all in its unit, `session` being what one session gives.

    Sessions planned decide when they are enough, and in the last month of school days; nobody
    books a year ahead, so that before, what is planned only counts as well. Else it is at risk
    when more than one session is missing to an even pace, or when what remains needs more than
    every other day left.
    """
    remaining = owed - given
    if remaining <= 0:
        return Standing.MET
    if over:
        return Standing.SHORT
    if planned >= remaining:
        return Standing.ON_TRACK
    if planned and days_left <= BOOKED_AHEAD:
        return Standing.AT_RISK
    needed = -(-remaining // session)
    if given + session < due or 2 * needed > days_left:
        return Standing.AT_RISK
    return Standing.ON_TRACK


def reckon(
    spans: Sequence[Span],
    given: Iterable[Given],
    calendar: SchoolCalendar,
    *,
    since: str,
    until: str,
    today: str,
    planned: int = 0,
) -> list[Reckoned]:
    """Reckon every period from `since` to `until` in which something is in force, in order.

    A service whose period or unit changes from one version to the next is reckoned apart for
    each: a session counts toward what is in force on the day on which it counts. `planned` is
    what the sessions planned from today to the end of the period of today would give.
    """
    if len(spans) == 1:
        return _reckoned_of_one(spans[0], given, calendar, (since, until, today), planned)
    sums: dict[_Key, _Sums] = {}
    for span in spans:
        first, last = max(span.from_on, since), min(span.upto, until)
        if first <= last:
            for start, end in calendar.periods(span.period, first, last):
                sums.setdefault((start, end, span.period, span.unit), _Sums())
    for one in given:
        for span in spans:
            if span.from_on <= one.day <= span.upto:
                start, end = calendar.period(span.period, one.day)
                found = sums.get((start, end, span.period, span.unit))
                if found is not None:
                    found.add(one, span.unit)
                break
    return [_reckoned(key, spans, sums[key], calendar, today, planned) for key in sorted(sums)]


def _reckoned_of_one(
    span: Span,
    given: Iterable[Given],
    calendar: SchoolCalendar,
    days: tuple[str, str, str],
    planned: int,
) -> list[Reckoned]:
    """Reckon what never changed, which is nearly everything, without asking what holds when."""
    since, until, today = days
    from_on, upto, kind, unit = span.from_on, span.upto, span.period, span.unit
    first, last = max(from_on, since), min(upto, until)
    if first > last:
        return []
    periods = calendar.periods(kind, first, last)
    sums = {period: _Sums() for period in periods}
    period_of = calendar.days_of(kind)
    for one in given:
        day = one.day
        if from_on <= day <= upto:
            period = period_of.get(day) or calendar.period(kind, day)
            if period in sums:
                sums[period].add(one, unit)
    found = []
    spans = (span,)
    for period, held in sums.items():
        first, last = period
        delivered, made_up = held.delivered, held.made_up
        if last < today and from_on <= first and upto >= last and held.missed is None:
            owed, got = span.amount if calendar.count(first, last) else 0, delivered + made_up
            met = got >= owed
            found.append(
                Reckoned(
                    first, last, kind, unit, owed, delivered, made_up, _NOTHING,
                    0 if met else owed - got, got, Standing.MET if met else Standing.SHORT,
                )
            )  # fmt: skip
        else:
            key = (first, last, kind, unit)
            found.append(_reckoned(key, spans, held, calendar, today, planned))
    return found


_Key = tuple[str, str, PeriodKind, Unit]
"""First and last day, for which stretch, and in what it is counted."""
_NOTHING: Mapping[Outcome, int] = MappingProxyType({})


class _Sums:
    """What was given in one period, as it is added up."""

    __slots__ = ("delivered", "made_up", "missed")

    def __init__(self) -> None:
        self.delivered = 0
        self.made_up = 0
        self.missed: dict[Outcome, int] | None = None

    def add(self, one: Given, unit: Unit) -> None:
        """Add one session."""
        if one.outcome is Outcome.DELIVERED:
            amount = one.minutes if unit is Unit.MINUTES else 1
            if one.made_up:
                self.made_up += amount
            else:
                self.delivered += amount
            return
        amount = one.planned_minutes if unit is Unit.MINUTES else 1
        if self.missed is None:
            self.missed = {}
        self.missed[one.outcome] = self.missed.get(one.outcome, 0) + amount


def _reckoned(
    key: _Key,
    spans: Sequence[Span],
    sums: _Sums,
    calendar: SchoolCalendar,
    today: str,
    planned: int,
) -> Reckoned:
    first, last, kind, unit = key
    only = spans[0] if len(spans) == 1 else None
    whole = calendar.count(first, last)
    if only is not None and only.from_on <= first and only.upto >= last:
        held, owed = spans, only.amount if whole else 0
    else:
        held = [
            span
            for span in spans
            if span.period is kind and span.unit is unit
            if span.from_on <= last and span.upto >= first
        ]
        if min(span.from_on for span in held) > first or max(span.upto for span in held) < last:
            whole = calendar.base(first, last)
        owed = share(
            (
                (span.amount, calendar.count(max(span.from_on, first), min(span.upto, last)))
                for span in held
            ),
            whole,
        )
    given = sums.delivered + sums.made_up
    missed = sums.missed or _NOTHING
    if last >= today:
        projected, standing = _under_way(key, held, owed, given, calendar, today, planned)
        return Reckoned(
            first, last, kind, unit, owed, sums.delivered, sums.made_up, missed, 0, projected,
            standing,
        )  # fmt: skip
    unaccounted = 0
    if given < owed:
        explained = sum(missed.values()) - missed.get(Outcome.UNACCOUNTED, 0) if missed else 0
        unaccounted = max(0, owed - given - explained)
    return Reckoned(
        first, last, kind, unit, owed, sums.delivered, sums.made_up, missed, unaccounted, given,
        Standing.MET if given >= owed else Standing.SHORT,
    )  # fmt: skip


def _under_way(
    key: _Key,
    spans: Sequence[Span],
    owed: int,
    given: int,
    calendar: SchoolCalendar,
    today: str,
    planned: int,
) -> tuple[int, Standing]:
    """Return what a period that is not over will come to, and how it stands."""
    first, last, _kind, unit = key
    in_force = sum(calendar.count(max(span.from_on, first), min(span.upto, last)) for span in spans)
    passed = sum(
        calendar.count(max(span.from_on, first), min(span.upto, last, today)) for span in spans
    )
    ahead = planned if first <= today else 0
    newest = next((span for span in spans if span.holds(today)), spans[-1])
    session = usual_session(unit, newest.amount, newest.each_minutes) if unit is Unit.MINUTES else 1
    projected = given + ahead
    if not ahead and passed:
        projected = given * in_force // passed
    standing = standing_of(
        owed=owed,
        given=given,
        due=owed * passed // in_force if in_force else 0,
        session=session,
        days_left=days_left(calendar, spans, first, last, today),
        planned=ahead,
        over=False,
    )
    return projected, standing


def days_left(
    calendar: SchoolCalendar, spans: Sequence[Span], first: str, last: str, today: str
) -> int:
    """Return the school days from today on that a period still has, as far as something is owed."""
    return sum(
        calendar.count(max(span.from_on, first, today), min(span.upto, last)) for span in spans
    )
