"""Scoring and listing screenings beside the bare SQL that keeps and reads the same rows.

    python -m tests.bench.screening [SCREENINGS]

Recorded: one after another, scored, sealed and journalled, each against a bare durable commit
of the same row. Listed: every page with the change since the time before, against the bare query
of the same columns. Floor for both: 2 x. From a file: all in one transaction, against the
insertion of rows that were made beforehand; without a floor.
"""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.screening.commands import ImportScreenings, RecordScreening
from app.features.screening.model.records import Screening, ScreeningForm
from app.kernel.ids import new_id
from app.kernel.keys import VaultKeys
from app.kernel.ports import Row
from app.kernel.rows import columns
from app.store.connection import connect

sys.path.insert(0, str(Path(__file__).parents[1]))

from vaults import new_desk

FLOOR = 2.0
_STUDENTS = 500
_ONE_BY_ONE = 200


def main(screenings: int = 5000) -> int:
    """Print both ratios; return 1 if one misses its floor."""
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        for number in range(_STUDENTS):
            desk.caseload.add_student(
                AddStudent(Profile("Kim", f"Ode{number}", student_number=str(number)), anyway=True)
            )
        items = ",".join(str(at) for at in range(1, 10))
        lines = [f"student_number,date,{items}"]
        for place in range(screenings):
            day = f"2026-{1 + place // _STUDENTS % 10:02d}-{1 + place // _STUDENTS // 10:02d}"
            answers = ",".join(str((place + at) % 4) for at in range(8))
            lines.append(f"{place % _STUDENTS},{day},{answers},0")
        data = "\n".join(lines).encode()
        begun = time.perf_counter()
        told = desk.screening.import_file(ImportScreenings("phq-9", "self", data))
        taken = time.perf_counter() - begun
        assert told.taken == screenings, told
        names = ", ".join((*columns(Screening), "hash"))
        with desk.records.read() as reader:
            rows = reader.execute(f"SELECT {names} FROM screening ORDER BY row").fetchall()
        pages = range(0, screenings, 200)
        listing, bare = [], []
        for _turn in range(3):
            begun = time.perf_counter()
            # A line reads its row when it is looked at: here every one is looked at.
            seen = sum(
                bool(line.screening.id and line.student)
                for offset in pages
                for line in desk.screening.screenings(offset=offset)
            )
            listing.append(time.perf_counter() - begun)
            assert seen == screenings
            begun = time.perf_counter()
            for offset in pages:
                with desk.records.read() as reader:
                    reader.execute(
                        f"SELECT {names}, s.given_name, s.family_name, s.preferred_name, s.grade,"
                        " (SELECT b.id FROM screening b WHERE b.student_id = t.student_id AND"
                        " b.instrument = t.instrument AND b.informant = t.informant AND"
                        " (b.taken_on, b.row) < (t.taken_on, t.row)"
                        " ORDER BY b.taken_on DESC, b.row DESC LIMIT 1)"
                        " FROM screening t CROSS JOIN student s ON s.id = t.student_id"
                        " ORDER BY t.taken_on DESC, t.row DESC LIMIT 200 OFFSET ?".replace(
                            names, ", ".join(f"t.{name.strip()}" for name in names.split(","))
                        ),
                        (offset,),
                    ).fetchall()
            bare.append(time.perf_counter() - begun)
        one, alone = _recorded(desk, rows, names, Path(folder))
        desk.close()
        again = new_desk(Path(folder) / "bare")
        try:
            begun = time.perf_counter()
            with contextlib.suppress(_Back), again.records.transaction() as tx:
                tx.execute("PRAGMA defer_foreign_keys = ON")
                tx.executemany(
                    f"INSERT INTO screening ({names}) VALUES ({', '.join('?' * len(rows[0]))})",
                    rows,
                )
                kept = time.perf_counter() - begun
                raise _Back
        finally:
            again.close()
    ratios = {"recorded": one / alone, "listed": min(listing) / min(bare)}
    for what, ratio in ratios.items():
        print(f"{screenings:,} screenings {what}: {ratio:.2f} x the bare SQL (floor {FLOOR})")
    print(f"{screenings:,} screenings from a file: {taken / kept:.2f} x the bare SQL")
    return int(any(ratio > FLOOR for ratio in ratios.values()))


def _recorded(desk: Desk, rows: Sequence[Row], names: str, folder: Path) -> tuple[float, float]:
    """Return the median seconds of recording one, and of committing its row alone."""
    one, alone = [], []
    students = [row[1] for row in rows[:_ONE_BY_ONE]]
    marks = ", ".join("?" * len(rows[0]))
    connection = connect(folder / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
    connection.execute(f"CREATE TABLE screening (row INTEGER PRIMARY KEY, {names})")
    connection.execute("CREATE UNIQUE INDEX by_id ON screening (id)")
    connection.execute("CREATE INDEX of_student ON screening (student_id, instrument, taken_on)")
    for place, student in enumerate(students):
        answers = tuple((str(at), (place + at) % 4) for at in range(1, 9))
        form = ScreeningForm(
            student, "phq-9", "self", "", "2026-11-19", answers=(*answers, ("9", 0))
        )
        begun = time.perf_counter()
        desk.screening.record(RecordScreening(new_id(), form))
        one.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"INSERT INTO screening ({names}) VALUES ({marks})", rows[place])
        connection.execute("COMMIT")
        alone.append(time.perf_counter() - begun)
    connection.close()
    return median(one), median(alone)


class _Back(Exception):
    """Nothing is kept of the comparison."""


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
