"""What the plans room keeps: plans, their agreed versions, reviews, signatures and tasks."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.plans.model.forms import Consent, PlanKind
from app.kernel.ids import PersonId, StudentId
from app.kernel.measures import MeasureKind, Proposal


@unique
class Outcome(StrEnum):
    """How a goal stands at a review."""

    MET = "met"
    CLOSER = "closer"
    SAME = "same"
    FURTHER = "further"
    DROPPED = "dropped"


@unique
class Decision(StrEnum):
    """What a review decides."""

    CONTINUE = "continue"
    CHANGE = "change"
    INTENSIFY = "intensify"
    FADE = "fade"
    CLOSE = "close"


@unique
class Way(StrEnum):
    """How somebody signed."""

    PAPER = "paper"
    PRESENT = "present"
    REMOTE = "remote"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class CarePlan:
    """A plan as one goes on with it."""

    id: str
    student_id: StudentId
    kind: PlanKind
    title: str
    version: int
    begins_on: str
    review_on: str
    person_id: PersonId
    made_at: str
    zone: str
    closed_on: str = ""
    closed_why: str = ""


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A plan as it was agreed."""

    id: str
    plan_id: str
    student_id: StudentId
    number: int
    kind: PlanKind
    title: str
    begins_on: str
    review_on: str
    tier: int
    sections: tuple[tuple[str, str], ...]
    interventions: tuple[tuple[str, str, str, str], ...]
    """What, who, how often, and the key of the goal."""
    team: tuple[tuple[str, str], ...]
    family: str
    consent: Consent
    consent_by: str
    consent_on: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class PlanGoal:
    """A goal as it was agreed."""

    id: str
    version_id: str
    plan_id: str
    student_id: StudentId
    key: str
    position: int
    need: str
    statement: str
    measure: str
    kind: MeasureKind
    baseline: int
    target: int
    baseline_on: str
    by_when: str
    levels: tuple[str, ...]
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's word to a version."""

    id: str
    version_id: str
    student_id: StudentId
    name: str
    part: str
    way: Way
    signed_on: str
    comment: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found and decided."""

    id: str
    plan_id: str
    version_id: str
    student_id: StudentId
    held_on: str
    present: str
    outcomes: tuple[tuple[str, str, str], ...]
    """The goal's key, its outcome, and what is said of it."""
    decision: Decision
    reason: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Task:
    """Something that somebody does until a day."""

    id: str
    plan_id: str
    student_id: StudentId
    doer: str
    text: str
    due_on: str
    person_id: PersonId
    made_at: str
    zone: str
    done_at: str = ""
    done_by: str = ""


@dataclass(frozen=True, slots=True)
class PlanTemplate:
    """A form to begin from, made by a person or a district."""

    id: str
    title: str
    kind: PlanKind
    content: str
    source: str
    person_id: PersonId
    made_at: str
    zone: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class GoalPoint:
    """A point of a goal, or with no value that the goal was worked on."""

    id: str
    goal_key: str
    student_id: StudentId
    day: str
    value: int | None
    comment: str
    note_id: str
    replaces: str | None
    taken_out: bool
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class GoalPhase:
    """What was done differently from a day on."""

    id: str
    goal_key: str
    student_id: StudentId
    begins_on: str
    label: str
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class GoalDecision:
    """What a person decided on the points of a goal."""

    id: str
    goal_key: str
    student_id: StudentId
    decided_on: str
    proposal: Proposal
    decision: Decision
    reason: str
    points: tuple[tuple[str, int], ...]
    person_id: PersonId
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class TierEvidence:
    """What was known when a tier was decided."""

    id: str
    decision_id: str
    student_id: StudentId
    facts: tuple[tuple[str, str, str, int], ...]
    """Kind, day, text, number."""
    look_again_on: str
    person_id: PersonId
    recorded_at: str
    zone: str
