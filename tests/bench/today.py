"""Reading the lines of Today, against the bare queries it needs, side by side.

    python -m tests.bench.today [STUDENTS YEARS]

Ours asks every room for its lines, as the page does off the UI thread. The bare way sends the
very statements that this needed, and nothing else, to a reading connection of the same file:
no rules, no words, no lines. Floor: 2 times.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from app.bootstrap import Desk, open_vault
from app.demo import DemoOptions, ensure_demo
from app.vault.places import ThisDevice
from ui.kit.room import TodayLine
from ui.shell import rooms

FLOOR = 2.0


class Asking:
    """As much of a page's context as the rooms need to give their lines."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def today(self) -> date:
        """The calendar day at the desk."""
        return self.desk.clock.now().day()


def lines(asking: Asking) -> list[TodayLine]:
    """Return every room's lines with what stands around them, as the page gathers them."""
    found = [line for room in rooms.ROOMS if room.today for line in room.today(asking)]  # type: ignore[arg-type]
    asking.desk.day.facts(line.student for line in found if line.student and line.at)
    return found


def statements(asking: Asking) -> list[str]:
    """Return the statements that gathering the lines sends, with their values."""
    sent: list[str] = []
    with asking.desk.records.read():
        reader = asking.desk.records._reader
        assert reader is not None
        reader.set_trace_callback(sent.append)
    lines(asking)
    reader.set_trace_callback(None)
    return [each for each in sent if each.lstrip().upper().startswith(("SELECT", "WITH"))]


def main(students: int, years: int, rounds: int = 60) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        facts = ensure_demo(Path(place), DemoOptions(students, years).accepted())
        desk = open_vault(facts.vault, facts.passphrase, ThisDevice.here().device)
        asking = Asking(desk)
        count = len(lines(asking))
        sent = statements(asking)
        taken: dict[str, list[float]] = {"bare": [], "ours": []}
        for turn in range(rounds + 5):
            start = time.perf_counter()
            with desk.records.read() as reader:
                for each in sent:
                    reader.execute(each).fetchall()
            middle = time.perf_counter()
            lines(asking)
            end = time.perf_counter()
            if turn >= 5:
                taken["bare"].append(middle - start)
                taken["ours"].append(end - middle)
        desk.close()
    ratio = statistics.median(taken["ours"]) / statistics.median(taken["bare"])
    print(
        f"lines of Today / bare queries:       {ratio:5.2f}  (floor {FLOOR:.2f}, {count} lines,"
        f" {len(sent)} queries, {statistics.median(taken['ours']) * 1000:.1f} ms)"
    )
    return ratio <= FLOOR


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]] or [2000, 10]
    sys.exit(0 if main(*numbers) else 1)
