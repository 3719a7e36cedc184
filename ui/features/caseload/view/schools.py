"""The schools: one's own buildings in the order of the week, then the others."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import GrowingRow
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class _Schools(CardList):
    """Schools; Alt with an arrow moves one's own building."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with Alt+Up and Alt+Down."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if alt and event.key() in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)


class SchoolsView(QWidget):
    """The page of schools."""

    act = Signal(str)
    """One of the page's actions: `add`, `rename`, `mine`, `up`, `down`, `remove`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        add = Button(_("Add school"), "add", "primary")
        add.clicked.connect(lambda: self.act.emit("add"))
        head = QHBoxLayout()
        above = QVBoxLayout()
        above.setSpacing(look().gap(4))
        above.addWidget(PageTitle(_("Schools")))
        above.addWidget(
            Muted(_("The buildings you work in come first, in the order of your week."))
        )
        head.addLayout(above, 1)
        head.addWidget(add, 0, Qt.AlignmentFlag.AlignTop)
        self.list = _Schools(_("Schools"))
        self.list.opened.connect(lambda _entry: self.act.emit("rename"))
        self.list.moved.connect(lambda step: self.act.emit("up" if step < 0 else "down"))
        self.buttons: dict[str, Button] = {}
        for name, words, sign in (
            ("rename", _("Rename"), "edit"),
            ("mine", _("I work here"), "pin"),
            ("up", _("Earlier in the week"), "up"),
            ("down", _("Later in the week"), "down"),
            ("remove", _("Remove"), "delete"),
        ):
            button = Button(words, sign)
            button.clicked.connect(lambda _on=False, name=name: self.act.emit(name))
            self.buttons[name] = button
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        column.addWidget(self.list, 1)
        column.addWidget(GrowingRow(*self.buttons.values()))
        first = Button(_("Add a school"), "add", "primary")
        first.clicked.connect(lambda: self.act.emit("add"))
        empty = EmptyState(
            "school",
            _("No schools yet"),
            _("A roster brings its schools with it. Add one by hand if you keep no roster."),
            first,
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(listed)
        self._stack.addWidget(empty)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self._stack, 1)

    def show_schools(self, entries: Sequence[Entry]) -> None:
        """Show these schools, or what an empty list teaches."""
        self.list.set_entries(entries)
        self._stack.setCurrentIndex(0 if entries else 1)

    def show_actions(self, mine: str, enabled: Sequence[str]) -> None:
        """Offer what can be done with the school the focus is on."""
        self.buttons["mine"].setText(mine)
        for name, button in self.buttons.items():
            button.setEnabled(name in enabled)
