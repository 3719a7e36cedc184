"""Today: what needs a person now, the most urgent first, each one key from being done."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, settle, wait_until, walk

from app.features.sessions.commands import SaveDraft, SignNote
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId, is_id
from sessions_desk import a_draft, add_student, typed
from ui.shell.today import TodayPage
from ui.shell.window import DeskWindow


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
    assert steps(page) == ["latest", "late", "today"]
    assert [line.late for line in page._lines] == [True, True, False]


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
