"""What one student is owed: period by period, and every session behind it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.services.view.charts import PeriodBar, PeriodBars
from ui.features.services.view.minutes import KeyedList
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Chips
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Chip, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.scroll import ScrollColumn

Options = Sequence[tuple[object, str]]


class StudentMinutesView(QWidget):
    """A student's services owed, one at a time."""

    acted = Signal(str)
    """Emitted with what was asked: add, change, end, reopen, hand, student, paper."""
    turned = Signal(object)
    """Emitted with the service that was chosen."""

    def __init__(self, letters: str, keys: str) -> None:
        super().__init__()
        self.title = PageTitle("")
        self.line = Muted("")
        self.services = Chips([], exclusive=True)
        self.services.setAccessibleName(_("Services owed"))
        self.services.chosen.connect(self.turned)
        self.terms = SectionTitle("")
        self.standing = Chip("")
        self.facts = Words("")
        self.need = Words("", bold=True)
        self.bars = PeriodBars(_("What each period owed and gave"))
        self.period = Muted("")
        self.sessions = KeyedList(_("Sessions"), letters, expands=True)
        self.keys = Muted(keys)
        self.buttons: dict[str, Button] = {}
        doing = QWidget()
        row = FlowLayout(doing, gap=8)
        for key, words, icon in (
            ("add", _("Another service"), "add"),
            ("change", _("Change"), "edit"),
            ("end", _("End"), "end"),
            ("reopen", _("Owed again"), "undo"),
            ("hand", _("Session without a note"), "note"),
            ("student", _("Open the student"), "student"),
            ("paper", _("Report"), "report"),
        ):
            button = Button(words, icon)
            button.clicked.connect(lambda _on=False, key=key: self.acted.emit(key))
            self.buttons[key] = button
            row.addWidget(button)
        first = Button(_("Write down a service owed"), "add", "primary")
        first.clicked.connect(lambda: self.acted.emit("add"))
        self.empty = EmptyState(
            "clock",
            _("Nothing is owed to this student"),
            _(
                "Write down what the plan owes. Sessions that are signed already and fit it"
                " count from its first day on."
            ),
            first,
        )
        head = QWidget()
        top = QVBoxLayout(head)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(look().gap(4))
        top.addWidget(self.title)
        top.addWidget(self.line)
        named = QWidget()
        beside = QHBoxLayout(named)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(look().gap(12))
        beside.addWidget(self.terms, 1)
        beside.addWidget(self.standing)
        self._owed = QWidget()
        column = QVBoxLayout(self._owed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        for widget in (
            named,
            self.facts,
            self.need,
            self.bars,
            self.period,
            SectionTitle(_("Sessions")),
            self.keys,
        ):
            column.addWidget(widget)
        self.sessions.setMinimumHeight(look().px(220))
        column.addWidget(self.sessions, 1)
        sheet = ScrollColumn(_("Services owed"))
        page = sheet.body
        for part in (head, doing, self.services):
            page.addWidget(part)
        page.addWidget(self._owed, 1)
        page.addWidget(self.empty, 1)
        self.empty.hide()
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)

    def show_student(self, name: str, line: str) -> None:
        """Show whose services these are."""
        self.title.setText(name)
        self.line.setText(line)

    def show_services(self, options: Options, chosen: object) -> None:
        """Offer the services owed; one alone needs no choice."""
        self.services.set_options(options)
        self.services.setVisible(len(options) > 1)
        if options:
            self.services.set_value(chosen)
        self._owed.setVisible(bool(options))
        self.empty.setVisible(not options)
        self.offer(("add", "student") if not options else ())

    def offer(self, names: Sequence[str]) -> None:
        """Offer these actions and no others."""
        for name, button in self.buttons.items():
            button.setVisible(name in names)

    def show_owed(
        self,
        terms: str,
        standing: tuple[str, str],
        facts: str,
        need: str,
        bars: Sequence[PeriodBar],
    ) -> None:
        """Show one service: what is owed, how it stands, and its periods."""
        self.terms.setText(terms)
        self.standing.set(*standing)
        self.facts.setText(facts)
        self.need.setText(need)
        self.need.setVisible(bool(need))
        self.bars.set_bars(bars)
        self.bars.setVisible(bool(bars))

    def show_period(self, text: str) -> None:
        """Say the chosen period in words."""
        self.period.setText(text)
        self.period.setVisible(bool(text))

    def show_sessions(self, entries: Sequence[Entry]) -> None:
        """Show the sessions behind it, the newest first."""
        stood = self.sessions.hasFocus()
        self.sessions.set_entries(entries)
        self.sessions.setVisible(bool(entries))
        self.keys.setVisible(bool(entries))
        if entries and not self.sessions.currentIndex().isValid():
            self.sessions.go_to(0)
        if stood:
            self.sessions.setFocus()

    def stand(self) -> None:
        """Put the focus where work begins."""
        if self.empty.isVisibleTo(self):
            self.empty.setFocus()
        elif self.sessions.isVisibleTo(self):
            self.sessions.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.buttons["hand"].setFocus()
