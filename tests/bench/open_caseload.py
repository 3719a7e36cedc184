"""From the derived key to the first page of the caseload, against bare SQL, side by side.

    python -m tests.bench.open_caseload [STUDENTS YEARS | VAULT PASSPHRASE]

The bare way opens the same file with the same key and runs one plain statement that
answers what the page asks. Ours opens the vault as unlocking does (version, journal's
anchor, who sits down, services) and asks the caseload room. Floor: 2 times.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from sqlcipher3 import dbapi2

from app.bootstrap import Desk, _desk, unlock_keybag
from app.demo import DemoOptions, ensure_demo
from app.features.caseload.model import StudentFilter
from app.kernel.clock import SystemClock
from app.vault.folder import Hold, VaultFolder
from app.vault.keybag import Unlocked
from app.vault.places import ThisDevice
from tests.bench.caseload import PAGE

FLOOR = 2.0


def bare(folder: VaultFolder, unlocked: Unlocked) -> int:
    """Open the file and run the plain statement; return how many rows came."""
    connection = dbapi2.connect(str(folder.records), isolation_level=None)
    connection.execute(f'PRAGMA key = "{unlocked.keys.raw()}"')
    who = unlocked.slot.person
    connection.execute(
        "SELECT count(*) FROM caseload WHERE person_id = ? AND ended_on = ''", (who,)
    ).fetchone()
    rows = connection.execute(PAGE, (who,)).fetchall()
    connection.close()
    return len(rows)


def ours(folder: VaultFolder, unlocked: Unlocked, clock: SystemClock) -> tuple[int, Desk]:
    """Open the desk and ask the caseload room; return how many rows came, and the desk."""
    hold = Hold(folder)
    hold.take(clock.now(), "bench")
    desk = _desk(folder, unlocked, clock, ThisDevice.here().device, hold)
    rows, _total = desk.caseload.page(StudentFilter())
    return len(rows), desk


def measure(vault: Path, passphrase: str, rounds: int = 25) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    folder = VaultFolder(vault)
    unlocked, _found = unlock_keybag(folder, passphrase)
    clock = SystemClock()
    taken: dict[str, list[float]] = {"bare": [], "ours": []}
    for turn in range(rounds + 2):
        start = time.perf_counter()
        expected = bare(folder, unlocked)
        middle = time.perf_counter()
        count, desk = ours(folder, unlocked, clock)
        end = time.perf_counter()
        desk.close()
        unlocked = desk._unlocked
        if count != expected:
            raise RuntimeError((count, expected))
        if turn >= 2:
            taken["bare"].append(middle - start)
            taken["ours"].append(end - middle)
    ratio = statistics.median(taken["ours"]) / statistics.median(taken["bare"])
    print(f"key to caseload / bare SQL:          {ratio:5.2f}  (floor {FLOOR:.2f}, {count} rows)")
    return ratio <= FLOOR


def main() -> bool:
    """Measure on the vault that is named, or on a demonstration made for it."""
    arguments = sys.argv[1:]
    if len(arguments) == 2 and not arguments[0].isdecimal():
        return measure(Path(arguments[0]), arguments[1])
    students, years = (int(word) for word in arguments) if arguments else (2000, 10)
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        facts = ensure_demo(Path(place), DemoOptions(students, years).accepted())
        return measure(facts.vault, facts.passphrase)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
