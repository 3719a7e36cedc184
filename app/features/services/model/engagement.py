"""Who was referred to a service of the school, who began, and who still comes.

The rule, and nothing else, decides a point of the curve. Week 1 begins with the day of the
first session attended. A student *still attends after N weeks* when a session in week N or
later was attended, and the service had not ended before week N began. It is judged once N
weeks are over: a student whose N weeks still run is not yet counted, neither as staying nor
as lost.

A service that nobody closed is over by itself when the student has left the school, when the
student is off the caseload of who gave it and on none of the same role, or when the last session
attended was in an earlier school year. Nothing is written for that: whoever comes back, is put
back on the caseload or attends again has the service open again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from app.kernel.ids import PersonId, SchoolId, StudentId
from app.kernel.words import N_

WEEKS: tuple[int, ...] = tuple(range(1, 13))
"""The weeks that the curve follows."""
MARKS: tuple[int, ...] = (4, 8, 12)
"""The weeks that are asked about."""
STOPPED_AFTER = 15
"""School days without an attended session after which a student is thought to have stopped coming.

Three weeks of school: nobody stops coming in the holidays.
"""
ONGOING: frozenset[str] = frozenset(
    {
        "individual-counseling",
        "check-in",
        "attendance-support",
        "behavior-support",
        "health-counseling",
    }
)
"""Shipped kinds of service in which one stays for a while.

A session of another kind begins nothing by itself, unless it is a group's or was referred to.
"""


@unique
class AskedBy(StrEnum):
    """Who asked for a service, in kind; never by name."""

    TEACHER = "teacher"
    PARENT = "parent"
    STUDENT = "student"
    NURSE = "nurse"
    TEAM = "team"
    SCREENING = "screening"
    OUTSIDE = "outside"
    STAFF = "staff"


@unique
class Closing(StrEnum):
    """How an episode came to its end."""

    NOT_STARTED = "not_started"
    COMPLETED = "completed"
    ENDED = "ended"


@unique
class EpisodeState(StrEnum):
    """Where a student stands with a service."""

    WAITING = "waiting"
    COMING = "coming"
    STOPPED = "stopped"
    """Open, and no session attended for three weeks of school."""
    NOT_STARTED = "not_started"
    COMPLETED = "completed"
    ENDED = "ended"
    OVER = "over"
    """Closed by nobody, and over by itself."""


@unique
class Over(StrEnum):
    """Why a service is over although nobody closed it."""

    LEFT = "left"
    OFF_CASELOAD = "off_caseload"
    EARLIER_YEAR = "earlier_year"


OVER_BECAUSE: dict[Over, str] = {
    Over.LEFT: N_("No longer at the school"),
    Over.OFF_CASELOAD: N_("No longer on the caseload"),
    Over.EARLIER_YEAR: N_("Last came in an earlier school year"),
}
"""What each is called, on the list and as the reason once a new referral closes the old one."""


@dataclass(frozen=True, slots=True)
class Episode:
    """A student and a service, from the referral to the end."""

    id: str
    student_id: StudentId
    person_id: PersonId
    service_id: str
    asked_on: str
    asked_by: AskedBy | None
    words: str
    concern_id: str
    tier: int
    school_id: SchoolId | None
    started_on: str
    last_on: str
    closed_on: str
    outcome: Closing | None
    reason: str


@unique
class By(StrEnum):
    """What a curve is told apart by."""

    NOTHING = "nothing"
    TIER = "tier"
    SERVICE = "service"
    SCHOOL = "school"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Point:
    """One week of a curve: of how many it can be told, and what became of them."""

    week: int
    judged: int
    """Began, and these weeks are over."""
    still: int
    """Of them, still attend."""
    completed: int
    """Of them, ended as planned before."""
    ended: int
    """Of them, ended for another reason before."""
    stopped: int
    """Of them, came no more."""
    running: int
    """Began, and these weeks still run."""

    @property
    def percent(self) -> int | None:
        """The share that still attends, in whole percent; None of nobody."""
        if not self.judged:
            return None
        return (200 * self.still + self.judged) // (2 * self.judged)


@dataclass(frozen=True, slots=True)
class Curve:
    """Who still attends, week by week, of one group of students."""

    key: str
    """Of the group: a tier, a service's id, a school's id, a year; empty: everyone."""
    label: str
    referred: int
    started: int
    waiting: int
    not_started: int
    points: tuple[Point, ...]

    def at(self, week: int) -> Point:
        """Return the point of a week."""
        return self.points[week - 1]


def judged(points: Sequence[Point]) -> int:
    """Return of how many anything can be told at all."""
    return max((point.judged for point in points), default=0)
