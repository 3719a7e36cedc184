"""Slots: each is one secret's way to the vault's keys.

A slot of today's form holds an X25519 key pair. Its private key is sealed under the slot's
secret; the vault's keys are sealed to its public key, so that a vault whose key is changed can
be sealed anew to everyone who stays, without their secrets. Anyone can seal something to a
public key; so that nobody without the vault's keys can slip in keys of their own, what is
sealed carries a mark made with the slot's pin: derived from its private key, and known to the
holders of the vault's keys by the keybag's body.

A slot of the form released in 0.1.0 has no key pair: it seals the vault's keys under the secret
itself. It is read, and takes today's form when it is next opened.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.kernel.clock import Moment
from app.kernel.errors import Damage
from app.kernel.ids import PersonId, new_id
from app.kernel.keys import VaultKeys
from app.vault.sealing import SealBroken, Stretch, derived, seal, unseal

FORMAT = "casewell-keybag"
VERSION = 2
FIRST_VERSION = 1

PASSPHRASE = "passphrase"  # noqa: S105 - the name of a kind of slot
RECOVERY = "recovery"
KEYRING = "keyring"
KINDS = (PASSPHRASE, RECOVERY, KEYRING)
SECRET_BYTES = 32
"""Bytes of the secret of a slot whose secret is kept by a keyring."""

_FIRST_KEY = b"casewell.slot.1"
_PRIVATE_KEY = b"casewell.slot.2"
_PIN_KEY = b"casewell.pin.2"
_MARK = b"casewell.mark.2"


@dataclass(frozen=True, slots=True)
class Slot:
    """One secret's way in."""

    id: str
    kind: str
    person: PersonId
    made: Moment
    stretch: Stretch | None
    sealed: bytes = b""
    """The vault's keys, sealed to the public key (before 0.2.0: under the secret)."""
    public: bytes = b""
    private: bytes = b""
    next: bytes = b""
    """While the vault's key is being changed: the new keys, sealed as the old ones are."""
    pin: bytes = field(default=b"", compare=False, repr=False)
    """What marks keys as sealed by a holder of the vault's keys; kept in the keybag's body."""

    @property
    def of_today(self) -> bool:
        """Whether new keys can be sealed to the slot without its secret."""
        return bool(self.public)

    def facts(self) -> dict[str, Any]:
        """Return what the slot's seals bind."""
        stretch = self.stretch
        facts: dict[str, Any] = {
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
                "salt": text_of(stretch.salt),
            },
        }
        if self.of_today:
            facts["public"] = text_of(self.public)
        return facts

    def document(self) -> dict[str, Any]:
        """Return the slot as it stands in the keybag."""
        document = {**self.facts(), "sealed": text_of(self.sealed)}
        if self.of_today:
            document |= {"private": text_of(self.private), "next": text_of(self.next)}
        return document

    @classmethod
    def of(cls, entry: Mapping[str, Any], version: int) -> "Slot":
        """Read a slot of a keybag of `version`; raise Damage for one that cannot be."""
        stretch = _stretch(entry["stretch"])
        kind = entry["kind"]
        today = version > FIRST_VERSION and "public" in entry
        known = KINDS if today else (PASSPHRASE, RECOVERY)
        if kind not in known or (kind == PASSPHRASE) is not (stretch is not None):
            raise Damage("keybag-damaged")
        slot = cls(
            str(entry["id"]),
            str(kind),
            PersonId(str(entry["person"])),
            Moment(str(entry["made"]), str(entry["zone"])),
            stretch,
            bytes_of(entry["sealed"]),
        )
        if not today:
            return slot
        public = bytes_of(entry["public"])
        if len(public) != SECRET_BYTES:
            raise Damage("keybag-damaged")
        return replace(
            slot, public=public, private=bytes_of(entry["private"]), next=bytes_of(entry["next"])
        )


@dataclass(frozen=True, slots=True, repr=False)
class Inside:
    """What a slot gives to its secret: the vault's keys and, amid a change of key, the new ones."""

    keys: VaultKeys
    upcoming: VaultKeys | None = None


def wrap(
    vault: str, keys: VaultKeys, slot: Slot, secret: bytes, upcoming: VaultKeys | None = None
) -> Slot:
    """Return `slot` with a fresh key pair, and the vault's keys sealed to it."""
    from nacl.public import PrivateKey

    pair = PrivateKey.generate()
    fresh = replace(
        slot, public=bytes(pair.public_key), pin=derived(bytes(pair), _PIN_KEY), sealed=b""
    )
    private = seal(derived(secret, _PRIVATE_KEY), bytes(pair), slot_bound(vault, fresh))
    return sealed_to(vault, replace(fresh, private=private), keys, upcoming)


def sealed_to(vault: str, slot: Slot, keys: VaultKeys, upcoming: VaultKeys | None = None) -> Slot:
    """Return `slot` with these keys sealed to its public key; its secret is not needed."""
    if not slot.of_today or not slot.pin:
        raise ValueError(slot.id)
    following = _boxed(vault, slot, upcoming) if upcoming else b""
    return replace(slot, sealed=_boxed(vault, slot, keys), next=following)


def unwrap(vault: str, slot: Slot, secret: bytes) -> Inside:
    """Return what is in `slot`; raise SealBroken if `secret` is not the slot's.

    Raises Damage when the secret is the slot's, and what it leads to was not sealed by
    someone who had the vault's keys.
    """
    bound = slot_bound(vault, slot)
    if not slot.of_today:
        return Inside(_keys(unseal(derived(secret, _FIRST_KEY), slot.sealed, bound)))
    private = unseal(derived(secret, _PRIVATE_KEY), slot.private, bound)
    try:
        keys = _unboxed(vault, slot, private, slot.sealed)
        return Inside(keys, _unboxed(vault, slot, private, slot.next) if slot.next else None)
    except SealBroken:
        raise Damage("keybag-tampered") from None


def new_slot(
    vault: str,
    keys: VaultKeys,
    person: PersonId,
    secret: bytes,
    now: Moment,
    *,
    kind: str,
    stretch: Stretch | None = None,
) -> Slot:
    """Return a new slot of `kind` that a 32-byte `secret` opens (the stretched passphrase)."""
    return wrap(vault, keys, Slot(new_id(), kind, person, now, stretch), secret)


def passphrase_slot(
    vault: str, keys: VaultKeys, person: PersonId, passphrase: str, stretch: Stretch, now: Moment
) -> Slot:
    """Return a new slot that `passphrase` opens."""
    secret = stretch.key(passphrase)
    return new_slot(vault, keys, person, secret, now, kind=PASSPHRASE, stretch=stretch)


def recovery_slot(
    vault: str, keys: VaultKeys, person: PersonId, secret: bytes, now: Moment
) -> Slot:
    """Return a new slot that the 160-bit recovery `secret` opens; it needs no stretching."""
    return new_slot(vault, keys, person, recovery_key(secret), now, kind=RECOVERY)


def keyring_slot(vault: str, keys: VaultKeys, person: PersonId, secret: bytes, now: Moment) -> Slot:
    """Return a new slot that a random 32-byte `secret`, kept by a keyring, opens."""
    if len(secret) != SECRET_BYTES:
        raise ValueError(len(secret))
    return new_slot(vault, keys, person, secret, now, kind=KEYRING)


def recovery_key(secret: bytes) -> bytes:
    """Return the 32-byte key of a recovery secret."""
    return hashlib.blake2b(secret, person=b"casewell.recover", digest_size=32).digest()


def slot_bound(vault: str, slot: Slot) -> bytes:
    """Return what a slot's seals bind: its facts, the vault's id and the form of the slot."""
    version = VERSION if slot.of_today else FIRST_VERSION
    return canonical({"format": FORMAT, "version": version, "vault": vault, **slot.facts()})


def _boxed(vault: str, slot: Slot, keys: VaultKeys) -> bytes:
    """Seal keys to a slot: sealed boxes bind nothing, so what they belong to stands inside."""
    from nacl.public import PublicKey, SealedBox

    bound = hashlib.sha256(slot_bound(vault, slot)).digest()
    box = bytes(SealedBox(PublicKey(slot.public)).encrypt(bound + keys.key + keys.salt))
    return _marked(slot.pin, bound + box) + box


def _unboxed(vault: str, slot: Slot, private: bytes, sealed: bytes) -> VaultKeys:
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    bound = hashlib.sha256(slot_bound(vault, slot)).digest()
    mark, box = sealed[:32], sealed[32:]
    if not hmac.compare_digest(mark, _marked(derived(private, _PIN_KEY), bound + box)):
        raise SealBroken
    try:
        plain = bytes(SealedBox(PrivateKey(private)).decrypt(box))
    except (CryptoError, ValueError):
        raise SealBroken from None
    if not hmac.compare_digest(plain[:32], bound):
        raise SealBroken
    return _keys(plain[32:])


def _marked(pin: bytes, data: bytes) -> bytes:
    return hashlib.blake2b(data, key=pin, person=_MARK, digest_size=32).digest()


def _keys(plain: bytes) -> VaultKeys:
    if len(plain) != 48:
        raise SealBroken
    return VaultKeys(plain[:32], plain[32:])


def _stretch(entry: Mapping[str, Any] | None) -> Stretch | None:
    if entry is None:
        return None
    if entry["name"] != "argon2id":
        raise Damage("keybag-damaged")
    stretch = Stretch(
        int(entry["memory_kib"]), int(entry["passes"]), int(entry["lanes"]), bytes_of(entry["salt"])
    )
    if not stretch.within_bounds():
        raise Damage("keybag-damaged")
    return stretch


def canonical(document: Mapping[str, Any]) -> bytes:
    """Return a document as seals and checksums take it: JSON with sorted keys."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def text_of(data: bytes) -> str:
    """Return bytes as they stand in a document."""
    return base64.b64encode(data).decode()


def bytes_of(text: object) -> bytes:
    """Return the bytes that stand in a document; raise TypeError or ValueError for none."""
    if not isinstance(text, str):
        raise TypeError
    return base64.b64decode(text, validate=True)
