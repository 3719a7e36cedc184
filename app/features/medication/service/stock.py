"""Stock: what comes in and goes out, counts by two, and what does not come out."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.features.medication.commands import (
    CountLine,
    CountStock,
    ExplainDiscrepancy,
    NoteOnDiscrepancy,
    ReceiveStock,
    TakeStock,
)
from app.features.medication.model.amounts import parsed_amount, parsed_thousandths
from app.features.medication.model.doses import require_past
from app.features.medication.model.nursing import Entry, Subject
from app.features.medication.model.orders import (
    Order,
    calendar_day,
    kept_text,
    needed_text,
    supply_key,
)
from app.features.medication.model.stock import (
    TAKEN_BY_HAND,
    Container,
    Discrepancy,
    DiscrepancySource,
    Movement,
    MovementKind,
    StockCount,
    needs_witness,
)
from app.features.medication.repo import RoomKeeper
from app.features.medication.repo.stock import Held, OpenDiscrepancy
from app.features.medication.service.orders import OrderLine, OrdersService
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id


@dataclass(frozen=True, slots=True)
class Ledger:
    """A container from its receipt to its end: every movement with the running count."""

    held: Held
    movements: tuple[Movement, ...]
    counts: tuple[StockCount, ...]
    discrepancies: tuple[Discrepancy, ...]
    explanations: Mapping[str, tuple[Entry, ...]]
    """What was added to each discrepancy, by its id."""
    names: Mapping[str, str]
    """Who did, counted and witnessed, by id."""
    students: Mapping[str, str]
    """Of doses out of a school's stock: for whom, by the dose's id."""


@dataclass(frozen=True, slots=True)
class DiscrepancySheet:
    """A discrepancy with everything said of it."""

    discrepancy: Discrepancy
    held: Held
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    open: bool


class StockService:
    """Containers from receipt to destruction."""

    def __init__(self, room: Room, orders: OrdersService) -> None:
        self._room = room
        self._orders = orders

    # -- commands --------------------------------------------------------------------

    def receive_stock(self, command: ReceiveStock) -> Changed:
        """Take in a container that two have counted; `made` is its id.

        Of a controlled substance whose count is not what its label says, the difference
        opens a discrepancy.
        """
        container_id = command.container_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Container, container_id) is not None:
                raise DoneBefore
            container = self._received(keeper, command, container_id)
            counted = parsed_amount(command.amount, container.unit).thousandths
            witness = self._room.used(command.witness, keeper.who)
            if witness is None and not command.counterpart.strip():
                raise Refused("receipt-needs-second", "counterpart")
            keeper.add(container)
            movement = keeper.move(
                container_id,
                MovementKind.RECEIVED,
                counted,
                counterpart=kept_text(command.counterpart, "counterpart", 200),
                witness_id=witness,
                before=0,
            )
            labelled = counted
            if command.labelled.strip():
                labelled = parsed_thousandths(command.labelled, "labelled")
            if container.controlled and labelled != counted:
                self._open(
                    keeper, container_id, DiscrepancySource.RECEIPT, movement.id, labelled, counted
                )
            keeper.journal(
                "ReceiveStock",
                Container,
                container_id,
                {"student": container.student_id, "amount": counted, "labelled": labelled},
            )
        return Changed.only(Kind.STOCK, Kind.DISCREPANCY, made=container_id)

    def _received(self, keeper: RoomKeeper, command: ReceiveStock, container_id: str) -> Container:
        order = keeper.get(Order, command.order_id) if command.order_id else None
        if command.order_id and order is None:
            raise Refused("order-gone", "order_id")
        if order is None and command.student_id is None and command.school_id is None:
            raise Refused("container-needs-owner", "student_id")
        today = keeper.now.day().isoformat()
        expires_on = ""
        if command.expires_on.strip():
            expires_on = calendar_day(command.expires_on, "expires_on")
        if expires_on and expires_on < today:
            raise Refused("received-expired", "expires_on")
        name = order.name if order else needed_text(command.name, "name", "order-needs-name", 200)
        strength = order.strength if order else kept_text(command.strength, "strength", 200)
        unit = order.unit if order else command.unit
        return Container(
            id=container_id,
            student_id=order.student_id if order else command.student_id,
            school_id=order.school_id if order else command.school_id,
            name=name,
            strength=strength,
            form=order.form if order else kept_text(command.form, "form", 200),
            unit=unit,
            supply=order.supply if order else supply_key(name, strength, unit),
            schedule=order.schedule if order else command.schedule,
            prescription=kept_text(command.prescription, "prescription", 100),
            pharmacy=kept_text(command.pharmacy, "pharmacy", 200),
            lot=kept_text(command.lot, "lot", 100),
            expires_on=expires_on,
            place=kept_text(command.place, "place", 200),
            person_id=keeper.who,
            recorded_at=keeper.now.at,
            zone=keeper.now.zone,
        )

    def take_stock(self, command: TakeStock) -> Changed:
        """Take something out other than by giving it: wasted, dropped, returned, destroyed.

        Destroying needs a witness, and so does wasting or dropping a controlled
        substance; returning names who took it.
        """
        if command.kind not in TAKEN_BY_HAND:
            raise Refused("movement-not-by-hand", "kind")
        with self._room.writing() as keeper:
            container = self._container(keeper, command.container_id)
            amount = parsed_amount(command.amount, container.unit).thousandths
            at = command.at or keeper.now
            require_past(at, keeper.now, "at")
            if command.kind is MovementKind.RETURNED:
                needed_text(command.counterpart, "counterpart", "return-needs-whom", 200)
            else:
                needed_text(command.reason, "reason", "movement-needs-reason")
            if needs_witness(command.kind, controlled=container.controlled):
                witness: str | None = self._room.needed(command.witness, keeper.who)
            else:
                witness = self._room.used(command.witness, keeper.who)
            was = keeper.balance(container.id)
            if amount > was:
                raise Refused("stock-less", "amount")
            keeper.move(
                container.id,
                command.kind,
                -amount,
                at=at.at,
                counterpart=kept_text(command.counterpart, "counterpart", 200),
                witness_id=witness,
                reason=kept_text(command.reason, "reason"),
                before=was,
            )
            keeper.journal(
                "TakeStock",
                Container,
                container.id,
                {"kind": command.kind.value, "amount": amount},
            )
        return Changed.only(Kind.STOCK)

    @staticmethod
    def _container(keeper: RoomKeeper, container_id: str) -> Container:
        container = keeper.get(Container, container_id)
        if container is None:
            raise Refused("container-gone", "container_id")
        return container

    def count_stock(self, command: CountStock) -> Changed:
        """Keep a count; `made` is its session's id.

        The ledger is set to what was counted, by a movement of its own. Where a controlled
        substance does not come out, a discrepancy opens with it; a count of one needs the
        second person.
        """
        session = command.session_id or new_id()
        if not command.lines:
            raise Refused("count-nothing", "lines")
        if len({line.container_id for line in command.lines}) != len(command.lines):
            raise Refused("count-twice", "lines")
        with suppress(DoneBefore), self._room.writing() as keeper:
            if command.session_id and keeper.where(StockCount, "t.session_id = ?", (session,)):
                raise DoneBefore
            containers = [self._container(keeper, line.container_id) for line in command.lines]
            if any(container.controlled for container in containers):
                witness: str | None = self._room.needed(command.witness, keeper.who)
            else:
                witness = self._room.used(command.witness, keeper.who)
            differences = 0
            for number, (line, container) in enumerate(zip(command.lines, containers, strict=True)):
                differences += self._counted(
                    keeper, command, line, container, session, witness, f"lines.{number}"
                )
            keeper.journal(
                "CountStock",
                StockCount,
                session,
                {"containers": len(containers), "differences": differences},
            )
        return Changed.only(Kind.STOCK, Kind.DISCREPANCY, made=session)

    def _counted(
        self,
        keeper: RoomKeeper,
        command: CountStock,
        line: CountLine,
        container: Container,
        session: str,
        witness: str | None,
        field: str,
    ) -> int:
        counted = parsed_thousandths(line.counted, field)
        expected = keeper.balance(container.id)
        count = StockCount(
            id=new_id(),
            session_id=session,
            container_id=container.id,
            occasion=command.occasion,
            expected=expected,
            counted=counted,
            witness_id=witness,
            counterpart="",
            note=kept_text(line.note, field),
            person_id=keeper.who,
            recorded_at=keeper.now.at,
            zone=keeper.now.zone,
        )
        keeper.add(count)
        if counted == expected:
            return 0
        keeper.move(
            container.id,
            MovementKind.ADJUSTED,
            counted - expected,
            count_id=count.id,
            witness_id=witness,
            reason=count.note,
            before=expected,
        )
        if container.controlled:
            self._open(
                keeper, container.id, DiscrepancySource.COUNT, count.id, expected, counted,
                count.note,
            )  # fmt: skip
        return 1

    @staticmethod
    def _open(
        keeper: RoomKeeper,
        container_id: str,
        source: DiscrepancySource,
        source_id: str,
        expected: int,
        counted: int,
        note: str = "",
    ) -> None:
        keeper.add(
            Discrepancy(
                id=new_id(),
                container_id=container_id,
                source=source,
                source_id=source_id,
                expected=expected,
                counted=counted,
                note=note,
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
        )

    def note_on_discrepancy(self, command: NoteOnDiscrepancy) -> Changed:
        """Add who was told of a discrepancy, or what was found; it stays open."""
        text = needed_text(command.text, "text", "note-needs-words")
        with self._room.writing() as keeper:
            found = self._discrepancy(keeper, command.discrepancy_id)
            told = kept_text(command.told, "told", 200)
            self._enter(keeper, "NoteOnDiscrepancy", found, "note", text, {"told": told}, None)
        return Changed.only(Kind.DISCREPANCY)

    def explain_discrepancy(self, command: ExplainDiscrepancy) -> Changed:
        """Close a discrepancy with its explanation, before a witness; it stays on record."""
        text = needed_text(command.text, "text", "explanation-missing")
        with self._room.writing() as keeper:
            found = self._discrepancy(keeper, command.discrepancy_id)
            if any(entry.kind == "explained" for entry in keeper.entries(found.id)):
                raise Refused("discrepancy-explained")
            witness = self._room.needed(command.witness, keeper.who)
            self._enter(keeper, "ExplainDiscrepancy", found, "explained", text, {}, witness)
        return Changed.only(Kind.DISCREPANCY)

    @staticmethod
    def _discrepancy(keeper: RoomKeeper, discrepancy_id: str) -> Discrepancy:
        found = keeper.get(Discrepancy, discrepancy_id)
        if found is None:
            raise Refused("discrepancy-gone")
        return found

    @staticmethod
    def _enter(
        keeper: RoomKeeper,
        what: str,
        about: Discrepancy,
        kind: str,
        text: str,
        facts: Mapping[str, Any],
        witness_id: str | None,
    ) -> None:
        keeper.add(
            Entry(
                id=new_id(),
                subject=Subject.DISCREPANCY,
                subject_id=about.id,
                student_id=None,
                kind=kind,
                at=keeper.now.at,
                text=text,
                facts=json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
                witness_id=witness_id,
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
        )
        keeper.journal(what, Discrepancy, about.id, {"entry": kind})

    # -- reads -----------------------------------------------------------------------

    def containers(
        self,
        *,
        student_id: StudentId | None = None,
        school_id: SchoolId | None = None,
        controlled: bool = False,
        empty: bool = False,
    ) -> list[Held]:
        """Return containers by whose they are; empty ones only where they are asked for."""
        with self._room.reading() as book:
            return book.held(
                student_id=student_id, school_id=school_id, controlled=controlled, empty=empty
            )

    def for_order(self, order_id: str) -> list[Held]:
        """Return the containers that an order's doses are given from, empty ones too."""
        with self._room.reading() as book:
            order = book.get(Order, order_id)
            if order is None:
                raise Refused("order-gone")
            held = book.held(
                student_id=order.student_id,
                school_id=None if order.student_id else order.school_id,
                empty=True,
            )
        return [
            one
            for one in held
            if one.container.supply == order.supply and one.container.student_id == order.student_id
        ]

    def ledger(self, container_id: str) -> Ledger:
        """Return a container's ledger from its receipt on; refuse one that is not there."""
        with self._room.reading() as book:
            held = next(iter(book.held(container_id=container_id, empty=True)), None)
            if held is None:
                raise Refused("container-gone")
            movements = book.movements(container_id)
            counts = book.where(StockCount, "t.container_id = ? ORDER BY t.row", (container_id,))
            wrong = book.where(Discrepancy, "t.container_id = ? ORDER BY t.row", (container_id,))
            entries = book.entries(*(one.id for one in wrong))
            names = book.names(
                [held.container.person_id]
                + [one.person_id for one in movements]
                + [one.witness_id for one in movements]
                + [one.person_id for one in counts]
                + [one.witness_id for one in counts]
                + [one.person_id for one in wrong]
                + [one.person_id for one in entries]
                + [one.witness_id for one in entries]
            )
            students = {
                row[0]: row[1]
                for row in book.reader.execute(
                    "SELECT d.id, trim(s.family_name || ', ' || s.given_name, ', ')"
                    " FROM stock_movement m JOIN dose d ON d.id = m.dose_id"
                    " JOIN student s ON s.id = d.student_id WHERE m.container_id = ?",
                    (container_id,),
                )
            }
        return Ledger(
            held,
            tuple(movements),
            tuple(counts),
            tuple(wrong),
            {one.id: tuple(e for e in entries if e.subject_id == one.id) for one in wrong},
            names,
            students,
        )

    def discrepancies(self, *, explained: bool = False) -> list[OpenDiscrepancy]:
        """Return the discrepancies that are open, the newest first; with `explained`, all."""
        with self._room.reading() as book:
            return book.discrepancies(explained=explained)

    def discrepancy_sheet(self, discrepancy_id: str) -> DiscrepancySheet:
        """Return a discrepancy with everything said of it."""
        with self._room.reading() as book:
            found = book.get(Discrepancy, discrepancy_id)
            if found is None:
                raise Refused("discrepancy-gone")
            held = book.held(container_id=found.container_id, empty=True)[0]
            entries = book.entries(found.id)
            names = book.names(
                [found.person_id]
                + [entry.person_id for entry in entries]
                + [entry.witness_id for entry in entries]
            )
        still = not any(entry.kind == "explained" for entry in entries)
        return DiscrepancySheet(found, held, tuple(entries), names, still)

    def low_supplies(self) -> list[OrderLine]:
        """Return the open orders whose supply is at or below their refill threshold."""
        return [line for line in self._orders.orders(limit=5_000) if line.level and line.level.low]

    def expiring(self, within: int = 30) -> list[Held]:
        """Return the containers with something in them that have expired or do so within days."""
        last = self._room.now().later(timedelta(days=within)).day().isoformat()
        return [
            held
            for held in self.containers()
            if held.container.expires_on and held.container.expires_on <= last
        ]

    def to_count(self) -> list[Held]:
        """Return the controlled substances that nobody has counted today."""
        today = self._room.now().day().isoformat()
        zone = self._room.now().zone
        return [
            held
            for held in self.containers(controlled=True)
            if not held.counted_at or Moment(held.counted_at, zone).day().isoformat() < today
        ]
