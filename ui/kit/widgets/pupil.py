"""Finds a student by a few letters or a scanned card."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.fields import SearchEdit
from ui.kit.widgets.lists import CardList, Entry


class PupilButton(Button):
    """A student as an entry of a form: says who was chosen, and asks for one when pressed."""

    def __init__(self, said: Callable[[str], str]) -> None:
        """`said` returns the words on the button for a name."""
        super().__init__(_("Choose a student"), "student")
        self._said = said
        self._chosen = ("", "")

    def value(self) -> tuple[str, str]:
        """Return the id and the name of who was chosen; both are empty where nobody was."""
        return self._chosen

    def set_value(self, student: str, name: str) -> None:
        """Say who was chosen."""
        self._chosen = (student, name)
        self.setText(self._said(name) if student else _("Choose a student"))


class PupilSheet(Sheet):
    """A line and who it finds; Enter takes the one the focus is on."""

    sought = Signal(str)
    picked = Signal(object)
    """Emitted with the `Entry` that was chosen."""

    def __init__(self, title: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, text, width=520, parent=parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.line = SearchEdit(_("Find by letters, or scan a card"))
        self.found = CardList(_("Students found"))
        self.found.setMinimumHeight(look().px(260))
        self.body.addWidget(self.line)
        self.body.addWidget(self.found, 1)
        self.add_close()
        self.line.sought.connect(self.sought)
        self.line.installEventFilter(self)
        self.found.opened.connect(self._take)
        self.found.clicked.connect(lambda _index: self._take(self.found.entry()))
        self.line.setFocus()

    def show_found(self, entries: Sequence[Entry]) -> None:
        """Show who was found."""
        self.found.set_entries(entries)
        self.found.go_to(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move and choose in the list with the keys of the line."""
        if (
            watched is self.line
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            place = self.found.currentIndex().row()
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
                self.found.go_to(place + (1 if event.key() == Qt.Key.Key_Down else -1))
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.line.text():
                self._take(self.found.entry())
                return True
        return super().eventFilter(watched, event)

    def _take(self, entry: Entry | None) -> None:
        if entry is not None:
            self.accept()
            self.picked.emit(entry)
