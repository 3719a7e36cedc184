"""Today: what needs a person now, the most urgent first, each one key from being done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from walk import clipped, settle, wait_until, walk

from app.features.caseload.commands import AddAlert
from app.features.caseload.model import AlertKind
from app.features.sessions.commands import SaveDraft, SignNote
from app.kernel.changes import Changed, Kind
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, is_id
from sessions_desk import a_draft, add_student, typed
from ui.kit.room import Room, Section, TodayLine
from ui.kit.widgets.dialogs import Sheet
from ui.kit.widgets.editors import DateEdit
from ui.shell import rooms
from ui.shell.today import TodayPage
from ui.shell.window import DeskWindow

Given = Callable[..., None]


def quiet(window: DeskWindow) -> None:
    for _ in range(4):
        wait_until(window.tasks.idle)
        settle()


@pytest.fixture
def page(standing: DeskWindow) -> TodayPage:
    page = standing.page("today")
    assert isinstance(page, TodayPage)
    return page


def due(window: DeskWindow, student: StudentId, step: str, days: int) -> None:
    """Sign a note whose next step is due in so many days, or was so many days ago."""
    day = window.today() + timedelta(days=days)
    draft = a_draft(window.desk, student)
    draft = typed(draft, next_step=step, next_on=day.isoformat())
    window.tasks.write(lambda: window.desk.sessions.sign_note(SignNote(draft)))
    quiet(window)


def steps(page: TodayPage) -> list[str]:
    return [line.detail for line in page._lines]


def test_an_empty_day_says_so_and_the_focus_is_on_the_likely_step(
    standing: DeskWindow, page: TodayPage
) -> None:
    standing.go("notes")
    standing.go("today")
    quiet(standing)
    assert not page.list.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.isVisible()
    QTest.keyClick(focus, Qt.Key.Key_Space)
    quiet(standing)
    assert standing.here[0] == "note"
    assert is_id(standing.here[1])


def test_two_notes_begun_here_are_two(standing: DeskWindow, page: TodayPage) -> None:
    found = set()
    for _ in range(2):
        standing.go("today")
        quiet(standing)
        page._empty.setFocus()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
        quiet(standing)
        found.add(standing.here)
    assert len(found) == 2


def test_what_is_due_comes_up_by_itself_and_what_is_not_stays_away(
    standing: DeskWindow, page: TodayPage
) -> None:
    student = add_student(standing.desk)
    due(standing, student, "Ask the mother", 0)
    due(standing, student, "Much later", 30)
    assert steps(page) == ["Ask the mother"]
    assert page.list.isVisible()
    walk(standing)
    assert not clipped(standing)


def test_what_is_overdue_the_longest_comes_first(standing: DeskWindow, page: TodayPage) -> None:
    clock = standing.desk.clock
    assert isinstance(clock, FixedClock)
    student = add_student(standing.desk)
    for step, day in (("late", 27), ("latest", 6), ("today", 31)):
        due(standing, student, step, (date(2026, 12, day) - standing.today()).days)
    clock.advance(date(2026, 12, 31) - standing.today())
    standing._look_at_day()
    quiet(standing)
    assert steps(page)[:3] == ["latest", "late", "today"]
    assert [line.late for line in page._lines[:3]] == [True, True, False]
    assert [line.page for line in page._lines[3:]] == ["engagement"]  # nobody came for a month


def test_one_key_does_a_line_and_one_takes_it_back(standing: DeskWindow, page: TodayPage) -> None:
    due(standing, add_student(standing.desk), "Ask the mother", 0)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_D)
    quiet(standing)
    assert steps(page) == []
    (notice,) = [each for each in standing.notices.shown() if each.undo_button is not None]
    assert "Mateo" in notice.words.text()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert focus.isVisible()
    QTest.keyClick(focus, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    quiet(standing)
    assert steps(page) == ["Ask the mother"]


def test_enter_opens_the_note_that_waits(standing: DeskWindow, page: TodayPage) -> None:
    student = add_student(standing.desk)
    draft = a_draft(standing.desk, student)
    standing.tasks.write(lambda: standing.desk.sessions.save_draft(SaveDraft(draft)))
    quiet(standing)
    standing.go("today")
    quiet(standing)
    assert page.list.hasFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    quiet(standing)
    assert standing.here == ("note", draft.id)


def test_d_opens_what_cannot_be_done_with_one_key(standing: DeskWindow, page: TodayPage) -> None:
    draft = a_draft(standing.desk, add_student(standing.desk))
    standing.tasks.write(lambda: standing.desk.sessions.save_draft(SaveDraft(draft)))
    standing.go("today")
    quiet(standing)
    QTest.keyClick(page.list, Qt.Key.Key_D)
    quiet(standing)
    assert standing.here == ("note", draft.id)


def test_the_day_is_said_and_counted(standing: DeskWindow, page: TodayPage) -> None:
    due(standing, add_student(standing.desk), "Ask the mother", 0)
    assert page._day.text() == "Friday, 20 Nov 2026"
    assert page._count.text() == "1 thing waits"


@pytest.fixture
def given(standing: DeskWindow, monkeypatch: pytest.MonkeyPatch) -> Given:
    """Return a function that lets one more room give these lines."""
    lines: list[TodayLine] = []
    room = Room(today=lambda _context: list(lines))
    monkeypatch.setattr(rooms, "ROOMS", (*rooms.ROOMS, room))

    def give(*more: TodayLine) -> None:
        lines[:] = more
        standing.page("today").heed(Changed.only(Kind.APPOINTMENT))
        quiet(standing)

    return give


def line(name: str, rank: int = 20, **more: object) -> TodayLine:
    plain = TodayLine(name, rank, "calendar", name, f"About {name}", "", "caseload", "")
    return replace(plain, **more)  # type: ignore[arg-type]


def rows(page: TodayPage) -> list[str]:
    entries = page.list.entries
    found = [entries.entry(place) for place in range(entries.total())]
    return [entry.title for entry in found if entry is not None]


def test_what_is_done_stays_struck_until_one_leaves_and_u_takes_it_back(
    standing: DeskWindow, page: TodayPage
) -> None:
    student = add_student(standing.desk)
    due(standing, student, "Ask the mother", 0)
    due(standing, student, "Ask the teacher", 0)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_D)
    quiet(standing)
    entry = page.list.entry()
    assert entry is not None
    assert entry.struck
    assert entry.text == "Ask the mother"
    assert steps(page) == ["Ask the teacher"]
    assert rows(page) == ["Waiting (1)", "Mateo Ocampo", "Mateo Ocampo"]
    assert page.list.currentIndex().row() == 1
    QTest.keyClick(page.list, Qt.Key.Key_U)
    quiet(standing)
    assert steps(page) == ["Ask the mother", "Ask the teacher"]
    entry = page.list.entry()
    assert entry is not None
    assert not entry.struck
    QTest.keyClick(page.list, Qt.Key.Key_D)
    quiet(standing)
    standing.go("caseload")
    standing.go("today")
    quiet(standing)
    assert rows(page) == ["Waiting (1)", "Mateo Ocampo"]


def test_p_puts_off_to_monday_and_undo_brings_it_back(
    standing: DeskWindow, page: TodayPage
) -> None:
    due(standing, add_student(standing.desk), "Ask the mother", 0)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_P)
    QTest.keyClick(page.menu, Qt.Key.Key_M)
    quiet(standing)
    assert steps(page) == []
    (follow_up,) = standing.desk.sessions.follow_ups()
    assert follow_up.follow_up.due_on == "2026-11-23"
    (undo,) = [each.undo_button for each in standing.notices.shown() if each.undo_button]
    QTest.keyClick(undo, Qt.Key.Key_Space)
    quiet(standing)
    assert steps(page) == ["Ask the mother"]


def test_another_day_is_asked_for_and_a_past_one_refused(
    standing: DeskWindow, page: TodayPage
) -> None:
    due(standing, add_student(standing.desk), "Ask the mother", 0)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_P)
    QTest.keyClick(page.menu, Qt.Key.Key_D)
    settle()
    sheet = page.findChild(Sheet)
    assert sheet is not None
    edit = sheet.findChild(DateEdit)
    assert edit is not None
    edit.set_value(date(2026, 11, 1))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert sheet.isVisible()
    edit.set_value(date(2026, 12, 4))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    quiet(standing)
    (follow_up,) = standing.desk.sessions.follow_ups()
    assert follow_up.follow_up.due_on == "2026-12-04"


def test_n_begins_a_note_about_the_student_of_the_line(
    standing: DeskWindow, page: TodayPage
) -> None:
    student = add_student(standing.desk)
    due(standing, student, "Ask the mother", 0)
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_N)
    quiet(standing)
    assert standing.here == ("note", f"new:{student}")


def test_lines_stand_by_building_and_hour_and_one_building_can_be_shown_alone(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    alder, birch = (school.id for school in standing.desk.caseload.schools())
    given(
        line("Group", at=time(9, 35), until=time(10, 5), school=birch),
        line("Duty", at=time(13, 0), school=alder),
        line("Consent", section=Section.LAPSING),
    )
    assert rows(page) == [
        "Now – Birch Middle School (1)",
        "Group",
        "Later today – Alder Elementary (1)",
        "Duty",
        "About to lapse (1)",
        "Consent",
    ]
    page.list.setFocus()
    for _ in range(2):
        QTest.keyClick(page.list, Qt.Key.Key_B)
    assert rows(page) == [
        "Later today – Alder Elementary (1)",
        "Duty",
        "About to lapse (1)",
        "Consent",
    ]
    QTest.keyClick(page.list, Qt.Key.Key_B)
    assert len(rows(page)) == 6
    walk(standing)
    assert not clipped(standing)


def test_a_line_comes_up_by_itself_when_its_hour_does(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    clock = standing.desk.clock
    assert isinstance(clock, FixedClock)
    given(line("Group", at=time(9, 50)))
    assert rows(page) == ["Later today (1)", "Group"]
    clock.advance(timedelta(minutes=5))
    page.look_at_clock()
    quiet(standing)
    assert rows(page) == ["Later today (1)", "Group"]
    clock.advance(timedelta(minutes=5))
    page.look_at_clock()
    quiet(standing)
    assert rows(page) == ["Now (1)", "Group"]


def test_the_focus_stays_on_its_line_whatever_comes_in(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    given(*(line(f"Line {n}") for n in range(5)))
    page.list.setFocus()
    for _ in range(3):
        QTest.keyClick(page.list, Qt.Key.Key_Down)
    entry = page.list.entry()
    assert entry is not None
    assert entry.id == "Line 3"
    given(line("Urgent", 0), *(line(f"Line {n}") for n in range(5)))
    entry = page.list.entry()
    assert entry is not None
    assert entry.id == "Line 3"
    assert page.list.hasFocus()


def test_a_room_that_fails_hides_no_other_line(
    standing: DeskWindow, page: TodayPage, given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Exception] = []
    monkeypatch.setattr(standing, "say", said.append)

    def broken(_context: object) -> list[TodayLine]:
        raise Refused("note-gone")

    monkeypatch.setattr(rooms, "ROOMS", (Room(today=broken), *rooms.ROOMS))
    given(line("Group"))
    assert rows(page) == ["Waiting (1)", "Group"]
    assert [type(error) for error in said] == [Refused]


def test_the_navigation_says_how_much_waits(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    given(line("Group"), line("Duty"))
    item = standing.navigation.items["today"]
    assert item.accessibleDescription() == "2 things wait; The page that is shown"
    given()
    assert item.accessibleDescription() == "The page that is shown"


def test_an_alert_stands_beside_the_student_of_an_hour(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    student = add_student(standing.desk)
    standing.desk.caseload.add_alert(AddAlert(student, AlertKind.ALLERGY, "Peanuts"))
    given(line("Session", at=time(11, 0), student=student), line("Draft", student=student))
    session, draft = (page.list.entries.entry(place) for place in (1, 3))
    assert session is not None
    assert draft is not None
    assert session.chips == (("Peanuts", "bad"),)
    assert draft.chips == ()


def test_three_hundred_lines_are_one_list_and_no_widgets(
    standing: DeskWindow, page: TodayPage, given: Given
) -> None:
    before = len(page.findChildren(QWidget))
    given(*(line(f"Line {n}") for n in range(300)))
    assert page.list.entries.total() == 301
    assert len(page.findChildren(QWidget)) <= before + 12
