"""What every part of the room's service stands on: the doors, the settings, the school's days."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from app.features.services.model.mandates import PeriodKind
from app.features.services.model.reckoning import Rules, SchoolCalendar
from app.features.services.repo import ServicesBook, ServicesKeeper
from app.features.services.repo.minutes import Planned
from app.kernel.clock import Clock, Moment
from app.kernel.ids import PersonId
from app.kernel.ports import Begin, Read, Reader, Seat

Closed = Callable[[Reader, str, str], Collection[str]]
"""Returns the days between two days on which there is no school, as ISO text."""
PlannedSessions = Callable[[Reader, str, str], Sequence[Planned]]
"""Returns the sessions planned for students between two days."""


def none_closed(_reader: Reader, _since: str, _until: str) -> Collection[str]:
    """Know of no day without school."""
    return ()


def none_planned(_reader: Reader, _since: str, _until: str) -> Sequence[Planned]:
    """Know of no session planned."""
    return ()


class Room:
    """The doors of the room."""

    def __init__(
        self,
        begin: Begin,
        read: Read,
        seat: Callable[[], Seat],
        settings: Callable[[PersonId], Mapping[str, str]],
        clock: Clock,
        closed: Closed = none_closed,
        planned: PlannedSessions = none_planned,
    ) -> None:
        self._begin = begin
        self._read = read
        self._seat = seat
        self._settings = settings
        self._clock = clock
        self._closed = closed
        self._planned = planned
        self._calendar = SchoolCalendar()

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        return self._seat()

    def now(self) -> Moment:
        """Return the present moment."""
        return self._clock.now()

    def today(self) -> str:
        """Return the calendar day at the desk."""
        return self._clock.now().day().isoformat()

    @contextmanager
    def writing(self) -> Iterator[ServicesKeeper]:
        """Open one command's transaction on the room's records."""
        with self._begin() as tx:
            yield ServicesKeeper(tx)

    @contextmanager
    def reading(self) -> Iterator[ServicesBook]:
        """Open a consistent read of the room's records."""
        with self._read() as reader:
            yield ServicesBook(reader)

    def setting(self, name: str) -> str:
        """Return what whoever is at the desk has set."""
        return self._settings(self._seat().person)[name]

    def rules(self) -> Rules:
        """Return how minutes are reckoned at this desk."""
        settings = self._settings(self._seat().person)
        month, day = settings["year_starts"].split("-")
        return Rules(
            6 if settings["week_starts"] == "sunday" else 0,
            (int(month), int(day)),
            settings["make_up_counts"] == "missed",
        )

    def calendar(self, book: ServicesBook, rules: Rules, since: str, until: str) -> SchoolCalendar:
        """Return the school's days; whole periods around two days are known.

        As long as neither the rules nor the days change, it is the same one: it keeps what
        it has counted.
        """
        held = self._calendar
        bare = held if held.rules == rules else SchoolCalendar(rules)
        firsts, lasts = [], []
        for kind in PeriodKind:
            firsts.append(bare.period(kind, since)[0])
            lasts.append(bare.period(kind, until)[1])
        made = SchoolCalendar(rules, self._closed(book.reader, min(firsts), max(lasts)))
        if (made.rules, made.closed) == (held.rules, held.closed):
            return held
        self._calendar = made
        return made

    def days_without_school(self, book: ServicesBook, since: str, until: str) -> Collection[str]:
        """Return the days between two days on which there is no school, as far as is known."""
        return self._closed(book.reader, since, until)

    def planned(self, book: ServicesBook, since: str, until: str) -> Sequence[Planned]:
        """Return the sessions planned between two days."""
        return self._planned(book.reader, since, until)
