"""Requests for records in the file."""

from app.features.privacy.inspection import (
    Party,
    RecordRequest,
    RequestEntry,
    RequestSheet,
    Step,
    Wanted,
)
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.ports import Reader, Row, Transaction

_LINE = (
    "SELECT r.id, r.student_id, r.kind, r.party, r.asked_by, r.what, r.interest, r.received_on,"
    " r.due_on, r.person_id, r.made_at, r.zone, s.given_name, s.family_name, s.preferred_name,"
    " p.name FROM record_request r JOIN student s ON s.id = r.student_id"
    " JOIN person p ON p.id = r.person_id"
)
_OPEN = "NOT EXISTS (SELECT 1 FROM request_entry e WHERE e.request_id = r.id AND e.kind = 'closed')"
_DUE = (
    "coalesce((SELECT x.due_on FROM request_entry x WHERE x.request_id = r.id"
    " AND x.kind = 'extended' ORDER BY x.row DESC LIMIT 1), r.due_on)"
)


class Requests:
    """Requests as they stand."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def page(
        self, student_id: StudentId | None, offset: int, limit: int, *, open_only: bool
    ) -> list[RequestSheet]:
        """Return requests: open ones first, by when they are due; then closed, newest first."""
        rows = self._reader.execute(
            f"{_LINE} WHERE (:student IS NULL OR r.student_id = :student)"
            f" AND (:open = 0 OR {_OPEN})"
            f" ORDER BY {_OPEN} DESC, CASE WHEN {_OPEN} THEN {_DUE} = '' END,"
            f" CASE WHEN {_OPEN} THEN {_DUE} END, r.received_on DESC, r.row DESC"
            # A sum, since the engine would plan anew at each value of a bare parameter here.
            " LIMIT 0 + :limit OFFSET :offset",
            {"student": student_id, "open": int(open_only), "limit": limit, "offset": offset},
        ).fetchall()
        return [self._sheet(row) for row in rows]

    def count(self, student_id: StudentId | None) -> tuple[int, int]:
        """Return how many requests there are, and how many are open."""
        row = self._reader.execute(
            f"SELECT count(*), coalesce(sum({_OPEN}), 0) FROM record_request r"
            " WHERE (:student IS NULL OR r.student_id = :student)",
            {"student": student_id},
        ).fetchone()
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def get(self, request_id: str) -> RequestSheet:
        """Return one request; KeyError if there is none."""
        row = self._reader.execute(f"{_LINE} WHERE r.id = ?", (request_id,)).fetchone()
        if row is None:
            raise KeyError(request_id)
        return self._sheet(row)

    def outstanding(self, student_id: StudentId) -> bool:
        """Tell whether a request to inspect a student's record is open."""
        row = self._reader.execute(
            "SELECT 1 FROM record_request r WHERE r.student_id = ? AND r.kind = 'inspect'"
            f" AND {_OPEN} LIMIT 1",
            (student_id,),
        ).fetchone()
        return row is not None

    def _sheet(self, row: Row) -> RequestSheet:
        request = RecordRequest(
            row[0],
            StudentId(row[1]),
            Wanted(row[2]),
            Party(row[3]),
            row[4],
            row[5],
            row[6],
            row[7],
            row[8],
            PersonId(row[9]),
            Moment(row[10], row[11]),
        )
        entries = self._reader.execute(
            "SELECT e.id, e.request_id, e.kind, e.outcome, e.text, e.on_day, e.due_on,"
            " e.person_id, e.made_at, e.zone, p.name FROM request_entry e"
            " JOIN person p ON p.id = e.person_id WHERE e.request_id = ? ORDER BY e.row",
            (request.id,),
        ).fetchall()
        return RequestSheet(
            request,
            row[12],
            row[13],
            row[14],
            row[15],
            tuple(
                RequestEntry(
                    one[0],
                    one[1],
                    Step(one[2]),
                    one[3],
                    one[4],
                    one[5],
                    one[6],
                    PersonId(one[7]),
                    Moment(one[8], one[9]),
                    one[10],
                )
                for one in entries
            ),
        )


class RequestsRepo(Requests):
    """The same inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, request: RecordRequest) -> dict[str, object]:
        """Write a request; return what the journal keeps of it."""
        facts: dict[str, object] = {
            "student_id": request.student_id,
            "kind": request.kind.value,
            "party": request.party.value,
            "asked_by": request.asked_by,
            "what": request.what,
            "interest": request.interest,
            "received_on": request.received_on,
            "due_on": request.due_on,
        }
        self._tx.execute(
            "INSERT INTO record_request (id, student_id, kind, party, asked_by, what, interest,"
            " received_on, due_on, person_id, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                request.id,
                *(str(fact) for fact in facts.values()),
                request.person_id,
                request.made.at,
                request.made.zone,
            ),
        )
        return facts

    def add_entry(self, entry: RequestEntry) -> dict[str, object]:
        """Write what became of a request; return what the journal keeps of it."""
        facts: dict[str, object] = {
            "request_id": entry.request_id,
            "kind": entry.kind.value,
            "outcome": entry.outcome,
            "text": entry.text,
            "on_day": entry.on_day,
            "due_on": entry.due_on,
        }
        self._tx.execute(
            "INSERT INTO request_entry (id, request_id, kind, outcome, text, on_day, due_on,"
            " person_id, made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entry.id,
                *(str(fact) for fact in facts.values()),
                entry.person_id,
                entry.made.at,
                entry.made.zone,
            ),
        )
        return facts
