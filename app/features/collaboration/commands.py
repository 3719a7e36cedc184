"""What can be asked of the collaboration room."""

from dataclasses import dataclass

from app.features.collaboration.model.concerns import (
    Danger,
    Decision,
    Raiser,
    Seen,
    Sign,
    Urgency,
    Way,
    Whose,
)
from app.features.collaboration.model.consultations import ConsultationDraft, Fidelity
from app.features.collaboration.model.contacts import By, Result, WithKind
from app.features.collaboration.model.feedback import Template
from app.features.collaboration.model.team import MayKnow, MemberKind
from app.kernel.clock import Moment
from app.kernel.ids import StudentId


@dataclass(frozen=True, slots=True)
class RaiseConcern:
    """Write down a concern as it was raised."""

    student_id: StudentId
    raiser: Raiser
    words: str = ""
    raiser_name: str = ""
    raiser_id: str = ""
    way: Way = Way.IN_PERSON
    whose_words: Whose = Whose.THEIRS
    raised_on: str = ""
    """A day that has come; today when it is empty."""
    signs: tuple[Seen, ...] = ()
    tried: str = ""
    urgency: Urgency = Urgency.ROUTINE
    danger: tuple[Danger, ...] = ()
    concern_id: str = ""
    """Chosen beforehand, so that doing it twice does it once; one is made when it is empty."""


@dataclass(frozen=True, slots=True)
class DecideConcern:
    """Say what is to become of a concern, and why; earlier decisions stay readable."""

    concern_id: str
    decision: Decision
    reason: str
    until_on: str = ""
    """Of the decision to watch: when to look again."""
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class CloseDanger:
    """Say what was done about a danger, and who was told."""

    concern_id: str
    done: str
    told: str


@dataclass(frozen=True, slots=True)
class AddToConcern:
    """Add what is known since, or put something right; the concern itself stands."""

    concern_id: str
    text: str


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Tell the raiser of a concern what they may hear."""

    concern_id: str
    template: Template
    text: str
    recipient: str
    means: str
    """How it leaves: `copy` or `pdf`."""
    disclosure_id: str = ""
    """Of what was written down already, for a paper; empty: it is written down with this."""


@dataclass(frozen=True, slots=True)
class ChangeWarningSigns:
    """Put a district's list of warning signs in the place of the one in use."""

    title: str
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class StartConsultation:
    """Begin a consultation: about a student, a class, a concern, or what was agreed before."""

    student_id: StudentId | None = None
    concern_id: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class SaveConsultation:
    """Keep a consultation as it stands on its page."""

    draft: ConsultationDraft


@dataclass(frozen=True, slots=True)
class DiscardConsultation:
    """Throw a draft away."""

    draft_id: str


@dataclass(frozen=True, slots=True)
class SignConsultation:
    """Freeze a consultation."""

    draft: ConsultationDraft


@dataclass(frozen=True, slots=True)
class AddToConsultation:
    """Sign new information to a signed consultation, which stays as it is."""

    consultation_id: str
    text: str


@dataclass(frozen=True, slots=True)
class FinishStep:
    """Say that a step was looked at, and whether it was done as agreed."""

    step_id: str
    fidelity: Fidelity = Fidelity.AS_AGREED


@dataclass(frozen=True, slots=True)
class ReopenStep:
    """Take back that a step was looked at."""

    step_id: str


@dataclass(frozen=True, slots=True)
class LogContact:
    """Write down an attempt to reach someone, or put an earlier row right."""

    student_id: StudentId
    with_kind: WithKind
    with_name: str
    way: By
    result: Result
    about: str = ""
    """What it is about; of a matter that is known, what it was about at first when empty."""
    with_id: str = ""
    said: str = ""
    at: Moment | None = None
    next_on: str = ""
    matter_id: str = ""
    """Of a matter that goes on; empty: a new one."""
    despite: str = ""
    """Why someone was contacted who is not to be."""
    interpreter: str = ""
    replaces: str = ""
    why: str = ""
    contact_id: str = ""


@dataclass(frozen=True, slots=True)
class AddToTeam:
    """Put someone on a student's care team."""

    student_id: StudentId
    kind: MemberKind
    name: str
    role: str = ""
    ref_id: str = ""
    phone: str = ""
    since_on: str = ""
    may_know: tuple[MayKnow, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """Say anew what someone on the team is and may be told."""

    member_id: str
    role: str
    may_know: tuple[MayKnow, ...]
    phone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class EndMember:
    """Say until when someone was on the team."""

    member_id: str
    until_on: str = ""


@dataclass(frozen=True, slots=True)
class RestoreMember:
    """Take back that someone left the team."""

    member_id: str
