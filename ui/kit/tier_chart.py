"""The tiers as pictures: the pyramid of a day, and how students moved between two days.

A tier has its colour and its pattern, so that it is known in black and white; every number
stands beside its layer and in the words of the picture as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.chart import _Chart
from ui.kit.look import Kind, look

_KINDS = (Kind.GOOD, Kind.WARN, Kind.BAD)
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
)
_DOWN, _SAME, _UP = Kind.GOOD, Kind.PLAIN, Kind.WARN
_FAINT = 0.16
_BAND_PATTERNS = {
    _DOWN: Qt.BrushStyle.Dense6Pattern,
    _SAME: Qt.BrushStyle.SolidPattern,
    _UP: Qt.BrushStyle.BDiagPattern,
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: its name, how many stand in it, and what is said beside it."""

    name: str
    count: int
    said: str


def _fill(painter: QPainter, shape: QPainterPath, kind: str, pattern: Qt.BrushStyle) -> None:
    style = look()
    ink: QColor = style.strong(kind)
    painter.setPen(QPen(ink, 1))
    if pattern == Qt.BrushStyle.SolidPattern:
        painter.setBrush(ink)
        painter.drawPath(shape)
        return
    painter.setBrush(style.soft(kind))
    painter.drawPath(shape)
    painter.setBrush(QBrush(ink, pattern))
    painter.drawPath(shape)


class Pyramid(_Chart):
    """Layers over each other, each as wide as its count, the last one on top."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._layers: tuple[Layer, ...] = ()

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Show these layers, the lowest first."""
        self._layers = tuple(layers)
        self.setAccessibleDescription(
            "; ".join(
                _("{name}: {count}").format(name=one.name, count=one.said)
                for one in reversed(self._layers)
            )
        )
        self._relook()

    def _layer_height(self) -> int:
        lines = 2 * QFontMetrics(look().font()).height()
        return max(look().px(52), lines + look().px(12))

    def sizeHint(self) -> QSize:
        """Return a row of two lines for each layer."""
        return QSize(look().px(420), max(1, len(self._layers)) * self._layer_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the layers with their names and numbers beside them."""
        style = look()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, bold = style.font(), style.font(bold=True)
        metrics = QFontMetrics(font)
        said = max(
            (
                max(
                    metrics.horizontalAdvance(one.said),
                    QFontMetrics(bold).horizontalAdvance(one.name),
                )
                for one in self._layers
            ),
            default=0,
        )
        words = min(said + style.px(6), round(self.width() * 0.55))
        room = self.width() - words - style.px(20)
        most = max((one.count for one in self._layers), default=0) or 1
        height = self._layer_height()
        widths = [
            max(float(style.px(3)), room * one.count / most) if one.count else 0.0
            for one in self._layers
        ]
        for place, one in enumerate(self._layers):
            top = (len(self._layers) - 1 - place) * height
            width = widths[place]
            body = QRectF((room - width) / 2, top + 2, width, height - 4)
            if width:
                shape = QPainterPath()
                shape.addRoundedRect(self._turned(body), style.px(3), style.px(3))
                at = place % len(_KINDS)
                _fill(painter, shape, _KINDS[at], _PATTERNS[at])
            else:
                painter.setPen(QPen(style.color("edge"), 1, Qt.PenStyle.DashLine))
                line = self._turned(
                    QRectF(room / 2 - style.px(8), body.center().y(), style.px(16), 1)
                )
                painter.drawLine(line.topLeft(), line.topRight())
            beside = QRectF(room + style.px(20), top, words, height)
            self._words(painter, beside, one)
        painter.end()

    def _words(self, painter: QPainter, place: QRectF, one: Layer) -> None:
        style = look()
        half = place.height() / 2
        side = Qt.AlignmentFlag.AlignRight if self._rtl() else Qt.AlignmentFlag.AlignLeft
        for text, bold, top, at in (
            (one.name, True, place.top(), Qt.AlignmentFlag.AlignBottom),
            (one.said, False, place.top() + half, Qt.AlignmentFlag.AlignTop),
        ):
            painter.setFont(style.font(bold=bold))
            painter.setPen(style.color("text"))
            shown = painter.fontMetrics().elidedText(
                text, Qt.TextElideMode.ElideRight, round(place.width())
            )
            rect = self._turned(QRectF(place.left(), top, place.width(), half))
            painter.drawText(rect, int(side | Qt.AlignmentFlag.AlignAbsolute | at), shown)

    def _turned(self, rect: QRectF) -> QRectF:
        if self._rtl():
            return QRectF(self.width() - rect.right(), rect.y(), rect.width(), rect.height())
        return rect


class FlowPicture(_Chart):
    """Two columns of layers with a band from each to each, as thick as the number that went."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._names: tuple[str, ...] = ()
        self._titles = ("", "")
        self._counts: dict[tuple[int, int], int] = {}

    def set_flow(
        self,
        names: Sequence[str],
        titles: tuple[str, str],
        counts: Mapping[tuple[int, int], int],
    ) -> None:
        """Show how many went from which layer to which; layers by place, the lowest first."""
        self._names, self._titles = tuple(names), titles
        self._counts = {way: count for way, count in counts.items() if count}
        said = [
            _("from {was} to {now}: {count}").format(
                was=self._names[was], now=self._names[now], count=count
            )
            for (was, now), count in sorted(self._counts.items())
        ]
        self.setAccessibleDescription(
            "; ".join((_("{first} to {last}").format(first=titles[0], last=titles[1]), *said))
        )
        self._relook()

    def sizeHint(self) -> QSize:
        """Return a quiet rectangle."""
        return QSize(look().px(480), look().px(260))

    def _sums(self, side: int) -> list[int]:
        return [
            sum(count for way, count in self._counts.items() if way[side] == place)
            for place in range(len(self._names))
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the columns, the bands between them, and the numbers."""
        style = look()
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(style.font())
        metrics = QFontMetrics(style.font())
        label = max(
            (metrics.horizontalAdvance(self._said(n, 9999)) for n in self._names), default=0
        )
        label = min(label + style.px(10), round(self.width() * 0.3))
        head = metrics.height() + style.px(8)
        total = sum(self._counts.values())
        gap = metrics.height() + style.px(4)
        bar = float(style.px(14))
        high = self.height() - head - gap * len(self._names)
        left, right = float(label), self.width() - label - bar
        if total and right > left:
            tops = [self._places(self._sums(side), head, high / total, gap) for side in (0, 1)]
            self._bands(painter, (left + bar, right), tops, high / total)
            for side, x in ((0, left), (1, right)):
                self._column(painter, x, tops[side], (side, high / total), label)
        for side, place in (
            (0, QRectF(0, 0, self.width() / 2, head)),
            (1, QRectF(self.width() / 2, 0, self.width() / 2, head)),
        ):
            painter.setPen(style.color("muted"))
            self._text(painter, place, self._titles[side], far=side == 1)
        painter.end()

    def _places(self, sums: Sequence[int], head: float, scale: float, gap: float) -> list[float]:
        """Return where each layer begins, the last one on top."""
        tops = [0.0] * len(sums)
        y = head + gap / 2
        for place in reversed(range(len(sums))):
            tops[place] = y
            y += sums[place] * scale + gap
        return tops

    def _bands(
        self,
        painter: QPainter,
        span: tuple[float, float],
        tops: Sequence[Sequence[float]],
        scale: float,
    ) -> None:
        leaves, comes = list(tops[0]), list(tops[1])
        order = sorted(self._counts, key=lambda way: (-way[0], -way[1]))
        starts = {}
        for way in order:
            starts[way] = leaves[way[0]]
            leaves[way[0]] += self._counts[way] * scale
        ends = {}
        for way in sorted(self._counts, key=lambda one: (-one[1], -one[0])):
            ends[way] = comes[way[1]]
            comes[way[1]] += self._counts[way] * scale
        # Who stayed lies under who moved.
        for way in sorted(order, key=lambda one: one[0] != one[1]):
            thick = max(1.5, self._counts[way] * scale)
            kind = _SAME if way[0] == way[1] else _UP if way[1] > way[0] else _DOWN
            shape = self._band(span, starts[way], ends[way], thick)
            if kind == _SAME:
                ground = QColor(look().color("muted"))
                ground.setAlphaF(_FAINT)
                painter.setPen(QPen(look().color("line"), 1))
                painter.setBrush(ground)
                painter.drawPath(shape)
            else:
                _fill(painter, shape, kind, _BAND_PATTERNS[kind])

    def _band(
        self, span: tuple[float, float], start: float, end: float, thick: float
    ) -> QPainterPath:
        first, last = span
        middle = (first + last) / 2
        path = QPainterPath(self._at(first, start))
        path.cubicTo(self._at(middle, start), self._at(middle, end), self._at(last, end))
        path.lineTo(self._at(last, end + thick))
        path.cubicTo(
            self._at(middle, end + thick),
            self._at(middle, start + thick),
            self._at(first, start + thick),
        )
        path.closeSubpath()
        return path

    def _column(
        self,
        painter: QPainter,
        x: float,
        tops: Sequence[float],
        which: tuple[int, float],
        label: int,
    ) -> None:
        style = look()
        side, scale = which
        bar = float(style.px(14))
        for place, count in enumerate(self._sums(side)):
            height = max(2.0, count * scale)
            corner = self._at(x, tops[place])
            body = QRectF(corner.x() - (bar if self._rtl() else 0), corner.y(), bar, height)
            shape = QPainterPath()
            shape.addRect(body)
            if count:
                at = place % len(_KINDS)
                _fill(painter, shape, _KINDS[at], _PATTERNS[at])
            room = label - style.px(8)
            middle = tops[place] + height / 2
            line = painter.fontMetrics().height()
            start = 0.0 if side == 0 else x + bar + style.px(8)
            painter.setPen(style.color("text"))
            self._text(
                painter,
                QRectF(start, middle - line / 2, room, line),
                self._said(self._names[place], count),
                far=side == 0,
            )

    @staticmethod
    def _said(name: str, count: int) -> str:
        return _("{name}: {count}").format(name=name, count=count)

    def _at(self, x: float, y: float) -> QPointF:
        return QPointF(self.width() - x if self._rtl() else x, y)

    def _text(self, painter: QPainter, rect: QRectF, text: str, *, far: bool) -> None:
        """Write at the leading edge of a place, or at its far one."""
        if self._rtl():
            rect = QRectF(self.width() - rect.right(), rect.y(), rect.width(), rect.height())
        right = far != self._rtl()
        edge = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        flags = edge | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, round(rect.width())
        )
        painter.drawText(rect, int(flags), shown)
