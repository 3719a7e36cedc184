"""Cryptography only: keybag, slots, sealing."""
