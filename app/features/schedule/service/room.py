"""What every part of the room's service stands on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.features.schedule.model.recurrence import slots
from app.features.schedule.repo import AppointmentsRepo, CalendarsRepo
from app.features.schedule.repo.appointments import Placed, Series
from app.kernel.changes import Changed, Kind
from app.kernel.clock import Clock
from app.kernel.ids import PersonId, StudentId
from app.kernel.ports import Begin, Read, Transaction


class Groups(Protocol):
    """What the room asks of the one that keeps groups."""

    def names(self) -> Mapping[str, str]:
        """Return the name of each group that is open, by its id."""
        ...

    def members(self, group_id: str, day: str) -> frozenset[StudentId]:
        """Return who is in a group on a day."""
        ...


class NoGroups:
    """A desk without groups."""

    def names(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    def members(self, group_id: str, day: str) -> frozenset[StudentId]:
        """Return nobody."""
        return frozenset()


CHANGED = Changed.only(Kind.APPOINTMENT)
CALENDAR = Changed.only(Kind.CALENDAR, Kind.APPOINTMENT)


@dataclass(frozen=True, slots=True)
class Room:
    """The room's doors."""

    begin: Begin
    read: Read
    who: Callable[[], PersonId]
    clock: Clock
    groups: Groups

    def today(self) -> date:
        """Return the calendar day at the desk."""
        return self.clock.now().day()

    def zone(self) -> str:
        """Return the zone of the desk: that of a building whose own is not known."""
        return self.clock.now().zone


def lay_again(tx: Transaction, school_id: str) -> int:
    """Lay out what is planned in a building again, after its calendar changed; return how many moved.

    From today on, whosever it is. What was held, fell out, was changed or was taken off stays as
    it is.
    """
    today = tx.now.day()
    calendars, book = CalendarsRepo(tx), AppointmentsRepo(tx)
    calendar = calendars.calendar(school_id, tx.now.zone)
    moved = book.set_zone(school_id, today.isoformat(), calendar.zone)
    for series in book.series_in(school_id, today.isoformat()):
        standing = book.slots_from(series.id, today.isoformat())
        ended = _ended_at(standing)
        wanted = {slot.named.isoformat(): slot.day for slot in slots(series.rule, calendar, today)}
        gone, fresh = [], []
        for slot, (row_id, day, state, changed) in standing.items():
            if state != "planned" or changed:
                continue
            if slot not in wanted:
                gone.append(row_id)
            elif wanted[slot].isoformat() != day:
                book.move(row_id, series.on(wanted[slot]), calendar.zone)
                moved += 1
        for slot, lies in wanted.items():
            if slot not in standing and slot < ended:
                fresh.append(_placed(series, lies, calendar.zone, slot))
        book.drop(gone)
        book.add(fresh)
        moved += len(gone) + len(fresh)
    return moved


def _placed(series: Series, day: date, zone: str, slot: str) -> Placed:
    return Placed.new(series.person_id, series.on(day), zone, series.id, slot)


def _ended_at(standing: Mapping[str, tuple[str, str, str, bool]]) -> str:
    """Return the day from which on all of a series was taken off."""
    ended = "9999-12-31"
    for slot in sorted(standing, reverse=True):
        if standing[slot][2] != "off":
            break
        ended = slot
    return ended
