"""What can be asked of the district room."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LoadDistrictFile:
    """Take a district's file; its words are needed for the first of a key."""

    data: bytes = field(repr=False)
    words: str = ""
    """The eight words of the key as IT said them."""
    shown_as: str = ""
    """How whoever loads it is named to the district; empty: as before, or as in the vault."""


@dataclass(frozen=True, slots=True)
class LeaveDistrict:
    """Belong to the district no more; what it asked for is asked no more."""
