"""Pages: they build commands, run them off the UI thread, and show what came of it."""
