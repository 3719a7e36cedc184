"""Every call to the disk fails once, and from then on: nothing is lost, and it is said what is.

`io_errors.c` puts errors in the place of system calls; `io_worker.py` opens, saves, signs,
imports, backs up, restores, closes, makes a vault and changes its secrets, each time with
another call failing, until all were tried. The short form takes calls from all over.
"""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from faults.record import record

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROSTER = ROOT / "tests/data/rosters/oneroster-1.1-small.zip"
PARTS = 2
DEEDS = (
    "I/O errors, once and from then on, at the n-th call to the disk while a vault is made, opened,"
    " written in, signed in, imported into, backed up, restored or closed, or its secrets change"
)
CONTROL = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
path = os.path.join(sys.argv[1], "file")
libc.io_fail(os.fsencode(sys.argv[1]), 2, ctypes.c_long(2), 0, {error})
descriptor = os.open(path, os.O_WRONLY | os.O_CREAT)
os.write(descriptor, b"one")
try:
    os.write(descriptor, b"two")
except OSError as error:
    print(error.errno)
os.write(descriptor, b"three")
"""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD and /proc are Linux’s"),
    pytest.mark.skipif(shutil.which("cc") is None, reason="needs a compiler of C (package gcc)"),
]


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the library that fails calls."""
    path = tmp_path_factory.mktemp("shim") / "io_errors.so"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", "-o", str(path), str(HERE / "io_errors.c"), "-ldl"],
        check=True,
    )
    return path


def worker(*arguments: object) -> list[str]:
    return [sys.executable, str(HERE / "io_worker.py"), *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def run(*commands: list[str], shim: Path | None) -> list[str]:
    """Run programs side by side; return what they printed."""
    more = {"LD_PRELOAD": str(shim)} if shim else {}
    running = [
        subprocess.Popen(
            command,
            env=environment(**more),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    printed = []
    for process in running:
        out, err = process.communicate()
        assert process.returncode == 0, err[-3000:]
        printed += out.splitlines()
    return printed


def trials(folder: Path, shim: Path, which: str, most: int) -> list[dict[str, Any]]:
    """Return the results of `most` trials, or of all of them."""
    parts = [worker(folder, part, PARTS, which, most // PARTS) for part in range(PARTS)]
    return [json.loads(line) for line in run(*parts, shim=shim)]


def drill(folder: Path, shim: Path, errors: int, full: int) -> None:
    run(worker(folder, "template", ROSTER), shim=None)
    run(*(worker(folder, "plan", which) for which in ("EIO", "ENOSPC")), shim=shim)
    run(worker(folder, "plan", "careless"), shim=shim)
    careless = trials(folder, shim, "careless", 6)
    seen = sum(bool(one["wrong"]) for one in careless)
    for test, which, most, what in (
        ("R5", "EIO", errors, DEEDS),
        ("R4", "ENOSPC", full, "no space left, from the n-th write of the same deeds on"),
    ):
        planned = len(json.loads((folder / f"plan-{which}").read_text()))
        results = trials(folder, shim, which, most)
        wrong = [one for one in results if one["wrong"]]
        told = Counter(one["said"] for one in results)
        record(
            test,
            what,
            tried=len(results),
            lost=len(wrong),
            of=f"of {planned:,} calls",
            control="a program that takes a keybag for written whatever the disk says: "
            f"{seen} of {len(careless)} seen to lose it",
            note=f"{len(results) - told['done']:,} deeds were stopped, each with a sentence of its"
            " own, and done when the disk was well",
            release=planned,
        )
        assert not wrong, wrong[:10]
        # Had the errors not reached the program, everything would have been done.
        assert len(results) - told["done"] > len(results) // 3, told
    assert seen


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_a_call_that_is_told_to_fail_fails_and_the_next_does_not(
    tmp_path: Path, shim: Path, error: int
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CONTROL.format(error=error), str(tmp_path)],
        env=environment(LD_PRELOAD=str(shim)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [str(error)]
    assert (tmp_path / "file").read_bytes() == b"onethree"


@pytest.mark.timeout(400)
def test_a_disk_that_fails_at_any_call_loses_nothing_and_is_told_of(
    memory_folder: Path, shim: Path
) -> None:
    drill(memory_folder, shim, 60, 104)


@pytest.mark.slow
@pytest.mark.timeout(36_000)
def test_a_disk_that_fails_at_every_call_loses_nothing_and_is_told_of(
    memory_folder: Path, shim: Path
) -> None:
    drill(memory_folder, shim, 0, 0)
