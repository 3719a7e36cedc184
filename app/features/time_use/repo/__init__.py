"""Time in the file: categories, entries, and what a claim asks for."""
