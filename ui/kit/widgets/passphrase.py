"""The entry of a passphrase; a module of its own, because the lock screen comes up with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import IconButton


class PassphraseEdit(QWidget):
    """A passphrase: hidden unless one asks to see it; pasting and password managers work."""

    textChanged = Signal(str)
    returnPressed = Signal()

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(placeholder)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self._eye = IconButton("show", _("Show the passphrase"), self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._reveal)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look().gap(4))
        row.addWidget(self.line, 1)
        row.addWidget(self._eye)
        self.setFocusProxy(self.line)
        self.line.textChanged.connect(self.textChanged)
        self.line.returnPressed.connect(self.returnPressed)

    def text(self) -> str:
        """Return what was typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed, and hide what comes next."""
        self.line.clear()
        self._eye.setChecked(False)

    def setText(self, text: str) -> None:
        """Set the passphrase."""
        self.line.setText(text)

    def selectAll(self) -> None:
        """Select what was typed, so that the next key replaces it."""
        self.line.selectAll()

    def reveal(self, *, on: bool) -> None:
        """Show what was typed, or hide it."""
        self._eye.setChecked(on)

    def _reveal(self, on: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if on else QLineEdit.EchoMode.Password
        self.line.setEchoMode(mode)
        if on:
            self._eye.set("hide", _("Hide the passphrase"))
        else:
            self._eye.set("show", _("Show the passphrase"))
