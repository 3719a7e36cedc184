"""What can be asked of the services room."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.features.services.model.deliveries import Outcome
from app.features.services.model.engagement import AskedBy, Closing
from app.features.services.model.importing import ReadRow
from app.features.services.model.mandates import MandateForm
from app.kernel.ids import StudentId


@dataclass(frozen=True, slots=True)
class WriteMandate:
    """Write down a service owed; sessions signed before that fit it count from now on."""

    form: MandateForm


@dataclass(frozen=True, slots=True)
class ChangeMandate:
    """Let a new version hold from its first day on; the old one stays readable."""

    series_id: str
    form: MandateForm


@dataclass(frozen=True, slots=True)
class EndMandate:
    """Say after which day nothing is owed any more, and why."""

    series_id: str
    ended_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReopenMandate:
    """Take back that it was ended."""

    series_id: str


@dataclass(frozen=True, slots=True)
class ImportMandates:
    """Take over what an IEP system's file says, all of these rows or none."""

    rows: Sequence[ReadRow]


@dataclass(frozen=True, slots=True)
class RecordByHand:
    """Write down a session, or one that fell out, for which no note is signed."""

    series_id: str
    day: str
    outcome: Outcome
    minutes: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ExplainMissed:
    """Say why a session did not take place."""

    delivery_id: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CorrectDelivery:
    """Put right what was counted, in the open: the row before stays, with why it was replaced."""

    delivery_id: str
    outcome: Outcome
    minutes: str
    why: str


@dataclass(frozen=True, slots=True)
class CountToward:
    """Say which service owed a session counts toward; none, when it counts toward nothing."""

    delivery_id: str
    series_id: str


@dataclass(frozen=True, slots=True)
class MakeUp:
    """Say which missed session a session makes up for; empty takes it back."""

    delivery_id: str
    missed_id: str


@dataclass(frozen=True, slots=True)
class AskForService:
    """Write down that a student was referred to a service of the school."""

    student_id: StudentId
    service_id: str
    asked_on: str
    asked_by: AskedBy | None
    words: str = ""
    concern_id: str = ""


@dataclass(frozen=True, slots=True)
class CloseEpisode:
    """Say that a service ended, or that it will not begin, on which day and why."""

    episode_id: str
    outcome: Closing
    closed_on: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReopenEpisode:
    """Take back that it was closed."""

    episode_id: str
