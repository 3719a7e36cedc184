"""The other pages of the room: reading, lists, the compartment, and what a person keeps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from context import FakeContext
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, small_targets, wait_until, walk

from app.bootstrap import Desk
from app.features.sessions.commands import (
    AddAddendum,
    AmendNote,
    KeepForSigning,
    SaveDraft,
    SignNote,
    StartDraft,
    WriteSoleNote,
)
from app.features.sessions.model import DraftKind, Section
from app.kernel.clock import FixedClock
from app.kernel.ids import NoteId, StudentId, new_id
from sessions_desk import a_draft, a_signed_note, typed
from ui.features.sessions import ROOM
from ui.features.sessions.presenter.choices import ChoicesPage
from ui.features.sessions.presenter.note import NotePage
from ui.features.sessions.presenter.notes import NotesPage
from ui.features.sessions.presenter.signed import SignedPage
from ui.features.sessions.presenter.sole import SolePage
from ui.features.sessions.presenter.templates import TemplatesPage
from ui.kit.room import PageWidget
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Question
from ui.kit.widgets.headings import Chip, Words


def words_of(page: PageWidget) -> str:
    shown = [each for each in page.findChildren(Words) if each.isVisible()]
    return "\n".join(each.text() for each in shown)


def chips_of(page: PageWidget) -> list[str]:
    return [chip.text() for chip in page.findChildren(Chip) if chip.isVisible()]


def confirm() -> None:
    """Press the acting button of the next question."""

    def look() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, Question)
        question.act.click()

    QTimer.singleShot(50, look)


def make_sole(desk: Desk, student: StudentId | None, text: str, purge_on: str = "") -> str:
    note = new_id()
    desk.sessions.write_sole_note(WriteSoleNote(note, student, text, "2026-11-20", purge_on))
    return note


def amended_note(desk: Desk, student: StudentId, clock: FixedClock) -> NoteId:
    note = NoteId(a_signed_note(desk, student, "Sister is nine."))
    clock.advance(timedelta(hours=1))
    draft = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, note_id=note)).draft
    added = (Section("note", "", "Mother called."),)
    desk.sessions.add_addendum(AddAddendum(typed(draft, sections=added)))
    draft = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note)).draft
    corrected = (replace(draft.form.sections[0], text="Sister is eight."),)
    desk.sessions.amend_note(AmendNote(typed(draft, sections=corrected, reason="Wrong age")))
    return note


def test_a_signed_note_shows_what_was_added_in_order_and_the_original_on_request(
    context: FakeContext, desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    note = amended_note(desk, student, clock)
    page = context.put(SignedPage, note)
    shown = words_of(page)
    assert "Sister is eight." in shown
    assert "Sister is nine." not in shown
    assert "Wrong age" in shown
    assert "Ana Núñez, 20 Nov 2026, 10:30 AM" in shown
    assert chips_of(page) == ["Signed", "Amended", "Addendum", "Amendment"]
    (switch,) = [b for b in page.findChildren(Button) if b.text() == "Show original"]
    switch.click()
    assert "Sister is nine." in words_of(page)


def test_adding_to_a_signed_note_goes_to_a_page_of_its_own(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    note = a_signed_note(desk, student)
    page = context.put(SignedPage, note)
    assert isinstance(page, SignedPage)
    page.view.addendum_button.click()
    page.view.amendment_button.click()
    assert context.went == [("note", f"addendum:{note}"), ("note", f"amendment:{note}")]


def test_a_late_entry_says_both_times_and_why(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    draft = typed(a_draft(desk, student), on="2026-11-17", late_reason="Fire drill")
    note = desk.sessions.sign_note(SignNote(draft)).made
    page = context.put(SignedPage, note)
    assert "Late entry" in chips_of(page)
    assert "Fire drill. Session 17 Nov 2026, 9:00 AM; signed 20 Nov 2026, 9:30 AM." in words_of(
        page
    )


def test_a_next_step_is_done_from_its_note_and_taken_back(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    draft = typed(a_draft(desk, student), next_step="Call home", next_on="2026-11-27")
    page = context.put(SignedPage, desk.sessions.sign_note(SignNote(draft)).made)
    (done,) = [b for b in page.findChildren(Button) if b.text() == "Done"]
    done.click()
    context.settle()
    assert desk.sessions.follow_ups() == []
    context.notices.undo_newest()
    context.settle()
    assert len(desk.sessions.follow_ups()) == 1


def test_the_list_opens_with_enter_and_discards_with_delete_and_undo(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student)
    desk.sessions.keep_for_signing(KeepForSigning(draft))
    page = context.put(NotesPage)
    assert isinstance(page, NotesPage)
    rows = page.view.drafts
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert context.went == [("note", draft.id)]
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    context.settle()
    assert desk.sessions.drafts() == []
    assert rows.entries.total() == 0
    context.notices.undo_newest()
    context.settle()
    assert [line.draft.ready for line in desk.sessions.drafts()] == [True]
    assert rows.entries.total() == 1


def test_signed_notes_are_behind_the_other_tab(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    note = a_signed_note(desk, student)
    page = context.put(NotesPage)
    assert isinstance(page, NotesPage)
    QTest.keyClick(page.view.tabs.entry(), Qt.Key.Key_Right)
    assert page.view.signed.isVisible()
    QTest.keyClick(page.view.signed, Qt.Key.Key_Return)
    assert context.went == [("signed", note)]


def test_today_has_steps_that_are_due_notes_to_sign_drafts_and_one_line_for_purges(
    context: FakeContext, desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    due = typed(a_draft(desk, student), next_step="Call home", next_on="2026-11-20")
    desk.sessions.sign_note(SignNote(due))
    desk.sessions.keep_for_signing(KeepForSigning(a_draft(desk, student)))
    desk.sessions.save_draft(SaveDraft(a_draft(desk, None)))
    make_sole(desk, student, "aid", "2026-11-21")
    make_sole(desk, None, "aid", "2026-11-22")
    clock.advance(timedelta(days=2))
    assert ROOM.today is not None
    lines = ROOM.today(context)
    assert [(line.title, line.detail, line.late) for line in lines] == [
        ("Mateo Ocampo", "Call home", True),
        ("Mateo Ocampo", "Session note waits for your signature", True),
        ("No student yet", "Session note, begun", False),
        (
            "2 sole-possession notes ask to be purged",
            "Purge each one, or say until when it is kept",
            False,
        ),
    ]
    step = lines[0]
    assert step.done is not None
    assert step.undo is not None
    step.done()
    assert [line.title for line in ROOM.today(context)] == [line.title for line in lines[1:]]
    step.undo()
    assert len(ROOM.today(context)) == 4


def test_a_sole_note_is_kept_as_one_types_and_only_its_first_words_are_journalled(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = context.put(SolePage, f"new:{student}")
    assert isinstance(page, SolePage)
    assert page.view.text.hasFocus()
    QTest.keyClicks(page.view.text, "Only mine")
    wait_until(lambda: bool(desk.sessions.sole_notes("2026-11-20")), 1.5)
    context.settle()
    head = desk.records.head.count
    QTest.keyClicks(page.view.text, " and more")
    page.flush()
    context.settle()
    (line,) = desk.sessions.sole_notes("2026-11-20")
    assert line.note.text == "Only mine and more"
    assert line.note.student_id == student
    assert desk.records.head.count == head


def test_a_sole_note_that_was_just_left_comes_back_with_its_last_word(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    note = make_sole(desk, student, "First")
    page = context.put(SolePage, note)
    assert isinstance(page, SolePage)
    QTest.keyClicks(page.view.text, " and last")
    context.show_page(page, note)
    assert page.view.text.text() == "First and last"


def test_a_prompt_to_purge_can_be_answered_either_way(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    first = make_sole(desk, student, "one", "2026-11-20")
    make_sole(desk, student, "two", "2026-11-20")
    page = context.put(SolePage, first)
    assert isinstance(page, SolePage)
    assert "The day to purge this note has come." in page.view.prompt.text()
    page.view.keep_button.click()
    context.settle()
    assert desk.sessions.sole_note(first).purge_on == "2027-11-20"
    assert page.view.prompt.isHidden()
    confirm()
    page.view.purge_button.click()
    context.settle()
    assert [line.note.text for line in desk.sessions.sole_notes("2026-11-20")] == ["two"]
    assert "one" not in page.view.text.text()


def test_a_sole_note_becomes_a_record_only_when_asked(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    note = make_sole(desk, student, "Tell the team")
    page = context.put(SolePage, note)
    assert isinstance(page, SolePage)
    confirm()
    page.view.record_button.click()
    context.settle()
    (line,) = desk.sessions.drafts()
    assert context.went == [("note", line.draft.id)]
    assert line.draft.form.sole_id == note


def test_a_template_is_copied_changed_and_retired(context: FakeContext, desk: Desk) -> None:
    page = context.put(TemplatesPage)
    assert isinstance(page, TemplatesPage)
    QTest.keyClick(page.view.list, Qt.Key.Key_Down)
    page.view.copy_button.click()
    context.settle()
    assert page.view.name.text() == "SOAP (my copy)"
    page.view.name.setText("Mine")
    page.view.rows[0].down.click()
    page.view.add_button.click()
    page.view.save_button.click()
    context.settle()
    assert page.view.rows[4].title_field.refused == "Section 5 needs a title."
    QTest.keyClicks(page.view.rows[4].title, "Family")
    QTest.keyClick(page.view.rows[4].title, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    mine = desk.sessions.choices().templates[-1]
    assert mine.name == "Mine"
    assert [part.title for part in mine.sections] == [
        "Objective", "Subjective", "Assessment", "Plan", "Family",
    ]  # fmt: skip
    page.view.retire_button.click()
    context.settle()
    assert desk.sessions.choices().templates[-1].retired
    context.notices.undo_newest()
    context.settle()
    assert not desk.sessions.choices().templates[-1].retired
    page.view.usual_button.click()
    context.settle()
    assert desk.sessions.start_draft(StartDraft()).draft.form.template_id == mine.id


def test_a_list_is_added_to_renamed_reordered_and_retired_with_keys(
    context: FakeContext, desk: Desk
) -> None:
    page = context.put(ChoicesPage)
    assert isinstance(page, ChoicesPage)
    rows = page.view.rows
    QTest.keyClicks(page.view.line, "Lunch group")
    QTest.keyClick(page.view.line, Qt.Key.Key_Return)
    context.settle()
    labels = [c.label for c in desk.sessions.choices().services]
    assert labels[-1] == "Lunch group"
    assert rows.entry() is not None
    QTest.keyClick(rows, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    context.settle()
    assert [c.label for c in desk.sessions.choices().services][-2] == "Lunch group"
    QTest.keyClick(rows, Qt.Key.Key_F2)
    QTest.keyClicks(page.view.line, "Check-in")
    QTest.keyClick(page.view.line, Qt.Key.Key_Return)
    context.settle()
    assert page.view.line_field.refused == "“Check-in” is on the list already."
    page.view.line.selectAll()
    QTest.keyClicks(page.view.line, "Lunch bunch")
    QTest.keyClick(page.view.line, Qt.Key.Key_Return)
    context.settle()
    assert [c.label for c in desk.sessions.choices().services][-2] == "Lunch bunch"
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    context.settle()
    assert desk.sessions.choices().services[-2].retired
    context.notices.undo_newest()
    context.settle()
    assert not desk.sessions.choices().services[-2].retired


PAGES: dict[str, Callable[[FakeContext], PageWidget]] = {
    "notes": NotesPage,
    "signed": SignedPage,
    "sole": SolePage,
    "templates": TemplatesPage,
    "services": ChoicesPage,
}


@pytest.mark.parametrize(
    ("name", "filled"),
    [(name, True) for name in PAGES] + [(name, False) for name in PAGES if name != "signed"],
)
def test_every_control_has_a_name_and_nothing_is_cut_at_twice_the_text(
    context: FakeContext,
    desk: Desk,
    student: StudentId,
    clock: FixedClock,
    scale: float,
    name: str,
    filled: bool,
) -> None:
    subject = ""
    if filled:
        subject = {
            "signed": amended_note(desk, student, clock),
            "sole": make_sole(desk, student, "aid", "2026-11-20"),
        }.get(name, "")
    context.resize(940 if scale > 1 else 1068, 720)
    page = context.put(PAGES[name], subject)
    assert walk(page) > 0
    assert small_targets(page) == []
    assert clipped(page) == []
    assert page.width() <= context.width()


@pytest.mark.parametrize("name", [*PAGES, "note"])
def test_words_that_are_longer_by_two_fifths_still_fit(
    pseudo: None,
    context: FakeContext,
    desk: Desk,
    student: StudentId,
    clock: FixedClock,
    name: str,
) -> None:
    subject = {
        "signed": amended_note(desk, student, clock),
        "sole": make_sole(desk, student, "aid", "2026-11-20"),
        "note": f"new:{student}",
    }.get(name, "")
    page = context.put({**PAGES, "note": NotePage}[name], subject)
    assert clipped(page) == []
    assert page.width() <= context.width() == 1068
