"""The room's records: which of them stand as they were written, and which go on changing."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.features.collaboration.model.concerns import Concern, ConcernEntry, WarningList
from app.features.collaboration.model.consultations import (
    Consultation,
    ConsultationAddition,
    Step,
)
from app.features.collaboration.model.contacts import ContactRow
from app.features.collaboration.model.team import Member
from app.store import book

TABLES: Mapping[type[Any], str] = {
    WarningList: "warning_list",
    Concern: "concern",
    ConcernEntry: "concern_entry",
    Consultation: "consultation",
    ConsultationAddition: "consultation_addition",
    ContactRow: "contact",
}
"""Each kind of frozen record and its table."""
LIVING: Mapping[type[Any], str] = {Step: "agreed_step", Member: "team_member"}
"""Records that go on changing; the journal has before and after."""


class Book(book.Book):
    """The room's records, for reading."""

    frozen: ClassVar[Mapping[type[Any], str]] = TABLES
    living: ClassVar[Mapping[type[Any], str]] = LIVING


class Keeper(book.Keeper, Book):
    """The room's records within one command."""


frozen_rows = book.looked_over(Book)
"""Counts the room's frozen rows and finds those that no command wrote."""
