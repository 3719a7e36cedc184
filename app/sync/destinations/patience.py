"""How long to wait for the other side before a try counts as over, and how much to take of it."""

from dataclasses import dataclass

MOST = 64 * 1024 * 1024
"""Bytes of a file; nothing that we ask for is longer."""

MOST_NAMES = 100_000
"""Names in a folder; none of ours has more."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds; what is longer has stalled."""

    connect: float = 20.0
    """Until a connection stands."""
    silence: float = 60.0
    """Without a byte in either direction."""
    whole: float = 600.0
    """For one request and its answer, however much trickles."""


USUAL = Patience()
