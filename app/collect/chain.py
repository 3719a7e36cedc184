"""The chain of one desk's manifests at one place: what follows, what is missing, what lies.

A manifest that does not follow is refused; one that is missing is a gap, which later ones do not
wait for: once it appears, the hash that its successor names tells whether it is the one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique


@dataclass(frozen=True, slots=True)
class Link:
    """What of a manifest ties it to its neighbours."""

    counter: int
    sha256: str
    previous: str
    restart: bool
    """It names everything that is kept, so that nothing before it is needed."""


Links = Mapping[int, Link]
"""The manifests of a desk that were found to be right, by counter."""


@unique
class Fit(StrEnum):
    """How a manifest stands to those that were found to be right."""

    FITS = "fits"
    BROKEN = "manifest-chain"
    """A neighbour's hash says otherwise: two vaults write with one key, or someone lies."""
    REPLACED = "manifest-replaced"
    """Its counter was taken before, with other bytes."""
    UNPROVEN = "manifest-unproven"
    """It would fill a gap, and its successor, which could vouch for it, is not there either."""
    OVERTAKEN = "manifest-overtaken"
    """A restart came after it and stands without it."""


def base(links: Links) -> int:
    """Return the counter from which on a chain must be whole: 1, or that of its last restart."""
    return max((link.counter for link in links.values() if link.restart), default=1)


def last(links: Links) -> int:
    """Return the highest counter; 0 where there is none."""
    return max(links, default=0)


def fit(link: Link, links: Links) -> Fit:
    """Tell how a manifest stands to the others."""
    same = links.get(link.counter)
    if same is not None:
        return Fit.FITS if same == link else Fit.REPLACED
    before, after = links.get(link.counter - 1), links.get(link.counter + 1)
    if before is not None and not link.restart and link.previous != before.sha256:
        return Fit.BROKEN
    if link.counter < last(links):
        if after is None:
            return Fit.UNPROVEN
        if after.previous != link.sha256:
            return Fit.OVERTAKEN if after.restart else Fit.BROKEN
    return Fit.FITS


def gaps(links: Links) -> list[tuple[int, int]]:
    """Return the first and the last counter of each run of manifests that are missing."""
    expected, found = base(links), []
    for counter in sorted(links):
        if counter > expected:
            found.append((expected, counter - 1))
        if counter >= expected:
            expected = counter + 1
    return found
