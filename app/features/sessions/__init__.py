"""Session notes: drafts, signing, addenda, amendments, sole-possession notes."""
