"""What the papers say: the month's grid with its codes and key, the log, the sheets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.features.caseload.commands import AddAlert
from app.features.medication.commands import (
    ChangeOrder,
    CorrectDose,
    MarkNoSchool,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
)
from app.features.medication.model.doses import Code, Effect, SlotState
from app.features.medication.model.orders import Emergency
from app.features.medication.service.papers import Initials, Mark, MonthSheet
from app.kernel.errors import Refused
from nurse_desk import AS_NEEDED, NurseDesk, at


def texts(sheet: MonthSheet, row: int = 0) -> dict[str, str]:
    return {cell.day[-2:]: cell.text for cell in sheet.rows[row].cells if cell.state is not None}


def test_the_month_shows_initials_codes_and_what_is_open(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-26", "Thanksgiving"))
    nurse.set("2026-11-23T11:45")
    nurse.room.doses.record_not_given(
        RecordNotGiven(order, student, "2026-11-23", "11:45", Code.REFUSED)
    )
    nurse.set("2026-11-25T11:40")
    sheet = nurse.room.papers.month_sheet(student, "2026-11")
    assert texts(sheet) == {
        "20": "GA", "23": "R", "24": "M", "25": "", "26": "X", "27": "", "30": "",
    }  # fmt: skip
    assert {cell.day[-2:]: cell.state for cell in sheet.rows[0].cells if cell.state}[
        "25"
    ] is SlotState.DUE
    assert [(signer.initials, signer.name) for signer in sheet.key] == [("GA", "Grace Adeyemi")]
    assert sheet.codes == (Code.REFUSED, Code.NO_SCHOOL, Code.MISSED)
    assert (sheet.given, dict(sheet.not_given)[Code.REFUSED]) == (1, 1)
    assert sheet.closed == {"2026-11-26": "Thanksgiving"}
    assert len(sheet.days) == 30
    assert [one.pupil.id for one in nurse.room.papers.month_sheets("2026-11")] == [student]
    assert nurse.room.papers.month_sheets("2026-10") == []


def test_a_version_of_the_order_has_rows_of_its_own(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    form = nurse.room.orders.order_sheet(order).form()
    nurse.set("2026-11-23T08:00")
    changed = nurse.room.orders.change_order(
        ChangeOrder(order, replace(form, dose="2", reason="Dr. Ito raised it"))
    ).made
    nurse.set("2026-11-23T11:45")
    nurse.give(changed, student)
    sheet = nurse.room.papers.month_sheet(student, "2026-11")
    assert [(row.order.id, row.from_day, row.until) for row in sheet.rows] == [
        (order, "2026-11-20", "2026-11-20"), (changed, "2026-11-23", "2026-11-30"),
    ]  # fmt: skip
    assert texts(sheet, 1)["23"] == "GA"


def test_what_was_corrected_late_or_overridden_has_a_footnote(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    given = nurse.give(order, student)
    nurse.room.doses.correct_dose(
        CorrectDose(
            given, "Refused it", RecordNotGiven(order, student, "2026-11-20", "11:45", Code.REFUSED)
        )
    )
    nurse.set("2026-11-23T13:00")
    nurse.give(order, student, override_reason="Bus was late")
    sheet = nurse.room.papers.month_sheet(student, "2026-11")
    cells = {cell.day[-2:]: cell for cell in sheet.rows[0].cells}
    assert (cells["20"].marks, cells["20"].note) == ((Mark.CORRECTED,), 1)
    assert (cells["23"].marks, cells["23"].note) == ((Mark.OVERRIDDEN,), 2)
    assert [(note.number, note.corrections) for note in sheet.footnotes] == [(1, 1), (2, 0)]


def test_doses_as_needed_stand_with_what_they_did(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, AS_NEEDED)
    dose = nurse.room.doses.record_dose(RecordDose(order, student, reason="Headache")).made
    nurse.clock.advance(timedelta(minutes=60))
    nurse.room.doses.record_effect(RecordEffect(dose, Effect.BETTER, "2 of 10"))
    (entry,) = nurse.room.papers.month_sheet(student, "2026-11").prn
    assert (entry.effect, entry.effect_text, entry.initials) == (Effect.BETTER, "2 of 10", "GA")
    assert entry.effect_at == at("2026-11-20T09:00")
    assert nurse.room.papers.prn_log("2026-11-01", "2026-11-30") == (entry,)
    assert nurse.room.papers.prn_log("2026-12-01", "2026-12-31", student) == ()


def test_the_emergency_sheet_has_whom_to_call_and_what_to_give(nurse: NurseDesk) -> None:
    student = nurse.student()
    nurse.desk.caseload.add_alert(AddAlert(student, "allergy", "Peanuts: anaphylaxis"))
    pen = nurse.order(student, AS_NEEDED, name="Epinephrine", emergency=Emergency.EPINEPHRINE)
    nurse.order(student)
    school = nurse.desk.caseload.schools()[0].id
    form = replace(
        AS_NEEDED, student_id=None, name="Naloxone", emergency=Emergency.NALOXONE, guardian=""
    )
    from app.features.medication.commands import WriteOrder

    standing = nurse.room.orders.write_order(WriteOrder(replace(form, school_id=school))).made
    sheet = nurse.room.papers.emergency_sheet(student)
    assert [order.id for order in sheet.orders] == [pen, standing]
    assert sheet.alerts == (("allergy", "Peanuts: anaphylaxis"),)
    assert sheet.pupil.allergies == ("Peanuts: anaphylaxis",)
    assert {line.order.id for line in nurse.room.doses.prn(student)} == {pen, standing}
    assert [line.order.id for line in nurse.room.orders.standing_orders()] == [standing]


def test_the_downtime_sheet_has_the_doses_of_its_day_by_time(nurse: NurseDesk) -> None:
    student = nurse.student()
    nurse.order(student, times=("14:00", "08:15"))
    needed = nurse.order(student, AS_NEEDED)
    sheet = nurse.room.papers.downtime_sheet("2026-11-23")
    assert [line.time for line in sheet.lines] == ["08:15", "14:00"]
    assert [order.id for _pupil, order in sheet.as_needed] == [needed]
    assert nurse.room.papers.downtime_sheet("2026-11-22").lines == ()


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "11-2026"])
def test_what_is_no_month_is_refused(nurse: NurseDesk, month: str) -> None:
    with pytest.raises(Refused, match="month-unreadable"):
        nurse.room.papers.month_sheet(nurse.student(), month)


def test_two_people_with_the_same_initials_are_told_apart() -> None:
    people = {"a": ("Grace Adeyemi", "RN"), "b": ("Gil Adair", ""), "c": ("Mei-Lin Zhou", "")}
    initials = Initials(people)
    assert [initials.of(person) for person in ("a", "b", "a", "c", None)] == [
        "GA",
        "GA2",
        "GA",
        "MLZ",
        "",
    ]
    assert [signer.name for signer in initials.key()] == [
        "Grace Adeyemi",
        "Gil Adair",
        "Mei-Lin Zhou",
    ]
