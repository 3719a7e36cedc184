"""Forms: fields under and beside each other, known by name."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import (
    Check,
    Chips,
    Choice,
    DateEdit,
    GrowingRow,
    LineEdit,
    Minutes,
    NoteText,
    Number,
    SearchEdit,
    TimeEdit,
)
from ui.kit.widgets.field import Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.passphrase import PassphraseEdit


class Form(QWidget):
    """Fields under each other, known by the names the core uses for them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(0)
        self._space()
        look().changed.connect(self._space)

    def _space(self) -> None:
        self._column.setSpacing(look().gap(16))

    def add(self, name: str, field: Field) -> Field:
        """Add a field as the next line, and return it."""
        self._fields[name] = field
        self._last(field)
        return field

    def add_row(self, **fields: Field) -> None:
        """Add fields beside each other; they share the width, or wrap where it is short."""
        row = FlowLayout(None, gap=16, fill=True)
        self._column.insertLayout(self._column.count() - 1, row)
        for name, field in fields.items():
            self._fields[name] = field
            row.addWidget(field)

    def add_widget(self, widget: QWidget) -> None:
        """Add something that is not a field: a title, a divider, a note, a button."""
        if isinstance(widget, Button):
            # A button is as wide as its words: it looks like no field.
            last = self._column.count() - 1
            self._column.insertWidget(last, widget, 0, Qt.AlignmentFlag.AlignLeading)
        else:
            self._last(widget)

    def _last(self, widget: QWidget) -> None:
        self._column.insertWidget(self._column.count() - 1, widget)

    def field(self, name: str) -> Field:
        """Return the field called `name`."""
        return self._fields[name]

    def names(self) -> tuple[str, ...]:
        """Return the names of all fields, in order."""
        return tuple(self._fields)

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at the field called `name` and go there; False if there is none."""
        field = self._fields.get(name)
        if field is None:
            return False
        field.refuse(sentence)
        self.focus_first_refused()
        return True

    def focus_first_refused(self) -> bool:
        """Put the focus into the first field that was refused; False if none was."""
        for field in self._fields.values():
            if field.refused:
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def clear(self) -> None:
        """Take all refusals back."""
        for field in self._fields.values():
            field.clear()


__all__ = [
    "Check", "Chips", "Choice", "DateEdit", "Field", "Form", "GrowingRow", "LineEdit", "Minutes",
    "NoteText", "Number", "PassphraseEdit", "SearchEdit", "TimeEdit",
]  # fmt: skip
