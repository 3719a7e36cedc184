from context import FakeContext
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from reading import chips, rows, words

from app.features.medication.commands import (
    ReportIncident,
    StartVisit,
)
from app.features.medication.model.incidents import IncidentKind
from app.features.medication.model.nursing import Complaint
from app.features.medication.model.orders import OrderState
from nurse_desk import CONTROLLED, WITNESS_PASSPHRASE, NurseDesk
from ui.features.medication.presenter.dose import DosePage
from ui.features.medication.presenter.incidents import IncidentPage, IncidentsPage
from ui.features.medication.presenter.month import MonthPage
from ui.features.medication.presenter.order import OrderPage
from ui.features.medication.presenter.orders import OrdersPage
from ui.features.medication.presenter.stock import ContainerPage, StockPage
from ui.features.medication.presenter.visits import VisitPage, VisitsPage
from ui.features.medication.view.pupil import PupilSheet
from ui.kit.widgets.entry_sheet import EntrySheet, put


def test_an_order_is_transcribed_for_a_student_found_by_letters(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    page = context.put(OrdersPage)
    assert isinstance(page, OrdersPage)
    page.view.add.click()
    picker = context.findChildren(PupilSheet)[0]
    picker.line.setText("oca")
    picker.line.sought.emit("oca")
    context.settle()
    picker.found.opened.emit(picker.found.entry())
    context.settle()
    context.fill(
        name="Albuterol",
        strength="90 mcg",
        form="inhaler",
        dose="2",
        unit="puff",
        route="inhaled",
        times="8, 2:30 PM",
        prescriber="Dr. Ito",
        prescriber_phone="555-0100",
        guardian="Rosa Ocampo",
        guardian_signed_on="2026-08-20",
    )
    orders = nurse.room.orders.orders_of(student)
    assert [(line.order.title(), line.order.times) for line in orders] == [
        ("Albuterol 90 mcg", ("08:00", "14:30"))
    ]
    assert context.went[-1] == ("order", orders[0].order.id)


def test_what_is_wrong_in_an_order_is_said_at_its_field(
    nurse: NurseDesk, context: FakeContext
) -> None:
    nurse.student()
    page = context.put(OrdersPage)
    page.show_subject(f"new:{nurse.room.orders.find_pupils('oca')[0].id}")
    context.settle()
    sheet = context.fill(name="Albuterol", dose="a third", prescriber="Dr. Ito", times="8")
    assert sheet.form.field("dose").refused
    assert sheet.values()["name"] == "Albuterol"
    sheet.reject()


def test_an_order_is_compared_by_two_changed_held_and_ended(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    page = context.put(OrderPage, order)
    assert isinstance(page, OrderPage)
    assert "Not compared yet" in chips(page)
    page.view.buttons["check"].click()
    context.settle()
    sheet = context.fill(witness=nurse.second, witness_passphrase="not theirs at all")
    assert sheet.form.field("witness_passphrase").refused
    context.fill(witness_passphrase=WITNESS_PASSPHRASE)
    assert nurse.room.orders.order_sheet(order).standing_checked
    page.view.buttons["hold"].click()
    context.settle()
    context.fill(reason="Parent asked", word_of="Rosa Ocampo")
    assert nurse.room.orders.order_sheet(order).state is OrderState.HELD
    page.view.buttons["resume"].click()
    context.settle()
    context.fill(reason="Parent called back")
    page.view.buttons["change"].click()
    context.settle()
    context.fill(dose="1/2", reason="New paper of 20 November")
    version = context.went[-1]
    assert version[0] == "order"
    changed = nurse.room.orders.order_sheet(version[1])
    assert (changed.order.version, changed.order.dose_number()) == (2, "½")
    context.show_page(page, version[1])
    page.view.buttons["end"].click()
    context.settle()
    context.fill(reason="Treatment is over", word_of="Dr. Ito")
    assert nurse.room.orders.order_sheet(version[1]).state is OrderState.DISCONTINUED
    assert any(title.startswith("Version 1") for title in rows(page.view.history))


def test_medicine_is_received_counted_and_a_gap_stays_until_it_is_explained(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    page = context.put(OrderPage, order)
    assert isinstance(page, OrderPage)
    page.view.buttons["receive"].click()
    context.settle()
    context.fill(amount="20", counterpart="Rosa Ocampo", expires_on="2027-06-30")
    container = nurse.room.stock.containers()[0].container.id
    stock = context.put(StockPage)
    assert isinstance(stock, StockPage)
    stock.view.action.click()
    context.settle()
    sheet = context.sheet()
    name = next(name for name in sheet.form.names() if name.startswith("count-"))
    put(sheet.form.field(name).editor, "19")
    context.fill(witness=nurse.second, witness_passphrase=WITNESS_PASSPHRASE)
    assert len(nurse.room.stock.discrepancies()) == 1
    ledger = context.put(ContainerPage, container)
    assert isinstance(ledger, ContainerPage)
    assert "19 tablets were there, 20 tablets were expected." in words(ledger)
    ledger.view.buttons["explain"].click()
    context.settle()
    context.fill(
        text="One tablet lay behind the drawer",
        witness=nurse.second,
        witness_passphrase=WITNESS_PASSPHRASE,
    )
    assert nurse.room.stock.discrepancies() == []
    assert "Explained" in rows(ledger.view.history)
    ledger.view.buttons["take"].click()
    context.settle()
    context.fill(
        kind="destroyed",
        amount="19",
        reason="Expired",
        witness=nurse.second,
        witness_passphrase=WITNESS_PASSPHRASE,
    )
    assert nurse.room.stock.ledger(container).held.balance == 0


def test_a_dose_is_corrected_in_the_open_and_reported(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    dose = nurse.give(order, student)
    page = context.put(DosePage, dose)
    assert isinstance(page, DosePage)
    page.view.buttons["correct"].click()
    context.settle()
    context.fill(way="not_given", code="refused", why="Spat it out, I had pressed too soon")
    assert len(rows(page.view.history)) == 2
    assert "Refused" in chips(page)
    page.view.buttons["incident"].click()
    context.settle()
    assert not [sheet for sheet in context.findChildren(EntrySheet) if sheet.isVisible()]
    assert nurse.room.incidents.incidents() == []


def test_an_incident_is_reported_called_about_and_closed(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    nurse.room.incidents.report_incident(
        ReportIncident(student, IncidentKind.WRONG_DOSE, "Two tablets instead of one")
    )
    listed = context.put(IncidentsPage)
    assert isinstance(listed, IncidentsPage)
    assert rows(listed.view.list) == ["Wrong dose: Ocampo, Mateo"]
    incident = nurse.room.incidents.incidents()[0].incident.id
    page = context.put(IncidentPage, incident)
    assert isinstance(page, IncidentPage)
    assert "Poison control, 1-800-222-1222" in words(page)
    page.view.buttons["add"].click()
    context.settle()
    context.fill(kind="call", called="poison_control", text="Watch for four hours")
    page.view.buttons["add"].click()
    context.settle()
    context.fill(kind="closed", text="No effect seen")
    assert not nurse.room.incidents.incident_sheet(incident).open


def test_a_visit_goes_from_coming_to_leaving(nurse: NurseDesk, context: FakeContext) -> None:
    student = nurse.student()
    visit = nurse.room.nursing.start_visit(
        StartVisit(student, Complaint.HEADACHE, "It hurts since ten")
    ).made
    listed = context.put(VisitsPage)
    assert isinstance(listed, VisitsPage)
    assert rows(listed.view.list) == ["Ocampo, Mateo"]
    page = context.put(VisitPage, visit)
    assert isinstance(page, VisitPage)
    page.view.buttons["vitals"].click()
    context.settle()
    context.fill(temperature="98.6", pulse="84")
    page.view.buttons["care"].click()
    context.settle()
    context.fill(reason="Lay down for a while")
    page.view.buttons["leave"].click()
    context.settle()
    context.fill(leaving="class")
    sheet = nurse.room.nursing.visit_sheet(visit)
    assert not sheet.open
    assert [entry.kind for entry in sheet.entries] == ["vitals", "care", "left"]
    assert "98.6 °F, pulse 84" in page.view.history.entries.entry(2).text  # type: ignore[union-attr]


def test_the_month_sheet_shows_initials_codes_and_opens_a_dose(
    nurse: NurseDesk, context: FakeContext
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    dose = nurse.give(order, student)
    nurse.set("2026-11-24T09:00")
    nurse.room.doses.settle_missed()
    page = context.put(MonthPage, student)
    assert isinstance(page, MonthPage)
    grid = page.view.grid
    texts = [grid.grid.data(grid.grid.index(0, day)) for day in range(30)]
    assert texts[19:24] == ["GA", "", "", "M", ""]
    assert "GA Grace Adeyemi" in page.view.key.text()
    assert "M Missed" in page.view.key.text()
    grid.setCurrentIndex(grid.grid.index(0, 19))
    assert "20 Nov 2026, 11:45 AM, Methylphenidate 10 mg: Given (GA)" in page.view.cell.text()
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert context.went[-1] == ("dose", dose)
    page.view.before.click()
    context.settle()
    assert page.view.month.text() == "October 2026"
