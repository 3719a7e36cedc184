"""Bringing a file's schema to this program's: numbered steps, each in its own transaction."""

from functools import cache
from importlib.resources import files

from sqlcipher3 import dbapi2

from app.kernel.errors import Damage, Trouble
from app.store.connection import APPLICATION_ID


@cache
def steps() -> tuple[tuple[int, str], ...]:
    """Return each step's number and its SQL, in order, without gaps."""
    found = sorted(
        (int(entry.name[:4]), entry.read_text(encoding="utf-8"))
        for entry in files("app.store.migrations").iterdir()
        if entry.name.endswith(".sql")
    )
    if [number for number, _ in found] != list(range(1, len(found) + 1)):
        raise RuntimeError("the numbers of the migrations have a gap")
    return tuple(found)


NEWEST = 6
"""The schema this program writes; `test_migrate` holds it against the files."""


def version(connection: dbapi2.Connection) -> int:
    """Return the file's schema version; refuse a file that is newer or is not ours."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > NEWEST:
        raise Trouble("vault-newer", have=found, know=NEWEST)
    if found and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damage("file-foreign")
    return found


def migrate(connection: dbapi2.Connection, upto: int = NEWEST) -> tuple[int, int]:
    """Apply the steps the file lacks, up to one; return its version before and after.

    A step is one transaction together with its number: killed in the middle, the
    file is at the step before, and the next opening goes on from there.
    """
    before = version(connection)
    if before >= upto:
        return before, before
    for number, script in steps():
        if not before < number <= upto:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return before, upto


def _statements(script: str) -> list[str]:
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if line.rstrip().endswith(";") and dbapi2.complete_statement(pending):
            found.append(pending)
            pending = ""
    if pending.strip():
        found.append(pending)
    return found
