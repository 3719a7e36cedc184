"""What can be asked of the groups room."""

from dataclasses import dataclass

from app.features.groups.model.group import GroupForm
from app.features.groups.model.session import GroupDraft
from app.kernel.ids import DraftId, StudentId


@dataclass(frozen=True, slots=True)
class MakeGroup:
    """Make a group; whoever is at the desk leads it unless the form says otherwise."""

    form: GroupForm


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """Change what is said of a group; sessions that were signed keep what they have."""

    group_id: str
    form: GroupForm


@dataclass(frozen=True, slots=True)
class CloseGroup:
    """End a group: its members leave it that day, and nobody waits any more."""

    group_id: str
    closed_on: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReopenGroup:
    """Take back that a group was closed; who left with its closing is in it again."""

    group_id: str


@dataclass(frozen=True, slots=True)
class CopyGroup:
    """Make a group for the next term of one that was: the same plan, members if wanted."""

    group_id: str
    name: str
    starts_on: str
    ends_on: str = ""
    members: bool = False
    """Take over those who are in it; who waits is taken in any case."""


@dataclass(frozen=True, slots=True)
class AddMember:
    """Put a student in a group from a day on."""

    group_id: str
    student_id: StudentId
    joined_on: str


@dataclass(frozen=True, slots=True)
class LetWait:
    """Put a student on a group's waiting list."""

    group_id: str
    student_id: StudentId
    since: str


@dataclass(frozen=True, slots=True)
class TakeIn:
    """Take a student from the waiting list into the group."""

    member_id: str
    joined_on: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """Take back that a student was taken in: they wait again, in the place they had."""

    member_id: str


@dataclass(frozen=True, slots=True)
class LeaveGroup:
    """End a student's stretch in a group, or their waiting, with the reason."""

    member_id: str
    left_on: str
    reason: str


@dataclass(frozen=True, slots=True)
class RejoinGroup:
    """Take back that a student left."""

    member_id: str


@dataclass(frozen=True, slots=True)
class RetractMember:
    """Take back that a student was put in or let wait: as long as no session names them."""

    member_id: str


@dataclass(frozen=True, slots=True)
class StartGroupSession:
    """Begin a session of a group or of an appointment, or go on with the draft there is."""

    group_id: str = ""
    planned_id: str = ""
    draft_id: DraftId | None = None


@dataclass(frozen=True, slots=True)
class SaveGroupDraft:
    """Keep a session's draft as it stands; doing it twice is doing it once."""

    draft: GroupDraft


@dataclass(frozen=True, slots=True)
class DiscardGroupDraft:
    """Throw a draft away; `SaveGroupDraft` brings it back."""

    draft_id: DraftId


@dataclass(frozen=True, slots=True)
class SignGroupSession:
    """Freeze a session as the form stands, and sign a note into each member's chart."""

    draft: GroupDraft


@dataclass(frozen=True, slots=True)
class CorrectAttendance:
    """Say that a member's attendance was entered wrong: what was, stays beside it."""

    attending_id: str
    attendance: str
    reason: str = ""
    """Why the student was not there; empty if they were."""
    correction: str = ""
    """Why it is corrected."""
