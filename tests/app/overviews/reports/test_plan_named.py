"""Other students named in one student's plan and screening papers are masked as they leave."""

import re
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import AddGuardian
from app.features.caseload.model import Contact, Tie
from app.features.plans.commands import (
    AgreePlan,
    BeginPhase,
    DecideOnGoal,
    EnterPoint,
    ReviewPlan,
    SignPlan,
)
from app.features.plans.model.forms import (
    Consent,
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
)
from app.features.plans.model.records import Decision, Outcome, Way
from app.features.screening.commands import CorrectScreening, RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.ids import StudentId, new_id
from app.kernel.measures import MeasureKind
from app.overviews.fhir.scope import Also, DocumentScope
from app.overviews.reports.leaving import Release
from app.overviews.reports.student_summary import Span, SummaryScope
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from sessions_desk import add_student

RELEASE = Release("Noor Haddad, mother", "Her request", TO_SUBJECT)
MASK = "[another student]"
LINE = "Other students named in the notes are masked."
GOAL = "calm"


def said(pdf: bytes) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def scope_of(desk: Desk, disclosure: str) -> dict[str, object]:
    return dict(desk.privacy.disclosure(disclosure).disclosure.scope)


@pytest.fixture
def student(desk: Desk) -> StudentId:
    """Return Amina; Tobias Lindqvist goes to the school too, and Salma Benkirane is his mother."""
    made = add_student(desk, "Amina", "Haddad")
    tobias = add_student(desk, "Tobias", "Lindqvist")
    aunt = Contact("Salma", "Benkirane")
    desk.caseload.add_guardian(AddGuardian(tobias, aunt, Tie("mother")))
    return made


def planned(desk: Desk, student: StudentId, other: str = "Tobias Lindqvist") -> str:
    """Agree, sign, measure, decide and review a plan that names somebody wherever one types."""
    goal = GoalForm(
        GOAL, f"need {other}", f"goal {other}", f"measure {other}", MeasureKind.GAS, "-2", "1",
        "2026-09-14", "2026-12-11", tuple(f"level{step} {other}" for step in range(5)),
    )  # fmt: skip
    form = PlanForm(
        student,
        kind=PlanKind.BEHAVIOR,
        title=f"title {other}",
        begins_on="2026-09-14",
        review_on="2026-12-11",
        sections=(("needs", f"section {other}"),),
        goals=(goal,),
        interventions=(InterventionForm(f"what {other}", f"who {other}", f"often {other}", GOAL),),
        tasks=(TaskForm(f"task {other}", f"doer {other}", "2026-11-24"),),
        team=(MemberForm(f"member {other}", f"part {other}"),),
        family=f"family {other}",
        consent=Consent.VERBAL,
        consent_by=f"consent {other}",
        consent_on="2026-09-14",
    )
    made = desk.plans.agree(AgreePlan(new_id(), form)).made
    version = desk.plans.plan(made).versions[0].version.id
    desk.plans.sign(
        SignPlan(
            version, f"signer {other}", f"as {other}", Way.PAPER, "2026-11-10", f"word {other}"
        )
    )
    desk.progress.enter(EnterPoint(GOAL, "-1", "2026-10-05", f"comment {other}"))
    desk.progress.begin_phase(BeginPhase(GOAL, "2026-10-06", f"phase {other}"))
    desk.progress.decide(DecideOnGoal(GOAL, Decision.CONTINUE, f"decided {other}", "2026-10-07"))
    desk.plans.review(
        ReviewPlan(
            made, "2026-11-12", f"present {other}", ((GOAL, Outcome.CLOSER, f"stands {other}"),),
            Decision.CLOSE, f"reason {other}",
        )
    )  # fmt: skip
    return made


PLACES = {
    "plan": (
        "title", "section", "goal", "need", "measure", "level0", "level4", "what", "who", "often",
        "task", "doer", "member", "part", "family", "consent", "signer", "as", "word", "present",
        "stands", "reason",
    ),
    "review": ("title", "goal", "stands", "reason", "present"),
    "progress": ("goal", "measure", "comment", "phase", "decided"),
}  # fmt: skip


def saved(desk: Desk, paper: str, plan: str, target: Path) -> str:
    papers = desk.plan_papers
    save = {
        "plan": papers.save_plan,
        "review": papers.save_review,
        "progress": papers.save_progress,
    }
    return save[paper](GOAL if paper == "progress" else plan, target, RELEASE)


def test_the_plan_its_review_and_a_goals_progress_mask_others_wherever_one_types(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    plan = planned(desk, student)
    for paper, places in PLACES.items():
        target = tmp_path / f"{paper}.pdf"
        left = saved(desk, paper, plan, target)
        text = said(target.read_bytes())
        for place in places:
            assert f"{place} {MASK}" in text.replace("[ another", "[another"), (paper, place)
        assert "Tobias" not in text
        assert "Lindqvist" not in text
        assert text.count(LINE) == 1
        masked = scope_of(desk, left)["others_named"]
        assert isinstance(masked, dict)
        assert masked["masked"] >= len(places)


def test_a_plan_that_names_the_student_staff_and_family_says_nothing_of_others(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    plan = planned(desk, student, "Amina Haddad")
    for paper in PLACES:
        target = tmp_path / f"{paper}.pdf"
        left = saved(desk, paper, plan, target)
        text = said(target.read_bytes())
        assert MASK not in text
        assert LINE not in text
        assert "goal Amina Haddad" in text
        assert "others_named" not in scope_of(desk, left)


def test_a_guardian_of_another_student_may_sign_and_take_part_but_is_not_told_about(
    desk: Desk, student: StudentId
) -> None:
    plan = planned(desk, student, "Salma Benkirane")
    text = said(desk.plan_papers.plan(plan)[1])
    for place in ("signer", "consent", "doer", "member", "who", "present"):
        assert f"{place} Salma Benkirane" in text, place
    for place in ("section", "task", "family", "word"):
        assert f"{place} {MASK}" in text, place


def test_a_screening_result_masks_whom_its_correction_and_who_answered_name(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    answers = tuple((str(item), 0) for item in range(1, 10))
    form = ScreeningForm(
        student, "phq-9", "self", "Tobias Lindqvist", "2026-11-10", answers=answers
    )
    first = desk.screening.record(RecordScreening(new_id(), form)).made
    desk.screening.correct(CorrectScreening(new_id(), first, form, "Was Tobias Lindqvist’s sheet"))
    target = tmp_path / "result.pdf"
    left = desk.screening_papers.save_result(first, target, RELEASE)
    text = said(target.read_bytes())
    assert f"Was {MASK} sheet" in text
    assert "Tobias" not in text
    assert text.count(LINE) == 1
    assert scope_of(desk, left)["others_named"] == {"masked": 2}


def test_a_plan_as_data_names_others_in_no_place(desk: Desk, student: StudentId) -> None:
    planned(desk, student)
    scope = DocumentScope(SummaryScope(student, (), Span()), (Also.PLANS,))
    made = desk.fhir.student(scope, RELEASE)
    assert made.named
    text = made.data.decode()
    left = [text[max(0, at.start() - 60) : at.end() + 20] for at in re.finditer("Tobias", text)]
    assert left == []
    assert "Lindqvist" not in text
