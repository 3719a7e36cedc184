"""Entries of time: how minutes are typed, what an activity is, and which stretches overlap."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.kernel.clock import Moment
from app.kernel.entries import EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.nouns import Place
from app.kernel.rows import storable

LONGEST = 1440
"""Minutes in a day; no activity is longer."""
LONGEST_NOTE = 500
MOST_STUDENTS = 9999

_CLOCKED = re.compile(r"(\d{1,2}):([0-5]\d)")
_SPELLED = re.compile(r"(?:(\d{1,2})\s*h)?\s*(?:(\d{1,4})\s*(?:m|min)?)?", re.IGNORECASE)


def parsed_minutes(text: str) -> int:
    """Return a length of time as it is typed: 45, 1:15, 1h15, 1 h, 90 min; refuse others."""
    entry = text.strip()
    clocked = _CLOCKED.fullmatch(entry)
    spelled = _SPELLED.fullmatch(entry)
    if clocked:
        minutes = int(clocked[1]) * 60 + int(clocked[2])
    elif spelled and (spelled[1] or spelled[2]) and entry.isascii():
        if spelled[1] and spelled[2] and int(spelled[2]) > 59:
            raise Refused("time-minutes", "minutes", most=LONGEST)
        minutes = int(spelled[1] or 0) * 60 + int(spelled[2] or 0)
    else:
        raise Refused("time-minutes", "minutes", most=LONGEST)
    if not 1 <= minutes <= LONGEST:
        raise Refused("time-minutes", "minutes", most=LONGEST)
    return minutes


@dataclass(frozen=True, slots=True)
class ActivityForm:
    """The quick line as it stands while one types: nothing in it has to make sense yet."""

    category: str = ""
    minutes: str = ""
    on: str = ""
    """The day as YYYY-MM-DD; empty: today."""
    at: str = ""
    """When it began, as HH:MM; empty: so that it ends now."""
    school_id: str = ""
    note: str = ""
    students: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as it is kept, its category apart."""

    started: Moment
    minutes: int
    school_id: str
    note: str
    students: int


def accepted_activity(form: ActivityForm, now: Moment) -> Activity:
    """Return the activity that a form describes, or refuse at the first field to mend."""
    minutes = parsed_minutes(form.minutes)
    started = _started(form, minutes, now)
    if started.at > now.at:
        raise Refused("activity-in-future", "at" if form.at else "on")
    note = storable(form.note)
    if len(note) > LONGEST_NOTE:
        raise Refused("text-long", "note", longest=LONGEST_NOTE)
    entry = form.students.strip()
    if entry and not (entry.isascii() and entry.isdecimal() and int(entry) <= MOST_STUDENTS):
        raise Refused("time-students", "students", most=MOST_STUDENTS)
    return Activity(started, minutes, form.school_id, note, int(entry or 0))


def _started(form: ActivityForm, minutes: int, now: Moment) -> Moment:
    try:
        day = date.fromisoformat(form.on) if form.on else now.day()
    except ValueError:
        raise Refused("day-unreadable", "on") from None
    if form.at:
        try:
            wall = time.fromisoformat(form.at)
        except ValueError:
            raise Refused("time-unreadable", "at", text=form.at) from None
    else:
        wall = clock_before(now, minutes)
    return Moment.local(datetime.combine(day, wall), now.zone)


def clock_before(now: Moment, minutes: int) -> time:
    """Return the time on the clock `minutes` before now; midnight if that was yesterday."""
    begun = now.later(timedelta(minutes=-minutes)).wall()
    if begun.date() < now.day():
        return time(0, 0)
    return begun.time().replace(second=0, microsecond=0, tzinfo=None)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """A stretch of a person's time as it is kept, with the words that stood then."""

    id: str
    kind: EntryKind
    person_id: PersonId
    on_day: str
    started: Moment
    minutes: int
    place: Place
    school_id: str
    service_label: str
    set_code: str
    set_version: int
    category: str
    category_label: str
    bundle: str
    students: int
    note: str
    duty_id: str = ""
    removed: bool = False
    logged: bool = False
    """It was typed in the log; else it comes from a signed record, and only its category is free."""

    def span(self) -> tuple[datetime, datetime]:
        """Return when it began and ended."""
        begun = self.started.instant()
        return begun, begun + timedelta(minutes=self.minutes)


def overlapping(entries: Sequence[TimeEntry]) -> dict[str, str]:
    """Return, by id, another entry that each overlapping entry runs into.

    An activity in which a session lies was probably typed twice: it is said, not refused.
    """
    found: dict[str, str] = {}
    latest: TimeEntry | None = None
    for one in sorted(entries, key=lambda entry: (entry.started.at, entry.id)):
        begun, ended = one.span()
        if latest is not None:
            if begun < latest.span()[1]:
                found.setdefault(one.id, latest.id)
                found.setdefault(latest.id, one.id)
            if ended <= latest.span()[1]:
                continue
        latest = one
    return found


@dataclass(frozen=True, slots=True)
class Duty:
    """What comes back on the same weekdays: bus duty, the weekly team meeting."""

    id: str
    category: str
    minutes: int
    clock: str
    """When it begins, as HH:MM."""
    weekdays: str
    """ISO weekday digits."""
    school_id: str
    note: str

    def falls_on(self, day: date) -> bool:
        """Tell whether it comes on `day`."""
        return str(day.isoweekday()) in self.weekdays


def accepted_weekdays(text: str) -> str:
    """Return weekday digits, each once and in order; refuse none."""
    days = "".join(sorted(set(text) & set("1234567")))
    if not days:
        raise Refused("duty-needs-days", "weekdays")
    return days
