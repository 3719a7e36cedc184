"""What can be asked of the plans room."""

from dataclasses import dataclass, field

from app.features.plans.model.forms import PlanForm
from app.features.plans.model.records import Decision, Outcome, Way
from app.kernel.ids import StudentId


@dataclass(frozen=True, slots=True)
class StartPlan:
    """Begin a plan, from a template or from nothing."""

    student_id: StudentId | None = None
    kind: str = ""
    template_id: str = ""


@dataclass(frozen=True, slots=True)
class SavePlanDraft:
    """Keep a form as it stands; doing it twice is doing it once."""

    draft_id: str
    form: PlanForm


@dataclass(frozen=True, slots=True)
class DiscardPlanDraft:
    """Throw a draft away."""

    draft_id: str


@dataclass(frozen=True, slots=True)
class AgreePlan:
    """Freeze a form as the plan's next version; its tasks come on Today. Once by draft id."""

    draft_id: str
    form: PlanForm


@dataclass(frozen=True, slots=True)
class SignPlan:
    """Write down somebody's word to a version."""

    version_id: str
    name: str
    part: str
    way: Way
    signed_on: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """Hold a review: it closes the version; unless it ends the plan, the next one is begun."""

    plan_id: str
    held_on: str
    present: str
    outcomes: tuple[tuple[str, Outcome, str], ...]
    """The goal's key, its outcome, and what is said of it; every goal of the version."""
    decision: Decision
    reason: str


@dataclass(frozen=True, slots=True)
class AddTask:
    """Put something on the plan's list."""

    plan_id: str
    text: str
    doer: str
    due_on: str


@dataclass(frozen=True, slots=True)
class FinishTask:
    """Say that something was done."""

    task_id: str


@dataclass(frozen=True, slots=True)
class ReopenTask:
    """Take back that it was done."""

    task_id: str


@dataclass(frozen=True, slots=True)
class PostponeTask:
    """Give it another day."""

    task_id: str
    due_on: str


@dataclass(frozen=True, slots=True)
class KeepTemplate:
    """Make a template of a form, without the student."""

    title: str
    form: PlanForm
    template_id: str = ""
    """Of the template it takes the place of."""


@dataclass(frozen=True, slots=True)
class RetireTemplate:
    """Offer a template no longer, or again."""

    template_id: str
    retired: bool = True


@dataclass(frozen=True, slots=True)
class LoadTemplates:
    """Take in a district's templates from a file."""

    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EnterPoint:
    """Write down where a goal stands on a day; without a value, that it was worked on."""

    goal_key: str
    value: str
    day: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class CorrectPoint:
    """Put another value in a point's place, or with none take it out; the point stays."""

    point_id: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class BeginPhase:
    """Say what is done differently from a day on."""

    goal_key: str
    begins_on: str
    label: str


@dataclass(frozen=True, slots=True)
class DecideOnGoal:
    """Decide on the points, whatever they speak for; a change begins a phase of its own."""

    goal_key: str
    decision: Decision
    reason: str
    decided_on: str = ""
    label: str = ""
    """What is done differently, where something is."""
