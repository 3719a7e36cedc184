"""The page of a group: attendance as a picture, members, those who wait, sessions."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.groups.view.attendance import AttendanceGrid, RowShown, SessionShown
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Chip, Muted, PageTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

ATTENDANCE, MEMBERS, WAITING, SESSIONS, FORMER = (
    "attendance", "members", "waiting", "sessions", "former",
)  # fmt: skip


class GroupView(QWidget):
    """One group; chips say which part of it is shown."""

    acted = Signal(str)
    """Emitted with the name of a button: `take`, `add`, `wait`, `change`, `close` …"""
    turned = Signal(str)
    opened = Signal(object)
    """Emitted with the entry of the list that was opened."""
    note_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle("")
        self.line = Muted("")
        self.purpose = Words("")
        self._chips = QWidget()
        self._chip_row = FlowLayout(self._chips, gap=6)
        self.buttons: dict[str, Button] = {}
        row = QWidget()
        flow = FlowLayout(row, gap=8)
        for key, words, icon in (
            ("take", _("Take a session"), "draft"),
            ("add", _("Add a member"), "on"),
            ("wait", _("Put on the waiting list"), "clock"),
            ("change", _("Change"), "edit"),
            ("paper", _("Roster and attendance on paper"), "pdf"),
            ("copy", _("Copy for the next term"), "copy"),
            ("close", _("Close the group"), "archive"),
            ("reopen", _("Open it again"), "undo"),
        ):
            button = Button(words, icon, "primary" if key == "take" else "normal")
            button.clicked.connect(lambda _on=False, key=key: self.acted.emit(key))
            self.buttons[key] = button
            flow.addWidget(button)
        self.parts = Chips(exclusive=True)
        self._offered: list[tuple[str, str]] = []
        self.parts.setAccessibleName(_("What of the group is shown"))
        self.parts.chosen.connect(lambda value: self.turned.emit(str(value)))
        self.grid = AttendanceGrid()
        self.grid.opened.connect(self.note_opened)
        self.cell = Words("")
        self.grid.current.connect(self.cell.setText)
        self.summary = Muted("")
        self.key = Muted("")
        self.list = CardList(_("Members"))
        self.list.opened.connect(self.opened)
        self.hint = Muted("")
        self.row_buttons: dict[str, Button] = {}
        self._row_actions = QWidget()
        beside = FlowLayout(self._row_actions, gap=8)
        for key, words, icon in (
            ("take_in", _("Take in"), "on"),
            ("leave", _("Leaves the group"), "off"),
            ("rejoin", _("Take back that they left"), "undo"),
        ):
            button = Button(words, icon)
            button.clicked.connect(lambda _on=False, key=key: self.acted.emit(key))
            self.row_buttons[key] = button
            beside.addWidget(button)
        first = Button(_("Add a member"), "on", "primary")
        first.clicked.connect(lambda: self.acted.emit("add"))
        self.empty = EmptyState("group", "", "", first)
        self._first = first
        sheet = ScrollColumn(_("Group"), margin=0)
        column = sheet.body
        room = look().gap(24)
        column.setContentsMargins(room, look().gap(16), room, look().gap(12))
        column.setSpacing(look().gap(12))
        for widget in (
            self.title, self.line, self._chips, self.purpose, row, self.parts, self.summary,
            self.grid, self.cell, self.key, self._row_actions, self.list, self.hint,
        ):  # fmt: skip
            column.addWidget(widget)
        column.addWidget(self.empty, 1)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self.offer()
        self.show_attendance((), (), "", "")
        self.show_empty("", "")

    def show_head(
        self, title: str, line: str, purpose: str, chips: Sequence[tuple[str, str]]
    ) -> None:
        """Show what the group is."""
        self.title.setText(title)
        self.line.setText(line)
        self.purpose.setText(purpose)
        self.purpose.setVisible(bool(purpose))
        while (item := self._chip_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for words, kind in chips:
            self._chip_row.addWidget(Chip(words, kind))
        self._chips.setVisible(bool(chips))

    def offer(self, *keys: str) -> None:
        """Show these actions and hide the others."""
        for key, button in self.buttons.items():
            button.setVisible(key in keys)

    def offer_parts(self, parts: Sequence[tuple[str, str]], part: str) -> None:
        """Offer these parts of the group."""
        if list(parts) != self._offered:
            stood = self.parts.isAncestorOf(self.focusWidget())
            self._offered = list(parts)
            self.parts.set_options(parts)
            self.parts.set_value(part)
            if stood:
                self.parts.setFocus()
        else:
            self.parts.set_value(part)

    def show_attendance(
        self, sessions: Sequence[SessionShown], rows: Sequence[RowShown], summary: str, key: str
    ) -> None:
        """Show attendance as a picture, and the same in words."""
        self._show_list(on=False)
        there = bool(sessions and rows)
        self.grid.show_attendance(sessions, rows)
        self.summary.setText(summary)
        self.key.setText(key)
        for widget in (self.grid, self.cell, self.key):
            widget.setVisible(there)
        self.summary.setVisible(bool(summary) and there)

    def show_list(
        self, name: str, entries: Sequence[Entry], hint: str, actions: Sequence[str]
    ) -> None:
        """Show one of the lists, and what can be done with the entry the focus is on."""
        stood = self.list.hasFocus()
        for widget in (self.grid, self.cell, self.key, self.summary):
            widget.hide()
        self._show_list(on=bool(entries))
        self.list.setAccessibleName(name)
        self.list.set_entries(entries)
        rows = min(10, max(4, len(entries)))
        self.list.setMinimumHeight(self.list.row_height() * rows + look().px(12))
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint and entries))
        for key, button in self.row_buttons.items():
            button.setVisible(key in actions)
        self._row_actions.setVisible(bool(actions and entries))
        if entries and not self.list.currentIndex().isValid():
            self.list.go_to(0)
        if stood and not entries:
            self.parts.setFocus()

    def show_empty(self, title: str, text: str, start: str = "") -> None:
        """Say why nothing is here, with a step to take; nothing to say hides it."""
        self.empty.say(title, text)
        self._first.setText(start)
        self._first.setVisible(bool(start))
        self.empty.setVisible(bool(title))

    def _show_list(self, *, on: bool) -> None:
        self.list.setVisible(on)
        self.hint.setVisible(on)
        self._row_actions.setVisible(on)

    def focus_first(self) -> None:
        """Stand on what one came for: taking a session, else the first action."""
        for button in self.buttons.values():
            if not button.isHidden():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return
