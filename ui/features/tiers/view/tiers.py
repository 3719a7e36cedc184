"""The page of the tiers: the pyramid of a day, who waits, and who moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.tiers.view.tables import NumberTable, ShortList
from ui.kit.look import look
from ui.kit.tier_chart import FlowPicture, Pyramid
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Muted, PageTitle, SectionTitle
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[object, str]
NOW, MOVES = "now", "moves"


@dataclass(frozen=True, slots=True)
class ListShown:
    """A list of students, what is said of it, and what is said where it is empty."""

    entries: tuple[Entry, ...]
    about: str
    empty: str


class StudentsCard(Card):
    """A titled list of students; where nobody is on it, a sentence stands there."""

    opened = Signal(object)

    def __init__(self, title: str, *, expands: bool = False) -> None:
        super().__init__()
        self.about = Muted("")
        self.list = ShortList(title, expands=expands)
        self.body.addWidget(SectionTitle(title))
        self.body.addWidget(self.about)
        self.body.addWidget(self.list)
        self.list.opened.connect(self.opened)

    def show_list(self, shown: ListShown) -> None:
        """Show who is on the list."""
        self.list.set_entries(shown.entries)
        self.list.setVisible(bool(shown.entries))
        self.about.setText(shown.about if shown.entries else shown.empty)


class TiersView(QWidget):
    """Tiers on a day, and between two days."""

    narrowed = Signal()
    linked = Signal(str)
    opened = Signal(object)

    def __init__(self, today: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PageTitle(_("Tiers"))
        self.about = Muted("")
        self.parts = Chips([(NOW, _("On a day")), (MOVES, _("Movement"))], exclusive=True)
        self.parts.setAccessibleName(_("What is shown"))
        self.parts.set_value(NOW)
        self.whose = Chips([("mine", _("My caseload")), ("all", _("All students"))], exclusive=True)
        self.whose.setAccessibleName(_("Whose students"))
        self.whose.set_value("all")
        self.schools = Choice([("", _("All buildings"))], name=_("Building"))
        self.grades = Choice([("", _("All grades"))], name=_("Grade"))
        self.day = DateEdit(today)
        self.since = DateEdit(today)
        self.until = DateEdit(today)
        self.pyramid = Pyramid(_("Students by tier"))
        self.by_school = NumberTable(_("By building"))
        self.by_grade = NumberTable(_("By grade"))
        self.waiting = StudentsCard(_("Moved up, and nothing has begun"))
        self.overdue = StudentsCard(_("At a tier for longer than was said"))
        self.flow = FlowPicture(_("From tier to tier"))
        self.nine = NumberTable(_("From tier to tier, in numbers"))
        self.moves = StudentsCard(_("Moves"), expands=True)
        self.past = Muted(_("Who waits, and who stays too long, is shown as of today alone."))
        self.buttons = {
            "noticing": Button(_("Deserves a look"), "search"),
            "report": Button(_("Save or print"), "pdf", "primary"),
        }
        self.empty = EmptyState(
            "tier",
            _("No students here"),
            _(
                "Every enrolled student stands at Tier 1 until someone decides otherwise. A"
                " decision is made on the student’s page, with its reason and day."
            ),
        )
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1, Qt.AlignmentFlag.AlignTop)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        for key, button in self.buttons.items():
            button.clicked.connect(partial(self.linked.emit, key))
            row.addWidget(button)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        sheet = ScrollColumn(_("Tiers"))
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addLayout(head)
        words.addWidget(self.about)
        sheet.body.addLayout(words)
        chips = QWidget()
        marks = FlowLayout(chips, gap=16)
        marks.addWidget(self.parts)
        marks.addWidget(self.whose)
        sheet.body.addWidget(chips)
        narrow = QWidget()
        fields = FlowLayout(narrow, gap=16)
        self._day = Field(_("As it was on"), self.day)
        self._since = Field(_("From"), self.since)
        self._until = Field(_("To"), self.until)
        self._schools = Field(_("Building"), self.schools)
        self._grades = Field(_("Grade"), self.grades)
        for field in (self._schools, self._grades, self._day, self._since, self._until):
            fields.addWidget(field)
        sheet.body.addWidget(narrow)
        self._now = self._now_part()
        self._moved = self._moves_part()
        sheet.body.addWidget(self._now)
        sheet.body.addWidget(self._moved)
        sheet.body.addWidget(self.empty, 1)
        sheet.body.addStretch(0)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(sheet)
        self.parts.chosen.connect(self._turn)
        for choice in (self.whose, self.schools, self.grades):
            choice.chosen.connect(self._narrow)
        for day in (self.day, self.since, self.until):
            day.picked.connect(self._narrow)
        for card in (self.waiting, self.overdue, self.moves):
            card.opened.connect(self.opened)
        self.empty.hide()
        self._show_part()

    def _now_part(self) -> QWidget:
        part = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, part)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(look().gap(24))
        picture = Card()
        picture.body.addWidget(SectionTitle(_("Students by tier")))
        picture.body.addWidget(self.pyramid)
        picture.body.addWidget(SectionTitle(_("By building")))
        picture.body.addWidget(self.by_school)
        picture.body.addWidget(SectionTitle(_("By grade")))
        picture.body.addWidget(self.by_grade)
        lists = QWidget()
        column = QVBoxLayout(lists)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(16))
        for widget in (self.waiting, self.overdue, self.past):
            column.addWidget(widget)
        self._beside.addWidget(picture, 1, Qt.AlignmentFlag.AlignTop)
        self._beside.addWidget(lists, 1, Qt.AlignmentFlag.AlignTop)
        return part

    def _moves_part(self) -> QWidget:
        part = QWidget()
        self._between = QBoxLayout(QBoxLayout.Direction.LeftToRight, part)
        self._between.setContentsMargins(0, 0, 0, 0)
        self._between.setSpacing(look().gap(24))
        picture = Card()
        picture.body.addWidget(SectionTitle(_("From tier to tier")))
        picture.body.addWidget(self.flow)
        picture.body.addWidget(SectionTitle(_("In numbers")))
        picture.body.addWidget(self.nine)
        self._between.addWidget(picture, 1, Qt.AlignmentFlag.AlignTop)
        self._between.addWidget(self.moves, 1, Qt.AlignmentFlag.AlignTop)
        return part

    def _narrow(self, _chosen: object = None) -> None:
        self.narrowed.emit()

    def _turn(self, _part: object = None) -> None:
        self._show_part()
        self.narrowed.emit()

    def part(self) -> str:
        """Return which part is shown."""
        return str(self.parts.value() or NOW)

    def show_part(self, part: str) -> None:
        """Show one of the parts."""
        self.parts.set_value(part)
        self._show_part()

    def _show_part(self) -> None:
        now = self.part() == NOW
        self._day.setVisible(now)
        self._since.setVisible(not now)
        self._until.setVisible(not now)
        self._now.setVisible(now)
        self._moved.setVisible(not now)

    def offer(self, schools: Sequence[Option], grades: Sequence[Option]) -> None:
        """Offer buildings and grades; one alone is not asked for."""
        for choice, field, options in (
            (self.schools, self._schools, schools),
            (self.grades, self._grades, grades),
        ):
            kept = choice.value()
            with QSignalBlocker(choice):
                choice.set_options(options)
                choice.set_value(kept)
            field.setVisible(len(options) > 2)

    def show_content(self, *, on: bool, today: bool) -> None:
        """Show the pictures, or that nobody is there; the lists are of today alone."""
        self.empty.setVisible(not on)
        self.buttons["report"].setEnabled(on)
        self._now.setVisible(on and self.part() == NOW)
        self._moved.setVisible(on and self.part() == MOVES)
        self.waiting.setVisible(today)
        self.overdue.setVisible(today)
        self.past.setVisible(not today)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what stands beside the pictures under them where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(900)
        way = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(way)
        self._between.setDirection(way)
