"""A disk that is full while someone types: told once, nothing lost, and on it goes after.

`tests/faults/full_disk.py` is the desk that is driven; here are the disks.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("full_disk.py")
ROOT = Path(__file__).parents[2]
SMALL_DISK = 'mount -t tmpfs -o size=8m tmpfs "$1" && shift && exec "$@"'

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(sys.platform == "win32", reason="disks are limited in POSIX ways"),
]


def drive(before: list[str], folder: Path, way: str) -> None:
    home = folder.with_name("profile")
    home.mkdir()
    done = subprocess.run(
        [*before, sys.executable, str(CHILD), str(folder), way],
        env={**os.environ, "HOME": str(home), "PYTHONPATH": str(ROOT),
             "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT, capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]


def test_a_full_disk_loses_nothing_and_writing_goes_on_after(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    own_mounts = ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh", str(small)]
    if shutil.which("unshare") is None or subprocess.call([*own_mounts, "true"]):
        pytest.skip("no small disk can be mounted here (unshare -rm, tmpfs)")
    drive(own_mounts, small, "tmpfs")


def test_a_disk_that_refuses_to_write_loses_nothing_and_writing_goes_on_after(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "limited"
    folder.mkdir()
    drive([], folder, "limit")
