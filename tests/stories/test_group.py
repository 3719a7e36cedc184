"""A group of eight with the keyboard alone: taken once, eight notes, and nobody named in another's."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication

import ui.shell.relaunch
from app.bootstrap import Desk, open_vault
from app.features.groups.commands import LetWait
from app.kernel.ids import DeviceId, new_id
from groups_desk import EIGHT, a_group
from person import ALT, CTRL, Key, Person
from sessions_desk import add_student
from ui.features.groups.view.attendance import AttendanceGrid
from ui.features.groups.view.session import GroupSessionView
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui

MOST_KEYS = 90
"""Attendance and the notes of eight, besides the text."""
_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta}


class Counter(QObject):
    """Counts the keys that reach the program's windows."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count a key once: where the window system hands it over."""
        if isinstance(watched, QWindow) and event.type() == QEvent.Type.KeyPress:
            self.keys += event.key() not in _MODIFIERS  # type: ignore[attr-defined]
        return False


@pytest.fixture
def vault(desk: Desk) -> Path:
    """Return a vault with a group of eight and one who waits."""
    group, _students = a_group(desk)
    desk.groups.let_wait(LetWait(group, add_student(desk, "Late", "Comer"), "2026-09-20"))
    desk.close()
    return desk.folder.path


@pytest.fixture
def counter(app: QApplication, person: Person) -> Iterator[Counter]:
    counting = Counter()
    app.installEventFilter(counting)
    yield counting
    app.removeEventFilter(counting)


def shown(person: Person) -> GroupSessionView:
    return next(v for v in person.frame.findChildren(GroupSessionView) if v.isVisible())


def test_a_group_of_eight_is_taken_and_signed_in_a_few_keys(
    person: Person, counter: Counter, vault: Path
) -> None:
    text = 0

    def write(words: str) -> None:
        nonlocal text
        text += len(words)
        person.type(words)

    person.press(Key.Key_G, CTRL)
    person.until(lambda: person.here()[0] == "groups")
    person.until(lambda: person.focus == "Groups")
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "group-session")
    person.until(lambda: person.focus == "Note")
    write("Mateo's breathing exercise helped all of them.")
    person.reads("1 name found")
    person.press(Key.Key_Period, CTRL)
    person.until(lambda: "peer's breathing" in shown(person).sections()[0][2])
    person.reads("A peer's breathing exercise helped all of them.")

    person.press(Key.Key_Tab)
    assert person.focus == "Declan Fitzgerald: Present"
    own = {"Declan Fitzgerald": "Led the exercise.", "Amara Okafor": "Asked for a break."}
    away = {"Noor Haddad": "Ill at home", "Jun Watanabe": "Test in math"}
    for _member in EIGHT:
        name = person.focus.partition(":")[0]
        if name in away:
            person.press(Key.Key_A if name == "Noor Haddad" else Key.Key_D)
            write(away[name])
            person.press(Key.Key_Return)
        elif name in own:
            person.press(Key.Key_Return)
            write(own[name])
            person.press(Key.Key_Return)
        else:
            person.press(Key.Key_Down)
    person.reads("6 of 8 came")
    person.press(Key.Key_Return, CTRL, then=lambda: person.press(Key.Key_S, ALT))
    person.until(lambda: person.here()[0] == "group-signed")
    keys = counter.keys - text
    assert keys < MOST_KEYS, keys
    person.reads("6 of 8 came")

    # A member's own note, and back.
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "signed")
    person.reads("A peer's breathing exercise helped all of them.")
    person.reads("Led the exercise.")
    assert "Asked for a break." not in person.screen()
    person.press(Key.Key_Escape)
    person.until(lambda: person.here()[0] == "group-signed")

    # The picture of the group, and one who waits is taken in with one key.
    person.choose("The group")
    person.until(lambda: person.here()[0] == "group")
    person.reads("1 session: 6 of 8 places were taken (75 %).")
    grid = next(g for g in person.frame.findChildren(AttendanceGrid) if g.isVisible())
    assert "".join(row.cells[0].letter for row in grid.grid.rows) == "PAPPPPPD"
    person.tab_to("Attendance")
    for _part in range(2):
        person.press(Key.Key_Right)
    person.tab_to("Waiting list")
    person.press(Key.Key_T)
    person.reads("Late Comer is in the group.")
    person.leave()
    no_note_names_another(vault)


def no_note_names_another(vault: Path) -> None:
    """Read every note as the file keeps it, and look for each other member's names."""
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    with desk.records.read_whole() as reader:
        rows = reader.execute(
            "SELECT s.given_name, s.family_name, n.sections, n.attendance_reason, n.present"
            " FROM session_note n JOIN student s ON s.id = n.student_id"
        ).fetchall()
    desk.close()
    assert len(rows) == len(EIGHT)
    for given, _family, *texts in rows:
        said = json.dumps(texts)
        for other, family in EIGHT:
            assert other == given or other not in said
            assert family not in said


def test_a_session_under_way_is_there_again_after_a_lock(
    app: QApplication, person: Person, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui.shell.relaunch, "relaunch", lambda _line: None)
    person.press(Key.Key_G, CTRL)
    person.until(lambda: person.here()[0] == "groups")
    person.until(lambda: person.focus == "Groups")
    person.press(Key.Key_Return)
    person.until(lambda: person.focus == "Note")
    person.type("Half a sentence about worry")
    person.press(Key.Key_L, CTRL)
    person.leave()
    again = Person(vault, locked=True)
    try:
        again.unlock(page="group-session")
        again.reads("Half a sentence about worry")
        again.until(lambda: again.focus == "Note")
    finally:
        again.leave()
