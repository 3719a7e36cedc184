"""Keeping the desk out of screen sharing and screenshots, where the system offers a way.

Windows promises none of it ("no guarantee", SetWindowDisplayAffinity); macOS leaves windows out
of what other programs record. Linux offers programs nothing of the kind. It helps against a
meeting that shares the wrong screen, not against a camera or a program that means harm.
"""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import shiboken6
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QWindow

if TYPE_CHECKING:
    from ui.kit.cocoa import Cocoa

_LEFT_OUT = 0x11  # WDA_EXCLUDEFROMCAPTURE (Windows 10, version 2004, and later)
_BLACK = 0x01  # WDA_MONITOR: what older versions know
_NOTHING = 0x00


class Capture(Protocol):
    """The port to the system's way of leaving windows out of pictures."""

    offered: bool
    """Whether the system has one."""

    def leave_out(self, window: int, *, on: bool) -> bool:
        """Leave a native window out of pictures, or show it again; False if it was refused."""
        ...


class NoCapture:
    """A system without one."""

    offered = False

    def leave_out(self, window: int, *, on: bool) -> bool:
        """Change nothing."""
        return False


class WindowsCapture:
    """Windows, by the affinity of a window to its display."""

    offered = True

    def __init__(self, user32: Any = None) -> None:
        self._user32 = user32 if user32 is not None else _windows_library("user32")

    def leave_out(self, window: int, *, on: bool) -> bool:
        """Set the affinity; where leaving out is unknown, the window is black instead."""
        if self._user32 is None:
            return False
        import ctypes

        wanted = (_LEFT_OUT, _BLACK) if on else (_NOTHING,)
        handle = ctypes.c_void_p(window)
        return any(
            bool(self._user32.SetWindowDisplayAffinity(handle, ctypes.c_uint32(each)))
            for each in wanted
        )


class MacCapture:
    """macOS, by the sharing type of an NSWindow, over the runtime of Objective-C."""

    offered = True

    def __init__(self, cocoa: "Cocoa | None" = None) -> None:
        from ui.kit.cocoa import Cocoa

        self._cocoa = cocoa if cocoa is not None else Cocoa.here()

    def leave_out(self, window: int, *, on: bool) -> bool:
        """Set the sharing type of the window that holds the native view `window`."""
        if self._cocoa is None:
            return False
        none, read_only = 0, 1  # NSWindowSharingNone, NSWindowSharingReadOnly
        holder = self._cocoa.send(window, "window")
        if not holder:
            return False
        self._cocoa.send(holder, "setSharingType:", none if on else read_only)
        return True


def capture_here() -> Capture:
    """Return this system's way."""
    name = QGuiApplication.platformName()
    if sys.platform == "win32" and name == "windows":
        return WindowsCapture()
    return MacCapture() if sys.platform == "darwin" and name == "cocoa" else NoCapture()


class CaptureGuard(QObject):
    """Leaves every window of the program out of pictures: dialogs, menus and lists too."""

    def __init__(self, app: QGuiApplication, capture: Capture | None = None) -> None:
        super().__init__(app)
        self._app = app
        self._capture = capture if capture is not None else capture_here()
        self._on = False
        self.refused = False
        """Whether the system refused it for a window."""

    @property
    def offered(self) -> bool:
        """Whether the system has a way."""
        return self._capture.offered

    @property
    def on(self) -> bool:
        """Whether windows are left out."""
        return self._on

    def set(self, *, on: bool) -> None:
        """Leave all windows out from now on, or none."""
        if not self._capture.offered or on == self._on:
            return
        self._on = on
        if on:
            # Only where it is offered: a listener to all events is not free.
            self._app.installEventFilter(self)
        else:
            self._app.removeEventFilter(self)
        for window in self._app.topLevelWindows():
            if window.isVisible():
                self._tell(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the system of each window before it is first painted."""
        shown = event.type() in {QEvent.Type.Show, QEvent.Type.Expose}
        if shown and isinstance(watched, QWindow) and watched.isTopLevel():
            self._tell(watched)
        return False

    def _tell(self, window: QWindow) -> None:
        if not self._capture.leave_out(int(window.winId()), on=self._on):
            self.refused = True


def _windows_library(name: str) -> Any:
    import ctypes

    libraries = getattr(ctypes, "WinDLL", None)
    try:
        return libraries(name) if libraries is not None else None
    except OSError:
        return None


_guard: CaptureGuard | None = None


def capture_guard() -> CaptureGuard:
    """Return the one guard of the running program."""
    global _guard
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        raise TypeError(app)
    if _guard is None or not shiboken6.isValid(_guard):
        _guard = CaptureGuard(app)
    return _guard


def hides(facts: Mapping[str, Any]) -> bool:
    """Tell whether this device is set to hide the desk; it is unless somebody said no."""
    return facts.get("hide_from_capture") is not False
