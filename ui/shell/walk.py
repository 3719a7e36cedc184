"""Walking every page without a display, and leaving pictures of what was seen."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

    from app.bootstrap import Desk
    from ui.kit.look import Choice
    from ui.kit.tasks import Tasks
    from ui.shell.window import DeskWindow

WIDTH, HEIGHT = 1280, 720
_PATIENCE_S = 20.0
_OFFSCREEN = "This plugin does not support propagateSizeHints"  # true, and nobody's fault


def walk(
    vault: Path,
    passphrase: str,
    folder: Path,
    *,
    themes: tuple["Choice", ...] = ("light", "dark"),
    scale: float = 1.0,
) -> list[Path]:
    """Open the vault offscreen, show every page in each theme, and save pictures in `folder`.

    Returns the pictures' paths. The process needs no display; nothing is written
    besides the pictures, which show what is in the vault: meant for the demo.
    """
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

    from app.bootstrap import open_vault
    from app.vault.places import ThisDevice
    from ui.kit.look import look
    from ui.kit.tasks import Tasks
    from ui.shell.desk import application
    from ui.shell.lock_screen import LockScreen
    from ui.shell.window import DeskWindow

    def hear(_kind: QtMsgType, _where: QMessageLogContext, line: str) -> None:
        if not line.startswith(_OFFSCREEN):
            sys.stderr.write(f"{line}\n")

    folder.mkdir(parents=True, exist_ok=True)
    before = qInstallMessageHandler(hear)
    device = ThisDevice.here()
    app = application(device)
    desk = open_vault(vault, passphrase, device.device, purpose="walk")
    tasks = Tasks()
    made: list[Path] = []
    suffix = "" if scale == 1.0 else f"-{round(scale * 100)}"
    window: DeskWindow | None = None
    try:
        for theme in themes:
            look().apply(app, theme, scale)
            screen = LockScreen(Path("caseload.casewell"), locked=True)
            made.append(_picture(screen, app, folder / f"lock-{theme}{suffix}.png"))
            screen.deleteLater()
            window = DeskWindow(desk, tasks, device)
            window.resize(WIDTH, HEIGHT)
            window.show()
            for name, page, subject in _stops(desk, window):
                window.go(page, subject)
                _settle(app, tasks)
                target = folder / f"{name}-{theme}{suffix}.png"
                window.grab().save(str(target))
                made.append(target)
            window.flush()
            window.hide()
            window.deleteLater()
            _settle(app, tasks)
    finally:
        tasks.close()
        desk.close()
        app.sendPostedEvents()
        qInstallMessageHandler(before)
    return made


def _stops(desk: "Desk", window: "DeskWindow") -> Iterator[tuple[str, str, str]]:
    """Yield (file name, page, subject): pages of the navigation, then those about something."""
    from ui.shell import rooms

    for page in rooms.in_navigation(desk.seat.role):
        yield page.id, page.id, ""
    with desk.records.read() as reader:
        student = reader.execute(
            "SELECT n.student_id, max(n.id) FROM session_note n JOIN caseload c"
            " ON c.student_id = n.student_id AND c.ended_on = '' GROUP BY n.student_id"
            " ORDER BY count(*) DESC, n.student_id LIMIT 1"
        ).fetchone()
    if student is not None:
        yield "student", "student", str(student[0])
        yield "signed", "signed", str(student[1])
        yield "note", "note", f"new:{student[0]}"
        yield "summary", "summary", str(student[0])
        yield "looks", "looks", str(student[0])
    health = {
        **dict(_of_the_health_office(desk)),
        **dict(_of_collaboration(desk)),
        **dict(_of_groups(desk)),
        **dict(_of_plans(desk)),
    }
    for page_id, subject in health.items():
        yield page_id, page_id, subject
    listed = {page.id for page in rooms.in_navigation(desk.seat.role)}
    for page in rooms.pages().values():
        if (
            page.id not in listed
            and desk.seat.role in page.roles
            and page.id not in {"student", "signed", "note", "summary", "looks", *health}
        ):
            yield page.id, page.id, ""


def _of_collaboration(desk: "Desk") -> Iterator[tuple[str, str]]:
    """Yield the pages about one concern, one consultation and one student, each with a record."""
    room = desk.collaboration
    for concern in room.concerns.page(limit=1):
        yield "concern", concern.concern.id
    for consultation in room.consultations.page(limit=1):
        yield "consultation", consultation.consultation.id
        yield "consultation-draft", f"follows:{consultation.consultation.id}"
    with desk.records.read() as reader:
        member = reader.execute("SELECT student_id FROM team_member LIMIT 1").fetchone()
    if member is not None:
        yield "around", str(member[0])


def _of_groups(desk: "Desk") -> Iterator[tuple[str, str]]:
    """Yield the pages about one group: the one that met most, a session under way, a signed one."""
    lines = sorted(desk.groups.groups().lines, key=lambda line: -line.sessions)
    for line in lines[:1]:
        yield "group", line.group.id
        for session in desk.groups.group(line.group.id).sessions[:1]:
            yield "group-signed", session.id
    for draft in desk.groups.group_drafts()[:1]:
        yield "group-session", draft.draft.id


def _of_plans(desk: "Desk") -> Iterator[tuple[str, str]]:
    """Yield the pages about one plan, goal, screening, follow-up and round, each with a record."""
    for risk in desk.screening.open_risks()[:1]:
        yield "risk", risk.risk.id
    for line in desk.screening.screenings(limit=1):
        yield "screening", line.screening.id
        yield "screening-entry", f"student:{line.screening.student_id}"
    for one in desk.screening.rounds()[:1]:
        yield "screening-round", one.id
    for row in desk.progress.board(limit=2)[-1:]:
        yield "plan", row.goal.plan_id
        yield "goal", row.goal.key
    with desk.records.read() as reader:
        owed = reader.execute("SELECT student_id FROM mandate ORDER BY row LIMIT 1").fetchone()
    if owed is not None:
        yield "student-minutes", str(owed[0])


def _of_the_health_office(desk: "Desk") -> Iterator[tuple[str, str]]:
    """Yield the pages about one record of the medication room, each with a record to show."""
    room = desk.medication
    if not room.open_to_me:
        return
    for order in room.orders.orders(limit=1):
        yield "order", order.order.id
        if order.pupil is not None:
            yield "month", order.pupil.id
    held = room.stock.containers(controlled=True) or room.stock.containers()
    if held:
        yield "container", held[0].container.id
    for entry in room.papers.prn_log("2000-01-01", "2100-01-01")[-1:]:
        yield "dose", entry.dose.id
    for incident in room.incidents.incidents()[:1]:
        yield "incident", incident.incident.id
    for trip in room.trips.trips(reconciled=True)[:1]:
        yield "trip", trip.trip.id
    with desk.records.read() as reader:
        visit = reader.execute("SELECT id FROM visit ORDER BY came_at DESC LIMIT 1").fetchone()
    if visit is not None:
        yield "visit", str(visit[0])


def _picture(widget: "QWidget", app: "QApplication", target: Path) -> Path:
    from PySide6.QtWidgets import QMainWindow

    frame = QMainWindow()
    frame.resize(WIDTH, HEIGHT)
    frame.setCentralWidget(widget)
    frame.show()
    app.processEvents()
    frame.grab().save(str(target))
    frame.hide()
    frame.deleteLater()
    return target


def _settle(app: "QApplication", tasks: "Tasks") -> None:
    """Wait until nothing is under way and nothing waits to be painted."""
    until = time.monotonic() + _PATIENCE_S
    quiet = 0
    while quiet < 5 and time.monotonic() < until:
        app.processEvents()
        quiet = quiet + 1 if tasks.idle() else 0
        time.sleep(0.02)
    app.processEvents()


def say_no_display() -> None:
    """Say in one line that there is nothing to draw on."""
    from app.kernel.words import _

    sys.stderr.write(_("There is no display here; every page is walked offscreen.") + "\n")
