"""Lists of things with a face: a timeline, search results, what is due today.

Rows are painted by a delegate over a paged model, so thousands cost what a screenful does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.kernel.words import _
from ui.kit.direction import in_order, leading
from ui.kit.icons import paint_icon
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.headings import chip_size, paint_chip
from ui.kit.widgets.pages import Fetch, Pages

Index = QModelIndex | QPersistentModelIndex
_WRAP = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading | Qt.TextFlag.TextWordWrap)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what it is, in words, and how it looks."""

    id: str
    title: str
    text: str = ""
    when: str = ""
    icon: str = "note"
    chips: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    """Shown under the row when it is opened out."""
    kind: str = Kind.PLAIN
    subject: Any = field(default=None, compare=False)
    """Whatever the page needs back."""
    heading: bool = False
    """A title above the rows that follow: it is read, and the focus passes it by."""
    marks: tuple[tuple[int, int], ...] = ()
    """What of `text` was sought: (start, length); it stands out."""
    struck: bool = False
    """It is done, and stays in sight for now."""
    mistaken: bool = False
    """It was recorded in error and is struck through; its words say so."""

    def spoken(self) -> str:
        """Return the row as one sentence for a screen reader."""
        done = _("done") if self.struck else ""
        parts = [self.title, done, self.when, *(words for words, _k in self.chips), self.text]
        return "; ".join(part for part in parts if part)


class EntryModel(QAbstractListModel):
    """The entries of a list: a short list that is here, or a source that gives pages."""

    loaded = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = Pages(self._arrived)
        self._rows = 0
        self._fresh = True
        self.open_ids: set[str] = set()

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries."""
        self.beginResetModel()
        self._pages.hold(entries)
        self._rows = len(entries)
        self.endResetModel()
        self.loaded.emit(self._rows)

    def set_source(self, fetch: Fetch) -> None:
        """Take entries from a source that gives pages of `Entry`."""
        self._pages.source(fetch)
        self.reload()

    def reload(self) -> None:
        """Ask the source again; what is shown stays until the answer is here."""
        self._fresh = True
        self._pages.restart()

    def total(self) -> int:
        """Return how many entries there are."""
        return self._rows

    def held(self) -> int:
        """Return how many entries are in memory."""
        return self._pages.held()

    def entry(self, place: int) -> Entry | None:
        """Return the entry at `place`, or None while it is on its way."""
        found = self._pages.row(place) if 0 <= place < self._rows else None
        return found if isinstance(found, Entry) else None

    def place_of(self, entry_id: str) -> int:
        """Return where the entry with this id stands among those in memory, or -1."""
        for place in range(min(self._rows, 5000)):
            held = self.entry(place)
            if held is not None and held.id == entry_id:
                return place
        return -1

    def rowCount(self, parent: Index | None = None) -> int:
        """Return how many entries there are."""
        return 0 if parent is not None and parent.isValid() else self._rows

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the title, or what is spoken."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return None
        entry = self.entry(index.row())
        if entry is None:
            return _("Loading")
        return entry.title if role == Qt.ItemDataRole.DisplayRole else entry.spoken()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let a title be passed by."""
        entry = self.entry(index.row())
        if entry is not None and entry.heading:
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)

    def is_heading(self, place: int) -> bool:
        """Tell whether a title stands at `place`."""
        entry = self.entry(place)
        return entry is not None and entry.heading

    def _arrived(self, total: int, first: int, count: int) -> None:
        if self._fresh or total != self._rows:
            self._fresh = False
            self.beginResetModel()
            self._rows = total
            self.endResetModel()
        elif count:
            self.dataChanged.emit(self.index(first, 0), self.index(first + count - 1, 0))
        self.loaded.emit(total)


class _Rows(QStyledItemDelegate):
    """Paints an entry as a row; with a rail, as a stop on a line through time."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        view = self.parent()
        model = index.model()
        if not isinstance(view, CardList) or not isinstance(model, EntryModel):
            return QSize(0, look().touch_row)
        entry = model.entry(index.row())
        if entry is not None and entry.heading:
            return QSize(look().px(120), view.heading_height(first=index.row() == 0))
        height = view.row_height()
        if entry is not None and entry.detail and entry.id in model.open_ids:
            width = max(look().px(80), view.viewport().width() - view.text_left() - look().px(16))
            metrics = QFontMetrics(look().font())
            text = metrics.boundingRect(QRect(0, 0, width, 100_000), _WRAP, entry.detail)
            height += text.height() + look().gap(12)
        return QSize(look().px(120), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view = self.parent()
        model = index.model()
        if not isinstance(view, CardList) or not isinstance(model, EntryModel):
            return
        entry = model.entry(index.row())
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRect(option.rect)
        if entry is not None and entry.heading:
            self._heading(painter, rect, view, entry)
            painter.restore()
            return
        self._ground(painter, rect, view, index, entry)
        if entry is not None:
            is_open = entry.id in model.open_ids
            selected = view.selects and view.currentIndex().row() == index.row()
            _RowPainter(painter, rect, view, entry, is_open=is_open, selected=selected).paint(
                first=index.row() == 0, last=index.row() == model.total() - 1
            )
        else:
            bar = QRectF(rect.x() + view.text_left(), rect.center().y() - 4, rect.width() * 0.4, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look().color("sunken"))
            painter.drawRoundedRect(bar, 4, 4)
        painter.restore()

    def _heading(self, painter: QPainter, rect: QRect, view: "CardList", entry: Entry) -> None:
        style = look()
        font = style.font(TextSize.FINE, bold=True)
        room = rect.adjusted(style.px(16), 0, -style.px(16), -style.gap(4))
        painter.setFont(font)
        painter.setPen(style.color("muted"))
        words = QFontMetrics(font).elidedText(
            in_order(entry.title), Qt.TextElideMode.ElideRight, room.width()
        )
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextSingleLine
        painter.drawText(room, int(leading(view) | bottom), words)

    def _ground(
        self,
        painter: QPainter,
        rect: QRect,
        view: "CardList",
        index: Index,
        entry: Entry | None,
    ) -> None:
        style = look()
        body = QRectF(rect).adjusted(4, 2, -4, -2)
        radius = style.px(6)
        current = view.currentIndex().row() == index.row()
        painter.setPen(Qt.PenStyle.NoPen)
        if entry is not None and entry.kind == Kind.SOLE:
            painter.setBrush(style.color("sole_soft"))
            painter.drawRoundedRect(body, radius, radius)
        if current and view.selects:
            painter.setBrush(style.color("selection"))
            painter.drawRoundedRect(body, radius, radius)
        elif view.hot_row == index.row() and (entry is None or entry.kind != Kind.SOLE):
            painter.setBrush(style.color("hover"))
            painter.drawRoundedRect(body, radius, radius)
        if current and view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRoundedRect(body.adjusted(1, 1, -1, -1), radius, radius)


class _RowPainter:
    """Paints the words of one entry into its row."""

    def __init__(
        self,
        painter: QPainter,
        rect: QRect,
        view: "CardList",
        entry: Entry,
        *,
        is_open: bool,
        selected: bool,
    ) -> None:
        self._painter = painter
        self._rect = rect
        self._view = view
        self._entry = entry
        self._open = is_open
        self._rtl = view.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._selected = selected

    def paint(self, *, first: bool, last: bool) -> None:
        head = QRect(self._rect.x(), self._rect.y(), self._rect.width(), self._view.row_height())
        if self._view.rail:
            self._paint_rail(head, first=first, last=last)
        self._paint_icon(head)
        self._paint_words(head)
        if self._open and self._entry.detail:
            self._paint_detail(head)

    def _mirror(self, left: int, width: int) -> int:
        """Return where a box `left` from the leading edge begins."""
        if self._rtl:
            return self._rect.x() + self._rect.width() - left - width
        return self._rect.x() + left

    def _ink(self) -> str:
        return "muted" if self._entry.kind == Kind.PLAIN else str(self._entry.kind)

    def _paint_rail(self, head: QRect, *, first: bool, last: bool) -> None:
        style = look()
        x = self._mirror(style.px(16) + style.px(14), 1)
        middle = head.center().y()
        self._painter.setPen(QPen(style.color("line"), 2))
        top = middle if first else self._rect.y()
        bottom = middle if last else self._rect.bottom() + 1
        self._painter.drawLine(QPoint(x, top), QPoint(x, bottom))

    def _paint_icon(self, head: QRect) -> None:
        style = look()
        side = style.px(28)
        spot = QRect(self._mirror(style.px(16), side), head.center().y() - side // 2, side, side)
        self._painter.setPen(QPen(style.color("line"), 1) if self._view.rail else Qt.PenStyle.NoPen)
        ground = style.soft(self._entry.kind)
        if self._entry.kind == Kind.PLAIN and (self._view.rail or self._selected):
            ground = style.color("raised")
        self._painter.setBrush(ground)
        self._painter.drawEllipse(spot)
        inset = style.px(6)
        paint_icon(
            self._painter,
            spot.adjusted(inset, inset, -inset, -inset),
            self._entry.icon,
            "text" if self._entry.kind == Kind.PLAIN else str(self._entry.kind),
            rtl=self._rtl,
        )

    def _paint_words(self, head: QRect) -> None:
        style = look()
        entry = self._entry
        left = self._view.text_left()
        end = style.px(16)
        if entry.detail and self._view.expands:
            side = style.px(14)
            spot = QRect(
                self._mirror(head.width() - end - side, side),
                head.center().y() - side // 2,
                side,
                side,
            )
            paint_icon(self._painter, spot, "collapse" if self._open else "expand", "muted")
            end += side + style.px(8)
        end = self._paint_end(head, end)
        room = head.width() - left - end
        title_font = style.font(bold=True)
        small = style.font(TextSize.FINE)
        title_height = QFontMetrics(title_font).height()
        text_height = QFontMetrics(small).height() if entry.text else 0
        top = head.y() + (head.height() - title_height - text_height) // 2
        title_font.setStrikeOut(entry.struck or entry.mistaken)
        self._line(QRect(self._mirror(left, room), top, room, title_height), title_font,
                   "muted" if entry.struck or entry.mistaken else "text", in_order(entry.title))  # fmt: skip
        if entry.text:
            place = QRect(self._mirror(left, room), top + title_height, room, text_height)
            if entry.marks:
                self._marked(place)
            else:
                self._line(place, small, "muted", entry.text)

    def _paint_end(self, head: QRect, end: int) -> int:
        """Paint date and chips at the far end; return how much of the row they took."""
        style = look()
        entry = self._entry
        if entry.when:
            font = style.font(TextSize.FINE)
            width = QFontMetrics(font).horizontalAdvance(entry.when) + 2
            place = QRect(self._mirror(head.width() - end - width, width), head.y(), width,
                          head.height())  # fmt: skip
            self._painter.setFont(font)
            self._painter.setPen(style.color("muted"))
            self._painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), entry.when)
            end += width + style.px(12)
        for words, kind in reversed(entry.chips):
            size = chip_size(words)
            if end + size.width() > head.width() * 0.6:
                break
            left = self._mirror(head.width() - end - size.width(), size.width())
            spot = QRectF(left, head.center().y() - size.height() / 2, size.width(), size.height())
            paint_chip(self._painter, spot, words, kind, selected=self._selected)
            end += size.width() + style.px(6)
        return end + style.px(6)

    def _line(self, place: QRect, font: Any, ink: str, text: str) -> None:
        self._painter.setFont(font)
        self._painter.setPen(look().color(ink))
        words = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        side = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(place, int(flags | Qt.TextFlag.TextSingleLine), words)

    def _marked(self, place: QRect) -> None:
        """Paint the text with what was sought standing out, in weight and ground."""
        style = look()
        font = style.font(TextSize.FINE)
        # What stands out is bold, and a little wider than it is measured here.
        room = place.width() - style.px(8)
        words = QFontMetrics(font).elidedText(
            self._entry.text, Qt.TextElideMode.ElideRight, max(0, room)
        )
        layout = QTextLayout(words, font)
        sought = QTextCharFormat()
        sought.setFont(style.font(TextSize.FINE, bold=True))
        sought.setForeground(style.color("text"))
        sought.setBackground(style.color("warn_soft"))
        ranges = []
        for start, length in self._entry.marks:
            piece = QTextLayout.FormatRange()
            piece.start, piece.format = start, sought
            piece.length = max(0, min(length, len(words) - start))
            ranges.append(piece)
        layout.setFormats(ranges)
        option = QTextOption(
            Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        )
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(place.width())
        layout.endLayout()
        self._painter.save()
        self._painter.setClipRect(place)
        self._painter.setPen(style.color("muted"))
        layout.draw(self._painter, QPointF(place.topLeft()))
        self._painter.restore()

    def _paint_detail(self, head: QRect) -> None:
        style = look()
        left = self._view.text_left()
        width = max(style.px(80), self._rect.width() - left - style.px(16))
        place = QRect(self._mirror(left, width), head.bottom(), width,
                      self._rect.bottom() - head.bottom() - style.gap(8))  # fmt: skip
        self._painter.setFont(style.font())
        self._painter.setPen(style.color("text"))
        side = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop
        self._painter.drawText(place, int(flags | Qt.TextFlag.TextWordWrap), self._entry.detail)


class CardList(QListView):
    """A list of entries; arrow keys move, Enter opens one, Space opens it out."""

    opened = Signal(object)
    """Emitted with the `Entry` that was activated."""

    current = Signal(object)
    """Emitted with the `Entry` the focus moved to, or None."""

    rail = False
    edge = 3
    """Pixels between the last row and the end of the sheet."""
    sheet = True
    """Brings its own ground; a list within something that is a sheet already needs none."""
    floats = False
    """Lies over the page: all of it is sheet, and its border tells it from what is below."""

    def __init__(
        self,
        name: str,
        *,
        expands: bool = False,
        selects: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.expands = expands
        self.selects = selects
        self.hot_row = -1
        self.entries = EntryModel(self)
        self.setAccessibleName(name)
        self.setModel(self.entries)
        self.setItemDelegate(_Rows(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(400)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda index: self._open(index.row()))
        self.entries.modelAboutToBeReset.connect(self._remember)
        self.entries.modelReset.connect(self._return)
        self._kept = ("", -1, 0)
        look().changed.connect(self.doItemsLayout)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries."""
        self.entries.set_entries(entries)

    def entry(self) -> Entry | None:
        """Return the entry the focus is on."""
        return self.entries.entry(self.currentIndex().row())

    def go_to(self, place: int) -> None:
        """Move to the entry at `place`; from a title to the entry below it."""
        if self.entries.is_heading(place):
            place += 1
        if 0 <= place < self.entries.total():
            self.setCurrentIndex(self.entries.index(place, 0))

    def heading_height(self, *, first: bool = False) -> int:
        """Return the height of a title between the rows; the first one needs less above it."""
        return look().px(28 if first else 36)

    def row_height(self) -> int:
        """Return the height of a row that is not opened out."""
        return look().px(48)

    def text_left(self) -> int:
        """Return where the words begin, from the leading edge."""
        return look().px(58)

    def open_out(self, place: int, *, on: bool | None = None) -> None:
        """Show or hide the detail of an entry."""
        entry = self.entries.entry(place)
        if entry is None or not entry.detail or not self.expands:
            return
        show = entry.id not in self.entries.open_ids if on is None else on
        if show:
            self.entries.open_ids.add(entry.id)
        else:
            self.entries.open_ids.discard(entry.id)
        index = self.entries.index(place, 0)
        self.itemDelegate().sizeHintChanged.emit(index)
        self.doItemsLayout()
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter; open out with Space or the arrow towards the end."""
        place = self.currentIndex().row()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        forward = Qt.Key.Key_Left if rtl else Qt.Key.Key_Right
        back = Qt.Key.Key_Right if rtl else Qt.Key.Key_Left
        key = event.key()
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._open(place)
        elif key == Qt.Key.Key_Space and self.expands:
            self.open_out(place)
        elif key in {forward, back} and self.expands:
            self.open_out(place, on=key == forward)
        else:
            super().keyPressEvent(event)
            self._pass_title(place)

    def _pass_title(self, before: int) -> None:
        """Step over a title that the focus came to, in the direction it went."""
        place = self.currentIndex().row()
        if not self.entries.is_heading(place):
            return
        down = place > before or place == 0
        place += 1 if down else -1
        if not 0 <= place < self.entries.total():
            place = before
        self.setCurrentIndex(self.entries.index(place, 0))
        if place == 1:
            self.scrollToTop()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open out when the caret at the end of a row is clicked."""
        super().mouseReleaseEvent(event)
        if not self.expands or event.button() != Qt.MouseButton.LeftButton:
            return
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        if index.isValid():
            rect = self.visualRect(index)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            from_end = spot.x() - rect.x() if rtl else rect.right() - spot.x()
            if from_end < look().px(40):
                self.open_out(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Lift the row under the pointer."""
        super().mouseMoveEvent(event)
        self._warm(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        """Let the row go."""
        super().leaveEvent(event)
        self._warm(-1)

    def focusInEvent(self, event: Any) -> None:
        """Stand on a row as soon as the list has the focus."""
        super().focusInEvent(event)
        here = self.currentIndex()
        if not here.isValid() or self.entries.is_heading(here.row()):
            self.go_to(max(0, here.row()))
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which entry the focus is on."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if current.row() != previous.row():
            self.current.emit(self.entries.entry(current.row()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap what is opened out to the new width."""
        super().resizeEvent(event)
        if self.entries.open_ids:
            self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet the rows stand on; it ends with the last row."""
        if self.sheet:
            self._paint_sheet()
        super().paintEvent(event)

    def _paint_sheet(self) -> None:
        ground = QRectF(self.viewport().rect())
        last = self.entries.total() - 1
        if last >= 0 and not self.floats and not self.verticalScrollBar().maximum():
            end = self.visualRect(self.entries.index(last, 0)).bottom() + self.edge + 1
            ground.setHeight(min(ground.height(), end))
        style = look()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(style.color("raised"))
        bare = last < 0 and self.hasFocus()
        usual = "edge" if self.floats else "line"
        painter.setPen(style.color("focus" if bare else usual))
        painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _open(self, place: int) -> None:
        entry = self.entries.entry(place)
        if entry is not None:
            self.opened.emit(entry)

    def _remember(self) -> None:
        entry = self.entry()
        place = self.currentIndex().row()
        self._kept = (entry.id if entry else "", place, self.verticalScrollBar().value())

    def _return(self) -> None:
        kept_id, place, scroll = self._kept
        found = self.entries.place_of(kept_id) if kept_id else -1
        if found >= 0:
            place = found
        if place >= 0 and self.entries.total():
            self.go_to(min(place, self.entries.total() - 1))
            self.doItemsLayout()
            self.verticalScrollBar().setValue(scroll)

    def _warm(self, row: int) -> None:
        if row != self.hot_row:
            self.hot_row = row
            self.viewport().update()


class TimelineList(CardList):
    """A student's story, newest first: stops on a line, opened out with Space."""

    rail = True

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(name, expands=True, parent=parent)

    def row_height(self) -> int:
        """Return the height of a stop; airier than a list."""
        return look().px(56)
