"""Two charts: what each period owed and gave, and who still attends week by week.

What a colour tells, a pattern and a sign tell too; the numbers stand under the bars and in
the accessible description.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.kit.announce import announce
from ui.kit.look import Kind, TextSize, look

_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_INKS = ("accent", "warn", "good", "sole")
MOST_LINES = len(_INKS)
"""Curves that can be told apart in one chart."""


@dataclass(frozen=True, slots=True)
class PeriodBar:
    """One period: what it owed, what it gave, and its sign."""

    label: str
    owed: int
    given: int
    made_up: int
    sign: str
    kind: str
    said: str
    """The period in words."""


class PeriodBars(QWidget):
    """A bar for each period: the frame is what is owed, what fills it was given.

    Made-up time is hatched. The arrow keys go from period to period and say each.
    """

    chosen = Signal(int)
    """Emitted with the place of the period the focus moved to."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[PeriodBar, ...] = ()
        self._place = -1
        self._name = name
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._relook)

    def set_bars(self, bars: Sequence[PeriodBar]) -> None:
        """Show these periods, the newest last and in sight."""
        self._bars = tuple(bars)
        self._place = min(self._place, len(bars) - 1) if self._place >= 0 else len(bars) - 1
        self.setAccessibleDescription("; ".join(bar.said for bar in self._bars))
        self._relook()

    def place(self) -> int:
        """Return which period the focus is on."""
        return self._place

    def go_to(self, place: int) -> None:
        """Move to a period."""
        if 0 <= place < len(self._bars) and place != self._place:
            self._place = place
            announce(self, self._bars[place].said)
            self.chosen.emit(place)
            self.update()

    def sizeHint(self) -> QSize:
        """Return a band of bars with three lines of words."""
        fine = QFontMetrics(look().font(TextSize.FINE)).height()
        return QSize(look().px(480), look().px(96) + 3 * fine + look().px(8))

    def minimumSizeHint(self) -> QSize:
        """Be no smaller than can be read."""
        return QSize(look().px(160), self.sizeHint().height())

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()

    def _shown(self) -> tuple[int, float]:
        """Return the first period in sight, and how wide each stands."""
        widest = QFontMetrics(look().font(TextSize.FINE))
        least = max(
            (widest.horizontalAdvance(text) for bar in self._bars for text in _lines(bar)),
            default=0,
        )
        least += look().px(12)
        count = max(1, int(self.width() // max(1, least)))
        if count >= len(self._bars):
            return 0, min(float(look().px(120)), self.width() / max(1, len(self._bars)))
        last = max(count, self._place + 1)
        return last - count, self.width() / count

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bars that have room, the newest at the end."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        style = look()
        painter.setFont(style.font(TextSize.FINE))
        fine = painter.fontMetrics().height()
        first, width = self._shown()
        most = max((max(bar.owed, bar.given) for bar in self._bars), default=1) or 1
        room = self.height() - 3 * fine - style.px(8)
        for at in range(first, len(self._bars)):
            left = (at - first) * width
            if left + width > self.width() + 1:
                break
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                left = self.width() - left - width
            self._paint(painter, QRectF(left, 0, width, self.height()), self._bars[at], most, room)
            if at == self._place and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(style.color("focus"), 2))
                painter.drawRoundedRect(
                    QRectF(left + 1, 1, width - 2, self.height() - 2), style.px(4), style.px(4)
                )
        painter.end()

    def _paint(
        self, painter: QPainter, cell: QRectF, bar: PeriodBar, most: int, room: float
    ) -> None:
        style = look()
        fine = painter.fontMetrics().height()
        body = min(style.px(36), cell.width() - style.px(10))
        left = cell.center().x() - body / 2
        floor = fine + room
        high = room - style.px(4)

        def part(amount: int, base: int) -> QRectF:
            tall = high * amount / most
            return QRectF(left, floor - high * base / most - tall, body, tall)

        ink = style.strong(bar.kind)
        plain = bar.given - bar.made_up
        if plain > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawRect(part(plain, 0))
        if bar.made_up > 0:
            painter.setPen(QPen(ink, 1))
            painter.setBrush(style.soft(bar.kind))
            painter.drawRect(part(bar.made_up, plain))
            painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(part(bar.made_up, plain))
        if bar.owed:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("edge"), 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(part(bar.owed, 0))
        painter.setPen(QPen(style.color("line"), 1))
        painter.drawLine(QPointF(cell.left(), floor), QPointF(cell.right(), floor))
        painter.setPen(style.color(bar.kind if bar.kind != Kind.PLAIN else "muted"))
        sign = QRectF(cell.left(), 0, cell.width(), fine)
        painter.drawText(sign, int(Qt.AlignmentFlag.AlignCenter), bar.sign)
        painter.setPen(style.color("text"))
        for line, text in enumerate(_lines(bar)):
            spot = QRectF(cell.left(), floor + style.px(4) + line * fine, cell.width(), fine)
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), text)
            painter.setPen(style.color("muted"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from period to period."""
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            step = -step
        if step:
            self.go_to(self._place + step)
        elif event.key() == Qt.Key.Key_Home:
            self.go_to(0)
        elif event.key() == Qt.Key.Key_End:
            self.go_to(len(self._bars) - 1)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the period that was clicked."""
        first, width = self._shown()
        x = event.position().x()
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = self.width() - x
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.go_to(first + int(x // width))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where one is."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()


def _lines(bar: PeriodBar) -> tuple[str, str]:
    return f"{bar.given} / {bar.owed}", bar.label


@dataclass(frozen=True, slots=True)
class StepLine:
    """One curve: for each week the share in whole percent (None: nothing known), and of how many."""

    name: str
    points: tuple[tuple[int, int | None, int], ...]


class StepChart(QWidget):
    """Shares that fall in steps from week to week, with how many they are told of under them."""

    def __init__(self, name: str, weeks: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[StepLine, ...] = ()
        self._weeks = weeks
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._relook)

    def set_lines(self, lines: Sequence[StepLine], said: str) -> None:
        """Show these curves; `said` is what they say, in words."""
        self._lines = tuple(lines)[:MOST_LINES]
        self.setAccessibleDescription(said)
        self._relook()

    def sizeHint(self) -> QSize:
        """Return a quiet rectangle with a row of counts for each curve."""
        fine = QFontMetrics(look().font(TextSize.FINE)).height()
        rows = max(1, len(self._lines))
        return QSize(look().px(420), look().px(190) + (rows + 2) * (fine + look().px(2)))

    def minimumSizeHint(self) -> QSize:
        """Be no smaller than can be read."""
        return QSize(look().px(220), self.sizeHint().height())

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint axis, steps, counts at risk and names."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setFont(style.font(TextSize.FINE))
        metrics = painter.fontMetrics()
        step = metrics.height() + style.px(2)
        rows = max(1, len(self._lines))
        names = max((metrics.horizontalAdvance(line.name) for line in self._lines), default=0)
        lead = max(
            metrics.horizontalAdvance("100 %") + style.px(8),
            min(names, self.width() // 4) + style.px(30),
        )
        plot = QRectF(
            lead, style.px(6), self.width() - lead - style.px(8),
            self.height() - style.px(14) - (rows + 1) * step,
        )  # fmt: skip
        weeks = [week for week, _share, _count in self._lines[0].points] if self._lines else []
        self._grid(painter, plot, weeks, step)
        for place, line in enumerate(self._lines):
            self._steps(painter, plot, line, place)
            self._counts(painter, plot, line, place, step)
        painter.end()

    def _x(self, plot: QRectF, part: float) -> float:
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            return self.width() - plot.left() - part * plot.width()
        return plot.left() + part * plot.width()

    def _grid(self, painter: QPainter, plot: QRectF, weeks: Sequence[int], step: int) -> None:
        style = look()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for percent in (0, 25, 50, 75, 100):
            y = plot.bottom() - plot.height() * percent / 100
            painter.setPen(QPen(style.color("edge" if not percent else "line"), 1))
            painter.drawLine(QPointF(self._x(plot, 0), y), QPointF(self._x(plot, 1), y))
            painter.setPen(style.color("muted"))
            left = self.width() - plot.left() + style.px(6) if rtl else 0
            spot = QRectF(left, y - step / 2, plot.left() - style.px(6), step)
            side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
            flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(spot, int(flags), f"{percent} %")
        painter.setPen(style.color("muted"))
        for place, week in enumerate(weeks):
            self._under(painter, plot, place, len(weeks), str(week), 0, step)
        left = self.width() - plot.left() + style.px(6) if rtl else 0
        side = Qt.AlignmentFlag.AlignLeft if rtl else Qt.AlignmentFlag.AlignRight
        painter.drawText(
            QRectF(left, plot.bottom() + style.px(4), plot.left() - style.px(6), step),
            int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter),
            painter.fontMetrics().elidedText(
                self._weeks, Qt.TextElideMode.ElideRight, round(plot.left() - style.px(6))
            ),
        )

    def _under(
        self,
        painter: QPainter,
        plot: QRectF,
        place: int,
        count: int,
        text: str,
        row: int,
        step: int,
    ) -> None:
        wide = plot.width() / max(1, count)
        middle = self._x(plot, (place + 0.5) / max(1, count))
        top = plot.bottom() + look().px(4) + row * step
        painter.drawText(
            QRectF(middle - wide / 2, top, wide, step), int(Qt.AlignmentFlag.AlignCenter), text
        )

    def _steps(self, painter: QPainter, plot: QRectF, line: StepLine, place: int) -> None:
        style = look()
        path = QPainterPath()
        count = max(1, len(line.points))
        begun = False
        ends: list[QPointF] = []
        for at, (_week, share, _judged) in enumerate(line.points):
            if share is None:
                break
            y = plot.bottom() - plot.height() * share / 100
            start, end = self._x(plot, at / count), self._x(plot, (at + 1) / count)
            if begun:
                path.lineTo(start, y)
            else:
                path.moveTo(start, y)
                begun = True
            path.lineTo(end, y)
            ends.append(QPointF((start + end) / 2, y))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        ink = style.color(_INKS[place])
        painter.setPen(QPen(ink, 2, _DASHES[place]))
        painter.drawPath(path)
        for point in ends:
            _sign(painter, point, place)

    def _counts(
        self, painter: QPainter, plot: QRectF, line: StepLine, place: int, step: int
    ) -> None:
        style = look()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        top = plot.bottom() + style.px(4) + (place + 1) * step
        start = style.px(8)
        _sign(painter, QPointF(self.width() - start if rtl else start, top + step / 2), place)
        painter.setPen(style.color("text"))
        room = round(plot.left()) - style.px(24)
        words = painter.fontMetrics().elidedText(line.name, Qt.TextElideMode.ElideRight, room)
        left = self.width() - style.px(18) - room if rtl else style.px(18)
        side = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            QRectF(left, top, room, step),
            int(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter),
            words,
        )
        painter.setPen(style.color("muted"))
        for at, (_week, _share, judged) in enumerate(line.points):
            self._under(painter, plot, at, len(line.points), str(judged), place + 1, step)


def _sign(painter: QPainter, point: QPointF, place: int) -> None:
    """Paint the sign of a curve; each has its own shape."""
    style = look()
    r = style.px(4)
    painter.setPen(QPen(style.color("raised"), 1))
    painter.setBrush(style.color(_INKS[place]))
    shape = place % MOST_LINES
    if shape == 0:
        painter.drawEllipse(point, r, r)
    elif shape == 1:
        painter.drawRect(QRectF(point.x() - r, point.y() - r, 2 * r, 2 * r))
    else:
        up = -1 if shape == 2 else 1
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(point.x(), point.y() + up * (r + 1)),
                    QPointF(point.x() + r + 1, point.y() - up * r),
                    QPointF(point.x() - r - 1, point.y() - up * r),
                ]
            )
        )
