"""What a command changed, so that screens know whether to look again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum, unique


@unique
class Kind(StrEnum):
    """The kinds of thing a screen can show."""

    PERSON = "person"
    SETTING = "setting"
    SCHOOL = "school"
    STUDENT = "student"
    CASELOAD = "caseload"
    TIER = "tier"
    ROSTER = "roster"
    DRAFT = "draft"
    NOTE = "note"
    SOLE_NOTE = "sole_note"
    FOLLOW_UP = "follow_up"
    TEMPLATE = "template"
    DISCLOSURE = "disclosure"
    ORDER = "order"
    DOSE = "dose"
    STOCK = "stock"
    DISCREPANCY = "discrepancy"
    INCIDENT = "incident"
    VISIT = "visit"
    PLAN = "plan"
    DELEGATION = "delegation"
    TRIP = "trip"
    PHOTO = "photo"
    CALENDAR = "calendar"
    APPOINTMENT = "appointment"
    GROUP = "group"
    GROUP_SESSION = "group_session"
    TIME = "time"
    MANDATE = "mandate"
    ENGAGEMENT = "engagement"
    CONCERN = "concern"
    CONTACT = "contact"
    CONSULTATION = "consultation"
    CARE_PLAN = "care_plan"
    PROGRESS = "progress"
    SCREENING = "screening"
    RISK = "risk"
    CONSENT = "consent"
    RECORD_REQUEST = "record_request"
    OUTBOX = "outbox"
    DISTRICT = "district"


@dataclass(frozen=True, slots=True)
class Changed:
    """The kinds of thing that changed, and the id of what was made, if one was."""

    kinds: frozenset[Kind] = field(default_factory=frozenset)
    made: str = ""

    @classmethod
    def only(cls, *kinds: Kind, made: str = "") -> "Changed":
        """Return a change of `kinds`."""
        return cls(frozenset(kinds), made)

    def meets(self, interest: Iterable[Kind]) -> bool:
        """Tell whether anything in `interest` changed."""
        return not self.kinds.isdisjoint(interest)


NOTHING = Changed()
