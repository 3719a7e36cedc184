"""Names of others in a note: marked while one writes, walked and replaced by keys, asked about once."""

from collections.abc import Callable

from context import FakeContext
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import wait_until

from app.bootstrap import Desk
from app.features.groups.commands import SignGroupSession
from app.kernel.ids import StudentId
from groups_desk import a_group, a_session
from sessions_desk import a_signed_note, add_student
from ui.features.sessions.presenter.note import NotePage
from ui.features.sessions.view.naming import NamesSheet
from ui.kit.widgets.dialogs import Question

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def _focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def _press(key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    QTest.keyClick(_focused(), key, modifier)


def _page(context: FakeContext, subject: str, text: str) -> NotePage:
    page = context.put(NotePage, subject)
    assert isinstance(page, NotePage)
    page.view._parts[0][2].setFocus()
    QTest.keyClicks(_focused(), text)
    page._look_for_names()
    context.settle()
    return page


def _text(page: NotePage) -> str:
    return page.view._parts[0][2].text()


def _answering(*answers: Callable[[QWidget], None]) -> None:
    """Give each question that comes its answer, in turn."""
    waiting = list(answers)

    def look() -> None:
        asked = QApplication.activeModalWidget()
        if asked is not None and waiting:
            waiting.pop(0)(asked)
        if waiting:
            QTimer.singleShot(30, look)

    QTimer.singleShot(30, look)


def _yes(asked: QWidget) -> None:
    assert isinstance(asked, Question)
    asked.act.click()


def test_names_are_marked_while_one_writes_and_replaced_by_one_key(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = _page(context, f"new:{student}", "He says that Layla laughed. Layla's friend did not.")
    names = page.view.names
    assert names.isVisible()
    assert names.count == 2
    editor = page.view._parts[0][2]
    styles = [mark.format.underlineStyle() for mark in editor.extraSelections()]  # type: ignore[attr-defined]
    assert styles == [QTextCharFormat.UnderlineStyle.WaveUnderline] * 2
    assert "2" in editor.accessibleDescription()
    _press(Key.Key_F8)
    assert editor.textCursor().selectedText() == "Layla"
    _press(Key.Key_F8)
    assert editor.textCursor().selectedText() == "Layla's"
    _press(Key.Key_F8, Modifier.ShiftModifier)
    assert editor.textCursor().selectedText() == "Layla"
    _press(Key.Key_Period, Modifier.ControlModifier)
    assert _text(page) == "He says that another student laughed. Layla's friend did not."
    _press(Key.Key_Period, Modifier.ControlModifier)
    assert _text(page) == "He says that another student laughed. Another student's friend did not."
    page._look_for_names()
    context.settle()
    assert not names.isVisible()
    editor.undo()
    assert "Layla's friend" in _text(page)


def test_a_name_in_a_line_of_the_form_is_found_and_replaced(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = _page(context, f"new:{student}", "Calm.")
    page.view.present.setText("Layla Haddad and his aunt")
    page._look_for_names()
    context.settle()
    assert page.view.names.count == 1
    _press(Key.Key_F8)
    assert page.view.present.selectedText() == "Layla Haddad"
    _press(Key.Key_Period, Modifier.ControlModifier)
    assert page.view.present.text() == "Another student and his aunt"
    assert page._draft is not None
    assert page._draft.form.present == "Another student and his aunt"


def test_a_find_behind_signs_that_count_twice_is_marked_where_it_stands(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = _page(context, f"new:{student}", "")
    page.view._parts[0][2].setPlainText("😀😀 Layla laughed.")
    page._look_for_names()
    context.settle()
    page.view.names.next()
    assert page.view._parts[0][2].textCursor().selectedText() == "Layla"
    page.view.names.replace()
    assert _text(page) == "😀😀 another student laughed."


def test_signing_asks_once_and_keeps_the_names_with_a_reason(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = _page(context, f"new:{student}", "He hit Layla Haddad.")
    page.view.minutes.setText("25")

    def keep(asked: QWidget) -> None:
        assert isinstance(asked, NamesSheet)
        asked.keep.click()
        assert asked.field.refused
        QTest.keyClicks(asked.reason, "She is at risk and he knows her.")
        asked.keep.click()

    _answering(_yes, keep)
    page.sign()
    wait_until(lambda: bool(context.went))
    context.settle()
    assert context.went[-1][0] == "signed"
    with desk.records.read_whole() as reader:
        row = reader.execute("SELECT after FROM journal WHERE what = 'NameKnowingly'").fetchone()
    assert row is not None
    assert "She is at risk" in row[0]


def test_going_back_signs_nothing_and_replacing_leaves_the_note_to_be_read_over(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = _page(context, f"new:{student}", "He hit Layla Haddad. Layla cried.")
    page.view.minutes.setText("25")
    answered: list[str] = []

    def back(asked: QWidget) -> None:
        assert isinstance(asked, NamesSheet)
        answered.append("back")
        asked.reject()

    _answering(_yes, back)
    page.sign()
    wait_until(lambda: bool(answered))
    context.settle()
    assert page.view.isEnabled()
    assert not context.went

    def replace(asked: QWidget) -> None:
        assert isinstance(asked, NamesSheet)
        answered.append("replace")
        asked.replace.click()

    _answering(_yes, replace)
    page.sign()
    wait_until(lambda: len(answered) == 2)
    context.settle()
    assert _text(page) == "He hit another student. Another student cried."
    assert not context.went
    _answering(_yes)
    page.sign()
    wait_until(lambda: bool(context.went))


def test_an_addendum_to_a_group_note_is_refused_until_the_member_is_replaced(
    context: FakeContext, desk: Desk
) -> None:
    group, (mateo, *_others) = a_group(desk, (("Mateo", "Ocampo"), ("Ximena", "Varela")))
    desk.groups.sign_session(SignGroupSession(a_session(desk, group)))
    with desk.records.read() as reader:
        row = reader.execute(
            "SELECT note_id FROM group_attendance WHERE student_id = ?", (mateo,)
        ).fetchone()
    assert row is not None
    page = _page(context, f"addendum:{row[0]}", "Ximena took it.")
    _answering(_yes)
    page.sign()
    wait_until(lambda: bool(page.view._parts[0][1].refused))
    assert "Another member of the group" in page.view._parts[0][1].refused
    page.view.names.replace_all()
    assert _text(page) == "A peer took it."
    _answering(_yes)
    page.sign()
    wait_until(lambda: bool(context.went))


def test_an_addendum_of_a_single_note_is_asked_about(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    add_student(desk, "Tobias", "Lindqvist")
    note = a_signed_note(desk, student)
    page = _page(context, f"addendum:{note}", "It was Tobias.")
    assert page.view.names.count == 1
