"""A month to pick a day from; made only when it is opened."""

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QToolButton, QVBoxLayout, QWidget

from app.kernel.words import _, language
from ui.kit.icons import icon
from ui.kit.look import TextSize, look


class _Month(QCalendarWidget):
    """A month whose days are painted as the desk paints: today, the chosen day, other months."""

    def __init__(self, now: date, parent: QWidget) -> None:
        super().__init__(parent)
        self._now = QDate(now.year, now.month, now.day)

    def paintCell(self, painter: QPainter, rect: QRect, day: QDate | date) -> None:
        style = look()
        shown = day if isinstance(day, QDate) else QDate(day.year, day.month, day.day)
        chosen = shown == self.selectedDate()
        spot = QRectF(0, 0, rect.height() - 4, rect.height() - 4)
        spot.moveCenter(QRectF(rect).center())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, style.color("raised"))
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color("accent"))
            painter.drawEllipse(spot)
        elif shown == self._now:
            painter.setPen(QPen(style.color("accent"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(spot)
        here = shown.month() == self.monthShown()
        painter.setFont(style.font(bold=chosen or shown == self._now))
        painter.setPen(style.color("accent_text" if chosen else "text" if here else "muted"))
        if not here and not chosen:
            painter.setFont(style.font(TextSize.FINE))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(shown.day()))
        painter.restore()


class CalendarPopup(QFrame):
    """Shows a month; a click or Enter picks a day, Esc closes it."""

    picked = Signal(QDate)

    def __init__(self, day: date, now: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(_("Calendar"))
        self.month = _Month(now, self)
        self.month.setAccessibleName(_("Month"))
        tongue = QLocale.Language.Spanish if language() == "es" else QLocale.Language.English
        self.month.setLocale(QLocale(tongue, QLocale.Country.UnitedStates))
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.month.setSelectedDate(QDate(day.year, day.month, day.day))
        self._dress()
        self.month.clicked.connect(self._pick)
        self.month.activated.connect(self._pick)
        column = QVBoxLayout(self)
        room = look().gap(8)
        column.setContentsMargins(room, room, room, room)
        column.addWidget(self.month)
        self.month.setMinimumSize(look().px(300), look().px(250))
        self.setFocusProxy(self.month)

    def show_under(self, editor: QWidget) -> None:
        """Open below `editor`, or above it where there is no room."""
        self.adjustSize()
        spot = editor.mapToGlobal(QPoint(0, editor.height() + look().gap(2)))
        room = editor.screen().availableGeometry()
        if spot.y() + self.height() > room.bottom():
            spot.setY(editor.mapToGlobal(QPoint(0, 0)).y() - self.height())
        spot.setX(max(room.left(), min(spot.x(), room.right() - self.width())))
        self.move(spot)
        self.show()
        self.month.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _pick(self, day: QDate) -> None:
        self.picked.emit(day)
        self.close()

    def _dress(self) -> None:
        plain = QTextCharFormat()
        plain.setForeground(look().color("text"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.month.setWeekdayTextFormat(day, plain)
        head = QTextCharFormat()
        head.setForeground(look().color("muted"))
        head.setBackground(look().color("raised"))
        self.month.setHeaderTextFormat(head)
        names = {
            "qt_calendar_prevmonth": ("start", _("Month before")),
            "qt_calendar_nextmonth": ("end", _("Month after")),
        }
        for button in self.month.findChildren(QToolButton):
            known = names.get(button.objectName())
            if known is not None:
                button.setIcon(icon(known[0]))
                button.setAccessibleName(known[1])
