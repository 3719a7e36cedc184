"""What makes a passphrase strong enough, and words for those who want one made."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from app.kernel.errors import Refused

SHORTEST = 15
"""Characters (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 6.2: at least 15 when it is the only factor)."""
LONGEST = 1024
WORDS = 5
"""Five words of a 7,776-word list: 64 bits."""
FEWEST_GUESSES = 9.0
"""Powers of ten: at the weakest stretch, five years of one computer that does nothing else."""
FAIR, GOOD = 14.0, 18.0
"""Powers of ten of guesses; five random words stand above 20."""
OWN = ("casewell", "counselor", "school", "nurse", "vault")
"""Words that everyone who finds this vault would try."""

_SHORTEST_NAME = 3
_LEFT_WITHOUT_NAMES = 8
"""Letters and digits that must be left when names are taken out."""
_LOOKED_AT = 64
"""Characters that are rated; more of them only make a passphrase stronger."""
_LOOKED_AT_OF_SIGNS = 20
"""The same where many signs could stand for letters: every reading of them is tried."""
_SIGNS = frozenset("4@8({[<369&#!1|0$5+7%2")
_MOST_SIGNS = 6


class Level(IntEnum):
    """How long a passphrase would stand against someone who has a copy of the vault."""

    SHORT = 0
    WEAK = 1
    FAIR = 2
    GOOD = 3
    STRONG = 4


@dataclass(frozen=True, slots=True)
class Strength:
    """A passphrase's level, the code of what refuses it (or nothing), and that one's facts."""

    level: Level
    code: str = ""
    missing: int = 0
    """Characters that are missing, where it is too short."""


def accept(passphrase: str, about: Iterable[str] = ()) -> None:
    """Refuse a passphrase that is too short, too long, or guessed among the first.

    `about` are names that a stranger would try first: the person's, the schools', the vault's.
    """
    refused, _guesses_stood = _rated(passphrase, _names(about))
    if refused is not None:
        raise refused


def strength(passphrase: str, about: Iterable[str] = ()) -> Strength:
    """Return how strong a passphrase is, bounded in time for whatever is typed or pasted."""
    refused, guesses = _rated(passphrase, _names(about))
    if refused is not None:
        if refused.code == "passphrase-short":
            length = int(refused.facts["length"] or 0)
            return Strength(Level.SHORT, refused.code, SHORTEST - length)
        return Strength(Level.WEAK, refused.code)
    if guesses < FAIR:
        return Strength(Level.FAIR)
    return Strength(Level.GOOD if guesses < GOOD else Level.STRONG)


def _rated(passphrase: str, names: frozenset[str]) -> tuple[Refused | None, float]:
    """Return what refuses a passphrase, if anything, and the power of ten of its guesses."""
    text = unicodedata.normalize("NFKC", passphrase)
    if len(text) < SHORTEST:
        code = "passphrase-short"
        return Refused(code, "passphrase", length=len(text), shortest=SHORTEST), 0.0
    if len(text) > LONGEST:
        return Refused("passphrase-long", "passphrase", longest=LONGEST), 0.0
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    if len(set(plain)) < 6 or _is_run(plain) or _repeats(plain) or plain in _common():
        return Refused("passphrase-common", "passphrase"), 0.0
    if _left_without(_unaccented(plain), names) < _LEFT_WITHOUT_NAMES:
        return Refused("passphrase-names", "passphrase"), 0.0
    guesses = _guesses(text, names)
    if guesses < FEWEST_GUESSES:
        return Refused("passphrase-guessable", "passphrase"), guesses
    return None, guesses


def same(one: str, other: str) -> bool:
    """Tell whether two passphrases open the same, however each was typed."""
    return unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def generated() -> str:
    """Return five random words of the EFF's long list, separated by spaces."""
    return " ".join(secrets.choice(_words()) for _ in range(WORDS))


def _names(about: Iterable[str]) -> frozenset[str]:
    """Return the words of names, long enough to tell a passphrase by."""
    words = _unaccented(" ".join((*about, *OWN)))
    found = "".join(sign if sign.isalnum() else " " for sign in words).split()
    return frozenset(word for word in found if len(word) >= _SHORTEST_NAME)


def _unaccented(text: str) -> str:
    """Return `text` as it is typed by who has no accents on the keyboard."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _left_without(plain: str, names: frozenset[str]) -> int:
    for name in sorted(names, key=len, reverse=True):
        plain = plain.replace(name, "")
    return len(plain)


def _guesses(text: str, names: frozenset[str]) -> float:
    """Return the power of ten of the guesses that `text` would stand (zxcvbn's estimate)."""
    from zxcvbn import zxcvbn

    many = len(_SIGNS & set(text)) > _MOST_SIGNS
    looked_at = text[: _LOOKED_AT_OF_SIGNS if many else _LOOKED_AT]
    return float(zxcvbn(looked_at, user_inputs=sorted(names))["guesses_log10"])


def _is_run(text: str) -> bool:
    """Tell whether nearly every sign follows the one before, as on a keyboard's number row."""
    steps = [abs(ord(right) - ord(left)) for left, right in pairwise(text)]
    return sum(step <= 1 for step in steps) >= 0.8 * len(steps)


def _repeats(text: str) -> bool:
    return any(
        text == (text[:size] * (len(text) // size + 1))[: len(text)]
        for size in range(1, min(7, len(text) // 2 + 1))
    )


_COMMON = (
    "passwordpassword",
    "password12345678",
    "passwordpassword1",
    "letmeinletmeinletmein",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "qwertyuiopasdfghjkl",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "schoolcounselor1",
    "schoolcounselor",
    "thisismypassword",
    "thisisapassphrase",
    "changemechangeme",
    "welcometocasewell",
    "casewellcasewell",
)


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON)


@cache
def _words() -> tuple[str, ...]:
    path = files("xkcdpass") / "static" / "eff-long"
    words = tuple(
        line.split()[-1] for line in path.read_text(encoding="utf-8").splitlines() if line
    )
    if len(set(words)) < 7000:
        raise RuntimeError("the word list is not the one expected")
    return words
