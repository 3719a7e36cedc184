from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.plans.commands import (
    AddTask,
    AgreePlan,
    DecideOnGoal,
    EnterPoint,
    KeepTemplate,
    ReviewPlan,
)
from app.features.plans.model.forms import GoalForm, PlanForm, TaskForm
from app.features.plans.model.records import Decision, Outcome
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from app.overviews.reports.leaving import Release
from app.overviews.timeline import Happening
from app.paper.preview import page_texts
from grounds import TO_SUBJECT, choose
from ui.features.caseload import said
from ui.features.plans.presenter import editor, plan
from ui.features.plans.presenter.editor import PlanDraftPage, begin_plan
from ui.features.plans.presenter.lists import PlansPage, TemplatesPage
from ui.features.plans.presenter.naming import named_in
from ui.features.plans.presenter.plan import PlanPage
from ui.features.plans.presenter.progress import GoalPage, ProgressPage
from ui.features.plans.presenter.today import today_lines
from ui.features.sessions.presenter.note import NotePage
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.headings import Words

CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def student(desk: Desk, number: int = 1) -> StudentId:
    profile = Profile(
        f"Kim{number}", "Ode", grade="08", school_id=desk.caseload.schools()[0].id,
        student_number=str(number), birth_date="2012-03-04",
    )  # fmt: skip
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def form_of(of: StudentId | None, key: str = "leaving") -> PlanForm:
    return PlanForm(
        of,
        kind="behavior",
        title="Staying with the class",
        begins_on="2026-09-14",
        review_on="2026-12-11",
        sections=(("needs", "A way to ask for a break"),),
        goals=(
            GoalForm(
                key, "", "Kim asks for a break", "Times Kim leaves class", "count", "9", "2",
                "2026-09-14", "2026-12-11",
            ),
        ),
        tasks=(TaskForm("Give out the cards", "Ms. Rowe", "2026-11-18"),),
    )  # fmt: skip


def agreed(desk: Desk, key: str = "leaving", number: int = 1) -> str:
    return desk.plans.agree(AgreePlan(new_id(), form_of(student(desk, number), key))).made


def points(desk: Desk, *values: int, key: str = "leaving") -> None:
    for week, value in enumerate(values):
        day = date(2026, 9, 25) + timedelta(weeks=week)
        desk.progress.enter(EnterPoint(key, str(value), day.isoformat()))


def put(editor: QWidget, text: str) -> None:
    editor.setFocus()
    QTest.keyClicks(editor, text)


def sheet_of(page: QWidget) -> EntrySheet:
    (sheet,) = [one for one in page.findChildren(EntrySheet) if one.isVisible()]
    return sheet


def draft(context: FakeContext, subject: str = "") -> PlanDraftPage:
    page = context.put(PlanDraftPage, subject or begin_plan(student(context.desk)))
    assert isinstance(page, PlanDraftPage)
    return page


def test_a_plan_is_written_by_keyboard_and_agreed(
    desk: Desk, context: FakeContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(editor, "ask", lambda *said, **_more: asked.append(said[2]) or True)
    page = draft(context)
    view = page.view
    put(view.head.field("title").editor, "Staying with the class")
    put(view._section_form.field("needs").editor, "A way to ask for a break")
    row = view.goals.rows[0].form
    put(row.field("statement").editor, "Kim asks for a break")
    put(row.field("measure").editor, "Times Kim leaves class")
    put(row.field("baseline").editor, "9")
    put(row.field("target").editor, "2")
    QTest.keyClick(view.head.field("title").editor, Qt.Key.Key_Return, CONTROL)
    assert row.field("by_when").refused
    assert asked == []
    put(row.field("by_when").editor, "+60")
    QTest.keyClick(row.field("by_when").editor, Qt.Key.Key_Return, CONTROL)
    context.settle()
    assert "1 goal" in asked[0]
    (line,) = desk.plans.plans()
    assert line.plan.title == "Staying with the class"
    assert context.went[-1] == ("plan", line.plan.id)
    assert desk.plans.drafts() == []
    assert context.errors == []


def test_what_is_typed_is_there_on_return(desk: Desk, context: FakeContext) -> None:
    subject = begin_plan(student(desk))
    page = draft(context, subject)
    put(page.view.head.field("title").editor, "Half a pl")
    page.flush()
    context.settle()
    (line,) = desk.plans.drafts()
    again = draft(context, subject)
    assert again.view.values()["title"] == "Half a pl"
    by_id = draft(context, line.id)
    assert by_id.view.values()["title"] == "Half a pl"


def test_rows_are_added_moved_and_taken_out_by_keyboard(context: FakeContext) -> None:
    page = draft(context)
    tasks = page.view.tasks
    tasks.add_button.setFocus()
    QTest.keyClick(tasks.add_button, Qt.Key.Key_Space)
    put(tasks.rows[0].form.field("text").editor, "first")
    QTest.keyClick(tasks.rows[0].form.field("text").editor, Qt.Key.Key_Insert, ALT)
    put(tasks.rows[1].form.field("text").editor, "second")
    QTest.keyClick(tasks.rows[1].form.field("text").editor, Qt.Key.Key_Up, ALT)
    assert [row["text"] for row in tasks.values()] == ["second", "first"]
    assert QApplication.focusWidget() is tasks.rows[0].form.field("text").editor
    QTest.keyClick(tasks.rows[0].form.field("text").editor, Qt.Key.Key_Delete, ALT)
    assert [row["text"] for row in tasks.values()] == ["first"]
    undo = context.notices.findChildren(QWidget)
    assert undo
    page.flush()
    context.settle()
    assert [task.text for task in context.desk.plans.drafts()[0].form.tasks] == ["first"]


def test_sections_and_levels_follow_the_kind_and_nothing_is_lost(context: FakeContext) -> None:
    page = draft(context)
    view = page.view
    view.kind.set_value("behavior")
    put(view._section_form.field("function").editor, "To get away")
    view.kind.set_value("health")
    assert "function" not in view._section_form.names()
    view.kind.set_value("behavior")
    assert view.values()["sections"]["function"] == "To get away"
    row = view.goals.rows[0]
    assert row.form.field("levels.0").isHidden()
    put(row.form.field("kind").editor, "g")
    assert not row.form.field("levels.0").isHidden()


def test_tab_goes_down_the_page_after_rows_came(context: FakeContext) -> None:
    view = draft(context).view
    view.goals.add_button.click()
    first = view.goals.rows[1].form.field("statement").editor
    before = view.goals.rows[0].out
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is first


def test_a_template_begins_a_plan_and_can_be_taken_back(desk: Desk, context: FakeContext) -> None:
    desk.plans.keep_template(KeepTemplate("Breaks", form_of(None)))
    page = draft(context)
    template = desk.plans.templates()[0]
    page.view.template.set_value(template.id)
    context.settle()
    assert page.view.values()["title"] == "Staying with the class"
    assert page.view.goals.rows[0].values()["baseline"] == ""
    assert page._form.student_id is not None
    listed = context.put(TemplatesPage)
    assert isinstance(listed, TemplatesPage)
    assert listed.view.list.entries.total() == 1
    listed.view.list.setFocus()
    QTest.keyClick(listed.view.list, Qt.Key.Key_Delete)
    context.settle()
    assert desk.plans.templates()[0].retired


def test_a_template_tells_whom_its_texts_seem_to_name(desk: Desk, context: FakeContext) -> None:
    page = draft(context)
    page._form = replace(page._form, sections=(("needs", "Kim1 Ode sits with Ben."),))
    assert named_in(context, page._form) == ["Kim1 Ode"]
    put(page.view.head.field("title").editor, "Kim1 Ode sits with Ben.")
    page._ask_template()
    context.settle()
    words = " ".join(label.text() for label in sheet_of(page).findChildren(Words))
    assert "seem to name someone: Kim1 Ode." in words


def test_plans_are_listed_by_part_and_student(desk: Desk, context: FakeContext) -> None:
    made = agreed(desk)
    agreed(desk, "other", 2)
    page = context.put(PlansPage)
    assert isinstance(page, PlansPage)
    assert page.view.list.entries.total() == 2
    page.view.parts.set_value("closed")
    page.reload()
    context.settle()
    assert page.view.list.entries.total() == 0
    page.view.parts.set_value("open")
    context.show_page(page, f"student:{desk.plans.plan(made).plan.student_id}")
    assert page.view.list.entries.total() == 1
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    assert context.went[-1] == ("plan", made)


def test_a_task_is_done_with_one_key_and_open_again_with_the_same(
    desk: Desk, context: FakeContext
) -> None:
    made = agreed(desk)
    page = context.put(PlanPage, made)
    assert isinstance(page, PlanPage)
    page.view.tasks.setFocus()
    QTest.keyClick(page.view.tasks, Qt.Key.Key_D)
    context.settle()
    assert desk.plans.plan(made).tasks[0].done_at
    QTest.keyClick(page.view.tasks, Qt.Key.Key_D)
    context.settle()
    assert not desk.plans.plan(made).tasks[0].done_at
    QTest.keyClick(page.view.tasks, Qt.Key.Key_P)
    context.settle()
    assert desk.plans.plan(made).tasks[0].due_on == "2026-11-27"
    assert context.errors == []


def test_a_review_asks_for_each_goal_and_opens_the_next_version(
    desk: Desk, context: FakeContext
) -> None:
    made = agreed(desk)
    page = context.put(PlanPage, made)
    assert isinstance(page, PlanPage)
    page.view.buttons["review"].click()
    sheet = sheet_of(page)
    sheet.form.field("reason").editor.set_text("It helps, slowly")
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("outcomes.0").refused
    sheet.form.field("outcomes.0").editor.set_value("closer")
    sheet.save_button.click()
    context.settle()
    (review,) = desk.plans.plan(made).reviews
    assert review.decision is Decision.CONTINUE
    (line,) = desk.plans.drafts()
    assert context.went[-1] == ("plan-draft", line.id)
    assert page.view.history.entries.total() == 1
    assert not page.view.buttons["draft"].isHidden()


def test_a_signature_and_a_task_are_written_down(desk: Desk, context: FakeContext) -> None:
    made = agreed(desk)
    page = context.put(PlanPage, made)
    page.view.buttons["sign"].click()
    sheet = sheet_of(page)
    put(sheet.form.field("name").editor, "Jo Ode")
    put(sheet.form.field("part").editor, "mother")
    sheet.save_button.click()
    context.settle()
    page.view.buttons["task"].click()
    sheet = sheet_of(page)
    put(sheet.form.field("text").editor, "Call home")
    put(sheet.form.field("doer").editor, "I")
    sheet.save_button.click()
    context.settle()
    found = desk.plans.plan(made)
    assert found.versions[0].signatures[0].name == "Jo Ode"
    assert {task.text for task in found.tasks} == {"Give out the cards", "Call home"}


def test_a_point_takes_two_keys_and_goes_on_to_the_next(desk: Desk, context: FakeContext) -> None:
    agreed(desk)
    agreed(desk, "other", 2)
    page = context.put(ProgressPage)
    assert isinstance(page, ProgressPage)
    goals = page.view.list
    assert QApplication.focusWidget() is goals
    for key in ("5", "6"):
        QTest.keyClicks(goals, key)
        QTest.keyClick(goals, Qt.Key.Key_Return)
        context.settle()
    values = {
        key: [point.value for point in desk.progress.chart(key).points]
        for key in ("leaving", "other")
    }
    assert values == {"leaving": [5000], "other": [6000]}
    assert context.errors == []


def test_a_value_that_is_none_is_refused_at_its_goal(desk: Desk, context: FakeContext) -> None:
    agreed(desk)
    page = context.put(ProgressPage)
    assert isinstance(page, ProgressPage)
    QTest.keyClicks(page.view.list, "2.5")
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    context.settle()
    assert page.view.trouble.text() == "Enter a whole number."
    assert desk.progress.chart("leaving").points == ()


def test_what_waits_for_a_decision_stands_first_and_is_said(
    desk: Desk, context: FakeContext
) -> None:
    agreed(desk)
    agreed(desk, "other", 2)
    points(desk, 9, 9, 9, 9, key="other")
    page = context.put(ProgressPage)
    assert isinstance(page, ProgressPage)
    first = page.view.list.entries.entry(0)
    assert first is not None
    assert first.id == "other"
    assert [words for words, _kind in first.chips] == ["Behind: change?", "Waits for a decision"]
    lines = {line.id: line for line in today_lines(context)}
    assert "goal:other" in lines


def test_a_person_decides_and_a_phase_begins(desk: Desk, context: FakeContext) -> None:
    agreed(desk)
    points(desk, 9, 9, 9, 9)
    page = context.put(GoalPage, "leaving")
    assert isinstance(page, GoalPage)
    assert page.view.proposal.text() == (
        "Four points in a row fall short of the goal line. They speak for a change."
    )
    spoken = page.view.chart.accessibleDescription()
    assert "Four in a row: decide" in spoken
    assert "goal from 9 to 2" in spoken
    page.view.buttons["decide"].click()
    sheet = sheet_of(page)
    assert sheet.values()["decision"] == "change"
    sheet.form.field("reason").editor.set_text("The card is not at hand")
    put(sheet.form.field("label").editor, "Card on the desk")
    sheet.save_button.click()
    context.settle()
    chart = desk.progress.chart("leaving")
    assert chart.decisions[0].decision is Decision.CHANGE
    assert chart.phases[0].label == "Card on the desk"
    assert not chart.waits
    assert "Card on the desk" in page.view.chart.accessibleDescription()


def test_a_point_is_corrected_in_the_open(desk: Desk, context: FakeContext) -> None:
    agreed(desk)
    points(desk, 9)
    page = context.put(GoalPage, "leaving")
    assert isinstance(page, GoalPage)
    page.view.buttons["correct"].click()
    sheet = sheet_of(page)
    sheet.form.field("value").editor.setText("6")
    sheet.form.field("why").editor.set_text("Misread")
    sheet.save_button.click()
    context.settle()
    assert [point.value for point in desk.progress.chart("leaving").points] == [6000]
    assert page.view.history.entries.total() == 2


def test_today_names_tasks_reviews_and_drafts(desk: Desk, context: FakeContext) -> None:
    made = agreed(desk)
    near = replace(form_of(student(desk, 2), "near"), review_on="2026-11-24", tasks=())
    desk.plans.agree(AgreePlan(new_id(), near))
    page = draft(context)
    put(page.view.head.field("title").editor, "Later")
    page.flush()
    context.settle()
    lines = {line.id.partition(":")[0]: line for line in today_lines(context)}
    assert set(lines) == {"plan-task", "plan-review", "plan-draft"}
    task = lines["plan-task"]
    assert task.late
    assert task.done is not None
    assert task.undo is not None
    task.done()
    assert desk.plans.due_tasks("2026-12-31") == []
    task.undo()
    assert task.postpone is not None
    task.postpone(date(2026, 12, 1))
    assert desk.plans.plan(made).tasks[0].due_on == "2026-12-01"


def test_papers_leave_with_a_disclosure(
    desk: Desk, context: FakeContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = agreed(desk)
    points(desk, 9, 9, 9, 9, 5)
    other = Profile("Tobias", "Lindqvist", grade="08", school_id=desk.caseload.schools()[0].id)
    desk.caseload.add_student(AddStudent(other, anyway=True))
    desk.plans.add_task(AddTask(made, "Sit beside Tobias Lindqvist", "Ms. Rowe", "2026-11-24"))
    target = tmp_path / "plan.pdf"
    monkeypatch.setattr(plan, "ask_target", lambda *_asked: target)
    page = context.put(PlanPage, made)
    page.view.buttons["paper"].click()
    sheet = sheet_of(page)
    put(sheet.form.field("recipient").editor, "Jo Ode")
    put(sheet.form.field("purpose").editor, "To sign")
    choose(sheet.form)
    sheet.save_button.click()
    context.settle()
    text = " ".join(" ".join(page_texts(target.read_bytes())).split())
    assert "Sit beside [another student]" in text
    assert "Other students named in the notes are masked." in text
    (left,) = desk.privacy.disclosures()
    assert left.disclosure.scope["others_named"] == {"masked": 1}
    picture = tmp_path / "progress.pdf"
    desk.plan_papers.save_progress("leaving", picture, Release("Jo Ode", "Meeting", TO_SUBJECT))
    assert picture.read_bytes().startswith(b"%PDF")
    with pytest.raises(Refused, match="plan-not-reviewed"):
        desk.plan_papers.review(made)
    desk.plans.review(
        ReviewPlan(
            made, "2026-11-20", "", (("leaving", Outcome.SAME, ""),), Decision.CONTINUE, "Wait"
        )
    )
    desk.plan_papers.save_review(
        made, tmp_path / "review.pdf", Release("Jo Ode", "Meeting", TO_SUBJECT)
    )
    assert len(desk.privacy.disclosures()) == 3
    assert context.errors == []


def test_a_finished_draft_is_thrown_away_with_undo(desk: Desk, context: FakeContext) -> None:
    page = draft(context)
    put(page.view.head.field("title").editor, "A slip")
    page.flush()
    context.settle()
    page.view.discard_button.click()
    context.settle()
    assert desk.plans.drafts() == []
    assert context.backs == 1


def test_a_task_can_be_added_to_a_plan_only_while_it_is_there(desk: Desk) -> None:
    made = agreed(desk)
    desk.plans.add_task(AddTask(made, "Call", "I", "2026-12-01"))
    assert len(desk.plans.plan(made).tasks) == 2


def test_a_note_ticks_and_rates_the_goals_it_worked_on(desk: Desk, context: FakeContext) -> None:
    of = student(desk)
    page = context.put(NotePage, f"new:{of}")
    assert isinstance(page, NotePage)
    assert page.view.goals.isHidden()
    made = desk.plans.agree(AgreePlan(new_id(), form_of(student(desk, 2)))).made
    theirs = desk.plans.plan(made).plan.student_id
    page = context.put(NotePage, f"new:{theirs}")
    assert isinstance(page, NotePage)
    assert not page.view.goals.isHidden()
    tick, value = page.view.goals.stops()
    tick.setFocus()
    QTest.keyClick(tick, Qt.Key.Key_Space)
    put(value, "many")
    page.view.service.setCurrentIndex(1)
    put(page.view._parts[0][2], "Practised the card.")
    page.flush()
    context.settle()
    assert page._draft is not None
    again = context.put(NotePage, page._draft.id)
    assert isinstance(again, NotePage)
    assert again.view.goals.goals() == (("leaving", "many"),)
    assert again._draft is not None
    again._sign(again._draft)
    context.settle()
    assert again.view.goals._rows[0].field.refused == "Enter a number, for example 3, 2.5 or 45%."
    value = again.view.goals.stops()[1]
    value.setText("4")
    again._sign(again._draft)
    context.settle()
    (point,) = desk.progress.chart("leaving").points
    assert point.value == 4000
    assert point.note_id
    assert context.errors == []


def test_what_became_of_a_plan_stands_in_the_story_of_the_student(desk: Desk) -> None:
    made = agreed(desk)
    points(desk, 9, 9, 9, 9)
    desk.progress.decide(DecideOnGoal("leaving", Decision.CHANGE, "The card is not at hand"))
    desk.plans.review(
        ReviewPlan(
            made, "2026-11-20", "", (("leaving", Outcome.CLOSER, ""),), Decision.CHANGE, "Try more"
        )
    )
    of = desk.plans.plan(made).plan.student_id
    rows = {row.what: row for row in desk.timeline.page(of)[0]}
    assert rows[Happening.PLAN_AGREED].facts["goals"] == ["Kim asks for a break"]
    assert rows[Happening.PLAN_REVIEWED].facts["decision"] == "change"
    assert rows[Happening.GOAL_DECIDED].facts["statement"] == "Kim asks for a break"
    for what in (Happening.PLAN_AGREED, Happening.PLAN_REVIEWED, Happening.GOAL_DECIDED):
        assert said.entry(rows[what], {}).title
