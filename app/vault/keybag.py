"""The keybag: the vault's keys, sealed once for each secret that may open them.

A JSON document beside the encrypted file, kept in two copies. Its format:

    format      "casewell-keybag"
    version     2; a higher one is refused unharmed. 1 is read, and written as 2 when next changed
    vault       the vault's id
    generation  grows by one with every write; the highest whole copy counts
    slots       id, kind (passphrase | recovery | keyring), person, made, stretch, and:
                public   the slot's X25519 public key
                private  its private key, sealed under the slot's secret
                sealed   the vault's keys, sealed to the public key
                next     amid a change of the vault's key: the new keys, sealed likewise
                (a slot of version 1 that was not opened since: `sealed` alone, see `slots`)
    body        sealed facts (anchors and others); its seal binds all of the above
    checksum    SHA-256 of the document without this line, to tell damage early; made the
                same way in every version, so that damage is never taken for a newer one

The vault's keys are the 32-byte data key and the file's 16-byte salt. A slot's own facts and
the vault's id are bound into its seals, so that no parameter can be weakened and no slot moved
to another vault. The body's seal binds the whole list of slots: none can be added, dropped or
swapped by someone without the key. No person's name stands in the keybag, only ids.

Facts of the body that this module knows: `anchor`, the journal's head as last seen; `pins`, what
marks keys as sealed by a holder of them; `stale`, the slots that take a fresh key pair when they
are next opened, because the pins were known to someone who is gone; `first`, the slots of first
passphrases, which whoever gave them may know; `former`, the vault's keys
before, which open no vault any more but the backups of their time.
"""

import contextlib
import errno
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.keys import Anchor, VaultKeys
from app.vault.folder import VaultFolder, read_small, write_atomically
from app.vault.sealing import (
    MEMORY_FLOOR_KIB,
    TIME_FLOOR,
    SealBroken,
    Stretch,
    derived,
    seal,
    unseal,
)
from app.vault.slots import (
    FIRST_VERSION,
    FORMAT,
    KEYRING,
    PASSPHRASE,
    RECOVERY,
    VERSION,
    Slot,
    bytes_of,
    canonical,
    keyring_slot,
    passphrase_slot,
    recovery_key,
    recovery_slot,
    sealed_to,
    text_of,
    unwrap,
    wrap,
)

__all__ = [
    "KEYRING",
    "PASSPHRASE",
    "RECOVERY",
    "VERSION",
    "Found",
    "Keybag",
    "LeftBehind",
    "Slot",
    "Unlocked",
    "heal_keybag",
    "keyring_slot",
    "open_with_passphrase",
    "open_with_recovery",
    "open_with_slot_secret",
    "passphrase_slot",
    "read_keybag",
    "recovery_slot",
    "room_for",
    "write_keybag",
]

LARGEST_KEYBAG = 1_000_000
"""Bytes; a keybag of a hundred people is a tenth of it."""
MOST_SLOTS = 64
MOST_KEYRINGS = 8
"""Of one person: a keyring is a computer's."""
MOST_STRETCHING = 64 * 1024 * 1024
"""Memory in KiB times passes, of all slots together: what a wrong passphrase costs at the most.

64 GiB at one pass: a minute on a slow computer, and three hundred slots at the floor. A keybag
that asks for more is not tried.
"""

MOST_FORMER = 64
"""Of the vault's former keys, as many are kept for the backups written under them."""

_BODY_KEY = b"casewell.body.1"


class LeftBehind(Exception):
    """Slots of the first form take no new keys until they were opened once with their secrets."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        super().__init__(len(slots))
        self.slots = tuple(slots)


@dataclass(frozen=True, slots=True)
class Keybag:
    """The slots of a vault; immutable, each change makes the next generation."""

    vault: str
    generation: int
    slots: tuple[Slot, ...]
    body: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version: int = VERSION

    def bound(self) -> bytes:
        """Return what the body's seal binds: everything but the body."""
        return canonical(
            {
                "format": FORMAT,
                "version": self.version,
                "vault": self.vault,
                "generation": self.generation,
                "slots": [slot.document() for slot in self.slots],
            }
        )

    def to_bytes(self) -> bytes:
        """Return the document, with its checksum."""
        document = json.loads(self.bound())
        document["body"] = text_of(self.body)
        document["checksum"] = hashlib.sha256(canonical(document)).hexdigest()
        return json.dumps(document, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Keybag":
        """Read a document; raise Damage if it is not whole, Trouble if it is newer than we are.

        One with more slots, or slots that take more stretching, than we are ready to try is
        not whole.
        """
        if len(data) > LARGEST_KEYBAG:
            raise Damage("keybag-damaged")
        try:
            document = json.loads(data)
            if not isinstance(document, dict) or document.get("format") != FORMAT:
                raise Damage("keybag-damaged")
            checksum = document.pop("checksum")
            if hashlib.sha256(canonical(document)).hexdigest() != checksum:
                raise Damage("keybag-damaged")
            version = document["version"]
            if version not in (FIRST_VERSION, VERSION) or isinstance(version, bool):
                if isinstance(version, int) and version > VERSION:
                    raise Trouble("vault-newer", have=version, know=VERSION)
                raise Damage("keybag-damaged")
            slots = tuple(Slot.of(entry, version) for entry in document["slots"])
            if len(slots) > MOST_SLOTS or stretching(slots) > MOST_STRETCHING:
                raise Damage("keybag-damaged")
            return cls(
                str(document["vault"]),
                int(document["generation"]),
                slots,
                bytes_of(document["body"]),
                version=int(version),
            )
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            raise Damage("keybag-damaged") from None

    def sealed_with(self, keys: VaultKeys, slots: tuple[Slot, ...], **facts: Any) -> "Keybag":
        """Return the next generation, with `slots` and the body's `facts` brought up to date.

        Refuses more slots, or more stretching, than a keybag may hold; of one person's, more
        than a few of keyrings, or than two passphrases while one replaces the other.
        Raises Trouble amid a change of keys if a slot would not open the new ones.
        """
        if len(slots) > MOST_SLOTS or stretching(slots) > MOST_STRETCHING or _crowded(slots):
            raise Refused("keybag-full", most=MOST_SLOTS)
        if len({bool(slot.next) for slot in slots}) > 1:
            raise Trouble("rekey-unfinished")
        ids = {slot.id for slot in slots}
        pins = {name: pin for name, pin in _pins(self.facts).items() if name in ids}
        pins |= {slot.id: slot.pin for slot in slots if slot.pin}
        merged = {**self.facts, **facts}
        merged["pins"] = {name: text_of(pin) for name, pin in pins.items()}
        for about_slots in ("stale", "first"):
            merged[about_slots] = [name for name in merged.get(about_slots, ()) if name in ids]
        fresh = replace(
            self,
            generation=self.generation + 1,
            slots=tuple(replace(slot, pin=pins.get(slot.id, b"")) for slot in slots),
            facts={name: fact for name, fact in merged.items() if fact not in (None, [], {})},
            version=VERSION,
        )
        body = seal(derived(keys.key, _BODY_KEY), canonical(dict(fresh.facts)), fresh.bound())
        return replace(fresh, body=body)

    def verified(self, keys: VaultKeys) -> "Keybag":
        """Return the keybag with its body opened; raise Damage if slots were tampered with."""
        try:
            facts = json.loads(unseal(derived(keys.key, _BODY_KEY), self.body, self.bound()))
            pins = _pins(facts)
        except (SealBroken, ValueError, TypeError, AttributeError):
            raise Damage("keybag-tampered") from None
        slots = tuple(replace(slot, pin=pins.get(slot.id, b"")) for slot in self.slots)
        return replace(self, facts=facts, slots=slots)

    def anchor(self) -> Anchor | None:
        """Return the journal's head as last written down here."""
        found = self.facts.get("anchor")
        return Anchor(int(found["count"]), str(found["head"])) if found else None

    def former(self) -> tuple[VaultKeys, ...]:
        """Return the keys that the vault had before, the last ones first."""
        return tuple(
            VaultKeys(bytes_of(past["key"]), bytes_of(past["salt"]))
            for past in self.facts.get("former", ())
        )

    def slot(self, slot_id: str) -> Slot:
        """Return a slot; KeyError if there is none."""
        for slot in self.slots:
            if slot.id == slot_id:
                return slot
        raise KeyError(slot_id)

    @property
    def rekeying(self) -> bool:
        """Whether the vault's key is being changed: each slot holds the old keys and the new."""
        return any(slot.next for slot in self.slots)

    def with_new_keys(
        self, keys: VaultKeys, upcoming: VaultKeys, slots: tuple[Slot, ...], **facts: Any
    ) -> "Keybag":
        """Return the next generation, in which each of `slots` opens the old keys and the new.

        Raises LeftBehind when some take no new keys without their secrets.
        """
        behind = tuple(slot for slot in slots if not slot.of_today or not slot.pin)
        if behind:
            raise LeftBehind(behind)
        sealed = tuple(sealed_to(self.vault, slot, keys, upcoming) for slot in slots)
        return self.sealed_with(keys, sealed, **facts)

    def with_old_keys_dropped(self, keys: VaultKeys, upcoming: VaultKeys, **facts: Any) -> "Keybag":
        """Return the next generation, in which the slots open the new keys alone.

        The old keys are kept among the body's facts, for the backups written under them.
        """
        slots = tuple(replace(slot, sealed=slot.next, next=b"") for slot in self.slots)
        past = {"key": text_of(keys.key), "salt": text_of(keys.salt)}
        former = [past, *self.facts.get("former", ())][:MOST_FORMER]
        stale = [slot.id for slot in slots]
        return self.sealed_with(upcoming, slots, stale=stale, former=former, **facts)

    def with_new_keys_dropped(self, keys: VaultKeys, **facts: Any) -> "Keybag":
        """Return the next generation, in which the old keys are the only ones again."""
        slots = tuple(replace(slot, next=b"") for slot in self.slots)
        return self.sealed_with(keys, slots, **facts)


def _pins(facts: Mapping[str, Any]) -> dict[str, bytes]:
    return {str(name): bytes_of(pin) for name, pin in facts.get("pins", {}).items()}


def _crowded(slots: Sequence[Slot]) -> bool:
    counted = Counter((slot.person, slot.kind) for slot in slots)
    most = {PASSPHRASE: 2, KEYRING: MOST_KEYRINGS, RECOVERY: MOST_SLOTS}
    return any(number > most[kind] for (_person, kind), number in counted.items())


def room_for(keybag: Keybag, wanted: Stretch, without: Sequence[str] = ()) -> Stretch:
    """Return parameters for one more slot: those that are wanted, or what there is room for.

    Slots whose ids are in `without` are to go. Passes are given up first; never goes below
    the floor, where the keybag refuses the slot.
    """
    left = MOST_STRETCHING - stretching([slot for slot in keybag.slots if slot.id not in without])
    fitted = wanted
    while fitted.cost > left and fitted.passes > TIME_FLOOR:
        fitted = replace(fitted, passes=max(TIME_FLOOR, left // fitted.memory_kib))
    while fitted.cost > left and fitted.memory_kib // 2 >= MEMORY_FLOOR_KIB:
        fitted = replace(fitted, memory_kib=fitted.memory_kib // 2)
    return fitted


def stretching(slots: Sequence[Slot]) -> int:
    """Return what trying one passphrase on all of `slots` costs: KiB of memory times passes."""
    return sum(slot.stretch.cost for slot in slots if slot.stretch)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An opened keybag: the keys, and whose secret opened it."""

    keys: VaultKeys
    keybag: Keybag
    slot: Slot
    upcoming: VaultKeys | None = None
    """Amid a change of the vault's key: the new keys. The file is under the one or the other."""
    fresh: Slot | None = None
    """The slot in today's form with a fresh key pair, where the one that was opened needs it."""
    seconds: float = 0.0
    """How long this machine took to stretch the passphrase that opened it; 0 without one."""

    def renewed(self) -> Keybag | None:
        """Return the keybag with the opened slot in its fresh form, or None if it needs none."""
        if self.fresh is None:
            return None
        fresh, bag = self.fresh, self.keybag
        slots = tuple(fresh if slot.id == fresh.id else slot for slot in bag.slots)
        stale = [name for name in bag.facts.get("stale", ()) if name != fresh.id]
        return bag.sealed_with(self.keys, slots, stale=stale)


def open_with_passphrase(keybag: Keybag, passphrase: str, first: Sequence[str] = ()) -> Unlocked:
    """Try `passphrase` on each passphrase slot; refuse it if none opens.

    The slots whose ids are in `first` are tried before the others: each try costs a
    stretch, and a right passphrase is mostly that of whoever was here last.
    """
    took = 0.0

    def stretched(slot: Slot) -> bytes:
        nonlocal took
        begun = time.perf_counter()
        key = slot.stretch.key(passphrase) if slot.stretch else b""
        took = time.perf_counter() - begun
        return key

    refusal = Refused("passphrase-wrong", "passphrase")
    return replace(_open(keybag, PASSPHRASE, stretched, refusal, first), seconds=took)


def open_with_recovery(keybag: Keybag, secret: bytes) -> Unlocked:
    """Try the recovery `secret`; refuse it if no slot opens."""
    return _open(
        keybag,
        RECOVERY,
        lambda _slot: recovery_key(secret),
        Refused("recovery-wrong", "recovery"),
    )


def open_with_slot_secret(keybag: Keybag, secret: bytes, first: Sequence[str] = ()) -> Unlocked:
    """Try the 32-byte `secret` that a keyring kept; refuse it if no keyring slot opens."""
    return _open(keybag, KEYRING, lambda _slot: secret, Refused("keyring-slot-wrong"), first)


def _open(
    keybag: Keybag,
    kind: str,
    secret_of: Callable[[Slot], bytes],
    refusal: Refused,
    first: Sequence[str] = (),
) -> Unlocked:
    for slot in sorted(keybag.slots, key=lambda slot: slot.id not in first):
        if slot.kind != kind:
            continue
        secret = secret_of(slot)
        try:
            inside = unwrap(keybag.vault, slot, secret)
        except SealBroken:
            continue
        verified = keybag.verified(inside.keys)
        opened = verified.slot(slot.id)
        fresh = None
        if not slot.of_today or slot.id in verified.facts.get("stale", ()):
            fresh = wrap(keybag.vault, inside.keys, opened, secret, inside.upcoming)
        return Unlocked(inside.keys, verified, opened, inside.upcoming, fresh)
    raise refusal


def write_keybag(folder: VaultFolder, keybag: Keybag) -> None:
    """Write both copies, one after the other, so that one is whole at every moment."""
    data = keybag.to_bytes()
    try:
        write_atomically(folder.keybag, data)
        write_atomically(folder.keybag_copy, data)
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        code = "disk-full" if full else "disk-trouble"
        raise Trouble(code, reason=error.strerror) from error


@dataclass(frozen=True, slots=True)
class Found:
    """The keybag that counts, whether the other copy needs healing, and that other copy."""

    keybag: Keybag
    heal: bool
    other: Keybag | None = None

    def opened(self, attempt: Callable[[Keybag], Unlocked]) -> "tuple[Unlocked, Found]":
        """Open with `attempt`; a copy that was tampered with gives way to the other one.

        So does one of another vault, or of other slots, that a secret does not open. Never to
        an older one: what was refused since is not to open it again.
        """
        try:
            return attempt(self.keybag), self
        except Damage:
            if self.other is None:
                raise
            return attempt(self.other), Found(self.other, heal=True)
        except Refused as refused:
            other = self.other
            if other is None or (
                other.vault == self.keybag.vault and other.generation < self.keybag.generation
            ):
                raise
            try:
                return attempt(other), Found(other, heal=True)
            except CasewellError:
                raise refused from None


def read_keybag(folder: VaultFolder) -> Found:
    """Return the whole copy with the highest generation.

    Raises Trouble `keybag-missing` without any copy, Damage without a whole one,
    Trouble `vault-newer` if a whole copy is of a newer program.
    """
    whole: list[Keybag] = []
    seen = 0
    trouble: Trouble | None = None
    for path in (folder.keybag, folder.keybag_copy):
        try:
            data = read_small(path, LARGEST_KEYBAG)
            if data is None:
                raise Damage("keybag-damaged")
        except FileNotFoundError:
            continue
        except OSError as error:
            trouble = Trouble("disk-trouble", reason=error.strerror)
            continue
        except Damage as damage:
            seen, trouble = seen + 1, damage
            continue
        seen += 1
        try:
            whole.append(Keybag.from_bytes(data))
        except Damage as damage:
            trouble = trouble or damage
        except Trouble:
            raise
    if not whole:
        raise trouble or Trouble("keybag-missing", path=str(folder.path))
    best = max(whole, key=lambda keybag: keybag.generation)
    others = [keybag for keybag in whole if keybag is not best]
    alike = bool(others) and others[0].to_bytes() == best.to_bytes()
    return Found(best, heal=not alike, other=None if alike or not others else others[0])


def heal_keybag(folder: VaultFolder, found: Found) -> None:
    """Write the copy that counts over the other one; a read-only disk leaves it as it is."""
    if found.heal:
        with contextlib.suppress(Trouble):
            write_keybag(folder, found.keybag)
