"""Charts that are looked at rather than read, with their numbers beside them.

One style: thin axes, few lines, no ornament. What colour tells, a shape or a pattern
tells too, so that a chart holds in black and white. Each chart carries its content as
words in its accessible description.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.kernel.words import _
from ui.kit.look import Kind, TextSize, look

_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
    Qt.BrushStyle.CrossPattern,
)
_DASHES: tuple[Qt.PenStyle, ...] = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_At = Callable[[float, float], QPointF]
_INKS = ("accent", "sole", "warn", "good")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its count, and what it says."""

    name: str
    count: int
    kind: str = Kind.ACCENT


class _Chart(QWidget):
    """What all charts share: size, repainting, words."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._relook)

    def minimumSizeHint(self) -> QSize:
        """Be no smaller than can be read."""
        return QSize(look().px(160), self.sizeHint().height())

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()

    def _rtl(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft


class BarRow(_Chart):
    """Bars under each other: name, bar, number."""

    def __init__(
        self, name: str, bars: Sequence[Bar] = (), *, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self._bars: tuple[Bar, ...] = ()
        self.set_bars(bars)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars."""
        self._bars = tuple(bars)
        self.setAccessibleDescription(
            "; ".join(
                _("{name}: {count}").format(name=bar.name, count=bar.count) for bar in self._bars
            )
        )
        self._relook()

    def sizeHint(self) -> QSize:
        """Return one row of 28 px for each bar."""
        return QSize(look().px(360), max(1, len(self._bars)) * look().row)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and numbers."""
        style = look()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.font())
        metrics = QFontMetrics(style.font())
        widest = max((metrics.horizontalAdvance(bar.name) for bar in self._bars), default=0)
        names = min(widest + 2, round(self.width() * 0.45)) + style.px(12)
        numbers = max((metrics.horizontalAdvance(str(bar.count)) for bar in self._bars), default=0)
        numbers += style.px(10)
        most = max((bar.count for bar in self._bars), default=0) or 1
        for place, bar in enumerate(self._bars):
            top = place * style.row
            room = self.width() - names - numbers
            length = room * bar.count / most
            self._words(painter, QRect(0, top, names - style.px(12), style.row), bar.name, "text")
            body = QRectF(names, top + style.px(7), max(2.0, length), style.row - style.px(14))
            self._bar(painter, self._mirrored(body), bar, self._pattern(place, bar))
            count = QRect(round(names + length), top, numbers, style.row)
            self._number(painter, count, bar)
        painter.end()

    def _pattern(self, place: int, bar: Bar) -> Qt.BrushStyle:
        return Qt.BrushStyle.SolidPattern

    def _mirrored(self, rect: QRectF) -> QRectF:
        if self._rtl():
            return QRectF(self.width() - rect.right(), rect.y(), rect.width(), rect.height())
        return rect

    def _words(self, painter: QPainter, rect: QRect, text: str, ink: str) -> None:
        place = self._mirrored(QRectF(rect))
        painter.setPen(look().color(ink))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, round(place.width())
        )
        side = Qt.AlignmentFlag.AlignRight if self._rtl() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(place, int(flags), shown)

    def _number(self, painter: QPainter, rect: QRect, bar: Bar) -> None:
        self._words(
            painter, rect.adjusted(look().px(8), 0, look().px(8), 0), str(bar.count), "text"
        )

    def _bar(self, painter: QPainter, rect: QRectF, bar: Bar, pattern: Qt.BrushStyle) -> None:
        style = look()
        radius = style.px(3)
        ink = style.strong(bar.kind)
        if pattern == Qt.BrushStyle.SolidPattern:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
        else:
            painter.setPen(QPen(ink, 1))
            painter.setBrush(style.soft(bar.kind))
            painter.drawRoundedRect(rect, radius, radius)
            painter.setBrush(QBrush(ink, pattern))
        painter.drawRoundedRect(rect, radius, radius)


class TierBars(BarRow):
    """The pyramid of tiers, the narrow top first: 3, 2, 1; patterned as well as coloured."""

    def __init__(
        self,
        name: str,
        counts: Sequence[tuple[str, int]] = (),
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, (), parent=parent)
        self.set_counts(counts)

    def set_counts(self, counts: Sequence[tuple[str, int]]) -> None:
        """Show how many students are at each tier: (name, count), the top first."""
        kinds = (Kind.BAD, Kind.WARN, Kind.GOOD, Kind.PLAIN)
        self.set_bars(
            [Bar(name, count, kinds[min(i, 3)]) for i, (name, count) in enumerate(counts)]
        )

    def _pattern(self, place: int, bar: Bar) -> Qt.BrushStyle:
        return _PATTERNS[min(place, len(_PATTERNS) - 1)]


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: where on the axis, how much, and its label on the axis."""

    x: float
    y: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One line of measurements."""

    name: str
    points: tuple[Point, ...]
    sign: int = -1
    """Which shape and dash tell it; by itself its place among the lines."""
    line: bool = True
    """Without one, its points stand alone, above those of the others."""
    dots: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """A line across the chart at a day: a decision, a change of plan."""

    x: float
    name: str


class LineChart(_Chart):
    """Progress over time: series, a goal line from start to goal, and decision markers."""

    def __init__(
        self,
        name: str,
        series: Sequence[Series] = (),
        goal: tuple[Point, Point] | None = None,
        markers: Sequence[Marker] = (),
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent)
        self._series: tuple[Series, ...] = ()
        self._goal: tuple[Point, Point] | None = None
        self._markers: tuple[Marker, ...] = ()
        self.show_data(series, goal, markers)

    def show_data(
        self,
        series: Sequence[Series],
        goal: tuple[Point, Point] | None = None,
        markers: Sequence[Marker] = (),
    ) -> None:
        """Show these measurements."""
        self._series, self._goal, self._markers = tuple(series), goal, tuple(markers)
        self.setAccessibleDescription(self._spoken())
        self._relook()

    def sizeHint(self) -> QSize:
        """Return a quiet rectangle."""
        return QSize(look().px(480), look().px(240))

    def _spoken(self) -> str:
        parts = []
        for line in self._series:
            if not line.points:
                continue
            points = ", ".join(f"{p.label or _plain(p.x)} {_plain(p.y)}" for p in line.points)
            parts.append(_("{name}: {points}").format(name=line.name, points=points))
        if self._goal is not None:
            parts.append(
                _("goal from {start} to {end}").format(
                    start=_plain(self._goal[0].y), end=_plain(self._goal[1].y)
                )
            )
        parts += [marker.name for marker in self._markers]
        return "; ".join(parts)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axes, goal, lines, markers and the names of the lines."""
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = [p for line in self._series for p in line.points] + list(self._goal or ())
        if points:
            self._paint(painter, points)
        painter.end()

    def _paint(self, painter: QPainter, points: Sequence[Point]) -> None:
        style = look()
        fine = style.font(TextSize.FINE)
        painter.setFont(fine)
        metrics = QFontMetrics(fine)
        low, high, step = _ticks(min(p.y for p in points), max(p.y for p in points))
        left = metrics.horizontalAdvance(_plain(high)) + style.px(14)
        signs = self._signs(metrics)
        lines = 1 + max((line for _n, _p, line, _x in signs), default=0)
        legend = lines * (metrics.height() + style.px(4)) + style.px(8)
        foot = metrics.height() + style.px(10)
        plot = QRectF(
            left, legend, self.width() - left - style.px(12), self.height() - legend - foot
        )
        first, last = min(p.x for p in points), max(p.x for p in points)
        width = (last - first) or 1.0

        def at(x: float, y: float) -> QPointF:
            part = (x - first) / width
            part = 1 - part if self._rtl() else part
            base = self.width() - plot.right() if self._rtl() else plot.left()
            return QPointF(
                base + part * plot.width(),
                plot.bottom() - (y - low) / (high - low) * plot.height(),
            )

        self._axes(painter, plot, (low, high, step), left)
        self._labels(painter, plot, metrics, at)
        if self._goal is not None:
            painter.setPen(QPen(style.color("muted"), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(
                at(self._goal[0].x, self._goal[0].y), at(self._goal[1].x, self._goal[1].y)
            )
        for marker in self._markers:
            self._marker(painter, plot, at(marker.x, low).x(), marker)
        for place, line in enumerate(self._series):
            self._line(painter, [at(p.x, p.y) for p in line.points], line, _sign(line, place))
        self._legend(painter, metrics, signs)

    def _axes(
        self,
        painter: QPainter,
        plot: QRectF,
        ticks: tuple[float, float, float],
        room: int,
    ) -> None:
        style = look()
        low, high, step = ticks
        left = self.width() - plot.right() if self._rtl() else plot.left()
        value = low
        while value <= high + step / 2:
            y = plot.bottom() - (value - low) / (high - low) * plot.height()
            painter.setPen(QPen(style.color("edge" if value == low else "line"), 1))
            painter.drawLine(QPointF(left, y), QPointF(left + plot.width(), y))
            painter.setPen(style.color("muted"))
            x = left + plot.width() + 8 if self._rtl() else 0
            side = Qt.AlignmentFlag.AlignLeft if self._rtl() else Qt.AlignmentFlag.AlignRight
            place = QRectF(x, y - 12, room - style.px(8), 24)
            flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(place, int(flags), _plain(value))
            value += step

    def _labels(self, painter: QPainter, plot: QRectF, metrics: QFontMetrics, at: _At) -> None:
        painter.setPen(look().color("muted"))
        taken: list[tuple[float, float]] = []
        seen = {p.x: p.label for line in self._series for p in line.points if p.label}
        order = sorted(seen)
        for x in [*order[:1], *order[-1:], *order[1:-1]]:
            width = metrics.horizontalAdvance(seen[x])
            middle = at(x, 0).x()
            start = min(max(0.0, middle - width / 2), self.width() - width)
            if all(start > end + 12 or start + width < begin - 12 for begin, end in taken):
                taken.append((start, start + width))
                top = plot.bottom() + look().px(6)
                place = QRectF(start - 1, top, width + 2, metrics.height())
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), seen[x])

    def _marker(self, painter: QPainter, plot: QRectF, x: float, marker: Marker) -> None:
        style = look()
        painter.setPen(QPen(style.color("warn"), 1.5, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        tip = style.px(5)
        flag = QPolygonF(
            [
                QPointF(x - tip, plot.top()),
                QPointF(x + tip, plot.top()),
                QPointF(x, plot.top() + tip),
            ]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.color("warn"))
        painter.drawPolygon(flag)
        metrics = painter.fontMetrics()
        left_edge = self.width() - plot.right() if self._rtl() else plot.left()
        after = left_edge + plot.width() - x - style.px(8)
        before = x - left_edge - style.px(8)
        room = max(after, before)
        name = metrics.elidedText(marker.name, Qt.TextElideMode.ElideRight, round(room))
        width = metrics.horizontalAdvance(name)
        left = x + style.px(8) if after >= before or width <= after else x - style.px(8) - width
        painter.setPen(style.color("warn"))
        place = QRectF(left, plot.top() - 2, width + 2, metrics.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), name)

    def _line(
        self, painter: QPainter, points: Sequence[QPointF], series: Series, place: int
    ) -> None:
        style = look()
        if series.line:
            path = QPainterPath()
            for number, point in enumerate(points):
                if number:
                    path.lineTo(point)
                else:
                    path.moveTo(point)
            ink = style.color(_INKS[place % len(_INKS)])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(ink, 2, _DASHES[place % len(_DASHES)]))
            painter.drawPath(path)
        if series.dots:
            lift = QPointF(0, 0 if series.line else -style.px(13))
            for point in points:
                _dot(painter, point + lift, place)

    def _signs(self, metrics: QFontMetrics) -> list[tuple[str, int, int, int]]:
        """Return (name, place of the series or -1 for the goal, line, x) of the legend."""
        style = look()
        entries: list[tuple[str, int]] = [(s.name, i) for i, s in enumerate(self._series)]
        entries = [(name, i) for name, i in entries if self._series[i].points]
        if self._goal is not None:
            entries.append((_("Goal"), -1))
        found = []
        line, x = 0, style.px(4)
        for name, place in entries:
            width = style.px(48) + metrics.horizontalAdvance(name)
            if x > style.px(4) and x + width - style.px(16) > self.width():
                line, x = line + 1, style.px(4)
            found.append((name, place, line, x))
            x += width
        return found

    def _legend(
        self, painter: QPainter, metrics: QFontMetrics, signs: list[tuple[str, int, int, int]]
    ) -> None:
        style = look()
        for name, place, line, x in signs:
            top = line * (metrics.height() + style.px(4))
            sign = QRectF(x, top, style.px(24), metrics.height())
            width = metrics.horizontalAdvance(name) + 2
            words = QRectF(x + style.px(32), top, width, metrics.height())
            if self._rtl():
                sign.moveRight(self.width() - sign.left())
                words.moveRight(self.width() - words.left())
            middle = sign.center().y()
            series = self._series[place] if place >= 0 else None
            told = _sign(series, place) if series is not None else place
            dash = Qt.PenStyle.DashLine if told < 0 else _DASHES[told % len(_DASHES)]
            ink = style.color("muted" if told < 0 else _INKS[told % len(_INKS)])
            painter.setPen(QPen(ink, 2, dash))
            if series is None or series.line:
                painter.drawLine(QPointF(sign.left(), middle), QPointF(sign.right(), middle))
            if series is not None and series.dots:
                _dot(painter, sign.center(), told)
            painter.setPen(style.color("text"))
            painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), name)


def _sign(series: Series, place: int) -> int:
    return place if series.sign < 0 else series.sign


def _dot(painter: QPainter, point: QPointF, place: int) -> None:
    """Paint a measurement; each line has its own shape."""
    style = look()
    r = style.px(4)
    painter.setPen(QPen(style.color("raised"), 1.5))
    painter.setBrush(style.color(_INKS[place % len(_INKS)]))
    shape = place % 3
    if shape == 0:
        painter.drawEllipse(point, r, r)
    elif shape == 1:
        painter.drawRect(QRectF(point.x() - r, point.y() - r, 2 * r, 2 * r))
    else:
        up = QPointF(point.x(), point.y() - r - 1)
        down = (
            QPointF(point.x() + r + 1, point.y() + r),
            QPointF(point.x() - r - 1, point.y() + r),
        )
        painter.drawPolygon(QPolygonF([up, *down]))


def _ticks(low: float, high: float) -> tuple[float, float, float]:
    """Return an axis from a round number below to a round one above, in four or five steps."""
    if 0 < low < (high - low) * 2:
        low = 0.0
    span = (high - low) or max(1.0, abs(high))
    rough = span / 4
    power = 10.0 ** floor(log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough - 1e-9)
    bottom = floor(low / step) * step
    top = max(ceil(high / step) * step, bottom + step)
    return bottom, top, step


def _plain(value: float) -> str:
    return str(round(value)) if abs(value - round(value)) < 1e-9 else f"{value:.1f}"
