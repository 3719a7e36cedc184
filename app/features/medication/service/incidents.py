"""Incidents and near misses: reported, followed up, closed."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from app.features.medication.commands import AddToIncident, ReportIncident
from app.features.medication.model.doses import Dose, require_past
from app.features.medication.model.incidents import (
    TO_CALL,
    Called,
    Incident,
    IncidentEntryKind,
    IncidentKind,
    offered_kinds,
    suggested_kind,
)
from app.features.medication.model.nursing import Entry, Subject
from app.features.medication.model.orders import Order, kept_text, needed_text
from app.features.medication.repo.orders import Pupil, pupils
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident in a list."""

    incident: Incident
    pupil: Pupil
    medicine: str
    open: bool


@dataclass(frozen=True, slots=True)
class IncidentSheet:
    """An incident with everything added to it, and who has not been called yet."""

    incident: Incident
    pupil: Pupil
    order: Order | None
    dose: Dose | None
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    to_call: tuple[Called, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Reportable:
    """What a dose can be reported as, and what it looks like; nothing for what is no error."""

    kinds: tuple[IncidentKind, ...]
    suggested: IncidentKind | None


class IncidentsService:
    """Medication errors and near misses."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def report_incident(self, command: ReportIncident) -> Changed:
        """Keep a report; refuse to call an error what is none."""
        incident_id = command.incident_id or new_id()
        happened = needed_text(command.happened, "happened", "incident-needs-words")
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Incident, incident_id) is not None:
                raise DoneBefore
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student_id")
            dose = keeper.get(Dose, command.dose_id) if command.dose_id else None
            if dose is not None and command.kind not in offered_kinds(dose):
                raise Refused("not-an-incident", "kind")
            at = command.happened_at or (dose.given if dose and dose.given else keeper.now)
            found = command.found_at or keeper.now
            require_past(at, keeper.now, "happened_at")
            require_past(found, keeper.now, "found_at")
            if found.at < at.at:
                raise Refused("incident-found-before", "found_at")
            incident = Incident(
                id=incident_id,
                student_id=command.student_id,
                order_id=command.order_id or (dose.order_id if dose else None),
                dose_id=command.dose_id,
                kind=command.kind,
                near_miss=command.near_miss,
                happened_at=at.at,
                found_at=found.at,
                happened=happened,
                cause=kept_text(command.cause, "cause"),
                done=kept_text(command.done, "done"),
                condition=kept_text(command.condition, "condition"),
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
            keeper.add(incident)
            keeper.journal(
                "ReportIncident",
                Incident,
                incident_id,
                {
                    "student": incident.student_id,
                    "kind": incident.kind.value,
                    "near_miss": incident.near_miss,
                },
            )
        return Changed.only(Kind.INCIDENT, made=incident_id)

    def add_to_incident(self, command: AddToIncident) -> Changed:
        """Add a call, an outcome, a follow-up or a note; or close it.

        Closing needs an outcome: in its own words, or among what was added before.
        """
        with self._room.writing() as keeper:
            incident = keeper.get(Incident, command.incident_id)
            if incident is None:
                raise Refused("incident-gone")
            entries = keeper.entries(incident.id)
            kind, text = command.kind, kept_text(command.text, "text")
            if kind is IncidentEntryKind.CALL and command.called is None:
                raise Refused("call-needs-whom", "called")
            if kind is IncidentEntryKind.CLOSED:
                if any(entry.kind == kind.value for entry in entries):
                    raise Refused("incident-closed")
                told = any(e.kind == IncidentEntryKind.OUTCOME.value for e in entries)
                if not told and not text:
                    raise Refused("incident-needs-outcome", "text")
            elif kind is not IncidentEntryKind.CALL and not text:
                raise Refused("note-needs-words", "text")
            at = command.at or keeper.now
            require_past(at, keeper.now, "at")
            facts = {
                "called": command.called.value if command.called else "",
                "name": kept_text(command.name, "name", 200),
                "phone": kept_text(command.phone, "phone", 60),
            }
            keeper.add(
                Entry(
                    id=new_id(),
                    subject=Subject.INCIDENT,
                    subject_id=incident.id,
                    student_id=incident.student_id,
                    kind=kind.value,
                    at=at.at,
                    text=text,
                    facts=json.dumps(
                        {name: fact for name, fact in facts.items() if fact},
                        ensure_ascii=False,
                        separators=(",", ":"),
                    ),
                    witness_id=None,
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )
            keeper.journal(
                "AddToIncident",
                Incident,
                incident.id,
                {"entry": kind.value, "called": facts["called"]},
            )
        return Changed.only(Kind.INCIDENT)

    # -- reads -----------------------------------------------------------------------

    def kinds_for(self, dose_id: str | None = None) -> Reportable:
        """Return what can be reported of a dose; a refusal or a missing supply is no error."""
        if dose_id is None:
            return Reportable(offered_kinds(None), None)
        with self._room.reading() as book:
            dose = book.get(Dose, dose_id)
        if dose is None:
            raise Refused("dose-gone")
        return Reportable(offered_kinds(dose), suggested_kind(dose))

    def incidents(
        self, *, open_only: bool = False, student_id: StudentId | None = None
    ) -> list[IncidentLine]:
        """Return incidents, the newest first."""
        with self._room.reading() as book:
            condition = "1" if student_id is None else "t.student_id = ?"
            found = book.where(
                Incident,
                f"{condition} ORDER BY t.happened_at DESC, t.row DESC LIMIT 1000",
                () if student_id is None else (student_id,),
            )
            closed = {
                row[0]
                for row in book.reader.execute(
                    "SELECT subject_id FROM care_entry WHERE kind = 'closed'"
                )
            }
            known = pupils(book.reader, (one.student_id for one in found))
            orders = {one.order_id: book.get(Order, one.order_id) for one in found}
        return [
            IncidentLine(
                one,
                known[one.student_id],
                order.title() if (order := orders[one.order_id]) else "",
                one.id not in closed,
            )
            for one in found
            if not (open_only and one.id in closed)
        ]

    def incident_sheet(self, incident_id: str) -> IncidentSheet:
        """Return an incident with everything added to it; refuse one that is not there."""
        with self._room.reading() as book:
            incident = book.get(Incident, incident_id)
            pupil = book.pupil(incident.student_id) if incident else None
            if incident is None or pupil is None:
                raise Refused("incident-gone")
            entries = tuple(book.entries(incident.id))
            order = book.get(Order, incident.order_id)
            dose = book.get(Dose, incident.dose_id)
            names = book.names([incident.person_id, *(entry.person_id for entry in entries)])
        called = {json.loads(entry.facts).get("called") for entry in entries}
        return IncidentSheet(
            incident,
            pupil,
            order,
            dose,
            entries,
            names,
            tuple(who for who in TO_CALL[incident.kind] if who.value not in called),
            not any(entry.kind == IncidentEntryKind.CLOSED.value for entry in entries),
        )
