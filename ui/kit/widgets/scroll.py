"""A column that scrolls when it is longer than its page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.kit.look import look


class ScrollColumn(QScrollArea):
    """A page's content in `body`: no wider than reads well, scrolled when it is long.

    Whatever gets the focus by Tab is brought into sight.
    """

    def __init__(
        self, name: str, *, width: int = 0, margin: int = 24, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._width = width
        self._margin = margin
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.content = QWidget()
        around = QHBoxLayout(self.content)
        around.setContentsMargins(0, 0, 0, 0)
        self._sheet = QWidget()
        self.body = QVBoxLayout(self._sheet)
        around.addWidget(self._sheet, 1)
        if width:
            around.addStretch(0)
        self.setWidget(self.content)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(self._margin)
        self.body.setContentsMargins(room, min(room, look().gap(16)), room, room)
        self.body.setSpacing(look().gap(16))
        if self._width:
            self._sheet.setMaximumWidth(look().px(self._width))
