"""What the medication room's papers say, read back from their files, and how they leave."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from app.features.caseload.commands import AddAlert, AddGuardian, AddStudent
from app.features.caseload.model import Contact, Profile, Tie
from app.features.medication.commands import (
    AddToIncident,
    CountLine,
    CountOut,
    CountStock,
    DiscontinueOrder,
    KeepPhoto,
    MarkNoSchool,
    PlanTrip,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
    ReportIncident,
    TakeStock,
    WritePlan,
)
from app.features.medication.model.doses import Code, Effect
from app.features.medication.model.incidents import Called, IncidentEntryKind, IncidentKind
from app.features.medication.model.nursing import PlanKind
from app.features.medication.model.orders import Emergency
from app.features.medication.model.stock import MovementKind, Occasion
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId
from app.kernel.nouns import Role
from app.overviews.reports.leaving import Release
from app.overviews.reports.medication_papers import (
    Asked,
    MadePaper,
    PaperKind,
    free_name,
    spoken_scope,
)
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from nurse_desk import AS_NEEDED, CONTROLLED, NurseDesk, at

RELEASE = Release("Dr. Ito", "review of treatment", TO_SUBJECT)


@pytest.fixture
def nurse(tmp_path: Path) -> Iterator[NurseDesk]:
    made = NurseDesk(tmp_path)
    yield made
    made.desk.close()


def said(made: MadePaper) -> str:
    return " ".join(" ".join(page_texts(made.pdf)).split())


def make(nurse: NurseDesk, kind: PaperKind, **facts: object) -> MadePaper:
    return nurse.desk.medication_papers.make(Asked(kind, **facts), RELEASE)  # type: ignore[arg-type]


def test_the_month_is_the_familiar_grid_with_its_keys(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    needed = nurse.order(student, AS_NEEDED)
    nurse.set("2026-11-20T12:40")
    nurse.give(order, student, given_at=at("2026-11-20T11:50"), note="Fire drill")
    nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-26", "Thanksgiving"))
    nurse.set("2026-11-23T11:45")
    nurse.room.doses.record_not_given(
        RecordNotGiven(order, student, "2026-11-23", "11:45", Code.REFUSED)
    )
    dose = nurse.room.doses.record_dose(
        RecordDose(needed, student, reason="Headache", assessment="Pain 6")
    ).made
    nurse.set("2026-11-23T13:00")
    nurse.room.doses.record_effect(RecordEffect(dose, Effect.BETTER, "Pain 2"))
    made = make(nurse, PaperKind.MONTH, student=student, month="2026-11")
    text = said(made)
    for words in (
        "Mateo Ocampo", "Methylphenidate 10 mg tablet", "11:45 AM", "GA Grace Adeyemi",
        "R Refused", "L late entry", "L1", "26 Nov 2026: Thanksgiving", "Fire drill",
        "Headache", "Pain 2", "at most 3 doses in 24 hours", "School nurse", "Prepared for",
        "Journal", "Page 1 of",
    ):  # fmt: skip
        assert words in text, words
    assert made.students == (student,)
    with pypdfium2.PdfDocument(made.pdf) as document:
        width, height = document[0].get_size()
    assert width > height


def test_a_set_begins_each_student_on_a_page_of_their_own_and_counts_it_anew(
    nurse: NurseDesk,
) -> None:
    students = [nurse.student(name, "Ocampo", name) for name in ("Ana", "Bo", "Cy")]
    for student in students:
        nurse.order(student)
    made = make(nurse, PaperKind.MONTH, month="2026-11")
    texts = page_texts(made.pdf)
    assert made.pages == len(texts) == 3
    for name, text in zip(("Ana", "Bo", "Cy"), texts, strict=True):
        assert f"{name} Ocampo" in text
        assert "Page 1 of 1" in text
        assert sum(f"{other} Ocampo" in text for other in ("Ana", "Bo", "Cy")) == 1
    assert made.students == tuple(students)


def test_the_ledger_runs_from_receipt_to_destruction_with_its_witnesses(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, CONTROLLED)
    box = nurse.stock(order, "20", witness=nurse.proof(), counterpart="", prescription="884-1")
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    nurse.room.stock.count_stock(
        CountStock((CountLine(box, "18", "one is broken"),), Occasion.DAILY, nurse.proof())
    )
    nurse.room.stock.take_stock(
        TakeStock(box, MovementKind.DESTROYED, "18", reason="Year’s end", witness=nurse.proof())
    )
    text = said(make(nurse, PaperKind.LEDGER))
    for words in (
        "Schedule II", "Rx 884-1", "Received", "+20 tablets", "19 tablets", "Daily count",
        "1 tablet less than the ledger", "Destroyed", "−18 tablets", "Tomasz Wróbel",
        "Discrepancies", "one is broken", "Open", "Year’s end",
    ):  # fmt: skip
        assert words in text, words
    assert said(make(nurse, PaperKind.LEDGER, container=box)) == text


def test_the_emergency_sheet_is_one_page_with_the_photo(nurse: NurseDesk) -> None:
    from PIL import Image

    student = nurse.student()
    pen = replace(AS_NEEDED, form="auto-injector")
    nurse.order(student, pen, name="Epinephrine", emergency=Emergency.EPINEPHRINE)
    nurse.desk.caseload.add_alert(AddAlert(student, "allergy", "Peanuts"))
    nurse.room.nursing.write_plan(
        WritePlan(student, PlanKind.EMERGENCY, "Anaphylaxis", sections=(("Do", "Call 911."),))
    )
    without = make(nurse, PaperKind.EMERGENCY, student=student)
    file = io.BytesIO()
    Image.new("RGB", (40, 50), (200, 40, 40)).save(file, "JPEG")
    nurse.room.orders.keep_photo(KeepPhoto(student, file.getvalue()))
    made = make(nurse, PaperKind.EMERGENCY, student=student)
    assert made.pages == without.pages == 1
    text = said(made)
    for words in ("Epinephrine", "Peanuts", "Anaphylaxis", "Call 911.", "1-800-222-1222"):
        assert words in text, words
    assert b"/Subtype /Image" in made.pdf
    assert b"/Subtype /Image" not in without.pdf
    assert b"/Figure" in made.pdf


def test_a_photo_that_cannot_be_read_is_left_out(nurse: NurseDesk) -> None:
    student = nurse.student()
    nurse.room.orders.keep_photo(KeepPhoto(student, b"\xff\xd8\xff\xe0 cut short"))
    made = make(nurse, PaperKind.EMERGENCY, student=student)
    assert b"/Subtype /Image" not in made.pdf
    assert "Mateo Ocampo" in said(made)


def test_the_downtime_sheet_has_every_dose_of_the_day_and_boxes_to_fill(nurse: NurseDesk) -> None:
    student, other = nurse.student(), nurse.student("Ines", "Fadel", "2")
    nurse.order(student)
    nurse.order(other, times=("08:15", "14:00"))
    nurse.order(other, AS_NEEDED)
    made = make(nurse, PaperKind.DOWNTIME, day="2026-11-23")
    text = said(made)
    for words in (
        "23 Nov 2026", "8:15 AM", "11:45 AM", "2:00 PM", "Given at", "Not given: code",
        "Ibuprofen", "A Absent", "late entry",
    ):  # fmt: skip
        assert words in text, words
    assert set(made.students) == {student, other}
    assert make(nurse, PaperKind.DOWNTIME, day="2026-11-22").students == (other,)


def a_trip(nurse: NurseDesk) -> tuple[str, StudentId, StudentId]:
    """Plan a day at the zoo: Ana with a scheduled dose, Zoe with that and an injector."""
    school = nurse.desk.caseload.schools()[0].id
    ana, zoe = (
        StudentId(
            nurse.desk.caseload.add_student(
                AddStudent(
                    Profile(
                        given, "Ocampo", grade="07", school_id=school,
                        birth_date="2013-04-09", student_number=given,
                    ),
                    anyway=True,
                )
            ).made
        )
        for given in ("Ana", "Zoe")
    )  # fmt: skip
    nurse.desk.caseload.add_alert(AddAlert(zoe, "allergy", "Peanuts"))
    nurse.desk.caseload.add_guardian(
        AddGuardian(zoe, Contact("Rosa", "Ocampo", phone="555-0111"), Tie("mother"))
    )
    trip = nurse.room.trips.plan_trip(
        PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair", "555-0177")
    ).made
    both = ((ana, nurse.order(ana)), (zoe, nurse.order(zoe, times=("10:30", "14:00"))))
    for student, order in both:
        nurse.stock(order)
        nurse.room.trips.count_out(CountOut(trip, student, order, "1"))
    nurse.room.trips.count_out(CountOut(trip, zoe, both[1][1], "1"))
    pen = nurse.order(
        zoe, AS_NEEDED, name="Epinephrine", emergency=Emergency.EPINEPHRINE,
        indication="anaphylaxis", instructions="Outer thigh, then 911",
    )  # fmt: skip
    nurse.stock(pen)
    nurse.room.trips.count_out(CountOut(trip, zoe, pen, "2"))
    return trip, ana, zoe


def test_the_trip_packet_has_a_page_for_each_student_and_what_came_back(
    nurse: NurseDesk,
) -> None:
    from PIL import Image

    trip, ana, zoe = a_trip(nurse)
    without = make(nurse, PaperKind.TRIP, trip=trip)
    file = io.BytesIO()
    Image.new("RGB", (40, 50), (200, 40, 40)).save(file, "JPEG")
    nurse.room.orders.keep_photo(KeepPhoto(zoe, file.getvalue()))
    made = make(nurse, PaperKind.TRIP, trip=trip)
    assert b"/Subtype /Image" in made.pdf
    assert b"/Subtype /Image" not in without.pdf
    assert made.students == (zoe, ana)
    head, first, second, back = (" ".join(text.split()) for text in page_texts(made.pdf))
    for words in (
        "Zoo", "24 Nov 2026", "9:00 AM", "3:00 PM", "Mr. Adair", "555-0177", "Prepared for",
        "Emergency medicines", "Due on the way", "A Absent",
    ):  # fmt: skip
        assert words in head, words
    assert head.index("10:30 AM") < head.index("11:45 AM") < head.index("2:00 PM")
    for words in (
        "Zoe Ocampo", "9 Apr 2013", "Peanuts", "Emergency medicine", "Epinephrine",
        "anaphylaxis", "at most 3 doses in 24 hours", "Outer thigh, then 911", "10:30 AM",
        "2:00 PM", "by mouth", "Time given, or code", "Initials", "Rosa Ocampo", "555-0111",
        "911", "2 tablets",
    ):  # fmt: skip
        assert words in first, words
    assert first.index("Epinephrine") < first.index("Methylphenidate")
    assert "Ana" not in first
    assert "11:45 AM" in second
    assert "None on record" in second
    assert "Zoe" not in second
    for words in ("What came back", "Came back", "Brought back by", "Ocampo, Zoe", "Wasted"):
        assert words in back, words


def test_the_trip_packet_warns_of_an_order_that_may_not_be_given_any_more(
    nurse: NurseDesk,
) -> None:
    trip, ana, _zoe = a_trip(nurse)
    warning = "Discontinued: ask the nurse before giving it"
    assert warning not in said(make(nurse, PaperKind.TRIP, trip=trip))
    order = nurse.room.orders.orders_of(ana)[0].order.id
    nurse.room.orders.discontinue_order(DiscontinueOrder(order, "Dr. Ito stopped it"))
    text = said(make(nurse, PaperKind.TRIP, trip=trip))
    assert warning in text
    assert "Not due while the trip lasts" in text


def test_the_trip_packet_leaves_with_a_disclosure_for_each_student(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    trip, ana, zoe = a_trip(nurse)
    asked = Asked(PaperKind.TRIP, trip=trip)
    left = nurse.desk.medication_papers.save(asked, RELEASE, tmp_path / "packet.pdf")
    for student in (ana, zoe):
        (line,) = nurse.desk.privacy.disclosures(student)
        assert (line.disclosure.paper, line.disclosure.sha256) == (
            "field-trip-packet",
            left.sha256,
        )
        assert line.disclosure.scope["trip"] == trip
    empty = nurse.room.trips.plan_trip(
        PlanTrip("Pool", at("2026-11-25T09:00"), at("2026-11-25T15:00"), "Mr. Adair")
    ).made
    for wanted, code in (
        ("", "paper-needs-trip"), ("none", "trip-gone"), (empty, "trip-nothing-packed"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            make(nurse, PaperKind.TRIP, trip=wanted)
        assert refused.value.code == code


def test_an_incident_says_what_happened_and_who_was_called(nurse: NurseDesk) -> None:
    student = nurse.student()
    incident = nurse.room.incidents.report_incident(
        ReportIncident(student_id=student, kind=IncidentKind.WRONG_TIME, happened="An hour late.")
    ).made
    nurse.room.incidents.add_to_incident(
        AddToIncident(
            incident, IncidentEntryKind.CALL, "Will watch", Called.GUARDIAN, "Rosa", "555-0111"
        )
    )
    text = said(make(nurse, PaperKind.INCIDENT, incident=incident))
    for words in ("Wrong time", "An hour late.", "Guardian", "Rosa", "555-0111", "Not called yet"):
        assert words in text, words


def test_the_log_and_the_stock_list_name_the_students_they_are_about(nurse: NurseDesk) -> None:
    student, other = nurse.student(), nurse.student("Ines", "Fadel", "2")
    needed = nurse.order(student, AS_NEEDED)
    nurse.stock(needed)
    nurse.room.doses.record_dose(RecordDose(needed, student, reason="Headache"))
    log = make(nurse, PaperKind.PRN, since="2026-11-01", until="2026-11-30")
    assert log.students == (student,)
    assert "Ocampo, Mateo" in said(log)
    none = make(nurse, PaperKind.PRN, student=other, since="2026-11-01", until="2026-11-30")
    assert "No dose as needed" in said(none)
    stock = make(nurse, PaperKind.STOCK)
    assert stock.students == (student,)
    assert "19 tablets" in said(stock)


def test_a_paper_about_several_leaves_with_a_disclosure_for_each(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    students = [nurse.student(name, "Ocampo", name) for name in ("Ana", "Bo")]
    for student in students:
        nurse.order(student)
    target = tmp_path / "set.pdf"
    left = nurse.desk.medication_papers.save(
        Asked(PaperKind.MONTH, month="2026-11"), RELEASE, target
    )
    assert len(left.disclosures) == 2
    for student in students:
        (line,) = nurse.desk.privacy.disclosures(student)
        disclosure = line.disclosure
        assert (disclosure.paper, disclosure.recipient) == ("medication-month", "Dr. Ito")
        assert disclosure.sha256 == left.sha256
        assert disclosure.scope["students"] == 2
    assert len(target.read_bytes()) == left.bytes


def test_nothing_leaves_without_whom_and_why_nor_over_another_file(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = nurse.student()
    asked = Asked(PaperKind.EMERGENCY, student)
    papers = nurse.desk.medication_papers
    taken = tmp_path / "taken.pdf"
    taken.write_bytes(b"")
    for release, target in ((Release("", "why", TO_SUBJECT), tmp_path / "a.pdf"), (RELEASE, taken)):
        with pytest.raises(Refused):
            papers.save(asked, release, target)
    assert nurse.desk.privacy.disclosures() == []
    assert not (tmp_path / "a.pdf").exists()


def test_a_paper_that_could_not_be_handed_over_says_so_for_every_student(
    nurse: NurseDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ana", "Bo"):
        nurse.order(nurse.student(name, "Ocampo", name))
    papers = nurse.desk.medication_papers
    asked = Asked(PaperKind.MONTH, month="2026-11")

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.overviews.reports.leaving.write_whole", full)
    with pytest.raises(Trouble):
        papers.save(asked, RELEASE, tmp_path / "a.pdf")
    printed = papers.record_print(papers.make(asked, RELEASE), RELEASE)
    papers.print_failed(printed)
    lines = nurse.desk.privacy.disclosures()
    assert len(lines) == 4
    assert all(line.stopped for line in lines)


def test_other_roles_and_what_is_not_there_are_refused(nurse: NurseDesk, tmp_path: Path) -> None:
    for kind, facts, code in (
        (PaperKind.EMERGENCY, {}, "paper-needs-student"),
        (PaperKind.INCIDENT, {}, "paper-needs-incident"),
        (PaperKind.MONTH, {"month": "2026-11"}, "paper-says-nothing"),
        (PaperKind.MONTH, {"month": "soon"}, "month-unreadable"),
        (PaperKind.LEDGER, {}, "paper-says-nothing"),
        (PaperKind.PRN, {"since": "2026-11-02", "until": "2026-11-01"}, "period-order"),
        (PaperKind.PRN, {"since": "", "until": "2026-11-01"}, "day-unreadable"),
        (PaperKind.DOWNTIME, {"day": ""}, "day-unreadable"),
    ):
        with pytest.raises(Refused) as refused:
            make(nurse, kind, **facts)
        assert refused.value.code == code
    counselor = NurseDesk(tmp_path / "other", role=Role.COUNSELOR)
    with pytest.raises(Refused) as refused:
        counselor.desk.medication_papers.make(Asked(PaperKind.STOCK))
    assert refused.value.code == "medication-not-yours"
    counselor.desk.close()


def test_a_disclosure_says_which_days_and_how_many_others() -> None:
    assert spoken_scope({"month": "2026-02", "students": 3}) == (
        "1 Feb 2026 to 28 Feb 2026, with 2 other students on it"
    )
    assert spoken_scope({"since": "2026-11-02", "until": "2026-11-06"}) == (
        "2 Nov 2026 to 6 Nov 2026"
    )
    assert spoken_scope({"day": "2026-11-23"}) == "23 Nov 2026"
    assert spoken_scope({"incident": "one"}) == ""


def test_file_names_carry_no_name(nurse: NurseDesk) -> None:
    today = nurse.clock.now().day()
    first = free_name(PaperKind.EMERGENCY, today)
    assert first == "emergency-sheet-2026-11-20-1.pdf"
    assert free_name(PaperKind.EMERGENCY, today, {first}.__contains__) == (
        "emergency-sheet-2026-11-20-2.pdf"
    )
