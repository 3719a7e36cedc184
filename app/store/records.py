"""The records: one encrypted file, one writer, transactions that leave a trace."""

import contextlib
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlcipher3 import dbapi2

from app.kernel.clock import Clock, Moment
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.ids import PersonId, follow, follow_time
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.ports import Reader, Rows, Seat, Value
from app.store import journal
from app.store.connection import connect, known_trouble, require_sqlite, trouble_of
from app.store.migrate import NEWEST, migrate, version
from app.store.rekey import (
    clear_leftovers,
    fitting,
    fold_and_leave_log,
    put_in_place,
    write_under,
)
from app.store.seen import Guarded, guard

_IDS_AHEAD = timedelta(minutes=10)
"""By how much the ids of a long import may be ahead of its entry in the journal, at most."""


class UnrecordedChange(Exception):
    """A transaction was about to commit without a journal entry: a bug, and nothing is kept."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What the journal is to say of a migration: of which vault, by whom, kept by which backup."""

    vault: str
    seat: Seat
    backup: str


class OpenTransaction:
    """One command's unit of work on the writer's connection."""

    __slots__ = ("_connection", "_head", "_seat", "latest", "now", "subjects")

    def __init__(
        self,
        connection: dbapi2.Connection,
        seat: Seat,
        now: Moment,
        head: journal.Head,
        latest: str = "",
    ) -> None:
        self._connection = connection
        self._seat = seat
        self._head = head
        self.now = now
        self.latest = latest
        """The latest time that the journal knows, entries of this transaction included."""
        self.subjects: set[str] = set()
        """The kinds of thing that its entries are about."""

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
        """Append one entry to the journal.

        One of an emergency names its mark, and one that is written while the clock stands
        behind an earlier entry says by how much: what came first is told by their numbers.
        """
        self.subjects.add(subject_kind)
        if self._seat.emergency:
            after = {**(after or {}), "emergency": self._seat.emergency}
        if what == journal.TRUSTED:
            self.latest = ""
        behind = journal.behind(self.latest, self.now)
        if behind:
            after = {**(after or {}), journal.BEHIND: behind}
        self.latest = max(self.latest, self.now.at)
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


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from any other; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_of_the_disk(error: BaseException) -> bool:
    """Tell whether a connection may be of no use any more after `error`."""
    if not isinstance(error, dbapi2.Error):
        return False
    trouble = trouble_of(error)
    return trouble is not None and trouble.code in {"disk-trouble", "file-damaged"}


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
        of_today: bool = False,
        anchor: Anchor | None = None,
        upgrade: "Upgrade | None" = None,
    ) -> None:
        """Open the file at `path`, or found one there with `create`.

        With `of_today` the caller has just seen, by a look that touched nothing, that the
        file is of this program's schema, and nobody else has it open since. With `anchor`
        nobody has looked for that entry yet: raises Damage `journal-older` if it is not there.
        """
        require_sqlite()
        if not create and not path.exists():
            raise Trouble("records-missing", path=str(path))
        self._path = path
        self._keys = keys
        self._clock = clock
        self.read_only = read_only
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._swapping = threading.Lock()
        self._reader: dbapi2.Connection | None = None
        self._guarded: Guarded | None = None
        self._guarded_for: Seat | None = None
        self._seat: Seat | None = None
        self._confirmed = False
        self._doubtful = False
        self._candidates: tuple[VaultKeys, ...] = ()
        """The keys that the file may be under, after a change of key that the disk cut short."""
        self._held_back: Callable[[], Refused] | None = None
        self.committed: list[Callable[[Collection[str]], None]] = []
        """Told after each commit which kinds of thing its journal entries are about."""
        self.committing: list[Callable[[OpenTransaction], None]] = []
        """Called within each transaction before it commits: may write what follows from it."""
        self._upgrade = upgrade
        self.upgraded_from = 0
        """The schema that the file had before this opening brought it up to date; 0 if it did not."""
        self._writer = self._opened(create=create, look=not of_today, anchor=anchor)
        self._file = _identity(self._path)

    def _opened(
        self, *, create: bool, look: bool = True, anchor: Anchor | None = None
    ) -> dbapi2.Connection:
        if look and not create and not self.read_only:
            # A newer file is looked at, not touched: it is opened for reading first.
            self._refuse_newer()
        if create:
            # Its owner's alone from the first moment; the log beside it takes after it.
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

        def first(writer: dbapi2.Connection) -> None:
            if anchor is not None and not journal.holds(writer, anchor):
                raise Damage("journal-older", count=anchor.count)

        writer = connect(self._path, self._keys, untouched=self.read_only, first=first)
        try:
            with known_trouble():
                if not self.read_only:
                    before, after = migrate(writer, self._note_upgrade)
                    self.upgraded_from = before if before != after and not create else 0
                elif version(writer) < NEWEST:
                    raise Trouble("vault-older-read-only", have=version(writer), know=NEWEST)
                self._head = journal.head(writer)
                self._latest = journal.latest(writer)
                if not create and not self.read_only:
                    self._follow_ids(writer)
                row = writer.execute("SELECT recovery_confirmed_at FROM vault").fetchone()
                self._confirmed = bool(row and row[0])
        except BaseException:
            writer.close()
            raise
        return writer

    def _note_upgrade(self, writer: dbapi2.Connection, before: int, after: int) -> None:
        """Write into the journal, in the migration's own transaction, that it took place."""
        upgrade = self._upgrade
        if upgrade is None:
            return
        journal.append(
            writer,
            journal.head(writer),
            upgrade.seat,
            self._clock.now(),
            "BringUpToDate",
            ("vault", upgrade.vault),
            {"schema": before},
            {"schema": after, "backup": upgrade.backup},
        )

    def _follow_ids(self, writer: dbapi2.Connection) -> None:
        """Where the clock may stand behind, let new ids sort after all that are there."""
        now = self._clock.now()
        if not self._latest or now.later(-_IDS_AHEAD).at > self._latest:
            return
        if now.at >= self._latest:
            # Opened again soon, as is usual: no table need be asked.
            follow_time(Moment(self._latest, now.zone).later(_IDS_AHEAD).instant())
            return
        tables = writer.execute(
            "SELECT name FROM pragma_table_list t WHERE schema = 'main' AND type = 'table'"
            " AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'id'"
            " AND type = 'TEXT')"
        ).fetchall()
        for (table,) in tables:
            row = writer.execute(f'SELECT max(id) FROM "{table}"').fetchone()
            if row and isinstance(row[0], str):
                follow(row[0])

    def clock_behind(self) -> Moment | None:
        """Return the latest time in the journal if the clock stands behind it now, else None."""
        now = self._clock.now()
        if not journal.behind(self._latest, now):
            return None
        return Moment(self._latest, now.zone)

    def _refuse_newer(self) -> None:
        peek = connect(self._path, self._keys, untouched=True)
        try:
            with known_trouble():
                version(peek)
        finally:
            peek.close()

    def _connected(self) -> dbapi2.Connection:
        """Open one more connection for reading; on a read-only medium it leaves no trace.

        Not while a file under another key takes the place of this one: no key would fit it.
        """
        with self._swapping:
            keys = self._fitting_keys()
            return connect(self._path, keys, read_only=True, untouched=self.read_only)

    def _fitting_keys(self) -> VaultKeys:
        return fitting(self._path, self._candidates) if self._candidates else self._keys

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

    def hold_back(self, refusal: Callable[[], Refused] | None = None) -> None:
        """Refuse every transaction from now on; without a refusal, refuse none."""
        self._held_back = refusal

    @contextmanager
    def transaction(self) -> Iterator[OpenTransaction]:
        """Open one command's transaction; it commits only with a journal entry.

        Refused until the recovery words were typed back: no record is accepted into
        a vault that a forgotten passphrase would close for ever.
        """
        if not self._confirmed:
            raise Refused("recovery-unconfirmed")
        if self._held_back is not None:
            raise self._held_back()
        with self._commit(recorded=True) as tx:
            yield tx

    @contextmanager
    def founding(self) -> Iterator[OpenTransaction]:
        """Open a transaction of the vault's own making, before records are accepted."""
        with self._commit(recorded=True) as tx:
            yield tx
        with self._writing, known_trouble():
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
            writer = self._sound_writer()
            try:
                writer.execute("BEGIN IMMEDIATE")
                now = self._clock.now()
                tx = OpenTransaction(writer, self.seat, now, self._head, self._latest)
                yield tx
                if recorded and tx.head.count == self._head.count:
                    raise UnrecordedChange
                for marked in self.committing:
                    marked(tx)
                if self._file != _identity(self._path):
                    # A system that lets an open file be removed would keep what is saved now
                    # until the program ends, and no longer.
                    raise Trouble("vault-gone", path=str(self._path.parent))
                writer.execute("COMMIT")
            except BaseException as error:
                self._doubtful = _is_of_the_disk(error)
                if writer.in_transaction:
                    with contextlib.suppress(dbapi2.Error):
                        writer.execute("ROLLBACK")
                raise
            self._head = tx.head
            self._latest = tx.latest
        for told in self.committed:
            told(tx.subjects)

    def _sound_writer(self) -> dbapi2.Connection:
        """Return the writer; a fresh one after an error of the disk.

        Once a page could not be read, SQLCipher takes the connection for broken and
        answers nothing more on it, also when the disk is well again.
        """
        if self._doubtful:
            keys = self._fitting_keys()
            fresh = connect(self._path, keys)
            try:
                self._head = journal.head(fresh)
            except BaseException:
                fresh.close()
                raise
            self._writer.close()
            self._writer, self._doubtful = fresh, False
            self._keys, self._candidates = keys, ()
            self._file = _identity(self._path)
        return self._writer

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """Open a consistent read of what the seat may see; it never waits for the writer."""
        with self._reading, known_trouble():
            if self._reader is None:
                self._reader = self._connected()
                self._guarded = None
            reader = self._reader
            try:
                guarded = self._guarded
                if guarded is None or self._guarded_for is not self.seat:
                    self._guarded = None
                    self._guarded = guarded = guard(reader, self.seat)
                    self._guarded_for = self.seat
                guarded.begin()
                try:
                    yield guarded
                finally:
                    guarded.end()
            except dbapi2.Error as error:
                if _is_of_the_disk(error):
                    self._reader = None
                    reader.close()
                raise

    @contextmanager
    def read_for_export(self, opened: Collection[str] = ()) -> Iterator[Reader]:
        """Open a read for what may leave the desk: the sole-possession compartment is denied.

        What others may not see does not leave by them either. Records that are labelled under
        42 CFR part 2 are not seen, but for those of the students in `opened`.
        """
        with known_trouble():
            reader = self._connected()
            try:
                guarded = guard(reader, self.seat, leaving=True, opened=opened)
                guarded.begin()
                yield guarded
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

    @property
    def keys(self) -> VaultKeys:
        """The keys that the file is under now."""
        return self._keys

    def change_key(self, upcoming: VaultKeys, make_durable: Callable[[Path], None]) -> None:
        """Put the file under new keys; it is whole under the old or the new at every moment.

        Every connection is closed on the way; `make_durable` is given the folder when the
        new file has its name. Raises Trouble when another reading does not end, or the disk
        has no room for two: the file is in use again then, and `keys` tells under which.
        """
        if self.read_only:
            raise Trouble("vault-read-only")
        with self._writing, self._reading:
            if self._reader is not None:
                self._reader.close()
                self._reader = None
            with known_trouble():
                writer = self._sound_writer()
            try:
                if self._keys != upcoming:
                    fold_and_leave_log(writer)
                    write_under(self._path, self._keys, upcoming)
                    with self._swapping:
                        writer.close()
                        put_in_place(self._path, make_durable)
                        self._reopen(upcoming)
            except BaseException:
                self._writer.close()
                self._doubtful, self._candidates = True, (upcoming, self._keys)
                clear_leftovers(self._path)
                # A disk that fails still is met again by the next transaction, which looks anew.
                with contextlib.suppress(Trouble), known_trouble():
                    self._sound_writer()
                raise

    def _reopen(self, keys: VaultKeys) -> None:
        before, head = self._keys, self._head
        self._keys, self._doubtful = keys, False
        try:
            self._writer = self._opened(create=False)
            self._file = _identity(self._path)
        except BaseException:
            self._keys = before
            raise
        if self._head != head:
            raise Damage("file-damaged")

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
