"""What the medication room has for Today: what is due, what ends, what waits to be closed."""

from dataclasses import dataclass
from datetime import timedelta

from app.features.medication.model.doses import Jump, SlotState
from app.features.medication.repo.stock import Held, OpenDiscrepancy
from app.features.medication.service.doses import DosesService, EffectLine
from app.features.medication.service.incidents import IncidentLine, IncidentsService
from app.features.medication.service.nursing import (
    DelegationLine,
    NursingService,
    PlanLine,
    VisitSheet,
)
from app.features.medication.service.orders import EndingLine, OrderLine, OrdersService
from app.features.medication.service.room import Room
from app.features.medication.service.stock import StockService
from app.features.medication.service.trips import TripLine, TripsService
from app.kernel.clock import Moment

SOON_DAYS = 30


@dataclass(frozen=True, slots=True)
class MedicationToday:
    """The room's part of Today; every list is empty where there is nothing to do."""

    counts: dict[SlotState, int]
    next_due: Moment | None
    """When the next dose is due that is not recorded yet."""
    effects: list[EffectLine]
    endings: list[EndingLine]
    unchecked: list[OrderLine]
    low: list[OrderLine]
    expiring: list[Held]
    to_count: list[Held]
    discrepancies: list[OpenDiscrepancy]
    incidents: list[IncidentLine]
    visits: list[VisitSheet]
    trips: list[TripLine]
    """Those that are back and not reconciled."""
    plans: list[PlanLine]
    """Those whose review is due."""
    delegations: list[DelegationLine]
    """Those that expire soon."""
    jump: Jump | None
    unsettled: int


class TodayService:
    """Looks through the whole room for what needs someone today."""

    def __init__(
        self,
        room: Room,
        orders: OrdersService,
        doses: DosesService,
        stock: StockService,
        incidents: IncidentsService,
        nursing: NursingService,
        trips: TripsService,
    ) -> None:
        self._room = room
        self._orders = orders
        self._doses = doses
        self._stock = stock
        self._incidents = incidents
        self._nursing = nursing
        self._trips = trips

    def look(self) -> MedicationToday:
        """Return what needs someone today."""
        board = self._doses.board()
        waiting = {SlotState.LATE, SlotState.DUE, SlotState.SOON, SlotState.LATER}
        lines = self._orders.orders(limit=5_000)
        last = self._room.now().later(timedelta(days=SOON_DAYS)).day().isoformat()
        return MedicationToday(
            counts=board.counts(),
            next_due=min(
                (line.slot.at for line in board.lines if line.state in waiting), default=None
            ),
            effects=self._doses.effects_due(),
            endings=sorted(
                (
                    EndingLine(line.order, line.pupil, what, day)
                    for line in lines
                    for what, day in line.ending
                ),
                key=lambda line: (line.day, line.order.name, line.order.id),
            ),
            unchecked=[line for line in lines if not line.checked],
            low=[line for line in lines if line.level and line.level.low],
            expiring=self._stock.expiring(SOON_DAYS),
            to_count=self._stock.to_count(),
            discrepancies=self._stock.discrepancies(),
            incidents=self._incidents.incidents(open_only=True),
            visits=self._nursing.open_visits(),
            trips=[trip for trip in self._trips.trips() if trip.overdue],
            plans=[plan for plan in self._nursing.plans() if plan.review_due],
            delegations=[
                line for line in self._nursing.delegations() if line.delegation.expires_on <= last
            ],
            jump=board.jump,
            unsettled=board.unsettled,
        )
