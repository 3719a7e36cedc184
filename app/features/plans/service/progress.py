"""Where goals stand: points, phases, and what people decide on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from app.features.plans.commands import BeginPhase, CorrectPoint, DecideOnGoal, EnterPoint
from app.features.plans.model.forms import day_of, kept
from app.features.plans.model.records import (
    Decision,
    GoalDecision,
    GoalPhase,
    GoalPoint,
    PlanGoal,
)
from app.features.plans.repo import PAGE, Measured, PlansBook, PlansKeeper
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.entries import Entry
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.measures import (
    GoalLine,
    Point,
    Proposal,
    Reading,
    Side,
    decision_points,
    parsed,
    read_points,
    scale_of,
    trend,
)
from app.kernel.ports import Begin, Read, Transaction

_NEW_PHASE = frozenset((Decision.CHANGE, Decision.INTENSIFY, Decision.FADE))


@dataclass(frozen=True, slots=True)
class GoalChart:
    """A goal with everything a picture of it shows."""

    goal: PlanGoal
    student: str
    line: GoalLine
    points: tuple[GoalPoint, ...]
    """With a value, those that stand, by their day."""
    worked_on: tuple[GoalPoint, ...]
    """Without a value."""
    phases: tuple[GoalPhase, ...]
    decisions: tuple[GoalDecision, ...]
    reading: Reading
    trend: Fraction | None
    """Thousandths a week, over the present phase."""
    asks: tuple[tuple[Point, Side], ...]
    """The points at which a run of four was first full."""

    @property
    def waits(self) -> bool:
        """Whether the points ask for a decision that nobody has taken yet."""
        newest = self.points[-1].day if self.points else ""
        return _waits(self.reading, newest, self.decisions)


@dataclass(frozen=True, slots=True)
class GoalLineRow:
    """A goal in a list."""

    goal: PlanGoal
    student: str
    newest: Measured | None
    reading: Reading
    waits: bool


def _waits(reading: Reading, newest: str, decisions: Sequence[GoalDecision]) -> bool:
    if reading.proposal in {Proposal.COLLECT, Proposal.CONTINUE}:
        return False
    return not any(one.decided_on >= newest for one in decisions)


def line_of(goal: PlanGoal) -> GoalLine:
    """Return the line from a goal's baseline to its target."""
    return GoalLine(
        date.fromisoformat(goal.baseline_on),
        goal.baseline,
        date.fromisoformat(goal.by_when),
        goal.target,
    )


def _measured(points: Sequence[GoalPoint]) -> list[Point]:
    return [
        Point(date.fromisoformat(one.day), one.value) for one in points if one.value is not None
    ]


class ProgressService:
    """The points of goals and the decisions on them."""

    def __init__(self, begin: Begin, read: Read, *, clock: Clock) -> None:
        self._begin = begin
        self._read = read
        self._clock = clock

    def _today(self) -> date:
        return self._clock.now().day()

    # -- points ----------------------------------------------------------------------

    def enter(self, command: EnterPoint) -> Changed:
        """Write down where a goal stands on a day."""
        day = day_of(command.day or self._today().isoformat(), "day")
        if day > self._today():
            raise Refused("day-ahead", "day")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            goal = _goal(keeper, command.goal_key)
            point = _point(goal, day, command.value, kept(command.comment, "comment"), "", tx)
            keeper.add(point)
            keeper.journal("EnterPoint", GoalPoint, point.id, {"goal": goal.key})
        return Changed.only(Kind.PROGRESS, made=point.id)

    def correct(self, command: CorrectPoint) -> Changed:
        """Put another value in a point's place, or take it out; the point itself stays."""
        why = kept(command.why, "why")
        if not why:
            raise Refused("point-needs-why", "why")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            before = keeper.get(GoalPoint, command.point_id)
            if before is None:
                raise Refused("point-gone")
            if keeper.where(GoalPoint, "t.replaces = ?", (before.id,)):
                raise Refused("point-corrected-already")
            goal = _goal(keeper, before.goal_key)
            day = date.fromisoformat(before.day)
            after = _point(goal, day, command.value, why, before.note_id, tx)
            after = replace(after, replaces=before.id, taken_out=not command.value.strip())
            keeper.add(after)
            keeper.journal("CorrectPoint", GoalPoint, after.id, {"replaces": before.id})
        return Changed.only(Kind.PROGRESS, made=after.id)

    def take(self, tx: Transaction, entry: Entry) -> None:
        """Write the points that a signed note named, in its own transaction."""
        named = [one for one in entry.students if one.goals and one.note_id]
        if not named:
            return
        keeper = PlansKeeper(tx)
        day = entry.started.day()
        made = 0
        for attended in named:
            note = attended.note_id or ""
            for key, value in attended.goals:
                goal = _goal(keeper, key)
                if goal.student_id != attended.student_id:
                    raise Refused("goal-of-another", "goals")
                if keeper.where(GoalPoint, "t.note_id = ? AND t.goal_key = ?", (note, key)):
                    continue
                try:
                    point = _point(goal, day, value, "", note, tx)
                except Refused as refused:
                    raise Refused(refused.code, f"goals.{key}", **refused.facts) from None
                keeper.add(point)
                made += 1
        if made:
            keeper.journal("EnterPoints", GoalPoint, entry.id, {"count": made})

    # -- decisions -------------------------------------------------------------------

    def begin_phase(self, command: BeginPhase) -> Changed:
        """Say what is done differently from a day on."""
        label = kept(command.label, "label")
        if not label:
            raise Refused("phase-needs-label", "label")
        begins = day_of(command.begins_on, "begins_on")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            goal = _goal(keeper, command.goal_key)
            phase = _phase(goal, begins, label, tx)
            keeper.add(phase)
            keeper.journal("BeginPhase", GoalPhase, phase.id, {"goal": goal.key})
        return Changed.only(Kind.PROGRESS, made=phase.id)

    def decide(self, command: DecideOnGoal) -> Changed:
        """Decide on the points; what they spoke for, and they themselves, are kept with it."""
        reason = kept(command.reason, "reason")
        if not reason:
            raise Refused("review-needs-reason", "reason")
        if command.decision is Decision.CLOSE:
            raise Refused("goal-closes-with-review", "decision")
        label = kept(command.label, "label")
        on = day_of(command.decided_on or self._today().isoformat(), "decided_on")
        if on > self._today():
            raise Refused("day-ahead", "decided_on")
        with self._begin() as tx:
            keeper = PlansKeeper(tx)
            goal = _goal(keeper, command.goal_key)
            chart = _charted(keeper, goal)
            row = GoalDecision(
                new_id(), goal.key, goal.student_id, on.isoformat(), chart.reading.proposal,
                command.decision, reason,
                tuple((one.day, one.value) for one in chart.points if one.value is not None),
                tx.who, tx.now.at, tx.now.zone,
            )  # fmt: skip
            keeper.add(row)
            if command.decision in _NEW_PHASE:
                keeper.add(_phase(goal, on, label or reason, tx))
            keeper.journal(
                "DecideOnGoal", GoalDecision, row.id,
                {"goal": goal.key, "proposal": row.proposal, "decision": row.decision},
            )  # fmt: skip
        return Changed.only(Kind.PROGRESS, made=row.id)

    # -- reads -----------------------------------------------------------------------

    def chart(self, goal_key: str) -> GoalChart:
        """Return a goal with everything a picture shows; refuse one that is not there."""
        with self._read() as reader:
            book = PlansBook(reader)
            return _charted(book, _goal(book, goal_key))

    def rows(self, goal_key: str) -> list[GoalPoint]:
        """Return every row of a goal's points, corrected ones too."""
        with self._read() as reader:
            return PlansBook(reader).all_points(goal_key)

    def board(self, offset: int = 0, limit: int = PAGE) -> list[GoalLineRow]:
        """Return one page of the goals of open plans, for entering where each stands."""
        with self._read() as reader:
            book = PlansBook(reader)
            goals = book.open_goals(offset, limit)
            keys = [goal.key for goal, _student in goals]
            points, phases = book.measured_of(keys), book.phases_of(keys)
            decisions = book.decisions_of(keys)
        found = []
        for goal, student in goals:
            measured = points.get(goal.key, ())
            decided = decisions.get(goal.key, ())
            line = line_of(goal)
            began = _began(line, phases.get(goal.key, ()))
            values = [Point(date.fromisoformat(day), value) for day, value in measured]
            reading = _reading(line, values, began, decided)
            newest = measured[-1] if measured else None
            waits = _waits(reading, newest.day if newest else "", decided)
            found.append(GoalLineRow(goal, student, newest, reading, waits))
        return found

    def waiting(self) -> list[GoalLineRow]:
        """Return the goals whose points ask for a decision that nobody has taken."""
        return [row for row in self.board(limit=-1) if row.waits]


def _goal(book: PlansBook, key: str) -> PlanGoal:
    goal = book.goal(key)
    if goal is None:
        raise Refused("goal-gone", "goals")
    return goal


def _charted(book: PlansBook, goal: PlanGoal, student: str = "") -> GoalChart:
    points = book.points(goal.key)
    measured = [one for one in points if one.value is not None]
    phases = book.phases(goal.key)
    decisions = book.decisions(goal.key)
    line = line_of(goal)
    began = _began(line, phases)
    values = _measured(measured)
    return GoalChart(
        goal,
        student or book.name(goal.student_id),
        line,
        tuple(measured),
        tuple(one for one in points if one.value is None),
        tuple(phases),
        tuple(decisions),
        _reading(line, values, began, decisions),
        trend([one for one in values if one.day >= began]),
        tuple(
            decision_points(
                line,
                [one for one in values if one.day >= line.begins],
                [date.fromisoformat(one.begins_on) for one in phases],
            )
        ),
    )


def _began(line: GoalLine, phases: Sequence[GoalPhase]) -> date:
    """Return the day from which points are read: of the newest phase, or of the line itself.

    Points from before the baseline's day were measured against an earlier line, or none.
    """
    return max(line.begins, *(date.fromisoformat(one.begins_on) for one in phases), date.min)


def _reading(
    line: GoalLine, values: Sequence[Point], began: date, decisions: Sequence[GoalDecision]
) -> Reading:
    changed = any(one.decision is Decision.CHANGE for one in decisions)
    return read_points(line, values, began, changed_before=changed)


def _point(
    goal: PlanGoal, day: date, typed: str, comment: str, note_id: str, tx: Transaction
) -> GoalPoint:
    value = None
    if typed.strip():
        value = scale_of(goal.kind).accepted(parsed(typed))
    return GoalPoint(
        id=new_id(),
        goal_key=goal.key,
        student_id=goal.student_id,
        day=day.isoformat(),
        value=value,
        comment=comment,
        note_id=note_id,
        replaces=None,
        taken_out=False,
        person_id=tx.who,
        recorded_at=tx.now.at,
        zone=tx.now.zone,
    )


def _phase(goal: PlanGoal, begins: date, label: str, tx: Transaction) -> GoalPhase:
    return GoalPhase(
        new_id(), goal.key, goal.student_id, begins.isoformat(), label, tx.who, tx.now.at,
        tx.now.zone,
    )  # fmt: skip
