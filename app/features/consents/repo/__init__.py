"""Consents in the file: what a seat sees of them, in force or not, a page at a time."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.consents.model.records import (
    Consent,
    ConsentEnd,
    ConsentRules,
    ConsentScan,
    RulesSource,
)
from app.features.consents.model.states import State, lapses_soon, last_lapsing_day, state_on
from app.kernel.frozen import How, Wrong
from app.kernel.ids import StudentId
from app.kernel.names import listed_name, shown_name
from app.kernel.ports import Reader, Row, Seat, Value
from app.kernel.rights import eyes, gives_medication
from app.store.book import Book, Keeper, listed, looked_over, read_as

PAGE = 200

_SEEN = (
    "(t.kind = 'release' OR t.kind = 'medication' AND :health"
    " OR t.kind NOT IN ('release', 'medication') AND +t.person_id IN"
    " (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles))))"
)
_STANDS = "NOT EXISTS (SELECT 1 FROM consent n WHERE n.replaces = t.id)"
_ENDED = (
    "EXISTS (SELECT 1 FROM consent_end e WHERE e.consent_id = t.id AND e.kind <> 'mistake'"
    " AND e.on_day <= :day AND NOT EXISTS"
    " (SELECT 1 FROM consent_end m WHERE m.takes_back = e.id))"
)
_PAST = "t.until_on <> '' AND t.until_on < :day"
_BEGUN = "t.since <= :day"
_IN_FORCE = f"{_BEGUN} AND NOT ({_PAST}) AND NOT {_ENDED}"
# Another consent of the same kind to the same recipient that goes on for longer.
_RENEWED = (
    "EXISTS (SELECT 1 FROM consent r WHERE r.student_id = t.student_id AND r.kind = t.kind"
    " AND r.recipient = t.recipient AND r.id <> t.id"
    " AND (r.until_on = '' OR r.until_on > t.until_on)"
    " AND NOT EXISTS (SELECT 1 FROM consent n WHERE n.replaces = r.id)"
    " AND NOT EXISTS (SELECT 1 FROM consent_end e WHERE e.consent_id = r.id"
    " AND e.kind <> 'mistake' AND NOT EXISTS"
    " (SELECT 1 FROM consent_end m WHERE m.takes_back = e.id)))"
)


# Of a consent and of all that it took the place of, as far as those were this student's.
_SCANS = (
    "(WITH RECURSIVE chain (id) AS (SELECT t.id UNION ALL SELECT b.replaces FROM consent b"
    " JOIN chain ON b.id = chain.id WHERE b.replaces IS NOT NULL)"
    " SELECT count(*) FROM chain CROSS JOIN consent_scan c ON c.consent_id = chain.id"
    " WHERE c.student_id = t.student_id)"
)


@unique
class View(StrEnum):
    """Which consents a list shows."""

    ACTIVE = "active"
    LAPSING = "lapsing"
    """In force, and near their last day; one that was renewed already is left out."""
    NOT_BEGUN = "not_begun"
    OVER = "over"
    """Lapsed, revoked, or ended by their event."""
    ALL = "all"


_VIEWS = {
    View.ACTIVE: _IN_FORCE,
    View.LAPSING: (f"t.until_on <> '' AND t.until_on <= :soon AND {_IN_FORCE} AND NOT {_RENEWED}"),
    View.NOT_BEGUN: f"NOT ({_BEGUN}) AND NOT {_ENDED}",
    View.OVER: f"({_PAST} OR {_ENDED})",
    View.ALL: "1",
}


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What narrows the list; empty: all."""

    view: View = View.ALL
    student_id: str = ""
    kind: str = ""
    school_id: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian who may have signed."""

    id: str
    name: str
    relation: str
    do_not_contact: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A student as this room shows them."""

    id: StudentId
    name: str
    listed: str
    full: str
    grade: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent in a list, and how it stands on the day that was asked for."""

    consent: Consent
    pupil: Pupil
    state: State
    lapses_soon: bool
    ends: tuple[ConsentEnd, ...]
    scans: int


_PUPIL = "s.id, s.given_name, s.family_name, s.preferred_name, s.middle_name, s.grade, s.birth_date"
_PUPIL_WIDTH = 7


def _pupil(row: Row) -> Pupil:
    student, given, family, preferred, middle, grade, born = row
    return Pupil(
        StudentId(student),
        shown_name(given, family, preferred),
        listed_name(given, family, preferred),
        " ".join(part for part in (given, middle, family) if part),
        grade,
        born,
    )


def eyes_on(seat: Seat) -> dict[str, Value]:
    """Return what a query needs to ask which consents are seen."""
    return {**eyes(seat), "health": int(gives_medication(seat.role))}


class ConsentBook(Book):
    """The room's records, for reading."""

    frozen = {
        Consent: "consent",
        ConsentEnd: "consent_end",
        ConsentScan: "consent_scan",
        ConsentRules: "consent_rules",
    }
    living = {}

    def pupil(self, student_id: str) -> Pupil | None:
        """Return a student, or None."""
        row = self.reader.execute(
            f"SELECT {_PUPIL} FROM student s WHERE s.id = ?", (student_id,)
        ).fetchone()
        return _pupil(row) if row else None

    def guardians(self, student_id: str) -> list[Guardian]:
        """Return a student's guardians in their order."""
        rows = self.reader.execute(
            "SELECT g.id, g.given_name, g.family_name, t.relation, t.do_not_contact"
            " FROM student_guardian t JOIN guardian g ON g.id = t.guardian_id"
            " WHERE t.student_id = ? AND t.ended_on = '' ORDER BY t.position, g.id",
            (student_id,),
        )
        return [Guardian(row[0], shown_name(row[1], row[2], ""), row[3], row[4]) for row in rows]

    def in_force(self, seat: Seat, student_id: str, day: str) -> list[Consent]:
        """Return a student's consents that are in force on a day, the newest first."""
        rows = self.reader.execute(
            f"SELECT {listed(Consent)} FROM consent t WHERE t.student_id = :student"
            f" AND {_IN_FORCE} AND {_STANDS} AND {_SEEN} ORDER BY t.signed_on DESC, t.row DESC",
            {"student": student_id, "day": day, **eyes_on(seat)},
        )
        return [read_as(Consent, row) for row in rows]

    def seen(self, seat: Seat, consent_id: str) -> Consent | None:
        """Return one consent that the seat sees, or None."""
        row = self.reader.execute(
            f"SELECT {listed(Consent)} FROM consent t WHERE t.id = :id AND {_SEEN}",
            {"id": consent_id, **eyes_on(seat)},
        ).fetchone()
        return read_as(Consent, row) if row else None

    def replaced_by(self, consent_id: str) -> Consent | None:
        """Return the consent that took this one's place, or None."""
        return next(iter(self.where(Consent, "t.replaces = ?", (consent_id,))), None)

    def before(self, consent: Consent) -> list[Consent]:
        """Return the rows that this one corrects, the latest first."""
        found: list[Consent] = []
        one: Consent | None = consent
        while one is not None and one.replaces:
            one = self.get(Consent, one.replaces)
            if one is not None:
                found.append(one)
        return found

    def ends(self, *consents: str) -> dict[str, list[ConsentEnd]]:
        """Return the ends of consents by their ids, each in the order they were entered."""
        found: dict[str, list[ConsentEnd]] = {}
        for end in self.where(
            ConsentEnd,
            "t.consent_id IN (SELECT value FROM json_each(?)) ORDER BY t.row",
            (json.dumps(consents),),
        ):
            found.setdefault(end.consent_id, []).append(end)
        return found

    def scans(self, *consents: str) -> list[ConsentScan]:
        """Return the scans of consents, the newest first."""
        return self.where(
            ConsentScan,
            "t.consent_id IN (SELECT value FROM json_each(?)) ORDER BY t.row DESC",
            (json.dumps(consents),),
        )

    def content(self, scan_id: str) -> bytes:
        """Return the bytes of a scan; KeyError if they are not there."""
        row = self.reader.execute(
            "SELECT content FROM consent_scan_content WHERE scan_id = ?", (scan_id,)
        ).fetchone()
        if row is None:
            raise KeyError(scan_id)
        return bytes(row[0])

    def lines(
        self, seat: Seat, by: Narrowing, day: str, offset: int = 0, limit: int = PAGE
    ) -> list[ConsentLine]:
        """Return one page: those about to lapse by their last day, others the newest first."""
        condition, values = _narrowed(seat, by, day)
        order = "t.until_on, t.row" if by.view is View.LAPSING else "t.signed_on DESC, t.row DESC"
        rows = self.reader.execute(
            f"SELECT {listed(Consent)}, {_PUPIL},"
            f" {_SCANS}"
            " FROM consent t CROSS JOIN student s ON s.id = t.student_id"
            # A sum, since the engine would plan anew at each value of a bare parameter here.
            f" WHERE {condition} ORDER BY {order} LIMIT 0 + :limit OFFSET :offset",
            {**values, "limit": limit, "offset": offset},
        ).fetchall()
        ends = self.ends(*(row[0] for row in rows))
        found = []
        for row in rows:
            consent = read_as(Consent, row)
            its = tuple(ends.get(consent.id, ()))
            state = state_on(consent, its, day)
            found.append(
                ConsentLine(
                    consent,
                    _pupil(row[-_PUPIL_WIDTH - 1 : -1]),
                    state,
                    lapses_soon(consent, state, day),
                    its,
                    row[-1],
                )
            )
        return found

    def count(self, seat: Seat, by: Narrowing, day: str) -> int:
        """Return how many there are."""
        condition, values = _narrowed(seat, by, day)
        row = self.reader.execute(
            "SELECT count(*) FROM consent t CROSS JOIN student s ON s.id = t.student_id"
            f" WHERE {condition}",
            values,
        ).fetchone()
        return int(row[0]) if row else 0

    def rules(self, source: RulesSource | None = None) -> ConsentRules | None:
        """Return the newest rules, of one source or of any, or None."""
        condition, values = ("t.source = ?", (source.value,)) if source else ("1", ())
        found = self.where(ConsentRules, f"{condition} ORDER BY t.row DESC LIMIT 1", values)
        return next(iter(found), None)


def _narrowed(seat: Seat, by: Narrowing, day: str) -> tuple[str, dict[str, Value]]:
    parts = [_STANDS, _SEEN, _VIEWS[by.view]]
    values: dict[str, Value] = {"day": day, "soon": last_lapsing_day(day), **eyes_on(seat)}
    for name, condition, value in (
        ("student", "t.student_id = :student", by.student_id),
        ("kind", "t.kind = :kind", by.kind),
        ("school", "s.school_id = :school", by.school_id),
    ):
        if value:
            parts.append(condition)
            values[name] = value
    return " AND ".join(parts), values


class ConsentKeeper(ConsentBook, Keeper):
    """The room's records within one command."""

    def add_scan(self, scan: ConsentScan, content: bytes) -> None:
        """Keep a scan and its bytes."""
        self.add(scan)
        self.tx.execute(
            "INSERT INTO consent_scan_content (scan_id, content) VALUES (?, ?)", (scan.id, content)
        )


_rows = looked_over(ConsentBook)


def frozen_rows(reader: Reader) -> tuple[int, list[Wrong]]:
    """Count the room's frozen rows and find those that no command wrote; scans by their bytes."""
    count, wrong = _rows(reader)
    rows = reader.execute(
        "SELECT t.id, t.sha256, c.content FROM consent_scan t"
        " LEFT JOIN consent_scan_content c ON c.scan_id = t.id ORDER BY t.row"
    )
    for scan, sha256, content in rows:
        if content is None:
            wrong.append(Wrong("consent_scan_content", scan, How.GONE))
        elif hashlib.sha256(content).hexdigest() != sha256:
            wrong.append(Wrong("consent_scan_content", scan, How.ALTERED))
    alone = reader.execute(
        "SELECT c.scan_id FROM consent_scan_content c"
        " WHERE NOT EXISTS (SELECT 1 FROM consent_scan t WHERE t.id = c.scan_id)"
    )
    wrong += [Wrong("consent_scan_content", scan, How.UNWITNESSED) for (scan,) in alone]
    return count, wrong


__all__ = [
    "PAGE",
    "ConsentBook",
    "ConsentKeeper",
    "ConsentLine",
    "Guardian",
    "Narrowing",
    "Pupil",
    "View",
    "eyes_on",
    "frozen_rows",
]
