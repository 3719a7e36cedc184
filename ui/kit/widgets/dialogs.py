"""Dialogs: a sheet with a form, and a question whose safer answer is the default.

Window titles are read by the whole desktop (task bar, screen sharing, window list):
they never carry the name of a person. Names stand inside the sheet.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import TextSize, look
from ui.kit.privacy import PrivacyCurtain
from ui.kit.widgets.buttons import Button, ButtonKind
from ui.kit.widgets.headings import Words


class Sheet(QDialog):
    """A dialog: a title, a body, and buttons. Esc closes it; Enter presses the primary one."""

    def __init__(
        self,
        title: str,
        text: str = "",
        *,
        width: int = 480,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._width = width
        self._primary: Button | None = None
        self.title = Words(title, TextSize.TITLE, bold=True)
        self.text = Words(text, TextSize.BODY, "muted", parent=self)
        self.text.setVisible(bool(text))
        self.body = QVBoxLayout()
        self.body.setSpacing(look().gap(16))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(look().gap(8))
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        room = look().gap(24)
        column.setContentsMargins(room, room, room, room)
        column.setSpacing(look().gap(16))
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addLayout(self.body, 1)
        column.addLayout(self._buttons)
        self._curtain: PrivacyCurtain | None = None

    def draw_curtain(self) -> None:
        """Cover the sheet and the page it stands on until a key is pressed."""
        if self._curtain is None:
            self._curtain = PrivacyCurtain(self)
            self._curtain.lifted.connect(self._lift_beneath)
        for each in self._beneath():
            each.on()
        self._curtain.on()

    def _lift_beneath(self) -> None:
        for each in self._beneath():
            each.off()
        self.activateWindow()

    def _beneath(self) -> list[PrivacyCurtain]:
        parent = self.parentWidget()
        found = parent.window().findChildren(PrivacyCurtain) if parent is not None else []
        return [each for each in found if each.covers_what_is_seen]

    def add_button(self, text: str, kind: ButtonKind = "normal", icon: str | None = None) -> Button:
        """Add a button at the end of the row, and return it; Enter presses a primary one."""
        button = Button(text, icon, kind, self)
        self._buttons.addWidget(button)
        if kind == "primary":
            self._primary = button
        return button

    def add_close(self, text: str = "") -> Button:
        """Add the button that closes the sheet and changes nothing."""
        button = self.add_button(text or _("Cancel"))
        button.clicked.connect(self.reject)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Press the focused button with Enter, else the primary one; Ctrl+Enter from a text."""
        if event.key() == Qt.Key.Key_F9:
            self.draw_curtain()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            focused = self.focusWidget()
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if isinstance(focused, Button) and not control:
                focused.click()
            elif isinstance(focused, QPlainTextEdit) and not control:
                super().keyPressEvent(event)
            elif self._primary is not None and self._primary.isEnabled():
                self._primary.click()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take a width that reads well and fits the screen."""
        room = self.screen().availableGeometry()
        width = min(look().px(self._width), round(room.width() * 0.9))
        self.setMinimumWidth(width)
        self.adjustSize()
        self.resize(width, self.height())
        self.fit_height()
        super().showEvent(event)

    def fit_height(self) -> None:
        """Be as high as what it holds needs at this width; never smaller than it is."""
        layout = self.layout()
        if layout is None or not layout.hasHeightForWidth():
            return
        room = self.screen().availableGeometry()
        most = round(room.height() * 0.9)
        height = min(max(layout.totalHeightForWidth(self.width()), self.height()), most)
        if height == self.height():
            return
        self.resize(self.width(), height)
        over = self.frameGeometry().bottom() - room.bottom()
        if self.isVisible() and over > 0:  # its buttons stay on the screen
            self.move(self.x(), max(room.top(), self.y() - over))


class Question(Sheet):
    """Asks before something that cannot be undone; the safer button has the focus."""

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        text: str,
        action: str,
        safe: str,
        *,
        danger: bool = True,
    ) -> None:
        super().__init__(title, text, width=440, parent=parent)
        self.act = self.add_button(action, "danger" if danger else "normal")
        self.act.clicked.connect(self.accept)
        self.safe = self.add_button(safe, "primary")
        self.safe.clicked.connect(self.reject)
        self.safe.setFocus()


def ask(
    parent: QWidget | None,
    title: str,
    text: str,
    action: str,
    safe: str = "",
    *,
    danger: bool = True,
) -> bool:
    """Ask, and return True only if the person chose to act; Enter and Esc are safe."""
    question = Question(parent, title, text, action, safe or _("Keep as it is"), danger=danger)
    try:
        return question.exec() == QDialog.DialogCode.Accepted
    finally:
        question.deleteLater()


def tell(parent: QWidget | None, title: str, text: str, close: str = "") -> None:
    """Say something that must be seen before going on; for what was done, use a notice."""
    sheet = Sheet(title, text, width=440, parent=parent)
    button = sheet.add_button(close or _("Close"), "primary")
    button.clicked.connect(sheet.accept)
    button.setFocus()
    sheet.exec()
    sheet.deleteLater()
