"""What a student's summary takes from this room: notes, minutes by service, next steps.

Read through a reader for what may leave the desk: the sole-possession compartment is
not asked for here, and the engine would refuse it.
"""

import json
from collections import Counter
from dataclasses import dataclass

from app.features.sessions.model import Addition, DraftKind, FollowUp, Section
from app.kernel.clock import Moment
from app.kernel.ids import NoteId, PersonId, StudentId
from app.kernel.nouns import Attendance, Place
from app.kernel.ports import Reader, Row, Seat
from app.kernel.rights import eyes

_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)


@dataclass(frozen=True, slots=True)
class SummaryNote:
    """A signed note as it leaves the desk: as signed, and what was added, apart from each other."""

    id: NoteId
    started: Moment
    minutes: int
    service: str
    place: Place
    school: str
    attendance: Attendance
    attendance_reason: str
    present: str
    interventions: tuple[str, ...]
    format: str
    sections: tuple[Section, ...]
    late: bool
    late_reason: str
    maker: str
    signed: Moment
    additions: tuple[Addition, ...] = ()
    added_by: tuple[str, ...] = ()
    """Who signed each of the additions, in their order."""


@dataclass(frozen=True, slots=True)
class ServiceMinutes:
    """How often and how long one kind of service took place for the student."""

    service: str
    sessions: int
    minutes: int


@dataclass(frozen=True, slots=True)
class SessionsSummary:
    """This room's part of a student's summary."""

    notes: tuple[SummaryNote, ...]
    minutes: tuple[ServiceMinutes, ...]
    missed: tuple[tuple[Attendance, int], ...]
    follow_ups: tuple[FollowUp, ...]


def sessions_summary(
    reader: Reader,
    student: StudentId,
    seat: Seat,
    since: str = "",
    until: str = "9999-12-31",
) -> SessionsSummary:
    """Return what `seat` sees of a student in a period of calendar days, oldest first.

    A session belongs to the day it began on where it was held. Minutes count sessions
    at which the student was present.
    """
    notes = tuple(
        note
        for note in _notes(reader, student, seat)
        if since <= note.started.day().isoformat() <= until
    )
    held: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    missed: Counter[Attendance] = Counter()
    for note in notes:
        if note.attendance is Attendance.PRESENT:
            held[note.service] += 1
            minutes[note.service] += note.minutes
        else:
            missed[note.attendance] += 1
    rows = reader.execute(
        "SELECT f.id, f.student_id, f.note_id, f.person_id, f.text, f.due_on, f.done_at"
        " FROM follow_up f WHERE f.student_id = :student AND f.due_on BETWEEN :since AND :until"
        f" AND {_SEEN.format('f')} ORDER BY f.due_on, f.id",
        {"student": student, "since": since, "until": until, **eyes(seat)},
    )
    return SessionsSummary(
        notes=notes,
        minutes=tuple(
            ServiceMinutes(service, count, minutes[service])
            for service, count in sorted(
                held.items(), key=lambda item: (-minutes[item[0]], item[0])
            )
        ),
        missed=tuple((kind, missed[kind]) for kind in Attendance if missed[kind]),
        follow_ups=tuple(FollowUp(*row) for row in rows),
    )


def _notes(reader: Reader, student: StudentId, seat: Seat) -> tuple[SummaryNote, ...]:
    asked = {"student": student, **eyes(seat)}
    additions: dict[str, list[tuple[Addition, str]]] = {}
    for row in reader.execute(
        "SELECT a.id, a.note_id, a.kind, a.reason, a.sections, a.person_id, a.signed_at,"
        " a.signed_zone, p.name, p.credentials"
        " FROM session_note n JOIN note_addition a ON a.note_id = n.id"
        " JOIN person p ON p.id = a.person_id WHERE n.student_id = :student"
        f" AND {_SEEN.format('n')} ORDER BY a.row",
        asked,
    ):
        addition = Addition(
            id=row[0],
            note_id=NoteId(row[1]),
            kind=DraftKind(row[2]),
            reason=row[3],
            sections=_sections(row[4]),
            person_id=PersonId(row[5]),
            signed=Moment(row[6], row[7]),
        )
        additions.setdefault(row[1], []).append((addition, _maker(row[8], row[9])))
    rows = reader.execute(
        "SELECT n.id, n.started_at, n.zone, n.minutes, n.service_label, n.place,"
        " coalesce(c.name, ''), n.attendance, n.attendance_reason, n.present, n.interventions,"
        " n.format, n.sections, n.late, n.late_reason, p.name, p.credentials, n.signed_at,"
        " n.signed_zone FROM session_note n JOIN person p ON p.id = n.person_id"
        " LEFT JOIN school c ON c.id = n.school_id"
        f" WHERE n.student_id = :student AND {_SEEN.format('n')} ORDER BY n.started_at, n.row",
        asked,
    )
    return tuple(_note(row, additions.get(row[0], [])) for row in rows)


def _note(row: Row, added: list[tuple[Addition, str]]) -> SummaryNote:
    return SummaryNote(
        id=NoteId(row[0]),
        started=Moment(row[1], row[2]),
        minutes=row[3],
        service=row[4],
        place=Place(row[5]),
        school=row[6],
        attendance=Attendance(row[7]),
        attendance_reason=row[8],
        present=row[9],
        interventions=tuple(json.loads(row[10])),
        format=row[11],
        sections=_sections(row[12]),
        late=bool(row[13]),
        late_reason=row[14],
        maker=_maker(row[15], row[16]),
        signed=Moment(row[17], row[18]),
        additions=tuple(addition for addition, _by in added),
        added_by=tuple(by for _addition, by in added),
    )


def _sections(text: str) -> tuple[Section, ...]:
    return tuple(
        Section(str(number), part["title"], part["text"])
        for number, part in enumerate(json.loads(text))
    )


def _maker(name: str, credentials: str) -> str:
    return ", ".join(part for part in (name, credentials) if part)
