"""Verifying a vault, against reading every row of it once, side by side.

A check recomputes the journal's chain and every frozen row's hash or journal entry, and has
SQLite look at the structure and at every page's seal. The floor is one bare scan: every column
of every row, nothing done with it. Half a vault of the same making shows that the cost grows
with the vault and no faster.

    python tests/bench/verify.py [STUDENTS] [YEARS]
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import FROZEN, find_vault, unlock_keybag, verify_vault
from app.demo import DemoOptions, ensure_demo
from app.kernel.keys import VaultKeys
from app.store import journal
from app.store.connection import connect

ROUNDS = 3
FLOOR_LINEAR = 1.3
"""Twice the vault may cost this much more than twice the time of the half."""


def scan(file: Path, keys: VaultKeys) -> None:
    """Read every column of every row, and do nothing with it."""
    reader = connect(file, keys, untouched=True)
    names = reader.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")
    for (name,) in names.fetchall():
        for _row in reader.execute(f'SELECT * FROM "{name}"'):
            pass
    reader.close()


def look_over(file: Path, keys: VaultKeys) -> int:
    """Recompute the journal's chain and everything frozen; return how many rows that was."""
    reader = connect(file, keys, untouched=True)
    if list(journal.broken_links(reader)):
        raise AssertionError
    total = journal.head(reader).count
    for frozen in FROZEN:
        count, wrong = frozen.look(reader)
        if wrong:
            raise AssertionError(wrong[:3])
        total += count
    reader.close()
    return total


def measured(place: Path, students: int, years: int) -> tuple[float, float, float, int]:
    """Return the seconds of a scan, of recomputing, of a whole verification, and the rows."""
    facts = ensure_demo(place, DemoOptions(students, years))
    folder = find_vault(facts.vault)
    keys = unlock_keybag(folder, facts.passphrase)[0].keys
    taken: dict[str, list[float]] = {"scan": [], "look": [], "verify": []}
    rows = 0
    for _round in range(ROUNDS):
        start = time.perf_counter()
        scan(folder.records, keys)
        taken["scan"].append(time.perf_counter() - start)
        start = time.perf_counter()
        rows = look_over(folder.records, keys)
        taken["look"].append(time.perf_counter() - start)
        start = time.perf_counter()
        if not verify_vault(folder.path, facts.passphrase).whole:
            raise AssertionError
        taken["verify"].append(time.perf_counter() - start)
    size = folder.records.stat().st_size / 1e6
    found = {name: statistics.median(times) for name, times in taken.items()}
    print(f"{students} students x {years} years, {size:.0f} MB, {rows:,} rows recomputed")
    print(f"  recomputed / bare scan: {found['look'] / found['scan']:5.2f}")
    print(f"  verified   / bare scan: {found['verify'] / found['scan']:5.2f}")
    return found["scan"], found["look"], found["verify"], rows


def main(students: int = 2_000, years: int = 10) -> bool:
    """Measure a vault and one of half its students; tell whether the cost grew in step."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        half = measured(Path(folder) / "half", max(1, students // 2), years)
        whole = measured(Path(folder) / "whole", students, years)
    rows = whole[3] / half[3]
    growth = whole[1] / half[1] / rows
    print(f"{rows:.2f} times the rows cost {growth:.2f} times as much each  (floor {FLOOR_LINEAR})")
    return growth <= FLOOR_LINEAR


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(0 if main(*given) else 1)
