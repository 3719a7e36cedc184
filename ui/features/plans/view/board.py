"""The goals of open plans: type the value, Enter writes it down and goes to the next."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import Kind, look
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, DateEdit, Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle, Words
from ui.kit.widgets.lists import CardList, Entry

_SIGNS = "0123456789.,%:+-−"


class PointList(CardList):
    """Goals; what is typed is the value of the goal the focus is on."""

    entered = Signal(str, str)
    """The goal's key, and what was typed."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.typed = ""
        self._shown: list[Entry] = []

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show these goals; what is typed stays with the goal it is for."""
        self._shown = list(entries)
        self._lay()

    def clear_typed(self) -> None:
        """Let what was typed go."""
        if self.typed:
            self.typed = ""
            self._lay()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a figure, take it back, or write the value down."""
        entry, text, key = self.entry(), event.text(), event.key()
        held = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if entry is None or held:
            super().keyPressEvent(event)
        elif text and text in _SIGNS:
            self.typed += text
            self._lay()
        elif key == Qt.Key.Key_Backspace and self.typed:
            self.typed = self.typed[:-1]
            self._lay()
        elif key == Qt.Key.Key_Escape and self.typed:
            self.clear_typed()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.typed:
            typed, self.typed = self.typed, ""
            self._lay()
            self.entered.emit(entry.id, typed)
            self.go_to(self.currentIndex().row() + 1)
        else:
            before = self.currentIndex().row()
            super().keyPressEvent(event)
            if self.currentIndex().row() != before:
                self.clear_typed()

    def _lay(self) -> None:
        place = self.currentIndex().row()
        shown = list(self._shown)
        if self.typed and 0 <= place < len(shown):
            entry = shown[place]
            words = _("{typed} – press Enter").format(typed=self.typed)
            shown[place] = replace(entry, chips=((words, Kind.ACCENT),))
            announce(self, self.typed)
        self.set_entries(shown)
        if 0 <= place < len(shown):
            self.go_to(place)


class BoardView(QWidget):
    """The page of the board."""

    turned = Signal()

    def __init__(
        self, parts: Sequence[tuple[object, str]], empty: EmptyState, today: Callable[[], date]
    ) -> None:
        super().__init__()
        self.title = PageTitle(_("Progress"))
        self.about = Muted("")
        self.parts = Chips(parts, exclusive=True)
        self.parts.setAccessibleName(_("Which goals"))
        self.parts.set_value(parts[0][0])
        self.day = DateEdit(today(), today=today)
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        self.list = PointList(_("Goals"))
        self.empty = empty
        self.empty.hide()
        self.keys = QWidget()
        keys = FlowLayout(self.keys, gap=8)
        for key, means in (
            ("7", _("what you type is the value")),
            ("Return", _("writes it down and goes on")),
            ("Esc", _("lets it go")),
        ):
            keys.addWidget(KeyHint(key))
            keys.addWidget(Words(means, ink="muted", wrap=False))
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        self.day_field = Field(_("Points are of"), self.day)
        self.day_field.setMaximumWidth(look().px(240))
        head.addWidget(self.day_field, 0, Qt.AlignmentFlag.AlignTop)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self.parts)
        page.addWidget(self.keys)
        page.addWidget(self.trouble)
        page.addWidget(self.list, 1)
        page.addWidget(self.empty, 1)
        self.parts.chosen.connect(lambda _part: self.turned.emit())
        self.list.current.connect(lambda _entry: self.trouble.hide())

    def show_goals(self, entries: Sequence[Entry], about: str) -> None:
        """Show the goals."""
        stood = self.list.hasFocus() or self.empty.isAncestorOf(self.focusWidget())
        self.about.setText(about)
        self.list.show_entries(entries)
        for widget in (self.list, self.keys, self.day_field):
            widget.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        if stood:
            (self.list if entries else self.empty).setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why a value was not taken."""
        self.trouble.setText(sentence)
        self.trouble.show()
        announce(self.trouble, sentence, urgent=True)
