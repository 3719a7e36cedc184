"""The real desk with a thousand canary notes on it, until it is told to lock; a process of its own.

    python canaries.py VAULT PASSPHRASE ACKS CANARY GO

It shows lists and a timeline, types the canary into a draft of each room, keeps and sends what
standard input says, copies the canary, and fails once with an error that quotes it. ACKS gets
`typed` when all of that was done; the desk locks when GO exists.
"""

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from app.bootstrap import Desk
from app.kernel.ids import new_id
from faults.typist import Typist
from faults.what_leaves import Leaving
from ui.features.plans.presenter.editor import begin_plan
from ui.kit.clipboard import clipboard_guard
from ui.shell.desk import hear_of_faults
from ui.shell.trouble import CrashSheet

CONTROL = Qt.KeyboardModifier.ControlModifier


def main() -> None:
    vault, passphrase, acks, canary, go = sys.argv[1:6]
    qInstallMessageHandler(lambda *_message: None)
    typist = Typist(Path(vault), passphrase, Path(acks))
    clipboard_guard().begin()
    window = typist.frame.desk_window
    assert window is not None
    desk: Desk = window.desk
    (student,) = [row.id for row in desk.caseload.find("typ")]
    for page, subject in (("notes", ""), ("caseload", ""), ("student", student)):
        window.go(page, subject)
        typist.wait(window.tasks.idle)
        typist.rest(0.2)
    every_room(typist, canary)
    Leaving(typist).everything()
    hear_of_faults(typist.frame)
    text = typist.begin_note("typ")
    typist.type(canary)
    QTest.keyClick(text, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(text, Qt.Key.Key_C, CONTROL)
    typist.rest(1.5)
    assert QApplication.clipboard().text() == canary
    QTimer.singleShot(300, lambda: close_crash(typist, canary))
    try:
        raise ValueError(canary)
    except ValueError as fault:
        sys.excepthook(ValueError, fault, fault.__traceback__)
    typist.ack("typed")
    typist.wait(lambda: Path(go).exists(), 120)
    QTimer.singleShot(0, window.lock_asked.emit)
    typist.rest(60)


def every_room(typist: Typist, canary: str) -> None:
    """Type the canary into a draft of each room, look for it, and look at a report with it."""
    window = typist.frame.desk_window
    assert window is not None
    desk: Desk = window.desk
    (pupil,) = [row.id for row in desk.caseload.find("odo")]
    (group,) = [line.group.id for line in desk.groups.groups().lines]

    def arrived(page: str, subject: str = "") -> Any:
        window.go(page, subject)
        typist.wait(window.tasks.idle)
        typist.wait(window.page(page).isVisible)
        typist.rest(0.3)
        return window.page(page).view  # type: ignore[attr-defined]

    def typed(editor: QWidget, what: str) -> None:
        editor.setFocus()
        QTest.keyClicks(editor, canary)
        typist.rest(0.2)
        found = (editor.property("plainText"), editor.property("text"))
        assert canary in "".join(text or "" for text in found), what

    session = arrived("group-session", f"group:{group}")
    typed(session.findChildren(QPlainTextEdit)[0], "group session")
    consultation = arrived("consultation-draft", new_id())
    typed(consultation.findChildren(QPlainTextEdit)[0], "consultation")
    screening = arrived("screening-entry", f"student:{pupil}")
    screening.instrument.set_value("phq-9")
    typist.wait(window.tasks.idle)
    typed(screening.comment, "screening")
    plan = arrived("plan-draft", begin_plan(pupil))
    typed(plan.head.field("title").editor, "plan")
    typed(arrived("search").line, "search")
    arrived("schedule")
    arrived("reports")
    report = window.page("reports")
    typist.wait(lambda: not report.drawing)  # type: ignore[attr-defined]
    typist.wait(window.tasks.idle)
    typist.ack("rooms")


def close_crash(typist: Typist, canary: str) -> None:
    """Go on after the crash sheet, which must not quote what the error quoted."""
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, CrashSheet)
    assert "ValueError" in sheet.report
    assert canary not in sheet.report
    typist.ack("crashed")
    sheet.accept()


if __name__ == "__main__":
    main()
