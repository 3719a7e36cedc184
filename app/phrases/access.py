"""Sentences about several people on one vault, its keys, and opening it in an emergency."""

from app.kernel.words import N_

SENTENCES: dict[str, str] = {
    "keybag-full": N_(
        "This vault has as many ways in as it can hold ({most}). Remove someone who is gone first."
    ),
    "keyring-slot-wrong": N_(
        "What this computer's keyring kept no longer opens the vault. Use your passphrase."
    ),
}
