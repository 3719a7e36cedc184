"""A district's worth of desks: the database holds what they sent, no more, and nothing twice."""

import time
from pathlib import Path

import pytest

from app.collect.engines import Engine, open_engine
from app.collect.figures import ALL, figures
from collecting import added, collect, held, sqlite, sums
from desks import District, Shelf, SyntheticDesk, months, new_place, services


def sent(place: Shelf, district: District, desks: int, count: int) -> dict[str, int]:
    """Let desks send; a tenth of all summaries once more, as later revisions. Return the sums."""
    bodies = []
    for seed in range(desks):
        desk = SyntheticDesk(district, seed)
        desk.lay(place, desk.enrolment(district.invitation(f"Desk {seed}")))
        for number, month in enumerate(months(count)):
            desk.lay(place, desk.services(month))
            again = (seed + number) % 10 == 0
            if again:
                desk.lay(place, desk.services(month, 2))
            bodies.append(services(seed, month, 2 if again else 1))
    return added(*bodies)


def collected_twice(place: Shelf, engine: Engine, district: District) -> tuple[float, float]:
    began = time.monotonic()
    first = collect(place, engine, district)
    middle = time.monotonic()
    before = held(engine)
    assert first.findings == []
    later = time.monotonic()
    again = collect(place, engine, district)
    assert (again.manifests, again.taken, again.receipts, again.findings) == (0, 0, 0, [])
    ended = time.monotonic()
    assert held(engine) == before
    return middle - began, ended - later


def agree(engine: Engine, expected: dict[str, int]) -> None:
    """Check the sums of the tables, and the report's own before anything is held back."""
    found = sums(engine)
    assert {name: found[name] for name in expected} == expected
    every = [row[0] for row in engine.rows("SELECT DISTINCT month FROM parcel WHERE month <> ''")]
    shown = figures(engine, sorted(every), limit=2)
    for cube, name in ((shown.referrals, "referral_total.referrals"),
                       (shown.sessions, "service_total.sessions"),
                       (shown.minutes, "service_total.minutes"),
                       (shown.retention, "retention_count.began")):  # fmt: skip
        cell = cube.at(ALL, ALL)
        assert cell is not None
        assert cell.count == expected[name]


def test_twelve_desks_in_postgresql_are_the_sum_of_the_desks(
    district: District, postgresql: str
) -> None:
    place = Shelf()
    new_place(place)
    expected = sent(place, district, 12, 3)
    engine = open_engine(postgresql)
    collected_twice(place, engine, district)
    agree(engine, expected)
    engine.close()


def test_all_engines_hold_the_same(district: District, tmp_path: Path, postgresql: str) -> None:
    place = Shelf()
    new_place(place)
    sent(place, district, 3, 2)
    tables = []
    for where in (str(tmp_path / "a.db"), str(tmp_path / "a.duckdb"), postgresql):
        engine = open_engine(where)
        collect(place, engine, district)
        found = held(engine)
        engine.close()
        tables.append(found)
    assert tables[0] == tables[1] == tables[2]


def test_parquet_files_hold_what_the_tables_hold(district: District, tmp_path: Path) -> None:
    import duckdb

    from app.collect.places import database

    place = Shelf()
    new_place(place)
    expected = sent(place, district, 3, 3)
    folder = tmp_path / "lake"
    into = database(f"parquet:{folder}")
    collect(place, into.engine, district, lake_folder=folder)
    files = {path: path.read_bytes() for path in folder.glob("*/*/*.parquet")}
    assert {path.parent.name for path in files} >= {
        "month=2026-01",
        "month=2026-02",
        "month=2026-03",
    }
    with duckdb.connect() as reader:
        for name, total in expected.items():
            table, column = name.split(".")
            (row,) = reader.execute(
                f"SELECT sum({column}) FROM read_parquet('{folder}/{table}/*/*.parquet',"
                " hive_partitioning = true)"
            ).fetchall()
            assert int(row[0]) == total, name
        months_there = reader.execute(
            f"SELECT DISTINCT month FROM read_parquet('{folder}/parcel/*/*.parquet',"
            " hive_partitioning = true, hive_types_autocast = false) ORDER BY month"
        ).fetchall()
    assert [row[0] for row in months_there if row[0]] == ["2026-01", "2026-02", "2026-03"]
    # Nothing new: not one file is written anew.
    stamps = {path: path.stat().st_mtime_ns for path in files}
    collect(place, into.engine, district, lake_folder=folder)
    assert {path: path.stat().st_mtime_ns for path in files} == stamps
    # A later revision writes its month's files, and no other's.
    desk = SyntheticDesk(district, 7)
    desk.lay(place, desk.enrolment(), desk.services("2026-02"))
    collect(place, into.engine, district, lake_folder=folder)
    into.engine.close()
    changed = {
        path.parent.name
        for path in files
        if path.stat().st_mtime_ns != stamps[path] and path.parent.parent.name == "service_count"
    }
    assert changed == {"month=2026-02"}


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["postgresql", "sqlite"])
def test_three_hundred_desks_in_twelve_months(
    district: District, tmp_path: Path, postgresql: str, kind: str
) -> None:
    place = Shelf()
    new_place(place)
    expected = sent(place, district, 300, 12)
    engine = open_engine(postgresql) if kind == "postgresql" else sqlite(tmp_path)
    took, again = collected_twice(place, engine, district)
    agree(engine, expected)
    engine.close()
    print(f"300 desks, 12 months, {kind}: {took:.1f} s, and once more {again:.1f} s")
