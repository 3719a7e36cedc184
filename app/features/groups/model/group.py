"""A group, its members and those who wait."""

from dataclasses import dataclass
from datetime import date

from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from app.kernel.rows import storable

LONGEST_NAME = 80
LONGEST_TEXT = 2000
MOST_SESSIONS = 99
MOST_MEMBERS = 99
CLOSED = "closed"
"""The reason of those who left because the group was closed."""
LONGEST_SESSION = 1440


@dataclass(frozen=True, slots=True)
class GroupForm:
    """What one says of a group as it was typed: nothing in it has to make sense yet."""

    name: str = ""
    purpose: str = ""
    curriculum: str = ""
    contents: str = ""
    """What each planned session is about, a line each."""
    planned: str = ""
    """How many sessions; empty: as many as there are contents."""
    minutes: str = "30"
    service_id: str = ""
    school_id: str = ""
    leader: str = ""
    """Empty: whoever is at the desk."""
    second: str = ""
    size_limit: str = ""
    """Empty: no limit."""
    starts_on: str = ""
    ends_on: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is kept; its name is for the desk alone and goes into no note."""

    id: str
    name: str
    purpose: str
    curriculum: str
    contents: tuple[str, ...]
    planned: int
    minutes: int
    service_id: str
    school_id: str | None
    person_id: PersonId
    """Who leads it."""
    second_id: PersonId | None
    size_limit: int
    """0: as many as come."""
    starts_on: str
    ends_on: str
    copied_from: str | None = None
    closed_on: str = ""
    close_reason: str = ""

    def topic(self, number: int) -> str:
        """Return what the session with this number is about by the curriculum; empty if unsaid."""
        return self.contents[number - 1] if 0 < number <= len(self.contents) else ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A stretch of a student in a group: asked for, joined, left; without `joined_on` one waits."""

    id: str
    group_id: str
    student_id: StudentId
    waits_since: str = ""
    joined_on: str = ""
    left_on: str = ""
    left_reason: str = ""

    @property
    def open(self) -> bool:
        """Whether it is not over."""
        return not self.left_on

    @property
    def waits(self) -> bool:
        """Whether it is a place on the waiting list."""
        return not self.joined_on and not self.left_on

    def holds(self, day: str) -> bool:
        """Tell whether the student is in the group on a day; `left_on` is the last one."""
        return "" < self.joined_on <= day <= (self.left_on or "9999-12-31")


def accepted_group(group_id: str, form: GroupForm, leader: PersonId) -> Group:
    """Return the group that a form describes, or refuse the entry to mend."""
    name = " ".join(storable(form.name).split())
    if not name:
        raise Refused("group-needs-name", "name")
    if len(name) > LONGEST_NAME:
        raise Refused("group-name-long", "name", longest=LONGEST_NAME)
    for field, text in (("purpose", form.purpose), ("curriculum", form.curriculum)):
        if len(text) > LONGEST_TEXT:
            raise Refused("group-text-long", field, longest=LONGEST_TEXT)
    if not form.service_id:
        raise Refused("note-needs-service", "service")
    contents = tuple(
        " ".join(line.split()) for line in storable(form.contents).splitlines() if line.strip()
    )
    if len(contents) > MOST_SESSIONS:
        raise Refused("group-planned", "contents", most=MOST_SESSIONS)
    planned = _accepted_count(
        form.planned, len(contents), MOST_SESSIONS, "group-planned", "planned"
    )
    minutes = _accepted_count(form.minutes, 0, LONGEST_SESSION, "note-needs-minutes", "minutes")
    if minutes < 1:
        raise Refused("note-needs-minutes", "minutes", least=1, most=LONGEST_SESSION)
    starts_on = day_or_none(form.starts_on, "starts_on")
    ends_on = day_or_none(form.ends_on, "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise Refused("group-ends-before", "ends_on")
    second = form.second
    if second and second == (form.leader or leader):
        raise Refused("group-second-same", "second")
    return Group(
        id=group_id,
        name=name,
        purpose=storable(form.purpose),
        curriculum=storable(form.curriculum),
        contents=contents,
        planned=max(planned, len(contents)),
        minutes=minutes,
        service_id=form.service_id,
        school_id=form.school_id or None,
        person_id=PersonId(form.leader) if form.leader else leader,
        second_id=PersonId(second) if second else None,
        size_limit=_accepted_count(form.size_limit, 0, MOST_MEMBERS, "group-size", "size_limit"),
        starts_on=starts_on,
        ends_on=ends_on,
    )


def form_of(group: Group) -> GroupForm:
    """Return a group as a form shows it."""
    return GroupForm(
        name=group.name,
        purpose=group.purpose,
        curriculum=group.curriculum,
        contents="\n".join(group.contents),
        planned=str(group.planned) if group.planned else "",
        minutes=str(group.minutes),
        service_id=group.service_id,
        school_id=group.school_id or "",
        leader=group.person_id,
        second=group.second_id or "",
        size_limit=str(group.size_limit) if group.size_limit else "",
        starts_on=group.starts_on,
        ends_on=group.ends_on,
    )


def day_or_none(text: str, field: str) -> str:
    """Return a calendar day as it is kept, or nothing; refuse what is no day."""
    return accepted_day(text, field) if text else ""


def accepted_day(text: str, field: str) -> str:
    """Return a calendar day as it is kept; refuse what is none."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Refused("group-needs-day", field) from None


def _accepted_count(text: str, usual: int, most: int, code: str, field: str) -> int:
    entry = text.strip()
    if not entry:
        return usual
    if not (entry.isascii() and entry.isdecimal() and int(entry[:6]) <= most):
        raise Refused(code, field, least=0 if code != "note-needs-minutes" else 1, most=most)
    return int(entry)
