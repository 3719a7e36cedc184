"""The real program on a real screen and a real accessibility bus: what a screen reader finds."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.features.caseload.commands import AddStudent, PutOnCaseload
from app.features.caseload.model import Profile
from app.kernel.ids import StudentId
from vaults import PASSPHRASE, fixed_clock, new_desk

TESTS = Path(__file__).parents[1]
PYTHON_OF_THE_SYSTEM = "/usr/bin/python3"
FOCUSABLE, SHOWING, FOCUSED = 1 << 11, 1 << 25, 1 << 12
PASSWORD_TEXT, INVALID = 40, 0
PAGES = ("caseload", "notes", "settings")


def _lacking() -> str:
    """Say what of the system's packages is not here, or nothing."""
    if not sys.platform.startswith("linux"):
        return "AT-SPI is Linux's"
    for tool, package in (("Xvfb", "xvfb"), ("dbus-daemon", "dbus")):
        if shutil.which(tool) is None:
            return f"needs {tool} (package {package})"
    if not list(Path("/usr/share/dbus-1/services").glob("org.a11y.Bus.service")):
        return "needs the accessibility bus (package at-spi2-core)"
    reader = [PYTHON_OF_THE_SYSTEM, "-c", "import dbus"]
    if (
        not Path(PYTHON_OF_THE_SYSTEM).exists()
        or subprocess.run(reader, capture_output=True, check=False).returncode
    ):
        return "needs D-Bus for the system's Python (package python3-dbus)"
    return ""


pytestmark = [pytest.mark.gui, pytest.mark.skipif(bool(_lacking()), reason=_lacking() or "-")]


@dataclass(frozen=True)
class Seen:
    """What was found while the program ran."""

    trees: dict[str, list[dict[str, Any]]]
    pictures: dict[str, Path]
    said: str
    """All that the program wrote to its standard error."""
    code: int


@contextmanager
def _running(line: list[str], **more: Any) -> Iterator[subprocess.Popen[str]]:
    """Keep a process, and all that it starts, for as long as it is needed."""
    process = subprocess.Popen(line, text=True, start_new_session=True, **more)
    try:
        yield process
    finally:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, kind)
                process.wait(5)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue
        process.communicate()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Run the program once, from the lock screen through some pages."""
    place = tmp_path_factory.mktemp("screen")
    for name in ("home", "runtime"):
        (place / name).mkdir(mode=0o700)
    desk = new_desk(place, clock=fixed_clock())
    made = desk.caseload.add_student(AddStudent(Profile("Chidi", "Okonkwo", grade="05"))).made
    desk.caseload.put_on_caseload(PutOnCaseload((StudentId(made),), "2026-11-02", "Referral"))
    desk.close()
    environment = {
        **os.environ,
        "HOME": str(place / "home"),
        "XDG_RUNTIME_DIR": str(place / "runtime"),
        "PYTHONPATH": str(TESTS.parent),
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "LANG": "C.UTF-8",
    }
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_ID", "AT_SPI_BUS_ADDRESS"):
        environment.pop(name, None)
    quiet: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    screen_line = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    bus_line = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with _running(screen_line, **quiet) as screen:
        environment["DISPLAY"] = f":{_line(screen)}"
        with _running(bus_line, env=environment, **quiet) as bus:
            environment["DBUS_SESSION_BUS_ADDRESS"] = _line(bus)
            return _look(place, desk.folder.path, environment)


def _look(place: Path, vault: Path, environment: dict[str, str]) -> Seen:
    trees: dict[str, list[dict[str, Any]]] = {}
    pictures: dict[str, Path] = {}

    def read(name: str) -> None:
        line = [PYTHON_OF_THE_SYSTEM, str(TESTS / "bus_reader.py")]
        until = time.monotonic() + 45
        while True:
            done = subprocess.run(
                line, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            trees[name] = json.loads(done.stdout)
            # The program is on the bus, and its focus told there, when the bus comes to it.
            if any(each["states"] & FOCUSED for each in trees[name]) or time.monotonic() > until:
                return

    line = [sys.executable, str(TESTS / "on_screen.py"), str(vault)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (place / "said").open("w+", encoding="utf-8") as said:
        with _running(line, env=environment, stderr=said, **pipes) as program:

            def ask(what: str, of: str = "") -> None:
                assert program.stdin is not None
                program.stdin.write(f"{what} {of}\n")
                program.stdin.flush()
                assert _line(program) == what, (place / "said").read_text(encoding="utf-8")

            assert _line(program) == "shown", (place / "said").read_text(encoding="utf-8")
            read("lock")
            ask("unlock", PASSPHRASE)
            read("today")
            for page in PAGES:
                ask("go", page)
                read(page)
                pictures[page] = place / f"{page}.png"
                ask("picture", str(pictures[page]))
            program.communicate("leave\n", timeout=30)
        said.seek(0)
        return Seen(trees, pictures, said.read(), program.returncode)


def _line(process: subprocess.Popen[str]) -> str:
    """Return the next line that a process writes; nothing if it is silent for too long."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], 45)[0]:
        return ""
    return process.stdout.readline().strip()


def _focusable(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    both = FOCUSABLE | SHOWING
    return [each for each in tree if each["states"] & both == both]


@pytest.mark.parametrize("page", ["lock", "today", *PAGES])
def test_everything_that_takes_the_focus_has_a_name_and_a_role(seen: Seen, page: str) -> None:
    found = _focusable(seen.trees[page])
    assert len(found) > 4
    nameless = [each for each in found if not each["name"].strip() or each["role"] == INVALID]
    assert not nameless, nameless


def test_the_passphrase_is_a_password_text_with_its_name_and_the_focus(seen: Seen) -> None:
    (entry,) = [each for each in seen.trees["lock"] if each["role"] == PASSWORD_TEXT]
    assert entry["name"] == "Passphrase"
    assert entry["states"] & FOCUSED


def test_the_lock_screen_says_where_the_vault_stands_and_names_nobody(seen: Seen) -> None:
    names = [each["name"] for each in seen.trees["lock"]]
    assert any(name.endswith("test.casewell") for name in names)
    assert not [name for name in names if "Núñez" in name or "Okonkwo" in name]


def test_the_caseload_says_its_students_and_the_window_says_none(seen: Seen) -> None:
    tree = seen.trees["caseload"]
    assert any("Okonkwo" in each["name"] for each in tree)
    frames = [each["name"] for each in tree if each["role_name"] in {"frame", "application"}]
    assert set(frames) == {"Casewell"}


def test_one_object_has_the_focus_on_every_page(seen: Seen) -> None:
    for page, tree in seen.trees.items():
        focused = [each["name"] for each in tree if each["states"] & FOCUSED]
        assert focused, page


def test_no_word_of_the_passphrase_is_on_the_bus(seen: Seen) -> None:
    everything = json.dumps(seen.trees)
    assert not [word for word in PASSPHRASE.split() if word in everything and len(word) > 4]


def test_the_program_runs_on_a_screen_without_a_complaint(seen: Seen) -> None:
    assert seen.said == ""
    assert seen.code == 0
    from PySide6.QtGui import QImage

    for page, file in seen.pictures.items():
        picture = QImage(str(file))
        assert picture.width() >= 1200, page
        points = {picture.pixel(x, y) for x in range(0, 1200, 7) for y in range(0, 700, 7)}
        assert len(points) > 8, page
