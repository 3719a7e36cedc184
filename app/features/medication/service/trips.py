"""Field trips: counted out, given on the way, entered on return, reconciled."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from app.features.medication.commands import BackLine, CountOut, PlanTrip, ReconcileTrip
from app.features.medication.model.amounts import parsed_amount, parsed_thousandths
from app.features.medication.model.checks import picked
from app.features.medication.model.doses import Dose, Slot, due_on
from app.features.medication.model.nursing import Delegation, Entry, Subject, Trip, TripItem
from app.features.medication.model.orders import (
    Emergency,
    Order,
    OrderState,
    Timing,
    kept_text,
    needed_text,
    state_at,
)
from app.features.medication.model.stock import (
    Container,
    Discrepancy,
    DiscrepancySource,
    MovementKind,
)
from app.features.medication.repo import RoomBook, RoomKeeper
from app.features.medication.repo.orders import Contact, Ordered, Pupil, pupils
from app.features.medication.service.nursing import entered
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id


@dataclass(frozen=True, slots=True)
class TripLine:
    """A trip in a list."""

    trip: Trip
    students: int
    reconciled: bool
    overdue: bool
    """Back, and not reconciled yet."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What goes along for one order of one student."""

    item: TripItem
    order: Order
    pupil: Pupil
    given: int
    """Thousandths that were entered as given on this trip."""
    slots: tuple[Slot, ...]
    """The doses that are due while the trip lasts."""


@dataclass(frozen=True, slots=True)
class Needed:
    """A dose that is due while the trip lasts, of a student for whom nothing was counted out yet."""

    order: Order
    pupil: Pupil
    slots: tuple[Slot, ...]
    amount: int
    """What all of them make together; of an emergency medicine as needed, one dose."""


@dataclass(frozen=True, slots=True)
class TripSheet:
    """A trip with what goes along, what was entered since, and how it came out."""

    trip: Trip
    delegation: Delegation | None
    items: tuple[Packed, ...]
    doses: tuple[Dose, ...]
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    reconciled: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """One order in the packet: all that was counted out of it, and when it is due."""

    packed: Packed
    state: OrderState
    """What the order is when the trip leaves; of a trip under way, now."""


@dataclass(frozen=True, slots=True)
class PacketStudent:
    """What whoever gives the doses must have at hand about one student."""

    pupil: Pupil
    photo: tuple[bytes, str] | None
    contacts: tuple[Contact, ...]
    carried: tuple[Carried, ...]
    """Emergency medicines first."""

    @property
    def emergency(self) -> bool:
        """Whether an emergency medicine goes along."""
        return any(one.packed.order.emergency is not Emergency.NONE for one in self.carried)


@dataclass(frozen=True, slots=True)
class TripPacket:
    """What goes along on paper with a trip; who has an emergency medicine comes first."""

    trip: Trip
    students: tuple[PacketStudent, ...]
    made: Moment


class TripsService:
    """Medicines that leave the building for a day, and come back in numbers that add up."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def plan_trip(self, command: PlanTrip) -> Changed:
        """Write down a trip and who gives the doses on it; `made` is its id."""
        trip_id = command.trip_id or new_id()
        title = needed_text(command.title, "title", "trip-needs-title", 200)
        staff = needed_text(command.staff, "staff", "trip-needs-staff", 200)
        if command.returns_at.at <= command.leaves_at.at:
            raise Refused("trip-ends-before", "returns_at")
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Trip, trip_id) is not None:
                raise DoneBefore
            if command.delegation_id and keeper.get(Delegation, command.delegation_id) is None:
                raise Refused("delegation-gone", "delegation_id")
            keeper.add(
                Trip(
                    id=trip_id,
                    title=title,
                    school_id=command.school_id,
                    leaves_at=command.leaves_at.at,
                    returns_at=command.returns_at.at,
                    staff=staff,
                    staff_phone=kept_text(command.staff_phone, "staff_phone", 60),
                    delegation_id=command.delegation_id,
                    note=kept_text(command.note, "note"),
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )
            keeper.journal("PlanTrip", Trip, trip_id, {"leaves_at": command.leaves_at.at})
        return Changed.only(Kind.TRIP, made=trip_id)

    def count_out(self, command: CountOut) -> Changed:
        """Count a student's doses out, with whoever takes them along; `made` is the item's id.

        What leaves of a controlled substance is counted by two of the vault.
        """
        item_id = command.item_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(TripItem, item_id) is not None:
                raise DoneBefore
            trip = self._open(keeper, command.trip_id)
            order = keeper.get(Order, command.order_id)
            if order is None:
                raise Refused("order-gone", "order_id")
            if order.student_id is not None and order.student_id != command.student_id:
                raise Refused("wrong-student", "student_id")
            amount = parsed_amount(command.amount, order.unit).thousandths
            counterpart = kept_text(command.counterpart, "counterpart", 200) or trip.staff
            supplies, _tracked = keeper.supplies(order.student_id, order.school_id, order.supply)
            day = trip.leaves.day().isoformat()
            wanted = command.container_id
            chosen = (
                next((s for s in supplies if s.container_id == wanted), None)
                if wanted
                else picked(supplies, amount, day)
            )
            if chosen is None:
                raise Refused("container-wrong", "container_id")
            if chosen.balance < amount:
                raise Refused("stock-less", "amount")
            witness = (
                self._room.needed(command.witness, keeper.who)
                if order.controlled
                else self._room.used(command.witness, keeper.who)
            )
            keeper.add(
                TripItem(
                    id=item_id,
                    trip_id=trip.id,
                    student_id=command.student_id,
                    order_id=order.id,
                    container_id=chosen.container_id,
                    amount=amount,
                    counterpart=counterpart,
                    witness_id=witness,
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )
            keeper.move(
                chosen.container_id,
                MovementKind.TRIP_OUT,
                -amount,
                trip_id=trip.id,
                counterpart=counterpart,
                witness_id=witness,
                before=chosen.balance,
            )
            keeper.journal(
                "CountOut", TripItem, item_id, {"student": command.student_id, "trip": trip.id}
            )
        return Changed.only(Kind.TRIP, Kind.STOCK, made=item_id)

    @staticmethod
    def _open(keeper: RoomKeeper, trip_id: str) -> Trip:
        trip = keeper.get(Trip, trip_id)
        if trip is None:
            raise Refused("trip-gone")
        if any(entry.kind == "reconciled" for entry in keeper.entries(trip.id)):
            raise Refused("trip-reconciled")
        return trip

    def reconcile_trip(self, command: ReconcileTrip) -> Changed:
        """Close a trip: of each thing that went out, what was given, wasted and came back.

        What does not add up opens a discrepancy for a controlled substance, and needs a
        note for any other; the container's count follows what is really there.
        """
        with self._room.writing() as keeper:
            trip = self._open(keeper, command.trip_id)
            items = keeper.where(TripItem, "t.trip_id = ? ORDER BY t.row", (trip.id,))
            lines = {line.item_id: line for line in command.lines}
            missing = [item for item in items if item.id not in lines]
            if missing:
                raise Refused("trip-item-missing", "lines", count=len(missing))
            given = _given(keeper, trip.id)
            controlled = False
            for number, item in enumerate(items):
                container = keeper.get(Container, item.container_id)
                order = keeper.get(Order, item.order_id)
                if container is None or order is None:
                    raise Refused("order-gone")
                controlled = controlled or container.controlled
                self._back(
                    keeper,
                    trip,
                    item,
                    lines[item.id],
                    given.get((item.student_id, order.series_id), 0),
                    is_controlled=container.controlled,
                    field=f"lines.{number}",
                )
            if controlled:
                witness: str | None = self._room.needed(command.witness, keeper.who)
            else:
                witness = self._room.used(command.witness, keeper.who)
            entered(
                keeper,
                Subject.TRIP,
                trip.id,
                None,
                "reconciled",
                text=kept_text(command.note, "note"),
                witness_id=witness,
            )
            keeper.journal("ReconcileTrip", Trip, trip.id, {"items": len(items)})
        return Changed.only(Kind.TRIP, Kind.STOCK, Kind.DISCREPANCY)

    @staticmethod
    def _back(
        keeper: RoomKeeper,
        trip: Trip,
        item: TripItem,
        line: BackLine,
        given: int,
        *,
        is_controlled: bool,
        field: str,
    ) -> None:
        back = parsed_thousandths(line.back, field)
        wasted = parsed_thousandths(line.wasted, field) if line.wasted.strip() else 0
        note = kept_text(line.note, field)
        expected = item.amount - given - wasted
        if back != expected and not is_controlled and not note:
            raise Refused("trip-does-not-add-up", field)
        if wasted and not note:
            raise Refused("movement-needs-reason", field)
        if back:
            keeper.move(
                item.container_id,
                MovementKind.TRIP_IN,
                back,
                trip_id=trip.id,
                counterpart=item.counterpart,
                reason=note,
            )
        if back != expected and is_controlled:
            keeper.add(
                Discrepancy(
                    id=new_id(),
                    container_id=item.container_id,
                    source=DiscrepancySource.TRIP,
                    source_id=item.id,
                    expected=expected,
                    counted=back,
                    note=note,
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )
        entered(
            keeper,
            Subject.TRIP,
            trip.id,
            item.student_id,
            "back",
            text=note,
            facts={"item": item.id, "given": given, "wasted": wasted, "back": back},
        )

    # -- reads -----------------------------------------------------------------------

    def trips(self, *, reconciled: bool = False) -> list[TripLine]:
        """Return trips, the latest first; those that are done only on request."""
        now = self._room.now()
        with self._room.reading() as book:
            found = book.where(Trip, "1 ORDER BY t.leaves_at DESC, t.row DESC LIMIT 500")
            done = {
                entry.subject_id
                for entry in book.entries(*(trip.id for trip in found))
                if entry.kind == "reconciled"
            }
            counts: dict[str, int] = {
                row[0]: int(row[1])
                for row in book.reader.execute(
                    "SELECT trip_id, count(DISTINCT student_id) FROM trip_item GROUP BY trip_id"
                )
            }
        return [
            TripLine(
                trip,
                counts.get(trip.id, 0),
                trip.id in done,
                trip.id not in done and trip.returns_at < now.at,
            )
            for trip in found
            if reconciled or trip.id not in done
        ]

    def trip_sheet(self, trip_id: str) -> TripSheet:
        """Return a trip with what goes along and what was given: its packet, and its return."""
        with self._room.reading() as book:
            trip = book.get(Trip, trip_id)
            if trip is None:
                raise Refused("trip-gone")
            items = book.where(TripItem, "t.trip_id = ? ORDER BY t.row", (trip.id,))
            known = pupils(book.reader, (item.student_id for item in items))
            orders = {item.order_id: book.ordered(item.order_id) for item in items}
            given = _given(book, trip.id)
            doses = tuple(row.dose for row in book.of_trip(trip.id))
            entries = tuple(book.entries(trip.id))
            names = book.names(
                [trip.person_id]
                + [item.person_id for item in items]
                + [item.witness_id for item in items]
                + [entry.person_id for entry in entries]
                + [entry.witness_id for entry in entries]
                + [dose.person_id for dose in doses]
            )
            delegation = book.get(Delegation, trip.delegation_id)
        return TripSheet(
            trip,
            delegation,
            tuple(
                Packed(
                    item,
                    one.order,
                    known[item.student_id],
                    given.get((item.student_id, one.order.series_id), 0),
                    _slots_during(one, trip),
                )
                for item in items
                if (one := orders[item.order_id]) is not None
            ),
            doses,
            entries,
            names,
            any(entry.kind == "reconciled" for entry in entries),
        )

    def trip_packet(self, trip_id: str) -> TripPacket:
        """Return what goes along on paper; refuse a trip for which nothing was counted out."""
        now = self._room.now()
        sheet = self.trip_sheet(trip_id)
        if not sheet.items:
            raise Refused("trip-nothing-packed", "trip")
        moment = sheet.trip.leaves if sheet.trip.leaves_at > now.at else now
        merged: dict[tuple[StudentId, str], Packed] = {}
        for packed in sheet.items:
            key = (packed.pupil.id, packed.order.id)
            before = merged.get(key)
            if before is not None:
                item = replace(before.item, amount=before.item.amount + packed.item.amount)
                merged[key] = replace(before, item=item)
            else:
                merged[key] = packed
        students = []
        with self._room.reading() as book:
            for pupil in {one.pupil.id: one.pupil for one in merged.values()}.values():
                carried = [
                    Carried(packed, state_at(one.order, one.standing, moment))
                    for (student, order_id), packed in merged.items()
                    if student == pupil.id and (one := book.ordered(order_id)) is not None
                ]
                carried.sort(key=lambda one: one.packed.order.emergency is Emergency.NONE)
                students.append(
                    PacketStudent(
                        pupil,
                        book.photo(pupil.id),
                        tuple(book.guardians(pupil.id)),
                        tuple(carried),
                    )
                )
        students.sort(key=lambda one: (not one.emergency, one.pupil.sorting))
        return TripPacket(sheet.trip, tuple(students), now)

    def needed(self, trip_id: str, students: tuple[StudentId, ...]) -> list[Needed]:
        """Return what these students will need while the trip lasts and has not been counted out.

        Scheduled doses with their times; emergency medicines always, one dose of each.
        """
        with self._room.reading() as book:
            trip = book.get(Trip, trip_id)
            if trip is None:
                raise Refused("trip-gone")
            out = {
                (item.student_id, item.order_id)
                for item in book.where(TripItem, "t.trip_id = ?", (trip.id,))
            }
            known = pupils(book.reader, students)
            ordered = [(known[student], book.orders_of(student)) for student in students]
        found: list[Needed] = []
        for pupil, orders in ordered:
            for one in orders:
                if (pupil.id, one.order.id) in out or one.standing.until():
                    continue
                slots = _slots_during(one, trip)
                if slots:
                    amount = one.order.dose * len(slots)
                    found.append(Needed(one.order, pupil, slots, amount))
                elif one.order.timing is Timing.PRN and one.order.emergency:
                    found.append(Needed(one.order, pupil, (), one.order.dose))
        return found


def _slots_during(one: Ordered, trip: Trip) -> tuple[Slot, ...]:
    day, last = trip.leaves.day(), trip.returns.day()
    found: list[Slot] = []
    while day <= last:
        found += [
            slot
            for slot in due_on(one.order, one.standing, day, trip.zone)
            if trip.leaves_at <= slot.at.at <= trip.returns_at
        ]
        day += timedelta(days=1)
    return tuple(found)


def _given(book: RoomBook, trip_id: str) -> dict[tuple[str, str], int]:
    """Return what stands as given on a trip, by student and order series."""
    return {
        (row[0], row[1]): int(row[2])
        for row in book.reader.execute(
            "SELECT d.student_id, d.series_id, sum(d.amount) FROM dose d WHERE d.trip_id = ?"
            " AND d.outcome = 'given'"
            " AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id)"
            " GROUP BY d.student_id, d.series_id",
            (trip_id,),
        )
    }
