"""Bell schedules: named periods of a building's day, in minutes after midnight on the wall."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.kernel.errors import Refused
from app.kernel.ids import SchoolId

MIDNIGHT = 24 * 60
LONGEST_NAME = 60
MOST_PERIODS = 40

_CLOCK = re.compile(r"\s*(\d{1,2})(?::(\d{2}))?\s*([ap])?\.?(?:m\.?)?\s*", re.IGNORECASE)


def minute_of(text: str) -> int | None:
    """Return the minutes after midnight of `8:05`, `13:40` or `1:40 pm`; None if it is no time.

    `24:00` is midnight at the end of the day.
    """
    found = _CLOCK.fullmatch(text)
    if not found or (found[2] is None and not found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    if minute > 59 or hour * 60 + minute > MIDNIGHT:
        return None
    return hour * 60 + minute


def clock_text(minute: int) -> str:
    """Return minutes after midnight as `HH:MM`; midnight at the end of a day is `24:00`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch between two bells."""

    name: str
    starts: int
    ends: int
    teaches: bool = True
    """Class time, as against lunch, recess or passing."""


@dataclass(frozen=True, slots=True)
class Bell:
    """A named variant of a building's bells."""

    id: str
    school_id: SchoolId
    name: str
    periods: tuple[Period, ...]

    def hours(self) -> tuple[int, int] | None:
        """Return when the first period starts and the last one ends; None without periods."""
        if not self.periods:
            return None
        return min(p.starts for p in self.periods), max(p.ends for p in self.periods)


@dataclass(frozen=True, slots=True)
class TypedPeriod:
    """A period as someone typed it."""

    name: str
    starts: str
    ends: str
    teaches: bool = True


def typed_periods(text: str) -> tuple[TypedPeriod, ...]:
    """Return the periods that were typed a line each: name, begins, ends; a star: no class time.

    >>> typed_periods("Lunch, 11:20, 11:50 *")
    (TypedPeriod(name='Lunch', starts='11:20', ends='11:50', teaches=False),)
    """
    found = []
    for line in text.splitlines():
        words = line.strip()
        if not words:
            continue
        teaches = not words.endswith("*")
        parts = [part.strip() for part in words.rstrip("* ").rsplit(",", 2)]
        name, starts, ends = (*parts, "", "")[:3] if len(parts) < 3 else parts
        found.append(TypedPeriod(name, starts, ends, teaches))
    return tuple(found)


def accepted_title(text: str, field: str, code: str) -> str:
    """Return a name on one line; refuse an empty or endless one at its field."""
    name = " ".join(text.split())
    if not name:
        raise Refused(code, field)
    if len(name) > LONGEST_NAME:
        raise Refused("schedule-name-long", field, longest=LONGEST_NAME)
    return name


def accepted_period(typed: TypedPeriod, field: str = "periods") -> Period:
    """Return a period; refuse one without a name, or times that are none or run backwards."""
    name = accepted_title(typed.name, field, "period-needs-name")
    starts, ends = minute_of(typed.starts), minute_of(typed.ends)
    if starts is None or ends is None or starts >= MIDNIGHT:
        raise Refused("period-needs-times", field, name=name)
    if starts >= ends:
        raise Refused("period-backwards", field, name=name)
    return Period(name, starts, ends, typed.teaches)


def accepted_periods(typed: Iterable[TypedPeriod], field: str = "periods") -> tuple[Period, ...]:
    """Return periods in order of time; refuse two of one name, and two at once."""
    return in_order([accepted_period(one, field) for one in typed], field)


def in_order(periods: Sequence[Period], field: str = "periods") -> tuple[Period, ...]:
    """Return periods in order of time; refuse none, two of one name, and two at once."""
    ordered = tuple(sorted(periods, key=lambda p: (p.starts, p.ends)))
    if not ordered:
        raise Refused("bells-need-periods", field)
    if len(ordered) > MOST_PERIODS:
        raise Refused("bells-too-many", field, most=MOST_PERIODS)
    names: set[str] = set()
    for period in ordered:
        if period.name.casefold() in names:
            raise Refused("period-twice", field, name=period.name)
        names.add(period.name.casefold())
    for before, after in pairwise(ordered):
        if after.starts < before.ends:
            raise Refused("periods-overlap", field, name=after.name, other=before.name)
    return ordered


@dataclass(frozen=True, slots=True)
class Missed:
    """How much of one period an appointment takes."""

    period: str
    minutes: int


def missed(periods: Iterable[Period], starts: int, ends: int) -> tuple[Missed, ...]:
    """Return the class time between two minutes of a day, period by period."""
    found = []
    for period in periods:
        minutes = min(ends, period.ends) - max(starts, period.starts)
        if period.teaches and minutes > 0:
            found.append(Missed(period.name, minutes))
    return tuple(found)


_ROSTER_PERIOD = re.compile(
    r"\s*(?:(?:period|per|pd|block|hour|p)\b\.?\s*)?(.+?)\s*(?:\(([^)]*)\))?\s*", re.IGNORECASE
)


def period_key(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a period as a roster or a bell schedule names it, and on which cycle days.

    `Period 3`, `P3`, `3` and `03` are one; `3(A)` and `3(A,C)` are on those days only. OneRoster leaves
    the form of `classes.periods` to the school.
    """
    found = _ROSTER_PERIOD.fullmatch(text)
    if not found:
        return text.strip().casefold(), ()
    name = re.sub(r"^p(?=\d)", "", found[1].strip().casefold())
    name = name.lstrip("0") or name
    days = tuple(day.strip() for day in (found[2] or "").split(",") if day.strip())
    return name, days
