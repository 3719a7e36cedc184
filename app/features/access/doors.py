"""What this room is given: the keybag in use, ways to write and read, the clock, who sits here."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.keys import VaultKeys
from app.kernel.ports import Begin, Read, Seat
from app.vault.opened import OpenKeybag


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything that both services of the room need of the opened vault."""

    keys: OpenKeybag
    begin: Begin
    founding: Begin
    read: Read
    seat: Callable[[], Seat]
    sit_down: Callable[[Seat], None]
    hold_back: Callable[[Callable[[], Refused] | None], None]
    """Refuses every transaction from now on with what this makes; with None, refuses none."""
    read_only: Callable[[], bool]
    clock: Clock


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What changing the vault's key needs of the rest of the desk."""

    change_key: Callable[[VaultKeys], None]
    """Puts the file under new keys, if it is not yet, and makes that durable."""
    file_keys: Callable[[], VaultKeys]
    """Returns the keys that the file is under now."""
    without_backups: Callable[[], AbstractContextManager[object]]
    """Keeps backups from being made meanwhile."""
    old_backups: Callable[[], int]
    """Counts the backups written under former keys."""
    withdraw_keyrings: Callable[[], object]
    """Takes every keyring slot out: the vault is about to be several people's."""
