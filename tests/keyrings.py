"""Keyrings for tests: one in memory, and a real Secret Service on a session bus of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.features.unlocking.service import Around
from app.kernel.errors import Trouble
from app.kernel.ports import Progress, no_progress
from app.vault.os_account import Account

ANA = Account("ana", "/home/ana", "linux", 1000)
DAEMON = shutil.which("gnome-keyring-daemon") or "/usr/bin/gnome-keyring-daemon"
BUS = shutil.which("dbus-daemon") or "/usr/bin/dbus-daemon"


@dataclass
class MemoryKeyring:
    """Keeps secrets in a dictionary; can be told to fail with a code."""

    name: str = "secret-service"
    held: dict[str, bytes] = field(default_factory=dict)
    fails: str = ""

    def keep(self, account: str, secret: bytes, progress: Progress = no_progress) -> None:
        """Keep a secret."""
        self._fail()
        self.held[account] = secret

    def give(self, account: str, progress: Progress = no_progress) -> bytes:
        """Return a secret."""
        self._fail()
        if account not in self.held:
            raise Trouble("keyring-emptied")
        return self.held[account]

    def forget(self, account: str, progress: Progress = no_progress) -> None:
        """Forget a secret."""
        self._fail()
        self.held.pop(account, None)

    def _fail(self) -> None:
        if self.fails:
            raise Trouble(self.fails)


def around(keeper: MemoryKeyring, account: Account = ANA, run: str = "first") -> Around:
    """Return a computer of one person with this keyring."""
    return Around(lambda _seconds: keeper, lambda: account, lambda: run)


_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
_WAIT_S = 30.0


class SecretService:
    """A gnome-keyring-daemon with its login keyring unlocked, alone on a bus of its own.

    Nothing is started by that bus: a daemon that was killed stays dead, and no prompt appears.
    """

    def __init__(self, place: Path) -> None:
        place.mkdir(mode=0o700, parents=True)
        self.place = place
        self._bus: subprocess.Popen[bytes] | None = None
        self.daemon: subprocess.Popen[bytes] | None = None
        self.address = f"unix:path={place / 'bus'}"

    def start(self) -> None:
        """Start the bus and the daemon."""
        config = self.place / "session.conf"
        config.write_text(_CONFIGURATION.format(socket=self.place / "bus"), encoding="utf-8")
        self._bus = subprocess.Popen(
            [BUS, f"--config-file={config}", "--nofork", "--nopidfile"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _until((self.place / "bus").exists)
        self.start_daemon()

    def start_daemon(self, *, unlock: bool = True) -> None:
        """Start the daemon; `unlock` its login keyring as logging in does."""
        home = {"HOME": str(self.place), "DBUS_SESSION_BUS_ADDRESS": self.address}
        for name in ("XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            folder = self.place / name.lower()
            folder.mkdir(mode=0o700, exist_ok=True)
            home[name] = str(folder)
        self.daemon = subprocess.Popen(
            [DAEMON, *(["--unlock"] if unlock else []), "--components=secrets", "--foreground"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **home},
        )
        assert self.daemon.stdin is not None
        self.daemon.stdin.write(b"the password of the login")
        self.daemon.stdin.close()
        _until(lambda: self._answers(unlock))

    def _answers(self, unlocked: bool) -> bool:
        import secretstorage

        with contextlib.suppress(Exception), self.connection() as bus:
            found = secretstorage.collection.get_collection_by_alias(bus, "default")
            return found.is_locked() is not unlocked
        return False

    @contextlib.contextmanager
    def connection(self) -> Iterator[object]:
        """Connect as any other program of the account does."""
        from jeepney.io.blocking import open_dbus_connection

        bus = open_dbus_connection(self.address)
        try:
            yield bus
        finally:
            bus.close()

    def kill(self) -> None:
        """Kill the daemon, as a crash does."""
        _end(self.daemon, signal.SIGKILL)
        self.daemon = None

    def hang(self) -> None:
        """Let the daemon hear and not answer."""
        assert self.daemon is not None
        self.daemon.send_signal(signal.SIGSTOP)

    def stop(self) -> None:
        """End the daemon and the bus."""
        _end(self.daemon, signal.SIGKILL)
        _end(self._bus, signal.SIGTERM)


def _end(process: "subprocess.Popen[bytes] | None", by: signal.Signals) -> None:
    if process is not None:
        process.send_signal(by)
        process.wait(_WAIT_S)


def _until(ready: Callable[[], bool]) -> None:
    limit = time.monotonic() + _WAIT_S
    while not ready():
        assert time.monotonic() < limit, "the Secret Service did not start"
        time.sleep(0.02)
