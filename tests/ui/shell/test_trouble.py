"""What is said when something goes wrong holds where it happened, and nothing of what it was about."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget
from walk import clipped, walk

from app.kernel.errors import Cancelled, Trouble
from app.phrases import sentence
from ui.kit.widgets.dialogs import Sheet
from ui.shell.trouble import CrashSheet, report, show_error

NAME = "Chidi Okonkwo"


def fallen(text: str) -> Exception:
    try:
        raise KeyError(text)
    except KeyError as inner:
        try:
            raise ValueError(f"{text} is not a student") from inner
        except ValueError as error:
            return error


@given(text=st.text(st.characters(categories=("L",), max_codepoint=0x2FF), min_size=12))
def test_a_report_quotes_nothing_of_the_error(text: str) -> None:
    assert text not in report(fallen(text))


def test_a_report_says_which_error_and_which_lines_of_the_program() -> None:
    lines = report(fallen(NAME)).splitlines()
    assert lines[0] == "ValueError"
    assert lines[1].endswith(" fallen")
    assert lines[1].startswith("  ui/shell/test_trouble.py:")


def test_the_crash_sheet_shows_the_report_and_copies_no_more(show: Callable[..., Any]) -> None:
    sheet = show(CrashSheet(fallen(NAME)), 640, 480)
    walk(sheet)
    assert not clipped(sheet)
    (text,) = sheet.findChildren(QPlainTextEdit)
    assert text.toPlainText() == sheet.report
    assert NAME not in sheet.report
    copy = next(
        b for b in sheet.findChildren(QWidget) if getattr(b, "text", str)() == "Copy report"
    )
    QTest.keyClick(copy, Qt.Key.Key_Space)
    assert QApplication.clipboard().text() == sheet.report


def test_a_known_trouble_is_said_in_its_own_sentence(
    app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[Sheet] = []

    def caught(sheet: Sheet) -> None:
        shown.append(sheet)

    monkeypatch.setattr(Sheet, "exec", caught)
    parent = QWidget()
    show_error(parent, Trouble("disk-full"))
    show_error(parent, Cancelled())
    (sheet,) = shown
    assert sheet.text.text() == sentence(Trouble("disk-full"))
    parent.deleteLater()
