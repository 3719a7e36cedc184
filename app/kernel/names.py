"""How names are put in order and compared: accents, case and punctuation do not count."""

import unicodedata

_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}
)


def folded(text: str) -> str:
    """Return `text` for comparison: lower case, no accents, runs of other signs as one space.

    >>> folded("  Núñez-O’Brien, Łucja ")
    'nunez o brien lucja'
    """
    if text.isascii():
        lowered = text.lower()
    else:
        lowered = "".join(
            sign
            for sign in unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
            if not unicodedata.combining(sign)
        )
    return " ".join("".join(sign if sign.isalnum() else " " for sign in lowered).split())


def shown_name(given: str, family: str, preferred: str = "") -> str:
    """Return a name as it is spoken of: the preferred given name first, then the family name."""
    return f"{preferred or given} {family}".strip()


def listed_name(given: str, family: str, preferred: str = "") -> str:
    """Return a name as a list sorts it: family name first; the preferred name where there is one."""
    first = preferred or given
    return f"{family}, {first}" if family and first else family or first
