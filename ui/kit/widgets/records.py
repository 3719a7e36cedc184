"""A list of records with what narrows it, and the page of one record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.kit.look import look
from ui.kit.part2 import Part2Button
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

_TITLE = 300
"""The width that a title and the words under it have at least, beside the buttons."""


_ROWS = 4
"""Rows of a list that stay in sight; where large text leaves no room for them, the page scrolls."""


_LONG = re.compile(r"\S{41,}")


def _breakable(text: str) -> str:
    """Let a key, a path or an address without a space go on in a second line."""
    return _LONG.sub(lambda run: "\u200b".join(re.findall(".{1,8}", run[0])), text)


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
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        self._head.addLayout(words, 1)
        self._beside = QWidget()
        row = FlowLayout(self._beside, gap=8)
        self.links: dict[str, Button] = {}
        for key, label, icon in links:
            button = Button(label, icon)
            button.clicked.connect(partial(self.linked.emit, key))
            self.links[key] = button
            row.addWidget(button)
        row.addWidget(self.action)
        self._head.addWidget(self._beside, 0, Qt.AlignmentFlag.AlignTop)
        sheet = ScrollColumn(title, margin=0)
        self.column = sheet.body
        """Everything on the page, the list at its end."""
        room = look().gap(24)
        self.column.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self.column.setSpacing(look().gap(12))
        self.column.addLayout(self._head)
        self.column.addWidget(self.parts)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self.empty, 1)
        self.empty.hide()
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self.list.entries.loaded.connect(self._keep_rows)
        look().changed.connect(self._keep_rows)

    def _keep_rows(self) -> None:
        rows = min(_ROWS, self.list.entries.total())
        self.list.setMinimumHeight(rows * self.list.row_height() + 2 * self.list.edge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons under the title where it would be squeezed beside them."""
        super().resizeEvent(event)
        buttons = (*self.links.values(), self.action)
        needed = sum(button.sizeHint().width() + look().gap(8) for button in buttons)
        wide = self.width() - needed > look().px(_TITLE)
        across, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._head.setDirection(across if wide else below)
        self._head.setAlignment(
            self._beside, Qt.AlignmentFlag.AlignTop if wide else Qt.AlignmentFlag(0)
        )

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
    struck: bool = False
    """It was recorded in error; its words say so."""


class RecordView(QWidget):
    """A record that nothing erases: what stands, what can be done, and everything before.

    `lead` stands before the title: a portrait, where a room has one.
    """

    acted = Signal(str)

    def __init__(
        self,
        actions: Sequence[tuple[str, str, str]],
        history: str,
        name: str,
        lead: QWidget | None = None,
    ) -> None:
        super().__init__()
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
        self.label = Part2Button()
        """Hidden, unless its page lets the record be labelled."""
        flow.addWidget(self.label)
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
        if lead is not None:
            head.addWidget(lead, 0, Qt.AlignmentFlag.AlignTop)
        words_column = QVBoxLayout()
        words_column.setSpacing(look().gap(4))
        for widget in (self.title, self.line, self._chips, self.warnings):
            words_column.addWidget(widget)
        head.addLayout(words_column, 1)
        column.addLayout(head)
        column.addWidget(row)
        column.addWidget(card)
        column.addWidget(self.history_title)
        column.addWidget(self.history, 100)
        column.addStretch(1)
        self.history.setMinimumHeight(look().px(220))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)

    def show_record(self, shown: RecordShown) -> None:
        """Show a record."""
        self.title.setText(shown.title)
        self.title.set_struck(on=shown.struck)
        self.line.setText(shown.line)
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
            self._facts.addWidget(Words(_breakable(fact.text)), row, 1)

    def show_history(self, entries: Sequence[Entry]) -> None:
        """Show what came after; where nothing did, no empty list stands there."""
        self.history.set_entries(entries)
        self.history.setVisible(bool(entries))
        self.history_title.setVisible(bool(entries))

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
