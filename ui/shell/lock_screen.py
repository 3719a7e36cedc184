"""The lock screen: one passphrase, and the way in with the recovery sheet."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.kernel.words import _
from ui.kit.look import Kind, look
from ui.kit.widgets.buttons import Button
from ui.kit.widgets.field import Field
from ui.kit.widgets.headings import Card, Chip, Muted, PageTitle
from ui.kit.widgets.passphrase import PassphraseEdit

if TYPE_CHECKING:
    from ui.kit.widgets.editors import NoteText


class CentredCard(QScrollArea):
    """A card in the middle of the window that scrolls when the window is too small for it."""

    def __init__(self, width: int = 440, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wide = width
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 24, 16, 24)
        column.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        self.card = Card(padding=32)
        row.addWidget(self.card)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)
        self.setWidget(ground)
        self._fit()
        look().changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the card inside the window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Not viewport(): a widget handed over by Qt has to be looked up among all its kinds,
        # which takes longer than all the rest of this screen.
        room = max(280, self.width() - 56)
        self.card.setFixedWidth(min(look().px(self._wide), room))


_KNOWN = 3
"""Other vaults that the card offers by name; the rest are found with “Open another vault”."""


class _KnownVault(Button):
    """A way to another vault that this computer knows."""

    vault_chosen = Signal(object)

    def __init__(self, vault: Path, words: str) -> None:
        super().__init__(words, kind="quiet")
        self.setToolTip(str(vault))
        self.clicked.connect(lambda: self.vault_chosen.emit(vault))


class LockScreen(CentredCard):
    """What stands on the screen while the vault is closed; it holds no key and no record."""

    unlock = Signal(str)
    unlock_with_recovery = Signal(str)
    unlock_with_keyring = Signal()
    other_vault = Signal()
    new_vault = Signal()
    restore = Signal()
    repair = Signal()
    known_vault = Signal(object)
    """Another vault that this computer knows was chosen (its path)."""
    leave = Signal()
    """Back to a vault that is open."""

    def __init__(
        self,
        vault: Path,
        *,
        locked: bool = False,
        keyring: bool = False,
        others: Sequence[tuple[Path, str]] = (),
        beside: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """Ask for the secret of `vault`; offer `others`, and a way back to the open one `beside`.

        `keyring` offers this computer's own, which is asked only when its button is pressed.
        """
        super().__init__(parent=parent)
        body = self.card.body
        title = PageTitle(_("Casewell"))
        body.addWidget(title)
        if locked:
            row = QHBoxLayout()
            row.addWidget(Chip(_("Locked"), Kind.GOOD, "lock"))
            row.addStretch(1)
            body.addLayout(row)
            body.addWidget(Muted(_("Everything you typed is saved in the vault.")))
        else:
            body.addWidget(Muted(_("Your caseload is encrypted on this computer.")))
        body.addSpacing(look().gap(8))
        self._secret = PassphraseEdit()
        self.field = Field(_("Passphrase"), self._secret)
        body.addWidget(self.field)
        self._words: NoteText | None = None
        self.words_field: Field | None = None
        self._open = Button(_("Unlock"), "unlock", kind="primary")
        self._open.setDefault(True)
        body.addSpacing(look().gap(4))
        body.addWidget(self._open)
        self._keyring: Button | None = None
        if keyring:
            self._keyring = Button(_("Unlock with this computer's keyring"), "passphrase")
            self._keyring.clicked.connect(self._ask_keyring)
            body.addWidget(self._keyring)
        body.addSpacing(look().gap(8))
        self._switch = Button(_("Use the recovery sheet"), kind="quiet")
        self._other = Button(_("Open another vault"), kind="quiet")
        self._new = Button(_("Make a new vault"), kind="quiet")
        self._restore = Button(_("Restore a backup"), kind="quiet")
        self._known = [
            _KnownVault(path, _("Open the vault “{name}”").format(name=name))
            for path, name in others[:_KNOWN]
        ]
        for known in self._known:
            known.vault_chosen.connect(self.known_vault)
        self._leave: Button | None = None
        if beside:
            self._leave = Button(_("Back to “{name}”").format(name=beside), "back")
            self._leave.clicked.connect(self.leave)
            body.addWidget(self._leave)
        self._repair = Button(_("Repair this vault"), kind="quiet")
        self._repair.hide()
        quiet = (self._switch, self._repair, *self._known, self._other, self._new, self._restore)
        for button in quiet:
            line = QHBoxLayout()
            line.addWidget(button)
            line.addStretch(1)
            body.addLayout(line)
        place = Muted(str(vault))
        place.setAccessibleDescription(_("The vault's place"))
        body.addSpacing(look().gap(4))
        body.addWidget(place)

        self._secret.returnPressed.connect(self._go)
        self._open.clicked.connect(self._go)
        self._switch.clicked.connect(self._other_way)
        self._other.clicked.connect(self.other_vault)
        self._new.clicked.connect(self.new_vault)
        self._restore.clicked.connect(self.restore)
        self._repair.clicked.connect(self.repair)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back to the vault that is open with Esc."""
        if event.key() == Qt.Key.Key_Escape and self._leave is not None:
            self.leave.emit()
            return
        super().keyPressEvent(event)

    def begin(self) -> None:
        """Put the cursor where the passphrase goes."""
        if self._words is not None and self._words.isVisibleTo(self):
            self._words.setFocus()
        else:
            self._secret.setFocus()

    def busy(self, *, on: bool) -> None:
        """Show that the vault is being opened."""
        for widget in (
            self._secret,
            self._words,
            self._keyring,
            self._switch,
            *self._known,
            self._other,
            self._new,
            self._restore,
            self._repair,
        ):
            if widget is not None:
                widget.setEnabled(not on)
        self._open.setEnabled(not on)
        self._open.setText(_("Opening the vault …") if on else _("Unlock"))
        if self._keyring is not None:
            self._keyring.setText(_("Unlock with this computer's keyring"))

    @property
    def offers_keyring(self) -> bool:
        """Whether this computer's keyring can be asked here."""
        return self._keyring is not None

    def _ask_keyring(self) -> None:
        """Wait for the keyring; the passphrase can be entered all the while."""
        if self._keyring is None:
            return
        self.field.clear()
        self.busy(on=True)
        self._open.setText(_("Unlock"))
        self._keyring.setText(_("Asking the keyring …"))
        if not self._with_words:
            self._secret.setEnabled(True)
            self._open.setEnabled(True)
            self._secret.setFocus()
        self.unlock_with_keyring.emit()

    def refuse(self, sentence: str) -> None:
        """Say at the entry why the vault did not open."""
        self.busy(on=False)
        field = self.words_field if self._with_words else self.field
        if field is not None:
            field.refuse(sentence)
        self.begin()
        self._secret.selectAll()

    def offer_repair(self) -> None:
        """Show the way to repair: the vault is damaged, or was said to be."""
        self._repair.show()

    @property
    def _with_words(self) -> bool:
        return self.words_field is not None and not self.words_field.isHidden()

    def _entry_of_words(self) -> Field:
        """Return the entry of the recovery words, which is made when it is first asked for."""
        if self.words_field is None:
            from ui.kit.widgets.editors import NoteText

            self._words = NoteText()
            self.words_field = Field(
                _("Recovery words"),
                self._words,
                hint=_("The fifteen words on the recovery sheet, in order."),
            )
            body = self.card.body
            body.insertWidget(body.indexOf(self.field) + 1, self.words_field)
            self.words_field.hide()
        return self.words_field

    def _other_way(self) -> None:
        entry = self._entry_of_words()
        with_words = entry.isHidden()
        entry.setVisible(with_words)
        self.field.setVisible(not with_words)
        self._switch.setText(_("Use the passphrase") if with_words else _("Use the recovery sheet"))
        self.begin()

    def _go(self) -> None:
        if not self._open.isEnabled():
            return
        if self._with_words and self._words is not None and self.words_field is not None:
            if self._words.text().strip():
                self.words_field.clear()
                self.busy(on=True)
                self.unlock_with_recovery.emit(self._words.text())
            else:
                self.words_field.refuse(_("Enter the words of the recovery sheet."))
        elif self._secret.text():
            self.field.clear()
            self.busy(on=True)
            self.unlock.emit(self._secret.text())
        else:
            self.field.refuse(_("Enter your passphrase."))
