"""The vault's folder: which files it holds, and who holds it now."""

import contextlib
import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.kernel.errors import Refused, Trouble

if TYPE_CHECKING:
    from app.kernel.clock import Moment

SUFFIX = ".casewell"


@dataclass(frozen=True, slots=True)
class VaultFolder:
    """A folder `NAME.casewell/` with one encrypted file and two copies of its keybag."""

    path: Path

    @property
    def records(self) -> Path:
        """The SQLCipher file."""
        return self.path / "records.db"

    @property
    def keybag(self) -> Path:
        """The keybag."""
        return self.path / "keybag.json"

    @property
    def keybag_copy(self) -> Path:
        """The keybag's second copy."""
        return self.path / "keybag.copy.json"

    @property
    def holder(self) -> Path:
        """Where the process that has the vault open says so."""
        return self.path / "open.json"

    def exists(self) -> bool:
        """Tell whether a vault stands here, whole or damaged."""
        return self.records.exists() or self.keybag.exists() or self.keybag_copy.exists()

    def writable(self) -> bool:
        """Tell whether the vault can be written to: the folder, and the file in it."""
        return os.access(self.path, os.W_OK) and (
            not self.records.exists() or os.access(self.records, os.W_OK)
        )

    def make(self) -> None:
        """Create the folder, readable by its owner alone; refuse one that is in use.

        Refused too is a place inside a vault or a backup: it would go when that goes.
        """
        for above in self.path.absolute().parents:
            if VaultFolder(above).exists():
                raise Refused("vault-place-taken", "place", path=str(above))
        if self.path.exists():
            if not self.path.is_dir():
                raise Refused("vault-place-taken", "place", path=str(self.path))
            if any(self.path.iterdir()):
                code = "vault-exists" if self.exists() else "vault-place-taken"
                raise Refused(code, "place", path=str(self.path))
        try:
            make_folders(self.path)
            self.path.chmod(0o700)
        except OSError as error:
            raise Trouble(
                "vault-place-unwritable", path=str(self.path), reason=error.strerror
            ) from error


def named(place: Path) -> VaultFolder:
    """Return the vault folder at `place`, whose name ends in `.casewell`."""
    if place.suffix != SUFFIX:
        place = place.with_name(place.name + SUFFIX)
    return VaultFolder(place)


def read_small(path: Path, most: int) -> bytes | None:
    """Return a file's bytes; None for more than `most`, and for what is no file.

    A pipe or a device in a folder that someone handed over would never end.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        return None
    with path.open("rb") as file:
        data = file.read(most + 1)
    return data if len(data) <= most else None


def write_atomically(path: Path, data: bytes) -> None:
    """Replace `path` by `data`: after a power cut it holds the old bytes or the new, whole."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a folder's entries durable, where the system has a way to (Windows has none)."""
    if sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folders(path: Path) -> None:
    """Make a folder and those above it that are missing, so that a power cut leaves them there."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    for folder in made:
        # Who may write to a folder may still not be allowed to read it.
        with contextlib.suppress(OSError):
            sync_folder(folder.parent)


class Hold:
    """One process's hold on a vault; a second process is told who has it."""

    def __init__(self, folder: VaultFolder) -> None:
        from filelock import FileLock

        self._folder = folder
        # One thread opens the vault, another closes it: the hold is the process's.
        self._lock = FileLock(folder.path / "open.lock", mode=0o600, thread_local=False)

    def take(self, now: "Moment", purpose: str) -> None:
        """Take hold of the vault for `purpose` (`desk`, `import` …), or say who has it.

        A folder that cannot be written to needs no hold: it is only read.
        """
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            pid, held_for, since = self._who()
            raise Trouble("vault-held", pid=pid, purpose=held_for, since=since) from None
        except OSError as error:
            if not self._folder.writable():
                return
            raise Trouble(
                "vault-place-unwritable", path=str(self._folder.path), reason=error.strerror
            ) from error
        facts = {"pid": os.getpid(), "purpose": purpose, "since": now.at}
        with contextlib.suppress(OSError):
            self._folder.holder.write_text(json.dumps(facts), encoding="utf-8")

    def release(self) -> None:
        """Let go."""
        if self._lock.is_locked:
            with contextlib.suppress(OSError):
                self._folder.holder.unlink(missing_ok=True)
            self._lock.release()

    def _who(self) -> tuple[int | None, str | None, str | None]:
        try:
            facts = json.loads(self._folder.holder.read_text(encoding="utf-8"))
            return int(facts["pid"]), str(facts["purpose"]), str(facts["since"])
        except (OSError, ValueError, KeyError, TypeError):
            return None, None, None
