"""Days and times as they are typed and as they are shown: never ambiguous.

A day is shown as `12 Mar 2027` in the language of the desk, a time as `2:05 PM` where
the system's own clock has twelve hours. What is typed may be shorter.
"""

import re
from datetime import date, datetime, time, timedelta
from functools import cache

from PySide6.QtCore import QLocale

from app.kernel.names import folded
from app.kernel.words import _, language


def today() -> date:
    """Return the calendar day on this computer."""
    return datetime.now().astimezone().date()


@cache
def _locale(code: str) -> QLocale:
    territory = QLocale.Country.UnitedStates
    tongue = QLocale.Language.Spanish if code == "es" else QLocale.Language.English
    return QLocale(tongue, territory)


@cache
def _month_first() -> bool:
    """Tell whether 3/4 is the fourth of March here; so in the United States."""
    system = QLocale.system()
    if system.language() == QLocale.Language.C:
        return True
    shape = system.dateFormat(QLocale.FormatType.ShortFormat)
    return shape.find("M") < shape.find("d")


@cache
def twelve_hours() -> bool:
    """Tell whether clocks here count to twelve."""
    system = QLocale.system()
    if system.language() == QLocale.Language.C:
        return True
    return "ap" in system.timeFormat(QLocale.FormatType.ShortFormat).lower()


def month_name(month: int, *, short: bool = True) -> str:
    """Return the name of a month (1 to 12) in the language of the desk."""
    return _month_name(language(), month, short)


@cache
def _month_name(code: str, month: int, short: bool) -> str:
    form = QLocale.FormatType.ShortFormat if short else QLocale.FormatType.LongFormat
    return _locale(code).standaloneMonthName(month, form).rstrip(".")


def weekday_name(day: date, *, short: bool = False) -> str:
    """Return the name of the day of the week in the language of the desk."""
    form = QLocale.FormatType.ShortFormat if short else QLocale.FormatType.LongFormat
    return _locale(language()).standaloneDayName(day.isoweekday(), form).rstrip(".")


def shown_date(day: date) -> str:
    """Return a day as `12 Mar 2027`."""
    return f"{day.day} {month_name(day.month)} {day.year}"


def date_hint() -> str:
    """Return how a day may be typed, for a line that is empty: never a day itself."""
    return _("mm/dd/yyyy") if _month_first() else _("dd/mm/yyyy")


def shown_time(at: time) -> str:
    """Return a time of day as `2:05 PM`, or `14:05` where clocks count to 24."""
    if not twelve_hours():
        return f"{at.hour:02d}:{at.minute:02d}"
    half = _("AM") if at.hour < 12 else _("PM")
    return f"{(at.hour + 11) % 12 + 1}:{at.minute:02d} {half}"


def shown_moment(at: datetime) -> str:
    """Return a day and a time of day as `12 Mar 2027, 2:05 PM`."""
    return _("{day}, {time}").format(day=shown_date(at.date()), time=shown_time(at.time()))


_NUMBERS = re.compile(r"(\d{1,4})\s*[/.\-]\s*(\d{1,2})(?:\s*[/.\-]\s*(\d{2,4}))?")
_STEP = re.compile(r"([+-])\s*(\d{1,3})\s*([dw]?)")
_WORDY = re.compile(
    r"(?:(\d{1,2})\s+(?:de\s+)?([a-z]{3,})|([a-z]{3,})\s+(\d{1,2}))(?:\s+(?:de\s+)?(\d{2,4}))?"
)


def read_date(typed: str, now: date) -> date | None:
    """Return the day that `typed` means on the day `now`, or None.

    Understood: `today`, `yesterday`, `tomorrow`, `+3`, `-2w`, a weekday (the next one,
    or today), `3/14`, `3/14/27`, `2027-03-14`, `12 Mar`, `March 12 2027`, in Spanish also
    `12 de marzo de 2027`; a day without a year is the one nearest to `now`.
    """
    text = typed.strip().lower()
    if not text:
        return None
    if numbers := _NUMBERS.fullmatch(text):
        return _from_numbers(numbers, now)
    if step := _STEP.fullmatch(text):
        days = int(step[2]) * (7 if step[3] == "w" else 1)
        return now + timedelta(days=days if step[1] == "+" else -days)
    words = folded(text)
    if words in (offsets := _offsets()):
        return now + timedelta(days=offsets[words])
    if (weekday := _weekday(words)) is not None:
        return now + timedelta(days=(weekday - now.weekday()) % 7)
    if wordy := _WORDY.fullmatch(words):
        month = _month(wordy[2] or wordy[3])
        return _nearest(wordy[5], month, int(wordy[1] or wordy[4]), now) if month else None
    return None


def _offsets() -> dict[str, int]:
    table = {"today": 0, "yesterday": -1, "tomorrow": 1, "t": 0}
    table |= {folded(_("today")): 0, folded(_("yesterday")): -1, folded(_("tomorrow")): 1}
    return table


def _from_numbers(numbers: re.Match[str], now: date) -> date | None:
    first, second, third = numbers[1], numbers[2], numbers[3]
    if len(first) == 4:
        return _nearest(first, int(second), int(third), now) if third else None
    if len(first) > 2:
        return None
    month, day = (int(first), int(second)) if _month_first() else (int(second), int(first))
    if month > 12 >= day:
        month, day = day, month
    return _nearest(third, month, day, now)


def _nearest(year: str | None, month: int, day: int, now: date) -> date | None:
    years = [now.year, now.year - 1, now.year + 1]
    if year:
        if len(year) == 3:
            return None
        years = [int(year) + (2000 if len(year) == 2 else 0)]
    found = []
    for candidate in years:
        try:
            found.append(date(candidate, month, day))
        except ValueError:
            continue
    return min(found, key=lambda each: abs((each - now).days), default=None)


def _month(word: str) -> int | None:
    for code in ("en", language()):
        for month in range(1, 13):
            name = folded(_locale(code).standaloneMonthName(month, QLocale.FormatType.LongFormat))
            if name.startswith(word) or (word.startswith(name[:3]) and word == f"{name[:3]}t"):
                return month
    return None


def _weekday(word: str) -> int | None:
    if len(word) < 2:
        return None
    for code in ("en", language()):
        for day in range(1, 8):
            name = folded(_locale(code).standaloneDayName(day, QLocale.FormatType.LongFormat))
            if name.startswith(word):
                return day - 1
    return None


_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*(?:([ap])\.?\s*(?:m\.?)?)?")


def read_time(typed: str, now: time) -> time | None:
    """Return the time of day that `typed` means, or None.

    Understood: `now`, `9`, `915`, `9:15`, `2p`, `2:05 PM`, `14:05`. Where nothing is
    said, 1 to 6 is the afternoon: those are the hours of a school.
    """
    text = typed.strip().lower()
    if text in {"now", folded(_("now"))}:
        return now.replace(second=0, microsecond=0)
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif twelve_hours() and 1 <= hour <= 6 and not found[1].startswith("0"):
        hour += 12
    try:
        return time(hour, minute)
    except ValueError:
        return None
