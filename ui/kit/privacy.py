"""The privacy curtain: covers the page while someone stands behind the desk."""

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.icons import paint_icon
from ui.kit.look import TextSize, look

_GRAIN = 28  # one blurred dot for this many pixels: no letter survives it


class PrivacyCurtain(QWidget):
    """Covers `over` with a blur of itself until a key is pressed or it is clicked.

    It is for eyes in the room only: nothing is locked and no key is forgotten.
    """

    lifted = Signal()

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._blur = QPixmap()
        self._return_to: QWidget | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Privacy curtain"))
        self.setAccessibleDescription(_("Press any key to show the page again."))
        over.installEventFilter(self)
        look().changed.connect(self.update)
        self.hide()

    @property
    def is_on(self) -> bool:
        """Whether the page is covered."""
        return not self.isHidden()

    @property
    def covers_what_is_seen(self) -> bool:
        """Whether the page that this can cover is on the screen."""
        return self._over.isVisible()

    def on(self) -> None:
        """Cover the page."""
        if self.is_on:
            return
        self._return_to = self._over.window().focusWidget()
        small = self._over.size() / _GRAIN
        picture = self._over.grab()
        smooth = Qt.TransformationMode.SmoothTransformation
        stretch = Qt.AspectRatioMode.IgnoreAspectRatio
        self._blur = picture.scaled(small.expandedTo(QSize(4, 4)), stretch, smooth)
        self.setGeometry(self._over.rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, _("The page is covered. Press any key to show it again."))

    def off(self) -> None:
        """Show the page again, and forget its picture."""
        if not self.is_on:
            return
        self.hide()
        self._blur = QPixmap()
        if self._return_to is not None:
            self._return_to.setFocus(Qt.FocusReason.OtherFocusReason)
            self._return_to = None
        self.lifted.emit()

    def toggle(self) -> None:
        """Cover the page, or show it again."""
        if self.is_on:
            self.off()
        else:
            self.on()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Lift with any key that is not a mere modifier."""
        modifiers = {
            Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta,
            Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
        }  # fmt: skip
        if Qt.Key(event.key()) not in modifiers:
            self.off()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Lift with a click; the page under it does not get it."""
        self.off()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover all of a window that grows."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._over.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the blur, and how to lift it."""
        style = look()
        painter = QPainter(self)
        painter.fillRect(self.rect(), style.color("surface"))
        if not self._blur.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(0.5)
            painter.drawPixmap(self.rect(), self._blur)
            painter.setOpacity(1.0)
        words = _("Press any key to show the page again.")
        font = style.font(TextSize.LEAD)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        width = min(self.width() - 16, metrics.horizontalAdvance(words) + style.px(88))
        sheet = QRect(0, 0, width, style.px(56))
        sheet.moveCenter(self.rect().center())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(style.color("line"))
        painter.setBrush(style.color("raised"))
        painter.drawRoundedRect(sheet, style.px(8), style.px(8))
        side = style.px(22)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = sheet.right() - style.px(24) - side if rtl else sheet.left() + style.px(24)
        paint_icon(
            painter, QRect(left, sheet.center().y() - side // 2, side, side), "curtain", "accent"
        )
        room = sheet.adjusted(
            style.px(16) if rtl else style.px(58), 0, -style.px(58) if rtl else -style.px(16), 0
        )
        painter.setPen(style.color("text"))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()
