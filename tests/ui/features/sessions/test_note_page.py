"""The page of a note: written, kept and signed with the keyboard alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from context import FakeContext
from keys import focused, press, write
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import clipped, small_targets, wait_until, walk

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.sessions.commands import SaveDraft
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId, new_id
from sessions_desk import a_draft, a_signed_note
from ui.features.sessions.presenter.note import NotePage
from ui.kit.widgets.dialogs import Question


def note_page(context: FakeContext, subject: str = "new:") -> NotePage:
    page = context.put(NotePage, subject)
    assert isinstance(page, NotePage)
    return page


def answer(
    key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> list[str]:
    """Answer the next question with a key, and return what it asked."""
    asked: list[str] = []

    def look() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        asked.append(question.text.text())
        QTest.keyClick(question, key, modifier)

    QTimer.singleShot(50, look)
    return asked


def test_a_note_is_written_and_signed_without_a_mouse(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, new_id())
    write("oca")
    press(Qt.Key.Key_Return)
    wait_until(lambda: page.view.student.student() == student)
    assert focused() is page.view.minutes
    write("25")
    press(Qt.Key.Key_Tab)
    write("crisis")
    for _ in range(3):
        press(Qt.Key.Key_Tab)
    write("Was upset about the test. Calm again.")
    press(Qt.Key.Key_Tab)
    write("See again")
    asked = answer(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert "freezes" in asked[0]
    (line,) = desk.sessions.notes()
    assert context.went == [("signed", line.id)]
    assert (line.student, line.minutes, line.service) == ("Mateo Ocampo", 25, "Crisis response")
    sheet = desk.sessions.note_sheet(line.id)
    assert sheet.note.sections[0].text == "Was upset about the test. Calm again."
    assert sheet.note.started.wall().strftime("%H:%M") == "09:05"
    assert sheet.follow_up is not None
    assert (sheet.follow_up.text, sheet.follow_up.due_on) == ("See again", "2026-11-27")
    assert desk.sessions.drafts() == []


def test_the_building_becomes_the_one_the_student_goes_to(context: FakeContext, desk: Desk) -> None:
    other = desk.caseload.schools()[1]
    desk.caseload.carry_out(
        AddStudent(Profile(given_name="Wren", family_name="Quill", school_id=other.id))
    )
    page = note_page(context, new_id())
    assert page.view.school.value() != other.id
    write("quill")
    wait_until(lambda: page.view.student.found.entries.total() == 1)
    press(Qt.Key.Key_Return)
    wait_until(lambda: bool(page.view.student.student()))
    assert page.view.school.value() == other.id


def test_enter_alone_does_not_sign(context: FakeContext, desk: Desk, student: StudentId) -> None:
    draft = a_draft(desk, student)
    desk.sessions.save_draft(SaveDraft(draft))
    note_page(context, draft.id)
    answer(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert desk.sessions.notes() == []
    assert context.went == []


def test_what_is_typed_is_in_the_vault_within_a_second(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    page.view.focus_section("note", 0)
    write("Said that ")
    wait_until(lambda: bool(desk.sessions.drafts()), 1.0)
    wait_until(context.tasks.idle)
    (line,) = desk.sessions.drafts()
    assert line.draft.form.sections[0].text == "Said that "
    assert page.view.status.text() == "Saved in the vault 9:30:00 AM"


def test_nothing_is_stored_for_a_page_that_was_only_looked_at(
    context: FakeContext, desk: Desk
) -> None:
    page = note_page(context)
    page.flush()
    context.settle()
    assert desk.sessions.drafts() == []


def test_leaving_saves_at_once_and_asks_nothing_and_the_draft_is_there_on_return(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    page.view.focus_section("note", 0)
    write("Half a thou")
    press(Qt.Key.Key_Escape)
    assert context.backs == 1
    page.flush()
    state = page.state()
    context.settle()
    fresh = NotePage(context)
    context.pages.append(fresh)
    fresh.setParent(context)
    fresh.show_subject(f"new:{student}")
    fresh.restore(state)
    fresh.arrive()
    context.settle()
    assert fresh.view.sections()[0][2] == "Half a thou"
    assert fresh.view.student.student() == student


def test_a_second_new_note_is_a_new_note(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, new_id())
    page.view.focus_section("note", 0)
    write("First")
    state = page.state()
    context.show_page(page, "new:")
    page.restore(state)
    context.settle()
    assert page.view.sections()[0][2] == ""
    assert [line.draft.form.sections[0].text for line in desk.sessions.drafts()] == ["First"]


def test_a_refusal_stands_at_its_field_and_has_the_focus(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    write("0")
    answer(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert page.view._fields["minutes"].refused.startswith("Enter the minutes")
    context.activateWindow()
    wait_until(page.view.minutes.hasFocus)
    write("5")
    assert page.view._fields["minutes"].refused == ""


def test_the_start_follows_the_minutes_until_a_person_sets_it(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    assert focused() is page.view.minutes
    write("45")
    assert page.view.at.text() == "8:45 AM"
    page.view.at.setFocus()
    page.view.at.selectAll()
    write("815")
    page.view.focus_minutes()
    write("10")
    assert page.view.values()["at"] == "08:15"


def test_a_late_entry_is_announced_and_asks_for_its_reason_before_signing(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    assert not page.view.late_chip.isVisible()
    page.view.on.setFocus()
    page.view.on.selectAll()
    write("11/17")
    assert page.view.late_chip.isVisible()
    assert page.view.late_reason.isVisible()


def test_a_session_that_did_not_take_place_asks_why(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    assert not page.view.attendance_reason.isVisible()
    page.view.attendance.setFocus()
    press(Qt.Key.Key_Right)
    assert page.view.values()["attendance"] == "absent"
    assert page.view.attendance_reason.isVisible()


def test_another_format_loses_no_word(context: FakeContext, desk: Desk, student: StudentId) -> None:
    page = note_page(context, f"new:{student}")
    page.view.focus_section("note", 0)
    write("Keep me")
    soap = desk.sessions.choices().templates[1]
    page.view.template.set_value(soap.id)
    titles = [title for _key, title, _text in page.view.sections()]
    assert titles == ["Subjective", "Objective", "Assessment", "Plan", "Note"]
    assert page.view.sections()[-1][2] == "Keep me"
    page.flush()
    context.settle()
    assert desk.sessions.drafts()[0].draft.form.format == "soap"


def test_kept_for_signing_says_so_and_can_be_taken_back(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    page.view.focus_section("note", 0)
    write("Later")
    press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert desk.sessions.counts() == (1, 1)
    assert page.view.state_chip.text() == "Waits for signing"
    context.notices.undo_newest()
    context.settle()
    assert desk.sessions.counts() == (1, 0)


def test_a_new_note_for_a_student_goes_on_with_the_unfinished_one_but_not_with_one_kept_for_signing(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    page.view.focus_section("note", 0)
    write("Begun")
    context.show_page(page, f"new:{student}")
    assert page.view.sections()[0][2] == "Begun"
    page.keep_for_signing()
    context.settle()
    context.show_page(page, f"new:{student}")
    assert page.view.sections()[0][2] == ""


def test_a_discarded_draft_comes_back_with_undo(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student)
    desk.sessions.save_draft(SaveDraft(draft))
    page = note_page(context, draft.id)
    page.discard()
    context.settle()
    assert desk.sessions.drafts() == []
    assert context.backs == 1
    context.notices.undo_newest()
    context.settle()
    assert desk.sessions.drafts()[0].draft.id == draft.id
    assert context.went == [("note", draft.id)]


def test_an_amendment_begins_with_the_text_and_asks_for_its_reason_first(
    context: FakeContext, desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    note = a_signed_note(desk, student, "Sister is nine.")
    clock.advance(timedelta(hours=1))
    page = note_page(context, f"amendment:{note}")
    assert focused() is page.view.reason
    assert "Sister is nine." in page.view.original_text.text()
    assert page.view.original_title.text() == "Mateo Ocampo"
    write("Wrong age")
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    write("Sister is eight.")
    asked = answer(Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert "original stays readable" in asked[0]
    sheet = desk.sessions.note_sheet(note)
    assert [s.text for s in sheet.reading()] == ["Sister is eight."]
    assert context.went == [("signed", note)]


def test_making_a_note_sole_is_asked_for_and_moves_it_into_the_compartment(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student, "Only for me")
    desk.sessions.save_draft(SaveDraft(draft))
    page = note_page(context, draft.id)
    asked = answer(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    page.view.sole_button.click()
    context.settle()
    assert "no part of the student’s record" in asked[0]
    assert desk.sessions.drafts() == []
    (line,) = desk.sessions.sole_notes("2026-11-20")
    assert line.note.text == "Only for me"
    assert context.went == [("sole", line.note.id)]


def test_no_window_title_or_object_name_carries_a_name(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    names = [each.objectName() + each.windowTitle() for each in page.findChildren(QWidget)]
    assert not any("Ocampo" in name or "Mateo" in name for name in names)


@pytest.mark.parametrize("kind", ["new", "soap", "amendment"])
def test_every_control_has_a_name_and_nothing_is_cut_at_twice_the_text(
    context: FakeContext, desk: Desk, student: StudentId, scale: float, kind: str
) -> None:
    subject = f"new:{student}"
    if kind == "amendment":
        subject = f"amendment:{a_signed_note(desk, student)}"
    if kind == "soap":
        draft = a_draft(desk, student)
        soap = desk.sessions.choices().templates[1]
        form = replace(draft.form, template_id=soap.id, format="soap")
        desk.sessions.save_draft(SaveDraft(replace(draft, form=form)))
        subject = draft.id
    page = note_page(context, subject)
    assert walk(page) > 3
    assert small_targets(page) == []
    assert clipped(page) == []
    assert page.width() <= 1068


def test_the_category_of_time_follows_the_service_and_is_changed_with_one_key(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = note_page(context, f"new:{student}")
    context.settle()
    assert page.view.category.currentText() == "Counseling (usual)"
    service = page.view.service
    service.setCurrentIndex(service.findText("Crisis response"))
    context.settle()
    assert page.view.category.currentText() == "Crisis response (usual)"
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    assert focused() is page.view.category or QApplication.activePopupWidget() is not None
    page.view.category.hidePopup()
    write("Ref")
    assert page.view.values()["category"] == "referrals"
    assert not page.view.mandate.isVisible()
