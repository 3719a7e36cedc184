"""A list of records with what narrows it, and one thing to do."""

from ui.kit.widgets.records import RecordsView

__all__ = ["RecordsView"]
