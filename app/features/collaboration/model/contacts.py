"""Attempts to reach someone about a matter: counted until they are reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId

LETTER_AFTER = 3
"""So many attempts without an answer, and a letter is offered as the next step."""


@unique
class WithKind(StrEnum):
    """Whom a contact is with."""

    GUARDIAN = "guardian"
    TEACHER = "teacher"
    STAFF = "staff"
    PROVIDER = "provider"
    STUDENT = "student"
    OTHER = "other"


@unique
class By(StrEnum):
    """How it was tried."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    IN_PERSON = "in_person"
    VIDEO = "video"


@unique
class Result(StrEnum):
    """What came of it."""

    REACHED = "reached"
    LEFT_MESSAGE = "left_message"
    NO_ANSWER = "no_answer"
    SENT = "sent"
    WRONG_NUMBER = "wrong_number"
    GIVEN_UP = "given_up"
    """Nobody is tried any more, for the reason that is said."""


CLOSING = frozenset({Result.REACHED, Result.GIVEN_UP})


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One attempt, as it was written down; frozen. Its fields are the columns of its row."""

    id: str
    matter_id: str
    student_id: StudentId
    with_kind: WithKind
    with_id: str
    with_name: str
    way: By
    result: Result
    at: str
    about: str
    said: str
    next_on: str
    despite: str
    interpreter: str
    replaces: str
    why: str
    person_id: PersonId
    recorded_at: str
    zone: str

    @property
    def when(self) -> Moment:
        """Return when it was tried."""
        return Moment(self.at, self.zone)


@dataclass(frozen=True, slots=True)
class Matter:
    """What follows from all rows about one matter."""

    id: str
    about: str
    attempts: int
    """All that was tried, the reaching one included; corrected rows do not count."""
    since: Moment
    open: bool
    reached: bool
    next_on: str
    """When to try again, as the last attempt says; empty for a closed matter."""
    letter_offered: bool
    last: ContactRow


def standing_rows(rows: Sequence[ContactRow]) -> list[ContactRow]:
    """Return the rows that stand: those that no correction took the place of."""
    gone = {row.replaces for row in rows if row.replaces}
    return [row for row in rows if row.id not in gone]


def matter_of(rows: Sequence[ContactRow]) -> Matter:
    """Return where a matter stands; ValueError for no rows."""
    standing = sorted(standing_rows(rows), key=lambda row: (row.at, row.recorded_at, row.id))
    if not standing:
        raise ValueError("a matter has at least one row")
    tried = [row for row in standing if row.result is not Result.GIVEN_UP]
    reached = any(row.result is Result.REACHED for row in standing)
    closed = any(row.result in CLOSING for row in standing)
    last = standing[-1]
    letter = any(row.way is By.LETTER for row in standing)
    return Matter(
        id=rows[0].matter_id,
        about=standing[0].about,
        attempts=len(tried),
        since=standing[0].when,
        open=not closed,
        reached=reached,
        next_on="" if closed else last.next_on,
        letter_offered=not closed and not letter and len(tried) >= LETTER_AFTER,
        last=last,
    )
