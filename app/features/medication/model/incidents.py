"""Incidents and near misses: what went wrong with a medicine, who was told, how it came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.medication.model.doses import Code, Dose, Outcome
from app.kernel.clock import Moment
from app.kernel.ids import StudentId


@unique
class IncidentKind(StrEnum):
    """What a medication error is; refusal, no supply from home and a parent's hold are none."""

    WRONG_STUDENT = "wrong_student"
    WRONG_MEDICATION = "wrong_medication"
    WRONG_DOSE = "wrong_dose"
    WRONG_ROUTE = "wrong_route"
    WRONG_TIME = "wrong_time"
    OMITTED = "omitted"
    NO_AUTHORISATION = "no_authorisation"
    OTHER = "other"


@unique
class Called(StrEnum):
    """Who is told of an incident."""

    GUARDIAN = "guardian"
    PRESCRIBER = "prescriber"
    POISON_CONTROL = "poison_control"
    ADMINISTRATOR = "administrator"
    SUPERVISOR = "supervisor"
    EMERGENCY = "emergency"
    """The emergency medical services."""
    OTHER = "other"


POISON_CONTROL_PHONE = "1-800-222-1222"
"""Of the poison centers of the United States, at every hour."""

TO_CALL: Mapping[IncidentKind, tuple[Called, ...]] = {
    kind: (Called.POISON_CONTROL, Called.GUARDIAN, Called.ADMINISTRATOR, Called.PRESCRIBER)
    if kind in {IncidentKind.WRONG_STUDENT, IncidentKind.WRONG_MEDICATION, IncidentKind.WRONG_DOSE}
    else (Called.GUARDIAN, Called.PRESCRIBER, Called.ADMINISTRATOR)
    for kind in IncidentKind
}
"""Whom to call, in order; poison control where what was taken or how much was wrong."""


@unique
class IncidentEntryKind(StrEnum):
    """What is added to an incident."""

    CALL = "call"
    OUTCOME = "outcome"
    FOLLOW_UP = "follow_up"
    NOTE = "note"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Incident:
    """A medication error or near miss as it was reported."""

    id: str
    student_id: StudentId
    order_id: str | None
    dose_id: str | None
    kind: IncidentKind
    near_miss: bool
    happened_at: str
    found_at: str
    happened: str
    cause: str
    done: str
    condition: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def when(self) -> Moment:
        """When it happened."""
        return Moment(self.happened_at, self.zone)


def offered_kinds(dose: Dose | None) -> tuple[IncidentKind, ...]:
    """Return what a dose can be reported as; nothing for what is no error.

    A refusal, a medicine the family did not send, a dose held on a parent's or
    prescriber's word and an absent student are not medication errors.
    """
    if dose is None:
        return tuple(IncidentKind)
    if dose.outcome is Outcome.NOT_GIVEN:
        omitted = dose.code in {Code.OMITTED, Code.MISSED, Code.OTHER}
        return (IncidentKind.OMITTED,) if omitted else ()
    if dose.outcome is Outcome.IN_ERROR:
        return ()
    return tuple(kind for kind in IncidentKind if kind is not IncidentKind.OMITTED)


def suggested_kind(dose: Dose) -> IncidentKind | None:
    """Return what a dose looks like, where its own warnings already say it is an error."""
    if dose.outcome is Outcome.NOT_GIVEN:
        return IncidentKind.OMITTED if dose.code in {Code.OMITTED, Code.MISSED} else None
    by_warning = {
        "too-early": IncidentKind.WRONG_TIME,
        "too-late": IncidentKind.WRONG_TIME,
        "too-soon": IncidentKind.WRONG_TIME,
        "dose-differs": IncidentKind.WRONG_DOSE,
        "over-daily-doses": IncidentKind.WRONG_DOSE,
        "over-daily-amount": IncidentKind.WRONG_DOSE,
        "prescriber-expired": IncidentKind.NO_AUTHORISATION,
        "guardian-expired": IncidentKind.NO_AUTHORISATION,
        "guardian-missing": IncidentKind.NO_AUTHORISATION,
        "order-ended": IncidentKind.NO_AUTHORISATION,
        "order-discontinued": IncidentKind.NO_AUTHORISATION,
    }
    return next((by_warning[code] for code in dose.warnings if code in by_warning), None)
