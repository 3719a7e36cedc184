"""Bringing a file's schema to this program's: numbered steps, all of them or none."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from sqlcipher3 import dbapi2

from app.kernel.errors import Damage, Trouble
from app.store.connection import APPLICATION_ID

Also = Callable[[dbapi2.Connection, int, int], None]
"""Writes about the migration (from, to) within its transaction."""


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


NEWEST = 19
"""The schema this program writes; `test_migrate` holds it against the files."""


def version(connection: dbapi2.Connection) -> int:
    """Return the file's schema version; refuse a file that is newer or is not ours."""
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > NEWEST:
        raise Trouble("vault-newer", have=found, know=NEWEST)
    if found and connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise Damage("file-foreign")
    return found


def migrate(
    connection: dbapi2.Connection, also: Also | None = None, *, upto: int = NEWEST
) -> tuple[int, int]:
    """Apply the steps the file lacks, up to one; return its version before and after.

    All steps are one transaction, with what `also` writes about them: struck down in the
    middle, or without room for the end, the file is what it was, and the program that wrote
    it opens it.
    """
    before = version(connection)
    if before >= upto:
        return before, before
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, script in steps():
            if before < number <= upto:
                for statement in _statements(script):
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {upto}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        if before and also is not None:
            also(connection, before, upto)
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
