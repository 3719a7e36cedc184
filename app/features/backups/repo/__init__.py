"""What a backup's file holds, read from it and from the living vault."""

import contextlib
import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlcipher3 import dbapi2

from app.features.backups.model import Inside
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Damage, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.ports import Progress, Reader, Seat
from app.store import journal
from app.store.backup import check_copy, copy_file, count_rows
from app.store.check import (
    Finding,
    check_file,
    check_frozen,
    check_journal,
    check_keys,
    check_repairs,
)
from app.store.connection import connect, known_trouble
from app.store.migrate import NEWEST, migrate, version
from app.store.records import Records
from app.store.salvage import Salvaged, fold, salvage
from app.store.shapes import tables_of

__all__ = [
    "NEWEST",
    "Vault",
    "checked",
    "checked_and_hashed",
    "copied",
    "examine",
    "frozen_wrong",
    "look_at_damage",
    "mark_restored",
    "opens",
    "opens_as_vault",
    "salvaged",
    "schema_of",
    "sha256",
]


def look_inside(reader: Reader) -> Inside:
    """Return what the file holds at this moment."""
    schema = reader.execute("PRAGMA user_version").fetchone()
    last = reader.execute("SELECT at FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return Inside(
        schema=int(schema[0]) if schema else 0,
        anchor=journal.head(reader).anchor(),
        rows=count_rows(reader),
        last_entry=str(last[0]) if last else "",
        drafts=drafts(reader),
    )


def drafts(reader: Reader) -> str:
    """Return a fingerprint of the drafts: they are saved without an entry in the journal."""
    digest = hashlib.sha256()
    for row in reader.execute("SELECT id, saved_at FROM note_draft ORDER BY id"):
        digest.update(f"{row[0]} {row[1]}\n".encode())
    return digest.hexdigest()


def copied(
    source: Path, keys: VaultKeys, target: Path, progress: Progress, *, untouched: bool = False
) -> Inside:
    """Copy the living file and return what it held at the moment of the copy.

    With `untouched` it is not living: nobody has it open, and nothing is left beside it.
    """
    return copy_file(source, keys, target, progress, look_inside, untouched=untouched)


def schema_of(path: Path, keys: VaultKeys, anchor: Anchor | None) -> tuple[int, Anchor]:
    """Return the schema of a file that nobody has open, and its journal's end; touch nothing.

    Raises Trouble `vault-newer`, and Damage `journal-older` if it lacks the entry that
    `anchor` saw.
    """
    with known_trouble():
        peek = connect(path, keys, untouched=True)
        try:
            schema = version(peek)
            if anchor is not None and not journal.holds(peek, anchor):
                raise Damage("journal-older", count=anchor.count)
            return schema, journal.head(peek).anchor()
        finally:
            peek.close()


def checked(path: Path, keys: VaultKeys) -> Inside:
    """Open a copy, read all of it and return what it holds; raise Damage `backup-damaged`."""
    return check_copy(path, keys, look_inside)


def checked_and_hashed(path: Path, keys: VaultKeys) -> tuple[Inside, str]:
    """Do both at once: each keeps one core busy, and the hash is done long before the check."""
    with ThreadPoolExecutor(1, "casewell-hash") as threads:
        digest = threads.submit(sha256, path)
        return checked(path, keys), digest.result()


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Vault:
    """What backups need to know of the living vault."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def holds(self, anchor: Anchor) -> bool:
        """Tell whether the journal holds the entry that `anchor` saw as its last."""
        return journal.holds(self._reader, anchor)

    def changed(self, inside: Inside) -> bool:
        """Tell whether there is anything that a backup with `inside` lacks."""
        return (
            journal.head(self._reader).anchor() != inside.anchor
            or drafts(self._reader) != inside.drafts
        )

    def unsaved_since(self, anchor: Anchor | None) -> Moment | None:
        """Return when the first entry after `anchor` was written, or None without one."""
        row = self._reader.execute(
            "SELECT at, zone FROM journal WHERE seq > ? ORDER BY seq LIMIT 1",
            (anchor.count if anchor else 0,),
        ).fetchone()
        return Moment(str(row[0]), str(row[1])) if row else None


def examine(
    path: Path, keys: VaultKeys, anchor: Anchor, frozen: Sequence[FrozenRows]
) -> list[Finding]:
    """Return what is broken in a file that is about to become a vault; empty if it is whole.

    One of an earlier schema is brought up to date first.
    """
    with known_trouble():
        connection = connect(path, keys)
        try:
            migrate(connection)
            known, told = check_repairs(connection)
            findings = [*check_file(connection), check_keys(connection, known), *told]
            findings.extend(check_journal(connection, anchor))
            findings.extend(check_frozen(connection, rows, known) for rows in frozen)
        finally:
            connection.close()
    return [finding for finding in findings if not finding.whole]


def frozen_wrong(path: Path, keys: VaultKeys, frozen: Sequence[FrozenRows]) -> list[Finding]:
    """Return which rooms' frozen rows are not what was written, in a copy nobody has open.

    A copy of an earlier schema lacks the tables of later rooms: restoring it tells.
    """
    with known_trouble():
        copy = connect(path, keys, untouched=True)
        try:
            if version(copy) < NEWEST:
                return []
            known, _told = check_repairs(copy)
            findings = [check_frozen(copy, rows, known) for rows in frozen]
        finally:
            copy.close()
    return [finding for finding in findings if not finding.whole]


def opens_as_vault(path: Path, keys: VaultKeys, clock: Clock, anchor: Anchor) -> bool:
    """Open a restored file as the desk does; tell whether its journal ends where it did."""
    with Records(path, keys, clock) as records:
        return records.head.anchor() == anchor


def mark_restored(
    path: Path, keys: VaultKeys, clock: Clock, seat: Seat, vault: str, made: Moment
) -> Anchor:
    """Write into a restored vault's journal that it was restored; return its new head."""
    with Records(path, keys, clock) as records:
        records.sit_down(seat)
        if records.read_only:
            raise Damage("backup-damaged", path=str(path))
        with records.founding() as tx:
            tx.journal("RestoreVault", "vault", vault, None, {"made": made.at})
        return records.head.anchor()


def look_at_damage(path: Path, keys: VaultKeys) -> tuple[int, int, bool, dict[str, int], int]:
    """Look at a copy of a damaged file: its structure, then its log folded in, then its seals.

    Returns the faults in its structure, its pages with a broken seal as far as they can be
    counted, whether the library opens it, the rows by table that can still be counted, and
    the journal's last number.
    """
    structure, opens = 0, True
    try:
        connection = connect(path, keys)
        try:
            found = [finding for finding in check_file(connection) if not finding.whole]
            structure = sum(one.count for one in found if one.code == "file-structure")
            seals = sum(one.count for one in found if one.code == "file-seals")
            rows = _countable(connection)
            entries = journal.head(connection).count if "journal" in rows else 0
        finally:
            connection.close()
    except (Trouble, dbapi2.Error):
        structure, seals, opens, rows, entries = 1, 1, False, {}, 0
    fold(path, keys)
    return structure, seals, opens, rows, entries


def opens(path: Path, keys: VaultKeys) -> bool:
    """Tell whether the library opens a file with these keys."""
    try:
        connect(path, keys).close()
    except Trouble:
        return False
    return True


def _countable(connection: dbapi2.Connection) -> dict[str, int]:
    counted: dict[str, int] = {}
    with contextlib.suppress(dbapi2.Error):
        for name in tables_of(connection):
            with contextlib.suppress(dbapi2.Error):
                row = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()
                counted[name] = int(row[0])
    return counted


def salvaged(
    damaged: Path, keys: VaultKeys, target: Path, hint: int, progress: Progress
) -> Salvaged:
    """Save what is intact in a copy of a damaged file into a new one."""
    scratch = damaged.with_name("frame.db")
    try:
        return salvage(damaged, keys, target, scratch, hint, progress)
    finally:
        scratch.unlink(missing_ok=True)
