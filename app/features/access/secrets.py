"""One's own secrets: the passphrase, and the words of the recovery sheet."""

import contextlib
from collections.abc import Callable, Sequence

from app.features.access.doors import Doors
from app.features.access.model import may_keep
from app.features.access.repo import Access
from app.kernel.errors import CasewellError, Refused, Trouble
from app.kernel.ports import Reader
from app.vault import passphrases, recovery
from app.vault.keybag import open_with_recovery, room_for
from app.vault.sealing import SealBroken, Stretch, tuned
from app.vault.slots import PASSPHRASE, RECOVERY, Slot, passphrase_slot, recovery_slot, unwrap


class SecretsService:
    """The secrets of whoever is at the desk."""

    def __init__(
        self,
        doors: Doors,
        *,
        confirmed: Callable[[], bool],
        confirm: Callable[[], object],
        names_around: Callable[[], Sequence[str]],
        withdraw_keyrings: Callable[[], object],
    ) -> None:
        self._withdraw_keyrings = withdraw_keyrings
        self._doors = doors
        self._keys = doors.keys
        self._confirmed = confirmed
        self._confirm = confirm
        self._names_around = names_around

    @property
    def must_change_passphrase(self) -> bool:
        """Whether the vault was opened with a first passphrase, which someone else may know."""
        return self._keys.slot.id in self._keys.keybag.facts.get("first", ())

    @property
    def sheet_unproven(self) -> bool:
        """Whether a recovery sheet was made whose words were never typed back."""
        unproven = self._keys.keybag.facts.get("unproven")
        return any(slot.id == unproven for slot in self._keys.keybag.slots)

    def new_recovery_words(self) -> tuple[str, ...]:
        """Make a fresh recovery slot; the sheet that was confirmed opens until this one is.

        Words that were never typed back open nothing any more. The sheet is the keepers'.
        """
        self._refuse_first()
        secret = recovery.new_secret()
        with self._keys.lock:
            keybag, keys = self._keys.keybag, self._keys.keys
            person = self._doors.seat().person
            fresh = recovery_slot(keybag.vault, keys, person, secret, self._doors.clock.now())
            unproven = keybag.facts.get("unproven")
            gone = [
                slot.id
                for slot in keybag.slots
                if slot.kind == RECOVERY and (not self._confirmed() or slot.id == unproven)
            ]
            kept = tuple(slot for slot in keybag.slots if slot.id not in gone)
            with self._doors.founding() as tx:
                self._refuse_unless_keeper(tx)
                tx.journal(
                    "ReplaceRecovery", "vault", keybag.vault, {"slots": gone}, {"slots": [fresh.id]}
                )
                self._keys.write((*kept, fresh), unproven=fresh.id)
        return recovery.to_words(secret)

    def confirm_recovery(self, words: tuple[str, ...], typed: dict[int, str]) -> None:
        """Accept the retyped recovery words, and retire every earlier sheet.

        Refuses the first word that is wrong, and words that are not this vault's.
        """
        wrong = recovery.matches(words, typed)
        if wrong is not None:
            raise Refused("recovery-retype", f"word_{wrong}", number=wrong)
        self._refuse_first()
        with self._keys.lock:
            keybag = self._keys.keybag
            proven = open_with_recovery(keybag, recovery.from_words(" ".join(words))).slot
            kept = tuple(
                slot for slot in keybag.slots if slot.kind != RECOVERY or slot.id == proven.id
            )
            if kept != keybag.slots or keybag.facts.get("unproven"):
                self._keys.write(kept, unproven=None)
            self._confirm()

    def change_passphrase(self, old: str, new: str, stretch: Stretch | None = None) -> None:
        """Give the person at the desk a new passphrase; refuse a wrong old or a weak new one.

        Who came in with the recovery sheet has no old one to give. The old one goes only
        when the change is on record: struck down on the way, the vault opens with either,
        and the one that opens it next is the one that stays.
        """
        with self._keys.lock:
            before = self._keys.unlocked
            keybag, keys, person = before.keybag, before.keys, self._doors.seat().person
            mine = [s for s in keybag.slots if s.person == person and s.kind == PASSPHRASE]
            if before.slot.kind != RECOVERY and not any(
                self._opens(keybag.vault, slot, old) for slot in mine
            ):
                raise Refused("passphrase-wrong", "old")
            passphrases.accept(new, self._names_around())
            if before.slot.kind != RECOVERY and passphrases.same(new, old):
                # Above all a first one: whoever gave it would go on knowing it.
                raise Refused("passphrase-same", "passphrase")
            gone = [slot.id for slot in mine]
            kept = keybag.slots
            if len(mine) > 1:
                # A change that was cut short left two: the one in use stays until the end.
                stays = next(
                    (
                        slot
                        for slot in mine
                        if slot.id == before.slot.id or self._opens(keybag.vault, slot, old)
                    ),
                    mine[0],
                )
                kept = tuple(slot for slot in kept if slot not in mine or slot is stays)
            chosen = stretch or room_for(keybag, tuned(), without=gone)
            fresh = passphrase_slot(
                keybag.vault, keys, person, new, chosen, self._doors.clock.now()
            )
            begin = self._doors.founding if self.must_change_passphrase else self._doors.begin
            try:
                with begin() as tx:
                    tx.journal(
                        "ChangePassphrase", "person", person, {"slots": gone}, {"slots": [fresh.id]}
                    )
                    self._keys.write((fresh, *kept), changing={"fresh": fresh.id, "gone": gone})
            except CasewellError:
                # At least as new as what may stand in either copy; the old slots alone.
                with contextlib.suppress(Trouble):
                    self._keys.put_back(before)
                raise
            self._without(gone, fresh)
            self._doors.hold_back(None)
            if before.slot.kind == RECOVERY:
                # The passphrase was lost: whoever has the sheet decides anew what opens the vault.
                self._withdraw_keyrings()

    def hold_back_first(self) -> None:
        """Refuse transactions while the passphrase that opened the vault is a first one."""
        first = self.must_change_passphrase
        self._doors.hold_back(_own_first if first else None)

    def settle(self) -> None:
        """End a change of passphrase that was cut short: the one that opened the vault stays."""
        changing = self._keys.keybag.facts.get("changing")
        if not changing or self._doors.read_only():
            return
        fresh, gone = str(changing["fresh"]), [str(slot) for slot in changing["gone"]]
        opened = self._keys.slot
        if opened.id not in {fresh, *gone}:
            return
        lost = gone if opened.id == fresh else [fresh]
        with contextlib.suppress(Trouble):  # a full disk settles it another time
            with self._doors.founding() as tx:
                tx.journal(
                    "ChangePassphrase",
                    "person",
                    opened.person,
                    {"slots": [*gone, fresh]},
                    {"slots": [slot for slot in [*gone, fresh] if slot not in lost]},
                )
            self._without(lost, opened)

    def _without(self, gone: Sequence[str], mine: Slot) -> None:
        keybag = self._keys.keybag
        kept = tuple(slot for slot in keybag.slots if slot.id not in gone)
        self._keys.put(keybag.sealed_with(self._keys.keys, kept, changing=None), slot=mine)

    def _refuse_first(self) -> None:
        if self.must_change_passphrase:
            raise _own_first()

    def _refuse_unless_keeper(self, reader: Reader) -> None:
        member = Access(reader).member(self._doors.seat().person)
        if member is not None:
            may_keep(member)

    @staticmethod
    def _opens(vault: str, slot: Slot, passphrase: str) -> bool:
        if slot.stretch is None:
            return False
        try:
            unwrap(vault, slot, slot.stretch.key(passphrase))
        except SealBroken:
            return False
        return True


def _own_first() -> Refused:
    return Refused("first-passphrase", "passphrase")
