"""The room's rows that stand as they were written."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.features.services.model.deliveries import Delivery
from app.features.services.model.mandates import Mandate, MandateEnd
from app.store.book import Keeper, listed, looked_over

__all__ = ["TABLES", "Kept", "frozen_services", "listed"]

TABLES: Mapping[type[Any], str] = {
    Mandate: "mandate",
    MandateEnd: "mandate_end",
    Delivery: "delivery",
}
"""Each kind of frozen record and its table."""


class Kept(Keeper):
    """What one command writes: every row is named, with its hash, in the command's entry."""

    frozen: ClassVar[Mapping[type[Any], str]] = TABLES


frozen_services = looked_over(Kept)
"""Counts the room's frozen rows and finds those that no command wrote."""
