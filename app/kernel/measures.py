"""Measures, goal lines, and what the points since the last change speak for.

Values are whole thousandths of the measure's unit, so that a half counts as a half. Lines are
fractions, never floating point: a point on the goal line is on it, and not a hair beside.

The rule (progress monitoring in a multi-tiered system of supports): with at least four points
in a phase, four consecutive latest points on one side of the goal line ask for a decision. It
proposes; a person decides, with a date and a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from fractions import Fraction

from app.kernel.errors import Refused

THOUSAND = 1000
ENOUGH = 4
"""Points in a phase before anything is proposed, and the run that asks for a decision."""
GAS_LEVELS = (-2, -1, 0, 1, 2)
"""Goal attainment scaling: 0 is what is expected, each level described beforehand."""
MOST = 1_000_000 * THOUSAND


@unique
class MeasureKind(StrEnum):
    """How something is measured."""

    COUNT = "count"
    RATING = "rating"
    PERCENT = "percent"
    DURATION = "duration"
    """In minutes."""
    GAS = "gas"
    """Goal attainment scale, −2 to +2."""


@unique
class Side(StrEnum):
    """Where a point lies of the goal line, seen from where one wants to go."""

    BETTER = "better"
    ON = "on"
    WORSE = "worse"


@unique
class Proposal(StrEnum):
    """What the points speak for."""

    COLLECT = "collect"
    """Too few points yet."""
    CONTINUE = "continue"
    FADE = "fade"
    CHANGE = "change"
    INTENSIFY = "intensify"


@dataclass(frozen=True, slots=True)
class Scale:
    """What a measure's values can be."""

    kind: MeasureKind
    least: int = 0
    most: int = MOST
    """In thousandths, both ends included."""

    def accepted(self, value: int, field: str = "value") -> int:
        """Return a value that is on the scale; refuse one that is not."""
        if not self.least <= value <= self.most:
            raise Refused(
                "measure-out-of-range", field, least=shown(self.least), most=shown(self.most)
            )
        if self.kind in {MeasureKind.COUNT, MeasureKind.GAS} and value % THOUSAND:
            raise Refused("measure-not-whole", field)
        return value


def scale_of(kind: MeasureKind, least: int | None = None, most: int | None = None) -> Scale:
    """Return the scale of a kind; ratings and durations have ends of their own."""
    if kind is MeasureKind.PERCENT:
        return Scale(kind, 0, 100 * THOUSAND)
    if kind is MeasureKind.GAS:
        return Scale(kind, GAS_LEVELS[0] * THOUSAND, GAS_LEVELS[-1] * THOUSAND)
    if kind is MeasureKind.RATING:
        first, last = (0 if least is None else least), (10 * THOUSAND if most is None else most)
        if first >= last:
            raise Refused("measure-range-empty", "most")
        return Scale(kind, first, last)
    return Scale(kind)


def parsed(text: str, field: str = "value") -> int:
    """Return what was typed, in thousandths: `3`, `-1`, `2.5`, `2,5`, `45%`, `1:30` (hours)."""
    typed = text.strip().removesuffix("%").strip().replace("−", "-")
    hours, colon, minutes = typed.partition(":")
    if colon:
        if not (hours.isascii() and hours.isdigit() and len(minutes) == len("00")):
            raise Refused("measure-not-a-number", field)
        if not (minutes.isascii() and minutes.isdigit() and int(minutes) < 60):
            raise Refused("measure-not-a-number", field)
        return (int(hours) * 60 + int(minutes)) * THOUSAND
    sign = -1 if typed.startswith("-") else 1
    digits = (typed[1:] if typed.startswith(("+", "-")) else typed).replace(",", ".")
    whole, point, part = digits.partition(".")
    figures = f"{whole}{part}"
    fits = figures.isascii() and figures.isdigit() and len(part) <= len("000")
    if not fits or len(whole) > len("1000000") or (point and not part):
        raise Refused("measure-not-a-number", field)
    return sign * (int(whole or "0") * THOUSAND + int(part.ljust(3, "0")))


def shown(value: int) -> str:
    """Return a value as it is read: `3`, `-1`, `2.5`."""
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), THOUSAND)
    return f"{sign}{whole}" + (f".{part:03d}".rstrip("0") if part else "")


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: its calendar day and its value in thousandths."""

    day: date
    value: int


@dataclass(frozen=True, slots=True)
class GoalLine:
    """From the baseline on its day to the target on the day it is to be reached."""

    begins: date
    baseline: int
    ends: date
    target: int

    def accepted(self) -> "GoalLine":
        """Return the line; refuse one that leads nowhere."""
        if self.ends <= self.begins:
            raise Refused("goal-ends-before-it-begins", "ends")
        if self.target == self.baseline:
            raise Refused("goal-is-baseline", "target")
        return self

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.target > self.baseline

    def at(self, day: date) -> Fraction:
        """Return the line's height on a day; before and after it stays at its ends."""
        if day <= self.begins:
            return Fraction(self.baseline)
        if day >= self.ends:
            return Fraction(self.target)
        done = Fraction((day - self.begins).days, (self.ends - self.begins).days)
        return self.baseline + (self.target - self.baseline) * done

    def side(self, point: Point) -> Side:
        """Tell on which side of the line a point lies."""
        # In whole numbers what `at` says in fractions: both sides times the days of the line.
        span = max((self.ends - self.begins).days, 1)
        done = min(max((point.day - self.begins).days, 0), span)
        above = (point.value - self.baseline) * span - (self.target - self.baseline) * done
        if above == 0:
            return Side.ON
        return Side.BETTER if (above > 0) == self.rising else Side.WORSE

    def reached(self, point: Point) -> bool:
        """Tell whether a point is at the target or beyond."""
        return point.value >= self.target if self.rising else point.value <= self.target


@dataclass(frozen=True, slots=True)
class Reading:
    """What the points of the present phase say."""

    proposal: Proposal
    points: int
    """How many the phase has."""
    needed: int
    """How many more are needed before anything is proposed."""
    run: Side | None
    """The side on which the last four points lie, if they lie on one."""
    reached: bool
    """Whether the newest point is at the target or beyond."""


def ordered(points: Sequence[Point]) -> list[Point]:
    """Return points by their day; those of one day in the order in which they came."""
    return sorted(points, key=lambda point: point.day)


def read_points(
    line: GoalLine, points: Sequence[Point], phase_began: date, *, changed_before: bool
) -> Reading:
    """Return what the points since `phase_began` speak for.

    `changed_before` tells that an earlier decision of the same plan was already to change the
    intervention: another run on the wrong side then speaks for more of it.
    """
    there = [point for point in ordered(points) if point.day >= phase_began]
    reached = bool(there) and line.reached(there[-1])
    if len(there) < ENOUGH:
        return Reading(Proposal.COLLECT, len(there), ENOUGH - len(there), None, reached)
    sides = {line.side(point) for point in there[-ENOUGH:]}
    run = sides.pop() if len(sides) == 1 else None
    if run is Side.BETTER:
        proposal = Proposal.FADE
    elif run is Side.WORSE:
        proposal = Proposal.INTENSIFY if changed_before else Proposal.CHANGE
    else:
        proposal, run = Proposal.CONTINUE, None
    return Reading(proposal, len(there), 0, run, reached)


def decision_points(
    line: GoalLine, points: Sequence[Point], phases: Sequence[date]
) -> list[tuple[Point, Side]]:
    """Return each point at which a run of four on one side was first full, phase by phase."""
    found = []
    begins = sorted({*phases, date.min})
    run = 0
    last: Side | None = None
    phase = date.min
    for point in ordered(points):
        now = max(day for day in begins if day <= point.day)
        side = line.side(point)
        if now != phase or side is not last or side is Side.ON:
            run, last, phase = 0, side, now
        run += side is not Side.ON
        if run == ENOUGH:
            found.append((point, side))
    return found


def trend(points: Sequence[Point]) -> Fraction | None:
    """Return the change per week, in thousandths: the median of all slopes between two days.

    Theil (1950) and Sen (1968): one odd day does not turn it. None with fewer than two days.
    """
    slopes = sorted(
        Fraction((later.value - earlier.value) * 7, (later.day - earlier.day).days)
        for at, earlier in enumerate(ordered(points))
        for later in ordered(points)[at + 1 :]
        if later.day > earlier.day
    )
    if not slopes:
        return None
    middle = len(slopes) // 2
    if len(slopes) % 2:
        return slopes[middle]
    return (slopes[middle - 1] + slopes[middle]) / 2
