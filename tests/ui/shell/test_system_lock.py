"""What the system says on D-Bus reaches the desk: heard on a bus of its own, in its own process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ui.shell.system_lock import SystemLock, _bus_path

ROOT = Path(__file__).parents[3]
LISTENER = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from ui.shell.system_lock import SystemLock

app = QCoreApplication([])
lock = SystemLock()
lock.asked.connect(lambda: print("asked", flush=True))
service, path, face, name, *values = sys.argv[1:]
other = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, "the system")
assert other.registerService(service), other.lastError().message()
signal = QDBusMessage.createSignal(path, face, name)
signal.setArguments([value == "True" for value in values])
QTimer.singleShot(100, lambda: other.send(signal))
QTimer.singleShot(500, app.quit)
app.exec()
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs D-Bus (package dbus)")
@pytest.mark.parametrize(
    ("service", "path", "face", "name", "values", "heard"),
    [
        ("org.freedesktop.ScreenSaver", "/S", "org.freedesktop.ScreenSaver", "ActiveChanged",
         ["True"], True),
        ("org.freedesktop.ScreenSaver", "/S", "org.freedesktop.ScreenSaver", "ActiveChanged",
         ["False"], False),
        ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver",
         "ActiveChanged", ["True"], True),
        ("org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
         "PrepareForSleep", ["True"], True),
        ("org.freedesktop.login1", "/org/freedesktop/login1/session/c2",
         "org.freedesktop.login1.Session", "Lock", [], True),
        ("org.freedesktop.login1", "/org/freedesktop/login1/session/c3",
         "org.freedesktop.login1.Session", "Lock", [], False),
    ],
)  # fmt: skip
def test_the_desk_locks_when_the_system_says_so(
    tmp_path: Path, service: str, path: str, face: str, name: str, values: list[str], heard: bool
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    # The one bus stands for the session's and for the system's.
    line = f'DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS" exec "{sys.executable}" "$@"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", line, "sh", "-c", LISTENER, service, path, face,
         name, *values],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_SESSION_ID": "c2",
            "XDG_RUNTIME_DIR": str(runtime),
        },
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == (["asked"] if heard else [])
    assert "Traceback" not in done.stderr


def test_a_clock_that_jumped_means_the_computer_slept(app: object) -> None:
    lock = SystemLock()
    asked: list[bool] = []
    lock.asked.connect(lambda: asked.append(True))
    lock._look_at_clock()
    assert not asked
    lock._last -= 3_600
    lock._look_at_clock()
    assert asked == [True]
    lock.deleteLater()


@pytest.mark.parametrize(
    ("session", "path"), [("c2", "c2"), ("2", "_32"), ("a-b", "a_2db"), ("", "")]
)
def test_a_sessions_name_is_written_as_logind_writes_it(session: str, path: str) -> None:
    assert _bus_path(session) == path
