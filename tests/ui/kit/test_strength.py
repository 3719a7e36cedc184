"""The strength of a new passphrase is seen, said in words, and spoken when it changes."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from walk import wait_until

from app.vault.passphrases import Level
from ui.kit.widgets import strength as strength_module
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.strength import StrengthLine

Show = Callable[..., Any]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was announced."""
    found: list[str] = []
    monkeypatch.setattr(
        strength_module, "announce", lambda _widget, words, urgent=False: found.append(words)
    )
    return found


def typed(line: StrengthLine, edit: PassphraseEdit, text: str) -> None:
    edit.setText(text)
    line.rate()


def test_it_appears_with_the_first_key_and_goes_with_the_last(show: Show) -> None:
    edit = PassphraseEdit()
    line = StrengthLine(edit, parent=show(edit))
    assert line.isHidden()
    QTest.keyClick(edit.line, Qt.Key.Key_A)
    wait_until(lambda: not line.isHidden())
    assert line.words.text() == "Too short: 14 more characters are needed."
    typed(line, edit, "")
    assert line.isHidden()


@pytest.mark.parametrize(
    ("text", "level", "begins"),
    [
        ("fourteen signs", Level.SHORT, "Too short: 1 more character is needed."),
        ("Summer2026Summer2026", Level.WEAK, "Weak. This"),
        ("Alder Elementary 2026", Level.WEAK, "Weak. This is made of names"),
        ("sunny yellow day", Level.FAIR, "Fair."),
        ("maple river lantern", Level.GOOD, "Good."),
        ("seven lanterns over the quiet harbour", Level.STRONG, "Strong."),
    ],
)
def test_bar_words_and_what_a_screen_reader_meets_say_the_same(
    show: Show, heard: list[str], text: str, level: Level, begins: str
) -> None:
    edit = PassphraseEdit()
    line = StrengthLine(edit, lambda: ("Alder Elementary",), parent=show(edit))
    typed(line, edit, text)
    assert line.bar.level is level
    assert line.bar.value() == int(level)
    assert line.words.text().startswith(begins)
    face = QAccessible.queryAccessibleInterface(line.bar)
    assert face.text(QAccessible.Text.Name) == "Strength of the passphrase"
    assert face.text(QAccessible.Text.Description) == line.words.text()
    assert heard == [line.words.text()]


def test_each_level_is_spoken_once_and_not_each_missing_character(
    show: Show, heard: list[str]
) -> None:
    edit = PassphraseEdit()
    line = StrengthLine(edit, parent=show(edit))
    for end in range(1, 38):
        typed(line, edit, "seven lanterns over the quiet harbour"[:end])
    assert len(heard) <= 4
    assert heard[-1].startswith("Strong.")


def test_what_is_typed_stands_nowhere_in_it(show: Show) -> None:
    edit = PassphraseEdit()
    line = StrengthLine(edit, parent=show(edit))
    typed(line, edit, "seven lanterns over the quiet harbour")
    shown = f"{line.words.text()} {line.bar.accessibleDescription()} {line.bar.text()}"
    assert "lantern" not in shown
