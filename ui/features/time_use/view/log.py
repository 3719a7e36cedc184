"""The log's page: the quick line, what is offered, the day, and its week."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.chart import Bar, BarRow
from ui.kit.look import Kind, look
from ui.kit.tab_order import tab_through
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Choice, DateEdit, Field, Form, LineEdit, TimeEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle, SectionTitle
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[object, str]


class QuickLine(QWidget):
    """The entries of an activity, side by side; Enter in any of them records."""

    typed = Signal(str)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.category = LineEdit("", _("Number or first letters"))
        self.minutes = LineEdit("", _("45 or 1:15"))
        self.at = TimeEdit()
        self.at.setPlaceholderText(_("Ends now"))
        self.school = Choice()
        self.students = LineEdit("", _("None"))
        self.note = LineEdit("", _("Short, without names"))
        self.pick = self.category.add_trail("list", _("Show all categories"))
        self.form = Form()
        self.form.add_row(
            category=Field(_("Category"), self.category),
            minutes=Field(_("Minutes"), self.minutes),
            at=Field(_("Began at"), self.at),
            school=Field(_("Building"), self.school),
        )
        self.form.add_row(
            note=Field(_("Note"), self.note),
            students=Field(_("Students reached"), self.students),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        for name, line in self._lines().items():
            line.textChanged.connect(lambda _text, name=name: self._typed(name))
            line.returnPressed.connect(self.entered)
        self.school.chosen.connect(lambda _value: self.typed.emit("school"))

    def _lines(self) -> dict[str, LineEdit]:
        return {
            "category": self.category,
            "minutes": self.minutes,
            "at": self.at,
            "students": self.students,
            "note": self.note,
        }

    def _typed(self, name: str) -> None:
        self.form.field(name).clear()
        self.typed.emit(name)

    def values(self) -> dict[str, str]:
        """Return every entry as it stands."""
        at = self.at.value()
        return {
            "category": self.category.text(),
            "minutes": self.minutes.text(),
            "at": at.strftime("%H:%M") if at else self.at.text().strip(),
            "school_id": str(self.school.value() or ""),
            "note": self.note.text(),
            "students": self.students.text(),
        }

    def show_values(self, values: Mapping[str, str]) -> None:
        """Show entries; nothing counts as typed."""
        for name, line in self._lines().items():
            with QSignalBlocker(line):
                if name == "at":
                    self.at.set_value(_time(values.get("at", "")))
                else:
                    line.setText(values.get(name, ""))
        with QSignalBlocker(self.school):
            self.school.set_value(values.get("school_id", ""))
        self.form.clear()

    def refuse(self, name: str, sentence: str) -> bool:
        """Show a refusal at its entry; False if there is none of that name."""
        known = {"school_id": "school", "on": "at"}
        return self.form.refuse(known.get(name, name), sentence)

    def stops(self) -> tuple[QWidget, ...]:
        """Return the entries in the order in which one types."""
        return (
            self.category, self.minutes, self.at, self.school, self.note, self.students,
        )  # fmt: skip


class LogView(QWidget):
    """A day of a person's time."""

    day_chosen = Signal(object)
    stepped = Signal(int)
    timer = Signal()
    timer_dropped = Signal()
    offered = Signal(str)
    """Emitted with the key of what was offered: `repeat`, or a duty's id."""
    linked = Signal(str)

    def __init__(self, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(_("Use of time"))
        self.about = Muted("")
        self.links = {
            "time-share": Button(_("Share of time"), "counts"),
            "billing": Button(_("Claims"), "audit"),
            "time-setup": Button(_("Set up"), "settings"),
        }
        self.day = DateEdit(today(), today=today)
        self.day.setAccessibleName(_("Day"))
        self.before = IconButton("start", _("The day before"))
        self.after = IconButton("end", _("The day after"))
        self.quick = QuickLine()
        self.log_button = Button(_("Log it"), "check", "primary")
        self.timer_button = Button(_("Start the clock"), "clock")
        self.drop_button = Button(_("Stop without logging"), "", "quiet")
        self.running = Chip(_("The clock runs"), Kind.ACCENT, "clock")
        self.legend = Muted("")
        self.offers = QWidget()
        self._offer_row = FlowLayout(self.offers, gap=8)
        self._offered: list[Button] = []
        self._categories: tuple[tuple[str, str], ...] = ()
        self.list = CardList(_("The day’s entries"))
        self.list.setMinimumHeight(look().px(200))
        self.empty = EmptyState(
            "clock",
            _("Nothing logged on this day"),
            _(
                "Sessions and groups come here by themselves when they are signed. Type a category"
                " and the minutes for everything else, and press Enter."
            ),
        )
        self.week_title = SectionTitle(_("Minutes this week"))
        self.week_about = Muted("")
        self.week = BarRow(_("Minutes of each day of the week"))
        self._build()
        self._connect()

    def _build(self) -> None:
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        for widget in (self.before, self.day, self.after, *self.links.values()):
            row.addWidget(widget)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        card = Card()
        card.body.addWidget(self.quick)
        foot = QWidget()
        steps = FlowLayout(foot, gap=8)
        for button in (self.log_button, self.timer_button, self.drop_button, self.running):
            steps.addWidget(button)
        card.body.addWidget(foot)
        card.body.addWidget(self.legend)
        sheet = ScrollColumn(_("Use of time"))
        sheet.body.addLayout(head)
        sheet.body.addWidget(card)
        sheet.body.addWidget(self.offers)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(look().gap(24))
        entries = QVBoxLayout()
        entries.addWidget(self.list, 1)
        entries.addWidget(self.empty, 1)
        self._columns.addLayout(entries, 5)
        week = Card()
        week.body.addWidget(self.week_title)
        week.body.addWidget(self.week_about)
        week.body.addWidget(self.week)
        self._columns.addWidget(week, 3, Qt.AlignmentFlag.AlignTop)
        sheet.body.addLayout(self._columns, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self.empty.hide()
        self.offers.hide()
        self.show_timer("")

    def _connect(self) -> None:
        self.day.picked.connect(self.day_chosen)
        self.before.clicked.connect(partial(self.stepped.emit, -1))
        self.after.clicked.connect(partial(self.stepped.emit, 1))
        self.log_button.clicked.connect(self.quick.entered)
        self.timer_button.clicked.connect(self.timer)
        self.drop_button.clicked.connect(self.timer_dropped)
        for key, button in self.links.items():
            button.clicked.connect(partial(self.linked.emit, key))
        self._order(())

    def _order(self, offered: Sequence[Button]) -> None:
        tab_through(
            *self.quick.stops(),
            self.log_button,
            self.timer_button,
            self.drop_button,
            *offered,
            self.list,
            self.before,
            self.day,
            self.after,
            *self.links.values(),
        )

    def show_day(self, day: date, about: str) -> None:
        """Show which day this is, and what it came to."""
        with QSignalBlocker(self.day):
            self.day.set_value(day)
        self.about.setText(about)

    def offer(self, schools: Sequence[Option], categories: Sequence[tuple[str, str]]) -> None:
        """Offer buildings and categories; a single building is not asked for."""
        with QSignalBlocker(self.quick.school):
            self.quick.school.set_options(schools)
        self.quick.form.field("school").setVisible(len(schools) > 1)
        self.legend.setText("   ".join(_whole(f"{number} {label}") for number, label in categories))
        self.legend.setAccessibleName(_("Categories by number"))
        self._categories = tuple(categories)

    def pick_category(self) -> str:
        """Show all categories in a menu, and return the number of the one that was picked."""
        menu = QMenu(self)
        for key, label in self._categories:
            menu.addAction(f"{key}  {label}").setData(key)
        under = self.quick.category.mapToGlobal(self.quick.category.rect().bottomLeft())
        chosen: QAction | None = menu.exec(under)
        number = str(chosen.data()) if chosen is not None else ""
        menu.deleteLater()
        return number

    def show_offers(self, offers: Sequence[tuple[str, str, str]]) -> None:
        """Offer what can be logged with one key: key, words, icon."""
        stood = any(button.hasFocus() for button in self._offered)
        for old in self._offered:
            self._offer_row.removeWidget(old)
            old.hide()
            old.deleteLater()
        made: list[Button] = []
        for key, words, icon in offers:
            button = Button(words, icon)
            button.clicked.connect(partial(self.offered.emit, key))
            self._offer_row.addWidget(button)
            made.append(button)
        self._offered = made
        self.offers.setVisible(bool(made))
        self._order(made)
        if stood:
            (made[0] if made else self.quick.category).setFocus()

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show the day's entries."""
        stood = self.list.hasFocus()
        self.list.set_entries(entries)
        self.list.setVisible(bool(entries))
        self.empty.setVisible(not entries)
        if stood and not entries:
            self.focus_line()

    def show_week(self, days: Sequence[tuple[str, int]], about: str) -> None:
        """Show what each day of the week came to."""
        self.week.set_bars([Bar(name, minutes) for name, minutes in days])
        self.week_about.setText(about)

    def show_timer(self, since: str) -> None:
        """Show since when the clock runs, or that none does."""
        self.running.setVisible(bool(since))
        self.drop_button.setVisible(bool(since))
        if since:
            self.running.set(since, Kind.ACCENT, "clock")
        self.timer_button.setText(_("Stop the clock and log") if since else _("Start the clock"))

    def focus_line(self) -> None:
        """Go where an activity is typed."""
        self.quick.category.setFocus(Qt.FocusReason.OtherFocusReason)
        self.quick.category.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the week under the day where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(820)
        for row in (self._head, self._columns):
            row.setDirection(
                QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
            )


def _whole(words: str) -> str:
    """Return words that are not parted at the end of a line."""
    return words.replace(" ", "\u00a0")


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
