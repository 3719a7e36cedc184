"""What every part of the room's service stands on: whose room it is, the second person, the clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.features.medication.model.doses import Jump, Window, jump_between
from app.features.medication.model.proof import PROOF_LASTS, Proof, Witness
from app.features.medication.repo import RoomBook, RoomKeeper
from app.kernel.clock import Clock, Moment, SystemClock
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, new_id
from app.kernel.ports import Begin, Read, Seat
from app.kernel.rights import gives_medication

Elapsed = Callable[[], float]
"""Seconds that have really passed, whatever the clock on the wall is set to."""


def elapsed() -> float:
    """Return the seconds since the computer started, sleep included where the system counts it."""
    ours = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(ours) if ours is not None else time.monotonic()


def elapsed_by(clock: Clock) -> Elapsed:
    """Return what tells the time that passes beside `clock`: one that is set by hand tells its own."""
    if isinstance(clock, SystemClock):
        return elapsed
    return lambda: clock.now().instant().timestamp()


class DoneBefore(Exception):
    """This command was carried out before under the same id: nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone else at this vault who can stand as the second person."""

    id: PersonId
    name: str


class Room:
    """The doors of the medication room: only who gives medication comes in."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        seat: Callable[[], Seat],
        clock: Clock,
        witness: Witness,
        passed: Elapsed | None = None,
    ) -> None:
        self._begin = begin
        self._working = working
        self._read = read
        self._seat = seat
        self._clock = clock
        self._witness = witness
        self._passed = passed or elapsed_by(clock)
        self._proofs: dict[str, tuple[PersonId, float]] = {}
        self._watched: tuple[Moment, float] | None = None
        self._jumped: Jump | None = None

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self._seat()

    def is_open(self) -> bool:
        """Tell whether whoever is at the desk gives medication."""
        return gives_medication(self._seat().role)

    def require(self) -> None:
        """Refuse everyone else."""
        if not self.is_open():
            raise Refused("medication-not-yours")

    def now(self) -> Moment:
        """Return the present moment."""
        return self._clock.now()

    @contextmanager
    def writing(self) -> Iterator[RoomKeeper]:
        """Open one command's transaction on the room's records."""
        self.require()
        with self._begin() as tx:
            yield RoomKeeper(tx)

    @contextmanager
    def reading(self) -> Iterator[RoomBook]:
        """Open a consistent read of the room's records."""
        self.require()
        with self._read() as reader:
            yield RoomBook(reader)

    def keep_seen(self, day: str) -> None:
        """Keep up to which day missed doses have their rows: where the next look begins."""
        with self._working() as tx:
            RoomKeeper(tx).seen(day)

    def window(self, book: RoomBook) -> Window:
        """Return the window that whoever is at the desk has set."""
        row = book.reader.execute(
            "SELECT value FROM setting WHERE person_id = ? AND name = 'medication_window'",
            (self._seat().person,),
        ).fetchone()
        return Window(int(row[0])) if row else Window()

    # -- the second person -----------------------------------------------------------

    def colleagues(self) -> list[Colleague]:
        """Return who else at this vault could stand as the second person, by name."""
        with self.reading() as book:
            rows = book.reader.execute(
                "SELECT id, name FROM person WHERE active = 1 AND removed_at = '' AND id <> ?"
                " ORDER BY name, id",
                (self._seat().person,),
            ).fetchall()
        return [Colleague(PersonId(row[0]), row[1]) for row in rows]

    def prove(self, person: PersonId, passphrase: str) -> Proof:
        """Return the proof that a second person stands at the desk; takes about a second.

        Refuses one's own (`witness-same`), someone unknown (`witness-unknown`), and a
        passphrase that is not theirs (`witness-wrong`).
        """
        self.require()
        if person == self._seat().person:
            raise Refused("witness-same", "witness")
        known = next((one for one in self.colleagues() if one.id == person), None)
        if known is None:
            raise Refused("witness-unknown", "witness")
        self._witness(person, passphrase)
        key = new_id()
        self._proofs[key] = (person, self._passed())
        return Proof(key, person, known.name)

    def used(self, proof: Proof | None, who: PersonId) -> PersonId | None:
        """Return who a proof proves, and use it up; refuse one that is none, old or one's own."""
        if proof is None:
            return None
        person, since = self._proofs.pop(proof.key, (None, 0.0))
        if person is None or person != proof.person or self._passed() - since > PROOF_LASTS:
            raise Refused("witness-stale", "witness")
        if person == who:
            raise Refused("witness-same", "witness")
        return person

    def needed(self, proof: Proof | None, who: PersonId) -> PersonId:
        """Return who a proof proves; refuse none."""
        person = self.used(proof, who)
        if person is None:
            raise Refused("witness-missing", "witness")
        return person

    # -- the clock -------------------------------------------------------------------

    def jump(self) -> Jump | None:
        """Return the newest jump of the computer's clock that nobody has taken note of yet.

        The clock is held against the time that has really passed since it was last looked
        at. Sleep counts as time where the system tells it; where it does not, waking up
        looks like a jump ahead, and saying so does no harm.
        """
        shown, passed = self._clock.now(), self._passed()
        before, self._watched = self._watched, (shown, passed)
        if before is not None:
            moment, since = before
            found = jump_between(moment.later(timedelta(seconds=passed - since)), shown)
            self._jumped = found or self._jumped
        return self._jumped

    def note_jump(self) -> None:
        """Say that a jump of the clock was seen: it is shown no more."""
        self._jumped = None
