"""The head of a page: words on the leading side, buttons at the end, or under them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.kit.look import look


class Head(QWidget):
    """Puts the buttons under the words where the page is narrow for both."""

    def __init__(
        self, words: tuple[QWidget, ...], buttons: tuple[QWidget, ...], narrow: int = 700
    ) -> None:
        super().__init__()
        self._narrow = narrow
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout()
        column.setSpacing(look().gap(4))
        for widget in words:
            column.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(look().gap(8))
        for widget in buttons:
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(0)
        self._ways = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._ways.setContentsMargins(0, 0, 0, 0)
        self._ways.setSpacing(look().gap(8))
        self._ways.addLayout(column, 1)
        self._ways.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the way that fits."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(self._narrow)
        self._ways.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
