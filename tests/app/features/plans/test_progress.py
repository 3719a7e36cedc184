from dataclasses import replace

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.plans.commands import (
    AgreePlan,
    BeginPhase,
    CorrectPoint,
    DecideOnGoal,
    EnterPoint,
)
from app.features.plans.model.forms import GoalForm, PlanForm
from app.features.plans.model.records import Decision
from app.features.sessions.commands import SignNote, StartDraft
from app.features.sessions.model import Section
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import MeasureKind, Proposal, Side


def student(desk: Desk, given: str = "Mateo") -> StudentId:
    profile = Profile(given, "Ocampo", grade="08", school_id=desk.caseload.schools()[0].id)
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def goal_of(desk: Desk, of: StudentId, key: str = "time") -> str:
    goal = GoalForm(
        key=key, statement="Begins in time", measure="Days of five", kind=MeasureKind.COUNT,
        baseline="0", target="10", baseline_on="2026-09-07", by_when="2026-11-16",
    )  # fmt: skip
    form = PlanForm(
        student_id=of, title="Plan", begins_on="2026-09-07", review_on="2026-12-15",
        sections=(("needs", "A start"),), goals=(goal,),
    )  # fmt: skip
    desk.plans.agree(AgreePlan(new_id(), form))
    return key


def enter(desk: Desk, key: str, *values: str, month: str = "09") -> None:
    for week, value in enumerate(values):
        desk.progress.enter(EnterPoint(key, value, f"2026-{month}-{7 + 7 * week:02d}"))


def test_four_points_below_the_line_ask_for_a_decision(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    enter(desk, key, "0", "0", "0")
    assert desk.progress.chart(key).reading.proposal is Proposal.COLLECT
    enter(desk, key, "0", "0", month="10")
    chart = desk.progress.chart(key)
    assert (chart.reading.proposal, chart.waits) == (Proposal.CHANGE, True)
    assert [row.goal.key for row in desk.progress.waiting()] == [key]
    desk.progress.decide(DecideOnGoal(key, Decision.CHANGE, "Not moving", label="Check-in"))
    chart = desk.progress.chart(key)
    assert chart.decisions[0].proposal is Proposal.CHANGE
    assert len(chart.decisions[0].points) == 5
    assert [phase.label for phase in chart.phases] == ["Check-in"]
    assert chart.reading.proposal is Proposal.COLLECT
    assert desk.progress.waiting() == []
    assert desk.verify().whole
    for table in ("goal_point", "goal_phase", "goal_decision"):
        with (
            pytest.raises(dbapi2.IntegrityError, match="frozen"),
            desk.records.transaction() as tx,
        ):
            tx.execute(f"UPDATE {table} SET recorded_at = ''")


def test_a_run_after_a_change_speaks_for_more(desk: Desk, clock: FixedClock) -> None:
    key = goal_of(desk, student(desk))
    enter(desk, key, "0", "0", "0", "0")
    desk.progress.decide(DecideOnGoal(key, Decision.CHANGE, "Not moving", decided_on="2026-10-01"))
    enter(desk, key, "1", "1", "1", "1", month="10")
    assert desk.progress.chart(key).reading.proposal is Proposal.INTENSIFY


def test_a_decision_may_differ_from_what_the_points_speak_for(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    enter(desk, key, "0", "0", "0", "0")
    enter(desk, key, "0", month="10")
    desk.progress.decide(DecideOnGoal(key, Decision.CONTINUE, "Was ill for two weeks"))
    chart = desk.progress.chart(key)
    assert (chart.decisions[0].proposal, chart.decisions[0].decision) == ("change", "continue")
    assert chart.phases == ()
    assert not chart.waits
    desk.progress.enter(EnterPoint(key, "0"))
    # A newer point on the wrong side, on the day of the decision, asks no second time.
    assert not desk.progress.chart(key).waits


def test_a_point_is_corrected_in_the_open(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    wrong = desk.progress.enter(EnterPoint(key, "9", "2026-10-01")).made
    right = desk.progress.correct(CorrectPoint(wrong, "6", "Misread")).made
    assert [one.value for one in desk.progress.chart(key).points] == [6000]
    with pytest.raises(Refused, match="point-corrected-already"):
        desk.progress.correct(CorrectPoint(wrong, "5", "again"))
    desk.progress.correct(CorrectPoint(right, "", "Another student's"))
    assert desk.progress.chart(key).points == ()
    assert len(desk.progress.rows(key)) == 3
    with pytest.raises(Refused, match="point-needs-why"):
        desk.progress.correct(CorrectPoint(right, "1", ""))


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (EnterPoint("time", "1.5"), "measure-not-whole"),
        (EnterPoint("time", "many"), "measure-not-a-number"),
        (EnterPoint("time", "1", "2026-11-21"), "day-ahead"),
        (EnterPoint("nothing", "1"), "goal-gone"),
    ],
)
def test_what_is_no_point_is_refused(desk: Desk, command: EnterPoint, code: str) -> None:
    goal_of(desk, student(desk))
    with pytest.raises(Refused, match=code):
        desk.progress.enter(command)


def signed(desk: Desk, of: StudentId, goals: tuple[tuple[str, str], ...]) -> str:
    opened = desk.sessions.start_draft(StartDraft(student_id=of))
    sections = tuple(Section(one.key, one.title, "Worked") for one in opened.draft.form.sections)
    form = replace(opened.draft.form, sections=sections, goals=goals)
    return desk.sessions.sign_note(SignNote(replace(opened.draft, form=form))).made


def test_a_session_note_rates_the_goals_it_worked_on(desk: Desk) -> None:
    of = student(desk)
    key, other = goal_of(desk, of), goal_of(desk, of, "calm")
    note = signed(desk, of, ((key, "4"), (other, "")))
    (point,) = desk.progress.chart(key).points
    assert (point.value, point.note_id, point.day) == (4000, note, "2026-11-20")
    assert len(desk.progress.chart(other).worked_on) == 1
    stranger = student(desk, "Noor")
    with pytest.raises(Refused, match="goal-of-another"):
        signed(desk, stranger, ((key, "4"),))
    with pytest.raises(Refused, match="measure-not-a-number"):
        signed(desk, of, ((key, "x"),))
    assert desk.sessions.note_count() == 1
    assert desk.verify().whole


def test_phases_are_said_by_a_person(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    desk.progress.begin_phase(BeginPhase(key, "2026-10-05", "New seat"))
    with pytest.raises(Refused, match="phase-needs-label"):
        desk.progress.begin_phase(BeginPhase(key, "2026-10-05", ""))
    assert [phase.label for phase in desk.progress.chart(key).phases] == ["New seat"]
    (row,) = desk.progress.board()
    assert (row.goal.key, row.newest, row.waits) == (key, None, False)


def next_version(desk: Desk, key: str, **changes: object) -> None:
    plan = desk.progress.chart(key).goal.plan_id
    opened = desk.plans.next_version(plan)
    (goal,) = opened.form.goals
    form = replace(opened.form, goals=(replace(goal, **changes),))
    desk.plans.agree(AgreePlan(opened.id, form))


def test_points_of_one_goal_are_measured_in_one_way(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    next_version(desk, key, kind=MeasureKind.DURATION)  # no point yet
    next_version(desk, key, kind=MeasureKind.COUNT)
    enter(desk, key, "1", "2")
    with pytest.raises(Refused, match="goal-measured-otherwise") as refused:
        next_version(desk, key, kind=MeasureKind.PERCENT)
    assert refused.value.field == "goals.0.kind"
    # A line that begins anew, even the other way, keeps the points and judges none from before.
    next_version(desk, key, baseline="10", target="2", baseline_on="2026-10-05")
    chart = desk.progress.chart(key)
    assert (len(chart.points), chart.reading.points) == (2, 0)


def test_a_new_line_judges_no_point_from_before_it(desk: Desk) -> None:
    key = goal_of(desk, student(desk))
    enter(desk, key, "0", "0", "0", "0", month="10")
    assert desk.progress.chart(key).reading.run is Side.WORSE
    next_version(desk, key, baseline="0", target="8", baseline_on="2026-11-02")
    chart = desk.progress.chart(key)
    assert (chart.reading.proposal, chart.asks, chart.waits) == (Proposal.COLLECT, (), False)
