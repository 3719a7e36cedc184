"""What can be asked of the consents room."""

from dataclasses import dataclass

from app.features.consents.model.elements import ConsentForm


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """Write down a consent that was signed, with its scan if there is one; once by its id."""

    consent_id: str
    form: ConsentForm
    scan: bytes = b""


@dataclass(frozen=True, slots=True)
class CorrectConsent:
    """Put a consent in the place of one that was written down wrongly, and say why."""

    consent_id: str
    replaces: str
    form: ConsentForm
    why: str
    scan: bytes = b""


@dataclass(frozen=True, slots=True)
class KeepScan:
    """Keep a scan of a consent's signed paper."""

    consent_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RevokeConsent:
    """Write down that a consent was revoked: by whom, how, from which day."""

    consent_id: str
    said_by: str
    how: str
    on_day: str = ""


@dataclass(frozen=True, slots=True)
class MarkEvent:
    """Write down that what was to end a consent came to pass."""

    consent_id: str
    how: str
    on_day: str = ""


@dataclass(frozen=True, slots=True)
class TakeBackEnd:
    """Write down that a revocation, or an event, was entered by mistake, and why."""

    end_id: str
    why: str


@dataclass(frozen=True, slots=True)
class SetConsentRules:
    """Say from which age a student signs: (kind, alone, besides) for each kind that is set."""

    ages: tuple[tuple[str, int | None, int | None], ...]
    title: str = ""
