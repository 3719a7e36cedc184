"""A list of records with what narrows it, and one thing to do."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class RecordsView(QWidget):
    """Records in a list; chips say which, the button adds one or acts on all."""

    turned = Signal(object)
    asked = Signal()
    """The button of the page."""
    started = Signal()
    """The button of the empty page."""
    linked = Signal(str)
    """Emitted with the name of a button beside the page's own."""

    def __init__(
        self,
        title: str,
        action: tuple[str, str],
        parts: Sequence[tuple[object, str]],
        empty: EmptyState,
        start: Button,
        links: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        super().__init__()
        self.title = PageTitle(title)
        self.about = Muted("")
        self.action = Button(action[0], action[1], "primary")
        self.parts = Chips(parts, exclusive=True)
        self.parts.setAccessibleName(title)
        if len(parts) < 2:
            self.parts.hide()  # never shown before it has a place: it would be a window
        if parts:
            self.parts.set_value(parts[0][0])
        self.list = CardList(title)
        self.empty = empty
        start.clicked.connect(self.started)
        self.action.clicked.connect(self.asked)
        self.parts.chosen.connect(self.turned)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        self.links: dict[str, Button] = {}
        for key, label, icon in links:
            button = Button(label, icon)
            button.clicked.connect(partial(self.linked.emit, key))
            self.links[key] = button
            row.addWidget(button)
        row.addWidget(self.action)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self.parts)
        page.addWidget(self.list, 1)
        page.addWidget(self.empty, 1)
        self.empty.hide()

    def show_entries(self, entries: Sequence[Entry], about: str) -> None:
        """Show the records that were found."""
        stood = self.list.hasFocus() or self.empty.isAncestorOf(self.focusWidget())
        self.about.setText(about)
        self.about.setVisible(bool(about))
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        if stood:
            (self.list if entries else self.empty).setFocus()
