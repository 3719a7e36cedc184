"""Orders with what came to them from outside, and the students they are for."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.features.medication.model.nursing import Entry
from app.features.medication.model.orders import Order, Standing
from app.features.medication.repo.rows import Book, Keeper, listed, read_as, width
from app.kernel.ids import SchoolId, StudentId
from app.kernel.names import listed_name, search_words, shown_name
from app.kernel.ports import Reader, Row

PAGE = 200
"""Rows in one page of a list."""

_PUPIL = (
    "s.id, s.given_name, s.family_name, s.preferred_name, s.grade, s.school_id,"
    " coalesce(c.name, ''), s.student_number, s.birth_date, s.listed_name"
)
_PUPIL_WIDTH = 10


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student as the medication room shows them."""

    id: StudentId
    name: str
    listed: str
    """The family name first, as lists have it."""
    grade: str
    school_id: SchoolId | None
    school: str
    number: str
    birth_date: str
    sorting: str
    room: str = ""
    """Of the homeroom, where the roster tells."""
    homeroom: str = ""
    allergies: tuple[str, ...] = ()
    photo: bool = False

    def answers(self, text: str) -> bool:
        """Tell whether what was typed or scanned finds this student: names, number, room."""
        if text.strip() and text.strip() == self.number:
            return True
        has = search_words(f"{self.name} {self.listed} {self.number} {self.room} {self.homeroom}")
        return all(any(word.startswith(part) for word in has) for part in search_words(text))


@dataclass(frozen=True, slots=True)
class Contact:
    """A guardian on an emergency sheet."""

    name: str
    relation: str
    phone: str
    language: str
    interpreter: bool
    do_not_contact: str
    """The reason; empty when contact is allowed."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order version with what came to it from outside."""

    order: Order
    standing: Standing


def pupil_of(row: Row, start: int = 0) -> Pupil:
    """Return the student whose columns begin at `start`."""
    cells = row[start : start + _PUPIL_WIDTH]
    return Pupil(
        id=StudentId(cells[0]),
        name=shown_name(cells[1], cells[2], cells[3]),
        listed=listed_name(cells[1], cells[2], cells[3]),
        grade=cells[4],
        school_id=cells[5],
        school=cells[6],
        number=cells[7],
        birth_date=cells[8],
        sorting=cells[9],
    )


def pupils(reader: Reader, students: Iterable[str]) -> dict[str, Pupil]:
    """Return students by their ids, with homeroom, allergies, and whether there is a picture."""
    wanted = json.dumps(sorted(set(students)))
    found = {
        row[0]: pupil_of(row)
        for row in reader.execute(
            f"SELECT {_PUPIL} FROM student s LEFT JOIN school c ON c.id = s.school_id"
            " WHERE s.id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
    }
    rooms = {
        student: (location, title)
        for student, location, title in reader.execute(
            "SELECT e.student_id, k.location, k.title FROM enrollment e"
            " JOIN class k ON k.id = e.class_id AND k.kind = 'homeroom' AND k.active = 1"
            " WHERE e.student_id IN (SELECT value FROM json_each(?)) AND e.active = 1",
            (wanted,),
        )
    }
    hurts = allergies(reader, wanted)
    pictures = {
        row[0]
        for row in reader.execute(
            "SELECT student_id FROM student_photo WHERE student_id IN"
            " (SELECT value FROM json_each(?))",
            (wanted,),
        )
    }
    return {
        student: _with(pupil, rooms.get(student), hurts.get(student, ()), student in pictures)
        for student, pupil in found.items()
    }


def _with(pupil: Pupil, room: tuple[str, str] | None, hurts: Sequence[str], picture: bool) -> Pupil:
    where, homeroom = room or ("", "")
    return Pupil(
        pupil.id,
        pupil.name,
        pupil.listed,
        pupil.grade,
        pupil.school_id,
        pupil.school,
        pupil.number,
        pupil.birth_date,
        pupil.sorting,
        where,
        homeroom,
        tuple(hurts),
        picture,
    )


def allergies(reader: Reader, students: str) -> dict[str, list[str]]:
    """Return the allergy alerts that stand, by student; `students` is a JSON list of ids."""
    found: dict[str, list[str]] = {}
    for student, text in reader.execute(
        "SELECT student_id, text FROM alert WHERE kind = 'allergy' AND ended_at = ''"
        " AND student_id IN (SELECT value FROM json_each(?)) ORDER BY made_at",
        (students,),
    ):
        found.setdefault(student, []).append(text)
    return found


def allergies_of(reader: Reader, student_id: str) -> tuple[str, ...]:
    """Return one student's allergy alerts that stand."""
    rows = reader.execute(
        "SELECT text FROM alert WHERE student_id = ? AND kind = 'allergy' AND ended_at = ''"
        " ORDER BY made_at",
        (student_id,),
    )
    return tuple(row[0] for row in rows)


_SUPERSEDED = "coalesce((SELECT n.recorded_at FROM medication_order n WHERE n.replaces = o.id), '')"


def standing_of(superseded_at: str, entries: Iterable[Entry], order: Order) -> Standing:
    """Return what came to an order version: entries of its series, checks of itself."""
    discontinued, checked = "", False
    holds: list[tuple[str, str]] = []
    for entry in entries:
        if entry.subject_id == order.series_id and entry.kind == "discontinued":
            discontinued = entry.at
        elif entry.subject_id == order.series_id and entry.kind == "held":
            holds.append((entry.at, ""))
        elif entry.subject_id == order.series_id and entry.kind == "resumed" and holds:
            holds[-1] = (holds[-1][0], entry.at)
        elif entry.kind == "checked" and f'"order":"{order.id}"' in entry.facts:
            checked = True
    return Standing(superseded_at, discontinued, tuple(holds), checked)


class Orders(Book):
    """Orders, for reading."""

    def ordered(self, order_id: str) -> Ordered | None:
        """Return one version of an order with what came to it, or None."""
        return next(iter(self._ordered("o.id = ?", (order_id,))), None)

    def current(self, series_id: str) -> Ordered | None:
        """Return the newest version of an order, or None."""
        return next(
            iter(self._ordered("o.series_id = ? ORDER BY o.version DESC LIMIT 1", (series_id,))),
            None,
        )

    def versions(self, series_id: str) -> list[Ordered]:
        """Return every version of an order, the newest first."""
        return self._ordered("o.series_id = ? ORDER BY o.version DESC", (series_id,))

    def orders_of(self, student_id: str) -> list[Ordered]:
        """Return the newest version of each of a student's orders, in the order of their names."""
        return self._ordered(
            "o.student_id = ?"
            " AND NOT EXISTS (SELECT 1 FROM medication_order n WHERE n.replaces = o.id)"
            " ORDER BY o.name, o.row",
            (student_id,),
        )

    def newest(
        self, since: str, offset: int = 0, limit: int = PAGE, school_id: str | None = None
    ) -> list[Ordered]:
        """Return one page of newest versions that do not end before a day, by student's name."""
        school = "" if school_id is None else " AND coalesce(s.school_id, o.school_id) = ?"
        values: tuple[str | int, ...] = () if school_id is None else (school_id,)
        return self._ordered(
            "o.ends_on >= ?"
            " AND NOT EXISTS (SELECT 1 FROM medication_order n WHERE n.replaces = o.id)"
            f"{school} ORDER BY coalesce(s.listed_name, ''), o.name, o.row LIMIT 0 + ? OFFSET ?",
            (since, *values, limit, offset),
            " LEFT JOIN student s ON s.id = o.student_id",
        )

    def during(self, student_id: str, since: str, until: str) -> list[Ordered]:
        """Return every version of a student's orders that counted between two days, in their order."""
        return self._ordered(
            "o.student_id = ? AND o.starts_on <= ? AND o.ends_on >= ?"
            " ORDER BY o.timing DESC, o.name, o.series_id, o.version",
            (student_id, until, since),
        )

    def named(self, orders: Iterable[str]) -> dict[str, Order]:
        """Return order versions by their ids."""
        wanted = json.dumps(sorted(set(orders)))
        found = self.where(Order, "t.id IN (SELECT value FROM json_each(?))", (wanted,))
        return {order.id: order for order in found}

    def guardians(self, student_id: str) -> list[Contact]:
        """Return whom to reach about a student, in the family's order."""
        rows = self.reader.execute(
            "SELECT g.given_name, g.family_name, x.relation, g.phone, g.language, g.interpreter,"
            " x.do_not_contact FROM student_guardian x JOIN guardian g ON g.id = x.guardian_id"
            " WHERE x.student_id = ? AND x.ended_on = '' ORDER BY x.position, g.family_name",
            (student_id,),
        )
        return [
            Contact(shown_name(row[0], row[1]), row[2], row[3], row[4], bool(row[5]), row[6])
            for row in rows
        ]

    def alerts(self, student_id: str) -> list[tuple[str, str]]:
        """Return the alerts that stand for a student: kind and text, the oldest first."""
        rows = self.reader.execute(
            "SELECT kind, text FROM alert WHERE student_id = ? AND ended_at = '' ORDER BY made_at",
            (student_id,),
        )
        return [(row[0], row[1]) for row in rows]

    def with_doses(self, since: str, until: str) -> list[str]:
        """Return who has an order or a dose between two days, by name."""
        rows = self.reader.execute(
            "SELECT s.id FROM student s WHERE s.id IN (SELECT o.student_id FROM medication_order o"
            " WHERE o.starts_on <= ? AND o.ends_on >= ? UNION SELECT d.student_id FROM dose d"
            " WHERE d.day BETWEEN ? AND ?) ORDER BY s.listed_name, s.row",
            (until, since, since, until),
        )
        return [row[0] for row in rows]

    def standing_orders(self, day: str) -> list[Ordered]:
        """Return the newest version of each standing order that has not ended by a day."""
        return self._ordered(
            "o.student_id IS NULL AND o.ends_on >= ?"
            " AND NOT EXISTS (SELECT 1 FROM medication_order n WHERE n.replaces = o.id)"
            " ORDER BY o.name, o.row",
            (day,),
        )

    def counting_on(self, day: str, begins_at: str, student_id: str | None = None) -> list[Ordered]:
        """Return every version that may have a dose due on a day that began at an instant."""
        one = "" if student_id is None else " AND o.student_id = ?"
        values = (day, day, begins_at) if student_id is None else (day, day, begins_at, student_id)
        return self._ordered(
            "o.ends_on >= ? AND o.starts_on <= ? AND o.timing = 'scheduled' AND NOT EXISTS"
            " (SELECT 1 FROM medication_order n WHERE n.replaces = o.id AND n.recorded_at < ?)"
            f"{one} ORDER BY o.row",
            values,
        )

    def _ordered(
        self, condition: str, values: tuple[str | int, ...], join: str = ""
    ) -> list[Ordered]:
        rows = self.reader.execute(
            f"SELECT {listed(Order, 'o')}, {_SUPERSEDED} FROM medication_order o{join}"
            f" WHERE {condition}",
            values,
        ).fetchall()
        orders = [(read_as(Order, row), str(row[width(Order)])) for row in rows]
        if not orders:
            return []
        entries: dict[str, list[Entry]] = {}
        for entry in self.where(
            Entry,
            "t.subject = 'order' AND t.subject_id IN (SELECT value FROM json_each(?))"
            " ORDER BY t.row",
            (json.dumps(sorted({order.series_id for order, _ in orders})),),
        ):
            entries.setdefault(entry.subject_id, []).append(entry)
        return [
            Ordered(order, standing_of(superseded, entries.get(order.series_id, ()), order))
            for order, superseded in orders
        ]

    def pupil(self, student_id: str) -> Pupil | None:
        """Return a student, or None."""
        return pupils(self.reader, [student_id]).get(student_id)

    def photo(self, student_id: str) -> tuple[bytes, str] | None:
        """Return a student's picture and its kind, or None."""
        row = self.reader.execute(
            "SELECT bytes, kind FROM student_photo WHERE student_id = ?", (student_id,)
        ).fetchone()
        return (bytes(row[0]), str(row[1])) if row else None

    def found(self, text: str, limit: int) -> list[Pupil]:
        """Return enrolled students whose names or numbers begin with what was typed or scanned."""
        words = search_words(text)[:8]
        if not words:
            return []
        expression = " AND ".join(f'"{word}"*' for word in words)
        rows = self.reader.execute(
            "SELECT s.id FROM student_names f JOIN student s ON s.row = f.rowid"
            " WHERE student_names MATCH ? AND s.standing = 'enrolled'"
            " ORDER BY s.student_number = ? DESC, s.listed_name, s.row LIMIT 0 + ?",
            (expression, text.strip(), limit),
        )
        ids = [row[0] for row in rows]
        known = pupils(self.reader, ids)
        return [known[student] for student in ids if student in known]


class OrderKeeper(Orders, Keeper):
    """Orders within one command."""

    def keep_photo(self, student_id: str, picture: bytes, kind: str) -> None:
        """Write a student's picture, in place of the one before."""
        self.tx.execute("DELETE FROM student_photo WHERE student_id = ?", (student_id,))
        self.tx.execute(
            "INSERT INTO student_photo (student_id, bytes, kind, person_id, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (student_id, picture, kind, self.who, self.now.at, self.now.zone),
        )

    def remove_photo(self, student_id: str) -> bool:
        """Take a student's picture away; tell whether there was one."""
        row = self.tx.execute(
            "DELETE FROM student_photo WHERE student_id = ? RETURNING 1", (student_id,)
        ).fetchone()
        return row is not None
