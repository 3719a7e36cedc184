"""The button that leads into the compartment: the only one in the compartment's colour."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.kit.icons import paint_icon
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button, paint_ring


class SoleButton(Button):
    """A button on the soft ground of sole possession."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, "sole", parent=parent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint body, focus ring, icon and words."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        hot = self.isEnabled() and (self.underMouse() or self.isDown())
        painter.setPen(
            QPen(style.strong(Kind.SOLE) if self.isEnabled() else style.color("line"), 1)
        )
        painter.setBrush(style.soft(Kind.SOLE) if not hot else style.color("hover"))
        radius = style.px(6)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            paint_ring(painter, QRectF(self.rect()))
        ink = "sole" if self.isEnabled() else "muted"
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side, inset = style.px(18), style.px(14)
        left = self.width() - inset - side if rtl else inset
        paint_icon(painter, QRect(left, (self.height() - side) // 2, side, side), "sole", ink)
        painter.setPen(style.color(ink))
        taken = inset + side + style.px(8)
        room = self.rect().adjusted(0 if rtl else taken, 0, -taken if rtl else 0, 0)
        align = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        flags = align | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(flags | Qt.TextFlag.TextShowMnemonic), self.text())
        painter.end()
