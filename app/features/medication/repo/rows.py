"""Writing frozen rows, each with its hash in the journal, and looking them over again."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from app.features.medication.model.doses import Dose
from app.features.medication.model.incidents import Incident
from app.features.medication.model.nursing import (
    Delegation,
    Entry,
    HealthPlan,
    NoSchool,
    Trip,
    TripItem,
    Visit,
)
from app.features.medication.model.orders import Order
from app.features.medication.model.rows import columns, restored, seal, stored
from app.features.medication.model.stock import Container, Discrepancy, Movement, StockCount
from app.kernel.clock import Moment
from app.kernel.frozen import How, Wrong
from app.kernel.ids import PersonId
from app.kernel.ports import Reader, Row, Transaction

Kept = TypeVar("Kept")

TABLES: Mapping[type[Any], str] = {
    Order: "medication_order",
    Dose: "dose",
    Container: "container",
    Movement: "stock_movement",
    StockCount: "stock_count",
    Discrepancy: "discrepancy",
    Incident: "incident",
    Visit: "visit",
    HealthPlan: "health_plan",
    Delegation: "delegation",
    Trip: "trip",
    TripItem: "trip_item",
    Entry: "care_entry",
    NoSchool: "no_school",
}
"""Each kind of frozen record and its table."""

_INSERTS = {
    kind: f"INSERT INTO {table} ({', '.join(columns(kind))}, hash)"
    f" VALUES ({', '.join('?' * (len(columns(kind)) + 1))})"
    for kind, table in TABLES.items()
}
_WIDTH = {kind: len(columns(kind)) for kind in TABLES}


_LISTED: dict[tuple[type[Any], str], str] = {}


def listed(kind: type[Any], alias: str) -> str:
    """Return a kind's columns for a query, each with its table's alias."""
    found = _LISTED.get((kind, alias))
    if found is None:
        found = _LISTED[kind, alias] = ", ".join(f"{alias}.{name}" for name in columns(kind))
    return found


def width(kind: type[Any]) -> int:
    """Return how many columns a kind of record takes in a query's row."""
    return _WIDTH[kind]


def read_as(kind: type[Kept], row: Row, start: int = 0) -> Kept:
    """Return the record whose columns begin at `start` of a row."""
    return restored(kind, row[start : start + _WIDTH[kind]])


class Book:
    """The room's records, for reading: one by its id, or several by a condition."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def get(self, kind: type[Kept], record_id: str | None) -> Kept | None:
        """Return a record by its id, or None."""
        return next(iter(self.where(kind, "t.id = ?", (record_id,))), None)

    def where(
        self, kind: type[Kept], condition: str, values: tuple[str | int | None, ...] = ()
    ) -> list[Kept]:
        """Return the records (`t`) that meet a condition; it may end in an order and a limit."""
        rows = self.reader.execute(
            f"SELECT {listed(kind, 't')} FROM {TABLES[kind]} t WHERE {condition}", values
        )
        return [restored(kind, row) for row in rows]

    def names(self, people: Iterable[str | None]) -> dict[str, str]:
        """Return the names of people by their ids; of nobody, nothing."""
        wanted = sorted({person for person in people if person})
        if not wanted:
            return {}
        rows = self.reader.execute(
            "SELECT id, name FROM person WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(wanted),),
        )
        return dict(rows.fetchall())

    def entries(self, *subjects: str) -> list[Entry]:
        """Return what was added to records later, in the order it was written."""
        return self.where(
            Entry,
            "t.subject_id IN (SELECT value FROM json_each(?)) ORDER BY t.row",
            (json.dumps(subjects),),
        )

    def school_year_ends(self, day: str) -> str | None:
        """Return when the school year that `day` falls in ends, if the roster told."""
        row = self.reader.execute(
            "SELECT max(ends_on) FROM term WHERE active = 1 AND starts_on <= ? AND ends_on >= ?",
            (day, day),
        ).fetchone()
        return row[0] if row else None


class Keeper(Book):
    """The room's records within one command: what is written here is named in its journal entry."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.tx = tx
        self._sealed: dict[str, str] = {}

    @property
    def who(self) -> PersonId:
        """Who is at the desk."""
        return self.tx.who

    @property
    def now(self) -> Moment:
        """The command's moment."""
        return self.tx.now

    def add(self, record: Any) -> None:
        """Write a record; it is frozen from then on."""
        values = stored(record)
        sealed = seal(values)
        self.tx.execute(_INSERTS[type(record)], (*values, sealed))
        self._sealed[record.id] = sealed.hex()

    def journal(
        self,
        what: str,
        kind: type[Any],
        subject: str,
        after: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Append the command's entry, with the hash of every row it has written so far."""
        facts = {**(after or {}), "rows": self._sealed}
        self.tx.journal(what, TABLES[kind], subject, before, facts)
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
        for row in reader.execute(
            f"SELECT {listed(kind, 't')}, t.hash FROM {table} t ORDER BY t.row"
        ):
            count += 1
            sealed = bytes(row[-1])
            told = seen.pop(row[0], None)
            if seal(row[:-1]) != sealed or (told and told[0] != sealed.hex()):
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
            elif told is None:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
    wrong += [Wrong(table, row, How.GONE) for row, (_hashed, table) in seen.items()]
    return count, wrong
