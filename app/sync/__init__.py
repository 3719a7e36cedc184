"""What leaves by itself: how it is sealed, where it goes, how it is tried again. No database."""
