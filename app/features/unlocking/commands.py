"""The unlocking room's commands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnOnKeyring:
    """Let this computer's keyring open the vault, for whoever enters the passphrase now."""

    passphrase: str
    alone: bool
    """Their word that nobody else uses this computer's account."""


@dataclass(frozen=True, slots=True)
class TurnOffKeyring:
    """Let only secrets that people keep open the vault, on every computer."""
