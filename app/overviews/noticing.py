"""Students whose facts deserve a look, by rules that a person can read and change.

A list for people: nothing about a child is computed into a score, and nothing of it is stored.
Each line says which facts met which rule, with their days.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.features.screening.repo import is_open, stands
from app.kernel.clock import Clock
from app.kernel.ids import StudentId
from app.kernel.names import shown_name
from app.kernel.noticing import Rule, Sign
from app.kernel.ports import Read, Seat, Value
from app.kernel.rights import eyes, gives_medication

_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)


@dataclass(frozen=True, slots=True)
class Met:
    """A rule that a student's facts meet: how many, and the newest one's day."""

    sign: Sign
    count: int
    day: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Noticed:
    """A student with the facts that deserve a look."""

    student_id: StudentId
    name: str
    grade: str
    school: str
    met: tuple[Met, ...]


# One query for each sign: student, count, newest day, what it says.
_QUERIES: Mapping[Sign, str] = {
    Sign.MISSED_SESSIONS: f"""
        SELECT t.student_id, count(*), max(t.started_at), '' FROM session_note t
         WHERE t.attendance IN ('absent', 'declined') AND t.started_at >= :since
           AND {_SEEN.format("t")} GROUP BY 1 HAVING count(*) >= :least""",
    Sign.CONCERNS: f"""
        SELECT t.student_id, count(*), max(t.raised_on), '' FROM concern t
         WHERE t.raised_on >= :since AND {_SEEN.format("t")}
         GROUP BY 1 HAVING count(*) >= :least""",
    Sign.SCREENING: f"""
        SELECT t.student_id, max(t.level), max(t.taken_on), group_concat(DISTINCT t.title)
          FROM screening t WHERE t.taken_on >= :since AND t.level >= :least
           AND {_SEEN.format("t")} AND {stands("t")} GROUP BY 1""",
    Sign.WORSE_SCREENING: f"""
        SELECT t.student_id, max(t.level - b.level), max(t.taken_on),
               group_concat(DISTINCT t.title)
          FROM screening t JOIN screening b ON b.row = (SELECT m.row FROM screening m
               WHERE m.student_id = t.student_id AND m.instrument = t.instrument
                 AND m.informant = t.informant AND (m.taken_on, m.row) < (t.taken_on, t.row)
                 AND {stands("m")}
               ORDER BY m.taken_on DESC, m.row DESC LIMIT 1)
         WHERE t.taken_on >= :since AND b.level >= 0 AND t.level - b.level >= :least
           AND {_SEEN.format("t")} AND {stands("t")}
           AND NOT EXISTS (SELECT 1 FROM screening l WHERE l.student_id = t.student_id
               AND l.instrument = t.instrument AND l.informant = t.informant
               AND (l.taken_on, l.row) > (t.taken_on, t.row)
               AND {stands("l")})
         GROUP BY 1""",
    Sign.OPEN_RISK: f"""
        SELECT t.student_id, count(*), max(g.taken_on), group_concat(DISTINCT t.label)
          FROM risk t JOIN screening g ON g.id = t.screening_id
         WHERE {_SEEN.format("t")} AND {is_open("t")}
         GROUP BY 1 HAVING count(*) >= :least""",
    Sign.VISITS: """
        SELECT t.student_id, count(*), max(t.came_at), '' FROM visit t
         WHERE t.came_at >= :since GROUP BY 1 HAVING count(*) >= :least""",
    Sign.NO_SESSION: f"""
        SELECT s.id, 1, coalesce(max(t.started_at), ''), '' FROM student s
          JOIN caseload k ON k.student_id = s.id AND k.person_id = :me AND k.ended_on = ''
          LEFT JOIN session_note t ON t.student_id = s.id AND t.attendance = 'present'
               AND {_SEEN.format("t")}
         WHERE s.tier > 1 AND k.started_on < :since GROUP BY 1
        HAVING coalesce(max(t.started_at), '') < :since""",
    Sign.STAYS_LONGER: """
        SELECT e.student_id, 1, e.look_again_on, '' FROM tier_evidence e
          JOIN student s ON s.id = e.student_id AND s.tier > 1
         WHERE e.look_again_on <> '' AND e.look_again_on < :today
           AND e.decision_id = (SELECT n.id FROM tier_decision n WHERE n.student_id = s.id
               ORDER BY n.decided_on DESC, n.made_at DESC, n.id DESC LIMIT 1)""",
}


class Noticing:
    """Looks the facts of all students over, each time anew."""

    def __init__(self, read: Read, seat: Callable[[], Seat], clock: Clock) -> None:
        self._read = read
        self._seat = seat
        self._clock = clock

    def look(self, rules: Sequence[Rule], school_id: str = "") -> list[Noticed]:
        """Return whom at least one rule names: those whom most rules name first, then by name."""
        seat, today = self._seat(), self._clock.now().day()
        found: dict[str, list[Met]] = {}
        with self._read() as reader:
            for rule in rules:
                if not rule.on or (rule.sign is Sign.VISITS and not gives_medication(seat.role)):
                    continue
                values: dict[str, Value] = {
                    **eyes(seat),
                    "least": rule.at_least,
                    "since": _since(today, rule.days),
                    "today": today.isoformat(),
                }
                for student, count, day, text in reader.execute(_QUERIES[rule.sign], values):
                    met = Met(rule.sign, int(count), str(day)[:10], str(text or ""))
                    found.setdefault(student, []).append(met)
            rows = reader.execute(
                "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade,"
                " coalesce(c.name, ''), s.listed_name FROM student s"
                " LEFT JOIN school c ON c.id = s.school_id WHERE s.standing = 'enrolled'"
                " AND s.id IN (SELECT value FROM json_each(:found))"
                " AND (:school = '' OR s.school_id = :school) ORDER BY s.listed_name, s.row",
                {"found": json.dumps(list(found)), "school": school_id},
            ).fetchall()
        noticed = [
            Noticed(
                StudentId(row[0]), shown_name(row[1], row[2], row[3]), row[4], row[5],
                tuple(found[row[0]]),
            )
            for row in rows
        ]  # fmt: skip
        return sorted(noticed, key=lambda one: -len(one.met))


def _since(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat() if days else ""
