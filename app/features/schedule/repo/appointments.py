"""Appointments, their series and busy times in the file."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from app.features.schedule.model.appointments import (
    Appointment,
    Busy,
    Plan,
    State,
    Taken,
    plan_of,
    plan_text,
)
from app.features.schedule.model.calendar import wall_instant
from app.features.schedule.model.recurrence import Every, OnClosed, Rule
from app.kernel.clock import utc_text
from app.kernel.ids import PersonId, StudentId, new_id
from app.kernel.ports import Reader, Row, Transaction

COLUMNS = """a.id, a.day, a.starts, a.ends, a.kind, a.state, a.student_id, a.group_id, a.school_id,
 a.series_id, a.room, a.title, CASE WHEN s.id IS NULL THEN '' WHEN s.preferred_name = ''
 THEN s.given_name || ' ' || s.family_name ELSE s.preferred_name || ' ' || s.family_name END,
 a.service_id, a.place, a.zone, a.starts_at, a.slot_on, a.reason, a.entry_id"""
OF_DAYS = f"""SELECT {COLUMNS} FROM appointment a LEFT JOIN student s ON s.id = a.student_id
 WHERE a.person_id = ? AND a.day BETWEEN ? AND ? AND a.state <> 'off' ORDER BY a.day, a.starts"""
"""A person's appointments between two days: what every view of the schedule is laid out from."""

# A year of rows is dressed at once: this is `Appointment._make` without a call in between.
_APPOINTMENT: Callable[[Row], Appointment] = partial(tuple.__new__, Appointment)


@dataclass(frozen=True, slots=True)
class Series:
    """A series as the file keeps it."""

    id: str
    person_id: PersonId
    rule: Rule
    school_id: str | None
    plan: str

    def on(self, day: date) -> Plan:
        """Return what is planned, on one of its days."""
        return plan_of(self.plan, day)


class Appointments:
    """What is planned, as it may be seen."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def between(self, person: PersonId, since: str, until: str) -> list[Appointment]:
        """Return a person's appointments between two days, in order of day and hour."""
        rows = self._reader.execute(OF_DAYS, (person, since, until)).fetchall()
        return list(map(_APPOINTMENT, rows))

    def one(self, person: PersonId, appointment_id: str) -> Appointment | None:
        """Return one of a person's appointments, also one that was taken off; None if not theirs."""
        row = self._reader.execute(
            f"SELECT {COLUMNS} FROM appointment a LEFT JOIN student s ON s.id = a.student_id"
            " WHERE a.id = ? AND a.person_id = ?",
            (appointment_id, person),
        ).fetchone()
        return Appointment._make(row) if row else None

    def of_student(
        self, person: PersonId, student_id: str, since: str, limit: int
    ) -> list[Appointment]:
        """Return a person's appointments with a student from a day on, the nearest first."""
        rows = self._reader.execute(
            f"SELECT {COLUMNS} FROM appointment a JOIN student s ON s.id = a.student_id"
            " WHERE a.student_id = ? AND a.person_id = ? AND a.day >= ? AND a.state = 'planned'"
            " ORDER BY a.starts_at LIMIT 0 + ?",
            (student_id, person, since, limit),
        ).fetchall()
        return [Appointment._make(row) for row in rows]

    def busy(self, person: PersonId, since: str, until: str) -> list[Busy]:
        """Return a person's busy times between two days, in order."""
        rows = self._reader.execute(
            "SELECT day, starts, ends FROM busy_time WHERE person_id = ? AND day BETWEEN ? AND ?"
            " ORDER BY day, starts, ends",
            (person, since, until),
        ).fetchall()
        return [Busy._make(row) for row in rows]

    def busy_count(self, person: PersonId) -> int:
        """Return how many busy times are known."""
        row = self._reader.execute(
            "SELECT count(*) FROM busy_time WHERE person_id = ?", (person,)
        ).fetchone()
        return int(row[0]) if row else 0

    def taken(self, person: PersonId, days: Iterable[str]) -> dict[str, list[Taken]]:
        """Return what is taken on each of `days`, by oneself and by colleagues of one's field."""
        wanted = list(days)
        rows = self._reader.execute(
            "SELECT b.day, b.id, b.person_id = ?, b.student_id, b.group_id, b.school_id, b.room,"
            " b.starts, b.ends FROM booked b WHERE b.day IN (SELECT value FROM json_each(?))",
            (person, json.dumps(wanted)),
        )
        found: dict[str, list[Taken]] = {day: [] for day in wanted}
        for day, taken, mine, *rest in rows:
            found[day].append(Taken(taken, bool(mine), *rest))
        return found

    def series(self, series_id: str) -> Series | None:
        """Return a series, or None."""
        row = self._reader.execute(f"{_SERIES} WHERE id = ?", (series_id,)).fetchone()
        return _series(row) if row else None

    def series_in(self, school_id: str, since: str) -> list[Series]:
        """Return everyone's series in a building that reach to a day or beyond."""
        rows = self._reader.execute(
            f"{_SERIES} WHERE school_id = ? AND until_on >= ?", (school_id, since)
        )
        return [_series(row) for row in rows]

    def left_in_series(self, series_id: str, since: str) -> int:
        """Return how many of a series are still planned from a day on."""
        row = self._reader.execute(
            "SELECT count(*) FROM appointment WHERE series_id = ? AND slot_on >= ?"
            " AND state = 'planned'",
            (series_id, since),
        ).fetchone()
        return int(row[0]) if row else 0

    def secret(self, person: PersonId) -> bytes | None:
        """Return what the ids of a person's exported appointments are made with."""
        row = self._reader.execute(
            "SELECT secret FROM calendar_secret WHERE person_id = ?", (person,)
        ).fetchone()
        return bytes(row[0]) if row else None


_SERIES = "SELECT id, person_id, every, days, starts_on, until_on, closed, school_id, plan FROM appointment_series"


def _series(row: Sequence[str]) -> Series:
    return Series(
        row[0],
        PersonId(row[1]),
        Rule(
            Every(row[2]),
            tuple(json.loads(row[3])),
            date.fromisoformat(row[4]),
            date.fromisoformat(row[5]),
            OnClosed(row[6]),
        ),
        row[7],
        row[8],
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A plan as it is put on a day: whose, in which zone, from which series."""

    id: str
    person_id: PersonId
    plan: Plan
    zone: str
    series_id: str | None = None
    slot_on: str = ""

    @classmethod
    def new(
        cls,
        person: PersonId,
        plan: Plan,
        zone: str,
        series_id: str | None = None,
        slot_on: str = "",
    ) -> "Placed":
        """Return a plan placed under an id of its own."""
        return cls(new_id(), person, plan, zone, series_id, slot_on)


class AppointmentsRepo(Appointments):
    """What is planned, in a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, placed: Iterable[Placed]) -> None:
        """Put plans on their days."""
        self._tx.executemany(
            "INSERT INTO appointment (id, person_id, day, starts, ends, zone, starts_at, ends_at, kind,"
            " student_id, group_id, school_id, room, place, service_id, title, series_id, slot_on,"
            " made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    one.id,
                    one.person_id,
                    *_times(one.plan, one.zone),
                    one.plan.kind.value,
                    one.plan.student_id,
                    one.plan.group_id,
                    one.plan.school_id,
                    one.plan.room,
                    one.plan.place.value,
                    one.plan.service_id,
                    one.plan.title,
                    one.series_id,
                    one.slot_on,
                    self._tx.now.at,
                )
                for one in placed
            ],
        )

    def change(self, appointment_id: str, plan: Plan, zone: str) -> None:
        """Put an appointment elsewhere; its series leaves it as it is from now on."""
        self._tx.execute(
            "UPDATE appointment SET day = ?, starts = ?, ends = ?, zone = ?, starts_at = ?,"
            " ends_at = ?, kind = ?, student_id = ?, group_id = ?, school_id = ?, room = ?, place = ?,"
            " service_id = ?, title = ?, changed = 1 WHERE id = ?",
            (
                *_times(plan, zone),
                plan.kind.value,
                plan.student_id,
                plan.group_id,
                plan.school_id,
                plan.room,
                plan.place.value,
                plan.service_id,
                plan.title,
                appointment_id,
            ),
        )

    def move(self, appointment_id: str, plan: Plan, zone: str) -> None:
        """Put an appointment of a series on the day that its rule now gives it."""
        self._tx.execute(
            "UPDATE appointment SET day = ?, starts = ?, ends = ?, zone = ?, starts_at = ?, ends_at = ?"
            " WHERE id = ?",
            (*_times(plan, zone), appointment_id),
        )

    def take_off(self, appointment_id: str, taken_off: str) -> None:
        """Take an appointment off the schedule; it can be brought back."""
        self._tx.execute(
            "UPDATE appointment SET state = 'off', taken_off = ? WHERE id = ?",
            (taken_off, appointment_id),
        )

    def take_off_later(self, series_id: str, since: str, taken_off: str) -> int:
        """Take off what is planned of a series from a day on; return how many it was."""
        found = self._tx.execute(
            "UPDATE appointment SET state = 'off', taken_off = ? WHERE series_id = ? AND slot_on >= ?"
            " AND state = 'planned' RETURNING id",
            (taken_off, series_id, since),
        )
        return len(found.fetchall())

    def put_back(self, person: PersonId, taken_off: str) -> list[str]:
        """Bring back what one taking off took; return the ids."""
        found = self._tx.execute(
            "UPDATE appointment SET state = 'planned', taken_off = '' WHERE taken_off = ?"
            " AND person_id = ? RETURNING id",
            (taken_off, person),
        )
        return [row[0] for row in found.fetchall()]

    def drop_later(self, series_id: str, since: str) -> None:
        """Take out of the file what is only planned of a series from a day on."""
        self._tx.execute(
            "DELETE FROM appointment WHERE series_id = ? AND slot_on >= ?"
            " AND state IN ('planned', 'off')",
            (series_id, since),
        )

    def drop(self, appointment_ids: Iterable[str]) -> None:
        """Take appointments out of the file that their rule no longer gives."""
        self._tx.executemany(
            "DELETE FROM appointment WHERE id = ?", [(one,) for one in appointment_ids]
        )

    def mark(self, appointment_id: str, state: State, reason: str = "") -> None:
        """Say what became of an appointment."""
        self._tx.execute(
            "UPDATE appointment SET state = ?, reason = ?, entry_id = '' WHERE id = ?",
            (state.value, reason, appointment_id),
        )

    def told(self, person: PersonId, appointment_id: str, state: State, entry_id: str) -> None:
        """Mark the appointment that an entry names; what another entry has marked stays so."""
        self._tx.execute(
            "UPDATE OR IGNORE appointment SET state = ?, entry_id = ?, taken_off = ''"
            " WHERE id = ? AND person_id = ? AND entry_id IN ('', ?)",
            (state.value, entry_id, appointment_id, person, entry_id),
        )

    def told_unnamed(
        self,
        person: PersonId,
        student_id: StudentId,
        span: tuple[str, str, str],
        state: State,
        entry_id: str,
    ) -> None:
        """Mark the one planned session with a student that meets a time, where there is just one.

        `span` is the earliest beginning that could still reach into the time, and the time's own
        beginning and end.
        """
        self._tx.execute(
            "UPDATE OR IGNORE appointment SET state = ?, entry_id = ? WHERE row = ("
            " SELECT CASE count(*) WHEN 1 THEN min(row) END FROM appointment"
            "  WHERE student_id = ? AND +person_id = ? AND state = 'planned' AND kind = 'session'"
            "    AND starts_at < ? AND starts_at >= ? AND ends_at > ?)",
            (state.value, entry_id, student_id, person, span[2], span[0], span[1]),
        )

    def add_series(self, series_id: str, person: PersonId, rule: Rule, plan: Plan) -> None:
        """Put a series into the file."""
        self._tx.execute(
            "INSERT INTO appointment_series (id, person_id, every, days, starts_on, until_on, closed,"
            " school_id, plan, made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                series_id,
                person,
                rule.every.value,
                json.dumps(rule.days, ensure_ascii=False),
                rule.starts_on.isoformat(),
                rule.until_on.isoformat(),
                rule.closed.value,
                plan.school_id,
                plan_text(plan),
                self._tx.now.at,
            ),
        )

    def skip(self, series_id: str, slots: Iterable[str], taken_off: str) -> None:
        """Take single days of a series off."""
        self._tx.executemany(
            "UPDATE appointment SET state = 'off', taken_off = ? WHERE series_id = ? AND slot_on = ?",
            [(taken_off, series_id, slot) for slot in slots],
        )

    def set_zone(self, school_id: str, since: str, zone: str) -> int:
        """Put what is planned in a building from a day on into its zone; return how many it was."""
        rows = self._tx.execute(
            "SELECT id, day, starts, ends FROM appointment WHERE school_id = ? AND day >= ?"
            " AND state IN ('planned', 'off') AND zone <> ?",
            (school_id, since, zone),
        ).fetchall()
        self._tx.executemany(
            "UPDATE appointment SET zone = ?, starts_at = ?, ends_at = ? WHERE id = ?",
            [
                (
                    zone,
                    utc_text(wall_instant(date.fromisoformat(day), starts, zone)),
                    utc_text(wall_instant(date.fromisoformat(day), ends, zone)),
                    row_id,
                )
                for row_id, day, starts, ends in rows
            ],
        )
        return len(rows)

    def end_series(self, series_id: str, until: str) -> None:
        """Let a series end on a day."""
        self._tx.execute(
            "UPDATE appointment_series SET until_on = ?, starts_on = min(starts_on, ?) WHERE id = ?",
            (until, until, series_id),
        )

    def slots_from(self, series_id: str, since: str) -> dict[str, tuple[str, str, str, bool]]:
        """Return a series' rows from a day on: by the rule's day, the id, day, state, changed."""
        rows = self._tx.execute(
            "SELECT slot_on, id, day, state, changed FROM appointment"
            " WHERE series_id = ? AND slot_on >= ?",
            (series_id, since),
        )
        return {row[0]: (row[1], row[2], row[3], bool(row[4])) for row in rows}

    def replace_busy(self, person: PersonId, busy: Iterable[Busy]) -> None:
        """Put busy times in place of those that were known."""
        self._tx.execute("DELETE FROM busy_time WHERE person_id = ?", (person,))
        self._tx.executemany(
            "INSERT OR IGNORE INTO busy_time (person_id, day, starts, ends) VALUES (?, ?, ?, ?)",
            [(person, *one) for one in busy],
        )

    def keep_secret(self, person: PersonId, secret: bytes) -> None:
        """Keep what the ids of a person's exported appointments are made with."""
        self._tx.execute(
            "INSERT INTO calendar_secret (person_id, secret) VALUES (?, ?)", (person, secret)
        )


def _times(plan: Plan, zone: str) -> tuple[str, int, int, str, str, str]:
    return (
        plan.day.isoformat(),
        plan.starts,
        plan.ends,
        zone,
        utc_text(wall_instant(plan.day, plan.starts, zone)),
        utc_text(wall_instant(plan.day, plan.ends, zone)),
    )
