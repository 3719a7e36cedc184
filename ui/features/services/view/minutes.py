"""The list of services owed, those at risk first; and the sessions that wait for a decision."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips, Choice
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Muted, PageTitle
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn
from ui.kit.widgets.tables import Column, PagedModel, PagedTable

Options = Sequence[tuple[object, str]]


class KeyedList(CardList):
    """A list in which one letter says something of the entry the focus is on."""

    keyed = Signal(object, str)
    """Emitted with the `Entry` and the letter."""

    def __init__(self, name: str, letters: str, *, expands: bool = False) -> None:
        super().__init__(name, expands=expands)
        self._letters = letters

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say what a letter says; everything else as in any list."""
        letter = event.text().upper()
        entry = self.entry()
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier,
        )  # fmt: skip
        if letter and letter in self._letters and entry is not None and plain:
            self.keyed.emit(entry, letter)
            return
        super().keyPressEvent(event)


class MinutesView(QWidget):
    """Which services are owed, how they stand, and what to do."""

    turned = Signal()
    """Another part, building or service was chosen."""
    add_asked = Signal()
    import_asked = Signal()
    rules_asked = Signal()
    paper_asked = Signal()

    def __init__(self, columns: Sequence[Column], parts: Options, letters: str, keys: str) -> None:
        super().__init__()
        self.count = Muted("")
        add = Button(_("Service owed"), "add", "primary")
        add.clicked.connect(self.add_asked)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        for words, sign, asked in (
            (_("How it is counted"), "settings", self.rules_asked),
            (_("Report"), "report", self.paper_asked),
            (_("From a file"), "import", self.import_asked),
        ):
            button = Button(words, sign)
            button.clicked.connect(asked)
            row.addWidget(button)
        row.addWidget(add)
        head = QHBoxLayout()
        titles = QVBoxLayout()
        titles.setSpacing(look().gap(4))
        titles.addWidget(PageTitle(_("Service minutes")))
        titles.addWidget(self.count)
        head.addLayout(titles, 2)
        head.addWidget(beside, 3, Qt.AlignmentFlag.AlignTop)
        self.parts = Chips(parts, exclusive=True)
        self.parts.setAccessibleName(_("What is shown"))
        self.parts.set_value(parts[0][0])
        self.parts.chosen.connect(lambda _value: self.turned.emit())
        self.choices: dict[str, Choice] = {}
        narrow = QWidget()
        flow = FlowLayout(narrow, gap=12)
        flow.addWidget(self.parts)
        for name, said in (("school", _("School")), ("service", _("Service"))):
            choice = Choice()
            choice.setAccessibleName(said)
            choice.setMinimumContentsLength(10)
            choice.chosen.connect(lambda _value: self.turned.emit())
            self.choices[name] = choice
            flow.addWidget(choice)
        self.model = PagedModel(columns)
        self.table = PagedTable(self.model, _("Services owed"))
        self.waiting = KeyedList(_("Sessions to decide about"), letters)
        self.keys = Muted(keys)
        deciding = QWidget()
        column = QVBoxLayout(deciding)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addWidget(self.keys)
        column.addWidget(self.waiting, 1)
        start = Button(_("Write down a service owed"), "add", "primary")
        bring = Button(_("Take over a file"), "import")
        start.clicked.connect(self.add_asked)
        bring.clicked.connect(self.import_asked)
        self.empty = EmptyState(
            "clock",
            _("No service is owed yet"),
            _(
                "What an IEP, a 504 or another plan owes is written down once. Every signed note"
                " and group session then counts toward it by itself."
            ),
            start,
            bring,
        )
        self.none = EmptyState("check", _("Nothing here"), _("Everything is decided and on track."))
        self._stack = QStackedWidget()
        for widget in (self.table, deciding, self.empty, self.none):
            self._stack.addWidget(widget)
        self._deciding = deciding
        # Where the text is large the page scrolls as a whole, so that nothing is cut off.
        sheet = ScrollColumn(_("Service minutes"), margin=0)
        page = sheet.body
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        self.table.setMinimumHeight(look().px(220))
        self.waiting.setMinimumHeight(look().px(220))
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        page.addLayout(head)
        page.addWidget(narrow)
        page.addWidget(self._stack, 1)

    def show_choices(self, schools: Options, services: Options) -> None:
        """Offer what the list can be narrowed by."""
        for name, options in (("school", schools), ("service", services)):
            self.choices[name].set_options(options)
            self.choices[name].setVisible(len(options) > 2)

    def show_count(self, text: str) -> None:
        """Say how many there are, and how many of them are at risk."""
        self.count.setText(text)

    def show_list(self, *, total: int, narrowed: bool) -> None:
        """Show the list, or what an empty one teaches."""
        empty = self.none if narrowed else self.empty
        self._stack.setCurrentWidget(self.table if total else empty)

    def show_waiting(self, entries: Sequence[Entry]) -> None:
        """Show the sessions that wait for a decision."""
        self.waiting.set_entries(entries)
        self._stack.setCurrentWidget(self._deciding if entries else self.none)
        if entries and not self.waiting.currentIndex().isValid():
            self.waiting.go_to(0)

    def stand(self) -> None:
        """Put the focus where work begins."""
        shown = self._stack.currentWidget()
        if shown is self._deciding:
            self.waiting.setFocus()
        elif shown is self.empty:
            self.empty.setFocus()
        elif shown is self.none:
            self.parts.setFocus()
        else:
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
