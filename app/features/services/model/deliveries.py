"""Sessions that count toward what is owed, and why one did not take place."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.services.model.mandates import Setting
from app.kernel.entries import Entry, EntryKind
from app.kernel.ids import NoteId, PersonId, StudentId
from app.kernel.names import folded
from app.kernel.nouns import Attendance


@unique
class Outcome(StrEnum):
    """What became of a session (the reasons are those of SameGoal's service fidelity).

    Cancelled is said of what the school puts in its place: an assembly, testing.
    """

    DELIVERED = "delivered"
    EXCUSED = "excused"
    UNEXCUSED = "unexcused"
    PROVIDER_ABSENT = "provider_absent"
    DECLINED = "declined"
    HOLIDAY = "holiday"
    CANCELLED = "cancelled"
    UNACCOUNTED = "unaccounted"


MISSED: tuple[Outcome, ...] = tuple(one for one in Outcome if one is not Outcome.DELIVERED)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One session of one student as it counts; frozen, corrected by a row of its own."""

    id: str
    first_id: str
    replaces: str | None
    entry_id: str
    note_id: NoteId | None
    student_id: StudentId
    person_id: PersonId
    series_id: str
    service_id: str
    setting: Setting
    day: str
    minutes: int
    planned_minutes: int
    outcome: Outcome
    reason: str
    makes_up: str
    made_up_on: str
    correction: str
    written_by: PersonId
    written_at: str
    zone: str


# Words by which a typed reason is known, folded; English and Spanish, as they are written in
# school offices. Whole words only, the first kind that has one.
_SAYS: tuple[tuple[Outcome, frozenset[str]], ...] = (
    (
        Outcome.HOLIDAY,
        frozenset(
            [
                "holiday",
                "break",
                "snow",
                "weather",
                "closed",
                "closure",
                "vacation",
                "feriado",
                "vacaciones",
            ]
        ),
    ),
    (
        Outcome.CANCELLED,
        frozenset(
            [
                "assembly",
                "test",
                "testing",
                "exam",
                "exams",
                "drill",
                "lockdown",
                "trip",
                "performance",
                "picture",
                "pictures",
                "event",
                "asamblea",
                "examen",
                "examenes",
                "prueba",
                "simulacro",
                "excursion",
                "evento",
            ]
        ),
    ),
    (
        Outcome.PROVIDER_ABSENT,
        frozenset(
            [
                "i",
                "provider",
                "counselor",
                "therapist",
                "nurse",
                "psychologist",
                "crisis",
                "training",
                "meeting",
                "consejera",
                "consejero",
                "terapeuta",
                "enfermera",
                "capacitacion",
                "reunion",
            ]
        ),
    ),
    (
        Outcome.UNEXCUSED,
        frozenset(
            ["unexcused", "skipped", "truant", "cut", "cutting", "injustificada", "injustificado"]
        ),
    ),
    (
        Outcome.EXCUSED,
        frozenset(
            [
                "excused",
                "sick",
                "ill",
                "illness",
                "fever",
                "flu",
                "doctor",
                "dentist",
                "appointment",
                "hospital",
                "family",
                "funeral",
                "religious",
                "home",
                "enfermo",
                "enferma",
                "cita",
                "medico",
                "familia",
                "justificada",
                "justificado",
            ]
        ),
    ),
)


def outcome_of(attendance: Attendance, reason: str) -> Outcome:
    """Return what a note's attendance and its reason say; nothing known is *unaccounted*.

    An absence is never excused by itself: a person says so, or the note's words do.
    """
    if attendance is Attendance.PRESENT:
        return Outcome.DELIVERED
    if attendance is Attendance.DECLINED:
        return Outcome.DECLINED
    words = frozenset(folded(reason).split())
    if attendance is Attendance.ABSENT and not words & _WHOSE:
        words -= _OF_THE_SCHOOL
    return next((outcome for outcome, said in _SAYS if words & said), Outcome.UNACCOUNTED)


_WHOSE = frozenset(
    ["provider", "counselor", "therapist", "nurse", "psychologist", "consejera", "consejero"]
)
# Of a student who is absent, these tell nothing about the provider.
_OF_THE_SCHOOL = frozenset(["i", "crisis", "training", "meeting", "capacitacion", "reunion"])


def setting_of(entry: Entry) -> Setting:
    """Return whether an entry was a student's own session or a group's."""
    return Setting.GROUP if entry.kind is EntryKind.GROUP else Setting.INDIVIDUAL
