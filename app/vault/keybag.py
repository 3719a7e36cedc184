"""The keybag: the vault's keys, wrapped once for each secret that may open them.

A JSON document beside the encrypted file, kept in two copies. Its format:

    format      "casewell-keybag"
    version     1; a higher one is refused unharmed
    vault       the vault's id
    generation  grows by one with every write; the highest whole copy counts
    slots       id, kind (passphrase | recovery), person, made, stretch, sealed
    body        sealed facts (anchors); its seal binds all of the above
    checksum    SHA-256 of the document without this line, to tell damage early; made the
                same way in every version, so that damage is never taken for a newer one

A slot seals the 32-byte data key and the file's 16-byte salt with
XChaCha20-Poly1305; the slot's own facts and the vault's id are bound into the seal,
so that no parameter can be weakened and no slot moved to another vault. The body's
seal binds the whole list of slots: none can be added, dropped or swapped by someone
without the key. No person's name stands in the keybag, only ids.
"""

import base64
import contextlib
import errno
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.kernel.clock import Moment
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.ids import PersonId, new_id
from app.kernel.keys import Anchor, VaultKeys
from app.vault.folder import VaultFolder, write_atomically
from app.vault.sealing import SealBroken, Stretch, derived, seal, unseal

FORMAT = "casewell-keybag"
VERSION = 1
LARGEST_KEYBAG = 1_000_000
"""Bytes; a keybag of a hundred people is a tenth of it."""

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind of slot
RECOVERY = "recovery"

_BODY_KEY = b"casewell.body.1"
_SLOT_KEY = b"casewell.slot.1"


@dataclass(frozen=True, slots=True)
class Slot:
    """One secret's way in."""

    id: str
    kind: str
    person: PersonId
    made: Moment
    stretch: Stretch | None
    sealed: bytes = b""

    def facts(self) -> dict[str, Any]:
        """Return what the seal binds, in the order it is bound."""
        stretch = self.stretch
        return {
            "id": self.id,
            "kind": self.kind,
            "person": self.person,
            "made": self.made.at,
            "zone": self.made.zone,
            "stretch": None
            if stretch is None
            else {
                "name": "argon2id",
                "memory_kib": stretch.memory_kib,
                "passes": stretch.passes,
                "lanes": stretch.lanes,
                "salt": _text(stretch.salt),
            },
        }


@dataclass(frozen=True, slots=True)
class Keybag:
    """The slots of a vault; immutable, each change makes the next generation."""

    vault: str
    generation: int
    slots: tuple[Slot, ...]
    body: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def bound(self) -> bytes:
        """Return what the body's seal binds: everything but the body."""
        return _canonical(
            {
                "format": FORMAT,
                "version": VERSION,
                "vault": self.vault,
                "generation": self.generation,
                "slots": [{**slot.facts(), "sealed": _text(slot.sealed)} for slot in self.slots],
            }
        )

    def to_bytes(self) -> bytes:
        """Return the document, with its checksum."""
        document = json.loads(self.bound())
        document["body"] = _text(self.body)
        document["checksum"] = hashlib.sha256(_canonical(document)).hexdigest()
        return json.dumps(document, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Keybag":
        """Read a document; raise Damage if it is not whole, Trouble if it is newer than we are."""
        if len(data) > LARGEST_KEYBAG:
            raise Damage("keybag-damaged")
        try:
            document = json.loads(data)
            if not isinstance(document, dict) or document.get("format") != FORMAT:
                raise Damage("keybag-damaged")
            checksum = document.pop("checksum")
            if hashlib.sha256(_canonical(document)).hexdigest() != checksum:
                raise Damage("keybag-damaged")
            if document["version"] != VERSION:
                if isinstance(document["version"], int) and document["version"] > VERSION:
                    raise Trouble("vault-newer", have=document["version"], know=VERSION)
                raise Damage("keybag-damaged")
            slots = tuple(_slot(entry) for entry in document["slots"])
            return cls(
                str(document["vault"]),
                int(document["generation"]),
                slots,
                _bytes(document["body"]),
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage("keybag-damaged") from None

    def sealed_with(self, keys: VaultKeys, slots: tuple[Slot, ...], **facts: Any) -> "Keybag":
        """Return the next generation, with `slots` and the body's `facts` brought up to date."""
        fresh = replace(
            self,
            generation=self.generation + 1,
            slots=slots,
            facts={**self.facts, **facts},
        )
        body = seal(derived(keys.key, _BODY_KEY), _canonical(dict(fresh.facts)), fresh.bound())
        return replace(fresh, body=body)

    def verified(self, keys: VaultKeys) -> "Keybag":
        """Return the keybag with its body opened; raise Damage if slots were tampered with."""
        try:
            facts = json.loads(unseal(derived(keys.key, _BODY_KEY), self.body, self.bound()))
        except (SealBroken, ValueError):
            raise Damage("keybag-tampered") from None
        return replace(self, facts=facts)

    def anchor(self) -> Anchor | None:
        """Return the journal's head as last written down here."""
        found = self.facts.get("anchor")
        return Anchor(int(found["count"]), str(found["head"])) if found else None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An opened keybag: the keys, and whose secret opened it."""

    keys: VaultKeys
    keybag: Keybag
    slot: Slot


def wrap(vault: str, keys: VaultKeys, slot: Slot, secret: bytes) -> Slot:
    """Return `slot` with the vault's keys sealed under `secret` (32 bytes)."""
    sealed = seal(derived(secret, _SLOT_KEY), keys.key + keys.salt, _slot_bound(vault, slot))
    return replace(slot, sealed=sealed)


def unwrap(vault: str, slot: Slot, secret: bytes) -> VaultKeys:
    """Return the keys in `slot`; raise SealBroken if `secret` is not the slot's."""
    plain = unseal(derived(secret, _SLOT_KEY), slot.sealed, _slot_bound(vault, slot))
    if len(plain) != 48:
        raise SealBroken
    return VaultKeys(plain[:32], plain[32:])


def passphrase_slot(
    vault: str, keys: VaultKeys, person: PersonId, passphrase: str, stretch: Stretch, now: Moment
) -> Slot:
    """Return a new slot that `passphrase` opens."""
    slot = Slot(new_id(), PASSPHRASE, person, now, stretch)
    return wrap(vault, keys, slot, stretch.key(passphrase))


def recovery_slot(
    vault: str, keys: VaultKeys, person: PersonId, secret: bytes, now: Moment
) -> Slot:
    """Return a new slot that the 160-bit recovery `secret` opens; it needs no stretching."""
    slot = Slot(new_id(), RECOVERY, person, now, None)
    return wrap(vault, keys, slot, recovery_key(secret))


def recovery_key(secret: bytes) -> bytes:
    """Return the 32-byte key of a recovery secret."""
    return hashlib.blake2b(secret, person=b"casewell.recover", digest_size=32).digest()


def open_with_passphrase(keybag: Keybag, passphrase: str) -> Unlocked:
    """Try `passphrase` on each passphrase slot; refuse it if none opens."""
    return _open(
        keybag,
        PASSPHRASE,
        lambda slot: slot.stretch.key(passphrase) if slot.stretch else b"",
        Refused("passphrase-wrong", "passphrase"),
    )


def open_with_recovery(keybag: Keybag, secret: bytes) -> Unlocked:
    """Try the recovery `secret`; refuse it if no slot opens."""
    return _open(
        keybag,
        RECOVERY,
        lambda _slot: recovery_key(secret),
        Refused("recovery-wrong", "recovery"),
    )


def _open(
    keybag: Keybag, kind: str, secret_of: Callable[[Slot], bytes], refusal: Refused
) -> Unlocked:
    for slot in keybag.slots:
        if slot.kind != kind:
            continue
        try:
            keys = unwrap(keybag.vault, slot, secret_of(slot))
        except SealBroken:
            continue
        return Unlocked(keys, keybag.verified(keys), slot)
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
        """Open with `attempt`; a copy that was tampered with gives way to the other one."""
        try:
            return attempt(self.keybag), self
        except Damage:
            if self.other is None:
                raise
            return attempt(self.other), Found(self.other, heal=True)


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
            if path.stat().st_size > LARGEST_KEYBAG:
                raise Damage("keybag-damaged")
            data = path.read_bytes()
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


def _slot_bound(vault: str, slot: Slot) -> bytes:
    return _canonical({"format": FORMAT, "version": VERSION, "vault": vault, **slot.facts()})


def _slot(entry: Mapping[str, Any]) -> Slot:
    stretch = entry["stretch"]
    parameters = None
    if stretch is not None:
        if stretch["name"] != "argon2id":
            raise Damage("keybag-damaged")
        parameters = Stretch(
            int(stretch["memory_kib"]),
            int(stretch["passes"]),
            int(stretch["lanes"]),
            _bytes(stretch["salt"]),
        )
        if not parameters.within_bounds():
            raise Damage("keybag-damaged")
    if (entry["kind"] == PASSPHRASE) is not (parameters is not None):
        raise Damage("keybag-damaged")
    return Slot(
        str(entry["id"]),
        str(entry["kind"]),
        PersonId(str(entry["person"])),
        Moment(str(entry["made"]), str(entry["zone"])),
        parameters,
        _bytes(entry["sealed"]),
    )


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError
    return base64.b64decode(text, validate=True)
