"""What can be asked of the privacy room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.features.privacy.inspection import Outcome, Party, Wanted
from app.features.privacy.labels import Labelled
from app.features.privacy.model import Means, Record
from app.kernel.ids import NoteId, StudentId
from app.kernel.releases import NO_GROUND, Terms


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
    terms: Terms = NO_GROUND
    """On what ground; without one the gate refuses."""
    version: str = ""
    """Of the paper, where it has one of its own as a schema does; else its usual one."""


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
    terms: Terms = NO_GROUND
    """On what ground; without one the gate refuses."""
    version: str = ""
    """Of the paper, where it has one of its own; else its usual one."""


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


@dataclass(frozen=True, slots=True)
class LabelPart2:
    """Label a record as one about substance use (42 CFR part 2)."""

    kind: Labelled
    record: str


@dataclass(frozen=True, slots=True)
class UnlabelPart2:
    """Take the label off a record."""

    kind: Labelled
    record: str


@dataclass(frozen=True, slots=True)
class SetPart2Notice:
    """Keep the notice that goes along with labelled records, as the district words it."""

    text: str


@dataclass(frozen=True, slots=True)
class SetInspectionDays:
    """Set within how many days a request to inspect is to be met here."""

    days: str


@dataclass(frozen=True, slots=True)
class RecordRequestIn:
    """Write down that somebody asked for something of a student's record."""

    student_id: StudentId
    kind: Wanted
    party: Party
    asked_by: str
    what: str
    interest: str
    received_on: str


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Write down what was answered; the request stays open."""

    request_id: str
    text: str
    on_day: str


@dataclass(frozen=True, slots=True)
class ExtendRequest:
    """Set a later day for a request to inspect, never beyond what the law lets pass."""

    request_id: str
    due_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class CloseRequest:
    """Close a request, and say how it ended."""

    request_id: str
    outcome: Outcome
    text: str
    on_day: str
