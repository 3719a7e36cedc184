"""Which report, of what and how; for whom and why; and the pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kernel.releases import NO_GROUND, Ground, Terms
from app.kernel.words import _
from ui.kit.sending import send_button, send_line
from ui.kit.widgets.beside import FormBesidePages
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Check
from ui.kit.widgets.fields import Chips, Choice, DateEdit, Field, Form, LineEdit
from ui.kit.widgets.ground import GroundFields
from ui.kit.widgets.headings import Muted, PageTitle, Words

Option = tuple[object, str]


@dataclass(frozen=True, slots=True)
class ReportTyped:
    """The form as it stands; nothing in it has to make sense yet."""

    kind: str = ""
    since: date | None = None
    until: date | None = None
    month: str = ""
    """As `2026-10`."""
    whose: str = ""
    school: str = ""
    service: str = ""
    group: str = ""
    names: str = ""
    columns: tuple[str, ...] = ()
    texts: bool = False
    form: str = ""
    size: str = ""
    recipient: str = ""
    purpose: str = ""
    terms: Terms = NO_GROUND


class ReportsView(QWidget):
    """The form, and the pages as they will be printed."""

    edited = Signal()
    """Something was changed that shows on the report."""
    kind_chosen = Signal()
    everyone_asked = Signal()
    """A report of one student is to be of everyone."""
    save_asked = Signal()
    print_asked = Signal()

    def __init__(
        self,
        kinds: Sequence[Option],
        names: Sequence[Option],
        forms: Sequence[Option],
        months: Sequence[Option],
        sizes: Sequence[Option],
    ) -> None:
        super().__init__()
        self.kind = Chips(kinds, exclusive=True)
        self.about = Words("")
        self.everyone = Button(_("Everyone"), "caseload")
        self.everyone.hide()
        self.since, self.until = DateEdit(), DateEdit()
        whose = (("", _("My caseload")), ("everyone", _("All enrolled students")))
        self.whose = Chips(whose, exclusive=True)
        self.month = Choice(months)
        self.school, self.service, self.group = Choice(), Choice(), Choice()
        self.names = Chips(names, exclusive=True)
        self.columns = Chips()
        self.texts = Check(_("With the text of the notes"))
        self.form_choice = Chips(forms, exclusive=True)
        self._forms = forms
        self.size_choice = Chips(sizes, exclusive=True)
        self.recipient, self.purpose = LineEdit(), LineEdit()
        self.save = Button(_("Save as PDF"), "pdf", "primary")
        self.print = Button(_("Print"), "print")
        self.send, self.send_line = send_button(), send_line()
        self.said = Words("")
        self.said.hide()
        self.form = self._made_form()
        told = Muted(_("To whom and why are written into the disclosure record before it leaves."))
        self.beside = FormBesidePages(
            _("What the report says"),
            (PageTitle(_("Reports")), self.form, self.said, told, self.send_line),
            (self.save, self.print, self.send),
        )
        self.pages = self.beside.pages
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.beside)
        self._connect()

    def _made_form(self) -> Form:
        form = Form()
        form.add("kind", Field(_("Report"), self.kind))
        form.add_widget(self.about)
        form.add_widget(self.everyone)
        form.add("whose", Field(_("Which students"), self.whose))
        form.add_row(since=Field(_("From"), self.since), until=Field(_("To"), self.until))
        form.add("month", Field(_("Month"), self.month))
        form.add("group", Field(_("Group"), self.group))
        form.add("school", Field(_("Building"), self.school))
        form.add("service", Field(_("Service"), self.service))
        form.add("names", Field(_("How students are called"), self.names))
        form.add("columns", Field(_("Columns"), self.columns))
        form.add_widget(self.texts)
        form.add("form", Field(_("Save as"), self.form_choice))
        form.add("size", Field(_("Sheet"), self.size_choice))
        form.add("recipient", Field(_("To whom"), self.recipient, required=True))
        form.add("purpose", Field(_("Why"), self.purpose, required=True))
        self.ground = GroundFields(form)
        return form

    def _connect(self) -> None:
        self.kind.chosen.connect(self.kind_chosen)
        self.everyone.clicked.connect(self.everyone_asked)
        for chips in (self.whose, self.names, self.columns, self.size_choice, self.form_choice):
            chips.chosen.connect(self._edited)
        for choice in (self.month, self.school, self.service, self.group):
            choice.chosen.connect(self._edited)
        for day in (self.since, self.until):
            day.picked.connect(self._edited)
        self.texts.toggled.connect(self._edited)
        self.ground.chosen.connect(self._edited)
        for line in (self.recipient, self.purpose):
            line.textChanged.connect(self._edited)
            line.returnPressed.connect(self.save_asked)
        self.beside.rearranged.connect(self._edited)
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

    def _edited(self) -> None:
        self.form.clear()
        self.edited.emit()

    # -- what is typed ---------------------------------------------------------------

    def typed(self) -> ReportTyped:
        """Return the form as it stands."""
        return ReportTyped(
            str(self.kind.value() or ""),
            self.since.value(),
            self.until.value(),
            str(self.month.value() or ""),
            str(self.whose.value() or ""),
            str(self.school.value() or ""),
            str(self.service.value() or ""),
            str(self.group.value() or ""),
            str(self.names.value() or ""),
            tuple(str(column) for column in self.columns.values()),
            self.texts.isChecked(),
            str(self.form_choice.value() or ""),
            str(self.size_choice.value() or ""),
            "" if self.ground.value() is Ground.OWN_USE else self.recipient.text(),
            self.purpose.text(),
            self.ground.terms(),
        )

    def show_typed(self, typed: ReportTyped) -> None:
        """Fill the form without asking for anything."""
        with QSignalBlocker(self):
            self.kind.set_value(typed.kind)
            self.since.set_value(typed.since)
            self.until.set_value(typed.until)
            self.whose.set_value(typed.whose)
            for choice, value in (
                (self.month, typed.month),
                (self.school, typed.school),
                (self.service, typed.service),
                (self.group, typed.group),
            ):
                choice.set_value(value)
            self.names.set_value(typed.names)
            self.columns.set_values(typed.columns)
            self.texts.setChecked(typed.texts)
            self.form_choice.set_value(typed.form)
            self.size_choice.set_value(typed.size)
            self.recipient.setText(typed.recipient)
            if typed.recipient and self.ground.value() is Ground.OWN_USE:
                self.ground.suggest(None)
            self.purpose.setText(typed.purpose)
        self.form.clear()

    def offer(
        self,
        schools: Sequence[Option] | None = None,
        services: Sequence[Option] | None = None,
        groups: Sequence[Option] | None = None,
    ) -> None:
        """Offer buildings, services and groups; what was chosen stays where it is offered."""
        with QSignalBlocker(self):
            for choice, options in (
                (self.school, schools),
                (self.service, services),
                (self.group, groups),
            ):
                if options is not None:
                    chosen = choice.value()
                    choice.set_options(options)
                    choice.set_value(chosen)

    def ask_for(
        self,
        about: str,
        fields: Collection[str],
        columns: Sequence[Option],
        forms: Sequence[Option],
        *,
        of_one: bool = False,
    ) -> None:
        """Show what a report is for, and ask for what it can be asked for."""
        self.about.setText(about)
        self.everyone.setVisible(of_one)
        for name in (
            "whose", "since", "until", "month", "group", "school", "service", "names", "columns",
        ):  # fmt: skip
            self.form.field(name).setVisible(name in fields)
        self.texts.setVisible("texts" in fields)
        if forms != self._forms:
            self._forms = forms
            with QSignalBlocker(self):
                self.form_choice.set_options(forms)
                if self.form_choice.value() is None:
                    self.form_choice.set_value(forms[0][0])
        if "columns" in fields:
            with QSignalBlocker(self):
                self.columns.set_options(columns)

    def offer_texts(self, *, allowed: bool) -> None:
        """Let the text of the notes be asked for, or say why it cannot be."""
        self.texts.setEnabled(allowed)
        self.texts.setToolTip(
            "" if allowed else _("What was written freely can name people: choose names for it")
        )

    def show_form(self, said: str, icon: str, *, on_paper: bool) -> None:
        """Say as what it is saved; a sheet is chosen, and printed on, where it is one."""
        self.save.setText(said)
        self.save.set_icon(icon)
        self.form.field("size").setVisible(on_paper)

    def misread_day(self) -> str:
        """Return the name of the first day that is typed but not understood."""
        for name, editor in (("since", self.since), ("until", self.until)):
            if editor.isVisible() and not editor.understood():
                return name
        return ""

    def say(self, words: str) -> None:
        """Say beside the form why there is no report; nothing takes it away."""
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def busy(self, *, on: bool) -> None:
        """Keep a second order from being given while one is carried out."""
        self.save.setEnabled(not on)
        self.print.setEnabled(not on)
        self.send.setEnabled(not on)
