"""Shares of a whole: one bar laid out in parts, and columns of parts week by week.

A part has its colour and its pattern, so that it is known in black and white; the target
is a dashed line across, and every number stands in the words of the chart as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.chart import _Chart
from ui.kit.look import Kind, TextSize, look

_KINDS = (Kind.ACCENT, Kind.GOOD, Kind.WARN, Kind.BAD, Kind.SOLE, Kind.PLAIN)
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.CrossPattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.Dense7Pattern,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: its name, how much it is, and what is said beside it."""

    name: str
    amount: int
    said: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its label, what stands over it, and the amount of each part."""

    label: str
    said: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A target: at which percentage of the whole it stands, and what it is called."""

    percent: int
    name: str


def _fill(painter: QPainter, rect: QRectF, place: int) -> None:
    style = look()
    kind = _KINDS[place % len(_KINDS)]
    pattern = _PATTERNS[place % len(_PATTERNS)]
    ink: QColor = style.strong(kind)
    painter.setPen(QPen(style.color("raised"), 1))
    if pattern == Qt.BrushStyle.SolidPattern:
        painter.setBrush(ink)
        painter.drawRect(rect)
        return
    painter.setBrush(style.soft(kind))
    painter.drawRect(rect)
    painter.setBrush(QBrush(ink, pattern))
    painter.drawRect(rect)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, 1))
    painter.drawRect(rect)


class ShareBar(_Chart):
    """A whole in one bar, with its parts listed under it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._parts: tuple[Part, ...] = ()
        self._line: Line | None = None

    def set_parts(self, parts: Sequence[Part], line: Line | None = None) -> None:
        """Show these parts, in the order in which they lie."""
        self._parts, self._line = tuple(parts), line
        said = [_("{name}: {count}").format(name=one.name, count=one.said) for one in parts]
        if line is not None:
            said.append(line.name)
        self.setAccessibleDescription("; ".join(said))
        self._relook()

    def _head(self) -> int:
        return QFontMetrics(look().font(TextSize.FINE)).height() + look().px(4)

    def sizeHint(self) -> QSize:
        """Return the bar with a row for each part."""
        style = look()
        return QSize(
            style.px(420),
            self._head() + style.px(32) + style.px(10) + len(self._parts) * style.row,
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar, the target, and the parts by name."""
        style = look()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total = sum(part.amount for part in self._parts)
        head = self._head()
        bar = QRectF(0.5, head, self.width() - 1, style.px(32))
        painter.setPen(QPen(style.color("line"), 1))
        painter.setBrush(style.color("sunken"))
        painter.drawRect(bar)
        start = 0.0
        for place, part in enumerate(self._parts):
            width = bar.width() * part.amount / total if total else 0.0
            if width:
                _fill(painter, self._turned(QRectF(start, head, width, bar.height())), place)
            start += width
        if self._line is not None:
            self._target(painter, bar, self._line)
        top = head + style.px(42)
        painter.setFont(style.font())
        for place in range(len(self._parts)):
            self._row(painter, QRectF(0, top + place * style.row, self.width(), style.row), place)
        painter.end()

    def _turned(self, rect: QRectF) -> QRectF:
        if self._rtl():
            return QRectF(self.width() - rect.right(), rect.y(), rect.width(), rect.height())
        return rect

    def _target(self, painter: QPainter, bar: QRectF, line: Line) -> None:
        style = look()
        x = bar.left() + bar.width() * line.percent / 100
        x = self.width() - x if self._rtl() else x
        painter.setPen(QPen(style.color("text"), 2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, bar.top() - style.px(4)), QPointF(x, bar.bottom() + 2))
        fine = style.font(TextSize.FINE)
        painter.setFont(fine)
        painter.setPen(style.color("muted"))
        width = QFontMetrics(fine).horizontalAdvance(line.name) + 2
        left = min(max(0.0, x - width / 2), max(0.0, self.width() - width))
        painter.drawText(
            QRectF(left, 0, width, self._head()), int(Qt.AlignmentFlag.AlignVCenter), line.name
        )

    def _row(self, painter: QPainter, row: QRectF, place: int) -> None:
        style = look()
        part = self._parts[place]
        side = style.px(14)
        sign = QRectF(1, row.center().y() - side / 2, side, side)
        _fill(painter, self._turned(sign), place)
        metrics = painter.fontMetrics()
        numbers = metrics.horizontalAdvance(part.said) + style.px(4)
        begin = side + style.px(10)
        room = row.width() - begin - numbers - style.px(8)
        name = metrics.elidedText(part.name, Qt.TextElideMode.ElideRight, max(1, round(room)))
        for text, rect, far in (
            (name, QRectF(begin, row.top(), max(1.0, room), row.height()), False),
            (part.said, QRectF(row.width() - numbers, row.top(), numbers, row.height()), True),
        ):
            painter.setPen(style.color("text"))
            right = far != self._rtl()
            edge = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            flags = edge | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(self._turned(rect), int(flags), text)


class ShareColumns(_Chart):
    """Columns of parts, each as high as the whole; a target line across, the total over each."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._columns: tuple[Column, ...] = ()
        self._names: tuple[str, ...] = ()
        self._line: Line | None = None

    def set_columns(
        self, columns: Sequence[Column], names: Sequence[str], line: Line | None = None
    ) -> None:
        """Show these columns; `names` are the parts' from below."""
        self._columns, self._names, self._line = tuple(columns), tuple(names), line
        said = []
        for column in self._columns:
            total = sum(column.amounts)
            parts = [
                _("{name} {percent} %").format(name=name, percent=round(100 * amount / total))
                for name, amount in zip(self._names, column.amounts, strict=True)
                if amount
            ]
            said.append(
                _("{label}, {total}: {parts}").format(
                    label=column.label, total=column.said, parts=", ".join(parts)
                )
            )
        self.setAccessibleDescription("; ".join(said))
        self._relook()

    def sizeHint(self) -> QSize:
        """Return a quiet rectangle."""
        return QSize(look().px(420), look().px(220))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scale, the columns and the target."""
        style = look()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fine = style.font(TextSize.FINE)
        painter.setFont(fine)
        metrics = QFontMetrics(fine)
        left = metrics.horizontalAdvance(_("{percent} %").format(percent=100)) + style.px(10)
        high = metrics.height()
        plot = QRectF(
            left, high + style.px(6), self.width() - left - 1, self.height() - 2 * high - 18
        )
        self._scale(painter, plot, left)
        for place in range(len(self._columns)):
            self._column(painter, plot, place)
        if self._line is not None:
            y = plot.bottom() - plot.height() * self._line.percent / 100
            painter.setPen(QPen(style.color("text"), 2, Qt.PenStyle.DashLine))
            begin = 0.0 if self._rtl() else plot.left()
            painter.drawLine(QPointF(begin, y), QPointF(begin + plot.width(), y))
        painter.end()

    def _scale(self, painter: QPainter, plot: QRectF, room: int) -> None:
        style = look()
        begin = 0.0 if self._rtl() else plot.left()
        for percent in (0, 20, 40, 60, 80, 100):
            y = plot.bottom() - plot.height() * percent / 100
            painter.setPen(QPen(style.color("edge" if not percent else "line"), 1))
            painter.drawLine(QPointF(begin, y), QPointF(begin + plot.width(), y))
            painter.setPen(style.color("muted"))
            x = plot.width() + style.px(6) if self._rtl() else 0.0
            side = Qt.AlignmentFlag.AlignLeft if self._rtl() else Qt.AlignmentFlag.AlignRight
            place = QRectF(x, y - 12, room - style.px(6), 24)
            flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, int(flags), _("{percent} %").format(percent=percent))

    def _column(self, painter: QPainter, plot: QRectF, place: int) -> None:
        style = look()
        column = self._columns[place]
        slot = plot.width() / len(self._columns)
        width = min(slot * 0.7, float(style.px(56)))
        at = len(self._columns) - 1 - place if self._rtl() else place
        begin = 0.0 if self._rtl() else plot.left()
        x = begin + at * slot + (slot - width) / 2
        total = sum(column.amounts)
        y = plot.bottom()
        for number, amount in enumerate(column.amounts):
            height = plot.height() * amount / total if total else 0.0
            if height:
                _fill(painter, QRectF(x, y - height, width, height), number)
            y -= height
        painter.setPen(style.color("muted"))
        metrics = painter.fontMetrics()
        for text, top in (
            (column.said, plot.top() - metrics.height() - 2),
            (column.label, plot.bottom() + 4),
        ):
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(slot))
            painter.drawText(
                QRectF(begin + at * slot, top, slot, metrics.height()),
                int(Qt.AlignmentFlag.AlignCenter),
                shown,
            )
