"""Reads single values as exports really write them: dates, grades, yes and no, lists, names."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum, unique

from app.kernel.names import folded
from app.kernel.nouns import GRADES


@unique
class DateOrder(StrEnum):
    """Which of day and month stands first in dates like 3/4/2012."""

    MONTH_FIRST = "month-first"
    DAY_FIRST = "day-first"


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "ene"), ("feb",), ("mar",), ("apr", "abr"), ("may",), ("jun",),
            ("jul",), ("aug", "ago"), ("sep", "set"), ("oct",), ("nov",), ("dec", "dic"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_TIME = re.compile(
    r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s*([ap]\.?m\.?)?\s*(z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_MONTH_NAMED = re.compile(r"(\d{1,2})[-/. ]+(?:de )?([a-z]{3})[a-z]*\.?[-/., ]+(?:de )?(\d{4})")
_NAMED_FIRST = re.compile(r"([a-z]{3})[a-z]*\.?[- ]+(\d{1,2}),?[- ]+(\d{4})")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def _iso(year: int, month: int, day: int) -> str:
    if not 1900 <= year <= 2199:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _without_time(text: str) -> str:
    return _TIME.sub("", text).strip() if ":" in text else text


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if year < 50 else 1900 + year


def iso_date(raw: str, order: DateOrder | None = None) -> str:
    """Return `raw` as `YYYY-MM-DD`, or empty when it is no date between 1900 and 2199.

    Where day and month could change places `order` decides; without it they are read
    month first. A time after the date is left out. Two-digit years below 50 are 20xx.
    """
    if len(raw) == 10 and raw[4] == "-" == raw[7] and raw.isascii():
        try:
            if 1900 <= date.fromisoformat(raw).year <= 2199:
                return raw
        except ValueError:
            return ""
        return ""
    if len(raw) > 60 or not raw.isprintable():
        return ""
    text = _without_time(raw.strip()).lower()
    if not text.isascii():
        text = "".join(sign for sign in text if sign.isascii())
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _iso(year, month, day)
    if found := _YEAR_LAST.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        day_first = first > 12 or (second <= 12 and order is DateOrder.DAY_FIRST)
        day, month = (first, second) if day_first else (second, first)
        return _iso(_full_year(found[4]), month, day)
    if found := _MONTH_NAMED.fullmatch(text):
        return _iso(int(found[3]), _MONTHS.get(found[2], 0), int(found[1]))
    if found := _NAMED_FIRST.fullmatch(text):
        return _iso(int(found[3]), _MONTHS.get(found[1], 0), int(found[2]))
    return ""


def date_evidence(raw: str) -> tuple[bool, DateOrder | None]:
    """Tell whether a date is written with day and month in doubt, and what it alone proves."""
    found = _YEAR_LAST.fullmatch(_without_time(raw.strip())) if len(raw) <= 60 else None
    if found is None:
        return False, None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second:
        return True, DateOrder.DAY_FIRST
    if second > 12 >= first:
        return True, DateOrder.MONTH_FIRST
    return first != second, None


def decide_order(values: Iterable[str]) -> tuple[DateOrder | None, bool]:
    """Return the order a column of dates proves, and whether its dates were in doubt.

    No order is returned when nothing proves one, or when both are proved.
    """
    doubt = False
    proved: set[DateOrder] = set()
    for raw in values:
        doubtful, order = date_evidence(raw)
        doubt = doubt or doubtful
        if order is not None:
            proved.add(order)
    return (proved.pop() if len(proved) == 1 else None), doubt


def is_timestamp(raw: str) -> bool:
    """Tell whether `raw` is a timestamp as OneRoster writes them, `2023-05-01T18:25:43.511Z`."""
    return _TIMESTAMP.fullmatch(raw) is not None


_GRADE_WORDS = {
    "it": "IT", "infant": "IT", "toddler": "IT",
    "pr": "PR", "preschool": "PR", "preescolar": "PR",
    "pk": "PK", "prek": "PK", "prekindergarten": "PK", "p3": "PK", "p4": "PK", "pk3": "PK",
    "pk4": "PK", "k3": "PK", "k4": "PK", "prekinder": "PK", "1neg": "PK", "ee": "PK",
    "tk": "TK", "transitionalkindergarten": "TK", "t1": "TK",
    "kg": "KG", "k": "KG", "0": "KG", "00": "KG", "kinder": "KG", "kindergarten": "KG",
    "k5": "KG", "kf": "KG", "kh": "KG", "kp": "KG",
    "first": "01", "second": "02", "third": "03", "fourth": "04", "fifth": "05",
    "sixth": "06", "seventh": "07", "eighth": "08", "ninth": "09", "tenth": "10",
    "eleventh": "11", "twelfth": "12", "freshman": "09", "sophomore": "10", "junior": "11",
    "senior": "12", "primero": "01", "segundo": "02", "tercero": "03", "cuarto": "04",
    "quinto": "05", "sexto": "06", "septimo": "07", "octavo": "08", "noveno": "09",
    "decimo": "10", "ps": "PS", "postsecondary": "PS", "postgraduate": "13", "infanttoddler": "IT", "ug": "UG", "ungraded": "UG",
    "other": "Other", "otro": "Other",
}  # fmt: skip
_GRADE_NUMBER = re.compile(r"0*(1[0-3]|[1-9])(?:st|nd|rd|th|er|ro|do|to|vo|mo|no|o|a)?")
_GRADE_AROUND = ("gradelevel", "grade", "grado", "year", "level", "gr", "g")


def grade_code(raw: str) -> str:
    """Return the CEDS grade code of `raw`, or empty: `9`, `9th`, `Grade 9` and `09` are `09`."""
    if raw in _CODES:
        return raw
    if len(raw) > 40:
        return ""
    if raw.lstrip().startswith("-"):
        return "PK" if raw.strip() == "-1" else ""
    key = folded(raw).replace(" ", "")
    if found := _plain_grade(key):
        return found
    for word in _GRADE_AROUND:
        if word in key and (found := _plain_grade(key.replace(word, "", 1))):
            return found
    return ""


_CODES = frozenset(GRADES)


def _plain_grade(key: str) -> str:
    known = _GRADE_WORDS.get(key, "")
    if known:
        return known
    number = _GRADE_NUMBER.fullmatch(key)
    return f"{int(number[1]):02d}" if number else ""


_SEX = {
    "male": "male", "m": "male", "boy": "male", "masculino": "male", "varon": "male",
    "hombre": "male", "female": "female", "f": "female", "girl": "female",
    "femenino": "female", "mujer": "female", "unspecified": "unspecified",
    "u": "unspecified", "unknown": "unspecified", "notspecified": "unspecified",
    "other": "other", "x": "other", "o": "other", "n": "other", "nonbinary": "other",
    "nb": "other", "otro": "other", "nobinario": "other",
}  # fmt: skip


def sex_code(raw: str) -> str:
    """Return OneRoster's word for a sex (male, female, unspecified, other), or empty."""
    return _SEX.get(folded(raw).replace(" ", ""), "") if len(raw) <= 40 else ""


_YES = frozenset({"true", "t", "yes", "y", "1", "si", "sí"})
_NO = frozenset({"false", "f", "no", "n", "0", ""})


def truth(raw: str) -> bool | None:
    """Return a yes or no however it is written; None when it is neither."""
    key = raw.lower()
    if key in _YES:
        return True
    return False if key in _NO else None


def parts(cell: str) -> tuple[str, ...]:
    """Return the items of a list cell: comma separated, each once, in their order."""
    if "," not in cell and ";" not in cell and "|" not in cell:
        return (cell,) if cell else ()
    sign = "," if "," in cell else ";" if ";" in cell else "|"
    return tuple(
        dict.fromkeys(item for piece in cell.split(sign) if (item := piece.strip(" {}[]'\"")))
    )


_KEPT_SIGNS = frozenset({"\u200c", "\u200d"})


def clean_text(raw: str) -> str:
    """Return a name or title on one line: line breaks and odd spaces as one space.

    Direction marks and control signs are left out; the joiners that Persian and Indic
    spelling needs stay.
    """
    kept = "".join(
        sign if sign.isprintable() or sign in _KEPT_SIGNS else " " if sign.isspace() else ""
        for sign in raw
    )
    return " ".join(kept.split())


_PARTICLES = frozenset(
    {
        "de",
        "del",
        "la",
        "las",
        "los",
        "da",
        "dos",
        "di",
        "van",
        "von",
        "der",
        "bin",
        "al",
        "el",
        "st",
        "st.",
    }
)


def split_name(full: str) -> tuple[str, str, str]:
    """Return (given, middle, family) of a whole name.

    With a comma the family name stands first (`Núñez, Ana María`); without one the last
    word is the family name, with the particles before it (`Ana de la Cruz`).
    """
    text = clean_text(full)
    if "," in text:
        family, _, rest = text.partition(",")
        given, _, middle = rest.strip().partition(" ")
        return given.strip(" ,"), middle.strip(" ,"), family.strip()
    words = text.split(" ")
    if len(words) < 2:
        return text, "", ""
    cut = len(words) - 1
    while cut > 1 and words[cut - 1].lower() in _PARTICLES:
        cut -= 1
    return words[0], " ".join(words[1:cut]), " ".join(words[cut:])


def cached(function: Callable[[str], str]) -> Callable[[str], str]:
    """Return `function` with its answers kept: columns repeat a few values many times."""
    known: dict[str, str] = {}

    def ask(raw: str) -> str:
        answer = known.get(raw)
        if answer is None:
            answer = known[raw] = function(raw)
        return answer

    return ask
