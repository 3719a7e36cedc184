"""Orders: written, changed, checked by a second person, held, ended."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.features.medication.commands import (
    ChangeOrder,
    CheckOrder,
    CloseYear,
    DiscontinueOrder,
    HoldOrder,
    KeepPhoto,
    RemovePhoto,
    ResumeOrder,
    WriteOrder,
)
from app.features.medication.model.checks import Supply
from app.features.medication.model.nursing import Entry, Subject
from app.features.medication.model.orders import (
    EXPIRES_SOON,
    Ending,
    Order,
    OrderForm,
    OrderState,
    Timing,
    accepted_order,
    allergy_hits,
    calendar_day,
    endings,
    form_of,
    kept_text,
    needed_text,
    school_year_end,
    state_at,
)
from app.features.medication.model.stock import SupplyLevel, supply_level
from app.features.medication.repo import RoomBook, RoomKeeper
from app.features.medication.repo.orders import PAGE, Ordered, Pupil, allergies_of, pupils
from app.features.medication.repo.stock import Held
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id

LARGEST_PHOTO = 256 * 1024


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order in a list: its newest version, how it stands, how long its supply lasts."""

    order: Order
    state: OrderState
    checked: bool
    pupil: Pupil | None
    """None for a standing order."""
    level: SupplyLevel | None
    """None where no container was ever received for it."""
    ending: tuple[tuple[Ending, str], ...]


@dataclass(frozen=True, slots=True)
class OrderSheet:
    """Everything the page of an order shows."""

    order: Order
    state: OrderState
    standing_checked: bool
    checked_by: str
    pupil: Pupil | None
    school: str
    versions: tuple[Order, ...]
    """The newest first."""
    entries: tuple[Entry, ...]
    names: Mapping[str, str]
    """Who wrote and witnessed, by id."""
    level: SupplyLevel | None
    containers: tuple[Held, ...]
    allergy_hits: tuple[str, ...]
    ending: tuple[tuple[Ending, str], ...]

    def form(self) -> OrderForm:
        """Return the form a change of this order begins with."""
        return form_of(self.order)


@dataclass(frozen=True, slots=True)
class EndingLine:
    """Something of an order that has ended or ends soon."""

    order: Order
    pupil: Pupil | None
    what: Ending
    day: str


def level_of(order: Order, supplies: list[Supply] | None, day: str) -> SupplyLevel | None:
    """Return how long an order's supply lasts; None where none was ever received."""
    if supplies is None:
        return None
    fresh = [supply for supply in supplies if not supply.expired(day)]
    ends = [supply.expires_on for supply in supplies if supply.expires_on and supply.balance > 0]
    return supply_level(order, sum(s.balance for s in fresh), min(ends, default=""))


def key_of(order: Order) -> tuple[str, str, str]:
    """Return whose containers of what serve an order."""
    return (order.student_id or "", "" if order.student_id else order.school_id or "", order.supply)


class OrdersService:
    """Orders from their paper to their end."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- commands --------------------------------------------------------------------

    def write_order(self, command: WriteOrder) -> Changed:
        """Keep a new order; doing it twice with one id is doing it once."""
        order_id = command.order_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if keeper.get(Order, order_id) is not None:
                raise DoneBefore
            order = self._accepted(keeper, command.form, order_id)
            keeper.add(order)
            keeper.journal("WriteOrder", Order, order_id, _facts(order))
        return Changed.only(Kind.ORDER, made=order_id)

    def change_order(self, command: ChangeOrder) -> Changed:
        """Keep a new version; refuse to change one that was changed or discontinued already."""
        new_version = command.new_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            if command.new_id and keeper.get(Order, new_version) is not None:
                raise DoneBefore
            before = self._current(keeper, command.order_id)
            order = self._accepted(keeper, command.form, new_version, before.order)
            keeper.add(order)
            keeper.journal("ChangeOrder", Order, new_version, _facts(order), _facts(before.order))
        return Changed.only(Kind.ORDER, made=new_version)

    @staticmethod
    def _accepted(
        keeper: RoomKeeper, form: OrderForm, order_id: str, before: Order | None = None
    ) -> Order:
        now = keeper.now
        start = form.starts_on.strip() or now.day().isoformat()
        try:
            day = date.fromisoformat(start)
        except ValueError:
            raise Refused("day-unreadable", "starts_on") from None
        ends = school_year_end(day, keeper.school_year_ends(day.isoformat()))
        if before is None and form.student_id and keeper.pupil(form.student_id) is None:
            raise Refused("student-gone", "student_id")
        return accepted_order(
            form, order_id=order_id, person_id=keeper.who, now=now, year_ends=ends, before=before
        )

    @staticmethod
    def _current(keeper: RoomBook, order_id: str) -> Ordered:
        """Return an order version that can be changed, held or ended."""
        found = keeper.ordered(order_id)
        if found is None:
            raise Refused("order-gone")
        if found.standing.superseded_at:
            raise Refused("order-changed-already")
        if found.standing.discontinued_at:
            raise Refused("order-over")
        return found

    def check_order(self, command: CheckOrder) -> Changed:
        """Write down that a second person compared the version with its paper."""
        with self._room.writing() as keeper:
            found = self._current(keeper, command.order_id)
            witness = self._room.needed(command.witness, keeper.who)
            if found.order.person_id == witness:
                raise Refused("check-by-writer", "witness")
            if found.standing.checked:
                raise Refused("order-checked-already")
            self._enter(
                keeper, "CheckOrder", found.order, "checked", witness_id=witness,
                facts={"order": found.order.id},
            )  # fmt: skip
        return Changed.only(Kind.ORDER)

    def hold_order(self, command: HoldOrder) -> Changed:
        """Give no dose of an order for the time being."""
        reason = needed_text(command.reason, "reason", "hold-needs-reason")
        with self._room.writing() as keeper:
            found = self._current(keeper, command.order_id)
            if found.standing.held_at(keeper.now.at):
                raise Refused("order-held-already")
            self._enter(
                keeper, "HoldOrder", found.order, "held", reason, {"word_of": command.word_of}
            )
        return Changed.only(Kind.ORDER, Kind.DOSE)

    def resume_order(self, command: ResumeOrder) -> Changed:
        """Give the doses of a held order again."""
        reason = kept_text(command.reason, "reason")
        with self._room.writing() as keeper:
            found = self._current(keeper, command.order_id)
            if not found.standing.held_at(keeper.now.at):
                raise Refused("order-not-held")
            self._enter(keeper, "ResumeOrder", found.order, "resumed", reason)
        return Changed.only(Kind.ORDER, Kind.DOSE)

    def discontinue_order(self, command: DiscontinueOrder) -> Changed:
        """End an order for good; its doses so far stay on its record."""
        reason = needed_text(command.reason, "reason", "end-needs-reason")
        with self._room.writing() as keeper:
            found = self._current(keeper, command.order_id)
            self._enter(
                keeper,
                "DiscontinueOrder",
                found.order,
                "discontinued",
                reason,
                {"word_of": command.word_of},
            )
        return Changed.only(Kind.ORDER, Kind.DOSE)

    @staticmethod
    def _enter(
        keeper: RoomKeeper,
        what: str,
        order: Order,
        kind: str,
        text: str = "",
        facts: Mapping[str, Any] | None = None,
        witness_id: str | None = None,
    ) -> None:
        entry = Entry(
            id=new_id(),
            subject=Subject.ORDER,
            subject_id=order.series_id,
            student_id=order.student_id,
            kind=kind,
            at=keeper.now.at,
            text=text,
            facts=json.dumps(facts or {}, ensure_ascii=False, separators=(",", ":")),
            witness_id=witness_id,
            person_id=keeper.who,
            recorded_at=keeper.now.at,
            zone=keeper.now.zone,
        )
        keeper.add(entry)
        keeper.journal(
            what, Order, order.id, {"student": order.student_id, "entry": kind, **(facts or {})}
        )

    def keep_photo(self, command: KeepPhoto) -> Changed:
        """Keep a student's picture; refuse what is no picture or is too large."""
        signs = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
        if command.kind not in signs or not command.picture.startswith(signs[command.kind]):
            raise Refused("photo-unreadable", "picture")
        if len(command.picture) > LARGEST_PHOTO:
            raise Refused("photo-large", "picture", most=LARGEST_PHOTO // 1024)
        with self._room.writing() as keeper:
            if keeper.pupil(command.student_id) is None:
                raise Refused("student-gone", "student_id")
            keeper.keep_photo(command.student_id, command.picture, command.kind)
            keeper.tx.journal(
                "KeepPhoto", "student_photo", command.student_id,
                after={"bytes": len(command.picture)},
            )  # fmt: skip
        return Changed.only(Kind.PHOTO)

    def remove_photo(self, command: RemovePhoto) -> Changed:
        """Take a student's picture out of the vault."""
        with self._room.writing() as keeper:
            if not keeper.remove_photo(command.student_id):
                raise Refused("photo-gone")
            keeper.tx.journal("RemovePhoto", "student_photo", command.student_id)
        return Changed.only(Kind.PHOTO)

    def close_year(self, command: CloseYear) -> Changed:
        """End every order that is still open with the school year.

        Refused while a container holds something that was neither returned nor
        destroyed, unless it stays on purpose.
        """
        reason = needed_text(command.reason, "reason", "end-needs-reason")
        with self._room.writing() as keeper:
            day = calendar_day(command.day, "day", keeper.now.day().isoformat())
            left = [held for held in keeper.held() if held.container.student_id]
            if left and not command.leave_stock:
                raise Refused("year-stock-left", "leave_stock", count=len(left))
            ended = 0
            for found in keeper.newest("", limit=100_000):
                state = state_at(found.order, found.standing, keeper.now)
                if state is OrderState.DISCONTINUED or found.order.starts_on > day:
                    continue
                ended += 1
                self._enter(
                    keeper, "CloseYear", found.order, "discontinued", reason, {"year_end": day}
                )
            if not ended:
                raise Refused("year-nothing-open")
        return Changed.only(Kind.ORDER, Kind.DOSE)

    # -- reads -----------------------------------------------------------------------

    def order_sheet(self, order_id: str) -> OrderSheet:
        """Return an order version with all that belongs to it; refuse one that is not there."""
        with self._room.reading() as book:
            found = book.ordered(order_id)
            if found is None:
                raise Refused("order-gone")
            order, now = found.order, self._room.now()
            day = now.day().isoformat()
            versions = tuple(version.order for version in book.versions(order.series_id))
            entries = tuple(book.entries(order.series_id))
            pupil = book.pupil(order.student_id) if order.student_id else None
            school = book.reader.execute(
                "SELECT name FROM school WHERE id = ?",
                (order.school_id or (pupil.school_id if pupil else None),),
            ).fetchone()
            supplies, tracked = book.supplies(order.student_id, order.school_id, order.supply)
            names = book.names(
                [version.person_id for version in versions]
                + [entry.person_id for entry in entries]
                + [entry.witness_id for entry in entries]
            )
            checks = [e for e in entries if e.kind == "checked" and order.id in e.facts]
            held = [
                one
                for one in book.held(student_id=order.student_id, empty=True)
                if one.container.supply == order.supply
                and one.container.student_id == order.student_id
            ]
            return OrderSheet(
                order=order,
                state=state_at(order, found.standing, now),
                standing_checked=found.standing.checked,
                checked_by=names.get(checks[-1].witness_id or "", "") if checks else "",
                pupil=pupil,
                school=str(school[0]) if school else "",
                versions=versions,
                entries=entries,
                names=names,
                level=level_of(order, supplies if tracked else None, day),
                containers=tuple(held),
                allergy_hits=allergy_hits(
                    order.contents(), allergies_of(book.reader, order.student_id or "")
                ),
                ending=endings(order, day),
            )

    def orders(
        self,
        *,
        school_id: SchoolId | None = None,
        ended: bool = False,
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[OrderLine]:
        """Return one page of orders by student's name; those that have ended only on request."""
        with self._room.reading() as book:
            since = "" if ended else self._room.now().day().isoformat()
            return self._lines(book, book.newest(since, offset, limit, school_id), ended=ended)

    def orders_of(self, student_id: StudentId, *, ended: bool = False) -> list[OrderLine]:
        """Return a student's orders, those that have ended only on request."""
        with self._room.reading() as book:
            return self._lines(book, book.orders_of(student_id), ended=ended)

    def standing_orders(self) -> list[OrderLine]:
        """Return the standing orders of all buildings."""
        with self._room.reading() as book:
            today = self._room.now().day().isoformat()
            return self._lines(book, book.standing_orders(today), ended=False)

    def _lines(self, book: RoomBook, found: list[Ordered], *, ended: bool) -> list[OrderLine]:
        now = self._room.now()
        day = now.day().isoformat()
        over = {OrderState.ENDED, OrderState.DISCONTINUED}
        kept = [
            (one, state)
            for one in found
            if (state := state_at(one.order, one.standing, now)) not in over or ended
        ]
        supplies = book.all_supplies()
        known = pupils(book.reader, (o.order.student_id for o, _ in kept if o.order.student_id))
        return [
            OrderLine(
                order=one.order,
                state=state,
                checked=one.standing.checked,
                pupil=known.get(one.order.student_id or ""),
                level=level_of(one.order, supplies.get(key_of(one.order)), day),
                ending=endings(one.order, day) if state not in over else (),
            )
            for one, state in kept
        ]

    def endings(self, within: int = EXPIRES_SOON) -> list[EndingLine]:
        """Return what of open orders has ended or ends within so many days, the earliest first."""
        with self._room.reading() as book:
            today = self._room.now().day().isoformat()
            lines = self._lines(book, book.newest("", limit=5_000), ended=False)
        found = [
            EndingLine(line.order, line.pupil, what, day)
            for line in lines
            for what, day in endings(line.order, today, within)
        ]
        return sorted(found, key=lambda line: (line.day, line.order.name, line.order.id))

    def unchecked(self) -> list[OrderLine]:
        """Return the open orders that no second person has compared with their paper."""
        return [line for line in self.orders(limit=5_000) if not line.checked]

    def pupil(self, student_id: StudentId) -> Pupil:
        """Return a student as this room shows them; refuse one who is not there."""
        with self._room.reading() as book:
            found = book.pupil(student_id)
        if found is None:
            raise Refused("student-gone")
        return found

    def find_pupils(self, text: str, limit: int = 20) -> list[Pupil]:
        """Return enrolled students by a few letters of their names or a scanned number."""
        with self._room.reading() as book:
            return book.found(text, limit)

    def photo(self, student_id: StudentId) -> tuple[bytes, str] | None:
        """Return a student's picture and its kind, or None."""
        with self._room.reading() as book:
            return book.photo(student_id)

    def allergy_hits(self, form: OrderForm) -> tuple[str, ...]:
        """Return which of the student's allergies the order that is being typed would meet."""
        if form.student_id is None:
            return ()
        with self._room.reading() as book:
            hurts = allergies_of(book.reader, form.student_id)
        return allergy_hits(f"{form.name} {form.ingredients}", hurts)


def _facts(order: Order) -> dict[str, Any]:
    """Return what the journal keeps of an order: enough to see what a change changed."""
    return {
        "student": order.student_id,
        "series": order.series_id,
        "version": order.version,
        "dose": order.dose,
        "dose_most": order.dose_most,
        "unit": order.unit.value,
        "route": order.route.value,
        "times": list(order.times) if order.timing is Timing.SCHEDULED else "prn",
        "starts_on": order.starts_on,
        "ends_on": order.ends_on,
    }
