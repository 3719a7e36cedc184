"""Groups: who is in them and who waits, their sessions, and the notes these leave in charts."""
