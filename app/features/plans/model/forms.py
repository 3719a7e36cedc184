"""A plan while it is written: nothing in it has to make sense yet; and when it can be agreed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum, unique
from typing import Any, Self

from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.measures import GoalLine, MeasureKind, parsed, scale_of
from app.kernel.rows import storable

LONGEST_TEXT = 8_000
MOST_GOALS = 20
GAS_STEPS = 5


@unique
class PlanKind(StrEnum):
    """What a plan is for."""

    CASE_MANAGEMENT = "case_management"
    COUNSELING = "counseling"
    BEHAVIOR = "behavior"
    HEALTH = "health"
    TRANSITION = "transition"
    REENTRY = "reentry"
    ATTENDANCE = "attendance"


_COMMON = ("strengths", "needs")
SECTIONS: Mapping[PlanKind, tuple[str, ...]] = {
    PlanKind.CASE_MANAGEMENT: (*_COMMON, "supports"),
    PlanKind.COUNSELING: (*_COMMON, "concern"),
    # Positive behavioral interventions and supports: what comes before, what it is for, what
    # takes its place, and what makes that worth while.
    PlanKind.BEHAVIOR: (
        *_COMMON, "behavior", "antecedent", "consequence", "function", "replacement",
        "reinforcement", "response",
    ),
    PlanKind.HEALTH: (*_COMMON, "condition", "accommodations", "emergency"),
    PlanKind.TRANSITION: (*_COMMON, "from_place", "to_place", "handover", "supports"),
    PlanKind.REENTRY: (*_COMMON, "away", "return_schedule", "check_ins", "safety"),
    PlanKind.ATTENDANCE: (*_COMMON, "pattern", "barriers", "supports"),
}  # fmt: skip
"""The parts of a plan by its kind, in their order."""


@unique
class Consent(StrEnum):
    """What the guardian, or the student who may, said to the plan."""

    OPEN = ""
    GIVEN = "given"
    VERBAL = "verbal"
    DECLINED = "declined"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class GoalForm:
    """A goal as it is typed: specific, measured, and to be reached by a day."""

    key: str = ""
    """Stays the same from version to version."""
    need: str = ""
    statement: str = ""
    measure: str = ""
    kind: str = MeasureKind.COUNT
    baseline: str = ""
    target: str = ""
    baseline_on: str = ""
    by_when: str = ""
    levels: tuple[str, ...] = ("",) * GAS_STEPS
    """Of a goal attainment scale: what −2, −1, 0, +1 and +2 look like."""


@dataclass(frozen=True, slots=True)
class InterventionForm:
    """What is done, by whom, how often, for which goal."""

    what: str = ""
    who: str = ""
    often: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class TaskForm:
    """Something that somebody does until a day."""

    text: str = ""
    doer: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True)
class MemberForm:
    """Someone of the team, and their part."""

    name: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class PlanForm:
    """The form as it stands; it is also the draft."""

    student_id: StudentId | None = None
    plan_id: str = ""
    """Of the plan whose next version this is; empty for a new one."""
    kind: str = PlanKind.CASE_MANAGEMENT
    title: str = ""
    begins_on: str = ""
    review_on: str = ""
    tier: int = 0
    sections: tuple[tuple[str, str], ...] = ()
    goals: tuple[GoalForm, ...] = ()
    interventions: tuple[InterventionForm, ...] = ()
    tasks: tuple[TaskForm, ...] = ()
    team: tuple[MemberForm, ...] = ()
    family: str = ""
    consent: str = Consent.OPEN
    consent_by: str = ""
    consent_on: str = ""

    def section(self, key: str) -> str:
        """Return the text of a part."""
        return dict(self.sections).get(key, "")

    def text(self) -> str:
        """Return the form as a draft keeps it."""
        return json.dumps(_plain(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the form of a draft; what a newer program added is passed over."""
        facts: dict[str, Any] = json.loads(text)
        known = {one.name: facts[one.name] for one in fields(cls) if one.name in facts}
        known["sections"] = tuple((str(key), str(said)) for key, said in known.get("sections", ()))
        for name, kind in (
            ("goals", GoalForm), ("interventions", InterventionForm), ("tasks", TaskForm),
            ("team", MemberForm),
        ):  # fmt: skip
            known[name] = tuple(_restored(kind, one) for one in known.get(name, ()))
        return cls(**known)


def _plain(record: Any) -> dict[str, Any]:
    found = {}
    for one in fields(record):
        value = getattr(record, one.name)
        if isinstance(value, tuple):
            value = [
                _plain(part) if hasattr(part, "__dataclass_fields__") else part for part in value
            ]
        found[one.name] = value
    return found


def _restored(kind: type[Any], facts: Mapping[str, Any]) -> Any:
    known = {one.name: facts[one.name] for one in fields(kind) if one.name in facts}
    if "levels" in known:
        known["levels"] = tuple(str(level) for level in known["levels"])
    return kind(**known)


@dataclass(frozen=True, slots=True)
class AgreedGoal:
    """A goal that can be agreed: its numbers are read."""

    form: GoalForm
    kind: MeasureKind
    baseline: int
    target: int
    baseline_on: date
    by_when: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """A plan that can be agreed."""

    form: PlanForm
    kind: PlanKind
    begins: date
    review: date
    goals: tuple[AgreedGoal, ...]


def day_of(text: str, field: str) -> date:
    """Return a calendar day that was typed; refuse what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("plan-needs-day", field) from None


def kept(text: str, field: str) -> str:
    """Return text as it is kept; refuse what is too long."""
    found = storable(text)
    if len(found) > LONGEST_TEXT:
        raise Refused("text-too-long", field, most=LONGEST_TEXT)
    return found


def _needed(text: str, field: str, code: str) -> str:
    found = kept(text, field)
    if not found:
        raise Refused(code, field)
    return found


def _blank(record: Any, *but: str) -> bool:
    return not any(
        "".join(value).strip() if isinstance(value, tuple) else str(value).strip()
        for one in fields(record)
        if one.name not in but and (value := getattr(record, one.name)) is not None
    )


def _goal(goal: GoalForm, place: int, begins: date) -> AgreedGoal:
    at = f"goals.{place}"
    kind = MeasureKind(goal.kind)
    statement = _needed(goal.statement, f"{at}.statement", "goal-needs-statement")
    measure = _needed(goal.measure, f"{at}.measure", "goal-needs-measure")
    scale = scale_of(kind)
    levels = tuple(kept(level, f"{at}.levels") for level in goal.levels)
    if kind is MeasureKind.GAS:
        for step, level in enumerate(levels):
            if not level:
                raise Refused("goal-needs-levels", f"{at}.levels.{step}")
    else:
        levels = ()
    if not goal.baseline.strip():
        raise Refused("goal-needs-baseline", f"{at}.baseline")
    if not goal.target.strip():
        raise Refused("goal-needs-target", f"{at}.target")
    baseline = scale.accepted(parsed(goal.baseline, f"{at}.baseline"), f"{at}.baseline")
    target = scale.accepted(parsed(goal.target, f"{at}.target"), f"{at}.target")
    first = day_of(goal.baseline_on, f"{at}.baseline_on") if goal.baseline_on.strip() else begins
    last = day_of(goal.by_when, f"{at}.by_when")
    try:
        GoalLine(first, baseline, last, target).accepted()
    except Refused as refused:
        field = "by_when" if refused.field == "ends" else "target"
        raise Refused(refused.code, f"{at}.{field}") from None
    clean = replace(
        goal,
        statement=statement,
        measure=measure,
        need=kept(goal.need, f"{at}.need"),
        levels=levels,
    )
    return AgreedGoal(clean, kind, baseline, target, first, last)


def agreed(form: PlanForm, today: date) -> Agreed:
    """Return the plan that agreeing on the form makes, or refuse at the first field to mend.

    Rows that were left empty are left out.
    """
    if form.student_id is None:
        raise Refused("plan-needs-student", "student")
    kind = PlanKind(form.kind)
    title = _needed(form.title, "title", "care-plan-needs-title")
    begins = day_of(form.begins_on, "begins_on")
    review = day_of(form.review_on, "review_on")
    if review <= begins:
        raise Refused("plan-review-before-begin", "review_on")
    if review <= today:
        raise Refused("plan-review-past", "review_on")
    sections = tuple(
        (key, text)
        for key in SECTIONS[kind]
        if (text := kept(form.section(key), f"sections.{key}"))
    )
    if not dict(sections).get("needs"):
        raise Refused("plan-needs-needs", "sections.needs")
    goals = tuple(
        _goal(goal, place, begins)
        for place, goal in enumerate(form.goals)
        if not _blank(goal, "key", "kind")
    )
    if not goals:
        raise Refused("plan-needs-goal", "goals")
    if len(goals) > MOST_GOALS:
        raise Refused("plan-many-goals", "goals", most=MOST_GOALS)
    interventions = []
    for place, one in enumerate(form.interventions):
        if _blank(one, "goal"):
            continue
        at = f"interventions.{place}"
        interventions.append(
            InterventionForm(
                _needed(one.what, f"{at}.what", "intervention-needs-what"),
                _needed(one.who, f"{at}.who", "intervention-needs-who"),
                _needed(one.often, f"{at}.often", "intervention-needs-often"),
                one.goal if any(goal.form.key == one.goal for goal in goals) else "",
            )
        )
    tasks = []
    for place, task in enumerate(form.tasks):
        if _blank(task):
            continue
        at = f"tasks.{place}"
        tasks.append(
            TaskForm(
                _needed(task.text, f"{at}.text", "task-needs-text"),
                _needed(task.doer, f"{at}.doer", "task-needs-doer"),
                day_of(task.due_on, f"{at}.due_on").isoformat(),
            )
        )
    team = tuple(
        MemberForm(
            _needed(one.name, f"team.{place}.name", "member-needs-name"), kept(one.part, "team")
        )
        for place, one in enumerate(form.team)
        if not _blank(one)
    )
    consent = Consent(form.consent)
    if consent in {Consent.GIVEN, Consent.VERBAL, Consent.DECLINED}:
        _needed(form.consent_by, "consent_by", "consent-who-said")
        if day_of(form.consent_on, "consent_on") > today:
            raise Refused("day-ahead", "consent_on")
    clean = replace(
        form,
        title=title,
        sections=sections,
        goals=tuple(goal.form for goal in goals),
        interventions=tuple(interventions),
        tasks=tuple(tasks),
        team=team,
        family=kept(form.family, "family"),
        consent_by=kept(form.consent_by, "consent_by"),
    )
    return Agreed(clean, kind, begins, review, goals)
