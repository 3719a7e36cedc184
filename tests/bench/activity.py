"""Logging an activity against a bare durable commit of the same row, side by side.

The bare commit writes one row with an activity's columns and its index into a SQLCipher file
with the same settings: no journal, no category looked up, no line cleared. Floor: 2 times.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.features.time_use.commands import LogActivity
from app.features.time_use.model.entries import ActivityForm
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from vaults import new_desk

FLOOR = 2.0

BARE = """
CREATE TABLE entry (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person_id TEXT NOT NULL,
 on_day TEXT NOT NULL, started_at TEXT NOT NULL, zone TEXT NOT NULL, minutes INTEGER NOT NULL,
 category TEXT NOT NULL, label TEXT NOT NULL, bundle TEXT NOT NULL, note TEXT NOT NULL,
 made_at TEXT NOT NULL) STRICT;
CREATE INDEX entry_of_person ON entry (person_id, on_day, started_at);
"""
FORM = ActivityForm("les", "45", note="Study skills, grade 7", students="24")


def main(rounds: int = 600) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        os.environ["HOME"] = folder
        desk = new_desk(place, clock=SystemClock())
        bare = connect(place / "bare.db", VaultKeys(os.urandom(32), os.urandom(16)))
        for statement in BARE.split(";"):
            bare.execute(statement)
        taken: dict[str, list[float]] = {"bare": [], "log": []}
        for turn in range(rounds):
            start = time.perf_counter()
            bare.execute("BEGIN IMMEDIATE")
            now = desk.clock.now().at
            bare.execute(
                "INSERT INTO entry VALUES (NULL, ?, ?, ?, ?, 'America/New_York', 45,"
                " 'instruction', 'Instruction', 'direct', 'Study skills, grade 7', ?)",
                (new_id(), desk.seat.person, now[:10], now, now),
            )
            bare.execute("COMMIT")
            first = time.perf_counter()
            desk.time_use.log.log_activity(LogActivity(FORM))
            second = time.perf_counter()
            if turn >= rounds // 10:
                taken["bare"].append(first - start)
                taken["log"].append(second - first)
        bare.close()
        desk.close()
    ratio = statistics.median(taken["log"]) / statistics.median(taken["bare"])
    print(f"logging an activity / bare durable commit: {ratio:5.2f}  (floor {FLOOR:.2f})")
    return ratio <= FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 600) else 1)
