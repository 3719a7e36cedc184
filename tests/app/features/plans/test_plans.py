from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.plans.commands import (
    AddTask,
    AgreePlan,
    DiscardPlanDraft,
    FinishTask,
    KeepTemplate,
    LoadTemplates,
    PostponeTask,
    ReopenTask,
    RetireTemplate,
    ReviewPlan,
    SavePlanDraft,
    SignPlan,
    StartPlan,
)
from app.features.plans.model.forms import (
    SECTIONS,
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
)
from app.features.plans.model.records import Decision, Outcome, Way
from app.features.plans.repo import Narrowing
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import MeasureKind


@pytest.fixture
def student(desk: Desk) -> StudentId:
    school = desk.caseload.schools()[0].id
    profile = Profile("Mateo", "Ocampo", grade="08", school_id=school)
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


CALM = GoalForm(
    key="calm", need="Calm transitions", statement="Begins work within five minutes",
    measure="Minutes until work begins, daily sheet", kind=MeasureKind.DURATION, baseline="12",
    target="5", by_when="2027-02-26",
)  # fmt: skip
ATTEND = GoalForm(
    key="attend", statement="Comes to first period", measure="Days on time of five",
    kind=MeasureKind.COUNT, baseline="2", target="5", by_when="2027-01-29",
)  # fmt: skip


def form_of(student: StudentId, **changes: object) -> PlanForm:
    facts = {
        "student_id": student,
        "kind": PlanKind.BEHAVIOR,
        "title": "Fall plan",
        "begins_on": "2026-11-20",
        "review_on": "2027-01-15",
        "tier": 2,
        "sections": (
            ("strengths", "Draws, helps younger students"),
            ("needs", "A calm start"),
            ("function", "Escapes hard tasks"),
        ),
        "goals": (CALM, ATTEND),
        "interventions": (InterventionForm("Check-in/check-out", "A. Núñez", "daily", "calm"),),
        "tasks": (TaskForm("Tell the teachers", "A. Núñez", "2026-11-24"),),
        "team": (MemberForm("Rosa Ocampo", "mother"),),
        "family": "Bedtime at nine",
        "consent": "given",
        "consent_by": "Rosa Ocampo",
        "consent_on": "2026-11-19",
        **changes,
    }
    return PlanForm(**facts)  # type: ignore[arg-type]


def agree(desk: Desk, form: PlanForm, draft: str = "") -> str:
    return desk.plans.agree(AgreePlan(draft or new_id(), form)).made


def test_an_agreed_plan_stands_with_its_goals_and_tasks(desk: Desk, student: StudentId) -> None:
    draft = new_id()
    form = form_of(student)
    desk.plans.save_draft(SavePlanDraft(draft, form))
    assert desk.plans.open_draft(draft).form == form
    plan = agree(desk, form, draft)
    sheet = desk.plans.plan(plan)
    (version,) = sheet.versions
    assert (version.version.number, version.version.kind, version.version.tier) == (
        1,
        "behavior",
        2,
    )
    assert [(goal.key, goal.baseline, goal.target) for goal in version.goals] == [
        ("calm", 12_000, 5_000),
        ("attend", 2_000, 5_000),
    ]
    assert [task.text for task in sheet.tasks] == ["Tell the teachers"]
    assert desk.plans.drafts() == []
    for again in (
        lambda: agree(desk, form, draft),
        lambda: desk.plans.save_draft(SavePlanDraft(draft, form)),
        lambda: desk.plans.open_draft(draft),
    ):
        with pytest.raises(Refused, match="plan-agreed-already"):
            again()
    for table in ("plan_version", "plan_goal"):
        with (
            pytest.raises(dbapi2.IntegrityError, match="frozen"),
            desk.records.transaction() as tx,
        ):
            tx.execute(f"DELETE FROM {table}")
    assert desk.verify().whole


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"student_id": None}, "plan-needs-student", "student"),
        ({"title": " "}, "care-plan-needs-title", "title"),
        ({"begins_on": "soon"}, "plan-needs-day", "begins_on"),
        ({"review_on": "2026-11-20"}, "plan-review-before-begin", "review_on"),
        (
            {"begins_on": "2026-01-05", "review_on": "2026-03-05"},
            "plan-review-past",
            "review_on",
        ),
        ({"sections": (("strengths", "x"),)}, "plan-needs-needs", "sections.needs"),
        ({"goals": (GoalForm(key="x"),)}, "plan-needs-goal", "goals"),
        ({"goals": (replace(CALM, statement=""),)}, "goal-needs-statement", "goals.0.statement"),
        ({"goals": (CALM, replace(ATTEND, measure=""))}, "goal-needs-measure", "goals.1.measure"),
        ({"goals": (replace(CALM, baseline=""),)}, "goal-needs-baseline", "goals.0.baseline"),
        ({"goals": (replace(CALM, target=""),)}, "goal-needs-target", "goals.0.target"),
        ({"goals": (replace(CALM, target="12"),)}, "goal-is-baseline", "goals.0.target"),
        ({"goals": (replace(CALM, by_when=""),)}, "plan-needs-day", "goals.0.by_when"),
        (
            {"goals": (replace(CALM, by_when="2026-11-01"),)},
            "goal-ends-before-it-begins",
            "goals.0.by_when",
        ),
        ({"goals": (replace(ATTEND, target="2.5"),)}, "measure-not-whole", "goals.0.target"),
        (
            {"goals": (replace(CALM, kind="gas", baseline="-2", target="1"),)},
            "goal-needs-levels",
            "goals.0.levels.0",
        ),
        (
            {"interventions": (InterventionForm("x", "", "daily"),)},
            "intervention-needs-who",
            "interventions.0.who",
        ),
        ({"tasks": (TaskForm("x", "y", ""),)}, "plan-needs-day", "tasks.0.due_on"),
        ({"team": (MemberForm("", "mother"),)}, "member-needs-name", "team.0.name"),
        ({"consent_by": ""}, "consent-who-said", "consent_by"),
        ({"consent_on": "2027-01-01"}, "day-ahead", "consent_on"),
    ],
)
def test_what_cannot_be_agreed_is_refused_at_its_field(
    desk: Desk, student: StudentId, changes: dict[str, object], code: str, field: str
) -> None:
    with pytest.raises(Refused, match=code) as refused:
        agree(desk, form_of(student, **changes))
    assert refused.value.field == field
    assert desk.plans.plans() == []


def test_rows_left_empty_are_left_out(desk: Desk, student: StudentId) -> None:
    form = form_of(
        student,
        goals=(CALM, GoalForm(key="empty")),
        interventions=(InterventionForm(goal="calm"),),
        tasks=(TaskForm(),),
        team=(MemberForm(),),
    )
    (version,) = desk.plans.plan(agree(desk, form)).versions
    assert (len(version.goals), version.version.interventions, version.version.team) == (1, (), ())


def outcomes(**said: Outcome) -> tuple[tuple[str, Outcome, str], ...]:
    return tuple((key, outcome, "") for key, outcome in said.items())


def test_a_review_closes_a_version_and_opens_the_next(desk: Desk, student: StudentId) -> None:
    plan = agree(desk, form_of(student))
    with pytest.raises(Refused, match="review-needs-outcome") as refused:
        desk.plans.review(
            ReviewPlan(
                plan, "2026-11-20", "", outcomes(calm=Outcome.MET), Decision.CONTINUE, "Goes well"
            )
        )
    assert refused.value.field == "outcomes.1"
    draft = desk.plans.review(
        ReviewPlan(
            plan, "2026-11-20", "Mother, teacher",
            outcomes(calm=Outcome.MET, attend=Outcome.CLOSER), Decision.CONTINUE, "Half is reached",
        )
    ).made  # fmt: skip
    opened = desk.plans.open_draft(draft)
    assert [goal.key for goal in opened.form.goals] == ["attend"]
    assert opened.form.interventions == ()
    assert opened.form.consent == ""
    assert desk.plans.plan(plan).next_draft is not None
    assert agree(desk, opened.form, draft) == plan
    sheet = desk.plans.plan(plan)
    assert [one.version.number for one in sheet.versions] == [2, 1]
    assert sheet.plan.version == 2
    assert [goal.key for goal in desk.plans.goals_of(student)] == ["attend"]
    desk.plans.review(
        ReviewPlan(
            plan, "2026-11-20", "", outcomes(attend=Outcome.MET), Decision.CLOSE, "All is reached"
        )
    )
    assert desk.plans.plans() == []
    assert [line.plan.id for line in desk.plans.plans(Narrowing(closed=True))] == [plan]
    assert desk.plans.goals_of(student) == []
    for late in (
        lambda: agree(desk, replace(form_of(student), plan_id=plan)),
        lambda: desk.plans.review(
            ReviewPlan(plan, "2026-11-20", "", outcomes(attend=Outcome.MET), Decision.CLOSE, "x")
        ),
    ):
        with pytest.raises(Refused, match="plan-closed"):
            late()
    assert desk.verify().whole


def test_a_second_review_goes_on_with_the_draft_under_way(desk: Desk, student: StudentId) -> None:
    plan = agree(desk, form_of(student))
    command = ReviewPlan(
        plan, "2026-11-20", "", outcomes(calm=Outcome.SAME, attend=Outcome.SAME),
        Decision.CHANGE, "No change yet",
    )  # fmt: skip
    assert desk.plans.review(command).made == desk.plans.review(command).made
    assert len(desk.plans.drafts()) == 1


def test_signatures_stand_beside_the_version(desk: Desk, student: StudentId) -> None:
    plan = agree(desk, form_of(student))
    version = desk.plans.plan(plan).versions[0].version.id
    desk.plans.sign(SignPlan(version, "Rosa Ocampo", "mother", Way.PAPER, "2026-11-19"))
    with pytest.raises(Refused, match="signature-declined-why"):
        desk.plans.sign(SignPlan(version, "Luis Ocampo", "father", Way.DECLINED))
    with pytest.raises(Refused, match="day-ahead"):
        desk.plans.sign(SignPlan(version, "Luis Ocampo", "father", Way.PAPER, "2026-11-21"))
    desk.plans.sign(
        SignPlan(version, "Luis Ocampo", "father", Way.DECLINED, comment="Wants a call")
    )
    signed = desk.plans.plan(plan).versions[0].signatures
    assert [(one.name, one.way) for one in signed] == [
        ("Rosa Ocampo", "paper"),
        ("Luis Ocampo", "declined"),
    ]


def test_tasks_come_back_until_they_are_done(desk: Desk, student: StudentId) -> None:
    plan = agree(desk, form_of(student))
    desk.plans.add_task(AddTask(plan, "Call the clinic", "A. Núñez", "2026-11-20"))
    due = desk.plans.due_tasks("2026-11-20")
    assert [line.task.text for line in due] == ["Call the clinic"]
    desk.plans.finish_task(FinishTask(due[0].task.id))
    assert desk.plans.due_tasks("2026-11-20") == []
    desk.plans.reopen_task(ReopenTask(due[0].task.id))
    desk.plans.postpone_task(PostponeTask(due[0].task.id, "2026-11-23"))
    assert desk.plans.due_tasks("2026-11-20") == []
    assert len(desk.plans.due_tasks("2026-12-31")) == 2
    (line,) = desk.plans.plans()
    assert (line.open_tasks, line.next_due, line.goals) == (2, "2026-11-23", 2)


def test_a_template_carries_no_student(desk: Desk, student: StudentId) -> None:
    made = desk.plans.keep_template(KeepTemplate("Calm start", form_of(student))).made
    opened = desk.plans.start(StartPlan(student, template_id=made))
    assert opened.form.section("function") == "Escapes hard tasks"
    assert [goal.statement for goal in opened.form.goals] == [CALM.statement, ATTEND.statement]
    assert all(goal.baseline == "" and goal.key not in {"", "calm"} for goal in opened.form.goals)
    assert opened.form.family == ""
    (kept,) = desk.plans.templates()
    assert "Rosa" not in kept.content
    assert student not in kept.content
    desk.plans.retire_template(RetireTemplate(made))
    assert desk.plans.start(StartPlan(student)).templates == ()


def test_a_districts_templates_are_taken_whole_or_not(desk: Desk) -> None:
    good = (
        b'{"casewell_plan_templates": 1, "templates": [{"title": "Re-entry", "kind": "reentry",'
        b' "sections": [["needs", "A person to come to"]],'
        b' "goals": [{"statement": "Is in class", "kind": "percent"}]}]}'
    )
    desk.plans.load_templates(LoadTemplates(good))
    desk.plans.load_templates(LoadTemplates(good))
    (kept,) = desk.plans.templates()
    assert (kept.source, kept.kind) == ("district", "reentry")
    for bad in (
        b"",
        b"[]",
        b'{"casewell_plan_templates": 2, "templates": []}',
        b'{"casewell_plan_templates": 1, "templates": []}',
        good.replace(b"reentry", b"party"),
        good.replace(b'"title": "Re-entry", ', b""),
        good.replace(b'[["needs", "A person to come to"]]', b"7"),
        good.replace(b'"goals": [{', b'"goals": [7, {'),
    ):
        with pytest.raises(Refused, match="templates-malformed"):
            desk.plans.load_templates(LoadTemplates(bad))
    assert len(desk.plans.templates()) == 1


def test_a_draft_can_be_thrown_away(desk: Desk, student: StudentId) -> None:
    draft = new_id()
    desk.plans.save_draft(SavePlanDraft(draft, form_of(student)))
    desk.plans.discard_draft(DiscardPlanDraft(draft))
    assert desk.plans.drafts() == []
    with pytest.raises(Refused, match="draft-gone"):
        desk.plans.open_draft(draft)


texts = st.text(max_size=12)
forms = st.builds(
    PlanForm,
    student_id=st.none() | st.builds(StudentId, texts),
    kind=st.sampled_from(list(PlanKind)),
    title=texts,
    tier=st.integers(0, 3),
    sections=st.lists(
        st.tuples(st.sampled_from(sorted({k for v in SECTIONS.values() for k in v})), texts)
    ).map(tuple),
    goals=st.lists(st.builds(GoalForm, key=texts, statement=texts, baseline=texts)).map(tuple),
    interventions=st.lists(st.builds(InterventionForm, what=texts)).map(tuple),
    tasks=st.lists(st.builds(TaskForm, text=texts)).map(tuple),
    team=st.lists(st.builds(MemberForm, name=texts)).map(tuple),
)


@given(forms)
def test_a_form_comes_back_from_its_draft_as_it_was(form: PlanForm) -> None:
    assert PlanForm.of_text(form.text()) == form
