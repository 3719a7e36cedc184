"""The district's keys: age identities that open parcels, and a key that signs.

They stand in one age file under a passphrase, which the `age` program opens as well. Inside is an
identity file as `age -i` reads it; the signing key is a comment there, so that

    age -d district-keys.age > keys.txt && age -d -i keys.txt PARCEL

shows a parcel with no program of ours. The identity that desks seal to comes last; those before it
were rotated out and are kept to open what was sealed to them.
"""

import os
from dataclasses import dataclass, field, replace

from app.kernel.errors import Refused
from app.sync.desk_key import DeskKey
from app.sync.envelope import is_identity, recipient_of
from app.sync.signed import KEY_BYTES, base64_of, base64_text, utc

_MOST = 64 * 1024
_FIRST = "# casewell district keys 1"
_SIGNING = "# signing key: "
_UNTIL = "# sealed to until: "
MOST_EARLIER = 100
"""Identities that are kept at the most besides the one in use."""
LEAST_CHARACTERS = 12
"""A shorter passphrase is refused: the file may end up on a share."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An identity that was rotated out; it still opens what was sealed to it."""

    identity: str = field(repr=False)
    until: str = ""
    """When it was rotated out (UTC text); empty where the file does not say."""

    @property
    def recipient(self) -> str:
        """The age recipient that was sealed to."""
        return recipient_of(self.identity)


@dataclass(frozen=True, slots=True)
class DistrictKeys:
    """What the district's side needs; it never goes into a district file."""

    identity: str = field(repr=False)
    """`AGE-SECRET-KEY-1…`"""
    seed: bytes = field(repr=False)
    """Of the Ed25519 signing key."""
    earlier: tuple[Earlier, ...] = ()
    """The oldest first."""

    @classmethod
    def new(cls) -> "DistrictKeys":
        """Return fresh keys."""
        from pyrage import x25519

        return cls(str(x25519.Identity.generate()), os.urandom(KEY_BYTES))

    @property
    def recipient(self) -> str:
        """The age recipient that parcels are encrypted to."""
        return recipient_of(self.identity)

    @property
    def identities(self) -> tuple[str, ...]:
        """All that opens a parcel: the identity in use first, then the earlier ones."""
        return (self.identity, *(one.identity for one in self.earlier))

    def rotated(self, at: str) -> "DistrictKeys":
        """Return the keys with a fresh identity, and this one among the earlier ones."""
        from pyrage import x25519

        if len(self.earlier) >= MOST_EARLIER:
            raise Refused("district-keys-many", most=MOST_EARLIER)
        fresh = str(x25519.Identity.generate())
        return replace(self, identity=fresh, earlier=(*self.earlier, Earlier(self.identity, at)))

    def without(self, recipient: str) -> "DistrictKeys":
        """Return the keys without an earlier identity: what was sealed to it stays closed."""
        left = tuple(one for one in self.earlier if one.recipient != recipient)
        return replace(self, earlier=left)

    @property
    def public(self) -> bytes:
        """The 32 bytes that verify what the district signed."""
        return DeskKey(self.seed).public

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message`."""
        return DeskKey(self.seed).sign(message)

    def sealed(self, passphrase: str) -> bytes:
        """Return the file of these keys; refuses a passphrase that is too short."""
        from pyrage import passphrase as under

        if len(passphrase) < LEAST_CHARACTERS:
            raise Refused("district-passphrase-short", "passphrase", least=LEAST_CHARACTERS)
        lines = [_FIRST, _SIGNING + base64_text(self.seed)]
        for one in self.earlier:
            lines += [f"# public key: {one.recipient}", _UNTIL + one.until, one.identity]
        lines += [f"# public key: {self.recipient}", self.identity, ""]
        text = "\n".join(lines)
        return under.encrypt(text.encode(), passphrase)

    @classmethod
    def opened(cls, data: bytes, passphrase: str) -> "DistrictKeys":
        """Return the keys in a file; refuses a wrong passphrase and a file that is none."""
        import pyrage
        from pyrage import passphrase as under

        if len(data) > _MOST or not data.startswith(b"age-encryption.org/v1\n-> scrypt "):
            raise Refused("district-keys-malformed", "keys")
        try:
            text = under.decrypt(data, passphrase)
        except pyrage.DecryptError:
            raise Refused("district-keys-closed", "passphrase") from None
        seed, until, found = b"", "", list[Earlier]()
        for line in text.decode("utf-8", "replace").splitlines():
            if line.startswith(_SIGNING):
                seed = base64_of(line.removeprefix(_SIGNING), KEY_BYTES) or b""
            elif line.startswith(_UNTIL):
                until = line.removeprefix(_UNTIL)
            elif line and not line.startswith("#"):
                found.append(Earlier(line, until if utc(until) else ""))
                until = ""
        if not seed or not found or not all(is_identity(one.identity) for one in found):
            raise Refused("district-keys-malformed", "keys")
        return cls(found[-1].identity, seed, tuple(found[:-1]))
