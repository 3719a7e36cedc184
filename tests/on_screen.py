"""The real desk on a real screen, led by lines on its standard input; a process of its own.

    python on_screen.py VAULT

Lines: `unlock PASSPHRASE`, `go PAGE`, `picture FILE`, `leave`. Each is answered by one line on
standard output once nothing is under way any more.
"""

import sys
import time
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.vault.places import ThisDevice
from ui.shell.desk import Frame, application


class Led:
    """Does what the lines say."""

    def __init__(self, vault: Path) -> None:
        device = ThisDevice.here()
        self.app = application(device)
        self.frame = Frame(device, vault)
        self.frame.begin()
        self.frame.show()
        self.frame.activateWindow()
        self._lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
        self._lines.activated.connect(self.hear)
        # A busy screen gives the window its place, and with it the focus, when it comes to it.
        self.wait(lambda: QApplication.focusWidget() is not None)
        self.answer("shown")

    def hear(self, *_where: object) -> None:
        """Hear nothing more until this line is obeyed."""
        self._lines.setEnabled(False)
        QTimer.singleShot(0, self.frame, self.obey)

    def obey(self) -> None:
        """Do what the next line says."""
        what, _space, of = sys.stdin.readline().strip().partition(" ")
        window = self.frame.desk_window
        if what == "unlock":
            focus = QApplication.focusWidget()
            assert focus is not None, "the window did not get the focus"
            QTest.keyClicks(focus, of)
            QTest.keyClick(focus, Qt.Key.Key_Return)
            self.wait(lambda: self.frame.desk_window is not None)
        elif what == "go" and window is not None:
            window.go(of)
        elif what == "picture":
            self.frame.grab().save(of)
        else:
            self.frame.close()
            self.app.quit()
            return
        self.answer(what)
        self._lines.setEnabled(True)

    def answer(self, line: str) -> None:
        """Answer once nothing is under way."""
        self.wait(self.frame.tasks.idle)
        for _ in range(5):
            self.app.processEvents()
            time.sleep(0.01)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    def wait(self, done: object) -> None:
        """Keep the desk going until `done()`."""
        assert callable(done)
        until = time.monotonic() + 30
        while not done():
            assert time.monotonic() < until
            self.app.processEvents()
            time.sleep(0.002)


if __name__ == "__main__":
    led = Led(Path(sys.argv[1]))
    sys.exit(led.app.exec())
