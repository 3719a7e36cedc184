"""Disclosures in the file."""

import json

from app.features.privacy.model import Disclosure, DisclosureLine
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.ports import Reader, Row, Transaction

_LINE = (
    "SELECT d.id, d.student_id, d.paper, d.scope, d.recipient, d.purpose, d.means, d.sha256,"
    " d.bytes, d.person_id, d.made_at, d.zone, s.given_name, s.family_name, s.preferred_name,"
    " p.name, coalesce(x.reason, '')"
    " FROM disclosure d JOIN student s ON s.id = d.student_id JOIN person p ON p.id = d.person_id"
    " LEFT JOIN disclosure_stopped x ON x.disclosure_id = d.id"
)


class Disclosures:
    """What left the desk."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def page(self, student_id: StudentId | None, offset: int, limit: int) -> list[DisclosureLine]:
        """Return disclosures of a student, or of all, newest first."""
        where, values = (
            ("", ()) if student_id is None else (" WHERE d.student_id = ?", (student_id,))
        )
        rows = self._reader.execute(
            f"{_LINE}{where} ORDER BY d.made_at DESC, d.id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_line(row) for row in rows]

    def count(self, student_id: StudentId | None) -> int:
        """Return how many disclosures there are of a student, or of all."""
        where, values = ("", ()) if student_id is None else (" WHERE student_id = ?", (student_id,))
        row = self._reader.execute(f"SELECT count(*) FROM disclosure{where}", values).fetchone()
        return int(row[0]) if row else 0

    def get(self, disclosure_id: str) -> DisclosureLine:
        """Return one disclosure; KeyError if there is none."""
        row = self._reader.execute(f"{_LINE} WHERE d.id = ?", (disclosure_id,)).fetchone()
        if row is None:
            raise KeyError(disclosure_id)
        return _line(row)


class DisclosureRepo(Disclosures):
    """What left the desk, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, disclosure: Disclosure) -> None:
        """Write a disclosure; it stands from then on."""
        self._tx.execute(
            "INSERT INTO disclosure (id, student_id, paper, scope, recipient, purpose, means,"
            " sha256, bytes, person_id, made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                disclosure.id,
                disclosure.student_id,
                disclosure.paper,
                json.dumps(dict(disclosure.scope), ensure_ascii=False, sort_keys=True),
                disclosure.recipient,
                disclosure.purpose,
                disclosure.means,
                disclosure.sha256,
                disclosure.bytes,
                disclosure.person_id,
                disclosure.made.at,
                disclosure.made.zone,
            ),
        )

    def stop(self, disclosure_id: str, reason: str) -> None:
        """Write down that a disclosure did not leave."""
        self._tx.execute(
            "INSERT INTO disclosure_stopped (disclosure_id, reason, made_at, zone)"
            " VALUES (?, ?, ?, ?)",
            (disclosure_id, reason, self._tx.now.at, self._tx.now.zone),
        )


def _line(row: Row) -> DisclosureLine:
    disclosure = Disclosure(
        row[0],
        StudentId(row[1]),
        row[2],
        json.loads(row[3]),
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        PersonId(row[9]),
        Moment(row[10], row[11]),
    )
    return DisclosureLine(disclosure, row[12], row[13], row[14], row[15], row[16])
