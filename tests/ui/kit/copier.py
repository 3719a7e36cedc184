"""A window of the desk's own widgets on a real screen; a process of its own, led by lines.

    python copier.py [unguarded]

Lines: `copy WIDGET`, `select WIDGET`, `drag`, `drop`, `close`. Each is answered by one line.
"""

import os
import sys
import time

from PySide6.QtCore import QMimeData, QPoint, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QClipboard, QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

import ui.kit.clipboard as clipboard
from ui.kit.look import look
from ui.kit.widgets.editors import LineEdit, NoteText, SearchEdit
from ui.kit.widgets.headings import Words
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

WORDS = "zinnober-quokka-{}"


class Pulled(NoteText):
    """A text that counts how often it gave out what is selected."""

    given = 0

    def createMimeDataFromSelection(self) -> QMimeData:
        self.given += 1
        QTimer.singleShot(100, QDrag.cancel)
        return super().createMimeDataFromSelection()


class Copier:
    """Does what the lines say."""

    def __init__(self, *, guarded: bool) -> None:
        self.app = QApplication(sys.argv[:1])
        look().apply(self.app, "light")
        if guarded:
            clipboard.clipboard_guard().begin()
            clipboard.clipboard_guard()._timer.setInterval(1200)
        self.window = QWidget()
        column = QVBoxLayout(self.window)
        self.label = Words(WORDS.format("label"))
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        model = PagedModel([Column("name", "Name", str)])
        self.table = PagedTable(model, "Names")
        model.set_rows([WORDS.format("table")])
        self.widgets: dict[str, QWidget] = {
            "line": LineEdit(),
            "search": SearchEdit(),
            "note": Pulled(WORDS.format("note")),
            "label": self.label,
            "table": self.table,
        }
        for name in ("line", "search"):
            editor = self.widgets[name]
            assert isinstance(editor, LineEdit)
            editor.setText(WORDS.format(name))
        for widget in self.widgets.values():
            column.addWidget(widget)
        self.window.resize(500, 500)
        self.window.show()
        self.window.activateWindow()
        self.drags: list[str] = []
        self.rest(0.5)
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._lines.activated.connect(self.hear)
        self.answer("shown")

    def hear(self, *_where: object) -> None:
        self._lines.setEnabled(False)
        QTimer.singleShot(0, self.window, self.obey)

    def obey(self) -> None:
        what, _space, of = sys.stdin.readline().strip().partition(" ")
        board = QApplication.clipboard()
        if what in {"copy", "select"}:
            widget = self.widgets[of]
            widget.setFocus()
            if of == "table":
                self.table.go_to(0)
            else:
                QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            if what == "copy":
                QTest.keyClick(widget, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            self.rest(0.1)
            mode = QClipboard.Mode.Clipboard if what == "copy" else QClipboard.Mode.Selection
            self.answer(str(board.text(mode) == WORDS.format(of)))
        elif what == "drag":
            self.answer(str(self.dragged()))
        else:
            clipboard.clipboard_guard().take_back()
            self.rest(0.1)
            self.answer("closed")
            self.app.quit()
            os._exit(0)
        self._lines.setEnabled(True)

    def dragged(self) -> int:
        """Try to pull the selected text out of the note; return how many drags began."""
        note = self.widgets["note"]
        assert isinstance(note, Pulled)
        note.selectAll()
        note.given = 0
        place = note.cursorRect().center()
        start = QPoint(20, place.y())
        view = note.viewport()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 12):
            QTest.mouseMove(view, start + QPoint(step * 12, step))
            self.rest(0.02)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(150, 12))
        self.rest(0.2)
        return note.given

    def answer(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()
            time.sleep(0.005)


if __name__ == "__main__":
    copier = Copier(guarded="unguarded" not in sys.argv)
    sys.exit(copier.app.exec())
