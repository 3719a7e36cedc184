"""What makes a passphrase strong enough, and words for those who want one made."""

import secrets
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise

from app.kernel.errors import Refused

SHORTEST = 15
"""Characters (NIST SP 800-63B-4 §3.1.1.2, ASVS 5.0 6.2: at least 15 when it is the only factor)."""
LONGEST = 1024
WORDS = 5
"""Five words of a 7,776-word list: 64 bits."""


def accept(passphrase: str) -> None:
    """Refuse a passphrase that is too short, too long, or guessed among the first."""
    text = unicodedata.normalize("NFKC", passphrase)
    if len(text) < SHORTEST:
        raise Refused("passphrase-short", "passphrase", length=len(text), shortest=SHORTEST)
    if len(text) > LONGEST:
        raise Refused("passphrase-long", "passphrase", longest=LONGEST)
    plain = "".join(sign for sign in text.casefold() if sign.isalnum())
    if len(set(plain)) < 6 or _is_run(plain) or _repeats(plain) or plain in _common():
        raise Refused("passphrase-common", "passphrase")


def generated() -> str:
    """Return five random words of the EFF's long list, separated by spaces."""
    return " ".join(secrets.choice(_words()) for _ in range(WORDS))


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
