"""The form of the room's papers, with the pages as they will be printed beside it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kernel.releases import NO_GROUND, Ground, Terms
from app.kernel.words import _
from ui.kit.documents import PDF, format_hint, formats, save_icon, save_words
from ui.kit.look import look
from ui.kit.sending import send_button, send_line
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, Form, LineEdit
from ui.kit.widgets.flow import FlowLayout
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Divider, Muted, PageTitle, Words
from ui.kit.widgets.preview import PagesPreview
from ui.kit.widgets.scroll import ScrollColumn

Option = tuple[object, str]

_FORM = 420
_LEAST_PREVIEW = 360
_NO_LIMIT = 16_777_215
"""Qt's own greatest width: no limit."""


@dataclass(frozen=True, slots=True)
class PaperTyped:
    """The form as it stands; nothing in it has to make sense yet."""

    kind: str = ""
    month: str = ""
    day: date | None = None
    since: date | None = None
    until: date | None = None
    incident: str = ""
    size: str = ""
    recipient: str = ""
    purpose: str = ""
    terms: Terms = NO_GROUND
    format: str = PDF


class PapersView(QWidget):
    """Which paper, about whom and when, for whom and why; and the pages."""

    edited = Signal()
    """Something was changed that shows on the paper."""
    student_asked = Signal()
    everyone_asked = Signal()
    save_asked = Signal()
    print_asked = Signal()

    def __init__(self, kinds: Sequence[Option], sizes: Sequence[Option]) -> None:
        super().__init__()
        self.kind = Choice(kinds)
        self.who = Words("")
        self.student = Button(_("Choose a student"), "student")
        self.everyone = Button(_("Everyone"), "caseload")
        self.month = LineEdit()
        self.day, self.since, self.until = DateEdit(), DateEdit(), DateEdit()
        self.incident, self.trip = Choice(), Choice()
        self.size_choice = Chips(sizes, exclusive=True)
        self.format_choice = Chips(formats(), exclusive=True)
        self.recipient, self.purpose = LineEdit(), LineEdit()
        self.save = Button(save_words(PDF), "pdf", "primary")
        self.print = Button(_("Print"), "print")
        self.send, self.send_line = send_button(), send_line()
        self.said = Words("")
        self.said.hide()
        self.pages = PagesPreview()
        self._formats = False
        self.form = self._made_form()
        self._build()
        self._connect()

    def _made_form(self) -> Form:
        chosen = QWidget()
        flow = FlowLayout(chosen, gap=8)
        flow.addWidget(self.student)
        flow.addWidget(self.everyone)
        self._about = QWidget()
        column = QVBoxLayout(self._about)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(6))
        column.addWidget(self.who)
        column.addWidget(chosen)
        month_hint = _("Year and month, for example 2026-11.")
        form = Form()
        form.add("kind", Field(_("Paper"), self.kind))
        form.add_widget(self._about)
        form.add("month", Field(_("Month"), self.month, month_hint))
        form.add("day", Field(_("Day"), self.day))
        form.add_row(since=Field(_("From"), self.since), until=Field(_("To"), self.until))
        form.add("incident", Field(_("Incident"), self.incident))
        form.add("trip", Field(_("Field trip"), self.trip))
        form.add("recipient", Field(_("To whom"), self.recipient, required=True))
        form.add("purpose", Field(_("Why"), self.purpose, required=True))
        self.ground = GroundFields(form)
        form.add(
            "format",
            Field(
                _("Format"),
                self.format_choice,
                format_hint(),
            ),
        )
        form.add("size", Field(_("Sheet"), self.size_choice))
        return form

    def _build(self) -> None:
        self._left = ScrollColumn(_("What the paper says"))
        self._left.body.addWidget(PageTitle(_("Papers")))
        self._left.body.addWidget(self.form)
        self._left.body.addWidget(self.said)
        self._left.body.addWidget(
            Muted(
                _(
                    "To whom and why are written into the disclosure record of every student"
                    " on the paper before it leaves."
                )
            )
        )
        self._left.body.addWidget(self.send_line)
        self._left.body.addStretch(1)
        buttons = FlowLayout(None, gap=8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.print)
        buttons.addWidget(self.send)
        self._foot = QVBoxLayout()
        self._foot.addLayout(buttons)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(0)
        side.addWidget(self._left, 1)
        side.addWidget(Divider())
        side.addLayout(self._foot)
        self._right = ScrollColumn(_("Preview"))
        self._right.body.addWidget(self.pages)
        self._right.body.addStretch(1)
        self._line = Divider("down")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._line)
        row.addWidget(self._right, 1)
        self._narrow = False
        self._dress()
        look().changed.connect(self._dress)

    def _connect(self) -> None:
        self.kind.chosen.connect(self._edited)
        self.incident.chosen.connect(self._edited)
        self.size_choice.chosen.connect(self._edited)
        self.format_choice.chosen.connect(self._format_chosen)
        self.format_choice.chosen.connect(self._edited)
        self.ground.chosen.connect(self._edited)
        for line in (self.month, self.recipient, self.purpose):
            line.textChanged.connect(self._edited)
            line.returnPressed.connect(self.save_asked)
        for day in (self.day, self.since, self.until):
            day.picked.connect(self._edited)
        self.student.clicked.connect(self.student_asked)
        self.everyone.clicked.connect(self.everyone_asked)
        for button, standard, ask in (
            (self.save, QKeySequence.StandardKey.Save, self.save_asked),
            (self.print, QKeySequence.StandardKey.Print, self.print_asked),
        ):
            button.clicked.connect(ask)
            shortcut = QShortcut(QKeySequence(standard), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(ask)
            shown = QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(shown)

    def _dress(self) -> None:
        room = look().gap(24)
        self._foot.setContentsMargins(room, look().gap(12), room, look().gap(12))
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the preview beside the form where there is room, else under it."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        form = look().px(_FORM)
        narrow = self.width() < form + _LEAST_PREVIEW
        self._side.setMinimumWidth(0 if narrow else form)
        self._side.setMaximumWidth(_NO_LIMIT if narrow else form)
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._right.setVisible(not narrow)
        self._line.setVisible(not narrow)
        body = self._left.body if narrow else self._right.body
        body.insertWidget(body.count() - 1, self.pages)
        self.edited.emit()

    def _edited(self) -> None:
        self.form.clear()
        self.edited.emit()

    def _format_chosen(self) -> None:
        """Offer what a format has a use for: only a paper has a sheet and is printed."""
        chosen = self.format
        self.form.field("size").setVisible(chosen == PDF)
        self.print.setVisible(chosen == PDF)
        self.save.setText(save_words(chosen))
        self.save.set_icon(save_icon(chosen))

    @property
    def format(self) -> str:
        """Return as what it is to leave; not every paper can be anything but one."""
        return str(self.format_choice.value() or PDF) if self._formats else PDF

    # -- what is typed ---------------------------------------------------------------

    def typed(self) -> PaperTyped:
        """Return the form as it stands."""
        return PaperTyped(
            str(self.kind.value() or ""),
            self.month.text().strip(),
            self.day.value(),
            self.since.value(),
            self.until.value(),
            str(self.incident.value() or ""),
            str(self.size_choice.value() or ""),
            "" if self.ground.value() is Ground.OWN_USE else self.recipient.text(),
            self.purpose.text(),
            self.ground.terms(),
            self.format,
        )

    def show_typed(self, typed: PaperTyped) -> None:
        """Fill the form without asking for anything."""
        with QSignalBlocker(self):
            self.kind.set_value(typed.kind)
            self.month.setText(typed.month)
            self.day.set_value(typed.day)
            self.since.set_value(typed.since)
            self.until.set_value(typed.until)
            self.incident.set_value(typed.incident)
            self.size_choice.set_value(typed.size)
            self.recipient.setText(typed.recipient)
            self.purpose.setText(typed.purpose)
            self.format_choice.set_value(typed.format)
        self.form.clear()
        self._format_chosen()

    def ask_for(
        self, fields: Collection[str], *, student: bool, everyone: bool, formats: bool = False
    ) -> None:
        """Show what this kind of paper needs: some fields, a student, or everyone instead.

        With `formats` it may leave as a FHIR document or as data as well.
        """
        self._formats = formats
        self.form.field("format").setVisible(formats)
        self._format_chosen()
        for name in ("month", "day", "since", "until", "incident", "trip"):
            self.form.field(name).setVisible(name in fields)
        self._about.setVisible(student)
        self.everyone.setVisible(student and everyone)

    def misread_day(self) -> str:
        """Return the name of the first day that is typed but not understood."""
        days = (("day", self.day), ("since", self.since), ("until", self.until))
        for name, editor in days:
            if editor.isVisible() and not editor.understood():
                return name
        return ""

    def say(self, words: str) -> None:
        """Say beside the form why there is no paper; nothing takes it away."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def page_width(self) -> int:
        """Return how wide a page of the preview is, in pixels of the screen."""
        column = self._left if self._narrow else self._right
        room = column.viewport().width() - 2 * look().gap(24) - 2
        return max(200, min(room, look().px(820)))

    def busy(self, *, on: bool) -> None:
        """Keep a second order from being given while one is carried out."""
        self.save.setEnabled(not on)
        self.print.setEnabled(not on)
        self.send.setEnabled(not on)
