"""Requests for a record: who asked, for what, and by when a request to inspect is to be met.

A parent or eligible student inspects within a reasonable time, never later than 45 days after
the request (34 CFR 99.10(b)); a state may ask for less. Every request for access is kept with
the record (99.32(a)(1)), and nothing is destroyed while one to inspect is open (99.10(e)).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId

LONGEST_DAYS = 45
"""Days within which the law lets a request to inspect wait at the most."""
NEAR_DAYS = 10
"""So many days before it is due, Today speaks of a request."""
LONGEST_TEXT = 500
PAGE = 200


@unique
class Wanted(StrEnum):
    """What is asked for."""

    INSPECT = "inspect"
    """To see the record, or to have copies where it cannot be seen otherwise."""
    DISCLOSE = "disclose"
    """That something of it goes to somebody."""


@unique
class Party(StrEnum):
    """Who asks."""

    PARENT = "parent"
    STUDENT = "student"
    OTHER = "other"


@unique
class Step(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    EXTENDED = "extended"
    CLOSED = "closed"


@unique
class Outcome(StrEnum):
    """How a request was closed."""

    INSPECTED = "inspected"
    COPIES = "copies"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    NOTHING_HELD = "nothing_held"


MAY_END: dict[Wanted, tuple[Outcome, ...]] = {
    Wanted.INSPECT: (
        Outcome.INSPECTED,
        Outcome.COPIES,
        Outcome.REFUSED,
        Outcome.WITHDRAWN,
        Outcome.NOTHING_HELD,
    ),
    Wanted.DISCLOSE: (
        Outcome.GRANTED,
        Outcome.REFUSED,
        Outcome.WITHDRAWN,
        Outcome.NOTHING_HELD,
    ),
}
"""How a request of each kind can end."""


@dataclass(frozen=True, slots=True)
class RecordRequest:
    """A request as it came in."""

    id: str
    student_id: StudentId
    kind: Wanted
    party: Party
    asked_by: str
    what: str
    interest: str
    received_on: str
    due_on: str
    """The first day set for it; empty for one that is not about inspecting."""
    person_id: PersonId
    made: Moment


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """Something that became of a request."""

    id: str
    request_id: str
    kind: Step
    outcome: str
    text: str
    on_day: str
    due_on: str
    person_id: PersonId
    made: Moment
    by: str = ""


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request with what became of it."""

    request: RecordRequest
    student_given: str
    student_family: str
    student_preferred: str
    by: str
    entries: tuple[RequestEntry, ...]

    @property
    def due_on(self) -> str:
        """By when it is to be met now; empty for one without a clock."""
        later = [entry.due_on for entry in self.entries if entry.kind is Step.EXTENDED]
        return later[-1] if later else self.request.due_on

    @property
    def closed(self) -> RequestEntry | None:
        """How it was closed, if it was."""
        return next((entry for entry in self.entries if entry.kind is Step.CLOSED), None)

    def days_left(self, today: date) -> int | None:
        """Return the days until it is due, below nought when late; None without a clock."""
        if not self.due_on or self.closed:
            return None
        return (date.fromisoformat(self.due_on) - today).days


def latest_day(received_on: str) -> str:
    """Return the last day on which the law lets a request to inspect be met."""
    return (date.fromisoformat(received_on) + timedelta(days=LONGEST_DAYS)).isoformat()


def due_day(received_on: str, days: int) -> str:
    """Return by when a request is to be met, so many days after it came in."""
    return (date.fromisoformat(received_on) + timedelta(days=days)).isoformat()


def accepted_days(value: str) -> int:
    """Return the days set for requests to inspect; refuse more than the law lets pass."""
    if not value.strip().isdecimal() or not 1 <= int(value) <= LONGEST_DAYS:
        raise Refused("number-between", "inspection_days", least=1, most=LONGEST_DAYS)
    return int(value)


def accepted_received(text: str, today: date) -> str:
    """Return the day on which a request came in; refuse none, and one that has not come."""
    try:
        received = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("day-unreadable", "received_on") from None
    if received > today:
        raise Refused("request-ahead", "received_on")
    return received.isoformat()


def accepted_day_since(text: str, received_on: str, today: date) -> str:
    """Return the day on which something became of it: since it came in, until today."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("day-unreadable", "on_day") from None
    if day > today:
        raise Refused("request-ahead", "on_day")
    if day.isoformat() < received_on:
        raise Refused("request-before", "on_day")
    return day.isoformat()


def accepted_extension(text: str, sheet: RequestSheet) -> str:
    """Return a later day; refuse an earlier one, and one beyond what the law lets pass."""
    if not sheet.due_on:
        raise Refused("request-no-clock", "due_on")
    try:
        day = date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise Refused("day-unreadable", "due_on") from None
    if day <= sheet.due_on:
        raise Refused("request-not-later", "due_on")
    latest = latest_day(sheet.request.received_on)
    if day > latest:
        raise Refused("request-beyond", "due_on", days=LONGEST_DAYS, latest=latest)
    return day


def needed(text: str, field: str, code: str) -> str:
    """Return a text as it is kept; refuse none, and one that is overlong."""
    kept = " ".join(text.split())
    if not kept:
        raise Refused(code, field)
    if len(kept) > LONGEST_TEXT:
        raise Refused("gate-said-long", field, longest=LONGEST_TEXT)
    return kept
