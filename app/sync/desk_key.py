"""The desk's own key: it signs what leaves, and names the desk without naming a person."""

import hashlib
import hmac
import os
from dataclasses import dataclass, field

from app.kernel.documents import SummaryKind
from app.sync.signed import KEY_BYTES, compact


def desk_of(key: bytes) -> str:
    """Return the desk id of a verify key: the first 16 bytes of its SHA-256, in hexadecimal."""
    return hashlib.sha256(key).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DeskKey:
    """An Ed25519 key made of a 32-byte seed, which lives in the vault."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_BYTES:
            raise ValueError("a seed has 32 bytes")

    @classmethod
    def new(cls) -> "DeskKey":
        """Return a fresh key."""
        return cls(os.urandom(KEY_BYTES))

    @property
    def public(self) -> bytes:
        """The 32 bytes that verify what this key signs."""
        from nacl.signing import SigningKey

        return bytes(SigningKey(self.seed).verify_key)

    @property
    def id(self) -> str:
        """The desk's id: 32 hexadecimal digits that follow from the key."""
        return desk_of(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        from nacl.signing import SigningKey

        return bytes(SigningKey(self.seed).sign(message).signature)

    def series(self, kind: SummaryKind, period: str, subject: str = "") -> str:
        """Return what every revision of the same summary carries, and no other summary does.

        Keyed by a secret of the desk's own, so that nobody else can tell from it which
        student, by trying ids, a summary is about.
        """
        secret = hashlib.blake2b(key=self.seed, person=b"desk series", digest_size=32).digest()
        message = compact({"kind": kind.value, "period": period, "subject": subject})
        return hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]
