"""kill -9 while keys, passphrases and people change or a backup is restored: nobody is locked out.

Migration is killed in `test_killed_upgrade.py`. The short form kills each change a few times; the
long one 50 times each, or CASEWELL_KILLS in all.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from faults.record import record

ROOT = Path(__file__).parents[2]
CHANGES = 6

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def run(folder: Path, kills: int, seed: int, *what: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/faults/rekeyer.py"), str(folder), str(kills),
         str(seed), *what],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def drill(folder: Path, kills: int, seed: int) -> dict[str, int]:
    control = run(folder / "control", 40, seed, "careless")
    said = run(folder / "drill", kills, seed)
    inside: dict[str, int] = said["inside"]
    landed = ", ".join(f"{what} {inside[what]}/{said['kills'][what]}" for what in sorted(inside))
    tries = sum(control["kills"].values())
    record(
        "R3", "changes of key, passphrase and people, and restores, killed", tried=kills,
        lost=len(said["wrong"]), of="kills", note=f"inside the change: {landed}",
        control=f"old keys dropped too early: a vault that nobody opens after {tries} kills",
        release=50 * CHANGES,
    )  # fmt: skip
    assert control["wrong"], "the control found nothing: this drill could not fail"
    assert said["wrong"] == []
    return inside


def test_a_killed_change_locks_nobody_out_and_lets_nobody_back_in(tmp_path: Path) -> None:
    inside = drill(tmp_path, 2 * CHANGES, 3)
    assert sum(inside.values()) > 0


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_many_killed_changes_lock_nobody_out(tmp_path: Path) -> None:
    kills = int(os.environ.get("CASEWELL_KILLS", str(50 * CHANGES)))
    inside = drill(tmp_path, kills, 4)
    assert sum(inside.values()) * 2 > kills
    assert set(inside) == {"rekey", "remove", "passphrase", "add", "suspend", "restore"}
