"""A signed note to read: as signed, what was added in order, and as it was amended."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.sessions.view.head import Head
from ui.kit.look import Kind, TextSize, look
from ui.kit.part2 import Part2Button
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.headings import Card, Chip, Divider, Muted, PageTitle, SectionTitle, Words


@dataclass(frozen=True, slots=True)
class Told:
    """One text under its title."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AdditionShown:
    """An addendum or amendment as the page shows it."""

    amendment: bool
    heading: str
    reason: str
    sections: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class SignedShown:
    """Everything the page of a signed note shows, in words."""

    student: str
    student_detail: str
    session: str
    facts: tuple[Told, ...]
    reading: tuple[Told, ...]
    original: tuple[Told, ...]
    signed: str
    late: str
    from_sole: bool
    amended: bool
    additions: tuple[AdditionShown, ...]
    follow_up: str
    follow_up_done: bool
    may_amend: bool


class SignedView(QWidget):
    """The page of a signed note."""

    addendum = Signal()
    amendment = Signal()
    student_asked = Signal()
    follow_up_done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: SignedShown | None = None
        self.title = PageTitle("")
        self.detail = Muted("")
        self.addendum_button = Button(_("Add an addendum"), "add", "primary")
        self.amendment_button = Button(_("Amend"), "amendment")
        self.student_button = Button(_("Student"), "student", "quiet")
        self.label_button = Part2Button()
        self.addendum_button.clicked.connect(self.addendum)
        self.amendment_button.clicked.connect(self.amendment)
        self.student_button.clicked.connect(self.student_asked)
        self._chips = QWidget()
        self._chip_row = QHBoxLayout(self._chips)
        self._chip_row.setContentsMargins(0, 0, 0, 0)
        self._chip_row.setSpacing(look().gap(8))
        self._chip_row.setAlignment(Qt.AlignmentFlag.AlignLeading)
        gap = look().gap(24)
        head = Head(
            (self.title, self.detail, self._chips),
            (self.student_button, self.amendment_button, self.addendum_button),
        )
        head.setContentsMargins(gap, look().gap(16), gap, look().gap(12))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(_("Signed note"))
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(head)
        page.addWidget(Divider())
        page.addWidget(self.area, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(gap, look().gap(4), gap, look().gap(8))
        foot.addWidget(self.label_button)
        foot.addStretch(1)
        page.addLayout(foot)

    def show_note(self, shown: SignedShown, *, original: bool = False) -> None:
        """Show a note, as it reads today or as it was signed."""
        self._shown = shown
        self.title.setText(shown.student)
        self.detail.setText(shown.session)
        self.amendment_button.setVisible(shown.may_amend)
        while self._chip_row.count():
            item = self._chip_row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self._chip_row.addWidget(Chip(_("Signed"), Kind.GOOD, "signed"))
        if shown.late:
            self._chip_row.addWidget(Chip(_("Late entry"), Kind.WARN, "late"))
        if shown.amended:
            self._chip_row.addWidget(Chip(_("Amended"), Kind.ACCENT, "amendment"))
        if shown.from_sole:
            self._chip_row.addWidget(Chip(_("From a sole-possession note"), Kind.SOLE, "sole"))
        place = self.area.verticalScrollBar().value()
        self.area.setWidget(self._sheet(shown, original=original))
        self.area.verticalScrollBar().setValue(place)

    def _sheet(self, shown: SignedShown, *, original: bool) -> QWidget:
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        gap = look().gap(24)
        column.setContentsMargins(gap, look().gap(16), gap, gap)
        column.setSpacing(look().gap(16))
        column.addWidget(self._note(shown, original=original))
        if shown.additions:
            column.addWidget(SectionTitle(_("What was added")))
        for addition in shown.additions:
            column.addWidget(_addition(addition))
        if shown.follow_up:
            column.addWidget(self._next_step(shown))
        column.addStretch(1)
        return sheet

    def _note(self, shown: SignedShown, *, original: bool) -> QWidget:
        card = Card(Kind.WARN if original else Kind.PLAIN)
        if shown.amended:
            row = QHBoxLayout()
            which = (
                _("This is the note as it was first signed.")
                if original
                else _("This is the note as amended.")
            )
            row.addWidget(Muted(which), 1)
            switch = Button(
                _("Show as amended") if original else _("Show original"), "history", "quiet"
            )
            switch.clicked.connect(lambda: self._switch(original=not original))
            row.addWidget(switch)
            card.body.addLayout(row)
            card.body.addWidget(Divider())
        for told in shown.facts:
            card.body.addWidget(_fact(told))
        if shown.late:
            card.body.addWidget(_fact(Told(_("Late entry"), shown.late)))
        if shown.facts:
            card.body.addWidget(Divider())
        texts = shown.original if original else shown.reading
        _tell(card, texts)
        if not texts:
            card.body.addWidget(Muted(_("No text: the session did not take place.")))
        card.body.addWidget(Divider())
        card.body.addWidget(Muted(shown.signed, TextSize.FINE))
        return card

    def _next_step(self, shown: SignedShown) -> QWidget:
        card = Card(Kind.ACCENT if not shown.follow_up_done else Kind.GOOD)
        row = QHBoxLayout()
        row.setSpacing(look().gap(12))
        row.addWidget(Words(shown.follow_up), 1)
        if not shown.follow_up_done:
            done = Button(_("Done"), "done")
            done.setAccessibleName(_("Next step is done"))
            done.clicked.connect(self.follow_up_done)
            row.addWidget(done)
        card.body.addWidget(Muted(_("Next step"), TextSize.FINE))
        card.body.addLayout(row)
        return card

    def _switch(self, *, original: bool) -> None:
        if self._shown is not None:
            self.show_note(self._shown, original=original)
            self.area.setFocus(Qt.FocusReason.OtherFocusReason)


def _addition(addition: AdditionShown) -> QWidget:
    card = Card(Kind.WARN if addition.amendment else Kind.ACCENT)
    row = QHBoxLayout()
    row.setSpacing(look().gap(8))
    if addition.amendment:
        row.addWidget(Chip(_("Amendment"), Kind.WARN, "amendment"))
    else:
        row.addWidget(Chip(_("Addendum"), Kind.ACCENT, "add"))
    row.addWidget(Muted(addition.heading, TextSize.FINE), 1)
    card.body.addLayout(row)
    if addition.reason:
        card.body.addWidget(_fact(Told(_("Reason"), addition.reason)))
    _tell(card, addition.sections)
    return card


def _tell(card: Card, texts: Sequence[Told]) -> None:
    for place, told in enumerate(texts):
        if told.title:
            if place:
                card.body.addSpacing(look().gap(8))
            card.body.addWidget(Words(told.title, TextSize.FINE, "muted", bold=True))
        card.body.addWidget(_readable(told.text))


def _fact(told: Told) -> QWidget:
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(look().gap(12))
    title = Muted(told.title)
    title.setMinimumWidth(look().px(150))
    line.addWidget(title, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(_readable(told.text), 1)
    return row


def _readable(text: str) -> QLabel:
    words = Words(text)
    words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return words
