"""When a draft is saved while one types: at a pause, and never a second behind."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

PAUSE = 0.5
"""Seconds without a key after which a draft is saved."""
LIMIT = 0.8
"""Seconds after which it is saved though one goes on typing; leaves 0.2 s for the disk."""
AGAIN = 3.0
"""Seconds after which a save that failed is tried again, until the disk takes it."""


@dataclass(slots=True)
class Pace:
    """Decides when to save, given when keys were pressed; times in seconds."""

    first: float | None = None
    """The first key since the last save."""

    def touched(self, now: float) -> float:
        """Return when to save after a key pressed `now`."""
        if self.first is None:
            self.first = now
        return min(now + PAUSE, self.first + LIMIT)

    def saved(self) -> None:
        """Begin anew: all keys so far are saved."""
        self.first = None


class Autosave(QObject):
    """Calls `save` at the pace of typing."""

    def __init__(
        self,
        save: Callable[[], None],
        parent: QObject | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._save = save
        self._now = now
        self._pace = Pace()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)

    def touch(self) -> None:
        """Say that something was typed."""
        now = self._now()
        self._timer.start(max(0, round((self._pace.touched(now) - now) * 1000)))

    def flush(self) -> None:
        """Save now what was typed since the last save, if anything was."""
        if self._pace.first is not None:
            self.stop()
            self._save()

    def again(self) -> None:
        """Say that the last save failed: what was typed is on the screen alone."""
        self._pace.touched(self._now())
        self._timer.start(round(AGAIN * 1000))

    def stop(self) -> None:
        """Forget what was typed: it is saved in another way, or not wanted."""
        self._timer.stop()
        self._pace.saved()
