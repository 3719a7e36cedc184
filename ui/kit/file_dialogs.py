"""What Qt's file dialogs write down of the folders that were visited: nothing stays.

A folder may be named after a student. What the desktop's own dialogs remember is the desktop's.
"""

import os

from PySide6.QtCore import QSettings

from app.vault.computer import this_system

_KEPT = ("FileDialog/history", "FileDialog/lastVisited")
_FORMAT, _SCOPE = QSettings.Format.NativeFormat, QSettings.Scope.UserScope


def keep_no_places() -> None:
    """Let Qt write its settings nowhere, where they are a file; within one run it remembers."""
    if this_system() == "linux":
        QSettings.setPath(_FORMAT, _SCOPE, os.devnull)


def forget_places() -> None:
    """Take back what Qt wrote of the folders, where it writes to a registry of the system's."""
    if this_system() != "linux":
        kept = QSettings(_SCOPE, "QtProject")
        for name in _KEPT:
            kept.remove(name)
