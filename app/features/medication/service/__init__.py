"""The medication room's commands and reads, by what they are about."""

from collections.abc import Callable

from app.features.medication.model.proof import Proof, Witness
from app.features.medication.service.doses import DosesService
from app.features.medication.service.incidents import IncidentsService
from app.features.medication.service.nursing import NursingService
from app.features.medication.service.orders import OrdersService
from app.features.medication.service.papers import PapersService
from app.features.medication.service.room import Colleague, Elapsed, Room
from app.features.medication.service.stock import StockService
from app.features.medication.service.today import MedicationToday, TodayService
from app.features.medication.service.trips import TripsService
from app.kernel.clock import Clock
from app.kernel.ids import PersonId
from app.kernel.ports import Begin, Read, Seat


class MedicationService:
    """The medication room: open to those whose role gives medication, to nobody else."""

    def __init__(
        self,
        begin: Begin,
        working: Begin,
        read: Read,
        *,
        seat: Callable[[], Seat],
        clock: Clock,
        witness: Witness,
        passed: Elapsed | None = None,
    ) -> None:
        self._room = Room(begin, working, read, seat, clock, witness, passed)
        self.orders = OrdersService(self._room)
        self.doses = DosesService(self._room)
        self.stock = StockService(self._room, self.orders)
        self.incidents = IncidentsService(self._room)
        self.nursing = NursingService(self._room)
        self.trips = TripsService(self._room)
        self.papers = PapersService(self._room, self.doses, self.stock, self.incidents)
        self._today = TodayService(
            self._room,
            self.orders,
            self.doses,
            self.stock,
            self.incidents,
            self.nursing,
            self.trips,
        )

    @property
    def open_to_me(self) -> bool:
        """Tell whether whoever is at the desk gives medication."""
        return self._room.is_open()

    def today(self) -> MedicationToday:
        """Return what of the room needs someone today."""
        return self._today.look()

    def witnesses(self) -> list[Colleague]:
        """Return who else at this vault could stand as the second person, by name."""
        return self._room.colleagues()

    def prove(self, person: PersonId, passphrase: str) -> Proof:
        """Return the proof that a second person stands at the desk; takes about a second."""
        return self._room.prove(person, passphrase)
