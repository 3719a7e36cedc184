"""Tables over long lists: paged and sorted by their source, never by Python."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.kernel.words import _
from ui.kit.direction import in_order
from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look
from ui.kit.widgets.headings import chip_size, paint_chip
from ui.kit.widgets.pages import Fetch, Pages

Index = QModelIndex | QPersistentModelIndex
ChipSpec = tuple[str, str]
"""The words of a chip and its kind."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key for the source's sorting, its title, and how a row is shown in it."""

    key: str
    title: str
    text: Callable[[Any], str]
    width: int = 120
    stretch: bool = False
    """Takes the width that is left over."""
    end: bool = False
    """Numbers stand at the far end of the column."""
    strong: bool = False
    """The column one looks for a row by."""
    muted: bool = False
    sort: bool = True
    chips: Callable[[Any], Sequence[ChipSpec] | None] | None = None
    """Shown instead of the text, where there are any; the text remains what is spoken."""
    icon: Callable[[Any], str] | None = None


class PagedModel(QAbstractTableModel):
    """Shows rows that a source gives in pages; asks it again for every sort."""

    loaded = Signal(int)
    """Emitted with the total when an answer arrives."""

    def __init__(
        self, columns: Sequence[Column], fetch: Fetch | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._pages = Pages(self._arrived)
        self._pages.source(fetch)
        self._rows = 0
        self.waiting = False

    def set_source(self, fetch: Fetch) -> None:
        """Take rows from another source, from the start."""
        self._pages.source(fetch)
        self.reload()

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show a short list that is already here."""
        self.beginResetModel()
        self._pages.hold(rows)
        self._rows = len(rows)
        self.endResetModel()
        self.loaded.emit(self._rows)

    def reload(self) -> None:
        """Ask again; what is shown stays until the answer is here."""
        self.waiting = True
        self._pages.restart()

    def total(self) -> int:
        """Return how many rows the source has."""
        return self._rows

    def held(self) -> int:
        """Return how many rows are in memory."""
        return self._pages.held()

    def row(self, index: int) -> Any:
        """Return the row at `index`, or None while it is on its way."""
        return self._pages.row(index) if 0 <= index < self._rows else None

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """The key sorted by, and whether downwards."""
        return self._pages.sort, self._pages.descending

    def set_sort(self, key: str, *, descending: bool = False) -> None:
        """Sort by `key` from the next question on."""
        self._pages.sort, self._pages.descending = key, descending

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows the source has."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }:
            return self.columns[section].title
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return what a cell shows and what is spoken of it."""
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.end else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        row = self._pages.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if row is None else column.text(row)
        if row is None:
            return _("Loading")
        return _("{column}: {text}").format(
            column=column.title, text=column.text(row) or _("empty")
        )

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Ask the source for the rows in another order."""
        if 0 <= column < len(self.columns) and self.columns[column].sort:
            descending = order == Qt.SortOrder.DescendingOrder
            if (self.columns[column].key, descending) != self.sorted_by:
                self.set_sort(self.columns[column].key, descending=descending)
                self.reload()

    def _arrived(self, total: int, first: int, count: int) -> None:
        fresh = self.waiting
        self.waiting = False
        if fresh or total != self._rows:
            self.beginResetModel()
            self._rows = total
            self.endResetModel()
        elif count:
            self.dataChanged.emit(
                self.index(first, 0), self.index(first + count - 1, len(self.columns) - 1)
            )
        self._pages.total = total
        self.loaded.emit(total)


class _Header(QHeaderView):
    """A header in small muted words, with a caret where the table is sorted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setAccessibleName(_("Column titles"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        """Paint one title."""
        style = look()
        model = self.model()
        if not isinstance(model, PagedModel):
            return
        column = model.columns[index]
        painter.save()
        painter.fillRect(rect, style.color("sunken"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        painter.fillRect(rect.x(), rect.y(), rect.width(), 1, style.color("line"))
        key, descending = model.sorted_by
        sorted_here = bool(key) and key == column.key
        painter.setFont(style.font(TextSize.FINE, bold=sorted_here))
        painter.setPen(style.color("text" if sorted_here else "muted"))
        inner = rect.adjusted(style.px(12), 0, -style.px(12), 0)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        metrics = painter.fontMetrics()
        side = style.px(12)
        room = inner.width() - (side + style.px(4) if sorted_here else 0)
        words = metrics.elidedText(column.title, Qt.TextElideMode.ElideRight, room)
        width = metrics.horizontalAdvance(words)
        at_right = column.end != rtl
        place = QRect(inner)
        if sorted_here:
            caret_x = inner.right() - width - side - 4 if at_right else inner.left() + width + 4
            spot = QRect(caret_x, inner.center().y() - side // 2 + 1, side, side)
            paint_icon(painter, spot, "down" if descending else "up", "text")
        flag = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            place,
            int(flag | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter),
            words,
        )
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Paints cells: selection, text, chips, an icon, and bars while a row is on its way."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table = self.parent()
        model = index.model()
        if not isinstance(table, PagedTable) or not isinstance(model, PagedModel):
            return
        style = look()
        rect = QRect(option.rect)
        row = model.row(index.row())
        column = model.columns[index.column()]
        chosen = table.selectionModel().isRowSelected(index.row(), QModelIndex())
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.fillRect(rect, style.color("selection"))
        elif table.hot_row == index.row():
            painter.fillRect(rect, style.color("hover"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        if chosen and table.hasFocus() and index.row() == table.currentIndex().row():
            self._ring(painter, rect, index.column(), len(model.columns), rtl=_rtl(table))
        inner = rect.adjusted(style.px(12), 0, -style.px(12), 0)
        if row is None:
            bar = QRectF(inner.x(), inner.center().y() - 3, inner.width() * 0.6, style.px(6))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color("sunken"))
            painter.drawRoundedRect(bar, 3, 3)
        elif column.chips is not None and (chips := column.chips(row)) is not None:
            self._chips(painter, inner, chips, chosen=chosen, rtl=_rtl(table))
        else:
            self._text(painter, inner, column, row, chosen=chosen, rtl=_rtl(table))
        painter.restore()

    def _ring(
        self, painter: QPainter, rect: QRect, column: int, columns: int, *, rtl: bool
    ) -> None:
        color = look().color("focus")
        painter.fillRect(rect.x(), rect.y(), rect.width(), 2, color)
        painter.fillRect(rect.x(), rect.bottom() - 1, rect.width(), 2, color)
        first, last = column == 0, column == columns - 1
        if (first and not rtl) or (last and rtl):
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), color)
        if (last and not rtl) or (first and rtl):
            painter.fillRect(rect.right() - 1, rect.y(), 2, rect.height(), color)

    def _chips(
        self,
        painter: QPainter,
        rect: QRect,
        chips: Sequence[ChipSpec],
        *,
        chosen: bool,
        rtl: bool,
    ) -> None:
        x = rect.right() if rtl else rect.left()
        for words, kind in chips:
            size = chip_size(words)
            if (x - size.width() < rect.left()) if rtl else (x + size.width() > rect.right() + 9):
                break
            left = x - size.width() if rtl else x
            top = rect.center().y() - size.height() / 2 + 0.5
            spot = QRectF(left, top, size.width(), size.height())
            paint_chip(painter, spot, words, kind, selected=chosen)
            step = size.width() + look().px(4)
            x += -step if rtl else step

    def _text(
        self,
        painter: QPainter,
        rect: QRect,
        column: Column,
        row: Any,
        *,
        chosen: bool,
        rtl: bool,
    ) -> None:
        style = look()
        ink = "selection_text" if chosen else ("muted" if column.muted else "text")
        name = column.icon(row) if column.icon is not None else ""
        if name:
            side = style.px(16)
            left = rect.right() - side if rtl else rect.left()
            paint_icon(painter, QRect(left, rect.center().y() - side // 2, side, side), name, ink)
            step = side + style.px(8)
            rect = rect.adjusted(0 if rtl else step, 0, -step if rtl else 0, 0)
        painter.setFont(style.font(bold=column.strong))
        painter.setPen(style.color(ink))
        words = painter.fontMetrics().elidedText(
            in_order(column.text(row)), Qt.TextElideMode.ElideRight, rect.width()
        )
        flag = Qt.AlignmentFlag.AlignRight if column.end != rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            rect,
            int(
                flag
                | Qt.AlignmentFlag.AlignAbsolute
                | Qt.AlignmentFlag.AlignVCenter
                | Qt.TextFlag.TextSingleLine
            ),
            words,
        )


def _rtl(widget: QWidget) -> bool:
    return widget.layoutDirection() == Qt.LayoutDirection.RightToLeft


class PagedTable(QTableView):
    """A table of rows that are scanned (28 px) or touched (40 px).

    Enter or a double click activates a row; Home and End go to the first and last.
    """

    opened = Signal(object)
    """Emitted with the row that was activated."""

    current = Signal(object)
    """Emitted with the row the focus moved to, or None."""

    def __init__(
        self,
        model: PagedModel,
        name: str,
        *,
        touch: bool = False,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._touch = touch
        self.hot_row = -1
        self.setAccessibleName(name)
        self.setHorizontalHeader(_Header(self))
        self.setItemDelegate(_Cells(self))
        self.verticalHeader().hide()
        self.setCornerButtonEnabled(False)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if many else modes.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setModel(model)
        self._model = model
        self.setSortingEnabled(False)
        self.horizontalHeader().sectionClicked.connect(self._sort)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._return)
        self._place = (0, 0)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self._dress()
        look().changed.connect(self._dress)

    def rows_model(self) -> PagedModel:
        """Return the model."""
        return self._model

    def row(self) -> Any:
        """Return the row the focus is on, or None."""
        return self._model.row(self.currentIndex().row())

    def chosen_rows(self) -> list[Any]:
        """Return the selected rows that are in memory, in order."""
        indexes = self.selectionModel().selectedRows()
        rows = [self._model.row(place) for place in sorted(index.row() for index in indexes)]
        return [row for row in rows if row is not None]

    def go_to(self, place: int) -> None:
        """Move to the row at `place`."""
        if 0 <= place < self._model.total():
            self.setCurrentIndex(self._model.index(place, 0))

    def _dress(self) -> None:
        style = look()
        height = style.touch_row if self._touch else style.row
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        titles = self.horizontalHeader()
        titles.setFixedHeight(style.px(32))
        titles.setMinimumSectionSize(style.px(40))
        self._share_width()
        self.viewport().update()

    def _share_width(self) -> None:
        """Give each column its width, and what is left to those that stretch."""
        style = look()
        columns = self._model.columns
        widths = [style.px(column.width) for column in columns]
        eager = [place for place, column in enumerate(columns) if column.stretch]
        spare = self.viewport().width() - sum(widths)
        if eager and spare > 0:
            for place in eager:
                widths[place] += spare // len(eager)
            widths[eager[-1]] += spare % len(eager)
        for place, width in enumerate(widths):
            self.horizontalHeader().resizeSection(place, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._share_width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet the rows stand on; it ends with the last row."""
        ground = self.viewport().rect()
        scrolls = self.verticalScrollBar().maximum() > 0
        if not scrolls:
            ground.setHeight(min(ground.height(), self.verticalHeader().length()))
        style = look()
        painter = QPainter(self.viewport())
        painter.fillRect(ground, style.color("line"))
        painter.fillRect(ground.adjusted(1, 0, -1, -int(scrolls)), style.color("raised"))
        if self.hasFocus() and not self._model.total():
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
        painter.end()
        super().paintEvent(event)

    def _sort(self, place: int) -> None:
        column = self._model.columns[place]
        if not column.sort:
            return
        key, descending = self._model.sorted_by
        down = key == column.key and not descending
        self._model.sort(
            place, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        )
        self.horizontalHeader().viewport().update()

    def _remember(self) -> None:
        self._place = (self.currentIndex().row(), self.verticalScrollBar().value())

    def _return(self) -> None:
        place, scroll = self._place
        if self._model.total():
            self.go_to(min(max(place, 0), self._model.total() - 1))
            self.verticalScrollBar().setValue(scroll)

    def _open(self, place: int) -> None:
        row = self._model.row(place)
        if row is not None:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate with Enter; go to the ends with Home and End."""
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex().row())
        elif key == Qt.Key.Key_Home:
            self.go_to(0)
        elif key == Qt.Key.Key_End:
            self.go_to(self._model.total() - 1)
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            bar = self.horizontalScrollBar()
            forward = (key == Qt.Key.Key_Right) != _rtl(self)
            bar.setValue(bar.value() + (look().px(40) if forward else -look().px(40)))
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which row the focus is on."""
        super().currentChanged(current, previous)
        if current.row() != previous.row():
            self.current.emit(self._model.row(current.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lift the row under the pointer."""
        super().mouseMoveEvent(event)
        self._warm(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: Any) -> None:
        """Let the row go."""
        super().leaveEvent(event)
        self._warm(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Stand on a row as soon as the table has the focus."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._model.total():
            self.go_to(0)
        self.viewport().update()

    def _warm(self, row: int) -> None:
        if row != self.hot_row:
            self.hot_row = row
            self.viewport().update()
