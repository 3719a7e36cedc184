"""What opens the encrypted file, and what is known of its journal from outside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class VaultKeys:
    """The data key (32 bytes) and the file's salt (16 bytes): all that opens the encrypted file."""

    key: bytes
    salt: bytes

    def raw(self) -> str:
        """Return both in SQLCipher's raw form: key and salt in 96 hexadecimal digits."""
        return f"x'{self.key.hex()}{self.salt.hex()}'"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The journal's head as it was last seen from outside: its count and its hash."""

    count: int
    head: str
