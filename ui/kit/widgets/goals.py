"""The goals a session worked on: ticked, and rated where somebody measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.editors import Check, LineEdit
from ui.kit.widgets.field import Field
from ui.kit.widgets.headings import Label


@dataclass(frozen=True, slots=True)
class GoalOffered:
    """A goal as the form offers it: its key, what the student will do, and where it stands."""

    key: str
    statement: str
    hint: str


class _Goal(QWidget):
    """One goal: a tick, and where it stands today."""

    edited = Signal()

    def __init__(self, goal: GoalOffered) -> None:
        super().__init__()
        self.key = goal.key
        self.on = Check(goal.statement, wrap=True)
        self.value = LineEdit()
        self.field = Field(_("Where it stands"), self.value, goal.hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(4))
        column.addWidget(self.on)
        column.addWidget(self.field)
        self.field.hide()
        self.on.toggled.connect(self._turn)
        self.value.textChanged.connect(lambda _text: self._typed())

    def _turn(self, on: bool) -> None:
        self.field.setVisible(on)
        self.edited.emit()

    def _typed(self) -> None:
        self.field.clear()
        self.edited.emit()

    def show_kept(self, value: str | None) -> None:
        """Show what the draft says; None: it was not worked on."""
        with QSignalBlocker(self.on), QSignalBlocker(self.value):
            self.on.setChecked(value is not None)
            self.value.setText(value or "")
        self.field.setVisible(value is not None)


class GoalsTicked(QWidget):
    """The goals of a student's open plans; where there are none, nothing is there."""

    edited = Signal()
    offered = Signal()
    """Other goals stand here: the order of Tab has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: tuple[tuple[str, str], ...] = ()
        self._rows: list[_Goal] = []
        self._here = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look().gap(8))
        self._column.addWidget(Label(_("Goals worked on")))

    def show_kept(self, goals: Sequence[tuple[str, str]]) -> None:
        """Take up what a draft says; the goals themselves are offered later."""
        self._kept = tuple(goals)
        self._here = False
        self._drop()

    def offer(self, goals: Sequence[GoalOffered]) -> None:
        """Offer these goals with what the draft says of them."""
        kept = dict(self.goals())
        if [row.key for row in self._rows] != [goal.key for goal in goals]:
            self._drop()
            for goal in goals:
                row = _Goal(goal)
                row.edited.connect(self.edited)
                self._rows.append(row)
                self._column.addWidget(row)
                row.show_kept(kept.get(goal.key))
            self.offered.emit()
        self._here = True
        self.setVisible(bool(goals))

    def goals(self) -> tuple[tuple[str, str], ...]:
        """Return each goal that was worked on, and where it stands as typed."""
        if not self._here:
            return self._kept
        return tuple((row.key, row.value.text()) for row in self._rows if row.on.isChecked())

    def stops(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, in the order of Tab."""
        return tuple(stop for row in self._rows for stop in (row.on, row.value))

    def refuse(self, key: str, sentence: str) -> QWidget | None:
        """Say at a goal what would be accepted; None where it is not here."""
        for row in self._rows:
            if row.key == key:
                row.field.refuse(sentence)
                row.field.setFocus()
                return row
        return None

    def _drop(self) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        self.hide()
