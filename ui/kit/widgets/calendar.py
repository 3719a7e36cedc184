"""A month to pick a day from; made only when it is opened."""

from datetime import date

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QToolButton, QVBoxLayout, QWidget

from app.kernel.words import _, language
from ui.kit.icons import icon
from ui.kit.look import look


class CalendarPopup(QFrame):
    """Shows a month; a click or Enter picks a day, Esc closes it."""

    picked = Signal(QDate)

    def __init__(self, day: date, now: date, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(_("Calendar"))
        self.month = QCalendarWidget(self)
        self.month.setAccessibleName(_("Month"))
        tongue = QLocale.Language.Spanish if language() == "es" else QLocale.Language.English
        self.month.setLocale(QLocale(tongue, QLocale.Country.UnitedStates))
        self.month.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.month.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.month.setSelectedDate(QDate(day.year, day.month, day.day))
        self._dress(now)
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

    def _dress(self, now: date) -> None:
        plain = QTextCharFormat()
        plain.setForeground(look().color("text"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.month.setWeekdayTextFormat(day, plain)
        head = QTextCharFormat()
        head.setForeground(look().color("muted"))
        head.setBackground(look().color("raised"))
        self.month.setHeaderTextFormat(head)
        today = QTextCharFormat()
        today.setForeground(look().color("accent"))
        today.setFont(look().font(bold=True))
        self.month.setDateTextFormat(QDate(now.year, now.month, now.day), today)
        names = {
            "qt_calendar_prevmonth": ("start", _("Month before")),
            "qt_calendar_nextmonth": ("end", _("Month after")),
        }
        for button in self.month.findChildren(QToolButton):
            known = names.get(button.objectName())
            if known is not None:
                button.setIcon(icon(known[0]))
                button.setAccessibleName(known[1])
