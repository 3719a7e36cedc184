"""School days at the desk: memory, handles, threads and the write-ahead log stay as they were.

`soak` is the desk at work on a clock that runs ahead; a desk that leaks on purpose is seen.
"""

import json
import os
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from faults.record import record

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GROWTH = 0.05
LOG = 8 << 20
"""Bytes; the log is folded in at 4 MB, and a roster may come on top."""
DAYS, ROUNDS = 5, 96
SHORT_ROUNDS, LEAK_ROUNDS = 16, 14

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc"),
]


def worked(folder: Path, days: int, rounds: int, *more: str) -> list[dict[str, Any]]:
    """Work for some days; return what the process held after each round, and the day's end."""
    home = folder / "home"
    home.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, str(HERE / "soak.py"), str(folder), str(days), str(rounds), *more],
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONFAULTHANDLER": "1"
        },
        cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def grown(samples: list[dict[str, Any]]) -> tuple[float, list[str]]:
    """Return by how much the process grew after it was warm, and what did not stay flat."""
    warm = samples[len(samples) // 3 :]
    edge = max(3, len(warm) // 8)
    first = statistics.median(one["rss"] for one in warm[:edge])
    last = statistics.median(one["rss"] for one in warm[-edge:])
    growth = last / first - 1
    found = [f"memory grew by {growth:.1%}"] if growth >= GROWTH else []
    for name, slack in (("handles", 2), ("threads", 1), ("widgets", 12)):
        before = max(one[name] for one in warm[:edge])
        after = min(one[name] for one in warm[-edge:])
        if after > before + slack:
            found.append(f"{name} grew from {before} to {after}")
    log = max(one["wal"] for one in samples)
    if log > LOG:
        found.append(f"the log grew to {log >> 10} KB")
    return growth, found


def drill(folder: Path, days: int, rounds: int) -> None:
    with ThreadPoolExecutor(2) as two:
        leaking = two.submit(worked, folder / "leak", 1, LEAK_ROUNDS, "leak")
        *samples, end = worked(folder / "day", days, rounds)
        *leaked, _end = leaking.result()
    growth, found = grown(samples)
    _growth, seen = grown(leaked)
    problems = [*found]
    if end["kept"] != end["notes"]:
        problems.append(f"{end['notes']} notes were signed, {end['kept']} are there")
    if not end["whole"]:
        problems.append("the vault does not verify")
    record(
        "R15",
        "school days at the real desk: students opened, notes typed, saved by themselves and "
        "signed, searches, backups, rosters, summaries, the watches",
        tried=end["notes"],
        lost=len(problems),
        of=f"notes in {days} {'day' if days == 1 else 'days'} of eight hours",
        control=f"a desk that keeps 3 MB and a handle of every note: {'; '.join(seen) or 'not seen'}",
        note=f"{end['events']:,} keys; after warming up memory {growth:+.1%}, handles at most "
        f"{max(one['handles'] for one in samples)}, threads {max(one['threads'] for one in samples)},"
        f" log {max(one['wal'] for one in samples) / (1 << 20):.1f} MB",
        release=DAYS * ROUNDS,
    )
    assert not problems, problems
    assert any("memory" in one for one in seen), seen
    assert any("handles" in one for one in seen), seen


@pytest.mark.timeout(400)
def test_a_day_at_the_desk_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    drill(tmp_path, 1, SHORT_ROUNDS)


@pytest.mark.slow
@pytest.mark.timeout(36_000)
def test_five_days_at_the_desk_leave_the_process_as_it_was(tmp_path: Path) -> None:
    drill(tmp_path, int(os.environ.get("CASEWELL_DAYS", DAYS)), ROUNDS)
