"""On what ground something of a record may leave, and what of a record a paper holds.

The grounds are FERPA's (34 CFR 99.30, 99.31, 99.36; 20 USC 1232g(b)(1)(L)); substance use
records have rules of their own besides (42 CFR part 2).
"""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Ground(StrEnum):
    """Why something may leave: a release, or one of the exceptions to needing one."""

    RELEASE = "release"
    """A signed and dated release by a parent or eligible student (99.30)."""
    SUBJECT = "subject"
    """To the parent, or to the student whose rights they are (99.10, 99.31(a)(8), (a)(12))."""
    SCHOOL_OFFICIAL = "school_official"
    """To a school official with a legitimate educational interest (99.31(a)(1))."""
    TRANSFER = "transfer"
    """To a school where the student seeks to enrol (99.31(a)(2), 99.34)."""
    AUDIT = "audit"
    """To an authority that audits or evaluates a programme (99.31(a)(3), 99.35)."""
    ORDER = "order"
    """To comply with an order or subpoena (99.31(a)(9))."""
    EMERGENCY = "emergency"
    """An articulable and significant threat to health or safety (99.31(a)(10), 99.36)."""
    CHILD_WELFARE = "child_welfare"
    """To a child welfare agency that is responsible for the student (20 USC 1232g(b)(1)(L))."""
    OWN_USE = "own_use"
    """It stays with whoever made it: a working copy, which is no disclosure to anyone else."""
    NO_NAMES = "no_names"
    """It tells about nobody: counts and sums from which no student can be known (99.31(b))."""


NEEDS_RELEASE = frozenset({Ground.RELEASE})
"""Grounds that a release in the file must carry."""


@unique
class Matter(StrEnum):
    """What of a student's record a paper holds; a release names the matters it covers."""

    DIRECTORY = "directory"
    """Name, grade, school, guardians."""
    ALERTS = "alerts"
    CASELOAD = "caseload"
    """That the student is served, by whom, since when, in which tier."""
    SESSIONS = "sessions"
    """That and when sessions took place, and service minutes."""
    NOTES = "notes"
    """What notes say."""
    PLANS = "plans"
    """Plans, goals, progress."""
    SCREENINGS = "screenings"
    RISK = "risk"
    """Answers and entries about a risk to life."""
    MEDICATION = "medication"
    HEALTH = "health"
    """Visits to the health office, health plans, incidents, care."""
    CONCERNS = "concerns"
    """Concerns, consultations, contacts."""
    REFERRALS = "referrals"
    CONSENTS = "consents"
    DISCLOSURES = "disclosures"


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why the gate was passed without what it asks for (99.36): kept with the disclosure."""

    threat: str
    """The articulable and significant threat, in words."""
    who_needs: str
    """Whose knowledge of it is necessary to protect the student or others."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what ground a paper leaves; without one the gate refuses."""

    ground: Ground | None = None
    release_id: str = ""
    """The release in the file, where the ground is one."""
    interest: str = ""
    """The recipient's legitimate interest, where that is the ground; else empty."""
    emergency: Emergency | None = None
