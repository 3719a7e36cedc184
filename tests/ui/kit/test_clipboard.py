"""What is copied is marked, taken back in time, and never dragged out: read by another program."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

from ui.kit.clipboard import KEPT_S, MAC_MARKS, MARKS, ClipboardGuard, _mark_pasteboard
from ui.kit.cocoa import Cocoa

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
on_x11 = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb (package xvfb)")


class Led:
    """A process that answers each line by one."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def ask(self, line: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.heard()

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.ask("read"))
        return found


@contextmanager
def running(line: list[str], **settings: Any) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(line, text=True, **settings)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def screen() -> Iterator[dict[str, str]]:
    line = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with running(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        environment = {
            **os.environ,
            "DISPLAY": f":{server.stdout.readline().strip()}",
            "QT_QPA_PLATFORM": "xcb",
            "PYTHONPATH": str(ROOT),
        }
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            environment.pop(name, None)
        yield environment


@pytest.fixture
def stage(screen: dict[str, str]) -> Iterator[Any]:
    """Return a function that starts the copying program and the reading one."""
    with ExitStack() as stack:

        def start(*options: str) -> tuple[Led, Led]:
            pipes: dict[str, Any] = {
                "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": screen,
            }  # fmt: skip
            both = []
            for name in ("copier.py", "clipboard_reader.py"):
                line = [sys.executable, str(HERE / name), *(options if name[0] == "c" else ())]
                led = Led(stack.enter_context(running(line, **pipes)))
                assert led.heard() == "shown"
                both.append(led)
                options = ()
            return both[0], both[1]

        yield start


@on_x11
def test_every_widgets_copy_is_marked_and_gone_in_time(stage: Any) -> None:
    copier, reader = stage()
    for widget in ("line", "search", "note", "label", "table"):
        assert copier.ask(f"copy {widget}") == "True", widget
        found = reader.read()["clipboard"]
        assert found["text"] == f"zinnober-quokka-{widget}", "the other program does read it"
        assert found["marks"] == {"x-kde-passwordManagerHint": "secret"}, widget
    assert reader.read()["primary"]["marks"] != {}, "what is selected is a copy on X11"
    time.sleep(1.6)  # the guard's half minute is 1.2 s there
    found = reader.read()
    assert found["clipboard"]["text"] == ""
    assert found["primary"]["text"] == ""


@on_x11
def test_what_a_clipboard_manager_holds_by_then_is_taken_back_but_nobody_elses(stage: Any) -> None:
    copier, reader = stage()
    copier.ask("copy note")
    reader.ask("take")
    assert reader.read()["clipboard"]["text"] == "zinnober-quokka-note"
    time.sleep(1.6)
    assert reader.read()["clipboard"]["text"] == ""
    copier.ask("copy note")
    words = "another program's own words"
    assert reader.read()["clipboard"]["text"] == "zinnober-quokka-note"
    reader.process.kill()
    other = f"""
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
app.clipboard().setText({words!r})
QTimer.singleShot(2200, lambda: (print(app.clipboard().text(), flush=True), app.quit()))
app.exec()
"""
    done = subprocess.run(
        [sys.executable, "-c", other],
        env=stage_environment(copier), capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == words


def stage_environment(led: Led) -> dict[str, str]:
    """Return the environment a led process runs in."""
    raw = Path(f"/proc/{led.process.pid}/environ").read_bytes().decode()
    return dict(part.split("=", 1) for part in raw.split("\0") if "=" in part)


@on_x11
def test_at_the_end_nothing_is_left(stage: Any) -> None:
    copier, reader = stage()
    copier.ask("copy line")
    assert reader.read()["clipboard"]["text"] == "zinnober-quokka-line"
    assert copier.ask("close") == "closed"
    assert reader.read()["clipboard"]["text"] == ""


@on_x11
def test_without_the_guard_all_of_this_would_be_seen(stage: Any) -> None:
    """The positive control: no marks, no taking back, and text that can be dragged out."""
    copier, reader = stage("unguarded")
    copier.ask("copy note")
    time.sleep(1.6)
    found = reader.read()["clipboard"]
    assert found["text"] == "zinnober-quokka-note"
    assert found["marks"] == {}
    assert int(copier.ask("drag")) >= 1


@on_x11
def test_no_text_is_dragged_out(stage: Any) -> None:
    copier, _reader = stage()
    assert copier.ask("drag") == "0"


# -- the rules, without a screen -----------------------------------------------------------


@pytest.fixture
def guard(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[ClipboardGuard]:
    # The clipboard of `offscreen` never says that it is one's own.
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: True)
    guard = ClipboardGuard(app)
    guard.begin()
    yield guard
    guard.end()
    guard.deleteLater()


def test_the_marks_say_what_each_system_understands(
    guard: ClipboardGuard, app: QApplication
) -> None:
    app.clipboard().setText("zinnober")
    data = app.clipboard().mimeData()
    assert data.text() == "zinnober"
    for name, value in MARKS.items():
        assert bytes(data.data(name).data()) == value, name
    windows = [name.split('"')[1] for name in MARKS if "x-qt-windows-mime" in name]
    assert windows == [
        "ExcludeClipboardContentFromMonitorProcessing",
        "CanIncludeInClipboardHistory",
        "CanUploadToCloudClipboard",
    ]


def test_no_plain_text_is_kept_for_the_comparison(guard: ClipboardGuard, app: QApplication) -> None:
    heard: list[bool] = []
    guard.copied.connect(lambda: heard.append(True))
    app.clipboard().setText("zinnober-quokka")
    assert heard == [True], "told once, though it is put there twice"
    assert guard._timer.isActive()
    assert guard._timer.interval() == KEPT_S * 1000
    kept = repr(vars(guard)).encode()
    assert b"zinnober" not in kept
    app.clipboard().clear()
    guard.take_back()
    assert guard._digests == {}


def test_a_report_that_names_nobody_stays(guard: ClipboardGuard, app: QApplication) -> None:
    guard.put_openly("ValueError in app/x.py:3")
    assert not guard._timer.isActive()
    app.clipboard().clear()


def test_anothers_text_is_left_alone(
    guard: ClipboardGuard, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.clipboard().setText("ours")
    monkeypatch.setattr(QClipboard, "ownsClipboard", lambda _board: False)
    app.clipboard().setText("theirs")
    guard.take_back()
    assert app.clipboard().text() == "theirs"
    app.clipboard().clear()


def test_the_end_of_the_program_takes_back_what_is_left(
    guard: ClipboardGuard, app: QApplication
) -> None:
    app.clipboard().setText("ours")
    assert isinstance(QCoreApplication.instance(), QGuiApplication)
    app.aboutToQuit.emit()
    assert app.clipboard().text() == ""


class FakeCocoa(Cocoa):
    def __init__(self) -> None:
        self.said: list[tuple[str, ...]] = []
        self.names: dict[int, str] = {}

    def kind(self, name: str) -> int:
        return self._named(name)

    def text(self, words: str) -> int:
        return self._named(words)

    def _named(self, name: str) -> int:
        self.names[len(self.names) + 1] = name
        return len(self.names)

    def send(self, target: int, message: str, *values: int) -> int:
        shown = [self.names.get(value, str(value)) for value in (target, *values)]
        self.said.append((message, *shown))
        return self._named(message)


def test_macos_gets_both_marks_beside_the_text() -> None:
    cocoa = FakeCocoa()
    _mark_pasteboard(cocoa)
    strings = [line for line in cocoa.said if line[0] == "setString:forType:"]
    assert [line[-1] for line in strings] == list(MAC_MARKS)
    assert all(line[1] == "generalPasteboard" for line in strings)
