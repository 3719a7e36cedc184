"""When to try again: full jitter, from a second to a quarter of an hour, for ever.

Full jitter (a chance between nothing and the doubled wait) keeps three hundred desks that lost
the same server from coming back to it in the same second.
"""

from collections.abc import Callable

BASE = 1.0
"""Seconds: the longest wait after the first failure."""

CAP = 15 * 60.0
"""Seconds: the longest wait there is."""

Chance = Callable[[], float]
"""Returns a number from 0 up to 1."""


def pause(failures: int, chance: Chance, after: float | None = None) -> float:
    """Return the seconds to wait after so many failures in a row (1: the first).

    What the other side asked for (`after`) is waited in full, and the jitter on top of it.
    """
    # Ten doublings reach the cap; the exponent stays small however long a server is away.
    longest = min(CAP, BASE * 2.0 ** min(max(failures - 1, 0), 16))
    return (after or 0.0) + chance() * longest
