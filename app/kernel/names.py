"""How names are put in order, compared and found: accents, case and punctuation do not count."""

import unicodedata
from collections.abc import Iterable

from app.kernel.errors import Refused

LONGEST = 120

_LETTERS = str.maketrans(
    {
        "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th",
        "ı": "i", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ـ": "",
    }
)  # fmt: skip
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼʻ`´′", ""))
_MARK = "Mn"
_SPACING_MARK = "Mc"
_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def folded(text: str) -> str:
    """Return `text` for comparison: lower case, no accents, runs of other signs as one space.

    >>> folded("  Núñez-O’Brien, Łucja ")
    'nunez o brien lucja'
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    lowered = "".join(
        sign
        for sign in _taken_apart(_taken_apart(text)).translate(_LETTERS)
        if unicodedata.category(sign) != _MARK
    )
    return " ".join("".join(sign if _spells(sign) else " " for sign in lowered).split())


def accepted_name(text: str) -> str:
    """Return the name of a person at the desk as it is kept; refuse an empty or overlong one."""
    name = " ".join(text.split())
    if not name:
        raise Refused("name-missing", "name")
    if len(name) > LONGEST:
        raise Refused("name-long", "name", longest=LONGEST)
    return name


def _taken_apart(text: str) -> str:
    return unicodedata.normalize("NFKD", text.casefold())


def _spells(sign: str) -> bool:
    """Tell whether `sign` is part of a word; the vowel signs of Indic scripts are."""
    return sign.isalnum() or unicodedata.category(sign) == _SPACING_MARK


def search_words(text: str) -> tuple[str, ...]:
    """Return the folded words of what was typed or of a name; each Han or kana sign is a word.

    Scripts that write names without spaces are found from any of their signs.

    >>> search_words("O’Brien 王小明")
    ('o', 'brien', '王', '小', '明')
    """
    words = folded(text)
    if not words.isascii():
        words = "".join(f" {sign} " if _stands_alone(sign) else sign for sign in words)
    return tuple(words.split())


def _stands_alone(sign: str) -> bool:
    return (
        "\u3040" <= sign <= "\u30ff"
        or "\u3400" <= sign <= "\u4dbf"
        or "\u4e00" <= sign <= "\u9fff"
        or "\U00020000" <= sign <= "\U0003ffff"
    )


def search_text(
    given: str,
    middle: str,
    family: str,
    preferred: str = "",
    student_number: str = "",
    state_id: str = "",
) -> tuple[str, str]:
    """Return what a student is found by, the row of `student_names`: the names, and the numbers.

    A name of several words stands there apart and joined, so that `obrien`, `o brien`
    and `delacruz` all find it.
    """
    names: dict[str, None] = {}
    for name in (given, family, middle, preferred):
        if name:
            names.update(dict.fromkeys(_spellings(name)))
    numbers: dict[str, None] = {}
    for number in (student_number, state_id):
        if number:
            words = folded(number).split()
            numbers.update(dict.fromkeys((*words, "".join(words))))
    return " ".join(names), " ".join(numbers)


def _spellings(name: str) -> Iterable[str]:
    words = search_words(name)
    yield from words
    if name.isalnum():
        return
    yield from search_words(name.translate(_APOSTROPHES))
    if len(words) > 1 and not any(map(_stands_alone, words[0])):
        yield "".join(words)


def shown_name(given: str, family: str, preferred: str = "") -> str:
    """Return a name as it is spoken of: the preferred given name first, then the family name."""
    return f"{preferred or given} {family}".strip()


def listed_name(given: str, family: str, preferred: str = "") -> str:
    """Return a name as a list sorts it: family name first; the preferred name where there is one."""
    first = preferred or given
    return f"{family}, {first}" if family and first else family or first


def sorting_name(given: str, family: str, preferred: str = "") -> str:
    """Return the folded form of `listed_name`: what lists of students are ordered by."""
    return folded(listed_name(given, family, preferred))
