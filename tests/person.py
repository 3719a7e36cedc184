"""A person at the desk who has a keyboard and eyes, and neither a mouse nor the program's parts."""

import time
from collections.abc import Callable
from pathlib import Path

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from walk import name_of

from app.vault.places import ThisDevice
from ui.kit.widgets.headings import Words
from ui.kit.widgets.lists import CardList
from ui.shell.desk import Frame
from vaults import PASSPHRASE

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


class Person:
    """Sits down at the program on one vault; every key goes where the focus is."""

    def __init__(self, vault: Path, *, locked: bool = False) -> None:
        self.frame = Frame(ThisDevice.here(), vault, locked=locked)
        self.frame.begin()
        self.frame.show()
        self.frame.activateWindow()  # what the desktop does with a window that comes up
        self.rest()

    # -- hands -----------------------------------------------------------------------

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = NONE,
        *,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Press one key; `then` is done in the dialog that it opens."""
        window = QGuiApplication.focusWindow()
        assert window is not None, "no window has the focus"
        fell: list[BaseException] = []
        if then is not None:
            self._once_asked(then, fell)
        QTest.keyPress(window, key, modifier)
        # What the key did may have closed that window: it is let go of where one is now.
        now = QGuiApplication.focusWindow()
        if now is not None:
            QTest.keyRelease(now, key, modifier)
        self.rest()
        if then is not None:
            self.until(lambda: QApplication.activeModalWidget() is None)
        if fell:
            raise fell[0]

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        focus = QApplication.focusWidget()
        assert focus is not None, "nothing has the focus"
        for place, line in enumerate(text.split("\n")):
            if place:
                QTest.keyClick(focus, Key.Key_Return)
            QTest.keyClicks(focus, line)
        self.rest()

    def tab_to(self, name: str, *, back: bool = False) -> None:
        """Press Tab until the control that is called `name` has the focus."""
        passed: list[QWidget | None] = []
        names = []
        while (focus := QApplication.focusWidget()) not in passed:
            if self.focus == name:
                return
            passed.append(focus)
            names.append(self.focus)
            self.press(Key.Key_Backtab if back else Key.Key_Tab, SHIFT if back else NONE)
        raise AssertionError(f"{name!r} is not reached by Tab, only {names}")

    def choose(self, name: str) -> None:
        """Go to a button and press it with Space."""
        self.tab_to(name)
        self.press(Key.Key_Space)

    def fill(self, **entries: str) -> None:
        """Go to the entries that are called so, and type."""
        for name, text in entries.items():
            self.tab_to(name)
            self.type(text)

    def along(self, chip: str) -> None:
        """Go on with Tab, and along each group of chips with the arrow, until `chip` has the focus."""
        passed: set[str] = set()
        for _step in range(80):
            if self.focus == chip:
                return
            if self.focus in passed:
                passed.clear()
                self.press(Key.Key_Tab)
            else:
                passed.add(self.focus)
                self.press(Key.Key_Right)
        raise AssertionError(f"{chip!r} is not reached")

    # -- errands ---------------------------------------------------------------------

    def unlock(self, passphrase: str = PASSPHRASE, page: str = "today") -> None:
        """Unlock the vault, and wait until one is at `page`."""
        self.type(passphrase)
        self.press(Key.Key_Return)
        self.until(lambda: self.here()[0] == page)
        self.rest()

    def palette(self, letters: str) -> None:
        """Do what the palette finds first."""
        self.press(Key.Key_K, CTRL)
        self.type(letters)
        self.press(Key.Key_Return)

    def go(self, letters: str, page: str) -> None:
        """Reach a page or an action with the palette."""
        self.palette(letters)
        self.until(lambda: self.here()[0] == page)
        self.rest()

    def pick(self, letters: str, student: str) -> None:
        """Find a student by letters on the sheet that asks for one."""
        self.until(lambda: self.focus == "Find by letters, or scan a card")
        self.type(letters)
        self.until(lambda: student in "".join(self.listed("Students found")))
        self.press(Key.Key_Return)

    def carry_out(self) -> None:
        """Carry out a sheet, and wait until it is gone."""
        self.press(Key.Key_Return, CTRL)
        self.until(lambda: QApplication.activeModalWidget() is None)
        self.rest()

    def _once_asked(self, then: Callable[[], None], fell: list[BaseException]) -> None:
        def look() -> None:
            if QApplication.activeModalWidget() is None:
                return
            looking.stop()
            looking.deleteLater()
            try:
                self.rest()
                then()
            except BaseException as error:  # noqa: BLE001 - raised again by `press`
                fell.append(error)
                left = QApplication.activeModalWidget()
                if left is not None:
                    left.close()

        looking = QTimer(self.frame)
        looking.timeout.connect(look)
        looking.start(5)

    # -- eyes ------------------------------------------------------------------------

    @property
    def focus(self) -> str:
        """What a screen reader says has the focus."""
        widget = QApplication.focusWidget()
        return name_of(widget) if widget is not None else ""

    def here(self) -> tuple[str, str]:
        """The page of the desk that is shown, and what about."""
        window = self.frame.desk_window
        return window.here if window is not None else ("", "")

    def screen(self) -> str:
        """Return every word that can be read, on the window or the dialog over it."""
        top: QWidget = QApplication.activeModalWidget() or self.frame
        read = []
        for each in [top, *top.findChildren(QWidget)]:
            if not each.isVisible():
                continue
            if isinstance(each, QLabel | Words | QAbstractButton | QLineEdit):
                read.append(each.text())
            elif isinstance(each, QPlainTextEdit):
                read.append(each.toPlainText())
        return "\n".join(read)

    def listed(self, name: str) -> list[str]:
        """Return what a screen reader says of each line of the visible list called `name`."""
        for each in (QApplication.activeModalWidget() or self.frame).findChildren(CardList):
            if each.isVisible() and name_of(each) == name:
                model, role = each.model(), Qt.ItemDataRole.AccessibleTextRole
                return [str(model.index(row, 0).data(role)) for row in range(model.rowCount())]
        return []

    def reads(self, words: str, seconds: float = 30.0) -> None:
        """Wait until `words` stand on the screen."""
        try:
            self.until(lambda: words in self.screen(), seconds)
        except AssertionError:
            raise AssertionError(f"{words!r} is not on the screen:\n{self.screen()}") from None

    def until(self, true: Callable[[], bool], seconds: float = 30.0) -> None:
        """Keep the program going until `true()`."""
        limit = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < limit, f"waited in vain at {self.focus!r}:\n{self.screen()}"
            self.beat()

    def rest(self) -> None:
        """Let the program finish what it is at."""
        tasks = self.frame.tasks
        self.beat()
        self.until(tasks.idle, 30.0)
        self.beat()
        if QGuiApplication.focusWindow() is None and self.frame.isVisible():
            # What a desktop does once a dialog is gone; the offscreen platform does not.
            self.frame.activateWindow()
            self.beat()

    @staticmethod
    def beat() -> None:
        """Turn the event loop once."""
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        time.sleep(0.001)

    def leave(self) -> None:
        """Close the window, as Alt+F4 does."""
        if shiboken6.isValid(self.frame):
            self.frame.close()
            self.frame.deleteLater()
            self.beat()
