"""FHIR documents: valid by everyone's rules, the least that was chosen, and on record before."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.plans.commands import AddTask
from app.features.plans.repo import Narrowing
from app.features.privacy.commands import LabelPart2, SetPart2Notice
from app.features.privacy.labels import Labelled
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.releases import Emergency, Ground, Terms
from app.overviews.fhir import documents
from app.overviews.fhir.check import check
from app.overviews.fhir.documents import file_name
from app.overviews.fhir.narrative import narrative, plain
from app.overviews.fhir.scope import Also, DocumentScope
from app.overviews.reports.leaving import Release
from app.overviews.reports.others_named import ALL_MASKED, NamesAnswered
from app.overviews.reports.student_facts import WHOLE_RECORD, Span
from app.overviews.reports.student_summary import USUAL_PARTS, Part, SummaryScope
from app.paper import blocks
from fhir_desk import (
    CLINIC,
    NOTE,
    SOLE,
    TO_CLINIC,
    TO_PARENT,
    a_student,
    demo_desk,
    everything,
    fill,
    fill_month,
    read,
    release_everything,
    resources,
    students_of,
    text_of,
)
from fhir_validators import by_models, by_schema
from nurse_desk import NurseDesk
from sessions_desk import a_signed_note
from vaults import fixed_clock, new_desk

LABEL = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
OTHER = "Leila Haddad"
EMERGENCY = Terms(Ground.EMERGENCY, emergency=Emergency("Overdose", "The hospital"))


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-20T15:30")


@pytest.fixture
def student(desk: Desk) -> StudentId:
    student = a_student(desk)
    fill(desk, student)
    return student


@pytest.fixture
def nurse(tmp_path: Path) -> Iterator[NurseDesk]:
    made = NurseDesk(tmp_path)
    yield made
    made.desk.close()


def only(student: StudentId, *parts: Part, also: tuple[Also, ...] = ()) -> DocumentScope:
    return DocumentScope(SummaryScope(student, parts, WHOLE_RECORD), also)


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.NURSE])
def test_every_student_of_the_demonstration_school_passes_all_three(
    tmp_path: Path, role: Role
) -> None:
    made = 0
    with demo_desk(tmp_path, role, 8) as desk:
        for student in students_of(desk):
            found = [desk.fhir.student(everything(student), TO_PARENT).data]
            if role is Role.NURSE:
                for month in ("2026-10", "2026-11"):
                    with suppress(Refused):
                        found.append(desk.fhir.month(student, month, TO_PARENT).data)
            for document in map(read, found):
                made += 1
                assert by_schema(document) == []
                assert by_models(document) == []
                assert check(document) == []
    assert made > 8 if role is Role.NURSE else made == 8


_words = st.text(max_size=40)


@settings(max_examples=15, deadline=None)
@given(
    names=st.tuples(_words, _words, _words, _words).filter(
        lambda one: one[0].strip() and one[1].strip()
    ),
    number=_words,
    text=st.text(min_size=1, max_size=200).filter(lambda one: bool(one.strip())),
)
def test_whatever_is_typed_makes_a_valid_document(
    tmp_path_factory: pytest.TempPathFactory,
    names: tuple[str, str, str, str],
    number: str,
    text: str,
) -> None:
    desk = _typed_desk(tmp_path_factory)
    given_name, family, middle, preferred = names
    profile = Profile(
        given_name, family, middle_name=middle, preferred_name=preferred, student_number=number,
        language=middle, grade="08",
    )  # fmt: skip
    try:
        student = StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)
        a_signed_note(desk, student, text)
    except Refused:
        return
    document = read(desk.fhir.student(everything(student), TO_PARENT).data)
    assert by_schema(document) == []
    assert by_models(document) == []
    assert check(document) == []


_DESKS: list[Desk] = []


def _typed_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    if not _DESKS:
        _DESKS.append(new_desk(tmp_path_factory.mktemp("typed")))
    return _DESKS[0]


@pytest.fixture(scope="module", autouse=True)
def closed_at_the_end() -> Iterator[None]:
    yield
    while _DESKS:
        _DESKS.pop().close()


@given(text=st.text())
def test_a_narrative_is_well_formed_whatever_it_says(text: str) -> None:
    found = narrative(
        [
            blocks.Heading(text),
            blocks.Text(text),
            blocks.KeyValues(((text, text),)),
            blocks.TableBlock((blocks.Column(text),), [(text,)], total=(text,)),
            blocks.Note(text, text, (blocks.Section(text, text),), text),
        ]
    )
    root = ET.fromstring(found["div"])
    cells = [one.text or "" for one in root.iter("{http://www.w3.org/1999/xhtml}td")]
    if "\n" not in text and "\r" not in text:
        assert cells[-1] == plain(text)


# -- what is chosen ----------------------------------------------------------------------


def test_the_document_has_what_was_chosen_and_nothing_else(desk: Desk, student: StudentId) -> None:
    document = read(desk.fhir.student(only(student, *USUAL_PARTS), TO_PARENT).data)
    kinds = {one["resourceType"] for one in resources(document)}
    assert kinds == {
        "CareTeam", "Composition", "Encounter", "Organization", "Patient", "Practitioner",
        "PractitionerRole", "Provenance",
    }  # fmt: skip
    said = text_of(document)
    for left_out in ("Fall plan", "PHQ-9", "breathing", "555-0101", "Sleeps in class"):
        assert left_out not in said
    titles = [one["title"] for one in resources(document, "Composition")[0]["section"]]
    assert titles == ["Profile", "Caseload and tiers", "Sessions", "Service minutes"]


def test_without_the_profile_only_the_name_is_told(desk: Desk, student: StudentId) -> None:
    document = read(desk.fhir.student(only(student, Part.CASELOAD), TO_PARENT).data)
    (patient,) = resources(document, "Patient")
    assert patient["name"] == [{"use": "usual", "text": "Mateo Ocampo"}]
    assert patient.keys() == {"resourceType", "meta", "name"}
    assert "2012-11-21" not in text_of(document)


def test_scores_come_without_answers_unless_they_are_asked_for(
    desk: Desk, student: StudentId
) -> None:
    scores = read(desk.fhir.student(only(student, also=(Also.SCREENINGS,)), TO_PARENT).data)
    assert not resources(scores, "QuestionnaireResponse")
    codes = {
        coding["code"]
        for one in resources(scores, "Observation")
        for coding in one["code"].get("coding", [])
    }
    assert codes == {"44261-6", "115564-7"}
    answers = read(desk.fhir.student(only(student, also=(Also.ANSWERS,)), TO_PARENT).data)
    (phq,) = [
        one
        for one in resources(answers, "QuestionnaireResponse")
        if one["questionnaire"].endswith("44249-1")
    ]
    assert [item["answer"][0]["valueCoding"]["code"] for item in phq["item"]][:2] == [
        "LA6569-3"
    ] * 2


def test_a_day_outside_the_period_is_left_out(desk: Desk, student: StudentId) -> None:
    past = Span(date(2026, 1, 1), date(2026, 6, 30))
    scope = DocumentScope(SummaryScope(student, tuple(Part), past), tuple(Also))
    kinds = {
        one["resourceType"] for one in resources(read(desk.fhir.student(scope, TO_PARENT).data))
    }
    assert not kinds & {
        "CarePlan", "Encounter", "Observation", "QuestionnaireResponse", "ServiceRequest", "CareTeam",
    }  # fmt: skip


def test_what_is_private_never_stands_in_a_document(desk: Desk, student: StudentId) -> None:
    assert SOLE not in text_of(read(desk.fhir.student(everything(student), TO_PARENT).data))


def test_who_is_not_to_be_contacted_has_no_number_to_call(desk: Desk, student: StudentId) -> None:
    document = read(desk.fhir.student(only(student, Part.GUARDIANS), TO_PARENT).data)
    mother, father = resources(document, "Patient")[0]["contact"]
    assert [way["value"] for way in mother["telecom"]] == ["555-0101", "rosa@example.org"]
    assert "telecom" not in father
    assert {"text": "Not to be contacted"} in father["relationship"]


def test_another_discipline_finds_nothing_of_a_counselors_records(
    desk: Desk, student: StudentId
) -> None:
    records = desk.records
    records.sit_down(replace(records.seat, role=Role.ADMINISTRATOR))
    second = new_id()
    with records.transaction() as tx:
        tx.execute(
            "INSERT INTO person (id, name, role, made_at, zone) VALUES (?, ?, 'nurse', ?, ?)",
            (second, "Grace Adeyemi", tx.now.at, tx.now.zone),
        )
        tx.journal("AddPerson", "person", second)
    records.sit_down(replace(records.seat, person=second, role=Role.NURSE))  # type: ignore[arg-type]
    document = read(desk.fhir.student(everything(student), TO_PARENT).data)
    kinds = {one["resourceType"] for one in resources(document)}
    assert not kinds & {
        "CarePlan", "Goal", "Encounter", "Observation", "QuestionnaireResponse", "ServiceRequest",
        "Task",
    }  # fmt: skip
    assert {"Flag", "CareTeam"} <= kinds


def test_a_month_is_for_those_who_give_medication(desk: Desk, student: StudentId) -> None:
    with pytest.raises(Refused, match="medication-not-yours"):
        desk.fhir.month(student, "2026-11", TO_PARENT)


def test_nothing_chosen_is_refused(desk: Desk, student: StudentId) -> None:
    with pytest.raises(Refused, match="sections-missing"):
        desk.fhir.student(only(student), TO_PARENT)


# -- labels, addresses, the release ----------------------------------------------------------


def test_the_bundle_carries_the_highest_label_that_is_in_it(desk: Desk, student: StudentId) -> None:
    document = read(desk.fhir.student(everything(student), TO_PARENT).data)
    levels = {
        one["resourceType"]: label["code"]
        for one in resources(document)
        for label in one["meta"]["security"]
        if label["system"].endswith("v3-Confidentiality")
    }
    assert levels["Patient"] == levels["Organization"] == "N"
    assert levels["Encounter"] == levels["CarePlan"] == levels["Observation"] == "R"
    assert [label["code"] for label in document["meta"]["security"]] == ["R", "PATRQT"]
    plain_one = read(desk.fhir.student(only(student, Part.PROFILE), TO_PARENT).data)
    assert plain_one["meta"]["security"][0]["code"] == "N"


def test_a_sensitivity_stands_only_where_the_content_says_as_much(
    desk: Desk, student: StudentId
) -> None:
    document = read(desk.fhir.student(everything(student), TO_PARENT).data)
    sensitive = {
        one["resourceType"]
        for one in resources(document)
        for label in one["meta"]["security"]
        if label["system"] == LABEL
    }
    assert sensitive == {"Observation", "QuestionnaireResponse"}
    assert LABEL not in json.dumps(document["meta"])


def test_a_labelled_record_stays_behind_unless_it_is_opened_and_says_then_what_binds_it(
    desk: Desk, student: StudentId
) -> None:
    notice = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    desk.privacy.set_part2_notice(SetPart2Notice(notice))
    (line,) = [
        one for one in desk.screening.of_student(student) if one.screening.instrument == "asq"
    ]
    desk.privacy.label(LabelPart2(Labelled.SCREENING, line.screening.id))
    shut = text_of(read(desk.fhir.student(everything(student), TO_PARENT).data))
    assert "ASQ" not in shut
    assert "42CFRPart2" not in shut
    opened = read(
        desk.fhir.student(everything(student), Release(CLINIC, "Treatment", EMERGENCY)).data
    )
    labelled = [
        one["code"]["text"]
        for one in resources(opened, "Observation")
        if "42CFRPart2" in {label["code"] for label in one["meta"]["security"]}
    ]
    assert labelled == ["ASQ"]
    assert notice in resources(opened, "Composition")[0]["section"][0]["text"]["div"]


def test_what_stems_from_a_labelled_record_says_what_binds_it_as_the_record_does(
    desk: Desk, student: StudentId
) -> None:
    desk.privacy.set_part2_notice(SetPart2Notice("42 CFR part 2 prohibits disclosure."))
    before = read(desk.fhir.student(everything(student), TO_PARENT).data)
    (step,) = [one.follow_up for one in desk.sessions.follow_ups()]
    desk.privacy.label(LabelPart2(Labelled.NOTE, str(step.note_id)))
    shut = read(desk.fhir.student(everything(student), TO_PARENT).data)
    opened = read(desk.fhir.student(everything(student), Release(CLINIC, "Care", EMERGENCY)).data)
    for kind in ("Task", "Encounter"):
        hidden = len(resources(before, kind)) - len(resources(shut, kind))
        labelled = [
            one
            for one in resources(opened, kind)
            if "42CFRPart2" in {label["code"] for label in one["meta"]["security"]}
        ]
        assert len(labelled) == hidden > 0, kind


def test_two_documents_have_no_address_in_common_and_no_id_of_the_vault(
    desk: Desk, student: StudentId
) -> None:
    first, second = (read(desk.fhir.student(everything(student), TO_PARENT).data) for _ in range(2))
    addresses = [{entry["fullUrl"] for entry in one["entry"]} for one in (first, second)]
    assert not addresses[0] & addresses[1]
    assert first["identifier"] != second["identifier"]
    assert student not in text_of(first)


def test_the_release_it_leaves_under_is_in_it(desk: Desk, student: StudentId) -> None:
    release_everything(desk, student)
    document = read(desk.fhir.student(everything(student), TO_CLINIC).data)
    (consent,) = resources(document, "Consent")
    provision = consent["provision"]
    assert provision["actor"][0]["reference"]["display"] == CLINIC
    assert provision["period"] == {"start": "2026-11-02", "end": "2027-06-18"}
    assert consent["policy"] == [{"uri": "https://www.ecfr.gov/current/title-34/section-99.30"}]
    assert not resources(read(desk.fhir.student(everything(student), TO_PARENT).data), "Consent")


def test_the_provenance_says_who_what_and_up_to_which_entry(desk: Desk, student: StudentId) -> None:
    head = desk.records.head
    document = read(desk.fhir.student(only(student, Part.PROFILE), TO_PARENT).data)
    (provenance,) = resources(document, "Provenance")
    assert (
        provenance["entity"][0]["what"]["identifier"]["value"] == f"{head.count}:{head.hash.hex()}"
    )
    targets = {one["reference"] for one in provenance["target"]}
    assert targets == {entry["fullUrl"] for entry in document["entry"][:-1]}
    author, program = provenance["agent"]
    assert author["who"]["display"] == "Ana Núñez"
    assert program["who"]["display"].startswith("Casewell")
    assert provenance["reason"][0]["text"] == "Her own copy"


# -- names of others ---------------------------------------------------------------------


def test_others_are_masked_in_the_narrative_and_in_the_resources(
    desk: Desk, student: StudentId
) -> None:
    made = desk.fhir.student(everything(student), TO_PARENT)
    assert OTHER in NOTE
    assert [one.text for one in made.named] == [OTHER]
    assert OTHER not in made.data.decode()
    shown = NamesAnswered(frozenset(one.key for one in made.named), "Her mother asked")
    again = desk.fhir.student(everything(student), TO_PARENT, answered=shown)
    assert OTHER in again.data.decode()


def test_whoever_is_to_do_something_is_masked_where_it_is_another_student(
    desk: Desk, student: StudentId
) -> None:
    (line,) = desk.plans.plans(Narrowing(student_id=student))
    desk.plans.add_task(AddTask(line.plan.id, "Walk to lunch together", OTHER, "2026-11-24"))
    made = desk.fhir.student(everything(student), TO_PARENT)
    assert OTHER not in made.data.decode()
    owners = [task.get("owner", {}).get("display") for task in resources(read(made.data), "Task")]
    assert "A. Núñez" in owners
    assert any(one and OTHER not in one for one in owners if one != "A. Núñez")


def test_a_document_that_names_others_does_not_leave_unanswered(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    target = tmp_path / f"out{documents.SUFFIX}"
    with pytest.raises(Refused, match="others-named"):
        desk.fhir.save_student(everything(student), TO_PARENT, target)
    assert not target.exists()
    assert desk.privacy.disclosures() == []


# -- leaving -----------------------------------------------------------------------------


def test_a_document_leaves_with_a_disclosure_of_its_very_bytes(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    release_everything(desk, student)
    target = tmp_path / f"out{documents.SUFFIX}"
    left = desk.fhir.save_student(everything(student), TO_CLINIC, target, answered=ALL_MASKED)
    data = target.read_bytes()
    assert by_schema(read(data)) == []
    (line,) = desk.privacy.disclosures()
    kept = line.disclosure
    assert (kept.id, kept.paper, kept.recipient) == (left.disclosure, "student-summary", CLINIC)
    assert kept.means == "json"
    assert kept.sha256 == left.sha256 == hashlib.sha256(data).hexdigest()
    assert kept.bytes == len(data)
    assert kept.scope["format"] == "fhir-r4"
    assert set(kept.scope["sections"]) >= {"notes", "plans", "referrals", "screenings", "risk"}
    assert left.masked == 1


def test_what_the_release_does_not_cover_does_not_leave(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    target = tmp_path / f"out{documents.SUFFIX}"
    with pytest.raises(Refused, match="gate-release-missing"):
        desk.fhir.save_student(everything(student), TO_CLINIC, target, answered=ALL_MASKED)
    assert not target.exists()
    assert desk.privacy.disclosures() == []


def test_a_faulty_document_is_never_handed_on(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "SUMMARY_OF_EPISODE", "")
    monkeypatch.setattr(documents, "provenance", lambda *_facts: {})
    target = tmp_path / f"out{documents.SUFFIX}"
    with pytest.raises(Trouble, match="fhir-faulty"):
        desk.fhir.save_student(only(student, Part.PROFILE), TO_PARENT, target)
    assert not target.exists()
    assert desk.privacy.disclosures() == []


def test_a_month_tells_each_dose_and_why_one_was_not_given(
    nurse: NurseDesk, tmp_path: Path
) -> None:
    student = fill_month(nurse)
    target = tmp_path / f"month{documents.SUFFIX}"
    left = nurse.desk.fhir.save_month(student, "2026-11", TO_PARENT, target)
    document = read(target.read_bytes())
    doses = resources(document, "MedicationAdministration")
    told = sorted(
        (one["status"], *(reason["text"] for reason in one.get("statusReason", ())))
        for one in doses
    )
    assert told.count(("completed",)) == 2
    assert ("not-done", "Refused") in told
    assert told.count(("not-done", "Missed")) == 8
    given = {
        (one["dosage"]["dose"]["value"], one["dosage"]["dose"]["code"])
        for one in doses
        if one["status"] == "completed"
    }
    assert given == {(1, "{tablet}"), (2, "{tablet}")}
    orders = {
        one["medicationCodeableConcept"]["text"]: one
        for one in resources(document, "MedicationRequest")
    }
    daily, needed = orders["Methylphenidate 10 mg tablet"], orders["Ibuprofen 200 mg tablet"]
    assert daily["dosageInstruction"][0]["timing"]["repeat"]["timeOfDay"] == [
        "11:45:00",
        "14:00:00",
    ]
    assert needed["dosageInstruction"][0]["asNeededCodeableConcept"] == {"text": "headache"}
    assert [one["code"]["text"] for one in resources(document, "AllergyIntolerance")] == [
        "Penicillin"
    ]
    (line,) = nurse.desk.privacy.disclosures()
    assert line.disclosure.id == left.disclosure
    assert line.disclosure.scope == {"month": "2026-11", "format": "fhir-r4"}


def test_a_month_without_orders_or_doses_is_refused(nurse: NurseDesk) -> None:
    with pytest.raises(Refused, match="paper-says-nothing"):
        nurse.desk.fhir.month(nurse.student(), "2026-11", TO_PARENT)


def test_a_file_name_carries_no_name_and_is_free() -> None:
    taken = {"student-summary-2026-11-20-1.fhir.json"}
    name = file_name("student-summary", date(2026, 11, 20), taken.__contains__)
    assert name == "student-summary-2026-11-20-2.fhir.json"
