"""Bell schedules, school years, special days and ways between buildings in the file."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.features.schedule.model.bells import Bell, Period
from app.features.schedule.model.calendar import Calendar, SchoolYear, SpecialDay
from app.kernel.ids import PersonId, SchoolId, StudentId
from app.kernel.ports import Reader, Row, Transaction


@dataclass(frozen=True, slots=True)
class School:
    """A building as the room's lists show it."""

    id: SchoolId
    name: str
    mine: bool
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """The calendars as they were laid out, and the rows that they were laid out from."""

    rows: tuple[str, list[Row], list[Row], list[Row]]
    by_school: Mapping[SchoolId, Calendar]


class Calendars:
    """The calendars of the buildings."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def schools(self, person: PersonId) -> tuple[School, ...]:
        """Return the buildings in use: one's own in their order, then the rest by name."""
        rows = self._reader.execute(
            "SELECT b.id, b.name, w.position IS NOT NULL, b.identifier FROM school b"
            " LEFT JOIN person_school w ON w.school_id = b.id AND w.person_id = ?"
            " WHERE b.active = 1 AND (b.kind = 'school' OR w.position IS NOT NULL)"
            " ORDER BY w.position IS NULL, w.position, b.name COLLATE NOCASE, b.id",
            (person,),
        )
        return tuple(School(SchoolId(row[0]), row[1], bool(row[2]), row[3]) for row in rows)

    def bells(self, school_id: str | None = None) -> list[Bell]:
        """Return the bell schedules of a building, or of all, in their order."""
        return _bells(self._bell_rows(school_id))

    def bell(self, bell_id: str) -> Bell | None:
        """Return one bell schedule, or None."""
        row = self._reader.execute(
            "SELECT school_id FROM bell_schedule WHERE id = ?", (bell_id,)
        ).fetchone()
        if row is None:
            return None
        return next((bell for bell in self.bells(row[0]) if bell.id == bell_id), None)

    def bell_is_used(self, bell_id: str) -> bool:
        """Tell whether a school year or a special day rings by these bells."""
        row = self._reader.execute(
            "SELECT 1 FROM special_day WHERE bell_id = :bell UNION ALL SELECT 1 FROM school_year y"
            " WHERE EXISTS (SELECT 1 FROM json_each(y.bells) e WHERE e.value = :bell) LIMIT 1",
            {"bell": bell_id},
        ).fetchone()
        return row is not None

    def years(self, school_id: str | None = None) -> list[SchoolYear]:
        """Return the school years of a building, or of all, the earliest first."""
        return [_year(row) for row in self._year_rows(school_id)]

    def special_days(self, school_id: str | None = None) -> list[SpecialDay]:
        """Return the special days of a building, or of all, in order."""
        return [_special(row) for row in self._special_rows(school_id)]

    def _bell_rows(self, school_id: str | None = None) -> list[Row]:
        of = "WHERE b.school_id = :school" if school_id else ""
        return self._reader.execute(
            "SELECT b.id, b.school_id, b.name, p.name, p.starts, p.ends, p.teaches"
            f" FROM bell_schedule b LEFT JOIN bell_period p ON p.bell_id = b.id {of}"
            " ORDER BY b.school_id, b.position, b.id, p.position",
            {"school": school_id},
        ).fetchall()

    def _year_rows(self, school_id: str | None = None) -> list[Row]:
        of = "WHERE school_id = :school" if school_id else ""
        return self._reader.execute(
            "SELECT id, school_id, starts_on, ends_on, zone, weekdays, cycle, bells"
            f" FROM school_year {of} ORDER BY school_id, starts_on",
            {"school": school_id},
        ).fetchall()

    def _special_rows(self, school_id: str | None = None) -> list[Row]:
        of = "WHERE school_id = :school" if school_id else ""
        return self._reader.execute(
            "SELECT school_id, day, closed, bell_id, cycle_day, reason"
            f" FROM special_day {of} ORDER BY school_id, day",
            {"school": school_id},
        ).fetchall()

    def closed_on(self, day: str) -> dict[SchoolId, str]:
        """Return the buildings that have no school on a day, by special day, and why."""
        rows = self._reader.execute(
            "SELECT school_id, reason FROM special_day WHERE day = ? AND closed = 1", (day,)
        )
        return {SchoolId(school): reason for school, reason in rows}

    def calendar(self, school_id: str | None, zone: str) -> Calendar:
        """Return the calendar of one building; `zone` is that of a building without one."""
        if not school_id:
            return Calendar(None, (), (), (), zone)
        return Calendar(
            SchoolId(school_id),
            self.years(school_id),
            self.special_days(school_id),
            self.bells(school_id),
            zone,
        )

    def calendars(self, zone: str, before: "Known | None" = None) -> "Known":
        """Return the calendar of every building that has one.

        Laying out years of days is most of the work of a look at the schedule: where the file
        says what it said `before`, that is what is returned.
        """
        rows = (zone, self._year_rows(), self._special_rows(), self._bell_rows())
        if before is not None and before.rows == rows:
            return before
        years: dict[SchoolId, list[SchoolYear]] = {}
        for year in map(_year, rows[1]):
            years.setdefault(year.school_id, []).append(year)
        special: dict[SchoolId, list[SpecialDay]] = {}
        for day in map(_special, rows[2]):
            special.setdefault(day.school_id, []).append(day)
        bells: dict[SchoolId, list[Bell]] = {}
        for bell in _bells(rows[3]):
            bells.setdefault(bell.school_id, []).append(bell)
        made = {
            school: Calendar(school, own, special.get(school, ()), bells.get(school, ()), zone)
            for school, own in years.items()
        }
        return Known(rows, made)

    def travel(self) -> dict[tuple[str, str], int]:
        """Return the minutes between each two buildings; the smaller id comes first."""
        rows = self._reader.execute("SELECT one_school, other_school, minutes FROM travel_time")
        return {(one, other): minutes for one, other, minutes in rows}

    def schools_of(
        self, students: Iterable[StudentId]
    ) -> dict[StudentId, tuple[str, SchoolId | None]]:
        """Return each student's name and building."""
        rows = self._reader.execute(
            "SELECT s.id, CASE s.preferred_name WHEN '' THEN s.given_name ELSE s.preferred_name END"
            " || ' ' || s.family_name, s.school_id"
            " FROM student s WHERE s.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(students)),),
        )
        return {StudentId(row[0]): (row[1].strip(), row[2]) for row in rows}

    def classes_of(self, student_id: str, day: str) -> list[tuple[str, str]]:
        """Return the title and the periods of each class a student is in on a day."""
        rows = self._reader.execute(
            "SELECT DISTINCT c.title, c.periods FROM enrollment e JOIN class c ON c.id = e.class_id"
            " WHERE e.student_id = :student AND e.role = 'student' AND e.active = 1 AND c.active = 1"
            " AND c.periods <> '' AND e.begins_on <= :day AND (e.ends_on = '' OR e.ends_on >= :day)"
            " ORDER BY c.title",
            {"student": student_id, "day": day},
        )
        return [(row[0], row[1]) for row in rows]


def _bells(rows: Iterable[Row]) -> list[Bell]:
    heads: dict[str, tuple[str, str]] = {}
    periods: dict[str, list[Period]] = {}
    for bell, school, name, period, starts, ends, teaches in rows:
        heads[bell] = (school, name)
        held = periods.setdefault(bell, [])
        if period is not None:
            held.append(Period(period, starts, ends, bool(teaches)))
    return [
        Bell(bell, SchoolId(school), name, tuple(periods[bell]))
        for bell, (school, name) in heads.items()
    ]


def _year(row: Row) -> SchoolYear:
    return SchoolYear(
        row[0],
        SchoolId(row[1]),
        date.fromisoformat(row[2]),
        date.fromisoformat(row[3]),
        row[4],
        frozenset(int(digit) for digit in row[5]),
        tuple(json.loads(row[6])),
        json.loads(row[7]),
    )


def _special(row: Row) -> SpecialDay:
    return SpecialDay(
        SchoolId(row[0]),
        date.fromisoformat(row[1]),
        bool(row[2]),
        row[3] or "",
        row[4],
        row[5],
    )


class CalendarsRepo(Calendars):
    """The calendars, in a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def set_bell(self, bell: Bell, position: int) -> None:
        """Put a bell schedule into the file, or in place of what it was."""
        self._tx.execute(
            "INSERT INTO bell_schedule (id, school_id, name, position) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name",
            (bell.id, bell.school_id, bell.name, position),
        )
        self._tx.execute("DELETE FROM bell_period WHERE bell_id = ?", (bell.id,))
        self._tx.executemany(
            "INSERT INTO bell_period (bell_id, position, name, starts, ends, teaches)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (bell.id, at, period.name, period.starts, period.ends, int(period.teaches))
                for at, period in enumerate(bell.periods)
            ],
        )

    def drop_bell(self, bell_id: str) -> None:
        """Take a bell schedule out of the file."""
        self._tx.execute("DELETE FROM bell_period WHERE bell_id = ?", (bell_id,))
        self._tx.execute("DELETE FROM bell_schedule WHERE id = ?", (bell_id,))

    def set_year(self, year: SchoolYear) -> None:
        """Put a school year into the file, or in place of what it was."""
        self._tx.execute(
            "INSERT INTO school_year (id, school_id, starts_on, ends_on, zone, weekdays, cycle, bells,"
            " made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " starts_on = excluded.starts_on, ends_on = excluded.ends_on, zone = excluded.zone,"
            " weekdays = excluded.weekdays, cycle = excluded.cycle, bells = excluded.bells",
            (
                year.id,
                year.school_id,
                year.starts_on.isoformat(),
                year.ends_on.isoformat(),
                year.zone,
                "".join(str(day) for day in sorted(year.weekdays)),
                json.dumps(year.cycle, ensure_ascii=False),
                json.dumps(dict(year.bells), ensure_ascii=False),
                self._tx.now.at,
            ),
        )

    def drop_year(self, year_id: str) -> None:
        """Take a school year out of the file."""
        self._tx.execute("DELETE FROM school_year WHERE id = ?", (year_id,))

    def set_special(self, days: Iterable[SpecialDay]) -> None:
        """Put special days into the file, each in place of what its day was."""
        self._tx.executemany(
            "INSERT INTO special_day (school_id, day, closed, bell_id, cycle_day, reason)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (school_id, day) DO UPDATE SET"
            " closed = excluded.closed, bell_id = excluded.bell_id, cycle_day = excluded.cycle_day,"
            " reason = excluded.reason",
            [
                (
                    one.school_id,
                    one.day.isoformat(),
                    int(one.closed),
                    one.bell_id or None,
                    one.cycle_day,
                    one.reason,
                )
                for one in days
            ],
        )

    def drop_special(self, school_id: str, day: str) -> SpecialDay | None:
        """Take a special day out of the file; return what it was."""
        before = next(
            (one for one in self.special_days(school_id) if one.day.isoformat() == day), None
        )
        self._tx.execute(
            "DELETE FROM special_day WHERE school_id = ? AND day = ?", (school_id, day)
        )
        return before

    def set_travel(self, one: str, other: str, minutes: int | None) -> None:
        """Put the minutes between two buildings into the file; None takes them out."""
        pair: Mapping[str, str] = {"one": min(one, other), "other": max(one, other)}
        self._tx.execute(
            "DELETE FROM travel_time WHERE one_school = :one AND other_school = :other", pair
        )
        if minutes is not None:
            self._tx.execute(
                "INSERT INTO travel_time (one_school, other_school, minutes) VALUES (?, ?, ?)",
                (pair["one"], pair["other"], minutes),
            )
