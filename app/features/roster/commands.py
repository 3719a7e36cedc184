"""What can be asked of the roster room."""

from dataclasses import dataclass

from app.features.roster.model import Roster
from app.kernel.ids import StudentId


@dataclass(frozen=True, slots=True)
class ImportRoster:
    """Bring a roster into the vault.

    `allow_many_leaving` accepts that a large part of the students leaves at once, which
    may as well be a file that was cut short.
    """

    roster: Roster
    sha256: str
    allow_many_leaving: bool = False


@dataclass(frozen=True, slots=True)
class SaveProblems:
    """Write down that the outcome of an import is about to be saved as a spreadsheet.

    It goes back to who sent the roster, and names the students of their own file.
    """

    import_id: str
    sha256: str
    """Of the bytes that are saved, in hexadecimal digits."""
    rows: int


@dataclass(frozen=True, slots=True)
class ProblemsNotSaved:
    """Write down that the spreadsheet was not saved after all, and why."""

    import_id: str
    sha256: str
    reason: str
    """The code of the trouble."""


@dataclass(frozen=True, slots=True)
class TakeOffer:
    """Put the roster's value in the place of the one that was set here."""

    student: StudentId
    field: str


@dataclass(frozen=True, slots=True)
class KeepOurs:
    """Keep what was set here; the roster's value is not offered again until it changes."""

    student: StudentId
    field: str


@dataclass(frozen=True, slots=True)
class RestoreOffer:
    """Take a decision on an offer back: our value stands again, theirs is offered again."""

    student: StudentId
    field: str
    ours: str
    theirs: str
    import_id: str


@dataclass(frozen=True, slots=True)
class RememberMapping:
    """Remember how the columns of a table were understood, by the fingerprint of its header."""

    fingerprint: str
    mapping: str
