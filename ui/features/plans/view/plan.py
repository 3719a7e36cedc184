"""A plan as it was agreed: goals with where they stand, tasks, and all that came before."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.headings import Card, KeyHint, Muted, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.records import RecordView


class WholeList(CardList):
    """A list as high as its rows: the page scrolls, the list does not."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.entries.loaded.connect(lambda _count: self._fit())
        look().changed.connect(self._fit)

    def _fit(self) -> None:
        rows = self.entries.total()
        height = sum(self.sizeHintForRow(row) for row in range(rows))
        self.setFixedHeight(height + 2 * self.edge + 2)


class TaskList(WholeList):
    """Tasks; D does one or takes it back, P puts it off."""

    toggled = Signal(object)
    put_off = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do, take back or put off the task the focus is on."""
        entry = self.entry()
        if entry is None or event.modifiers():
            super().keyPressEvent(event)
        elif event.key() in {Qt.Key.Key_D, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.toggled.emit(entry)
        elif event.key() == Qt.Key.Key_P:
            self.put_off.emit(entry)
        else:
            super().keyPressEvent(event)


class PlanView(RecordView):
    """The record of a plan."""

    def __init__(self, actions: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(actions, _("What came before"), _("Plan of care"))
        self.goals = WholeList(_("Goals"))
        self.tasks = TaskList(_("Tasks"))
        self.interventions = Card()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look().gap(16))
        self._grid.setVerticalSpacing(look().gap(8))
        for column, share in enumerate((4, 2, 2, 3)):
            self._grid.setColumnStretch(column, share)
        self.interventions.body.addLayout(self._grid)
        self._intervention_title = SectionTitle(_("Interventions"))
        self._task_head = QWidget()
        head = QHBoxLayout(self._task_head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(SectionTitle(_("Tasks")), 1)
        for keys, words in (("D", _("done, or not")), ("P", _("later"))):
            head.addWidget(KeyHint(keys))
            head.addWidget(Muted(words))
        sheet = self.history.parentWidget()
        layout = sheet.layout() if sheet is not None else None
        if isinstance(layout, QVBoxLayout):
            place = layout.indexOf(self.history_title)
            for widget in (
                SectionTitle(_("Goals")), self.goals, self._task_head, self.tasks,
                self._intervention_title, self.interventions,
            ):  # fmt: skip
                layout.insertWidget(place, widget)
                place += 1

    def show_goals(self, entries: Sequence[Entry]) -> None:
        """Show the goals of the newest version."""
        self.goals.set_entries(entries)

    def show_tasks(self, entries: Sequence[Entry]) -> None:
        """Show the tasks, open ones first."""
        self.tasks.set_entries(entries)
        self.tasks.setVisible(bool(entries))
        self._task_head.setVisible(bool(entries))

    def show_interventions(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Show what is done, by whom, how often, for which goal."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        heads = (_("What"), _("Who"), _("How often"), _("For which goal"))
        for column, words in enumerate(heads):
            self._grid.addWidget(Muted(words), 0, column)
        for place, row in enumerate(rows, 1):
            for column, words in enumerate(row):
                self._grid.addWidget(Words(words), place, column, Qt.AlignmentFlag.AlignTop)
        self.interventions.setVisible(bool(rows))
        self._intervention_title.setVisible(bool(rows))
