"""Other students named in the texts of one student's medication papers are masked as they leave."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.features.caseload.commands import AddAlert, AddGuardian
from app.features.caseload.model import Contact, Tie
from app.features.medication.commands import (
    AddToIncident,
    ChangeOrder,
    CountLine,
    CountStock,
    RecordDose,
    RecordEffect,
    ReportIncident,
    WritePlan,
)
from app.features.medication.model.doses import Effect
from app.features.medication.model.incidents import Called, IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import PlanKind
from app.features.medication.model.orders import Emergency
from app.features.medication.model.stock import Occasion
from app.features.outbox.model.records import Asked as AskedData
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.overviews.reports.leaving import Release
from app.overviews.reports.medication_papers import Asked, MadePaper, PaperKind
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from nurse_desk import AS_NEEDED, CONTROLLED, SCHEDULED, NurseDesk

RELEASE = Release("Dr. Ito", "review of treatment", TO_SUBJECT)
MASK = "[another student]"
LINE = "Other students named in the notes are masked."
NOVEMBER = "2026-11"


@pytest.fixture
def nurse(tmp_path: Path) -> Iterator[NurseDesk]:
    made = NurseDesk(tmp_path)
    yield made
    made.desk.close()


def said(made: MadePaper) -> str:
    return " ".join(" ".join(page_texts(made.pdf)).split())


def make(nurse: NurseDesk, kind: PaperKind, **facts: object) -> MadePaper:
    return nurse.desk.medication_papers.make(Asked(kind, **facts), RELEASE)  # type: ignore[arg-type]


def scope_left(nurse: NurseDesk, student: StudentId) -> dict[str, object]:
    (line,) = nurse.desk.privacy.disclosures(student)
    return dict(line.disclosure.scope)


def a_dose_noted(nurse: NurseDesk, note: str, name: str = "Methylphenidate") -> StudentId:
    """Give Mateo today's dose with a note; Liam Vega and Allegra Stone go to the school too."""
    student = nurse.student()
    nurse.student("Liam", "Vega", "2")
    nurse.student("Allegra", "Stone", "3")
    order = nurse.order(student, name=name)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student, note=note)
    return student


def test_a_month_masks_whom_a_doses_note_names_and_says_so(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = a_dose_noted(nurse, "Came with Liam Vega, Mateo was calm")
    made = make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER)
    text = said(made)
    assert f"Came with {MASK}, Mateo was calm" in text
    assert "Liam" not in text
    assert text.count(LINE) == made.masked == 1
    for words in ("Mateo Ocampo", "Methylphenidate 10 mg tablet", "Dr. Ito", "Grace Adeyemi"):
        assert words in text, words
    asked = Asked(PaperKind.MONTH, student, NOVEMBER)
    nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "month.pdf")
    assert scope_left(nurse, student)["others_named"] == {"masked": 1}


def test_a_paper_that_names_nobody_says_nothing_of_it(nurse: NurseDesk, tmp_path: Path) -> None:
    student = a_dose_noted(nurse, "Mateo was calm")
    made = make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER)
    assert LINE not in said(made)
    assert made.masked == 0
    asked = Asked(PaperKind.MONTH, student, NOVEMBER)
    nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "month.pdf")
    assert "others_named" not in scope_left(nurse, student)


def test_a_word_of_the_students_own_medicine_stays_and_a_whole_name_does_not(
    nurse: NurseDesk,
) -> None:
    note = "Took Allegra late. Allegra's box is empty. Allegra Stone waited"
    student = a_dose_noted(nurse, note, name="Allegra")
    made = make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER)
    assert f"Took Allegra late. Allegra's box is empty. {MASK} waited" in said(made)
    assert made.masked == 1


def test_the_name_of_a_medicine_that_the_student_never_had_is_a_students_name(
    nurse: NurseDesk,
) -> None:
    student = a_dose_noted(nurse, "Took it after Allegra left")
    made = make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER)
    assert f"Took it after {MASK} left" in said(made)


def test_an_order_stays_as_written_but_for_why_it_was_changed(nurse: NurseDesk) -> None:
    student = a_dose_noted(nurse, "")
    form = replace(
        SCHEDULED, student_id=student, name="Liam Vega drops", prescriber="Dr. Liam Vega",
        instructions="Before lunch", dose="2", reason="Mixed up with Liam Vega",
    )  # fmt: skip
    order = nurse.room.orders.orders_of(student)[0].order.id
    nurse.room.orders.change_order(ChangeOrder(order, form))
    text = said(make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER))
    assert f"Changed: Mixed up with {MASK}" in text
    for words in ("Liam Vega drops", "Dr. Liam Vega", "Before lunch"):
        assert words in text, words


def test_each_sheet_of_a_set_is_masked_for_its_own_student(nurse: NurseDesk) -> None:
    mateo, liam = nurse.student(), nurse.student("Liam", "Vega", "2")
    orders = {student: nurse.order(student) for student in (mateo, liam)}
    nurse.set("2026-11-20T11:45")
    for student, order in orders.items():
        nurse.give(order, student, note="Came with Liam Vega and Mateo Ocampo")
    made = make(nurse, PaperKind.MONTH, month=NOVEMBER)
    assert made.students == (mateo, liam)
    first, second = (" ".join(text.split()) for text in page_texts(made.pdf))
    assert f"Came with {MASK} and Mateo Ocampo" in first
    assert f"Came with Liam Vega and {MASK}" in second
    assert LINE in first
    assert LINE in second
    assert made.masked == 2


def a_dose_as_needed(nurse: NurseDesk) -> StudentId:
    student = nurse.student()
    nurse.student("Liam", "Vega", "2")
    order = nurse.order(student, AS_NEEDED)
    dose = nurse.room.doses.record_dose(
        RecordDose(order, student, reason="Hit by Liam Vega", assessment="Liam Vega saw it")
    ).made
    nurse.set("2026-11-20T09:00")
    nurse.room.doses.record_effect(RecordEffect(dose, Effect.BETTER, "Played with Liam Vega"))
    return student


def test_doses_as_needed_are_masked_in_why_what_was_seen_and_what_it_did(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = a_dose_as_needed(nurse)
    days = {"since": "2026-11-01", "until": "2026-11-30"}
    for made in (
        make(nurse, PaperKind.PRN, student=student, **days),
        make(nurse, PaperKind.PRN, **days),
        make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER),
    ):
        text = said(made)
        for words in (f"Hit by {MASK}", f"{MASK} saw it", f"Played with {MASK}", LINE):
            assert words in text, words
        assert "Vega" not in text
        assert made.masked == 3
    asked = Asked(PaperKind.PRN, student, **days)
    nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "log.pdf")
    assert scope_left(nurse, student)["others_named"] == {"masked": 3}


def test_an_incident_is_masked_in_what_is_told_of_it_and_says_who_was_called(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = nurse.student()
    nurse.student("Liam", "Vega", "2")
    incident = nurse.room.incidents.report_incident(
        ReportIncident(
            student, IncidentKind.WRONG_STUDENT, "Given what was Liam Vega's",
            cause="Liam Vega stood beside Mateo",
        )
    ).made  # fmt: skip
    nurse.room.incidents.add_to_incident(
        AddToIncident(
            incident, IncidentEntryKind.CALL, "Asked about Liam Vega", called=Called.PRESCRIBER,
            name="Dr. Vega", phone="555-0142",
        )
    )  # fmt: skip
    made = make(nurse, PaperKind.INCIDENT, incident=incident)
    text = said(made)
    for words in (
        f"Given what was {MASK}", f"{MASK} stood beside Mateo", f"Asked about {MASK}",
        "Dr. Vega", "555-0142", LINE,
    ):  # fmt: skip
        assert words in text, words
    assert "Liam" not in text
    asked = Asked(PaperKind.INCIDENT, incident=incident)
    nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "incident.pdf")
    assert scope_left(nurse, student)["others_named"] == {"masked": 3}


def test_an_emergency_sheet_masks_students_and_keeps_what_keeps_this_one_safe(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    liam = nurse.student("Liam", "Vega", "2")
    desk = nurse.desk
    desk.caseload.add_guardian(AddGuardian(liam, Contact("Carlos", "Vega"), Tie("father")))
    desk.caseload.add_guardian(AddGuardian(student, Contact("Rosa", "Ocampo"), Tie("mother")))
    for kind, text in (
        ("safety", "Keep apart from Liam Vega"),
        ("custody", "Not to be given to Carlos Vega nor to Liam Vega"),
        ("allergy", "Liam Vega brand peanuts"),
    ):
        desk.caseload.add_alert(AddAlert(student, kind, text))
    nurse.order(
        student, AS_NEEDED, name="Epinephrine", emergency=Emergency.EPINEPHRINE,
        instructions="Outer thigh, then 911",
    )  # fmt: skip
    nurse.room.nursing.write_plan(
        WritePlan(student, PlanKind.EMERGENCY, "Asthma", sections=(("Do", "Not as Liam Vega."),))
    )
    made = make(nurse, PaperKind.EMERGENCY, student=student)
    text = said(made)
    for words in (
        f"Keep apart from {MASK}", f"Not to be given to Carlos Vega nor to {MASK}",
        "Liam Vega brand peanuts", f"Not as {MASK}.", "Rosa Ocampo", "Outer thigh, then 911", LINE,
    ):  # fmt: skip
        assert words in text, words
    assert made.masked == 3
    assert made.pages == 1


def test_a_month_as_data_is_masked_and_its_scope_counts_what_stands_in_it(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = a_dose_as_needed(nurse)
    order = nurse.order(student, name="Allegra")
    nurse.student("Allegra", "Stone", "3")
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student, note="Took Allegra after Liam Vega")
    asked = AskedData(SummaryKind.MEDICATION_MONTH, NOVEMBER, student)
    made = nurse.desk.data.make(asked)
    (record,) = made.summary.body["students"]
    (entry,), (needed,) = record["entries"], record["as_needed"]
    assert entry["note"] == f"Took Allegra after {MASK}"
    assert (needed["reason"], needed["effect_text"]) == (f"Hit by {MASK}", f"Played with {MASK}")
    assert "Vega" not in json.dumps(made.summary.body)
    assert made.scope["others_named"] == {"masked": 3}
    nurse.desk.data.save(asked, RELEASE, tmp_path / "month.json")
    assert "Vega" not in (tmp_path / "month.json").read_text()
    assert scope_left(nurse, student)["others_named"] == {"masked": 3}


def test_a_month_as_a_document_is_masked_in_its_resources_and_in_its_narrative(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = a_dose_as_needed(nurse)
    order = nurse.order(student, name="Allegra")
    nurse.student("Allegra", "Stone", "3")
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student, note="Took Allegra after Liam Vega")
    target = tmp_path / "month.fhir.json"
    left = nurse.desk.fhir.save_month(student, NOVEMBER, RELEASE, target)
    text = target.read_text(encoding="utf-8")
    bundle = json.loads(text)
    given = [
        one["resource"]
        for one in bundle["entry"]
        if one["resource"]["resourceType"] == "MedicationAdministration"
    ]
    notes = {note["text"] for one in given for note in one.get("note", ())}
    assert notes >= {
        f"Took Allegra after {MASK}", f"{MASK} saw it", f"Played with {MASK}",
    }  # fmt: skip
    reasons = [reason["text"] for one in given for reason in one.get("reasonCode", ())]
    assert reasons == [f"Hit by {MASK}"]
    assert "Vega" not in text
    assert LINE in text
    assert left.scope["others_named"] == {"masked": 4}
    assert scope_left(nurse, student)["others_named"] == {"masked": 4}


def test_a_printed_month_is_written_down_with_what_was_masked(nurse: NurseDesk) -> None:
    student = a_dose_noted(nurse, "Came with Liam Vega")
    made = make(nurse, PaperKind.MONTH, student=student, month=NOVEMBER)
    nurse.desk.medication_papers.record_print(made, RELEASE)
    assert scope_left(nurse, student)["others_named"] == {"masked": 1}


def test_the_ledger_of_a_students_own_container_masks_others_in_its_remarks(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = nurse.student()
    nurse.student("Liam", "Vega", "2")
    box = nurse.stock(nurse.order(student, CONTROLLED), "20", witness=nurse.proof(), counterpart="")
    noted = CountLine(box, "19", "Liam Vega dropped one")
    nurse.room.stock.count_stock(CountStock((noted,), Occasion.DAILY, nurse.proof()))
    made = make(nurse, PaperKind.LEDGER, student=student)
    text = said(made)
    assert f"{MASK} dropped one" in text
    assert "Liam" not in text
    assert "Tomasz Wróbel" in text
    assert text.count(LINE) == 1
    asked = Asked(PaperKind.LEDGER, student)
    nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "ledger.pdf")
    assert scope_left(nurse, student)["others_named"] == {"masked": made.masked}
    assert made.masked
