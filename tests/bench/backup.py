"""Making a backup, against SQLite's bare backup API on the same encrypted file, side by side.

The bare copy opens both files with the raw key, copies in one step and makes the copy
durable; ours copies in steps that can be stopped, opens the copy, reads every page of it,
counts every row, hashes it, seals a manifest and lets older backups go. Floor: 1.5 times.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.backups import repo
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.kernel.keys import VaultKeys
from app.kernel.ports import no_progress
from app.store.connection import connect
from vaults import PASSPHRASE, new_desk

FLOOR = 1.5


def fill(desk: Desk, students: int) -> None:
    """Add invented students and a journal entry of usual length for each."""
    with desk.records.transaction() as tx:
        for number in range(students):
            student = new_id()
            tx.execute(
                "INSERT INTO student (id, given_name, family_name, listed_name, made_at, zone)"
                " VALUES (?, 'A', ?, 'b a', ?, ?)",
                (student, f"B{number}", tx.now.at, tx.now.zone),
            )
            tx.journal("AddStudent", "student", student, None, {"text": f"{number} " * 120})


def keys_of(desk: Desk) -> VaultKeys:
    """Return the vault's keys, as only a bench needs them."""
    from app.bootstrap import unlock_keybag

    return unlock_keybag(desk.folder, PASSPHRASE)[0].keys


def bare(source: Path, keys: VaultKeys, target: Path) -> None:
    """Copy with the backup API and nothing else."""
    reader = connect(source, keys, read_only=True)
    writer = dbapi2.connect(str(target), isolation_level=None)
    writer.execute(f'PRAGMA key = "{keys.raw()}"')
    reader.backup(writer)
    writer.close()
    reader.close()
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def main(students: int = 40_000, rounds: int = 9) -> bool:
    """Measure, print the ratios, and tell whether the floor holds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        place = Path(folder)
        desk = new_desk(place, clock=SystemClock())
        fill(desk, students)
        desk.records.forget_purged()
        keys, source = keys_of(desk), desk.folder.records
        taken: dict[str, list[float]] = {"bare": [], "copy": [], "whole": []}
        for turn in range(rounds):
            for name in ("bare", "copy", "whole"):
                target = place / f"{name}.db"
                target.unlink(missing_ok=True)
                start = time.perf_counter()
                if name == "bare":
                    bare(source, keys, target)
                elif name == "copy":
                    repo.copied(source, keys, target, no_progress)
                else:
                    desk.backups.make()
                if turn:
                    taken[name].append(time.perf_counter() - start)
        size = source.stat().st_size / 1e6
        desk.close()
    median = {name: statistics.median(times) for name, times in taken.items()}
    copying, whole = median["copy"] / median["bare"], median["whole"] / median["bare"]
    print(f"a vault of {size:.0f} MB")
    print(f"copying alone            / bare backup API: {copying:5.2f}")
    print(f"copied, checked and aged / bare backup API: {whole:5.2f}  (floor {FLOOR:.2f})")
    return whole <= FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000) else 1)
