"""What is copied out of the desk: marked as secret for those who keep clipboards, and taken back.

One listener at the clipboard serves every widget, Qt's own and ours: whatever this program puts
there is put again as plain text with the marks beside it, before anybody else is answered.
"""

import os
import sys
from typing import Any

import shiboken6
from PySide6.QtCore import QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QApplication

KEPT_S = 30
"""Seconds after which what was copied is taken back."""
_NO_DRAG = 1_000_000
_WINDOWS = 'application/x-qt-windows-mime;value="{name}"'

MARKS: dict[str, bytes] = {
    # KDE's clipboard and those that follow it do not keep what is marked so.
    "x-kde-passwordManagerHint": b"secret",
    # Windows: no clipboard history, no cloud clipboard, no monitoring programs.
    _WINDOWS.format(name="ExcludeClipboardContentFromMonitorProcessing"): b"\x01\x00\x00\x00",
    _WINDOWS.format(name="CanIncludeInClipboardHistory"): b"\x00\x00\x00\x00",
    _WINDOWS.format(name="CanUploadToCloudClipboard"): b"\x00\x00\x00\x00",
}
"""What stands beside the text: a request to others, which not all of them heed."""
MAC_MARKS = ("org.nspasteboard.ConcealedType", "org.nspasteboard.TransientType")
"""The same for macOS (nspasteboard.org)."""

_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)


class ClipboardGuard(QObject):
    """Marks what is copied here, and takes it back after half a minute, at lock and at closing.

    What was copied is not kept for that: a keyed digest tells whether it still stands there.
    """

    copied = Signal()
    """Something was put on the clipboard that will be taken back."""

    def __init__(self, app: QGuiApplication, board: QClipboard | None = None) -> None:
        super().__init__(app)
        self._board = board or app.clipboard()
        self._key = os.urandom(32)
        self._digests: dict[QClipboard.Mode, bytes] = {}
        self._marking = False
        self._open = False
        self._listening = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_S * 1000)
        self._timer.timeout.connect(self.take_back)

    def begin(self) -> None:
        """Watch what is copied from now on, and let no text be dragged out of the windows."""
        if self._listening:
            return
        self._listening = True
        QApplication.setStartDragDistance(_NO_DRAG)
        self._board.changed.connect(self._changed)
        app = QGuiApplication.instance()
        if app is not None:
            # On X11 Qt hands what it holds to a clipboard manager when it ends.
            app.aboutToQuit.connect(self.take_back)

    def end(self) -> None:
        """Watch no longer; what was copied is taken back."""
        self.take_back()
        if self._listening:
            self._listening = False
            QApplication.setStartDragDistance(10)
            self._board.changed.disconnect(self._changed)

    def put_openly(self, text: str) -> None:
        """Copy a text that names nobody; it stays on the clipboard."""
        self._open = True
        try:
            self._board.setText(text)
        finally:
            self._open = False
        self._digests.pop(QClipboard.Mode.Clipboard, None)

    def take_back(self) -> None:
        """Clear what was copied here, wherever it still stands."""
        self._timer.stop()
        for mode in _MODES:
            digest = self._digests.pop(mode, None)
            if mode == QClipboard.Mode.Selection and not self._board.supportsSelection():
                continue
            if self._owns(mode) or (digest is not None and self._still(mode, digest)):
                self._board.clear(mode)

    def _changed(self, mode: QClipboard.Mode) -> None:
        if self._marking or self._open or mode not in _MODES or not self._owns(mode):
            return
        text = self._board.text(mode)
        if not text:
            self._digests.pop(mode, None)
            return
        self._digests[mode] = self._digest(text)
        marked = QMimeData()
        marked.setText(text)
        for name, value in MARKS.items():
            marked.setData(name, value)
        self._marking = True
        try:
            self._board.setMimeData(marked, mode)
        finally:
            self._marking = False
        if sys.platform == "darwin":
            _mark_pasteboard()
        self._timer.start()
        if mode == QClipboard.Mode.Clipboard:
            self.copied.emit()

    def _owns(self, mode: QClipboard.Mode) -> bool:
        if mode == QClipboard.Mode.Clipboard:
            return self._board.ownsClipboard()
        return self._board.supportsSelection() and self._board.ownsSelection()

    def _still(self, mode: QClipboard.Mode, digest: bytes) -> bool:
        """Tell whether another program holds our very text by now, as clipboard managers do."""
        import hmac

        return hmac.compare_digest(self._digest(self._board.text(mode)), digest)

    def _digest(self, text: str) -> bytes:
        import hashlib  # late: the lock screen copies nothing

        return hashlib.blake2b(text.encode(errors="surrogatepass"), key=self._key).digest()


_guard: ClipboardGuard | None = None


def clipboard_guard() -> ClipboardGuard:
    """Return the one guard of the running program."""
    global _guard
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        raise TypeError(app)
    if _guard is None or not shiboken6.isValid(_guard):
        _guard = ClipboardGuard(app)
    return _guard


def _mark_pasteboard(cocoa: Any = None) -> None:
    """Add the marks of macOS beside what Qt has put on the pasteboard."""
    from ui.kit.cocoa import Cocoa

    runtime = cocoa or Cocoa.here()
    if runtime is None:
        return
    board = runtime.send(runtime.kind("NSPasteboard"), "generalPasteboard")
    for name in MAC_MARKS:
        mark = runtime.text(name)
        marks = runtime.send(runtime.kind("NSArray"), "arrayWithObject:", mark)
        runtime.send(board, "addTypes:owner:", marks, 0)
        runtime.send(board, "setString:forType:", runtime.text(""), mark)
