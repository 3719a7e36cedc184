"""Looking for damage, in the order that gives no false alarms.

First the structure (`integrity_check` also sees pages cut off the end), then the
write-ahead log is folded in, and only then the pages' own seals
(`cipher_integrity_check` complains about a log that was left in the middle of folding).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlcipher3 import dbapi2

from app.kernel.keys import Anchor
from app.kernel.ports import Reader
from app.store import journal
from app.store.connection import known_trouble

SignedRows = Callable[[Reader], tuple[int, list[str]]]
"""A room's own recomputation of its signed rows' hashes: how many, and the ids that differ."""


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


def check_keys(connection: dbapi2.Connection) -> Finding:
    """Tell whether every reference from one row to another leads somewhere."""
    try:
        rows = connection.execute("PRAGMA foreign_key_check").fetchall()
    except dbapi2.DatabaseError as error:
        return Finding("references", whole=False, count=1, detail=str(error))
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


def check_signed(connection: dbapi2.Connection, signed: SignedRows) -> Finding:
    """Tell whether every signed row still has the content whose hash it carries."""
    try:
        with known_trouble():
            total, wrong = signed(connection)
    except Exception as error:  # noqa: BLE001 - whatever stops the reading is damage
        return Finding("signed-rows", whole=False, count=1, detail=type(error).__name__)
    return Finding("signed-rows", not wrong, len(wrong) or total, "; ".join(wrong[:5]))
