"""The list of students: found as one types, narrowed, sorted, and worked on together."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _, ngettext
from ui.kit.chart import TierBars
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice, SearchEdit
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import KeyHint, Muted, PageTitle
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Options = Sequence[tuple[object, str]]


class _Narrowing(QWidget):
    """Search line, scope, and the four things a list can be narrowed by."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.search = SearchEdit(_("Name or number"))
        self.search.sought.connect(lambda _text: self.changed.emit())
        self.scope = Chips(exclusive=True)
        self.scope.setAccessibleName(_("Whose students"))
        self.scope.chosen.connect(lambda _value: self.changed.emit())
        self.choices: dict[str, Choice] = {}
        row = QHBoxLayout()
        row.setSpacing(look().gap(12))
        row.addWidget(self.search, 3)
        row.addWidget(self.scope, 2)
        narrowed = FlowLayout(None, gap=8, fill=True)
        for name, words in (
            ("school", _("School")),
            ("grade", _("Grade")),
            ("tier", _("Tier")),
            ("tag", _("Tag")),
        ):
            choice = Choice()
            choice.setAccessibleName(words)
            choice.setMinimumContentsLength(7)
            choice.chosen.connect(lambda _value: self.changed.emit())
            self.choices[name] = choice
            narrowed.addWidget(choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addLayout(row)
        column.addLayout(narrowed)
        column.addStretch(1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class _Doing(QWidget):
    """What can be done with the students that are selected."""

    def __init__(self) -> None:
        super().__init__()
        flow = FlowLayout(self, gap=8)
        self.selected = Muted("")
        self.selected.setWordWrap(False)
        flow.addWidget(self.selected)
        self.open = Button(_("Open"), "student")
        self.note = Button(_("New note"), "note")
        self.tier = Button(_("Set tier"), "tier")
        self.put_on = Button(_("Put on my caseload"), "on")
        self.take_off = Button(_("Take off"), "off")
        self.tag = Button(_("Tag"), "tag")
        self.keys = KeyHint("Ctrl+N")
        for widget in (self.open, self.note, self.tier, self.put_on, self.take_off, self.tag):
            flow.addWidget(widget)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class CaseloadView(QWidget):
    """The caseload page."""

    narrowed = Signal()
    """Search, scope or a choice changed."""
    add_asked = Signal()
    import_asked = Signal()
    everyone_asked = Signal()
    """The empty caseload's offer: look at every student."""

    def __init__(self, columns: Sequence[Column], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = Muted("")
        add = Button(_("Add student"), "on", "primary")
        add.clicked.connect(self.add_asked)
        bring = Button(_("Import roster"), "import")
        bring.clicked.connect(self.import_asked)
        head = QHBoxLayout()
        head.setSpacing(look().gap(8))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PageTitle(_("Caseload")))
        words.addWidget(self.count)
        head.addLayout(words, 1)
        head.addWidget(bring, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(add, 0, Qt.AlignmentFlag.AlignTop)
        self.narrowing = _Narrowing()
        self.narrowing.changed.connect(self.narrowed)
        self.search = self.narrowing.search
        self.scope = self.narrowing.scope
        self.choices = self.narrowing.choices
        self.bars = TierBars(_("Students by tier"))
        self._above = QWidget()
        above = QHBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(look().gap(24))
        above.addWidget(self.narrowing, 5)
        above.addWidget(self.bars, 3, Qt.AlignmentFlag.AlignTop)
        self.model = PagedModel(columns)
        self.table = PagedTable(self.model, _("Students"), many=True)
        self.doing = _Doing()
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addWidget(self.table, 1)
        column.addWidget(self.doing)
        self._stack = QStackedWidget()
        self._listed = listed
        self._stack.addWidget(listed)
        self._nobody = self._empty()
        self._none_mine = self._nobody_mine()
        self._none_found = EmptyState(
            "search",
            _("No student fits"),
            _("Try fewer letters, another spelling, or take a filter back."),
        )
        for widget in (self._nobody, self._none_mine, self._none_found):
            self._stack.addWidget(widget)
        page = QVBoxLayout(self)
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addLayout(head)
        page.addWidget(self._above)
        page.addWidget(self._stack, 1)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.go_to_search)
        self.search.returnPressed.connect(self.go_to_list)

    def _empty(self) -> EmptyState:
        bring = Button(_("Import a roster"), "import", "primary")
        bring.clicked.connect(self.import_asked)
        add = Button(_("Add a student"), "on")
        add.clicked.connect(self.add_asked)
        return EmptyState(
            "caseload",
            _("Students will stand here"),
            _(
                "Import the roster your school exports (OneRoster, Clever, or any table), or add"
                " a student by hand. Nothing leaves this computer."
            ),
            bring,
            add,
        )

    def _nobody_mine(self) -> EmptyState:
        everyone = Button(_("Show all students"), "caseload", "primary")
        everyone.clicked.connect(self.everyone_asked)
        add = Button(_("Add a student"), "on")
        add.clicked.connect(self.add_asked)
        return EmptyState(
            "on",
            _("Your caseload is empty"),
            _("Look among all students, select those you work with, and put them on it."),
            everyone,
            add,
        )

    # -- what the presenter shows ----------------------------------------------------

    def show_scopes(self, scopes: Options) -> None:
        """Offer the scopes, with how many students each has."""
        self.scope.set_options(scopes)

    def show_choices(self, choices: Mapping[str, Options]) -> None:
        """Offer what the list can be narrowed by; a choice with nothing to choose is not shown."""
        for name, options in choices.items():
            self.choices[name].set_options(options)
            self.choices[name].setVisible(len(options) > 2 or name == "tier")

    def show_tiers(self, counts: Sequence[tuple[str, int]]) -> None:
        """Show how many students of the list are at each tier, the top first."""
        self.bars.set_counts(counts)

    def show_total(self, total: int, state: str) -> None:
        """Say how many students the list has, and show it or what an empty one teaches."""
        self.count.setText(
            ngettext("{count} student", "{count} students", total).format(count=total)
        )
        empty = {"nobody": self._nobody, "none-mine": self._none_mine, "none": self._none_found}
        self._stack.setCurrentWidget(empty.get(state, self._listed))
        self._above.setVisible(state != "nobody")
        self.count.setVisible(state != "nobody")

    def show_selected(self, text: str, *, some: bool, one: bool) -> None:
        """Say how many are selected, and offer what can be done with them."""
        self.doing.selected.setText(text)
        for button in (self.doing.open, self.doing.note):
            button.setEnabled(one)
        for button in (
            self.doing.tier,
            self.doing.put_on,
            self.doing.take_off,
            self.doing.tag,
        ):
            button.setEnabled(some)

    # -- where one is ----------------------------------------------------------------

    def go_to_search(self) -> None:
        """Put the focus into the search line."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def go_to_list(self) -> None:
        """Put the focus on the first student that was found."""
        if self.model.total():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def rows_selected(self) -> list[int]:
        """Return the places of the rows that are selected."""
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def row_at(self, place: int) -> Any:
        """Return the row at a place, or None while it is not in memory."""
        return self.model.row(place)
