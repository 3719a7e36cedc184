"""The doors between the storeys: what rooms need, not who gives it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from app.kernel.clock import Moment
from app.kernel.ids import DeviceId, PersonId
from app.kernel.nouns import Role

Row = tuple[Any, ...]
Value = str | int | float | bytes | None


class Rows(Protocol):
    """The answer to a query."""

    def fetchone(self) -> Row | None:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Row]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Row]:
        """Walk over the rows."""
        ...


class Reader(Protocol):
    """Something that answers SQL; parameters are always bound."""

    def execute(self, sql: str, values: Sequence[Value] | Mapping[str, Value] = ()) -> Rows:
        """Run one statement."""
        ...


class Transaction(Reader, Protocol):
    """One command's unit of work: everything in it is kept, or nothing.

    A recorded transaction refuses to commit without a journal entry.
    """

    @property
    def who(self) -> PersonId:
        """Who is at the desk."""
        ...

    @property
    def now(self) -> Moment:
        """The moment the transaction began; the same for every row it writes."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each of `rows`."""
        ...

    def journal(
        self,
        what: str,
        subject_kind: str,
        subject_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one entry to the journal: the command's name, its subject, what changed."""
        ...


Begin = Callable[[], AbstractContextManager[Transaction]]
"""Opens a transaction; leaving the block without an exception commits it."""

Read = Callable[[], AbstractContextManager[Reader]]
"""Opens a consistent read; what it sees does not change inside the block."""

Progress = Callable[[int, int], None]
"""Called with (done, of); `of` is 0 while unknown. Raises Cancelled to stop the task."""


def no_progress(done: int, of: int) -> None:
    """Take progress and do nothing with it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at the desk, in which role, on which device."""

    person: PersonId
    role: Role
    device: DeviceId
    emergency: str = ""
    """The mark under which the vault was opened with its recovery sheet; else empty."""
