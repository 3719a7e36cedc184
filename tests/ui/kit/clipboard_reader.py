"""Another program that reads the clipboard; each line on its input is answered by JSON.

Lines: `read` (the clipboard and the primary selection), `take` (holds what it read itself
from now on, as a clipboard manager does).
"""

import json
import sys
import time

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QClipboard, QGuiApplication

app = QGuiApplication(sys.argv[:1])
board = app.clipboard()
MODES = {"clipboard": QClipboard.Mode.Clipboard, "primary": QClipboard.Mode.Selection}


def rest(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.005)


def obey() -> None:
    what = sys.stdin.readline().strip()
    rest(0.05)
    found = {}
    for name, mode in MODES.items():
        data = board.mimeData(mode)
        marks = {
            each: bytes(data.data(each).data()).decode(errors="replace")
            for each in data.formats()
            if "Hint" in each
        }
        found[name] = {"text": board.text(mode), "marks": marks}
    if what == "take":
        board.setText(board.text())
        rest(0.05)
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    lines.setEnabled(True)


def hear(*_where: object) -> None:
    lines.setEnabled(False)
    QTimer.singleShot(0, obey)


lines = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
lines.activated.connect(hear)
sys.stdout.write("shown\n")
sys.stdout.flush()
sys.exit(app.exec())
