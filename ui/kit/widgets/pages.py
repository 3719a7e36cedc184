"""Rows of a long list, a page at a time: asked for when seen, forgotten when far away."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Protocol

PAGE = 200
KEPT = 10


class Fetch(Protocol):
    """Asks the source for rows; `answer(total, rows)` is called on the UI thread, once."""

    def __call__(
        self,
        offset: int,
        limit: int,
        sort: str,
        descending: bool,
        answer: Callable[[int, Sequence[Any]], None],
        /,
    ) -> None:
        """Ask for `limit` rows from `offset` on, sorted by the column key `sort`."""
        ...


class Pages:
    """Holds at most ten pages of 200 rows, and drops answers to questions since replaced."""

    def __init__(self, arrived: Callable[[int, int, int], None]) -> None:
        self._arrived = arrived
        self._fetch: Fetch | None = None
        self._pages: OrderedDict[int, Sequence[Any]] = OrderedDict()
        self._asked: set[int] = set()
        self._round = 0
        self.total = 0
        self.sort = ""
        self.descending = False

    def source(self, fetch: Fetch | None) -> None:
        """Take rows from `fetch` from now on."""
        self._fetch = fetch

    def restart(self) -> None:
        """Forget every row and every question that is open, and ask for the first page."""
        self._round += 1
        self._pages.clear()
        self._asked.clear()
        self.ask(0)

    def hold(self, rows: Sequence[Any]) -> None:
        """Hold `rows` and nothing else, for lists that are short and known."""
        self._round += 1
        self._fetch = None
        self._asked.clear()
        self._pages = OrderedDict(
            (page, rows[page * PAGE : (page + 1) * PAGE])
            for page in range((len(rows) + PAGE - 1) // PAGE)
        )
        self.total = len(rows)

    def ask(self, page: int) -> None:
        """Ask for a page unless it is here or on its way."""
        if self._fetch is None or page in self._pages or page in self._asked:
            return
        self._asked.add(page)
        asked_in = self._round

        def answer(total: int, rows: Sequence[Any]) -> None:
            if asked_in == self._round:
                self._take(page, total, rows)

        self._fetch(page * PAGE, PAGE, self.sort, self.descending, answer)

    def row(self, index: int) -> Any:
        """Return the row, or None after asking for its page."""
        page = index // PAGE
        held = self._pages.get(page)
        if held is None:
            self.ask(page)
            held = self._pages.get(page)  # a source may answer at once
        if held is None:
            return None
        if self._fetch is not None:
            self._pages.move_to_end(page)
        place = index - page * PAGE
        return held[place] if place < len(held) else None

    def held(self) -> int:
        """Return how many rows are in memory."""
        return sum(len(rows) for rows in self._pages.values())

    def _take(self, page: int, total: int, rows: Sequence[Any]) -> None:
        self._asked.discard(page)
        self._pages[page] = rows
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        self._arrived(total, page * PAGE, len(rows))
