"""The recovery secret: 160 random bits, written as fifteen checksummed words (BIP-39)."""

import os
from typing import TYPE_CHECKING

from app.kernel.errors import Refused

if TYPE_CHECKING:
    from mnemonic import Mnemonic

SECRET_BYTES = 20
WORDS = 15
RETYPED = (3, 7, 12)
"""Which words (counted from 1) are typed back before the first record is accepted."""


def new_secret() -> bytes:
    """Return 160 fresh random bits."""
    return os.urandom(SECRET_BYTES)


def to_words(secret: bytes) -> tuple[str, ...]:
    """Return the fifteen English words of `secret`; the last 5 bits are a checksum."""
    return tuple(_list().to_mnemonic(secret).split())


def from_words(text: str) -> bytes:
    """Return the secret that was written as `text`.

    Case, extra spaces, numbers and line breaks do not count, and the first four
    letters of a word are enough. Refuses a wrong count, an unknown word (with its
    number) and words whose checksum does not fit.
    """
    typed = [
        word.lower() for word in "".join(c if c.isalpha() else " " for c in text).split() if word
    ]
    if len(typed) != WORDS:
        raise Refused("recovery-count", "recovery", count=len(typed), expected=WORDS)
    known = _list().wordlist
    whole = set(known)
    short = {word[:4]: word for word in known}
    words = []
    for number, word in enumerate(typed, 1):
        if word not in whole and word[:4] not in short:
            raise Refused("recovery-word", "recovery", number=number)
        words.append(word if word in whole else short[word[:4]])
    phrase = " ".join(words)
    if not _list().check(phrase):
        raise Refused("recovery-checksum", "recovery")
    return bytes(_list().to_entropy(phrase))


def matches(words: tuple[str, ...], typed: dict[int, str]) -> int | None:
    """Return the number of the first retyped word that is wrong, or None if all are right."""
    for number in RETYPED:
        if typed.get(number, "").strip().lower() != words[number - 1]:
            return number
    return None


def _list() -> "Mnemonic":
    from mnemonic import Mnemonic

    return Mnemonic("english")
