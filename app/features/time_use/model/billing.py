"""Claims to Medicaid: what a line holds, and what is missing before it can be claimed.

A line holds what Medicaid asks for at least: date, recipient and number, provider, the
service's nature and units, and the place. Procedure codes are typed by the district; none
come with the program. In a group each student is claimed the whole time of it.
"""

import re
from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.nouns import Place

QUARTER = 15
"""Minutes in a timed unit."""
LEAST_OF_A_UNIT = 8
"""Minutes from which a timed unit counts (the "8-minute rule")."""
MOST_MODIFIERS = 4


@unique
class Units(StrEnum):
    """How a service is counted."""

    QUARTER_HOURS = "quarter_hours"
    ENCOUNTER = "encounter"


@unique
class Setting(StrEnum):
    """Whether one student was served, or several together."""

    INDIVIDUAL = "individual"
    GROUP = "group"


@unique
class LineState(StrEnum):
    """How far a line is."""

    OPEN = "open"
    READY = "ready"
    EXPORTED = "exported"
    LEFT_OUT = "left_out"


@unique
class Missing(StrEnum):
    """What a line lacks before it can be claimed."""

    CONSENT = "consent"
    PROCEDURE = "procedure"
    CREDENTIALS = "credentials"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class BillingCode:
    """What a kind of service is claimed as: one row of the district's table."""

    service_id: str
    setting: Setting
    procedure: str
    modifiers: tuple[str, ...]
    units: Units


@dataclass(frozen=True, slots=True)
class MedicaidFacts:
    """A student's Medicaid number, and the parent's consent to bill (34 CFR 300.154(d))."""

    student_id: StudentId
    medicaid_id: str = ""
    consent_on: str = ""
    consent_until: str = ""

    def consents(self, day: str) -> bool:
        """Tell whether consent was on file for a service given on `day`."""
        return bool(self.consent_on) and self.consent_on <= day <= (
            self.consent_until or "9999-12-31"
        )


@dataclass(frozen=True, slots=True)
class BillingLine:
    """One student's line of one entry."""

    entry_id: str
    student_id: StudentId
    student: str
    medicaid_id: str
    started: Moment
    on_day: str
    minutes: int
    service_id: str
    service: str
    place: Place
    group_size: int
    procedure: str
    modifiers: tuple[str, ...]
    units_kind: Units
    units: int
    provider: str
    credentials: str
    missing: tuple[Missing, ...]
    state: LineState
    marked_at: str = ""


def units_of(minutes: int, kind: Units) -> int:
    """Return the units that a service's minutes come to.

    One unit of 15 minutes from the 8th minute on, two from the 23rd, three from the 38th.
    """
    if kind is Units.ENCOUNTER:
        return 1 if minutes > 0 else 0
    return (minutes + QUARTER - LEAST_OF_A_UNIT) // QUARTER


def missing_of(
    facts: MedicaidFacts, day: str, procedure: str, units: int, credentials: str
) -> tuple[Missing, ...]:
    """Return what a line of that day lacks."""
    lacks = (
        (Missing.CONSENT, not facts.consents(day)),
        (Missing.PROCEDURE, not procedure),
        (Missing.CREDENTIALS, not credentials.strip()),
        (Missing.UNITS, bool(procedure) and units == 0),
    )
    return tuple(what for what, lacking in lacks if lacking)


_PROCEDURE = re.compile(r"[A-Z0-9]{3,8}")
_MODIFIER = re.compile(r"[A-Z0-9]{2}")
_NUMBER = re.compile(r"[A-Z0-9]{4,20}")


def accepted_procedure(text: str, field: str = "procedure") -> str:
    """Return a procedure code as it is kept; refuse what cannot be one."""
    code = text.strip().upper()
    if not _PROCEDURE.fullmatch(code):
        raise Refused("billing-procedure", field)
    return code


def accepted_modifiers(text: str, field: str = "modifiers") -> tuple[str, ...]:
    """Return modifiers as they are kept: two signs each, at most four."""
    found = tuple(dict.fromkeys(text.upper().replace(",", " ").split()))
    if len(found) > MOST_MODIFIERS or any(not _MODIFIER.fullmatch(one) for one in found):
        raise Refused("billing-modifiers", field, most=MOST_MODIFIERS)
    return found


def accepted_number(text: str) -> str:
    """Return a Medicaid number as it is kept: letters and digits; empty takes it off."""
    number = "".join(text.upper().replace("-", " ").split())
    if number and not _NUMBER.fullmatch(number):
        raise Refused("medicaid-number", "medicaid_id")
    return number
