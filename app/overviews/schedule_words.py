"""How the schedule is said: on screen, on paper and on the command line."""

from collections.abc import Iterable, Mapping
from datetime import time

from app.features.schedule.model.appointments import (
    Appointment,
    AppointmentKind,
    MissedBy,
    State,
)
from app.features.schedule.model.bells import Missed
from app.kernel.words import N_, _, ngettext
from app.paper.page import time_words

KINDS: dict[str, str] = {
    AppointmentKind.SESSION: N_("Session"),
    AppointmentKind.GROUP: N_("Group"),
    AppointmentKind.DUTY: N_("Duty"),
    AppointmentKind.TRAVEL: N_("Travel"),
    AppointmentKind.MEETING: N_("Meeting"),
    AppointmentKind.LUNCH: N_("Lunch"),
    AppointmentKind.OTHER: N_("Other block"),
}
STATES: dict[str, str] = {
    State.PLANNED: N_("Planned"),
    State.HELD: N_("Held"),
    State.FALLEN: N_("Fell out"),
    State.OFF: N_("Taken off"),
}


def spoken_minute(minute: int) -> str:
    """Return minutes after midnight as `9:30 AM`."""
    return time_words(time(minute // 60 % 24, minute % 60))


def spoken_span(starts: int, ends: int) -> str:
    """Return a stretch of a day as `9:30 AM to 10:00 AM`."""
    return _("{first} to {last}").format(first=spoken_minute(starts), last=spoken_minute(ends))


def initials(name: str) -> str:
    """Return a name's initials, each with its point."""
    return " ".join(f"{part[0].upper()}." for part in name.split() if part[0].isalnum())


def spoken_what(entry: Appointment, groups: Mapping[str, str]) -> str:
    """Return whom or what an appointment is with: the student, the group, the block's own words."""
    if entry.student_id:
        return entry.student
    if entry.group_id:
        return groups.get(entry.group_id, "") or _(KINDS[AppointmentKind.GROUP])
    return entry.title or _(KINDS[entry.kind])


def spoken_missed(one: MissedBy) -> str:
    """Return what class time a student misses: `Period 3, 20 minutes (Algebra I)`, and so on."""
    parts = []
    for part, title in zip(one.parts, one.classes, strict=True):
        minutes = ngettext("{count} minute", "{count} minutes", part.minutes).format(
            count=part.minutes
        )
        said = _("{period}: {minutes}").format(period=spoken_period(part.period), minutes=minutes)
        parts.append(_("{said} of {title}").format(said=said, title=title) if title else said)
    return "; ".join(parts)


def spoken_period(name: str) -> str:
    """Return a period as it is said: a bare number or letter has the word beside it."""
    return _("Period {name}").format(name=name) if len(name) <= 2 else name


def spoken_minutes_missed(parts: Iterable[Missed]) -> str:
    """Return how many minutes of class are missed."""
    count = sum(part.minutes for part in parts)
    return ngettext(
        "{count} minute of class is missed.", "{count} minutes of class are missed.", count
    ).format(count=count)


def spoken_school_day(open_: bool, cycle_day: str, reason: str) -> str:
    """Return what a day is in a building: no school and why, or its day of the cycle."""
    if not open_:
        return _("No school: {reason}").format(reason=reason) if reason else _("No school")
    if cycle_day:
        return _("{name} day").format(name=cycle_day)
    return ""
