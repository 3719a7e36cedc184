"""A desk with a group of invented students on it, for the tests of the groups room."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.bootstrap import Desk
from app.features.groups.commands import (
    AddMember,
    MakeGroup,
    SignGroupSession,
    StartGroupSession,
)
from app.features.groups.model.group import GroupForm
from app.features.groups.model.session import GroupDraft, Mark, SessionForm
from app.features.plans.commands import AgreePlan
from app.features.plans.model.forms import GoalForm, PlanForm
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import MeasureKind
from sessions_desk import add_student


@dataclass
class Room:
    """A desk, its clock, a group, and its members in the order they were put in."""

    desk: Desk
    clock: FixedClock
    group: str
    students: list[StudentId]


EIGHT = (
    ("Mateo", "Ocampo"),
    ("Ximena", "Varela"),
    ("Tobias", "Lindqvist"),
    ("Amara", "Okafor"),
    ("Jun", "Watanabe"),
    ("Priya", "Raman"),
    ("Declan", "Fitzgerald"),
    ("Noor", "Haddad"),
)
"""Invented names of a group of eight."""


def service_of(desk: Desk, code: str = "group-counseling") -> str:
    """Return the id of a kind of service that came with the program."""
    return next(c.id for c in desk.sessions.choices().services if c.code == code)


def a_form(desk: Desk, **changes: str) -> GroupForm:
    """Return the form of a group that can be made as it stands."""
    form = GroupForm(
        name="Tuesday coping",
        purpose="Coping with worry before tests",
        curriculum="Coping Cat",
        contents="Naming feelings\nBreathing\nThinking it over",
        service_id=service_of(desk),
        school_id=desk.caseload.schools()[0].id,
        starts_on="2026-09-01",
        ends_on="2027-01-20",
    )
    return replace(form, **changes)  # type: ignore[arg-type]


def a_group(
    desk: Desk,
    names: Sequence[tuple[str, str]] = EIGHT,
    joined_on: str = "2026-09-01",
    **changes: str,
) -> tuple[str, list[StudentId]]:
    """Make a group of invented students; return its id and theirs, in the order given."""
    group = desk.groups.make_group(MakeGroup(a_form(desk, **changes))).made
    students = [add_student(desk, given, family) for given, family in names]
    for student in students:
        desk.groups.add_member(AddMember(group, student, joined_on))
    return group, students


def a_goal(desk: Desk, of: StudentId, key: str, statement: str = "Begins in time") -> str:
    """Agree a plan with one goal and return its key."""
    goal = GoalForm(
        key=key, statement=statement, measure="Days of five", kind=MeasureKind.COUNT,
        baseline="0", target="5", baseline_on="2026-09-07", by_when="2026-11-27",
    )  # fmt: skip
    form = PlanForm(
        student_id=of, title="Plan", begins_on="2026-09-07", review_on="2026-12-15",
        sections=(("needs", "A start"),), goals=(goal,),
    )  # fmt: skip
    desk.plans.agree(AgreePlan(new_id(), form))
    return key


def a_session(desk: Desk, group: str, text: str = "Practised breathing in pairs.") -> GroupDraft:
    """Return a session's draft that could be signed, begun now and not yet kept."""
    draft = desk.groups.start_session(StartGroupSession(group)).draft
    first, *others = draft.form.sections
    return typed(draft, sections=(replace(first, text=text), *others))


def typed(draft: GroupDraft, **changes: object) -> GroupDraft:
    """Return a draft in whose form something else was typed."""
    form: SessionForm = replace(draft.form, **changes)  # type: ignore[arg-type]
    return replace(draft, form=form)


def marked(draft: GroupDraft, student: StudentId, **changes: object) -> GroupDraft:
    """Return a draft in which something else was entered about one member."""
    before = next(mark for mark in draft.form.marks if mark.student_id == student)
    mark: Mark = replace(before, **changes)  # type: ignore[arg-type]
    return replace(draft, form=draft.form.marked(mark))


def sign(desk: Desk, draft: GroupDraft) -> str:
    """Sign a session and return its id."""
    return desk.groups.sign_session(SignGroupSession(draft)).made
