"""Unlocking with this computer's keyring, for those who choose it."""
