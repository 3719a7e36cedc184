"""A form on a sheet: what is typed is handed on as it stands."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.fields import (
    Check,
    Chips,
    Choice,
    DateEdit,
    Form,
    LineEdit,
    Minutes,
    NoteText,
    TimeEdit,
)
from ui.kit.widgets.headings import Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.pupil import PupilButton


class _Scroll(QScrollArea):
    """As high as what it holds, until the sheet has no more room."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._inner = inner
        self.setWidget(inner)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A scrolled widget tells nobody beyond its area that it needs another height.
        if watched is self._inner and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        width = max(self.width(), look().px(320))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(look().px(200), look().px(96))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self._inner.layout()
        height = layout.heightForWidth(width) if layout is not None else -1
        return height if height > 0 else self._inner.sizeHint().height()


class EntrySheet(Sheet):
    """A form on a sheet; `handed_on` gives what stands in its fields, by their names."""

    handed_on = Signal(object)

    def __init__(
        self,
        title: str,
        save: str,
        text: str = "",
        *,
        width: int = 520,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, text, width=width, parent=parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.form = Form()
        self._anyway = False
        # What is said above the fields moves with them: in large text it would leave them no room.
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(16))
        column.addWidget(self.text)
        column.addWidget(self.form, 1)
        self._scroll = _Scroll(whole)
        self.body.addWidget(self._scroll, 1)
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        self.body.addWidget(self.trouble)
        self.add_close()
        self.anyway_button = self.add_button(_("Save anyway"))
        self.anyway_button.hide()
        self.anyway_button.clicked.connect(self._enter_anyway)
        self.save_button = self.add_button(save, "primary")
        self.save_button.clicked.connect(self._enter)

    def values(self) -> dict[str, Any]:
        """Return what stands in the fields; days as ISO text, or as typed if they are none."""
        found = {name: entered(self.form.field(name).editor) for name in self.form.names()}
        found["anyway"] = self._anyway
        return found

    def keepable(self) -> dict[str, Any]:
        """Return what may be kept of the entries until the sheet is carried out: no passphrase."""
        return {
            name: entry
            for name, entry in self.values().items()
            if name == "anyway" or not isinstance(self.form.field(name).editor, PassphraseEdit)
        }

    def take_up(self, entries: Mapping[str, Any], say: str) -> None:
        """Put back what was typed before, as `values` gave it, and say so."""
        for name in self.form.names():
            if name in entries:
                put(self.form.field(name).editor, entries[name])
        self.text.setText(say)
        self.text.show()
        announce(self.text, say)

    def refuse(self, field: str, sentence: str, *, can_insist: bool = False) -> None:
        """Say at the field what would be accepted; over the buttons where no field is meant."""
        self.wait(on=False)
        self.anyway_button.setVisible(can_insist)
        if self.form.refuse(field, sentence):
            self._scroll.ensureWidgetVisible(self.form.field(field))
            return
        self.trouble.setText(sentence)
        self.trouble.show()
        announce(self.trouble, sentence, urgent=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin with the focus in sight, whatever is said above it."""
        super().showEvent(event)
        focus = self.focusWidget()
        if self._scroll.isAncestorOf(focus):
            self._scroll.ensureWidgetVisible(focus)

    def event(self, event: QEvent) -> bool:
        """Grow with what is asked for or refused, as far as the screen has room."""
        answer = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self.fit_height()
        return answer

    def wait(self, *, on: bool) -> None:
        """Take no second order while the first is carried out."""
        self.save_button.setEnabled(not on)
        self.anyway_button.setEnabled(not on)

    def _enter(self) -> None:
        self._hand_on(anyway=False)

    def _enter_anyway(self) -> None:
        self._hand_on(anyway=True)

    def _hand_on(self, *, anyway: bool) -> None:
        self._anyway = anyway
        self.form.clear()
        self.trouble.hide()
        self.anyway_button.hide()
        self.wait(on=True)
        self.handed_on.emit(self.values())


def entered(editor: QWidget) -> Any:
    """Return what stands in an editor: days and times as ISO text, or as typed if they are none."""
    if isinstance(editor, DateEdit):
        day = editor.value()
        return day.isoformat() if day else editor.text().strip()
    if isinstance(editor, TimeEdit):
        at = editor.value()
        return at.isoformat("minutes") if at else editor.text().strip()
    if isinstance(editor, Minutes):
        return editor.value()
    if isinstance(editor, PassphraseEdit):
        return editor.text()
    if isinstance(editor, Chips):
        return editor.value() if editor.exclusive else editor.values()
    if isinstance(editor, Choice):
        return editor.value()
    if isinstance(editor, Check):
        return editor.isChecked()
    if isinstance(editor, NoteText):
        return editor.text()
    if isinstance(editor, LineEdit):
        return editor.text()
    if isinstance(editor, PupilButton):
        return editor.value()
    raise TypeError(editor)


def put(editor: QWidget, entry: Any) -> None:
    """Show in an editor what `entered` returned."""
    if isinstance(editor, DateEdit):
        try:
            editor.set_value(date.fromisoformat(entry) if entry else None)
        except ValueError:
            editor.setText(str(entry))
    elif isinstance(editor, TimeEdit):
        try:
            editor.set_value(time.fromisoformat(entry) if entry else None)
        except ValueError:
            editor.setText(str(entry))
    elif isinstance(editor, Minutes):
        editor.setValue(int(entry))
    elif isinstance(editor, Chips):
        if editor.exclusive:
            editor.set_value(entry)
        else:
            editor.set_values(entry)
    elif isinstance(editor, Choice):
        editor.set_value(entry)
    elif isinstance(editor, Check):
        editor.setChecked(bool(entry))
    elif isinstance(editor, NoteText):
        editor.set_text(str(entry))
    elif isinstance(editor, PassphraseEdit):
        editor.line.setText(str(entry))
    elif isinstance(editor, LineEdit):
        editor.setText(str(entry))
    elif isinstance(editor, PupilButton):
        editor.set_value(*entry)
    else:
        raise TypeError(editor)
