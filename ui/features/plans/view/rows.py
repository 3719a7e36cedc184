"""Rows of a form that can be added, taken out and moved, all by keyboard.

Alt+Up and Alt+Down move the row the focus is in, Alt+Insert adds one after it, Alt+Delete takes
it out.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.entry_sheet import entered, put
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, Form, LineEdit, NoteText
from ui.kit.widgets.headings import Card, SectionTitle, Words

Options = Sequence[tuple[object, str]]


class Row(Card):
    """One row: its fields, and what moves it."""

    edited = Signal()
    moved = Signal(int)
    added = Signal()
    removed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(padding=12)
        self.form = Form()
        self.hidden: dict[str, str] = {}
        """What belongs to the row and is not shown: its key."""
        self.name = Words(name, ink="muted", bold=True)
        self.up = IconButton("up", _("Move up (Alt+Up)"))
        self.down = IconButton("down", _("Move down (Alt+Down)"))
        self.out = IconButton("delete", _("Take out (Alt+Delete)"))
        self.up.clicked.connect(partial(self.moved.emit, -1))
        self.down.clicked.connect(partial(self.moved.emit, 1))
        self.out.clicked.connect(lambda _on=False: self.removed.emit())
        head = QHBoxLayout()
        head.setSpacing(look().gap(4))
        head.addWidget(self.name, 1)
        for button in (self.up, self.down, self.out):
            head.addWidget(button)
        self.body.addLayout(head)
        self.body.addWidget(self.form)

    def watch(self) -> None:
        """Hear each field from now on."""
        for name in self.form.names():
            listen(self.form.field(name).editor, self.edited.emit)

    def values(self) -> dict[str, Any]:
        """Return what stands in the row."""
        found: dict[str, Any] = dict(self.hidden)
        return found | {name: entered(self.form.field(name).editor) for name in self.form.names()}

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show a row; what is no field is kept with it."""
        for name, value in values.items():
            if name in self.form.names():
                put(self.form.field(name).editor, value)
            else:
                self.hidden[name] = str(value)

    def stops(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, in the order of Tab."""
        editors = [self.form.field(name).editor for name in self.form.names()]
        return (*_flat(editors), self.up, self.down, self.out)

    def focus_first(self) -> None:
        """Go to the first field."""
        self.form.field(self.form.names()[0]).setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, add after, or take out."""
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        key = event.key()
        if held != Qt.KeyboardModifier.AltModifier:
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Insert:
            self.added.emit()
        elif key == Qt.Key.Key_Delete:
            self.removed.emit()
        else:
            super().keyPressEvent(event)


def _flat(editors: Sequence[QWidget]) -> list[QWidget]:
    found: list[QWidget] = []
    for editor in editors:
        found.extend(editor.stops() if isinstance(editor, Chips) else (editor,))
    return found


def listen(editor: QWidget, hear: Callable[[], None]) -> None:
    """Call `hear` when something else stands in an editor."""
    if isinstance(editor, Chips | Choice):
        editor.chosen.connect(lambda _value: hear())
    elif isinstance(editor, LineEdit):
        editor.textChanged.connect(lambda _text: hear())
    elif isinstance(editor, NoteText):
        editor.textChanged.connect(hear)


class Rows(QWidget):
    """Rows under each other, with a button that adds one."""

    edited = Signal()
    ordered = Signal()
    """A row came, went or moved."""
    dropped = Signal(int, object)
    """A row was taken out: where it stood, and what stood in it."""

    def __init__(self, title: str, add: str, make: Callable[[int], Row]) -> None:
        super().__init__()
        self._make = make
        self.rows: list[Row] = []
        self.add_button = Button(add, "add")
        self.add_button.clicked.connect(lambda _on=False: self.add(focus=True))
        self.trouble = Words("", ink="bad", parent=self)
        self.trouble.hide()
        self._column = QVBoxLayout()
        self._column.setSpacing(look().gap(8))
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(look().gap(8))
        page.addWidget(SectionTitle(title))
        page.addLayout(self._column)
        page.addWidget(self.trouble)
        foot = QHBoxLayout()
        foot.addWidget(self.add_button)
        foot.addStretch(1)
        page.addLayout(foot)

    def add(
        self, values: Mapping[str, Any] | None = None, at: int = -1, *, focus: bool = False
    ) -> Row:
        """Add a row, at the end or at a place."""
        place = len(self.rows) if at < 0 else at
        row = self._make(place + 1)
        if values:
            row.show_values(values)
        row.watch()
        row.edited.connect(self.edited)
        row.moved.connect(lambda step: self.move_row(row, step))
        row.added.connect(lambda: self.add(at=self.rows.index(row) + 1, focus=True))
        row.removed.connect(lambda: self.remove(row))
        self.rows.insert(place, row)
        self._column.insertWidget(place, row)
        self._settle()
        if focus:
            row.show()
            row.focus_first()
            self.edited.emit()
        return row

    def remove(self, row: Row) -> None:
        """Take a row out; the focus goes to its neighbour."""
        place = self.rows.index(row)
        values = row.values()
        self.rows.remove(row)
        self._drop(row)
        self._settle()
        if self.rows:
            self.rows[min(place, len(self.rows) - 1)].focus_first()
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()
        self.dropped.emit(place, values)

    def move_row(self, row: Row, step: int) -> None:
        """Move a row by a place; the focus goes with it."""
        place = self.rows.index(row)
        to = place + step
        if not 0 <= to < len(self.rows):
            return
        focused: QWidget | None = QApplication.focusWidget()
        self.rows.insert(to, self.rows.pop(place))
        self._column.removeWidget(row)
        self._column.insertWidget(to, row)
        self._settle()
        if focused is not None and row.isAncestorOf(focused):
            focused.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edited.emit()

    def show_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show these rows and no others."""
        for row in self.rows:
            self._drop(row)
        self.rows = []
        for values in rows:
            self.add(values)
        self._settle()

    def values(self) -> list[dict[str, Any]]:
        """Return what stands in the rows."""
        return [row.values() for row in self.rows]

    def stops(self) -> tuple[QWidget, ...]:
        """Return what takes the focus, in the order of Tab."""
        return (*(stop for row in self.rows for stop in row.stops()), self.add_button)

    def clear(self) -> None:
        """Take all refusals back."""
        self.trouble.hide()
        for row in self.rows:
            row.form.clear()

    def refuse(self, rest: str, sentence: str) -> QWidget | None:
        """Say a refusal at `1.due_on`; under the rows where it is about none. Where it stands."""
        place, _dot, name = rest.partition(".")
        if place.isdecimal() and int(place) < len(self.rows):
            row = self.rows[int(place)]
            if row.form.refuse(name, sentence):
                return row.form.field(name)
        self.trouble.setText(sentence)
        self.trouble.show()
        (self.rows[0].focus_first if self.rows else self.add_button.setFocus)()
        return self.trouble

    def _drop(self, row: Row) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _settle(self) -> None:
        for place, row in enumerate(self.rows):
            row.up.setEnabled(place > 0)
            row.down.setEnabled(place < len(self.rows) - 1)
        self.ordered.emit()


class GoalRow(Row):
    """A goal: what the student will do, how it is measured, from where to where, by when."""

    def __init__(
        self, measures: Options, levels: Sequence[str], levelled: object, today: Callable[[], date]
    ) -> None:
        super().__init__(_("Goal"))
        self._levelled = levelled
        add = self.form
        add.add(
            "statement",
            Field(_("What the student will do"), NoteText(lines=2, most=6), required=True),
        )
        self.kind = Choice(measures)
        add.add_row(
            measure=Field(_("What is measured, and how"), LineEdit(), required=True),
            kind=Field(_("Kind of measure"), self.kind),
        )
        add.add_row(
            baseline=Field(_("Today it stands at"), LineEdit(), required=True),
            target=Field(_("Target"), LineEdit(), required=True),
            by_when=Field(_("By when"), DateEdit(None, today=today), required=True),
            baseline_on=Field(
                _("Baseline taken on"), DateEdit(None, today=today), _("Empty: when it begins")
            ),
        )
        self._levels = tuple(f"levels.{step}" for step in range(len(levels)))
        for name, words in zip(self._levels, levels, strict=True):
            add.add(name, Field(words, LineEdit(), required=True))
        add.add("need", Field(_("For which need"), LineEdit()))
        self.kind.chosen.connect(self._turn)
        self._turn(self.kind.value())

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show a goal, with the levels where its measure has them."""
        super().show_values(values)
        self._turn(self.kind.value())

    def _turn(self, kind: object) -> None:
        for name in self._levels:
            self.form.field(name).setVisible(kind == self._levelled)


class InterventionRow(Row):
    """What is done, by whom, how often, for which goal."""

    def __init__(self, goals: Options) -> None:
        super().__init__(_("Intervention"))
        self.goal = Choice(goals)
        self.form.add("what", Field(_("What is done"), LineEdit(), required=True))
        self.form.add_row(
            who=Field(_("Who"), LineEdit(), required=True),
            often=Field(_("How often"), LineEdit(), required=True),
            goal=Field(_("For which goal"), self.goal),
        )


class TaskRow(Row):
    """What somebody does until a day."""

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__(_("Task"))
        self.form.add_row(
            text=Field(_("What is to be done"), LineEdit(), required=True),
            doer=Field(_("Who"), LineEdit(), required=True),
            due_on=Field(_("Until"), DateEdit(None, today=today), required=True),
        )


class MemberRow(Row):
    """Someone of the team, and their part."""

    def __init__(self) -> None:
        super().__init__(_("Member of the team"))
        self.form.add_row(
            name=Field(_("Name"), LineEdit(), required=True),
            part=Field(_("Their part"), LineEdit()),
        )
