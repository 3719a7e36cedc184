"""Incidents, visits, plans, delegation and trips on a real vault; what Today has of them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from app.features.medication.commands import (
    AddCare,
    AddToIncident,
    AddVitals,
    BackLine,
    CloseYear,
    CountOut,
    DelegateTask,
    EndDelegation,
    EndPlan,
    EndVisit,
    KeepPhoto,
    PlanTrip,
    ReconcileTrip,
    RecordDose,
    RecordNotGiven,
    RemovePhoto,
    ReportIncident,
    StartVisit,
    TakeStock,
    WritePlan,
)
from app.features.medication.model.doses import By, Code, Source
from app.features.medication.model.incidents import Called, IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import Complaint, Leaving, PlanKind, VitalsForm
from app.features.medication.model.orders import Ending, OrderState
from app.features.medication.model.stock import MovementKind
from app.kernel.errors import Refused
from nurse_desk import CONTROLLED, NurseDesk, at, refusal


def test_what_is_no_error_is_not_called_one(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, times=("08:15", "11:45"))

    def told(slot: str, code: Code, note: str = "") -> str:
        command = RecordNotGiven(order, student, "2026-11-20", slot, code, note)
        return nurse.room.doses.record_not_given(command).made

    refused = told("08:15", Code.REFUSED)
    assert nurse.room.incidents.kinds_for(refused).kinds == ()
    with pytest.raises(Refused, match="not-an-incident"):
        nurse.room.incidents.report_incident(
            ReportIncident(student, IncidentKind.OMITTED, "x", dose_id=refused)
        )
    omitted = told("11:45", Code.OMITTED, "Fire drill")
    offered = nurse.room.incidents.kinds_for(omitted)
    assert (offered.kinds, offered.suggested) == ((IncidentKind.OMITTED,), IncidentKind.OMITTED)


def test_a_dose_at_a_wrong_time_is_suggested_as_one(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T13:00")
    dose = nurse.give(order, student, override_reason="Class trip came back late")
    assert nurse.room.incidents.kinds_for(dose).suggested is IncidentKind.WRONG_TIME


def test_an_incident_is_open_until_its_outcome_is_told(nurse: NurseDesk) -> None:
    student = nurse.student()
    report = ReportIncident(student, IncidentKind.WRONG_STUDENT, "Gave it to his twin")
    incident = nurse.room.incidents.report_incident(report).made
    sheet = nurse.room.incidents.incident_sheet(incident)
    assert sheet.to_call[:2] == (Called.POISON_CONTROL, Called.GUARDIAN)
    add = nurse.room.incidents.add_to_incident
    add(AddToIncident(incident, IncidentEntryKind.CALL, "Observe", Called.POISON_CONTROL))
    assert Called.POISON_CONTROL not in nurse.room.incidents.incident_sheet(incident).to_call
    for command, code in (
        (AddToIncident(incident, IncidentEntryKind.CALL, "x"), "call-needs-whom"),
        (AddToIncident(incident, IncidentEntryKind.NOTE, " "), "note-needs-words"),
        (AddToIncident(incident, IncidentEntryKind.CLOSED), "incident-needs-outcome"),
    ):
        with pytest.raises(Refused, match=code):
            add(command)
    assert len(nurse.room.incidents.incidents(open_only=True)) == 1
    add(AddToIncident(incident, IncidentEntryKind.OUTCOME, "No effect, went home at three"))
    add(AddToIncident(incident, IncidentEntryKind.CLOSED))
    assert nurse.room.incidents.incidents(open_only=True) == []
    with pytest.raises(Refused, match="incident-closed"):
        add(AddToIncident(incident, IncidentEntryKind.CLOSED, "again"))


def test_a_visit_tells_the_time_out_of_class(nurse: NurseDesk) -> None:
    student = nurse.student()
    visit = nurse.room.nursing.start_visit(
        StartVisit(student, Complaint.HEADACHE, "My head hurts", "Ms. Lake")
    ).made
    nurse.clock.advance(timedelta(minutes=12))
    assert nurse.room.nursing.open_visits()[0].minutes == 12
    nurse.room.nursing.add_vitals(AddVitals(visit, VitalsForm("98.6", pulse="80", pain="5")))
    nurse.room.nursing.add_care(AddCare(visit, "Rested, water"))
    with pytest.raises(Refused) as refused:
        nurse.room.nursing.end_visit(EndVisit(visit, Leaving.HOME))
    assert refusal(refused.value) == ("visit-needs-whom", "to_whom")
    nurse.room.nursing.end_visit(EndVisit(visit, Leaving.HOME, "Rosa Ocampo"))
    nurse.clock.advance(timedelta(hours=2))
    sheet = nurse.room.nursing.visit_sheet(visit)
    assert (sheet.minutes, sheet.leaving, sheet.open) == (12, Leaving.HOME, False)
    assert json.loads(sheet.entries[0].facts) == {
        "temperature_tenths": 986, "celsius": False, "pulse": 80, "pain": 5,
    }  # fmt: skip
    with pytest.raises(Refused, match="visit-over"):
        nurse.room.nursing.end_visit(EndVisit(visit, Leaving.CLASS))
    nurse.room.nursing.add_care(AddCare(visit, "Mother called: better"))
    assert nurse.room.nursing.visits("2026-11-20")[0].entries[-1].kind == "note"
    assert nurse.room.nursing.visits("2026-11-21") == []
    assert len(nurse.room.nursing.visits_of(student)) == 1


@pytest.mark.parametrize(
    ("vitals", "code", "field"),
    [
        (VitalsForm(), "vitals-nothing", "temperature"),
        (VitalsForm(pulse="8"), "number-between", "pulse"),
        (VitalsForm("38.6"), "number-between", "temperature"),
        (VitalsForm(systolic="120"), "pressure-needs-both", "diastolic"),
        (VitalsForm(pain="11"), "number-between", "pain"),
    ],
)
def test_a_slip_in_a_vital_sign_is_caught(
    nurse: NurseDesk, vitals: VitalsForm, code: str, field: str
) -> None:
    visit = nurse.room.nursing.start_visit(StartVisit(nurse.student(), Complaint.FEVER)).made
    with pytest.raises(Refused) as refused:
        nurse.room.nursing.add_vitals(AddVitals(visit, vitals))
    assert refusal(refused.value) == (code, field)


def test_a_plan_changes_by_versions_and_ends(nurse: NurseDesk) -> None:
    student = nurse.student()
    write = WritePlan(student, PlanKind.EMERGENCY, "Asthma", (("Signs", "Wheeze"), ("", "")))
    first = nurse.room.nursing.write_plan(write).made
    with pytest.raises(Refused, match="order-needs-reason"):
        nurse.room.nursing.write_plan(replace(write, replaces=first))
    second = nurse.room.nursing.write_plan(
        replace(write, replaces=first, reason="New spacer", sections=(("Signs", "Cough"),))
    ).made
    with pytest.raises(Refused, match="plan-changed-already"):
        nurse.room.nursing.end_plan(EndPlan(first, "x"))
    sheet = nurse.room.nursing.plan_sheet(second)
    assert [version.version for version in sheet.versions] == [2, 1]
    assert sheet.versions[1].sections == (("Signs", "Wheeze"),)
    emergency = nurse.room.papers.emergency_sheet(student)
    assert [plan.id for plan in emergency.plans] == [second]
    nurse.room.nursing.end_plan(EndPlan(second, "Outgrown"))
    assert nurse.room.nursing.plans(student)[0].ended
    with pytest.raises(Refused, match="plan-over"):
        nurse.room.nursing.end_plan(EndPlan(second, "x"))


def test_a_delegation_ends_with_its_training_or_when_it_is_taken_back(nurse: NurseDesk) -> None:
    made = nurse.room.nursing.delegate(
        DelegateTask("Mr. Adair", "Inhalers", "2026-08-15", "2026-12-01")
    ).made
    assert [line.expired for line in nurse.room.nursing.delegations()] == [False]
    nurse.room.nursing.end_delegation(EndDelegation(made, "Left the school"))
    assert nurse.room.nursing.delegations() == []
    assert nurse.room.nursing.delegations(ended=True)[0].ended
    with pytest.raises(Refused, match="delegation-over"):
        nurse.room.nursing.end_delegation(EndDelegation(made, "x"))


def a_trip(nurse: NurseDesk) -> str:
    return nurse.room.trips.plan_trip(
        PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
    ).made


def test_a_trip_takes_what_is_due_and_brings_back_what_adds_up(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    container = nurse.stock(order, "10")
    trip = a_trip(nurse)
    (needed,) = nurse.room.trips.needed(trip, (student,))
    assert ([slot.time for slot in needed.slots], needed.amount) == (["11:45"], 1000)
    with pytest.raises(Refused, match="stock-less"):
        nurse.room.trips.count_out(CountOut(trip, student, order, "11"))
    item = nurse.room.trips.count_out(
        CountOut(trip, student, order, "2", witness=nurse.proof())
    ).made
    assert nurse.room.trips.needed(trip, (student,)) == []
    assert nurse.room.stock.ledger(container).held.balance == 8_000
    nurse.set("2026-11-24T15:30")
    assert nurse.room.today().trips[0].overdue
    dose = RecordDose(
        order, student, "2026-11-24", "11:45", given_at=at("2026-11-24T11:50"), by=By.DELEGATE,
        giver="Mr. Adair", source=Source.TRIP, trip_id=trip, override_reason="On the trip",
    )  # fmt: skip
    nurse.room.doses.record_dose(dose)
    assert nurse.room.stock.ledger(container).held.balance == 8_000
    back = ReconcileTrip(trip, (BackLine(item, "1"),))
    with pytest.raises(Refused, match="witness-missing"):
        nurse.room.trips.reconcile_trip(back)
    with pytest.raises(Refused, match="trip-item-missing"):
        nurse.room.trips.reconcile_trip(ReconcileTrip(trip, witness=nurse.proof()))
    nurse.room.trips.reconcile_trip(replace(back, witness=nurse.proof()))
    assert nurse.room.stock.ledger(container).held.balance == 9_000
    assert nurse.room.stock.discrepancies() == []
    sheet = nurse.room.trips.trip_sheet(trip)
    assert (sheet.reconciled, sheet.items[0].given, len(sheet.doses)) == (True, 1000, 1)
    with pytest.raises(Refused, match="trip-reconciled"):
        nurse.room.trips.reconcile_trip(replace(back, witness=nurse.proof()))


def test_a_controlled_substance_that_does_not_come_back_opens_a_discrepancy(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    nurse.stock(order, "10")
    trip = a_trip(nurse)
    with pytest.raises(Refused, match="witness-missing"):
        nurse.room.trips.count_out(CountOut(trip, student, order, "2"))
    item = nurse.room.trips.count_out(
        CountOut(trip, student, order, "2", witness=nurse.proof())
    ).made
    nurse.set("2026-11-24T15:30")
    nurse.room.trips.reconcile_trip(
        ReconcileTrip(trip, (BackLine(item, "1"),), witness=nurse.proof())
    )
    (wrong,) = nurse.room.stock.discrepancies()
    assert (wrong.discrepancy.expected, wrong.discrepancy.counted) == (2000, 1000)


def test_an_ordinary_medicine_that_does_not_come_back_needs_a_word(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order, "10")
    trip = a_trip(nurse)
    item = nurse.room.trips.count_out(CountOut(trip, student, order, "2")).made
    with pytest.raises(Refused, match="trip-does-not-add-up"):
        nurse.room.trips.reconcile_trip(ReconcileTrip(trip, (BackLine(item, "0"),)))
    nurse.room.trips.reconcile_trip(
        ReconcileTrip(trip, (BackLine(item, "0", note="Lost the bag"),))
    )
    assert nurse.room.trips.trips() == []


def test_the_year_is_closed_when_nothing_is_left_in_the_cupboard(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    container = nurse.stock(order, "2")
    close = CloseYear("End of the school year")
    with pytest.raises(Refused) as refused:
        nurse.room.orders.close_year(close)
    assert refusal(refused.value) == ("year-stock-left", "leave_stock")
    nurse.room.stock.take_stock(
        TakeStock(container, MovementKind.RETURNED, "2", counterpart="Rosa Ocampo")
    )
    nurse.room.orders.close_year(close)
    assert nurse.room.orders.orders() == []
    assert nurse.room.orders.orders_of(student, ended=True)[0].state is OrderState.DISCONTINUED
    with pytest.raises(Refused, match="year-nothing-open"):
        nurse.room.orders.close_year(close)


def test_today_tells_what_needs_someone(nurse: NurseDesk) -> None:
    student = nurse.student()
    nurse.order(student, CONTROLLED, guardian_until="2026-12-01", refill_doses="10")
    nurse.stock(nurse.room.orders.orders()[0].order.id, "5")
    today = nurse.room.today()
    assert [(line.what, line.day) for line in today.endings] == [(Ending.GUARDIAN, "2026-12-01")]
    assert len(today.unchecked) == len(today.low) == len(today.to_count) == 1
    assert today.next_due == at("2026-11-20T11:45")
    assert (today.effects, today.incidents, today.discrepancies, today.jump) == ([], [], [], None)


def test_a_picture_is_kept_small_and_can_be_taken_away(nurse: NurseDesk) -> None:
    student = nurse.student()
    keep = nurse.room.orders.keep_photo
    for picture, code in (
        (b"GIF89a", "photo-unreadable"),
        (b"\xff\xd8\xff" + bytes(262_144), "photo-large"),
    ):
        with pytest.raises(Refused, match=code):
            keep(KeepPhoto(student, picture))
    keep(KeepPhoto(student, b"\xff\xd8\xff one"))
    keep(KeepPhoto(student, b"\xff\xd8\xff two"))
    assert nurse.room.orders.photo(student) == (b"\xff\xd8\xff two", "image/jpeg")
    assert nurse.room.orders.pupil(student).photo
    nurse.room.orders.remove_photo(RemovePhoto(student))
    assert nurse.room.orders.photo(student) is None
    with pytest.raises(Refused, match="photo-gone"):
        nurse.room.orders.remove_photo(RemovePhoto(student))
