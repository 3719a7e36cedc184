"""Words that give a page its order, and the quiet surfaces they stand on."""

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ui.kit.direction import in_order, leading
from ui.kit.icons import paint_icon
from ui.kit.look import Kind, TextSize, look


class Label(QLabel):
    """Words that begin at the leading edge of the page, whatever script they are in."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._lead()

    def changeEvent(self, event: QEvent) -> None:
        """Stay at the leading edge when the page turns round."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._lead()

    def _lead(self) -> None:
        # By itself a label goes by its text: a name in Arabic would stand across the page.
        if not self.alignment() & Qt.AlignmentFlag.AlignHCenter:
            self.setAlignment(leading(self) | Qt.AlignmentFlag.AlignVCenter)


class Words(Label):
    """A line or paragraph in one of the five sizes and one token; wraps by default."""

    def __init__(
        self,
        text: str = "",
        size: TextSize = TextSize.BODY,
        ink: str = "text",
        *,
        bold: bool = False,
        wrap: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._size = size
        self._token = ink
        self._bold = bold
        self._struck = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self._dress()
        look().changed.connect(self._dress)

    def set_ink(self, ink: str) -> None:
        """Give the words another colour of the theme."""
        self._token = ink
        self._dress()

    def set_struck(self, *, on: bool) -> None:
        """Strike the words through, or no more; others have to say what that means."""
        self._struck = on
        self._dress()

    def _dress(self) -> None:
        font = look().font(self._size, bold=self._bold)
        font.setStrikeOut(self._struck)
        self.setFont(font)
        palette = self.palette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.WindowText, look().color(self._token))
        self.setPalette(palette)


class _Title(Words):
    """A title; the words of a name keep the order of the page."""

    def __init__(self, text: str, size: TextSize, parent: QWidget | None) -> None:
        super().__init__(in_order(text), size, bold=True, parent=parent)

    def setText(self, text: str) -> None:
        """Show another title."""
        super().setText(in_order(text))


class PageTitle(_Title):
    """The one title of a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, TextSize.PAGE, parent)


class SectionTitle(_Title):
    """The title of a part of a page."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, TextSize.LEAD, parent)


class Lead(Words):
    """The sentence under a page's title."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, TextSize.BODY, "muted", parent=parent)


class Muted(Words):
    """Secondary words."""

    def __init__(
        self, text: str = "", size: TextSize = TextSize.BODY, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, size, "muted", parent=parent)


class Chip(QWidget):
    """A word on a soft ground that tells a state; the word carries it, not the colour."""

    def __init__(
        self,
        text: str,
        kind: str = Kind.PLAIN,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = text
        self._kind = kind
        self._icon = icon
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        look().changed.connect(self._relook)

    def text(self) -> str:
        """Return the word on the chip."""
        return self._text

    def set(self, text: str, kind: str = Kind.PLAIN, icon: str = "") -> None:
        """Show another state."""
        self._text, self._kind, self._icon = text, kind, icon
        self.setAccessibleName(text)
        self._relook()

    def sizeHint(self) -> QSize:
        """Return the size the word asks for."""
        return chip_size(self._text, self._icon)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a clipped state would be no state."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the chip."""
        painter = QPainter(self)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_chip(painter, QRectF(self.rect()), self._text, self._kind, self._icon, rtl=rtl)
        painter.end()

    def _relook(self) -> None:
        self.updateGeometry()
        self.update()


def chip_size(text: str, icon: str = "") -> QSize:
    """Return how large a chip is, so that lists and tables can lay out their own."""
    metrics = QFontMetrics(look().font(TextSize.FINE))
    width = metrics.horizontalAdvance(text) + look().px(16)
    return QSize(width + (look().px(18) if icon else 0), look().px(22))


def paint_chip(
    painter: QPainter,
    rect: QRectF,
    text: str,
    kind: str,
    icon: str = "",
    *,
    rtl: bool = False,
    selected: bool = False,
) -> None:
    """Paint a chip into `rect`; lists and tables use it for their cells.

    On a selected row its soft ground would be lost: there it stands out as a raised sheet.
    """
    style = look()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    outlined = selected or style.theme.name == "contrast"
    painter.setPen(QPen(style.strong(kind), 1) if outlined else Qt.PenStyle.NoPen)
    painter.setBrush(style.color("raised") if selected else style.soft(kind))
    body = rect.adjusted(0.5, 0.5, -0.5, -0.5) if outlined else rect
    radius = style.px(5)
    painter.drawRoundedRect(body, radius, radius)
    inner = rect.adjusted(style.px(8), 0, -style.px(8), 0)
    if icon:
        side = style.px(14)
        left = inner.right() - side if rtl else inner.left()
        spot = QRectF(left, rect.center().y() - side / 2, side, side).toRect()
        paint_icon(painter, spot, icon, "muted" if kind == Kind.PLAIN else kind, rtl=rtl)
        step = style.px(18)
        inner.adjust(0 if rtl else step, 0, -step if rtl else 0, 0)
    painter.setFont(style.font(TextSize.FINE))
    painter.setPen(style.color("text") if kind == Kind.PLAIN else style.strong(kind))
    painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), text)
    painter.restore()


class KeyHint(QLabel):
    """The keys that do something, as this system writes them."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        # One name for the key, whichever of the two a shortcut is made of.
        named = keys.replace("Return", "Enter")
        shown = QKeySequence(named).toString(QKeySequence.SequenceFormat.NativeText)
        super().__init__(shown, parent)
        self.setAccessibleName(shown)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        self.setFont(look().font(TextSize.FINE))
        self.setContentsMargins(look().px(6), look().px(2), look().px(6), look().px(3))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, look().color("muted"))
        self.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a key cap behind the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(look().color("sunken"))
        painter.setPen(look().color("line"))
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(body, look().px(4), look().px(4))
        painter.end()
        super().paintEvent(event)


class Divider(QWidget):
    """A hairline between two things."""

    def __init__(
        self,
        way: Literal["across", "down"] = "across",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if way == "across":
            self.setFixedHeight(1)
        else:
            self.setFixedWidth(1)
        look().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), look().color("line"))
        painter.end()


class Card(QFrame):
    """A sheet on the page: raised, round, with a hairline and room inside.

    `kind` other than plain puts a stripe of that colour along the leading edge.
    """

    def __init__(
        self, kind: str = Kind.PLAIN, padding: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind = kind
        self._padding = padding
        self.body = QVBoxLayout(self)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(self._padding)
        self.body.setContentsMargins(room, room, room, room)
        self.body.setSpacing(look().gap(8))
        self.update()

    def set_kind(self, kind: str) -> None:
        """Change what the stripe says."""
        self._kind = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet."""
        painter = QPainter(self)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        paint_sheet(painter, QRectF(self.rect()), self._kind, rtl=rtl)
        painter.end()


def paint_sheet(
    painter: QPainter, rect: QRectF, kind: str = Kind.PLAIN, *, rtl: bool = False
) -> None:
    """Paint a raised sheet into `rect`, with a stripe along its leading edge unless plain."""
    style = look()
    radius = style.gap(8)
    body = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(style.color("line"))
    painter.setBrush(style.color("sole_soft" if kind == Kind.SOLE else "raised"))
    painter.drawRoundedRect(body, radius, radius)
    if kind != Kind.PLAIN:
        width = style.gap(4)
        top = rect.top() + radius
        left = rect.right() - width if rtl else rect.left()
        stripe = QRectF(left, top, width, max(0.0, rect.height() - 2 * radius))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(style.strong(kind))
        painter.drawRoundedRect(stripe, width / 2, width / 2)
    painter.restore()
