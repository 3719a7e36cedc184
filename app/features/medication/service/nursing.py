"""Other nursing: visits, health plans, tasks handed to trained staff."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.features.medication.commands import (
    AddCare,
    AddVitals,
    DelegateTask,
    EndDelegation,
    EndPlan,
    EndVisit,
    StartVisit,
    WritePlan,
)
from app.features.medication.model.doses import is_late_entry, require_past
from app.features.medication.model.nursing import (
    Delegation,
    Entry,
    HealthPlan,
    Leaving,
    PlanKind,
    Subject,
    Visit,
    VisitEntryKind,
    accepted_vitals,
)
from app.features.medication.model.orders import (
    calendar_day,
    kept_text,
    needed_text,
    school_year_end,
)
from app.features.medication.repo import RoomKeeper
from app.features.medication.repo.orders import Pupil, pupils
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id

MOST_SECTIONS = 20


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """A visit with what was seen and done, and how it ended."""

    visit: Visit
    pupil: Pupil
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    left: Moment | None
    leaving: Leaving | None
    minutes: int
    """Out of class: until the student left, or until now while they are here."""

    @property
    def open(self) -> bool:
        """Whether the student is still here."""
        return self.left is None


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The newest version of a plan in a list."""

    plan: HealthPlan
    pupil: Pupil
    ended: bool
    review_due: bool


@dataclass(frozen=True, slots=True)
class PlanSheet:
    """A plan with its versions, the newest first, and how it ended if it did."""

    plan: HealthPlan
    pupil: Pupil
    versions: tuple[HealthPlan, ...]
    entries: tuple[Entry, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """A task that was handed to someone, and whether it still is."""

    delegation: Delegation
    pupil: Pupil | None
    by: str
    ended: bool
    expired: bool
    end: Entry | None = None
    """Why and when it was taken back."""
    ended_by: str = ""


def entered(
    keeper: RoomKeeper,
    subject: Subject,
    subject_id: str,
    student_id: StudentId | None,
    kind: str,
    *,
    text: str = "",
    facts: Mapping[str, Any] | None = None,
    at: Moment | None = None,
    witness_id: str | None = None,
) -> Entry:
    """Write what is added to a record, and return it."""
    entry = Entry(
        id=new_id(),
        subject=subject,
        subject_id=subject_id,
        student_id=student_id,
        kind=kind,
        at=(at or keeper.now).at,
        text=text,
        facts=json.dumps(facts or {}, ensure_ascii=False, separators=(",", ":")),
        witness_id=witness_id,
        person_id=keeper.who,
        recorded_at=keeper.now.at,
        zone=keeper.now.zone,
    )
    keeper.add(entry)
    return entry


class NursingService:
    """The health office beside its medicines."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- visits ----------------------------------------------------------------------

    def start_visit(self, command: StartVisit) -> Changed:
        """Write down that a student came; `made` is the visit's id."""
        visit_id = command.visit_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Visit, visit_id) is not None:
                raise DoneBefore
            pupil = keeper.pupil(command.student_id)
            if pupil is None:
                raise Refused("student-gone", "student_id")
            at = command.came_at or keeper.now
            require_past(at, keeper.now, "came_at")
            visit = Visit(
                id=visit_id,
                student_id=command.student_id,
                school_id=command.school_id or pupil.school_id,
                came_at=at.at,
                sent_by=kept_text(command.sent_by, "sent_by", 200),
                complaint=command.complaint,
                words=kept_text(command.words, "words"),
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
            keeper.add(visit)
            keeper.journal(
                "StartVisit",
                Visit,
                visit_id,
                {"student": visit.student_id, "late": is_late_entry(at, keeper.now)},
            )
        return Changed.only(Kind.VISIT, made=visit_id)

    def add_vitals(self, command: AddVitals) -> Changed:
        """Add vital signs to a visit."""
        facts = accepted_vitals(command.vitals)
        return self._add(
            "AddVitals", command.visit_id, VisitEntryKind.VITALS, "", facts, command.at
        )

    def add_care(self, command: AddCare) -> Changed:
        """Add what was done or seen; after the visit's end it stands as a later note."""
        text = needed_text(command.text, "text", "note-needs-words")
        return self._add("AddCare", command.visit_id, VisitEntryKind.CARE, text, {}, command.at)

    def end_visit(self, command: EndVisit) -> Changed:
        """Write down when and where to the student left; of one sent home, with whom."""
        if command.leaving is Leaving.HOME:
            needed_text(command.to_whom, "to_whom", "visit-needs-whom", 200)
        return self._add(
            "EndVisit",
            command.visit_id,
            VisitEntryKind.LEFT,
            kept_text(command.text, "text"),
            {
                "leaving": command.leaving.value,
                "to_whom": kept_text(command.to_whom, "to_whom", 200),
            },
            command.at,
        )

    def _add(
        self,
        what: str,
        visit_id: str,
        kind: VisitEntryKind,
        text: str,
        facts: Mapping[str, Any],
        at: Moment | None,
    ) -> Changed:
        with self._room.writing() as keeper:
            visit = keeper.get(Visit, visit_id)
            if visit is None:
                raise Refused("visit-gone")
            when = at or keeper.now
            require_past(when, keeper.now, "at")
            if when.at < visit.came_at:
                raise Refused("visit-before", "at")
            if any(entry.kind == VisitEntryKind.LEFT.value for entry in keeper.entries(visit.id)):
                if kind is VisitEntryKind.LEFT:
                    raise Refused("visit-over")
                if kind is VisitEntryKind.CARE:
                    kind = VisitEntryKind.NOTE
            entered(
                keeper,
                Subject.VISIT,
                visit.id,
                visit.student_id,
                kind.value,
                text=text,
                facts=facts,
                at=when,
            )
            keeper.journal(
                what, Visit, visit.id, {"student": visit.student_id, "entry": kind.value}
            )
        return Changed.only(Kind.VISIT)

    def visits(self, day: str) -> list[VisitSheet]:
        """Return a day's visits, those who are still here first, then the newest."""
        begins = Moment.local(_midnight(day), self._room.now().zone)
        ends = Moment.local(_midnight(day) + timedelta(days=1), begins.zone)
        return self._visits("t.came_at >= ? AND t.came_at < ?", (begins.at, ends.at))

    def visits_of(self, student_id: StudentId, limit: int = 200) -> list[VisitSheet]:
        """Return a student's visits, the newest first."""
        return self._visits(
            "t.student_id = ? ORDER BY t.came_at DESC, t.row DESC LIMIT 0 + ?", (student_id, limit)
        )

    def open_visits(self) -> list[VisitSheet]:
        """Return who is in the health office now, whoever came first."""
        return self._visits(
            "NOT EXISTS (SELECT 1 FROM care_entry e WHERE e.subject_id = t.id AND e.kind = 'left')"
            " ORDER BY t.came_at LIMIT 500"
        )

    def _visits(
        self, condition: str, values: tuple[str | int | None, ...] = ()
    ) -> list[VisitSheet]:
        with self._room.reading() as book:
            found = book.where(Visit, condition, values)
            known = pupils(book.reader, (visit.student_id for visit in found))
            entries: dict[str, list[Entry]] = {}
            for entry in book.entries(*(visit.id for visit in found)):
                entries.setdefault(entry.subject_id, []).append(entry)
            names = book.names(
                [visit.person_id for visit in found]
                + [entry.person_id for rows in entries.values() for entry in rows]
            )
        now = self._room.now()
        sheets = [
            _visit_sheet(
                visit, known[visit.student_id], tuple(entries.get(visit.id, ())), names, now
            )
            for visit in found
        ]
        return sorted(sheets, key=lambda sheet: not sheet.open)

    def visit_sheet(self, visit_id: str) -> VisitSheet:
        """Return a visit with all that belongs to it; refuse one that is not there."""
        found = self._visits("t.id = ?", (visit_id,))
        if not found:
            raise Refused("visit-gone")
        return found[0]

    # -- plans -----------------------------------------------------------------------

    def write_plan(self, command: WritePlan) -> Changed:
        """Keep a plan, or a new version of one; `made` is the version's id."""
        plan_id = command.plan_id or new_id()
        title = needed_text(command.title, "title", "plan-needs-title", 200)
        sections = tuple(
            (kept_text(name, "sections", 200), kept_text(text, "sections", 10_000))
            for name, text in command.sections[:MOST_SECTIONS]
            if name.strip() or text.strip()
        )
        if not any(text for _name, text in sections):
            raise Refused("plan-needs-words", "sections")
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(HealthPlan, plan_id) is not None:
                raise DoneBefore
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student_id")
            before = keeper.get(HealthPlan, command.replaces)
            if before is not None:
                needed_text(command.reason, "reason", "order-needs-reason")
                self._require_newest(keeper, before)
                if before.student_id != command.student_id:
                    raise Refused("wrong-student", "student_id")
            starts_on = calendar_day(command.starts_on, "starts_on", keeper.now.day().isoformat())
            ends = school_year_end(
                date.fromisoformat(starts_on), keeper.school_year_ends(starts_on)
            )
            plan = HealthPlan(
                id=plan_id,
                series_id=before.series_id if before else plan_id,
                version=before.version + 1 if before else 1,
                replaces=before.id if before else None,
                student_id=command.student_id,
                kind=command.kind,
                title=title,
                sections=sections,
                starts_on=starts_on,
                review_on=calendar_day(command.review_on, "review_on", ends),
                reason=kept_text(command.reason, "reason"),
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
            keeper.add(plan)
            keeper.journal(
                "WritePlan",
                HealthPlan,
                plan_id,
                {"student": plan.student_id, "kind": plan.kind.value, "version": plan.version},
            )
        return Changed.only(Kind.PLAN, made=plan_id)

    @staticmethod
    def _require_newest(keeper: RoomKeeper, plan: HealthPlan) -> None:
        if keeper.where(HealthPlan, "t.replaces = ?", (plan.id,)):
            raise Refused("plan-changed-already")
        if any(entry.kind == "ended" for entry in keeper.entries(plan.series_id)):
            raise Refused("plan-over")

    def end_plan(self, command: EndPlan) -> Changed:
        """End a plan; its versions stay."""
        reason = needed_text(command.reason, "reason", "end-needs-reason")
        with self._room.writing() as keeper:
            plan = keeper.get(HealthPlan, command.plan_id)
            if plan is None:
                raise Refused("plan-gone")
            self._require_newest(keeper, plan)
            entered(keeper, Subject.PLAN, plan.series_id, plan.student_id, "ended", text=reason)
            keeper.journal("EndPlan", HealthPlan, plan.id, {"student": plan.student_id})
        return Changed.only(Kind.PLAN)

    def plans(
        self, student_id: StudentId | None = None, *, kind: PlanKind | None = None
    ) -> list[PlanLine]:
        """Return the newest versions of plans by student's name; ended ones last."""
        conditions = ["NOT EXISTS (SELECT 1 FROM health_plan n WHERE n.replaces = t.id)"]
        values: list[str] = []
        if student_id is not None:
            conditions.append("t.student_id = ?")
            values.append(student_id)
        if kind is not None:
            conditions.append("t.kind = ?")
            values.append(kind.value)
        today = self._room.now().day().isoformat()
        with self._room.reading() as book:
            found = book.where(HealthPlan, " AND ".join(conditions), tuple(values))
            known = pupils(book.reader, (plan.student_id for plan in found))
            ended = {
                e.subject_id
                for e in book.entries(*(plan.series_id for plan in found))
                if e.kind == "ended"
            }
        lines = [
            PlanLine(
                plan,
                known[plan.student_id],
                plan.series_id in ended,
                plan.review_on <= today and plan.series_id not in ended,
            )
            for plan in found
        ]
        return sorted(lines, key=lambda one: (one.ended, one.pupil.sorting, one.plan.title))

    def plan_sheet(self, plan_id: str) -> PlanSheet:
        """Return a plan's version with all its versions; refuse one that is not there."""
        with self._room.reading() as book:
            plan = book.get(HealthPlan, plan_id)
            pupil = book.pupil(plan.student_id) if plan else None
            if plan is None or pupil is None:
                raise Refused("plan-gone")
            versions = book.where(
                HealthPlan, "t.series_id = ? ORDER BY t.version DESC", (plan.series_id,)
            )
            entries = book.entries(plan.series_id)
            names = book.names(
                [one.person_id for one in versions] + [entry.person_id for entry in entries]
            )
        return PlanSheet(plan, pupil, tuple(versions), tuple(entries), names)

    # -- delegation ------------------------------------------------------------------

    def delegate(self, command: DelegateTask) -> Changed:
        """Write down who was trained for a task, and until when they may do it."""
        delegation_id = command.delegation_id or new_id()
        staff = needed_text(command.staff, "staff", "delegation-needs-staff", 200)
        task = needed_text(command.task, "task", "delegation-needs-task")
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Delegation, delegation_id) is not None:
                raise DoneBefore
            trained_on = calendar_day(command.trained_on, "trained_on")
            if trained_on > keeper.now.day().isoformat():
                raise Refused("authorisation-in-future", "trained_on")
            ends = school_year_end(
                date.fromisoformat(trained_on), keeper.school_year_ends(trained_on)
            )
            expires_on = calendar_day(command.expires_on, "expires_on", ends)
            if expires_on < trained_on:
                raise Refused("delegation-ends-before", "expires_on")
            keeper.add(
                Delegation(
                    id=delegation_id,
                    staff=staff,
                    staff_id=command.staff_id,
                    task=task,
                    student_id=command.student_id,
                    series_id=command.series_id,
                    trained_on=trained_on,
                    expires_on=expires_on,
                    note=kept_text(command.note, "note"),
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )
            keeper.journal(
                "DelegateTask",
                Delegation,
                delegation_id,
                {"trained_on": trained_on, "expires_on": expires_on},
            )
        return Changed.only(Kind.DELEGATION, made=delegation_id)

    def end_delegation(self, command: EndDelegation) -> Changed:
        """Take a delegated task back."""
        reason = needed_text(command.reason, "reason", "end-needs-reason")
        with self._room.writing() as keeper:
            found = keeper.get(Delegation, command.delegation_id)
            if found is None:
                raise Refused("delegation-gone")
            if any(entry.kind == "ended" for entry in keeper.entries(found.id)):
                raise Refused("delegation-over")
            entered(keeper, Subject.DELEGATION, found.id, found.student_id, "ended", text=reason)
            keeper.journal("EndDelegation", Delegation, found.id)
        return Changed.only(Kind.DELEGATION)

    def delegations(self, *, ended: bool = False) -> list[DelegationLine]:
        """Return who may do what until when; those taken back or expired only on request."""
        today = self._room.now().day().isoformat()
        with self._room.reading() as book:
            found = book.where(Delegation, "1 ORDER BY t.expires_on, t.row")
            known = pupils(book.reader, (one.student_id for one in found if one.student_id))
            over = {e.subject_id: e for e in book.entries(*(one.id for one in found))}
            names = book.names(
                [one.person_id for one in found] + [end.person_id for end in over.values()]
            )
        lines = [
            DelegationLine(
                one,
                known.get(one.student_id or ""),
                names.get(one.person_id, ""),
                one.id in over,
                one.expires_on < today,
                over.get(one.id),
                names.get(over[one.id].person_id, "") if one.id in over else "",
            )
            for one in found
        ]
        return [line for line in lines if ended or not (line.ended or line.expired)]


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time.min)


def _visit_sheet(
    visit: Visit,
    pupil: Pupil,
    entries: tuple[Entry, ...],
    names: Mapping[str, str],
    now: Moment,
) -> VisitSheet:
    end = next((entry for entry in entries if entry.kind == VisitEntryKind.LEFT.value), None)
    until = end.when if end else now
    minutes = int((until.instant() - visit.came.instant()).total_seconds() // 60)
    return VisitSheet(
        visit,
        pupil,
        entries,
        names,
        end.when if end else None,
        Leaving(json.loads(end.facts)["leaving"]) if end else None,
        max(0, minutes),
    )
