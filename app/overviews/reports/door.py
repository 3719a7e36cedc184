"""The door that papers are read through: labelled records stay behind unless it is opened.

What is labelled under 42 CFR part 2 is hidden by the engine from whatever makes a paper. For a
recipient whom a consent covers, or in a medical emergency, the door is opened for the students
concerned; the paper then carries the notice, and its disclosure says that it was so.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from app.kernel.ids import StudentId
from app.kernel.ports import Reader
from app.kernel.releases import Terms
from app.kernel.words import _
from app.overviews.reports.leaving import Release
from app.paper import blocks


class Keeper(Protocol):
    """Who knows whose labelled records may go to whom, and what notice goes along."""

    def part2_opened(
        self,
        students: Sequence[StudentId],
        paper: str,
        scope: Mapping[str, Any],
        recipient: str,
        terms: Terms,
    ) -> frozenset[StudentId]:
        """Return of whom labelled records may go to this recipient."""
        ...

    def part2_notice(self) -> str:
        """Return the notice that goes along."""
        ...


ReadForExport = Callable[[Collection[str]], AbstractContextManager[Reader]]


class Door:
    """Reads what may leave; opened, also the labelled records of some students."""

    def __init__(self, read: ReadForExport, keeper: Keeper) -> None:
        self._read = read
        self._keeper = keeper
        self._opened: ContextVar[frozenset[StudentId]] = ContextVar("opened", default=frozenset())

    def __call__(self) -> AbstractContextManager[Reader]:
        """Open a read for what may leave."""
        return self._read(self._opened.get())

    @contextmanager
    def opened(
        self,
        student: StudentId,
        paper: str,
        scope: Mapping[str, Any],
        release: Release | None,
    ) -> Iterator[str | None]:
        """Open the door as far as the recipient may see, for the reads within.

        Yields the notice that the paper has to carry (it may be empty in an emergency); None
        where the door stays shut. Refuses where the notice is missing.
        """
        if release is None:
            yield None
            return
        students = self._keeper.part2_opened(
            (student,), paper, scope, release.recipient, release.terms
        )
        kept = self._opened.set(students)
        try:
            yield self._keeper.part2_notice() if students else None
        finally:
            self._opened.reset(kept)


def noticed(notice: str | None) -> Iterator[blocks.Block]:
    """Yield the notice against further disclosure, where a paper has to carry one."""
    if notice:
        yield blocks.Notice(notice, _("Do not disclose this further"))


def marked(scope: Mapping[str, object], notice: str | None) -> dict[str, object]:
    """Return the scope of a paper, with the fact that labelled records stand on it."""
    return {**scope, "part2": True} if notice is not None else dict(scope)
