"""Attendance over time as a picture: each member a row, each session a column, a letter a mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.kernel.words import _
from ui.kit.look import TextSize, look

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class SessionShown:
    """One column: which session it was, its day, and all of it in words."""

    number: str
    day: str
    spoken: str


@dataclass(frozen=True, slots=True)
class CellShown:
    """One member at one session: letter, look, words, and the note it left."""

    letter: str = ""
    kind: str = ""
    spoken: str = ""
    note_id: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class RowShown:
    """One member: name, how often they came, and a cell for each session."""

    name: str
    share: str
    cells: tuple[CellShown, ...]


class _Grid(QAbstractTableModel):
    """The members and sessions of one group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sessions: tuple[SessionShown, ...] = ()
        self.rows: tuple[RowShown, ...] = ()

    def show(self, sessions: Sequence[SessionShown], rows: Sequence[RowShown]) -> None:
        """Show other attendance."""
        self.beginResetModel()
        self.sessions, self.rows = tuple(sessions), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many members there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many sessions there are."""
        return 0 if parent is not None and parent.isValid() else len(self.sessions)

    def cell(self, index: Index) -> CellShown | None:
        """Return one cell."""
        return self.rows[index.row()].cells[index.column()] if index.isValid() else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the cell's letter, and its words for a screen reader."""
        cell = self.cell(index)
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.letter
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return cell.spoken
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the session, or the member and how often they came."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.sessions[section].spoken
        row = self.rows[section]
        return f"{row.name}, {row.share}"


class _Sessions(QHeaderView):
    """Each session's number over its day."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(_("Sessions"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Grid):
            return
        style, shown = look(), model.sessions[index]
        painter.save()
        painter.fillRect(rect, style.color("sunken"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        half = rect.height() // 2
        flags = int(Qt.AlignmentFlag.AlignCenter)
        painter.setFont(style.font(TextSize.FINE, bold=True))
        painter.setPen(style.color("text"))
        painter.drawText(QRect(rect.x(), rect.y(), rect.width(), half), flags, shown.number)
        painter.setFont(style.font(TextSize.FINE))
        painter.setPen(style.color("muted"))
        painter.drawText(QRect(rect.x(), rect.y() + half, rect.width(), half), flags, shown.day)
        painter.restore()


class _Members(QHeaderView):
    """Each member's name, and how often they came."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName(_("Members"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Grid):
            return
        style, row = look(), model.rows[index]
        painter.save()
        painter.fillRect(rect, style.color("raised"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        inner = rect.adjusted(style.px(8), 0, -style.px(8), 0)
        fine = style.font(TextSize.FINE)
        share = QFontMetrics(fine).horizontalAdvance(row.share) + style.px(8)
        middle = Qt.AlignmentFlag.AlignVCenter
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if rtl:
            near, far = far, near
        painter.setFont(fine)
        painter.setPen(style.color("muted"))
        painter.drawText(inner, int(far | middle), row.share)
        font = style.font()
        painter.setFont(font)
        painter.setPen(style.color("text"))
        words = QFontMetrics(font).elidedText(
            row.name, Qt.TextElideMode.ElideRight, inner.width() - share
        )
        painter.drawText(inner, int(near | middle), words)
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Paints each mark as a letter on its ground; one that was corrected has a dot."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, model = self.parent(), index.model()
        if not isinstance(table, AttendanceGrid) or not isinstance(model, _Grid):
            return
        cell = model.cell(index)
        if cell is None:
            return
        style, rect = look(), QRect(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        if cell.letter:
            side = min(rect.width(), rect.height()) - style.px(6)
            box = QRect(0, 0, side, side)
            box.moveCenter(rect.center())
            painter.setPen(QPen(style.strong(cell.kind), 1))
            painter.setBrush(style.soft(cell.kind))
            painter.drawRoundedRect(box, style.px(5), style.px(5))
            painter.setFont(style.font(TextSize.FINE, bold=True))
            painter.setPen(style.strong(cell.kind))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), cell.letter)
        if cell.corrected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color("accent"))
            dot = style.px(6)
            painter.drawEllipse(rect.right() - dot - 2, rect.y() + 3, dot, dot)
        if index == table.currentIndex() and table.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


class AttendanceGrid(QTableView):
    """The picture; arrows move, Enter opens the note of a cell."""

    opened = Signal(str)
    current = Signal(str)
    """Emitted with the words of the cell the focus moved to."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = _Grid(self)
        self.setAccessibleName(_("Attendance"))
        self.setModel(self.grid)
        self.setHorizontalHeader(_Sessions(self))
        self.setVerticalHeader(_Members(self))
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        corner = self.findChild(QAbstractButton)
        if corner is not None:
            corner.setAccessibleName(_("Attendance"))
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(self._open)
        self._dress()
        look().changed.connect(self._dress)

    def show_attendance(self, sessions: Sequence[SessionShown], rows: Sequence[RowShown]) -> None:
        """Show other attendance, its newest session in sight."""
        place = self.currentIndex()
        self.grid.show(sessions, rows)
        self._dress()
        if rows and sessions:
            row = min(max(place.row(), 0), len(rows) - 1)
            column = place.column() if place.isValid() else len(sessions) - 1
            self.setCurrentIndex(self.grid.index(row, min(column, len(sessions) - 1)))

    def _dress(self) -> None:
        style = look()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(style.px(24))
        self.verticalHeader().setDefaultSectionSize(style.px(36))
        self.horizontalHeader().setFixedHeight(style.px(42))
        self._share()

    def _share(self) -> None:
        style = look()
        names = min(style.px(230), max(style.px(130), self.width() // 3))
        self.verticalHeader().setFixedWidth(names)
        sessions = max(1, self.grid.columnCount())
        room = (self.width() - names - 4) // sessions
        width = min(style.px(72), max(style.px(52), room))
        self.horizontalHeader().setDefaultSectionSize(width)
        bar = style.px(24) if width * sessions > self.width() - names - 4 else 4
        rows = style.px(36) * self.grid.rowCount()
        self.setFixedHeight(rows + style.px(42) + bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among names and sessions."""
        super().resizeEvent(event)
        self._share()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the note with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say what stands in the cell the focus moved to."""
        super().currentChanged(current, previous)
        cell = self.grid.cell(current)
        self.current.emit(cell.spoken if cell is not None else "")

    def _open(self, index: Any) -> None:
        cell = self.grid.cell(index)
        if cell is not None and cell.note_id:
            self.opened.emit(cell.note_id)
