"""Sending what a page shows: the sheet of the outbox over the page, filled in."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from walk import clipped, wait_until

from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.kernel.releases import Ground
from fhir_desk import a_student
from outbox_desk import OutboxDesk
from ui.features.medication.presenter.papers import PapersPage
from ui.features.outbox import ROOM
from ui.features.outbox.presenter.courier import courier_of
from ui.features.outbox.view.sheets import SendSheet
from ui.features.privacy.presenter.summary import SummaryPage
from ui.features.reports.presenter.reports import ReportsPage
from ui.kit.look import look
from ui.kit.widgets.fields import Choice
from ui.kit.widgets.lists import Entry
from ui.kit.widgets.pupil import PupilSheet

SEND = next(action for action in ROOM.actions if action.id == "send-summary")


@pytest.fixture
def room(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path, role=getattr(request, "param", Role.COUNSELOR))
    yield made
    made.desk.close()


@pytest.fixture
def context(room: OutboxDesk, show: Callable[..., Any]) -> Iterator[FakeContext]:
    made = FakeContext(room.desk)
    show(made, 1240, 720)
    assert ROOM.begin is not None
    ROOM.begin(made)
    yield made
    wait_until(lambda: not courier_of(made).running)
    made.end()


def put(context: FakeContext, make: Any, subject: str = "") -> Any:
    page = context.put(make, subject)
    context.drawn(page)
    return page


def sheet_over(page: Any) -> SendSheet:
    (sheet,) = [one for one in page.findChildren(SendSheet) if one.isVisible()]
    assert isinstance(sheet, SendSheet)
    return sheet


def test_without_a_place_a_line_says_how_to_add_one_and_with_one_there_is_a_button(
    room: OutboxDesk, context: FakeContext
) -> None:
    page = put(context, SummaryPage, a_student(room.desk))
    assert not page.view.send.isVisible()
    assert page.view.send_line.isVisible()
    assert "Add a place" in page.view.send_line.text()
    SEND.run(context)
    assert context.went == [("outbox", "send")], "which asks for a place first"
    room.own_place()
    context.show_page(page, page._student)
    assert page.view.send.isVisible()
    assert not page.view.send_line.isVisible()


def test_a_students_summary_is_sent_as_it_is_chosen_and_one_stays_where_one_was(
    room: OutboxDesk, context: FakeContext
) -> None:
    place = room.own_place()
    student = a_student(room.desk)
    page = put(context, SummaryPage, student)
    page.view.parts.set_values(["profile", "minutes"])
    page.view.period.set_value("all")
    page.view.ground.ground.set_value(Ground.SCHOOL_OFFICIAL.value)
    page.view.ground.interest.setText("Sets up the quiet corner")
    page.view.recipient.setText("Jo Park")
    page.view.purpose.setText("Plans the seating")
    page.view.send.click()
    context.settle()
    sheet = sheet_over(page)
    found = sheet.values()
    assert (found["kind"], found["period"], found["place"]) == ("student", "../..", place)
    assert (found["recipient"], found["purpose"]) == ("Jo Park", "Plans the seating")
    assert (found["ground"], found["interest"]) == ("school_official", "Sets up the quiet corner")
    assert found["names"] is True
    assert page.view.who.text() in sheet.student.text()
    assert sheet.chosen.text() == "Sections: Profile, Service minutes"
    sheet.save_button.click()
    context.settle()
    asked = room.told.asked[-1]
    assert (asked.kind, asked.student_id, asked.period) == (SummaryKind.STUDENT, student, "../..")
    assert asked.choices == {"sections": ["profile", "minutes"], "mask_others": True}
    assert (asked.recipient, asked.terms.ground) == ("Jo Park", Ground.SCHOOL_OFFICIAL)
    assert room.desk.privacy.count(student) == 1
    assert context.went == []
    assert context.errors == []
    state = room.desk.people.state(room.desk.seat.person)
    assert not state.get(f"summary:{student}"), "the disclosure has the words now"
    assert len(context.notices.shown()) == 1
    context.drawn(page)


def test_the_keys_and_the_palette_send_what_is_shown(
    room: OutboxDesk, context: FakeContext
) -> None:
    assert SEND.shortcut == "Ctrl+Shift+S"
    room.own_place()
    page = put(context, SummaryPage, a_student(room.desk))
    SEND.run(context)
    context.settle()
    sheet = sheet_over(page)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    context.settle()
    assert room.told.asked == []
    assert context.went == []
    page.hide()
    SEND.run(context)
    assert context.went == [("outbox", "send")]


def test_what_makes_no_sense_is_said_at_its_field_and_nothing_is_asked(
    room: OutboxDesk, context: FakeContext
) -> None:
    room.own_place()
    page = put(context, SummaryPage, a_student(room.desk))
    page.view.parts.set_values([])
    page.view.send.click()
    context.settle()
    assert page.view.form.field("sections").refused
    assert page.findChildren(SendSheet) == []


@pytest.mark.parametrize("room", [Role.NURSE], indirect=True)
def test_a_month_of_medication_is_sent_and_other_papers_of_the_room_are_not(
    room: OutboxDesk, context: FakeContext
) -> None:
    room.own_place()
    student = StudentId(a_student(room.desk))
    page = put(context, PapersPage, f"medication-month|{student}|2026-09")
    assert page.view.send.isVisible()
    page.view.send.click()
    context.settle()
    sheet = sheet_over(page)
    found = sheet.values()
    assert (found["kind"], found["period"]) == ("medication-month", "2026-09")
    assert sheet.student.text() == "About Mateo Ocampo"
    assert "born" in sheet.chosen.text(), "there may be two of that name"
    sheet.student.click()
    (asked,) = [one for one in sheet.findChildren(PupilSheet) if one.isVisible()]
    other = a_student(room.desk, "Lin", "Abe", "20418")
    asked.picked.emit(Entry(other, "Lin Abe", "", icon="student"))
    asked.accept()
    context.settle()
    assert sheet.student.text() == "About Lin Abe"
    assert "born" not in sheet.chosen.text()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    context.settle()
    page.view.month.setText("autumn")
    page.view.send.click()
    context.settle()
    assert page.view.form.field("month").refused
    page.view.month.setText("2026-09")
    page.view.kind.set_value("prn-log")
    assert not page.view.send.isVisible()
    context.drawn(page)


def test_reports_that_are_data_too_are_sent_with_their_days_and_choices(
    room: OutboxDesk, context: FakeContext
) -> None:
    room.own_place()
    page = put(context, ReportsPage, "services")

    def shown(kind: str) -> None:
        context.show_page(page, kind)
        context.drawn(page)

    def asked() -> SendSheet:
        page.view.send.click()
        context.settle()
        return sheet_over(page)

    sheet = asked()
    last_whole = context.today().replace(day=1) - timedelta(days=1)
    assert sheet.values()["period"] == f"{last_whole:%Y-%m}"
    assert sheet.values()["ground"] == "no_names"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    context.settle()

    shown("use-of-time|| 2026-09-01|2026-09-05|".replace(" ", ""))
    sheet = asked()
    assert sheet.values()["period"] == "2026-09-01/2026-09-05"
    period = sheet.form.field("period").editor
    assert isinstance(period, Choice)
    assert period.currentText() == "1 Sep 2026 to 5 Sep 2026"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    context.settle()

    shown("caseload-list")
    page.view.names.set_value("initials")
    sheet = asked()
    assert not sheet.form.field("period").isVisible(), "a caseload is of now"
    assert sheet.chosen.text() == "How students are called: Initials"
    assert not sheet.student.isVisible()
    sheet.form.field("purpose").editor.setText("For the year’s plan")
    sheet.form.field("ground").editor.set_value("audit")
    sheet.form.field("interest").editor.setText("The yearly one")
    sheet.save_button.click()
    context.settle()
    assert room.told.asked[-1].choices["names"] == "initials"
    assert room.told.asked[-1].kind is SummaryKind.CASELOAD

    shown("session-log")
    assert not page.view.send.isVisible()
    assert not page.view.send_line.isVisible()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_the_buttons_are_whole_at_twice_the_size(
    app: Any, room: OutboxDesk, context: FakeContext, scale: float
) -> None:
    room.own_place()
    page = put(context, SummaryPage, a_student(room.desk))
    look().apply(app, "light", scale)
    context.drawn(page)
    assert clipped(page) == []
    look().apply(app, "light")
