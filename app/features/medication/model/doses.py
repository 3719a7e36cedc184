"""Doses: when they are due, what became of them, and how that is put right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique

from app.features.medication.model.amounts import Amount, Unit
from app.features.medication.model.orders import Order, Standing, Timing
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId

LATE_ENTRY_AFTER = timedelta(minutes=15)
"""A dose that is written down later than this after it was given is a late entry."""
UNDO_WITHIN = timedelta(seconds=60)
LONGEST_AGO = timedelta(days=366)


@unique
class Outcome(StrEnum):
    """What a row says of a dose."""

    GIVEN = "given"
    NOT_GIVEN = "not_given"
    IN_ERROR = "in_error"
    """The row before was entered in error: nothing is recorded of this dose."""


@unique
class Code(StrEnum):
    """Why a dose was not given, in the codes of the month sheet."""

    NONE = ""
    ABSENT = "absent"
    REFUSED = "refused"
    NO_SUPPLY = "no_supply"
    HELD = "held"
    NO_SCHOOL = "no_school"
    FIELD_TRIP = "field_trip"
    PARENT_CALLED = "parent_called"
    EARLY_DISMISSAL = "early_dismissal"
    GIVEN_AT_HOME = "given_at_home"
    OMITTED = "omitted"
    """Forgotten or not possible at school: an error, and an incident is asked for."""
    OTHER = "other"
    MISSED = "missed"
    """Written by the desk itself when the window had passed and nothing was recorded."""


CODE_LETTERS: Mapping[Code, str] = {
    Code.ABSENT: "A",
    Code.REFUSED: "R",
    Code.NO_SUPPLY: "NP",
    Code.HELD: "H",
    Code.NO_SCHOOL: "X",
    Code.FIELD_TRIP: "FT",
    Code.PARENT_CALLED: "PC",
    Code.EARLY_DISMISSAL: "ED",
    Code.GIVEN_AT_HOME: "GH",
    Code.OMITTED: "O",
    Code.OTHER: "N",
    Code.MISSED: "M",
}
"""As they stand in a cell of the month sheet; the first seven are the field's own."""
CHOSEN_CODES = tuple(code for code in CODE_LETTERS if code is not Code.MISSED)
"""What a person may choose."""
NEEDS_NOTE = frozenset({Code.HELD, Code.OTHER, Code.OMITTED})
ERRORS = frozenset({Code.OMITTED, Code.MISSED})
"""Codes that may be a medication error; refusal, no supply and a parent's hold are none."""


@unique
class By(StrEnum):
    """Who put the medicine into the student's hand."""

    NURSE = "nurse"
    """Whoever records it."""
    SELF = "self"
    DELEGATE = "delegate"
    GUARDIAN = "guardian"


@unique
class Source(StrEnum):
    """Where a row comes from, other than straight from the room."""

    HERE = ""
    HOME = "home"
    """Told by the family: counts for intervals and daily maximum, never for the stock."""
    TRIP = "trip"
    DOWNTIME = "downtime"


@dataclass(frozen=True, slots=True)
class Dose:
    """One row of what became of a dose; a later one that replaces it points to it."""

    id: str
    student_id: StudentId
    series_id: str
    order_id: str
    day: str
    slot: str
    scheduled_at: str
    outcome: Outcome
    code: Code
    amount: int
    unit: Unit
    given_at: str
    given_by: By
    giver: str
    second_id: str | None
    reason: str
    assessment: str
    note: str
    site: str
    container_id: str | None
    effect_due_at: str
    warnings: tuple[str, ...]
    override_reason: str
    replaces: str | None
    why: str
    late: bool
    clock_jump: int
    source: Source
    trip_id: str | None
    person_id: str | None
    recorded_at: str
    zone: str

    @property
    def quantity(self) -> Amount:
        """How much was given."""
        return Amount(self.amount, self.unit)

    @property
    def given(self) -> Moment | None:
        """When it was given, if it was."""
        return Moment(self.given_at, self.zone) if self.given_at else None

    @property
    def recorded(self) -> Moment:
        """When the row was written."""
        return Moment(self.recorded_at, self.zone)

    def letter(self) -> str:
        """Return what stands in the month sheet's cell for a dose that was not given."""
        return CODE_LETTERS.get(self.code, "")


@unique
class Effect(StrEnum):
    """What a dose as needed did."""

    RELIEVED = "relieved"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    LEFT = "left"
    """The student had gone before it could be seen."""


# -- when doses are due ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """How far from its time a dose may be given, and how early the board shows it; minutes."""

    minutes: int = 30
    soon: int = 60

    @property
    def step(self) -> timedelta:
        """The window to either side of the scheduled time."""
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Slot:
    """One scheduled dose: an order's day and time. Computed, never stored ahead."""

    series_id: str
    order_id: str
    day: str
    time: str
    at: Moment

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from every other: however the clock jumps, there is one of it."""
        return self.series_id, self.day, self.time


def due_on(order: Order, standing: Standing, day: date, zone: str) -> Iterator[Slot]:
    """Yield the scheduled doses of one version of an order on one calendar day.

    A version counts from the moment it was written down to the moment it was replaced
    or discontinued; starts and ends are whole days. A time that the clock skips that day
    (daylight saving) is due once, at the instant the skipped time would have been; one
    that it shows twice is due once, the first time.
    """
    if order.timing is not Timing.SCHEDULED:
        return
    text = day.isoformat()
    if not (order.starts_on <= text <= order.ends_on and order.days >> day.weekday() & 1):
        return
    until = standing.until()
    for clock in order.times:
        at = Moment.local(datetime.combine(day, time.fromisoformat(clock)), zone)
        if at.at >= order.recorded_at and (not until or at.at < until):
            yield Slot(order.series_id, order.id, text, clock, at)


def slot_of(order: Order, day: str, clock: str, zone: str) -> Slot:
    """Return one scheduled dose by its day and time; refuse what this version does not order."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Refused("day-unreadable", "day") from None
    if clock not in order.times or not order.days >> on.weekday() & 1:
        raise Refused("slot-not-ordered", "slot", day=day, time=clock)
    at = Moment.local(datetime.combine(on, time.fromisoformat(clock)), zone)
    return Slot(order.series_id, order.id, day, clock, at)


@unique
class SlotState(StrEnum):
    """How a scheduled dose stands at a moment."""

    LATER = "later"
    SOON = "soon"
    DUE = "due"
    LATE = "late"
    """Still within the window, more than half of what follows the scheduled time is gone."""
    MISSED = "missed"
    GIVEN = "given"
    NOT_GIVEN = "not_given"
    HELD = "held"
    NO_SCHOOL = "no_school"


def open_state(at: Moment, now: Moment, window: Window) -> SlotState:
    """Return how a dose of which nothing is recorded stands at `now`, by its time alone.

    With w the window: later, until `soon` minutes before the window opens; soon, until it
    opens; due from w before the time to w/2 after it; late to w after it; missed from then
    on. Both ends of the window belong to it.
    """
    past = now.instant() - at.instant()
    step = window.step
    if past > step:
        return SlotState.MISSED
    if past > step / 2:
        return SlotState.LATE
    if past >= -step:
        return SlotState.DUE
    if past >= -step - timedelta(minutes=window.soon):
        return SlotState.SOON
    return SlotState.LATER


def slot_state(
    slot: Slot,
    now: Moment,
    window: Window,
    *,
    dose: Dose | None = None,
    held: bool = False,
    no_school: bool = False,
) -> SlotState:
    """Return how a scheduled dose stands: as it was recorded, otherwise by its time.

    A row that the desk wrote itself while its clock had run ahead does not count: the
    dose is as open as its time says.
    """
    by_time = open_state(slot.at, now, window)
    if dose is not None and dose.outcome is not Outcome.IN_ERROR:
        if dose.code is not Code.MISSED:
            return SlotState.GIVEN if dose.outcome is Outcome.GIVEN else SlotState.NOT_GIVEN
        return SlotState.MISSED if by_time is SlotState.MISSED else by_time
    if no_school:
        return SlotState.NO_SCHOOL
    if held:
        return SlotState.HELD
    return by_time


# -- putting right -----------------------------------------------------------------------


def require_undoable(dose: Dose, person_id: str, now: Moment) -> None:
    """Refuse to undo what is a minute old or someone else's: that is a correction, with a reason."""
    if dose.outcome is Outcome.IN_ERROR:
        raise Refused("dose-already-in-error")
    age = now.instant() - dose.recorded.instant()
    if dose.person_id != person_id or not timedelta(0) <= age <= UNDO_WITHIN:
        raise Refused("undo-over")


def is_late_entry(about: Moment, now: Moment) -> bool:
    """Tell whether what happened at `about` is written down so much later that it is marked."""
    return now.instant() - about.instant() > LATE_ENTRY_AFTER


def require_past(about: Moment, now: Moment, field: str = "given_at") -> None:
    """Refuse a time that has not come, and one so long ago that it must be a slip."""
    if about.at > now.at:
        raise Refused("dose-in-future", field)
    if now.instant() - about.instant() > LONGEST_AGO:
        raise Refused("dose-too-long-ago", field)


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump of the computer's clock: from what it should have shown to what it showed."""

    expected: Moment
    shown: Moment

    @property
    def seconds(self) -> int:
        """How far it jumped; less than none is back."""
        return round((self.shown.instant() - self.expected.instant()).total_seconds())


SMALLEST_JUMP = timedelta(minutes=2)


def jump_between(expected: Moment, shown: Moment) -> Jump | None:
    """Return the jump between two readings of one clock, if it is one that matters."""
    jump = Jump(expected, shown)
    return jump if abs(jump.seconds) >= SMALLEST_JUMP.total_seconds() else None


def heads(doses: Sequence[Dose]) -> list[Dose]:
    """Return the rows that no other row replaces, in the order they came."""
    replaced = {dose.replaces for dose in doses if dose.replaces}
    return [dose for dose in doses if dose.id not in replaced]
