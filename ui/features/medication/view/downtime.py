"""A downtime sheet on screen: what was written on paper is keyed in line by line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.announce import announce
from ui.kit.look import TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.empty import EmptyState
from ui.kit.widgets.fields import Choice, DateEdit, Field, LineEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.scroll import ScrollColumn

_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of the sheet in words."""

    key: str
    who: str
    what: str
    """The medicine and its dose."""
    when: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a line."""

    paper: str = ""
    initials: str = ""
    said: str = ""
    choice: str = ""
    """Of a dose as needed: which order it was."""

    @property
    def nothing(self) -> bool:
        """Whether the line is empty."""
        return not (self.paper or self.initials or self.said)


class _Line:
    """The editors of one line, and the sentence under it."""

    def __init__(self, key: str, spoken: str, choice: Choice | None = None) -> None:
        self.key = key
        self.choice = choice
        self.paper = LineEdit()
        self.initials = LineEdit()
        self.said = LineEdit()
        self.trouble = Words("", TextSize.FINE, ink="bad")
        self.trouble.hide()
        for editor, label in (
            (self.paper, _("On the paper")),
            (self.initials, _("Initials")),
            (self.said, _("Reason or note")),
        ):
            editor.setAccessibleName(_("{label}: {line}").format(label=label, line=spoken))

    def typed(self) -> Typed:
        return Typed(
            self.paper.text().strip(),
            self.initials.text().strip(),
            self.said.text().strip(),
            str(self.choice.value() or "") if self.choice is not None else "",
        )

    def put(self, typed: Typed) -> None:
        self.paper.setText(typed.paper)
        self.initials.setText(typed.initials)
        self.said.setText(typed.said)
        if self.choice is not None and typed.choice:
            self.choice.set_value(typed.choice)


class DowntimeView(QWidget):
    """The day, its lines, and one button that enters them all."""

    day_chosen = Signal(object)
    school_chosen = Signal(object)
    entered = Signal()
    more_asked = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.title = PageTitle(_("Enter a downtime sheet"))
        self.about = Muted("")
        self.day = DateEdit(today(), today=today)
        self.school = Choice([("", _("All buildings"))])
        self.codes = Muted("")
        self.more = Button(_("Add a dose as needed"), "add")
        self.save = Button(_("Enter all as late entries"), "save", "primary")
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        self.empty = EmptyState(
            "medication",
            _("Nothing to enter"),
            _("Every dose of this day has its entry, or none was due."),
        )
        self._lines: list[_Line] = []
        self._build()
        self.day.textChanged.connect(self._day_typed)
        self.school.chosen.connect(self.school_chosen)
        self.more.clicked.connect(self.more_asked)
        self.save.clicked.connect(self.entered)

    def _build(self) -> None:
        sheet = ScrollColumn(_("Enter a downtime sheet"), margin=0)
        column = sheet.body
        room = look().gap(24)
        column.setContentsMargins(room, look().gap(16), room, look().gap(12))
        column.setSpacing(look().gap(12))
        column.addWidget(self.title)
        column.addWidget(self.about)
        top = QWidget()
        row = FlowLayout(top, gap=16)
        row.addWidget(Field(_("Day of the sheet"), self.day))
        self.school_field = Field(_("Building"), self.school)
        row.addWidget(self.school_field)
        column.addWidget(top)
        column.addWidget(self.codes)
        card = Card()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look().gap(12))
        self._grid.setVerticalSpacing(look().gap(6))
        self._grid.setColumnStretch(0, 4)
        for place, stretch in ((1, 2), (2, 1), (3, 3)):
            self._grid.setColumnStretch(place, stretch)
        card.body.addLayout(self._grid)
        self.card = card
        column.addWidget(card)
        column.addWidget(self.empty)
        column.addWidget(self.trouble)
        foot = QWidget()
        buttons = FlowLayout(foot, gap=8)
        buttons.addWidget(self.more)
        buttons.addWidget(self.save)
        column.addWidget(foot)
        column.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self._sheet = sheet

    def _day_typed(self, _text: str) -> None:
        found = self.day.value()
        if found is not None:
            self.day_chosen.emit(found)

    def show_lines(self, lines: Sequence[PaperLine]) -> None:
        """Show the lines of a day, all empty."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._lines = []
        for place, words in enumerate(
            (_("Dose"), _("On the paper"), _("Initials"), _("Reason or note"))
        ):
            heading = SectionTitle(words)
            self._grid.addWidget(heading, 0, place, Qt.AlignmentFlag.AlignBottom)
        for line in lines:
            who = QWidget()
            column = QVBoxLayout(who)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(look().gap(2))
            column.addWidget(
                Words(_("{when} · {name}").format(when=line.when, name=line.who), bold=True)
            )
            column.addWidget(Muted(line.what, TextSize.FINE))
            spoken = _("{name}, {what}, {when}").format(
                name=line.who, what=line.what, when=line.when
            )
            self._place(_Line(line.key, spoken), who)
        self.card.setVisible(bool(lines))
        self.empty.setVisible(not lines)
        self.save.setEnabled(bool(lines))

    def add_needed(self, key: str, orders: Sequence[tuple[object, str]]) -> None:
        """Add a line for a dose as needed, and go to it."""
        choice = Choice(orders)
        choice.setAccessibleName(_("Which dose as needed"))
        line = _Line(key, _("dose as needed"), choice)
        self.card.show()
        self.empty.hide()
        self.save.setEnabled(True)
        self._place(line, choice)
        choice.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self, line: _Line, who: QWidget) -> None:
        row = 1 + 2 * len(self._lines)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(who, row, 0)
        for place, editor in enumerate((line.paper, line.initials, line.said), 1):
            self._grid.addWidget(editor, row, place, top)
        self._grid.addWidget(line.trouble, row + 1, 0, 1, _COLUMNS)
        for editor in (line.paper, line.initials, line.said):
            editor.returnPressed.connect(lambda line=line: self._next(line))
        self._lines.append(line)

    def _next(self, line: _Line) -> None:
        place = self._lines.index(line) + 1
        if place < len(self._lines):
            self._lines[place].paper.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.save.setFocus(Qt.FocusReason.TabFocusReason)

    def typed(self) -> dict[str, Typed]:
        """Return what was typed, by the lines' keys; empty lines are left out."""
        found = {line.key: line.typed() for line in self._lines}
        return {key: typed for key, typed in found.items() if not typed.nothing}

    def put(self, typed: Mapping[str, Typed]) -> None:
        """Show again what was typed before."""
        for line in self._lines:
            if line.key in typed:
                line.put(typed[line.key])

    def calm(self) -> None:
        """Take all refusals back."""
        self.trouble.hide()
        for line in self._lines:
            line.trouble.hide()
            line.paper.setAccessibleDescription("")

    def refuse(self, key: str, sentence: str) -> None:
        """Say at its line what would be accepted; over the buttons where no line is meant."""
        line = next((one for one in self._lines if one.key == key), None)
        shown = line.trouble if line is not None else self.trouble
        shown.setText(sentence)
        shown.show()
        announce(shown, sentence, urgent=True)
        if line is not None:
            line.paper.setAccessibleDescription(sentence)
            line.paper.setFocus(Qt.FocusReason.OtherFocusReason)
            self._sheet.ensureWidgetVisible(line.trouble)

    def begin(self) -> None:
        """Stand in the first line, or at the day where there is none."""
        first = self._lines[0].paper if self._lines else self.day
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter everything with Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.save.isEnabled():
                self.entered.emit()
            return
        super().keyPressEvent(event)
