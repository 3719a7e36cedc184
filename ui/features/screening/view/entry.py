"""Entering a screening at the speed at which a paper form is read aloud.

A digit answers the item the focus is on and goes on to the next; Space leaves it blank; Backspace
goes back and takes the answer away. What the answers come to stands beside them all the time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.fields import Check, Choice, DateEdit, Field, Form, LineEdit, NoteText, Number
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import Card, KeyHint, Muted, PageTitle, SectionTitle, Words
from ui.kit.widgets.lists import CardList, Entry
from ui.kit.widgets.scroll import ScrollColumn

_BESIDE = QBoxLayout.Direction.LeftToRight
_BELOW = QBoxLayout.Direction.TopToBottom
_YES, _NO = "yY1sS", "nN0"


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as it is asked: its words, and what may be answered."""

    id: str
    number: str
    words: str
    note: str
    answers: tuple[tuple[int, str], ...]
    """Value and words; empty for a number of days."""

    @property
    def yes_no(self) -> bool:
        """Whether it is a question of yes or no."""
        return [value for value, _words in self.answers] == [0, 1]


@dataclass(frozen=True, slots=True)
class ResultShown:
    """What the answers come to, in words."""

    lines: tuple[tuple[str, str, str], ...] = ()
    """A scale's name, its result, and the kind of mark."""
    risk: str = ""
    steps: tuple[str, ...] = ()
    left: str = ""


class AnswerList(CardList):
    """The items; a digit answers, Space leaves blank, Backspace goes back."""

    answered = Signal(str, object)
    """Emitted with the item's id, and its value or None."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._typed = ""

    def row_height(self) -> int:
        """Return the height of a row that is scanned."""
        return look().px(40)

    def item(self) -> Asked | None:
        """Return the item the focus is on."""
        entry = self.entry()
        return entry.subject if entry is not None and isinstance(entry.subject, Asked) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Answer, leave blank, or go back."""
        item, text, key = self.item(), event.text(), event.key()
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if item is None or not plain:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Backspace:
            self._back(item)
        elif key == Qt.Key.Key_Space:
            self._answer(item, None)
        elif not item.answers and (
            text.isdecimal() or (key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._typed)
        ):
            self._type_days(item, text)
        elif item.yes_no and text and (text in _YES or text in _NO):
            self._answer(item, int(text in _YES))
        elif text.isdecimal() and int(text) in dict(item.answers):
            self._answer(item, int(text))
        elif text.isdecimal():
            event.accept()
        else:
            self._typed = ""
            super().keyPressEvent(event)

    def _type_days(self, item: Asked, text: str) -> None:
        if text.isdecimal():
            self._typed = (self._typed + text)[-3:]
            self.answered.emit(item.id, int(self._typed))
            return
        self._typed = ""
        self.go_to(self.currentIndex().row() + 1)

    def _answer(self, item: Asked, value: int | None) -> None:
        self._typed = ""
        place = self.currentIndex().row()
        self.answered.emit(item.id, value)
        self.go_to(place + 1)

    def _back(self, item: Asked) -> None:
        if self._typed:
            self._typed = self._typed[:-1]
            self.answered.emit(item.id, int(self._typed) if self._typed else None)
            return
        entry = self.entry()
        if entry is not None and entry.chips:
            self.answered.emit(item.id, None)
            return
        place = self.currentIndex().row() - 1
        before = self.entries.entry(place)
        if before is not None and isinstance(before.subject, Asked):
            self.go_to(place)
            self.answered.emit(before.subject.id, None)

    def forget_typed(self) -> None:
        """Begin a number anew: the focus is on another item."""
        self._typed = ""


class EntryView(QWidget):
    """Who, with what, on which day; the items; what it comes to; and the keys for it."""

    edited = Signal()
    """Something about the screening was changed."""
    instrument_chosen = Signal(object)
    answered = Signal(str, object)
    given = Signal(str, int)
    """A score from elsewhere was typed for a scale."""
    student_asked = Signal()
    record = Signal()
    record_next = Signal()
    discard = Signal()

    def __init__(self, today: Callable[[], date]) -> None:
        super().__init__()
        self.title = PageTitle(_("Screening"))
        self.about = Muted("")
        self.student = Button(_("Choose the student"), "student")
        self.instrument = Choice(find=True)
        self.informant = Choice()
        self.informant_name = LineEdit()
        self.taken_on = DateEdit(None, today=today)
        self.source = Choice()
        self.refused = Check(_("Would not answer"))
        self.comment = NoteText(lines=2, most=6)
        self.form = Form()
        self.form.add_row(
            student=Field(_("Student"), self.student, required=True),
            instrument=Field(_("Instrument"), self.instrument, required=True),
        )
        self.form.add_row(
            informant=Field(_("Who answered"), self.informant, required=True),
            informant_name=Field(_("Name, if it is someone else"), self.informant_name),
        )
        self.form.add_row(
            taken_on=Field(_("On"), self.taken_on, required=True),
            source=Field(_("How"), self.source),
        )
        self.notes = Words("", ink="muted")
        self.keys = QWidget()
        self._key_row = FlowLayout(self.keys, gap=6)
        self.items = AnswerList(_("Items"))
        self.scores = QWidget()
        self._score_form = Form()
        scores = QVBoxLayout(self.scores)
        scores.setContentsMargins(0, 0, 0, 0)
        scores.addWidget(self._score_form)
        self.risk = Card(kind=Kind.BAD)
        self.risk_words = Words("", ink="bad", bold=True)
        self.risk_steps = Words("")
        self.risk.body.addWidget(self.risk_words)
        self.risk.body.addWidget(self.risk_steps)
        self.result = Card()
        self.record_button = Button(_("Record"), "done", "primary")
        self.next_button = Button(_("Record, and the next student"), "student")
        self.discard_button = Button(_("Throw away"), "delete")
        self._lines: list[QWidget] = []
        self._offered: tuple[object, ...] = ()
        self._build()
        self._wire()

    def _build(self) -> None:
        sheet = ScrollColumn(_("Screening"), margin=0)
        page = sheet.body
        room = look().gap(24)
        page.setContentsMargins(room, look().gap(16), room, look().gap(12))
        page.setSpacing(look().gap(12))
        page.addWidget(self.title)
        page.addWidget(self.about)
        page.addWidget(self.form)
        page.addWidget(self.notes)
        left = QVBoxLayout()
        left.setSpacing(look().gap(8))
        left.addWidget(self.keys)
        left.addWidget(self.items, 1)
        left.addWidget(self.scores)
        left.addStretch(0)
        right = QVBoxLayout()
        right.setSpacing(look().gap(12))
        right.addWidget(self.risk)
        self.result.body.addWidget(SectionTitle(_("What it comes to")))
        self._left = Muted("")
        self.result.body.addWidget(self._left)
        self._result_column = QVBoxLayout()
        self.result.body.addLayout(self._result_column)
        right.addWidget(self.result)
        right.addWidget(self.refused)
        right.addWidget(Field(_("Comment"), self.comment))
        buttons = QWidget()
        row = FlowLayout(buttons, gap=8)
        for button in (self.record_button, self.next_button, self.discard_button):
            row.addWidget(button)
        right.addWidget(buttons)
        self.trouble = Words("", ink="bad")
        self.trouble.hide()
        right.addWidget(self.trouble)
        right.addStretch(1)
        self._columns = QBoxLayout(_BESIDE)
        self._columns.setSpacing(look().gap(16))
        self._columns.addLayout(left, 3)
        self._columns.addLayout(right, 2)
        page.addLayout(self._columns, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(sheet)
        self.items.setMinimumHeight(6 * self.items.row_height())
        self.risk.hide()
        self.scores.hide()

    def _wire(self) -> None:
        self.student.clicked.connect(self.student_asked)
        self.instrument.chosen.connect(self.instrument_chosen)
        self.items.answered.connect(self.answered)
        self.items.current.connect(lambda _entry: self._show_keys())
        self.informant.chosen.connect(lambda _value: self.edited.emit())
        self.source.chosen.connect(lambda _value: self.edited.emit())
        self.refused.toggled.connect(lambda _on: self.edited.emit())
        for line in (self.informant_name, self.taken_on):
            line.textEdited.connect(lambda _text: self.edited.emit())
        self.taken_on.editingFinished.connect(self.edited)
        self.comment.textChanged.connect(self.edited)
        self.record_button.clicked.connect(self.record)
        self.next_button.clicked.connect(self.record_next)
        self.discard_button.clicked.connect(self.discard)

    # -- what is shown ---------------------------------------------------------------

    def show_items(self, items: Sequence[Asked], answers: Mapping[str, int]) -> None:
        """Show what is asked, with the answers so far; the focus stays where it was."""
        place = self.items.currentIndex().row()
        entries = []
        for item in items:
            value = answers.get(item.id)
            words = dict(item.answers).get(value, "") if value is not None else ""
            chips: tuple[tuple[str, str], ...] = ()
            if value is not None:
                said = f"{value} {words}" if words and not item.yes_no else words or str(value)
                chips = ((said, Kind.ACCENT),)
            entries.append(
                Entry(
                    item.id,
                    _("{number}. {words}").format(number=item.number, words=item.words),
                    item.note,
                    "",
                    "done" if value is not None else "draft",
                    chips,
                    subject=item,
                )
            )
        self.items.set_entries(entries)
        self.items.setVisible(bool(entries))
        if entries:
            self.items.go_to(min(max(place, 0), len(entries) - 1))
        self._show_keys()

    def _show_keys(self) -> None:
        item = self.items.item()
        offered: tuple[object, ...] = item.answers if item is not None else ()
        if item is not None and not item.answers:
            offered = ("days",)
        if offered == self._offered:
            return
        self._offered = offered
        self.items.forget_typed()
        while (row := self._key_row.takeAt(0)) is not None:
            if (widget := row.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if item is None:
            return
        for value, words in item.answers:
            self._key_row.addWidget(KeyHint(str(value)))
            self._key_row.addWidget(Muted(words))
        if not item.answers:
            self._key_row.addWidget(Muted(_("Type the number of days, then Enter")))
        for keys, words in (
            (_("Space"), _("blank")),
            ("⌫", _("back")),
            ("Ctrl+Enter", _("record")),
        ):
            self._key_row.addWidget(KeyHint(keys))
            self._key_row.addWidget(Muted(words))

    def offer_scores(self, scales: Sequence[tuple[str, str, int, int]]) -> None:
        """Offer a field for each scale whose score comes from elsewhere: id, name, ends."""
        layout = self.scores.layout()
        if layout is not None:
            layout.removeWidget(self._score_form)
        self._score_form.hide()
        self._score_form.deleteLater()
        self._score_form = Form()
        for scale, name, least, most in scales:
            number = Number(least - 1, least - 1, most)
            number.setSpecialValueText("–")
            number.valueChanged.connect(lambda value, scale=scale: self.given.emit(scale, value))
            hint = _("{least} to {most}").format(least=least, most=most)
            self._score_form.add(scale, Field(name, number, hint))
        if layout is not None:
            layout.addWidget(self._score_form)
        self.scores.setVisible(bool(scales))

    def show_result(self, shown: ResultShown) -> None:
        """Show what the answers come to."""
        while (row := self._result_column.takeAt(0)) is not None:
            if (widget := row.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for name, words, kind in shown.lines:
            ink = "bad" if kind == Kind.BAD else "warn" if kind == Kind.WARN else "text"
            self._result_column.addWidget(Muted(name))
            self._result_column.addWidget(Words(words, ink=ink, bold=kind != Kind.PLAIN))
        self._left.setText(shown.left)
        self._left.setVisible(bool(shown.left))
        self.risk_words.setText(shown.risk)
        self.risk_steps.setText("\n".join(f"• {step}" for step in shown.steps))
        self.risk.setVisible(bool(shown.risk))

    def refuse(self, field: str, sentence: str) -> None:
        """Say at the field what would be accepted; under the buttons where none is meant."""
        self.trouble.hide()
        self.form.clear()
        if field in self.form.names() and self.form.refuse(field, sentence):
            return
        if field in self._score_form.names() and self._score_form.refuse(field, sentence):
            return
        self.trouble.setText(sentence)
        self.trouble.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put what it comes to under the items where the page is narrow."""
        super().resizeEvent(event)
        wide = self.width() >= look().px(820)
        self._columns.setDirection(_BESIDE if wide else _BELOW)
