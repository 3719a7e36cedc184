"""A student's summary as a document: the sections of the paper, and their records as resources."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.features.sessions.model import FollowUp
from app.features.sessions.summary import SummaryNote
from app.kernel.clock import Moment
from app.kernel.nouns import Attendance, Place
from app.kernel.words import _
from app.overviews.fhir.codes import ACT_CODE, FLAG_CATEGORY
from app.overviews.fhir.document import (
    Document,
    Reference,
    Resource,
    concept,
    instant,
    period,
    quantity,
)
from app.overviews.fhir.narrative import narrative
from app.overviews.fhir.people import People
from app.overviews.reports.others_named import Texts
from app.overviews.reports.student_facts import Alert, CaseloadTime, Profile, StudentFacts
from app.overviews.reports.student_summary import Part, SummaryScope, part_title, section_blocks
from app.overviews.reports.wording import spoken_alert, spoken_place
from app.paper import blocks

ENCOUNTERS = "46240-8"
_CLASSES: Mapping[str, tuple[str, str]] = {
    Place.HOME: ("HH", "home health"),
    Place.COMMUNITY: ("FLD", "field"),
    Place.TELEHEALTH: ("VR", "virtual"),
    Place.PHONE: ("VR", "virtual"),
}
_USUAL_CLASS = ("AMB", "ambulatory")
_FLAGS: Mapping[str, tuple[str, str]] = {
    "health": ("clinical", "Clinical"),
    "allergy": ("clinical", "Clinical"),
    "custody": ("contact", "Subject Contact"),
    "safety": ("safety", "Safety"),
}
_USUAL_FLAG = ("admin", "Administrative")


@dataclass(frozen=True, slots=True)
class Student:
    """What the sections of a student's summary are made of."""

    scope: SummaryScope
    facts: StudentFacts
    profile: Profile
    texts: Texts
    people: People
    subject: Reference
    now: Moment


def put_sections(document: Document, student: Student) -> None:
    """Put in every chosen section of the summary, with what its records are as resources."""
    makers: Mapping[Part, Callable[[Document, Student], Iterable[Reference]]] = {
        Part.PROFILE: lambda _document, one: [one.subject],
        Part.GUARDIANS: lambda _document, one: [one.subject],
        Part.ALERTS: _alerts,
        Part.CASELOAD: _caseload,
        Part.SESSIONS: _sessions,
        Part.FOLLOW_UPS: _follow_ups,
    }
    codes = {Part.SESSIONS: ENCOUNTERS}
    bodies: list[tuple[Part, tuple[blocks.Block, ...]]] = [
        (part, tuple(body))
        for part, body in section_blocks(
            student.scope, student.facts, student.profile, student.now.zone, student.texts
        )
    ]
    for part, body in bodies:
        entries = makers[part](document, student) if part in makers else ()
        document.section(part_title(part), narrative(body), entries, codes.get(part, ""))


def _alerts(document: Document, student: Student) -> list[Reference]:
    return [
        document.add("Flag", f"{number}", _flag(alert, student))
        for number, alert in enumerate(student.facts.alerts())
    ]


def _flag(alert: Alert, student: Student) -> Resource:
    said = student.texts.said(alert.text, f"alert:{alert.made.at}", _("Alert"))
    category = concept(
        spoken_alert(alert.kind), FLAG_CATEGORY, *_FLAGS.get(alert.kind, _USUAL_FLAG)
    )
    return {
        "status": "inactive" if alert.ended else "active",
        "category": [category],
        "code": {"text": said or spoken_alert(alert.kind)},
        "subject": student.subject,
        "period": period(instant(alert.made), instant(alert.ended) if alert.ended else ""),
    }


def _caseload(document: Document, student: Student) -> list[Reference]:
    times = student.facts.caseload()
    if not times:
        return []
    return [document.add("CareTeam", "caseload", _care_team(times, student))]


def _care_team(times: Sequence[CaseloadTime], student: Student) -> Resource:
    stands = any(not one.ended_on for one in times)
    return {
        "status": "active" if stands else "inactive",
        "name": _("Caseload"),
        "subject": student.subject,
        "period": period(
            min(one.started_on for one in times),
            "" if stands else max(one.ended_on for one in times),
        ),
        "participant": [
            {
                "member": student.people.named(one.person),
                "period": period(one.started_on, one.ended_on),
            }
            for one in times
        ],
    }


def _sessions(document: Document, student: Student) -> list[Reference]:
    return [
        document.add("Encounter", note.id, _encounter(note, student))
        for note in student.facts.sessions().notes
    ]


def _encounter(note: SummaryNote, student: Student) -> Resource:
    held = note.attendance is Attendance.PRESENT
    code, display = _CLASSES.get(note.place, _USUAL_CLASS)
    ended = note.started.later(timedelta(minutes=note.minutes))
    return {
        "status": "finished" if held else "cancelled",
        "class": {"system": ACT_CODE, "code": code, "display": display},
        "type": [{"text": note.service}] if note.service else [],
        "subject": student.subject,
        "participant": [{"individual": student.people.named(note.maker)}],
        "period": period(instant(note.started), instant(ended) if held else ""),
        "length": quantity(note.minutes, "min") if held else {},
        "location": [{"location": {"display": spoken_place(note.place)}}],
        "serviceProvider": student.people.school(note.school) or {},
    }


def _follow_ups(document: Document, student: Student) -> list[Reference]:
    return [
        document.add("Task", step.id, _task(step, student), record=step.note_id or "")
        for step in student.facts.sessions().follow_ups
    ]


def _task(step: FollowUp, student: Student) -> Resource:
    said = student.texts.said(
        step.text, f"step:{step.id}", part_title(Part.FOLLOW_UPS), step.note_id or ""
    )
    done = instant(Moment(step.done_at, student.now.zone)) if step.done_at else ""
    return {
        "status": "completed" if done else "requested",
        "intent": "plan",
        "description": said,
        "for": student.subject,
        "owner": student.people.person(step.person_id),
        "lastModified": done,
        "restriction": {"period": {"end": step.due_on}},
    }
