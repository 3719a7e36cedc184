"""Labels of records that hold something about substance use, and what they ask for.

Such a record leaves under a consent of its own (42 CFR 2.31, 2.33), or in a medical emergency
(2.51), with the notice that it may not be disclosed again (2.32). Otherwise it stays behind,
and the paper says nothing of it: that something was held back would tell what it is.
"""

from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId

LONGEST_NOTICE = 4_000


@unique
class Labelled(StrEnum):
    """What kind of record can be labelled."""

    NOTE = "note"
    SCREENING = "screening"
    PLAN = "plan"
    CONSULTATION = "consultation"
    CONTACT = "contact"
    CONCERN = "concern"


TABLES: dict[Labelled, str] = {
    Labelled.NOTE: "session_note",
    Labelled.SCREENING: "screening",
    Labelled.PLAN: "care_plan",
    Labelled.CONSULTATION: "consultation",
    Labelled.CONTACT: "contact",
    Labelled.CONCERN: "concern",
}
"""In which table a record of a kind stands."""
CORRECTED = frozenset({Labelled.SCREENING, Labelled.CONTACT})
"""Kinds of which another record takes the place of a mistaken one, which is kept."""


@dataclass(frozen=True, slots=True)
class Label:
    """That a record was labelled, or that its label was taken off."""

    id: str
    kind: Labelled
    record: str
    student_id: StudentId
    labelled: bool
    person_id: PersonId
    made: Moment


def accepted_notice(text: str) -> str:
    """Return the notice that goes along, as the district words it; empty withdraws it."""
    kept = text.strip()
    if len(kept) > LONGEST_NOTICE:
        raise Refused("gate-said-long", "notice", longest=LONGEST_NOTICE)
    return kept
