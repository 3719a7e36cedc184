"""Documents of an invented school, and of a student about whom everything is on record."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.bootstrap import Desk, open_vault
from app.demo import DemoOptions, build_demo
from app.features.caseload.commands import (
    AddAlert,
    AddGuardian,
    AddStudent,
    DecideTier,
    PutOnCaseload,
)
from app.features.caseload.model import AlertKind, Contact, Profile, Tie
from app.features.consents.commands import RecordConsent
from app.features.consents.model.records import Signer
from app.features.medication.commands import RecordDose, RecordNotGiven
from app.features.medication.model.doses import Code
from app.features.plans.commands import AgreePlan, EnterPoint, ReviewPlan
from app.features.plans.model.forms import (
    GoalForm,
    InterventionForm,
    MemberForm,
    PlanForm,
    PlanKind,
    TaskForm,
)
from app.features.plans.model.records import Decision, Outcome
from app.features.screening.commands import RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.features.services.commands import AskForService
from app.features.services.model.engagement import AskedBy
from app.features.sessions.commands import SignNote, WriteSoleNote
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.measures import MeasureKind
from app.kernel.nouns import Role, Tier
from app.kernel.releases import ConsentKind, Ground, Matter, Terms
from app.overviews.fhir.scope import Also, DocumentScope
from app.overviews.reports.leaving import Release
from app.overviews.reports.student_facts import WHOLE_RECORD
from app.overviews.reports.student_summary import Part, SummaryScope
from consents_desk import FORMS
from nurse_desk import AS_NEEDED, NurseDesk
from sessions_desk import a_draft, typed
from vaults import fixed_clock

CLINIC = "Harbor Family Clinic"
TO_CLINIC = Release(CLINIC, "Joint planning of care", Terms(Ground.RELEASE))
TO_PARENT = Release("Rosa Ocampo", "Her own copy", Terms(Ground.SUBJECT))
SOLE = "the yellow boat is my own reminder"
NOTE = "Practised the breathing with Leila Haddad before the test."
_GOAL = GoalForm(
    key="calm", need="Calm transitions", statement="Begins work within five minutes",
    measure="Minutes until work begins", kind=MeasureKind.DURATION, baseline="12", target="5",
    by_when="2027-02-26",
)  # fmt: skip


def a_student(
    desk: Desk, given: str = "Mateo", family: str = "Ocampo", number: str = "20417"
) -> StudentId:
    """Put an invented student into the vault."""
    school = desk.caseload.schools()[0].id
    profile = Profile(
        given, family, grade="08", school_id=school, student_number=number,
        birth_date="2012-11-21", language="Spanish",
    )  # fmt: skip
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


def fill(desk: Desk, student: StudentId) -> None:
    """Put on record about a student whatever a counselor can; another one is named in a note."""
    a_student(desk, "Leila", "Haddad", "20418")
    caseload = desk.caseload
    caseload.add_guardian(
        AddGuardian(student, Contact("Rosa", "Ocampo", "555-0101", "", "rosa@example.org"), Tie("Mother"))
    )  # fmt: skip
    caseload.add_guardian(
        AddGuardian(
            student,
            Contact("Ivo", "Ocampo", "555-0199"),
            Tie("Father", do_not_contact="Court order"),
        )
    )
    caseload.put_on_caseload(PutOnCaseload((student,), "2026-10-01", "Referred by a teacher"))
    caseload.decide_tier(DecideTier((student,), Tier.TARGETED, "2026-10-02", "Team decision"))
    caseload.add_alert(AddAlert(student, AlertKind.SAFETY, "Leaves class when it is loud"))
    kind = desk.sessions.choices().services[0].id
    draft = a_draft(desk, student, NOTE)
    desk.sessions.sign_note(
        SignNote(
            typed(draft, service_id=kind, minutes="30", next_step="Ask about the test",
                  next_on="2026-11-27")
        )
    )  # fmt: skip
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, SOLE, "2026-11-01"))
    plan = desk.plans.agree(
        AgreePlan(
            new_id(),
            PlanForm(
                student_id=student, kind=PlanKind.BEHAVIOR, title="Fall plan",
                begins_on="2026-11-20", review_on="2027-01-15", tier=2,
                sections=(("strengths", "Draws, helps younger students"), ("needs", "A calm start")),
                goals=(_GOAL,),
                interventions=(InterventionForm("Check-in", "A. Núñez", "daily", "calm"),),
                tasks=(TaskForm("Tell the teachers", "A. Núñez", "2026-11-24"),),
                team=(MemberForm("Rosa Ocampo", "mother"),),
                consent="given", consent_by="Rosa Ocampo", consent_on="2026-11-19",
            ),
        )
    ).made  # fmt: skip
    (goal,) = desk.plans.plan(plan).versions[0].goals
    desk.progress.enter(EnterPoint(goal.key, "9", "2026-11-20"))
    desk.plans.review(
        ReviewPlan(
            plan, "2026-11-20", "All", ((goal.key, Outcome.CLOSER, "Faster"),), Decision.CONTINUE, "Works",
        )
    )  # fmt: skip
    desk.services.engagement.ask_for_service(
        AskForService(student, kind, "2026-11-10", AskedBy.TEACHER, "Sleeps in class")
    )
    for instrument, answers in (("phq-9", [1, 1, 0, 2, 1, 0, 1, 0, 0]), ("asq", [0, 0, 0, 0])):
        form = ScreeningForm(
            student_id=student, instrument=instrument, informant="self", taken_on="2026-11-18",
            answers=tuple((str(at), value) for at, value in enumerate(answers, 1)),
        )  # fmt: skip
        desk.screening.record(RecordScreening(new_id(), form))


def fill_month(nurse: NurseDesk) -> StudentId:
    """Put orders, doses given and not given, and an allergy on record; return the student."""
    nurse.set("2026-11-16T08:00")
    student = nurse.student()
    nurse.desk.caseload.add_alert(AddAlert(student, AlertKind.ALLERGY, "Penicillin"))
    daily = nurse.order(student, times=("11:45", "14:00"), starts_on="2026-11-16")
    needed = nurse.order(student, AS_NEEDED, starts_on="2026-11-16", dose_most="2")
    nurse.set("2026-11-16T11:50")
    nurse.give(daily, student)
    nurse.set("2026-11-17T11:50")
    nurse.room.doses.record_not_given(
        RecordNotGiven(daily, student, "2026-11-17", "11:45", Code.REFUSED)
    )
    nurse.room.doses.record_dose(RecordDose(needed, student, amount="2", reason="headache"))
    nurse.set("2026-11-20T15:30")
    return student


@contextmanager
def demo_desk(place: Path, role: Role, students: int = 12) -> Iterator[Desk]:
    """Open the demonstration's vault of a role, as it is on a day in November."""
    clock = fixed_clock("2026-11-20T15:30")
    device = DeviceId(new_id())
    options = DemoOptions(students=students, years=1, role=role)
    facts = build_demo(place / "demo", options, clock=clock, device=device)
    desk = open_vault(facts.vault, facts.passphrase, device, clock=clock)
    try:
        yield desk
    finally:
        desk.close()


def students_of(desk: Desk) -> list[StudentId]:
    """Return everyone on the roster."""
    with desk.records.read() as reader:
        return [StudentId(row[0]) for row in reader.execute("SELECT id FROM student ORDER BY row")]


def everything(student: StudentId) -> DocumentScope:
    """Return the scope that leaves nothing out."""
    return DocumentScope(SummaryScope(student, tuple(Part), WHOLE_RECORD), tuple(Also))


def release_everything(desk: Desk, student: StudentId) -> str:
    """Put a release on file under which everything may go to the clinic; return its id."""
    form = replace(
        FORMS[ConsentKind.RELEASE],
        student_id=student,
        matters=tuple(Matter),
        recipient=CLINIC,
        signer=Signer.OTHER,
        capacity="surrogate parent",
    )
    consent = new_id()
    desk.consents.record(RecordConsent(consent, form))
    return consent


def read(data: bytes) -> dict[str, Any]:
    """Return a document as JSON."""
    found: dict[str, Any] = json.loads(data)
    return found


def resources(document: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    """Return the resources of a document, of one kind or of all."""
    found = [entry["resource"] for entry in document["entry"]]
    return [one for one in found if not kind or one["resourceType"] == kind]


def text_of(document: dict[str, Any]) -> str:
    """Return everything that stands in a document."""
    return json.dumps(document, ensure_ascii=False)
