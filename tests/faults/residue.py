"""Looking for what should not be there: in files, and in the memory of a running process."""

import os
from collections.abc import Iterable
from pathlib import Path

_CHUNK = 1 << 22


def forms(text: str) -> tuple[bytes, ...]:
    """Return `text` as it may lie around: UTF-8, UTF-16 as Qt keeps it, UTF-32 as Python may."""
    return (text.encode(), text.encode("utf-16-le"), text.encode("utf-32-le"))


def files_with(folders: Iterable[Path], needles: Iterable[bytes]) -> list[Path]:
    """Return the files under `folders` that hold one of `needles`, in content or name."""
    wanted = tuple(needles)
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            name = os.fsencode(path.name)
            if any(needle in name for needle in wanted):
                found.append(path)
            elif path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                if any(needle in data for needle in wanted):
                    found.append(path)
    return found


def memory_holds(pid: int, needles: Iterable[bytes]) -> list[tuple[str, bytes]]:
    """Return (mapping, needle) for each of `needles` found in the readable memory of `pid`."""
    wanted = tuple(needles)
    longest = max(len(needle) for needle in wanted)
    found = []
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *rest = line.split(None, 5)
            if "r" not in rights or (rest and rest[-1].strip() in {"[vvar]", "[vsyscall]"}):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            place, tail = start, b""
            while place < end:
                try:
                    memory.seek(place)
                    data = memory.read(min(_CHUNK, end - place))
                except (OSError, ValueError, OverflowError):
                    break
                if not data:
                    break
                joined = tail + data
                found += [(line.strip(), needle) for needle in wanted if needle in joined]
                tail = joined[-longest:]
                place += len(data)
    return found
