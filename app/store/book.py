"""A room's records in the file: read by their kind, written with a hash, looked over again.

Each kind of record is a frozen dataclass whose fields are the columns of its table
(`app.kernel.rows`). A frozen kind stands as it was written: its row carries the hash of its
columns, and the journal's entry of the command that wrote it names the row and the hash.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from app.kernel.frozen import How, Wrong
from app.kernel.ports import Reader, Row, Transaction, Value
from app.kernel.rows import columns, restored, seal, shape, stored

Kept = TypeVar("Kept")


_LISTS: dict[tuple[type[Any], str], str] = {}


def listed(kind: type[Any], alias: str = "t") -> str:
    """Return a kind's columns for a query, each with its table's alias."""
    found = _LISTS.get((kind, alias))
    if found is None:
        found = _LISTS[kind, alias] = ", ".join(f"{alias}.{name}" for name in columns(kind))
    return found


def read_as(kind: type[Kept], row: Row, start: int = 0) -> Kept:
    """Return the record whose columns begin at `start` of a row."""
    return restored(kind, row[start : start + len(shape(kind).columns)])


class Book:
    """A room's records, for reading; the room's own book says its tables."""

    frozen: ClassVar[Mapping[type[Any], str]] = {}
    """Each kind of record that stands as it was written, and its table."""
    living: ClassVar[Mapping[type[Any], str]] = {}
    """Records that go on changing; the journal has before and after."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @classmethod
    def table(cls, kind: type[Any]) -> str:
        """Return the table of a kind."""
        return cls.frozen.get(kind) or cls.living[kind]

    def get(self, kind: type[Kept], record_id: str | None) -> Kept | None:
        """Return a record by its id, or None."""
        return next(iter(self.where(kind, "t.id = ?", (record_id,))), None)

    def where(self, kind: type[Kept], condition: str, values: tuple[Value, ...] = ()) -> list[Kept]:
        """Return the records (`t`) that meet a condition; it may end in an order and a limit."""
        rows = self.reader.execute(
            f"SELECT {listed(kind)} FROM {self.table(kind)} t WHERE {condition}", values
        )
        return [restored(kind, row) for row in rows]

    def names(self, people: Iterable[str | None]) -> dict[str, str]:
        """Return the names of people at the desk by their ids; of nobody, nothing."""
        wanted = sorted({one for one in people if one})
        if not wanted:
            return {}
        rows = self.reader.execute(
            "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(wanted),),
        )
        return dict(rows.fetchall())


class Keeper(Book):
    """A room's records within one command: what is written is named in its journal entry."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx
        self._sealed: dict[str, str] = {}

    def add(self, record: Any) -> None:
        """Write a record; one of a frozen kind stands from then on."""
        kind, values = type(record), stored(record)
        names = columns(kind)
        if kind in self.frozen:
            sealed = seal(values)
            names, values = (*names, "hash"), (*values, sealed)
            self._sealed[record.id] = sealed.hex()
        self.tx.execute(
            f"INSERT INTO {self.table(kind)} ({', '.join(names)})"
            f" VALUES ({', '.join('?' * len(names))})",
            values,
        )

    def change(self, record: Any) -> None:
        """Write a living record in place of what it was; its id stays."""
        kind, values = type(record), stored(record)
        names = columns(kind)
        self.tx.execute(
            f"UPDATE {self.living[kind]} SET {', '.join(f'{name} = ?' for name in names)}"
            " WHERE id = ?",
            (*values, record.id),
        )

    def journal(
        self,
        what: str,
        kind: type[Any],
        subject: str,
        after: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Append the command's entry, with the hash of every frozen row written so far."""
        facts = {**(after or {})}
        if self._sealed:
            facts["rows"] = self._sealed
        self.tx.journal(what, self.table(kind), subject, before, facts)
        self._sealed = {}


def looked_over(book: type[Book]) -> Callable[[Reader], tuple[int, list[Wrong]]]:
    """Return what counts a room's frozen rows and finds those that no command wrote.

    A row must have the content its hash was made of, and the hash that the journal's entry
    of it saw. One that no entry knows is named, and one that an entry knows and is gone.
    """

    def look(reader: Reader) -> tuple[int, list[Wrong]]:
        kinds = ", ".join(f"'{table}'" for table in (*book.frozen.values(), *book.living.values()))
        seen: dict[str, tuple[str, str]] = {
            row: (hashed, table)
            for row, hashed, table in reader.execute(
                "SELECT r.key, r.value, j.subject_kind FROM journal j,"
                f" json_each(j.after, '$.rows') r WHERE j.subject_kind IN ({kinds})"
                " ORDER BY j.seq DESC"
            )
        }
        count = 0
        wrong: list[Wrong] = []
        for kind, table in book.frozen.items():
            rows = reader.execute(f"SELECT {listed(kind)}, t.hash FROM {table} t ORDER BY t.row")
            for row in rows:
                count += 1
                sealed = bytes(row[-1])
                told = seen.pop(row[0], None)
                if seal(row[:-1]) != sealed or (told and told[0] != sealed.hex()):
                    wrong.append(Wrong(table, str(row[0]), How.ALTERED))
                elif told is None:
                    wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
        wrong += [Wrong(table, row, How.GONE) for row, (_hashed, table) in seen.items()]
        return count, wrong

    return look
