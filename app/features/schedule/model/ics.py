"""Calendar files (RFC 5545): appointments out without names, busy times in without titles."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any

from app.features.schedule.model.appointments import Appointment, Busy
from app.features.schedule.model.bells import MIDNIGHT
from app.features.schedule.model.calendar import wall_instant
from app.kernel.clock import zone_of
from app.kernel.errors import Refused

LARGEST_FILE = 8 * 1024 * 1024
MOST_BUSY = 20_000
_MOST_TURNS = 60_000
"""Days that a rule is followed through; it may have begun long before the days that are asked for."""
_RULES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})


def opaque_id(secret: bytes, appointment_id: str) -> str:
    """Return the id of an appointment in calendar files: always the same, and telling nothing.

    Without the secret, which stays in the vault, nobody comes from one to the other.
    """
    seal = hmac.digest(secret, appointment_id.encode(), hashlib.sha256)
    return str(uuid.UUID(bytes=seal[:16], version=4))


def calendar_file(
    appointments: Iterable[Appointment], secret: bytes, made: datetime, summary: str
) -> bytes:
    """Return appointments as a calendar file: times alone, each `CLASS:PRIVATE`.

    No name, room, building or note goes along; `summary` is what every one of them is called.
    The zones they lie in are described in the file (VTIMEZONE).
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Casewell//Schedule//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    zones: dict[str, tuple[date, date]] = {}
    for one in appointments:
        day = date.fromisoformat(one.day)
        event = Event()
        event.add("uid", opaque_id(secret, one.id))
        event.add("dtstamp", made.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", wall_instant(day, one.starts, one.zone).astimezone(zone_of(one.zone)))
        event.add("dtend", wall_instant(day, one.ends, one.zone).astimezone(zone_of(one.zone)))
        event.add("summary", summary)
        event.add("class", "PRIVATE")
        calendar.add_component(event)
        first, last = zones.get(one.zone, (day, day))
        zones[one.zone] = (min(first, day), max(last, day))
    for zone, (first, last) in sorted(zones.items()):
        if zone_of(zone) is not UTC:
            _describe(calendar, zone, first, last)
    return bytes(calendar.to_ical())


def _describe(calendar: Any, zone: str, first: date, last: date) -> None:
    """Put a zone's rules for a year around the days that lie in it into the file."""
    from icalendar import Timezone

    around = timedelta(days=370)
    described = Timezone.from_tzinfo(
        zone_of(zone), zone, first_date=first - around, last_date=last + around
    )
    described.pop("COMMENT", None)
    calendar.subcomponents.insert(0, described)


@dataclass(frozen=True, slots=True)
class ReadBusy:
    """What a calendar file says is taken."""

    busy: tuple[Busy, ...]
    events: int
    """How many of its events reach into the days that were asked for."""
    unread: int
    """How many repeat in a way that is not understood, or have no time that can be read."""


def busy_times(data: bytes, zone: str, since: date, until: date) -> ReadBusy:
    """Return the times that a calendar file says are taken between two days, in `zone`.

    Titles, places and people in it are not looked at. What is marked as free or cancelled is
    left out; a whole day counts from midnight to midnight.
    """
    from icalendar import Calendar

    if len(data) > LARGEST_FILE:
        raise Refused("ics-large", "file", most=LARGEST_FILE // 1024 // 1024)
    try:
        calendars = Calendar.from_ical(data, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise Refused("ics-unreadable", "file") from None
    if not calendars:
        raise Refused("ics-unreadable", "file")
    here = zone_of(zone)
    begin = datetime.combine(since, time.min, here)
    end = datetime.combine(until + timedelta(days=1), time.min, here)
    replaced = {_place(event, here) for event in events if event.get("RECURRENCE-ID")}
    spans: list[tuple[datetime, datetime]] = []
    counted = unread = 0
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
            continue
        try:
            found = list(_times(event, here, begin, end, replaced))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            unread += 1
            continue
        counted += bool(found)
        spans += found
        if len(spans) > MOST_BUSY:
            raise Refused("ics-many", "file", most=MOST_BUSY)
    return ReadBusy(tuple(_joined(spans, here, since, until)), counted, unread)


def _aware(value: date | datetime, here: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, here)
    return value if value.tzinfo is not None else value.replace(tzinfo=here)


def _place(event: Any, here: tzinfo) -> tuple[str, datetime]:
    """Return which turn of which repeated event stands elsewhere."""
    try:
        turn = _aware(event["RECURRENCE-ID"].dt, here).astimezone(UTC)
    except (ValueError, TypeError, AttributeError, OverflowError):
        turn = datetime.min.replace(tzinfo=UTC)
    return str(event.get("UID", "")), turn


def _times(
    event: Any, here: tzinfo, begin: datetime, end: datetime, replaced: set[tuple[str, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    first = event["DTSTART"].dt
    if event.get("DTEND") is not None:
        length = _naive(event["DTEND"].dt) - _naive(first)
    elif event.get("DURATION") is not None:
        length = event["DURATION"].dt
    else:
        length = timedelta(0) if isinstance(first, datetime) else timedelta(days=1)
    if length <= timedelta(0):
        return
    start = _aware(first, here)
    zone = start.tzinfo or here
    uid, moved = str(event.get("UID", "")), bool(event.get("RECURRENCE-ID"))
    for wall in _turns(event, start, begin - length, end):
        turn = wall.replace(tzinfo=zone)
        if not moved and (uid, turn.astimezone(UTC)) in replaced:
            continue
        if turn < end and turn + length > begin:
            finish = (wall + length).replace(tzinfo=zone)
            yield turn.astimezone(UTC), finish.astimezone(UTC)


def _naive(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min)
    return value.replace(tzinfo=None)


def _turns(event: Any, start: datetime, since: datetime, until: datetime) -> Iterable[datetime]:
    """Return when an event begins, on the clock of its own zone, each time that it comes."""
    from dateutil.rrule import rrule, rruleset, rrulestr

    wall = start.replace(tzinfo=None)
    rules = _listed(event.get("RRULE"))
    if event.get("RECURRENCE-ID") or not (rules or event.get("RDATE")):
        return [wall]
    zone = start.tzinfo
    turns = rruleset()
    turns.rdate(wall)
    for rule in rules:
        known = {name: list(_listed(value)) for name, value in rule.items()}
        if known["FREQ"][0] not in _RULES or int(known.get("INTERVAL", [1])[0]) < 1:
            raise ValueError
        ends = known.pop("UNTIL", None)
        text = type(rule)(known).to_ical().decode()
        if ends:
            last = ends[0]
            if isinstance(last, datetime):
                last = last.astimezone(zone).replace(tzinfo=None) if last.tzinfo else last
            else:
                last = datetime.combine(last, time.max)
            text += f";UNTIL={last:%Y%m%dT%H%M%S}"
        read = rrulestr(text, dtstart=wall)
        if not isinstance(read, rrule):
            raise TypeError
        turns.rrule(read)
    for name, put in (("RDATE", turns.rdate), ("EXDATE", turns.exdate)):
        for held in _listed(event.get(name)):
            for one in held.dts:
                day = one.dt
                if isinstance(day, datetime):
                    put(day.astimezone(zone).replace(tzinfo=None) if day.tzinfo else day)
                else:
                    put(datetime.combine(day, wall.time()))
    earliest, latest = (
        (since - timedelta(days=2)).replace(tzinfo=None),
        (until + timedelta(days=2)).replace(tzinfo=None),
    )
    found = []
    for turn in islice(iter(turns), _MOST_TURNS):
        if turn > latest:
            break
        if turn >= earliest:
            found.append(turn)
    return found


def _listed(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]


def _joined(
    spans: Iterable[tuple[datetime, datetime]], here: tzinfo, since: date, until: date
) -> Iterator[Busy]:
    """Yield spans cut at midnight, those that meet made one: neither which nor how many they are."""
    days: dict[date, list[tuple[int, int]]] = {}
    for begun, ended in spans:
        first, last = begun.astimezone(here), ended.astimezone(here)
        day = first.date()
        while day <= last.date() and day <= until:
            starts = first.hour * 60 + first.minute if day == first.date() else 0
            ends = last.hour * 60 + last.minute if day == last.date() else MIDNIGHT
            if day >= since and ends > starts:
                days.setdefault(day, []).append((starts, ends))
            day += timedelta(days=1)
    for day in sorted(days):
        over: list[int] = []
        for starts, ends in sorted(days[day]):
            if over and starts <= over[1]:
                over[1] = max(over[1], ends)
            else:
                if over:
                    yield Busy(day.isoformat(), over[0], over[1])
                over = [starts, ends]
        if over:
            yield Busy(day.isoformat(), over[0], over[1])
