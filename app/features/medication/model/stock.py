"""Stock: containers, what came in and went out, counts, and what of a count did not come out."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.medication.model.amounts import Unit
from app.features.medication.model.orders import Order, Schedule, Timing
from app.kernel.clock import Moment
from app.kernel.ids import SchoolId, StudentId


@unique
class MovementKind(StrEnum):
    """Why the number in a container changed."""

    RECEIVED = "received"
    GIVEN = "given"
    UNDONE = "undone"
    """What another movement took is put back: the dose was entered in error or corrected."""
    WASTED = "wasted"
    DROPPED = "dropped"
    TRIP_OUT = "trip_out"
    TRIP_IN = "trip_in"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    ADJUSTED = "adjusted"


TAKEN_BY_HAND = (
    MovementKind.WASTED,
    MovementKind.DROPPED,
    MovementKind.RETURNED,
    MovementKind.DESTROYED,
)
"""What a person takes out of a container other than by giving it."""
NEEDS_WITNESS = frozenset({MovementKind.DESTROYED})
"""Needs a second person whatever the medicine; a controlled substance needs one to be wasted or dropped."""
CONTROLLED_NEEDS_WITNESS = frozenset(
    {MovementKind.WASTED, MovementKind.DROPPED, MovementKind.DESTROYED}
)


@dataclass(frozen=True, slots=True)
class Container:
    """One bottle, box, inhaler or patch pack, as it was received."""

    id: str
    student_id: StudentId | None
    school_id: SchoolId | None
    name: str
    strength: str
    form: str
    unit: Unit
    supply: str
    schedule: Schedule
    prescription: str
    pharmacy: str
    lot: str
    expires_on: str
    place: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def controlled(self) -> bool:
        """Whether its medicine is a controlled substance."""
        return self.schedule is not Schedule.NONE

    def title(self) -> str:
        """Return what its label says: name and strength."""
        return f"{self.name} {self.strength}".strip()


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a container's ledger; `balance` is what was in it afterwards."""

    id: str
    container_id: str
    kind: MovementKind
    amount: int
    balance: int
    at: str
    dose_id: str | None
    trip_id: str | None
    count_id: str | None
    undoes: str | None
    counterpart: str
    witness_id: str | None
    reason: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def happened(self) -> Moment:
        """When it happened."""
        return Moment(self.at, self.zone)


@unique
class Occasion(StrEnum):
    """Why a count was made."""

    DAILY = "daily"
    SHIFT = "shift"
    SPOT = "spot"
    TRIP = "trip"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class StockCount:
    """One container in one count."""

    id: str
    session_id: str
    container_id: str
    occasion: Occasion
    expected: int
    counted: int
    witness_id: str | None
    counterpart: str
    note: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def difference(self) -> int:
        """What was counted more than expected; less than none is missing."""
        return self.counted - self.expected


@unique
class DiscrepancySource(StrEnum):
    """How it came out that a number was not right."""

    COUNT = "count"
    RECEIPT = "receipt"
    TRIP = "trip"
    BELOW_ZERO = "below_zero"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A controlled substance's number that was not right: open until it is explained."""

    id: str
    container_id: str
    source: DiscrepancySource
    source_id: str
    expected: int
    counted: int
    note: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def difference(self) -> int:
        """What there was more than expected; less than none is missing."""
        return self.counted - self.expected


def balance_of(movements: Iterable[Movement]) -> int:
    """Return what is in a container: the sum of its movements."""
    return sum(movement.amount for movement in movements)


def needs_witness(kind: MovementKind, *, controlled: bool) -> bool:
    """Tell whether a movement needs a second person who proves who they are."""
    return kind in NEEDS_WITNESS or (controlled and kind in CONTROLLED_NEEDS_WITNESS)


@dataclass(frozen=True, slots=True)
class SupplyLevel:
    """How long what is there lasts, for one order."""

    left: int
    """Thousandths of the unit in containers that may still be given from."""
    doses: int
    """Whole doses that makes."""
    days: int | None
    """School days it lasts at the scheduled doses a day; None for an order as needed."""
    low: bool
    """Whether it is at or below the order's refill threshold."""
    expires_on: str = ""
    """When the first of the containers expires."""


def supply_level(order: Order, left: int, expires_on: str = "") -> SupplyLevel:
    """Return how long `left` lasts; low is at or below either threshold the order sets."""
    doses = max(0, left) // order.dose
    a_day = len(order.times) if order.timing is Timing.SCHEDULED else 0
    days = doses // a_day if a_day else None
    low = bool(order.refill_doses and doses <= order.refill_doses) or bool(
        order.refill_days and days is not None and days <= order.refill_days
    )
    return SupplyLevel(left, doses, days, low, expires_on)
