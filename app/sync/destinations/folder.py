"""A folder: a share of the network, or a stick.

The folder itself is never made: where it is not, the share or the stick is not, and what was
written there would lie on this computer and arrive nowhere.
"""

import errno
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from app.sync.parcels import Address
from app.sync.troubles import SendingTrouble

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


class Folder:
    """A folder that this computer reaches as its own."""

    def __init__(self, address: Address) -> None:
        self._root = Path(address.options.get("path", ""))
        self._ahead: float | None = None
        self._stands()

    def put(self, path: str, data: bytes) -> None:
        """Write `data` beside `path`, have it on the medium, then let it take its name."""
        place = self._root / path
        part = place.with_name(f".{place.name}.part")
        try:
            self._stands()
            self._make_folders(place.parent)
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                if self._ahead is None:
                    self._ahead = os.fstat(file.fileno()).st_mtime - datetime.now(UTC).timestamp()
            part.replace(place)
            _have_folder_on_medium(place.parent)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise self._trouble(error) from None

    def get(self, path: str) -> bytes:
        """Return what is at `path`."""
        try:
            return (self._root / path).read_bytes()
        except OSError as error:
            raise self._trouble(error) from None

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`; none of what is still being written."""
        try:
            self._stands()
            found = [one.name for one in (self._root / folder).iterdir()]
            return [name for name in found if not name.startswith(".")]
        except FileNotFoundError:
            self._stands()
            return []
        except OSError as error:
            raise self._trouble(error) from None

    def server_time(self) -> datetime | None:
        """Return what the clock of the share shows, once something was written."""
        if self._ahead is None:
            return None
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._ahead, UTC)

    def close(self) -> None:
        """Nothing is held open."""

    def _stands(self) -> None:
        if not (self._root.is_absolute() and self._root.is_dir()):
            raise SendingTrouble("sending-folder-gone")

    def _make_folders(self, folder: Path) -> None:
        missing = []
        while folder != self._root and not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            with suppress(FileExistsError):
                one.mkdir()

    def _trouble(self, error: OSError) -> SendingTrouble:
        if error.errno in _FULL or getattr(error, "winerror", None) in (39, 112):
            return SendingTrouble("sending-full")
        if not self._root.is_dir():
            return SendingTrouble("sending-folder-gone")
        if error.errno in _DENIED:
            return SendingTrouble("sending-denied")
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return SendingTrouble("sending-missing")
        return SendingTrouble("sending-server-error")


def _have_folder_on_medium(folder: Path) -> None:
    """Have the new name itself on the medium; not every system lets a folder be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
