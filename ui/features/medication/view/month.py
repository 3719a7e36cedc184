"""The month sheet: each order and time a row, each day a column, as on paper."""

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
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.kit.look import TextSize, look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class DayShown:
    """One column: the day of the month, its weekday's letter, and whether school is closed."""

    number: str
    weekday: str
    closed: bool
    today: bool


@dataclass(frozen=True, slots=True)
class CellShown:
    """One cell: what stands in it, its ink, and the whole of it in words."""

    text: str
    ink: str
    ground: str
    spoken: str
    dose_id: str = ""
    mark: bool = False


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row: the time, the medicine, and a cell for each day."""

    time: str
    medicine: str
    cells: tuple[CellShown, ...]


class _Grid(QAbstractTableModel):
    """The rows and days of one month."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.days: tuple[DayShown, ...] = ()
        self.rows: tuple[RowShown, ...] = ()

    def show(self, days: Sequence[DayShown], rows: Sequence[RowShown]) -> None:
        """Show another month."""
        self.beginResetModel()
        self.days, self.rows = tuple(days), tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many rows there are."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many days there are."""
        return 0 if parent is not None and parent.isValid() else len(self.days)

    def cell(self, index: Index) -> CellShown | None:
        """Return one cell."""
        return self.rows[index.row()].cells[index.column()] if index.isValid() else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the cell's text, and its words for a screen reader."""
        cell = self.cell(index)
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return cell.spoken
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the day, or the time and the medicine."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self.days[section].number
        row = self.rows[section]
        return f"{row.time}  {row.medicine}"


class _Days(QHeaderView):
    """The days, with the letter of the weekday over them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(_("Days"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Grid):
            return
        style, day = look(), model.days[index]
        painter.save()
        painter.fillRect(rect, style.color("accent_soft" if day.today else "sunken"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        painter.setPen(style.color("muted" if day.closed else "text"))
        half = rect.height() // 2
        painter.setFont(style.font(TextSize.FINE))
        flags = int(Qt.AlignmentFlag.AlignCenter)
        painter.drawText(QRect(rect.x(), rect.y(), rect.width(), half), flags, day.weekday)
        painter.setFont(style.font(TextSize.FINE, bold=day.today))
        painter.drawText(QRect(rect.x(), rect.y() + half, rect.width(), half), flags, day.number)
        painter.restore()


class _Rows(QHeaderView):
    """The time and the medicine of each row."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName(_("Orders"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Grid):
            return
        style, row = look(), model.rows[index]
        painter.save()
        painter.fillRect(rect, style.color("raised"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        inner = rect.adjusted(style.px(8), style.px(2), -style.px(8), -style.px(2))
        bold, fine = style.font(bold=True), style.font(TextSize.FINE)
        half = inner.height() // 2
        for font, ink, text, top in (
            (bold, "text", row.time, inner.y()),
            (fine, "muted", row.medicine, inner.y() + half),
        ):
            painter.setFont(font)
            painter.setPen(style.color(ink))
            words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(
                QRect(inner.x(), top, inner.width(), half),
                int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter),
                words,
            )
        painter.restore()


class _Cells(QStyledItemDelegate):
    """Paints initials and codes; what stands out has a ground of its own and letters."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        table, model = self.parent(), index.model()
        if not isinstance(table, MonthGrid) or not isinstance(model, _Grid):
            return
        cell = model.cell(index)
        if cell is None:
            return
        style, rect = look(), QRect(option.rect)
        painter.save()
        if model.days[index.column()].closed:
            painter.fillRect(rect, style.color("sunken"))
        if cell.ground:
            painter.fillRect(rect.adjusted(2, 2, -2, -2), style.color(cell.ground))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("line"))
        painter.fillRect(rect.right(), rect.y(), 1, rect.height(), style.color("line"))
        painter.setFont(style.font(TextSize.FINE, bold=bool(cell.ground)))
        painter.setPen(style.color(cell.ink))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), cell.text)
        if cell.mark:
            # Something is said about this entry below: a dot in the corner, as on paper.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color("warn"))
            side = style.px(5)
            painter.drawEllipse(rect.right() - side - 2, rect.y() + 3, side, side)
        if index == table.currentIndex() and table.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.restore()


class MonthGrid(QTableView):
    """The grid; arrows move, Enter opens the dose."""

    opened = Signal(str)
    current = Signal(str)
    """Emitted with the words of the cell the focus moved to."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = _Grid(self)
        self.setAccessibleName(_("Month sheet"))
        self.setModel(self.grid)
        self.setHorizontalHeader(_Days(self))
        self.setVerticalHeader(_Rows(self))
        self.setItemDelegate(_Cells(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        corner = self.findChild(QAbstractButton)
        if corner is not None:
            # Where rows and days meet stands a button of Qt's own, which does nothing here.
            corner.setAccessibleName(_("Month sheet"))
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.doubleClicked.connect(self._open)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        style = look()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(style.px(24))
        self.verticalHeader().setDefaultSectionSize(style.px(40))
        self.verticalHeader().setFixedWidth(style.px(190))
        self.horizontalHeader().setFixedHeight(style.px(40))
        self.share()

    def share(self) -> None:
        """Give each day its width."""
        days = max(1, self.grid.columnCount())
        room = self.viewport().width() // days
        self.horizontalHeader().setDefaultSectionSize(max(look().px(26), room))

    def fit(self) -> None:
        """Be as high as the rows; with room for the bar where the days are wider than the page."""
        days = self.grid.columnCount() * self.horizontalHeader().defaultSectionSize()
        bar = look().px(24) if days > self.viewport().width() else 2
        self.setFixedHeight(look().px(40) * (self.grid.rowCount() + 1) + bar)

    def go_to_today(self) -> None:
        """Stand on today, or on the first day of another month."""
        if self.grid.rowCount():
            days = [place for place, day in enumerate(self.grid.days) if day.today]
            self.setCurrentIndex(self.grid.index(0, days[0] if days else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the days."""
        super().resizeEvent(event)
        self.share()
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the dose with Enter."""
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
        if cell is not None and cell.dose_id:
            self.opened.emit(cell.dose_id)


class MonthView(QWidget):
    """A student's month: the grid, what is said of its cells, the doses as needed."""

    moved = Signal(int)
    """Emitted with -1 or 1: the month before or after."""
    student_asked = Signal()
    paper_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle("")
        self.about = Muted("")
        self.month = Words("", bold=True, wrap=False)
        self.before = IconButton("start", _("The month before"))
        self.after = IconButton("end", _("The month after"))
        self.student = Button(_("Another student"), "student")
        self.paper = Button(_("Save as PDF"), "pdf")
        self.grid = MonthGrid()
        self.cell = Words("")
        self.key = Muted("")
        self.notes = Words("")
        self.prn_title = SectionTitle(_("As needed"))
        self.prn = CardList(_("Doses as needed"))
        find = Button(_("Find a student"), "search", "primary")
        self.empty = EmptyState(
            "medication",
            _("No order in this month"),
            _("Choose a student, or another month."),
            find,
        )
        find.clicked.connect(self.student_asked)
        self.before.clicked.connect(lambda: self.moved.emit(-1))
        self.after.clicked.connect(lambda: self.moved.emit(1))
        self.student.clicked.connect(self.student_asked)
        self.paper.clicked.connect(self.paper_asked)
        self.grid.current.connect(self.cell.setText)
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        tools = QWidget()
        flow = FlowLayout(tools, gap=8)
        for widget in (self.before, self.month, self.after, self.student, self.paper):
            flow.addWidget(widget)
        sheet = ScrollColumn(_("Month sheet"), margin=0)
        self._page = sheet.body
        self._page.addLayout(head)
        self._page.addWidget(tools)
        self._page.addWidget(self.grid)
        for widget in (self.cell, self.key, self.notes):
            self._page.addWidget(widget)
        self._page.addWidget(self.prn_title)
        self._page.addWidget(self.prn)
        self._page.addWidget(self.empty, 1)
        self._page.addStretch(0)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(24)
        self._page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self._page.setSpacing(look().gap(12))
        self._fit()

    def _fit(self) -> None:
        self.grid.fit()
        self.prn.setMinimumHeight(look().px(160))

    def show_month(
        self, days: Sequence[DayShown], rows: Sequence[RowShown], prn: Sequence[Entry]
    ) -> None:
        """Show a month."""
        self.grid.grid.show(days, rows)
        self._fit()
        self.grid.share()
        self.grid.go_to_today()
        for widget in (self.grid, self.cell, self.key, self.notes):
            widget.setVisible(bool(rows))
        self.prn.set_entries(prn)
        self.prn.setVisible(bool(prn))
        self.prn_title.setVisible(bool(prn))
        self.empty.setVisible(not rows and not prn)
