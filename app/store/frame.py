"""Reading a damaged file page by page, also where its first page or the pages above are gone.

SQLite reaches a page only through its first page and every page above. A frame is a file of
our own with the same keys, whose first page is ours and says of each page that it is the root
of a table; the damaged file's other pages are laid into it as they are, encrypted. So each
intact page can be read by itself, and the library still checks its seal.
"""

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlcipher3 import dbapi2

from app.kernel.keys import VaultKeys
from app.kernel.ports import Progress, Row, no_progress

PAGE = 4096
ABSENT = "\ue000absent"
"""Stands for a column that a record does not have: it was written before the column was added."""
SHOWN_AT_ONCE = 400
"""Pages that are given a name at a time: each costs the library some kilobytes."""
_LONGEST_BLOB = 200_000_000
_SPARE = 64
_NUMBER = re.compile(r"page (\d+)")
_ROWS, _ENTRIES = "t", "w"
_USABLE = PAGE - 80
_LONGEST_ROW = _USABLE - 35
_LONGEST_ENTRY = (_USABLE - 12) * 64 // 255 - 23
"""Bytes of a row, and of an index's entry, that stand on one page; what is longer goes on elsewhere."""


def _goes_on(row: Row, longest: int) -> bool:
    """Tell whether a row may be too long for its page; in doubt it is."""
    size = 0
    for value in row:
        size += 9  # its type
        if isinstance(value, str):
            size += len(value.encode("utf-8", "surrogatepass"))
        elif isinstance(value, bytes):
            size += len(value)
        else:
            size += 8
    return size > longest


class Broken(Exception):
    """A page that was needed cannot be read, or is not of the kind that was asked for."""


class Frame:
    """The pages of a damaged file that can be read, by number; the first page is never shown."""

    def __init__(self, damaged: Path, keys: VaultKeys, place: Path, width: int, hint: int) -> None:
        self._place = place
        self._keys = keys
        self._width = width
        self._shown: range = range(0)
        self.pages = -(-damaged.stat().st_size // PAGE)
        self._lay(damaged, max(self.pages, hint) + _SPARE)
        self._connection = self._open()
        with contextlib.suppress(dbapi2.Error):
            self._show(2)
        self.bad = self._find_bad()

    def __enter__(self) -> Self:
        """Return the frame."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; the file at its place is the caller's to remove."""
        self._connection.close()

    def rows(self, page: int, *, backwards: bool = False) -> Iterator[Row]:
        """Yield rowid and values of what stands on and under a page of a table; Broken at a fault."""
        order = " ORDER BY rowid DESC" if backwards else ""
        return self._read(page, _ROWS, f"SELECT rowid, * FROM t{page}{order}", ())

    def entries(self, page: int, *, backwards: bool = False) -> Iterator[Row]:
        """Yield what stands on and under a page of an index, or of a table without rowids."""
        order = " ORDER BY c0 DESC, c1 DESC" if backwards else ""
        return self._read(page, _ENTRIES, f"SELECT * FROM w{page}{order}", ())

    def entry_after(self, page: int, key: tuple[Any, Any]) -> Row | None:
        """Return the entry that follows `key` on or under a page; Broken at a fault."""
        sql = f"SELECT * FROM w{page} WHERE (c0, c1) > (?, ?) ORDER BY c0, c1 LIMIT 1"
        return next(self._read(page, _ENTRIES, sql, key), None)

    def first(self, page: int, *, entries: bool) -> Row | None:
        """Return the first row on or under a page, or None if it is not of this kind."""
        kind, shown = (_ENTRIES, "*") if entries else (_ROWS, "rowid, *")
        try:
            return next(
                self._read(page, kind, f"SELECT {shown} FROM {kind}{page} LIMIT 1", ()), None
            )
        except Broken:
            found = self._one_by_one(page, kind, shown, 0)
            return found[0] if found else None

    def could_be(self, page: int, fits: Callable[[Sequence[Any]], bool], *, entries: bool) -> bool:
        """Tell whether a page is empty and of this kind, or its first row fits."""
        row = self.first(page, entries=entries)
        if row is not None:
            return fits(row if entries else row[1:])
        kind = _ENTRIES if entries else _ROWS
        try:
            return next(self._read(page, kind, f"SELECT count(*) FROM {kind}{page}", ())) == (0,)
        except Broken:
            return False

    def each(self, page: int, *, entries: bool) -> list[Row]:
        """Return every row of a page that can be read, around those that go on on a lost page."""
        kind, shown = (_ENTRIES, "*") if entries else (_ROWS, "rowid, *")
        found: list[Row] = []
        with contextlib.suppress(Broken):
            found.extend(self._read(page, kind, f"SELECT {shown} FROM {kind}{page}", ()))
            return found
        return found + self._one_by_one(page, kind, shown, len(found))

    def _one_by_one(self, page: int, kind: str, shown: str, start: int) -> list[Row]:
        try:
            counting = self._read(page, kind, f"SELECT count(*) FROM {kind}{page}", ())
            count = int(next(counting)[0])
        except Broken:
            return []  # not of this kind; or above others, of which those left have their turn
        found: list[Row] = []
        for place in range(start, min(count, PAGE)):
            with contextlib.suppress(Broken):
                sql = f"SELECT {shown} FROM {kind}{page} LIMIT 1 OFFSET {place}"
                found.extend(self._read(page, kind, sql, ()))
        return found

    def _read(self, page: int, kind: str, sql: str, values: tuple[Any, ...]) -> Iterator[Row]:
        if page in self.bad or not 1 < page <= self.pages:
            raise Broken(page)
        if page not in self._shown:
            self._show(page)
        try:
            for row in self._connection.execute(sql, values):
                if _goes_on(row, _LONGEST_ENTRY if kind == _ENTRIES else _LONGEST_ROW):
                    self._require_seals()
                yield row
        except dbapi2.Error:
            self._recover()
            raise Broken(page) from None

    def _require_seals(self) -> None:
        """Raise the error that a broken seal left behind, if there is one.

        The library shows a page with a broken seal as zeros and fails only at the next page it
        reads. Where the zeros end a long value nothing else would tell.
        """
        self._connection.execute("PRAGMA shrink_memory")
        self._connection.execute("SELECT * FROM probe").fetchall()

    def _recover(self) -> None:
        """Open the frame again if a broken seal has closed it: after one, nothing is read."""
        try:
            self._connection.execute("PRAGMA shrink_memory")
            self._connection.execute("SELECT * FROM probe").fetchall()
        except dbapi2.Error:
            self._connection.close()
            self._connection = self._open()

    def _open(self) -> dbapi2.Connection:
        connection = dbapi2.connect(
            str(self._place), isolation_level=None, check_same_thread=False, cached_statements=8
        )
        try:
            for pragma in ("cipher_log_level = NONE", f'key = "{self._keys.raw()}"'):
                connection.execute(f"PRAGMA {pragma}")
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _lay(self, damaged: Path, pages: int) -> None:
        """Make a file whose own pages stand behind `pages`, and lay the damaged ones into it."""
        connection = self._open()
        connection.execute("CREATE TABLE filler (b)")
        while (missing := pages - self._count(connection)) > 0:
            size = min(missing * PAGE, _LONGEST_BLOB)
            connection.execute("INSERT INTO filler VALUES (zeroblob(?))", (size,))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("CREATE TABLE probe (x)")
        connection.execute("INSERT INTO probe VALUES (1)")
        connection.execute("DELETE FROM sqlite_schema WHERE name = 'filler'")
        # Grown past what the first page holds, the schema's own rows stand behind the others too.
        self._name(connection, range(2, 2 + _SPARE))
        connection.close()
        zeros, lost = bytes(PAGE), b"\xff" * PAGE
        with damaged.open("rb") as source, self._place.open("r+b") as target:
            source.seek(PAGE)
            target.seek(PAGE)
            for _number in range(2, self.pages + 1):
                page = source.read(PAGE)
                # The library takes a page of zeros for one beyond the end, and finds no fault in it.
                target.write(lost if page == zeros[: len(page)] else page.ljust(PAGE, b"\xff"))
            # Beyond the end of a file that was cut off nothing of it can be read, also no zeros.
            for _number in range(self.pages + 1, pages + 1):
                target.write(lost)

    def _count(self, connection: dbapi2.Connection) -> int:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])

    def _find_bad(self) -> frozenset[int]:
        said = self._connection.execute("PRAGMA cipher_integrity_check").fetchall()
        found = (_NUMBER.search(str(row[0])) for row in said)
        return frozenset(int(one[1]) for one in found if one)

    def _show(self, page: int) -> None:
        first = 2 + (page - 2) // SHOWN_AT_ONCE * SHOWN_AT_ONCE
        self._shown = range(first, min(first + SHOWN_AT_ONCE, self.pages + 1))
        self._connection.close()
        connection = self._open()
        connection.execute("PRAGMA writable_schema = ON")
        self._name(connection, self._shown)
        connection.close()
        self._connection = self._open()

    def _name(self, connection: dbapi2.Connection, pages: range) -> None:
        columns = ", ".join(f"c{number} DEFAULT '{ABSENT}'" for number in range(self._width))
        connection.execute("BEGIN")
        connection.execute("DELETE FROM sqlite_schema WHERE name <> 'probe'")
        for page in pages:
            for kind, end in (
                (_ROWS, ")"),
                (_ENTRIES, ", PRIMARY KEY (c0, c1)) WITHOUT ROWID"),
            ):
                name = f"{kind}{page}"
                connection.execute(
                    "INSERT INTO sqlite_schema (type, name, tbl_name, rootpage, sql)"
                    " VALUES ('table', ?, ?, ?, ?)",
                    (name, name, page, f"CREATE TABLE {name} ({columns}{end}"),
                )
        connection.execute("COMMIT")


def fold_log(file: Path, log: Path, progress: Progress = no_progress) -> int:
    """Write a log's committed pages into the file by hand, where the library cannot open it.

    Returns how many pages were written. Follows the format of the write-ahead log: a page
    counts up to the last commit before the first break in the chain of checksums.
    """
    data = log.read_bytes()
    if len(data) < 32 or data[:4] not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        return 0
    order = "big" if data[3] & 1 else "little"
    salts, sums = data[16:24], _sums(data[:24], order, (0, 0))
    if sums != (_number(data, 24), _number(data, 28)):
        return 0
    pages: dict[int, int] = {}
    waiting: dict[int, int] = {}
    size = 0
    for start in range(32, len(data) - PAGE - 23, PAGE + 24):
        sums = _sums(data[start : start + 8], order, sums)
        sums = _sums(data[start + 24 : start + 24 + PAGE], order, sums)
        same = data[start + 8 : start + 16] == salts
        if not same or sums != (_number(data, start + 16), _number(data, start + 20)):
            break
        waiting[_number(data, start)] = start + 24
        if _number(data, start + 4):
            pages |= waiting
            waiting, size = {}, _number(data, start + 4)
    with file.open("r+b") as target:
        for done, (page, place) in enumerate(sorted(pages.items())):
            target.seek((page - 1) * PAGE)
            target.write(data[place : place + PAGE])
            progress(done, len(pages))
        if size:
            target.truncate(size * PAGE)
    return len(pages)


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "big")


def _sums(data: bytes, order: Any, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    for place in range(0, len(data), 8):
        one = (one + int.from_bytes(data[place : place + 4], order) + two) & 0xFFFFFFFF
        two = (two + int.from_bytes(data[place + 4 : place + 8], order) + one) & 0xFFFFFFFF
    return one, two
