"""When a draft of this room is saved while one types: as every draft is."""

from ui.kit.autosave import AGAIN, LIMIT, PAUSE, Autosave, Pace

__all__ = ["AGAIN", "LIMIT", "PAUSE", "Autosave", "Pace"]
