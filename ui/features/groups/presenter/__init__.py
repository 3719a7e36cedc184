"""Turns what the groups room knows into words, and what is typed into commands."""
