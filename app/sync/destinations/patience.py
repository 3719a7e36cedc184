"""How long to wait for the other side before a try counts as over."""

from dataclasses import dataclass


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
