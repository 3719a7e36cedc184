"""Writing frozen rows, each with its hash in the journal, and looking them over again."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from app.features.collaboration.model.concerns import Concern, ConcernEntry, WarningList
from app.features.collaboration.model.consultations import (
    Consultation,
    ConsultationAddition,
    Step,
)
from app.features.collaboration.model.contacts import ContactRow
from app.features.collaboration.model.team import Member
from app.kernel.frozen import How, Wrong
from app.kernel.ports import Reader, Row, Transaction, Value
from app.kernel.rows import columns, restored, seal, stored

Kept = TypeVar("Kept")

TABLES: Mapping[type[Any], str] = {
    WarningList: "warning_list",
    Concern: "concern",
    ConcernEntry: "concern_entry",
    Consultation: "consultation",
    ConsultationAddition: "consultation_addition",
    ContactRow: "contact",
}
"""Each kind of frozen record and its table."""
LIVING: Mapping[type[Any], str] = {Step: "agreed_step", Member: "team_member"}
"""Records that go on changing; the journal has before and after."""
_TABLE = {**TABLES, **LIVING}


def listed(kind: type[Any], alias: str = "t") -> str:
    """Return a kind's columns for a query, each with its table's alias."""
    return ", ".join(f"{alias}.{name}" for name in columns(kind))


def read_as(kind: type[Kept], row: Row, start: int = 0) -> Kept:
    """Return the record whose columns begin at `start` of a row."""
    return restored(kind, row[start : start + len(columns(kind))])


class Book:
    """The room's records, for reading."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def get(self, kind: type[Kept], record_id: str) -> Kept | None:
        """Return a record by its id, or None."""
        return next(iter(self.where(kind, "t.id = ?", (record_id,))), None)

    def where(self, kind: type[Kept], condition: str, values: tuple[Value, ...] = ()) -> list[Kept]:
        """Return the records (`t`) that meet a condition; it may end in an order and a limit."""
        rows = self.reader.execute(
            f"SELECT {listed(kind)} FROM {_TABLE[kind]} t WHERE {condition}", values
        )
        return [restored(kind, row) for row in rows]

    def names(self, people: Iterable[str]) -> dict[str, str]:
        """Return the names of people at the desk by their ids."""
        rows = self.reader.execute(
            "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted({one for one in people if one})),),
        )
        return dict(rows.fetchall())


class Keeper(Book):
    """The room's records within one command: what is written here is named in its journal entry."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx
        self._sealed: dict[str, str] = {}

    def add(self, record: Any) -> None:
        """Write a record; one of a frozen kind stands from then on."""
        kind, values = type(record), stored(record)
        names = columns(kind)
        if kind in TABLES:
            sealed = seal(values)
            self.tx.execute(
                f"INSERT INTO {TABLES[kind]} ({', '.join(names)}, hash)"
                f" VALUES ({', '.join('?' * len(names))}, ?)",
                (*values, sealed),
            )
            self._sealed[record.id] = sealed.hex()
        else:
            self.tx.execute(
                f"INSERT INTO {LIVING[kind]} ({', '.join(names)})"
                f" VALUES ({', '.join('?' * len(names))})",
                values,
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
        self.tx.journal(what, _TABLE[kind], subject, before, facts)
        self._sealed = {}


def frozen_rows(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many frozen rows the room has, and those that are not what a command wrote.

    A row must have the content its hash was made of, and the hash that the journal's entry
    of it saw. One that no entry knows is named, and one that an entry knows and is gone.
    """
    kinds = ", ".join(f"'{table}'" for table in TABLES.values())
    seen: dict[str, tuple[str, str]] = {
        row: (hashed, table)
        for row, hashed, table in reader.execute(
            "SELECT r.key, r.value, j.subject_kind FROM journal j, json_each(j.after, '$.rows') r"
            f" WHERE j.subject_kind IN ({kinds}) ORDER BY j.seq DESC"
        )
    }
    count = 0
    wrong: list[Wrong] = []
    for kind, table in TABLES.items():
        for row in reader.execute(f"SELECT {listed(kind)}, t.hash FROM {table} t ORDER BY t.row"):
            count += 1
            sealed = bytes(row[-1])
            told = seen.pop(row[0], None)
            if seal(row[:-1]) != sealed or (told and told[0] != sealed.hex()):
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
            elif told is None:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
    wrong += [Wrong(table, row, How.GONE) for row, (_hashed, table) in seen.items()]
    return count, wrong
