"""The list of students: found as one types, narrowed, sorted, and worked on together."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.kernel.words import _, ngettext
from ui.kit.chart import TierBars
from ui.kit.icons import icon
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice, SearchEdit
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Options = Sequence[tuple[object, str]]
_SMALL = 780
"""Below this width, in pixels at usual text size, what is not the list is folded away."""


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
        wide = self.scope.sizePolicy()
        wide.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
        self.scope.setSizePolicy(wide)
        self.more = Button(_("Filter"), "filter")
        self.more.setCheckable(True)
        self.more.toggled.connect(lambda _on: self._arrange())
        self.choices: dict[str, Choice] = {}
        self._small = False
        line = QHBoxLayout()
        line.setSpacing(look().gap(8))
        line.addWidget(self.search, 1)
        line.addWidget(self.more)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(look().gap(12))
        self._row.addLayout(line, 1)
        self._row.addWidget(self.scope)
        self._filters = QWidget()
        narrowed = FlowLayout(self._filters, gap=8, fill=True)
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
        _as_high_as_its_lines(self._filters)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addLayout(self._row)
        column.addWidget(self._filters)
        column.addStretch(1)
        _as_high_as_its_lines(self)
        self._arrange()

    def set_small(self, *, small: bool) -> None:
        """Where there is little room, show the filters only when they are asked for."""
        self._small = small
        self._arrange()

    def _arrange(self) -> None:
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if self._small else ways.LeftToRight)
        self.more.setVisible(self._small)
        self._filters.setVisible(not self._small or self.more.isChecked())


def _as_high_as_its_lines(widget: QWidget) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    widget.setSizePolicy(policy)


class _Doing(QWidget):
    """What can be done with the students that are selected."""

    def __init__(self) -> None:
        super().__init__()
        flow = FlowLayout(self, gap=8)
        self.selected = Muted("")
        self.selected.setWordWrap(False)
        flow.addWidget(self.selected)
        self.buttons: dict[str, Button] = {}
        self._items: dict[str, QAction] = {}
        menu = QMenu(self)
        for name, words, sign in (
            ("open", _("Open"), "student"),
            ("note", _("New note"), "note"),
            ("tier", _("Set tier"), "tier"),
            ("put_on", _("Put on my caseload"), "on"),
            ("take_off", _("Take off"), "off"),
            ("tag", _("Tag"), "tag"),
        ):
            button = Button(words, sign)
            flow.addWidget(button)
            item = menu.addAction(icon(sign), words)
            item.triggered.connect(button.click)
            self.buttons[name], self._items[name] = button, item
        self.menu_button = Button(_("Actions"), "more")
        self.menu_button.setMenu(menu)
        flow.addWidget(self.menu_button)
        _as_high_as_its_lines(self)
        self.set_small(small=False)

    def set_small(self, *, small: bool) -> None:
        """Where there is little room, fold the buttons into one."""
        for name, button in self.buttons.items():
            button.setVisible(not small or name == "note")
        self.menu_button.setVisible(small)

    def offer(self, name: str, *, on: bool) -> None:
        """Offer one of them, or not."""
        self.buttons[name].setEnabled(on)
        self._items[name].setEnabled(on)


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
        self._bring = Button(_("Import roster"), "import")
        self._bring.clicked.connect(self.import_asked)
        head = QHBoxLayout()
        head.setSpacing(look().gap(8))
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(PageTitle(_("Caseload")))
        words.addWidget(self.count)
        head.addLayout(words, 1)
        head.addWidget(self._bring, 0, Qt.AlignmentFlag.AlignTop)
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
        self._small = False
        self._some_counted = True
        look().changed.connect(self._arrange)
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
        self._some_counted = any(count for _name, count in counts)
        self.bars.setVisible(self._some_counted and not self._small)

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
        for name in self.doing.buttons:
            self.doing.offer(name, on=one if name in {"open", "note"} else some)

    # -- how it is laid out ----------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold filters, chart and buttons away where there is little room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        small = self.width() < look().px(_SMALL)
        if small == self._small:
            return
        self._small = small
        self.narrowing.set_small(small=small)
        self.doing.set_small(small=small)
        self.bars.setVisible(self._some_counted and not small)
        self._bring.setVisible(not small)

    # -- where one is ----------------------------------------------------------------

    def go_to_search(self) -> None:
        """Put the focus into the search line, or on the likely step where nobody can be found."""
        if self._above.isHidden():
            self._nobody.setFocus()
            return
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
