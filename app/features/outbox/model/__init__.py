"""What the outbox knows and the rules it goes by; no file, no database."""
