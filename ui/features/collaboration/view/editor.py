"""The page on which a consultation is written: what one types, and nothing of the rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.features.collaboration.view.sheets import Options, chips, name_line
from ui.kit.look import look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.entry_sheet import entered, put
from ui.kit.widgets.fields import (
    Chips,
    Choice,
    DateEdit,
    Field,
    Form,
    LineEdit,
    NoteText,
    TimeEdit,
)
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.headings import (
    Card,
    Divider,
    KeyHint,
    Muted,
    PageTitle,
    SectionTitle,
    Words,
)
from ui.kit.widgets.scroll import ScrollColumn

STEPS = 3
"""Lines for agreed steps on a new consultation."""


class EditorView(QWidget):
    """A consultation being written."""

    edited = Signal()
    sign = Signal()
    discard = Signal()
    student_asked = Signal()
    student_dropped = Signal()

    def __init__(self, options: Mapping[str, Options], today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._quiet = False
        self.title = PageTitle(_("Consultation"))
        self.about = Muted("")
        self.status = Muted(_("Kept in the vault as you type"))
        self.choose = Button(_("Choose a student"), "student")
        self.drop = Button(_("About a class"), "group")
        self.before = Card()
        self.before_text = Words("")
        self.before.body.addWidget(SectionTitle(_("What was agreed last time")))
        self.before.body.addWidget(self.before_text)
        self.before.hide()
        self.form = Form()
        self._build(options)
        self.sign_button = Button(_("Sign"), "sign", "primary")
        self.discard_button = Button(_("Discard"), "delete")
        self.choose.clicked.connect(self.student_asked)
        self.drop.clicked.connect(self.student_dropped)
        self.sign_button.clicked.connect(self.sign)
        self.discard_button.clicked.connect(self.discard)
        sheet = ScrollColumn(_("Consultation"), margin=0)
        column = sheet.body
        room = look().gap(24)
        column.setContentsMargins(room, look().gap(16), room, look().gap(16))
        column.setSpacing(look().gap(16))
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(look().gap(4))
        words.addWidget(self.title)
        words.addWidget(self.about)
        head.addLayout(words, 1)
        beside = QWidget()
        row = FlowLayout(beside, gap=8)
        row.addWidget(self.choose)
        row.addWidget(self.drop)
        head.addWidget(beside, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self.before)
        column.addWidget(self.form)
        column.addStretch(1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(sheet, 1)
        page.addWidget(Divider())
        page.addWidget(self._foot())

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        gap = look().gap(24)
        row.setContentsMargins(gap, look().gap(8), gap, look().gap(8))
        row.setSpacing(look().gap(12))
        row.addWidget(self.status, 1)
        row.addWidget(self.discard_button)
        row.addWidget(KeyHint("Ctrl+Return"))
        row.addWidget(self.sign_button)
        return foot

    def _build(self, options: Mapping[str, Options]) -> None:
        add = self.form
        self.who = name_line(())
        self.klass = name_line(())
        add.add("about", Field(_("Which class"), self.klass))
        add.add("with_kind", Field(_("With"), chips(options["with_kind"])))
        add.add_row(
            with_name=Field(_("Name"), self.who, required=True),
            minutes=Field(_("Minutes"), LineEdit(), required=True),
        )
        add.add("question", Field(_("Question"), NoteText(lines=2, most=8), required=True))
        add.add_widget(SectionTitle(_("What was observed")))
        add.add_row(
            antecedent=Field(_("Before"), NoteText(lines=2, most=8), _("What came just before it")),
            behavior=Field(_("Behavior"), NoteText(lines=2, most=8), _("What one could film")),
            consequence=Field(_("After"), NoteText(lines=2, most=8), _("What it led to")),
        )
        add.add("purpose", Field(_("What it may be for"), chips(options["purpose"])))
        add.add_widget(SectionTitle(_("What was advised")))
        add.add("advised", Field(_("Advice"), NoteText(lines=3, most=10)))
        add.add_widget(SectionTitle(_("Who does what until when")))
        self.doers = [name_line(()) for _place in range(STEPS)]
        for place in range(STEPS):
            add.add_row(
                **{
                    f"step_doer_{place}": Field(_("Who"), self.doers[place]),
                    f"step_text_{place}": Field(_("Does what"), LineEdit()),
                    f"step_due_{place}": Field(_("Until"), DateEdit(None, today=self._today)),
                }
            )
        self.back = SectionTitle(_("What came of the last advice"))
        add.add_widget(self.back)
        add.add("fidelity", Field(_("It was done"), chips(options["fidelity"])))
        add.add("outcome", Field(_("What changed"), NoteText(lines=2, most=6)))
        add.add_widget(SectionTitle(_("When and where")))
        add.add_row(
            on=Field(_("Day"), DateEdit(None, today=self._today)),
            at=Field(_("Began at"), TimeEdit()),
            place=Field(_("Place"), Choice(options["place"])),
        )
        for name in add.names():
            self._watch(add.field(name).editor)

    def _watch(self, editor: QWidget) -> None:
        if isinstance(editor, Chips | Choice):
            editor.chosen.connect(self._typed)
        elif isinstance(editor, LineEdit | NoteText):
            editor.textChanged.connect(self._typed)

    def _typed(self, *_what: object) -> None:
        if not self._quiet:
            self.edited.emit()

    # -- what the presenter shows ----------------------------------------------------

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show what stands in the draft."""
        self._quiet = True
        try:
            for name, value in values.items():
                put(self.form.field(name).editor, value)
        finally:
            self._quiet = False

    def values(self) -> dict[str, Any]:
        """Return what stands in the fields."""
        return {name: entered(self.form.field(name).editor) for name in self.form.names()}

    def show_about(self, name: str, detail: str, *, student: bool) -> None:
        """Show whom it is about."""
        self.title.setText(name)
        self.about.setText(detail)
        self.about.setVisible(bool(detail))
        self.choose.setText(_("Another student") if student else _("Choose a student"))
        self.drop.setVisible(student)
        self.form.field("about").setVisible(not student)

    def show_before(self, text: str) -> None:
        """Show what was agreed last time; empty: nothing was."""
        self.before_text.setText(text)
        self.before.setVisible(bool(text))
        self.back.setVisible(bool(text))
        for name in ("fidelity", "outcome"):
            self.form.field(name).setVisible(bool(text))

    def offer_names(self, people: Sequence[str], classes: Sequence[str]) -> None:
        """Offer names while one types."""
        for line, names in ((self.who, people), (self.klass, classes)):
            _offer(line, names)
        for line in self.doers:
            _offer(line, people)

    def say(self, status: str) -> None:
        """Say how the draft stands."""
        self.status.setText(status)

    def focus_first(self) -> None:
        """Go where writing begins."""
        name = "about" if not self.form.field("about").isHidden() else "with_name"
        self.form.field(name).setFocus(Qt.FocusReason.OtherFocusReason)


def _offer(line: LineEdit, names: Sequence[str]) -> None:
    finder = line.completer()
    model = finder.model()
    with QSignalBlocker(line):
        setter = getattr(model, "setStringList", None)
        if setter is not None:
            setter(list(dict.fromkeys(names)))
