"""A building's bells and calendar on one page."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Choice
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry


class CalendarList(CardList):
    """What a building's calendar holds; Enter changes it, Delete takes it away."""

    removed = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take away what the focus is on with Delete."""
        entry = self.entry()
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and entry is not None:
            self.removed.emit(entry)
            return
        super().keyPressEvent(event)


class BuildingsView(QWidget):
    """Which building, what can be entered, and what there is."""

    school_chosen = Signal(str)
    asked = Signal(str)
    """Emitted with what is to be entered: bells, year, special, travel, table."""

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle(_("Bells and calendars"))
        self.school = Choice(name=_("Building"))
        self.about = Muted("")
        self.keys = Muted(_("Enter changes a line · Delete takes it away"))
        self.buttons = {
            "bells": Button(_("Add bells"), "add", "primary"),
            "year": Button(_("School year"), "calendar"),
            "special": Button(_("Special day"), "pin"),
            "travel": Button(_("On the way"), "place"),
            "table": Button(_("Import a table"), "import"),
        }
        self.list = CalendarList(_("Bells, school year, special days, ways"))
        start = Button(_("Add bells"), "add", "primary")
        table = Button(_("Import a table"), "import")
        self.empty = EmptyState(
            "school",
            _("No bells are known here yet"),
            _(
                "Enter the bell schedule and the school year once: then class time missed is"
                " said before you plan, and series pass over holidays."
            ),
            start,
            table,
        )
        start.clicked.connect(lambda: self.asked.emit("bells"))
        table.clicked.connect(lambda: self.asked.emit("table"))
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _on=False, what=name: self.asked.emit(what))
        self.school.chosen.connect(lambda value: self.school_chosen.emit(str(value or "")))
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.school)
        tools = QWidget()
        flow = FlowLayout(tools, gap=8)
        for button in self.buttons.values():
            flow.addWidget(button)
        self._page = QVBoxLayout(self)
        self._page.addLayout(head)
        self._page.addWidget(self.about)
        self._page.addWidget(tools)
        self._page.addWidget(self.list, 1)
        self._page.addWidget(self.keys)
        self._page.addWidget(self.empty, 1)
        self.empty.hide()
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(24)
        self._page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self._page.setSpacing(look().gap(8))
        self.school.setMinimumWidth(look().px(240))

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show what the calendar holds; nothing at all teaches."""
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.keys.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        for button in self.buttons.values():
            button.setVisible(bool(entries))
