"""Disclosures in the file."""

import json

from app.features.privacy.labels import CORRECTED, TABLES, Label, Labelled
from app.features.privacy.model import Disclosure, DisclosureLine, Record, ViewLine
from app.kernel.clock import Moment
from app.kernel.frozen import How, Wrong
from app.kernel.ids import PersonId, StudentId
from app.kernel.ports import Reader, Row, Seat, Transaction
from app.kernel.releases import Emergency, Ground, Terms
from app.kernel.rights import eyes

_LINE = (
    "SELECT d.id, d.student_id, d.paper, d.scope, d.recipient, d.purpose, d.means, d.sha256,"
    " d.bytes, d.person_id, d.made_at, d.zone, s.given_name, s.family_name, s.preferred_name,"
    " p.name, coalesce(x.reason, ''),"
    " d.ground, d.version, d.release_of, d.interest, d.threat, d.who_needs, d.because"
    " FROM disclosure d JOIN student s ON s.id = d.student_id JOIN person p ON p.id = d.person_id"
    " LEFT JOIN disclosure_stopped x ON x.disclosure_id = d.id"
)


def grounds(terms: Terms, version: str) -> dict[str, str]:
    """Return what a disclosure's row and its journal entry keep of its ground, by column."""
    emergency = terms.emergency or Emergency("", "")
    return {
        "ground": terms.ground or "",
        "version": version,
        "release_of": terms.release_id,
        "interest": terms.interest,
        "threat": emergency.threat,
        "who_needs": emergency.who_needs,
        "because": terms.because,
    }


def frozen_disclosures(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many disclosures there are, and those that are not what a command wrote.

    The witness is the journal: its entry carries every column. What is said of one that did
    not leave has an entry of its own.
    """
    count, wrong = 0, []
    for table, told, kept in (
        ("disclosure", _TOLD, _KEPT),
        ("disclosure_stopped", _TOLD_STOPPED, _KEPT_STOPPED),
        ("part2_label", _TOLD_LABEL, _KEPT_LABEL),
        ("record_request", _TOLD_REQUEST, _KEPT_REQUEST),
        ("request_entry", _TOLD_ENTRY, _KEPT_ENTRY),
    ):
        seen = {row[0]: row[1:] for row in reader.execute(told)}
        for row in reader.execute(kept):
            count += 1
            entry = seen.pop(row[0], None)
            if entry is None:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
            elif entry != row[1:]:
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
        wrong += [Wrong(table, str(gone), How.GONE) for gone in seen]
    return count, wrong


_GROUNDS = ("ground", "version", "release_of", "interest", "threat", "who_needs", "because")
# The scope is compared as the engine itself writes JSON, whatever its spaces were.
_TOLD = (
    "SELECT subject_id, after ->> '$.student', after ->> '$.paper', json(after -> '$.scope'),"
    " after ->> '$.recipient', after ->> '$.purpose', after ->> '$.means', after ->> '$.sha256',"
    " after ->> '$.bytes', person_id, at, zone,"
    # What an entry from before says nothing of is empty in its row as well.
    + ", ".join(f" coalesce(after ->> '$.{fact}', '')" for fact in _GROUNDS)
    + " FROM journal WHERE what = 'RecordDisclosure'"
)
_KEPT = (
    "SELECT id, student_id, paper, iif(json_valid(scope), json(scope), scope), recipient, purpose, means, sha256, bytes,"
    f" person_id, made_at, zone, {', '.join(_GROUNDS)} FROM disclosure ORDER BY rowid"
)
_TOLD_STOPPED = (
    "SELECT subject_id, after ->> '$.reason', at, zone FROM journal"
    " WHERE what = 'RecordNothingLeft'"
)
_KEPT_STOPPED = "SELECT disclosure_id, reason, made_at, zone FROM disclosure_stopped"


def _told(facts: tuple[str, ...], *commands: str) -> str:
    said = ", ".join(f"after ->> '$.{fact}'" for fact in facts)
    asked = ", ".join(f"'{command}'" for command in commands)
    return f"SELECT subject_id, {said}, person_id, at, zone FROM journal WHERE what IN ({asked})"


def _kept(table: str, facts: tuple[str, ...]) -> str:
    return f"SELECT id, {', '.join(facts)}, person_id, made_at, zone FROM {table} ORDER BY row"


_LABEL_FACTS = ("kind", "record", "student_id", "labelled")
_REQUEST_FACTS = (
    "student_id", "kind", "party", "asked_by", "what", "interest", "received_on", "due_on",
)  # fmt: skip
_ENTRY_FACTS = ("request_id", "kind", "outcome", "text", "on_day", "due_on")
_TOLD_LABEL = _told(_LABEL_FACTS, "LabelPart2", "UnlabelPart2")
_KEPT_LABEL = _kept("part2_label", _LABEL_FACTS)
_TOLD_REQUEST = _told(_REQUEST_FACTS, "RecordRequestIn")
_KEPT_REQUEST = _kept("record_request", _REQUEST_FACTS)
_TOLD_ENTRY = _told(_ENTRY_FACTS, "AnswerRequest", "ExtendRequest", "CloseRequest")
_KEPT_ENTRY = _kept("request_entry", _ENTRY_FACTS)


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
            f"{_LINE}{where} ORDER BY d.made_at DESC, d.id DESC LIMIT 0 + ? OFFSET ?",
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
        found = self.found(disclosure_id)
        if found is None:
            raise KeyError(disclosure_id)
        return found

    def found(self, disclosure_id: str) -> DisclosureLine | None:
        """Return one disclosure, if there is one."""
        row = self._reader.execute(f"{_LINE} WHERE d.id = ?", (disclosure_id,)).fetchone()
        return None if row is None else _line(row)


# A look at what one does not see oneself would tell that it is there.
_SEEN = (
    "EXISTS (SELECT 1 FROM {table} n WHERE n.{key} = j.after ->> '$.{fact}' AND +n.person_id IN ("
    "SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles))))"
)
_WHERE: dict[Record, tuple[str, str]] = {
    Record.CONCERN: ("concern", "id"),
    Record.CONSULTATION: ("consultation", "id"),
    Record.GROUP_SESSION: ("group_session", "id"),
    Record.SCREENING: ("screening", "id"),
    Record.RISK: ("risk", "id"),
    Record.PLAN: ("care_plan", "id"),
    Record.GOAL: ("plan_goal", "key"),
    Record.CONSENT: ("consent", "id"),
}
"""In which table a record stands, and by what its look names it."""
_VIEWS = (
    " FROM journal j WHERE j.subject_id = :student"
    " AND j.what IN ('ViewStudent', 'ViewNote', 'ViewRecord') AND CASE"
    " WHEN j.after ->> '$.note' IS NOT NULL THEN "
    + _SEEN.format(table="session_note", key="id", fact="note")
    + " WHEN j.after ->> '$.record' IS NULL THEN 1 "
    + " ".join(
        f"WHEN j.after ->> '$.record' = '{record}' THEN "
        + _SEEN.format(table=table, key=key, fact="id")
        for record, (table, key) in _WHERE.items()
    )
    + " ELSE 0 END"
)


class Views:
    """Who has looked at a student's record."""

    def __init__(self, reader: Reader, seat: Seat) -> None:
        self._reader = reader
        self._seat = seat

    def page(self, student_id: StudentId, offset: int, limit: int) -> list[ViewLine]:
        """Return looks at a student's record, the latest first."""
        rows = self._reader.execute(
            "SELECT j.seq, j.at, j.zone,"
            " coalesce((SELECT w.name FROM person w WHERE w.id = j.person_id), ''),"
            " coalesce((SELECT w.role FROM person w WHERE w.id = j.person_id), ''),"
            " coalesce(j.after ->> '$.note', ''), coalesce(j.after ->> '$.paper', ''),"
            " coalesce(j.after ->> '$.record', ''), coalesce(j.after ->> '$.id', '')"
            f"{_VIEWS} ORDER BY j.seq DESC LIMIT 0 + :limit OFFSET :offset",
            {"student": student_id, "limit": limit, "offset": offset, **eyes(self._seat)},
        )
        return [ViewLine(row[0], Moment(row[1], row[2]), *row[3:]) for row in rows]

    def count(self, student_id: StudentId) -> int:
        """Return how many looks there are."""
        row = self._reader.execute(
            f"SELECT count(*) {_VIEWS}", {"student": student_id, **eyes(self._seat)}
        ).fetchone()
        return int(row[0]) if row else 0


_NOW_LABELLED = (
    " FROM part2_label l WHERE l.labelled = 1 AND l.row = (SELECT max(m.row) FROM part2_label m"
    " WHERE m.kind = l.kind AND m.record = l.record)"
)


class Gate:
    """What the gate has to know of the file: labels, and what holds for the whole desk."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def name(self, person: PersonId) -> str:
        """Return what a person is called."""
        row = self._reader.execute("SELECT name FROM person WHERE id = ?", (person,)).fetchone()
        return str(row[0]) if row else ""

    def setting(self, name: str) -> str:
        """Return a setting of the desk; empty while nobody has set it."""
        row = self._reader.execute(
            "SELECT value FROM gate_setting WHERE name = ?", (name,)
        ).fetchone()
        return str(row[0]) if row else ""

    def is_labelled(self, kind: Labelled, record: str) -> bool:
        """Tell whether a record is labelled now."""
        row = self._reader.execute(
            "SELECT labelled FROM part2_label WHERE kind = ? AND record = ?"
            " ORDER BY row DESC LIMIT 1",
            (kind, record),
        ).fetchone()
        return bool(row and row[0])

    def labelled_of(self, student_id: StudentId) -> list[tuple[Labelled, str]]:
        """Return a student's records that are labelled now."""
        rows = self._reader.execute(
            f"SELECT l.kind, l.record{_NOW_LABELLED} AND l.student_id = ? ORDER BY l.row",
            (student_id,),
        )
        return [(Labelled(kind), record) for kind, record in rows]

    def record_of(self, kind: Labelled, record: str, seat: Seat) -> StudentId | None:
        """Return whom a record is about that the seat may see; None if there is none."""
        row = self._reader.execute(
            f"SELECT n.student_id FROM {TABLES[kind]} n WHERE n.id = :record AND n.person_id IN ("
            "SELECT p.id FROM person p WHERE p.id = :me"
            " OR p.role IN (SELECT value FROM json_each(:roles)))",
            {"record": record, **eyes(seat)},
        ).fetchone()
        return StudentId(row[0]) if row and row[0] else None

    def corrected_by(self, kind: Labelled, record: str) -> list[str]:
        """Return the records in whose place one stands, as far as they are the same student's."""
        if kind not in CORRECTED:
            return []
        rows = self._reader.execute(
            "WITH RECURSIVE earlier (id, student_id) AS ("
            f"SELECT b.id, b.student_id FROM {TABLES[kind]} n JOIN {TABLES[kind]} b"
            " ON b.id = n.replaces AND b.student_id = n.student_id WHERE n.id = ?"
            f" UNION SELECT b.id, b.student_id FROM earlier e JOIN {TABLES[kind]} n ON n.id = e.id"
            f" JOIN {TABLES[kind]} b ON b.id = n.replaces AND b.student_id = n.student_id)"
            " SELECT id FROM earlier",
            (record,),
        )
        return [row[0] for row in rows]


class GateRepo(Gate):
    """The same inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add_label(self, label: Label) -> None:
        """Write that a record is labelled, or is not any more."""
        self._tx.execute(
            "INSERT INTO part2_label (id, kind, record, student_id, labelled, person_id, made_at,"
            " zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                label.id,
                label.kind,
                label.record,
                label.student_id,
                int(label.labelled),
                label.person_id,
                label.made.at,
                label.made.zone,
            ),
        )

    def set(self, name: str, value: str) -> None:
        """Keep a setting of the desk."""
        self._tx.execute(
            "INSERT INTO gate_setting (name, value, person_id, set_at, zone)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value,"
            " person_id = excluded.person_id, set_at = excluded.set_at, zone = excluded.zone",
            (name, value, self._tx.who, self._tx.now.at, self._tx.now.zone),
        )


class DisclosureRepo(Disclosures):
    """What left the desk, inside a transaction."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self._tx = tx

    def add(self, disclosure: Disclosure) -> None:
        """Write a disclosure; it stands from then on."""
        self._tx.execute(
            "INSERT INTO disclosure (id, student_id, paper, scope, recipient, purpose, means,"
            " sha256, bytes, person_id, made_at, zone, ground, version, release_of, interest,"
            " threat, who_needs, because)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                *grounds(disclosure.terms, disclosure.version).values(),
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
        Terms(
            Ground(row[17]) if row[17] else None,
            row[19],
            row[20],
            Emergency(row[21], row[22]) if row[21] or row[22] else None,
            row[23],
        ),
        row[18],
    )
    return DisclosureLine(disclosure, row[12], row[13], row[14], row[15], row[16])
