"""Rosters in the file: what is known before a merge, writing one, the reports of imports."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter

from app.features.roster.merge import FIELDS, GUARDIAN_FIELDS, KINDS, Known, Plan, digest_of
from app.features.roster.model import RosterFormat
from app.features.roster.report import (
    Line,
    Offer,
    PastImport,
    Report,
    changes_of,
    problems_as_json,
    problems_from_json,
)
from app.kernel.frozen import How, Wrong
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import listed_name, search_text, shown_name, sorting_name
from app.kernel.nouns import grade_rank
from app.kernel.ports import Progress, Reader, Row, Transaction

KEPT_PROBLEMS = 5_000
"""How many problems a report keeps one by one; of the others it keeps the number."""

_EVERY = 500
_READ_AT_ONCE = 2_000


def _marks(count: int) -> str:
    return ", ".join("?" * count)


_NULLED = {"school_id": "nullif(?, '')"}
_FIELD_LIST = ", ".join(FIELDS)
_FIELD_MARKS = ", ".join(_NULLED.get(name, "?") for name in FIELDS)
_FIELD_SETS = ", ".join(f"{name} = {_NULLED.get(name, '?')}" for name in FIELDS)
_READ_FIELDS = _FIELD_LIST.replace("school_id", "coalesce(school_id, '')")
_GUARDIAN_LIST = ", ".join(GUARDIAN_FIELDS)

_STAFF = ("given_name", "family_name", "role", "email", "phone", "school_id")
_TERM = ("title", "kind", "starts_on", "ends_on", "school_year", "parent_source_id")
_CLASS = ("title", "code", "kind", "course", "location", "periods", "terms", "school_id")
_ENROLLMENT = ("class_id", "student_id", "staff_id", "role", "begins_on", "ends_on", "active")


_PAST = (
    "roster_import.id, source, format, person.name, roster_import.made_at, roster_import.zone,"
    " counts"
)


def _past(row: Row) -> PastImport:
    return PastImport(
        row[0], row[1], RosterFormat(row[2]), row[3], row[4], row[5], json.loads(row[6])
    )


_OFFERED = (
    "SELECT o.student_id, s.given_name, s.family_name, s.preferred_name, o.field,"
    " CASE o.field WHEN 'school_id' THEN"
    " coalesce((SELECT name FROM school WHERE id = o.ours), '') ELSE o.ours END,"
    " CASE o.field WHEN 'school_id' THEN"
    " coalesce((SELECT name FROM school WHERE id = o.theirs), '') ELSE o.theirs END"
    " FROM roster_offer o JOIN student s ON s.id = o.student_id"
)


def _offer(row: Row) -> Offer:
    return Offer(row[0], listed_name(row[1], row[2], row[3]), row[4], row[5], row[6])


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(len(columns))})"


def _update(table: str, columns: Sequence[str], key: str = "id = ?") -> str:
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in columns)} WHERE {key}"


def frozen_changes(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many changes imports made, and the imports that are not what was written.

    All changes of an import are hashed together into its journal entry. An import is named
    also where its report, or a change in the middle of it, is gone.
    """
    seen = {
        row[0]: row[1:]
        for row in reader.execute(
            "SELECT subject_id, after ->> '$.digest', after ->> '$.source', after ->> '$.format',"
            " after ->> '$.sha256', person_id, at, zone FROM journal WHERE what = 'ImportRoster'"
        )
    }
    reports = {
        row[0]: row[1:]
        for row in reader.execute(
            "SELECT id, source, format, sha256, person_id, made_at, zone FROM roster_import"
        )
    }
    count = 0
    digests: dict[str, str] = {}
    rows = reader.execute(
        "SELECT import_id, student_id, kind, before, after FROM roster_change"
        " ORDER BY import_id, position"
    )
    for import_id, changes in groupby(rows, key=itemgetter(0)):
        kept = [row[1:] for row in changes]
        count += len(kept)
        digests[import_id] = digest_of(kept)
    wrong = []
    for import_id in {**digests, **reports}:
        entry = seen.get(import_id)
        if entry is None:
            wrong.append(Wrong("roster_import", import_id, How.UNWITNESSED))
        elif import_id in reports and (
            digests.get(import_id, digest_of(())) != entry[0] or reports[import_id] != entry[1:]
        ):
            wrong.append(Wrong("roster_import", import_id, How.ALTERED))
    gone = [Wrong("roster_import", one, How.GONE) for one in seen if one not in reports]
    return count, wrong + gone


class Rosters:
    """What the vault holds of rosters."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def known(self, source: str, progress: Progress) -> Known:
        """Return what a merge needs; staff, terms, classes and places of `source` alone."""

        def read(sql: str, *values: str) -> list[Row]:
            rows = iter(self._reader.execute(sql, values))
            found: list[Row] = []
            while chunk := list(islice(rows, _READ_AT_ONCE)):
                found += chunk
                progress(0, 0)
            return found

        def of_source(table: str, first: str, columns: Sequence[str]) -> list[Row]:
            return read(
                f"SELECT {first}, {', '.join(columns)} FROM {table} WHERE source = ?", source
            )

        students = read(
            f"SELECT row, id, source, source_id, standing, roster, {_READ_FIELDS} FROM student"
        )
        top = self._reader.execute("SELECT coalesce(max(row), 0) + 1 FROM student").fetchone()
        return Known(
            students=students,
            schools=read(
                "SELECT id, name, kind, identifier, source, source_id, active FROM school"
                " ORDER BY made_at, id"
            ),
            guardians=read(f"SELECT id, source, source_id, roster, {_GUARDIAN_LIST} FROM guardian"),
            links=read("SELECT student_id, guardian_id, ended_on FROM student_guardian"),
            offers=read("SELECT student_id, field FROM roster_offer"),
            staff=of_source("staff", "id, source_id", (*_STAFF, "active")),
            terms=of_source("term", "id, source_id", (*_TERM, "active")),
            classes=of_source("class", "id, source_id", (*_CLASS, "active")),
            enrollments=of_source("enrollment", "source_id", _ENROLLMENT),
            next_row=top[0] if top else 1,
        )

    def mapping(self, fingerprint: str) -> str:
        """Return the mapping (JSON) that was used for such a header, empty if there is none."""
        row = self._reader.execute(
            "SELECT mapping FROM roster_mapping WHERE fingerprint = ?", (fingerprint,)
        ).fetchone()
        return row[0] if row else ""

    def imports(self, start: int, count: int) -> list[PastImport]:
        """Return a page of the imports that happened, newest first."""
        return [
            _past(row)
            for row in self._reader.execute(
                f"SELECT {_PAST} FROM roster_import JOIN person ON person.id = person_id"
                " ORDER BY roster_import.made_at DESC, roster_import.id DESC LIMIT 0 + ? OFFSET ?",
                (count, start),
            )
        ]

    def import_count(self) -> int:
        """Return how many imports happened."""
        row = self._reader.execute("SELECT count(*) FROM roster_import").fetchone()
        return row[0] if row else 0

    def report(self, import_id: str) -> Report:
        """Return what an import did; KeyError if there is none."""
        row = self._reader.execute(
            f"SELECT {_PAST}, sha256, problems FROM roster_import"
            " JOIN person ON person.id = person_id WHERE roster_import.id = ?",
            (import_id,),
        ).fetchone()
        if row is None:
            raise KeyError(import_id)
        return Report(_past(row), row[7], problems_from_json(row[8]))

    def report_lines(self, import_id: str, kind: str, start: int, count: int) -> list[Line]:
        """Return a page of the students to whom an import did `kind`, in the file's order."""
        counts = self.report(import_id).of.counts
        first = sum(counts[earlier] for earlier in KINDS[: KINDS.index(kind)])
        last = first + counts[kind]
        schools: dict[str, str] = dict(
            self._reader.execute("SELECT id, name FROM school").fetchall()
        )
        return [
            Line(
                row[0],
                listed_name(row[3], row[4], row[5]),
                row[6],
                schools.get(row[7], ""),
                row[8],
                changes_of(
                    json.loads(row[1]) if row[1] else None,
                    json.loads(row[2]) if row[2] else None,
                    schools,
                ),
            )
            for row in self._reader.execute(
                "SELECT c.student_id, c.before, c.after, s.given_name, s.family_name,"
                " s.preferred_name, s.grade, coalesce(s.school_id, ''), c.line"
                " FROM roster_change c JOIN student s ON s.id = c.student_id"
                " WHERE c.import_id = ? AND c.position >= ? AND c.position < ?"
                " ORDER BY c.position",
                (import_id, first + start, min(first + start + count, last)),
            )
        ]

    def offers(self, start: int, count: int) -> list[Offer]:
        """Return a page of the values that are offered, by student."""
        return [
            _offer(row)
            for row in self._reader.execute(
                f"{_OFFERED} ORDER BY s.listed_name, o.student_id, o.field LIMIT 0 + ? OFFSET ?",
                (count, start),
            )
        ]

    def offers_about(self, student: StudentId) -> list[Offer]:
        """Return what is offered about one student, in the order of a student's fields."""
        found = self._reader.execute(f"{_OFFERED} WHERE o.student_id = ?", (student,))
        return sorted(map(_offer, found), key=lambda offer: FIELDS.index(offer.field))

    def offered_on_caseload(self, person: PersonId) -> list[tuple[StudentId, str, int]]:
        """Return for whom on a person's caseload something is offered: id, name, how much."""
        return [
            (StudentId(row[0]), shown_name(row[1], row[2], row[3]), row[4])
            for row in self._reader.execute(
                "SELECT s.id, s.given_name, s.family_name, s.preferred_name, count(*)"
                " FROM roster_offer o JOIN student s ON s.id = o.student_id"
                " JOIN caseload c ON c.student_id = s.id AND c.person_id = ? AND c.ended_on = ''"
                " GROUP BY s.id ORDER BY s.listed_name",
                (person,),
            )
        ]

    def offer_count(self) -> int:
        """Return how many values are offered."""
        row = self._reader.execute("SELECT count(*) FROM roster_offer").fetchone()
        return row[0] if row else 0

    def offer(self, student: StudentId, field: str) -> tuple[str, str, str] | None:
        """Return our value as it stands, the roster's, and the import it came by, if offered."""
        if field not in FIELDS:
            return None
        row = self._reader.execute(
            f"SELECT coalesce(s.{field}, ''), o.theirs, o.import_id FROM roster_offer o"
            " JOIN student s ON s.id = o.student_id WHERE o.student_id = ? AND o.field = ?",
            (student, field),
        ).fetchone()
        return (row[0], row[1], row[2]) if row else None

    def value(self, student: StudentId, field: str) -> str:
        """Return what stands in a field that a roster can offer; KeyError if it is none."""
        if field not in FIELDS:
            raise KeyError(field)
        row = self._reader.execute(
            f"SELECT coalesce({field}, '') FROM student WHERE id = ?", (student,)
        ).fetchone()
        if row is None:
            raise KeyError(student)
        return str(row[0])


class RosterRepo(Rosters):
    """Rosters, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def write(
        self, plan: Plan, import_id: str, kept: tuple[RosterFormat, str], progress: Progress
    ) -> str:
        """Write everything a merge decided and its report; return the digest of all changes.

        `kept` is the format and the hash of the file. What `progress` raises stops it.
        """
        self._tx.execute(
            _insert("roster_import", ("id", "source", "format", "sha256", "counts", "problems",
                                      "person_id", "made_at", "zone")),
            (import_id, plan.source, *kept, json.dumps(plan.counts()),
             problems_as_json(plan.problems, KEPT_PROBLEMS),
             self._tx.who, self._tx.now.at, self._tx.now.zone),
        )  # fmt: skip
        now, zone = self._tx.now.at, self._tx.now.zone
        source = plan.source
        jobs: list[tuple[str, int, Iterable[Row]]] = []

        def put(sql: str, rows: Sequence[Row], tail: Row = ()) -> None:
            if rows:
                jobs.append((sql, len(rows), ((*row, *tail) for row in rows) if tail else rows))

        put(
            _insert(
                "school",
                ("id", "name", "kind", "identifier", "source_id", "source", "made_at"),
            ),
            plan.schools.new,
            (source, now),
        )
        put(
            _update("school", ("name", "kind", "identifier", "source", "source_id", "active")),
            plan.schools.changed,
        )
        put(
            f"INSERT INTO student (row, id, {_FIELD_LIST}, grade_rank, listed_name, source_id,"
            f" roster, source, made_at, zone) VALUES (?, ?, {_FIELD_MARKS}, {_marks(7)})",
            plan.new_students,
            (source, now, zone),
        )
        put(
            f"UPDATE student SET {_FIELD_SETS}, grade_rank = ?, listed_name = ?, standing = ?,"
            " left_on = coalesce(?, left_on), source = ?, source_id = ?, roster = ? WHERE row = ?",
            plan.changed_students,
        )
        put(_update("student", ("source", "source_id", "roster"), "row = ?"), plan.noted_students)
        put(_insert("student_names", ("rowid", "names", "numbers")), plan.new_names)
        put(
            "INSERT OR REPLACE INTO student_names (rowid, names, numbers) VALUES (?, ?, ?)",
            plan.changed_names,
        )
        put(
            _insert(
                "guardian",
                ("id", *GUARDIAN_FIELDS, "source_id", "roster", "source", "made_at", "zone"),
            ),
            plan.guardians.new,
            (source, now, zone),
        )
        put(
            _update("guardian", (*GUARDIAN_FIELDS, "source", "source_id", "roster")),
            plan.guardians.changed,
        )
        put(
            _insert("student_guardian", ("student_id", "guardian_id", "relation", "position")),
            plan.new_links,
        )
        put(
            _update("student_guardian", ("ended_on",), "student_id = ? AND guardian_id = ?"),
            plan.ended_links,
        )
        for table, columns, rows in (
            ("staff", _STAFF, plan.staff),
            ("term", _TERM, plan.terms),
            ("class", _CLASS, plan.classes),
        ):
            put(_insert(table, ("id", "source", "source_id", *columns)), rows.new)
            put(_update(table, (*columns, "active")), rows.changed)
        put(_insert("enrollment", ("source", "source_id", *_ENROLLMENT)), plan.enrollments.new)
        put(
            _update("enrollment", _ENROLLMENT, "source = ? AND source_id = ?"),
            plan.enrollments.changed,
        )
        put("DELETE FROM roster_offer WHERE student_id = ? AND field = ?", plan.withdrawn_offers)
        put(
            "INSERT INTO roster_offer (student_id, field, ours, theirs, import_id)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (student_id, field) DO UPDATE"
            " SET ours = excluded.ours, theirs = excluded.theirs, import_id = excluded.import_id",
            [(o.student, o.field, o.ours, o.theirs) for o in plan.offers],
            (import_id,),
        )
        changes = list(plan.changes())
        put(
            "INSERT INTO roster_change (position, student_id, kind, before, after, line, import_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (place, *change, line)
                for place, (change, line) in enumerate(zip(changes, plan.lines(), strict=True))
            ],
            (import_id,),
        )
        self._carry_out(jobs, progress)
        return digest_of(changes)

    def _carry_out(
        self, jobs: Sequence[tuple[str, int, Iterable[Row]]], progress: Progress
    ) -> None:
        of = sum(count for _, count, _ in jobs)
        done = 0

        def watched(rows: Iterable[Row]) -> Iterator[Row]:
            nonlocal done
            for row in rows:
                if not done % _EVERY:
                    progress(done, of)
                done += 1
                yield row

        for sql, _, rows in jobs:
            self._tx.executemany(sql, watched(rows))
        progress(of, of)

    def remember_mapping(self, fingerprint: str, mapping: str) -> None:
        """Write how a table's columns were understood."""
        self._tx.execute(
            "INSERT INTO roster_mapping (fingerprint, mapping, used_at) VALUES (?, ?, ?)"
            " ON CONFLICT (fingerprint) DO UPDATE"
            " SET mapping = excluded.mapping, used_at = excluded.used_at",
            (fingerprint, mapping, self._tx.now.at),
        )

    def take(self, student: StudentId, field: str, value: str) -> None:
        """Write one field of a student, and what hangs on it."""
        self._tx.execute(
            f"UPDATE student SET {field} = {_NULLED.get(field, '?')} WHERE id = ?",
            (value, student),
        )
        row = self._tx.execute(
            "SELECT row, given_name, middle_name, family_name, preferred_name, student_number,"
            " state_id, grade FROM student WHERE id = ?",
            (student,),
        ).fetchone()
        if row is None:
            raise KeyError(student)
        place, given, middle, family, preferred, number, state, grade = row
        self._tx.execute(
            "UPDATE student SET listed_name = ?, grade_rank = ? WHERE row = ?",
            (sorting_name(given, family, preferred), grade_rank(grade), place),
        )
        self._tx.execute(
            "INSERT OR REPLACE INTO student_names (rowid, names, numbers) VALUES (?, ?, ?)",
            (place, *search_text(given, middle, family, preferred, number, state)),
        )

    def add_offer(
        self, student: StudentId, field: str, ours: str, theirs: str, import_id: str
    ) -> None:
        """Offer the roster's value beside ours."""
        self._tx.execute(
            "INSERT OR REPLACE INTO roster_offer (student_id, field, ours, theirs, import_id)"
            " VALUES (?, ?, ?, ?, ?)",
            (student, field, ours, theirs, import_id),
        )

    def withdraw_offer(self, student: StudentId, field: str) -> None:
        """Take back what is offered for one field."""
        self._tx.execute(
            "DELETE FROM roster_offer WHERE student_id = ? AND field = ?", (student, field)
        )
