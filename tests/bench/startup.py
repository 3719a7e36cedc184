"""Start to painted lock screen, against a QMainWindow with one word in it: seconds and memory, side by side.

Each start is a process of its own, the two kinds take turns; what counts is the median
of the ratios of neighbours, so that a busy minute weighs on both. Floors: 1.6 times the time, 2 times the memory.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

TIME_FLOOR, MEMORY_FLOOR = 1.6, 2.0

BARE = """
import sys
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(QLabel("hi"))
window.resize(1280, 800)
"""
LOCK = """
import gc
import sys
gc.disable()
from pathlib import Path
from ui.shell.desk import begin_desk
app, window = begin_desk(Path(sys.argv[1]))
"""
PAINTED = """
from PySide6.QtCore import QEvent, QObject, QTimer
import json, os, resource, time
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest:
            QTimer.singleShot(0, done)
        return False
def done():
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"at": time.clock_gettime(time.CLOCK_MONOTONIC), "peak": peak}), flush=True)
    os._exit(0)
painted = Painted()
window.show()
window.windowHandle().installEventFilter(painted)
window.installEventFilter(painted)
QTimer.singleShot(0, lambda: window.repaint())
app.exec()
"""


def start(script: str, vault: Path, home: Path) -> tuple[float, float]:
    """Return seconds until the window was painted, and its peak memory in MiB."""
    import time

    environment = {**os.environ, "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    begin = time.clock_gettime(time.CLOCK_MONOTONIC)
    run = subprocess.run(
        [sys.executable, "-c", script + PAINTED, str(vault)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    facts = json.loads(run.stdout.splitlines()[-1])
    return facts["at"] - begin, facts["peak"] / 1024


def main(rounds: int = 9) -> bool:
    """Measure, print the ratios, and tell whether both floors hold."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        vault = home / "v.casewell"
        vault.mkdir()
        (vault / "keybag.json").write_text("{}", encoding="utf-8")
        found: dict[str, list[tuple[float, float]]] = {BARE: [], LOCK: []}
        for turn in range(rounds + 1):
            for script, kept in found.items():
                measured = start(script, vault, home)
                if turn:
                    kept.append(measured)
    time_ratio, memory_ratio = (
        statistics.median(
            lock[which] / bare[which] for bare, lock in zip(found[BARE], found[LOCK], strict=True)
        )
        for which in (0, 1)
    )
    print(f"lock screen / bare window, time:   {time_ratio:5.2f}  (floor {TIME_FLOOR:.2f})")
    print(f"lock screen / bare window, memory: {memory_ratio:5.2f}  (floor {MEMORY_FLOOR:.2f})")
    return time_ratio <= TIME_FLOOR and memory_ratio <= MEMORY_FLOOR


if __name__ == "__main__":
    sys.exit(0 if main(int(sys.argv[1]) if len(sys.argv) > 1 else 9) else 1)
