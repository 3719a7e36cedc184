"""The schedule room's commands and reads, by what they are about."""

from collections.abc import Callable

from app.features.schedule.service.book import BookService
from app.features.schedule.service.buildings import BuildingsService
from app.features.schedule.service.files import FilesService
from app.features.schedule.service.room import Groups, NoGroups, Room
from app.kernel.clock import Clock
from app.kernel.entries import Entry
from app.kernel.ids import PersonId
from app.kernel.ports import Begin, Read, Transaction

__all__ = ["Groups", "NoGroups", "ScheduleService"]


class ScheduleService:
    """The schedule room: the calendars are everyone's, the appointments each person's own."""

    def __init__(
        self,
        begin: Begin,
        read: Read,
        read_for_export: Read,
        *,
        who: Callable[[], PersonId],
        clock: Clock,
        groups: Groups | None = None,
    ) -> None:
        room = Room(begin, read, who, clock, groups or NoGroups())
        self.buildings = BuildingsService(room)
        self.book = BookService(room)
        self.files = FilesService(room, read_for_export)

    def take(self, tx: Transaction, entry: Entry) -> None:
        """Mark what an entry of work was planned as (`BookService.take`)."""
        self.book.take(tx, entry)
