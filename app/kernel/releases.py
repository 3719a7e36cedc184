"""On what ground something of a record may leave, and what of a record a paper holds.

The grounds are FERPA's (34 CFR 99.30, 99.31, 99.36; 20 USC 1232g(b)(1)(L)); substance use
records have rules of their own besides (42 CFR part 2).
"""

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Protocol

from app.kernel.ids import StudentId
from app.kernel.ports import Reader


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
    because: str = ""
    """Why more leaves than the ground usually needs; empty where no more does."""


NO_GROUND = Terms()
"""What an exporter has that was given no ground: the gate refuses."""


@unique
class ConsentKind(StrEnum):
    """What a consent on file allows."""

    SERVICES = "services"
    SCREENING = "screening"
    RELEASE = "release"
    """That something of the education record goes to somebody (99.30)."""
    MEDICATION = "medication"
    TELEHEALTH = "telehealth"
    PART2 = "part2"
    """That a substance use record goes to somebody (42 CFR 2.31)."""


RELEASES = frozenset({ConsentKind.RELEASE, ConsentKind.PART2})
"""The kinds under which something of a record may leave."""


@dataclass(frozen=True, slots=True)
class OnFile:
    """A consent that is in force, as an exporter asks for it."""

    id: str
    kind: ConsentKind
    recipient: str
    """The party or the class of parties it names; empty for a kind that names none."""
    matters: frozenset[Matter]
    """What of the record it covers; empty for a kind that lets nothing leave."""
    purpose: str
    since: str
    """Its first day, `YYYY-MM-DD`."""
    until: str | None
    """Its last day; None where it ends by an event, by being revoked, or not at all."""
    part2: bool
    """Whether it lets a substance use record leave (42 CFR 2.31)."""


class Covering(Protocol):
    """Who knows the consents on file: the gate asks in its own read or transaction."""

    def covering(self, reader: Reader, student_id: StudentId, day: str) -> tuple[OnFile, ...]:
        """Return a student's consents that are in force on a day."""
        ...
