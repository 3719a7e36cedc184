"""What the room keeps: consents as they were signed, what ended them, scans, ages."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.ids import PersonId, StudentId
from app.kernel.releases import ConsentKind


@unique
class Signer(StrEnum):
    """Who signed."""

    GUARDIAN = "guardian"
    STUDENT = "student"
    OTHER = "other"
    """Someone else who may: a guardian by order of a court, a surrogate, an agency."""


@unique
class Way(StrEnum):
    """How it was signed."""

    PAPER = "paper"
    ON_SCREEN = "on_screen"
    """In person, on this screen: an electronic signature."""
    ELECTRONIC = "electronic"
    TELEPHONE = "telephone"
    """A word with a witness: no signature as 34 CFR 99.30 asks for it."""


ELECTRONIC_WAYS = frozenset({Way.ON_SCREEN, Way.ELECTRONIC})
"""What 34 CFR 99.30(d) asks of an electronic signature is asked of these."""


@unique
class EndKind(StrEnum):
    """What ended a consent, or that such an entry was a mistake."""

    REVOKED = "revoked"
    EVENT = "event"
    MISTAKE = "mistake"


@unique
class ScanType(StrEnum):
    """What a scan is."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


@unique
class RulesSource(StrEnum):
    """Who says from which age a student signs."""

    DESK = "desk"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent as it was signed."""

    id: str
    student_id: StudentId
    kind: ConsentKind
    matters: tuple[str, ...]
    description: str
    recipient: str
    recipient_class: bool
    purpose: str
    discloser: str
    treatment: bool
    """For treatment, payment and health care operations (42 CFR 2.31(a)(7), (a)(10))."""
    revoke_how: str
    says_redisclosure: bool
    says_refusal: bool
    signer: Signer
    signer_id: str
    signer_name: str
    capacity: str
    student_signed: bool
    """Whether the student signed besides."""
    way: Way
    identified: str
    approval: str
    witness: str
    signed_on: str
    since: str
    until_on: str
    until_event: str
    comment: str
    replaces: str | None
    correction: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class ConsentEnd:
    """What ended a consent, or that such an entry was made by mistake."""

    id: str
    consent_id: str
    student_id: StudentId
    kind: EndKind
    on_day: str
    said_by: str
    how: str
    takes_back: str | None
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class ConsentScan:
    """The signed paper as it was scanned; its bytes lie beside it."""

    id: str
    consent_id: str
    student_id: StudentId
    type: ScanType
    pages: int
    bytes: int
    sha256: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """From which age a student signs, by kind, as it was set."""

    id: str
    source: RulesSource
    title: str
    ages: tuple[tuple[str, int | None, int | None], ...]
    person_id: PersonId
    recorded_at: str
    zone: str
