"""Doses: the board, what is recorded of each, and how that is put right."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from app.features.medication.commands import (
    CorrectDose,
    EnterDowntime,
    MarkNoSchool,
    NoteOnDose,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
    SettleMissed,
    UndoDose,
    UnmarkNoSchool,
)
from app.features.medication.model.amounts import parsed_thousandths
from app.features.medication.model.checks import (
    DoseFinding,
    Known,
    Past,
    Proposed,
    Supply,
    findings,
    picked,
    refusing,
)
from app.features.medication.model.doses import (
    CHOSEN_CODES,
    NEEDS_NOTE,
    By,
    Code,
    Dose,
    Jump,
    Outcome,
    Slot,
    SlotState,
    Source,
    Window,
    due_on,
    is_late_entry,
    open_state,
    require_past,
    require_undoable,
    slot_of,
    slot_state,
)
from app.features.medication.model.nursing import Entry, NoSchool, Subject
from app.features.medication.model.orders import (
    Emergency,
    Order,
    OrderState,
    Timing,
    calendar_day,
    needed_text,
    state_at,
)
from app.features.medication.model.rows import storable
from app.features.medication.model.stock import (
    Discrepancy,
    DiscrepancySource,
    MovementKind,
    SupplyLevel,
)
from app.features.medication.repo import RoomBook, RoomKeeper
from app.features.medication.repo.doses import Closed, Recorded, standing_heads
from app.features.medication.repo.orders import Ordered, Pupil, allergies_of, pupils
from app.features.medication.repo.rows import Book
from app.features.medication.service.orders import key_of, level_of
from app.features.medication.service.room import DoneBefore, Room
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId, new_id

DAYS_BACK = 2
"""How many days before a dose its checks look back."""
EFFECT_DAYS = 30
"""After so many days an effect that nobody told is asked for no more."""

URGENCY: Mapping[SlotState, int] = {
    SlotState.LATE: 0,
    SlotState.DUE: 1,
    SlotState.SOON: 2,
    SlotState.MISSED: 3,
    SlotState.LATER: 4,
    SlotState.HELD: 5,
    SlotState.NOT_GIVEN: 6,
    SlotState.GIVEN: 7,
    SlotState.NO_SCHOOL: 8,
}
"""The order in which the board shows its doses."""

_STOPPED: dict[str, str] = {
    "wrong-student": "wrong-student",
    "wrong-order": "wrong-order",
    "dose-in-future": "dose-in-future",
    "amount-nothing": "amount-nothing",
    "already-given": "already-given",
    "already-not-given": "already-not-given",
    "allergy": "allergy",
    "order-not-started": "order-not-started",
    "order-held": "order-held",
    "order-ended": "order-ended",
    "order-discontinued": "order-discontinued",
    "order-superseded": "order-superseded",
    "prescriber-expired": "prescriber-expired",
    "guardian-expired": "guardian-expired",
    "guardian-missing": "guardian-missing",
    "too-early": "too-early",
    "too-late": "too-late",
    "not-scheduled": "not-scheduled",
    "given-just-now": "given-just-now",
    "too-soon": "too-soon",
    "dose-differs": "dose-differs",
    "over-daily-doses": "over-daily-doses",
    "over-daily-amount": "over-daily-amount",
    "stock-expired": "stock-expired",
    "stock-none": "stock-none",
    "self-carry-missing": "self-carry-missing",
    "self-carry-expired": "self-carry-expired",
    "delegation-missing": "delegation-missing",
    "delegation-expired": "delegation-expired",
}
"""The refusal for each finding that stops a dose: it says the same, and what mends it."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One scheduled dose on the board, with everything that has to be seen to give it."""

    slot: Slot
    state: SlotState
    pupil: Pupil
    order: Order
    checked: bool
    dose: Dose | None
    """What is recorded of it."""
    by: str
    """Who recorded it; empty where the desk itself saw that it was missed."""
    findings: tuple[DoseFinding, ...]
    """Of a dose that can be recorded now: what would be said if it were given."""
    level: SupplyLevel | None
    minutes: int
    """Minutes from the scheduled time to the board's moment; less than none before it."""


@dataclass(frozen=True, slots=True)
class Board:
    """The doses of one day as they stand at a moment, the most urgent first."""

    at: Moment
    window: Window
    lines: tuple[BoardLine, ...]
    unsettled: int
    """How many were missed and have no row yet: `settle_missed` writes them."""
    jump: Jump | None
    """The jump of the computer's clock since the board was last read, if it made one."""
    ran_back: int
    """Seconds by which the newest record is ahead of the clock; 0 as it should be."""

    def narrowed(
        self,
        *,
        school_id: str | None = None,
        room: str | None = None,
        text: str = "",
        states: Sequence[SlotState] = (),
    ) -> tuple[BoardLine, ...]:
        """Return the lines of one building, room, state, or of whom a few letters find."""
        return tuple(
            line
            for line in self.lines
            if (school_id is None or line.pupil.school_id == school_id)
            and (room is None or line.pupil.room == room)
            and (not states or line.state in states)
            and (not text.strip() or line.pupil.answers(text))
        )

    def counts(self) -> dict[SlotState, int]:
        """Return how many doses stand in each state that any stands in."""
        found = dict.fromkeys(SlotState, 0)
        for line in self.lines:
            found[line.state] += 1
        return {state: count for state, count in found.items() if count}

    def rooms(self, school_id: str | None = None) -> tuple[str, ...]:
        """Return the rooms of those on the board, of one building or all, in order."""
        return tuple(
            sorted(
                {
                    line.pupil.room
                    for line in self.lines
                    if line.pupil.room and (school_id is None or line.pupil.school_id == school_id)
                }
            )
        )

    def schools(self) -> tuple[tuple[str, str], ...]:
        """Return the buildings of those on the board: id and name, by name."""
        found = {
            (line.pupil.school_id, line.pupil.school) for line in self.lines if line.pupil.school_id
        }
        return tuple(sorted(((str(i), name) for i, name in found), key=lambda school: school[1]))


@dataclass(frozen=True, slots=True)
class DoseSheet:
    """One dose with everything ever recorded of it, the first row first."""

    rows: tuple[Dose, ...]
    order: Order
    pupil: Pupil
    entries: tuple[Entry, ...]
    names: Mapping[str, str]

    @property
    def standing(self) -> Dose:
        """Return what stands of it."""
        return self.rows[-1]


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A dose as needed whose effect is to be told."""

    dose: Dose
    pupil: Pupil
    order: Order
    due: Moment


@dataclass(frozen=True, slots=True)
class PrnLine:
    """An order as needed, with what its next dose depends on."""

    order: Order
    state: OrderState
    checked: bool
    last: Past | None
    next_at: Moment | None
    """From when on the next dose keeps the least interval; None when it may be given now."""
    left: int | None
    """How many doses the daily maximum leaves within these 24 hours; None without one."""
    findings: tuple[DoseFinding, ...]
    level: SupplyLevel | None


def day_begins(day: str, zone: str) -> str:
    """Return the instant at which a calendar day begins."""
    return Moment.local(datetime.combine(date.fromisoformat(day), time.min), zone).at


class DosesService:
    """Doses from the moment they are due to the last correction."""

    def __init__(self, room: Room) -> None:
        self._room = room

    # -- recording -------------------------------------------------------------------

    def check(self, command: RecordDose, replaces: str | None = None) -> tuple[DoseFinding, ...]:
        """Return what would be said of a dose if it were recorded now, the heaviest first.

        Of a correction, `replaces` is the row it puts right, which then does not count.
        """
        with self._room.reading() as book:
            proposed, known, _recorded = self._weighed(book, command, self._room.now(), replaces)
            return findings(proposed, known)

    def record_dose(self, command: RecordDose) -> Changed:
        """Record a dose as given, take it from its container, in one transaction.

        What stops it is refused with its code until there is a reason; what never goes
        is refused always. Doing it twice with one id is doing it once.
        """
        dose_id = command.dose_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            dose = self._give(keeper, command, dose_id)
            keeper.journal("RecordDose", Dose, dose_id, _facts(dose))
        return Changed.only(Kind.DOSE, Kind.STOCK, made=dose_id)

    def record_not_given(self, command: RecordNotGiven) -> Changed:
        """Record why a scheduled dose was not given."""
        dose_id = command.dose_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            dose = self._withhold(keeper, command, dose_id)
            keeper.journal("RecordNotGiven", Dose, dose_id, _facts(dose))
        return Changed.only(Kind.DOSE, made=dose_id)

    def _weighed(
        self, book: RoomBook, command: RecordDose, now: Moment, replaced: str | None = None
    ) -> tuple[Proposed, Known, Recorded | None]:
        """Return a dose as it is proposed, and what is known of it; `replaced` does not count."""
        found = book.ordered(command.order_id)
        if found is None:
            raise Refused("order-gone")
        order = found.order
        at = command.given_at or now
        slot = slot_of(order, command.day, command.slot, now.zone) if command.slot else None
        amount = parsed_thousandths(command.amount) if command.amount.strip() else order.dose
        day = at.day()
        since = (day - timedelta(days=DAYS_BACK)).isoformat()
        if slot is not None:
            since = min(since, slot.day)
        rows = book.of_student_since(command.student_id, since)
        if command.dose_id and any(row.dose.id == command.dose_id for row in rows):
            raise DoneBefore
        standing = [row for row in standing_heads(rows) if row.dose.id != replaced]
        recorded = next(
            (
                row
                for row in standing
                if slot is not None
                and (row.dose.series_id, row.dose.day, row.dose.slot) == slot.key
            ),
            None,
        )
        supplies, tracked = book.supplies(order.student_id, order.school_id, order.supply)
        building = self._school_of(book, command.student_id)
        known = Known(
            now=now,
            standing=found.standing,
            window=self._room.window(book),
            recorded=recorded.dose if recorded else None,
            recorded_by=recorded.by if recorded else "",
            past=[row.past() for row in standing if row.dose.outcome is Outcome.GIVEN],
            supplies=supplies,
            tracked=tracked,
            allergies=allergies_of(book.reader, command.student_id),
            no_school=book.closed(day.isoformat()).at(building),
            delegated_until=book.delegated_until(
                command.giver.strip(), command.student_id, order.series_id
            )
            if command.by is By.DELEGATE
            else "",
        )
        proposed = Proposed(
            student_id=command.student_id,
            order=order,
            at=at,
            amount=amount,
            slot=slot,
            by=command.by,
            source=command.source,
            container_id=command.container_id,
        )
        return proposed, known, recorded

    @staticmethod
    def _school_of(book: Book, student_id: str) -> str | None:
        row = book.reader.execute(
            "SELECT school_id FROM student WHERE id = ?", (student_id,)
        ).fetchone()
        if row is None:
            raise Refused("student-gone", "student_id")
        return row[0] or None

    def _give(
        self,
        keeper: RoomKeeper,
        command: RecordDose,
        dose_id: str,
        *,
        replaces: Dose | None = None,
        why: str = "",
    ) -> Dose:
        now = keeper.now
        proposed, known, recorded = self._weighed(
            keeper, replace(command, dose_id=dose_id), now, replaces.id if replaces else None
        )
        order, slot, at = proposed.order, proposed.slot, proposed.at
        if at.at <= now.at:
            require_past(at, now)
        self._require_words(command, order)
        found = findings(proposed, known)
        stops = refusing(found, command.override_reason)
        if stops is not None:
            raise Refused(_STOPPED.get(stops.code, stops.code), "override_reason", **stops.facts)
        before = replaces or (recorded.dose if recorded else None)
        override = storable(command.override_reason)
        supply = self._chosen(command, proposed, known)
        witness = self._room.used(command.witness, keeper.who)
        dose = Dose(
            id=dose_id,
            student_id=command.student_id,
            series_id=order.series_id,
            order_id=order.id,
            day=slot.day if slot else at.day().isoformat(),
            slot=slot.time if slot else "",
            scheduled_at=slot.at.at if slot else "",
            outcome=Outcome.GIVEN,
            code=Code.NONE,
            amount=proposed.amount,
            unit=order.unit,
            given_at=at.at,
            given_by=command.by,
            giver=storable(command.giver),
            second_id=witness,
            reason=storable(command.reason),
            assessment=storable(command.assessment),
            note=storable(command.note),
            site=storable(command.site),
            container_id=supply.container_id if supply else None,
            effect_due_at=self._effect_due(keeper, order, at, command.source, before),
            warnings=tuple(finding.code for finding in found),
            override_reason=override,
            replaces=before.id if before else None,
            why=why or (override if recorded and recorded.dose.person_id else ""),
            late=replaces.late if replaces else is_late_entry(at, now),
            clock_jump=self._jumped(keeper, now),
            source=command.source,
            trip_id=command.trip_id,
            person_id=keeper.who,
            recorded_at=now.at,
            zone=now.zone,
        )
        keeper.add(dose)
        if supply is not None:
            self._take(keeper, supply, dose, order)
        return dose

    @staticmethod
    def _require_words(command: RecordDose, order: Order) -> None:
        if command.by in {By.DELEGATE, By.GUARDIAN} and not command.giver.strip():
            raise Refused("giver-missing", "giver")
        told = command.source is Source.HOME or order.emergency is not Emergency.NONE
        if order.timing is Timing.PRN and not told and not command.reason.strip():
            raise Refused("prn-needs-reason", "reason")

    @staticmethod
    def _chosen(command: RecordDose, proposed: Proposed, known: Known) -> Supply | None:
        """Return the container a dose is taken from; none for what does not come out of one."""
        if command.container_id is not None:
            for supply in known.supplies:
                if supply.container_id == command.container_id:
                    return supply
            raise Refused("container-wrong", "container_id")
        elsewhere = command.source in {Source.HOME, Source.TRIP}
        if elsewhere or command.by in {By.SELF, By.GUARDIAN}:
            return None
        day = proposed.at.day().isoformat()
        fresh = picked(known.supplies, proposed.amount, day)
        return fresh or next((s for s in known.supplies if s.balance > 0), None)

    @staticmethod
    def _effect_due(
        keeper: RoomKeeper, order: Order, at: Moment, source: Source, before: Dose | None
    ) -> str:
        if order.timing is not Timing.PRN or not order.effect_minutes or source is Source.HOME:
            return ""
        if before is not None and any(e.kind == "effect" for e in keeper.entries(before.id)):
            return ""
        return at.later(timedelta(minutes=order.effect_minutes)).at

    def _jumped(self, book: RoomBook, now: Moment) -> int:
        """Return by how many seconds the clock was seen to jump; 0 as it should be.

        Back, where the newest record is ahead of it; otherwise as it was watched.
        """
        last = book.last_recorded_at()
        if last > now.at:
            return -round((Moment(last, now.zone).instant() - now.instant()).total_seconds())
        jump = self._room.jump()
        return jump.seconds if jump else 0

    def note_jump(self) -> None:
        """Take note of a jump of the computer's clock: the board shows it no more."""
        self._room.note_jump()

    @staticmethod
    def _take(keeper: RoomKeeper, supply: Supply, dose: Dose, order: Order) -> None:
        movement = keeper.move(
            supply.container_id,
            MovementKind.GIVEN,
            -dose.amount,
            at=dose.given_at,
            dose_id=dose.id,
            before=supply.balance,
        )
        if movement.balance < 0 and order.controlled:
            keeper.add(
                Discrepancy(
                    id=new_id(),
                    container_id=supply.container_id,
                    source=DiscrepancySource.BELOW_ZERO,
                    source_id=movement.id,
                    expected=movement.balance,
                    counted=0,
                    note="",
                    person_id=keeper.who,
                    recorded_at=keeper.now.at,
                    zone=keeper.now.zone,
                )
            )

    def _withhold(
        self,
        keeper: RoomKeeper,
        command: RecordNotGiven,
        dose_id: str,
        *,
        replaces: Dose | None = None,
        why: str = "",
    ) -> Dose:
        now = keeper.now
        if keeper.get(Dose, dose_id) is not None:
            raise DoneBefore
        found = keeper.ordered(command.order_id)
        if found is None:
            raise Refused("order-gone")
        order = found.order
        if order.student_id is not None and order.student_id != command.student_id:
            raise Refused("wrong-student", "student_id")
        if command.code not in CHOSEN_CODES:
            raise Refused("code-missing", "code")
        note = storable(command.note)
        if command.code in NEEDS_NOTE and not note:
            raise Refused("code-needs-note", "note")
        slot = slot_of(order, command.day, command.slot, now.zone)
        if slot.day > now.day().isoformat():
            raise Refused("slot-in-future", "day")
        recorded = keeper.head_of_slot(order.series_id, slot.day, slot.time)
        before = replaces or (recorded.dose if recorded else None)
        if replaces is None and before is not None and before.outcome is not Outcome.IN_ERROR:
            if before.outcome is Outcome.GIVEN:
                raise Refused(
                    "already-given", at=before.given_at, by=recorded.by if recorded else ""
                )
            if before.person_id is not None:
                raise Refused("already-not-given", by=recorded.by if recorded else "")
        window = self._room.window(keeper)
        dose = Dose(
            id=dose_id,
            student_id=command.student_id,
            series_id=order.series_id,
            order_id=order.id,
            day=slot.day,
            slot=slot.time,
            scheduled_at=slot.at.at,
            outcome=Outcome.NOT_GIVEN,
            code=command.code,
            amount=0,
            unit=order.unit,
            given_at="",
            given_by=By.NURSE,
            giver="",
            second_id=None,
            reason="",
            assessment="",
            note=note,
            site="",
            container_id=None,
            effect_due_at="",
            warnings=(),
            override_reason="",
            replaces=before.id if before else None,
            why=why,
            late=now.instant() > slot.at.instant() + window.step,
            clock_jump=self._jumped(keeper, now),
            source=command.source,
            trip_id=command.trip_id,
            person_id=keeper.who,
            recorded_at=now.at,
            zone=now.zone,
        )
        keeper.add(dose)
        return dose

    # -- putting right ---------------------------------------------------------------

    def undo_dose(self, command: UndoDose) -> Changed:
        """Within a minute: write that what one has recorded was entered in error, and put it back."""
        row_id = command.new_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            before = self._standing(keeper, command.dose_id, row_id)
            require_undoable(before, keeper.who, keeper.now)
            dose = self._void(keeper, before, row_id, "")
            keeper.journal("UndoDose", Dose, row_id, _facts(dose))
        return Changed.only(Kind.DOSE, Kind.STOCK, made=row_id)

    def correct_dose(self, command: CorrectDose) -> Changed:
        """Put a recorded dose right in a row of its own; what it replaces stays readable."""
        why = needed_text(command.why, "why", "correction-needs-reason")
        row_id = command.new_id or new_id()
        with suppress(DoneBefore), self._room.writing() as keeper:
            before = self._standing(keeper, command.dose_id, row_id)
            record = command.record
            if record is None:
                if before.outcome is Outcome.IN_ERROR:
                    raise Refused("dose-already-in-error")
                dose = self._void(keeper, before, row_id, why)
            else:
                if (record.student_id, record.slot, record.day or before.day) != (
                    before.student_id,
                    before.slot,
                    before.day,
                ):
                    raise Refused("correction-other-dose", "record")
                self._put_back(keeper, before, row_id, why)
                if isinstance(record, RecordDose):
                    dose = self._give(keeper, record, row_id, replaces=before, why=why)
                else:
                    dose = self._withhold(keeper, record, row_id, replaces=before, why=why)
            keeper.journal("CorrectDose", Dose, row_id, _facts(dose), _facts(before))
        return Changed.only(Kind.DOSE, Kind.STOCK, made=row_id)

    @staticmethod
    def _standing(keeper: RoomKeeper, dose_id: str, row_id: str) -> Dose:
        """Return a row that nothing replaces yet; refuse one that something does."""
        rows = keeper.chain(dose_id)
        if any(row.dose.id == row_id for row in rows):
            raise DoneBefore
        found = next((row.dose for row in rows if row.dose.id == dose_id), None)
        if found is None:
            raise Refused("dose-gone")
        if rows[-1].dose.id != dose_id:
            raise Refused("dose-corrected-already")
        return found

    def _void(self, keeper: RoomKeeper, before: Dose, row_id: str, why: str) -> Dose:
        dose = replace(
            before,
            id=row_id,
            outcome=Outcome.IN_ERROR,
            code=Code.NONE,
            amount=0,
            given_at="",
            second_id=None,
            container_id=None,
            effect_due_at="",
            warnings=(),
            override_reason="",
            replaces=before.id,
            why=why,
            late=False,
            clock_jump=self._jumped(keeper, keeper.now),
            person_id=keeper.who,
            recorded_at=keeper.now.at,
            zone=keeper.now.zone,
        )
        keeper.add(dose)
        self._put_back(keeper, before, row_id, why)
        return dose

    @staticmethod
    def _put_back(keeper: RoomKeeper, before: Dose, _row_id: str, why: str) -> None:
        """Put back into its container what a row took out of it, once."""
        for movement in keeper.of_dose(before.id, before.container_id):
            if movement.kind is MovementKind.GIVEN:
                keeper.move(
                    movement.container_id,
                    MovementKind.UNDONE,
                    -movement.amount,
                    dose_id=before.id,
                    undoes=movement.id,
                    reason=why,
                )

    def record_effect(self, command: RecordEffect) -> Changed:
        """Write down what a dose as needed did."""
        with self._room.writing() as keeper:
            dose = self._last(keeper, command.dose_id)
            if dose.outcome is not Outcome.GIVEN:
                raise Refused("dose-gone")
            at = command.at or keeper.now
            require_past(at, keeper.now, "at")
            if at.at < dose.given_at:
                raise Refused("effect-before-dose", "at")
            self._enter(
                keeper, "RecordEffect", dose, "effect", command.text, at,
                {"effect": command.effect.value},
            )  # fmt: skip
        return Changed.only(Kind.DOSE)

    def note_on_dose(self, command: NoteOnDose) -> Changed:
        """Add what was observed after a dose."""
        text = needed_text(command.text, "text", "note-needs-words")
        with self._room.writing() as keeper:
            dose = self._last(keeper, command.dose_id)
            kind = "reaction" if command.reaction else "note"
            self._enter(keeper, "NoteOnDose", dose, kind, text, keeper.now, {})
        return Changed.only(Kind.DOSE)

    @staticmethod
    def _last(keeper: RoomKeeper, dose_id: str) -> Dose:
        rows = keeper.chain(dose_id)
        if not rows:
            raise Refused("dose-gone")
        return rows[-1].dose

    @staticmethod
    def _enter(
        keeper: RoomKeeper,
        what: str,
        dose: Dose,
        kind: str,
        text: str,
        at: Moment,
        facts: Mapping[str, Any],
    ) -> None:
        entry = Entry(
            id=new_id(),
            subject=Subject.DOSE,
            subject_id=dose.id,
            student_id=dose.student_id,
            kind=kind,
            at=at.at,
            text=storable(text),
            facts=json.dumps(facts, ensure_ascii=False, separators=(",", ":")),
            witness_id=None,
            person_id=keeper.who,
            recorded_at=keeper.now.at,
            zone=keeper.now.zone,
        )
        keeper.add(entry)
        keeper.journal(what, Dose, dose.id, {"student": dose.student_id, **facts})

    def enter_downtime(self, command: EnterDowntime) -> Changed:
        """Enter a downtime sheet, or a trip's packet: each line as of its own time, all or none."""
        if not command.records:
            raise Refused("downtime-nothing")
        with self._room.writing() as keeper:
            for number, record in enumerate(command.records):
                row_id = record.dose_id or new_id()
                try:
                    if isinstance(record, RecordDose):
                        told = record
                        if record.source is not Source.TRIP:
                            told = replace(record, source=Source.DOWNTIME)
                        dose = self._give(keeper, told, row_id)
                    else:
                        withheld = record
                        if record.source is not Source.TRIP:
                            withheld = replace(record, source=Source.DOWNTIME)
                        dose = self._withhold(keeper, withheld, row_id)
                except DoneBefore:
                    continue
                except Refused as refused:
                    refused.field = f"records.{number}"
                    raise
                keeper.journal("EnterDowntime", Dose, dose.id, _facts(dose))
        return Changed.only(Kind.DOSE, Kind.STOCK)

    # -- what was missed, and days without school ------------------------------------

    def settle_missed(self, _command: SettleMissed | None = None) -> Changed:
        """Write a row for each dose whose window has passed with nothing recorded of it.

        Missed, as of the moment the desk sees it; held, where its order was held. Never
        given. A day at a time, so that one struck down on the way goes on where it was.
        """
        now = self._room.now()
        today = now.day()
        with self._room.reading() as book:
            seen = book.seen_until() or book.first_order_on()
            window = self._room.window(book)
        if not seen:
            return NOTHING
        day, wrote = date.fromisoformat(seen), False
        first = day
        while day <= today:
            if self._has_missed(day, now, window):
                with self._room.writing() as keeper:
                    missed = self._missed(keeper, day, now, window)
                    for dose in missed:
                        keeper.add(dose)
                    keeper.journal("SettleMissed", Dose, day.isoformat(), {"day": day.isoformat()})
                wrote = wrote or bool(missed)
            day += timedelta(days=1)
        if first < today:
            self._room.keep_seen(today.isoformat())
        return Changed.only(Kind.DOSE) if wrote else NOTHING

    def _has_missed(self, day: date, now: Moment, window: Window) -> bool:
        with self._room.reading() as book:
            return bool(self._missed(book, day, now, window))

    def _missed(self, book: RoomBook, day: date, now: Moment, window: Window) -> list[Dose]:
        text = day.isoformat()
        versions = book.counting_on(text, day_begins(text, now.zone))
        if not versions:
            return []
        students = [o.order.student_id for o in versions if o.order.student_id]
        closed, done = book.closed(text), book.slots_of_day(students, text)
        where = book.whereabouts(students)
        found: list[Dose] = []
        for one in versions:
            student = one.order.student_id
            school, left_on = where.get(student or "", (None, ""))
            if student is None or (left_on and left_on <= text) or closed.at(school):
                continue
            for slot in due_on(one.order, one.standing, day, now.zone):
                if slot.key in done or open_state(slot.at, now, window) is not SlotState.MISSED:
                    continue
                held = one.standing.held_at(slot.at.at)
                found.append(_seen_missed(one.order, slot, student, now, held=held))
        return found

    def mark_no_school(self, command: MarkNoSchool) -> Changed:
        """Say that a day has no school; doses that the desk saw missed that day are none any more."""
        reason = needed_text(command.reason, "reason", "no-school-needs-reason")
        with self._room.writing() as keeper:
            day = calendar_day(command.day, "day")
            if keeper.closed(day).at(command.school_id):
                raise Refused("no-school-already", "day")
            self._say_school(keeper, day, command.school_id, reason, is_open=False)
            for missed in keeper.standing_rows(day, command.school_id, Code.MISSED):
                self._say_again(keeper, missed, Code.NO_SCHOOL, reason)
            keeper.journal("MarkNoSchool", NoSchool, day, {"day": day, "school": command.school_id})
        return Changed.only(Kind.DOSE)

    def unmark_no_school(self, command: UnmarkNoSchool) -> Changed:
        """Say that a day has school after all; what the desk had seen missed is missed again."""
        with self._room.writing() as keeper:
            day = calendar_day(command.day, "day")
            if not keeper.closed(day).at(command.school_id):
                raise Refused("no-school-not-marked", "day")
            self._say_school(keeper, day, command.school_id, "", is_open=True)
            for closed in keeper.standing_rows(day, command.school_id, Code.NO_SCHOOL):
                before = keeper.get(Dose, closed.replaces) if closed.replaces else None
                if before is not None and before.code is Code.MISSED:
                    self._say_again(keeper, closed, Code.MISSED, "")
            if day < keeper.seen_until():
                # The desk passed the day by as one without school: it looks at it again.
                keeper.seen(day)
            keeper.journal(
                "UnmarkNoSchool", NoSchool, day, {"day": day, "school": command.school_id}
            )
        return Changed.only(Kind.DOSE)

    @staticmethod
    def _say_again(keeper: RoomKeeper, row: Dose, code: Code, why: str) -> None:
        """Write a row in place of one that was not given, with another code."""
        keeper.add(
            replace(
                row,
                id=new_id(),
                code=code,
                replaces=row.id,
                why=why,
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
        )

    @staticmethod
    def _say_school(
        keeper: RoomKeeper, day: str, school_id: SchoolId | None, reason: str, *, is_open: bool
    ) -> None:
        keeper.add(
            NoSchool(
                id=new_id(),
                day=day,
                school_id=school_id,
                open=is_open,
                reason=reason,
                person_id=keeper.who,
                recorded_at=keeper.now.at,
                zone=keeper.now.zone,
            )
        )

    # -- reads -----------------------------------------------------------------------

    def board(self, school_id: SchoolId | None = None, at: Moment | None = None) -> Board:
        """Return the doses of a moment's day, the most urgent first; of one building or all.

        For a past moment, what was recorded since is shown as recorded.
        """
        now = at or self._room.now()
        day = now.day()
        text = day.isoformat()
        with self._room.reading() as book:
            window = self._room.window(book)
            versions = book.counting_on(text, day_begins(text, now.zone))
            slots = [
                (one, slot)
                for one in versions
                for slot in due_on(one.order, one.standing, day, now.zone)
            ]
            known = pupils(
                book.reader, (o.order.student_id for o, _ in slots if o.order.student_id)
            )
            where = book.whereabouts(known)
            closed = book.closed(text)
            heads = {
                (row.dose.series_id, row.dose.day, row.dose.slot): row
                for row in standing_heads(book.of_day(known, text))
            }
            since = (day - timedelta(days=DAYS_BACK)).isoformat()
            past = book.given_between(known, since, text)
            supplies = book.all_supplies()
            last = book.last_recorded_at()
        lines = []
        for one, slot in slots:
            pupil = known.get(one.order.student_id or "")
            if pupil is None or (school_id is not None and pupil.school_id != school_id):
                continue
            left_on = where[pupil.id][1]
            if left_on and left_on <= text and slot.key not in heads:
                continue
            lines.append(
                _line(
                    one, slot, pupil, now, window, heads.get(slot.key), past.get(pupil.id, ()),
                    supplies.get(key_of(one.order)), closed,
                )
            )  # fmt: skip
        lines.sort(
            key=lambda line: (
                URGENCY[line.state], line.slot.at.at, line.pupil.room, line.pupil.sorting,
                line.order.name, line.slot.series_id,
            )
        )  # fmt: skip
        behind = Moment(last, now.zone).instant() - now.instant() if last else timedelta()
        return Board(
            at=now,
            window=window,
            lines=tuple(lines),
            unsettled=sum(line.state is SlotState.MISSED and line.dose is None for line in lines),
            jump=self._room.jump() if at is None else None,
            ran_back=max(0, round(behind.total_seconds())),
        )

    def prn(self, student_id: StudentId) -> list[PrnLine]:
        """Return a student's orders as needed and the standing orders of their building.

        Each with when its next dose may be given, how many the day leaves, and what would
        be said if it were given now.
        """
        now = self._room.now()
        with self._room.reading() as book:
            pupil = book.pupil(student_id)
            if pupil is None:
                raise Refused("student-gone")
            mine = book.orders_of(student_id)
            theirs = [
                one
                for one in book.standing_orders(now.day().isoformat())
                if one.order.school_id in {None, pupil.school_id}
            ]
            since = (now.day() - timedelta(days=DAYS_BACK)).isoformat()
            rows = standing_heads(book.of_student_since(student_id, since))
            past = [row.past() for row in rows if row.dose.outcome is Outcome.GIVEN]
            supplies = book.all_supplies()
            window, closed = self._room.window(book), book.closed(now.day().isoformat())
        lines = []
        for one in [*mine, *theirs]:
            state = state_at(one.order, one.standing, now)
            over = state in {OrderState.ENDED, OrderState.DISCONTINUED}
            if one.order.timing is not Timing.PRN or over:
                continue
            kept = supplies.get(key_of(one.order))
            lines.append(_prn_line(one, state, pupil, now, window, past, kept, closed))
        return lines

    def dose_sheet(self, dose_id: str) -> DoseSheet:
        """Return everything ever recorded of one dose; refuse one that is not there."""
        with self._room.reading() as book:
            rows = [row.dose for row in book.chain(dose_id)]
            if not rows:
                raise Refused("dose-gone")
            order = book.get(Order, rows[-1].order_id)
            pupil = book.pupil(rows[-1].student_id)
            if order is None or pupil is None:
                raise Refused("dose-gone")
            entries = book.entries(*(row.id for row in rows))
            people = [row.person_id for row in rows] + [row.second_id for row in rows]
            names = book.names([*people, *(entry.person_id for entry in entries)])
        return DoseSheet(tuple(rows), order, pupil, tuple(entries), names)

    def doses_of(self, student_id: StudentId, since: str, until: str) -> list[Recorded]:
        """Return what stands of a student's doses between two days, in the order it was recorded."""
        with self._room.reading() as book:
            return standing_heads(book.doses_of(student_id, since, until))

    def effects_due(self, until: Moment | None = None) -> list[EffectLine]:
        """Return the doses as needed whose effect is due by a moment, the longest due first."""
        now = until or self._room.now()
        with self._room.reading() as book:
            rows = book.effects_due(now.later(timedelta(days=-EFFECT_DAYS)).at, now.at)
            known = pupils(book.reader, (row.dose.student_id for row in rows))
            orders = {row.dose.order_id: book.get(Order, row.dose.order_id) for row in rows}
        return [
            EffectLine(row.dose, known[row.dose.student_id], order, _effect_moment(row.dose))
            for row in rows
            if (order := orders[row.dose.order_id]) is not None
        ]


def _effect_moment(dose: Dose) -> Moment:
    return Moment(dose.effect_due_at, dose.zone)


def _line(
    one: Ordered,
    slot: Slot,
    pupil: Pupil,
    now: Moment,
    window: Window,
    head: Recorded | None,
    past: Sequence[Past],
    supplies: list[Supply] | None,
    closed: Closed,
) -> BoardLine:
    order = one.order
    no_school = closed.at(pupil.school_id)
    state = slot_state(
        slot,
        now,
        window,
        dose=head.dose if head else None,
        held=one.standing.held_at(now.at),
        no_school=no_school,
    )
    said: tuple[DoseFinding, ...] = ()
    if state in {SlotState.DUE, SlotState.LATE, SlotState.SOON, SlotState.MISSED}:
        # What is soon due is looked at as of when its window opens.
        opens = slot.at.later(-window.step)
        when = max(now, opens, key=lambda moment: moment.at)
        said = findings(
            Proposed(pupil.id, order, when, order.dose, slot),
            Known(
                now=when,
                standing=one.standing,
                window=window,
                past=past,
                supplies=supplies or (),
                tracked=supplies is not None,
                allergies=pupil.allergies,
                no_school=no_school,
            ),
        )
    return BoardLine(
        slot=slot,
        state=state,
        pupil=pupil,
        order=order,
        checked=one.standing.checked,
        dose=head.dose if head and head.dose.outcome is not Outcome.IN_ERROR else None,
        by=head.by if head else "",
        findings=said,
        level=level_of(order, supplies, slot.day),
        minutes=round((now.instant() - slot.at.instant()).total_seconds()) // 60,
    )


def _prn_line(
    one: Ordered,
    state: OrderState,
    pupil: Pupil,
    now: Moment,
    window: Window,
    past: Sequence[Past],
    supplies: list[Supply] | None,
    closed: Closed,
) -> PrnLine:
    order = one.order
    medicine = order.supply.partition("|")[0]
    same = sorted((p for p in past if p.medicine == medicine), key=lambda p: p.given.at)
    last = same[-1] if same else None
    opens = last.given.later(timedelta(minutes=order.min_minutes)) if last else None
    today = [p for p in same if p.given.instant() > now.instant() - timedelta(hours=24)]
    said = findings(
        Proposed(pupil.id, order, now, order.dose),
        Known(
            now=now,
            standing=one.standing,
            window=window,
            past=past,
            supplies=supplies or (),
            tracked=supplies is not None,
            allergies=pupil.allergies,
            no_school=closed.at(pupil.school_id),
        ),
    )
    return PrnLine(
        order=order,
        state=state,
        checked=one.standing.checked,
        last=last,
        next_at=opens if opens and opens.at > now.at else None,
        left=max(0, order.day_doses - len(today)) if order.day_doses else None,
        findings=said,
        level=level_of(order, supplies, now.day().isoformat()),
    )


def _seen_missed(order: Order, slot: Slot, student: StudentId, now: Moment, *, held: bool) -> Dose:
    return Dose(
        id=new_id(),
        student_id=student,
        series_id=order.series_id,
        order_id=order.id,
        day=slot.day,
        slot=slot.time,
        scheduled_at=slot.at.at,
        outcome=Outcome.NOT_GIVEN,
        code=Code.HELD if held else Code.MISSED,
        amount=0,
        unit=order.unit,
        given_at="",
        given_by=By.NURSE,
        giver="",
        second_id=None,
        reason="",
        assessment="",
        note="",
        site="",
        container_id=None,
        effect_due_at="",
        warnings=(),
        override_reason="",
        replaces=None,
        why="",
        late=False,
        clock_jump=0,
        source=Source.HERE,
        trip_id=None,
        person_id=None,
        recorded_at=now.at,
        zone=now.zone,
    )


def _facts(dose: Dose) -> dict[str, Any]:
    """Return what the journal keeps of a dose beside its hash."""
    return {
        "student": dose.student_id,
        "order": dose.order_id,
        "day": dose.day,
        "slot": dose.slot,
        "outcome": dose.outcome.value,
        "code": dose.code.value,
        "given_at": dose.given_at,
        "replaces": dose.replaces,
    }
