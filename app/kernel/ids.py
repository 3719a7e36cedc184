"""Identifiers, made on the device: UUID version 7 (RFC 9562 §5.7)."""

import os
import threading
import time
from datetime import datetime
from typing import NewType

PersonId = NewType("PersonId", str)
DeviceId = NewType("DeviceId", str)
SchoolId = NewType("SchoolId", str)
StudentId = NewType("StudentId", str)
NoteId = NewType("NoteId", str)
DraftId = NewType("DraftId", str)

_guard = threading.Lock()
_last_ms = 0
_last_counter = 0
_COUNTER_BITS = 12
_RANDOM_BITS = 62
_VARIANT = {sign: "89ab"[int(sign, 16) & 3] for sign in "0123456789abcdef"}


def new_id() -> str:
    """Return a new UUIDv7 in its 36-character form.

    Ids of one process grow strictly, also when the wall clock stands still or
    steps back: the 12 bits after the time are a counter, the last 62 are random.
    """
    global _last_ms, _last_counter
    with _guard:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms = now
            _last_counter = int.from_bytes(os.urandom(2), "big") & 0x3FF
        else:
            _last_counter += 1
            if _last_counter >> _COUNTER_BITS:
                _last_ms += 1
                _last_counter = 0
        ms, counter = _last_ms, _last_counter
    tail = int.from_bytes(os.urandom(8), "big") >> (64 - _RANDOM_BITS)
    number = (ms & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | tail
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_ids(count: int) -> list[str]:
    """Return `count` new UUIDv7 in growing order, made together: for bulk writing.

    They run ahead of the clock by a millisecond for each 4,096 of them.
    """
    global _last_ms, _last_counter
    if count <= 0:
        return []
    with _guard:
        first_ms = max(time.time_ns() // 1_000_000, _last_ms + 1)
        _last_ms = first_ms + (count - 1 >> _COUNTER_BITS)
        _last_counter = count - 1 & 0xFFF
    tails = os.urandom(8 * count).hex()
    ids: list[str] = []
    for place in range(count):
        ms = f"{first_ms + (place >> _COUNTER_BITS):012x}"
        at = place * 16
        variant = _VARIANT[tails[at]]
        ids.append(
            f"{ms[:8]}-{ms[8:]}-7{place & 0xFFF:03x}"
            f"-{variant}{tails[at + 1 : at + 4]}-{tails[at + 4 : at + 16]}"
        )
    return ids


def follow(newest: str) -> None:
    """Let every id from now on sort after `newest`, whatever the clock says now."""
    if is_id(newest):
        digits = newest.replace("-", "")
        _go_on_from(int(digits[:12], 16), int(digits[13:16], 16))


def follow_time(moment: datetime) -> None:
    """Let every id from now on sort after those made at an aware `moment`, as `follow` does."""
    _go_on_from(int(moment.timestamp() * 1_000), (1 << _COUNTER_BITS) - 1)


def _go_on_from(ms: int, counter: int) -> None:
    global _last_ms, _last_counter
    with _guard:
        _last_ms, _last_counter = max((_last_ms, _last_counter), (ms, counter))


def is_id(text: str) -> bool:
    """Tell whether `text` is a UUID in its canonical 36-character form."""
    groups = text.split("-")
    return [len(group) for group in groups] == [8, 4, 4, 4, 12] and all(
        sign in "0123456789abcdef" for group in groups for sign in group
    )
