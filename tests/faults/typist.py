"""The real desk with someone typing at it; a process of its own, there to be killed.

    python typist.py VAULT PASSPHRASE ACKS MODE      a seed, `lock …` or `careless`

Every line in ACKS is written and synced after what it tells of: `typed N T` after the
key that ended word N of the draft at time T, `signed ID` once the signed note stands on
the screen, `draft ID` when a draft is begun, `imported` after an import, `ready`.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from app.features.sessions.service import SessionsService
from app.vault.places import ThisDevice
from ui.kit.widgets.dialogs import Question
from ui.shell.desk import Frame, application


class Typist:
    """Types words into notes and signs them, for ever."""

    def __init__(self, vault: Path, passphrase: str, acks: Path) -> None:
        self._acks = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        device = ThisDevice.here()
        self.app = application(device)
        self.frame = Frame(device, vault)
        self.frame.begin()
        self.frame.show()
        self.frame.open_vault(passphrase)
        self.wait(lambda: self.frame.desk_window is not None)
        self.rest(0.3)

    def ack(self, line: str) -> None:
        os.write(self._acks, f"{line}\n".encode())

    def wait(self, done: object, seconds: float = 60.0) -> None:
        """Keep the desk going until `done()`."""
        assert callable(done)
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until:
                raise TimeoutError(self.frame.desk_window and self.frame.desk_window.here)
            self.app.processEvents()
            time.sleep(0.002)

    def rest(self, seconds: float) -> None:
        """Keep the desk going for a while."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until)

    @property
    def here(self) -> tuple[str, str]:
        window = self.frame.desk_window
        assert window is not None
        return window.here

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        target = QApplication.focusWidget() or self.frame
        QTest.keyClick(target, key, modifier or Qt.KeyboardModifier.NoModifier)
        self.app.processEvents()

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget() or self.frame, text)
        self.app.processEvents()

    def begin_note(self, letters: str) -> QPlainTextEdit:
        """Ctrl+N, a few letters of the student, then Tab to the text."""
        # The desktop gives a window its place back when a dialog goes; offscreen nobody does.
        self.frame.activateWindow()
        self.wait(self.frame.isActiveWindow)
        self.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.here[0] == "note")
        self.wait(lambda: QApplication.focusWidget() is not None)
        self.rest(0.1)
        self.type(letters)
        search = QApplication.focusWidget()
        until = time.monotonic() + 20
        while QApplication.focusWidget() is search and time.monotonic() < until:
            self.rest(0.4)  # the list of those found comes when it comes
            self.key(Qt.Key.Key_Return)
            self.rest(0.1)
        for _ in range(12):
            focus = QApplication.focusWidget()
            if isinstance(focus, QPlainTextEdit):
                return focus
            self.key(Qt.Key.Key_Tab)
        raise LookupError(QApplication.focusWidget())

    def sign(self) -> None:
        """Ctrl+Enter, and yes."""
        draft = self.here[1]
        QTimer.singleShot(50, self._accept)
        self.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.here == ("signed", draft))
        self.ack(f"signed {draft}")

    def _accept(self) -> None:
        sheet = QApplication.activeModalWidget()
        if isinstance(sheet, Question):
            QTest.keyClick(sheet.act, Qt.Key.Key_Space)
        else:
            QTimer.singleShot(20, self._accept)

    def write_a_note(self, words: int, seed: int = 0) -> None:
        """Begin a note and type so many words."""
        self.begin_note("typ")
        self.ack(f"draft {self.here[1]}")
        for number in range(1, words + 1):
            self.type(f"word{number:04d} ")
            self.ack(f"typed {number} {time.time():.4f}")
            if number % 5 == seed % 5:
                self.rest(0.02)

    def write_for_ever(self, seed: int) -> None:
        """Write notes and sign most of them."""
        turn = 0
        while True:
            turn += 1
            self.write_a_note(15 + (seed + turn) % 25, seed)
            if (turn + seed) % 4:
                self.sign()
            else:
                self.rest(0.05)


def main() -> None:
    vault, passphrase, acks, mode = sys.argv[1:5]
    qInstallMessageHandler(lambda *_message: None)
    typist = Typist(Path(vault), passphrase, Path(acks))
    typist.ack("ready")
    if mode == "careless":
        # The drill's own proof: drafts that are told as saved and are not.
        SessionsService._save = staticmethod(lambda _tx, _draft: None)  # type: ignore[method-assign]
        typist.write_a_note(20)
        typist.rest(60)
    typist.write_for_ever(int(mode))


if __name__ == "__main__":
    main()
