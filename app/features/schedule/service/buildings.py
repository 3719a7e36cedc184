"""The buildings' bells and calendars: entered in a form or read from a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.features.schedule.commands import (
    ImportBells,
    RemoveBells,
    RemoveSpecialDay,
    RemoveYear,
    SetBells,
    SetSpecialDay,
    SetTravel,
    SetYear,
)
from app.features.schedule.model.bells import Bell, accepted_periods, accepted_title
from app.features.schedule.model.calendar import (
    Calendar,
    SchoolYear,
    SpecialDay,
    accepted_day,
    accepted_year,
)
from app.features.schedule.model.tables import ReadTable, read_table
from app.features.schedule.repo import Calendars, CalendarsRepo, School
from app.features.schedule.service.room import CALENDAR, Room, lay_again
from app.kernel.changes import Changed, Kind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, new_id
from app.kernel.ports import Transaction

LONGEST_CLOSURE = 120
"""Days that one entry of the form may close."""


@dataclass(frozen=True, slots=True)
class Building:
    """Everything the page of a building's calendar shows."""

    school: School
    bells: tuple[Bell, ...]
    years: tuple[SchoolYear, ...]
    special: tuple[SpecialDay, ...]
    travel: Mapping[SchoolId, int]
    """Minutes to each other building that some were entered for."""
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table brought, or why nothing of it was taken."""

    table: ReadTable
    changed: Changed = Changed()  # noqa: RUF009 - frozen


class BuildingsService:
    """Bell schedules, school years, special days and the ways between buildings."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def schools(self) -> tuple[School, ...]:
        """Return the buildings in use: one's own in their order, then the rest."""
        with self._room.read() as reader:
            return Calendars(reader).schools(self._room.who())

    def building(self, school_id: str) -> Building:
        """Return a building with its bells and calendar; refuse one that is not in use."""
        with self._room.read() as reader:
            calendars = Calendars(reader)
            schools = calendars.schools(self._room.who())
            school = next((one for one in schools if one.id == school_id), None)
            if school is None:
                raise Refused("schedule-needs-school", "school")
            travel = {
                SchoolId(one if other == school_id else other): minutes
                for (one, other), minutes in calendars.travel().items()
                if school_id in (one, other)
            }
            return Building(
                school,
                tuple(calendars.bells(school_id)),
                tuple(calendars.years(school_id)),
                tuple(calendars.special_days(school_id)),
                travel,
                calendars.calendar(school_id, self._room.zone()),
            )

    def closed_on(self, day: str) -> dict[SchoolId, str]:
        """Return the buildings that were said to have no school on a day, and why."""
        with self._room.read() as reader:
            return Calendars(reader).closed_on(day)

    # -- bells -----------------------------------------------------------------------

    def set_bells(self, command: SetBells) -> Changed:
        """Make or change a bell schedule; refuse a name the building has already."""
        name = accepted_title(command.name, "name", "bells-need-name")
        periods = accepted_periods(command.periods)
        bell = Bell(command.bell_id or new_id(), SchoolId(command.school_id), name, periods)
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            others = calendars.bells(_of_use(calendars, tx, command.school_id))
            if any(o.name.casefold() == name.casefold() and o.id != bell.id for o in others):
                raise Refused("bells-twice", "name", name=name)
            before = next((one for one in others if one.id == bell.id), None)
            calendars.set_bell(bell, len(others))
            tx.journal("SetBells", "bell_schedule", bell.id, _bell_facts(before), _bell_facts(bell))
        return replace(CALENDAR, made=bell.id)

    def remove_bells(self, command: RemoveBells) -> Changed:
        """Take away a bell schedule; refuse one that a year or a special day rings by."""
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            before = calendars.bell(command.bell_id)
            if before is None:
                raise Refused("bells-gone")
            if calendars.bell_is_used(command.bell_id):
                raise Refused("bells-in-use", name=before.name)
            calendars.drop_bell(command.bell_id)
            tx.journal("RemoveBells", "bell_schedule", before.id, _bell_facts(before), {})
        return CALENDAR

    # -- years and special days --------------------------------------------------------

    def set_year(self, command: SetYear) -> Changed:
        """Enter or change a school year; what comes again in the building is laid out anew."""
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            school_id = _of_use(calendars, tx, command.year.school_id)
            known = {one.id: one for one in calendars.years(school_id)}
            bells = [bell.id for bell in calendars.bells(school_id)]
            year = accepted_year(command.year, command.year_id or new_id(), bells)
            for other in known.values():
                if other.id != year.id and not (
                    other.ends_on < year.starts_on or year.ends_on < other.starts_on
                ):
                    raise Refused("years-overlap", "starts_on")
            calendars.set_year(year)
            moved = lay_again(tx, school_id)
            tx.journal(
                "SetYear",
                "school_year",
                year.id,
                _year_facts(known.get(year.id)),
                {**_year_facts(year), "moved": moved},
            )
        return replace(CALENDAR, made=year.id)

    def remove_year(self, command: RemoveYear) -> Changed:
        """Take away a school year."""
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            before = next((one for one in calendars.years() if one.id == command.year_id), None)
            if before is None:
                raise Refused("year-gone")
            calendars.drop_year(before.id)
            moved = lay_again(tx, before.school_id)
            tx.journal(
                "RemoveYear", "school_year", before.id, _year_facts(before), {"moved": moved}
            )
        return CALENDAR

    def set_special_day(self, command: SetSpecialDay) -> Changed:
        """Say what a day, or each of several days, is like in one building or several."""
        first = accepted_day(command.on, "on")
        last = accepted_day(command.until, "until") if command.until.strip() else first
        if last < first:
            raise Refused("period-order", "until")
        if (last - first).days >= LONGEST_CLOSURE:
            raise Refused("closure-long", "until", most=LONGEST_CLOSURE)
        reason = " ".join(command.reason.split())
        if len(reason) > 120:
            raise Refused("schedule-name-long", "reason", longest=120)
        if not command.school_ids:
            raise Refused("schedule-needs-school", "school")
        bell = command.bell_id or command.bell_name
        if not command.closed and not (bell or command.cycle_day):
            raise Refused("special-says-nothing", "bell")
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            for school in command.school_ids:
                school_id = _of_use(calendars, tx, school)
                bell_id = "" if command.closed else _bell_id(calendars, school_id, command)
                turn = "" if command.closed else command.cycle_day
                days = [
                    SpecialDay(school_id, day, command.closed, bell_id, turn, reason)
                    for day in _each(first, last)
                ]
                calendars.set_special(days)
                moved = lay_again(tx, school_id)
                tx.journal(
                    "SetSpecialDay",
                    "school",
                    school_id,
                    after={
                        "on": first.isoformat(),
                        "until": last.isoformat(),
                        "closed": command.closed,
                        "bell": bell_id,
                        "cycle_day": turn,
                        "reason": reason,
                        "moved": moved,
                    },
                )
        return CALENDAR

    def remove_special_day(self, command: RemoveSpecialDay) -> Changed:
        """Let a day be as its weekday is."""
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            before = calendars.drop_special(command.school_id, command.on)
            if before is None:
                raise Refused("special-gone")
            moved = lay_again(tx, command.school_id)
            tx.journal(
                "RemoveSpecialDay",
                "school",
                command.school_id,
                {
                    "on": command.on,
                    "closed": before.closed,
                    "bell": before.bell_id,
                    "cycle_day": before.cycle_day,
                    "reason": before.reason,
                },
                {"moved": moved},
            )
        return CALENDAR

    def set_travel(self, command: SetTravel) -> Changed:
        """Say how long the way between two buildings takes; the same both ways."""
        entry = command.minutes.strip()
        if entry and not (entry.isascii() and entry.isdecimal() and int(entry[:6]) <= 600):
            raise Refused("travel-minutes", "minutes", most=600)
        if command.one_school == command.other_school:
            raise Refused("travel-same", "other")
        minutes = int(entry) if entry else None
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            for school in (command.one_school, command.other_school):
                _of_use(calendars, tx, school)
            pair = (
                min(command.one_school, command.other_school),
                max(command.one_school, command.other_school),
            )
            before = calendars.travel().get(pair)
            calendars.set_travel(*pair, minutes)
            tx.journal(
                "SetTravel",
                "school",
                pair[0],
                {"other": pair[1], "minutes": before},
                {"other": pair[1], "minutes": minutes},
            )
        return Changed.only(Kind.CALENDAR)

    # -- tables ------------------------------------------------------------------------

    def look_at_table(self, text: str) -> ReadTable:
        """Return what a table of bells or of days would bring, without taking it."""
        with self._room.read() as reader:
            return self._read(Calendars(reader), text)

    def import_bells(self, command: ImportBells) -> Imported:
        """Take a table of bells or of days; with a row that cannot be read, nothing of it."""
        table = self.look_at_table(command.text)
        if table.bad:
            return Imported(table)
        with self._room.begin() as tx:
            calendars = CalendarsRepo(tx)
            for (school, name), periods in table.bells.items():
                others = calendars.bells(school)
                known = next((o for o in others if o.name.casefold() == name.casefold()), None)
                bell = Bell(known.id if known else new_id(), school, name, periods)
                calendars.set_bell(bell, len(others))
                tx.journal(
                    "SetBells", "bell_schedule", bell.id, _bell_facts(known), _bell_facts(bell)
                )
            calendars.set_special(table.days)
            for school in sorted({day.school_id for day in table.days}):
                moved = lay_again(tx, school)
                days = [one.day.isoformat() for one in table.days if one.school_id == school]
                tx.journal("SetSpecialDay", "school", school, after={"days": days, "moved": moved})
        return Imported(table, CALENDAR)

    def _read(self, calendars: Calendars, text: str) -> ReadTable:
        schools: dict[str, SchoolId] = {}
        for school in reversed(calendars.schools(self._room.who())):
            if school.identifier:
                schools[school.identifier.casefold()] = school.id
            schools[school.name.casefold()] = school.id
        bells = {(bell.school_id, bell.name.casefold()): bell.id for bell in calendars.bells()}
        cycles = {year.school_id: year.cycle for year in calendars.years()}
        return read_table(text, schools, bells, cycles)


def _of_use(calendars: Calendars, tx: Transaction, school_id: str) -> SchoolId:
    """Return a building's id; refuse one that is not in use."""
    if all(school.id != school_id for school in calendars.schools(tx.who)):
        raise Refused("schedule-needs-school", "school")
    return SchoolId(school_id)


def _bell_id(calendars: Calendars, school_id: str, command: SetSpecialDay) -> str:
    """Return which of a building's bells are meant: by id, or by name where it has such."""
    for bell in calendars.bells(school_id):
        if bell.id == command.bell_id or (
            command.bell_name and bell.name.casefold() == command.bell_name.casefold()
        ):
            return bell.id
    if command.bell_id or command.bell_name:
        raise Refused("bells-gone", "bell")
    return ""


def _each(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def _bell_facts(bell: Bell | None) -> dict[str, object]:
    if bell is None:
        return {}
    return {
        "name": bell.name,
        "school": bell.school_id,
        "periods": [[p.name, p.starts, p.ends, int(p.teaches)] for p in bell.periods],
    }


def _year_facts(year: SchoolYear | None) -> dict[str, object]:
    if year is None:
        return {}
    return {
        "school": year.school_id,
        "starts_on": year.starts_on.isoformat(),
        "ends_on": year.ends_on.isoformat(),
        "zone": year.zone,
        "weekdays": sorted(year.weekdays),
        "cycle": list(year.cycle),
        "bells": dict(year.bells),
    }
