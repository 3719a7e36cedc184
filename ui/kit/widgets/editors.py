"""What one types and chooses with: lines, text, choices, days, times, minutes, marks."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil

from PySide6.QtCore import (
    QDate,
    QEvent,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFontMetricsF,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QCompleter,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from app.kernel.words import _, ngettext
from ui.kit import dates
from ui.kit.icons import paint_icon
from ui.kit.look import look
from ui.kit.tab_order import tab_through
from ui.kit.widgets.buttons import IconButton, paint_ring
from ui.kit.widgets.flow import FlowLayout


class LineEdit(QLineEdit):
    """One line of text, perhaps with an icon before it and a small button after it."""

    def __init__(
        self,
        text: str = "",
        placeholder: str = "",
        icon_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._lead = icon_name
        self._trail: IconButton | None = None
        self.setPlaceholderText(placeholder)
        self._dress()
        look().changed.connect(self._dress)

    def add_trail(self, icon: str, name: str) -> IconButton:
        """Add a small button at the end of the line; keys do the same, so Tab skips it."""
        self._trail = IconButton(icon, name, self)
        self._trail.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._trail.setCursor(Qt.CursorShape.ArrowCursor)
        self._dress()
        return self._trail

    def _dress(self) -> None:
        before = look().px(22) if self._lead else 0
        after = look().px(24) if self._trail is not None else 0
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self.setTextMargins(after if rtl else before, 0, before if rtl else after, 0)
        self._place()

    def _place(self) -> None:
        if self._trail is not None:
            side = max(24, look().px(28))
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            left = 4 if rtl else self.width() - side - 4
            self._trail.setGeometry(left, (self.height() - side) // 2, side, side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the end."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Change sides with the direction of the script."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, and its icon."""
        super().paintEvent(event)
        if self._lead:
            side = look().px(16)
            rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            left = self.width() - look().px(10) - side if rtl else look().px(10)
            painter = QPainter(self)
            spot = QRect(left, (self.height() - side) // 2, side, side)
            paint_icon(painter, spot, self._lead, "muted")
            painter.end()

    def room_for(self, text: str) -> QSize:
        """Return the size in which `text` is seen whole."""
        hint = super().minimumSizeHint()
        extra = look().px(24 + 28 if self._trail is not None else 28)
        return QSize(self.fontMetrics().horizontalAdvance(text) + extra, hint.height())


class SearchEdit(LineEdit):
    """A line to find things with: `sought` speaks once typing pauses; Esc empties it."""

    sought = Signal(str)

    def __init__(self, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", placeholder, "search", parent)
        self.setAccessibleName(placeholder or _("Search"))
        self._clear = self.add_trail("clear", _("Clear search"))
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(120)
        self._pause.timeout.connect(self._speak)
        self._held = False
        self.textChanged.connect(self._typed)

    def _typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._pause.start()

    def _speak(self) -> None:
        self._held = False
        self.sought.emit(self.text())

    def hideEvent(self, event: QHideEvent) -> None:
        """Say nothing while nobody sees it: what is behind it may be closing."""
        super().hideEvent(event)
        self._held = self._pause.isActive()
        self._pause.stop()

    def showEvent(self, event: QShowEvent) -> None:
        """Say now what was typed last, if it was not said yet."""
        super().showEvent(event)
        if self._held:
            self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the line with Esc, once; a second Esc is for whoever is around it."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._pause.isActive():
            self._pause.stop()
            self._speak()
        super().keyPressEvent(event)


class NoteText(QPlainTextEdit):
    """Text that grows with what is written, from `lines` to `most` lines; Tab leaves it."""

    def __init__(
        self,
        text: str = "",
        placeholder: str = "",
        lines: int = 3,
        most: int = 14,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._low, self._high = lines, most
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # Its lines wrap: a bar across would come with the one down, and take a line's room.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        look().changed.connect(self._grow)
        self._grow()

    def text(self) -> str:
        """Return what was written."""
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace what was written, unless it is the same; the cursor goes to the end."""
        if text != self.toPlainText():
            self.setPlainText(text)
            cursor = self.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            self.setTextCursor(cursor)

    def sizeHint(self) -> QSize:
        """Return the height of the lines written, within its limits."""
        lines = max(self._low, min(self._high, round(self.document().size().height())))
        # A line of text is laid out in whole pixels, rounded up.
        height = lines * ceil(QFontMetricsF(self.font()).lineSpacing()) + look().px(20)
        return QSize(look().px(320), height)

    def minimumSizeHint(self) -> QSize:
        """Return room for the fewest lines."""
        return QSize(look().px(120), self.sizeHint().height())

    def _grow(self, *_size: object) -> None:
        self.updateGeometry()


class Choice(QComboBox):
    """One of several; type to find it. `chosen` speaks with the value of the choice.

    A `Field` names it; one that stands without a label (a filter) is given its `name`.
    """

    chosen = Signal(object)

    def __init__(
        self,
        options: Iterable[tuple[object, str]] = (),
        *,
        name: str = "",
        find: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)
        if find:
            self.setEditable(True)
            self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            finder = QCompleter(self.model(), self)
            finder.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
            finder.setFilterMode(Qt.MatchFlag.MatchContains)
            finder.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self.setCompleter(finder)
            edit = self.lineEdit()
            if edit is not None:
                edit.editingFinished.connect(self._settle)
                edit.setTextMargins(-2, 0, 0, 0)  # begins where the words of other choices do
        self.set_options(options)
        self.currentIndexChanged.connect(lambda _i: self.chosen.emit(self.value()))

    def set_options(self, options: Iterable[tuple[object, str]]) -> None:
        """Offer other choices; the one that was made stays if it is among them."""
        kept = self.value()
        with QSignalBlocker(self):
            self.clear()
            for value, words in options:
                self.addItem(words, value)
        self.set_value(kept)

    def value(self) -> object:
        """Return the value of the choice, or None."""
        return self.currentData()

    def set_value(self, value: object) -> bool:
        """Choose `value`; the first choice, and False, if it is not offered."""
        for index in range(self.count()):
            if self.itemData(index) == value:
                self.setCurrentIndex(index)
                return True
        self.setCurrentIndex(0 if self.count() else -1)
        return False

    def _settle(self) -> None:
        typed = self.currentText().strip()
        ways = (
            Qt.MatchFlag.MatchFixedString,
            Qt.MatchFlag.MatchStartsWith,
            Qt.MatchFlag.MatchContains,
        )
        found = (self.findText(typed, way) for way in ways if typed)
        index = next((place for place in found if place >= 0), self.currentIndex())
        self.setCurrentIndex(index)
        self.setEditText(self.itemText(index))
        edit = self.lineEdit()
        if edit is not None:
            edit.setCursorPosition(0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not a choice one does not look at."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the choice, and the sign that there are others."""
        super().paintEvent(event)
        painter = QPainter(self)
        paint_trailing(painter, self, "down")
        painter.end()


def paint_trailing(painter: QPainter, widget: QWidget, name: str) -> None:
    """Paint a small icon at the far end of an editor."""
    side = look().px(14)
    rtl = widget.layoutDirection() == Qt.LayoutDirection.RightToLeft
    left = look().px(9) if rtl else widget.width() - look().px(9) - side
    spot = QRect(left, (widget.height() - side) // 2, side, side)
    paint_icon(painter, spot, name, "muted" if not widget.isEnabled() else "text")


class DateEdit(LineEdit):
    """A day: type `3/14`, `fri`, `today` or `12 Mar 2027`, or pick it with Alt+Down.

    The arrow keys move it by a day, Page Up and Page Down by a week.
    """

    picked = Signal(object)
    """Emitted with the new day, or None, when it changes."""

    def __init__(
        self,
        day: date | None = None,
        *,
        today: Callable[[], date] = dates.today,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._day: date | None = None
        self._today = today
        self.setPlaceholderText(dates.date_hint())
        self.add_trail("calendar", _("Pick a day")).clicked.connect(self.open_calendar)
        self.editingFinished.connect(self._settle)
        self.set_value(day)

    def value(self) -> date | None:
        """Return the day; None when it is empty or not understood."""
        return dates.read_date(self.text(), self._today())

    def understood(self) -> bool:
        """Tell whether what is typed is a day, or nothing at all."""
        return not self.text().strip() or self.value() is not None

    def set_value(self, day: date | None) -> None:
        """Show `day`."""
        self.setText(dates.shown_date(day) if day else "")
        if day != self._day:
            self._day = day
            self.picked.emit(day)

    def minimumSizeHint(self) -> QSize:
        """Return room for the longest day."""
        return self.room_for(dates.shown_date(date(2028, 12, 28)))

    def _settle(self) -> None:
        day = self.value()
        if day is not None or not self.text().strip():
            self.set_value(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the day with the arrow keys; open the calendar with Alt+Down."""
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 7,
            Qt.Key.Key_PageDown: -7,
        }
        key = Qt.Key(event.key())
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if key == Qt.Key.Key_Down and alt:
            self.open_calendar()
        elif key in steps and not alt:
            self.set_value((self.value() or self._today()) + timedelta(days=steps[key]))
        else:
            super().keyPressEvent(event)

    def open_calendar(self) -> None:
        """Show the month under the line."""
        from ui.kit.widgets.calendar import CalendarPopup

        popup = CalendarPopup(self.value() or self._today(), self._today(), self)
        popup.picked.connect(self._from_calendar)
        popup.show_under(self)

    def _from_calendar(self, day: QDate) -> None:
        self.set_value(date(day.year(), day.month(), day.day()))
        self.setFocus()


class TimeEdit(LineEdit):
    """A time of day: type `9`, `915`, `2p` or `now`; the arrow keys move it by five minutes."""

    picked = Signal(object)

    def __init__(
        self,
        at: time | None = None,
        *,
        now: Callable[[], time] = lambda: datetime.now().astimezone().time(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._at: time | None = None
        self._now = now
        self.setPlaceholderText(dates.shown_time(time(9, 15)))
        self.editingFinished.connect(self._settle)
        self.set_value(at)

    def value(self) -> time | None:
        """Return the time; None when it is empty or not understood."""
        return dates.read_time(self.text(), self._now())

    def understood(self) -> bool:
        """Tell whether what is typed is a time, or nothing at all."""
        return not self.text().strip() or self.value() is not None

    def set_value(self, at: time | None) -> None:
        """Show `at`."""
        self.setText(dates.shown_time(at) if at else "")
        if at != self._at:
            self._at = at
            self.picked.emit(at)

    def minimumSizeHint(self) -> QSize:
        """Return room for the longest time."""
        return self.room_for(dates.shown_time(time(12, 58)))

    def _settle(self) -> None:
        at = self.value()
        if at is not None or not self.text().strip():
            self.set_value(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the time with the arrow keys, to the next full five minutes."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            at = self.value() or self._now()
            minutes = at.hour * 60 + at.minute
            if event.key() == Qt.Key.Key_Up:
                minutes = (minutes // 5 + 1) * 5
            else:
                minutes = (minutes - 1) // 5 * 5
            self.set_value(time(minutes // 60 % 24, minutes % 60))
        else:
            super().keyPressEvent(event)


class Minutes(QSpinBox):
    """A number of minutes; the arrow keys move it by five."""

    def __init__(self, minutes: int = 0, most: int = 600, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, most)
        self.setSingleStep(5)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._name_unit)
        self.setValue(minutes)
        self._name_unit(minutes)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        side = look().px(7)
        self.lineEdit().setTextMargins(side, 0, side, 0)

    def sizeHint(self) -> QSize:
        """Return the height of any line, and room for the largest number."""
        words = self.textFromValue(self.maximum()) + self.suffix()
        width = self.fontMetrics().horizontalAdvance(words) + look().px(52)
        return QSize(width, look().px(36))

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def _name_unit(self, minutes: int) -> None:
        self.setSuffix(" " + ngettext("minute", "minutes", minutes))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the page, not a number one does not look at."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the number, and the carets that step it."""
        super().paintEvent(event)
        side = look().px(12)
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = look().px(9) if rtl else self.width() - look().px(9) - side
        middle = self.height() // 2
        ink = "text" if self.isEnabled() else "muted"
        painter = QPainter(self)
        paint_icon(painter, QRect(left, middle - side, side, side), "up", ink)
        paint_icon(painter, QRect(left, middle, side, side), "down", ink)
        painter.end()


class Number(Minutes):
    """A whole number between two limits, with its unit written after it."""

    def __init__(
        self,
        value: int = 0,
        least: int = 0,
        most: int = 999,
        unit: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self._unit = unit
        super().__init__(0, most, parent)
        self.setSingleStep(1)
        self.setRange(least, most)
        self.setValue(value)

    def _name_unit(self, minutes: int) -> None:
        self.setSuffix(f" {self._unit}" if self._unit else "")


_WRAPPED = Qt.TextFlag.TextShowMnemonic | Qt.TextFlag.TextWordWrap


class Check(QCheckBox):
    """A box to tick, with words beside it."""

    def __init__(
        self, text: str, *, on: bool = False, wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        """With `wrap` the words take as many lines as they need; they can be somebody's own."""
        super().__init__(text, parent)
        self._wrap = wrap
        self.setChecked(on)
        up = QSizePolicy.Policy.Minimum if wrap else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, up)
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Return the room the box and its words take."""
        words = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return QSize(words.width() + look().px(36), max(look().px(28), words.height()))

    def minimumSizeHint(self) -> QSize:
        """Return the same, unless the words wrap."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), look().px(120)), hint.height()) if self._wrap else hint

    def heightForWidth(self, width: int) -> int:
        """Return the height of the wrapped words; -1 where they stand on one line."""
        if not self._wrap:
            return -1
        room = QRect(0, 0, max(1, width - look().px(36)), 1 << 15)
        words = self.fontMetrics().boundingRect(room, _WRAPPED, self.text())
        return max(look().px(28), words.height())

    def hitButton(self, pos: QPoint) -> bool:
        """Tick it wherever it is clicked."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, tick, focus ring and words."""
        style = look()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        side = style.px(18)
        inset = 3  # room for the ring
        left = self.width() - inset - side if rtl else inset
        box = QRectF(left, (self.height() - side) // 2, side, side)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.checkState() != Qt.CheckState.Unchecked
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color("accent" if self.isEnabled() else "muted"))
            painter.drawRoundedRect(box, style.px(4), style.px(4))
            mark = box.adjusted(2, 2, -2, -2).toRect()
            partly = self.checkState() == Qt.CheckState.PartiallyChecked
            if partly:
                middle = mark.center().y()
                painter.fillRect(
                    QRect(mark.x() + 1, middle, mark.width() - 2, 2), style.color("accent_text")
                )
            else:
                paint_icon(painter, mark, "check", "accent_text")
        else:
            painter.setPen(QPen(style.color("edge" if self.isEnabled() else "line"), 1))
            painter.setBrush(style.color("hover" if self.underMouse() else "raised"))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), style.px(4), style.px(4))
        if self.hasFocus():
            paint_ring(painter, box.adjusted(-3, -3, 3, 3))
        gap = side + inset + style.px(8)
        words = self.rect().adjusted(0 if rtl else gap, 0, -gap if rtl else 0, 0)
        painter.setPen(style.color("text" if self.isEnabled() else "muted"))
        side_flag = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            words,
            int(
                side_flag
                | Qt.AlignmentFlag.AlignAbsolute
                | Qt.AlignmentFlag.AlignVCenter
                | (_WRAPPED if self._wrap else Qt.TextFlag.TextShowMnemonic)
            ),
            self.text(),
        )
        painter.end()


class _Mark(QAbstractButton):
    """One chip that can be on or off."""

    def __init__(self, value: object, text: str, parent: "Chips") -> None:
        super().__init__(parent)
        self.value = value
        self._chips = parent
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        style = look()
        width = self.fontMetrics().horizontalAdvance(self.text()) + style.px(24)
        return QSize(width + (style.px(18) if self.isChecked() else 0), style.px(30))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        steps = {
            Qt.Key.Key_Right: -1 if rtl else 1,
            Qt.Key.Key_Left: 1 if rtl else -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._chips.move_focus(self, steps[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def nextCheckState(self) -> None:
        if not (self._chips.exclusive and self.isChecked()):
            self.setChecked(not self.isChecked())

    def paintEvent(self, event: QPaintEvent) -> None:
        style = look()
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        on = self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "selection" if on else ("hover" if self.underMouse() else "raised")
        painter.setPen(QPen(style.color("accent" if on else "edge"), 1))
        painter.setBrush(style.color(ground))
        radius = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.color("focus"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        words = self.rect().adjusted(style.px(12), 0, -style.px(12), 0)
        if on:
            side = style.px(14)
            left = words.right() - side + 1 if rtl else words.left()
            spot = QRect(left, (self.height() - side) // 2, side, side)
            paint_icon(painter, spot, "check", "accent")
            step = style.px(18)
            words.adjust(0 if rtl else step, 0, -step if rtl else 0, 0)
        painter.setPen(style.color("selection_text" if on else "text"))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()


class Chips(QWidget):
    """Several of a few, or with `exclusive` one of a few: all in sight, arrow keys move."""

    chosen = Signal(object)
    """Emitted with the list of chosen values (or the one value) when it changes."""

    def __init__(
        self,
        options: Iterable[tuple[object, str]] = (),
        *,
        exclusive: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.exclusive = exclusive
        self._marks: list[_Mark] = []
        self._quiet = False
        self._entry: _Mark | None = None
        # Never seen and never reached: it holds the chips' place in the order of Tab.
        self._place = QWidget(self)
        self._place.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._place.hide()
        self._flow = FlowLayout(self, gap=6)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        look().changed.connect(self.updateGeometry)
        self.set_options(options)

    def set_options(self, options: Iterable[tuple[object, str]]) -> None:
        """Offer other chips; what was chosen stays where it is still offered."""
        kept = self.values()
        for mark in self._marks:
            self._flow.removeWidget(mark)
            mark.hide()
            mark.deleteLater()
        self._marks = [_Mark(value, text, self) for value, text in options]
        for mark in self._marks:
            mark.toggled.connect(lambda on, m=mark: self._toggled(m, on=on))
            self._flow.addWidget(mark)
            mark.show()
        self._entry = None
        if self._marks:
            self._enter_at(self._marks[0])
        tab_through(self)
        self.set_values(kept)

    def stops(self) -> tuple[QWidget, ...]:
        """Return the chips behind the one that holds their place in the order of Tab."""
        return (self._place, *self._marks)

    def entry(self) -> QWidget | None:
        """Return the chip that Tab comes to, if there is any."""
        return self._entry

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Put the focus on the chip that Tab comes to."""
        if self._entry is not None:
            self._entry.setFocus(reason)

    def values(self) -> list[object]:
        """Return the chosen values, in the order they are offered."""
        return [mark.value for mark in self._marks if mark.isChecked()]

    def value(self) -> object:
        """Return the first chosen value, or None."""
        return next(iter(self.values()), None)

    def set_values(self, values: Sequence[object]) -> None:
        """Choose exactly `values`."""
        self._quiet = True
        for mark in self._marks:
            mark.setChecked(mark.value in values)
        self._quiet = False
        for mark in self._marks:
            if mark.isChecked():
                self._enter_at(mark)
                break

    def set_value(self, value: object) -> None:
        """Choose exactly `value`."""
        self.set_values([value])

    def move_focus(self, mark: _Mark, step: int) -> None:
        """Move to the chip `step` places from `mark`; with `exclusive`, choose it."""
        other = self._marks[(self._marks.index(mark) + step) % len(self._marks)]
        self._enter_at(other)
        other.setFocus(Qt.FocusReason.TabFocusReason)
        if self.exclusive:
            other.setChecked(True)

    def _enter_at(self, entry: _Mark) -> None:
        for mark in self._marks:
            mark.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if mark is entry else Qt.FocusPolicy.ClickFocus
            )
        self._entry = entry

    def _toggled(self, mark: _Mark, *, on: bool) -> None:
        mark.updateGeometry()
        if self._quiet:
            return
        if self.exclusive and on:
            self._quiet = True
            for other in self._marks:
                if other is not mark:
                    other.setChecked(False)
            self._quiet = False
            self._enter_at(mark)
        self.chosen.emit(self.value() if self.exclusive else self.values())


class GrowingRow(QWidget):
    """A row of widgets that wraps; the widgets keep their own size."""

    def __init__(self, *widgets: QWidget, gap: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self, gap)
        for widget in widgets:
            flow.addWidget(widget)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def take_no_more(self) -> None:
        """Take no more room than the widgets fill in one line, so that others stand beside."""
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.setSizePolicy(policy)


__all__ = [
    "Check", "Chips", "Choice", "DateEdit", "GrowingRow", "LineEdit", "Minutes", "NoteText",
    "Number", "SearchEdit", "TimeEdit",
]  # fmt: skip
