"""What can be asked of the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.releases import Terms
from app.sync.parcels import Carrier


@dataclass(frozen=True, slots=True)
class SendSummary:
    """Seal a summary for a place and queue it; whatever it tells of whom is disclosed by it."""

    kind: SummaryKind
    period: str
    place_id: str
    recipient: str = ""
    """Who gets it; empty: whoever the place is called after."""
    purpose: str = ""
    terms: Terms = field(default_factory=Terms)
    student_id: StudentId | None = None
    """Whom it is about, where it is about one."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """What of it was chosen, as its kind knows it: `sections` …"""


@dataclass(frozen=True, slots=True)
class AddDestination:
    """Say where parcels may go, whose key opens them there, and what opens the place."""

    label: str
    carrier: Carrier
    options: Mapping[str, str]
    recipients: Sequence[str]
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ChangeDestination:
    """Say anew where a place of one's own is, what it is called and whose key opens parcels."""

    place_id: str
    label: str
    carrier: Carrier
    options: Mapping[str, str]
    recipients: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReplaceCredentials:
    """Put others in the place of what opens a destination; they are never shown again."""

    place_id: str
    credentials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PauseDestination:
    """Send nothing to a place until it is resumed."""

    place_id: str


@dataclass(frozen=True, slots=True)
class ResumeDestination:
    """Send to a place again."""

    place_id: str


@dataclass(frozen=True, slots=True)
class RemoveDestination:
    """Take a place off the list; what went there, and when, stays known."""

    place_id: str


@dataclass(frozen=True, slots=True)
class PauseParcel:
    """Hold a parcel back."""

    parcel_id: str


@dataclass(frozen=True, slots=True)
class ResumeParcel:
    """Let a parcel that was held back go on."""

    parcel_id: str


@dataclass(frozen=True, slots=True)
class CancelParcel:
    """Take a parcel back before it is delivered."""

    parcel_id: str


@dataclass(frozen=True, slots=True)
class ResendParcel:
    """Send the same sealed bytes once more, now."""

    parcel_id: str
