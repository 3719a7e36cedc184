"""Rows that stand as they were written: what a room says of its own when it looks them over."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.ports import Reader


@unique
class How(StrEnum):
    """What is wrong with a frozen row."""

    ALTERED = "altered"
    """It is not what was written."""
    UNWITNESSED = "unwitnessed"
    """It is there, and no journal entry tells of it: no command wrote it."""
    GONE = "gone"
    """A journal entry tells of it, and it is not there."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A frozen row that is not as its journal entry or its own hash says."""

    table: str
    id: str
    """Of the row; where a row that is gone left no id, `entry N` of the journal."""
    how: How


@dataclass(frozen=True, slots=True)
class FrozenRows:
    """A room's frozen rows, recomputed: `look` tells how many there are, and which are wrong."""

    code: str
    look: Callable[[Reader], tuple[int, list[Wrong]]]
