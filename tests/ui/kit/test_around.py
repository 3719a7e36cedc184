"""What is around a page: notices, palette, dialogs, curtain, idle watch, shortcuts, busy panel."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from walk import name_of, nameless, wait_until

from ui.kit import notices as notices_module
from ui.kit import palette as palette_module
from ui.kit.chart import Bar, BarRow, LineChart, Marker, Point, Series, TierBars
from ui.kit.idle import IdleWatch
from ui.kit.notices import Banner, NextStep, Notices
from ui.kit.palette import Command, CommandPalette, ranked
from ui.kit.privacy import PrivacyCurtain
from ui.kit.shortcuts import Action, make_actions
from ui.kit.widgets.dialogs import Question, Sheet
from ui.kit.widgets.editors import LineEdit, NoteText
from ui.kit.widgets.keys import ShortcutSheet
from ui.kit.widgets.progress import BusyPanel

Show = Callable[..., Any]


def page() -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    made.line = LineEdit("Ana Núñez")  # type: ignore[attr-defined]
    made.line.setAccessibleName("Name")  # type: ignore[attr-defined]
    column.addWidget(made.line)  # type: ignore[attr-defined]
    made.button = QPushButton("Do")  # type: ignore[attr-defined]
    column.addWidget(made.button)  # type: ignore[attr-defined]
    return made


# -- notices -------------------------------------------------------------------------


def test_control_z_takes_back_what_the_newest_notice_tells_of_once(show: Show) -> None:
    shown = show(page())
    notices = Notices(shown)
    undone: list[str] = []
    notices.say("Tier 1 set.", undo=lambda: undone.append("first"))
    notices.say("Tier 2 set.", undo=lambda: undone.append("second"))
    shown.button.setFocus()
    QTest.keyClick(shown.button, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["second"]
    QTest.keyClick(shown.button, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(shown.button, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["second", "first"]
    assert notices.shown() == ()
    assert notices.isHidden()


def test_a_text_keeps_control_z_for_its_own_typing(show: Show) -> None:
    shown = show(page())
    notices = Notices(shown)
    undone: list[int] = []
    notices.say("Tier 1 set.", undo=lambda: undone.append(1))
    shown.line.setFocus()
    shown.line.end(False)
    QTest.keyClicks(shown.line, "x")
    QTest.keyClick(shown.line, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == []
    assert shown.line.text() == "Ana Núñez"
    notices.clear()


def test_a_notice_is_announced_and_leaves_by_itself(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        notices_module, "announce", lambda _w, words, urgent=False: said.append((words, urgent))
    )
    shown = show(page())
    notices = Notices(shown)
    notices.say("Saved.", seconds=0.05)
    notices.say("The disk is full.", kind="trouble", seconds=0.05)
    assert said == [("Saved.", False), ("The disk is full.", True)]
    wait_until(lambda: notices.shown() == ())


def test_a_notice_stays_while_the_focus_is_in_it(show: Show) -> None:
    shown = show(page())
    notices = Notices(shown)
    notice = notices.say("Saved.", undo=lambda: None, seconds=0.05)
    notice.undo_button.setFocus()
    QTest.qWait(200)
    assert notices.shown() == (notice,)
    shown.button.setFocus()
    wait_until(lambda: notices.shown() == ())


def test_no_more_than_three_notices_are_shown_and_all_have_names(show: Show) -> None:
    shown = show(page(), 600, 700)
    notices = Notices(shown)
    for n in range(5):
        notices.say(f"Saved {n}.", undo=lambda: None)
    assert [notice.words.text() for notice in notices.shown()] == [
        "Saved 2.",
        "Saved 3.",
        "Saved 4.",
    ]
    assert not nameless(shown)
    assert shown.rect().contains(notices.geometry())
    notices.clear()


def test_notices_leave_two_thirds_of_a_page_and_keep_what_can_be_undone(show: Show) -> None:
    shown = show(page(), 600, 480)
    notices = Notices(shown)
    notices.say("Signed.", undo=lambda: None)
    for text in ("Saved.", "Sent.", "Sent."):
        notices.say(text)
    assert [notice.words.text() for notice in notices.shown()] == ["Signed.", "Sent."]
    assert notices.height() <= shown.height() // 3
    notices.clear()


def test_a_banner_offers_the_next_step(show: Show) -> None:
    done: list[int] = []
    banner = show(Banner("The disk is full.", step=NextStep("Try again", lambda: done.append(1))))
    QTest.mouseClick(banner.findChild(QPushButton), Qt.MouseButton.LeftButton)
    assert done == [1]


# -- palette -------------------------------------------------------------------------


def commands(done: list[str]) -> list[Command]:
    titles = {"note": "New note", "caseload": "Caseload", "today": "Today", "lock": "Lock the desk"}
    return [
        Command(each, title, "", each, lambda each=each: done.append(each), keywords="go")
        for each, title in titles.items()
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("case", "caseload"),
        ("lok", "lock"),
        ("new", "note"),
        ("note new", "note"),
        ("TODAY", "today"),
    ],
)
def test_the_best_fit_comes_first_also_with_slips(typed: str, first: str) -> None:
    assert ranked(typed, commands([]))[0].id == first


def test_nothing_fits_nonsense() -> None:
    assert ranked("qqqqzzzz", commands([])) == []


def test_the_palette_is_worked_with_the_keyboard_and_gives_the_focus_back(show: Show) -> None:
    shown = show(page())
    done: list[str] = []
    palette = CommandPalette(shown)
    palette.set_commands(commands(done))
    shown.button.setFocus()
    palette.open()
    assert palette.line.hasFocus()
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert done == ["caseload"]
    assert palette.isHidden()
    assert shown.button.hasFocus()
    palette.open()
    QTest.keyClicks(palette.line, "zzzzqq")
    assert palette.none.isVisible()
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert palette.isHidden()
    assert done == ["caseload"]


def test_the_palette_shows_late_answers_only_to_what_is_still_typed(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(palette_module, "announce", lambda _w, words: said.append(words))
    shown = show(page())
    palette = CommandPalette(shown)
    asked: dict[str, Callable[[list[Command]], None]] = {}
    palette.add_source(asked.__setitem__)
    palette.open()
    QTest.keyClicks(palette.line, "nun")
    wait_until(lambda: "nun" in asked)
    QTest.keyClicks(palette.line, "e")
    wait_until(lambda: "nune" in asked)
    asked["nun"]([Command("old", "Old", "", "student", lambda: None)])
    assert palette.shown() == []
    asked["nune"]([Command("ana", "Núñez, Ana", "Grade 9", "student", lambda: None)])
    assert [command.id for command in palette.shown()] == ["ana"]
    assert said[-1] == "1 found"
    assert not nameless(palette)
    palette.leave()


# -- dialogs -------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "acts"), [(Qt.Key.Key_Return, False), (Qt.Key.Key_Escape, False)])
def test_enter_and_escape_are_safe(show: Show, key: Qt.Key, acts: bool) -> None:
    question = Question(None, "Sign this note?", "It is frozen.", "Sign note", "Keep as draft")
    show(question)
    ends: list[bool] = []
    question.finished.connect(lambda code: ends.append(bool(code)))
    assert question.safe.hasFocus()
    QTest.keyClick(question.focusWidget(), key)
    assert ends == [acts]


def test_the_act_is_carried_out_only_when_chosen(show: Show) -> None:
    question = Question(None, "Sign this note?", "It is frozen.", "Sign note", "Keep as draft")
    show(question)
    ends: list[bool] = []
    question.finished.connect(lambda code: ends.append(bool(code)))
    question.act.setFocus()
    QTest.keyClick(question.act, Qt.Key.Key_Return)
    assert ends == [True]


def test_enter_in_a_line_presses_the_primary_button_but_in_a_note_begins_a_line(
    show: Show,
) -> None:
    sheet = Sheet("New tier")
    line, note = LineEdit(), NoteText()
    for editor in (line, note):
        editor.setAccessibleName("Reason")
        sheet.body.addWidget(editor)
    pressed: list[int] = []
    sheet.add_button("Save", "primary").clicked.connect(lambda: pressed.append(1))
    sheet.add_close()
    show(sheet)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert pressed == [1]
    note.setFocus()
    QTest.keyClick(note, Qt.Key.Key_Return)
    assert pressed == [1]
    assert note.text() == "\n"
    QTest.keyClick(note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == [1, 1]
    assert not nameless(sheet)


# -- curtain, idle, shortcuts, busy ----------------------------------------------------


def test_the_curtain_leaves_no_letter_readable_and_lifts_with_a_key(show: Show) -> None:
    shown = show(page(), 640, 480)
    shown.line.setFocus()
    sharp = shown.grab(QRect(0, 0, 640, 240)).toImage()
    curtain = PrivacyCurtain(shown)
    curtain.on()
    assert curtain.is_on
    blurred = shown.grab(QRect(0, 0, 640, 200)).toImage()

    def steps(image: Any) -> int:
        gray = [[image.pixelColor(x, y).lightness() for x in range(640)] for y in range(0, 200, 4)]
        return max(abs(a - b) for row in gray for a, b in pairwise(row))

    assert steps(sharp) > 60
    assert steps(blurred) < 12
    QTest.keyClick(curtain, Qt.Key.Key_Shift)
    assert curtain.is_on
    QTest.keyClick(curtain, Qt.Key.Key_A)
    assert not curtain.is_on
    assert shown.line.hasFocus()
    assert shown.line.text() == "Ana Núñez"


def test_over_a_sheet_the_curtain_covers_the_page_too(show: Show) -> None:
    shown = show(page(), 640, 480)
    beneath = PrivacyCurtain(shown)
    sheet = Sheet("A sheet", parent=shown)
    sheet.add_button("Go on")
    sheet.open()
    QTest.keyClick(sheet, Qt.Key.Key_F9)
    covers = sheet.findChild(PrivacyCurtain)
    assert covers is not None
    assert covers.is_on
    assert beneath.is_on
    QTest.keyClick(covers, Qt.Key.Key_Escape)
    assert not covers.is_on
    assert not beneath.is_on
    assert sheet.isVisible()
    sheet.reject()


def test_nobody_at_the_desk_is_noticed_and_any_key_counts(app: QApplication, show: Show) -> None:
    shown = show(page())
    watch = IdleWatch(app, minutes=10, parent=shown)
    idle: list[int] = []
    warned: list[int] = []
    watch.idle.connect(lambda: idle.append(1))
    watch.remaining.connect(warned.append)
    watch._last -= 10 * 60 - 20
    watch.look_at_the_clock()
    assert len(warned) == 1
    assert 15 <= warned[0] <= 20
    assert idle == []
    QTest.keyClick(shown.windowHandle(), Qt.Key.Key_A)
    assert warned[1:] == [0]
    watch._last -= 10 * 60
    watch.look_at_the_clock()
    assert idle == [1]
    watch.stop()


def test_actions_become_qt_actions_and_no_two_share_their_keys(show: Show) -> None:
    shown = show(page())
    done: list[str] = []
    made = make_actions(
        shown, [Action("note", "New note", "Ctrl+N", "note", lambda: done.append("note"))]
    )
    shown.button.setFocus()
    QTest.keyClick(shown.button, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert done == ["note"]
    assert made["note"].text() == "New note"
    with pytest.raises(ValueError, match="Ctrl"):
        make_actions(shown, [Action("a", "A", "Ctrl+T"), Action("b", "B", "Ctrl+T")])


def test_the_sheet_of_shortcuts_lists_every_action_with_its_keys(show: Show) -> None:
    sheet = ShortcutSheet(
        show(page()),
        [
            Action("a", "New note", "Ctrl+N", group="Notes"),
            Action("b", "Lock", "Ctrl+L", group="Desk"),
        ],
    )
    show(sheet)
    words = {label.text() for label in sheet.findChildren(QWidget) if hasattr(label, "setBuddy")}
    assert {"New note", "Ctrl+N", "Lock", "Ctrl+L", "Notes", "Desk"} <= words
    assert not nameless(sheet)


def test_what_is_quick_shows_no_panel_and_what_is_slow_counts_in_its_units(show: Show) -> None:
    around = show(QWidget())
    busy = BusyPanel("Reading", lambda done, of: f"{done} of {of} students", parent=around)
    busy.start()
    busy.finish()
    QTest.qWait(350)
    assert not busy.isVisible()
    busy.start("Importing")
    wait_until(busy.isVisible)
    busy.report(1200, 50_000)
    assert busy.numbers.text() == "1,200 of 50,000 students"
    assert name_of(busy.bar) == "Importing"
    stopped: list[int] = []
    busy.cancelled.connect(lambda: stopped.append(1))
    QTest.mouseClick(busy.button, Qt.MouseButton.LeftButton)
    assert stopped == [1]
    assert not busy.button.isEnabled()
    busy.finish()


# -- charts --------------------------------------------------------------------------


def test_charts_say_in_words_what_they_show(show: Show) -> None:
    tiers = show(TierBars("Tiers", [("Tier 3", 14), ("Tier 2", 52), ("Tier 1", 334)]))
    assert tiers.accessibleDescription() == "Tier 3: 14; Tier 2: 52; Tier 1: 334"
    bars = show(BarRow("Time", [Bar("Direct service", 0)]))
    assert bars.accessibleDescription() == "Direct service: 0"
    line = show(
        LineChart(
            "Progress",
            [Series("Reading", (Point(0, 8, "1 Feb"), Point(7, 9.5, "8 Feb")))],
            (Point(0, 8), Point(7, 20)),
            [Marker(3, "Plan changed")],
        )
    )
    assert line.accessibleDescription() == (
        "Reading: 1 Feb 8, 8 Feb 9.5; goal from 8 to 20; Plan changed"
    )
    for chart in (tiers, bars, line):
        assert not chart.grab().isNull()


def test_a_chart_without_numbers_or_with_one_is_still_drawn(show: Show) -> None:
    show(LineChart("Empty")).grab()
    show(LineChart("One", [Series("Reading", (Point(1, 5),))])).grab()
    show(BarRow("None")).grab()
