"""The part of Settings that turns this computer's keyring on and off."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.features.unlocking.commands import TurnOffKeyring, TurnOnKeyring
from app.features.unlocking.model import DAYS
from app.kernel.changes import Changed
from app.kernel.errors import CasewellError, Refused
from app.kernel.words import _, ngettext
from app.vault.places import ThisDevice
from ui.kit.announce import announce
from ui.kit.look import look
from ui.kit.room import Context
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.editors import Check
from ui.kit.widgets.fields import Field, Form
from ui.kit.widgets.headings import Muted, Words
from ui.kit.widgets.passphrase import PassphraseEdit
from ui.shell.unlocking import settle

if TYPE_CHECKING:
    from app.features.unlocking.service import KeyringState

KEYRINGS: dict[str, Callable[[], str]] = {
    "secret-service": lambda: _("the keyring of this desktop"),
    "kwallet": lambda: _("KWallet"),
    "windows-credentials": lambda: _("the Windows Credential Manager"),
    "macos-keychain": lambda: _("the macOS Keychain"),
}


class UnlockingPart(QWidget):
    """A switch, what it means, and how it stands."""

    def __init__(self, context: Context, device: ThisDevice) -> None:
        super().__init__()
        self._context, self._device = context, device
        self._state: KeyringState | None = None
        self.switch = Check(_("Unlock with this computer's keyring"))
        self.switch.clicked.connect(self._pressed)
        self.switch.setEnabled(False)
        self.state = Words("")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look().gap(8))
        column.addWidget(self.switch)
        column.addWidget(self.state)
        column.addWidget(
            Muted(
                _(
                    "A button on the lock screen then opens the vault without the passphrase. The"
                    " keyring keeps a secret for it, never the vault's key."
                )
            )
        )
        column.addWidget(
            Muted(
                _(
                    "Any program of your account can read an open keyring, and whoever sits here"
                    " while your account is open can press the button: lock the computer itself"
                    " when you leave it."
                )
            )
        )
        column.addWidget(
            Muted(
                ngettext(
                    "The passphrase is asked for after every restart of the computer, and each"
                    " {days} day.",
                    "The passphrase is asked for after every restart of the computer, and every"
                    " {days} days.",
                    DAYS,
                ).format(days=DAYS)
            )
        )

    def reload(self) -> None:
        """Look up how it stands; a keyring that hangs keeps nothing else waiting."""
        desk = self._context.desk
        self._context.tasks.long(
            lambda _progress: desk.unlocking.state(), self._show, self._context.say, owner=self
        )

    def _show(self, state: "KeyringState") -> None:
        from app.phrases import sentence

        self._state = state
        self.switch.setChecked(bool(state.here))
        self.switch.setEnabled(bool(state.here) or state.hindrance is None)
        said = [_("Off.")]
        if state.here:
            name = KEYRINGS.get(state.backend, KEYRINGS["secret-service"])()
            said = [_("On, with {keyring}.").format(keyring=name)]
        if state.elsewhere:
            said.append(
                ngettext(
                    "On at {count} other computer as well.",
                    "On at {count} other computers as well.",
                    state.elsewhere,
                ).format(count=state.elsewhere)
            )
        if state.hindrance is not None:
            said.append(sentence(state.hindrance))
        self.state.setText("\n".join(said))
        self.state.set_ink("warn" if state.here and state.hindrance else "text")
        self.switch.setAccessibleDescription("\n".join(said))

    def _pressed(self, on: bool) -> None:
        # The box shows how it stands, not what was wished for.
        self.switch.setChecked(not on)
        if on:
            sheet = TurnOnSheet(self._context, self._turned_on, self)
            sheet.exec()
            sheet.deleteLater()
            return
        desk = self._context.desk
        self._context.tasks.long(
            lambda _progress: desk.unlocking.turn_off(TurnOffKeyring()),
            lambda _changed: self._turned(_("Only the passphrase opens the vault now.")),
            self._context.say,
            owner=self,
        )

    def _turned_on(self) -> None:
        self._turned(_("This computer's keyring opens the vault now."))

    def _turned(self, sentence: str) -> None:
        settle(self._context.desk, self._device, self._context.tasks, self)
        self._context.notices.say(sentence)
        self.reload()


class TurnOnSheet(Sheet):
    """Asks for the passphrase, and for the word that nobody else uses the account."""

    def __init__(self, context: Context, done: Callable[[], None], parent: QWidget) -> None:
        super().__init__(
            _("Unlock with this computer's keyring"),
            _("For a computer and an account that are yours alone."),
            parent=parent,
        )
        self._context, self._done = context, done
        self._secret = PassphraseEdit()
        self.alone = Check(_("Nobody else uses my account"))
        self.form = Form()
        self.form.add("passphrase", Field(_("Passphrase"), self._secret))
        self.form.add("alone", Field(_("On this computer"), self.alone))
        self.body.addWidget(self.form)
        self.waiting = Muted("")
        self.waiting.hide()
        self.body.addWidget(self.waiting)
        self._cancel = self.add_close()
        self._save = self.add_button(_("Turn it on"), "primary")
        self._save.clicked.connect(self._go)
        self._secret.setFocus()

    def _go(self) -> None:
        self.form.clear()
        desk = self._context.desk
        command = TurnOnKeyring(self._secret.text(), self.alone.isChecked())
        self._wait(on=True)

        def done(_changed: Changed) -> None:
            self.accept()
            self._done()

        handle = self._context.tasks.long(
            partial(desk.unlocking.turn_on, command), done, self._failed, owner=self
        )
        self.rejected.connect(lambda: handle.cancel())  # noqa: PLW0108 - Qt cannot refer to a Handle

    def _failed(self, error: Exception) -> None:
        from app.phrases import sentence

        self._wait(on=False)
        if isinstance(error, Refused) and self.form.refuse(error.field, sentence(error)):
            self.form.focus_first_refused()
        elif isinstance(error, CasewellError):
            self.form.refuse("passphrase", sentence(error))
        else:
            self._context.say(error)

    def _wait(self, *, on: bool) -> None:
        self.form.setEnabled(not on)
        self._save.setEnabled(not on)
        self.waiting.setText(_("Asking the keyring …") if on else "")
        self.waiting.setVisible(on)
        if on:
            announce(self.waiting, self.waiting.text())
            self._cancel.setFocus()
