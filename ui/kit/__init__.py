"""Building blocks of every page: tokens, widgets, tasks."""
