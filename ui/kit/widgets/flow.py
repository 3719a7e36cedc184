"""A layout that wraps like words in a line, so that rows hold at 200 % text."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.kit.look import look


class FlowLayout(QLayout):
    """Places widgets one after another and starts a new line when one is full.

    With `fill`, the widgets of a line share its whole width evenly and stand at its top.
    """

    def __init__(self, parent: QWidget | None = None, gap: int = 8, *, fill: bool = False) -> None:
        super().__init__(parent)
        self._fill = fill
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more item."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return the item at `index`, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item at `index`, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Want no more room than the items need."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Be higher where it is narrower."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height the lines take in `width`."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """Return the size of all items in one line."""
        gap = look().gap(self._gap)
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        margins = self.contentsMargins()
        width = sum(s.width() for s in shown) + gap * max(0, len(shown) - 1)
        height = max((s.height() for s in shown), default=0)
        return QSize(
            width + margins.left() + margins.right(), height + margins.top() + margins.bottom()
        )

    def minimumSize(self) -> QSize:
        """Return the size of the widest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _place(self, rect: QRect, *, move: bool) -> int:
        margins = self.contentsMargins()
        area = rect.marginsRemoved(margins)
        parent = self.parentWidget()
        rtl = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        gap = look().gap(self._gap)
        line: list[tuple[QLayoutItem, QSize]] = []
        used = 0
        y = area.y()
        for item in self._items:
            if item.isEmpty():
                continue
            size = self._size(item, area.width())
            if line and used + size.width() > area.width():
                y += self._close(line, area, y, gap=gap, rtl=rtl, move=move) + gap
                line, used = [], 0
            line.append((item, size))
            used += size.width() + gap
        y += self._close(line, area, y, gap=gap, rtl=rtl, move=move)
        return y - rect.y() + margins.bottom()

    def _size(self, item: QLayoutItem, width: int) -> QSize:
        if self._fill:
            return item.minimumSize()
        size = item.sizeHint()
        if size.width() > width > 0:
            size.setWidth(max(width, item.minimumSize().width()))
        return size

    def _close(
        self,
        line: list[tuple[QLayoutItem, QSize]],
        area: QRect,
        y: int,
        *,
        gap: int,
        rtl: bool,
        move: bool,
    ) -> int:
        """Place the items of one line, and return its height."""
        if self._fill and line:
            share = (area.width() - gap * (len(line) - 1)) // len(line)
            widths = [size.width() for _item, size in line]
            if max(widths) <= share:
                widths = [share] * len(line)
            else:
                spare = max(0, area.width() - gap * (len(line) - 1) - sum(widths))
                widths = [width + spare // len(line) for width in widths]
            line = [
                (item, QSize(width, _height(item, width)))
                for (item, _size), width in zip(line, widths, strict=True)
            ]
        height = max((size.height() for _item, size in line), default=0)
        x = area.x()
        for item, size in line:
            if move:
                left = area.x() + area.right() - x - size.width() + 1 if rtl else x
                top = y if self._fill else y + (height - size.height()) // 2
                item.setGeometry(QRect(QPoint(left, top), size))
            x += size.width() + gap
        return height


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
