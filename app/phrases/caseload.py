"""Sentences about the caseload room."""

SENTENCES: dict[str, str] = {}
