"""Turning this computer's keyring on and off, and opening a vault with it."""

import contextlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.features.unlocking.commands import TurnOffKeyring, TurnOnKeyring
from app.features.unlocking.model import (
    Kept,
    ask_again,
    facts_of,
    kept,
    may_open,
    may_turn_on,
    people,
)
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Moment
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ids import DeviceId
from app.kernel.ports import Begin, Progress, no_progress
from app.vault.keybag import (
    KEYRING,
    PASSPHRASE,
    Keybag,
    Slot,
    Unlocked,
    keyring_slot,
    open_with_passphrase,
    open_with_slot_secret,
)
from app.vault.keyring_slot import SECRET_BYTES, Keeper, account, keyring
from app.vault.opened import OpenKeybag
from app.vault.os_account import Account, started

_FORGETTING = 5.0
"""Seconds: taking a secret out of a keyring is tidying up, and holds nobody up for long."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is asked of the computer: its keyring, its account, and which run of it this is."""

    keeper: Callable[[float | None], Keeper] = keyring
    account: Callable[[], Account] = lambda: Account.here()  # noqa: PLW0108 - the same
    run: Callable[[], str] = lambda: started()  # noqa: PLW0108 - the same


@dataclass(frozen=True, slots=True)
class KeyringState:
    """How a vault stands to keyrings: here, elsewhere, and what is in the way of one here."""

    here: str
    """The slot that this computer's keyring opens; empty if it is off here."""
    elsewhere: int
    """How many other computers' keyrings open the vault."""
    backend: str
    """Which keyring opens it here."""
    hindrance: CasewellError | None = None
    """What is in the way of turning it on, or of its use; None if nothing is."""


class UnlockingService:
    """The keyring slots of the opened vault."""

    def __init__(
        self,
        begin: Begin,
        bag: OpenKeybag,
        device: DeviceId,
        clock: Callable[[], Moment],
        read_only: Callable[[], bool] = bool,
        around: Around | None = None,
    ) -> None:
        self._begin = begin
        self._bag = bag
        self._device = device
        self._now = clock
        self._read_only = read_only
        self._around = around or Around()

    @property
    def slots(self) -> tuple[str, ...]:
        """The slots that this computer's keyring opens: for this device's own facts."""
        return tuple(one.slot for one in kept(self._bag.keybag) if one.device == self._device)

    def state(self) -> KeyringState:
        """Tell how the vault stands to keyrings; asks this computer's keyring, which takes time."""
        all_kept = kept(self._bag.keybag)
        ours = [one for one in all_kept if one.device == self._device]
        hindrance: CasewellError | None = None
        backend = ours[0].backend if ours else ""
        try:
            self._refuse_read_only()
            may_turn_on(self._bag.keybag, self._bag.slot, self._around.account(), alone=True)
            keeper = self._around.keeper(None)
            if not ours:
                backend = keeper.name
            elif keeper.name != backend:
                raise Trouble("keyring-changed")
        except CasewellError as error:
            hindrance = error
        return KeyringState(
            ours[0].slot if ours else "", len(all_kept) - len(ours), backend, hindrance
        )

    def turn_on(self, command: TurnOnKeyring, progress: Progress = no_progress) -> Changed:
        """Let this computer's keyring open the vault; returns the slot it opens.

        Refused where others could read the keyring or use the vault, and for a passphrase
        that is not that of whoever is at the desk. The keyring has the secret before the
        keybag has the slot: struck down in between, what is left opens nothing.
        """
        self._refuse_read_only()
        who, person = self._around.account(), self._bag.slot.person
        keybag = self._bag.keybag
        may_turn_on(keybag, self._bag.slot, who, alone=command.alone)
        own = [slot.id for slot in keybag.slots if slot.person == person]
        if open_with_passphrase(keybag, command.passphrase, own).slot.person != person:
            raise Refused("passphrase-wrong", "passphrase")
        keeper, secret, keys = self._around.keeper(None), os.urandom(SECRET_BYTES), self._bag.keys
        fresh = keyring_slot(keybag.vault, keys, person, secret, self._now())
        keeper.keep(account(keybag.vault, fresh.id), secret, progress)
        try:
            with self._bag.lock:
                # Somebody may have been added while the keyring was waited for.
                may_turn_on(self._bag.keybag, self._bag.slot, who, alone=command.alone)
                if self._bag.keys != keys:
                    raise Trouble("vault-busy")
                gone = self._put(fresh, keeper.name)
        except BaseException:
            with contextlib.suppress(CasewellError):
                keeper.forget(account(keybag.vault, fresh.id))
            raise
        self._forget(gone, keeper)
        return Changed.only(Kind.SETTING, made=fresh.id)

    def _refuse_read_only(self) -> None:
        if self._read_only():
            raise Trouble("vault-read-only")

    def _put(self, fresh: Slot, backend: str) -> tuple[str, ...]:
        """Put the slot into the keybag in place of this computer's earlier one; return that one."""
        keybag, gone = self._bag.keybag, self.slots
        one = Kept(fresh.id, self._device, backend, fresh.made.at, self._around.run())
        staying = [other for other in kept(keybag) if other.slot not in gone]
        if keybag.rekeying:
            raise Trouble("vault-busy")
        with self._begin() as tx:
            tx.journal(
                "TurnOnKeyring",
                "vault",
                keybag.vault,
                {"slots": list(gone)},
                {"slots": [fresh.id], "device": self._device, "backend": backend},
            )
            self._bag.write(
                [*(slot for slot in keybag.slots if slot.id not in gone), fresh],
                keyring=facts_of([*staying, one]),
            )
        return gone

    def turn_off(self, _command: TurnOffKeyring) -> Changed:
        """Take every keyring slot out of the keybag, and this computer's secret out of its keyring.

        The slot goes first: it opens nothing from then on, also where the keyring cannot be
        reached and keeps a secret that is of no use any more.
        """
        ours = self.slots
        self.withdraw()
        self._forget(ours)
        return Changed.only(Kind.SETTING)

    def withdraw(self) -> bool:
        """Take every keyring slot out of the keybag, journalled; tell whether there was one."""
        with self._bag.lock:
            gone = [slot.id for slot in self._bag.keybag.slots if slot.kind == KEYRING]
            if not gone:
                return False
            with self._begin() as tx:
                tx.journal(
                    "TurnOffKeyring",
                    "vault",
                    self._bag.keybag.vault,
                    {"slots": gone},
                    {"slots": []},
                )
                self._bag.write(
                    [slot for slot in self._bag.keybag.slots if slot.id not in gone],
                    keyring=None,
                )
        return True

    def settle(self) -> None:
        """After opening: write down that the passphrase was typed; withdraw what is not allowed."""
        with self._bag.lock:
            keybag = self._bag.keybag
            all_kept = kept(keybag)
            if not all_kept:
                return
            if people(keybag.slots) > 1:
                with contextlib.suppress(CasewellError):  # it opens nothing all the same
                    self.turn_off(TurnOffKeyring())
                return
            if self._bag.slot.kind != PASSPHRASE:
                return
            now, run = self._now(), self._around.run()
            fresh = tuple(
                replace(one, typed=now.at, run=run) if one.device == self._device else one
                for one in all_kept
            )
            if fresh != all_kept:
                with contextlib.suppress(Trouble):  # a full disk: the passphrase is asked for again
                    self._bag.write(keyring=facts_of(fresh))

    def forget(self, slots: Sequence[str]) -> None:
        """Take the secrets of slots that are gone out of this computer's keyring; takes time."""
        self._forget(slots)

    def _forget(self, slots: Sequence[str], keeper: Keeper | None = None) -> None:
        """Take secrets out of this computer's keyring, if it can be reached."""
        with contextlib.suppress(CasewellError):
            reached = keeper or (self._around.keeper(_FORGETTING) if slots else None)
            for slot in slots:
                if reached is not None:
                    reached.forget(account(self._bag.keybag.vault, slot))


def open_with_keyring(
    keybag: Keybag,
    slots: Sequence[str],
    device: DeviceId,
    now: Moment,
    around: Around | None = None,
    progress: Progress = no_progress,
) -> Unlocked:
    """Open a keybag with the secret that this computer's keyring keeps for one of `slots`.

    Raises Refused or Trouble with a code that says what is in the way: the keyring is gone,
    locked, another one, emptied, or holds something else; the vault or the account is
    shared; the passphrase is due. Nothing is changed in any of these cases.
    """
    around = around or Around()
    known = [slot.id for slot in keybag.slots if slot.kind == KEYRING and slot.id in slots]
    if not known:
        raise Refused("keyring-off", "passphrase")
    may_open(keybag, around.account())
    keeper = around.keeper(None)
    secret = keeper.give(account(keybag.vault, known[0]), progress)
    unlocked = open_with_slot_secret(keybag, secret, known)
    found = [one for one in kept(unlocked.keybag) if one.slot == unlocked.slot.id]
    if not found or found[0].device != device:
        raise Refused("keyring-off", "passphrase")
    if found[0].backend != keeper.name:
        raise Trouble("keyring-changed")
    ask_again(found[0], now, around.run())
    return unlocked
