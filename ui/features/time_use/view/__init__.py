"""What the time room's pages look like."""
