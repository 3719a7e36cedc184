"""What can be asked of the privacy room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.features.privacy.model import Means, Record
from app.kernel.ids import NoteId, StudentId


@dataclass(frozen=True, slots=True)
class RecordDisclosure:
    """Write down what is about to leave the desk; carried out before it leaves."""

    student_id: StudentId
    paper: str
    """Which paper, by its code: `student-summary` …"""
    recipient: str
    purpose: str
    means: Means
    sha256: str
    """Of the bytes that leave, in hexadecimal digits."""
    bytes: int
    scope: Mapping[str, Any] = field(default_factory=dict)
    disclosure_id: str = ""
    """Chosen beforehand; one is made when it is empty."""


@dataclass(frozen=True, slots=True)
class RecordNothingLeft:
    """Write down that a recorded disclosure did not leave the desk after all, and why."""

    disclosure_id: str
    reason: str
    """The code of the trouble."""


@dataclass(frozen=True, slots=True)
class RecordReport:
    """Write down that a report is about to leave, whomever it tells about."""

    paper: str
    """Which report, by its code: `caseload-list` …"""
    recipient: str
    purpose: str
    means: Means
    sha256: str
    bytes: int
    scope: Mapping[str, Any] = field(default_factory=dict)
    students: tuple[StudentId, ...] = ()
    """Whom it tells something about: each gets a disclosure. Of sums alone, nobody."""


@dataclass(frozen=True, slots=True)
class ReportNotLeft:
    """Write down that a recorded report did not leave the desk after all, and why."""

    report_id: str
    disclosures: tuple[str, ...]
    reason: str
    """The code of the trouble."""


@dataclass(frozen=True, slots=True)
class ViewStudent:
    """Write down that whoever is at the desk opened a student's record."""

    student_id: StudentId


@dataclass(frozen=True, slots=True)
class ViewNote:
    """Write down that whoever is at the desk opened another's signed note, or a paper's preview."""

    student_id: StudentId
    note_id: NoteId | None = None
    paper: str = ""
    """Which paper was previewed, by its code."""


@dataclass(frozen=True, slots=True)
class ViewRecord:
    """Write down that whoever is at the desk opened a record that another made."""

    student_id: StudentId
    record: Record
    record_id: str
    """Its id; of a goal its key, which is the same in every version of the plan."""


@dataclass(frozen=True, slots=True)
class ViewReport:
    """Write down that a report about several students was looked at before it left."""

    paper: str
    """Which report, by its code."""
    students: int
    """How many it tells something about."""
