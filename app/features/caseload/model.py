"""Students, those around them, and whose caseload they are on: the rules, without I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, SchoolId, StudentId
from app.kernel.names import shown_name
from app.kernel.nouns import GRADES, Tier

LONGEST_NAME = 120
LONGEST_TEXT = 500
OLDEST_YEARS = 25
"""Nobody older goes to a school of this kind; an earlier birth date is a slip of the hand."""


@unique
class Standing(StrEnum):
    """Whether a student is enrolled; who left is marked, never deleted."""

    ENROLLED = "enrolled"
    LEFT = "left"


@unique
class AlertKind(StrEnum):
    """What an alert warns of."""

    HEALTH = "health"
    ALLERGY = "allergy"
    CUSTODY = "custody"
    SAFETY = "safety"
    ACCESS = "access"
    OTHER = "other"


@unique
class ReachBy(StrEnum):
    """How a guardian wishes to be reached."""

    UNSAID = ""
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


@unique
class Scope(StrEnum):
    """Which students a list is of."""

    MINE = "mine"
    ALL = "all"
    LEFT = "left"


@unique
class Sort(StrEnum):
    """What a list of students is ordered by; names break ties."""

    NAME = "name"
    GRADE = "grade"
    SCHOOL = "school"
    TIER = "tier"
    LAST_CONTACT = "last_contact"
    NEXT_STEP = "next_step"
    SINCE = "since"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is written of a student, by hand or by a roster; dates are ISO `YYYY-MM-DD` or empty."""

    given_name: str = ""
    family_name: str = ""
    middle_name: str = ""
    preferred_name: str = ""
    pronouns: str = ""
    birth_date: str = ""
    sex: str = ""
    grade: str = ""
    school_id: str = ""
    language: str = ""
    email: str = ""
    phone: str = ""
    student_number: str = ""
    state_id: str = ""

    def facts(self) -> dict[str, str]:
        """Return every field by its name."""
        return {name: getattr(self, name) for name in PROFILE_FIELDS}

    def changes(self, other: "Profile") -> dict[str, str]:
        """Return the fields in which `other` differs, with the values it has."""
        return {
            name: getattr(other, name)
            for name in PROFILE_FIELDS
            if getattr(other, name) != getattr(self, name)
        }


PROFILE_FIELDS: tuple[str, ...] = tuple(entry.name for entry in fields(Profile))
"""Every field of a profile, in the order a person reads them."""


@dataclass(frozen=True, slots=True)
class School:
    """A building."""

    id: SchoolId
    name: str
    mine: bool = False
    """Whether whoever is at the desk works in it."""
    students: int = 0
    """How many enrolled students it has."""
    from_roster: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that students are grouped by."""

    label: str
    students: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """A guardian as a person: name, ways to reach them, language."""

    given_name: str = ""
    family_name: str = ""
    phone: str = ""
    sms: str = ""
    email: str = ""
    language: str = ""
    interpreter: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """What a guardian is to one student, and how and when they may be reached about them."""

    relation: str = ""
    lives_with: bool = False
    reach_by: ReachBy = ReachBy.UNSAID
    reach_when: str = ""
    do_not_contact: str = ""
    """The reason why they must not be contacted; empty when they may be."""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian of one student."""

    id: str
    contact: Contact
    tie: Tie
    from_roster: bool = False

    @property
    def name(self) -> str:
        """The name as it is spoken."""
        return shown_name(self.contact.given_name, self.contact.family_name)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that whoever meets the student must know."""

    id: str
    kind: AlertKind
    text: str
    made: Moment
    by: str
    """The name of who wrote it."""
    ended: str = ""
    """When it ended (UTC text), or empty while it stands."""


@dataclass(frozen=True, slots=True)
class TierDecision:
    """A dated decision; it stands as it was made."""

    id: str
    tier: Tier
    was: Tier
    decided_on: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time on a person's caseload."""

    id: str
    person: PersonId
    by: str
    started_on: str
    start_reason: str
    ended_on: str = ""
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Student:
    """A student with everything that stands now; history is the timeline's."""

    id: StudentId
    profile: Profile
    school: str
    tier: Tier
    standing: Standing = Standing.ENROLLED
    left_on: str = ""
    from_roster: bool = False
    mine_since: str = ""
    """Since when on the caseload of whoever asks; empty when not."""
    guardians: tuple[Guardian, ...] = ()
    alerts: tuple[Alert, ...] = ()
    """Those that stand, the most pressing kinds first."""
    tags: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name as it is spoken: the preferred one where there is one."""
        return shown_name(
            self.profile.given_name, self.profile.family_name, self.profile.preferred_name
        )

    @property
    def full_name(self) -> str:
        """The name in full, as the school's records have it."""
        parts = (self.profile.given_name, self.profile.middle_name, self.profile.family_name)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class StudentFilter:
    """Which students a list shows; an empty tuple or text does not narrow it."""

    scope: Scope = Scope.MINE
    schools: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    tags: tuple[str, ...] = ()
    """Labels; a student needs one of them."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """A student as one line of a list."""

    id: StudentId
    name: str
    """As a list shows it: family name first."""
    given_name: str
    grade: str
    school: str
    tier: Tier
    standing: Standing
    tags: tuple[str, ...] = ()
    last_contact: Moment | None = None
    """When the newest session began at which the student was present."""
    next_step: str = ""
    """The day of the next open follow-up."""
    alerts: tuple[AlertKind, ...] = ()
    since: str = ""
    """Since when on the caseload of whoever asks."""


@dataclass(frozen=True, slots=True)
class FoundStudent:
    """A student as a search answers."""

    id: StudentId
    name: str
    grade: str
    school: str
    number: str
    mine: bool
    standing: Standing = Standing.ENROLLED


@dataclass(frozen=True, slots=True)
class CaseloadCounts:
    """How many students of a scope stand at each tier."""

    tiers: Mapping[Tier, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.tiers.values())


# -- rules -------------------------------------------------------------------------------


def one_line(text: str) -> str:
    """Return `text` without line breaks and outer or double spaces."""
    return " ".join(text.split())


def accepted_profile(profile: Profile, today: date, schools: Iterable[str]) -> Profile:
    """Return a profile as it is kept; refuse a missing name, an impossible birth date, an
    unknown grade or school.
    """
    tidy = replace(profile, **{name: one_line(value) for name, value in profile.facts().items()})
    if not tidy.given_name and not tidy.family_name:
        raise Refused("student-needs-name", "given_name")
    for name in ("given_name", "family_name", "middle_name", "preferred_name"):
        if len(getattr(tidy, name)) > LONGEST_NAME:
            raise Refused("name-long", name, longest=LONGEST_NAME)
    for name in ("pronouns", "language", "email", "phone", "student_number", "state_id"):
        if len(getattr(tidy, name)) > LONGEST_NAME:
            raise Refused("text-long", name, longest=LONGEST_NAME)
    if tidy.birth_date:
        _accept_birth(day(tidy.birth_date, "birth_date"), today)
    if tidy.grade and tidy.grade not in GRADES:
        raise Refused("grade-unknown", "grade")
    if tidy.school_id and tidy.school_id not in schools:
        raise Refused("school-unknown", "school_id")
    if tidy.email and not _is_address(tidy.email):
        raise Refused("email-unclear", "email")
    return tidy


def _accept_birth(born: date, today: date) -> None:
    if born > today:
        raise Refused("birth-in-future", "birth_date")
    if born.year + OLDEST_YEARS < today.year:
        raise Refused("birth-too-early", "birth_date", years=OLDEST_YEARS)


def day(text: str, entry: str) -> date:
    """Return the calendar day of an ISO text; refuse, at `entry`, what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("day-unclear", entry) from None


def past_day(text: str, today: date, entry: str) -> str:
    """Return a day that has come, as ISO text; refuse one that is yet to come."""
    taken = day(text, entry)
    if taken > today:
        raise Refused("day-in-future", entry)
    return taken.isoformat()


def reason(text: str, code: str) -> str:
    """Return a reason as it is kept; refuse, with `code`, a missing one."""
    tidy = one_line(text)
    if not tidy:
        raise Refused(code, "reason")
    if len(tidy) > LONGEST_TEXT:
        raise Refused("text-long", "reason", longest=LONGEST_TEXT)
    return tidy


def accepted_contact(contact: Contact) -> Contact:
    """Return a guardian's name and ways to reach them as they are kept; refuse a missing name."""
    tidy = replace(
        contact,
        given_name=one_line(contact.given_name),
        family_name=one_line(contact.family_name),
        phone=one_line(contact.phone),
        sms=one_line(contact.sms),
        email=one_line(contact.email),
        language=one_line(contact.language),
    )
    if not tidy.given_name and not tidy.family_name:
        raise Refused("guardian-needs-name", "given_name")
    for name in ("given_name", "family_name", "phone", "sms", "email", "language"):
        if len(getattr(tidy, name)) > LONGEST_NAME:
            raise Refused("text-long", name, longest=LONGEST_NAME)
    if tidy.email and not _is_address(tidy.email):
        raise Refused("email-unclear", "email")
    return tidy


def accepted_tie(tie: Tie, contact: Contact) -> Tie:
    """Return what a guardian is to a student as it is kept.

    Refuses a preferred way that the guardian cannot be reached by.
    """
    tidy = replace(
        tie,
        relation=one_line(tie.relation),
        reach_when=one_line(tie.reach_when),
        do_not_contact=one_line(tie.do_not_contact),
    )
    for name in ("relation", "reach_when", "do_not_contact"):
        if len(getattr(tidy, name)) > LONGEST_TEXT:
            raise Refused("text-long", name, longest=LONGEST_TEXT)
    if (
        (tidy.reach_by is ReachBy.EMAIL and not contact.email)
        or (tidy.reach_by is ReachBy.PHONE and not contact.phone)
        or (tidy.reach_by is ReachBy.SMS and not (contact.sms or contact.phone))
    ):
        raise Refused("reach-by-missing", "reach_by")
    return tidy


def accepted_label(text: str) -> str:
    """Return a tag's label as it is kept; refuse an empty or overlong one."""
    label = one_line(text)
    if not label:
        raise Refused("tag-needs-label", "label")
    if len(label) > 40:
        raise Refused("text-long", "label", longest=40)
    return label


def accepted_alert(text: str) -> str:
    """Return an alert's text as it is kept; refuse an empty or overlong one."""
    tidy = one_line(text)
    if not tidy:
        raise Refused("alert-needs-text", "text")
    if len(tidy) > LONGEST_TEXT:
        raise Refused("text-long", "text", longest=LONGEST_TEXT)
    return tidy


def accepted_school(name: str) -> str:
    """Return a school's name as it is kept; refuse an empty or overlong one."""
    tidy = one_line(name)
    if not tidy:
        raise Refused("school-needs-name", "name")
    if len(tidy) > LONGEST_NAME:
        raise Refused("name-long", "name", longest=LONGEST_NAME)
    return tidy


def _is_address(text: str) -> bool:
    before, at, after = text.partition("@")
    return bool(before and at and "." in after and " " not in text)
