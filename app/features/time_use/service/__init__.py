"""The time room's commands and questions."""

from collections.abc import Callable

from app.features.time_use.repo.entries import EntriesRepo
from app.features.time_use.service.billing import BillingService
from app.features.time_use.service.categories import CategoriesService
from app.features.time_use.service.log import LogService
from app.features.time_use.service.room import Room
from app.features.time_use.service.share import ShareService
from app.kernel.clock import Clock
from app.kernel.entries import Entry, Told
from app.kernel.ports import Begin, Read, Seat, Transaction

__all__ = ["TimeService"]


class TimeService:
    """A person's own time, and what is drawn from it."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        told: Told,
    ) -> None:
        self._room = Room(begin, working, read, seat, clock)
        self.categories = CategoriesService(self._room)
        self.log = LogService(self._room, told)
        self.shares = ShareService(self._room)
        self.billing = BillingService(self._room)

    @property
    def open_to_me(self) -> bool:
        """Whether whoever is at the desk keeps time here: everyone but the office does."""
        return self._room.is_open()

    def take(self, tx: Transaction, entry: Entry) -> None:
        """Write the time of work in the transaction that makes it, once.

        It refuses nothing: without a category it has the one that is usual for the service. An
        activity of another room (a consultation) comes here too; this room's own is there already.
        """
        EntriesRepo(tx).take(entry, self._room.seat.role)
