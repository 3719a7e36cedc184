"""The rooms of the core, one folder each."""
