"""Keys, pressed where the system would send them."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


def focused() -> QWidget:
    """Return what has the focus."""
    found = QApplication.focusWidget()
    assert found is not None
    return found


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key: an open list hears it first."""
    QTest.keyClick(QApplication.activePopupWidget() or focused(), key, modifier)


def write(text: str) -> None:
    """Type into what has the focus."""
    QTest.keyClicks(focused(), text)
