"""What the outbox keeps: places, parcels, what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.kernel.clock import Moment
from app.kernel.documents import DataSummary, SummaryKind
from app.kernel.ids import PersonId, StudentId
from app.kernel.releases import Terms
from app.sync.parcels import Address, Carrier, State


@dataclass(frozen=True, slots=True)
class Destination:
    """A place that parcels go to, as its row has it; what opens it is kept elsewhere."""

    id: str
    label: str
    district: str
    """Which place of which district's file it is (`place_key`); empty for one's own."""
    carrier: Carrier
    options: tuple[tuple[str, str], ...]
    recipients: tuple[str, ...]
    """age public keys; empty where the district's own are meant."""
    target: str
    paused: bool
    removed: bool
    person_id: PersonId
    made_at: str
    zone: str

    @property
    def address(self) -> Address:
        """Where it is."""
        return Address(self.carrier, dict(self.options))


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed parcel, as its row has it; it stands as it was written."""

    id: str
    destination_id: str
    kind: SummaryKind
    version: int
    period: str
    series: str
    revision: int
    name: str
    bytes: int
    content: str
    """SHA-256 of what was sealed."""
    standing: bool
    student_id: str | None
    recipient: str
    purpose: str
    disclosures: tuple[str, ...]
    person_id: PersonId
    device_id: str
    made_at: str
    zone: str

    @property
    def made(self) -> Moment:
        """When it was sealed."""
        return Moment(self.made_at, self.zone)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of a parcel."""

    id: str
    parcel_id: str
    what: str
    """A `Step`, by its value."""
    code: str
    facts: str
    """JSON."""
    counter: int
    """Of the manifest or the receipt that tells it; 0 where none does."""
    person_id: PersonId
    at: str
    zone: str

    @property
    def moment(self) -> Moment:
        """When it was."""
        return Moment(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A signed manifest, as it was made."""

    id: str
    destination_id: str
    device_id: str
    counter: int
    data: str
    parcels: tuple[str, ...]
    person_id: PersonId
    made_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A signed receipt, as it came."""

    id: str
    destination_id: str
    device_id: str
    counter: int
    data: str
    person_id: PersonId
    taken_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class StandingRow:
    """The last revision of a summary that goes somewhere by itself, as its row has it."""

    destination_id: str
    kind: SummaryKind
    period: str
    whose: str
    content: str
    revision: int
    stale: bool
    looked_on: str


@dataclass(frozen=True, slots=True)
class Course:
    """How far a desk has come with a place."""

    counter: int = 0
    previous: str = ""
    confirmed: int = 0
    receipts_seen: int = 0
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """What is about to leave, for the gate and the log of disclosures."""

    kind: SummaryKind
    students: tuple[StudentId, ...]
    recipient: str
    purpose: str
    sha256: str
    """Of the sealed bytes, which is also their name at the place."""
    bytes: int
    scope: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    """Of the kind's schema."""
    terms: Terms = field(default_factory=Terms)


@dataclass(frozen=True, slots=True)
class Made:
    """A summary that was made to leave, and what of the record the log is to say stands on it."""

    summary: DataSummary
    scope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a summary is asked to be."""

    kind: SummaryKind
    period: str
    student_id: StudentId | None = None
    recipient: str = ""
    """Who gets it: what may leave can depend on that."""
    choices: Mapping[str, Any] = field(default_factory=dict)
    """What of it was chosen, as its kind knows it: `sections` …"""
    terms: Terms = field(default_factory=Terms)
    purpose: str = ""
    to_district: bool = False
    """It is sealed to the district alone, for a place of its own; whatever the recipient is called."""


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """A parcel as a list shows it."""

    parcel: Parcel
    place: str
    """The place's label."""
    state: State
    reach: int
    tries: int
    due: str
    """When it is tried next (UTC text)."""
    code: str
    facts: Mapping[str, Any]
    ask: bool
    delivered_at: str
    acknowledged_at: str
    kept: bool
    place_paused: bool
    student: str
    """The name of whom it is about; empty where it is about nobody or several."""


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A place as a list shows it."""

    destination: Destination
    waiting: int
    failed: int
    """Of those, how many a person must do something about."""
    delivered: int
    acknowledged: int
    reached_at: str
    """When something was last read back there (UTC text); empty: never."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` made ready."""

    enrolled: int = 0
    made: int = 0
    """Standing summaries, first ones and revisions."""
    unchanged: int = 0
    held: Sequence[str] = ()
    """Codes of why something was not made."""
