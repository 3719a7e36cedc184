"""Parquet files for an engine that a state has already: a folder per table and month.

`FOLDER/service_count/month=2026-10/counts.parquet`, as Hive lays partitions out, so that Trino,
Spark and DuckDB read them in place. The book of what was collected is a DuckDB file beside them
(`_casewell.duckdb`; such readers pass over names that begin with `_`). In the transaction that
changes a month it says that the month's files are older; a run that was cut off before they were
written anew is made up for by the next one.
"""

import os
from pathlib import Path

from app.collect.engines import Engine, transaction
from app.collect.tables import COLUMNS, DETAILS
from app.kernel.errors import Refused, Trouble
from app.sync.parcels import openly

PREFIX = "parquet:"
_BOOK = "_casewell.duckdb"
_FILE = "counts.parquet"
_PARCELS = "name <> '' AND state = 'loaded'"


def book_of(folder: Path) -> Path:
    """Return the DuckDB file beside the Parquet files; the folder is made if it is missing."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Refused(
            "file-unwritable", "database", path=openly(str(folder)), reason=error.strerror
        ) from None
    return folder / _BOOK


def write(engine: Engine, folder: Path) -> int:
    """Write the files of every month that changed; return how many months those were.

    A file takes its place whole or not at all; a month in which nothing is left loses its file.
    """
    months = [row[0] for row in engine.rows("SELECT month FROM unwritten ORDER BY month")]
    try:
        for month in months:
            for table in DETAILS:
                _write(engine, folder, table, month, f"SELECT * FROM {table} WHERE month = ?")
            _write(
                engine,
                folder,
                "parcel",
                month,
                f"SELECT {_listed('parcel', 'sealed')} FROM parcel WHERE {_PARCELS} AND month = ?",
            )
            with transaction(engine):
                engine.run("DELETE FROM unwritten WHERE month = ?", (month,))
        _write(engine, folder, "desk", "", "SELECT * FROM desk WHERE '' = ?")
    except OSError as error:
        raise Trouble("collect-database-trouble", reason=error.strerror or "OSError") from None
    return len(months)


def _listed(table: str, but: str) -> str:
    return ", ".join(column for column in COLUMNS[table] if column != but)


def _write(engine: Engine, folder: Path, table: str, month: str, sql: str) -> None:
    # A summary without an end belongs to no month; readers know that by Hive's own word.
    part = f"month={month or '__HIVE_DEFAULT_PARTITION__'}"
    place = folder / table / part if table != "desk" else folder / table
    file, beside = place / _FILE, place / f".{_FILE}.part"
    if not engine.rows(f"SELECT 1 FROM ({sql}) LIMIT 1", (month,)):
        file.unlink(missing_ok=True)
        return
    place.mkdir(parents=True, exist_ok=True)
    without = "* EXCLUDE (month)" if table != "desk" else "*"
    # The month is in the folder's name; in the file as well it would be told twice.
    target = str(beside).replace("'", "''")
    engine.run(
        f"COPY (SELECT {without} FROM ({sql}) ORDER BY ALL) TO '{target}'"
        " (FORMAT parquet, COMPRESSION zstd)",
        (month,),
    )
    with beside.open("r+b") as written:
        os.fsync(written.fileno())
    beside.replace(file)
