"""The databases a district collects into, behind one small door: SQLite, DuckDB, PostgreSQL.

Statements are written once, with `?` for each value, in the words that all three understand.
"""

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote

from app.kernel.errors import Refused, Trouble
from app.sync.parcels import openly

Value = str | int | None
Row = tuple[Any, ...]

_AT_ONCE = 400
"""Rows that DuckDB gets in one statement: alone each would cost it a plan of its own."""
_MOMENTS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between two tries to be the one collector."""
_LOCK = 0x43574C31
"""The number under which a PostgreSQL server keeps two collectors apart."""


class Engine(Protocol):
    """One open database; one transaction at a time, nothing outside of one is written."""

    name: str

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows that a statement gives."""
        ...

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Carry out a statement that gives nothing."""
        ...

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Add rows to a table."""
        ...

    def close(self) -> None:
        """Close the database; what is not committed is gone."""
        ...


@contextmanager
def transaction(engine: Engine) -> Iterator[None]:
    """Commit what is done in the block, durably; roll all of it back if it fails."""
    engine.run("BEGIN")
    try:
        yield
        engine.run("COMMIT")
    except BaseException:
        # Where the database itself is gone, nothing of this was committed either.
        with suppress(Exception):
            engine.run("ROLLBACK")
        raise


def open_engine(place: str, *, for_reading: bool = False) -> Engine:
    """Open the database at a place; the path's ending or the URL tells which kind it is."""
    if place.startswith(("postgresql://", "postgres://")):
        _needed("psycopg", "PostgreSQL")
        return _PostgreSQL(place, for_reading=for_reading)
    path = Path(place)
    if for_reading and not path.is_file():
        raise Refused("collect-no-database", "database", path=openly(place))
    if not path.parent.is_dir():
        raise Refused("collect-no-folder", "database", path=openly(str(path.parent)))
    ending = path.suffix.lower()
    if ending in {".db", ".sqlite", ".sqlite3"}:
        return _SQLite(path, for_reading=for_reading)
    if ending == ".duckdb":
        _needed("duckdb", "DuckDB")
        return _DuckDB(path, for_reading=for_reading)
    raise Refused("collect-database-kind", "database", path=openly(place))


def _needed(module: str, name: str) -> None:
    if find_spec(module) is None:
        frozen = getattr(sys, "frozen", False)
        code = "collect-engine-not-packaged" if frozen else "collect-engine-absent"
        raise Trouble(code, engine=name, package=module)


def _inserting(table: str, columns: Sequence[str], rows: int = 1) -> str:
    marks = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([marks] * rows)}"


class _SQLite:
    """A plain SQLite file; durable, and held by one collector at a time."""

    name = "sqlite"

    def __init__(self, path: Path, *, for_reading: bool) -> None:
        from sqlcipher3 import dbapi2

        self._error = dbapi2.Error
        mode = "ro" if for_reading else "rwc"
        with self._known():
            self._open = dbapi2.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
            )
            try:
                self._open.execute("PRAGMA cipher_log_level = NONE")
                self._open.execute("PRAGMA busy_timeout = 1000")
                if not for_reading:
                    # Kept from the first write to the end: a second collector is turned away.
                    self._open.execute("PRAGMA locking_mode = EXCLUSIVE")
                    self._open.execute("PRAGMA synchronous = FULL")
                    self._open.execute("BEGIN EXCLUSIVE")
                    self._open.execute("COMMIT")
                self._open.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except BaseException:
                self._open.close()
                raise

    @contextmanager
    def _known(self) -> Iterator[None]:
        try:
            yield
        except self._error as error:
            name = getattr(error, "sqlite_errorname", None) or type(error).__name__
            if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
                raise Trouble("collect-database-busy") from None
            if name.startswith(("SQLITE_ERROR", "SQLITE_CONSTRAINT", "SQLITE_MISUSE")):
                raise
            raise Trouble("collect-database-trouble", reason=name) from None

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows that a statement gives."""
        with self._known():
            return [tuple(row) for row in self._open.execute(sql, values).fetchall()]

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Carry out a statement that gives nothing."""
        with self._known():
            self._open.execute(sql, values)

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Add rows to a table."""
        with self._known():
            self._open.executemany(_inserting(table, columns), rows)

    def close(self) -> None:
        """Close the file."""
        self._open.close()


class _DuckDB:
    """A DuckDB file; DuckDB itself lets one process at a time write to it."""

    name = "duckdb"

    def __init__(self, path: Path, *, for_reading: bool) -> None:
        import duckdb

        self._errors = duckdb
        with self._known():
            self._open = duckdb.connect(str(path), read_only=for_reading)

    @contextmanager
    def _known(self) -> Iterator[None]:
        try:
            yield
        except self._errors.IOException as error:
            if "lock" in str(error):
                raise Trouble("collect-database-busy") from None
            raise Trouble("collect-database-trouble", reason="IOException") from None
        except (self._errors.FatalException, self._errors.SerializationException) as error:
            raise Trouble("collect-database-trouble", reason=type(error).__name__) from None

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows that a statement gives."""
        with self._known():
            return self._open.execute(sql, list(values)).fetchall()

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Carry out a statement that gives nothing."""
        with self._known():
            self._open.execute(sql, list(values))

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Add rows to a table."""
        with self._known():
            for first in range(0, len(rows), _AT_ONCE):
                part = rows[first : first + _AT_ONCE]
                self._open.execute(
                    _inserting(table, columns, len(part)), [value for row in part for value in row]
                )

    def close(self) -> None:
        """Close the file."""
        self._open.close()


class _PostgreSQL:
    """A database on a PostgreSQL server; an advisory lock keeps two collectors apart."""

    name = "postgresql"

    def __init__(self, url: str, *, for_reading: bool) -> None:
        import psycopg

        self._errors = psycopg
        with self._known():
            try:
                self._open = psycopg.connect(url, autocommit=True, application_name="casewell")
            except (psycopg.Error, ValueError) as error:
                # An address that is none is quoted whole, with the password in it; and of a
                # password with an @ in it the end is taken for the server's name.
                said = isinstance(error, psycopg.OperationalError) and not _quotes(error, url)
                if said:
                    raise
                reason = type(error).__name__
                raise Trouble("collect-database-trouble", reason=reason) from None
            try:
                if for_reading:
                    self._open.execute("SET default_transaction_read_only = on")
                else:
                    self._require_every_sign()
                    self._open.execute("SET synchronous_commit = on")
                    self._take_hold()
            except BaseException:
                self._open.close()
                raise

    def _require_every_sign(self) -> None:
        """Refuse a database that cannot keep every name: the first such would end each collection."""
        (encoding,) = self._open.execute("SHOW server_encoding").fetchone() or ("",)
        if encoding != "UTF8":
            raise Trouble(
                "collect-database-trouble", reason=f"server_encoding {encoding}, not UTF8"
            )

    def _take_hold(self) -> None:
        """Be the one collector; one that has just ended, or died, is let go of in moments."""
        for pause in (*_MOMENTS, None):
            held = self._open.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            if held and held[0]:
                return
            if pause is not None:
                time.sleep(pause)
        raise Trouble("collect-database-busy")

    @contextmanager
    def _known(self) -> Iterator[None]:
        try:
            yield
        except (self._errors.OperationalError, self._errors.errors.InsufficientPrivilege) as error:
            said = str(error).strip().splitlines()
            reason = said[0] if said else type(error).__name__
            raise Trouble("collect-database-trouble", reason=reason) from None

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Return all rows that a statement gives."""
        with self._known():
            return list(self._open.execute(_numbered(sql), _plain(values)).fetchall())

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Carry out a statement that gives nothing."""
        with self._known():
            self._open.execute(_numbered(sql), _plain(values))

    def add(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Add rows to a table."""
        with self._known(), self._open.cursor() as cursor:
            cursor.executemany(_numbered(_inserting(table, columns)), map(_plain, rows))

    def close(self) -> None:
        """Let go of the server."""
        self._open.close()


def _quotes(error: Exception, url: str) -> bool:
    """Tell whether an error's text has a word of what may be the password in a URL."""
    _scheme, _colon, rest = url.partition("://")
    before = rest.rpartition("@")[0].partition(":")[2]
    named = re.findall(r"password=([^&]*)", rest)
    secret = set(_WORD.findall(" ".join(unquote(one) + " " + one for one in (before, *named))))
    return not secret.isdisjoint(_WORD.findall(str(error)))


_WORD = re.compile(r"\w+")


def _numbered(sql: str) -> bytes:
    """Return a statement with psycopg's sign for a value; the statements hold no other `?`."""
    return sql.replace("?", "%s").encode()


def _plain(values: Sequence[Value]) -> list[Value]:
    """Return values without NUL, which PostgreSQL keeps in no text."""
    return [value.replace("\x00", "") if isinstance(value, str) else value for value in values]
