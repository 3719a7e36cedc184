"""Stretching a passphrase anew, when machines have become faster than those it was made on."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import CasewellError
from app.kernel.keys import VaultKeys
from app.kernel.ports import Begin, Progress, no_progress
from app.vault.keybag import Slot, passphrase_slot
from app.vault.opened import OpenKeybag
from app.vault.sealing import TARGET_SECONDS, Stretch, restretched


@dataclass(frozen=True, slots=True, repr=False)
class Restretched:
    """A slot of the same passphrase, stretched for this machine, and the slot it replaces."""

    fresh: Slot
    gone: Slot
    keys: VaultKeys
    """The vault's keys that the fresh slot leads to."""


class StretchService:
    """Keeps the cost of guessing a passphrase in step with what computers can do."""

    def __init__(self, begin: Begin, bag: OpenKeybag, clock: Callable[[], Moment]) -> None:
        self._begin = begin
        self._bag = bag
        self._now = clock

    @property
    def due(self) -> bool:
        """Whether the passphrase that just opened the vault may want more stretching."""
        unlocked = self._bag.unlocked
        stretch = unlocked.slot.stretch
        if stretch is None or not unlocked.seconds:
            return False
        return stretch.below_floor or unlocked.seconds < TARGET_SECONDS[0] / 2

    def prepared(
        self,
        passphrase: str,
        progress: Progress = no_progress,
        tune: Callable[[Stretch, float, Progress], Stretch | None] | None = None,
    ) -> Restretched | None:
        """Return a fresh slot for the passphrase that just opened the vault, if it is due.

        Takes seconds and up to a quarter of the memory: away from the screen, and not while
        the vault is being written to.
        """
        unlocked = self._bag.unlocked
        old = unlocked.slot
        if old.stretch is None or not unlocked.seconds:
            return None
        stretch = (tune or restretched)(old.stretch, unlocked.seconds, progress)
        if stretch is None or not stretch.stronger_than(old.stretch):
            return None
        fresh = passphrase_slot(
            unlocked.keybag.vault, unlocked.keys, old.person, passphrase, stretch, self._now()
        )
        return Restretched(fresh, old, unlocked.keys)

    def retune(self, made: Restretched) -> Changed:
        """Put the fresh slot in, then take the old one out.

        Struck down in between, either opens the vault, and the one that does stays. Nothing
        happens if the passphrase, or the vault's key, was changed in the meantime.
        """
        with self._bag.lock:
            before = self._bag.unlocked
            keybag, gone, fresh = before.keybag, made.gone, made.fresh
            if before.keys != made.keys:
                # The slot made then leads to the former key: in its place nobody would get in.
                return Changed()
            if before.slot.id != gone.id or keybag.rekeying or keybag.facts.get("changing"):
                return Changed()
            if not fresh.pin or gone.id not in {slot.id for slot in keybag.slots}:
                return Changed()
            try:
                with self._begin() as tx:
                    tx.journal(
                        "RetuneStretch",
                        "person",
                        gone.person,
                        {"slots": [gone.id], **_cost(gone)},
                        {"slots": [fresh.id], **_cost(fresh)},
                    )
                    self._bag.write(
                        (fresh, *keybag.slots), changing={"fresh": fresh.id, "gone": [gone.id]}
                    )
            except CasewellError:
                with contextlib.suppress(CasewellError):
                    self._bag.put_back(before)
                raise
            kept = tuple(slot for slot in self._bag.keybag.slots if slot.id != gone.id)
            self._bag.put(
                self._bag.keybag.sealed_with(self._bag.keys, kept, changing=None), slot=fresh
            )
        return Changed.only(Kind.PERSON, made=fresh.id)


def _cost(slot: Slot) -> dict[str, int]:
    stretch = slot.stretch
    return {} if stretch is None else {"memory_kib": stretch.memory_kib, "passes": stretch.passes}
