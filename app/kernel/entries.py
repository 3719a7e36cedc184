"""One entry of work, as every room that draws something from it is told.

Who signs a session, takes a group or logs an activity types it once; use of time, minutes
owed, the schedule and billing take what concerns them in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.ids import NoteId, PersonId, SchoolId, StudentId
from app.kernel.nouns import Attendance, Place
from app.kernel.ports import Transaction


@unique
class EntryKind(StrEnum):
    """What was entered."""

    SESSION = "session"
    GROUP = "group"
    ACTIVITY = "activity"


@dataclass(frozen=True, slots=True)
class Attended:
    """One student's part in an entry: the note it left in the chart, and whether they came."""

    student_id: StudentId
    note_id: NoteId | None
    attendance: Attendance
    reason: str = ""
    mandate_id: str = ""
    """The service owed that this counts toward; empty: the only one that fits, if any."""
    goals: tuple[tuple[str, str], ...] = ()
    """The goals that were worked on: each one's key, and where it stands as it was typed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Work that was done, or that fell out: the provider's time is `minutes`, counted once."""

    kind: EntryKind
    id: str
    """Of the note, the group session or the activity; telling it twice is telling it once."""
    person_id: PersonId
    started: Moment
    minutes: int
    place: Place
    school_id: SchoolId | None = None
    service_id: str = ""
    service_label: str = ""
    category: str = ""
    """A code of the category set in force; empty: what is usual for the service."""
    planned_id: str = ""
    """The appointment that this was, if it was planned."""
    students: tuple[Attended, ...] = ()


Told = Callable[[Transaction, Entry], None]
"""Takes what a room needs of an entry, in the transaction that makes it."""
