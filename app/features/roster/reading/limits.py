"""How much a roster file may ask of the computer before it is refused."""

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds in bytes, counts and characters; far above any real district, far below harm."""

    packed: int = 512 * _MIB
    unpacked: int = 768 * _MIB
    member: int = 384 * _MIB
    workbook: int = 128 * _MIB
    ratio: int = 250
    ratio_from: int = 8 * _MIB
    members: int = 2_000
    rows: int = 2_000_000
    columns: int = 400
    field: int = 4_000


LIMITS = Limits()
"""The bounds in force; tests pass smaller ones."""
