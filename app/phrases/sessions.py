"""Sentences about the sessions room."""

SENTENCES: dict[str, str] = {}
