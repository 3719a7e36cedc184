"""Buttons: one body, four kinds; every target is at least 24 px (WCAG 2.2, 2.5.8)."""

from typing import Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from ui.kit.icons import icon as make_icon
from ui.kit.icons import paint_icon
from ui.kit.look import look

ButtonKind = Literal["normal", "primary", "quiet", "danger"]


class Button(QPushButton):
    """A button with words, and perhaps an icon before them."""

    def __init__(
        self,
        text: str,
        icon: str | None = None,
        kind: ButtonKind = "normal",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._icon = icon
        self._kind: ButtonKind = kind
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._relook)

    def set_kind(self, kind: ButtonKind) -> None:
        """Change the weight of the button."""
        self._kind = kind
        self.update()

    def set_icon(self, icon: str | None) -> None:
        """Change the icon."""
        self._icon = icon
        self._relook()

    def sizeHint(self) -> QSize:
        """Return the room the words, the icon and the calm around them take."""
        style = look()
        words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        width = words.width() + 2 * style.px(10 if self._kind == "quiet" else 16)
        if self._icon:
            width += style.px(26 if self.text() else 18)
        if self.menu() is not None:
            width += style.px(20)
        return QSize(width, max(style.px(36), words.height() + style.px(14)))

    def minimumSizeHint(self) -> QSize:
        """Return the same: the words of a button are never cut."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint body, focus ring, icon and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = self._paint_body(painter)
        self._paint_words(painter, ink)
        painter.end()

    def _paint_body(self, painter: QPainter) -> str:
        style = look()
        enabled = self.isEnabled()
        hot = enabled and (self.underMouse() or self.isDown())
        fill: str | None
        edge: str | None
        if not enabled:
            fill, edge, ink = ("sunken", "line", "muted")
            if self._kind == "quiet":
                fill, edge = None, None
        elif self._kind == "primary":
            fill, edge, ink = ("accent_strong" if hot else "accent", None, "accent_text")
        elif self._kind == "danger":
            fill, edge, ink = ("bad_soft" if hot else "raised", "bad", "bad")
        elif self._kind == "quiet":
            fill, edge, ink = ("accent_soft" if hot else None, None, "accent")
        else:
            fill, edge, ink = ("hover" if hot else "raised", "edge", "text")
        if self.isDown() and self._kind in {"normal", "quiet"}:
            fill = "selection"
        if self.isCheckable() and self.isChecked():
            fill, edge, ink = ("selection", "accent", "selection_text")
        radius = style.px(6)
        painter.setPen(QPen(style.color(edge), 1) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(style.color(fill) if fill else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            inner = self._kind == "primary" and enabled
            paint_ring(painter, QRectF(self.rect()), inner=inner)
        return ink

    def _paint_words(self, painter: QPainter, ink: str) -> None:
        style = look()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        side, space = style.px(18), style.px(8) if self.text() else 0
        caret = style.px(20) if self.menu() is not None else 0
        total = words.width() + ((side + space) if self._icon else 0) + caret
        x = (self.width() - total) // 2
        middle = self.height() // 2

        def spot(width: int, height: int) -> QRect:
            left = self.width() - x - width if rtl else x
            return QRect(left, middle - height // 2, width, height)

        if self._icon:
            paint_icon(painter, spot(side, side), self._icon, ink, rtl=rtl)
            x += side + space
        painter.setPen(style.color(ink))
        painter.drawText(
            spot(words.width() + 1, self.height()),
            int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic),
            self.text(),
        )
        x += words.width() + style.px(6)
        if caret:
            paint_icon(painter, spot(style.px(12), style.px(12)), "down", ink)

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()


def paint_ring(painter: QPainter, rect: QRectF, radius: float = 6, *, inner: bool = False) -> None:
    """Paint the focus ring just inside `rect`; `inner` for bodies in the accent colour."""
    style = look()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corner = style.px(radius)
    if inner:
        painter.setPen(QPen(style.color("focus"), 2))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), corner, corner)
        painter.setPen(QPen(style.color("accent_text"), 2))
        painter.drawRoundedRect(rect.adjusted(3, 3, -3, -3), corner - 2, corner - 2)
    else:
        painter.setPen(QPen(style.color("focus"), 2))
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), corner, corner)
    painter.restore()


class IconButton(QToolButton):
    """A small button with an icon alone; its name is spoken and shown as a tooltip."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIcon(make_icon(icon))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look().changed.connect(self._relook)

    def set(self, icon: str, name: str) -> None:
        """Make it another button: an icon and what it does."""
        self._icon = icon
        self.setIcon(make_icon(icon))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a square no smaller than a target may be."""
        return QSize(look().px(32), look().px(32))

    def minimumSizeHint(self) -> QSize:
        """Return the same square."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, focus ring and icon."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground: QColor | None = None
        if self.isDown() or self.isChecked():
            ground = style.color("selection")
        elif self.isEnabled() and self.underMouse():
            ground = style.color("hover")
        if ground is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()), style.px(6), style.px(6))
        if self.hasFocus():
            paint_ring(painter, QRectF(self.rect()))
        side = style.px(18)
        spot = QRect(0, 0, side, side)
        spot.moveCenter(self.rect().center())
        ink = "text" if self.isEnabled() else "muted"
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_icon(painter, spot, self._icon, ink, rtl=rtl)
        painter.end()

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()
