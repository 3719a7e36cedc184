"""How the time room says lengths, days and where an entry comes from."""

from datetime import date

from app.kernel.words import _, ngettext
from app.overviews.reports.wording import spoken_day
from app.overviews.time_words import spoken_length
from ui.kit import dates

span = spoken_length
"""Says a length of time."""


def weekday(day: str) -> str:
    """Return a day with its weekday: `Wed 18 Nov 2026`."""
    on = date.fromisoformat(day)
    return _("{weekday} {day}").format(
        weekday=dates.weekday_name(on, short=True), day=spoken_day(on)
    )


def reached(students: int) -> str:
    """Return how many students were reached; nothing for none."""
    if not students:
        return ""
    return ngettext("{count} student", "{count} students", students).format(count=students)
