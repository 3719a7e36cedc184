"""Calendar files: what is planned goes out without names, busy times come in without titles."""

import os
from dataclasses import dataclass
from datetime import timedelta

from app.features.schedule.commands import ExportCalendar, ForgetBusy, ImportBusy
from app.features.schedule.model.appointments import State
from app.features.schedule.model.calendar import accepted_day
from app.features.schedule.model.ics import ReadBusy, busy_times, calendar_file
from app.features.schedule.repo import Appointments, AppointmentsRepo
from app.features.schedule.service.room import CHANGED, Room
from app.kernel.changes import Changed
from app.kernel.errors import Refused
from app.kernel.ports import Read
from app.kernel.words import _

_BACK, _AHEAD = timedelta(days=14), timedelta(days=400)
"""Around today: the days of a calendar file that are read."""


@dataclass(frozen=True, slots=True)
class CalendarMade:
    """A calendar file, in memory: whoever asked for it puts it where it goes."""

    data: bytes
    count: int


@dataclass(frozen=True, slots=True)
class BusyImported:
    """What a calendar file brought."""

    read: ReadBusy
    changed: Changed = CHANGED


class FilesService:
    """Calendar files out and in."""

    def __init__(self, room: Room, leaving: Read) -> None:
        self._room = room
        self._leaving = leaving

    def export(self, command: ExportCalendar) -> CalendarMade:
        """Return the appointments between two days as a calendar file; the journal tells of it."""
        since = accepted_day(command.since, "since")
        until = accepted_day(command.until, "until")
        if until < since:
            raise Refused("period-order", "until")
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            secret = book.secret(tx.who)
            if secret is None:
                secret = os.urandom(32)
                book.keep_secret(tx.who, secret)
            tx.journal(
                "ExportCalendar",
                "person",
                tx.who,
                after={"since": since.isoformat(), "until": until.isoformat()},
            )
        with self._leaving() as reader:
            rows = Appointments(reader).between(
                self._room.who(), since.isoformat(), until.isoformat()
            )
        planned = [row for row in rows if row.state in {State.PLANNED, State.HELD}]
        made = self._room.clock.now().instant()
        return CalendarMade(calendar_file(planned, secret, made, _("Appointment")), len(planned))

    def import_busy(self, command: ImportBusy) -> BusyImported:
        """Put a calendar file's busy times in place of those that were known; its titles stay outside."""
        today = self._room.today()
        read = busy_times(command.data, self._room.zone(), today - _BACK, today + _AHEAD)
        with self._room.begin() as tx:
            AppointmentsRepo(tx).replace_busy(tx.who, read.busy)
            tx.journal(
                "ImportBusy",
                "person",
                tx.who,
                after={"times": len(read.busy), "events": read.events, "unread": read.unread},
            )
        return BusyImported(read)

    def forget_busy(self, _command: ForgetBusy) -> Changed:
        """Forget the busy times that were read."""
        with self._room.begin() as tx:
            book = AppointmentsRepo(tx)
            before = book.busy_count(tx.who)
            book.replace_busy(tx.who, ())
            tx.journal("ForgetBusy", "person", tx.who, {"times": before}, {"times": 0})
        return CHANGED
