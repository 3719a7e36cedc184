"""Says how far the reading has come, in rows."""

from collections.abc import Iterator

from app.features.roster.reading.text import Numbered, Sheet
from app.kernel.ports import Progress

_STEP = 2048


class Meter:
    """Counts rows over all files of a roster; the report may stop the reading."""

    def __init__(self, progress: Progress, of: int = 0) -> None:
        self._progress = progress
        self._done = 0
        self.of = of

    def add(self, rows: int) -> None:
        """Report `rows` more; raises Cancelled when the user stopped."""
        self._done += rows
        self._progress(min(self._done, self.of) if self.of else self._done, self.of)

    def walk(self, sheet: Sheet) -> Iterator[Numbered]:
        """Yield the rows of `sheet` and report every few thousand."""
        count = 0
        for pair in sheet.walk():
            count += 1
            if not count % _STEP:
                self.add(_STEP)
            yield pair
        self.add(count % _STEP)

    def breathe(self) -> None:
        """Report that it goes on, no further in rows; raises Cancelled when the user stopped."""
        self.add(0)

    def finish(self) -> None:
        """Report that everything was read."""
        self._done = self.of
        self._progress(self.of, self.of)
