"""Looking for damage, in the order that gives no false alarms.

First the structure (`integrity_check` also sees pages cut off the end), then the
write-ahead log is folded in, and only then the pages' own seals
(`cipher_integrity_check` complains about a log that was left in the middle of folding).
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlcipher3 import dbapi2

from app.kernel.frozen import FrozenRows, How, Wrong
from app.kernel.ids import is_id
from app.kernel.keys import Anchor
from app.kernel.ports import Reader
from app.store import journal
from app.store.connection import known_trouble


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: its code, whether it is whole, and what was seen."""

    code: str
    whole: bool
    count: int = 0
    detail: str = ""


def _most(rows: list[tuple[object, ...]], limit: int = 5) -> str:
    return "; ".join(str(row[0]) for row in rows[:limit])


def check_file(connection: dbapi2.Connection) -> Iterator[Finding]:
    """Yield what the file's structure and its pages' seals look like."""
    try:
        rows = connection.execute("PRAGMA integrity_check(100)").fetchall()
        fine = rows == [("ok",)]
        yield Finding("file-structure", fine, 0 if fine else len(rows), "" if fine else _most(rows))
    except dbapi2.DatabaseError as error:
        yield Finding("file-structure", whole=False, count=1, detail=str(error))
    try:
        if not connection.execute("PRAGMA query_only").fetchone()[0]:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        rows = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        yield Finding("file-seals", not rows, len(rows), _most(rows))
    except dbapi2.DatabaseError as error:
        yield Finding("file-seals", whole=False, count=1, detail=str(error))


@dataclass(frozen=True, slots=True)
class Known:
    """What an earlier repair lists as lost: told once more, and no damage of today."""

    repairs: int = 0
    losses: int = 0
    at: str = ""
    rows: frozenset[tuple[str, str, str]] = frozenset()
    """Table, row and how, of each loss that a check would come upon again."""

    def excuses(self, wrong: Wrong) -> bool:
        """Tell whether the repair listed this very row as lost, or as kept without its entry."""
        how = {How.GONE: "lost", How.UNWITNESSED: "unproven"}.get(wrong.how, "")
        if (wrong.table, wrong.id, how) in self.rows:
            return True
        # An entry names the rows of several tables, and one table: a row that is gone is known
        # by its own id alone.
        return (
            wrong.how is How.GONE
            and is_id(wrong.id)
            and any(row == wrong.id and told == how for _table, row, told in self.rows)
        )


def known_losses(connection: Reader) -> Known:
    """Return what the repairs of this vault list; a list that was itself changed counts for none."""
    there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'repair_loss'").fetchone()
    last = (
        there
        and connection.execute("SELECT count(*), coalesce(max(made_at), '') FROM repair").fetchone()
    )
    if not last or not last[0]:
        return Known()
    sound = all(losses_digest(connection, repair) == digest for repair, digest in _told(connection))
    rows = connection.execute("SELECT kind, row_id, how FROM repair_loss").fetchall()
    excused = frozenset((str(kind), str(row), str(how)) for kind, row, how in rows)
    return Known(int(last[0]), len(rows), str(last[1]), excused if sound else frozenset())


def losses_digest(reader: Reader, repair: str) -> str:
    """Return the SHA-256 of the list of a repair, which its journal entry carries."""
    digest = hashlib.sha256()
    for row in reader.execute(
        "SELECT position, kind, row_id, student_id, happened_on, how FROM repair_loss"
        " WHERE repair_id = ? ORDER BY position",
        (repair,),
    ):
        digest.update(json.dumps(row, ensure_ascii=False).encode())
    return digest.hexdigest()


def _told(reader: Reader) -> list[tuple[str, str]]:
    rows = reader.execute(
        "SELECT r.id, coalesce(j.after ->> '$.digest', '') FROM repair r"
        " LEFT JOIN journal j ON j.subject_id = r.id AND j.what = ?",
        (journal.REPAIRED,),
    ).fetchall()
    return [(str(repair), str(digest)) for repair, digest in rows]


def check_repairs(connection: dbapi2.Connection) -> tuple[Known, list[Finding]]:
    """Return what earlier repairs list, and a line that tells of them where there were any."""
    try:
        known = known_losses(connection)
    except dbapi2.DatabaseError:
        return Known(), []
    if not known.repairs:
        return known, []
    whole = bool(known.rows) or not known.losses
    return known, [Finding("repair-list", whole, known.losses, known.at[:10])]


def check_keys(connection: dbapi2.Connection, known: Known = Known()) -> Finding:
    """Tell whether every reference from one row to another leads somewhere."""
    try:
        found = connection.execute("PRAGMA foreign_key_check").fetchall()
    except dbapi2.DatabaseError as error:
        return Finding("references", whole=False, count=1, detail=str(error))
    rows = [row for row in found if (row[0], str(row[1]), "unlinked") not in known.rows]
    return Finding("references", not rows, len(rows), _most(rows))


def check_journal(connection: dbapi2.Connection, anchor: Anchor | None) -> Iterator[Finding]:
    """Yield whether the chain is unbroken, and whether it still holds the anchored head."""
    try:
        broken = list(journal.broken_links(connection))
        head = journal.head(connection)
        yield Finding(
            "journal-chain",
            not broken,
            len(broken) or head.count,
            str(broken[0]) if broken else head.hash.hex()[:16],
        )
        if anchor is not None:
            yield Finding("journal-head", journal.holds(connection, anchor), anchor.count)
    except dbapi2.DatabaseError as error:
        yield Finding("journal-chain", whole=False, count=1, detail=str(error))


def check_frozen(
    connection: dbapi2.Connection, frozen: FrozenRows, known: Known = Known()
) -> Finding:
    """Tell whether a room's frozen rows are what was written, each with its journal entry."""
    try:
        with known_trouble():
            total, found = frozen.look(connection)
    except Exception as error:  # noqa: BLE001 - whatever stops the reading is damage
        return Finding(frozen.code, whole=False, count=1, detail=type(error).__name__)
    wrong = [one for one in found if not known.excuses(one)]
    named = "; ".join(one.id for one in wrong[:5])
    return Finding(frozen.code, not wrong, len(wrong) or total, named)
