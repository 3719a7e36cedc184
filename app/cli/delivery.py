"""Handing over what is shown only once, so that it is not lost on the way."""

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from app.kernel.errors import Refused, Trouble


class Delivery:
    """A new file, its owner's alone, that is there before anything is done; or the terminal.

    Refuses a file that exists and one that cannot be written, while nothing has happened
    yet. A file that was left empty in the end is taken away again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the place of the file."""
        if self._path is not None:
            try:
                self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                raise Refused("file-exists", path=str(self._path)) from None
            except OSError as error:
                raise Trouble(
                    "file-unwritable", path=str(self._path), reason=error.strerror
                ) from None
        return self

    def hand_over(self, secret: str | bytes) -> bool:
        """Write the secret to the file; False says that it has to be shown on the terminal."""
        if self._path is None or self._descriptor is None:
            return False
        descriptor, self._descriptor = self._descriptor, None
        data = secret.encode() + b"\n" if isinstance(secret, str) else secret
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._path.unlink()
            return False
        return True

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Take an empty file away."""
        if self._descriptor is not None and self._path is not None:
            os.close(self._descriptor)
            with contextlib.suppress(OSError):
                self._path.unlink()
