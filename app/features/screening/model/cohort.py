"""Counts over many students, from which no single child can be read."""

from collections.abc import Mapping

LEAST = 5
"""Counts below this are held back where nothing else is set."""


def held_back(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """Return counts with small ones held back, so that nothing can be subtracted from the sum.

    None is a count that is held back: one below `least` that is not 0; and where only one
    would be, the smallest of the others with it.
    """
    shown: dict[str, int | None] = dict(counts)
    hidden = [name for name, count in counts.items() if 0 < count < least]
    if len(hidden) == 1:
        others = [name for name, count in counts.items() if name not in hidden and count > 0]
        if others:
            hidden.append(min(others, key=lambda name: (counts[name], name)))
    for name in hidden:
        shown[name] = None
    return shown
