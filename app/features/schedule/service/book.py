"""What is planned: looked at, put on a day, moved, taken off, and held against what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from app.features.schedule.commands import (
    ChangeAppointment,
    MarkFallen,
    MarkHeld,
    PlanAppointment,
    PutBack,
    Reopen,
    TakeOff,
)
from app.features.schedule.model.appointments import (
    LONGEST_APPOINTMENT,
    LONGEST_TEXT,
    Appointment,
    Around,
    Finding,
    MissedBy,
    Plan,
    Span,
    State,
    TypedAppointment,
    accepted_plan,
    findings,
    refuse_skipped,
    state_after,
)
from app.features.schedule.model.bells import Missed, missed, period_key
from app.features.schedule.model.calendar import Calendar
from app.features.schedule.model.layout import LaidDay, Stop, lay_out, stops
from app.features.schedule.model.recurrence import (
    Every,
    Rule,
    Slot,
    TypedRule,
    accepted_rule,
    slots,
)
from app.features.schedule.repo import Appointments, AppointmentsRepo, Calendars, School
from app.features.schedule.repo.appointments import Placed, Series
from app.features.schedule.repo.calendars import Known
from app.features.schedule.service.room import CHANGED, Room
from app.kernel.changes import Changed
from app.kernel.entries import Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id
from app.kernel.ports import Transaction

LONGEST_LOOK = 800
"""Days that are laid out at once at most."""


@dataclass(frozen=True, slots=True)
class Laying:
    """Days laid out, with the words that go beside them."""

    days: Sequence[LaidDay]
    schools: Mapping[SchoolId, School]
    groups: Mapping[str, str]
    hours: Mapping[str, tuple[int, int]]
    """When school begins and ends, by the id of the bell schedule."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A day building by building."""

    day: date
    stops: Sequence[Stop]
    schools: Mapping[SchoolId, School]
    groups: Mapping[str, str]
    laid: LaidDay


@dataclass(frozen=True, slots=True)
class DayFindings:
    """What speaks against one of the days that were asked for."""

    day: date
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a booking would mean, before it is made."""

    days: Sequence[date]
    missed: Sequence[MissedBy]
    """The class time missed on the first day, student by student."""
    bells_known: bool
    """Whether the bells of the students' building on that day are known."""
    against: Sequence[DayFindings]
    """The days that something speaks against."""
    skipped: int = 0
    """How many days of the rule fall out, for want of school."""

    @property
    def minutes(self) -> int:
        """The most that one student misses on the first day."""
        return max((one.minutes for one in self.missed), default=0)


@dataclass(frozen=True, slots=True)
class Opened:
    """An appointment with what its page shows beside it."""

    appointment: Appointment
    group: str
    school: str
    rule: Rule | None
    left: int = 0
    """How many of its series are planned from it on."""
    members: frozenset[StudentId] = field(default_factory=frozenset)


class BookService:
    """A person's own appointments."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._known: Known | None = None

    # -- looking -----------------------------------------------------------------------

    def days(self, since: date, until: date) -> Laying:
        """Return every day between two laid out, whoever is at the desk."""
        if not 0 <= (until - since).days < LONGEST_LOOK:
            raise Refused("period-order", "until")
        groups = self._room.groups.names()
        person = self._room.who()
        with self._room.read() as reader:
            book, calendars = Appointments(reader), Calendars(reader)
            first, last = since.isoformat(), until.isoformat()
            rows = book.between(person, first, last)
            busy = book.busy(person, first, last)
            self._known = calendars.calendars(self._room.zone(), self._known)
            known = self._known.by_school
            schools = {school.id: school for school in calendars.schools(person)}
        laid = lay_out(since, until, rows, busy, known)
        hours = {
            bell.id: found
            for calendar in known.values()
            for bell in calendar.bells.values()
            if (found := bell.hours())
        }
        return Laying(laid, schools, groups, hours)

    def day_plan(self, day: date) -> DayPlan:
        """Return a day building by building, in the order one comes to them."""
        laying = self.days(day, day)
        with self._room.read() as reader:
            travel = Calendars(reader).travel()
        rows = [one.appointment for one in laying.days[0].entries]
        return DayPlan(day, stops(rows, travel), laying.schools, laying.groups, laying.days[0])

    def open(self, appointment_id: str) -> Opened:
        """Return one appointment; refuse one that is gone or another person's."""
        groups = self._room.groups.names()
        with self._room.read() as reader:
            found = self._one(Appointments(reader), appointment_id)
            series = Appointments(reader).series(found.series_id) if found.series_id else None
            left = Appointments(reader).left_in_series(series.id, found.slot_on) if series else 0
            schools = {s.id: s.name for s in Calendars(reader).schools(self._room.who())}
        members: frozenset[StudentId] = frozenset()
        if found.group_id:
            members = self._room.groups.members(found.group_id, found.day)
        return Opened(
            found,
            groups.get(found.group_id or "", ""),
            schools.get(found.school_id, "") if found.school_id else "",
            series.rule if series else None,
            left,
            members,
        )

    def upcoming(self, student_id: str, limit: int = 20) -> list[Appointment]:
        """Return one's planned sessions with a student from today on, the nearest first."""
        with self._room.read() as reader:
            today = self._room.today().isoformat()
            return Appointments(reader).of_student(self._room.who(), student_id, today, limit)

    def student(self, student_id: str) -> tuple[str, SchoolId | None]:
        """Return a student's name and building; refuse one that is not in the vault."""
        with self._room.read() as reader:
            found = Calendars(reader).schools_of([StudentId(student_id)])
        if not found:
            raise Refused("student-gone", "student")
        return found[StudentId(student_id)]

    def groups(self) -> Mapping[str, str]:
        """Return the groups that can be planned, by id."""
        return self._room.groups.names()

    def _one(self, book: Appointments, appointment_id: str) -> Appointment:
        found = book.one(self._room.who(), appointment_id)
        if found is None:
            raise Refused("appointment-gone")
        return found

    # -- before booking ----------------------------------------------------------------

    def outlook(
        self, typed: TypedAppointment, rule: TypedRule | None = None, appointment_id: str = ""
    ) -> Outlook:
        """Return what a booking would mean: class time missed, and what speaks against it.

        `appointment_id` is the appointment that is being changed: it does not stand in its own
        way, nor does what comes after it in its series.
        """
        plan = accepted_plan(typed)
        person = self._room.who()
        students = self._students(plan)
        with self._room.read() as reader:
            calendars, book = Calendars(reader), Appointments(reader)
            calendar = self._calendar(calendars, plan)
            refuse_skipped(plan, calendar.zone)
            days, skipped = _days(plan, rule, calendar)
            texts = [day.isoformat() for day in days]
            taken = book.taken(person, texts)
            known = calendars.schools_of(students)
            names = {who: name for who, (name, _school) in known.items()}
            busy = book.busy(person, texts[0], texts[-1])
            travel = calendars.travel()
            schools = {one.id: one.name for one in calendars.schools(person)}
            misses, bells_known = self._missed(calendars, plan, days[0], known)
            own = book.one(person, appointment_id) if appointment_id else None
        groups = {(one.group_id, day) for day in texts for one in taken[day] if one.group_id}
        members: dict[str, frozenset[StudentId]] = {}
        for group, on in sorted(groups, key=lambda pair: pair[1]):
            members.setdefault(group or "", self._room.groups.members(group or "", on))
        leaving_out = frozenset({appointment_id}) if own else frozenset()
        against = []
        for day, text in zip(days, texts, strict=True):
            around = Around(
                calendar,
                taken[text],
                [one for one in busy if one.day == text],
                travel,
                names,
                members,
                {str(school): name for school, name in schools.items()},
            )
            found = findings(plan, day, around, leaving_out)
            if found:
                against.append(DayFindings(day, found))
        return Outlook(days, misses, bells_known, against, skipped)

    def _students(self, plan: Plan) -> frozenset[StudentId]:
        if plan.student_id:
            return frozenset({plan.student_id})
        if plan.group_id:
            return self._room.groups.members(plan.group_id, plan.day.isoformat())
        return frozenset()

    def _calendar(self, calendars: Calendars, plan: Plan) -> Calendar:
        return calendars.calendar(plan.school_id, self._room.zone())

    def _missed(
        self,
        calendars: Calendars,
        plan: Plan,
        day: date,
        students: Mapping[StudentId, tuple[str, SchoolId | None]],
    ) -> tuple[list[MissedBy], bool]:
        """Return what class time each student misses, by the bells of their own building."""
        by_school: dict[SchoolId | None, Calendar] = {}
        found, known = [], False
        for student, (name, school) in sorted(students.items(), key=lambda pair: pair[1][0]):
            if school not in by_school:
                by_school[school] = calendars.calendar(school, self._room.zone())
            calendar = by_school[school]
            bell = calendar.bell(day)
            if bell is None or not calendar.at(day).open:
                continue
            known = True
            parts = missed(bell.periods, plan.starts, plan.ends)
            if parts:
                turn = calendar.at(day).cycle_day
                classes = calendars.classes_of(student, day.isoformat())
                titles = tuple(_class_in(part, classes, turn) for part in parts)
                found.append(MissedBy(student, name, parts, titles))
        return found, known

    # -- booking -----------------------------------------------------------------------

    def plan(self, command: PlanAppointment) -> Changed:
        """Put an appointment on its day, and on each day its rule names; return the first's id."""
        plan = accepted_plan(command.typed)
        first_id = command.appointment_id or new_id()
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            if book.one(tx.who, first_id) is not None:
                raise Refused("appointment-planned-before")
            calendar = Calendars(tx).calendar(plan.school_id, tx.now.zone)
            refuse_skipped(plan, calendar.zone)
            facts: dict[str, object] = dict(plan.facts())
            if command.rule is None:
                book.add([Placed(first_id, tx.who, plan, calendar.zone)])
            else:
                rule = accepted_rule(command.rule, plan.day, calendar)
                found = _slots(rule, calendar)
                series = _add_series(book, tx, plan, rule, found, calendar.zone, first_id)
                facts |= {
                    "series": series,
                    "every": rule.every.value,
                    "days": list(rule.days),
                    "until": rule.until_on.isoformat(),
                    "count": len(found),
                }
            tx.journal("PlanAppointment", "appointment", first_id, after=facts)
        return replace(CHANGED, made=first_id)

    def change(self, command: ChangeAppointment) -> Changed:
        """Change an appointment, or it and all after it in its series."""
        plan = accepted_plan(command.typed)
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            before = self._planned(book, tx, command.appointment_id)
            calendar = Calendars(tx).calendar(plan.school_id, tx.now.zone)
            refuse_skipped(plan, calendar.zone)
            series = book.series(before.series_id) if before.series_id else None
            made = before.id
            facts: dict[str, object] = dict(plan.facts())
            if command.span is Span.LATER and series is not None:
                made = _change_later(book, tx, before, series, plan, calendar)
                facts["later"] = True
            else:
                book.change(before.id, plan, calendar.zone)
            tx.journal("ChangeAppointment", "appointment", before.id, _facts(before), facts)
        return replace(CHANGED, made=made)

    def take_off(self, command: TakeOff) -> Changed:
        """Take an appointment off; what is returned as made brings it back (`PutBack`)."""
        taken_off = new_id()
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            before = self._planned(book, tx, command.appointment_id)
            count = 1
            if command.span is Span.LATER and before.series_id:
                count = book.take_off_later(before.series_id, before.slot_on, taken_off)
            else:
                book.take_off(before.id, taken_off)
            tx.journal(
                "TakeOff",
                "appointment",
                before.id,
                _facts(before),
                {"count": count, "as": taken_off},
            )
        return replace(CHANGED, made=taken_off)

    def put_back(self, command: PutBack) -> Changed:
        """Bring back what one taking off took."""
        with self._room.begin() as tx:
            found = AppointmentsRepo(tx).put_back(tx.who, command.taken_off)
            if not found:
                raise Refused("appointment-gone")
            tx.journal("PutBack", "appointment", found[0], after={"count": len(found)})
        return CHANGED

    def _planned(self, book: Appointments, tx: Transaction, appointment_id: str) -> Appointment:
        """Return an appointment that is still planned; refuse any other."""
        found = book.one(tx.who, appointment_id)
        if found is None or found.state == State.OFF:
            raise Refused("appointment-gone")
        if found.state != State.PLANNED:
            raise Refused("appointment-over")
        return found

    # -- what became of it ---------------------------------------------------------------

    def mark_held(self, command: MarkHeld) -> Changed:
        """Say that an appointment took place, where nothing that was entered says so."""
        return self._mark("MarkHeld", command.appointment_id, State.HELD)

    def mark_fallen(self, command: MarkFallen) -> Changed:
        """Say that an appointment fell out, and why."""
        reason = " ".join(command.reason.split())
        if len(reason) > LONGEST_TEXT:
            raise Refused("schedule-name-long", "reason", longest=LONGEST_TEXT)
        return self._mark("MarkFallen", command.appointment_id, State.FALLEN, reason)

    def _mark(self, what: str, appointment_id: str, state: State, reason: str = "") -> Changed:
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            before = self._planned(book, tx, appointment_id)
            book.mark(before.id, state, reason)
            tx.journal(
                what,
                "appointment",
                before.id,
                {"state": before.state},
                {"state": state.value, **({"reason": reason} if reason else {})},
            )
        return CHANGED

    def reopen(self, command: Reopen) -> Changed:
        """Take back what was said became of an appointment; refuse where a record says it."""
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            before = book.one(tx.who, command.appointment_id)
            if before is None or before.state not in {State.HELD, State.FALLEN}:
                raise Refused("appointment-gone")
            if before.entry_id:
                raise Refused("appointment-recorded")
            book.mark(before.id, State.PLANNED)
            tx.journal(
                "Reopen",
                "appointment",
                before.id,
                {"state": before.state, "reason": before.reason},
                {"state": State.PLANNED.value},
            )
        return CHANGED

    @staticmethod
    def take(tx: Transaction, entry: Entry) -> None:
        """Mark what an entry was planned as: held, or fallen out where nobody came.

        An entry that names its appointment marks that one; a session that names none marks
        the one planned session with its student that it overlaps, if there is just one. The
        entry's own journal entry tells of it. One statement at most; the same entry told
        twice is told once, and one whose attendance was corrected says what counts now.
        """
        state = state_after(one.attendance for one in entry.students)
        book = AppointmentsRepo(tx)
        if entry.planned_id:
            book.told(entry.person_id, entry.planned_id, state, entry.id)
        elif entry.kind is EntryKind.SESSION and entry.students:
            begun = entry.started
            span = (
                begun.later(-timedelta(minutes=LONGEST_APPOINTMENT)).at,
                begun.at,
                begun.later(timedelta(minutes=max(entry.minutes, 1))).at,
            )
            book.told_unnamed(entry.person_id, entry.students[0].student_id, span, state, entry.id)


def _facts(appointment: Appointment) -> dict[str, object]:
    told = {
        "kind": appointment.kind,
        "day": appointment.day,
        "starts": appointment.starts,
        "ends": appointment.ends,
        "student": appointment.student_id,
        "group": appointment.group_id,
        "school": appointment.school_id,
        "room": appointment.room,
    }
    return {name: fact for name, fact in told.items() if fact not in (None, "")}


def _slots(rule: Rule, calendar: Calendar) -> list[Slot]:
    found = list(slots(rule, calendar))
    if not found:
        raise Refused("repeat-never", "until_on")
    return found


def _days(plan: Plan, rule: TypedRule | None, calendar: Calendar) -> tuple[list[date], int]:
    """Return the days that would be booked, and how many of the rule's fall out."""
    if rule is None:
        return [plan.day], 0
    accepted = accepted_rule(rule, plan.day, calendar)
    found = _slots(accepted, calendar)
    skipped = 0
    if accepted.every is not Every.CYCLE:
        bare = Calendar(None, (), (), (), calendar.zone)
        skipped = sum(1 for _slot in slots(accepted, bare)) - len(found)
    return sorted({slot.day for slot in found}), skipped


def _add_series(
    book: AppointmentsRepo,
    tx: Transaction,
    plan: Plan,
    rule: Rule,
    found: Sequence[Slot],
    zone: str,
    first_id: str,
) -> str:
    series_id = new_id()
    book.add_series(series_id, tx.who, rule, plan)
    placed = [
        Placed.new(tx.who, replace(plan, day=slot.day), zone, series_id, slot.named.isoformat())
        for slot in found
    ]
    placed[0] = replace(placed[0], id=first_id)
    book.add(placed)
    return series_id


def _change_later(
    book: AppointmentsRepo,
    tx: Transaction,
    before: Appointment,
    series: Series,
    plan: Plan,
    calendar: Calendar,
) -> str:
    """End a series before one of its appointments, and begin another there; return its first's id.

    What was held, fell out or was skipped from there on stays so.
    """
    rule = series.rule
    old = date.fromisoformat(before.slot_on)
    days = rule.days
    if plan.day != date.fromisoformat(before.day):
        if rule.every is Every.CYCLE:
            was, now = calendar.at(old).cycle_day, calendar.at(plan.day).cycle_day
            if not now:
                raise Refused("repeat-day-closed", "on")
        else:
            was, now = str(old.isoweekday()), str(plan.day.isoweekday())
        days = tuple(dict.fromkeys(now if day == was else day for day in days))
    first = min(plan.day, old) if plan.day == date.fromisoformat(before.day) else plan.day
    later = Rule(rule.every, days, first, max(rule.until_on, plan.day), rule.closed)
    standing = book.slots_from(series.id, before.slot_on)
    over = {slot for slot, row in standing.items() if row[2] in {State.HELD, State.FALLEN}}
    skipped = {slot for slot, row in standing.items() if row[2] == State.OFF}
    book.drop_later(series.id, before.slot_on)
    book.end_series(series.id, (old - timedelta(days=1)).isoformat())
    found = [slot for slot in _slots(later, calendar) if slot.named.isoformat() not in over]
    if not found:
        raise Refused("repeat-never", "until_on")
    made = _add_series(book, tx, plan, later, found, calendar.zone, before.id)
    kept = skipped - {found[0].named.isoformat()}
    if kept:
        book.skip(made, kept, new_id())
    return before.id


def _class_in(part: Missed, classes: Sequence[tuple[str, str]], turn: str) -> str:
    """Return the class that lies in a period on a day of the cycle; empty where none is known."""
    wanted, _days_of_it = period_key(part.period)
    for title, periods in classes:
        for one in _split(periods):
            name, days = period_key(one)
            if name == wanted and (not days or turn in days):
                return title
    return ""


def _split(periods: str) -> list[str]:
    """Return a list of periods apart: commas inside brackets do not divide."""
    found, depth, part = [], 0, ""
    for sign in periods:
        depth += (sign == "(") - (sign == ")")
        if sign in ",;" and depth <= 0:
            found.append(part)
            part = ""
        else:
            part += sign
    return [one for one in (*found, part) if one.strip()]
