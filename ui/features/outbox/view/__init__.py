"""What the pages of the outbox show."""
