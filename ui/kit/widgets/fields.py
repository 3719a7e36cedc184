"""Fields: a label, an editor, and one line under it that helps or refuses.

A refusal is told by an icon, by words and by colour, is announced, and belongs to the
editor's accessible description (WCAG 2.2, 3.3.1 and 4.1.3).
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look
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
    PassphraseEdit,
    SearchEdit,
    TimeEdit,
)
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Words


class _Under(Words):
    """The line under an editor: a hint, or a refusal with its sign."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint, TextSize.FINE, "muted")
        self._hint = hint
        self.refusing = False
        self.setVisible(bool(hint))

    def tell(self, sentence: str) -> None:
        self.refusing = True
        self.setText(sentence)
        self.set_ink("bad")
        indent = look().px(18)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setContentsMargins(0 if rtl else indent, 0, indent if rtl else 0, 0)
        self.show()

    def calm(self) -> None:
        self.refusing = False
        self.setText(self._hint)
        self.set_ink("muted")
        self.setContentsMargins(0, 0, 0, 0)
        self.setVisible(bool(self._hint))

    def set_hint(self, hint: str) -> None:
        self._hint = hint
        if not self.refusing:
            self.calm()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.refusing:
            side = look().px(14)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            top = max(0, (self.fontMetrics().height() - side) // 2)
            painter = QPainter(self)
            spot = QRect(self.width() - side if rtl else 0, top, side, side)
            paint_icon(painter, spot, "refused", "bad")
            painter.end()


class Field(QWidget):
    """One entry of a form: label, editor, and a line for hint or refusal."""

    def __init__(
        self,
        label: str,
        editor: QWidget,
        hint: str = "",
        *,
        required: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self._hint = hint
        self._name = label.replace("&", "")
        shown = _("{label} (required)").format(label=label) if required else label
        self.label = QLabel(shown)
        self.label.setBuddy(editor)
        self._under = _Under(hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(4))
        column.addWidget(self.label)
        column.addWidget(editor)
        column.addWidget(self._under)
        for widget in {editor, self._edited()}:
            widget.setAccessibleName(shown.replace("&", ""))
            widget.setAccessibleDescription(hint)
        self.setFocusProxy(editor)

    @property
    def refused(self) -> str:
        """The sentence of the refusal, or nothing."""
        return self._under.text() if self._under.refusing else ""

    def refuse(self, sentence: str) -> None:
        """Say under the editor what would be accepted, and announce it."""
        self._under.tell(sentence)
        self._mark(refused=True, description=sentence)
        announce(
            self._edited(),
            _("{field}: {sentence}").format(field=self._name, sentence=sentence),
            urgent=True,
        )

    def clear(self) -> None:
        """Take the refusal back."""
        if self._under.refusing:
            self._under.calm()
            self._mark(refused=False, description=self._hint)

    def set_hint(self, hint: str) -> None:
        """Show another hint."""
        self._hint = hint
        self._under.set_hint(hint)
        if not self._under.refusing:
            self._edited().setAccessibleDescription(hint)

    def _edited(self) -> QWidget:
        if isinstance(self.editor, PassphraseEdit):
            return self.editor.line
        return self.editor

    def _mark(self, *, refused: bool, description: str) -> None:
        edited = self._edited()
        edited.setAccessibleDescription(description)
        edited.setProperty("refused", refused)
        edited.style().unpolish(edited)
        edited.style().polish(edited)
        edited.update()


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
        """Add something that is not a field: a title, a divider, a note."""
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
