"""Fields and editors: refusals are at the field, and typing is understood."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from walk import name_of, wait_until

from ui.kit import announce as announce_module
from ui.kit.look import look
from ui.kit.widgets.fields import (
    Check,
    Chips,
    Choice,
    DateEdit,
    Field,
    Form,
    LineEdit,
    Minutes,
    NoteText,
    PassphraseEdit,
    SearchEdit,
    TimeEdit,
)

Show = Callable[..., Any]
NOW = date(2026, 11, 20)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was announced."""
    heard: list[str] = []
    monkeypatch.setattr(
        announce_module, "announce", lambda _widget, words, urgent=False: heard.append(words)
    )
    return heard


def test_a_refusal_is_under_its_field_spoken_and_described(show: Show, said: list[str]) -> None:
    field = Field("Length", Minutes(), hint="In minutes")
    show(field)
    sentence = "Write how many minutes it took, from 1 to 480."
    field.refuse(sentence)
    assert field.refused == sentence
    assert field.editor.accessibleDescription() == sentence
    assert field.editor.property("refused") is True
    assert said == [f"Length: {sentence}"]
    field.clear()
    assert field.refused == ""
    assert field.editor.accessibleDescription() == "In minutes"


def test_a_form_refuses_by_the_name_the_core_uses_and_goes_there(
    show: Show, said: list[str]
) -> None:
    form = Form()
    form.add("student", Field("Student", LineEdit()))
    minutes = form.add("minutes", Field("Minutes", Minutes()))
    show(form)
    assert form.refuse("minutes", "Write how many.")
    assert minutes.editor.hasFocus()
    assert not form.refuse("weather", "It rains.")
    form.clear()
    assert not form.focus_first_refused()


def test_a_label_names_its_editor_and_its_key_goes_there(show: Show) -> None:
    field = Field("&Kind of service", Choice([(1, "One")]), required=True)
    show(field)
    assert field.label.buddy() is field.editor
    assert name_of(field.editor) == "Kind of service (required)"


def test_a_passphrase_is_named_and_described_where_it_is_typed(show: Show) -> None:
    edit = PassphraseEdit()
    show(Field("Passphrase", edit))
    assert name_of(edit.line) == "Passphrase"
    assert edit.line.echoMode() == QLineEdit.EchoMode.Password
    edit.line.insert("pasted words")
    edit.reveal(on=True)
    assert edit.line.echoMode() == QLineEdit.EchoMode.Normal
    edit.clear()
    assert edit.text() == ""
    assert edit.line.echoMode() == QLineEdit.EchoMode.Password


def test_a_day_is_typed_and_shown_without_doubt(show: Show) -> None:
    edit = DateEdit(today=lambda: NOW)
    show(edit)
    picked: list[object] = []
    edit.picked.connect(picked.append)
    QTest.keyClicks(edit, "3/14/27")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "14 Mar 2027"
    assert edit.value() == date(2027, 3, 14)
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert edit.value() == date(2027, 3, 15)
    QTest.keyClick(edit, Qt.Key.Key_PageDown)
    assert edit.value() == date(2027, 3, 8)
    edit.setText("someday")
    assert not edit.understood()
    assert picked[0] == date(2027, 3, 14)


def test_a_day_is_picked_from_the_month_with_the_keyboard(show: Show) -> None:
    from ui.kit.widgets.calendar import CalendarPopup

    edit = DateEdit(date(2027, 3, 12), today=lambda: NOW)
    show(edit)
    QTest.keyClick(edit, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    popup = edit.findChild(CalendarPopup)
    assert popup is not None
    table = popup.month.findChild(QWidget, "qt_calendar_calendarview")
    QTest.keyClick(table, Qt.Key.Key_Right)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert edit.value() == date(2027, 3, 13)


def test_a_time_is_typed_and_moved_by_five_minutes(show: Show) -> None:
    edit = TimeEdit(now=lambda: time(10, 42))
    show(edit)
    QTest.keyClicks(edit, "915")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "9:15 AM"
    QTest.keyClick(edit, Qt.Key.Key_Up)
    assert edit.value() == time(9, 20)
    edit.set_value(time(0, 0))
    QTest.keyClick(edit, Qt.Key.Key_Down)
    assert edit.value() == time(23, 55)


def test_tab_leaves_a_note_and_the_note_grows_with_its_lines(show: Show) -> None:
    holder = Form()
    note = NoteText(lines=2, most=6)
    other = LineEdit()
    holder.add("note", Field("Note", note))
    holder.add("other", Field("Other", other))
    show(holder)
    low = note.sizeHint().height()
    note.set_text("line\n" * 4)
    assert note.sizeHint().height() > low
    note.set_text("line\n" * 40)
    high = note.sizeHint().height()
    note.set_text("line\n" * 80)
    assert note.sizeHint().height() == high
    note.setFocus()
    QTest.keyClick(note, Qt.Key.Key_Tab)
    assert other.hasFocus()
    assert note.text() == "line\n" * 80


@pytest.mark.parametrize("scale", [1.0, 1.35, 2.0])
def test_a_note_shows_all_its_lines_before_it_scrolls(
    app: QApplication, show: Show, scale: float
) -> None:
    look().apply(app, "light", scale)
    try:
        note = NoteText(lines=2, most=12)
        holder = Form()
        holder.add("note", Field("Note", note))
        show(holder, 640, 900)
        for lines in range(1, 13):
            note.set_text("\n".join(["words"] * lines))
            app.processEvents()
            assert note.verticalScrollBar().maximum() == 0, lines
        note.set_text("\n".join(["words"] * 13))
        app.processEvents()
        assert note.verticalScrollBar().maximum() > 0
    finally:
        look().apply(app, "light")


def test_a_choice_keeps_its_value_when_others_are_offered(show: Show) -> None:
    choice = Choice([("a", "Alder"), ("b", "Birch")])
    show(choice)
    chosen: list[object] = []
    choice.chosen.connect(chosen.append)
    assert choice.set_value("b")
    choice.set_options([("b", "Birch"), ("c", "Cedar")])
    assert choice.value() == "b"
    assert not choice.set_value("x")
    assert choice.value() == "b"
    assert chosen == ["b"]


def test_a_choice_is_found_by_typing_any_part_of_it(show: Show) -> None:
    choice = Choice([(n, f"{n} School") for n in ("Alder", "Birch", "Cedar")], find=True)
    show(choice)
    choice.setFocus()
    edit = choice.lineEdit()
    assert edit is not None
    edit.selectAll()
    QTest.keyClicks(edit, "ced")
    completer = choice.completer()
    assert completer is not None
    assert completer.completionCount() == 1
    edit.setText("Cedar School")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert choice.value() == "Cedar"
    edit.setText("Nowhere")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert choice.currentText() == "Cedar School"


def test_chips_are_one_stop_of_tab_and_move_with_the_arrows(show: Show) -> None:
    chips = Chips([(n, n) for n in "abc"])
    show(chips)
    chosen: list[object] = []
    chips.chosen.connect(chosen.append)
    chips.setFocus()
    first = chips.entry()
    QTest.keyClick(first, Qt.Key.Key_Space)
    QTest.keyClick(first, Qt.Key.Key_Right)
    QTest.keyClick(chips.entry(), Qt.Key.Key_Space)
    assert chosen == [["a"], ["a", "b"]]
    tabbed = [
        each
        for each in chips.findChildren(QWidget)
        if each.focusPolicy() == Qt.FocusPolicy.StrongFocus
    ]
    assert tabbed == [chips.entry()]
    chips.set_options([("b", "b"), ("d", "d")])
    assert chips.values() == ["b"]


def test_of_exclusive_chips_one_is_chosen_with_the_arrows(show: Show) -> None:
    chips = Chips([(n, n) for n in "abc"], exclusive=True)
    show(chips)
    chips.set_value("a")
    chosen: list[object] = []
    chips.chosen.connect(chosen.append)
    chips.setFocus()
    QTest.keyClick(chips.entry(), Qt.Key.Key_Left)
    assert chips.value() == "c"
    QTest.keyClick(chips.entry(), Qt.Key.Key_Space)
    assert chips.values() == ["c"]
    assert chosen == ["c"]


def test_a_search_speaks_once_typing_pauses_and_escape_empties_it(show: Show) -> None:
    search = SearchEdit("Find a student")
    show(search)
    sought: list[str] = []
    search.sought.connect(sought.append)
    QTest.keyClicks(search, "nun")
    wait_until(lambda: sought == ["nun"])
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    wait_until(lambda: sought == ["nun", ""])
    assert name_of(search) == "Find a student"


def test_the_wheel_does_not_change_what_one_does_not_look_at(show: Show) -> None:
    form = Form()
    form.add("a", Field("A", LineEdit()))
    minutes = Minutes(30)
    form.add("b", Field("B", minutes))
    show(form)
    QTest.wheelEvent(form.window().windowHandle(), minutes.geometry().center(), _up())
    assert minutes.value() == 30


def _up() -> Any:
    from PySide6.QtCore import QPoint

    return QPoint(0, 120)


def test_minutes_say_their_unit(show: Show) -> None:
    minutes = Minutes(30)
    show(Field("Length", minutes))
    assert minutes.text() == "30 minutes"
    minutes.setValue(1)
    assert minutes.text() == "1 minute"


def test_a_box_is_ticked_with_space_and_tells_its_state(show: Show) -> None:
    box = Check("Follow up")
    show(box)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    face = QAccessible.queryAccessibleInterface(box)
    assert face is not None
    assert face.state().checked


def test_enter_in_a_chip_is_left_to_the_form(show: Show) -> None:
    chips = Chips([("a", "a")])
    show(chips)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    chips.entry().keyPressEvent(event)
    assert not event.isAccepted()


def test_a_search_line_says_nothing_once_it_is_out_of_sight(show: Show) -> None:
    line = SearchEdit("Search")
    said: list[str] = []
    line.sought.connect(said.append)
    show(line)
    QTest.keyClicks(line, "ana")
    line.hide()
    assert not line._pause.isActive()
    line.show()
    wait_until(lambda: bool(said))
    assert said == ["ana"]


def test_an_empty_day_shows_how_it_is_typed_and_no_day(show: Show) -> None:
    edit = DateEdit()
    show(edit)
    assert edit.placeholderText() == "mm/dd/yyyy"
    assert edit.value() is None
