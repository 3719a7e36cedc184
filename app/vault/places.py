"""Where things live on this computer: the usual place of a vault, and this device's own facts.

The device's file holds a random id, which vault was open last, which slots of keybags opened
here and how the desk looks; never a person's name.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from app.kernel.ids import DeviceId, is_id, new_id
from app.vault.folder import SUFFIX, VaultFolder, write_atomically

_LARGEST = 100_000
_RECENT = 8


def data_folder() -> Path:
    """Return the folder of this user's Casewell data."""
    from platformdirs import user_data_path

    return user_data_path("Casewell", appauthor=False)


def usual_vault() -> Path:
    """Return where a vault stands unless the user says otherwise."""
    return data_folder() / f"caseload{SUFFIX}"


def stands(place: Path) -> bool:
    """Tell whether a vault stands at `place`, whole or damaged."""
    return any(
        (place / name).exists() for name in ("keybag.json", "keybag.copy.json", "records.db")
    )


@dataclass(slots=True)
class ThisDevice:
    """What this computer knows without any key."""

    path: Path
    device: DeviceId
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def here(cls) -> "ThisDevice":
        """Read this computer's facts, or make them; an unreadable file is begun anew."""
        path = data_folder() / "device.json"
        facts: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if path.stat().st_size <= _LARGEST:
                found = json.loads(path.read_text(encoding="utf-8"))
                if isinstance(found, dict):
                    facts = found
        device = facts.get("device")
        if isinstance(device, str) and is_id(device):
            return cls(path, DeviceId(device), facts)
        made = cls(path, DeviceId(new_id()), facts)
        made.keep()
        return made

    def last_vault(self) -> Path | None:
        """Return the vault that was open last, if it is still there."""
        found = self.facts.get("vault")
        with contextlib.suppress(OSError):
            if isinstance(found, str) and found and Path(found).is_dir():
                return Path(found)
        return None

    def backup_folder(self) -> Path | None:
        """Return the folder on another medium that was chosen for backups, there or not."""
        found = self.facts.get("backup_folder")
        return Path(found) if isinstance(found, str) and Path(found).is_absolute() else None

    def last_slots(self) -> tuple[str, ...]:
        """Return the ids of the keybag slots that opened vaults here last, the newest first."""
        found = self.facts.get("slots")
        return tuple(map(str, found[:_RECENT])) if isinstance(found, list) else ()

    def keep_slot(self, slot: str) -> None:
        """Keep the id of the slot that opened a vault here, to be tried first the next time."""
        recent = self.last_slots()
        if recent[:1] != (slot,):
            self.keep(slots=[slot, *(one for one in recent if one != slot)][:_RECENT])

    def keyring_slots(self, place: Path) -> tuple[str, ...]:
        """Return the slots of the vault at `place` that this computer's keyring opens.

        No key is needed: they are those of this file that stand in the vault's keybag.
        """
        found = self.facts.get("keyrings")
        slots = [str(slot) for one in found.values() for slot in one] if _lists(found) else []
        if not slots:
            return ()
        keybag = VaultFolder(place).keybag
        with contextlib.suppress(OSError):
            if keybag.stat().st_size <= _LARGEST * 10:
                text = keybag.read_text("utf-8", errors="replace")
                return tuple(slot for slot in slots if is_id(slot) and f'"{slot}"' in text)
        return ()

    def keyrings_of(self, vault: str) -> tuple[str, ...]:
        """Return the slots of a vault, known by its id, that this computer's keyring was given."""
        found = self.facts.get("keyrings")
        return tuple(map(str, found.get(vault, ()))) if _lists(found) else ()

    def keep_keyring(self, vault: str, slots: Sequence[str]) -> None:
        """Keep which slots of a vault this computer's keyring opens; an empty list forgets it."""
        found = self.facts.get("keyrings")
        known: dict[str, list[str]] = dict(found) if _lists(found) else {}
        fresh = {name: one for name, one in known.items() if name != vault}
        if slots:
            fresh[vault] = list(slots)
        if fresh != known:
            self.keep(keyrings=fresh)

    def keep(self, **facts: Any) -> None:
        """Keep facts for the next start; a disk that cannot be written to is no trouble here."""
        self.facts.update(facts, device=self.device)
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(self.path, json.dumps(self.facts, sort_keys=True).encode())


def _lists(found: object) -> TypeGuard[dict[str, list[str]]]:
    return isinstance(found, dict) and all(isinstance(one, list) for one in found.values())
