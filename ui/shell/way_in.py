"""Steps between the lock screen and the desk: an emergency is told, a first passphrase replaced."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kernel.errors import Refused
from app.kernel.words import _
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.editors import LineEdit, NoteText
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import Chip, Muted, PageTitle
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.kit.widgets.strength import StrengthLine
from ui.shell.lock_screen import CentredCard


class EmergencyCard(CentredCard):
    """Who opens the vault with its recovery sheet, and why; asked before anything is shown."""

    told = Signal(str, str)
    """Emitted with the name and the reason."""
    leave = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(width=560, parent=parent)
        body = self.card.body
        body.addWidget(PageTitle(_("Opening with the recovery sheet")))
        row = QHBoxLayout()
        row.addWidget(Chip(_("The words fit this vault"), Kind.GOOD, "check"))
        row.addStretch(1)
        body.addLayout(row)
        body.addWidget(
            Muted(
                _(
                    "Who opens it, and why, is written into the vault before anything of it is"
                    " shown. The mark cannot be removed, and a keeper is asked to take note."
                )
            )
        )
        body.addSpacing(look().gap(8))
        self.form = Form()
        self._name = LineEdit()
        self._reason = NoteText(lines=3)
        self.form.add("name", Field(_("Your name"), self._name, required=True))
        self.form.add(
            "reason",
            Field(
                _("Why it is opened this way"),
                self._reason,
                hint=_("For example: the passphrase is forgotten, or its owner is away."),
                required=True,
            ),
        )
        body.addWidget(self.form)
        body.addSpacing(look().gap(4))
        self._open = Button(_("Mark it and open the vault"), "unlock", kind="primary")
        body.addWidget(self._open)
        self._back = Button(_("Do not open it"), "back", kind="quiet")
        line = QHBoxLayout()
        line.addWidget(self._back)
        line.addStretch(1)
        body.addLayout(line)
        self._open.clicked.connect(self._go)
        self._back.clicked.connect(self.leave)
        self._name.returnPressed.connect(self._reason.setFocus)

    def begin(self) -> None:
        """Put the cursor on the first question."""
        self._name.setFocus()

    def busy(self, *, on: bool) -> None:
        """Show that the vault is being opened."""
        for widget in (self.form, self._back, self._open):
            widget.setEnabled(not on)
        self._open.setText(_("Opening the vault …") if on else _("Mark it and open the vault"))

    def refuse(self, field: str, sentence: str) -> bool:
        """Say at an answer what is missing; tell whether there is such an answer."""
        self.busy(on=False)
        found = self.form.refuse(field, sentence)
        if found:
            self.form.focus_first_refused()
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Ctrl+Enter; go back with Esc."""
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and control:
            self._go()
        elif event.key() == Qt.Key.Key_Escape and self._open.isEnabled():
            self.leave.emit()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if not self._open.isEnabled():
            return
        from app.features.access.model import accepted_reason
        from app.kernel.names import accepted_name
        from app.phrases import sentence

        self.form.clear()
        checks: tuple[Callable[[], object], ...] = (
            lambda: accepted_name(self._name.text()),
            lambda: accepted_reason(self._reason.text()),
        )
        refusals: list[Refused] = []
        for check in checks:
            try:
                check()
            except Refused as error:
                refusals.append(error)
        for refused in refusals:
            self.form.refuse(refused.field, sentence(refused))
        if refusals:
            self.form.focus_first_refused()
            return
        self.busy(on=True)
        self.told.emit(self._name.text(), self._reason.text())


class OwnPassphrase(CentredCard):
    """Asks for a passphrase of one's own in the place of a first one, before the desk opens."""

    chosen = Signal(str)

    def __init__(self, names: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(width=520, parent=parent)
        self._names = tuple(names)
        body = self.card.body
        body.addWidget(PageTitle(_("Choose your own passphrase")))
        body.addWidget(
            Muted(
                _(
                    "You came in with a first passphrase, which whoever gave it to you may know."
                    " From now on only yours opens the vault for you. Nobody can look it up."
                )
            )
        )
        body.addSpacing(look().gap(8))
        self.form = Form()
        self._new, self._again = PassphraseEdit(), PassphraseEdit()
        self.form.add(
            "passphrase",
            Field(
                _("Your passphrase"),
                self._new,
                hint=_("At least 15 characters. Nobody can reset it."),
                required=True,
            ),
        )
        self.strength = StrengthLine(self._new, lambda: self._names)
        self.form.add_widget(self.strength)
        self.form.add("again", Field(_("Once more"), self._again, required=True))
        body.addWidget(self.form)
        self._words = Button(_("Make five random words for me"), "refresh", kind="quiet")
        line = QHBoxLayout()
        line.addWidget(self._words)
        line.addStretch(1)
        body.addLayout(line)
        self._save = Button(_("Keep it and open my desk"), "passphrase", kind="primary")
        body.addSpacing(look().gap(4))
        body.addWidget(self._save)
        self._words.clicked.connect(self._generate)
        self._save.clicked.connect(self._go)
        self._new.returnPressed.connect(self._again.setFocus)
        self._again.returnPressed.connect(self._go)

    def begin(self) -> None:
        """Put the cursor where the passphrase goes."""
        self._new.setFocus()

    def busy(self, *, on: bool) -> None:
        """Show that the passphrase is being kept."""
        for widget in (self.form, self._words, self._save):
            widget.setEnabled(not on)
        self._save.setText(_("Keeping it …") if on else _("Keep it and open my desk"))

    def refuse(self, field: str, sentence: str) -> bool:
        """Say at an entry why it is not taken; tell whether there is such an entry."""
        self.busy(on=False)
        found = self.form.refuse(field, sentence)
        if found:
            self.form.focus_first_refused()
        return found

    def _generate(self) -> None:
        from app.vault.passphrases import generated

        words = generated()
        for editor in (self._new, self._again):
            editor.setText(words)
        self._new.reveal(on=True)
        self.form.field("passphrase").set_hint(
            _("Write these five words down until you know them by heart.")
        )
        self._new.setFocus()

    def _go(self) -> None:
        from app.phrases import sentence

        if not self._save.isEnabled():
            return
        self.form.clear()
        if self._new.text() != self._again.text():
            self.refuse("again", sentence(Refused("passphrase-repeat")))
            return
        self.busy(on=True)
        self.chosen.emit(self._new.text())
