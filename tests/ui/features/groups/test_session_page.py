"""The page of a group's session: keys that mark, drafts that stay, names that are found."""

import pytest
from context import FakeContext
from keys import focused, press, write
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from walk import wait_until

from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance
from groups_desk import Room, a_goal
from sessions_desk import add_student
from ui.features.groups.presenter.session import GroupSessionPage


def opened(context: FakeContext, room: Room) -> GroupSessionPage:
    page = context.put(GroupSessionPage, f"group:{room.group}")
    assert isinstance(page, GroupSessionPage)
    return page


CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def yes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.features.groups.presenter.session.ask", lambda *_a, **_k: True)


def test_work_begins_in_the_shared_text_and_goes_on_with_the_first_mark(
    context: FakeContext, room: Room
) -> None:
    page = opened(context, room)
    assert page.view.focused_text() == "section:note"
    write("Practised breathing.")
    press(Qt.Key.Key_Tab)
    assert focused() is page.view.rows[0].mark
    assert page.view.came.text() == "8 of 8 came"


def test_one_key_marks_and_the_reason_is_asked_at_once(context: FakeContext, room: Room) -> None:
    page = opened(context, room)
    page.view.rows[0].mark.setFocus()
    press(Qt.Key.Key_Down)
    assert focused() is page.view.rows[1].mark
    press(Qt.Key.Key_A)
    assert focused() is page.view.rows[1].reason
    write("Ill")
    press(Qt.Key.Key_Return)
    assert focused() is page.view.rows[2].mark
    press(Qt.Key.Key_Return)
    write("Led the exercise.")
    press(Qt.Key.Key_Return)
    assert focused() is page.view.rows[3].mark
    assert page.view.came.text() == "7 of 8 came"
    assert page.view.rows[1].mark.accessibleName() == "Noor Haddad: Absent"


def test_signing_leaves_a_note_in_each_chart(context: FakeContext, room: Room, yes: None) -> None:
    page = opened(context, room)
    write("Practised breathing.")
    page.view.rows[0].mark.setFocus()
    press(Qt.Key.Key_A)
    write("Ill")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert context.errors == []
    assert context.went[-1][0] == "group-signed"
    sheet = room.desk.groups.signed_session(context.went[-1][1])
    assert [line.attending.attendance for line in sheet.attending].count(Attendance.ABSENT) == 1


def test_a_refusal_is_shown_at_the_member_it_is_about(
    context: FakeContext, room: Room, yes: None
) -> None:
    page = opened(context, room)
    write("Practised breathing.")
    row = page.view.rows[4]
    row.mark.setFocus()
    press(Qt.Key.Key_D)
    page.sign()
    context.settle()
    assert row.fields["reason"].refused == "Say why the student did not take part."
    assert focused() is row.reason


def test_what_was_typed_is_there_again_on_return(context: FakeContext, room: Room) -> None:
    page = opened(context, room)
    write("Practised breathing.")
    page.view.rows[2].own.setFocus()
    write("Was quiet.")
    page.flush()
    context.settle()
    again = context.put(GroupSessionPage, f"group:{room.group}")
    assert isinstance(again, GroupSessionPage)
    assert again.view.rows[2].own.text() == "Was quiet."
    assert again.view.sections()[0][2] == "Practised breathing."


def test_a_name_is_underlined_listed_and_replaced_with_one_key(
    context: FakeContext, room: Room
) -> None:
    page = opened(context, room)
    write("Mateo's idea helped.")
    wait_until(lambda: bool(page.view.found.entries.total()))
    text = page.view.text("section:note")
    assert text is not None
    assert [place.sure for place in text.places] == [True]
    assert page.view.found.entry().chips[0][0] == "Has to go"
    press(Qt.Key.Key_Period, CTRL)
    context.settle()
    assert text.text() == "A peer's idea helped."
    wait_until(lambda: not page.view.found.entries.total())
    assert not text.places


def test_keys_walk_through_the_names_of_all_texts_and_round(
    context: FakeContext, room: Room
) -> None:
    page = opened(context, room)
    write("Mateo's idea helped. Mateo and Ximena Varela agreed.")
    page.view.rows[0].own.setFocus()
    write("Sat with Mateo.")
    wait_until(lambda: page.view.found.entries.total() == 4)
    walked = []
    for _each in range(5):
        press(Qt.Key.Key_F8)
        text = page.view.text(page.view.focused_text())
        assert text is not None
        walked.append((page.view.focused_text()[:7], text.textCursor().selectedText()))
    assert walked[:4] == [
        ("section", "Mateo's"),
        ("section", "Mateo"),
        ("section", "Ximena Varela"),
        (f"own:{page.view.rows[0].id}"[:7], "Mateo"),
    ]
    assert walked[4] == walked[0]
    press(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert page.view.focused_text() == f"own:{page.view.rows[0].id}"
    press(Qt.Key.Key_Period, CTRL)
    context.settle()
    assert page.view.rows[0].own.text() == "Sat with a peer."


def test_one_key_says_that_a_word_is_no_student(context: FakeContext, room: Room) -> None:
    add_student(room.desk, "Grace", "Holloway")
    page = opened(context, room)
    write("Grace said the group helps.")
    wait_until(lambda: page.view.found.entries.total() == 1)
    press(Qt.Key.Key_Period, CTRL | Qt.KeyboardModifier.ShiftModifier)
    context.settle()
    wait_until(lambda: not page.view.found.entries.total())
    assert page.view.sections()[0][2] == "Grace said the group helps."


def test_signing_is_refused_at_the_field_while_a_member_is_named(
    context: FakeContext, room: Room, yes: None
) -> None:
    page = opened(context, room)
    write("All worked well.")
    row = page.view.rows[0]
    row.own.setFocus()
    write("Worked with Ximena Varela.")
    page.sign()
    context.settle()
    assert row.fields["own"].refused.startswith("“Ximena Varela”")
    assert room.desk.sessions.note_count() == 0


def test_a_members_goals_are_ticked_and_rated_by_keys_and_are_there_again(
    context: FakeContext, room: Room, yes: None
) -> None:
    page = opened(context, room)
    of = page.view.rows[1].id
    a_goal(room.desk, StudentId(of), "calm", "Asks for a break")
    page = opened(context, room)
    assert [not row.goals_button.isHidden() for row in page.view.rows] == [
        row.id == of for row in page.view.rows
    ], "the page is no fuller where nobody has a goal"
    write("Practised breathing.")
    row = page.view.rows[1]
    assert row.goals.isHidden() or not row.goals.isVisible()
    row.own.setFocus()
    press(Qt.Key.Key_Tab)
    assert focused() is row.goals_button
    press(Qt.Key.Key_Space)
    tick, value = row.goals.stops()
    assert focused() is tick
    press(Qt.Key.Key_Space)
    value.setFocus()
    write("many")
    page.sign()
    context.settle()
    assert row.goals._rows[0].field.refused == "Enter a number, for example 3, 2.5 or 45%."
    page.flush()
    context.settle()
    again = opened(context, room)
    row = again.view.rows[1]
    assert row.goals.isVisible()
    assert row.goals.goals() == (("calm", "many"),)
    row.mark.setFocus()
    press(Qt.Key.Key_A)
    assert not row.goals.isVisible()
    row.mark.setFocus()
    press(Qt.Key.Key_P)
    _tick, value = row.goals.stops()
    assert isinstance(value, QLineEdit)
    value.setText("4")
    again.sign()
    context.settle()
    (point,) = room.desk.progress.chart("calm").points
    assert point.value == 4000
    assert context.errors == []


def test_a_long_goal_takes_lines_and_no_room_from_the_page(
    context: FakeContext, room: Room
) -> None:
    of = opened(context, room).view.rows[0].id
    goal = "Asks for a break before it gets too loud, and comes back within five minutes " * 2
    a_goal(room.desk, StudentId(of), "calm", goal.strip())
    page = opened(context, room)
    row = page.view.rows[0]
    before = page.view.minimumSizeHint().width(), row.minimumSizeHint().width()
    page._show_members()
    row.goals_button.click()  # also before the plans are read again
    context.settle()
    tick, _value = row.goals.stops()
    assert tick.isVisible()
    assert (page.view.minimumSizeHint().width(), row.minimumSizeHint().width()) == before
    assert tick.height() > 2 * tick.fontMetrics().height()
