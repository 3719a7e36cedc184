"""What can be asked of the sessions room."""

from dataclasses import dataclass

from app.features.sessions.model import ChoiceList, Draft, DraftKind, TemplateSection
from app.kernel.ids import DraftId, NoteId, StudentId


@dataclass(frozen=True, slots=True)
class StartDraft:
    """Begin a session note, or an addendum or amendment to the signed note `note_id`."""

    kind: DraftKind = DraftKind.SESSION
    student_id: StudentId | None = None
    note_id: NoteId | None = None
    draft_id: DraftId | None = None
    planned_id: str = ""
    """The appointment whose note this is: student, time, minutes and service are taken from it."""


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Keep a draft as it stands; doing it twice is doing it once."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class KeepForSigning:
    """Save a draft and put it with those that wait for a signature; or take it back."""

    draft: Draft
    ready: bool = True


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """Throw a draft away; `RestoreDraft` brings it back."""

    draft_id: DraftId


@dataclass(frozen=True, slots=True)
class RestoreDraft:
    """Bring back a draft that was discarded."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class SignNote:
    """Freeze a session note as the form stands; its draft goes, its next step is put on Today."""

    draft: Draft
    named_because: str = ""
    """Why another student is named in it, where one knowingly is."""


@dataclass(frozen=True, slots=True)
class AddAddendum:
    """Sign new information to a signed note."""

    draft: Draft
    named_because: str = ""


@dataclass(frozen=True, slots=True)
class AmendNote:
    """Sign a correction of one's own signed note, with its reason; the original stays."""

    draft: Draft
    named_because: str = ""


@dataclass(frozen=True, slots=True)
class FinishFollowUp:
    """Say that a next step was done."""

    follow_up_id: str


@dataclass(frozen=True, slots=True)
class ReopenFollowUp:
    """Take back that a next step was done."""

    follow_up_id: str


@dataclass(frozen=True, slots=True)
class PostponeFollowUp:
    """Give a next step another day."""

    follow_up_id: str
    due_on: str


@dataclass(frozen=True, slots=True)
class WriteSoleNote:
    """Begin a sole-possession note, or change whom and which day it is about and when to purge."""

    note_id: str
    student_id: StudentId | None
    text: str
    about_on: str
    purge_on: str = ""


@dataclass(frozen=True, slots=True)
class SaveSoleNote:
    """Keep the text of a sole-possession note as one types."""

    note_id: str
    text: str


@dataclass(frozen=True, slots=True)
class MakeSole:
    """Take a draft out of the record's papers and into the compartment of its maker."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class KeepSoleNote:
    """Answer a purge prompt: keep the note until another day."""

    note_id: str
    purge_on: str


@dataclass(frozen=True, slots=True)
class PurgeSoleNote:
    """Destroy a sole-possession note; nothing brings it back."""

    note_id: str


@dataclass(frozen=True, slots=True)
class TurnIntoRecord:
    """Begin a record note from a sole-possession note, which goes when the record is signed."""

    note_id: str


@dataclass(frozen=True, slots=True)
class CopyTemplate:
    """Make a template of one's own from another."""

    template_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ChangeTemplate:
    """Change the name and sections of a template of one's own."""

    template_id: str
    name: str
    sections: tuple[TemplateSection, ...]


@dataclass(frozen=True, slots=True)
class RetireTemplate:
    """Offer a template no longer, or again."""

    template_id: str
    retired: bool = True


@dataclass(frozen=True, slots=True)
class AddChoice:
    """Put a new entry at the end of a list."""

    of: ChoiceList
    label: str


@dataclass(frozen=True, slots=True)
class RenameChoice:
    """Give a list entry another label; signed notes keep the one they have."""

    of: ChoiceList
    choice_id: str
    label: str


@dataclass(frozen=True, slots=True)
class RetireChoice:
    """Offer a list entry no longer, or again."""

    of: ChoiceList
    choice_id: str
    retired: bool = True


@dataclass(frozen=True, slots=True)
class ReorderChoices:
    """Put a list in this order."""

    of: ChoiceList
    order: tuple[str, ...]
