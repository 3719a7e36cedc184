"""Summaries as data: what leaves for a reader without eyes, each by its documented schema."""
