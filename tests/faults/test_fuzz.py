"""Whatever can be opened from outside is read when it lies, and is used or refused, no more.

A small corpus (tests/data/fuzz) is changed at random, bit by bit and by what it is made of
(`mutators`); `fuzz` reads each input and tells what it did not expect.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import verify_vault
from app.features.roster.model import Roster
from app.features.roster.reading.detect import open_roster
from app.kernel.errors import CasewellError
from faults.record import record
from vaults import PASSPHRASE, new_desk

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHARES = {
    "keybag": 32, "backup": 22, "mapping": 21, "words": 12, "device": 8, "csv": 4, "zip": 0.5,
    "xlsx": 0.5,
}  # fmt: skip
"""Of a hundred inputs; what costs more to read has fewer."""
INPUTS = 1_000_000
SHORT = 100_000


def fuzzed(target: str, count: int, folder: Path) -> dict[str, Any]:
    """Fuzz one target in a process of its own."""
    folder = folder / target
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, str(HERE / "fuzz.py"), target, str(count), f"{target}-{count}",
         str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def drill(folder: Path, inputs: int) -> None:
    counts = {target: int(inputs * share / 100) + 1 for target, share in SHARES.items()}
    # The slow ones first, so that two processes end at about the same time.
    order = sorted(counts, key=lambda target: counts[target])
    with ThreadPoolExecutor(2) as two:
        careless = two.submit(fuzzed, "careless", 2_000, folder)
        seen = dict(
            zip(
                order,
                two.map(lambda target: fuzzed(target, counts[target], folder), order),
                strict=True,
            )
        )
    findings = {target: one["findings"] for target, one in seen.items() if one["findings"]}
    proof = careless.result()
    tried = sum(one["tried"] for one in seen.values())
    slowest = max(one["slowest"] for one in seen.values())
    record(
        "R12",
        "keybags, backups’ manifests, this computer’s file, recovery words, remembered columns and "
        "rosters (CSV, zip, XLSX) that lie",
        tried=tried,
        lost=sum(map(len, findings.values())),
        of="inputs",
        control="a reader that takes every file at its word: "
        f"{len(proof['findings'])} ways to break it found",
        note=f"{sum(one['used'] for one in seen.values()):,} could be used, the others were "
        f"refused; the slowest took {slowest * 1000:.0f} ms",
        release=INPUTS,
    )
    assert not findings, findings
    assert len(proof["findings"]) > 3
    # Both ways are taken often enough that either is tried.
    assert all(one["used"] and one["refused"] for name, one in seen.items() if name != "device")


@pytest.mark.timeout(400)
def test_inputs_that_lie_are_used_or_refused(memory_folder: Path) -> None:
    drill(memory_folder, SHORT)


@pytest.mark.slow
@pytest.mark.timeout(36_000)
def test_a_million_inputs_that_lie_are_used_or_refused(memory_folder: Path) -> None:
    drill(memory_folder, int(os.environ.get("CASEWELL_FUZZ", INPUTS)))


def test_looking_at_files_that_lie_leaves_the_vault_as_it_was(tmp_path: Path) -> None:
    from random import Random

    from faults.mutators import bits, pieces, table

    desk = new_desk(tmp_path)
    before = desk.records.head
    original = (ROOT / "tests/data/fuzz/csv/users.csv").read_bytes()
    looked = 0
    for number in range(150):
        dice = Random(number)
        file = tmp_path / "students.csv"
        file.write_bytes(dice.choice((bits, pieces, table))(original, dice))
        try:
            said = open_roster(file)
            if isinstance(said, Roster):
                desk.roster.preview(said)
                looked += 1
        except CasewellError:
            continue
    assert looked > 5
    assert desk.records.head == before
    desk.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole
