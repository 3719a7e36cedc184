"""Opens what a person chose as a roster, together with the hash that its report keeps."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from app.features.roster.model import Roster
from app.features.roster.reading.detect import MappingNeeded, open_roster, read_table
from app.features.roster.reading.table import Mapping
from app.kernel.errors import Refused
from app.kernel.ports import Progress, no_progress

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """What was read: a roster, or a table whose columns must be mapped first."""

    path: Path
    sha256: str
    said: Roster | MappingNeeded


def open_file(
    path: Path, progress: Progress = no_progress, mapping: Mapping | None = None
) -> Opened:
    """Read the roster at `path`; Refused (field `file`) when nothing of it can be used."""
    said = open_roster(path, progress) if mapping is None else read_table(path, mapping, progress)
    return Opened(path, sha256_of(path, progress), said)


def sha256_of(path: Path, progress: Progress = no_progress) -> str:
    """Return the SHA-256 of a file; of a folder, over the names and bytes of its files."""
    hashed = hashlib.sha256()
    try:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            if file is not path:
                hashed.update(f"{file.relative_to(path).as_posix()}\0".encode())
            with file.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    hashed.update(block)
                    progress(0, 0)
    except OSError as error:
        raise Refused("roster-not-readable", "file", file=path.name) from error
    return hashed.hexdigest()
