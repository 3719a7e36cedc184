"""The collaboration room's commands and reads, by what they are about."""

from collections.abc import Callable
from dataclasses import dataclass

from app.features.collaboration.repo.lists import (
    ConcernLine,
    ConcernsView,
    ContactLine,
    StepLine,
)
from app.features.collaboration.service.concerns import ConcernsService
from app.features.collaboration.service.consultations import ConsultationsService
from app.features.collaboration.service.contacts import ContactsService
from app.features.collaboration.service.room import (
    Disclose,
    Neighbours,
    NoteTexts,
    Refer,
    Referred,
    Room,
    Said,
    no_referral,
)
from app.features.collaboration.service.team import TeamService
from app.kernel.clock import Clock
from app.kernel.ports import Begin, Read, Seat

__all__ = [
    "CollaborationService",
    "CollaborationToday",
    "Disclose",
    "Neighbours",
    "NoteTexts",
    "Refer",
    "Referred",
    "Said",
    "no_referral",
]


@dataclass(frozen=True, slots=True)
class CollaborationToday:
    """What of this room needs someone today."""

    concerns: list[ConcernLine]
    """Those that are open: danger first, then by urgency and age."""
    contacts: list[ContactLine]
    steps: list[StepLine]


class CollaborationService:
    """Concerns, consultations, contacts and the care team."""

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
        self._room = Room(begin, working, read, seat=seat, clock=clock, neighbours=neighbours)
        self.concerns = ConcernsService(self._room)
        self.consultations = ConsultationsService(self._room)
        self.contacts = ContactsService(self._room)
        self.team = TeamService(self._room)

    def today(self) -> CollaborationToday:
        """Return what needs someone today, in one look."""
        today, seat = self._room.today(), self._room.seat
        with self._room.reading() as book:
            return CollaborationToday(
                book.concerns(seat, ConcernsView.OPEN, today, 0, 50),
                book.contacts_waiting(seat, today),
                book.steps_due(seat.person, today),
            )
