"""A building's calendar: which days have school, on which day of the cycle, by which bells."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from app.features.schedule.model.bells import MIDNIGHT, Bell, accepted_title
from app.kernel.clock import Moment, zone_of
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId

LONGEST_YEAR = 460
"""Days; a longer school year is a slip of the hand."""
MOST_CYCLE_DAYS = 12
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year of one building."""

    id: str
    school_id: SchoolId
    starts_on: date
    ends_on: date
    zone: str
    weekdays: frozenset[int]
    """ISO weekdays with school; Monday is 1."""
    cycle: tuple[str, ...] = ()
    """The names of the days that take turns; empty: the weekdays alone count."""
    bells: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Ids of bell schedules: under `""` the usual one, under `"3"` Wednesday's, under `"=B"` that of
    cycle day B, which a weekday's own comes before."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not as its weekday is."""

    school_id: SchoolId
    day: date
    closed: bool = False
    bell_id: str = ""
    cycle_day: str = ""
    reason: str = ""


class SchoolDay(NamedTuple):
    """One day in one building, as the calendar has it; a tuple, because years of them are laid out."""

    day: date
    open: bool
    cycle_day: str = ""
    bell_id: str = ""
    reason: str = ""
    """Why it is special, in the words of whoever entered it."""


def days_of(year: SchoolYear, special: Mapping[date, SpecialDay]) -> Iterator[SchoolDay]:
    """Yield every day of a school year.

    A rotating cycle counts days with school only: a day without passes the turn on to the
    next. A special day that names its cycle day sets the count from there.
    """
    turn, bells, cycle = 0, year.bells, year.cycle
    usual = bells.get("", "")
    day = year.starts_on
    while day <= year.ends_on:
        own = special.get(day)
        weekday = day.isoweekday()
        if own is not None and own.closed:
            yield SchoolDay(day, open=False, reason=own.reason)
        elif weekday not in year.weekdays and (own is None or not (own.bell_id or own.cycle_day)):
            yield SchoolDay(day, open=False, reason=own.reason if own else "")
        else:
            name = ""
            if cycle:
                if own is not None and own.cycle_day in cycle:
                    turn = cycle.index(own.cycle_day)
                name = cycle[turn]
                turn = (turn + 1) % len(cycle)
            bell = (
                (own.bell_id if own is not None else "")
                or bells.get(str(weekday), "")
                or (bells.get(f"={name}", "") if name else "")
                or usual
            )
            reason = own.reason if own is not None else ""
            yield SchoolDay(day, open=True, cycle_day=name, bell_id=bell, reason=reason)
        day += _DAY


class Calendar:
    """A building's calendar laid out, answering for any day."""

    __slots__ = ("_days", "bells", "cycle", "known", "school_id", "zone")

    def __init__(
        self,
        school_id: SchoolId | None,
        years: Sequence[SchoolYear],
        special: Iterable[SpecialDay],
        bells: Iterable[Bell],
        zone: str,
    ) -> None:
        by_day = {one.day: one for one in special}
        self.school_id = school_id
        self.zone = years[-1].zone if years else zone
        """The zone that the building's clocks show."""
        self.bells = {bell.id: bell for bell in bells}
        self.known = bool(years)
        """Whether a school year was entered; without one, every day may have school."""
        self.cycle = years[-1].cycle if years else ()
        self._days = {one.day: one for year in years for one in days_of(year, by_day)}

    def at(self, day: date) -> SchoolDay:
        """Return a day; outside every school year there is no school, without any all days have it."""
        found = self._days.get(day)
        if found is not None:
            return found
        return SchoolDay(day, open=not self.known)

    def between(self, days: Sequence[date]) -> list[SchoolDay]:
        """Return what each of `days` is, as `at` does for one."""
        known, open_ = self._days, not self.known
        return [known.get(day) or SchoolDay(day, open_) for day in days]

    def bell(self, day: date) -> Bell | None:
        """Return the bells of a day, or None where none are known or the day has no school."""
        return self.bells.get(self.at(day).bell_id)

    def days(self) -> Iterable[SchoolDay]:
        """Return every day of the school years that are known."""
        return self._days.values()


@dataclass(frozen=True, slots=True)
class TypedYear:
    """A school year as someone typed it."""

    school_id: str
    starts_on: str
    ends_on: str
    zone: str
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    cycle: str = ""
    """Names of the cycle's days, with commas between them."""
    bells: Mapping[str, str] = field(default_factory=dict, hash=False)


def accepted_day(text: str, field: str) -> date:
    """Return a day typed as YYYY-MM-DD; refuse anything else at its field."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("day-unreadable", field) from None
    if not 1990 <= day.year <= 2200:
        raise Refused("day-unreadable", field)
    return day


def accepted_zone(text: str, field: str = "zone") -> str:
    """Return the name of a time zone that is known; refuse one that is not."""
    name = text.strip()
    if name != "UTC" and zone_of(name) is UTC:
        raise Refused("zone-unknown", field, name=name)
    return name


def accepted_cycle(text: str, field: str = "cycle") -> tuple[str, ...]:
    """Return the names of a cycle's days; refuse one alone, two alike, and too many."""
    names = tuple(" ".join(part.split()) for part in re.split(r"[,;]", text) if part.strip())
    if len(names) == 1 or len(names) > MOST_CYCLE_DAYS:
        raise Refused("cycle-length", field, most=MOST_CYCLE_DAYS)
    if len({name.casefold() for name in names}) < len(names):
        raise Refused("cycle-twice", field)
    for name in names:
        accepted_title(name, field, "cycle-name-missing")
    return names


def accepted_year(typed: TypedYear, year_id: str, bells: Iterable[str]) -> SchoolYear:
    """Return a school year as it is kept; `bells` are the ids of the building's bell schedules."""
    if not typed.school_id:
        raise Refused("schedule-needs-school", "school")
    first = accepted_day(typed.starts_on, "starts_on")
    last = accepted_day(typed.ends_on, "ends_on")
    if last < first:
        raise Refused("year-backwards", "ends_on")
    if (last - first).days > LONGEST_YEAR:
        raise Refused("year-long", "ends_on", most=LONGEST_YEAR)
    if not typed.weekdays:
        raise Refused("year-needs-weekdays", "weekdays")
    cycle = accepted_cycle(typed.cycle)
    names = {"", *(str(one) for one in typed.weekdays), *(f"={name}" for name in cycle)}
    known = set(bells)
    chosen = {key: bell for key, bell in typed.bells.items() if key in names and bell in known}
    return SchoolYear(
        year_id,
        SchoolId(typed.school_id),
        first,
        last,
        accepted_zone(typed.zone),
        frozenset(day for day in typed.weekdays if 1 <= day <= 7),
        cycle,
        chosen,
    )


def wall_instant(day: date, minute: int, zone: str) -> datetime:
    """Return the instant (UTC) at which clocks in `zone` show a minute of a day.

    Minute 1440 is midnight at the day's end. Where a time comes twice, as clocks are set
    back, it is the first; a time that clocks jump over is as far after midnight as it reads
    on a clock that was not yet set forward.
    """
    if minute >= MIDNIGHT:
        day, minute = day + _DAY, minute - MIDNIGHT
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone_of(zone))
    return wall.astimezone(UTC)


def is_skipped(day: date, minute: int, zone: str) -> bool:
    """Tell whether clocks in `zone` jump over this time of this day."""
    if minute >= MIDNIGHT:
        day, minute = day + _DAY, minute - MIDNIGHT
    back = wall_instant(day, minute, zone).astimezone(zone_of(zone))
    return (back.hour * 60 + back.minute, back.date()) != (minute, day)


def moment_of(day: date, minute: int, zone: str) -> Moment:
    """Return the moment at which clocks in `zone` show a minute of a day."""
    return Moment.of(wall_instant(day, minute, zone), zone)
