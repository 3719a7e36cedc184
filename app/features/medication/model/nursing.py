"""Other nursing: visits, health plans, delegation, field trips, and what is added to records."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from app.features.medication.model.amounts import THOUSAND, parsed_thousandths
from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId


@unique
class Subject(StrEnum):
    """The kinds of record that something can be added to."""

    ORDER = "order"
    DOSE = "dose"
    DISCREPANCY = "discrepancy"
    INCIDENT = "incident"
    VISIT = "visit"
    PLAN = "plan"
    DELEGATION = "delegation"
    TRIP = "trip"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was added to a record later: a check, an effect, a call, an end."""

    id: str
    subject: Subject
    subject_id: str
    student_id: StudentId | None
    kind: str
    at: str
    text: str
    facts: str
    """JSON."""
    witness_id: str | None
    person_id: str
    recorded_at: str
    zone: str

    @property
    def when(self) -> Moment:
        """When it happened."""
        return Moment(self.at, self.zone)


# -- visits ------------------------------------------------------------------------------


@unique
class Complaint(StrEnum):
    """Why a student came, as health offices count it."""

    ILLNESS = "illness"
    INJURY = "injury"
    HEADACHE = "headache"
    STOMACH = "stomach"
    FEVER = "fever"
    BREATHING = "breathing"
    ALLERGIC = "allergic"
    HEAD_INJURY = "head_injury"
    NOSEBLEED = "nosebleed"
    DENTAL = "dental"
    SKIN = "skin"
    EYE_EAR = "eye_ear"
    MENSTRUAL = "menstrual"
    CHRONIC = "chronic"
    MENTAL_HEALTH = "mental_health"
    SCREENING = "screening"
    OTHER = "other"


@unique
class Leaving(StrEnum):
    """Where a student went from the health office."""

    CLASS = "class"
    HOME = "home"
    EMERGENCY = "emergency"
    COUNSELOR = "counselor"
    OTHER = "other"


@unique
class VisitEntryKind(StrEnum):
    """What is added to a visit while it lasts, and its end."""

    VITALS = "vitals"
    CARE = "care"
    NOTE = "note"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Visit:
    """A student came to the health office."""

    id: str
    student_id: StudentId
    school_id: SchoolId | None
    came_at: str
    sent_by: str
    complaint: Complaint
    words: str
    """What the student said."""
    person_id: str
    recorded_at: str
    zone: str

    @property
    def came(self) -> Moment:
        """When the student came in."""
        return Moment(self.came_at, self.zone)


@dataclass(frozen=True, slots=True)
class VitalsForm:
    """Vital signs as they are typed; what is empty was not taken."""

    temperature: str = ""
    """In the unit below."""
    celsius: bool = False
    pulse: str = ""
    breaths: str = ""
    oxygen: str = ""
    systolic: str = ""
    diastolic: str = ""
    glucose: str = ""
    """Milligrams per decilitre."""
    peak_flow: str = ""
    pain: str = ""
    """0 to 10."""


_LIMITS: Mapping[str, tuple[int, int]] = {
    "pulse": (20, 300),
    "breaths": (4, 100),
    "oxygen": (40, 100),
    "systolic": (40, 260),
    "diastolic": (20, 180),
    "glucose": (10, 1000),
    "peak_flow": (20, 900),
    "pain": (0, 10),
}
"""Beyond these no living child measures: a slip of the key."""


def accepted_vitals(form: VitalsForm) -> dict[str, Any]:
    """Return vital signs as facts; refuse none at all, and what cannot be measured.

    The temperature is kept in the unit it was read in, in tenths of a degree.
    """
    facts: dict[str, Any] = {}
    if form.temperature.strip():
        thousandths = parsed_thousandths(form.temperature, "temperature")
        least, most = (300, 430) if form.celsius else (860, 1100)
        tenths = thousandths * 10 // THOUSAND
        if thousandths % 100 or not least <= tenths <= most:
            raise Refused("number-between", "temperature", least=least // 10, most=most // 10)
        facts["temperature_tenths"] = tenths
        facts["celsius"] = form.celsius
    for name, (least, most) in _LIMITS.items():
        entry = str(getattr(form, name)).strip()
        if not entry:
            continue
        if not (entry.isascii() and entry.isdecimal() and least <= int(entry[:6]) <= most):
            raise Refused("number-between", name, least=least, most=most)
        facts[name] = int(entry)
    if ("systolic" in facts) != ("diastolic" in facts):
        raise Refused("pressure-needs-both", "diastolic" if "systolic" in facts else "systolic")
    if not facts:
        raise Refused("vitals-nothing", "temperature")
    return facts


# -- plans, delegation, trips ------------------------------------------------------------


@unique
class PlanKind(StrEnum):
    """An individual health plan, or an emergency action plan."""

    HEALTH = "health"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class HealthPlan:
    """One version of a plan; `sections` are pairs of title and text."""

    id: str
    series_id: str
    version: int
    replaces: str | None
    student_id: StudentId
    kind: PlanKind
    title: str
    sections: tuple[tuple[str, str], ...]
    starts_on: str
    review_on: str
    reason: str
    person_id: str
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Delegation:
    """A task handed to someone trained for it, with the day the training ends."""

    id: str
    staff: str
    staff_id: str | None
    task: str
    student_id: StudentId | None
    series_id: str
    """The one order it is for; empty for every order."""
    trained_on: str
    expires_on: str
    note: str
    person_id: str
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Trip:
    """A field trip on which someone else gives the doses."""

    id: str
    title: str
    school_id: SchoolId | None
    leaves_at: str
    returns_at: str
    staff: str
    staff_phone: str
    delegation_id: str | None
    note: str
    person_id: str
    recorded_at: str
    zone: str

    @property
    def leaves(self) -> Moment:
        """When it leaves."""
        return Moment(self.leaves_at, self.zone)

    @property
    def returns(self) -> Moment:
        """When it is back."""
        return Moment(self.returns_at, self.zone)


@dataclass(frozen=True, slots=True)
class TripItem:
    """What was counted out for one order of one student."""

    id: str
    trip_id: str
    student_id: StudentId
    order_id: str
    container_id: str
    amount: int
    counterpart: str
    witness_id: str | None
    person_id: str
    recorded_at: str
    zone: str


@dataclass(frozen=True, slots=True)
class NoSchool:
    """A day without school, or with school again."""

    id: str
    day: str
    school_id: SchoolId | None
    open: bool
    reason: str
    person_id: str
    recorded_at: str
    zone: str
