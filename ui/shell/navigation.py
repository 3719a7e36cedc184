"""The navigation: the desk's pages, each an icon beside a word."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _
from ui.kit.icons import paint_icon
from ui.kit.look import look
from ui.kit.room import Page
from ui.kit.widgets.buttons import paint_ring


class NavigationItem(QAbstractButton):
    """One line of the navigation."""

    def __init__(
        self, icon: str, title: str, keys: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._keys = keys
        self._here = False
        self.setText(title)
        self.setAccessibleName(title)
        self.setToolTip(f"{title}  ({keys})" if keys else title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def here(self) -> bool:
        """Whether this is the page that is shown."""
        return self._here

    def mark(self, *, here: bool) -> None:
        """Say, to eye and ear, whether this is the page that is shown."""
        if here != self._here:
            self._here = here
            self.setAccessibleDescription(_("The page that is shown") if here else "")
            self.update()

    def sizeHint(self) -> QSize:
        """Return the room an icon and a word take."""
        style = look()
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + style.px(52), style.touch_row)

    def minimumSizeHint(self) -> QSize:
        """Return the height; the words may be cut at the end when there is no room."""
        return QSize(look().px(96), look().touch_row)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, mark, icon and word."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        rect = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        radius = style.gap(6)
        here = self._here
        painter.setPen(Qt.PenStyle.NoPen)
        if here or self.underMouse():
            painter.setBrush(style.color("accent_soft" if here else "hover"))
            painter.drawRoundedRect(rect, radius, radius)
        ink = "accent" if here else "text"
        side, left = style.px(20), style.px(12)
        x = self.width() - left - side if rtl else left
        paint_icon(painter, QRect(x, (self.height() - side) // 2, side, side), self._icon, ink)
        font = style.font(bold=here)
        painter.setFont(font)
        painter.setPen(style.color("text"))
        start = left + side + style.px(12)
        words = QRect(start, 0, self.width() - start - style.px(4), self.height())
        if rtl:
            words.moveLeft(style.px(4))
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, words.width()
        )
        align = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, int(align | Qt.AlignmentFlag.AlignVCenter), shown)
        if self.hasFocus():
            paint_ring(painter, rect, radius, inner=True)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk; Enter and Space open."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)


class Navigation(QScrollArea):
    """The column of pages, with what is always at hand below."""

    chosen = Signal(str)
    search = Signal()
    lock = Signal()
    curtain = Signal()

    def __init__(self, pages: Sequence[Page], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Pages"))
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(2)
        self.items: dict[str, NavigationItem] = {}
        find = NavigationItem("search", _("Find"), "Ctrl+K")
        find.clicked.connect(self.search)
        column.addWidget(find)
        column.addSpacing(8)
        for number, page in enumerate(pages, 1):
            keys = f"Ctrl+{number}" if number <= 9 else ""
            item = NavigationItem(page.icon, _(page.title), keys)
            item.clicked.connect(lambda _on=False, name=page.id: self.chosen.emit(name))
            self.items[page.id] = item
            column.addWidget(item)
        column.addStretch(1)
        for icon, title, keys, signal in (
            ("curtain", _("Curtain"), "F9", self.curtain),
            ("lock", _("Lock"), "Ctrl+L", self.lock),
        ):
            item = NavigationItem(icon, title, keys)
            item.clicked.connect(signal)
            column.addWidget(item)
        self.setWidget(ground)
        self._fit()
        look().changed.connect(self._fit)

    def mark(self, page: str) -> None:
        """Mark the page that is shown; none, for a page that is not in the navigation."""
        for name, item in self.items.items():
            item.mark(here=name == page)

    def _fit(self) -> None:
        self.setFixedWidth(min(look().px(212), 340))
