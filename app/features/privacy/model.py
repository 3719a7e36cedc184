"""Disclosures: the record of access that a parent may ask to see (34 CFR 99.32)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId
from app.kernel.releases import NO_GROUND, Terms

PAGE = 200
"""Rows of the disclosure list that are read at a time."""
LONGEST_RECIPIENT = 200
LONGEST_PURPOSE = 500
_SHA256_DIGITS = 64


@unique
class Means(StrEnum):
    """How a paper leaves the desk."""

    FILE = "pdf"
    PRINT = "print"
    CSV = "csv"
    WORKBOOK = "xlsx"
    COPY = "copy"
    """Through the clipboard, which empties itself."""
    JSON = "json"
    """As a file of data; its scope says by which standard."""
    SYNC = "sync"
    """As a sealed parcel, to a destination."""


@unique
class Record(StrEnum):
    """What else a colleague made can be opened by itself, and is looked at then."""

    CONCERN = "concern"
    CONSULTATION = "consultation"
    GROUP_SESSION = "group_session"
    SCREENING = "screening"
    RISK = "risk"
    PLAN = "plan"
    GOAL = "goal"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One paper that left the desk, or was about to."""

    id: str
    student_id: StudentId
    paper: str
    scope: Mapping[str, Any]
    recipient: str
    purpose: str
    means: str
    sha256: str
    bytes: int
    person_id: PersonId
    made: Moment
    terms: Terms = NO_GROUND
    """On what ground; a disclosure from before grounds were asked for has none."""
    version: str = ""
    """Of the paper; empty for one from before."""


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """A disclosure as a list shows it: with the names, and what became of it."""

    disclosure: Disclosure
    student_given: str
    student_family: str
    student_preferred: str
    by: str
    stopped: str
    """The code of the trouble that kept it from leaving; empty when it left."""


@dataclass(frozen=True, slots=True)
class ViewLine:
    """One look at a student's record: when, by whom, and at what."""

    seq: int
    """Its number in the journal."""
    seen: Moment
    by: str
    role: str
    note: str
    """The signed note that was opened; empty for the record as a whole and for a paper."""
    paper: str
    """The paper that was previewed, by its code."""
    record: str = ""
    """Which kind of record was opened by itself, by its code."""
    record_id: str = ""


def accepted_recipient(text: str) -> str:
    """Return who receives a paper as it is kept; refuse an empty or overlong entry."""
    recipient = " ".join(text.split())
    if not recipient:
        raise Refused("recipient-missing", "recipient")
    if len(recipient) > LONGEST_RECIPIENT:
        raise Refused("recipient-long", "recipient", longest=LONGEST_RECIPIENT)
    return recipient


def accepted_purpose(text: str) -> str:
    """Return why a paper leaves as it is kept; refuse an empty or overlong entry."""
    purpose = " ".join(text.split())
    if not purpose:
        raise Refused("purpose-missing", "purpose")
    if len(purpose) > LONGEST_PURPOSE:
        raise Refused("purpose-long", "purpose", longest=LONGEST_PURPOSE)
    return purpose


def accepted_hash(sha256: str) -> str:
    """Return the hash of what leaves; ValueError if it is not one, which is a bug."""
    if len(sha256) != _SHA256_DIGITS or bytes.fromhex(sha256).hex() != sha256:
        raise ValueError("not a SHA-256 in hexadecimal digits")
    return sha256
