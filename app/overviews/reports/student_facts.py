"""What a student's summary may say, read through the export reader and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.features.sessions.summary import SessionsSummary, sessions_summary
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.ports import Reader, Row, Seat

_EVER, _NEVER = "", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of calendar days, both ends included; None is open."""

    since: date | None = None
    until: date | None = None

    def days(self) -> tuple[str, str]:
        """Return the first and the last day as they are stored."""
        first = self.since.isoformat() if self.since else _EVER
        return first, self.until.isoformat() if self.until else _NEVER

    def instants(self, zone: str) -> tuple[str, str]:
        """Return the first instant, and the first one after the end, on clocks in `zone`."""
        first = Moment.local(datetime.combine(self.since, time()), zone).at if self.since else _EVER
        if self.until is None:
            return first, _NEVER
        after = datetime.combine(self.until + timedelta(days=1), time())
        return first, Moment.local(after, zone).at


WHOLE_RECORD = Span()
"""Every day there is."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a student is."""

    tags: tuple[str, ...]
    given: str
    family: str
    middle: str
    preferred: str
    pronouns: str
    born_on: str
    number: str
    state_id: str
    grade: str
    school: str
    language: str
    left_on: str
    tier: int


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian, and how and when they may be reached."""

    name: str
    relation: str
    lives_with: bool
    phone: str
    sms: str
    email: str
    language: str
    interpreter: bool
    reach_by: str
    reach_when: str
    do_not_contact: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something to know about a student before anything else."""

    kind: str
    text: str
    made: Moment
    ended: Moment | None


@dataclass(frozen=True, slots=True)
class CaseloadTime:
    """A stretch of time on a person's caseload."""

    person: str
    started_on: str
    start_reason: str
    ended_on: str
    end_reason: str


@dataclass(frozen=True, slots=True)
class TierDecision:
    """A dated decision about the level of support."""

    decided_on: str
    was: int
    tier: int
    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Left:
    """A paper about the student that left the desk, or was stopped."""

    made: Moment
    paper: str
    recipient: str
    purpose: str
    means: str
    person: str
    stopped: bool


class StudentFacts:
    """One student's record, as far as it may leave the desk."""

    def __init__(
        self, reader: Reader, student: StudentId, seat: Seat, span: Span, zone: str
    ) -> None:
        self._reader = reader
        self._seat = seat
        self._student = student
        self._days = span.days()
        self._instants = span.instants(zone)

    def profile(self) -> Profile:
        """Return who the student is; KeyError if there is no such student."""
        row = self._reader.execute(
            "SELECT s.given_name, s.family_name, s.middle_name, s.preferred_name, s.pronouns,"
            " s.birth_date, s.student_number, s.state_id, s.grade, coalesce(h.name, ''),"
            " s.language, s.left_on, s.tier"
            " FROM student s LEFT JOIN school h ON h.id = s.school_id WHERE s.id = ?",
            (self._student,),
        ).fetchone()
        if row is None:
            raise KeyError(self._student)
        tags = self._rows(
            "SELECT t.label FROM student_tag g JOIN tag t ON t.id = g.tag_id"
            " WHERE g.student_id = ? ORDER BY t.label"
        )
        labels = tuple(tag for (tag,) in tags)
        return Profile(labels, *row)

    def guardians(self) -> list[Guardian]:
        """Return the guardians in the order in which they are called."""
        return [
            Guardian(
                f"{row[0]} {row[1]}".strip(),
                row[2],
                bool(row[3]),
                row[4],
                row[5],
                row[6],
                row[7],
                bool(row[8]),
                row[9],
                row[10],
                row[11],
            )
            for row in self._rows(
                "SELECT g.given_name, g.family_name, l.relation, l.lives_with, g.phone, g.sms,"
                " g.email, g.language, g.interpreter, l.reach_by, l.reach_when, l.do_not_contact"
                " FROM student_guardian l JOIN guardian g ON g.id = l.guardian_id"
                " WHERE l.student_id = ? AND l.ended_on = '' ORDER BY l.position, g.id"
            )
        ]

    def alerts(self) -> list[Alert]:
        """Return the alerts that stand, then those that ended within the period."""
        first, after = self._instants
        return [
            Alert(
                row[0], row[1], Moment(row[2], row[3]), Moment(row[4], row[3]) if row[4] else None
            )
            for row in self._rows(
                "SELECT kind, text, made_at, zone, ended_at FROM alert WHERE student_id = ?"
                " AND (ended_at = '' OR (ended_at >= ? AND ended_at < ?))"
                " ORDER BY ended_at <> '', made_at",
                first,
                after,
            )
        ]

    def caseload(self) -> list[CaseloadTime]:
        """Return the stretches of caseload time that touch the period, newest first."""
        first, last = self._days
        return [
            CaseloadTime(*row)
            for row in self._rows(
                "SELECT p.name, c.started_on, c.start_reason, c.ended_on, c.end_reason"
                " FROM caseload c JOIN person p ON p.id = c.person_id WHERE c.student_id = ?"
                " AND c.started_on <= ? AND (c.ended_on = '' OR c.ended_on >= ?)"
                " ORDER BY c.started_on DESC, c.started_at DESC",
                last,
                first,
            )
        ]

    def tiers(self) -> list[TierDecision]:
        """Return the tier decisions of the period, newest first."""
        return [
            TierDecision(*row)
            for row in self._rows(
                "SELECT t.decided_on, t.was, t.tier, t.reason, p.name FROM tier_decision t"
                " JOIN person p ON p.id = t.person_id WHERE t.student_id = ?"
                " AND t.decided_on BETWEEN ? AND ? ORDER BY t.decided_on DESC, t.made_at DESC",
                *self._days,
            )
        ]

    def sessions(self) -> SessionsSummary:
        """Return sessions, minutes by service and next steps of the period."""
        return sessions_summary(self._reader, self._student, self._seat, *self._days)

    def left(self) -> list[Left]:
        """Return what left the desk about the student in the period, newest first."""
        return [
            Left(Moment(row[0], row[1]), row[2], row[3], row[4], row[5], row[6], bool(row[7]))
            for row in self._rows(
                "SELECT d.made_at, d.zone, d.paper, d.recipient, d.purpose, d.means, p.name,"
                " x.disclosure_id IS NOT NULL FROM disclosure d"
                " JOIN person p ON p.id = d.person_id"
                " LEFT JOIN disclosure_stopped x ON x.disclosure_id = d.id"
                " WHERE d.student_id = ? AND d.made_at >= ? AND d.made_at < ?"
                " ORDER BY d.made_at DESC, d.id DESC",
                *self._instants,
            )
        ]

    def _rows(self, sql: str, *values: str) -> Iterator[Row]:
        return iter(self._reader.execute(sql, (self._student, *values)))
