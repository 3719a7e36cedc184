"""Copying the encrypted file while it is in use, and opening a copy to see that it is whole."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlcipher3 import dbapi2

from app.kernel.errors import Damage, Trouble
from app.kernel.keys import VaultKeys
from app.kernel.ports import Progress, Reader
from app.store.connection import connect, known_trouble, trouble_of
from app.store.migrate import version

T = TypeVar("T")

PAGES_AT_ONCE = 1_000
"""Between two reports of progress: 4 MB."""


def copy_file(
    source: Path,
    keys: VaultKeys,
    target: Path,
    progress: Progress,
    look: Callable[[Reader], T],
    *,
    to: VaultKeys | None = None,
    untouched: bool = False,
) -> T:
    """Copy the file at `source` to `target`, encrypted with the same keys, and make it durable.

    Keys given as `to` are the copy's instead.

    What is copied is one moment of the file, also while others write to it; `look` is
    answered from that same moment. Only encrypted pages reach the disk. With `untouched`,
    nobody else has the source open, and nothing is created beside it.
    """
    with known_trouble():
        reader = connect(source, keys, read_only=True, untouched=untouched)
        try:
            reader.execute("BEGIN")
            seen = look(reader)
            writer = _empty(target, to or keys)
            try:
                reader.backup(
                    writer,
                    pages=PAGES_AT_ONCE,
                    progress=lambda _status, left, of: progress(of - left, of),
                )
            except dbapi2.Error as error:
                raise _trouble_of_copying(error) from None
            finally:
                writer.close()
        finally:
            reader.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())
    return seen


def check_copy(path: Path, keys: VaultKeys, look: Callable[[Reader], T]) -> T:
    """Open a copy that nobody else has open, read every page in use, and return what `look` sees.

    Raises Damage `backup-damaged`; nothing is created beside the file. Each page that
    is read has its seal checked by SQLCipher.
    """
    with path.open("rb") as file:
        if file.read(len(keys.salt)) != keys.salt:
            raise Damage("backup-damaged", path=str(path.parent))
    try:
        with known_trouble():
            copy = connect(path, keys, untouched=True)
            try:
                version(copy)
                if copy.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
                    raise Damage("backup-damaged", path=str(path.parent))
                return look(copy)
            finally:
                copy.close()
    except Damage:
        raise Damage("backup-damaged", path=str(path.parent)) from None


def count_rows(reader: Reader) -> dict[str, int]:
    """Return the number of rows of every table; an index of words has none that could be counted."""
    names = [
        str(row[0])
        for row in reader.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
            " ESCAPE '\\' ORDER BY name"
        )
        if row[0] not in _OF_WORDS
    ]
    counted = {}
    for name in names:
        row = reader.execute(f'SELECT count(*) FROM "{name}"').fetchone()
        counted[name] = int(row[0]) if row else 0
    return counted


_OF_WORDS = frozenset({"searchable_words", "searchable_terms", "sole_words"})


def _trouble_of_copying(error: dbapi2.Error) -> Exception:
    """Return the trouble behind an error of the backup API, which has a text and no name."""
    known = trouble_of(error)
    if known is not None:
        return known
    said = str(error)
    if "malformed" in said or "not a database" in said:
        return Damage("file-damaged")
    return Trouble("disk-full" if "full" in said else "disk-trouble", reason=said)


def _empty(path: Path, keys: VaultKeys) -> dbapi2.Connection:
    """Open a new file for a copy: no log beside it, made durable once, when it is complete."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    writer = dbapi2.connect(str(path), isolation_level=None, check_same_thread=False)
    try:
        writer.execute("PRAGMA cipher_log_level = NONE")
        writer.execute(f'PRAGMA key = "{keys.raw()}"')
        writer.execute("PRAGMA journal_mode = OFF")
        writer.execute("PRAGMA synchronous = OFF")
    except BaseException:
        writer.close()
        raise
    return writer
