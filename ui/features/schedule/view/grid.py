"""A day or a week as a grid of half hours, with what is planned lying over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.kernel.words import _
from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look

Index = QModelIndex | QPersistentModelIndex
STEP = 30
"""Minutes of one row."""
_KEYS = {Qt.Key.Key_S: "start", Qt.Key.Key_H: "held", Qt.Key.Key_F: "fallen"}


@dataclass(frozen=True, slots=True)
class BlockShown:
    """One appointment as it lies on the grid."""

    id: str
    starts: int
    ends: int
    title: str
    detail: str
    spoken: str
    icon: str = ""
    ground: str = "accent_soft"
    edge: str = "accent"
    lane: int = 0
    lanes: int = 1
    struck: bool = False


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """One day: its heading, what it is in the buildings, and what lies on it."""

    day: str
    title: str
    under: str
    spoken: str
    today: bool = False
    closed: bool = False
    hours: tuple[int, int] | None = None
    """The school's hours; what lies outside is shaded."""
    blocks: tuple[BlockShown, ...] = ()
    busy: tuple[tuple[int, int], ...] = ()


class _Slots(QAbstractTableModel):
    """The half hours of some days."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: tuple[ColumnShown, ...] = ()
        self.first, self.last = 8 * 60, 16 * 60
        self.times: tuple[str, ...] = ()

    def show(self, columns: Sequence[ColumnShown], first: int, times: Sequence[str]) -> None:
        """Show other days; `times` names each row."""
        self.beginResetModel()
        self.columns, self.first, self.times = tuple(columns), first, tuple(times)
        self.last = first + STEP * len(times)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many half hours there are."""
        return 0 if parent is not None and parent.isValid() else len(self.times)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return how many days there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def minute(self, row: int) -> int:
        """Return when a row begins."""
        return self.first + row * STEP

    def at(self, index: Index) -> list[BlockShown]:
        """Return what lies on a half hour, the earliest first."""
        if not index.isValid():
            return []
        begins = self.minute(index.row())
        found = [
            block
            for block in self.columns[index.column()].blocks
            if block.starts < begins + STEP and begins < block.ends
        ]
        return sorted(found, key=lambda block: (block.starts < begins, block.starts, block.lane))

    def spoken(self, index: Index) -> str:
        """Return a half hour in words: when it is, and what lies on it."""
        column = self.columns[index.column()]
        begins = self.minute(index.row())
        parts = [block.spoken for block in self.at(index)]
        if any(one < begins + STEP and begins < other for one, other in column.busy):
            parts.append(_("busy in your other calendar"))
        if column.closed:
            parts.append(column.under)
        return _("{day}, {time}: {what}").format(
            day=column.spoken,
            time=self.times[index.row()],
            what="; ".join(part for part in parts if part) or _("free"),
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the words of a half hour; on the grid they are painted as blocks."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return ""
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return self.spoken(index)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the day, or the time."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self.times[section]
        column = self.columns[section]
        return f"{column.spoken} {column.under}".strip()


class _Days(QHeaderView):
    """The days, with what they are in the buildings under them."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(_("Days"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Slots):
            return
        style, column = look(), model.columns[index]
        painter.save()
        painter.fillRect(rect, style.color("accent_soft" if column.today else "surface"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, style.color("edge"))
        inner = rect.adjusted(style.px(6), style.px(4), -style.px(6), -style.px(4))
        half = inner.height() // 2
        for font, ink, text, top in (
            (style.font(bold=True), "text", column.title, inner.y()),
            (style.font(TextSize.FINE), "muted", column.under, inner.y() + half),
        ):
            painter.setFont(font)
            painter.setPen(style.color(ink))
            words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(
                QRect(inner.x(), top, inner.width(), half),
                int(Qt.AlignmentFlag.AlignCenter),
                words,
            )
        painter.restore()


class _Times(QHeaderView):
    """The hours down the side."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setAccessibleName(_("Hours"))

    def paintSection(self, painter: QPainter, rect: QRect, index: int) -> None:
        model = self.model()
        if not isinstance(model, _Slots):
            return
        style = look()
        painter.save()
        painter.fillRect(rect, style.color("surface"))
        if model.minute(index) % 60 == 0:
            painter.setFont(style.font(TextSize.FINE))
            painter.setPen(style.color("muted"))
            painter.drawText(
                rect.adjusted(style.px(4), style.px(2), -style.px(8), 0),
                int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignTrailing),
                model.times[index],
            )
        painter.restore()


class _Grounds(QStyledItemDelegate):
    """Paints the ground of each half hour: outside school's hours, without school."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Slots):
            return
        style, rect = look(), QRect(option.rect)
        column, begins = model.columns[index.column()], model.minute(index.row())
        outside = column.closed or (
            column.hours is not None
            and (begins + STEP <= column.hours[0] or begins >= column.hours[1])
        )
        painter.save()
        painter.fillRect(rect, style.color("sunken" if outside else "raised"))
        if begins % 60 == 0:
            painter.fillRect(rect.x(), rect.y(), rect.width(), 1, style.color("line"))
        painter.fillRect(rect.right(), rect.y(), 1, rect.height(), style.color("line"))
        painter.restore()


class ScheduleGrid(QTableView):
    """The grid: arrows move, Enter opens, N plans, S starts, Delete takes off, T is today."""

    opened = Signal(str)
    started = Signal(str)
    removed = Signal(str)
    held = Signal(str)
    fallen = Signal(str)
    planned = Signal(str, int)
    """Emitted with the day and the minute at which something is to be planned."""
    turned = Signal(int)
    """Emitted with -1 or 1 (a page) or 0 (today)."""
    current = Signal(str)
    """Emitted with the words of the half hour the focus moved to."""

    def __init__(self) -> None:
        super().__init__()
        self.slots_model = _Slots(self)
        self.setAccessibleName(_("Schedule"))
        self.setAccessibleDescription(
            _(
                "Arrow keys move, Enter opens, N plans, S starts the note, H says it was held,"
                " F that it fell out, Delete takes off, T is today, Page Up and Page Down turn the page."
            )
        )
        self.setModel(self.slots_model)
        self.setHorizontalHeader(_Days(self))
        self.setVerticalHeader(_Times(self))
        self.setItemDelegate(_Grounds(self))
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        corner = self.findChild(QAbstractButton)
        if corner is not None:
            # Where days and hours meet stands a button of Qt's own, which does nothing here.
            corner.setAccessibleName(_("Schedule"))
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._menu: QMenu | None = None
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        style = look()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(style.px(20))
        self.verticalHeader().setDefaultSectionSize(style.px(44))
        self.verticalHeader().setFixedWidth(style.px(78))
        self.horizontalHeader().setFixedHeight(style.px(48))
        self.setMinimumHeight(style.px(140))
        self.share()
        self.viewport().update()

    def share(self) -> None:
        """Give each day its width; where they need more than there is, the grid scrolls."""
        days = max(1, self.slots_model.columnCount())
        room = self.viewport().width() // days
        self.horizontalHeader().setDefaultSectionSize(max(look().px(112), room))

    def show_days(
        self, columns: Sequence[ColumnShown], first: int, times: Sequence[str], now: int
    ) -> None:
        """Show days from a minute on; the focus stays on its day and hour, or comes to `now`."""
        before = self.place()
        self.slots_model.show(columns, first, times)
        self.share()
        if not columns or not times:
            return
        days = [column.day for column in columns]
        day, minute = before or ("", now)
        today = next((at for at, column in enumerate(columns) if column.today), 0)
        column = days.index(day) if day in days else today
        row = max(0, min(len(times) - 1, (minute - first) // STEP))
        self.setCurrentIndex(self.slots_model.index(row, column))

    def place(self) -> tuple[str, int] | None:
        """Return the day and the minute the focus is on."""
        index = self.currentIndex()
        if not index.isValid() or index.column() >= len(self.slots_model.columns):
            return None
        return self.slots_model.columns[index.column()].day, self.slots_model.minute(index.row())

    def go_to(self, day: str, minute: int) -> None:
        """Put the focus on a day and a time, where they are shown."""
        model = self.slots_model
        for at, column in enumerate(model.columns):
            if column.day == day:
                row = max(0, min(model.rowCount() - 1, (minute - model.first) // STEP))
                self.setCurrentIndex(model.index(row, at))

    # -- keys and clicks -------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do with one key what a schedule is for."""
        key = Qt.Key(event.key())
        plain = event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }
        here = self.place()
        if key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self.turned.emit(-1 if key == Qt.Key.Key_PageUp else 1)
        elif not plain or here is None:
            super().keyPressEvent(event)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.slots_model.at(self.currentIndex()):
                self._choose("open")
            else:
                self.planned.emit(*here)
        elif key == Qt.Key.Key_N:
            self.planned.emit(*here)
        elif key == Qt.Key.Key_T:
            self.turned.emit(0)
        elif key in _KEYS:
            self._choose(_KEYS[key])
        elif key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self._choose("remove")
        else:
            super().keyPressEvent(event)

    def _choose(self, what: str) -> None:
        """Do something with what lies here; where several do, ask with which."""
        blocks = self.slots_model.at(self.currentIndex())
        if len(blocks) == 1:
            self._do(what, blocks[0].id)
        elif blocks:
            menu = QMenu(self)
            menu.setAccessibleName(_("Which appointment?"))
            for block in blocks:
                # A single & would be taken for a shortcut's mark.
                action = menu.addAction(f"{block.title}, {block.detail}".replace("&", "&&"))
                action.triggered.connect(lambda _on=False, one=block.id: self._do(what, one))
            menu.setActiveAction(menu.actions()[0])
            self._menu = menu
            menu.popup(self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center()))

    def _do(self, what: str, block: str) -> None:
        signals = {
            "open": self.opened,
            "start": self.started,
            "remove": self.removed,
            "held": self.held,
            "fallen": self.fallen,
        }
        signals[what].emit(block)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked, or plan where nothing lies."""
        block = self._block_at(event.position().toPoint().x(), event.position().toPoint().y())
        here = self.place()
        if block is not None:
            self.opened.emit(block.id)
        elif here is not None:
            self.planned.emit(*here)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say what lies where the focus moved to."""
        super().currentChanged(current, previous)
        model = self.slots_model
        if current.isValid() and current.column() < len(model.columns):
            self.current.emit(model.spoken(current))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width among the days."""
        super().resizeEvent(event)
        self.share()

    def focusInEvent(self, event: QEvent) -> None:
        """Show where the focus is."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.viewport().update()

    # -- painting --------------------------------------------------------------------

    def spot(self, column: int, starts: int, ends: int, lane: int = 0, lanes: int = 1) -> QRect:
        """Return where a stretch of a day lies on the grid."""
        style, model = look(), self.slots_model
        row = self.verticalHeader().defaultSectionSize()
        zero = self.rowViewportPosition(0)
        top = zero + (max(starts, model.first) - model.first) * row // STEP
        bottom = zero + (min(ends, model.last) - model.first) * row // STEP
        left = self.columnViewportPosition(column)
        width = self.columnWidth(column) - style.px(6)
        share = width // max(1, lanes)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        lane = lanes - 1 - lane if rtl else lane
        return QRect(
            left + style.px(3) + lane * share, top + 1, share - style.px(2), bottom - top - 2
        )

    def _block_at(self, x: int, y: int) -> BlockShown | None:
        for at, column in enumerate(self.slots_model.columns):
            for block in column.blocks:
                if self.spot(at, block.starts, block.ends, block.lane, block.lanes).contains(x, y):
                    return block
        return None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the half hours, then what lies over them, then where the focus is."""
        super().paintEvent(event)
        if not self.slots_model.rowCount():
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = {block.id for block in self.slots_model.at(self.currentIndex())}
        for at, column in enumerate(self.slots_model.columns):
            for starts, ends in column.busy:
                self._paint_busy(painter, self.spot(at, starts, ends))
            for block in column.blocks:
                rect = self.spot(at, block.starts, block.ends, block.lane, block.lanes)
                self._paint_block(painter, rect, block, on=block.id in here and self.hasFocus())
        if self.hasFocus() and self.currentIndex().isValid():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(look().color("focus"), 2))
            painter.drawRect(self.visualRect(self.currentIndex()).adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_busy(self, painter: QPainter, rect: QRect) -> None:
        style = look()
        if rect.height() <= 0:
            return
        painter.save()
        painter.setPen(QPen(style.color("edge"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(style.color("sunken"))
        painter.drawRoundedRect(QRectF(rect), style.px(4), style.px(4))
        painter.setPen(style.color("muted"))
        painter.setFont(style.font(TextSize.FINE, italic=True))
        words = rect.adjusted(style.px(6), style.px(2), -style.px(4), -style.px(2))
        painter.drawText(
            words, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading), _("Busy")
        )
        painter.restore()

    def _paint_block(self, painter: QPainter, rect: QRect, block: BlockShown, *, on: bool) -> None:
        style = look()
        if rect.height() <= 0:
            return
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        painter.save()
        painter.setPen(QPen(style.color(block.edge), 2 if on else 1))
        painter.setBrush(style.color(block.ground))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        stripe = style.px(3)
        side = rect.right() - stripe if rtl else rect.x()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color(block.edge))
        painter.drawRoundedRect(QRectF(side, rect.y(), stripe + 1, rect.height()), 2, 2)
        painter.setClipRect(rect)
        inner = rect.adjusted(style.px(8), style.px(2), -style.px(6), -style.px(2))
        title = style.font(TextSize.FINE, bold=True)
        title.setStrikeOut(block.struck)
        metrics = QFontMetrics(title)
        line = metrics.height()
        if block.icon:
            size = min(style.px(14), line)
            spot = QRect(
                inner.x() if rtl else inner.right() - size + 1,
                inner.y() + (line - size) // 2,
                size,
                size,
            )
            paint_icon(painter, spot, block.icon, "text")
            step = size + style.px(3)
            inner.adjust(step if rtl else 0, 0, 0 if rtl else -step, 0)
        # What is short says all of it on one line.
        short = inner.height() < 2 * line
        first = f"{block.title} · {block.detail}" if short and block.detail else block.title
        flags = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        painter.setFont(title)
        painter.setPen(style.color("text"))
        elided = metrics.elidedText(first, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, flags, elided)
        if not short:
            fine = style.font(TextSize.FINE)
            painter.setFont(fine)
            elided = QFontMetrics(fine).elidedText(
                block.detail, Qt.TextElideMode.ElideRight, inner.width()
            )
            painter.drawText(inner.adjusted(0, line, 0, 0), flags, elided)
        painter.restore()
