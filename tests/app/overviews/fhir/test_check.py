"""What is wrong with a document is found: by the schema, by the models, by the program's check.

`MUTATIONS` is the table of which of the three finds what; each finding is held to it, so that a
later version of a validator that finds more, or less, is noticed.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.overviews.fhir.check import Fault, check
from app.overviews.fhir.codes import TYPES
from fhir_desk import (
    TO_CLINIC,
    TO_PARENT,
    a_student,
    everything,
    fill,
    fill_month,
    read,
    release_everything,
    resources,
)
from fhir_validators import by_models, by_schema, held
from nurse_desk import NurseDesk
from vaults import fixed_clock, new_desk

Document = dict[str, Any]
EXAMPLES: dict[str, Document] = held("r4-examples.json.gz")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Return a document with every type of resource in it: a summary, joined by a month."""
    clock = fixed_clock("2026-11-20T15:30")
    desk = new_desk(tmp_path_factory.mktemp("counselor"), clock=clock)
    student = a_student(desk)
    fill(desk, student)
    release_everything(desk, student)
    summary = read(desk.fhir.student(everything(student), TO_CLINIC).data)
    desk.close()
    nurse = NurseDesk(tmp_path_factory.mktemp("nurse"))
    month = read(nurse.desk.fhir.month(fill_month(nurse), "2026-11", TO_PARENT).data)
    nurse.desk.close()
    beside = [
        entry
        for entry in month["entry"]
        if entry["resource"]["resourceType"] not in {"Composition", "Provenance"}
    ]
    return {**summary, "entry": summary["entry"] + beside}


def one(document: Document, kind: str) -> Document:
    """Return the first resource of a kind."""
    return resources(document, kind)[0]


Mutation = Callable[[Document], None]


def put(kind: str, **changes: Any) -> Mutation:
    """Return a mutation that changes elements of the first resource of a kind; None removes."""

    def mutate(document: Document) -> None:
        found = one(document, kind)
        for name, value in changes.items():
            key = {"class_": "class"}.get(name, name)
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value

    return mutate


def point(kind: str, element: str, to: str) -> Mutation:
    """Return a mutation that lets a reference point to a resource of another type."""

    def mutate(document: Document) -> None:
        address = next(
            entry["fullUrl"]
            for entry in document["entry"]
            if entry["resource"]["resourceType"] == to
        )
        found = one(document, kind)
        reference = {"reference": address}
        found[element] = [reference] if isinstance(found.get(element), list) else reference

    return mutate


def _twice(document: Document) -> None:
    document["entry"][1]["fullUrl"] = document["entry"][2]["fullUrl"]


def _second(document: Document) -> None:
    entries = document["entry"]
    entries[0], entries[1] = entries[1], entries[0]


def _dangling(document: Document) -> None:
    one(document, "Encounter")["subject"] = {
        "reference": "urn:uuid:00000000-0000-4000-8000-000000000000"
    }


def _no_system(document: Document) -> None:
    del document["identifier"]["system"]


def _label(document: Document) -> None:
    document["meta"]["security"][0]["code"] = "N"


def _script(document: Document) -> None:
    text = one(document, "Composition")["section"][0]["text"]
    text["div"] = (
        text["div"]
        .replace("<table>", "<script>x</script><table>")
        .replace("<p>", "<script>x</script><p>")
    )


def _not_xml(document: Document) -> None:
    one(document, "Composition")["section"][0]["text"]["div"] = (
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>a & b</div>'
    )


def _hollow(document: Document) -> None:
    section = one(document, "Composition")["section"][0]
    section.pop("text", None)
    section.pop("entry", None)


def _unit(document: Document) -> None:
    found = next(x for x in resources(document, "Observation") if "valueQuantity" in x)
    del found["valueQuantity"]["system"]


def _both(document: Document) -> None:
    found = next(x for x in resources(document, "Observation") if "valueQuantity" in x)
    found["dataAbsentReason"] = {"text": "unknown"}


def _backwards(document: Document) -> None:
    found = one(document, "Encounter")["period"]
    found["start"], found["end"] = "2026-10-02", "2026-10-01"


def _no_dose(document: Document) -> None:
    found = next(x for x in resources(document, "MedicationAdministration") if "dosage" in x)
    del found["dosage"]["dose"]


def _activity(document: Document) -> None:
    found = next(x for x in resources(document, "CarePlan") if x.get("activity"))
    found["activity"][0]["detail"]["status"] = "going"


def _nameless(document: Document) -> None:
    found = one(document, "Organization")
    found.pop("name")


def _measureless(document: Document) -> None:
    del one(document, "Goal")["target"][0]["measure"]


def _actor(document: Document) -> None:
    found = next(x for x in resources(document, "MedicationAdministration") if x.get("performer"))
    found["performer"][0]["actor"] = {"display": ""}


BAD_STATUS = {
    kind: put(kind, status="perhaps")
    for kind in (
        "Composition", "CarePlan", "CareTeam", "Consent", "Encounter", "Flag", "MedicationRequest",
        "MedicationAdministration", "Observation", "QuestionnaireResponse", "ServiceRequest", "Task",
    )
}  # fmt: skip
NO_STATUS = {kind: put(kind, status=None) for kind in BAD_STATUS if kind != "CareTeam"}
UNKNOWN_TO_SCHEMA = {"CarePlan", "ServiceRequest", "MedicationRequest", "MedicationAdministration"}

# What is wrong: how it is made wrong, and whether the schema, the models, the check find it.
MUTATIONS: dict[str, tuple[Mutation, str]] = {
    **{
        f"bad status of {kind}": (mutate, "check" if kind in UNKNOWN_TO_SCHEMA else "schema check")
        for kind, mutate in BAD_STATUS.items()
    },
    **{f"no status of {kind}": (mutate, "models check") for kind, mutate in NO_STATUS.items()},
    "bad intent of CarePlan": (put("CarePlan", intent="wish"), "check"),
    "bad intent of ServiceRequest": (put("ServiceRequest", intent="wish"), "check"),
    "bad intent of MedicationRequest": (put("MedicationRequest", intent="wish"), "check"),
    "no intent": (put("MedicationRequest", intent=None), "models check"),
    "bad lifecycle of a goal": (put("Goal", lifecycleStatus="someday"), "schema check"),
    "bad status of an activity": (_activity, "schema check"),
    "no author": (put("Composition", author=None), "schema models check"),
    "no subject of a plan": (put("CarePlan", subject=None), "schema models check"),
    "no class of an encounter": (put("Encounter", class_=None), "schema models check"),
    "no medication": (put("MedicationRequest", medicationCodeableConcept=None), "models check"),
    "no time of a dose": (put("MedicationAdministration", effectiveDateTime=None), "models check"),
    "no dose given": (_no_dose, "check"),
    "no category of a consent": (put("Consent", category=None), "schema models check"),
    "no policy of a consent (ppc-1)": (put("Consent", policy=None), "check"),
    "no patient of a consent (ppc-2)": (put("Consent", patient=None), "check"),
    "no agent": (put("Provenance", agent=None), "schema models check"),
    "an actor who is nobody": (_actor, "schema models check"),
    "a plan about a practitioner": (point("CarePlan", "subject", "Practitioner"), "check"),
    "a goal about an encounter": (point("Goal", "subject", "Encounter"), "check"),
    "a composition by a goal": (point("Composition", "author", "Goal"), "check"),
    "a request that is a patient": (
        point("MedicationAdministration", "request", "Patient"), "check",
    ),
    "a reference to nothing": (_dangling, "check"),
    "the same address twice (bdl-7)": (_twice, "check"),
    "no composition first (bdl-11)": (_second, "check"),
    "an identifier without a system (bdl-9)": (_no_system, "check"),
    "no timestamp (bdl-10)": (lambda document: document.pop("timestamp"), "check"),
    "no type of the bundle": (lambda document: document.pop("type"), "models check"),
    "a bad type of the bundle": (lambda document: document.update(type="paper"), "schema check"),
    "a label that is too low": (_label, "check"),
    "a script in the narrative (txt-1)": (_script, "check"),
    "a narrative that is no XML (txt-1)": (_not_xml, "check"),
    "a section without anything (cmp-1)": (_hollow, "check"),
    "a coded unit without a system (qty-3)": (_unit, "check"),
    "a value, and why there is none (obs-6)": (_both, "check"),
    "a period that ends before it starts (per-1)": (_backwards, "check"),
    "a school without a name (org-1)": (_nameless, "check"),
    "a target without a measure (gol-1)": (_measureless, "check"),
    "an element that is unknown": (put("Patient", colour="blue"), "schema models"),
    "a day that is none": (put("Patient", birthDate="soon"), "schema models"),
}  # fmt: skip


def test_a_document_with_every_type_of_resource_passes_all_three(whole: Document) -> None:
    kinds = {one["resourceType"] for one in resources(whole)}
    assert kinds >= {
        "AllergyIntolerance", "CarePlan", "CareTeam", "Composition", "Consent", "Encounter", "Flag",
        "Goal", "MedicationAdministration", "MedicationRequest", "Observation", "Organization",
        "Patient", "Practitioner", "PractitionerRole", "Provenance", "QuestionnaireResponse",
        "ServiceRequest", "Task",
    }  # fmt: skip
    assert check(whole) == []
    assert by_schema(whole) == []
    assert by_models(whole) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_wrong_is_found_by_those_who_can(whole: Document, name: str) -> None:
    mutate, expected = MUTATIONS[name]
    document = deepcopy(whole)
    mutate(document)
    assert document != whole
    finders = (("schema", by_schema), ("models", by_models), ("check", check))
    found = [who for who, finds in finders if finds(document)]
    assert found, "nobody finds it"
    assert " ".join(found) == expected


def test_the_official_examples_raise_no_alarm() -> None:
    assert {example["resourceType"] for example in EXAMPLES.values()} == set(TYPES)
    assert {name: found for name, example in EXAMPLES.items() if (found := check(example))} == {}


def test_a_fault_names_the_place_and_never_what_stands_there(whole: Document) -> None:
    document = deepcopy(whole)
    one(document, "Encounter")["status"] = "Mateo Ocampo"
    (fault,) = check(document)
    assert fault.rule == "code"
    assert fault.where.startswith("Bundle.entry[")
    assert fault.where.endswith("].resource.status")
    assert "Mateo" not in str(fault)


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        (
            {
                "resourceType": "Questionnaire",
                "status": "draft",
                "item": [
                    {"linkId": "1", "type": "group", "item": [{"linkId": "1", "type": "string"}]}
                ],
            },
            "que-2",
        ),
        (
            {
                "resourceType": "Questionnaire",
                "status": "draft",
                "item": [{"linkId": "1", "type": "riddle"}],
            },
            "code",
        ),
        (
            {
                "resourceType": "QuestionnaireResponse",
                "status": "completed",
                "item": [
                    {"linkId": "1", "answer": [{"valueInteger": 1}], "item": [{"linkId": "2"}]}
                ],
            },
            "qrs-1",
        ),
        (
            {
                "resourceType": "AllergyIntolerance",
                "patient": {"display": "x"},
                "verificationStatus": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                            "code": "confirmed",
                        }
                    ]
                },
            },
            "ait-1",
        ),
        (
            {
                "resourceType": "AllergyIntolerance",
                "patient": {"display": "x"},
                "clinicalStatus": {"coding": [{"system": "x", "code": "active"}]},
            },
            "code",
        ),
        (
            {
                "resourceType": "CarePlan",
                "status": "active",
                "intent": "plan",
                "subject": {"display": "x"},
                "activity": [
                    {"reference": {"display": "x"}, "detail": {"status": "in-progress"}},
                ],
            },
            "cpl-3",
        ),
        (
            {"resourceType": "Patient", "contact": [{"relationship": [{"text": "mother"}]}]},
            "pat-1",
        ),
        ({"resourceType": "Patient", "telecom": [{"value": "555-0100"}]}, "cpt-2"),
        ({"resourceType": "Patient", "name": [{"use": "pet", "text": "x"}]}, "code"),
        (
            {
                "resourceType": "Consent",
                "status": "active",
                "scope": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/consentscope",
                            "code": "treatment",
                        }
                    ]
                },
                "category": [{"text": "x"}],
                "policyRule": {"text": "x"},
            },
            "ppc-5",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_invariant_is_known_by_its_own_name(resource: Document, rule: str) -> None:
    assert [fault.rule for fault in check(resource)] == [rule]


def test_a_contained_resource_may_be_pointed_to_and_must_be_there() -> None:
    plan = {
        "resourceType": "CarePlan",
        "contained": [{"resourceType": "Goal", "id": "g"}],
        "status": "active",
        "intent": "plan",
        "subject": {"display": "x"},
        "goal": [{"reference": "#g"}, {"reference": "#h"}],
    }
    rules = [(fault.rule, fault.where) for fault in check(plan)]
    assert ("ref-1", "CarePlan.goal[1]") in rules
    assert Fault("required", "CarePlan.contained[0].subject") in check(plan)
