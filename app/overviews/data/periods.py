"""The periods of summaries: a month, or days with a slash between."""

from datetime import date, timedelta

from app.kernel.errors import Refused
from app.overviews.reports.student_facts import Span

_MONTH = 7
_OPEN = ".."


def last_month(today: date) -> str:
    """Return the last month that is whole, as `2026-10`."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def months_back(today: date, count: int) -> list[str]:
    """Return the month of today and those before it, the newest first."""
    found = [f"{today:%Y-%m}"]
    for _each in range(count):
        found.append(last_month(date.fromisoformat(f"{found[-1]}-01")))
    return found


def month_days(period: str) -> tuple[date, date]:
    """Return the first and the last day of a month as `2026-10`; refuse anything else."""
    try:
        if len(period) != _MONTH:
            raise ValueError(period)
        first = date.fromisoformat(f"{period}-01")
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refused("month-unreadable", "month") from None


def span_of(period: str) -> Span:
    """Return the days of a month, or of two days with a slash between; refuse anything else."""
    if "/" not in period:
        return Span(*month_days(period))
    since, _slash, until = period.partition("/")
    try:
        span = Span(
            None if since == _OPEN else date.fromisoformat(since),
            None if until == _OPEN else date.fromisoformat(until),
        )
    except ValueError:
        raise Refused("day-unreadable", "period") from None
    if span.since and span.until and span.until < span.since:
        raise Refused("period-order", "until")
    return span


def said(span: Span) -> str:
    """Return a span as summaries say it."""
    since, until = span.since, span.until
    return f"{since.isoformat() if since else _OPEN}/{until.isoformat() if until else _OPEN}"
