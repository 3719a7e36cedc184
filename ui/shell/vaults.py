"""The vaults this window knows: the open ones, and the places of others. Places only, no names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.vault.places import ThisDevice

MOST = 9
"""Known vaults; each of them has a key of its own."""


@dataclass(frozen=True, slots=True)
class VaultEntry:
    """A vault as the switcher lists it."""

    path: Path
    name: str
    open: bool
    here: bool
    keys: str


class Vaults(QObject):
    """What every desk of the window may know about the other vaults, and may ask for."""

    changed = Signal()
    chosen = Signal(object)
    """A vault is to come to the front (its path)."""
    another_asked = Signal()
    new_asked = Signal()

    def __init__(self, device: ThisDevice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._device = device
        self._open: tuple[Path, ...] = ()
        self._here: Path | None = None

    def entries(self) -> list[VaultEntry]:
        """Return the open vaults in the order they were opened, then the known ones."""
        paths = list(dict.fromkeys([*self._open, *self._known()]))[:MOST]
        alike = Counter(path.stem for path in paths)
        return [
            VaultEntry(
                path,
                path.stem if alike[path.stem] == 1 else f"{path.stem} ({path.parent.name})",
                path in self._open,
                path == self._here,
                f"Ctrl+Shift+{number}",
            )
            for number, path in enumerate(paths, 1)
        ]

    def name_of(self, vault: Path) -> str:
        """Return what a vault is called in the window: its folder's name."""
        found = (entry.name for entry in self.entries() if entry.path == vault)
        return next(found, vault.stem)

    def tell(self, opened: Sequence[Path], here: Path) -> None:
        """Say which vaults are open now, and which one is in front."""
        told = (tuple(opened), here)
        if told != (self._open, self._here):
            self._open, self._here = told
            self.changed.emit()

    def remember(self, vault: Path) -> None:
        """Keep a vault's place for the next time, and as the one that was open last."""
        known = self._known()
        if vault not in known:
            known.append(vault)
        while len(known) > MOST:
            known.remove(next((path for path in known if path not in self._open), known[0]))
        self._device.keep(vault=str(vault), vaults=[str(path) for path in known])
        self.changed.emit()

    def forget(self, vault: Path) -> None:
        """List a vault that is not there any more no longer."""
        self._device.keep(vaults=[str(path) for path in self._known() if path != vault])
        self.changed.emit()

    def _known(self) -> list[Path]:
        # Whether they are there is not asked here: a share that is away would hold up the desk.
        kept = self._device.facts.get("vaults")
        if not isinstance(kept, list):
            return []
        return [Path(each) for each in kept if isinstance(each, str) and Path(each).is_absolute()]


def alone(vault: Path, device: ThisDevice) -> Vaults:
    """Return what a desk without a frame around it knows: its own vault."""
    vaults = Vaults(device)
    vaults.tell([vault], vault)
    return vaults
