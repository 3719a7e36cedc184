"""A field: a label, an editor, and one line under it that helps or refuses.

A refusal is told by an icon, by words and by colour, is announced, and belongs to the
editor's accessible description (WCAG 2.2, 3.3.1 and 4.1.3).
"""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look
from ui.kit.widgets.headings import Label, Words
from ui.kit.widgets.passphrase import PassphraseEdit


class _Under(Words):
    """The line under an editor: a hint, or a refusal with its sign."""

    def __init__(self, hint: str, parent: QWidget) -> None:
        # With a parent from the start: shown without one, it would be a window for a moment.
        super().__init__(hint, TextSize.FINE, "muted", parent=parent)
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
        self.label = Label(shown)
        self.label.setBuddy(editor)
        self._under = _Under(hint, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(4))
        column.addWidget(self.label)
        column.addWidget(editor)
        column.addWidget(self._under)
        for widget in {editor, self._edited()}:
            widget.setAccessibleName(shown.replace("&", ""))
            widget.setAccessibleDescription(self._described(hint))

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Put the focus into the editor; a focus proxy would draw Tab here from afar."""
        self.editor.setFocus(reason)

    @property
    def refused(self) -> str:
        """The sentence of the refusal, or nothing."""
        return self._under.text() if self._under.refusing else ""

    def refuse(self, sentence: str) -> None:
        """Say under the editor what would be accepted, and announce it."""
        self._under.tell(sentence)
        self._mark(refused=True, description=self._described(sentence))
        from ui.kit.announce import announce

        announce(
            self._edited(),
            _("{field}: {sentence}").format(field=self._name, sentence=sentence),
            urgent=True,
        )

    def clear(self) -> None:
        """Take the refusal back."""
        if self._under.refusing:
            self._under.calm()
            self._mark(refused=False, description=self._described(self._hint))

    def set_hint(self, hint: str) -> None:
        """Show another hint."""
        self._hint = hint
        self._under.set_hint(hint)
        if not self._under.refusing:
            self._edited().setAccessibleDescription(self._described(hint))

    def _described(self, under: str) -> str:
        """Return what is said after the label: the words of a box to tick, and the line under."""
        beside = self.editor.text() if isinstance(self.editor, QCheckBox) else ""
        return "\n".join(text for text in (beside, under) if text)

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
