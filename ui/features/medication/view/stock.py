"""The list of containers."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class StockView(QWidget):
    """Containers with what is in them; chips say which."""

    turned = Signal(object)
    count_asked = Signal()
    orders_asked = Signal()

    def __init__(self, parts: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.title = PageTitle(_("Stock"))
        self.about = Muted("")
        self.count = Button(_("Count these"), "counts", "primary")
        self.parts = Chips(parts, exclusive=True)
        self.parts.setAccessibleName(_("Which containers are shown"))
        self.parts.set_value(parts[0][0])
        self.list = CardList(_("Stock"))
        first = Button(_("Go to the orders"), "list", "primary")
        self.empty = EmptyState(
            "archive",
            _("Nothing stands here"),
            _("Medicine is received from the page of its order, counted by two."),
            first,
        )
        first.clicked.connect(self.orders_asked)
        self.count.clicked.connect(self.count_asked)
        self.parts.chosen.connect(self.turned)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        head.addWidget(self.count, 0, Qt.AlignmentFlag.AlignTop)
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
        """Show the containers that were found."""
        self.about.setText(about)
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        self.count.setEnabled(bool(entries))
