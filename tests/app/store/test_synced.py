"""A signed note is on the disk, not only on its way there, before it is called signed.

The system calls of a process that signs notes are watched: after the last write into the
write-ahead log comes a sync of it, and only then the acknowledgement. (SQLite's manual on
`PRAGMA synchronous`: in WAL mode FULL syncs the log after each transaction.)
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SIGNER = Path(__file__).with_name("signer.py")
ROOT = Path(__file__).parents[3]
_CALL = re.compile(r"(?:\d+ +)?(\w+)\(\d+<(.*?)>(?:, (.*))?")


def calls(trace: str) -> list[str]:
    """Return what was done, in order: `begin N`, `write`, `sync` (of the log), `signed N`."""
    done = []
    for line in trace.splitlines():
        found = _CALL.match(line)
        if found is None:
            continue
        call, path, rest = found.groups()
        if path.endswith("/marks"):
            done.append(str(rest).split('"')[1])
        elif path.endswith("-wal"):
            done.append("sync" if "sync" in call else "write")
    return done


def traced(folder: Path, synchronous: str) -> list[list[str]]:
    """Sign notes under strace; return what was done to the log for each of them."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed here")
    if subprocess.call([strace, "-o", str(folder / "nothing"), "true"]):
        pytest.skip("strace may not watch a process here")
    trace = folder / "trace"
    subprocess.run(
        [strace, "-f", "-y", "-o", str(trace),
         "-e", "trace=write,pwrite64,pwritev,fsync,fdatasync",
         sys.executable, str(SIGNER), str(folder), str(folder / "marks"), synchronous],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT, check=True, timeout=100,
    )  # fmt: skip
    done = calls(trace.read_text(encoding="utf-8", errors="replace"))
    notes = [done.index(mark) for mark in done if mark.startswith("begin")]
    return [done[start : done.index(f"signed {note}")] for note, start in enumerate(notes)]


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux’s")
def test_a_signed_note_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    notes = traced(tmp_path, "FULL")
    assert len(notes) == 3
    for done in notes:
        assert "write" in done
        assert done[-1] == "sync", done


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux’s")
def test_without_full_synchronisation_the_same_watch_sees_no_sync(tmp_path: Path) -> None:
    notes = traced(tmp_path, "OFF")
    assert len(notes) == 3
    for done in notes:
        assert "write" in done
        assert "sync" not in done, done
