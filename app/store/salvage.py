"""Saving what is intact in a damaged file into a fresh one, and telling what was lost.

Each table is first read from its root, forwards and backwards, as far as that goes. Where
it was cut off, every intact page of the file is then read by itself and its rows are known
by their shape. What the indexes still name and no page gave is lost, and is listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

from app.kernel.keys import VaultKeys
from app.kernel.ports import Progress, Row
from app.store.connection import connect
from app.store.frame import ABSENT, Broken, Frame
from app.store.migrate import NEWEST, migrate, steps
from app.store.shapes import Index, Table, tables_of

_FEW = 20
"""Entries of a page that are held against the rows they speak of."""

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that something still names, and that could not be read."""

    table: str
    key: Key
    """Its rowid, or its primary key."""
    known: Mapping[str, Any] = field(default_factory=dict)
    """What the indexes say of it."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of reading a damaged file."""

    schema: int
    pages: int
    bad: tuple[int, ...]
    saved: Mapping[str, int]
    """Rows saved, by table."""
    cut: frozenset[str]
    """Tables of which something could not be read."""
    lost: tuple[Lost, ...]
    uncounted: tuple[str, ...]
    """Tables that may have lost rows which nothing names any more."""


def salvage(
    damaged: Path, keys: VaultKeys, target: Path, scratch: Path, hint: int, progress: Progress
) -> Salvaged:
    """Save what is intact in the file at `damaged` into a new one at `target`.

    The log is already folded into `damaged`, which is not changed. The new file has the
    tables of the damaged one's version, without its triggers and with nothing in its search
    index. `hint` is how many pages it should have, as far as others know.
    """
    roots, schema = _schema(damaged, keys)
    writer = connect(target, keys)
    try:
        migrate(writer)  # for the widest table there is
        width = max(len(table.columns) for table in tables_of(writer).values()) + 1
        with Frame(damaged, keys, scratch, width, hint) as frame:
            carved = not roots
            if carved:
                roots = _carved_schema(frame, progress)
                schema = _version_with(frozenset(roots))
            writer.close()
            target.unlink()
            writer = connect(target, keys)
            migrate(writer, upto=schema)
            writer.execute("PRAGMA foreign_keys = OFF")
            writer.execute("PRAGMA synchronous = OFF")
            writer.execute("BEGIN")
            for (name,) in _triggers(writer):
                writer.execute(f'DROP TRIGGER "{name}"')
            tables = tables_of(writer)
            if carved:
                roots = {**_usual_roots(frame, writer, tables, roots), **roots}
            found = _Reading(frame, writer, tables, roots, progress).all()
            writer.execute("COMMIT")
            return Salvaged(schema, frame.pages, tuple(sorted(frame.bad)), *found)
    finally:
        writer.close()


def _triggers(writer: dbapi2.Connection) -> list[Row]:
    rows: list[Row] = writer.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    return rows


def _schema(damaged: Path, keys: VaultKeys) -> tuple[dict[str, int], int]:
    """Return each table's and index's root page, and the file's version, where that is intact."""
    try:
        reader = connect(damaged, keys, untouched=True)
    except Exception:  # noqa: BLE001 - whatever it is, the pages are read by themselves then
        return {}, 0
    try:
        rows = reader.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 1")
        found = {str(name): int(root) for name, root in rows.fetchall()}
        schema = int(reader.execute("PRAGMA user_version").fetchone()[0])
        return (found, schema) if 0 < schema <= NEWEST else ({}, 0)
    except dbapi2.Error:
        return {}, 0
    finally:
        reader.close()


def _carved_schema(frame: Frame, progress: Progress) -> dict[str, int]:
    """Return what is left of the list of tables and indexes, looked for on every page."""
    found: dict[str, int] = {}
    for page in range(2, frame.pages + 1):
        progress(page, 2 * frame.pages)
        for row in frame.each(page, entries=False):
            kind, name, _table, root, sql, *rest = row[1:]
            if (
                kind not in {"table", "index"}
                or not isinstance(root, int)
                or not (sql is None or str(sql).startswith("CREATE "))
                or any(value != ABSENT for value in rest)
            ):
                break
            if root > 1:
                found[str(name)] = root
    return found


def _usual_roots(
    frame: Frame, writer: dbapi2.Connection, tables: Mapping[str, Table], known: Mapping[str, int]
) -> dict[str, int]:
    """Return where a file made by this program has its roots, as far as what stands there fits."""
    found: dict[str, int] = {}
    rows = writer.execute("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 1").fetchall()
    usual = {str(name): int(root) for name, root in rows if int(root) not in known.values()}
    for table in tables.values():
        if table.name in usual and frame.could_be(
            usual[table.name], table.fits, entries=not table.rowids
        ):
            found[table.name] = usual[table.name]
        for index in table.indexes:
            if index.name in usual and frame.could_be(usual[index.name], index.fits, entries=True):
                found[index.name] = usual[index.name]
    return found


def _version_with(names: frozenset[str]) -> int:
    """Return the version whose step made the newest of the tables and indexes that were found."""
    made = [
        number
        for number, script in steps()
        if any(f"CREATE TABLE {name} " in script for name in names)
    ]
    return max(made, default=NEWEST)


class _Reading:
    """One pass over a damaged file."""

    def __init__(
        self,
        frame: Frame,
        writer: dbapi2.Connection,
        tables: dict[str, Table],
        roots: Mapping[str, int],
        progress: Progress,
    ) -> None:
        self._frame = frame
        self._writer = writer
        self._tables = tables
        self._roots = roots
        self._owners = {root: name for name, root in roots.items()}
        self._progress = progress
        self._cut: set[str] = set()
        self._named: dict[str, dict[Key, dict[str, Any]]] = {}
        self._unsure: set[str] = set()
        self._sql: dict[tuple[str, int], str] = {}

    def all(
        self,
    ) -> tuple[dict[str, int], frozenset[str], tuple[Lost, ...], tuple[str, ...]]:
        """Read everything; return what was saved, what was cut off, lost, and lost uncounted."""
        for done, table in enumerate(self._tables.values()):
            self._progress(done, len(self._tables) + 1)
            if not self._from_root(table):
                self._cut.add(table.name)
        whole_indexes = self._indexes()
        if self._cut:
            self._pages()
        lost = tuple(self._lost())
        uncounted = [
            name for name in sorted(self._cut) if name != "journal" and not whole_indexes.get(name)
        ]
        saved = {
            name: int(self._writer.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for name in self._tables
        }
        return saved, frozenset(self._cut), lost, tuple(uncounted)

    # -- from the roots -----------------------------------------------------------------

    def _from_root(self, table: Table) -> bool:
        root = self._roots.get(table.name)
        if root is None:
            return False
        for backwards in (False, True):
            try:
                self._take(table, self._rows(table, root, backwards=backwards))
                return True
            except Broken:
                continue
        return False

    def _rows(self, table: Table, page: int, *, backwards: bool = False) -> Iterator[Row]:
        if table.rowids:
            return self._frame.rows(page, backwards=backwards)
        return ((None, *entry) for entry in self._frame.entries(page, backwards=backwards))

    def _take(self, table: Table, rows: Iterable[Row]) -> None:
        """Write rows into the new file; Broken at one that is not this table's."""
        for row in rows:
            if not table.fits(row[1:]):
                raise Broken
            self._put(table, row)

    def _put(self, table: Table, row: Row) -> None:
        values = [value for value in row[1:] if value != ABSENT]
        count = len(values)
        sql = self._sql.get((table.name, count))
        own = next((place for place, column in enumerate(table.columns) if column.own), None)
        if sql is None:
            names = [f'"{column.name}"' for column in table.columns[:count]]
            if table.rowids and own is None:
                names.append("rowid")
            marks = ", ".join("?" * len(names))
            sql = f'INSERT OR IGNORE INTO "{table.name}" ({", ".join(names)}) VALUES ({marks})'
            self._sql[table.name, count] = sql
        if own is not None:
            values[own] = row[0]
        elif table.rowids:
            values.append(row[0])
        try:
            self._writer.execute(sql, values)
        except dbapi2.IntegrityError:
            raise Broken from None

    # -- from the indexes ---------------------------------------------------------------

    def _indexes(self) -> dict[str, bool]:
        """Note every row that an index names; return the tables of which one is whole."""
        whole: dict[str, bool] = {}
        for name in sorted(self._cut):
            table = self._tables[name]
            for index in table.indexes:
                root = self._roots.get(index.name)
                if root is None:
                    continue
                for backwards in (False, True):
                    try:
                        for entry in self._frame.entries(root, backwards=backwards):
                            if not index.fits(entry):
                                raise Broken
                            self._note(table, index, entry)
                        whole[name] = whole.get(name, False) or index.whole
                        break
                    except Broken:
                        self._unsure.add(index.name)
        return whole

    def _note(self, table: Table, index: Index, entry: Row) -> None:
        known: dict[str, Any] = {}
        rowid = None
        for column, value in zip(index.columns, entry, strict=False):
            if column is None:
                rowid = value
            else:
                known[column.name] = value
        key = (rowid,) if table.rowids else tuple(known.get(part) for part in table.key)
        self._named.setdefault(table.name, {}).setdefault(key, {}).update(known)

    # -- page by page -------------------------------------------------------------------

    def _pages(self) -> None:
        """Read every page that no table was seen to own, and know its rows by their shape."""
        cut = [self._tables[name] for name in sorted(self._cut)]
        with_rows = [table for table in cut if table.rowids]
        without = [table for table in cut if not table.rowids]
        indexes = [
            (table, index)
            for table in cut
            for index in table.indexes
            if index.name in self._unsure or index.name not in self._roots
        ]
        ends: dict[str, list[Row]] = {}
        above: list[int] = []
        for page in range(2, self._frame.pages + 1):
            if not page % 50:
                self._progress(page, self._frame.pages)
            owner = self._owners.get(page)
            if page in self._frame.bad or (owner and owner not in self._cut | self._unsure):
                continue
            first = self._frame.first(page, entries=False)
            if first is not None:
                if any(table.fits(first[1:]) for table in with_rows):
                    self._page_of_rows(page, self._frame.each(page, entries=False), with_rows)
                continue
            first = self._frame.first(page, entries=True)
            if first is None or not (
                any(table.fits(first) for table in without)
                or any(index.fits(first) for _table, index in indexes)
            ):
                continue
            entries = self._frame.each(page, entries=True)
            taken = self._page_of_entries(page, entries, without, indexes) if entries else ""
            if taken:
                ends.setdefault(taken, []).append(entries[-1])
                above.append(page)
        self._between(ends, above)
        for table in without:
            self._drop_strangers(table)

    def _drop_strangers(self, table: Table) -> None:
        """Take out what only looked like a row of a table of links: it links nothing."""
        for column, parent, there in table.parents:
            self._writer.execute(
                f'DELETE FROM "{table.name}" WHERE "{column}" IS NOT NULL AND "{column}" NOT IN'
                f' (SELECT "{there}" FROM "{parent}")'
            )

    def _page_of_rows(self, page: int, rows: list[Row], tables: list[Table]) -> None:
        fitting = self._owners_of(page, tables, [row[1:] for row in rows])
        if len(fitting) > 1:
            fitting = [table for table in fitting if self._has(table, rows)] or fitting
        if len(fitting) == 1:
            for row in rows:
                self._put_if_sound(fitting[0], row)

    def _page_of_entries(
        self,
        page: int,
        entries: list[Row],
        tables: list[Table],
        indexes: list[tuple[Table, Index]],
    ) -> str:
        fitting = [
            table
            for table in self._owners_of(page, tables, entries)
            if self._has_parents(table, entries[0])
        ]
        if len(fitting) > 1:
            rows = [(None, *entry) for entry in entries]
            fitting = [table for table in fitting if self._has(table, rows)] or fitting
        if len(fitting) == 1:
            for entry in entries:
                self._put_if_sound(fitting[0], (None, *entry))
            return fitting[0].name
        for table, index in indexes:
            if all(index.fits(entry) for entry in entries) and self._agrees(table, index, entries):
                for entry in entries:
                    self._note(table, index, entry)
                break
        return ""

    def _owners_of(self, page: int, tables: list[Table], records: list[Row]) -> list[Table]:
        owner = self._owners.get(page)
        return [
            table
            for table in tables
            if (owner is None or owner == table.name) and all(table.fits(one) for one in records)
        ]

    def _put_if_sound(self, table: Table, row: Row) -> None:
        try:
            self._put(table, row)
        except Broken:
            return

    def _between(self, ends: Mapping[str, list[Row]], above: list[int]) -> None:
        """Fetch the rows that stand on the pages above, between two pages that were lost.

        Only tables without rowids keep rows there; the one after the last row of each page
        that was read is asked for.
        """
        for name, lasts in ends.items():
            table = self._tables[name]
            for page in above:
                for last in lasts:
                    try:
                        row = self._frame.entry_after(page, (last[0], last[1]))
                    except Broken:
                        continue
                    if row is not None and table.fits(row):
                        self._put_if_sound(table, (None, *row))

    def _has(self, table: Table, rows: list[Row]) -> bool:
        return any(self._is_saved(table, self._key(table, row)) for row in rows[:_FEW])

    def _key(self, table: Table, row: Row) -> Key:
        return (row[0],) if table.rowids else tuple(row[1 : 1 + len(table.key)])

    def _is_saved(self, table: Table, key: Key) -> bool:
        names = ("rowid",) if table.rowids else tuple(f'"{part}"' for part in table.key)
        where = " AND ".join(f"{name} IS ?" for name in names)
        sql = f'SELECT 1 FROM "{table.name}" WHERE {where}'
        return self._writer.execute(sql, key).fetchone() is not None

    def _has_parents(self, table: Table, entry: Row) -> bool:
        values = dict(zip((column.name for column in table.columns), entry, strict=False))
        for column, parent, there in table.parents:
            value = values.get(column)
            if value is None or parent in self._cut:
                continue
            sql = f'SELECT 1 FROM "{parent}" WHERE "{there}" = ?'
            if self._writer.execute(sql, (value,)).fetchone() is None:
                return False
        return True

    def _agrees(self, table: Table, index: Index, entries: list[Row]) -> bool:
        """Tell whether entries say of saved rows what these are: then they are this index's."""
        seen = 0
        for entry in entries:
            said = {
                "rowid" if column is None else column.name: value
                for column, value in zip(index.columns, entry, strict=False)
            }
            key = ("rowid",) if table.rowids else table.key
            where = " AND ".join(f'"{name}" IS ?' for name in key)
            columns = ", ".join(f'"{name}"' for name in said)
            row = self._writer.execute(
                f'SELECT {columns} FROM "{table.name}" WHERE {where}', [said[name] for name in key]
            ).fetchone()
            if row is not None and tuple(row) != tuple(said.values()):
                return False
            seen += row is not None
            if seen >= _FEW:
                break
        return seen > 0

    # -- what is missing ----------------------------------------------------------------

    def _lost(self) -> Iterator[Lost]:
        for name, rows in sorted(self._named.items()):
            table = self._tables[name]
            for key, known in rows.items():
                if None not in key and not self._is_saved(table, key):
                    yield Lost(name, key, known)


def fold(path: Path, keys: VaultKeys) -> bool:
    """Fold the log beside a copy into it; tell whether the library could open the copy."""
    from app.store.frame import fold_log

    try:
        writer = connect(path, keys)
        try:
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            writer.close()
        return True
    except Exception:  # noqa: BLE001 - whatever it is, the log is folded by hand then
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            fold_log(path, log)
            log.unlink()
        return False
