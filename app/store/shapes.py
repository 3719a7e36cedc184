"""What the tables of a schema look like, and whether a record could be one of theirs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.ports import Reader
from app.store.frame import ABSENT

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TYPES = {"TEXT": str, "INTEGER": int, "BLOB": bytes, "REAL": float}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a strict table."""

    name: str
    type: str
    required: bool
    own: bool = False
    """It is the rowid itself, and stored as nothing."""
    leads: bool = False
    """It holds the id of another row."""

    def fits(self, value: Any) -> bool:
        """Tell whether a stored value could be this column's."""
        if self.own:
            return value is None
        if value is None or value == ABSENT:
            return value == ABSENT or not self.required
        if not isinstance(value, _TYPES.get(self.type, object)):
            return False
        if not isinstance(value, str) or not value:
            return True
        if self.name == "id" or self.leads:
            return bool(_ID.fullmatch(value))
        if self.name.endswith("_at") or self.name == "at":
            return bool(_TIME.match(value))
        if self.name.endswith("_on"):
            return bool(_DAY.match(value))
        return True


@dataclass(frozen=True, slots=True)
class Index:
    """An index: the columns its entries hold, in order; the rowid is None."""

    name: str
    columns: tuple[Column | None, ...]
    whole: bool
    """Every row of the table has an entry."""

    def fits(self, entry: Sequence[Any]) -> bool:
        """Tell whether an entry could be this index's."""
        values = [value for value in entry if value != ABSENT]
        if len(values) != len(self.columns):
            return False
        return all(
            isinstance(value, int) if column is None else column.fits(value)
            for column, value in zip(self.columns, values, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns in the order they are stored."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """The columns of the primary key; of a table with rowids, what names a row to people."""
    rowids: bool
    indexes: tuple[Index, ...]
    parents: tuple[tuple[str, str, str], ...] = ()
    """Each reference: its column, the table it leads to, and the column there."""

    def fits(self, values: Sequence[Any]) -> bool:
        """Tell whether a record could be a row of this table."""
        stored = [value for value in values if value != ABSENT]
        if not stored or len(stored) > len(self.columns) or values[: len(stored)] != tuple(stored):
            return False
        filled = zip(self.columns, values, strict=False)
        return all(column.fits(value) for column, value in filled)

    def named(self, suffixes: tuple[str, ...]) -> list[str]:
        """Return the columns whose names end so."""
        return [column.name for column in self.columns if column.name.endswith(suffixes)]


def tables_of(reader: Reader) -> dict[str, Table]:
    """Return the tables of a schema by name: ordinary ones, without what a search index keeps."""
    found = {}
    for _schema, name, kind, _columns, without, _strict in reader.execute(
        "PRAGMA main.table_list"
    ).fetchall():
        if kind == "table" and not str(name).startswith("sqlite_"):
            found[str(name)] = _table(reader, str(name), without=bool(without))
    return found


def _table(reader: Reader, name: str, *, without: bool) -> Table:
    rows = reader.execute(f'PRAGMA table_info("{name}")').fetchall()
    key = [str(row[1]) for row in sorted(rows, key=lambda row: int(row[5])) if row[5]]
    parents = tuple(
        (str(row[3]), str(row[2]), str(row[4] or "id"))
        for row in reader.execute(f'PRAGMA foreign_key_list("{name}")').fetchall()
    )
    leading = {column for column, _parent, there in parents if there == "id"}
    columns = {}
    for _cid, column, kind, required, _default, part in rows:
        own = not without and bool(part) and kind == "INTEGER" and len(key) == 1
        columns[str(column)] = Column(
            str(column), str(kind), bool(required or part), own, str(column) in leading
        )
    if without:
        order = [*key, *(column for column in columns if column not in key)]
    else:
        order = list(columns)
    indexes = []
    for _number, index, _unique, origin, partial in reader.execute(
        f'PRAGMA index_list("{name}")'
    ).fetchall():
        if without and origin == "pk":
            continue
        held = reader.execute(f'PRAGMA index_xinfo("{index}")').fetchall()
        parts = tuple(None if row[2] is None else columns[str(row[2])] for row in held)
        indexes.append(Index(str(index), parts, not partial))
    people = ("id",) if "id" in columns else tuple(key)
    return Table(
        name,
        tuple(columns[column] for column in order),
        tuple(key) if without else people,
        not without,
        tuple(indexes),
        parents,
    )
