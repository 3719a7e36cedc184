"""The keybag of a vault that is in use: what it holds now, and how it is written."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.kernel.errors import Trouble
from app.kernel.keys import Anchor, VaultKeys
from app.vault.folder import VaultFolder
from app.vault.keybag import Keybag, Unlocked, write_keybag
from app.vault.slots import Slot


class OpenKeybag:
    """One vault's opened keybag; whoever changes it holds `lock` from reading to writing.

    A write that fails leaves what was known before; the next one is of a higher
    generation than anything that may have reached the disk.
    """

    def __init__(self, folder: VaultFolder, unlocked: Unlocked) -> None:
        self._folder = folder
        self._unlocked = unlocked
        self.lock = threading.RLock()

    @property
    def unlocked(self) -> Unlocked:
        """The keys, the keybag and the slot that opened it."""
        return self._unlocked

    @property
    def keybag(self) -> Keybag:
        """The keybag as it is now."""
        return self._unlocked.keybag

    @property
    def keys(self) -> VaultKeys:
        """The vault's keys."""
        return self._unlocked.keys

    @property
    def slot(self) -> Slot:
        """The slot that opened the keybag."""
        return self._unlocked.slot

    def write(self, slots: Sequence[Slot] | None = None, **facts: Any) -> None:
        """Write the next generation, with other slots or facts."""
        with self.lock:
            kept = self.keybag.slots if slots is None else tuple(slots)
            self.put(self.keybag.sealed_with(self.keys, kept, **facts))

    def put(
        self, keybag: Keybag, *, upcoming: VaultKeys | None = None, slot: Slot | None = None
    ) -> None:
        """Write a keybag sealed under the keys in use; `upcoming` are new keys that it holds too."""
        with self.lock:
            before = self._unlocked
            try:
                write_keybag(self._folder, keybag)
            except Trouble:
                known = replace(before.keybag, generation=keybag.generation)
                self._unlocked = replace(before, keybag=known)
                raise
            same = slot is None or slot.id == before.slot.id
            self._unlocked = Unlocked(
                before.keys,
                keybag,
                slot or before.slot,
                upcoming or before.upcoming,
                seconds=before.seconds if same else 0.0,
            )

    def put_back(self, before: Unlocked) -> None:
        """Write what an earlier generation held, as the newest one."""
        with self.lock:
            known = replace(before.keybag, generation=self.keybag.generation)
            fresh = known.sealed_with(before.keys, known.slots)
            self._unlocked = replace(before, keybag=known)
            self.put(fresh)

    def renew(self) -> None:
        """Give the slot that was opened its fresh form, if it needs one."""
        with self.lock:
            renewed, fresh = self._unlocked.renewed(), self._unlocked.fresh
            if renewed is not None:
                self.put(renewed, slot=fresh)

    def anchor(self, head: Anchor) -> None:
        """Write the journal's head down, if it is not the one that stands there."""
        with self.lock:
            if self.keybag.anchor() != head:
                self.write(anchor={"count": head.count, "head": head.head})

    def drop_old_keys(self, **facts: Any) -> None:
        """End a change of keys: the file was seen to open with the new ones.

        From now on the new keys are those in use, also when the write fails: the keybag
        that could not be replaced holds both, and the next write ends the change.
        """
        with self.lock:
            before = self._unlocked
            if before.upcoming is None:
                raise RuntimeError("no change of keys is under way")
            fresh = before.keybag.with_old_keys_dropped(before.keys, before.upcoming, **facts)
            self._unlocked = Unlocked(before.upcoming, fresh, before.slot)
            write_keybag(self._folder, fresh)

    def drop_new_keys(self, **facts: Any) -> None:
        """Take a change of keys back: the file is as it was."""
        with self.lock:
            fresh = self.keybag.with_new_keys_dropped(self.keys, **facts)
            self._unlocked = replace(self._unlocked, upcoming=None)
            self.put(fresh)
