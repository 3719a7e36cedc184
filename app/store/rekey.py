"""Giving the encrypted file a new key, so that it is whole under the one or the other at any moment.

SQLCipher can change the key within the file (`PRAGMA rekey`); then, for a while, the file is of
both keys and rests on its journal. Here a second file is written under the new key, checked, and
moved over the first: whoever is struck down on the way has the old file or the new one, whole.
"""

import contextlib
import errno
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlcipher3 import dbapi2

from app.kernel.errors import Damage, Trouble
from app.kernel.keys import VaultKeys
from app.kernel.ports import Progress, Reader, no_progress
from app.store import journal
from app.store.backup import check_copy, copy_file, count_rows
from app.store.connection import connect, known_trouble

PATIENCE = 5.0
"""Seconds that a reading elsewhere in the program is waited for."""


def fresh_path(path: Path) -> Path:
    """Return where the file under the new key is built."""
    return path.with_name(f"{path.name}.rekey")


def clear_leftovers(path: Path) -> None:
    """Remove what a change of key that was struck down left; never the file itself."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):  # a disk that fails; the next change finds it
            fresh_path(path).with_name(fresh_path(path).name + suffix).unlink(missing_ok=True)


def fitting(path: Path, candidates: Sequence[VaultKeys]) -> VaultKeys:
    """Return the first of the keys that the file opens with; raise Damage if none does."""
    damage = Damage("file-damaged")
    for keys in candidates:
        try:
            connect(path, keys, untouched=True).close()
        except Damage as error:
            damage = error
            continue
        return keys
    raise damage


def fold_and_leave_log(writer: dbapi2.Connection) -> None:
    """Fold the write-ahead log into the file and do without one; others must have closed.

    A log of the old key beside a file of the new one would be its ruin, so SQLite itself
    is asked: it gives the log up only when nobody else has the file open.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with known_trouble():
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                row = writer.execute("PRAGMA journal_mode = DELETE").fetchone()
            if row and row[0] == "delete":
                return
            raise Trouble("vault-busy")
        except Trouble as trouble:
            if trouble.code != "vault-busy" or time.monotonic() >= until:
                raise
            time.sleep(0.05)


def write_under(
    path: Path, keys: VaultKeys, upcoming: VaultKeys, progress: Progress = no_progress
) -> None:
    """Write the file's content under new keys beside it, durably, and see that it is the same."""
    clear_leftovers(path)
    fresh = fresh_path(path)
    try:
        seen = copy_file(path, keys, fresh, progress, _content, to=upcoming)
        if check_copy(fresh, upcoming, _content) != seen:
            raise Damage("file-damaged")
    except OSError as error:
        clear_leftovers(path)
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        raise Trouble("disk-full" if full else "disk-trouble", reason=error.strerror) from error
    except BaseException:
        clear_leftovers(path)
        raise


def put_in_place(path: Path, make_durable: Callable[[Path], None]) -> None:
    """Move the file under the new key over the old one; nobody has either open.

    `make_durable` is given the folder, whose entries are to outlast a power cut.
    """
    for suffix in ("-wal", "-journal"):
        if path.with_name(path.name + suffix).exists():
            raise Trouble("vault-busy")
    with contextlib.suppress(OSError):
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    try:
        # A journal of the old key that a power cut brought back would be the new file's ruin.
        make_durable(path.parent)
        fresh_path(path).replace(path)
        make_durable(path.parent)
    except OSError as error:
        raise Trouble("disk-trouble", reason=error.strerror) from error


def _content(reader: Reader) -> tuple[object, ...]:
    """Return what two files of the same content have in common."""
    schema = reader.execute("PRAGMA user_version").fetchone()
    return (schema, journal.head(reader), count_rows(reader))
