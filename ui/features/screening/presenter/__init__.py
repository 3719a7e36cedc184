"""The screening room's presenters: they build commands and run them off the screen."""
