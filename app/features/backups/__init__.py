"""Backups: encrypted copies of the vault, opened and checked before an older one goes."""
