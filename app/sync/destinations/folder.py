"""A folder: a share of the network, or a stick.

The folder itself is never made: where it is not, the share or the stick is not, and what was
written there would lie on this computer and arrive nowhere.
"""

import errno
import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.sync.destinations.parts import part_beside
from app.sync.destinations.patience import MOST, MOST_NAMES
from app.sync.parcels import Address
from app.sync.troubles import SendingTrouble

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG)
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
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
        with part_beside(str(place.parent), place.name) as beside:
            self._put(place, place.with_name(beside), data)

    def _put(self, place: Path, part: Path, data: bytes) -> None:
        made = False
        try:
            self._stands()
            self._make_folders(place.parent)
            # A new file: what lies there by that name may be a link to something of one's own.
            part.unlink(missing_ok=True)
            with part.open("xb") as file:
                made = True
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                if self._ahead is None:
                    self._ahead = os.fstat(file.fileno()).st_mtime - datetime.now(UTC).timestamp()
            part.replace(place)
            _have_folder_on_medium(place.parent)
        except OSError as error:
            if made:
                with suppress(OSError):
                    part.unlink()
            raise self._trouble(error) from None

    def get(self, path: str) -> bytes:
        """Return what is at `path`: a file, and of a size that one of ours can have."""
        try:
            # Opening a pipe would wait for somebody who writes into it.
            handle = os.open(self._root / path, _READ)
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise SendingTrouble("sending-refused")
                data = file.read(MOST + 1)
        except OSError as error:
            raise self._trouble(error) from None
        if len(data) > MOST:
            raise SendingTrouble("sending-refused")
        return data

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`; none of what is still being written."""
        try:
            self._stands()
            with os.scandir(self._root / folder) as listed:
                found = [one.name for one in islice(listed, MOST_NAMES + 1)]
            if len(found) > MOST_NAMES:
                raise SendingTrouble("sending-refused")
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
        if not (self._root.is_absolute() and self._is_there()):
            raise SendingTrouble("sending-folder-gone")

    def _is_there(self) -> bool:
        try:
            return self._root.is_dir()
        except OSError:  # a share that the system has lost, or that it may not look into
            return False

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
        if not self._is_there():
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
