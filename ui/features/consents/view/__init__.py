"""What the consents room's pages look like."""
