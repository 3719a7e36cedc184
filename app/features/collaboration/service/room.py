"""What every part of the room's service stands on, and what it needs of other rooms."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.features.collaboration.model.concerns import Sign, WarningList
from app.features.collaboration.repo import Lists, RoomKeeper
from app.features.collaboration.shipped import SIGNS
from app.kernel.clock import Clock
from app.kernel.entries import Told
from app.kernel.ids import StudentId
from app.kernel.mentions import NameWatch
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction
from app.kernel.releases import Terms


@dataclass(frozen=True, slots=True)
class Referred:
    """A concern that was accepted: what a referral is made of."""

    student_id: StudentId
    concern_id: str
    decision: str
    """`service`, `group` or `refer_out`."""
    reason: str
    raised_by: str


Refer = Callable[[Transaction, Referred], str]
"""Makes a referral in the transaction that decides; returns its id, or nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is about to be told to the raiser of a concern."""

    student_id: StudentId
    recipient: str
    purpose: str
    means: str
    sha256: str
    bytes: int
    scope: dict[str, object]
    terms: Terms


Disclose = Callable[[Transaction, Said], str]
"""Writes down that something is told, in the same transaction; returns the disclosure's id."""

NoteTexts = Callable[[Reader, StudentId], Iterable[str]]
"""Gives the text of a student's notes, so that none of it is repeated outside."""


def no_referral(_tx: Transaction, _referred: Referred) -> str:
    """Make no referral: the decision alone stands."""
    return ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What this room has others do."""

    told: Told
    refer: Refer
    disclose: Disclose
    note_texts: NoteTexts
    watch: NameWatch
    """Finds students who are named in a text."""
    contact_corrected: Callable[[Transaction, str, str], object] = lambda _tx, _old, _new: None
    """Told, within the transaction, which contact another takes the place of."""


class DoneBefore(Exception):
    """This command was carried out before under the same id: nothing is left to do."""


class Room:
    """The doors of the room: transactions, reads, who is at the desk."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        neighbours: Neighbours,
    ) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self.clock = clock
        self.neighbours = neighbours

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self._seat()

    def today(self) -> str:
        """Return the calendar day at the desk."""
        return self.clock.now().day().isoformat()

    @contextmanager
    def writing(self) -> Iterator[RoomKeeper]:
        """Open one command's transaction."""
        with self._begin() as tx:
            yield RoomKeeper(tx)

    @contextmanager
    def working(self) -> Iterator[RoomKeeper]:
        """Open a transaction on working papers, which leave no trace in the journal."""
        with self._working() as tx:
            yield RoomKeeper(tx)

    @contextmanager
    def reading(self) -> Iterator[Lists]:
        """Open a consistent read."""
        with self._read() as reader:
            yield Lists(reader)


def signs_in_use(book: Lists) -> tuple[int, tuple[Sign, ...]]:
    """Return the version and the signs of the list that is asked today; 0: the shipped one."""
    found = book.where(WarningList, "1 ORDER BY t.version DESC LIMIT 1")
    return (found[0].version, found[0].listed()) if found else (0, SIGNS)
