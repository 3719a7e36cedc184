"""What the consents room's pages read and carry out."""
