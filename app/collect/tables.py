"""The tables of a district's database: one schema for SQLite, DuckDB and PostgreSQL.

Texts and whole numbers alone, no engine's own words. `docs/district-database.md` tells what
each column means. A count is NULL where the desk held it back.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from app.collect.engines import Engine, transaction
from app.kernel.errors import Trouble

VERSION = 1
"""Of this schema; it grows with each change that an older program would not understand."""

Kind = Literal["text", "number", "count"]
"""A text, a whole number, a whole number that may be held back."""

_TYPES: dict[Kind, str] = {
    "text": "VARCHAR NOT NULL",
    "number": "BIGINT NOT NULL",
    "count": "BIGINT",
}

_OF_PARCEL: dict[str, Kind] = {
    "desk": "text",
    "series": "text",
    "parcel": "text",
    "month": "text",
}
"""What every row of a summary begins with."""

_SERVICE: dict[str, Kind] = {
    "service": "text",
    "students": "count",
    "sessions": "count",
    "minutes": "count",
}
_REFERRAL: dict[str, Kind] = {
    "kind": "text",
    "service": "text",
    "status": "text",
    "referrals": "count",
    "students": "count",
}
_REACH: dict[str, Kind] = {"enrolled": "count", "served": "count"}
_BUILDING: dict[str, Kind] = {"building": "text"}
_BAND: dict[str, Kind] = {"building": "text", "grade_band": "text"}
_GROUP: dict[str, Kind] = {"building": "text", "grade_band": "text", "tier": "number"}

DETAILS: Mapping[str, Mapping[str, Kind]] = {
    "service_count": _OF_PARCEL | _GROUP | _SERVICE,
    "service_total": _OF_PARCEL | _BUILDING | _SERVICE,
    "referral_count": _OF_PARCEL | _GROUP | _REFERRAL,
    "referral_total": _OF_PARCEL | _BUILDING | _REFERRAL,
    "reach_count": _OF_PARCEL | _BAND | _REACH,
    "reach_total": _OF_PARCEL | _BUILDING | _REACH,
    "retention_count": _OF_PARCEL
    | _BUILDING
    | {"began": "count", "retained_12_weeks": "count", "still_open": "count"},
    "tier_count": _OF_PARCEL | _GROUP | {"students": "count"},
    "tier_total": _OF_PARCEL | _BUILDING | {"tier": "number", "students": "count"},
    "building_name": _OF_PARCEL | _BUILDING | {"name": "text", "detailed": "number"},
    "service_name": _OF_PARCEL | {"service": "text", "name": "text"},
    "time_use": _OF_PARCEL
    | {
        "first_day": "text",
        "last_day": "text",
        "time_group": "text",
        "category": "text",
        "name": "text",
        "model": "text",
        "model_version": "number",
        "minutes": "number",
        "entries": "count",
    },
    "document": _OF_PARCEL
    | {"kind": "text", "schema_version": "number", "period": "text", "body": "text"},
}
"""The tables of what summaries say: table, column, kind of column."""

_BOOK: Mapping[str, Mapping[str, Kind]] = {
    "casewell": {"version": "number"},
    "desk": {
        "desk": "text",
        "standing": "text",
        "invitation": "text",
        "label": "text",
        "name": "text",
        "role": "text",
        "schools": "text",
        "first_seen": "text",
        "last_seen": "text",
    },
    "manifest": {
        "target": "text",
        "desk": "text",
        "counter": "number",
        "sha256": "text",
        "previous": "text",
        "restart": "number",
        "objects": "number",
        "journal_count": "number",
        "journal_head": "text",
        "made": "text",
        "taken": "text",
        "receipt": "text",
    },
    "parcel": {
        "desk": "text",
        "name": "text",
        "state": "text",
        "code": "text",
        "kind": "text",
        "schema_version": "number",
        "series": "text",
        "revision": "number",
        "period": "text",
        "span": "text",
        "first_day": "text",
        "last_day": "text",
        "month": "text",
        "counts": "text",
        "made": "text",
        "loaded": "text",
        "sealed": "text",
    },
    # Schools that the invitation which let a desk in names; without a row it names none.
    "invitation_school": {"invitation": "text", "building": "text"},
    # Months whose Parquet files are older than these tables.
    "unwritten": {"month": "text"},
}
"""The tables about the collecting itself."""

_KEYS: Mapping[str, str] = {
    "casewell": "version",
    "desk": "desk",
    "manifest": "target, desk, counter",
    "parcel": "desk, name",
    "invitation_school": "invitation, building",
    "unwritten": "month",
}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns) for table, columns in {**_BOOK, **DETAILS}.items()
}
"""Every table and its columns, in their order."""


def _statements() -> Iterator[str]:
    for table, columns in {**_BOOK, **DETAILS}.items():
        parts = [f"{name} {_TYPES[kind]}" for name, kind in columns.items()]
        if table in _KEYS:
            parts.append(f"PRIMARY KEY ({_KEYS[table]})")
        yield f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(parts)})"
    yield "CREATE INDEX IF NOT EXISTS parcel_series ON parcel (desk, series)"
    yield "CREATE INDEX IF NOT EXISTS parcel_kind ON parcel (kind, month)"
    for table in DETAILS:
        yield f"CREATE INDEX IF NOT EXISTS {table}_series ON {table} (desk, series)"
        yield f"CREATE INDEX IF NOT EXISTS {table}_month ON {table} (month)"


def prepare(engine: Engine) -> None:
    """Make what is missing of the schema; raise Trouble for a database of a later program."""
    with transaction(engine):
        for statement in _statements():
            engine.run(statement)
        found = engine.rows("SELECT max(version) FROM casewell")[0][0]
        if found is None:
            engine.add("casewell", ("version",), [(VERSION,)])
    check(engine)


def check(engine: Engine) -> None:
    """Raise Trouble unless the database is one of these, and of no later program."""
    try:
        found = engine.rows("SELECT max(version) FROM casewell")[0][0]
    except Trouble:
        raise
    except Exception:  # noqa: BLE001 - each engine says in its own way that a table is missing
        raise Trouble("collect-database-other") from None
    if found is None:
        raise Trouble("collect-database-other")
    if found > VERSION:
        raise Trouble("collect-database-newer", have=found, know=VERSION)
