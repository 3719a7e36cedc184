"""The first run: four things are asked, the recovery sheet is kept, and the desk opens."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QWidget

from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.nouns import Role
from app.kernel.words import _
from app.vault.recovery import RETYPED
from app.vault.surroundings import Surroundings
from ui.kit.look import Kind, TextSize, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import Check, Choice, LineEdit, NoteText
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import Card, Muted, PageTitle, Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.progress import BusyPanel
from ui.kit.widgets.strength import StrengthLine
from ui.shell.lock_screen import CentredCard
from ui.shell.surroundings import Around

ROLE_NAMES: dict[Role, Callable[[], str]] = {
    Role.COUNSELOR: lambda: _("Counselor"),
    Role.SOCIAL_WORKER: lambda: _("Social worker"),
    Role.NURSE: lambda: _("Nurse"),
    Role.PSYCHOLOGIST: lambda: _("Psychologist"),
    Role.ADMINISTRATOR: lambda: _("Administrator of the vault"),
}


def role_choice() -> Choice:
    """Return a choice of the roles, wide enough for each of their names."""
    names = [(role, name()) for role, name in ROLE_NAMES.items()]
    choice = Choice(names)
    choice.setMinimumContentsLength(max(len(words) for _role, words in names) * 4 // 5)
    return choice


class FirstRun(CentredCard):
    """Four questions: name, role, schools, passphrase."""

    found = Signal(object, object, bool)
    """Emitted with the founder, the place of the vault to make, and whether it was understood
    that another program copies or shares that place."""
    demo = Signal()
    other_vault = Signal()
    leave = Signal()
    """Back to a vault that is open."""

    def __init__(self, place: Path, *, beside: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(width=640, parent=parent)
        look().load_scripts()
        self._place = place
        body = self.card.body
        body.addWidget(PageTitle(_("Welcome to Casewell")))
        body.addWidget(
            Muted(
                _(
                    "Four answers, and your desk is ready. Everything stays encrypted on this"
                    " computer; nothing is sent anywhere."
                )
            )
        )
        body.addSpacing(look().gap(8))
        self.form = Form()
        self._name = LineEdit()
        self._role = role_choice()
        self._schools = NoteText(lines=2)
        self._secret = PassphraseEdit()
        self._again = PassphraseEdit()
        self.form.add_row(
            name=Field(_("Your name"), self._name, required=True),
            role=Field(
                _("Your role"), self._role, hint=_("It decides which pages come first; all stay.")
            ),
        )
        self.form.add(
            "schools",
            Field(
                _("Your schools"), self._schools, hint=_("One to a line. You can add more later.")
            ),
        )
        self.form.add_row(
            passphrase=Field(
                _("Passphrase"),
                self._secret,
                hint=_("At least 15 characters. Nobody can reset it."),
                required=True,
            ),
            again=Field(_("Once more"), self._again, required=True),
        )
        self.strength = StrengthLine(self._secret, self._about)
        self.form.add_widget(self.strength)
        self._words = Button(_("Make five random words for me"), "refresh", kind="quiet")
        self.form.add_widget(_leading(self._words))
        body.addWidget(self.form)

        self._where = Muted(str(place))
        self._where.setAccessibleDescription(_("The vault's place"))
        self._change = Button(_("Change place"), kind="quiet")
        row = QHBoxLayout()
        row.addWidget(self._where, 1)
        row.addWidget(self._change)
        body.addLayout(row)
        self._around = Around(self)
        self._around.found.connect(self._warn)
        self._warning = Words("", TextSize.BODY, "warn")
        self._warning.hide()
        body.addWidget(self._warning)
        self._trouble = Words("", TextSize.BODY, "bad")
        self._trouble.hide()
        body.addWidget(self._trouble)
        self.understood = Check(_("I understand; make it there"))
        self.understood.hide()
        body.addWidget(self.understood)
        self._make = Button(_("Make my vault"), "lock", kind="primary")
        self._demo = Button(_("Look around in an invented school first"), "school")
        self._other = Button(_("Open a vault that exists"), kind="quiet")
        body.addSpacing(look().gap(4))
        body.addWidget(self._make)
        body.addWidget(self._demo)
        self.building = BusyPanel()
        body.addWidget(self.building)
        body.addWidget(_leading(self._other))
        self._leave = Button(_("Back to the open vault"), "back", kind="quiet")
        self._leave.clicked.connect(self.leave)
        self._leave.setVisible(beside)
        if beside:
            body.addWidget(_leading(self._leave))

        self._words.clicked.connect(self._generate)
        self._make.clicked.connect(self._go)
        self._again.returnPressed.connect(self._go)
        self._demo.clicked.connect(self.demo)
        self._stop: Callable[[], None] | None = None
        self.building.cancelled.connect(self._stop_building)
        self._other.clicked.connect(self.other_vault)
        self._change.clicked.connect(self._change_place)

    def begin(self) -> None:
        """Put the cursor on the first question, and ask what lies around the place."""
        self._name.setFocus()
        self._around.look(self._place)

    def busy(self, *, on: bool) -> None:
        """Show that the vault is being made."""
        self._wait(on=on)
        self._make.setText(_("Making the vault …") if on else _("Make my vault"))

    def build(self, stop: Callable[[], None]) -> None:
        """Show how far the invented school is; `stop` is called when it is cancelled."""
        self._wait(on=True)
        self._stop = stop
        self.building.start(
            _("Building an invented school"),
            lambda done, of: _("{done} of {of} entries written").format(done=done, of=of),
        )

    def report(self, done: int, of: int) -> None:
        """Show how far it is; the focus is where it can be stopped."""
        self.building.report(done, of)
        if self.building.isVisible() and self.focusWidget() is not self.building.button:
            self.building.button.setFocus()
            self.ensureWidgetVisible(self.building)

    def built(self) -> None:
        """Show that it is whole and being opened: there is nothing left to stop."""
        self._stop = None
        self.building.button.setEnabled(False)

    def stopped(self) -> None:
        """Be ready again after the building was cancelled."""
        self._wait(on=False)
        self._demo.setFocus()

    def _wait(self, *, on: bool) -> None:
        self.form.setEnabled(not on)
        for button in (self._make, self._demo, self._other, self._change):
            button.setEnabled(not on)
        if not on:
            self._stop = None
            self.building.finish()

    def _stop_building(self) -> None:
        if self._stop is not None:
            self._stop()

    def refuse(self, error: CasewellError, sentence: str) -> None:
        """Say what is in the way, at the answer that would mend it where there is one."""
        self.busy(on=False)
        field = error.field if isinstance(error, Refused) else ""
        if field and self.form.refuse(field, sentence):
            self.form.focus_first_refused()
            return
        self._trouble.setText(sentence)
        self._trouble.show()
        self.ensureWidgetVisible(self._trouble)
        if error.code in {"vault-place-synced", "vault-place-network"}:
            self.understood.show()
            self.understood.setFocus()
            # Its place is known once the sentence above it is laid out.
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.understood))

    def _warn(self, answered: Surroundings) -> None:
        """Tell what speaks against the place, before the vault is made."""
        from app.phrases.surroundings import worry_said

        self._warning.setText("\n".join(worry_said(each) for each in answered.worries))
        self._warning.setVisible(bool(answered.worries))

    def _generate(self) -> None:
        from app.vault.passphrases import generated

        words = generated()
        for editor in (self._secret, self._again):
            editor.setText(words)
        self._secret.reveal(on=True)
        self.form.field("passphrase").set_hint(
            _("Write these five words down until you know them by heart.")
        )
        self._secret.setFocus()

    def _change_place(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self, _("Where should the vault stand?"), str(self._place.parent)
        )
        if chosen:
            self._place = Path(chosen) / self._place.name
            self._where.setText(str(self._place))
            self.understood.setChecked(False)
            self.understood.hide()
            self._trouble.hide()
            self._warning.hide()
            self._around.look(self._place)

    def _go(self) -> None:
        from app.bootstrap import Founder
        from app.kernel.names import accepted_name
        from app.phrases import sentence
        from app.vault.passphrases import accept

        self.form.clear()
        self._trouble.hide()
        refusals: list[Refused] = []
        for check in (
            lambda: accepted_name(self._name.text()),
            lambda: accept(self._secret.text(), self._about()),
            self._same_twice,
        ):
            try:
                check()
            except Refused as error:
                refusals.append(error)
        for refused in refusals:
            self.form.refuse(refused.field, sentence(refused))
        if refusals:
            self.form.focus_first_refused()
            return
        founder = Founder(
            self._name.text(),
            Role(str(self._role.value())),
            self._secret.text(),
            tuple(line.strip() for line in self._schools.text().splitlines() if line.strip()),
        )
        self.busy(on=True)
        self.found.emit(founder, self._place, self.understood.isChecked())

    def _about(self) -> tuple[str, ...]:
        """Return the names that a stranger would try first."""
        return (self._name.text(), self._schools.text(), self._place.stem)

    def _same_twice(self) -> None:
        if self._secret.text() != self._again.text():
            raise Refused("passphrase-repeat", "again")


class RecoveryStep(CentredCard):
    """The recovery words: kept on paper first, then three of them typed back."""

    retyped = Signal(object)
    """Emitted with the typed words by their number."""

    def __init__(
        self,
        words: tuple[str, ...],
        made: date,
        *,
        again: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(width=600, parent=parent)
        self._recovery = words
        self._made = made
        body = self.card.body
        body.addWidget(PageTitle(_("Keep your recovery sheet")))
        self._lead = Muted(
            _(
                "If the passphrase is forgotten, only these fifteen words open the vault. Print"
                " them or write them down, and keep them apart from this laptop."
            )
        )
        body.addWidget(self._lead)
        if again:
            body.addWidget(
                Muted(
                    _(
                        "These words are new. Once you have typed three of them back, an earlier sheet no longer opens the vault."
                    )
                )
            )
        self._sheet = Card(Kind.ACCENT)
        grid = QGridLayout()
        grid.setHorizontalSpacing(look().gap(24))
        for index, word in enumerate(words):
            label = Words(f"{index + 1}.  {word}", TextSize.LEAD, bold=True, wrap=False)
            grid.addWidget(label, index % 5, index // 5)
        self._sheet.body.addLayout(grid)
        body.addWidget(self._sheet)
        save = Button(_("Save as PDF"), "save")
        self._printer = Button(_("Print"), "print")
        self._paper = QWidget()
        row = QHBoxLayout(self._paper)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(save)
        row.addWidget(self._printer)
        row.addStretch(1)
        body.addWidget(self._paper)
        self._said = Muted("")
        self._said.hide()
        body.addWidget(self._said)
        self.form = Form()
        self._editors = {number: LineEdit() for number in RETYPED}
        for number, editor in self._editors.items():
            self.form.add(f"word_{number}", Field(_("Word {number}").format(number=number), editor))
            editor.returnPressed.connect(self._go)
        self.form.hide()
        body.addWidget(self.form)
        self._back = Button(_("Show the words again"), kind="quiet")
        self._back.hide()
        body.addWidget(_leading(self._back))
        self._next = Button(_("I have kept them"), "done", kind="primary")
        body.addWidget(self._next)
        save.clicked.connect(self._save)
        self._printer.clicked.connect(self._print)
        self._next.clicked.connect(self._go)
        self._back.clicked.connect(self._show_words)

    def begin(self) -> None:
        """Put the focus on the step that comes next."""
        self._next.setFocus()

    def wait(self, *, on: bool) -> None:
        """Show that the words are being compared and kept."""
        self._next.setEnabled(not on)
        self.form.setEnabled(not on)

    def refuse(self, field: str, sentence: str) -> None:
        """Say at a word that it is not the one on the sheet."""
        self.form.refuse(field, sentence)
        self.form.focus_first_refused()

    def _show_words(self) -> None:
        for widget in (self._sheet, self._paper):
            widget.show()
        self.form.hide()
        self._back.hide()
        self._next.setText(_("I have kept them"))

    def _go(self) -> None:
        if self.form.isHidden():
            for widget in (self._sheet, self._paper, self._said):
                widget.hide()
            self.form.clear()
            self.form.show()
            self._back.show()
            self._lead.setText(_("Type back three of the words, from your sheet."))
            self._next.setText(_("Open my desk"))
            self._editors[RETYPED[0]].setFocus()
            return
        self.form.clear()
        self.retyped.emit({number: editor.text() for number, editor in self._editors.items()})

    def _save(self) -> None:
        from app.overviews.reports.leaving import write_whole
        from app.phrases import sentence

        name, _filter = QFileDialog.getSaveFileName(
            self, _("Save the recovery sheet"), "casewell-recovery.pdf", "PDF (*.pdf)"
        )
        if not name:
            return
        try:
            write_whole(Path(name), self._pdf(), replace=True)
        except OSError as error:
            trouble = Trouble("file-unwritable", path=name, reason=error.strerror)
            self._say(sentence(trouble))
            return
        self._say(_("Saved. Print it, then delete the file or keep it on a stick of its own."))

    def _print(self) -> None:
        from ui.kit.printing import print_pdf

        self._paper.setEnabled(False)
        try:
            printed = print_pdf(self, self._pdf(), _("Casewell"))
        finally:
            self._paper.setEnabled(True)
            self._printer.setFocus()
        if printed:
            self._say(_("Sent to the printer."))

    def _pdf(self) -> bytes:
        from app.paper.recovery_sheet import recovery_sheet

        return recovery_sheet(self._recovery, self._made)

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._said.show()


class Beginning(CentredCard):
    """The last step of the first run: where the students come from."""

    import_roster = Signal()
    empty = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(width=520, parent=parent)
        body = self.card.body
        body.addWidget(PageTitle(_("Your vault is ready")))
        body.addWidget(Muted(_("Where do your students come from?")))
        body.addSpacing(look().gap(8))
        roster = Button(_("Import a roster file"), "import", kind="primary")
        later = Button(_("Start with an empty desk"))
        body.addWidget(roster)
        body.addWidget(
            Muted(_("OneRoster, Clever, CSV or Excel. You see everything before it is written."))
        )
        body.addSpacing(look().gap(8))
        body.addWidget(later)
        roster.clicked.connect(self.import_roster)
        later.clicked.connect(self.empty)
        self._roster = roster

    def begin(self) -> None:
        """Put the focus on the usual answer."""
        self._roster.setFocus()


def _leading(widget: QWidget) -> QWidget:
    """Return `widget` at the leading edge of a row of its own."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget)
    row.addStretch(1)
    return holder
