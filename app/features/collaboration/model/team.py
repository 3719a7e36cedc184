"""Who is around a student, in which role, and what they may be told."""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.ids import StudentId


@unique
class MemberKind(StrEnum):
    """Where someone on the team comes from."""

    STAFF = "staff"
    GUARDIAN = "guardian"
    PROVIDER = "provider"


@unique
class MayKnow(StrEnum):
    """What a member of the team may be told."""

    THAT = "that"
    """That the student is seen."""
    WHEN = "when"
    """When the student is out of class."""
    GOALS = "goals"
    STRATEGIES = "strategies"
    SAFETY = "safety"


_USUAL: dict[MemberKind, tuple[MayKnow, ...]] = {
    MemberKind.STAFF: (MayKnow.THAT, MayKnow.WHEN, MayKnow.STRATEGIES),
    MemberKind.GUARDIAN: (MayKnow.THAT, MayKnow.WHEN, MayKnow.GOALS),
    MemberKind.PROVIDER: (),
}


def usually_knows(kind: MemberKind) -> tuple[MayKnow, ...]:
    """Return what is offered first; an outside provider is told nothing without a release."""
    return _USUAL[kind]


@dataclass(frozen=True, slots=True)
class Member:
    """Someone on a student's care team."""

    id: str
    student_id: StudentId
    kind: MemberKind
    ref_id: str
    name: str
    role: str
    phone: str
    since_on: str
    until_on: str
    may_know: tuple[str, ...]
    note: str
    person_id: str
    made_at: str
    zone: str
