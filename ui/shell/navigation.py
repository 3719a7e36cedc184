"""The navigation: the desk's pages, each an icon beside a word."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import N_, _, ngettext
from ui.kit.direction import leading, rtl
from ui.kit.icons import icon, paint_icon
from ui.kit.look import TextSize, look
from ui.kit.room import Drawer, Page
from ui.kit.widgets.buttons import paint_ring
from ui.kit.widgets.headings import Divider

if TYPE_CHECKING:
    from ui.shell.vaults import Vaults

_TITLES = {
    Drawer.HEALTH: N_("Health office"),
    Drawer.STUDENTS: N_("Students"),
    Drawer.SUPPORT: N_("Support and progress"),
    Drawer.PAPERS: N_("Papers"),
    Drawer.DESK: N_("This desk"),
}
_WIDEST = 340  # pixels: beyond this the page would have too little


class NavigationItem(QAbstractButton):
    """One line of the navigation."""

    def __init__(
        self, icon: str, title: str, keys: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._keys = keys
        self._here = False
        self._count = 0
        self.setText(title)
        self.setAccessibleName(title)
        self.setToolTip(f"{title}  ({keys})" if keys else title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def here(self) -> bool:
        """Whether this is the page that is shown."""
        return self._here

    def mark(self, *, here: bool) -> None:
        """Say, to eye and ear, whether this is the page that is shown."""
        if here != self._here:
            self._here = here
            self._describe()

    def count(self, count: int) -> None:
        """Say, to eye and ear, how much waits on the page."""
        if count != self._count:
            self._count = count
            self._describe()

    def _describe(self) -> None:
        said = []
        if self._count:
            said.append(
                ngettext("{count} thing waits", "{count} things wait", self._count).format(
                    count=self._count
                )
            )
        if self._here:
            said.append(_("The page that is shown"))
        self.setAccessibleDescription("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room an icon and a word take; a page's word is bold while it is shown."""
        words = QFontMetrics(look().font(bold=True)).horizontalAdvance(self.text())
        return QSize(words + self._before() + self._after() + look().px(8), self._height(1))

    def _after(self) -> int:
        """Return the room that the count takes at the far end."""
        if not self._count:
            return 0
        metrics = QFontMetrics(look().font(TextSize.FINE, bold=True))
        return metrics.horizontalAdvance(str(self._count)) + look().px(16)

    def minimumSizeHint(self) -> QSize:
        """Return the height; the words go on in a second line when there is no room."""
        return QSize(look().px(96), self._height(1))

    def hasHeightForWidth(self) -> bool:
        """Be higher where the words need a second line."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of the one or two lines the words take."""
        return self._height(1 if self.sizeHint().width() <= width else 2)

    def _height(self, lines: int) -> int:
        # The space around the words grows slower than they do: at 200 % text all pages
        # still stand in a window of 720 pixels.
        style = look()
        return lines * QFontMetrics(style.font(bold=True)).height() + style.gap(16)

    def _before(self) -> int:
        """Return where the words begin, from the leading edge."""
        return look().gap(12) + look().px(20) + look().gap(12)

    def whole(self, font: QFont, room: int) -> QFont:
        """Return the font, smaller where a single word would be cut in large text."""
        widest = max(map(QFontMetrics(font).horizontalAdvance, self.text().split()), default=0)
        if widest > room > 0:
            font.setPixelSize(font.pixelSize() * room // widest)
        return font

    def enterEvent(self, event: QEnterEvent) -> None:
        """Paint the hover."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, mark, icon and word."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        turned = rtl(self)
        rect = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        radius = style.gap(6)
        here = self._here
        painter.setPen(Qt.PenStyle.NoPen)
        if here:
            painter.setBrush(style.color("selection"))
            painter.drawRoundedRect(rect, radius, radius)
            bar = QRectF(0, rect.y() + radius, style.gap(4), rect.height() - 2 * radius)
            if turned:
                bar.moveRight(rect.right())
            painter.setBrush(style.color("accent"))
            painter.drawRoundedRect(bar, bar.width() / 2, bar.width() / 2)
        elif self.underMouse():
            painter.setPen(QPen(style.color("line"), 1))
            painter.setBrush(style.color("raised"))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        ink = "accent" if here else "text"
        side, left = style.px(20), style.gap(12)
        x = self.width() - left - side if turned else left
        paint_icon(painter, QRect(x, (self.height() - side) // 2, side, side), self._icon, ink)
        painter.setPen(style.color("selection_text" if here else "text"))
        start = self._before()
        after = self._after()
        words = QRect(start, 0, self.width() - start - after - style.px(4), self.height())
        painter.setFont(self.whole(style.font(bold=here), words.width()))
        if turned:
            words.moveLeft(style.px(4) + after)
        flags = leading(self) | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, int(flags), self.text())
        if after:
            painter.setFont(style.font(TextSize.FINE, bold=True))
            painter.setPen(style.color("selection_text" if here else "muted"))
            count = QRect(0 if turned else self.width() - after, 0, after, self.height())
            painter.drawText(count, int(Qt.AlignmentFlag.AlignCenter), str(self._count))
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


class DrawerItem(NavigationItem):
    """The heading of a section: folds and unfolds the pages under it."""

    folded_changed = Signal(bool)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__("collapse", title, parent=parent)
        self._folded = False
        self.clicked.connect(lambda: self.fold(folded=not self._folded))
        self._tell()

    @property
    def folded(self) -> bool:
        """Whether its pages are out of sight."""
        return self._folded

    def fold(self, *, folded: bool) -> None:
        """Put the pages out of sight, or show them."""
        if folded != self._folded:
            self._folded = folded
            self._tell()
            self.update()
            self.folded_changed.emit(folded)

    def _tell(self) -> None:
        self.setAccessibleDescription(_("Section, folded") if self._folded else _("Section"))

    def _height(self, lines: int) -> int:
        style = look()
        return lines * QFontMetrics(style.font(TextSize.FINE, bold=True)).height() + style.gap(12)

    def sizeHint(self) -> QSize:
        """Return the room that the words and the sign at their end take."""
        words = QFontMetrics(look().font(TextSize.FINE, bold=True)).horizontalAdvance(self.text())
        return QSize(words + look().gap(12) + look().px(32), self._height(1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left folds, Right unfolds; where lines run from right to left, the other way."""
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self.fold(folded=(event.key() == Qt.Key.Key_Left) != rtl(self))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words, and at their end whether the section is folded."""
        style = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0, 1, 0, -1)
        radius = style.gap(6)
        if self.underMouse():
            painter.setPen(QPen(style.color("line"), 1))
            painter.setBrush(style.color("raised"))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        side, edge, turned = style.px(14), style.gap(12), rtl(self)
        x = edge if turned else self.width() - edge - side
        sign = "expand" if self._folded else "collapse"
        paint_icon(painter, QRect(x, (self.height() - side) // 2, side, side), sign, "muted")
        painter.setFont(style.font(TextSize.FINE, bold=True))
        painter.setPen(style.color("muted"))
        words = QRect(edge, 0, self.width() - 2 * edge - side - style.px(4), self.height())
        if turned:
            words.moveRight(self.width() - edge)
        flags = leading(self) | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(words, int(flags), self.text())
        if self.hasFocus():
            paint_ring(painter, rect, radius, inner=True)
        painter.end()


class VaultItem(NavigationItem):
    """The vault that is in front, and the way to the others."""

    def __init__(self, vaults: "Vaults", parent: QWidget | None = None) -> None:
        super().__init__("vault", "", parent=parent)
        self._vaults = vaults
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill)
        self.clicked.connect(self._open)
        vaults.changed.connect(self._name)
        self._name()

    def _name(self) -> None:
        here = next((entry.name for entry in self._vaults.entries() if entry.here), "")
        self.setText(here or _("Vault"))
        self.setAccessibleName(_("Vault: {name}").format(name=here) if here else _("Vault"))
        self.setToolTip(_("Other vaults"))
        self.updateGeometry()
        self.update()

    def _fill(self) -> None:
        self.menu.clear()
        for entry in self._vaults.entries():
            words = entry.name if entry.open else _("{name} (locked)").format(name=entry.name)
            action = self.menu.addAction(icon("unlock" if entry.open else "lock"), words)
            action.setShortcut(QKeySequence(entry.keys))
            action.setToolTip(str(entry.path))
            action.setEnabled(not entry.here)
            action.triggered.connect(
                lambda _on=False, path=entry.path: self._vaults.chosen.emit(path)
            )
        self.menu.addSeparator()
        for sign, words, signal in (
            ("unlock", _("Open another vault …"), self._vaults.another_asked),
            ("add", _("Make another vault …"), self._vaults.new_asked),
        ):
            self.menu.addAction(icon(sign), words).triggered.connect(signal)

    def _open(self) -> None:
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))


class Navigation(QWidget):
    """The column of pages; vault and Find above it and Lock below never scroll out of sight."""

    chosen = Signal(str)
    search = Signal()
    lock = Signal()
    curtain = Signal()

    def __init__(
        self, pages: Sequence[Page], vaults: "Vaults | None" = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Pages"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 12, 9, 12)
        whole.setSpacing(2)
        self._area = QScrollArea()
        self._area.setAccessibleName(_("Pages"))
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = QWidget()
        column = self._column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._all: list[NavigationItem] = []
        self.items: dict[str, NavigationItem] = {}
        self.vault: VaultItem | None = None
        if vaults is not None:
            self.vault = VaultItem(vaults)
            self._all.append(self.vault)
            whole.addWidget(self.vault)
        find = NavigationItem("search", _("Find"), "Ctrl+K")
        find.clicked.connect(self.search)
        self._all.append(find)
        whole.addWidget(find)
        whole.addSpacing(6)
        whole.addWidget(Divider())
        whole.addWidget(self._area, 1)
        whole.addWidget(Divider())
        whole.addSpacing(6)
        self.drawers: dict[Drawer, DrawerItem] = {}
        self._drawer_of = {page.id: page.drawer for page in pages}
        for number, page in enumerate(pages, 1):
            if page.drawer not in self.drawers and page.drawer is not Drawer.DAY:
                self._begin(page.drawer, column)
            keys = f"Ctrl+{number}" if number <= 9 else ""
            item = NavigationItem(page.icon, _(page.title), keys)
            item.clicked.connect(lambda _on=False, name=page.id: self.chosen.emit(name))
            self.items[page.id] = item
            self._all.append(item)
            column.addWidget(item)
        column.addStretch(1)
        for sign, title, keys, signal in (
            ("curtain", _("Curtain"), "F9", self.curtain),
            ("lock", _("Lock"), "Ctrl+L", self.lock),
        ):
            item = NavigationItem(sign, title, keys)
            item.clicked.connect(signal)
            self._all.append(item)
            whole.addWidget(item)
        self._area.setWidget(ground)
        self._fit()
        look().changed.connect(self._fit)

    def _begin(self, drawer: Drawer, column: QVBoxLayout) -> None:
        heading = DrawerItem(_(_TITLES[drawer]))
        heading.folded_changed.connect(lambda _on, of=drawer: self._show_drawer(of))
        self.drawers[drawer] = heading
        self._all.append(heading)
        column.addSpacing(6)
        column.addWidget(heading)

    def _show_drawer(self, drawer: Drawer) -> None:
        for page, item in self.items.items():
            if self._drawer_of[page] is drawer:
                item.setVisible(not self.drawers[drawer].folded)

    def folded(self) -> list[str]:
        """Return the sections whose pages are out of sight."""
        return [drawer.value for drawer, heading in self.drawers.items() if heading.folded]

    def fold(self, sections: Iterable[str]) -> None:
        """Put the pages of these sections out of sight, and show all others."""
        wanted = set(sections)
        for drawer, heading in self.drawers.items():
            heading.fold(folded=drawer.value in wanted)

    def count(self, page: str, count: int) -> None:
        """Say beside a page's word how much waits on it."""
        item = self.items.get(page)
        if item is not None:
            item.count(count)

    def mark(self, page: str) -> None:
        """Mark the page that is shown; none, for a page that is not in the navigation."""
        heading = self.drawers.get(self._drawer_of.get(page, Drawer.DAY))
        if heading is not None:
            heading.fold(folded=False)
            self._column.activate()
        for name, item in self.items.items():
            item.mark(here=name == page)
            if name == page:
                self._area.ensureWidgetVisible(item, 0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a ground of its own, and a hairline towards the page."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), look().color("sunken"))
        edge = 0 if rtl(self) else self.width() - 1
        painter.fillRect(edge, 0, 1, self.height(), look().color("line"))
        painter.end()

    def _fit(self) -> None:
        margins = self.contentsMargins().left() + self.contentsMargins().right() + 17
        widest = max(item.sizeHint().width() for item in self._all)
        self.setFixedWidth(min(max(look().px(200), widest + margins), _WIDEST))
        for item in self._all:
            item.updateGeometry()
        self.update()
