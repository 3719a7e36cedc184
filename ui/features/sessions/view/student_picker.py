"""Choosing a student by a few letters, without leaving the line."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _, ngettext
from ui.kit.announce import announce
from ui.kit.direction import in_order
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import SearchEdit
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.lists import CardList, Entry

_ROWS = 6


class StudentPicker(QWidget):
    """A line that finds students; once one is chosen, their name and a way to change it."""

    sought = Signal(str)
    """Emitted with what is typed; answer with `show_found`."""
    picked = Signal(str)
    """Emitted with the student's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._student = ""
        self._answered = ""
        self._waiting = False
        self.line = SearchEdit(_("Type a few letters of a name, or a number"))
        self.line.setAccessibleName(_("Student"))
        self.line.installEventFilter(self)
        self.line.sought.connect(self._seek)
        self.line.textChanged.connect(self._typed)
        self.name = Words("", bold=True, wrap=False)
        self.detail = Muted("")
        self.change = Button(_("Another student"), "student", "quiet")
        self.change.clicked.connect(self.choose_again)
        chosen = QWidget()
        row = QHBoxLayout(chosen)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look().gap(12))
        row.addWidget(self.name)
        row.addWidget(self.detail, 1)
        row.addWidget(self.change)
        seeking = QWidget()
        column = QVBoxLayout(seeking)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.line)
        self._stack = QStackedWidget()
        self._stack.addWidget(seeking)
        self._stack.addWidget(chosen)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.found = CardList(_("Students found"))
        self.found.floats = True
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.clicked.connect(lambda index: self._take(index.row()))
        self.found.hide()
        self._entry: QWidget = self.line

    def stops(self) -> tuple[QWidget, ...]:
        """Return the line, and what takes its place once a student is chosen."""
        return (self.line, self.change)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Go to the line, or to what takes its place."""
        self._entry.setFocus(reason)

    def student(self) -> str:
        """Return the id of the chosen student, or nothing."""
        return self._student

    def set_student(self, student: str, name: str = "", detail: str = "") -> None:
        """Show a student as chosen; nothing to choose anew."""
        self._student = student
        self.name.setText(in_order(name))
        self.detail.setText(detail)
        self._stack.setCurrentIndex(1 if student else 0)
        self._entry = self.change if student else self.line
        self.line.clear()
        self._hide_found()

    def choose_again(self) -> None:
        """Go back to the line; the student stays until another one is chosen."""
        self._stack.setCurrentIndex(0)
        self._entry = self.line
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_found(self, text: str, found: Sequence[Entry]) -> None:
        """Show who was found for `text`; each entry's id is the student's."""
        if text != self.line.text():
            return
        self._answered = text
        self.found.set_entries(found)
        self.found.go_to(0)
        if self._waiting:
            self._waiting = False
            self._take(0)
            return
        if not text.strip():
            self._hide_found()
            return
        self._place(len(found))
        count = len(found)
        announce(self.line, ngettext("{count} found", "{count} found", count).format(count=count))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move and choose in the list with the keys of the line."""
        if watched is not self.line:
            return False
        if event.type() == QEvent.Type.FocusOut and not self.found.underMouse():
            self._hide_found()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return False

    def hideEvent(self, event: QEvent) -> None:
        """Take the list away with the page."""
        self._hide_found()

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        place, last = self.found.currentIndex().row(), self.found.entries.total() - 1
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up} and self.found.isVisible():
            self.found.go_to(min(last, place + 1) if key == Qt.Key.Key_Down else max(0, place - 1))
            entry = self.found.entry()
            if entry is not None:
                announce(self.line, entry.spoken())
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab} and (
            event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            return self._choose(leaves=key == Qt.Key.Key_Tab)
        if key == Qt.Key.Key_Escape and self._student:
            self._stack.setCurrentIndex(1)
            self._entry = self.change
            self.change.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def _choose(self, *, leaves: bool) -> bool:
        text = self.line.text()
        if not text.strip():
            return False
        if self._answered == text:
            if not self.found.entries.total():
                return not leaves
            self._take(self.found.currentIndex().row())
            return True
        self._waiting = True
        self._seek(text)
        return True

    def _seek(self, text: str) -> None:
        if text.strip():
            self.sought.emit(text)
        else:
            self._hide_found()

    def _typed(self, _text: str) -> None:
        self._waiting = False

    def _take(self, place: int) -> None:
        entry = self.found.entries.entry(place)
        if entry is not None:
            self._hide_found()
            self.picked.emit(entry.id)

    def _hide_found(self) -> None:
        self._answered = ""
        self.found.hide()

    def _place(self, count: int) -> None:
        """Lay the list under the line, over whatever the page has there."""
        if not count:
            self.found.hide()
            return
        window = self.window()
        self.found.setParent(window)
        top = self.line.mapTo(window, QPoint(0, self.line.height() + look().gap(4)))
        rows = min(count, _ROWS)
        height = rows * self.found.row_height() + look().px(8)
        room = window.height() - top.y() - look().gap(8)
        self.found.setGeometry(
            top.x(), top.y(), self.line.width(), max(look().px(56), min(height, room))
        )
        self.found.show()
        self.found.raise_()
