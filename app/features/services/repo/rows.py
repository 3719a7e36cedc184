"""Writing the room's frozen rows, each with its hash in the journal, and looking them over."""

from collections.abc import Mapping
from typing import Any

from app.features.services.model.deliveries import Delivery
from app.features.services.model.mandates import Mandate, MandateEnd
from app.kernel.frozen import How, Wrong
from app.kernel.ports import Reader, Transaction
from app.kernel.rows import columns, seal, stored

TABLES: Mapping[type[Any], str] = {
    Mandate: "mandate",
    MandateEnd: "mandate_end",
    Delivery: "delivery",
}
"""Each kind of frozen record and its table."""

_INSERTS = {
    kind: f"INSERT INTO {table} ({', '.join(columns(kind))}, hash)"
    f" VALUES ({', '.join('?' * (len(columns(kind)) + 1))})"
    for kind, table in TABLES.items()
}


def listed(kind: type[Any], alias: str) -> str:
    """Return a kind's columns for a query, each with its table's alias."""
    return ", ".join(f"{alias}.{name}" for name in columns(kind))


class Kept:
    """What one command writes: every row is named, with its hash, in the command's entry."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self._sealed: dict[str, str] = {}

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
        self.tx.journal(
            what, TABLES[kind], subject, before, {**(after or {}), "rows": self._sealed}
        )
        self._sealed = {}


def frozen_services(reader: Reader) -> tuple[int, list[Wrong]]:
    """Return how many frozen rows the room has, and those that are not what a command wrote."""
    kinds = ", ".join(f"'{table}'" for table in TABLES.values())
    told: dict[str, tuple[str, str]] = {
        row: (hashed, table)
        for row, hashed, table in reader.execute(
            "SELECT r.key, r.value, j.subject_kind FROM journal j, json_each(j.after, '$.rows') r"
            f" WHERE j.subject_kind IN ({kinds}) ORDER BY j.seq DESC"
        )
    }
    count, wrong = 0, []
    for kind, table in TABLES.items():
        rows = reader.execute(f"SELECT {listed(kind, 't')}, t.hash FROM {table} t ORDER BY t.row")
        for row in rows:
            count += 1
            sealed, seen = bytes(row[-1]), told.pop(row[0], None)
            if seal(row[:-1]) != sealed or (seen and seen[0] != sealed.hex()):
                wrong.append(Wrong(table, str(row[0]), How.ALTERED))
            elif seen is None:
                wrong.append(Wrong(table, str(row[0]), How.UNWITNESSED))
    return count, wrong + [Wrong(table, row, How.GONE) for row, (_hashed, table) in told.items()]
