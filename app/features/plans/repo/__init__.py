"""Plans, versions, reviews, tasks and templates in the file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from app.features.plans.model.forms import PlanForm, PlanKind
from app.features.plans.model.records import (
    CarePlan,
    GoalDecision,
    GoalPhase,
    GoalPoint,
    PlanGoal,
    PlanTemplate,
    PlanVersion,
    Review,
    Signature,
    Task,
    TierEvidence,
)
from app.kernel.clock import Moment
from app.kernel.names import shown_name
from app.kernel.ports import Value
from app.store.book import Book, Keeper, listed, looked_over, read_as

PAGE = 200
"""Rows in one page of a list."""
OfGoal = TypeVar("OfGoal", GoalPhase, GoalDecision)
_STUDENT = "s.given_name, s.family_name, s.preferred_name, s.grade"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list."""

    plan: CarePlan
    student: str
    grade: str
    goals: int
    open_tasks: int
    next_due: str
    """Of its open tasks; empty where there is none."""


class Measured(NamedTuple):
    """A point of a goal, as a list shows it: its day, and its value in thousandths."""

    day: str
    value: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in a list."""

    task: Task
    student: str
    title: str
    """Of the plan."""


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A plan that is being written."""

    id: str
    form: PlanForm
    student: str
    saved: Moment
    begun: Moment


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows the list of plans; empty: all."""

    student_id: str = ""
    kind: str = ""
    school_id: str = ""
    review_until: str = ""
    closed: bool = False


def _narrowed(by: Narrowing) -> tuple[str, list[Value]]:
    parts = ["t.closed_on <> ''" if by.closed else "t.closed_on = ''"]
    values: list[Value] = []
    for condition, value in (
        ("t.student_id = ?", by.student_id),
        ("t.kind = ?", by.kind),
        ("s.school_id = ?", by.school_id),
        ("t.review_on <= ?", by.review_until),
    ):
        if value:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values


class PlansBook(Book):
    """The room's records, for reading."""

    frozen = {
        PlanVersion: "plan_version",
        PlanGoal: "plan_goal",
        Signature: "plan_signature",
        Review: "plan_review",
        GoalPoint: "goal_point",
        GoalPhase: "goal_phase",
        GoalDecision: "goal_decision",
        TierEvidence: "tier_evidence",
    }
    living = {CarePlan: "care_plan", Task: "plan_task", PlanTemplate: "plan_template"}

    def name(self, student_id: str) -> str:
        """Return how a student is shown; empty for none."""
        row = self.reader.execute(
            "SELECT given_name, family_name, preferred_name FROM student WHERE id = ?",
            (student_id,),
        ).fetchone()
        return shown_name(*row) if row else ""

    def plans(self, by: Narrowing, offset: int = 0, limit: int = PAGE) -> list[PlanLine]:
        """Return one page of plans, those to be reviewed soonest first."""
        condition, values = _narrowed(by)
        rows = self.reader.execute(
            f"SELECT {listed(CarePlan)}, {_STUDENT},"
            " (SELECT count(*) FROM plan_goal g JOIN plan_version v ON v.id = g.version_id"
            " WHERE v.plan_id = t.id AND v.number = t.version),"
            " (SELECT count(*) FROM plan_task k WHERE k.plan_id = t.id AND k.done_at = ''),"
            " coalesce((SELECT min(k.due_on) FROM plan_task k WHERE k.plan_id = t.id"
            " AND k.done_at = ''), '')"
            " FROM care_plan t CROSS JOIN student s ON s.id = t.student_id"
            f" WHERE {condition} ORDER BY t.review_on, t.id LIMIT 0 + ? OFFSET ?",
            (*values, limit, offset),
        )
        return [
            PlanLine(
                read_as(CarePlan, row),
                shown_name(row[-7], row[-6], row[-5]),
                row[-4],
                row[-3],
                row[-2],
                row[-1],
            )
            for row in rows
        ]

    def count(self, by: Narrowing) -> int:
        """Return how many plans there are."""
        condition, values = _narrowed(by)
        row = self.reader.execute(
            "SELECT count(*) FROM care_plan t CROSS JOIN student s ON s.id = t.student_id"
            f" WHERE {condition}",
            tuple(values),
        ).fetchone()
        return int(row[0]) if row else 0

    def versions(self, plan_id: str) -> list[PlanVersion]:
        """Return a plan's versions, the newest first."""
        return self.where(PlanVersion, "t.plan_id = ? ORDER BY t.number DESC", (plan_id,))

    def goals(self, version_id: str) -> list[PlanGoal]:
        """Return a version's goals in their order."""
        return self.where(PlanGoal, "t.version_id = ? ORDER BY t.position", (version_id,))

    def goals_of_student(self, student_id: str) -> list[PlanGoal]:
        """Return the goals of the newest versions of a student's open plans."""
        return self.where(
            PlanGoal,
            "t.student_id = ? AND EXISTS (SELECT 1 FROM plan_version v JOIN care_plan p"
            " ON p.id = v.plan_id AND p.version = v.number AND p.closed_on = ''"
            " WHERE v.id = t.version_id) ORDER BY t.plan_id, t.position",
            (student_id,),
        )

    def signatures(self, version_id: str) -> list[Signature]:
        """Return who signed a version."""
        return self.where(Signature, "t.version_id = ? ORDER BY t.row", (version_id,))

    def reviews(self, plan_id: str) -> list[Review]:
        """Return a plan's reviews, the oldest first."""
        return self.where(Review, "t.plan_id = ? ORDER BY t.row", (plan_id,))

    def tasks(self, plan_id: str) -> list[Task]:
        """Return a plan's tasks, open ones first, by their day."""
        return self.where(
            Task, "t.plan_id = ? ORDER BY t.done_at <> '', t.due_on, t.id", (plan_id,)
        )

    def due_tasks(self, person_id: str, until: str) -> list[TaskLine]:
        """Return one's open tasks that are due up to a day."""
        rows = self.reader.execute(
            f"SELECT {listed(Task)}, {_STUDENT}, p.title FROM plan_task t"
            " JOIN care_plan p ON p.id = t.plan_id JOIN student s ON s.id = t.student_id"
            " WHERE t.person_id = ? AND t.done_at = '' AND t.due_on <= ? ORDER BY t.due_on, t.id",
            (person_id, until),
        )
        return [
            TaskLine(read_as(Task, row), shown_name(row[-5], row[-4], row[-3]), row[-1])
            for row in rows
        ]

    def templates(self) -> list[PlanTemplate]:
        """Return the templates by their title, retired ones last."""
        return self.where(PlanTemplate, "1 ORDER BY t.retired, t.title, t.id")

    def draft(self, person_id: str, draft_id: str) -> DraftLine | None:
        """Return a draft of one's own, or None."""
        return next(iter(self._drafts("d.person_id = ? AND d.id = ?", (person_id, draft_id))), None)

    def drafts(self, person_id: str) -> list[DraftLine]:
        """Return one's drafts, the newest first."""
        return self._drafts("d.person_id = ? ORDER BY d.saved_at DESC", (person_id,))

    def draft_of_plan(self, person_id: str, plan_id: str) -> DraftLine | None:
        """Return the draft of a plan's next version, or None."""
        return next(
            iter(self._drafts("d.person_id = ? AND d.plan_id = ?", (person_id, plan_id))), None
        )

    def _drafts(self, condition: str, values: tuple[Value, ...]) -> list[DraftLine]:
        rows = self.reader.execute(
            "SELECT d.id, d.content, d.saved_at, d.zone, s.given_name, s.family_name,"
            " s.preferred_name, d.made_at FROM plan_draft d LEFT JOIN student s ON s.id = d.student_id"
            f" WHERE {condition}",
            values,
        )
        return [
            DraftLine(
                row[0],
                PlanForm.of_text(row[1]),
                shown_name(row[4] or "", row[5] or "", row[6] or ""),
                Moment(row[2], row[3]),
                Moment(row[7], row[3]),
            )
            for row in rows
        ]

    def goal(self, key: str) -> PlanGoal | None:
        """Return a goal as it was agreed last, or None."""
        return next(
            iter(self.where(PlanGoal, "t.key = ? ORDER BY t.row DESC LIMIT 1", (key,))), None
        )

    def points(self, key: str) -> list[GoalPoint]:
        """Return the points of a goal that stand, by their day."""
        return self.where(
            GoalPoint,
            "t.goal_key = ? AND t.taken_out = 0 AND NOT EXISTS"
            " (SELECT 1 FROM goal_point n WHERE n.replaces = t.id) ORDER BY t.day, t.row",
            (key,),
        )

    def all_points(self, key: str) -> list[GoalPoint]:
        """Return every row of a goal's points, those that were corrected too."""
        return self.where(GoalPoint, "t.goal_key = ? ORDER BY t.row", (key,))

    def phases(self, key: str) -> list[GoalPhase]:
        """Return the phases of a goal by their day."""
        return self.where(GoalPhase, "t.goal_key = ? ORDER BY t.begins_on, t.row", (key,))

    def decisions(self, key: str) -> list[GoalDecision]:
        """Return what was decided on a goal, the oldest first."""
        return self.where(GoalDecision, "t.goal_key = ? ORDER BY t.row", (key,))

    def measured_of(self, keys: Sequence[str]) -> dict[str, list[Measured]]:
        """Return, by goal, the points with a value that stand, by their day."""
        found: dict[str, list[Measured]] = {}
        for key, day, value in self.reader.execute(
            "SELECT t.goal_key, t.day, t.value FROM goal_point t"
            " WHERE t.goal_key IN (SELECT value FROM json_each(?)) AND t.value IS NOT NULL"
            " AND t.taken_out = 0 AND NOT EXISTS"
            " (SELECT 1 FROM goal_point n WHERE n.replaces = t.id)"
            " ORDER BY t.goal_key, t.day, t.row",
            (json.dumps(keys),),
        ):
            found.setdefault(key, []).append(Measured(day, value))
        return found

    def phases_of(self, keys: Sequence[str]) -> dict[str, list[GoalPhase]]:
        """Return the phases of goals, each goal's by their day."""
        return self._of_goals(GoalPhase, " ORDER BY t.begins_on, t.row", keys)

    def decisions_of(self, keys: Sequence[str]) -> dict[str, list[GoalDecision]]:
        """Return what was decided on goals, of each the oldest first."""
        return self._of_goals(GoalDecision, " ORDER BY t.row", keys)

    def _of_goals(
        self, kind: type[OfGoal], more: str, keys: Sequence[str]
    ) -> dict[str, list[OfGoal]]:
        found: dict[str, list[OfGoal]] = {}
        condition = f"t.goal_key IN (SELECT value FROM json_each(?)){more}"
        for one in self.where(kind, condition, (json.dumps(keys),)):
            found.setdefault(one.goal_key, []).append(one)
        return found

    def open_goals(self, offset: int = 0, limit: int = PAGE) -> list[tuple[PlanGoal, str]]:
        """Return one page of the goals of open plans, with the student's name, by name."""
        rows = self.reader.execute(
            f"SELECT {listed(PlanGoal)}, {_STUDENT} FROM care_plan p"
            " JOIN plan_version v ON v.plan_id = p.id AND v.number = p.version"
            " JOIN plan_goal t ON t.version_id = v.id JOIN student s ON s.id = t.student_id"
            " WHERE p.closed_on = '' ORDER BY s.listed_name, s.row, p.id, t.position"
            " LIMIT 0 + ? OFFSET ?",
            (limit, offset),
        )
        return [(read_as(PlanGoal, row), shown_name(row[-4], row[-3], row[-2])) for row in rows]

    def version_of_draft(self, draft_id: str) -> PlanVersion | None:
        """Return the version that agreeing on a draft made, or None."""
        return self.get(PlanVersion, draft_id)

    def reviews_due(self, until: str) -> list[PlanLine]:
        """Return the open plans whose review is due up to a day."""
        return self.plans(Narrowing(review_until=until))

    def kinds(self) -> list[PlanKind]:
        """Return the kinds of plan that are open."""
        rows = self.reader.execute(
            "SELECT DISTINCT kind FROM care_plan WHERE closed_on = '' ORDER BY 1"
        )
        return [PlanKind(row[0]) for row in rows]


class PlansKeeper(PlansBook, Keeper):
    """The room's records within one command."""

    def save_draft(self, draft_id: str, form: PlanForm) -> bool:
        """Keep a draft; False for one that was agreed."""
        if self.version_of_draft(draft_id) is not None:
            return False
        self.tx.execute(
            "INSERT INTO plan_draft (id, person_id, student_id, plan_id, content, made_at,"
            " saved_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " student_id = excluded.student_id, plan_id = excluded.plan_id,"
            " content = excluded.content, saved_at = excluded.saved_at"
            " WHERE person_id = excluded.person_id",
            (
                draft_id,
                self.tx.who,
                form.student_id,
                form.plan_id,
                form.text(),
                self.tx.now.at,
                self.tx.now.at,
                self.tx.now.zone,
            ),
        )
        return True

    def drop_draft(self, draft_id: str) -> None:
        """Throw a draft of one's own away."""
        self.tx.execute(
            "DELETE FROM plan_draft WHERE id = ? AND person_id = ?", (draft_id, self.tx.who)
        )


frozen_rows = looked_over(PlansBook)

__all__ = [
    "PAGE",
    "DraftLine",
    "Narrowing",
    "PlanLine",
    "PlansBook",
    "PlansKeeper",
    "TaskLine",
    "frozen_rows",
]
