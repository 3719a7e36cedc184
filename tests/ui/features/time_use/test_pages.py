"""The time room's pages, by keyboard, on a real vault."""

from datetime import timedelta

import pytest
from context import FakeContext
from keys import focused, press, write
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from walk import clipped, nameless, small_targets, wait_until

from app.bootstrap import Desk
from app.features.people.commands import ChangePerson, ChangeSetting
from app.features.time_use.commands import AddDuty
from app.features.time_use.model.billing import LineState
from app.features.time_use.model.entries import ActivityForm
from app.kernel.clock import FixedClock
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from grounds import choose as choose_ground
from time_desk import DISTRICT, log, sign, take_group, with_code, with_medicaid
from ui.features.time_use.presenter.billing import BillingPage
from ui.features.time_use.presenter.log import LogPage
from ui.features.time_use.presenter.medicaid import MedicaidPage
from ui.features.time_use.presenter.setup import SetupPage
from ui.features.time_use.presenter.share import SharePage
from ui.features.time_use.presenter.today import today_lines
from ui.kit.widgets.entry_sheet import EntrySheet

TODAY = "2026-11-18"
CTRL = Qt.KeyboardModifier.ControlModifier


def open_sheet(page: QWidget) -> EntrySheet:
    """Return the sheet that stands open over a page."""
    wait_until(lambda: any(sheet.isVisible() for sheet in page.findChildren(EntrySheet)))
    return next(sheet for sheet in page.findChildren(EntrySheet) if sheet.isVisible())


def titles(page: LogPage | BillingPage | SetupPage) -> list[str]:
    model = page.view.list.model()
    return [
        model.entry(row).title  # type: ignore[attr-defined]
        for row in range(model.rowCount())
    ]


def whole(page: QWidget) -> None:
    """Assert that all of a page has names, room and size."""
    assert not nameless(page)
    assert not clipped(page)
    assert not small_targets(page)


def test_an_activity_is_logged_in_a_few_keys_and_taken_back(
    context: FakeContext, desk: Desk
) -> None:
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    assert focused() is page.view.quick.category
    write("les")
    assert page.view.quick.form.field("category").editor.accessibleDescription() == "Instruction"
    press(Qt.Key.Key_Tab)
    write("45")
    press(Qt.Key.Key_Return)
    context.settle()
    assert titles(page) == ["Instruction"]
    assert focused() is page.view.quick.category
    assert page.view.quick.values()["minutes"] == ""
    whole(page)
    page.view.list.setFocus()
    press(Qt.Key.Key_Delete)
    context.settle()
    assert titles(page) == []


def test_a_refusal_stands_at_its_entry_and_what_was_typed_stays(context: FakeContext) -> None:
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    write("les")
    press(Qt.Key.Key_Tab)
    write("soon")
    press(Qt.Key.Key_Return)
    context.settle()
    assert focused() is page.view.quick.minutes
    assert page.view.quick.form.field("minutes").refused
    assert page.view.quick.values()["category"] == "les"


def test_the_line_is_there_again_after_a_lock(context: FakeContext, desk: Desk) -> None:
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    write("meet")
    page.flush()
    context.settle()
    again = context.put(LogPage)
    assert isinstance(again, LogPage)
    assert again.view.quick.values()["category"] == "meet"


def test_the_clock_is_started_outlasts_the_page_and_logs(
    context: FakeContext, desk: Desk, clock: FixedClock
) -> None:
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    write("cons")
    page.view.timer_button.click()
    context.settle()
    clock.advance(timedelta(minutes=12))
    again = context.put(LogPage)
    assert isinstance(again, LogPage)
    assert "Since" in again.view.running.text()
    again.view.timer_button.click()
    context.settle()
    assert titles(again) == ["Consultation"]
    assert desk.time_use.log.day(TODAY).total == 12


def test_yesterday_and_duties_are_offered_with_one_key(context: FakeContext, desk: Desk) -> None:
    log(desk, "meet", "50", "2026-11-17", "09:00")
    desk.time_use.log.add_duty(AddDuty(ActivityForm("duty", "20", at="07:40", note="Bus"), "3"))
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    offered = [button.text() for button in page.view._offered]
    assert offered == ["Repeat Tue 17 Nov 2026", "Bus, 7:40 AM, 20 min"]
    page.view._offered[0].setFocus()
    press(Qt.Key.Key_Space)
    context.settle()
    page.view._offered[0].setFocus()
    press(Qt.Key.Key_Space)
    context.settle()
    assert titles(page) == ["School support", "Collaboration"]
    assert page.view._offered == []


def test_an_entry_is_corrected_and_a_session_keeps_its_note(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    sign(desk, student, minutes="30")
    log(desk, "les", "45", at="08:00")
    page = context.put(LogPage)
    assert isinstance(page, LogPage)
    page.view.list.go_to(0)
    page.view.list.setFocus()
    press(Qt.Key.Key_Return)
    sheet = open_sheet(page)
    sheet.form.field("minutes").editor.setText("50")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    page.view.list.go_to(1)
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    sheet = open_sheet(page)
    assert sheet.form.names() == ("category",)
    sheet.form.field("category").editor.set_value("crisis")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert [
        (line.entry.category, line.entry.minutes) for line in desk.time_use.log.day(TODAY).lines
    ] == [
        ("instruction", 50),
        ("crisis", 30),
    ]


def test_the_share_shows_both_and_the_group_once(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    empty = context.put(SharePage)
    assert isinstance(empty, SharePage)
    assert empty.view.empty.isVisible()
    sign(desk, student, minutes="30")
    take_group(desk, [student], minutes=50)
    log(desk, "duty", "20")
    page = context.put(SharePage)
    assert isinstance(page, SharePage)
    said = page.view.bar.accessibleDescription()
    assert "Direct student services: 1 h 20 min, 80 %" in said
    assert "Program planning and school support: 20 min, 20 %" in said
    assert "1 h 40 min" in page.view.about.text()
    whole(page)
    page.view.periods.chosen.emit("year")
    context.settle()
    page.view.buttons["reports"].click()
    assert context.went[-1] == ("reports", "use-of-time||2026-08-01|2026-11-18|")


def test_a_line_is_marked_ready_and_let_go_to_a_file(
    context: FakeContext, desk: Desk, student: StudentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.people.change_person(ChangePerson("Ana Núñez", Role.COUNSELOR, "LPC"))
    with_medicaid(desk, student)
    with_code(desk, "individual-counseling")
    sign(desk, student, minutes="30")
    page = context.put(BillingPage)
    assert isinstance(page, BillingPage)
    assert titles(page) == ["Mateo Ocampo"]
    whole(page)
    press(Qt.Key.Key_R)
    context.settle()
    assert titles(page) == []
    target = desk.folder.path.parent / "claims.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    page.view.action.click()
    sheet = open_sheet(page)
    for name, words in (("recipient", "District billing office"), ("purpose", "October claims")):
        sheet.form.field(name).editor.setText(words)  # type: ignore[attr-defined]
    choose_ground(sheet.form)
    sheet.save_button.click()
    context.settle()
    assert not context.errors
    written = target.read_text("utf-8-sig")
    assert "447120091" in written
    assert "X9001" in written
    counts = desk.time_use.billing.sheet(TODAY, TODAY).counts
    assert counts == {LineState.EXPORTED: 1}


def test_number_and_consent_are_kept_and_refused_in_place(
    context: FakeContext, desk: Desk, student: StudentId
) -> None:
    page = context.put(MedicaidPage, student)
    assert isinstance(page, MedicaidPage)
    whole(page)
    write("4!")
    press(Qt.Key.Key_Return, CTRL)
    context.settle()
    assert page.view.form.field("medicaid_id").refused
    page.flush()
    context.settle()
    back = context.put(MedicaidPage, student)
    assert isinstance(back, MedicaidPage)
    assert back.view.number.text() == "4!"  # as after a lock
    context.show_page(page, student)
    page.view.number.setText("447120091")
    page.view.consent_on.setText("2026-09-01")
    press(Qt.Key.Key_Return, CTRL)
    context.settle()
    assert context.backs == 1
    assert desk.time_use.billing.medicaid(student).facts.consents(TODAY)
    again = context.put(MedicaidPage, student)
    assert isinstance(again, MedicaidPage)
    assert again.view.number.text() == "447120091"


def test_sets_usual_duties_and_codes_are_set_up_from_the_keyboard(
    context: FakeContext, desk: Desk
) -> None:
    page = context.put(SetupPage)
    assert isinstance(page, SetupPage)
    assert len(titles(page)) == 5
    assert titles(page)[-1] == "A full day of work: 7 h"
    page.view.list.go_to(4)
    press(Qt.Key.Key_Return)
    sheet = open_sheet(page)
    for typed in ("0", "400"):
        sheet.form.field("time_day").editor.setText(typed)  # type: ignore[attr-defined]
        sheet.save_button.click()
        context.settle()
        assert bool(sheet.form.field("time_day").refused) == (typed == "0")
    assert desk.people.settings(desk.seat.person)["time_day"] == "400"
    page.view.list.go_to(1)
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    context.settle()
    assert desk.time_use.categories.current().code == "school-nursing"
    for part in ("usual", "codes", "duties"):
        context.show_page(page, part)
        whole(page)
    assert page.view.empty.isVisible()
    page.view.action.click()
    sheet = open_sheet(page)
    sheet.form.field("minutes").editor.setText("20")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert len(desk.time_use.log.duties()) == 1
    context.show_page(page, "codes")
    page.view.list.go_to(0)
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    sheet = open_sheet(page)
    sheet.form.field("group").editor.setText("x!")  # type: ignore[attr-defined]
    sheet.save_button.click()
    context.settle()
    assert sheet.form.field("group").refused
    sheet.reject()


def test_a_block_of_the_schedule_is_logged_from_its_times(context: FakeContext, desk: Desk) -> None:
    school = desk.caseload.schools()[0].id
    page = context.put(LogPage, f"planned:{new_id()}|2026-11-17|07:40|20|{school}")
    assert isinstance(page, LogPage)
    quick = page.view.quick
    assert (quick.values()["at"], quick.values()["minutes"]) == ("07:40", "20")
    assert focused() is quick.category
    write("duty")
    press(Qt.Key.Key_Return)
    context.settle()
    assert not context.errors
    (line,) = desk.time_use.log.day("2026-11-17").lines
    assert line.entry.minutes == 20
    assert context.went[-1] == ("time", "2026-11-17")


def test_a_set_is_loaded_from_a_file_and_used(
    context: FakeContext, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = desk.folder.path.parent / "riverbend.json"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    page = context.put(SetupPage, "sets")
    assert isinstance(page, SetupPage)
    page.view.links["load"].click()
    context.settle()
    assert [str(error) for error in context.errors] == ["file-unreadable"]
    file.write_text(DISTRICT)
    page.view.links["load"].click()
    context.settle()
    assert "Riverbend" in titles(page)
    page.view.list.go_to(titles(page).index("Riverbend"))
    QTest.keyClick(page.view.list, Qt.Key.Key_Return)
    context.settle()
    assert desk.time_use.categories.current().code == "riverbend"


def test_today_says_nothing_unless_it_was_turned_on(context: FakeContext, desk: Desk) -> None:
    assert today_lines(context) == []
    desk.people.change_setting(ChangeSetting("time_nudge", "on"))
    (line,) = today_lines(context)
    assert (line.page, line.subject) == ("time", "2026-11-17")
    log(desk, "meet", "5h", "2026-11-17", "08:00")
    assert today_lines(context) == []
