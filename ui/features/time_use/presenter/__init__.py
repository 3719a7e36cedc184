"""What the time room's pages do."""
