"""The schedule's page: the grid, what moves it, and what lies under the focus."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.schedule.view.grid import ScheduleGrid
from ui.kit.look import look
from ui.kit.widgets.buttons import Button, IconButton
from ui.kit.widgets.fields import Chips
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle, Words
from ui.kit.widgets.scroll import ScrollColumn

DAY, WEEK = "day", "week"


class ScheduleView(QWidget):
    """A day or a week of one's own, and the ways from it."""

    turned = Signal(int)
    scope_chosen = Signal(str)
    plan_asked = Signal()
    print_asked = Signal()
    export_asked = Signal()
    import_asked = Signal()
    buildings_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = PageTitle(_("Schedule"))
        self.span = Words("", bold=True, wrap=False)
        self.before = IconButton("start", _("Earlier"))
        self.today = Button(_("Today"), "calendar")
        self.after = IconButton("end", _("Later"))
        self.scope = Chips([(DAY, _("Day")), (WEEK, _("Week"))], exclusive=True)
        self.scope.setAccessibleName(_("How much is shown"))
        self.plan = Button(_("Plan"), "add", "primary")
        self.print = Button(_("Day plan"), "print")
        self.export = Button(_("Calendar file"), "export", "quiet")
        self.take_in = Button(_("Busy times"), "import", "quiet")
        self.buildings = Button(_("Bells"), "school", "quiet")
        self.grid = ScheduleGrid()
        self.here = Words("")
        self.keys = Muted(
            _(
                "Enter opens · N plans · S starts the note · H held · F fell out"
                " · Delete takes off · T today · Page Up and Page Down turn"
            )
        )
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.span)
        head.addLayout(words, 1)
        tools = QWidget()
        flow = FlowLayout(tools, gap=8)
        for widget in (
            self.before,
            self.today,
            self.after,
            self.scope,
            self.plan,
            self.print,
            self.export,
            self.take_in,
            self.buildings,
        ):
            flow.addWidget(widget)
        for button, about in (
            (self.export, _("Save appointments as a calendar file, without names")),
            (self.take_in, _("Read busy times from a calendar file")),
            (self.buildings, _("Bells and calendars of the buildings")),
        ):
            button.setAccessibleDescription(about)
            button.setToolTip(about)
        sheet = ScrollColumn(_("Schedule"), margin=0)
        self._page = sheet.body
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self._page.addLayout(head)
        self._page.addWidget(tools)
        self._page.addWidget(self.grid, 1)
        self._page.addWidget(self.here)
        self._page.addWidget(self.keys)
        self._dress()
        look().changed.connect(self._dress)

    def _dress(self) -> None:
        room = look().gap(24)
        self._page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        self._page.setSpacing(look().gap(8))

    def _connect(self) -> None:
        self.before.clicked.connect(lambda: self.turned.emit(-1))
        self.after.clicked.connect(lambda: self.turned.emit(1))
        self.today.clicked.connect(lambda: self.turned.emit(0))
        self.scope.chosen.connect(lambda value: self.scope_chosen.emit(str(value or WEEK)))
        self.plan.clicked.connect(self.plan_asked)
        self.print.clicked.connect(self.print_asked)
        self.export.clicked.connect(self.export_asked)
        self.take_in.clicked.connect(self.import_asked)
        self.buildings.clicked.connect(self.buildings_asked)
        self.grid.turned.connect(self.turned)
        self.grid.current.connect(self.here.setText)
