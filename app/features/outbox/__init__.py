"""What waits to leave, where it goes, and what became of it."""
