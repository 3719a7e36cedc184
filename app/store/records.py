"""The records: one encrypted file, one writer, transactions that leave a trace."""

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlcipher3 import dbapi2

from app.kernel.clock import Clock, Moment
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import PersonId
from app.kernel.keys import VaultKeys
from app.kernel.ports import Reader, Rows, Seat, Value
from app.store import journal
from app.store.connection import connect, known_trouble, require_sqlite
from app.store.migrate import migrate, version
from app.store.seen import guard


class UnrecordedChange(Exception):
    """A transaction was about to commit without a journal entry: a bug, and nothing is kept."""


class OpenTransaction:
    """One command's unit of work on the writer's connection."""

    __slots__ = ("_connection", "_head", "_seat", "now")

    def __init__(
        self, connection: dbapi2.Connection, seat: Seat, now: Moment, head: journal.Head
    ) -> None:
        self._connection = connection
        self._seat = seat
        self._head = head
        self.now = now

    @property
    def who(self) -> PersonId:
        """Who is at the desk."""
        return self._seat.person

    @property
    def head(self) -> journal.Head:
        """The journal's end, entries of this transaction included."""
        return self._head

    def execute(self, sql: str, values: Sequence[Value] | Mapping[str, Value] = ()) -> Rows:
        """Run one statement."""
        return self._connection.execute(sql, values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each of `rows`."""
        self._connection.executemany(sql, rows)

    def journal(
        self,
        what: str,
        subject_kind: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one entry to the journal."""
        self._head = journal.append(
            self._connection,
            self._head,
            self._seat,
            self.now,
            what,
            (subject_kind, subject_id),
            before,
            after,
        )


class Records:
    """An opened encrypted file: one connection that writes, and connections that read."""

    def __init__(
        self,
        path: Path,
        keys: VaultKeys,
        clock: Clock,
        *,
        create: bool = False,
        read_only: bool = False,
    ) -> None:
        require_sqlite()
        if not create and not path.exists():
            raise Trouble("records-missing", path=str(path))
        self._path = path
        self._keys = keys
        self._clock = clock
        self.read_only = read_only
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._reader: dbapi2.Connection | None = None
        self._guarded: Seat | None = None
        self._seat: Seat | None = None
        self._confirmed = False
        self._writer = self._opened(create=create)

    def _opened(self, *, create: bool) -> dbapi2.Connection:
        if not create and not self.read_only:
            # A newer file is looked at, not touched: it is opened for reading first.
            self._refuse_newer()
        if create:
            # Its owner's alone from the first moment; the log beside it takes after it.
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        writer = connect(self._path, self._keys, untouched=self.read_only)
        try:
            with known_trouble():
                if not self.read_only:
                    migrate(writer)
                else:
                    version(writer)
                self._head = journal.head(writer)
                row = writer.execute("SELECT recovery_confirmed_at FROM vault").fetchone()
                self._confirmed = bool(row and row[0])
        except BaseException:
            writer.close()
            raise
        return writer

    def _refuse_newer(self) -> None:
        peek = connect(self._path, self._keys, untouched=True)
        try:
            with known_trouble():
                version(peek)
        finally:
            peek.close()

    def _connected(self) -> dbapi2.Connection:
        """Open one more connection for reading; on a read-only medium it leaves no trace."""
        return connect(self._path, self._keys, read_only=True, untouched=self.read_only)

    @property
    def head(self) -> journal.Head:
        """The journal's end."""
        return self._head

    @property
    def confirmed(self) -> bool:
        """Whether the recovery words were typed back, so that records are accepted."""
        return self._confirmed

    @property
    def seat(self) -> Seat:
        """Who is at the desk."""
        if self._seat is None:
            raise RuntimeError("nobody has sat down at these records yet")
        return self._seat

    def sit_down(self, seat: Seat) -> None:
        """Say who is at the desk; every transaction is theirs from now on."""
        self._seat = seat

    @contextmanager
    def transaction(self) -> Iterator[OpenTransaction]:
        """Open one command's transaction; it commits only with a journal entry.

        Refused until the recovery words were typed back: no record is accepted into
        a vault that a forgotten passphrase would close for ever.
        """
        if not self._confirmed:
            raise Refused("recovery-unconfirmed")
        with self._commit(recorded=True) as tx:
            yield tx

    @contextmanager
    def founding(self) -> Iterator[OpenTransaction]:
        """Open a transaction of the vault's own making, before records are accepted."""
        with self._commit(recorded=True) as tx:
            yield tx
        row = self._writer.execute("SELECT recovery_confirmed_at FROM vault").fetchone()
        self._confirmed = bool(row and row[0])

    @contextmanager
    def working(self) -> Iterator[OpenTransaction]:
        """Open a transaction on working papers (drafts, where one left off): no journal entry."""
        with self._commit(recorded=False) as tx:
            yield tx

    @contextmanager
    def _commit(self, *, recorded: bool) -> Iterator[OpenTransaction]:
        if self.read_only:
            raise Trouble("vault-read-only")
        with self._writing, known_trouble():
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            try:
                tx = OpenTransaction(writer, self.seat, self._clock.now(), self._head)
                yield tx
                if recorded and tx.head.count == self._head.count:
                    raise UnrecordedChange
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise
            self._head = tx.head

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a consistent read of what the seat may see; it never waits for the writer."""
        with self._reading, known_trouble():
            if self._reader is None:
                self._reader = self._connected()
                self._guarded = None
            reader = self._reader
            if self._guarded is not self.seat:
                guard(reader, self.seat)
                self._guarded = self.seat
            reader.execute("BEGIN")
            try:
                yield reader
            finally:
                if reader.in_transaction:
                    reader.execute("ROLLBACK")

    @contextmanager
    def read_for_export(self) -> Iterator[Reader]:
        """Open a read for what may leave the desk: the sole-possession compartment is denied.

        What others may not see does not leave by them either.
        """
        with known_trouble():
            reader = self._connected()
            try:
                guard(reader, self.seat, leaving=True)
                reader.execute("BEGIN")
                yield reader
            finally:
                reader.close()

    @contextmanager
    def read_whole(self) -> Iterator[Reader]:
        """Open a read of everything, whoever sits here: for the vault's own care only.

        Backups and checks compare what is stored; nothing read here is shown to a person.
        """
        with known_trouble():
            reader = self._connected()
            try:
                reader.execute("BEGIN")
                yield reader
            finally:
                reader.close()

    def forget_purged(self) -> None:
        """Fold the write-ahead log into the file, so that no page in it keeps what was purged."""
        with self._writing, self._reading, known_trouble():
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def interrupt_reads(self) -> None:
        """Stop the statement that the reading connection is at."""
        if self._reader is not None:
            self._reader.interrupt()

    def close(self) -> None:
        """Fold the write-ahead log into the file and close every connection."""
        with self._reading:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
        with self._writing:
            if not self.read_only:
                with contextlib.suppress(dbapi2.Error):
                    self._writer.execute("PRAGMA optimize")
                    self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._writer.close()

    def __enter__(self) -> Self:
        """Return the records."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()
