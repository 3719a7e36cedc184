"""Names for what is still being written, one for each try that is under way.

A try that was given up may still have a hand at work, while the next one writes the same
thing. The names are few, so that what a try leaves behind is written over by a later one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

_guard = threading.Lock()
_taken: set[tuple[str, int]] = set()


@contextmanager
def part_beside(folder: str, name: str) -> Iterator[str]:
    """Give a name beside `name` that no other try in this process is writing under."""
    place = f"{folder}/{name}"
    with _guard:
        number = next(n for n in count() if (place, n) not in _taken)
        _taken.add((place, number))
    try:
        yield f".{name}.{number}.part"
    finally:
        with _guard:
            _taken.discard((place, number))
