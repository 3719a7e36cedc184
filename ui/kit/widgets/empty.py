"""Empty pages teach: what will stand here, and the first step to it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import GrowingRow
from ui.kit.widgets.headings import Words


class _Picture(QWidget):
    """A large quiet icon on a round ground."""

    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(look().gap(72), look().gap(72))

    def paintEvent(self, event: QPaintEvent) -> None:
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("accent_soft"))
        painter.drawEllipse(self.rect())
        inset = self.width() // 4
        paint_icon(
            painter, self.rect().adjusted(inset, inset, -inset, -inset), self._icon, "accent"
        )
        painter.end()


class EmptyState(QWidget):
    """An icon, a title, a sentence, and buttons; the first button is the likely step.

    Where there is little room the words have all of its width, and the icon goes.
    """

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        *actions: Button,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.title = Words(title, TextSize.TITLE, bold=True)
        self.text = Words(text, TextSize.BODY, "muted")
        column = QVBoxLayout(self)
        column.setSpacing(look().gap(8))
        column.addStretch(2)
        self._picture = _Picture(icon)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(look().gap(8))
        self._rows: list[QHBoxLayout] = []
        for words in (self.title, self.text):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(words, 4)
            row.addStretch(1)
            column.addLayout(row)
            self._rows.append(row)
        self._steps = GrowingRow(*actions)
        if actions:
            column.addSpacing(look().gap(8))
            self._steps.take_no_more()
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self._steps)
            row.addStretch(1)
            column.addLayout(row)
        column.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the icon out where it would take the room of the words."""
        super().resizeEvent(event)
        width, gap = self.width(), look().gap(8)
        words = (self.title, self.text)
        needed = sum(each.heightForWidth(width * 2 // 3) + gap for each in words)
        needed += self._picture.sizeHint().height() + self._steps.sizeHint().height() + 8 * gap
        roomy = self.height() >= needed
        self._picture.setVisible(roomy)
        for row in self._rows:
            for side in (0, 2):
                row.setStretch(side, 1 if roomy else 0)

    def say(self, title: str, text: str) -> None:
        """Say something else, for a list that can be empty for more than one reason."""
        self.title.setText(title)
        self.text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Put the focus on the likely step, if there is one."""
        if self._actions:
            self._actions[0].setFocus(reason)
