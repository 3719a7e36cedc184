"""What can be asked of the caseload room; each command that can be undone names its inverse."""

from dataclasses import dataclass, field

from app.features.caseload.model import (
    AlertKind,
    Contact,
    Profile,
    Tie,
)
from app.kernel.changes import Changed
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Tier


@dataclass(frozen=True, slots=True)
class AddStudent:
    """Write a student by hand; `anyway` accepts one who looks like someone already there."""

    profile: Profile
    caseload_reason: str = ""
    """Put them on one's caseload at once, for this reason; empty: do not."""
    caseload_on: str = ""
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class RemoveStudent:
    """Take back a student written by mistake; refused once anything was recorded about them."""

    student_id: StudentId


@dataclass(frozen=True, slots=True)
class ChangeStudent:
    """Change a student's profile; what the roster says is kept beside it."""

    student_id: StudentId
    profile: Profile
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class MarkLeft:
    """Mark a student as having left, on a day."""

    student_id: StudentId
    left_on: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MarkReturned:
    """Mark a student who had left as enrolled again."""

    student_id: StudentId


@dataclass(frozen=True, slots=True)
class AddSchool:
    """Write a school by hand; `mine` puts it at the end of one's own buildings."""

    name: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class RenameSchool:
    """Give a school another name."""

    school_id: SchoolId
    name: str


@dataclass(frozen=True, slots=True)
class RemoveSchool:
    """Take back a school; refused once a student or a record names it."""

    school_id: SchoolId


@dataclass(frozen=True, slots=True)
class SetMyBuildings:
    """Say in which buildings one works, in the order of the week."""

    school_ids: tuple[SchoolId, ...]


@dataclass(frozen=True, slots=True)
class AddGuardian:
    """Write a guardian of a student."""

    student_id: StudentId
    contact: Contact
    tie: Tie


@dataclass(frozen=True, slots=True)
class ChangeGuardian:
    """Change a guardian, and what they are to one student."""

    student_id: StudentId
    guardian_id: str
    contact: Contact
    tie: Tie


@dataclass(frozen=True, slots=True)
class LinkGuardian:
    """Make someone who is already written a guardian of a student (a sibling's parent)."""

    student_id: StudentId
    guardian_id: str
    tie: Tie


@dataclass(frozen=True, slots=True)
class UnlinkGuardian:
    """End, from today on, that someone is a student's guardian."""

    student_id: StudentId
    guardian_id: str


@dataclass(frozen=True, slots=True)
class AddAlert:
    """Write an alert on a student's page."""

    student_id: StudentId
    kind: AlertKind
    text: str


@dataclass(frozen=True, slots=True)
class EndAlert:
    """End an alert; it stays in the timeline."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class ReopenAlert:
    """Let an ended alert stand again."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class AddTag:
    """Tag students; a tag nobody has borne before is made."""

    student_ids: tuple[StudentId, ...]
    label: str


@dataclass(frozen=True, slots=True)
class RemoveTag:
    """Untag students; a tag nobody bears any more is gone."""

    student_ids: tuple[StudentId, ...]
    label: str


@dataclass(frozen=True, slots=True)
class PutOnCaseload:
    """Put students on one's caseload from a day on, for a reason."""

    student_ids: tuple[StudentId, ...]
    started_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakeOffCaseload:
    """Take students off one's caseload on a day, for a reason."""

    student_ids: tuple[StudentId, ...]
    ended_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class RetractCaseload:
    """Take back that students were put on the caseload (undo)."""

    stretch_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResumeCaseload:
    """Take back that students were taken off the caseload (undo)."""

    stretch_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecideTier:
    """Decide the tier of students, on a day, for a reason; the decision stands as it was made."""

    student_ids: tuple[StudentId, ...]
    tier: Tier
    decided_on: str
    reason: str
    look_again_on: str = ""
    """When the plan says it will be over; empty: not said."""


Command = (
    AddStudent
    | RemoveStudent
    | ChangeStudent
    | MarkLeft
    | MarkReturned
    | AddSchool
    | RenameSchool
    | RemoveSchool
    | SetMyBuildings
    | AddGuardian
    | ChangeGuardian
    | LinkGuardian
    | UnlinkGuardian
    | AddAlert
    | EndAlert
    | ReopenAlert
    | AddTag
    | RemoveTag
    | PutOnCaseload
    | TakeOffCaseload
    | RetractCaseload
    | ResumeCaseload
    | DecideTier
)


@dataclass(frozen=True, slots=True)
class Done(Changed):
    """What a command changed, and the command that takes it back, if one does."""

    undo: Command | None = field(default=None, compare=False)
    count: int = 1
    """For how many students something changed."""
