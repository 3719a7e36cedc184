"""Privacy: the log of what was disclosed, to whom and why."""
