"""What can be read on a page: its words, its chips, the titles in a list."""

from typing import Any

from PySide6.QtWidgets import QWidget

from ui.kit.widgets.headings import Chip, Words


def words(page: QWidget) -> str:
    """Return the words in sight."""
    return " ".join(label.text() for label in page.findChildren(Words) if label.isVisible())


def chips(page: QWidget) -> list[str]:
    """Return the chips in sight."""
    return [chip.text() for chip in page.findChildren(Chip) if chip.isVisible()]


def rows(view: Any) -> list[str]:
    """Return the titles in a list."""
    entries = view.entries
    return [entry.title for at in range(entries.total()) if (entry := entries.entry(at))]
