"""A text as the name check reads it: signs of any dress as plain ones, and where each stood.

Accents, invisible signs, wide and ornamental letters go; case stays, it is judged later.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_LETTERS = {
    "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l",
    "Ł": "L", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "Th", "ı": "i",
    "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": "", "آ": "ا", "أ": "ا", "إ": "ا",
    "\u3164": "", "\u115f": "", "\u1160": "", "\uffa0": "", "\u2800": "",
}  # fmt: skip
_APOSTROPHES = "’‘ʼʻ`´′＇ʹˈ‛"
_DASHES = "‐‑‒–—―−﹘﹣－"
_DROPPED = {"Mn", "Mc", "Me", "Cf"}
_HANGUL = ("\uac00", "\ud7a3")

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһԛԝкмтвнгӏьАЕОРСУХІЈЅКМТВНԌԚԜЅαονρτυκιηεχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡɩʏ",
    "aeopcyxijsdhqwkmtbhrlbAEOPCYXIJSKMTBHGQWSaovptukinexyABEZHIKMNOPTYXagiy",
)
_DIGITS_AS_LETTERS = str.maketrans("013457@$", "oieastas")
_DIGITS_AS_L = str.maketrans("013457@$", "oleastas")

RUNS = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz")
"""A letter that stands more than twice in a row: no name is written so."""
_RUN = re.compile(r"([a-z])\1{2,}")
_MOST_RUNS = 3
_WORD = re.compile(r"[^\W_]+")
_BROKEN = re.compile(r"(?<=[^\W\d_])[-‐‑][ \t]*\r?\n[ \t]*(?=[^\W\d_])")
"""A word that was broken at the end of a line, as text copied from a page has them."""
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


class _Plain(dict[str, str]):
    """Each sign's plain form, found out once."""

    def __missing__(self, sign: str) -> str:
        plain = self[sign] = _plain_sign(sign)
        return plain


def _plain_sign(sign: str) -> str:
    if sign in _LETTERS:
        return _LETTERS[sign]
    if sign in _APOSTROPHES:
        return "'"
    if sign in _DASHES:
        return "-"
    if unicodedata.category(sign) in _DROPPED:
        return ""
    if sign.isspace():
        return "\n" if sign in "\n\r\u2028\u2029\x0b\x0c" else " "
    if _HANGUL[0] <= sign <= _HANGUL[1]:
        return sign
    apart = unicodedata.normalize("NFKD", sign)
    kept = "".join(
        _LETTERS.get(one, one) for one in apart if unicodedata.category(one) not in _DROPPED
    )
    # Spacing forms of accents come apart into a space and a mark.
    return kept if len(kept.lower()) == len(kept) else kept.casefold()


_signs = _Plain()


@dataclass(frozen=True, slots=True)
class PlainText:
    """The plain form of a text, and the way back to it."""

    text: str
    lower: str
    places: tuple[int, ...] | None
    """Where each plain sign stood; None when nothing moved. One more than there are signs."""

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the text as it was typed a stretch of the plain one stands."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end]


def plain(text: str) -> PlainText:
    """Return `text` in its plain form."""
    breaks = [one.span() for one in _BROKEN.finditer(text) if text[one.end()].islower()]
    if text.isascii() and not breaks:
        return PlainText(text, text.lower(), None)
    signs = [_signs[sign] for sign in text]
    for start, end in breaks:
        signs[start:end] = [""] * (end - start)
    joined = "".join(signs)
    if len(joined) == len(signs) and all(signs):
        return PlainText(joined, joined.lower(), None)
    places: list[int] = []
    for place, kept in enumerate(signs):
        places.extend([place] * len(kept))
    places.append(len(text))
    return PlainText(joined, joined.lower(), tuple(places))


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name, plain and in lower case.

    >>> words_of("Núñez-O’Brien")
    ('nunez', 'o', 'brien')
    """
    return tuple(_WORD.findall(plain(name).lower))


def word_places(of: PlainText) -> Iterator[tuple[int, int]]:
    """Yield where each word of a text begins and ends."""
    for match in _WORD.finditer(of.text):
        yield match.span()


def humps(word: str) -> list[tuple[int, int]]:
    """Return the parts of a word written like `AnaLuis`; one part for any other."""
    cuts = [0, *(match.start() for match in _HUMP.finditer(word)), len(word)]
    return list(itertools.pairwise(cuts))


def drawn_in(word: str) -> tuple[str, ...]:
    """Return what a word may be without its letters drawn out; nothing where none is.

    >>> drawn_in("annna")
    ('ana', 'anna')
    """
    parts = _RUN.split(word)
    if not 1 < len(parts) <= 2 * _MOST_RUNS + 1:
        return ()
    runs = [(letter, letter * 2) for letter in parts[1::2]]
    return tuple(
        "".join(itertools.chain.from_iterable(zip(parts[::2], (*chosen, ""), strict=True)))
        for chosen in itertools.product(*runs)
    )


def disguises(word: str) -> tuple[str, ...]:
    """Return what a word in disguise may stand for: look-alike letters, digits for letters."""
    if not word.isascii():
        bare = word.translate(_LOOKALIKES)
        return (bare.lower(),) if bare.isascii() else ()
    if word.isalpha() or word.isdigit():
        return ()
    lower = word.lower()
    return tuple({lower.translate(_DIGITS_AS_LETTERS), lower.translate(_DIGITS_AS_L)})
