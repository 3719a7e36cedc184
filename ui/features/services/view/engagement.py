"""Who was referred, who began and who still attends: the curve, its numbers, and the lists."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.services.view.charts import StepChart, StepLine
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle, SectionTitle
from ui.kit.widgets.scroll import ScrollColumn
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Options = Sequence[tuple[object, str]]
_WIDE = 760
"""From this width on, in pixels at usual text size, the numbers stand beside the curve."""


class EngagementView(QWidget):
    """The engagement page."""

    turned = Signal()
    """A filter, or what the curve is told apart by, was chosen."""
    listed = Signal()
    """Another list was chosen."""
    refer_asked = Signal()
    close_asked = Signal()
    paper_asked = Signal()

    def __init__(self, columns: Sequence[Column], numbers: Sequence[Column], rule: str) -> None:
        super().__init__()
        self.count = Muted("")
        refer = Button(_("Refer a student"), "follow_up", "primary")
        refer.clicked.connect(self.refer_asked)
        paper = Button(_("Report"), "report")
        paper.clicked.connect(self.paper_asked)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(PageTitle(_("Engagement")))
        words.addWidget(self.count)
        head.addLayout(words, 1)
        buttons = QWidget()
        beside = FlowLayout(buttons, gap=8)
        beside.addWidget(paper)
        beside.addWidget(refer)
        head.addWidget(buttons, 0, Qt.AlignmentFlag.AlignTop)
        self.choices: dict[str, Choice] = {}
        narrow = QWidget()
        flow = FlowLayout(narrow, gap=12)
        for name, said in (
            ("by", _("Told apart by")),
            ("tier", _("Tier")),
            ("service", _("Service")),
            ("school", _("School")),
            ("year", _("School year")),
        ):
            choice = Choice()
            choice.setAccessibleName(said)
            choice.setMinimumContentsLength(8)
            choice.chosen.connect(lambda _value: self.turned.emit())
            self.choices[name] = choice
            flow.addWidget(choice)
        self.chart = StepChart(_("Who still attends, week by week"), _("Week"))
        self.numbers = PagedModel(numbers)
        self.table = PagedTable(self.numbers, _("Who still attends, in numbers"))
        self.table.setMinimumHeight(look().px(200))
        self.rule = Muted(rule)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(look().gap(16))
        self._pair.addWidget(self.chart, 10, Qt.AlignmentFlag.AlignTop)
        self._pair.addWidget(self.table, 16)
        self.states = Chips([], exclusive=True)
        self.states.setAccessibleName(_("Who is listed"))
        self.states.chosen.connect(lambda _value: self.listed.emit())
        self.close_button = Button(_("Say how it ended"), "check")
        self.close_button.clicked.connect(self.close_asked)
        self.model = PagedModel(columns)
        self.list = PagedTable(self.model, _("Students referred and served"))
        self.list.setMinimumHeight(look().px(220))
        lists = QWidget()
        row = FlowLayout(lists, gap=12)
        row.addWidget(self.states)
        row.addWidget(self.close_button)
        first = Button(_("Refer a student"), "follow_up", "primary")
        first.clicked.connect(self.refer_asked)
        self.empty = EmptyState(
            "chart",
            _("Nobody was referred yet"),
            _(
                "A referral waits here until the first session is signed; then it begins by"
                " itself. After some weeks the curve shows who still attends."
            ),
            first,
        )
        sheet = ScrollColumn(_("Engagement"))
        page = sheet.body
        page.addLayout(head)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(12))
        column.addWidget(narrow)
        column.addLayout(self._pair)
        column.addWidget(self.rule)
        column.addWidget(SectionTitle(_("Behind the numbers")))
        column.addWidget(lists)
        column.addWidget(self.list, 1)
        page.addWidget(self._full, 1)
        page.addWidget(self.empty, 1)
        self.empty.hide()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)

    def show_choices(self, name: str, options: Options) -> None:
        """Offer what the curve can be narrowed or told apart by."""
        before = self.choices[name].value()
        self.choices[name].set_options(options)
        self.choices[name].setVisible(len(options) > 2)
        self.choices[name].set_value(before)

    def show_curves(self, lines: Sequence[StepLine], said: str, count: str, *, some: bool) -> None:
        """Show the curves and what they say."""
        self.count.setText(count)
        self.chart.set_lines(lines, said)
        self._full.setVisible(some)
        self.empty.setVisible(not some)

    def show_states(self, options: Options, chosen: object) -> None:
        """Offer the lists, with how many stand in each."""
        self.states.set_options(options)
        self.states.set_value(chosen)

    def stand(self) -> None:
        """Put the focus where work begins."""
        if self.empty.isVisibleTo(self):
            self.empty.setFocus()
        else:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the numbers beside the curve where there is room, else under it."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(_WIDE)
        ways = QBoxLayout.Direction
        for line in (self._pair, self._head):
            line.setDirection(ways.LeftToRight if wide else ways.TopToBottom)
