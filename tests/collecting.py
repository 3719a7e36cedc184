"""What tests of the district's side share: a collection in one call, and what the tables then hold."""

from pathlib import Path
from typing import Any

from app.collect import lake, tables
from app.collect.collecting import Collector
from app.collect.engines import Engine, open_engine
from app.collect.findings import Collected
from app.collect.judging import Judge
from app.collect.limits import Limits
from app.kernel.clock import Clock, FixedClock, Moment
from app.kernel.documents import SummaryKind
from app.sync.parcels import Destination
from desks import District

NOW = Moment("2026-11-22T10:00:00.000Z", "UTC")
BOOK = ("desk", "manifest", "parcel")


def collect(
    place: Destination,
    engine: Engine,
    district: District,
    *,
    thorough: bool = False,
    let_in: frozenset[SummaryKind] = frozenset(SummaryKind),
    clock: Clock | None = None,
    lake_folder: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Collected:
    """Collect once, with the tables made if they are missing."""
    tables.prepare(engine)
    judge = Judge(district.keys.identities, district.keys.public, let_in.__contains__)
    collected = Collector(
        place,
        engine,
        judge,
        district.keys,
        clock or FixedClock(NOW),
        thorough=thorough,
        lake=lake_folder is not None,
        limits=limits,
    )()
    if lake_folder is not None:
        lake.write(engine, lake_folder)
    return collected


def sqlite(tmp_path: Path, name: str = "district.db") -> Engine:
    engine = open_engine(str(tmp_path / name))
    tables.prepare(engine)
    return engine


def held(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, in an order that does not depend on that of loading."""
    found = {}
    for table, columns in tables.COLUMNS.items():
        rows = engine.rows(f"SELECT {', '.join(columns)} FROM {table}")
        found[table] = sorted(rows, key=repr)
    return found


def sums(engine: Engine) -> dict[str, int]:
    """Return the sum of every count of every table."""
    found = {}
    for table, columns in tables.DETAILS.items():
        for column, kind in columns.items():
            if kind == "count" or column == "minutes":
                (row,) = engine.rows(
                    f"SELECT CAST(coalesce(sum({column}), 0) AS BIGINT) FROM {table}"
                )
                found[f"{table}.{column}"] = int(row[0])
    return found


def added(*bodies: dict[str, Any]) -> dict[str, int]:
    """Return the same sums, reckoned from the bodies that desks sent."""
    parts = {
        "service_count": "services",
        "service_total": "service_totals",
        "referral_count": "referrals",
        "referral_total": "referral_totals",
        "reach_count": "reach",
        "reach_total": "reach_totals",
        "retention_count": "retention",
        "tier_count": "tiers",
        "tier_total": "tier_totals",
    }
    found = {}
    for table, part in parts.items():
        for column, kind in tables.DETAILS[table].items():
            if kind == "count":
                name = "open" if column == "still_open" else column
                found[f"{table}.{column}"] = sum(
                    row[name] or 0 for body in bodies for row in body[part]
                )
    return found


def codes(collected: Collected) -> list[str]:
    return [finding.code for finding in collected.findings]
