from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.screening.commands import OpenRound, RecordScreening, SayConsent, TellOfRisk
from app.features.screening.model.records import Consent, Said, ScreeningForm
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.overviews.timeline import TimelineKind
from grounds import choose as choose_ground
from shared_desk import seated, someone
from ui.features.caseload.said import entry as stop
from ui.features.screening.presenter.entry import EntryPage
from ui.features.screening.presenter.lists import ScreeningPage, ScreeningsPage
from ui.features.screening.presenter.risks import RiskPage, RisksPage, today_lines
from ui.features.screening.presenter.rounds import RoundPage, RoundsPage
from ui.kit.look import Kind
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet


def student(desk: Desk, number: int = 1) -> StudentId:
    profile = Profile(
        f"Kim{number}", "Ode", grade="08", school_id=desk.caseload.schools()[0].id,
        student_number=str(number), birth_date="2012-03-04",
    )  # fmt: skip
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def recorded(desk: Desk, of: StudentId, *answers: int, instrument: str = "phq-9") -> str:
    typed = tuple((str(at), value) for at, value in enumerate(answers, 1))
    form = ScreeningForm(of, instrument, "self", "", "2026-11-20", answers=typed)
    return desk.screening.record(RecordScreening(new_id(), form)).made


def chips(page: EntryPage) -> list[str]:
    entries = page.view.items.entries
    return [
        entry.chips[0][0] if entry.chips else ""
        for at in range(entries.total())
        if (entry := entries.entry(at)) is not None
    ]


def entering(context: FakeContext, of: StudentId, instrument: str) -> EntryPage:
    page = context.put(EntryPage, f"student:{of}")
    assert isinstance(page, EntryPage)
    page.view.instrument.set_value(instrument)
    context.settle()
    return page


def test_nine_answers_are_nine_keys_and_one_records(desk: Desk, context: FakeContext) -> None:
    of = student(desk)
    page = entering(context, of, "phq-9")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "1201100200")
    context.settle()
    assert len(chips(page)) == 10
    assert chips(page)[:3] == ["1 Several days", "2 More than half the days", "0 Not at all"]
    assert "7 of 27" in " ".join(words.text() for words in _words(page.view.result))
    QTest.keyClick(page.view.items, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    (line,) = desk.screening.of_student(of)
    assert line.screening.score_of("total") == 7
    assert context.went[-1] == ("screening", line.screening.id)
    assert context.errors == []


def _words(widget: QWidget) -> list[Any]:
    from PySide6.QtWidgets import QLabel

    return widget.findChildren(QLabel)


def test_a_slip_is_taken_back_and_a_blank_left(desk: Desk, context: FakeContext) -> None:
    page = entering(context, student(desk), "gad-7")
    items = page.view.items
    items.setFocus()
    QTest.keyClicks(items, "39")
    assert chips(page)[:2] == ["3 Nearly every day", ""]
    QTest.keyClick(items, Qt.Key.Key_Backspace)
    assert chips(page)[0] == ""
    QTest.keyClicks(items, "1 2")
    context.settle()
    assert [bool(one) for one in chips(page)] == [True, False, True, False, False, False, False]


def test_a_question_that_hangs_on_another_is_asked_only_then(
    desk: Desk, context: FakeContext
) -> None:
    page = entering(context, student(desk), "asq")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "nn")
    assert len(chips(page)) == 4
    QTest.keyClicks(page.view.items, "yn")
    assert len(chips(page)) == 5
    context.settle()
    assert not page.view.risk.isHidden()
    assert "988" in page.view.risk_steps.text()
    QTest.keyClicks(page.view.items, "n")
    context.settle()
    assert "988" not in page.view.risk_steps.text()


def test_days_are_typed_as_numbers(desk: Desk, context: FakeContext) -> None:
    page = entering(context, student(desk), "crafft-2.1")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "12")
    QTest.keyClick(page.view.items, Qt.Key.Key_Return)
    QTest.keyClicks(page.view.items, "0")
    QTest.keyClick(page.view.items, Qt.Key.Key_Return)
    QTest.keyClicks(page.view.items, "0")
    QTest.keyClick(page.view.items, Qt.Key.Key_Return)
    assert chips(page)[:3] == ["12", "0", "0"]
    QTest.keyClicks(page.view.items, "yynnnn")
    context.settle()
    assert "2 of 6; High risk" in " ".join(words.text() for words in _words(page.view.result))


def test_a_risk_answer_goes_on_to_what_must_be_done(desk: Desk, context: FakeContext) -> None:
    of = student(desk)
    page = entering(context, of, "phq-9")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "000000001")
    QTest.keyClick(page.view.items, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    (line,) = desk.screening.open_risks()
    assert context.went[-1] == ("risk", line.risk.id)
    (today,) = today_lines(context)
    assert (today.subject, today.done, today.rank) == (line.risk.id, None, -1)


def test_a_risk_answer_that_was_not_recorded_stays_on_today(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    page = entering(context, of, "phq-9")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "000000003")
    page.flush()
    context.settle()
    (line,) = today_lines(context)
    assert (line.page, line.subject) == ("screening-entry", desk.screening.drafts()[0].id)
    assert (line.done, line.postpone, line.rank) == (None, None, -1)
    QTest.mouseClick(page.view.discard_button, Qt.MouseButton.LeftButton)
    context.settle()
    assert "asks for a person" in page.view.trouble.text()
    assert (len(desk.screening.drafts()), context.backs) == (1, 0)
    page.record(then_next=False)
    context.settle()
    (told,) = today_lines(context)
    assert told.page == "risk"


def test_a_nurses_risk_heads_the_counselors_today_without_its_answer(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    with seated(desk, someone(desk, Role.NURSE, "Bo Lindqvist")):
        recorded(desk, of, *[0] * 8, 1)
    (line,) = today_lines(context)
    assert (line.title, line.page, line.subject) == ("Today: Kim1 Ode", "student", of)
    assert (line.done, line.postpone, line.rank, line.late) == (None, None, -1, True)
    assert "Bo Lindqvist" in line.detail
    for unsaid in ("PHQ", "death", "harm"):
        assert unsaid not in line.detail


def test_one_who_comes_back_to_an_instrument_finds_what_was_typed(
    desk: Desk, context: FakeContext
) -> None:
    page = entering(context, student(desk), "phq-9")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "0123")
    for name in ("gad-7", "phq-9"):
        page.view.instrument_chosen.emit(name)
        context.settle()
        shown = [one[:1] for one in chips(page)]
        assert shown[:4] == (["", "", "", ""] if name == "gad-7" else ["0", "1", "2", "3"])


def test_a_draft_is_there_again(desk: Desk, context: FakeContext) -> None:
    of = student(desk)
    page = entering(context, of, "gad-7")
    page.view.items.setFocus()
    QTest.keyClicks(page.view.items, "123")
    page.flush()
    context.settle()
    (line,) = desk.screening.drafts()
    back = context.put(EntryPage, f"student:{of}")
    assert isinstance(back, EntryPage)
    back.restore(page.state())  # as after a lock
    context.settle()
    assert chips(back)[0][:1] == "1"
    again = context.put(EntryPage, line.id)
    assert isinstance(again, EntryPage)
    assert [one[:1] for one in chips(again)] == ["1", "2", "3", "", "", "", ""]
    QTest.mouseClick(again.view.discard_button, Qt.MouseButton.LeftButton)
    context.settle()
    assert desk.screening.drafts() == []
    assert context.backs == 1


def test_what_is_missing_is_said_at_its_field(desk: Desk, context: FakeContext) -> None:
    page = context.put(EntryPage, new_id())
    assert isinstance(page, EntryPage)
    page.record(then_next=False)
    context.settle()
    assert page.view.form.field("instrument").refused or page.view.form.field("student").refused()
    assert desk.screening.count() == 0


def test_a_score_from_elsewhere_is_typed(desk: Desk, context: FakeContext) -> None:
    of = student(desk)
    page = entering(context, of, "sdq")
    page.view.informant.set_value("teacher")
    assert not page.view.scores.isHidden()
    page.view.given.emit("total", 14)
    context.settle()
    page.record(then_next=False)
    context.settle()
    (line,) = desk.screening.of_student(of)
    assert line.screening.score_of("total") == 14


def shown(page: Any) -> list[str]:
    entries = page.view.list.entries
    return [entry.title for at in range(entries.total()) if (entry := entries.entry(at))]


def test_lists_of_screenings_and_risks(desk: Desk, context: FakeContext) -> None:
    empty = context.put(ScreeningsPage)
    assert isinstance(empty, ScreeningsPage)
    assert not empty.view.empty.isHidden()
    first, second = student(desk, 1), student(desk, 2)
    recorded(desk, first, *[0] * 9)
    recorded(desk, second, *[3] * 9)
    context.show_page(empty, "")
    assert shown(empty) == ["Kim2 Ode: PHQ-9", "Kim1 Ode: PHQ-9"]
    empty.view.parts.set_value("raised")
    empty.reload()
    context.settle()
    assert shown(empty) == ["Kim2 Ode: PHQ-9"]
    context.show_page(empty, f"student:{first}")
    empty.view.parts.set_value("")
    empty.reload()
    context.settle()
    assert shown(empty) == ["Kim1 Ode: PHQ-9"]
    risks = context.put(RisksPage)
    assert shown(risks) == ["Kim2 Ode"]


def sheet_of(page: QWidget) -> EntrySheet:
    (sheet,) = [one for one in page.findChildren(EntrySheet) if one.isVisible()]
    return sheet


def test_a_risk_is_closed_with_what_was_done_and_who_was_told(
    desk: Desk, context: FakeContext
) -> None:
    recorded(desk, student(desk), 0, 0, 0, 0, 0, 0, 0, 0, 2)
    (line,) = desk.screening.open_risks()
    page = context.put(RiskPage, line.risk.id)
    assert isinstance(page, RiskPage)
    page.view.buttons["close"].click()
    sheet = sheet_of(page)
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("text").refused
    sheet.form.field("text").editor.set_text("Safety assessment done")  # type: ignore[attr-defined]
    sheet.form.field("told").editor.setText("Rosa Ode, mother")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert desk.screening.open_risks() == []
    assert not page.view.buttons["reopen"].isHidden()
    assert page.view.buttons["close"].isHidden()


def test_a_result_shows_change_answers_and_its_correction(
    desk: Desk, context: FakeContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = student(desk)
    recorded(desk, of, *[2] * 8, 0)
    made = recorded(desk, of, *[1] * 8, 0)
    page = context.put(ScreeningPage, made)
    assert isinstance(page, ScreeningPage)
    assert not page.view.change.isHidden()
    assert not page.view.answers.isHidden()
    page.view.buttons["correct"].click()
    sheet = sheet_of(page)
    sheet.form.field("item_1").editor.set_value(3)  # type: ignore[attr-defined]
    sheet.form.field("why").editor.set_text("Misread")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    newest = desk.screening.of_student(of)[0].screening
    assert (newest.score_of("total"), newest.replaces) == (10, made)
    assert context.went[-1] == ("screening", newest.id)
    target = tmp_path / "result.pdf"
    monkeypatch.setattr(
        "ui.features.screening.presenter.lists.ask_target", lambda _page, _name: target
    )
    context.show_page(page, newest.id)
    before = desk.privacy.count()
    page.view.buttons["paper"].click()
    sheet = sheet_of(page)
    sheet.form.field("recipient").editor.setText("Dr. Ito")  # type: ignore[attr-defined]
    sheet.form.field("purpose").editor.setText("Referral")  # type: ignore[attr-defined]
    choose_ground(sheet.form)
    sheet.save_button.click()
    context.settle()
    assert target.read_bytes().startswith(b"%PDF")
    assert desk.privacy.count() == before + 1
    assert context.errors == []


def words_of(page: QWidget) -> str:
    return "\n".join(label.text() for label in _words(page) if not label.isHidden())


def offered(page: Any) -> set[str]:
    return {name for name, button in page.view.buttons.items() if not button.isHidden()}


def test_another_students_screening_is_recorded_on_them_and_named_no_more(
    desk: Desk, context: FakeContext
) -> None:
    wrong, right = student(desk, 1), student(desk, 2)
    made = recorded(desk, wrong, *[2] * 8, 1)
    (risk,) = desk.screening.open_risks()
    desk.screening.tell(TellOfRisk(risk.risk.id, "Rosa Ode, mother"))
    page = context.put(ScreeningPage, made)
    assert isinstance(page, ScreeningPage)
    assert not page.view.title.font().strikeOut()
    page.view.buttons["other"].setFocus()
    QTest.keyClick(page.view.buttons["other"], Qt.Key.Key_Space)
    context.settle()
    (asked,) = page.findChildren(PupilSheet)
    asked.picked.emit(Entry(right, "Kim2 Ode", "", icon="student"))
    asked.accept()
    context.settle()
    sheet = sheet_of(page)
    assert "Kim2 Ode" in words_of(sheet)
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("why").refused
    sheet.form.field("why").editor.set_text("The next on the list")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    (line,) = desk.screening.open_risks()
    assert line.risk.student_id == right
    assert context.went[-1] == ("risk", line.risk.id), "what it asks for comes first"
    (today,) = today_lines(context)
    assert (today.student, today.subject) == (right, line.risk.id)
    there = context.put(RiskPage, line.risk.id)
    assert "first written down under another student" in words_of(there)
    context.show_page(page, made)
    assert page.view.title.font().strikeOut()
    assert "It was another student’s: The next on the list" in words_of(page)
    assert "Kim2" not in words_of(page)
    assert page.view.answers.isHidden()
    assert offered(page) == {"student", "risk"}
    here = context.put(RiskPage, risk.risk.id)
    assert "has to hear that it was an error: Rosa Ode, mother" in words_of(here)
    assert offered(here) == {"add", "screening", "student"}
    assert context.errors == []


def test_what_nobody_answered_is_struck_through_in_lists_and_on_the_timeline(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk)
    made = recorded(desk, of, *[0] * 8, 1)
    page = context.put(ScreeningPage, made)
    assert isinstance(page, ScreeningPage)
    page.view.buttons["error"].click()
    sheet = sheet_of(page)
    sheet.form.field("why").editor.set_text("Typed to try it out")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("nobody").refused
    sheet.form.field("nobody").editor.setChecked(True)  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert today_lines(context) == []
    assert "Recorded in error: Typed to try it out" in words_of(page)
    assert not page.view.answers.isHidden()
    assert offered(page) == {"student", "risk", "other"}
    rows, _count = desk.timeline.page(of, (TimelineKind.SCREENING,))
    stops = [stop(row, {}) for row in rows]
    assert [(one.mistaken, one.chips) for one in stops] == [
        (True, (("Recorded in error", Kind.WARN),))
    ] * 2
    assert "done" not in stops[0].spoken()
    lists = context.put(ScreeningsPage)
    assert isinstance(lists, ScreeningsPage)
    assert shown(lists) == []
    lists.view.parts.set_value("mistaken")
    lists.reload()
    context.settle()
    assert shown(lists) == ["Kim1 Ode: PHQ-9"]
    risks = context.put(RisksPage)
    assert isinstance(risks, RisksPage)
    risks.view.parts.set_value("all")
    risks.arrive()
    context.settle()
    (entry,) = [risks.view.list.entries.entry(0)]
    assert entry is not None
    assert (entry.mistaken, entry.chips) == (True, (("Recorded in error", Kind.WARN),))
    assert context.errors == []


def test_a_round_counts_its_coverage(desk: Desk, context: FakeContext) -> None:
    first = student(desk, 1)
    student(desk, 2)
    rounds = context.put(RoundsPage)
    assert isinstance(rounds, RoundsPage)
    assert not rounds.view.empty.isHidden()
    made = desk.screening.open_round(
        OpenRound("Fall", "phq-9", "self", "2026-11-01", "2026-11-30", consent=Consent.ACTIVE)
    ).made
    desk.screening.say_consent(SayConsent(made, first, Said.GIVEN, "Rosa Ode"))
    page = context.put(RoundPage, made)
    assert isinstance(page, RoundPage)
    assert page.view.history.entries.total() == 2
    page.view.history.go_to(1)
    QTest.keyClick(page.view.history, Qt.Key.Key_Return)
    sheet = sheet_of(page)
    assert "Kim2 Ode" in words_of(sheet)
    sheet.form.field("said_by").editor.setText("Luis Ode")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert desk.screening.coverage(made).may == 2
    page.view.buttons["close"].click()
    context.settle()
    assert desk.screening.rounds()[0].closed_at
    entry = context.put(EntryPage, f"round:{made}")
    assert isinstance(entry, EntryPage)
    assert entry.view.instrument.value() == "phq-9"


def test_a_guardian_may_say_no_after_the_student_was_screened(
    desk: Desk, context: FakeContext
) -> None:
    of = student(desk, 1)
    made = desk.screening.open_round(
        OpenRound("Fall", "phq-9", "self", "2026-11-01", "2026-11-30", consent=Consent.PASSIVE)
    ).made
    form = ScreeningForm(
        of, "phq-9", "self", "", "2026-11-20",
        answers=tuple((str(at), 0) for at in range(1, 10)), round_id=made,
    )  # fmt: skip
    desk.screening.record(RecordScreening(new_id(), form))
    page = context.put(RoundPage, made)
    assert isinstance(page, RoundPage)
    page.view.history.go_to(0)
    page.view.buttons["said"].click()
    sheet = sheet_of(page)
    sheet.form.field("said_by").editor.setText("Rosa Ode")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    coverage = desk.screening.coverage(made)
    assert (coverage.screened, coverage.against) == (1, 1)
