"""Days laid out: what lies side by side, and where the way between two buildings is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from app.features.schedule.model.appointments import Appointment, Busy, travel_minutes
from app.features.schedule.model.calendar import Calendar, SchoolDay
from app.kernel.ids import SchoolId


class Laid(NamedTuple):
    """An appointment in its place: the how-manieth of how many side by side."""

    appointment: Appointment
    lane: int = 0
    lanes: int = 1


class LaidDay(NamedTuple):
    """One day of a schedule."""

    day: date
    entries: Sequence[Laid]
    busy: Sequence[Busy]
    buildings: Mapping[SchoolId, SchoolDay]
    """What the day is in each building that has a calendar."""


def lay_out(
    since: date,
    until: date,
    rows: Iterable[Appointment],
    busy: Iterable[Busy],
    calendars: Mapping[SchoolId, Calendar],
) -> list[LaidDay]:
    """Return every day between two, with what is on it; `rows` come by day and hour."""
    on_day: dict[str, list[Appointment]] = {}
    for row in rows:
        held = on_day.get(row[1])
        if held is None:
            on_day[row[1]] = [row]
        else:
            held.append(row)
    taken: dict[str, list[Busy]] = {}
    for one in busy:
        taken.setdefault(one.day, []).append(one)
    days = [since + timedelta(days=step) for step in range((until - since).days + 1)]
    schools = list(calendars)
    columns = zip(*(calendar.between(days) for calendar in calendars.values()), strict=True)
    buildings = (dict(zip(schools, column, strict=True)) for column in columns)
    found: list[LaidDay] = []
    for day in days:
        text = day.isoformat()
        rows_of = on_day.get(text)
        laid = lanes(rows_of) if rows_of else ()
        found.append(LaidDay(day, laid, taken.get(text, ()), next(buildings, {})))
    return found


def lanes(rows: Sequence[Appointment]) -> list[Laid]:
    """Return appointments side by side where they overlap; in each heap as few lanes as need be.

    `rows` come in order of their beginnings. Two that only touch lie in one lane.
    """
    over = 0
    for row in rows:
        if row[2] < over:
            break
        over = row[3]
    else:
        return list(map(Laid, rows))
    laid: list[Laid] = []
    heap: list[tuple[Appointment, int]] = []
    ends: list[int] = []
    over = 0
    for row in rows:
        if heap and row[2] >= over:
            _close(laid, heap, len(ends))
            heap, ends = [], []
            over = 0
        lane = next((at for at, end in enumerate(ends) if end <= row[2]), len(ends))
        if lane == len(ends):
            ends.append(row[3])
        else:
            ends[lane] = row[3]
        heap.append((row, lane))
        over = max(over, row[3])
    _close(laid, heap, len(ends))
    return laid


def _close(laid: list[Laid], heap: Sequence[tuple[Appointment, int]], count: int) -> None:
    laid += [Laid(row, lane, count) for row, lane in heap]


class Stop(NamedTuple):
    """A stretch of the day in one building, and the way there."""

    school_id: SchoolId | None
    entries: Sequence[Appointment]
    travel: int
    """Minutes from the building before, where they are known."""
    gap: int
    """Minutes between the last appointment before and the first here; -1 at the day's start."""


def stops(rows: Iterable[Appointment], travel: Mapping[tuple[str, str], int]) -> list[Stop]:
    """Return a day building by building in the order one comes to them.

    What has no building (a call, lunch on the way) belongs to where one is at that hour.
    """
    found: list[Stop] = []
    here: list[Appointment] = []
    building: SchoolId | None = None
    before: SchoolId | None = None
    ended = -1
    for row in sorted(rows, key=lambda one: (one.starts, one.ends)):
        elsewhere = row.school_id is not None and building is not None and row.school_id != building
        if elsewhere:
            found.append(_stop(building, here, before, ended, travel))
            before, ended = building, max(one.ends for one in here)
            here, building = [], row.school_id
        building = building or row.school_id
        here.append(row)
    if here:
        found.append(_stop(building, here, before, ended, travel))
    return found


def _stop(
    building: SchoolId | None,
    here: list[Appointment],
    before: SchoolId | None,
    ended: int,
    travel: Mapping[tuple[str, str], int],
) -> Stop:
    gap = here[0].starts - ended if ended >= 0 else -1
    return Stop(building, tuple(here), travel_minutes(travel, before, building), gap)
