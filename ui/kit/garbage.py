"""Garbage in cycles of references, collected on the thread of the screen alone.

Python looks for it on whichever thread asks for memory just then. A widget in such a cycle
would be destroyed there, which Qt does not allow: the program crashes, seldom and anywhere.
"""

import gc
import time

from PySide6.QtCore import QObject, Qt, QTimerEvent

EVERY_MS = 1_000
YOUNG = 700
"""New containers that call for a look."""
MIDDLE_AFTER, WHOLE_AFTER = 5.0, 60.0
"""Seconds at least between two looks at what outlived one, and at everything."""


class CollectedHere(QObject):
    """Collects on the thread it was made on, and keeps Python from doing it on any other."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._middle = self._whole = time.monotonic()
        self.startTimer(EVERY_MS, Qt.TimerType.CoarseTimer)

    def timerEvent(self, _event: QTimerEvent) -> None:
        """Look, as often as the timer says."""
        self.look()

    def look(self) -> None:
        """Collect, the more the longer ago it was; Python counts also while it does not collect."""
        if gc.get_count()[0] <= YOUNG:
            return
        now = time.monotonic()
        if now - self._whole >= WHOLE_AFTER:
            self._middle = self._whole = now
            gc.collect()
        elif now - self._middle >= MIDDLE_AFTER:
            self._middle = now
            gc.collect(1)
        else:
            gc.collect(0)
