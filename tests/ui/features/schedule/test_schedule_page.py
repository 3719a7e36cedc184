"""The schedule's pages on a real vault, by keys."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.bootstrap import Desk
from app.features.schedule.commands import ExportCalendar, MarkHeld, SetSpecialDay
from app.features.schedule.model.recurrence import Every, TypedRule
from app.features.sessions.commands import StartDraft
from app.kernel.ids import SchoolId, StudentId
from app.overviews.reports.day_plan import AskedPlan, Show
from app.overviews.reports.leaving import Release
from grounds import TO_SUBJECT
from schedule_desk import a_scheduled_desk, plan, typed
from ui.features.schedule.presenter.buildings import BuildingsPage
from ui.features.schedule.presenter.schedule import SchedulePage
from ui.features.schedule.presenter.today import today_lines
from ui.features.schedule.view.sheets import AppointmentSheet
from ui.features.sessions.presenter.note import NotePage
from ui.kit.widgets.entry_sheet import EntrySheet
from ui.kit.widgets.fields import Choice, LineEdit, NoteText
from vaults import fixed_clock

Scheduled = tuple[Desk, list[SchoolId], StudentId]
MONDAY = date(2026, 11, 23)


@pytest.fixture
def scheduled(tmp_path: Path) -> Iterator[Scheduled]:
    desk, buildings, student = a_scheduled_desk(tmp_path, fixed_clock("2026-11-23T07:30"))
    yield desk, buildings, student
    desk.close()


@pytest.fixture
def desk(scheduled: Scheduled) -> Desk:
    return scheduled[0]


def schedule_of(context: FakeContext, subject: str = "") -> SchedulePage:
    page = context.put(SchedulePage, subject)
    assert isinstance(page, SchedulePage)
    return page


def sheet_of(context: FakeContext) -> EntrySheet:
    context.settle()
    sheet = QApplication.activeModalWidget()
    assert isinstance(sheet, EntrySheet)
    return sheet


def press(widget: QWidget, key: Qt.Key, context: FakeContext) -> None:
    QTest.keyClick(widget, key)
    context.settle()


def days_of(desk: Desk, since: date, until: date) -> list[tuple[str, int]]:
    laying = desk.schedule.book.days(since, until)
    return [(e.appointment.day, e.appointment.starts) for d in laying.days for e in d.entries]


def put_focus(page: SchedulePage, day: str, minute: int) -> None:
    page.view.grid.go_to(day, minute)
    page.view.grid.setFocus()


def wait_for_outlook(sheet: AppointmentSheet, context: FakeContext) -> None:
    sheet.edited.emit()
    context.settle()


def test_a_session_is_planned_by_keys_with_its_outlook_before_it(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, _birch), student = scheduled
    page = schedule_of(context)
    put_focus(page, "2026-11-24", 570)
    press(page.view.grid, Qt.Key.Key_N, context)
    sheet = context.sheet()
    assert isinstance(sheet, AppointmentSheet)
    assert sheet.at.value() is not None
    QTest.keyClicks(sheet.student, "Oca")
    sheet.student.sought.emit("Oca")
    context.settle()
    press(sheet.student, Qt.Key.Key_Return, context)
    assert sheet.student_id == student
    wait_for_outlook(sheet, context)
    assert sheet.school.value() == alder
    wait_for_outlook(sheet, context)
    assert "minutes of class are missed" in sheet.outlook.spoken()
    press(sheet, Qt.Key.Key_Return, context)
    assert days_of(desk, date(2026, 11, 24), date(2026, 11, 24)) == [("2026-11-24", 570)]
    assert page.view.grid.place() == ("2026-11-24", 570)
    assert "Mateo Ocampo" in page.view.here.text()
    context.notices.undo_newest()
    context.settle()
    assert not days_of(desk, date(2026, 11, 24), date(2026, 11, 24))


def test_conflicts_are_said_on_the_form_and_forbid_nothing(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-24", "9:30", school=alder, student_id=student))
    page = schedule_of(context, f"plan:{student}")
    sheet = context.sheet()
    assert isinstance(sheet, AppointmentSheet)
    sheet.on.set_value(date(2026, 11, 24))
    sheet.at.setText("9:45")
    wait_for_outlook(sheet, context)
    said = sheet.outlook.spoken()
    assert "Mateo Ocampo is booked from 9:30 AM to 10:00 AM." in said
    assert "You have something else from 9:30 AM to 10:00 AM." in said
    press(sheet, Qt.Key.Key_Return, context)
    assert len(days_of(desk, date(2026, 11, 24), date(2026, 11, 24))) == 2
    blocks = page.view.grid.slots_model.columns[1].blocks
    assert [(block.lane, block.lanes) for block in blocks] == [(0, 2), (1, 2)]


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
    context: FakeContext, scheduled: Scheduled
) -> None:
    page = schedule_of(context)
    press(page.view.grid, Qt.Key.Key_N, context)
    sheet = context.sheet()
    assert isinstance(sheet, AppointmentSheet)
    sheet.at.setText("noonish")
    press(sheet, Qt.Key.Key_Return, context)
    assert sheet.isVisible()
    assert sheet.form.field("at").refused
    sheet.at.setText("9:30")
    press(sheet, Qt.Key.Key_Return, context)
    assert sheet.form.field("student").refused
    page.flush()
    context.settle()
    kept = scheduled[0].people.state(scheduled[0].seat.person)
    assert any("9:30" in value or "09:30" in value for value in kept.values())


def test_a_series_is_repeated_and_taken_off_with_undo(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, _buildings, student = scheduled
    page = schedule_of(context, f"plan:{student}")
    sheet = context.sheet()
    assert isinstance(sheet, AppointmentSheet)
    sheet.on.set_value(MONDAY)
    sheet.at.setText("9:30")
    every, until = sheet.form.field("every").editor, sheet.form.field("until_on").editor
    assert isinstance(every, Choice)
    assert isinstance(until, LineEdit)
    every.set_value(Every.WEEK.value)
    until.setText("2026-12-14")
    wait_for_outlook(sheet, context)
    assert "4 times in all." in sheet.outlook.spoken()
    press(sheet, Qt.Key.Key_Return, context)
    whole = (MONDAY, date(2026, 12, 31))
    assert len(days_of(desk, *whole)) == 4
    put_focus(page, MONDAY.isoformat(), 570)
    press(page.view.grid, Qt.Key.Key_Delete, context)
    asked = context.sheet()
    press(asked, Qt.Key.Key_Return, context)
    assert days_of(desk, *whole)[0][0] == "2026-11-30"
    context.notices.undo_newest()
    context.settle()
    assert len(days_of(desk, *whole)) == 4


def test_one_key_starts_the_note_of_a_session_and_the_session_of_a_group(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    block = plan(desk, typed("2026-11-23", "11:00", school=alder, title="Bus duty"))
    page = schedule_of(context)
    put_focus(page, "2026-11-23", 570)
    press(page.view.grid, Qt.Key.Key_S, context)
    assert context.went[-1] == ("note", f"planned:{made}")
    put_focus(page, "2026-11-23", 660)
    press(page.view.grid, Qt.Key.Key_S, context)
    page_id, about = context.went[-1]
    assert (page_id, about.split("|")[:3]) == ("time", [f"planned:{block}", "2026-11-23", "11:00"])
    press(page.view.grid, Qt.Key.Key_H, context)
    assert desk.schedule.book.open(block).appointment.state == "held"
    context.notices.undo_newest()
    context.settle()
    press(page.view.grid, Qt.Key.Key_F, context)
    asked = context.sheet()
    reason = asked.form.field("reason").editor
    assert isinstance(reason, LineEdit)
    reason.setText("Assembly")
    press(asked, Qt.Key.Key_Return, context)
    fallen = desk.schedule.book.open(block).appointment
    assert (fallen.state, fallen.reason) == ("fallen", "Assembly")
    assert (
        "Assembly" in page.view.here.text()
        or page.view.grid.slots_model.at(page.view.grid.currentIndex())[0].struck
    )


def test_pages_and_days_turn_with_keys(context: FakeContext, scheduled: Scheduled) -> None:
    page = schedule_of(context)
    put_focus(page, "2026-11-23", 570)
    press(page.view.grid, Qt.Key.Key_PageDown, context)
    assert page.view.grid.place() == ("2026-11-30", 570)
    press(page.view.grid, Qt.Key.Key_T, context)
    assert page.view.grid.place() == ("2026-11-23", 450)
    page.view.scope.set_value("day")
    page.view.scope_chosen.emit("day")
    context.settle()
    assert page.view.grid.slots_model.columnCount() == 1
    press(page.view.grid, Qt.Key.Key_PageUp, context)
    assert page.state()["day"] == "2026-11-22"
    assert page.view.grid.slots_model.columns[0].under == "No school"


def test_every_half_hour_says_what_lies_on_it(context: FakeContext, scheduled: Scheduled) -> None:
    desk, (alder, birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student, room="12"))
    desk.schedule.buildings.set_special_day(
        SetSpecialDay((alder, birch), "2026-11-26", reason="Thanksgiving")
    )
    page = schedule_of(context)
    model = page.view.grid.slots_model
    put_focus(page, "2026-11-23", 570)
    spoken = str(model.data(page.view.grid.currentIndex(), Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == (
        "Monday 23 Nov 2026, 9:30 AM: Session, Mateo Ocampo, 9:30 AM to 10:00 AM,"
        " Alder Elementary, 12, Planned"
    )
    assert "No school: Thanksgiving" in model.columns[3].under
    put_focus(page, "2026-11-24", 600)
    spoken = str(model.data(page.view.grid.currentIndex(), Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.endswith(": free")


def test_a_calendar_file_goes_out_and_busy_times_come_in(
    context: FakeContext, scheduled: Scheduled, tmp_path: Path
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    page = schedule_of(context)
    made = desk.schedule.files.export(ExportCalendar("2026-11-01", "2026-11-30"))
    target = tmp_path / "mine"
    page.save_file(made, target)
    context.settle()
    saved = target.with_suffix(".ics")
    assert b"Ocampo" not in saved.read_bytes()
    page.read_file(saved)
    context.settle()
    assert page.view.grid.slots_model.columns[0].busy == ((570, 600),)
    page.read_file(tmp_path / "nowhere.ics")
    context.settle()
    assert context.errors


def test_the_day_plan_leaves_with_a_disclosure(
    context: FakeContext, scheduled: Scheduled, tmp_path: Path
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    page = schedule_of(context, "print:")
    sheet = context.sheet()
    sheet.reject()
    context.settle()
    release = Release("Myself", "My day", TO_SUBJECT)
    page._printer.save(AskedPlan("2026-11-23", Show.INITIALS), release, tmp_path / "plan")
    context.settle()
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")


def test_today_has_a_line_for_each_appointment_by_building_and_hour(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, birch), student = scheduled
    made = plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    block = plan(desk, typed("2026-11-23", "13:00", school=birch, title="Bus duty"))
    plan(desk, typed("2026-11-24", "9:30", school=alder))
    lines = today_lines(context)
    assert [(line.at.hour if line.at else 0, line.school, line.page) for line in lines] == [
        (9, alder, "note"),
        (13, birch, "schedule"),
    ]
    assert lines[0].subject == f"planned:{made}"
    assert lines[1].done is not None
    lines[1].done()
    assert desk.schedule.book.open(block).appointment.state == "held"
    assert len(today_lines(context)) == 1
    assert lines[1].undo is not None
    lines[1].undo()
    desk.schedule.book.mark_held(MarkHeld(made))
    assert [line.title for line in today_lines(context)] == ["Bus duty"]


def test_bells_and_days_are_entered_in_forms(context: FakeContext, scheduled: Scheduled) -> None:
    desk, (_alder, birch), _student = scheduled
    page = context.put(BuildingsPage, birch)
    assert isinstance(page, BuildingsPage)
    page.view.asked.emit("bells")
    sheet = context.sheet()
    name, periods = (sheet.form.field(one).editor for one in ("name", "periods"))
    assert isinstance(name, LineEdit)
    assert isinstance(periods, NoteText)
    name.setText("Regular")
    periods.set_text("1, 8:00, 8:50\nLunch, 8:40, 9:20 *")
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("periods").refused
    periods.set_text("1, 8:00, 8:50\nLunch, 8:50, 9:20 *")
    sheet.save_button.click()
    context.settle()
    (bell,) = desk.schedule.buildings.building(birch).bells
    assert [(p.name, p.teaches) for p in bell.periods] == [("1", True), ("Lunch", False)]
    page.view.asked.emit("year")
    sheet = context.sheet()
    cycle = sheet.form.field("cycle").editor
    assert isinstance(cycle, LineEdit)
    cycle.setText("A, B")
    sheet.save_button.click()
    context.settle()
    (year,) = desk.schedule.buildings.building(birch).years
    assert (year.cycle, year.bells) == (("A", "B"), {"": bell.id})
    page.view.asked.emit("special")
    sheet = context.sheet()
    day, why = (sheet.form.field(one).editor for one in ("on", "reason"))
    assert isinstance(day, LineEdit)
    assert isinstance(why, LineEdit)
    day.setText("2026-11-26")
    why.setText("Thanksgiving")
    sheet.save_button.click()
    context.settle()
    assert desk.schedule.buildings.closed_on("2026-11-26") == {birch: "Thanksgiving"}
    titles = [
        entry.title
        for at in range(page.view.list.entries.total())
        if (entry := page.view.list.entries.entry(at)) is not None
    ]
    assert "Special days" in titles
    assert any("26 Nov 2026" in title for title in titles)
    page.view.list.go_to(titles.index(next(t for t in titles if "26 Nov" in t)))
    press(page.view.list, Qt.Key.Key_Delete, context)
    assert not desk.schedule.buildings.closed_on("2026-11-26")
    context.notices.undo_newest()
    context.settle()
    assert desk.schedule.buildings.closed_on("2026-11-26")


def test_a_later_one_of_a_series_is_changed_with_all_after_it(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(
        desk,
        typed("2026-11-23", "9:30", school=alder, student_id=student),
        TypedRule(Every.WEEK, "2026-12-14"),
    )
    schedule_of(context, made)
    sheet = context.sheet()
    assert isinstance(sheet, AppointmentSheet)
    sheet.at.setText("11:00")
    span = sheet.form.field("span").editor
    span.set_value("later")  # type: ignore[attr-defined]
    press(sheet, Qt.Key.Key_Return, context)
    assert [minute for _day, minute in days_of(desk, MONDAY, date(2026, 12, 31))] == [660] * 4


def test_the_note_of_an_appointment_opens_filled_in(
    context: FakeContext, scheduled: Scheduled
) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-23", "7:00", "25", school=alder, student_id=student))
    page = context.put(NotePage, f"planned:{made}")
    assert isinstance(page, NotePage)
    assert page.view.student.student() == student
    page.flush()
    context.settle()
    draft = desk.sessions.start_draft(StartDraft(planned_id=made)).draft
    assert (draft.form.at, draft.form.minutes, draft.form.planned_id) == ("07:00", "25", made)
