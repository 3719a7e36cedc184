"""Sentences about rosters."""

SENTENCES: dict[str, str] = {}
