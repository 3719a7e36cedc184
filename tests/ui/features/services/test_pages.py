"""The pages of the services room on a real vault: lists, sheets, one-key reasons, the curve."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reading import words

from app.bootstrap import Desk
from app.features.services.model.deliveries import Outcome
from app.features.services.model.engagement import EpisodeState
from app.features.services.model.mandates import PeriodKind, Setting
from app.features.services.repo.engagement import EpisodeFilter
from app.features.services.repo.minutes import MinutesFilter
from app.kernel.ids import StudentId
from services_desk import ServicesDesk
from ui.features.services.presenter.engagement import EngagementPage
from ui.features.services.presenter.minutes import MinutesPage
from ui.features.services.presenter.student import StudentMinutesPage
from ui.features.services.presenter.today import today_lines
from ui.kit.widgets.entry_sheet import EntrySheet


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServicesDesk]:
    """One vault for the module; every test has students of its own."""
    made = ServicesDesk(tmp_path_factory.mktemp("services"))
    yield made
    made.desk.close()


@pytest.fixture
def room(shared: ServicesDesk) -> ServicesDesk:
    shared.set("2026-11-18T15:30")
    return shared


@pytest.fixture
def desk(room: ServicesDesk) -> Desk:
    return room.desk


@pytest.fixture
def context(context: FakeContext) -> Iterator[FakeContext]:
    yield context
    assert context.errors == []


def table(page: Any, model: str = "model") -> list[list[str]]:
    """Return what a table shows, row by row."""
    shown = getattr(page.view, model)
    return [
        [str(shown.data(shown.index(row, column))) for column in range(shown.columnCount())]
        for row in range(shown.total())
    ]


def test_an_empty_list_teaches_and_a_service_is_written_down(
    tmp_path: Path, show: Callable[..., Any]
) -> None:
    room = ServicesDesk(tmp_path)
    context = FakeContext(room.desk)
    show(context, 1040, 720)
    student = room.student("Zora", "Quill")
    room.hold(student)
    page = context.put(MinutesPage)
    assert isinstance(page, MinutesPage)
    assert "No service is owed yet" in words(page)
    page.view.add_asked.emit()
    context.pick("quill")
    sheet = context.fill(service_id=room.kinds["individual-counseling"], amount="")
    assert sheet.form.field("amount").refused
    context.fill(amount="45", starts_on="2026-11-02", basis_on="2026-10-20")
    assert context.went[-1] == ("student-minutes", student)
    assert room.owed(student).mandate.amount == 45
    context.show_page(page)
    (row,) = table(page)
    assert row[:3] == ["Zora Quill", "Individual counseling", "30 of 45 minutes"]
    assert row[4] == "Needs 15 minutes more by Friday, no session planned"
    context.end()
    room.desk.close()


def test_one_key_says_why_a_session_did_not_take_place_and_undo_takes_it_back(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Yara", "Poole")
    room.owe(student)
    room.hold(student, attendance="absent", attendance_reason="away")
    page = context.put(StudentMinutesPage, student)
    assert isinstance(page, StudentMinutesPage)
    assert page.view.sessions.hasFocus()
    QTest.keyClick(page.view.sessions, Qt.Key.Key_P)
    context.settle()
    assert room.last(student).outcome is Outcome.PROVIDER_ABSENT
    assert "Provider absent: 30" in page.view.period.text()
    context.notices.undo_newest()
    context.settle()
    assert room.last(student).outcome is Outcome.UNACCOUNTED


def test_a_session_is_corrected_and_makes_up_for_another(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Xavi", "Orr")
    room.owe(student)
    room.hold(student, "2026-11-12T10:00", attendance="cancelled", attendance_reason="I was sick")
    room.hold(student)
    page = context.put(StudentMinutesPage, student)
    assert isinstance(page, StudentMinutesPage)
    QTest.keyClick(page.view.sessions, Qt.Key.Key_M)
    missed = next(one for one in room.owed(student).deliveries if not one.minutes)
    context.fill(missed_id=missed.first_id)
    assert room.owed(student).running.made_up == 30  # type: ignore[union-attr]
    QTest.keyClick(page.view.sessions, Qt.Key.Key_Return)
    assert context.fill(minutes="20").form.field("why").refused
    context.fill(why="Left early")
    assert room.owed(student).running.given == 20  # type: ignore[union-attr]
    entry = page.view.sessions.entry()
    assert entry is not None
    assert ("Makes up for 12 Nov 2026", "good") in entry.chips
    assert "Left early" in entry.detail


def test_the_bars_say_each_period_and_the_arrow_keys_go_through_them(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Wim", "Nolan")
    room.owe(student)
    room.hold(student)
    page = context.put(StudentMinutesPage, student)
    assert isinstance(page, StudentMinutesPage)
    bars = page.view.bars
    assert "week of 2 Nov 2026: 0 of 60 minutes; unaccounted for: 60; Short" in (
        bars.accessibleDescription()
    )
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Home)
    assert page.view.period.text().startswith("week of 2 Nov 2026")
    QTest.keyClick(bars, Qt.Key.Key_Right)
    assert page.view.period.text().startswith("week of 9 Nov 2026")


def test_what_is_owed_is_changed_and_ended_from_its_sheet(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Vera", "Moss")
    room.owe(student)
    page = context.put(StudentMinutesPage, student)
    assert isinstance(page, StudentMinutesPage)
    page.view.buttons["change"].click()
    context.settle()
    context.fill(amount="30", starts_on="2026-11-16", basis_on="2026-11-12", reason="Review")
    assert room.owed(student).mandate.version == 2
    page.view.buttons["hand"].click()
    context.fill(day="2026-11-17", outcome="holiday", reason="Closed")
    assert room.last(student).outcome is Outcome.HOLIDAY
    page.view.buttons["end"].click()
    context.fill(ended_on="2026-11-17", reason="Exited")
    assert not room.owed(student).in_force
    assert page.view.buttons["reopen"].isVisibleTo(page)
    page.view.buttons["reopen"].click()
    context.settle()
    assert room.owed(student).in_force


def test_what_waits_for_a_decision_is_on_the_list_and_decided_with_a_key(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Uma", "Lund")
    room.owe(student)
    room.owe(student, setting=Setting.EITHER, period=PeriodKind.MONTH)
    room.hold(student)
    other = room.student("Tove", "Kern")
    room.owe(other)
    room.hold(other, attendance="absent", attendance_reason="away")
    page = context.put(MinutesPage, "decide")
    assert isinstance(page, MinutesPage)
    entries = page.view.waiting.entries
    shown = [entries.entry(at).title for at in range(entries.total())]  # type: ignore[union-attr]
    assert "Tove Kern: Individual counseling" in shown
    assert "Uma Lund: Individual counseling" in shown
    page.view.waiting.go_to(shown.index("Tove Kern: Individual counseling"))
    QTest.keyClick(page.view.waiting, Qt.Key.Key_H)
    context.settle()
    assert room.last(other).outcome is Outcome.HOLIDAY
    (waiting,) = room.minutes.sheet(student).undecided
    sheet = context.put(StudentMinutesPage, f"{student}|{waiting.first_id}")
    assert isinstance(sheet, StudentMinutesPage)
    QTest.keyClick(sheet.view.sessions, Qt.Key.Key_T)
    context.fill()
    assert room.minutes.sheet(student).undecided == ()


def test_a_file_is_looked_at_before_it_is_taken_over(
    room: ServicesDesk, context: FakeContext, tmp_path: Path
) -> None:
    student = room.student("Sven", "Jarl")
    number = room.minutes.pupil(student).number
    file = tmp_path / "mandates.csv"
    file.write_text(
        "student_number,service,minutes,period,starts,basis_date\n"
        f"{number},Individual counseling,60,week,2026-11-02,2026-10-20\n"
        "1,Individual counseling,60,week,2026-11-02,2026-10-20\n",
        encoding="utf-8",
    )
    page = context.put(MinutesPage)
    assert isinstance(page, MinutesPage)
    page._asking.bring_file(file)
    context.settle()
    (sheet,) = [one for one in context.findChildren(EntrySheet) if one.isVisible()]
    assert sheet.save_button.text() == "Take over 1 row"
    assert "1 cannot be taken over" in sheet.text.text()
    assert room.minutes.sheet(student).owed == ()
    context.fill()
    assert room.owed(student).mandate.amount == 60


def test_a_referral_begins_and_ends_on_the_engagement_page(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Rosa", "Ivers")
    page = context.put(EngagementPage)
    assert isinstance(page, EngagementPage)
    page.view.refer_asked.emit()
    context.pick("ivers")
    context.fill(service_id=room.kinds["behavior-support"], asked_on="2026-10-20")
    context.fill(asked_by="teacher")
    (line,) = room.engagement.episodes(EpisodeFilter(student_id=student))[0]
    assert line.state is EpisodeState.WAITING
    page.view.states.set_value("waiting")
    page.view.listed.emit()
    context.settle()
    rows = table(page)
    mine = next(row for row in rows if row[0] == "Rosa Ivers")
    assert mine[3] == "waits 29 days"
    page.view.list.go_to(rows.index(mine))
    context.settle()
    assert page.view.close_button.isEnabled()
    page.view.close_button.click()
    context.fill(reason="The family said no")
    (line,) = room.engagement.episodes(EpisodeFilter(student_id=student))[0]
    assert line.state is EpisodeState.NOT_STARTED


def test_the_curve_is_told_in_numbers_and_in_words(
    room: ServicesDesk, context: FakeContext
) -> None:
    student = room.student("Quin", "Hale")
    for day in ("2026-08-10", "2026-09-07", "2026-10-05"):
        room.hold(student, f"{day}T10:00", service_id=room.kinds["check-in"])
    page = context.put(EngagementPage)
    assert isinstance(page, EngagementPage)
    page.view.choices["service"].set_value(room.kinds["check-in"])
    page.view.turned.emit()
    context.settle()
    rows = {row[1]: row for row in table(page, "numbers")}
    assert rows["9"][:4] == ["Everyone", "9", "100 %", "1 of 1"]
    assert rows["12"][2:] == ["0 %", "0 of 1", "0", "0", "1", "0"]
    said = page.view.chart.accessibleDescription()
    assert "after 9 weeks 1 of 1 still attend (100 %)" in said
    assert "Week 1 begins with the first session attended" in words(page)


def test_today_says_what_runs_short_and_who_waits(room: ServicesDesk, context: FakeContext) -> None:
    student: StudentId = room.student("Pia", "Grant")
    room.owe(student, amount="240")
    room.refer(student, "2026-10-01", service_id=room.kinds["attendance-support"])
    lines = {line.id: line for line in today_lines(context)}
    series = room.owed(student).mandate.series_id
    assert lines[f"minutes:{series}"].title == (
        "Pia Grant needs 240 minutes more by Friday, no session planned"
    )
    assert any("Pia Grant has waited 48 days" in line.title for line in lines.values())
    assert room.minutes.counts(MinutesFilter(student_id=student)) == (1, 1)
