"""Unlocking with this computer's keyring, as the lock card does it, and what follows an opening."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.kernel.errors import CasewellError
from app.vault.places import ThisDevice
from ui.kit.tasks import Handle, Tasks

if TYPE_CHECKING:
    from app.bootstrap import Desk
    from app.features.unlocking.stretching import Restretched
    from app.kernel.ports import Progress
    from ui.shell.bay import Arrival

IN_PEACE_MS = 20_000
"""After opening: when whoever came in has the page they came for."""


class KeyringWay(QObject):
    """Asks this computer's keyring, away from the screen; a passphrase entered meanwhile wins."""

    opened = Signal(object)
    """Emitted with what was opened."""
    refused = Signal(object)
    """Emitted with the error that says what is in the way."""
    entered = Signal(str)
    """Emitted with the passphrase to open the vault with: nothing else is under way."""

    def __init__(self, tasks: Tasks, device: ThisDevice, vault: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._device, self._vault = tasks, device, vault
        self._asking: Handle | None = None
        self._typed = ""

    def ask(self) -> None:
        """Open the vault with what the keyring keeps."""
        vault, device = self._vault, self._device.device
        other, slots = self._device.backup_folder(), self._device.keyring_slots(vault)

        def work(progress: "Progress") -> "Arrival":
            from app.bootstrap import open_vault_with_keyring
            from ui.shell.bay import arrived

            return arrived(
                open_vault_with_keyring(
                    vault, device, slots, other_backups=other, progress=progress
                )
            )

        self._asking = self._tasks.long(work, self._came, self._failed, owner=self)

    def unlock(self, passphrase: str) -> None:
        """Open with a passphrase, once the keyring is waited for no more."""
        if self._asking is None:
            self.entered.emit(passphrase)
        else:
            self._typed = passphrase
            self._asking.cancel()

    def _came(self, arrival: "Arrival") -> None:
        self._asking, self._typed = None, ""
        self.opened.emit(arrival)

    def _failed(self, error: Exception) -> None:
        typed, self._asking, self._typed = self._typed, None, ""
        if typed:
            self.entered.emit(typed)
        else:
            self.refused.emit(error)


def settle(desk: "Desk", device: ThisDevice, tasks: Tasks, owner: QObject) -> None:
    """Keep which slots this computer's keyring opens; take out of it what opens none any more."""
    slots = desk.unlocking.slots
    gone = [slot for slot in device.keyrings_of(desk.vault) if slot not in slots]
    device.keep_keyring(desk.vault, slots)
    if gone:
        tasks.long(lambda _progress: desk.unlocking.forget(gone), owner=owner)


def stretch_in_peace(
    desk: "Desk", passphrase: str, device: ThisDevice, tasks: Tasks, owner: QObject
) -> None:
    """Stretch a passphrase anew a while after it opened the vault, if it is due.

    What goes wrong then is nobody's concern: the old slot stands, and is looked at again when
    it next opens the vault. `owner` is the desk's window: with it, the wish goes.
    """
    if not passphrase or desk.records.read_only or not desk.stretching.due:
        return

    def quiet(error: Exception) -> None:
        if not isinstance(error, CasewellError) and tasks.on_trouble is not None:
            tasks.on_trouble(error)

    def made(found: "Restretched | None") -> None:
        if found is not None:
            tasks.write(
                lambda: desk.stretching.retune(found),
                lambda _changed: device.keep_slot(desk.slot.id),
                quiet,
                owner=owner,
            )

    def begin() -> None:
        tasks.long(
            lambda progress: desk.stretching.prepared(passphrase, progress),
            made,
            quiet,
            owner=owner,
        )

    QTimer.singleShot(IN_PEACE_MS, owner, begin)
