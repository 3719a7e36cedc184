"""What every part of the room's service stands on: the doors, the clock, the sets in force."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.features.time_use.model.categories import CategorySet, in_force
from app.features.time_use.repo.categories import Categories
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.nouns import Role
from app.kernel.ports import Begin, Read, Reader, Seat, Transaction


@dataclass(frozen=True, slots=True)
class Room:
    """The doors of the time room: everyone but the office comes in, each to their own."""

    begin: Begin
    working: Begin
    read: Read
    whose: Callable[[], Seat]
    clock: Clock
    _known: list[tuple[CategorySet, ...]] = field(default_factory=list)

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self.whose()

    @property
    def who(self) -> PersonId:
        """Whose time it is."""
        return self.seat.person

    def is_open(self) -> bool:
        """Tell whether whoever is at the desk keeps time here."""
        return self.seat.role is not Role.ADMINISTRATOR

    def require(self) -> None:
        """Refuse the office: time is a person's own."""
        if not self.is_open():
            raise Refused("time-not-yours")

    def now(self) -> Moment:
        """Return the present moment."""
        return self.clock.now()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Open one command's transaction."""
        self.require()
        with self.begin() as tx:
            yield tx

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open a consistent read."""
        self.require()
        with self.read() as reader:
            yield reader

    def set_on(self, reader: Reader, day: str) -> CategorySet:
        """Return the set that counts for whoever is at the desk on a day."""
        return in_force(self.sets(reader), Categories(reader).chosen(self.seat), day)

    def sets(self, reader: Reader) -> tuple[CategorySet, ...]:
        """Return every version of every set; read once, since none ever changes."""
        if not self._known:
            self._known.append(Categories(reader).sets())
        return self._known[0]

    def forget_sets(self) -> None:
        """Read the sets again: one more was loaded."""
        self._known.clear()
