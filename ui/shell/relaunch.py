"""Ending the process that held the key: the same program begins anew, knowing nothing.

The fresh process gets a path and the window's place on its command line and no more;
with the old process image go its keys, its texts and its caches.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

LOCKED = "--locked"
"""Tells the fresh process that it comes after a lock; for nobody to type."""
DAMAGED = "--locked-damaged"
"""The same, and that the vault is to be repaired."""


def command(arguments: Sequence[str]) -> list[str]:
    """Return the command line that starts this program again with `arguments`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, *_interpreter_options(), "-m", "ui.shell.launch", *arguments]


def relaunch(arguments: Sequence[str]) -> NoReturn:
    """Replace this process by a fresh one; never returns, whatever happens."""
    line = command(arguments)
    try:
        if sys.platform == "win32":
            subprocess.Popen(line, close_fds=True)
        else:
            os.execv(line[0], line)  # noqa: S606 - the program itself, with its own arguments
    finally:
        # A process that could not start its successor still must not keep the key.
        os._exit(0 if sys.platform == "win32" else 1)


def _interpreter_options() -> list[str]:
    options = [f"-W{option}" for option in sys.warnoptions]
    if sys.flags.dev_mode:
        options.append("-Xdev")
    return options
