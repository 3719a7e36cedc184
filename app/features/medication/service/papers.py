"""What the room's papers say, and the same on screen: the month, the log, the sheets.

Each is asked of a book, so that a paper that leaves is built through the reader for what
may leave the desk.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique

from app.features.medication.model.doses import (
    CODE_LETTERS,
    Code,
    Dose,
    Effect,
    Outcome,
    Slot,
    SlotState,
    Source,
    due_on,
    slot_state,
)
from app.features.medication.model.nursing import Entry, HealthPlan, PlanKind
from app.features.medication.model.orders import (
    Emergency,
    Order,
    OrderState,
    Timing,
    state_at,
)
from app.features.medication.repo import RoomBook
from app.features.medication.repo.doses import Closed, Recorded, standing_heads
from app.features.medication.repo.orders import Contact, Ordered, Pupil
from app.features.medication.service.doses import Board, DosesService
from app.features.medication.service.incidents import IncidentSheet, IncidentsService
from app.features.medication.service.room import Room
from app.features.medication.service.stock import Ledger, StockService
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId


@unique
class Mark(StrEnum):
    """What stands beside an entry of the sheet."""

    LATE_ENTRY = "late_entry"
    CORRECTED = "corrected"
    OVERRIDDEN = "overridden"
    BY_OTHER = "by_other"
    """Given by the student, a delegate or a guardian."""
    CLOCK = "clock"
    """Recorded while the computer's clock was seen to jump."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """What an entry's number on the sheet refers to."""

    number: int
    dose: Dose
    by: str
    corrections: int
    """How many earlier rows it replaces."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One day of one row of the sheet; `text` is initials or a code's letters."""

    day: str
    state: SlotState | None
    """None where nothing was ordered that day."""
    text: str = ""
    marks: tuple[Mark, ...] = ()
    note: int = 0
    """The number of its footnote; 0 for none."""
    dose_id: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One order version at one time of day, through the month."""

    order: Order
    time: str
    cells: tuple[Cell, ...]
    from_day: str
    """The first day of the month on which this version counts."""
    until: str
    """The last; later versions have rows of their own."""


@dataclass(frozen=True, slots=True)
class PrnEntry:
    """A dose as needed, with what it did."""

    dose: Dose
    order: Order
    pupil: Pupil
    by: str
    initials: str
    effect: Effect | None
    effect_text: str
    effect_at: Moment | None
    corrected: bool


@dataclass(frozen=True, slots=True)
class Signer:
    """A line of the initials key."""

    initials: str
    name: str
    credentials: str


@dataclass(frozen=True, slots=True)
class MonthSheet:
    """A student's medication record for one month: the familiar grid."""

    pupil: Pupil
    first: date
    days: tuple[str, ...]
    closed: Mapping[str, str]
    """Days without school, with the reason; days off the order stand empty by themselves."""
    rows: tuple[SheetRow, ...]
    prn: tuple[PrnEntry, ...]
    prn_orders: tuple[Order, ...]
    key: tuple[Signer, ...]
    codes: tuple[Code, ...]
    """The codes that stand in the grid."""
    footnotes: tuple[Footnote, ...]
    given: int
    not_given: Mapping[Code, int]
    made: Moment
    entries: tuple[Footnote, ...] = ()
    """Everything that was written down of the grid; number 0 where it has no footnote."""


@dataclass(frozen=True, slots=True)
class EmergencySheet:
    """One page for the moment it is needed: whom to call, what to give, what to do."""

    pupil: Pupil
    contacts: tuple[Contact, ...]
    alerts: tuple[tuple[str, str], ...]
    orders: tuple[Order, ...]
    """Emergency medicines that may be given now; the school's standing ones too."""
    plans: tuple[HealthPlan, ...]
    photo: tuple[bytes, str] | None
    made: Moment


@dataclass(frozen=True, slots=True)
class DowntimeLine:
    """One dose on the sheet for a day without the computer."""

    day: str
    time: str
    pupil: Pupil
    order: Order
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DowntimeSheet:
    """A day's doses on paper, to be entered afterwards as late entries."""

    day: str
    lines: tuple[DowntimeLine, ...]
    as_needed: tuple[tuple[Pupil, Order], ...]
    made: Moment


@dataclass(slots=True)
class Initials:
    """Gives each person initials of their own, in the order they come."""

    people: Mapping[str, tuple[str, str]]
    _given: dict[str, str] = field(default_factory=dict)

    def of(self, person_id: str | None) -> str:
        """Return a person's initials; of the desk itself none."""
        if not person_id:
            return ""
        known = self._given.get(person_id)
        if known is None:
            known = self._fresh(self.people.get(person_id, ("", ""))[0])
            self._given[person_id] = known
        return known

    def _fresh(self, name: str) -> str:
        words = name.replace("-", " ").split()
        plain = "".join(word[0] for word in words).upper() or "?"
        taken = set(self._given.values())
        if plain not in taken:
            return plain
        number = 2
        while f"{plain}{number}" in taken:
            number += 1
        return f"{plain}{number}"

    def key(self) -> tuple[Signer, ...]:
        """Return the key to the initials that were given, in order."""
        return tuple(
            Signer(initials, *self.people.get(person, ("", "")))
            for person, initials in sorted(self._given.items(), key=lambda item: item[1])
        )


def month_of(text: str) -> date:
    """Return the first day of a month written YYYY-MM; refuse anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Refused("month-unreadable", "month") from None


def days_of_month(first: date) -> tuple[str, ...]:
    """Return the days of the month that begins on `first`."""
    following = (first + timedelta(days=31)).replace(day=1)
    return tuple(
        (first + timedelta(days=step)).isoformat() for step in range((following - first).days)
    )


def _people(book: RoomBook) -> dict[str, tuple[str, str]]:
    rows = book.reader.execute("SELECT id, name, credentials FROM person")
    return {row[0]: (row[1], row[2]) for row in rows}


def month_sheet(book: RoomBook, room: Room, student_id: str, first: date) -> MonthSheet:
    """Return a student's month: each order version and time a row, each day a column.

    What was recorded stands as it stands now, corrections counted in its footnote; what
    was not recorded is missed once its window has passed, and open before.
    """
    pupil = book.pupil(student_id)
    if pupil is None:
        raise Refused("student-gone", "student_id")
    now = room.now()
    days = days_of_month(first)
    recorded = book.doses_of(student_id, days[0], days[-1])
    standing = standing_heads(recorded)
    by_slot = {
        (row.dose.series_id, row.dose.day, row.dose.slot): row for row in standing if row.dose.slot
    }
    closed = book.closed_between(days[0], days[-1])
    sheet = _Sheet(book, room, pupil, now, recorded, closed)
    versions = book.during(student_id, days[0], days[-1])
    due = {
        one.order.id: {
            (slot.day, slot.time): slot
            for day in days
            for slot in due_on(one.order, one.standing, date.fromisoformat(day), now.zone)
        }
        for one in versions
    }
    sheet.due = {slot.key for slots in due.values() for slot in slots.values()}
    rows = [row for one in versions for row in sheet.rows(one, days, due[one.order.id], by_slot)]
    prn = sheet.prn(row for row in standing if not row.dose.slot)
    given = sum(row.dose.outcome is Outcome.GIVEN for row in standing)
    counted: dict[Code, int] = {}
    for cell in (cell for row in rows for cell in row.cells):
        code = sheet.codes.get((cell.dose_id, cell.text))
        if code is not None:
            counted[code] = counted.get(code, 0) + 1
    return MonthSheet(
        pupil=pupil,
        first=first,
        days=days,
        closed={
            day: said.told(pupil.school_id)
            for day, said in closed.items()
            if said.at(pupil.school_id)
        },
        rows=tuple(rows),
        prn=prn,
        prn_orders=tuple(
            one.order
            for one in versions
            if one.order.timing is Timing.PRN and not one.standing.superseded_at
        ),
        key=sheet.initials.key(),
        codes=tuple(code for code in CODE_LETTERS if code in counted),
        footnotes=tuple(sheet.footnotes),
        given=given,
        not_given=counted,
        made=now,
        entries=tuple(sheet.entries),
    )


class _Sheet:
    """A month sheet while it is filled in."""

    def __init__(
        self,
        book: RoomBook,
        room: Room,
        pupil: Pupil,
        now: Moment,
        recorded: Sequence[Recorded],
        closed: Mapping[str, Closed],
    ) -> None:
        self._book = book
        self._pupil = pupil
        self._now = now
        self._window = room.window(book)
        self._closed = closed
        self._replaces = {row.dose.id: row.dose.replaces for row in recorded}
        self._by_id = {row.dose.id: row for row in recorded}
        self.initials = Initials(_people(book))
        self.footnotes: list[Footnote] = []
        self.entries: list[Footnote] = []
        self.due: set[tuple[str, str, str]] = set()
        self.codes: dict[tuple[str, str], Code] = {}

    def rows(
        self,
        one: Ordered,
        days: Sequence[str],
        due: Mapping[tuple[str, str], Slot],
        by_slot: Mapping[tuple[str, str, str], Recorded],
    ) -> list[SheetRow]:
        """Return the rows of one order version; none for one that has no day in the month."""
        order = one.order
        found = []
        for clock in order.times:
            cells = []
            for day in days:
                slot = due.get((day, clock))
                row = by_slot.get((order.series_id, day, clock))
                no_school = day in self._closed and self._closed[day].at(self._pupil.school_id)
                if slot is None:
                    mine = row is not None and row.dose.order_id == order.id
                    stray = mine and (order.series_id, day, clock) not in self.due
                    if row is not None and stray and row.dose.outcome is not Outcome.IN_ERROR:
                        cells.append(self._recorded(day, row))
                    else:
                        cells.append(Cell(day, None))
                    continue
                state = slot_state(
                    slot,
                    self._now,
                    self._window,
                    dose=row.dose if row else None,
                    held=one.standing.held_at(slot.at.at),
                    no_school=no_school,
                )
                if row is not None and row.dose.outcome is not Outcome.IN_ERROR:
                    cells.append(self._recorded(day, row, state))
                else:
                    cells.append(self._unrecorded(day, state))
            lived = [cell.day for cell in cells if cell.state is not None]
            if lived:
                found.append(SheetRow(order, clock, tuple(cells), lived[0], lived[-1]))
        return found

    def _unrecorded(self, day: str, state: SlotState) -> Cell:
        codes = {
            SlotState.MISSED: Code.MISSED,
            SlotState.HELD: Code.HELD,
            SlotState.NO_SCHOOL: Code.NO_SCHOOL,
        }
        code = codes.get(state)
        if code is None:
            return Cell(day, state)
        text = CODE_LETTERS[code]
        self.codes["", text] = code
        return Cell(day, state, text)

    def _recorded(self, day: str, row: Recorded, state: SlotState | None = None) -> Cell:
        dose = row.dose
        if dose.outcome is Outcome.GIVEN:
            text = self.initials.of(dose.person_id)
            state = SlotState.GIVEN
        else:
            text = dose.letter()
            self.codes[dose.id, text] = dose.code
            state = state or SlotState.NOT_GIVEN
            self.initials.of(dose.person_id)
        corrections = self._corrections(dose)
        marks = _marks(dose, corrections)
        number = 0
        if marks or dose.note or dose.giver:
            number = len(self.footnotes) + 1
            self.footnotes.append(Footnote(number, dose, row.by, corrections))
        self.entries.append(Footnote(number, dose, row.by, corrections))
        return Cell(day, state, text, marks, number, dose.id)

    def _corrections(self, dose: Dose) -> int:
        """Return how many rows that a person wrote this one replaces."""
        count, before = 0, dose.replaces
        while before:
            row = self._by_id.get(before)
            if row is None:
                return count + 1
            count += row.dose.person_id is not None
            before = self._replaces.get(before)
        return count

    def prn(self, rows: Iterable[Recorded]) -> tuple[PrnEntry, ...]:
        """Return the doses as needed, in the order they were given."""
        given = [row for row in rows if row.dose.outcome is Outcome.GIVEN]
        return prn_entries(
            self._book,
            given,
            {self._pupil.id: self._pupil},
            self.initials,
        )


def _marks(dose: Dose, corrections: int) -> tuple[Mark, ...]:
    found = {
        Mark.LATE_ENTRY: dose.late,
        Mark.CORRECTED: corrections > 0,
        Mark.OVERRIDDEN: bool(dose.override_reason),
        Mark.BY_OTHER: bool(dose.giver) or dose.source is Source.HOME,
        Mark.CLOCK: dose.clock_jump != 0,
    }
    return tuple(mark for mark, holds in found.items() if holds)


def prn_entries(
    book: RoomBook,
    rows: Sequence[Recorded],
    known: Mapping[str, Pupil],
    initials: Initials,
) -> tuple[PrnEntry, ...]:
    """Return doses as needed with what they did, in the order they were given."""
    orders = book.named(row.dose.order_id for row in rows)
    # What a dose did may have been told of a row that was corrected since.
    said_of = {
        earlier: row.dose.id
        for row in rows
        for earlier in (
            [one.dose.id for one in book.chain(row.dose.id)] if row.dose.replaces else [row.dose.id]
        )
    }
    effects: dict[str, Entry] = {
        said_of[entry.subject_id]: entry
        for entry in book.entries(*said_of)
        if entry.kind == "effect"
    }
    entries = []
    for row in sorted(rows, key=lambda one: (one.dose.given_at, one.dose.id)):
        told = effects.get(row.dose.id)
        entries.append(
            PrnEntry(
                dose=row.dose,
                order=orders[row.dose.order_id],
                pupil=known[row.dose.student_id],
                by=row.by,
                initials=initials.of(row.dose.person_id),
                effect=Effect(json.loads(told.facts)["effect"]) if told else None,
                effect_text=told.text if told else "",
                effect_at=told.when if told else None,
                corrected=row.dose.replaces is not None,
            )
        )
    return tuple(entries)


class PapersService:
    """The room's papers, by what is asked of each."""

    def __init__(
        self, room: Room, doses: DosesService, stock: StockService, incidents: IncidentsService
    ) -> None:
        self._room = room
        self._doses = doses
        self._stock = stock
        self._incidents = incidents

    def month_sheet(self, student_id: StudentId, month: str) -> MonthSheet:
        """Return a student's medication record for a month written YYYY-MM."""
        first = month_of(month)
        with self._room.reading() as book:
            return month_sheet(book, self._room, student_id, first)

    def month_sheets(self, month: str) -> list[MonthSheet]:
        """Return the records of everyone who has an order or a dose in a month, by name."""
        first = month_of(month)
        days = days_of_month(first)
        with self._room.reading() as book:
            students = book.with_doses(days[0], days[-1])
            return [month_sheet(book, self._room, student, first) for student in students]

    def prn_log(
        self, since: str, until: str, student_id: StudentId | None = None
    ) -> tuple[PrnEntry, ...]:
        """Return the doses as needed between two days, in the order they were given."""
        with self._room.reading() as book:
            rows = (
                book.between(since, until)
                if student_id is None
                else book.doses_of(student_id, since, until)
            )
            given = [
                row
                for row in standing_heads(rows)
                if not row.dose.slot and row.dose.outcome is Outcome.GIVEN
            ]
            known = {row.dose.student_id: book.pupil(row.dose.student_id) for row in given}
            return prn_entries(
                book,
                given,
                {student: pupil for student, pupil in known.items() if pupil is not None},
                Initials(_people(book)),
            )

    def controlled_ledgers(self, student_id: StudentId | None = None) -> list[Ledger]:
        """Return the ledger of every controlled container, emptied ones too, by student's name."""
        held = self._stock.containers(student_id=student_id, controlled=True, empty=True)
        return [self._stock.ledger(one.container.id) for one in held]

    def incident_report(self, incident_id: str) -> IncidentSheet:
        """Return an incident as its report says it."""
        return self._incidents.incident_sheet(incident_id)

    def emergency_sheet(self, student_id: StudentId) -> EmergencySheet:
        """Return one student's emergency sheet."""
        now = self._room.now()
        with self._room.reading() as book:
            pupil = book.pupil(student_id)
            if pupil is None:
                raise Refused("student-gone", "student_id")
            mine = book.orders_of(student_id)
            theirs = [
                one
                for one in book.standing_orders(now.day().isoformat())
                if one.order.school_id in {None, pupil.school_id}
            ]
            orders = [
                one.order
                for one in [*mine, *theirs]
                if one.order.emergency is not Emergency.NONE
                and state_at(one.order, one.standing, now) is OrderState.ACTIVE
            ]
            plans = book.where(
                HealthPlan,
                "t.student_id = ? AND t.kind = ?"
                " AND NOT EXISTS (SELECT 1 FROM health_plan n WHERE n.replaces = t.id)"
                " AND NOT EXISTS (SELECT 1 FROM care_entry e WHERE e.subject_id = t.series_id"
                " AND e.kind = 'ended') ORDER BY t.row",
                (student_id, PlanKind.EMERGENCY.value),
            )
            return EmergencySheet(
                pupil,
                tuple(book.guardians(student_id)),
                tuple(book.alerts(student_id)),
                tuple(orders),
                tuple(plans),
                book.photo(student_id),
                now,
            )

    def downtime_sheet(self, day: str, school_id: SchoolId | None = None) -> DowntimeSheet:
        """Return a day's doses for paper, by time, room and name, and what is given as needed."""
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise Refused("day-unreadable", "day") from None
        now = self._room.now()
        morning = Moment.local(datetime.combine(on, time(0, 1)), now.zone)
        board: Board = self._doses.board(school_id, at=morning)
        left_out = {SlotState.NO_SCHOOL, SlotState.HELD}
        lines = [
            DowntimeLine(
                line.slot.day,
                line.slot.time,
                line.pupil,
                line.order,
                tuple(finding.code for finding in line.findings),
            )
            for line in board.lines
            if line.state not in left_out
        ]
        lines.sort(
            key=lambda line: (line.time, line.pupil.school, line.pupil.room, line.pupil.sorting)
        )
        with self._room.reading() as book:
            as_needed = []
            for one in book.newest(day, limit=5_000, school_id=school_id):
                needed = one.order.timing is Timing.PRN and one.order.student_id
                if needed and state_at(one.order, one.standing, morning) is OrderState.ACTIVE:
                    pupil = book.pupil(one.order.student_id or "")
                    if pupil is not None:
                        as_needed.append((pupil, one.order))
        return DowntimeSheet(day, tuple(lines), tuple(as_needed), now)
