"""The page of the room's papers: what is chosen is shown, and leaves only on record."""

import json
from pathlib import Path

import pytest
from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from walk import clipped, wait_until, walk

from app.features.medication.commands import CountOut, PlanTrip, ReportIncident
from app.features.medication.model.incidents import IncidentKind
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.overviews.data.schemas import schema_of
from app.overviews.fhir.check import check
from app.overviews.reports.medication_papers import PaperKind
from fhir_desk import read
from grounds import choose as choose_ground
from nurse_desk import CONTROLLED, NurseDesk, at
from ui.features.caseload.presenter.student import StudentPage
from ui.features.medication.presenter.incidents import IncidentPage
from ui.features.medication.presenter.month import MonthPage
from ui.features.medication.presenter.papers import PapersPage, subject_of
from ui.features.medication.presenter.stock import ContainerPage
from ui.features.medication.presenter.trips import TripPage
from ui.kit.look import look


@pytest.fixture
def student(nurse: NurseDesk) -> StudentId:
    student = nurse.student()
    nurse.stock(nurse.order(student))
    return student


def papers(context: FakeContext, subject: str = "") -> PapersPage:
    page = context.put(PapersPage, subject)
    assert isinstance(page, PapersPage)
    context.drawn(page)
    return page


def said(page: PapersPage) -> str:
    return " ".join(sheet.accessibleDescription() for sheet in page.view.pages.sheets())


def test_the_month_is_shown_as_it_will_be_printed(context: FakeContext, student: StudentId) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    assert "Medication record" in said(page)
    assert "Mateo Ocampo" in said(page)
    assert page.view.recipient.hasFocus()
    (sheet,) = page.view.pages.sheets()
    assert sheet.sizeHint().width() > sheet.sizeHint().height()
    assert "Mateo" in page.view.who.text()


def test_another_paper_asks_for_what_it_needs(context: FakeContext, student: StudentId) -> None:
    page = papers(context)
    assert page.view.kind.hasFocus()
    assert page.view.month.isVisible()
    page.view.kind.set_value(PaperKind.DOWNTIME.value)
    context.drawn(page)
    assert page.view.day.isVisible()
    assert not page.view.month.isVisible()
    assert not page.view.student.isVisible()
    assert "23 Nov 2026" in said(page)
    page.view.kind.set_value(PaperKind.EMERGENCY.value)
    context.drawn(page)
    assert page.view.said.text() == "Choose the student."
    assert not page.view.everyone.isVisible()
    assert page.view.pages.sheets() == ()
    page.show_subject(subject_of(PaperKind.EMERGENCY, student))
    page.arrive()
    context.drawn(page)
    assert "Whom to call" in said(page)
    assert page.view.said.isHidden()


def test_ctrl_s_saves_on_record_under_a_name_without_names(
    context: FakeContext,
    nurse: NurseDesk,
    student: StudentId,
    tmp_path: Path,
    offered: list[str],
) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    QTest.keyClick(page.view.recipient, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert "who receives" in page.view.form.field("recipient").refused
    assert nurse.desk.privacy.count() == 0
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Dr. Ito")
    QTest.keyClicks(page.view.purpose, "Review")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    (line,) = nurse.desk.privacy.disclosures(student)
    assert line.disclosure.paper == "medication-month"
    assert (tmp_path / "chosen.pdf").read_bytes().startswith(b"%PDF")
    assert offered == ["medication-month-2026-11-20-1.pdf"]
    assert len(context.notices.shown()) == 1
    assert context.errors == []
    context.drawn(page)


def test_printing_is_on_record_before_the_first_page(
    context: FakeContext, nurse: NurseDesk, student: StudentId, tmp_path: Path
) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    page.view.recipient.setText("Dr. Ito")
    choose_ground(page.view.form)
    page.view.purpose.setText("Review")
    ready = page._ready()
    assert ready is not None
    made = nurse.desk.medication_papers.make(*ready)
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    page.print_on(printer, made, ready[1])
    wait_until(lambda: page.view.save.isEnabled() and bool(context.notices.shown()))
    context.settle()
    (line,) = nurse.desk.privacy.disclosures(student)
    assert (line.disclosure.means, line.stopped) == ("print", "")
    context.drawn(page)


def test_buttons_elsewhere_lead_here(
    context: FakeContext, nurse: NurseDesk, student: StudentId
) -> None:
    box = nurse.stock(nurse.order(student, CONTROLLED), witness=nurse.proof())
    incident = nurse.room.incidents.report_incident(
        ReportIncident(student_id=student, kind=IncidentKind.OTHER, happened="Spilled.")
    ).made
    month = context.put(MonthPage, student)
    assert isinstance(month, MonthPage)
    month.view.paper.click()
    for make, subject in ((ContainerPage, box), (IncidentPage, incident)):
        page = context.put(make, subject)
        page.view.acted.emit("paper")  # type: ignore[attr-defined]
    assert context.went == [
        ("papers", f"medication-month|{student}|2026-11"),
        ("papers", f"controlled-ledger|{student}|{box}"),
        ("papers", f"medication-incident|{student}|{incident}"),
    ]
    page = papers(context, f"controlled-ledger|{student}|{box}")
    assert "Schedule II" in said(page)
    page.show_subject(f"medication-incident|{student}|{incident}")
    page.arrive()
    context.drawn(page)
    assert "Spilled." in said(page)


def test_a_trip_leads_to_its_packet_and_another_can_be_chosen(
    context: FakeContext, nurse: NurseDesk, student: StudentId
) -> None:
    order = nurse.order(student)
    nurse.stock(order)
    zoo, pool = (
        nurse.room.trips.plan_trip(
            PlanTrip(where, at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
        ).made
        for where in ("Zoo", "Pool")
    )
    shown = context.put(TripPage, zoo)
    assert isinstance(shown, TripPage)
    assert not shown.view.buttons["paper"].isVisible()
    nurse.room.trips.count_out(CountOut(zoo, student, order, "1"))
    context.show_page(shown, zoo)
    assert shown.view.buttons["paper"].isVisible()
    shown.view.buttons["paper"].click()
    assert context.went[-1] == ("papers", f"field-trip-packet||{zoo}")
    page = papers(context, subject_of(PaperKind.TRIP, what=zoo))
    context.drawn(page)
    assert page.view.trip.isVisible()
    assert page.view.trip.value() == zoo
    assert "What came back" in said(page)
    page.view.trip.set_value(pool)
    context.drawn(page)
    assert page.view.form.field("trip").refused
    assert page.view.pages.sheets() == ()


def test_tab_reaches_everything_and_nothing_is_cut_at_twice_the_size(
    app: QApplication, context: FakeContext, student: StudentId
) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    assert walk(page) > 8
    page.view.kind.setFocus()
    reached = []
    for _ in range(20):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    view = page.view
    for widget in (view.kind, view.student, view.month, view.recipient, view.save, view.print):
        assert widget in reached
    try:
        look().apply(app, "light", 2.0)
        context.drawn(page)
        assert clipped(page) == []
    finally:
        look().apply(app, "light", 1.0)
    context.drawn(page)


def test_whom_and_why_are_here_after_a_lock_for_the_same_paper_alone(
    context: FakeContext, student: StudentId
) -> None:
    page = papers(context, subject_of(PaperKind.EMERGENCY, student))
    page.view.recipient.setText("Dr. Ito")
    page.flush()
    context.settle()
    again = papers(context, subject_of(PaperKind.EMERGENCY, student))
    assert again.view.recipient.text() == "Dr. Ito"
    other = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    assert other.view.recipient.text() == ""
    again.view.recipient.setText("")
    again.flush()
    context.settle()
    last = papers(context, subject_of(PaperKind.EMERGENCY, student))
    assert last.view.recipient.text() == ""


def test_state_holds_ids_and_no_names(context: FakeContext, student: StudentId) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-10"))
    page.view.recipient.setText("Dr. Ito")
    state = page.state()
    assert state["student"] == student
    assert "Ito" not in str(state)
    other = context.put(PapersPage)
    assert isinstance(other, PapersPage)
    other.restore(state)
    other.arrive()
    context.drawn(other)
    assert other.view.typed().month == "2026-10"
    assert "Mateo" in other.view.who.text()


def test_the_students_page_leads_to_the_emergency_sheet_for_the_nurse_alone(
    context: FakeContext, student: StudentId, tmp_path: Path
) -> None:
    page = context.put(StudentPage, student)
    assert isinstance(page, StudentPage)
    button = page.view.buttons["emergency"]
    assert button.isVisible()
    button.click()
    assert context.went[-1] == ("papers", f"emergency-sheet|{student}|")
    other = NurseDesk(tmp_path / "other", role=Role.COUNSELOR)
    theirs = FakeContext(other.desk)
    page = theirs.put(StudentPage, other.student())
    assert isinstance(page, StudentPage)
    assert page.view.buttons["emergency"].isHidden()
    theirs.end()
    other.desk.close()


def test_one_students_month_can_leave_as_a_fhir_document(
    context: FakeContext,
    nurse: NurseDesk,
    student: StudentId,
    tmp_path: Path,
    offered: list[str],
) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, student, "2026-11"))
    assert page.view.format_choice.isVisible()
    chips = page.view.format_choice.stops()
    next(one for one in chips if getattr(one, "value", None) == "fhir").click()
    assert not page.view.print.isVisible()
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Dr. Ito")
    QTest.keyClicks(page.view.purpose, "Review")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert context.errors == []
    assert page.view.said.text() == ""
    document = read((tmp_path / "chosen.fhir.json").read_bytes())
    assert check(document) == []
    (line,) = nurse.desk.privacy.disclosures(student)
    assert (line.disclosure.means, line.disclosure.scope["month"]) == ("json", "2026-11")
    assert offered == ["medication-month-2026-11-20-1.fhir.json"]
    page.view.everyone.click()
    context.drawn(page)
    QTest.keyClicks(page.view.recipient, "Dr. Ito")
    page.view.purpose.setText("Review")
    choose_ground(page.view.form)
    page.save()
    assert "one student" in page.view.said.text()
    assert page.view.student.hasFocus()
    assert len(offered) == 1
    page.view.kind.set_value(PaperKind.STOCK.value)
    context.drawn(page)
    assert not page.view.format_choice.isVisible()
    assert page.view.print.isVisible()


@pytest.mark.parametrize("everyone", [False, True])
def test_a_month_can_leave_as_data_of_one_student_and_of_everyone(
    context: FakeContext,
    nurse: NurseDesk,
    student: StudentId,
    tmp_path: Path,
    everyone: bool,
    offered: list[str],
) -> None:
    page = papers(context, subject_of(PaperKind.MONTH, "" if everyone else student, "2026-11"))
    chips = page.view.format_choice.stops()
    next(one for one in chips if getattr(one, "value", None) == "json").click()
    assert not page.view.print.isVisible()
    choose_ground(page.view.form)
    QTest.keyClicks(page.view.recipient, "Dr. Ito")
    QTest.keyClicks(page.view.purpose, "Review")
    QTest.keyClick(page.view.purpose, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    context.settle()
    assert context.errors == []
    assert page.view.said.text() == ""
    body = json.loads((tmp_path / "chosen.json").read_text(encoding="utf-8"))
    assert list(schema_of(SummaryKind.MEDICATION_MONTH).iter_errors(body)) == []
    assert body["period"] == "2026-11"
    (line,) = nurse.desk.privacy.disclosures(student)
    assert (line.disclosure.means, line.disclosure.scope["month"]) == ("json", "2026-11")
    assert offered == ["medication-month-2026-11-20-1.json"]
    context.drawn(page)
