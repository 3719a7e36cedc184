"""The list of orders, and the page of one order."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.medication.view.board import Portrait
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, SearchEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn


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


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a record: its name and what stands there."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordShown:
    """A record as its page shows it."""

    title: str
    line: str
    person: str = ""
    chips: tuple[tuple[str, str], ...] = ()
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()


class RecordView(QWidget):
    """A record that nothing erases: what stands, what can be done, and everything before."""

    acted = Signal(str)

    def __init__(self, actions: Sequence[tuple[str, str, str]], history: str, name: str) -> None:
        super().__init__()
        self.portrait = Portrait()
        self.title = PageTitle("")
        self.line = Muted("")
        self._chips = QWidget()
        self._chip_row = FlowLayout(self._chips, gap=6)
        self.warnings = Words("", ink="bad", bold=True)
        self.buttons: dict[str, Button] = {}
        row = QWidget()
        flow = FlowLayout(row, gap=8)
        for key, words, icon in actions:
            button = Button(words, icon)
            button.clicked.connect(lambda _on=False, key=key: self.acted.emit(key))
            self.buttons[key] = button
            flow.addWidget(button)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(look().gap(16))
        self._facts.setVerticalSpacing(look().gap(8))
        self._facts.setColumnStretch(1, 1)
        card = Card()
        card.body.addLayout(self._facts)
        self.history = CardList(history, expands=True)
        self.history_title = SectionTitle(history)
        sheet = ScrollColumn(name, margin=0)
        column = sheet.body
        room = look().gap(24)
        column.setContentsMargins(room, look().gap(16), room, look().gap(12))
        column.setSpacing(look().gap(12))
        head = QHBoxLayout()
        head.setSpacing(look().gap(16))
        head.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignTop)
        words_column = QVBoxLayout()
        words_column.setSpacing(look().gap(4))
        for widget in (self.title, self.line, self._chips, self.warnings):
            words_column.addWidget(widget)
        head.addLayout(words_column, 1)
        column.addLayout(head)
        column.addWidget(row)
        column.addWidget(card)
        column.addWidget(self.history_title)
        column.addWidget(self.history, 1)
        self.history.setMinimumHeight(look().px(220))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)

    def show_record(self, shown: RecordShown, picture: bytes | None = None) -> None:
        """Show a record."""
        self.title.setText(shown.title)
        self.line.setText(shown.line)
        self.portrait.setVisible(bool(shown.person))
        self.portrait.show_person(shown.person, picture)
        self.warnings.setText("\n".join(shown.warnings))
        self.warnings.setVisible(bool(shown.warnings))
        while (item := self._chip_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for words, kind in shown.chips:
            self._chip_row.addWidget(Chip(words, kind))
        self._chips.setVisible(bool(shown.chips))
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, fact in enumerate(shown.facts):
            label = Muted(fact.label)
            self._facts.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(Words(fact.text), row, 1)

    def offer(self, *keys: str) -> None:
        """Show these actions and hide the others."""
        for key, button in self.buttons.items():
            button.setVisible(key in keys)

    def focus_first(self) -> None:
        """Go to the first action, or to what came before."""
        for button in self.buttons.values():
            if not button.isHidden():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        self.history.setFocus(Qt.FocusReason.OtherFocusReason)
