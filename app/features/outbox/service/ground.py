"""Whether what standing summaries stand on has moved: known without a look into the file."""

import threading
from collections.abc import Collection
from typing import Protocol

from app.features.outbox.model.rules import UNRELATED
from app.features.outbox.repo.book import OutboxBook, OutboxKeeper
from app.kernel.ports import Transaction


class Committing(Transaction, Protocol):
    """A transaction that is about to commit."""

    subjects: set[str]


class _Marks(threading.local):
    """What this thread's transaction has marked, and in which set that will show."""

    fresh: set[str] | None = None
    kinds: frozenset[str] = frozenset()


class Ground:
    """Marks standing summaries stale in the transaction that moves what they stand on.

    Which kinds have something fresh in the file is kept here: with none, as without a
    district, a commit costs nothing but a look at a set; with some, the first commit after
    a sending writes one statement and the others none.
    """

    def __init__(self) -> None:
        self._fresh: set[str] | None = None
        self._marks = _Marks()
        self.moved = 0
        """How many transactions moved something; whoever reads first and writes later, within
        a transaction, compares it."""

    def committing(self, tx: Committing) -> None:
        """Mark, within a transaction, what its entries move."""
        marks = self._marks
        marks.fresh = None
        if tx.subjects <= UNRELATED:
            return
        self.moved += 1
        if self._fresh is None:
            self._fresh = OutboxBook(tx).fresh_kinds()
        if self._fresh:
            OutboxKeeper(tx).mark_stale(self._fresh)
            marks.fresh, marks.kinds = self._fresh, frozenset(self._fresh)

    def committed(self, _subjects: Collection[str]) -> None:
        """Take what was marked for marked, now that it is kept."""
        marks = self._marks
        if marks.fresh is not None:
            marks.fresh -= marks.kinds
            marks.fresh = None

    def refreshed(self) -> None:
        """Look again which kinds have something fresh; called within the transaction that made it so."""
        self._fresh = None
