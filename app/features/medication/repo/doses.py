"""What became of doses, and what is asked of it while the next one is recorded."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from app.features.medication.model.checks import Past, Supply
from app.features.medication.model.doses import Code, Dose, Source, heads
from app.features.medication.model.nursing import NoSchool
from app.features.medication.repo.rows import Book, Keeper, listed, read_as, width
from app.kernel.clock import Moment

_LAST_BALANCE = (
    "coalesce((SELECT m.balance FROM stock_movement m WHERE m.container_id = c.id"
    " ORDER BY m.row DESC LIMIT 1), 0)"
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of what became of a dose, with the medicine and the name of who recorded it."""

    dose: Dose
    supply: str
    by: str
    """Empty where the desk itself saw that it was missed."""

    def past(self) -> Past:
        """Return it as the checks see a dose that was given."""
        dose = self.dose
        return Past(
            dose.series_id,
            self.supply.partition("|")[0],
            self.supply,
            dose.amount,
            Moment(dose.given_at, dose.zone),
            dose.giver or self.by,
            dose.source,
        )


def _wanted(students: Iterable[str]) -> str:
    return json.dumps(sorted(set(students)))


def standing_heads(rows: Iterable[Recorded]) -> list[Recorded]:
    """Return the rows that no other row replaces."""
    known = list(rows)
    standing = {dose.id for dose in heads([row.dose for row in known])}
    return [row for row in known if row.dose.id in standing]


class Doses(Book):
    """Doses, for reading."""

    _FROM = (
        " FROM dose d JOIN medication_order o ON o.id = d.order_id"
        " LEFT JOIN person p ON p.id = d.person_id WHERE "
    )

    def _recorded(self, condition: str, values: tuple[str | int, ...]) -> list[Recorded]:
        rows = self.reader.execute(
            f"SELECT {listed(Dose, 'd')}, o.supply, coalesce(p.name, ''){self._FROM}{condition}",
            values,
        )
        at = width(Dose)
        return [Recorded(read_as(Dose, row), row[at], row[at + 1]) for row in rows]

    def of_student_since(self, student_id: str, day: str) -> list[Recorded]:
        """Return every row of a student's doses from a day on, in the order they were written."""
        return self._recorded("d.student_id = ? AND d.day >= ? ORDER BY d.row", (student_id, day))

    def doses_of(self, student_id: str, since: str, until: str) -> list[Recorded]:
        """Return every row of a student's doses between two days, in the order they were written."""
        return self._recorded(
            "d.student_id = ? AND d.day BETWEEN ? AND ? ORDER BY d.row", (student_id, since, until)
        )

    def of_day(self, students: Iterable[str], day: str) -> list[Recorded]:
        """Return every row of some students' doses of a day, in the order they were written."""
        return self._recorded(
            "d.student_id IN (SELECT value FROM json_each(?)) AND d.day = ? ORDER BY d.row",
            (_wanted(students), day),
        )

    def between(self, since: str, until: str) -> list[Recorded]:
        """Return every row of all doses between two days, in the order they were written."""
        return self._recorded(
            "d.student_id IN (SELECT s.id FROM student s) AND d.day BETWEEN ? AND ? ORDER BY d.row",
            (since, until),
        )

    def of_trip(self, trip_id: str) -> list[Recorded]:
        """Return what stands of the doses of a trip, in the order it was written."""
        return self._recorded(
            "d.trip_id = ? AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id)"
            " ORDER BY d.row",
            (trip_id,),
        )

    def slots_of_day(self, students: Iterable[str], day: str) -> set[tuple[str, str, str]]:
        """Return the keys of scheduled doses of a day of which anything is recorded."""
        rows = self.reader.execute(
            "SELECT d.series_id, d.day, d.slot FROM dose d WHERE d.slot <> ''"
            " AND d.student_id IN (SELECT value FROM json_each(?)) AND d.day = ?",
            (_wanted(students), day),
        )
        return {(row[0], row[1], row[2]) for row in rows}

    def chain(self, dose_id: str) -> list[Recorded]:
        """Return all rows of one dose, from what was recorded first to what stands now."""
        return self._recorded(
            "d.id IN (WITH RECURSIVE before (id) AS (SELECT ? UNION SELECT x.replaces FROM before b"
            " JOIN dose x ON x.id = b.id WHERE x.replaces IS NOT NULL), after (id) AS (SELECT ?"
            " UNION SELECT y.id FROM after a JOIN dose y ON y.replaces = a.id)"
            " SELECT id FROM before UNION SELECT id FROM after) ORDER BY d.row",
            (dose_id, dose_id),
        )

    def head_of_slot(self, series_id: str, day: str, slot: str) -> Recorded | None:
        """Return what stands of one scheduled dose, or None."""
        rows = self._recorded(
            "d.series_id = ? AND d.day = ? AND d.slot = ? ORDER BY d.row", (series_id, day, slot)
        )
        return next(iter(standing_heads(rows)), None)

    def effects_due(self, since: str, until: str) -> list[Recorded]:
        """Return the doses whose effect is due between two instants and not yet told."""
        return self._recorded(
            "d.effect_due_at > ? AND d.effect_due_at <= ? AND d.outcome = 'given'"
            " AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id)"
            " AND NOT EXISTS (SELECT 1 FROM care_entry e WHERE e.subject_id = d.id"
            " AND e.kind = 'effect') ORDER BY d.effect_due_at, d.row",
            (since, until),
        )

    def last_recorded_at(self) -> str:
        """Return the instant that the newest row bears; empty before the first."""
        row = self.reader.execute(
            "SELECT recorded_at FROM dose WHERE person_id IS NOT NULL ORDER BY row DESC LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else ""

    def supplies(
        self, student_id: str | None, school_id: str | None, supply: str
    ) -> tuple[list[Supply], bool]:
        """Return the containers that serve an order, and whether any was ever received."""
        rows = self.reader.execute(
            f"SELECT c.id, {_LAST_BALANCE}, c.expires_on FROM container c"
            " WHERE c.student_id IS ? AND c.supply = ?"
            + ("" if student_id else " AND c.school_id IS ?"),
            (student_id, supply) if student_id else (None, supply, school_id),
        ).fetchall()
        return [Supply(*row) for row in rows], bool(rows)

    def all_supplies(self) -> dict[tuple[str, str, str], list[Supply]]:
        """Return every container that is not empty, by whose it is (student, or school) and what it holds.

        A key whose list is empty had containers and has none left.
        """
        found: dict[tuple[str, str, str], list[Supply]] = {}
        for row in self.reader.execute(
            "SELECT coalesce(c.student_id, ''), coalesce(c.school_id, ''), c.supply, c.id,"
            f" {_LAST_BALANCE}, c.expires_on FROM container c"
        ):
            key = (row[0], "" if row[0] else row[1], row[2])
            kept = found.setdefault(key, [])
            if row[4] != 0:
                kept.append(Supply(row[3], row[4], row[5]))
        return found

    def closed(self, day: str) -> "Closed":
        """Return which buildings have no school on a day."""
        return Closed(self.where(NoSchool, "t.day = ? ORDER BY t.row", (day,)))

    def closed_between(self, since: str, until: str) -> dict[str, "Closed"]:
        """Return, for each day between two that something was said of, which buildings have no school."""
        days: dict[str, list[NoSchool]] = {}
        for said in self.where(NoSchool, "t.day BETWEEN ? AND ? ORDER BY t.row", (since, until)):
            days.setdefault(said.day, []).append(said)
        return {day: Closed(said) for day, said in days.items()}

    def delegated_until(self, staff: str, student_id: str, series_id: str) -> str | None:
        """Return until when someone may give this student's order; None when nobody said they may."""
        row = self.reader.execute(
            "SELECT max(g.expires_on) FROM delegation g WHERE g.staff = ? COLLATE NOCASE"
            " AND (g.student_id IS NULL OR g.student_id = ?)"
            " AND (g.series_id = '' OR g.series_id = ?)"
            " AND NOT EXISTS (SELECT 1 FROM care_entry e WHERE e.subject_id = g.id"
            " AND e.kind = 'ended')",
            (staff, student_id, series_id),
        ).fetchone()
        return str(row[0]) if row and row[0] is not None else None

    def seen_until(self) -> str:
        """Return the day up to which missed doses have their rows; empty before the first time."""
        row = self.reader.execute("SELECT day FROM dose_seen").fetchone()
        return str(row[0]) if row else ""

    def first_order_on(self) -> str:
        """Return the first day on which a dose could have been due; empty without orders."""
        row = self.reader.execute(
            "SELECT min(max(starts_on, substr(recorded_at, 1, 10))) FROM medication_order"
        ).fetchone()
        return str(row[0]) if row and row[0] else ""

    def standing_rows(self, day: str, school_id: str | None, code: Code) -> list[Dose]:
        """Return the rows of a day that bear a code and that nothing replaces."""
        building = "" if school_id is None else " AND s.school_id = ?"
        values = (day, code.value) if school_id is None else (day, code.value, school_id)
        rows = self.reader.execute(
            f"SELECT {listed(Dose, 'd')} FROM student s CROSS JOIN dose d"
            " WHERE d.day = ? AND d.student_id = s.id AND d.code = ?"
            f" AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id){building}"
            " ORDER BY d.row",
            values,
        )
        return [read_as(Dose, row) for row in rows]

    def given_between(
        self, students: Iterable[str], since: str, until: str
    ) -> dict[str, list[Past]]:
        """Return what stands as given to students between two days: as the checks see it."""
        found: dict[str, list[Past]] = {}
        for row in self.reader.execute(
            "SELECT d.student_id, d.series_id, o.supply, d.amount, d.given_at, d.zone,"
            f" d.giver, coalesce(p.name, ''), d.source{self._FROM}d.student_id IN"
            " (SELECT value FROM json_each(?)) AND d.day BETWEEN ? AND ? AND d.outcome = 'given'"
            " AND NOT EXISTS (SELECT 1 FROM dose n WHERE n.replaces = d.id)",
            (_wanted(students), since, until),
        ):
            found.setdefault(row[0], []).append(
                Past(
                    row[1],
                    row[2].partition("|")[0],
                    row[2],
                    row[3],
                    Moment(row[4], row[5]),
                    row[6] or row[7],
                    Source(row[8]),
                )
            )
        return found

    def whereabouts(self, students: Iterable[str]) -> dict[str, tuple[str | None, str]]:
        """Return, for students, their building and the day they left; empty for the enrolled."""
        rows = self.reader.execute(
            "SELECT id, school_id, CASE standing WHEN 'left' THEN left_on ELSE '' END"
            " FROM student WHERE id IN (SELECT value FROM json_each(?))",
            (_wanted(students),),
        )
        return {row[0]: (row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class Closed:
    """Which buildings have no school on a day: what was said last of each counts."""

    said: list[NoSchool]

    def at(self, school_id: str | None) -> bool:
        """Tell whether a building has no school."""
        closed = False
        for row in self.said:
            if row.school_id is None or row.school_id == school_id:
                closed = not row.open
        return closed

    def told(self, school_id: str | None) -> str:
        """Return why a building has no school."""
        said = [row for row in self.said if row.school_id in {None, school_id} and not row.open]
        return said[-1].reason if said and self.at(school_id) else ""


class DoseKeeper(Doses, Keeper):
    """Doses within one command."""

    def seen(self, day: str) -> None:
        """Write up to which day missed doses have their rows."""
        self.tx.execute(
            "INSERT INTO dose_seen (one, day) VALUES (1, ?)"
            " ON CONFLICT (one) DO UPDATE SET day = excluded.day",
            (day,),
        )
