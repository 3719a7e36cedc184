"""Hearing from the system that the screen locks, the session ends or the lid closes.

On Linux over D-Bus (logind, and the desktops' screen savers); everywhere, a clock that
jumped tells that the computer slept.
"""

import os
import sys
import time
from typing import cast

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot

_BEAT_MS = 5_000
_SLEPT_S = 60.0


class SystemLock(QObject):
    """Emits `asked` when the desk should lock because the system does."""

    asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = time.time()
        self._beat = QTimer(self)
        self._beat.setInterval(_BEAT_MS)
        self._beat.timeout.connect(self._look_at_clock)
        self._beat.start()
        if sys.platform.startswith("linux"):
            self._listen()

    def _look_at_clock(self) -> None:
        now = time.time()
        if now - self._last > _SLEPT_S:
            self.asked.emit()
        self._last = now

    def _listen(self) -> None:
        from PySide6.QtDBus import QDBusConnection

        system = QDBusConnection.systemBus()
        if system.isConnected():
            system.connect(
                "org.freedesktop.login1",
                "/org/freedesktop/login1",
                "org.freedesktop.login1.Manager",
                "PrepareForSleep",
                self,
                _slot("sleeping(bool)"),
            )
            session = os.environ.get("XDG_SESSION_ID", "")
            system.connect(
                "org.freedesktop.login1",
                f"/org/freedesktop/login1/session/{_bus_path(session)}" if session else "",
                "org.freedesktop.login1.Session",
                "Lock",
                self,
                _slot("locking()"),
            )
        desktop = QDBusConnection.sessionBus()
        if desktop.isConnected():
            for service in ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver"):
                desktop.connect(
                    service, "", service, "ActiveChanged", self, _slot("sleeping(bool)")
                )

    @Slot(bool)
    def sleeping(self, on: bool) -> None:
        """Lock when the computer is about to sleep or its screen is locked."""
        if on:
            self.asked.emit()

    @Slot()
    def locking(self) -> None:
        """Lock when the session is."""
        self.asked.emit()


def _slot(signature: str) -> bytes:
    """Return a slot as `QDBusConnection.connect` wants it: its stub says bytes, it takes text."""
    return cast("bytes", SLOT(signature))


def _bus_path(session: str) -> str:
    """Return a session's name as logind writes it in an object path."""
    return "".join(
        sign if sign.isalnum() and not (place == 0 and sign.isdigit()) else f"_{ord(sign):02x}"
        for place, sign in enumerate(session)
    )
