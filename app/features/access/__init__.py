"""Who has a way into the vault: people and their secrets, its key, and opening in an emergency."""
