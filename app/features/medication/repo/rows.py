"""Writing frozen rows, each with its hash in the journal, and looking them over again."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from app.features.medication.model.doses import Dose
from app.features.medication.model.incidents import Incident
from app.features.medication.model.nursing import (
    Delegation,
    Entry,
    HealthPlan,
    NoSchool,
    Trip,
    TripItem,
    Visit,
)
from app.features.medication.model.orders import Order
from app.features.medication.model.rows import columns, restored
from app.features.medication.model.stock import Container, Discrepancy, Movement, StockCount
from app.kernel.clock import Moment
from app.kernel.ids import PersonId
from app.kernel.ports import Row
from app.store import book

Kept = TypeVar("Kept")

TABLES: Mapping[type[Any], str] = {
    Order: "medication_order",
    Dose: "dose",
    Container: "container",
    Movement: "stock_movement",
    StockCount: "stock_count",
    Discrepancy: "discrepancy",
    Incident: "incident",
    Visit: "visit",
    HealthPlan: "health_plan",
    Delegation: "delegation",
    Trip: "trip",
    TripItem: "trip_item",
    Entry: "care_entry",
    NoSchool: "no_school",
}
"""Each kind of frozen record and its table."""

_WIDTH = {kind: len(columns(kind)) for kind in TABLES}


_LISTED: dict[tuple[type[Any], str], str] = {}


def listed(kind: type[Any], alias: str) -> str:
    """Return a kind's columns for a query, each with its table's alias."""
    found = _LISTED.get((kind, alias))
    if found is None:
        found = _LISTED[kind, alias] = ", ".join(f"{alias}.{name}" for name in columns(kind))
    return found


def width(kind: type[Any]) -> int:
    """Return how many columns a kind of record takes in a query's row."""
    return _WIDTH[kind]


def read_as(kind: type[Kept], row: Row, start: int = 0) -> Kept:
    """Return the record whose columns begin at `start` of a row."""
    return restored(kind, row[start : start + _WIDTH[kind]])


class Book(book.Book):
    """The room's records, for reading: one by its id, or several by a condition."""

    frozen: ClassVar[Mapping[type[Any], str]] = TABLES

    def entries(self, *subjects: str) -> list[Entry]:
        """Return what was added to records later, in the order it was written."""
        return self.where(
            Entry,
            "t.subject_id IN (SELECT value FROM json_each(?)) ORDER BY t.row",
            (json.dumps(subjects),),
        )

    def school_year_ends(self, day: str) -> str | None:
        """Return when the school year that `day` falls in ends, if the roster told."""
        row = self.reader.execute(
            "SELECT max(ends_on) FROM term WHERE active = 1 AND starts_on <= ? AND ends_on >= ?",
            (day, day),
        ).fetchone()
        return row[0] if row else None


class Keeper(book.Keeper, Book):
    """The room's records within one command: what is written here is named in its journal entry."""

    @property
    def who(self) -> PersonId:
        """Who is at the desk."""
        return self.tx.who

    @property
    def now(self) -> Moment:
        """The command's moment."""
        return self.tx.now


frozen_rows = book.looked_over(Book)
"""Counts the room's frozen rows and finds those that no command wrote."""
