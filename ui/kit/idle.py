"""Notices when nobody is at the desk, so that it can lock itself."""

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

WARNING_SECONDS = 30
_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletMove,
        QEvent.Type.TabletPress,
        QEvent.Type.InputMethod,
    }
)


class IdleWatch(QObject):
    """Listens at every window of the program; `idle` after so many minutes without input.

    `remaining` speaks 30 seconds before, with the seconds that are left, and again with 0
    once someone is back. Time asleep counts: the wait is measured by a clock that runs on.
    """

    idle = Signal()
    remaining = Signal(int)

    def __init__(self, app: QGuiApplication, minutes: float, parent: QObject | None = None) -> None:
        super().__init__(parent or app)
        self._limit = minutes * 60.0
        self._last = self._now()
        self._warned = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look_at_the_clock)
        app.focusWindowChanged.connect(self._watch)
        for window in app.topLevelWindows():
            self._watch(window)
        self._wait()

    def set_minutes(self, minutes: float) -> None:
        """Wait so many minutes from now on."""
        self._limit = minutes * 60.0
        self.extend()

    def extend(self) -> None:
        """Begin the wait anew, as any key does."""
        self._last = self._now()
        if self._warned:
            self._warned = False
            self.remaining.emit(0)
        self._wait()

    def stop(self) -> None:
        """Watch no longer."""
        self._timer.stop()

    def look_at_the_clock(self) -> None:
        """Warn or give up, if it is time to."""
        left = self._limit - (self._now() - self._last)
        if left <= 0:
            self._timer.stop()
            self.idle.emit()
            return
        if left <= WARNING_SECONDS and not self._warned:
            self._warned = True
            self.remaining.emit(max(1, round(left)))
        self._wait()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that someone is there; the timer is set only when it runs out."""
        if event.type() in _SIGNS_OF_LIFE:
            if self._warned:
                self.extend()
            else:
                self._last = self._now()
        return False

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)  # once is enough, twice does no harm

    def _wait(self) -> None:
        left = self._limit - (self._now() - self._last)
        until = left if left <= WARNING_SECONDS else left - WARNING_SECONDS
        self._timer.start(max(50, min(10_000, round(until * 1000))))

    @staticmethod
    def _now() -> float:
        """Return seconds on a clock that also runs while the machine sleeps, where there is one."""
        boot = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boot is None else time.clock_gettime(boot)
