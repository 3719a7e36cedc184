"""Casewell's core: everything that is not on screen. It never imports Qt."""
