"""What a person plans: a session, a group, a block of their own; and what speaks against a time."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum, unique
from typing import NamedTuple

from app.features.schedule.model.bells import MIDNIGHT, Missed, minute_of
from app.features.schedule.model.calendar import Calendar, accepted_day, is_skipped
from app.kernel.errors import Fact, Refused
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Attendance, Place

LONGEST_TEXT = 120
LONGEST_APPOINTMENT = 12 * 60


@unique
class AppointmentKind(StrEnum):
    """What is planned."""

    SESSION = "session"
    GROUP = "group"
    DUTY = "duty"
    TRAVEL = "travel"
    MEETING = "meeting"
    LUNCH = "lunch"
    OTHER = "other"


@unique
class State(StrEnum):
    """What became of an appointment."""

    PLANNED = "planned"
    HELD = "held"
    FALLEN = "fallen"
    OFF = "off"


@unique
class Span(StrEnum):
    """How much of a series is meant."""

    THIS = "this"
    LATER = "later"
    """This one and all that come after it."""


class Appointment(NamedTuple):
    """One planned time; a tuple, because a year of them is laid out at once."""

    id: str
    day: str
    starts: int
    ends: int
    kind: str
    state: str
    student_id: StudentId | None
    group_id: str | None
    school_id: SchoolId | None
    series_id: str | None
    room: str
    title: str
    student: str
    """The student's name as a list shows it; empty where it is about none."""
    service_id: str | None
    place: str
    zone: str
    starts_at: str
    slot_on: str
    reason: str
    entry_id: str

    @property
    def minutes(self) -> int:
        """How long it is on the clock of its building."""
        return self.ends - self.starts


class Busy(NamedTuple):
    """A time that is taken elsewhere."""

    day: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class TypedAppointment:
    """An appointment as someone typed it."""

    kind: AppointmentKind = AppointmentKind.SESSION
    on: str = ""
    at: str = ""
    minutes: str = "30"
    student_id: StudentId | None = None
    group_id: str = ""
    school_id: SchoolId | None = None
    room: str = ""
    place: Place = Place.OFFICE
    service_id: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An appointment that makes sense: what is put on a day."""

    kind: AppointmentKind
    day: date
    starts: int
    ends: int
    student_id: StudentId | None
    group_id: str | None
    school_id: SchoolId | None
    room: str
    place: Place
    service_id: str | None
    title: str

    def facts(self) -> dict[str, str | int]:
        """Return what the journal keeps of it."""
        told: dict[str, str | int | None] = {
            "kind": self.kind.value,
            "day": self.day.isoformat(),
            "starts": self.starts,
            "ends": self.ends,
            "student": self.student_id,
            "group": self.group_id,
            "school": self.school_id,
            "room": self.room,
        }
        return {name: fact for name, fact in told.items() if fact not in (None, "")}


def plan_text(plan: Plan) -> str:
    """Return a plan as its series keeps it: JSON, less the day."""
    facts = {f.name: getattr(plan, f.name) for f in fields(plan) if f.name != "day"}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def plan_of(text: str, day: date) -> Plan:
    """Return the plan that a series keeps, on one of its days."""
    facts = json.loads(text)
    facts["kind"], facts["place"] = AppointmentKind(facts["kind"]), Place(facts["place"])
    return Plan(day=day, **facts)


def accepted_plan(typed: TypedAppointment) -> Plan:
    """Return a plan; refuse what no warning could make sense of."""
    day = accepted_day(typed.on, "on")
    starts = minute_of(typed.at)
    if starts is None or starts >= MIDNIGHT:
        raise Refused("appointment-needs-time", "at")
    entry = typed.minutes.strip()
    if not (entry.isascii() and entry.isdecimal() and 1 <= int(entry[:6]) <= LONGEST_APPOINTMENT):
        raise Refused("appointment-needs-minutes", "minutes", most=LONGEST_APPOINTMENT)
    ends = starts + int(entry)
    if ends > MIDNIGHT:
        raise Refused("appointment-past-midnight", "minutes")
    session, group = typed.kind is AppointmentKind.SESSION, typed.kind is AppointmentKind.GROUP
    if session and not typed.student_id:
        raise Refused("appointment-needs-student", "student")
    if group and not typed.group_id:
        raise Refused("appointment-needs-group", "group")
    for text, name in ((typed.room, "room"), (typed.title, "title")):
        if len(text.strip()) > LONGEST_TEXT:
            raise Refused("schedule-name-long", name, longest=LONGEST_TEXT)
    return Plan(
        typed.kind,
        day,
        starts,
        ends,
        typed.student_id if session else None,
        typed.group_id if group else None,
        typed.school_id,
        " ".join(typed.room.split()),
        typed.place,
        (typed.service_id or None) if session or group else None,
        "" if session or group else " ".join(typed.title.split()),
    )


def refuse_skipped(plan: Plan, zone: str) -> None:
    """Refuse a time that the clocks of the building jump over on that day."""
    if is_skipped(plan.day, plan.starts, zone):
        raise Refused("appointment-clock-jumps", "at")


def state_after(attendances: Iterable[Attendance]) -> State:
    """Return what became of an appointment by who came; work without students was done."""
    came = list(attendances)
    if came and Attendance.PRESENT not in came:
        return State.FALLEN
    return State.HELD


@unique
class Clash(StrEnum):
    """What speaks against a time; it warns and forbids nothing."""

    OWN = "own-double"
    STUDENT = "student-elsewhere"
    BUSY = "busy-elsewhere"
    ROOM = "room-taken"
    TRAVEL = "travel-short"
    HOURS = "outside-hours"
    CLOSED = "no-school"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a time, with the facts of its sentence."""

    clash: Clash
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


class Taken(NamedTuple):
    """A time at which a student or a room is taken: one's own, or a colleague's."""

    id: str
    mine: bool
    student_id: StudentId | None
    group_id: str | None
    school_id: SchoolId | None
    room: str
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a time on its day."""

    calendar: Calendar
    """Of the building it is in."""
    taken: Sequence[Taken]
    busy: Sequence[Busy] = ()
    travel: Mapping[tuple[str, str], int] = field(default_factory=dict, hash=False)
    students: Mapping[StudentId, str] = field(default_factory=dict, hash=False)
    """Whom the appointment is with, and their names."""
    members: Mapping[str, frozenset[StudentId]] = field(default_factory=dict, hash=False)
    """Who is in the groups that have a time on the day."""
    schools: Mapping[str, str] = field(default_factory=dict, hash=False)


def findings(plan: Plan, day: date, around: Around, leaving_out: frozenset[str]) -> list[Finding]:
    """Return what speaks against a plan on `day`, the gravest first.

    Where only the ends touch, nothing overlaps. `leaving_out` are the ids of appointments that
    the plan takes the place of.
    """
    others = [one for one in around.taken if one.id not in leaving_out]
    meeting = [one for one in others if one.starts < plan.ends and plan.starts < one.ends]
    found: list[Finding] = []
    for one in meeting:
        both = _students_of(one, around) & around.students.keys()
        found += [
            Finding(Clash.STUDENT, {"student": around.students[who], **_hours(one)})
            for who in sorted(both, key=lambda who: around.students[who])
        ]
        if one.mine:
            found.append(Finding(Clash.OWN, _hours(one)))
        elif _room(plan) and (one.school_id, one.room.casefold()) == _room(plan):
            found.append(Finding(Clash.ROOM, {"room": plan.room, **_hours(one)}))
    found += [
        Finding(Clash.BUSY, _hours(one))
        for one in around.busy
        if one.starts < plan.ends and plan.starts < one.ends
    ]
    found += _on_the_way(plan, [one for one in others if one.mine], around)
    found += _by_the_bell(plan, day, around.calendar)
    order = list(Clash)
    return sorted(found, key=lambda finding: order.index(finding.clash))


def _room(plan: Plan) -> tuple[SchoolId | None, str] | None:
    return (plan.school_id, plan.room.casefold()) if plan.room else None


def _students_of(one: Taken, around: Around) -> frozenset[StudentId]:
    if one.student_id:
        return frozenset({one.student_id})
    return around.members.get(one.group_id or "", frozenset())


def _hours(one: Taken | Busy) -> dict[str, Fact]:
    return {"starts": one.starts, "ends": one.ends}


def _on_the_way(plan: Plan, mine: Sequence[Taken], around: Around) -> list[Finding]:
    """Return where the way from the one before, or to the one after, is longer than the gap."""
    if not plan.school_id:
        return []
    before = max(
        (one for one in mine if one.ends <= plan.starts and one.school_id),
        key=lambda one: one.ends,
        default=None,
    )
    after = min(
        (one for one in mine if one.starts >= plan.ends and one.school_id),
        key=lambda one: one.starts,
        default=None,
    )
    found = []
    for other, gap in (
        (before, plan.starts - before.ends if before else 0),
        (after, after.starts - plan.ends if after else 0),
    ):
        if other is None or other.school_id == plan.school_id:
            continue
        way = travel_minutes(around.travel, other.school_id, plan.school_id)
        if way > gap:
            found.append(
                Finding(
                    Clash.TRAVEL,
                    {
                        "minutes": way,
                        "gap": gap,
                        "school": around.schools.get(other.school_id or "", ""),
                    },
                )
            )
    return found


def travel_minutes(
    travel: Mapping[tuple[str, str], int], one: str | None, other: str | None
) -> int:
    """Return the minutes between two buildings; 0 where none were entered."""
    if not one or not other or one == other:
        return 0
    return travel.get((min(one, other), max(one, other)), 0)


def _by_the_bell(plan: Plan, day: date, calendar: Calendar) -> list[Finding]:
    if not calendar.known or not plan.school_id:
        return []
    found = calendar.at(day)
    if not found.open:
        return [Finding(Clash.CLOSED, {"day": day.isoformat(), "reason": found.reason})]
    bell = calendar.bells.get(found.bell_id)
    hours = bell.hours() if bell else None
    if hours and (plan.starts < hours[0] or plan.ends > hours[1]):
        return [Finding(Clash.HOURS, {"starts": hours[0], "ends": hours[1]})]
    return []


@dataclass(frozen=True, slots=True)
class MissedBy:
    """The class time one student misses: period by period, with the class where it is known."""

    student_id: StudentId
    student: str
    parts: tuple[Missed, ...]
    classes: tuple[str, ...]

    @property
    def minutes(self) -> int:
        """All of it."""
        return sum(part.minutes for part in self.parts)
