"""R13: a thousand canaries are nowhere but in the vault; after the lock, in no memory either."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.groups.commands import AddMember, MakeGroup
from app.kernel.clock import SystemClock
from app.kernel.ids import StudentId
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from app.vault.folder import VaultFolder
from faults.failing_places import failing_places
from faults.record import record
from faults.residue import files_with, forms, memory_holds
from groups_desk import a_form
from schedule_desk import plan, typed
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk

TYPIST = Path(__file__).with_name("canaries.py")
READER = Path(__file__).parents[1] / "ui/kit/clipboard_reader.py"
ROOT = Path(__file__).parents[2]
MARK = "zinnober-quokka"
CANARY = f"{MARK}-typed"
NOTES = 1_000
DRAFTS = ("note_draft", "group_draft", "consultation_draft", "screening_draft", "plan_draft")

pytestmark = [
    pytest.mark.gui,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc"),
]


def wait_for(check: object, seconds: float = 60.0) -> None:
    assert callable(check)
    until = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < until
        time.sleep(0.05)


@contextmanager
def running(line: list[str], **settings: Any) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(line, **settings)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def screen(stack: ExitStack) -> dict[str, str]:
    """Return the variables of a real screen with a real clipboard, or of `offscreen`."""
    if shutil.which("Xvfb") is None:
        return {"QT_QPA_PLATFORM": "offscreen"}
    line = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    quiet: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    server = stack.enter_context(running(line, **quiet))
    assert server.stdout is not None
    return {
        "QT_QPA_PLATFORM": "xcb",
        "DISPLAY": f":{server.stdout.readline().decode().strip()}",
    }


def on_clipboard(environment: dict[str, str]) -> str:
    """Return what another program finds on the clipboard and in the primary selection."""
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with running([sys.executable, str(READER)], env=environment, **pipes) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdout.readline()
        reader.stdin.write(b"read\n")
        reader.stdin.flush()
        found = json.loads(reader.stdout.readline())
    return str(found["clipboard"]["text"]) + str(found["primary"]["text"])


def signing_key(folder: VaultFolder, keys: VaultKeys) -> tuple[bytes, ...]:
    """Return what the desk signs with, as it may lie around."""
    connection = connect(folder.records, keys, read_only=True)
    ((seed,),) = connection.execute("SELECT seed FROM desk_key").fetchall()
    connection.close()
    return (seed, seed.hex().encode(), base64.b64encode(seed))


def told_apart(pid: int) -> int:
    """Return how many different canaries are in the memory of a process."""
    found: set[bytes] = set()
    pattern = re.compile(rb"zinnober-quokka-(\d{4})")
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *_rest = line.split(None, 5)
            if rights.startswith("rw"):
                start, end = (int(part, 16) for part in span.split("-"))
                try:
                    memory.seek(start)
                    found.update(pattern.findall(memory.read(end - start)))
                except (OSError, ValueError, OverflowError):
                    continue
    return len(found)


def test_nothing_of_a_thousand_notes_is_left_outside_the_vault_or_in_the_locked_process(
    tmp_path: Path,
) -> None:
    sandbox = {name: tmp_path / name for name in ("profile", "temp", "work", "vaults")}
    for folder in sandbox.values():
        folder.mkdir()
    desk = new_desk(sandbox["vaults"], clock=SystemClock())
    student = desk.caseload.add_student(
        AddStudent(Profile(given_name="Typhoon", family_name="Testperson"))
    ).made
    for number in range(NOTES):
        a_signed_note(desk, StudentId(student), f"{MARK}-{number:04d}")
    pupil = add_student(desk, "Odo", f"{MARK}-pupil")
    group = desk.groups.make_group(MakeGroup(a_form(desk, name=f"{MARK}-group"))).made
    desk.groups.add_member(AddMember(group, pupil, "2026-09-01"))
    today = SystemClock().now().day().isoformat()
    plan(desk, typed(today, "10:00", title=f"{MARK}-block"))
    keys = desk._unlocked.keys
    key = keys.key
    desk.close()
    acks, go = tmp_path / "acks", tmp_path / "go"
    scans = tmp_path / "scans"
    scans.mkdir()
    with ExitStack() as stack:
        around = stack.enter_context(failing_places(scans, MARK))
        environment = {
            **os.environ,
            "HOME": str(sandbox["profile"]),
            "TMPDIR": str(sandbox["temp"]),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
            **screen(stack),
        }
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        process = subprocess.Popen(
            [sys.executable, str(TYPIST), str(desk.folder.path), PASSPHRASE, str(acks), CANARY,
             str(go)],
            cwd=sandbox["work"], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(around.line())
        process.stdin.flush()
        secrets = [
            *forms(MARK), key, key.hex().encode(), *forms(PASSPHRASE), *around.secrets
        ]  # fmt: skip
        real = environment["QT_QPA_PLATFORM"] == "xcb"
        try:
            wait_for(
                lambda: (
                    process.poll() is not None or (acks.exists() and "typed" in acks.read_text())
                )
            )
            assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
            # The positive controls: while it is open, all of it can be found.
            assert memory_holds(process.pid, forms(MARK))
            before = told_apart(process.pid)
            assert before >= 20, "the open desk holds what it shows"
            assert memory_holds(process.pid, [key, key.hex().encode()])
            assert memory_holds(process.pid, around.secrets)
            if real:
                assert CANARY in on_clipboard(environment)
            outside = [sandbox["profile"], sandbox["temp"], sandbox["work"]]
            assert files_with([*outside, sandbox["vaults"]], secrets) == []
            go.touch()
            line = Path(f"/proc/{process.pid}/cmdline")
            wait_for(lambda: process.poll() is not None or b"--locked" in line.read_bytes())
            assert process.poll() is None, process.stderr and process.stderr.read()[-2000:]
            time.sleep(3.0)  # the fresh process has come up and shows the lock screen
            assert process.poll() is None
            secrets += signing_key(desk.folder, keys)
            left = memory_holds(process.pid, secrets)
            copied = on_clipboard(environment) if real else ""
            assert b"caseload" not in Path(f"/proc/{process.pid}/environ").read_bytes()
        finally:
            process.kill()
            out, err = process.communicate()
    places = files_with([*outside, sandbox["vaults"]], secrets)
    said = [needle for needle in secrets if needle in out or needle in err]
    record(
        "R13",
        "canary notes, the key and the passphrase looked for after the lock: memory, disk, temp,"
        " log, crash report, clipboard",
        tried=NOTES,
        lost=len(left) + len(places) + len(said) + int(MARK in copied),
        of="canaries",
        control=f"before the lock: {before} of the notes and the key in memory, the copied text"
        " on the clipboard",
        note="" if real else "no X server here: the clipboard was not read",
        release=NOTES,
    )
    assert left == []
    assert places == []
    assert said == []
    assert MARK not in copied
    told = acks.read_text().split("\n")
    assert {"rooms", "scan seen", f"failed {' '.join(sorted(around.codes))}"} <= {*told}
    assert "crashed" in acks.read_text()
    assert b"ValueError" in err, "the report of the fault was written, without its words"
    connection = connect(desk.folder.records, keys, read_only=True)
    drafts = {
        table: connection.execute(f"SELECT content FROM {table}").fetchall() for table in DRAFTS
    }
    connection.close()
    assert {table for table, rows in drafts.items() if any(CANARY in row[0] for row in rows)} == {
        *DRAFTS
    }


def test_what_sqlcipher_says_reaches_no_log(tmp_path: Path) -> None:
    """Its messages are kept from standard error; the control hears them there without ours."""
    script = """
import sys
from pathlib import Path
from app.kernel.errors import CasewellError
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from app.vault.folder import VaultFolder
from sqlcipher3 import dbapi2
path, control = Path(sys.argv[1]), sys.argv[2] == "control"
try:
    if control:
        connection = dbapi2.connect(str(path))
        connection.execute("PRAGMA key = 'wrong'")
        connection.execute("SELECT count(*) FROM sqlite_master")
    else:
        connect(path, VaultKeys(bytes(32), bytes(16)), read_only=True)
except (CasewellError, dbapi2.Error):
    print("refused")
"""
    desk = new_desk(tmp_path)
    desk.close()

    def said(mode: str) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", script, str(desk.folder.records), mode],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip(), done.stderr

    assert said("ours") == ("refused", "")
    out, err = said("control")
    assert out == "refused"
    assert "ERROR" in err
