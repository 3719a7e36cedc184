"""The three tiers over all students: the pyramid, who waits, who stays too long, who moved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.kernel.clock import Clock
from app.kernel.ids import StudentId
from app.kernel.names import shown_name
from app.kernel.nouns import Tier, grade_rank
from app.kernel.ports import Read, Reader, Seat, Value
from app.kernel.rights import eyes
from app.overviews.evidence import Fact, evidence_of

_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
# The tier on a day: the decision with the latest date up to it; without one, the first tier.
_ON = (
    "coalesce((SELECT d.tier FROM tier_decision d WHERE d.student_id = s.id AND d.decided_on <= {}"
    " ORDER BY d.decided_on DESC, d.made_at DESC, d.id DESC LIMIT 1), 1)"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which students; empty: all that are enrolled."""

    school_id: str = ""
    grade: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Pyramid:
    """How many stand at each tier, and how many by school and by grade."""

    counts: Mapping[Tier, int]
    by_school: tuple[tuple[str, Mapping[Tier, int]], ...]
    by_grade: tuple[tuple[str, Mapping[Tier, int]], ...]
    day: str

    @property
    def total(self) -> int:
        """How many students there are."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """A student at a higher tier for whom nothing has begun, or who stays longer than planned."""

    student_id: StudentId
    name: str
    grade: str
    school: str
    tier: Tier
    since: str
    until: str = ""
    """The day on which it should have been looked at again."""


@dataclass(frozen=True, slots=True)
class Move:
    """One decision that moved a student."""

    student_id: StudentId
    name: str
    was: Tier
    tier: Tier
    day: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Flow:
    """From which tier to which, between two days, and each move on the way."""

    begins: str
    ends: str
    counts: Mapping[tuple[Tier, Tier], int]
    moves: tuple[Move, ...]


class Tiers:
    """Reads the tiers of all students the vault knows."""

    def __init__(self, read: Read, seat: Callable[[], Seat], clock: Clock) -> None:
        self._read = read
        self._seat = seat
        self._clock = clock

    def pyramid(self, scope: Scope | None = None, day: str = "") -> Pyramid:
        """Return how many stand at each tier on a day; today where none is given."""
        on = day or self._clock.now().day().isoformat()
        condition, values = self._scoped(scope or Scope())
        with self._read() as reader:
            rows = reader.execute(
                f"SELECT coalesce(c.name, ''), s.grade, {_ON.format(':day')}, count(*)"
                " FROM student s LEFT JOIN school c ON c.id = s.school_id"
                f" WHERE {condition} GROUP BY 1, 2, 3",
                {**values, "day": on},
            ).fetchall()
        counts = dict.fromkeys(Tier, 0)
        schools: dict[str, dict[Tier, int]] = {}
        grades: dict[str, dict[Tier, int]] = {}
        for school, grade, tier, count in rows:
            counts[Tier(tier)] += count
            for kept, name in ((schools, school), (grades, grade)):
                kept.setdefault(name, dict.fromkeys(Tier, 0))[Tier(tier)] += count
        return Pyramid(
            counts,
            tuple(sorted(schools.items())),
            tuple(sorted(grades.items(), key=lambda one: (grade_rank(one[0]), one[0]))),
            on,
        )

    def waiting(self, scope: Scope | None = None) -> list[Waiting]:
        """Return who was moved up and has had no session and no plan since; the longest first."""
        condition, values = self._scoped(scope or Scope())
        with self._read() as reader:
            rows = reader.execute(
                "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade,"
                " coalesce(c.name, ''), s.tier, d.decided_on FROM student s"
                " JOIN tier_decision d ON d.id = (SELECT n.id FROM tier_decision n"
                " WHERE n.student_id = s.id ORDER BY n.decided_on DESC, n.made_at DESC, n.id DESC"
                " LIMIT 1) LEFT JOIN school c ON c.id = s.school_id"
                f" WHERE {condition} AND s.tier > 1 AND d.tier > d.was"
                " AND NOT EXISTS (SELECT 1 FROM session_note t WHERE t.student_id = s.id"
                f" AND t.attendance = 'present' AND t.started_at >= d.decided_on"
                f" AND {_SEEN.format('t')})"
                " AND NOT EXISTS (SELECT 1 FROM care_plan t WHERE t.student_id = s.id"
                f" AND t.closed_on = '' AND {_SEEN.format('t')})"
                " ORDER BY d.decided_on, s.listed_name",
                values,
            ).fetchall()
        return [_waiting(row) for row in rows]

    def overdue(self, scope: Scope | None = None) -> list[Waiting]:
        """Return who has been at a higher tier for longer than was said; the longest first."""
        condition, values = self._scoped(scope or Scope())
        today = self._clock.now().day().isoformat()
        with self._read() as reader:
            rows = reader.execute(
                "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade,"
                " coalesce(c.name, ''), s.tier, d.decided_on,"
                " coalesce(nullif(e.look_again_on, ''), (SELECT min(t.review_on) FROM care_plan t"
                f" WHERE t.student_id = s.id AND t.closed_on = '' AND {_SEEN.format('t')})) AS until"
                " FROM student s JOIN tier_decision d ON d.id = (SELECT n.id FROM tier_decision n"
                " WHERE n.student_id = s.id ORDER BY n.decided_on DESC, n.made_at DESC, n.id DESC"
                " LIMIT 1) LEFT JOIN tier_evidence e ON e.decision_id = d.id"
                " LEFT JOIN school c ON c.id = s.school_id"
                f" WHERE {condition} AND s.tier > 1 AND until < :today"
                " ORDER BY until, s.listed_name",
                {**values, "today": today},
            ).fetchall()
        return [_waiting(row) for row in rows]

    def flow(self, begins: str, ends: str, scope: Scope | None = None) -> Flow:
        """Return how students moved between two days."""
        condition, values = self._scoped(scope or Scope())
        values = {**values, "begins": begins, "ends": ends}
        with self._read() as reader:
            counts = {
                (Tier(row[0]), Tier(row[1])): row[2]
                for row in reader.execute(
                    f"SELECT {_ON.format(':begins')}, {_ON.format(':ends')}, count(*)"
                    f" FROM student s WHERE {condition} GROUP BY 1, 2",
                    values,
                )
            }
            moves = _moves(reader, condition, values)
        return Flow(begins, ends, counts, moves)

    def known(self, student_id: StudentId) -> tuple[Fact, ...]:
        """Return what would be kept with a tier that is decided for a student now."""
        with self._read() as reader:
            return evidence_of(reader, student_id, self._seat(), self._clock.now())

    def _scoped(self, scope: Scope) -> tuple[str, dict[str, Value]]:
        parts = ["s.standing = 'enrolled'"]
        values: dict[str, Value] = dict(eyes(self._seat()))
        if scope.school_id:
            parts.append("s.school_id = :school")
            values["school"] = scope.school_id
        if scope.grade:
            parts.append("s.grade = :grade")
            values["grade"] = scope.grade
        if scope.mine:
            parts.append(
                "EXISTS (SELECT 1 FROM caseload k WHERE k.student_id = s.id"
                " AND k.person_id = :me AND k.ended_on = '')"
            )
        return " AND ".join(parts), values


def _moves(reader: Reader, condition: str, values: Mapping[str, Value]) -> tuple[Move, ...]:
    rows = reader.execute(
        "SELECT s.id, s.given_name, s.family_name, s.preferred_name, d.was, d.tier, d.decided_on,"
        " d.reason, coalesce(p.name, '') FROM tier_decision d JOIN student s ON s.id = d.student_id"
        f" LEFT JOIN person p ON p.id = d.person_id WHERE {condition} AND d.was <> d.tier"
        " AND d.decided_on > :begins AND d.decided_on <= :ends ORDER BY d.decided_on, d.made_at, d.id",
        values,
    )
    return tuple(
        Move(
            StudentId(row[0]), shown_name(row[1], row[2], row[3]), Tier(row[4]), Tier(row[5]),
            row[6], row[7], row[8],
        )
        for row in rows
    )  # fmt: skip


def _waiting(row: tuple[object, ...]) -> Waiting:
    return Waiting(
        StudentId(str(row[0])),
        shown_name(str(row[1]), str(row[2]), str(row[3])),
        str(row[4]),
        str(row[5]),
        Tier(int(str(row[6]))),
        str(row[7]),
        str(row[8]) if len(row) > len("12345678") else "",
    )
