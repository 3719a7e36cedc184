"""One way to open the encrypted file, with the settings its promises rest on."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlcipher3 import dbapi2

from app.kernel.errors import Damage, Trouble
from app.kernel.keys import VaultKeys

Told = TypeVar("Told")

OLDEST_SQLITE = (3, 51, 3)
"""Earlier ones may corrupt a file when a WAL is reset (fixed in 3.51.3)."""
APPLICATION_ID = 0x43574C31
CACHE_KIB = 64 * 1024
_WAIT_MS = 5_000
_NO_LOCKS = "win32-none" if sys.platform == "win32" else "unix-none"
"""SQLite's own way to a file without locks; nobody else has the file open."""

_BY_ERROR: dict[str, str] = {
    "SQLITE_FULL": "disk-full",
    "SQLITE_IOERR": "disk-trouble",
    "SQLITE_READONLY": "vault-read-only",
    "SQLITE_CANTOPEN": "vault-unreadable",
    "SQLITE_PERM": "vault-unreadable",
    "SQLITE_BUSY": "vault-busy",
    "SQLITE_LOCKED": "vault-busy",
    "SQLITE_NOMEM": "memory-short",
}
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def require_sqlite() -> None:
    """Refuse to work with a database library that is known to lose data."""
    if dbapi2.sqlite_version_info < OLDEST_SQLITE:
        raise Trouble("sqlite-old", have=dbapi2.sqlite_version, need="3.51.3")


def trouble_of(error: Exception) -> Trouble | None:
    """Return the known trouble behind a database error, or None if it is a bug."""
    name = getattr(error, "sqlite_errorname", None) or ""
    family = "_".join(name.split("_")[:2])
    if family in _DAMAGE:
        return Damage("file-damaged")
    code = _BY_ERROR.get(family)
    return Trouble(code, reason=name) if code else None


@contextmanager
def known_trouble() -> Iterator[None]:
    """Turn a database error that has a name into the trouble it is."""
    try:
        yield
    except dbapi2.Error as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        raise trouble from None


def _left_journal(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-journal").stat().st_size > 0
    except OSError:
        return False


def leaves_nothing(path: Path) -> bool:
    """Tell whether no log and no journal lies beside the file: opening it folds nothing in."""
    try:
        logged = path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        logged = False
    except OSError:
        return False
    return not logged and not _left_journal(path)


def glance(path: Path, keys: VaultKeys, ask: Callable[[dbapi2.Connection], Told]) -> Told:
    """Return what `ask` learns of the first page of a file that nobody else has open.

    Nothing is touched, and the file's tables are not read in: with hundreds of them that is
    most of what an opening costs. Raise Damage if the keys do not fit.
    """
    with known_trouble():
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None
        )
        try:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f'PRAGMA key = "{keys.raw()}"')
            return ask(connection)
        finally:
            connection.close()


def connect(
    path: Path,
    keys: VaultKeys,
    *,
    read_only: bool = False,
    untouched: bool = False,
    first: Callable[[dbapi2.Connection], None] | None = None,
) -> dbapi2.Connection:
    """Open the file at `path`; raise Damage if the keys do not fit what is there.

    With `untouched`, nothing is created beside the file, not even for a moment; only
    for a look at a file that nobody else has open. A write-ahead log that was left beside it
    is read as well: its index is kept in memory, so that a medium that cannot be written to
    shows what was last committed. Only a journal that a power cut left while the file became
    one with a log is played back, by SQLite itself: without it the file cannot be read.

    `first` looks at it before anything is set that the file remembers; what it raises ends
    the opening.

    The raw key comes with the salt, so that a file whose first 16 bytes were lost
    still opens. Durable settings (SAFEGUARDS of the format): WAL with
    `synchronous=FULL` loses no acknowledged commit in a power cut.
    """
    struck = untouched and _left_journal(path)
    mode = "rw" if struck else "ro" if read_only or untouched else "rwc"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    logged = untouched and not struck and path.with_name(f"{path.name}-wal").exists()
    if untouched and not struck:
        uri += f"&vfs={_NO_LOCKS}" if logged else "&immutable=1"
    with known_trouble():
        connection = dbapi2.connect(
            uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            execute = connection.execute
            execute("PRAGMA cipher_log_level = NONE")
            if logged:
                # Before the first look: then the log's index is built in this process's memory.
                execute("PRAGMA locking_mode = EXCLUSIVE")
            execute(f'PRAGMA key = "{keys.raw()}"')
            execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if first is not None:
                first(connection)
            execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
            execute("PRAGMA temp_store = MEMORY")
            execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            execute("PRAGMA foreign_keys = ON")
            execute("PRAGMA trusted_schema = OFF")
            # What REPLACE removes on its way counts as deleted: frozen rows refuse that too.
            execute("PRAGMA recursive_triggers = ON")
            if read_only or untouched:
                execute("PRAGMA query_only = ON")
            else:
                execute("PRAGMA journal_mode = WAL")
                execute("PRAGMA synchronous = FULL")
                execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
    return connection
