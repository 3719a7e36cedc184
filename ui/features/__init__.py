"""The rooms on screen, one folder each."""
