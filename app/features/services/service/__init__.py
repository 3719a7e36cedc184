"""The services room's commands and reads, by what they are about."""

from collections.abc import Callable, Mapping

from app.features.services.service.engagement import EngagementService
from app.features.services.service.minutes import MinutesService
from app.features.services.service.room import (
    Closed,
    PlannedSessions,
    Room,
    none_closed,
    none_planned,
)
from app.kernel.clock import Clock
from app.kernel.entries import Entry
from app.kernel.ids import PersonId
from app.kernel.ports import Begin, Read, Seat, Transaction


class ServicesService:
    """What is owed and given, who was referred and who stays."""

    def __init__(
        self,
        begin: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        settings: Callable[[PersonId], Mapping[str, str]],
        clock: Clock,
        closed: Closed = none_closed,
        planned: PlannedSessions = none_planned,
    ) -> None:
        self._room = Room(begin, read, seat, settings, clock, closed, planned)
        self.minutes = MinutesService(self._room)
        self.engagement = EngagementService(self._room)

    def take(self, tx: Transaction, entry: Entry) -> None:
        """Draw from an entry of work what this room keeps of it, in its transaction."""
        self.minutes.take(tx, entry)
