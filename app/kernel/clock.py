"""Time: instants in UTC, with the local zone kept beside them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def utc_text(instant: datetime) -> str:
    """Return an aware datetime as `YYYY-MM-DDTHH:MM:SS.mmmZ`; sorts as it reads."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")[:_TO_MILLISECONDS] + "Z"


_TO_MILLISECONDS = len("YYYY-MM-DDTHH:MM:SS.mmm")


def from_utc_text(text: str) -> datetime:
    """Return the aware UTC datetime of a text that `utc_text` made."""
    return datetime.fromisoformat(text)


def zone_of(name: str) -> tzinfo:
    """Return the zone called `name` (IANA); UTC when this system does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant as it is stored: UTC text with milliseconds, and the IANA zone it was lived in."""

    at: str
    zone: str

    @classmethod
    def of(cls, instant: datetime, zone: str) -> "Moment":
        """Return the moment of an aware datetime."""
        return cls(utc_text(instant), zone)

    @classmethod
    def local(cls, wall: datetime, zone: str) -> "Moment":
        """Return the moment at which clocks in `zone` showed the naive time `wall`."""
        return cls(utc_text(wall.replace(tzinfo=zone_of(zone))), zone)

    def instant(self) -> datetime:
        """Return the aware UTC datetime."""
        return from_utc_text(self.at)

    def wall(self) -> datetime:
        """Return the aware datetime on the clock of its own zone."""
        return self.instant().astimezone(zone_of(self.zone))

    def day(self) -> date:
        """Return the calendar day in its own zone."""
        return self.wall().date()

    def later(self, step: timedelta) -> "Moment":
        """Return the moment `step` after this one, in the same zone."""
        return Moment(utc_text(self.instant() + step), self.zone)


class Clock(Protocol):
    """Where the core gets its time; passed in, never read from the air."""

    def now(self) -> Moment:
        """Return the present moment."""
        ...


class SystemClock:
    """The computer's clock and zone."""

    def __init__(self) -> None:
        from tzlocal import get_localzone_name

        try:
            self._zone = get_localzone_name() or "UTC"
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._zone = "UTC"

    def now(self) -> Moment:
        """Return the present moment in the computer's zone."""
        return Moment(utc_text(datetime.now(UTC)), self._zone)


class FixedClock:
    """A clock that stands until it is moved; the demo and the tests set it."""

    def __init__(self, start: Moment) -> None:
        self.moment = start

    def now(self) -> Moment:
        """Return the moment the clock was set to."""
        return self.moment

    def advance(self, step: timedelta) -> None:
        """Move the clock forward by `step`."""
        self.moment = self.moment.later(step)
