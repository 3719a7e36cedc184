"""A week planned with the keyboard alone: class time missed, a conflict, a series, a file."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from PySide6.QtWidgets import QApplication, QFileDialog

from app.bootstrap import Desk, open_vault
from app.features.schedule.commands import SetBells, SetYear
from app.features.schedule.model.calendar import TypedYear
from app.kernel.clock import SystemClock
from app.kernel.ids import DeviceId, new_id
from person import CTRL, SHIFT, Key, Person
from schedule_desk import REGULAR, ZONE, plan, schools, typed
from sessions_desk import add_student
from ui.features.schedule.view.grid import ScheduleGrid
from ui.kit.widgets.lists import CardList
from vaults import PASSPHRASE

pytestmark = pytest.mark.gui


def monday() -> date:
    """Return the first Monday that is still ahead."""
    today = SystemClock().now().day()
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def vault(desk: Desk) -> Path:
    """Return a vault with bells, a student and one appointment."""
    alder = schools(desk)[0]
    buildings = desk.schedule.buildings
    bells = buildings.set_bells(SetBells(alder, "Regular", REGULAR)).made
    first = monday() - timedelta(days=30)
    year = TypedYear(
        alder,
        first.isoformat(),
        (first + timedelta(days=200)).isoformat(),
        ZONE,
        bells={"": bells},
    )
    buildings.set_year(SetYear(year))
    student = add_student(desk)
    plan(desk, typed(monday().isoformat(), "9:50", school=alder, student_id=student))
    desk.close()
    return desk.folder.path


def on_grid(person: Person) -> list[tuple[str, str]]:
    """Return what can be seen on the grid: each block's day and words."""
    grid = next(g for g in person.frame.findChildren(ScheduleGrid) if g.isVisible())
    return [
        (column.day, block.spoken) for column in grid.slots_model.columns for block in column.blocks
    ]


def found_someone() -> bool:
    """Tell whether the form lists a student."""
    sheet = QApplication.activeModalWidget()
    assert sheet is not None
    return any(each.isVisible() and each.entries.total() for each in sheet.findChildren(CardList))


def test_a_week_is_planned_repeated_moved_and_taken_along(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # From anywhere to the form, with a student found by letters.
    person.press(Key.Key_P, CTRL | SHIFT)
    person.until(lambda: QApplication.activeModalWidget() is not None)
    person.reads("Plan an appointment")
    person.tab_to("Student")
    person.type("ocam")
    person.until(found_someone)
    person.press(Key.Key_Return)
    person.tab_to("Day (required)")
    person.press(Key.Key_A, CTRL)
    person.type(monday().isoformat())
    person.tab_to("From (required)")
    person.press(Key.Key_A, CTRL)
    person.type("9:30")

    # What it would mean, before anything is booked: class time missed, and a conflict.
    person.reads("minutes of class are missed.")
    person.reads("Mateo Ocampo is booked from 9:50 AM to 10:20 AM.")
    person.reads("You have something else from 9:50 AM to 10:20 AM.")
    person.press(Key.Key_A, CTRL)
    person.type("8:00")
    person.reads("Period 1: 30 minutes")
    person.until(lambda: "You have something else" not in person.screen())

    # Every week, up to a day.
    person.tab_to("Comes again")
    person.press(Key.Key_Down)
    person.tab_to("Until")
    person.type((monday() + timedelta(days=14)).isoformat())
    person.reads("3 times in all.")
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: QApplication.activeModalWidget() is None)
    person.reads("It is on the schedule.")
    person.until(lambda: person.focus == "Schedule")
    day = monday().isoformat()
    person.until(lambda: sum("8:00 AM to 8:30 AM" in spoken for _d, spoken in on_grid(person)) == 1)

    # The week after: this one and all later ones move to another hour.
    person.press(Key.Key_PageDown)
    person.until(lambda: all(d > day for d, _spoken in on_grid(person)) and bool(on_grid(person)))
    person.press(Key.Key_Return)
    person.reads("Change the appointment")
    person.tab_to("From (required)")
    person.press(Key.Key_A, CTRL)
    person.type("11:20")
    person.tab_to("This one")
    person.press(Key.Key_Right)
    person.press(Key.Key_Space)
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: QApplication.activeModalWidget() is None)
    person.until(lambda: "11:20 AM" in "".join(spoken for _d, spoken in on_grid(person)))
    person.press(Key.Key_PageDown)
    person.until(
        lambda: [d for d, _s in on_grid(person)] == [(monday() + timedelta(14)).isoformat()]
    )
    assert "11:20 AM" in on_grid(person)[0][1]

    # Off the schedule with one key, and back again.
    person.press(Key.Key_Delete)
    person.reads("It is off the schedule.")
    person.until(lambda: not on_grid(person))
    person.press(Key.Key_Z, CTRL)
    person.until(lambda: len(on_grid(person)) == 1)

    # A calendar file for elsewhere: times, and no name.
    target = tmp_path / "mine.ics"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_words: (str(target), ""))
    person.tab_to("Calendar file")
    person.press(Key.Key_Space)
    person.reads("No name, room or building goes along")
    person.press(Key.Key_Return, CTRL)
    person.until(target.exists)
    person.reads("Saved 4 appointments, without any name.")
    data = target.read_bytes()
    events = list(Calendar.from_ical(data).walk("VEVENT"))
    assert len(events) == 4
    assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}
    assert not any(word in data for word in (b"Mateo", b"Ocampo", b"Alder"))

    person.leave()
    vault = open_vault(tmp_path / "test.casewell", PASSPHRASE, DeviceId(new_id()), purpose="desk")
    try:
        laying = vault.schedule.book.days(monday(), monday() + timedelta(days=20))
        starts = [e.appointment.starts for d in laying.days for e in d.entries]
        assert starts == [480, 590, 680, 680]
    finally:
        vault.close()
