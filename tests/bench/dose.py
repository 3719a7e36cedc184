"""Recording a dose and reading the board, each against the bare database, side by side.

The bare commit writes one row with a dose's columns and its indexes into a SQLCipher file
with the same settings: no stock, no journal, no check. Floor: 2 times. The board of 300
students with 3 orders each is told against the bare queries behind it, without a floor.
"""

import os
import statistics
import sys
import tempfile
import time
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.features.medication.commands import RecordDose
from app.features.medication.model.doses import Dose
from app.features.medication.model.orders import OrderForm
from app.features.medication.repo import RoomBook
from app.features.medication.repo.orders import pupils
from app.features.medication.service.doses import day_begins
from app.kernel.ids import StudentId, new_id
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from nurse_desk import SCHEDULED, NurseDesk

FLOOR = 2.0
TIMES = ("08:15", "11:45", "14:00")


def filled(nurse: NurseDesk, students: int) -> list[tuple[StudentId, str]]:
    """Put students into the vault, each with three scheduled orders and a container for each."""
    found = []
    for number in range(students):
        student = nurse.student("Given", f"Family {number:04d}", str(number))
        for time_of_day in TIMES:
            form: OrderForm = replace(
                SCHEDULED, name=f"Medicine {time_of_day}", times=(time_of_day,)
            )
            order = nurse.order(student, form)
            nurse.stock(order, "60")
            if time_of_day == "11:45":
                found.append((student, order))
    return found


def recording(nurse: NurseDesk, due: list[tuple[StudentId, str]], place: Path) -> float:
    """Return how many times a bare commit the recording of a dose takes."""
    columns = [field.name for field in fields(Dose)]
    bare = connect(place / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
    texts = ", ".join(f"{name} TEXT" for name in columns[1:])
    bare.execute(f"CREATE TABLE dose (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, {texts})")
    bare.execute("CREATE UNIQUE INDEX slot ON dose (series_id, day, slot) WHERE replaces IS NULL")
    bare.execute("CREATE INDEX of_student ON dose (student_id, day)")
    insert = f"INSERT INTO dose ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    taken: dict[str, list[float]] = {"bare": [], "dose": []}
    for turn, (student, order) in enumerate(due):
        values = [
            new_id(),
            student,
            order,
            order,
            "2026-11-20",
            "11:45",
            *["text"] * (len(columns) - 6),
        ]
        values[columns.index("replaces")] = None  # type: ignore[call-overload]
        start = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        bare.execute(insert, values)
        bare.execute("COMMIT")
        first = time.perf_counter()
        nurse.room.doses.record_dose(
            RecordDose(order, student, "2026-11-20", "11:45", dose_id=new_id())
        )
        second = time.perf_counter()
        if turn >= len(due) // 10:
            taken["bare"].append(first - start)
            taken["dose"].append(second - first)
    bare.close()
    return statistics.median(taken["dose"]) / statistics.median(taken["bare"])


def reading(nurse: NurseDesk, students: list[str]) -> tuple[float, float]:
    """Return the seconds a board takes, and those of the bare queries behind it."""
    taken: dict[str, list[float]] = {"board": [], "bare": []}
    for _ in range(7):
        start = time.perf_counter()
        nurse.room.doses.board()
        first = time.perf_counter()
        with nurse.desk.records.read() as reader:
            seen = _Counted(reader)
            book = RoomBook(seen)  # type: ignore[arg-type]
            book.counting_on("2026-11-20", day_begins("2026-11-20", nurse.clock.now().zone))
            book.of_day(students, "2026-11-20")
            book.given_between(students, "2026-11-18", "2026-11-20")
            book.all_supplies()
            pupils(seen, students)  # type: ignore[arg-type]
            statements = seen.statements
        second = time.perf_counter()
        with nurse.desk.records.read() as reader:
            begun = time.perf_counter()
            for sql, values in statements:
                reader.execute(sql, values).fetchall()
            taken["bare"].append(time.perf_counter() - begun)
        taken["board"].append(first - start)
        assert second > first
    return statistics.median(taken["board"]), statistics.median(taken["bare"])


class _Counted:
    """A reader that keeps what it was asked."""

    def __init__(self, reader: object) -> None:
        self._reader = reader
        self.statements: list[tuple[str, object]] = []

    def execute(self, sql: str, values: object = ()) -> object:
        """Run a statement and keep it."""
        self.statements.append((sql, values))
        return self._reader.execute(sql, values)  # type: ignore[attr-defined]


def main(students: int = 300) -> bool:
    """Measure, print the ratios, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        nurse = NurseDesk(Path(folder))
        due = filled(nurse, students)
        nurse.clock.advance(timedelta(hours=3, minutes=45))
        board, bare = reading(nurse, [student for student, _order in due])
        ratio = recording(nurse, due, Path(folder))
        nurse.desk.close()
    print(f"recording a dose / bare durable commit: {ratio:5.2f}  (floor {FLOOR:.2f})")
    print(f"a board of {3 * students} doses / its bare queries: {board / bare:5.2f}")
    return ratio <= FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 300) else 1)
