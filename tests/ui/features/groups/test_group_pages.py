"""The pages of groups: lists, members who come and go, attendance as a picture, corrections."""

from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.features.groups.commands import CloseGroup, LetWait, SaveGroupDraft
from app.kernel.nouns import Attendance
from groups_desk import Room, a_session, marked, sign
from sessions_desk import add_student
from ui.features.groups.presenter.found import find, today_lines
from ui.features.groups.presenter.group import GroupPage
from ui.features.groups.presenter.groups import GroupsPage
from ui.features.groups.presenter.signed import SignedSessionPage
from ui.features.groups.view.sheets import CorrectSheet, DaySheet, GroupSheet
from ui.kit.widgets.entry_sheet import EntrySheet


def sheet() -> EntrySheet:
    found = QApplication.activeModalWidget()
    assert isinstance(found, EntrySheet)
    return found


def test_groups_are_listed_and_an_empty_list_teaches(context: FakeContext, room: Room) -> None:
    page = context.put(GroupsPage)
    assert isinstance(page, GroupsPage)
    assert page.view.list.entries.entry(0).text.startswith("8 members · 0 of 3 sessions")
    page._turn("closed")
    context.settle()
    assert page.view.empty.isVisible()
    room.desk.groups.close_group(CloseGroup(room.group, "2026-11-20"))
    page.show_subject("")
    context.settle()
    assert page.view.list.entries.total() == 1


def test_taking_a_session_goes_straight_to_it(context: FakeContext, room: Room) -> None:
    page = context.put(GroupsPage, "take:")
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    assert context.went == [("group-session", f"group:{room.group}")]


def test_a_group_is_made_on_its_sheet(context: FakeContext, room: Room) -> None:
    page = context.put(GroupsPage, "new:")
    context.settle()
    asked = sheet()
    assert isinstance(asked, GroupSheet)
    asked.save_button.click()
    context.settle()
    assert asked.form.field("name").refused
    asked.form.field("name").editor.setText("Lunch friends")  # type: ignore[attr-defined]
    asked.save_button.click()
    context.settle()
    assert context.went[-1][0] == "group"
    assert room.desk.groups.groups().lines[0].group.name == "Lunch friends"
    assert page.isVisible()


def test_one_who_waits_is_taken_in_and_one_leaves_and_both_can_be_taken_back(
    context: FakeContext, room: Room
) -> None:
    room.desk.groups.let_wait(
        LetWait(room.group, add_student(room.desk, "Late", "Comer"), "2026-11-02")
    )
    page = context.put(GroupPage, room.group)
    assert isinstance(page, GroupPage)
    page._turn("waiting")
    page.view.list.setFocus()
    QTest.keyClick(page.view.list, Qt.Key.Key_T)
    context.settle()
    assert len(room.desk.groups.group(room.group).members) == 9
    page._turn("members")
    page.view.list.setFocus()
    QTest.keyClick(page.view.list, Qt.Key.Key_L)
    asked = sheet()
    assert isinstance(asked, DaySheet)
    asked.save_button.click()
    context.settle()
    assert asked.form.field("reason").refused == "Say why the student leaves."
    asked.form.field("reason").editor.setPlainText("Moved away")  # type: ignore[attr-defined]
    asked.save_button.click()
    context.settle()
    assert [one.student for one in room.desk.groups.group(room.group).former] == ["Late Comer"]
    page._turn("former")
    page.view.row_buttons["rejoin"].click()
    context.settle()
    assert not room.desk.groups.group(room.group).former


def test_attendance_is_a_picture_with_the_same_in_words(context: FakeContext, room: Room) -> None:
    draft = marked(
        a_session(room.desk, room.group), room.students[0], attendance="absent", reason="Ill"
    )
    sign(room.desk, draft)
    page = context.put(GroupPage, room.group)
    assert isinstance(page, GroupPage)
    grid = page.view.grid.grid
    assert [row.cells[0].letter for row in grid.rows].count("A") == 1
    assert page.view.summary.text() == "1 session: 7 of 8 places were taken (88 %)."
    away = next(row.cells[0] for row in grid.rows if row.cells[0].letter == "A")
    assert away.spoken == "Mateo Ocampo, Session 1: Naming feelings: Absent (Ill)"
    page.view.grid.setFocus()
    QTest.keyClick(page.view.grid, Qt.Key.Key_Return)
    assert context.went[-1][0] == "signed"


def test_a_wrong_attendance_is_corrected_on_the_signed_sessions_page(
    context: FakeContext, room: Room
) -> None:
    session = sign(room.desk, a_session(room.desk, room.group))
    page = context.put(SignedSessionPage, session)
    assert isinstance(page, SignedSessionPage)
    QTest.keyClick(page.view.list, Qt.Key.Key_C)
    asked = sheet()
    assert isinstance(asked, CorrectSheet)
    asked.form.field("attendance").editor.set_value("absent")  # type: ignore[attr-defined]
    asked.form.field("reason").editor.setPlainText("Ill")  # type: ignore[attr-defined]
    asked.form.field("correction").editor.setPlainText("A slip")  # type: ignore[attr-defined]
    asked.save_button.click()
    context.settle()
    first = room.desk.groups.signed_session(session).attending[0]
    assert first.attending.attendance is Attendance.ABSENT
    assert page.view.came.text() == "7 of 8 came"
    assert ("Corrected", "accent") in page.view.list.entries.entry(0).chips


def test_a_group_is_found_by_name_and_an_unsigned_session_stands_on_today(
    context: FakeContext, room: Room
) -> None:
    (found,) = find(context, "coping")
    assert (found.page, found.subject) == ("group", room.group)
    room.desk.groups.save_group_draft(SaveGroupDraft(a_session(room.desk, room.group)))
    (line,) = today_lines(context)
    assert (line.page, line.title, line.when) == ("group-session", "Tuesday coping", "today")
