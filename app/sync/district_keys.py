"""The district's keys: an age identity that opens parcels, and a key that signs.

They stand in one age file under a passphrase, which the `age` program opens as well. Inside is an
identity file as `age -i` reads it; the signing key is a comment there, so that

    age -d district-keys.age > keys.txt && age -d -i keys.txt PARCEL

shows a parcel with no program of ours.
"""

import os
from dataclasses import dataclass, field

from app.kernel.errors import Refused
from app.sync.desk_key import DeskKey
from app.sync.envelope import is_identity, recipient_of
from app.sync.signed import KEY_BYTES, base64_of, base64_text

_MOST = 64 * 1024
_FIRST = "# casewell district keys 1"
_SIGNING = "# signing key: "
LEAST_CHARACTERS = 12
"""A shorter passphrase is refused: the file may end up on a share."""


@dataclass(frozen=True, slots=True)
class DistrictKeys:
    """What the district's side needs; it never goes into a district file."""

    identity: str = field(repr=False)
    """`AGE-SECRET-KEY-1…`"""
    seed: bytes = field(repr=False)
    """Of the Ed25519 signing key."""

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
        text = "\n".join(
            (
                _FIRST,
                f"# public key: {self.recipient}",
                _SIGNING + base64_text(self.seed),
                self.identity,
                "",
            )
        )
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
        identity, seed = "", b""
        for line in text.decode("utf-8", "replace").splitlines():
            if line.startswith(_SIGNING):
                seed = base64_of(line.removeprefix(_SIGNING), KEY_BYTES) or b""
            elif line and not line.startswith("#"):
                identity = line
        if not seed or not is_identity(identity):
            raise Refused("district-keys-malformed", "keys")
        return cls(identity, seed)
