"""What an instrument is, how it is scored, and what its answers ask for."""
