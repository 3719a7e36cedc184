"""What can be asked of the screening room."""

from dataclasses import dataclass, field

from app.features.screening.model.records import Consent, Said, ScreeningForm
from app.kernel.ids import SchoolId, StudentId


@dataclass(frozen=True, slots=True)
class SaveScreeningDraft:
    """Keep a form as it stands; doing it twice is doing it once."""

    draft_id: str
    form: ScreeningForm


@dataclass(frozen=True, slots=True)
class DiscardScreeningDraft:
    """Throw a draft away."""

    draft_id: str


@dataclass(frozen=True, slots=True)
class RecordScreening:
    """Score a form and keep it; answers that ask for a person open a risk follow-up."""

    screening_id: str
    form: ScreeningForm


@dataclass(frozen=True, slots=True)
class CorrectScreening:
    """Put a screening in place of a mistaken one, which stays; risks stay open."""

    screening_id: str
    replaces: str
    form: ScreeningForm
    why: str


@dataclass(frozen=True, slots=True)
class WithdrawScreening:
    """Mark a screening as recorded in error; it stays, and counts in nothing."""

    screening_id: str
    why: str
    nobody: bool = False
    """No student gave these answers; to be said where one of them asked for a person."""


@dataclass(frozen=True, slots=True)
class MoveScreening:
    """Record a screening on the student whose it is; under the other it is marked as an error."""

    screening_id: str
    replaces: str
    student_id: StudentId
    why: str


@dataclass(frozen=True, slots=True)
class AddRiskStep:
    """Write down what was done about a risk."""

    risk_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TellOfRisk:
    """Write down who was told of a risk, and when."""

    risk_id: str
    told: str
    told_at: str = ""
    """Local wall time, as YYYY-MM-DDTHH:MM; empty: now."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CloseRisk:
    """End a follow-up: what was done, who was told, and when."""

    risk_id: str
    text: str
    told: str
    told_at: str = ""


@dataclass(frozen=True, slots=True)
class ReopenRisk:
    """Take up a follow-up again."""

    risk_id: str
    why: str


@dataclass(frozen=True, slots=True)
class LoadInstrument:
    """Take in an instrument's file from the district; the same file twice is once."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoadWording:
    """Take in the wording of an instrument from a FHIR Questionnaire."""

    instrument: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenRound:
    """Begin a universal screening."""

    title: str
    instrument: str
    informant: str
    begins_on: str
    ends_on: str
    school_id: SchoolId | None = None
    grades: tuple[str, ...] = ()
    consent: Consent = Consent.ACTIVE


@dataclass(frozen=True, slots=True)
class CloseRound:
    """End a universal screening, or open it again."""

    round_id: str
    closed: bool = True


@dataclass(frozen=True, slots=True)
class SayConsent:
    """Write down what a guardian said to a round."""

    round_id: str
    student_id: StudentId
    state: Said
    said_by: str
    said_on: str = ""


@dataclass(frozen=True, slots=True)
class ImportScreenings:
    """Take in a class's or school's answers from a CSV; rows that are not understood stay out."""

    instrument: str
    informant: str
    data: bytes = field(repr=False)
    round_id: str = ""
    usual_day: str = ""
    """Where the file has no day of its own."""
