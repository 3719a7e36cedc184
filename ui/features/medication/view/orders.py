"""The list of orders, and the page of one order."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.medication.view.board import Portrait
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, SearchEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.records import Fact, RecordShown
from ui.kit.widgets.records import RecordView as PlainView
from ui.kit.widgets.scroll import ScrollColumn

__all__ = ["Fact", "OrdersView", "RecordShown", "RecordView"]


class OrdersView(QWidget):
    """All orders by student; letters narrow them, chips say which."""

    add_asked = Signal()
    sought = Signal(str)
    turned = Signal(object)
    year_asked = Signal()

    def __init__(self, parts: Sequence[tuple[object, str]]) -> None:
        super().__init__()
        self.title = PageTitle(_("Orders"))
        self.count = Muted("")
        self.add = Button(_("New order"), "add", "primary")
        self.search = SearchEdit(_("Find by letters, or scan a card"))
        self.parts = Chips(parts, exclusive=True)
        self.parts.setAccessibleName(_("Which orders are shown"))
        self.parts.set_value(parts[0][0])
        self.list = CardList(_("Orders"))
        first = Button(_("New order"), "add", "primary")
        self.empty = EmptyState(
            "medication",
            _("No orders yet"),
            _(
                "An order is transcribed from its paper once; its doses then come up on the board"
                " by themselves."
            ),
            first,
        )
        first.clicked.connect(self.add_asked)
        self.add.clicked.connect(self.add_asked)
        self.year = Button(_("Close the school year"), "archive")
        self.year.clicked.connect(self.year_asked)
        self.search.sought.connect(self.sought)
        self.parts.chosen.connect(self.turned)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.count)
        head.addLayout(words, 1)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        row.addWidget(self.year)
        row.addWidget(self.add)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        narrow = QWidget()
        flow = FlowLayout(narrow, gap=12)
        self.search.setMinimumWidth(look().px(260))
        flow.addWidget(self.search)
        flow.addWidget(self.parts)
        # Where the text is large the page scrolls as a whole, so that nothing is cut off.
        sheet = ScrollColumn(_("Orders"), margin=0)
        page = sheet.body
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        self.list.setMinimumHeight(look().px(220))
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        page.addLayout(head)
        page.addWidget(narrow)
        page.addWidget(self.list, 1)
        page.addWidget(self.empty, 1)
        self.empty.hide()

    def show_entries(self, entries: Sequence[Entry], count: str) -> None:
        """Show the orders that were found."""
        self.count.setText(count)
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.empty.setVisible(not entries)


class RecordView(PlainView):
    """A record of the room, with the student's portrait before it."""

    def __init__(self, actions: Sequence[tuple[str, str, str]], history: str, name: str) -> None:
        self.portrait = Portrait()
        super().__init__(actions, history, name, self.portrait)

    def show_record(self, shown: RecordShown, picture: bytes | None = None) -> None:
        """Show a record, and whose it is."""
        self.portrait.setVisible(bool(shown.person))
        self.portrait.show_person(shown.person, picture)
        super().show_record(shown)
