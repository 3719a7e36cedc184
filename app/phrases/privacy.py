"""Sentences about the privacy room."""

SENTENCES: dict[str, str] = {}
