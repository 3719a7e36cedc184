"""School days at the real desk, one after another, on a clock that runs ahead.

    python soak.py FOLDER DAYS ROUNDS [leak]

A day is eight hours: ROUNDS times someone opens students, begins a note, types it while it is
saved by itself, signs it, searches, looks at Today, and the watches look whether a backup is
due and whether anyone is there; once a day a roster is imported and a few summaries are made
as PDF. After each round a line of JSON tells what the process holds. With `leak` it holds on
to a little more with every round: the drill's own proof.
"""

import csv
import ctypes
import gc
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QEvent, Qt, QTimer, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from typist import Typist

from app.bootstrap import verify_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.roster.commands import ImportRoster
from app.features.roster.model import Roster
from app.features.roster.opening import open_file
from app.features.roster.reading.detect import MappingNeeded, read_table
from app.kernel.clock import Moment, SystemClock
from app.overviews.reports.student_summary import SummaryScope
from ui.kit.idle import IdleWatch
from ui.shell.backups import BackupWatch
from vaults import PASSPHRASE, new_desk

DAY = timedelta(hours=8)
STUDENTS = 12
ROSTER = 1_000
LEAK = 3 << 20
"""Bytes that the leaking desk keeps of every round."""

libc = ctypes.CDLL(None)


class Ahead:
    """How far the computer's clock was put forward, by what the work would have taken."""

    by = timedelta()


def put_forward() -> None:
    """Let every clock of the program run ahead."""
    really = SystemClock.now

    def now(self: SystemClock) -> Moment:
        return really(self).later(Ahead.by)

    SystemClock.now = now  # type: ignore[method-assign]


class Day(Typist):
    """Someone at work, without the pauses."""

    def __init__(self, vault: Path, folder: Path, students: list[str]) -> None:
        super().__init__(vault, PASSPHRASE, Path(os.devnull))
        self.folder, self.students = folder, students
        self.notes = self.rounds = self.events = 0
        self.held: list[object] = []

    def quiet(self) -> None:
        """Wait until nothing is on its way."""
        tasks = self.frame.tasks
        self.wait(tasks.idle)
        self.app.processEvents()

    def type(self, text: str) -> None:
        self.events += len(text)
        super().type(text)

    def begin_quickly(self) -> None:
        """Ctrl+N, a few letters, Return as soon as someone is found, Tab to the text."""
        self.frame.activateWindow()
        self.wait(self.frame.isActiveWindow)
        self.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        self.wait(lambda: self.here[0] == "note")
        self.wait(lambda: QApplication.focusWidget() is not None)
        self.quiet()
        self.type("typ")
        search = QApplication.focusWidget()
        until = time.monotonic() + 20
        while QApplication.focusWidget() is search and time.monotonic() < until:
            self.rest(0.15)
            self.quiet()
            self.key(Qt.Key.Key_Return)
            self.rest(0.05)
        for _ in range(12):
            if isinstance(QApplication.focusWidget(), QPlainTextEdit):
                return
            self.key(Qt.Key.Key_Tab)
        raise LookupError(QApplication.focusWidget())

    def round(self) -> None:
        """Do what is done again and again."""
        window = self.frame.desk_window
        assert window is not None
        for turn in range(3):
            window.go("student", self.students[(self.rounds * 3 + turn) % len(self.students)])
            self.quiet()
        window.go("today")
        self.quiet()
        self.begin_quickly()
        self.type("We talked about the week. ")
        self.rest(0.35)  # it is saved by itself
        self.type("Mood better than on Monday; next time the class change.")
        self.sign()
        self.notes += 1
        self.quiet()
        for page in ("caseload", "notes", "today"):
            window.go(page)
            self.quiet()
        window.open_palette()
        self.app.processEvents()
        palette = QApplication.activeModalWidget() or QApplication.activePopupWidget()
        self.type("typhoon")
        self.rest(0.05)
        self.quiet()
        self.key(Qt.Key.Key_Escape)
        if palette is not None and palette.isVisible():
            palette.close()
        for watch in window.findChildren(BackupWatch):
            watch.look()
        for idle in self.app.findChildren(IdleWatch) + window.findChildren(IdleWatch):
            idle.extend()
            idle.look_at_the_clock()
        self.quiet()
        if self.rounds % 4 == 1:
            self.paper()
        self.rounds += 1
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def paper(self) -> None:
        """Make a summary in memory, away from the screen."""
        window = self.frame.desk_window
        assert window is not None
        scope = SummaryScope(window.desk.summaries.student(self.students[0]))
        window.tasks.long(lambda progress: window.desk.summaries.summary(scope, None, progress))
        self.quiet()

    def roster(self, day: int) -> None:
        """Import the day's roster."""
        window = self.frame.desk_window
        assert window is not None
        path = self.folder / "roster.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["Student ID", "Last Name", "First Name", "Grade"])
            for number in range(ROSTER):
                grade = f"{6 + (number + day) % 3:02d}"
                writer.writerow([f"S{number:06d}", f"Family{number}", f"Given{number}", grade])
        read = open_file(path)
        said = read.said
        if isinstance(said, MappingNeeded):
            said = read_table(path, said.guess)
        assert isinstance(said, Roster)
        command = ImportRoster(said, read.sha256, allow_many_leaving=True)
        window.tasks.long(lambda progress: window.desk.roster.import_roster(command, progress))
        self.quiet()

    def sample(self) -> dict[str, int]:
        """Tell what the process holds, with what is not in use given back first."""
        gc.collect()
        libc.malloc_trim(0)
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        status = Path("/proc/self/status").read_text()
        log = self.frame.vault / "records.db-wal"
        return {
            "rss": resident,
            "handles": sum(1 for _ in Path("/proc/self/fd").iterdir()),
            "threads": int(status.split("Threads:")[1].split()[0]),
            "wal": log.stat().st_size if log.exists() else 0,
            "widgets": len(QApplication.allWidgets()),
        }


def main(folder: Path, days: int, rounds: int, *, leak: bool) -> None:
    """Make a vault, work for some days, and look at what was kept."""
    qInstallMessageHandler(lambda *_message: None)
    desk = new_desk(folder, clock=SystemClock())
    students = [
        str(desk.caseload.add_student(AddStudent(Profile("Typhoon", f"Testperson {n}"))).made)
        for n in range(STUDENTS)
    ]
    place = desk.folder.path
    desk.close()
    put_forward()
    day = Day(place, folder, students)
    for number in range(days):
        for turn in range(rounds):
            day.round()
            if turn == rounds // 3:
                day.roster(number)
            Ahead.by += DAY / rounds
            if leak:
                day.held += [bytearray(os.urandom(1) * LEAK), os.open(os.devnull, os.O_RDONLY)]
            print(json.dumps({"day": number, "turn": turn, **day.sample()}), flush=True)
    desk_window = day.frame.desk_window
    assert desk_window is not None
    backups = len(desk_window.desk.backups.all())
    with desk_window.desk.records.read() as reader:
        row = reader.execute("SELECT count(*) FROM session_note").fetchone()
    QTimer.singleShot(0, day.frame.close)
    day.rest(0.1)
    print(
        json.dumps(
            {
                "notes": day.notes,
                "kept": row[0] if row else 0,
                "events": day.events,
                "backups": backups,
                "whole": verify_vault(place, PASSPHRASE).whole,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), leak="leak" in sys.argv[4:])
