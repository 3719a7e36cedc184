"""What another room leaves in a student's chart: a session note like any other.

A group's session becomes one note for each member. The room that took the session says what
each note holds; the sessions room signs them, so that they verify, are amended and are
summed up as every note is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.kernel.clock import Moment
from app.kernel.ids import NoteId, StudentId
from app.kernel.nouns import Attendance, Place
from app.kernel.ports import Transaction


@dataclass(frozen=True, slots=True)
class ChartSection:
    """One part of a note under its own title."""

    key: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class ChartNote:
    """A note to be signed into one student's chart; whoever is at the desk signs it."""

    id: NoteId
    student_id: StudentId
    started: Moment
    minutes: int
    service_id: str
    place: Place
    school_id: str
    attendance: Attendance
    attendance_reason: str
    interventions: tuple[str, ...]
    """Ids of the list's entries."""
    format: str
    sections: tuple[ChartSection, ...]
    late_reason: str = ""
    next_step: str = ""
    next_on: str = ""


@dataclass(frozen=True, slots=True)
class ChartAmendment:
    """A correction to be signed to a note: the reason, and a section that says what is right."""

    id: str
    note_id: NoteId
    reason: str
    section: ChartSection


@dataclass(frozen=True, slots=True)
class ChartLayout:
    """How a note is laid out by a template: its format, and its sections with nothing in them."""

    template_id: str
    format: str
    sections: tuple[ChartSection, ...]


class Charts(Protocol):
    """Signs notes into charts, inside the transaction of the room that made them."""

    def layout(self, template_id: str = "") -> ChartLayout:
        """Return a template's layout; without one, of the template usual at the desk."""
        ...

    def sign(self, tx: Transaction, notes: Sequence[ChartNote]) -> str:
        """Sign the notes, and return the label of their kind of service.

        Refuses as signing a note does; `facts["student"]` of the refusal names whose it is.
        """
        ...

    def amend(self, tx: Transaction, amendment: ChartAmendment) -> None:
        """Sign a correction of one's own note; what it read before stays in it, and readable."""
        ...
