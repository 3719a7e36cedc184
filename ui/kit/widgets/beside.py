"""A form beside the pages that come of it: side by side where there is room, else under it."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Divider
from ui.kit.widgets.preview import PagesPreview
from ui.kit.widgets.scroll import ScrollColumn

_FORM = 420
_LEAST_PREVIEW = 360
_WIDEST_PAGE = 820
_NO_LIMIT = 16_777_215
"""Qt's own greatest width: no limit."""


class FormBesidePages(QWidget):
    """A column with what is asked for, buttons at its foot, and the pages beside it."""

    rearranged = Signal()
    """The pages have another width now."""

    def __init__(self, name: str, parts: Sequence[QWidget], buttons: Sequence[QWidget]) -> None:
        super().__init__()
        self.pages = PagesPreview()
        self._left = ScrollColumn(name)
        for part in parts:
            self._left.body.addWidget(part)
        self._left.body.addStretch(1)
        row = FlowLayout(None, gap=8)
        for button in buttons:
            row.addWidget(button)
        self._foot = QVBoxLayout()
        self._foot.addLayout(row)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addWidget(self._left, 1)
        side.addWidget(Divider())
        side.addLayout(self._foot)
        self._right = ScrollColumn(_("Preview"))
        self._right.body.addWidget(self.pages)
        self._right.body.addStretch(1)
        self._line = Divider("down")
        beside = QHBoxLayout(self)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self._side)
        beside.addWidget(self._line)
        beside.addWidget(self._right, 1)
        self._narrow = False
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(24)
        self._foot.setContentsMargins(room, look().gap(12), room, look().gap(12))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the pages beside the form where there is room, else under it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        form = look().px(_FORM)
        narrow = self.width() < form + _LEAST_PREVIEW
        self._side.setMinimumWidth(0 if narrow else form)
        self._side.setMaximumWidth(_NO_LIMIT if narrow else form)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._right.setVisible(not narrow)
        self._line.setVisible(not narrow)
        body = self._left.body if narrow else self._right.body
        body.insertWidget(body.count() - 1, self.pages)
        self.rearranged.emit()

    def page_width(self) -> int:
        """Return how wide a page is, in pixels of the screen."""
        column = self._left if self._narrow else self._right
        room = column.viewport().width() - 2 * look().gap(24) - 2
        return max(200, min(room, look().px(_WIDEST_PAGE)))
