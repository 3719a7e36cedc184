"""The invented district's school days."""

from datetime import date, timedelta

_WEEK = timedelta(days=7)


def school_days(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last` on which school is in session."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if _in_session(day)]


def year_end(day: date) -> int:
    """Return the calendar year in which the school year of `day` ends; it begins in July."""
    return day.year + (day.month >= 7)


def first_day(ending: int) -> date:
    """Return the first school day of the school year that ends in `ending`: August's last Monday."""
    return _last_weekday(ending - 1, 8, 0)


def last_day(ending: int) -> date:
    """Return the last school day of the school year that ends in `ending`: June's first Friday."""
    return _nth_weekday(ending, 6, 4, 1)


def _in_session(day: date) -> bool:
    if day.weekday() > 4:
        return False
    ending = year_end(day)
    if not first_day(ending) <= day <= last_day(ending):
        return False
    thanksgiving = _nth_weekday(day.year, 11, 3, 4)
    spring = _nth_weekday(day.year, 4, 0, 1)
    breaks = (
        (thanksgiving - timedelta(days=1), thanksgiving + timedelta(days=1)),
        (date(day.year, 12, 22), date(day.year, 12, 31)),
        (date(day.year, 1, 1), date(day.year, 1, 2)),
        (spring, spring + timedelta(days=4)),
    )
    if any(first <= day <= last for first, last in breaks):
        return False
    holidays = (
        _nth_weekday(day.year, 9, 0, 1),
        _nth_weekday(day.year, 10, 0, 2),
        date(day.year, 11, 11),
        _nth_weekday(day.year, 1, 0, 3),
        _nth_weekday(day.year, 2, 0, 3),
        _last_weekday(day.year, 5, 0),
    )
    return day not in holidays


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7) + (nth - 1) * _WEEK


def _last_weekday(year: int, month: int, weekday: int) -> date:
    day = _nth_weekday(year, month, weekday, 4)
    return day + _WEEK if (day + _WEEK).month == month else day
