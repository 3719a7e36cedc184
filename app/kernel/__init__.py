"""Shared nouns and rules: pure, without I/O."""
