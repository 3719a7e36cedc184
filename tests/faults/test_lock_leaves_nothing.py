"""A canary typed into a note is nowhere but in the vault; after the lock, in no memory either."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from app.store.connection import connect
from faults.residue import files_with, forms, memory_holds
from vaults import PASSPHRASE, new_desk

TYPIST = Path(__file__).with_name("typist.py")
ROOT = Path(__file__).parents[2]
CANARY = "zinnober-quokka-9418"

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc"),
]


def wait_for(check: object, seconds: float = 60.0) -> None:
    assert callable(check)
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_nothing_of_a_note_is_left_outside_the_vault_or_in_the_locked_process(
    tmp_path: Path,
) -> None:
    sandbox = {name: tmp_path / name for name in ("profile", "temp", "work", "vaults")}
    for folder in sandbox.values():
        folder.mkdir()
    desk = new_desk(sandbox["vaults"], clock=SystemClock())
    desk.caseload.carry_out(AddStudent(Profile(given_name="Typhoon", family_name="Testperson")))
    key = desk._unlocked.keys.key
    keys = desk._unlocked.keys
    desk.close()
    acks, go = tmp_path / "acks", tmp_path / "go"
    environment = {
        **os.environ,
        "HOME": str(sandbox["profile"]),
        "TMPDIR": str(sandbox["temp"]),
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
    }
    process = subprocess.Popen(
        [sys.executable, str(TYPIST), str(desk.folder.path), PASSPHRASE, str(acks), "lock",
         CANARY, str(go)],
        cwd=sandbox["work"], env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    secrets = [*forms(CANARY), key, key.hex().encode(), *forms(PASSPHRASE)]
    try:
        wait_for(
            lambda: process.poll() is not None or (acks.exists() and "typed" in acks.read_text())
        )
        assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
        # The positive control: while it is open, the desk does hold the text.
        assert memory_holds(process.pid, forms(CANARY))
        outside = [sandbox["profile"], sandbox["temp"], sandbox["work"]]
        assert files_with([*outside, sandbox["vaults"]], secrets) == []
        go.touch()
        line = Path(f"/proc/{process.pid}/cmdline")
        wait_for(lambda: process.poll() is not None or b"--locked" in line.read_bytes())
        assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
        time.sleep(3.0)  # the fresh process has come up and shows the lock screen
        assert process.poll() is None
        assert memory_holds(process.pid, secrets) == []
        assert b"caseload" not in Path(f"/proc/{process.pid}/environ").read_bytes()
    finally:
        process.kill()
        out, err = process.communicate()
    assert files_with([*outside, sandbox["vaults"]], secrets) == []
    for needle in secrets:
        assert needle not in out
        assert needle not in err
    connection = connect(desk.folder.records, keys, read_only=True)
    drafts = connection.execute("SELECT content FROM note_draft").fetchall()
    connection.close()
    assert any(CANARY in row[0] for row in drafts)
