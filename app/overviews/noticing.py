"""Students whose facts deserve a look, by rules that a person can read and change.

A list for people: nothing about a child is computed into a score, and nothing of it is stored.
Each line says which facts met which rule, with their days.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum, unique

from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.kernel.names import shown_name
from app.kernel.ports import Read, Seat, Value
from app.kernel.rights import eyes, gives_medication

_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)
MOST_TIMES, MOST_DAYS = 100, 730


@unique
class Sign(StrEnum):
    """What is looked at."""

    MISSED_SESSIONS = "missed_sessions"
    CONCERNS = "concerns"
    SCREENING = "screening"
    WORSE_SCREENING = "worse_screening"
    OPEN_RISK = "open_risk"
    VISITS = "visits"
    NO_SESSION = "no_session"
    STAYS_LONGER = "stays_longer"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: at least so many, within so many days. What a number means is the sign's."""

    sign: Sign
    at_least: int
    days: int
    on: bool = True


SHIPPED: tuple[Rule, ...] = (
    Rule(Sign.OPEN_RISK, 1, 0),
    Rule(Sign.CONCERNS, 2, 60),
    Rule(Sign.MISSED_SESSIONS, 3, 42),
    Rule(Sign.SCREENING, 3, 90),
    Rule(Sign.WORSE_SCREENING, 1, 180),
    Rule(Sign.VISITS, 4, 30),
    Rule(Sign.NO_SESSION, 1, 28),
    Rule(Sign.STAYS_LONGER, 1, 0),
)
"""What the program begins with. These are ours, not a published standard."""


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


def rules_text(rules: Sequence[Rule]) -> str:
    """Return rules as a setting keeps them."""
    return json.dumps([[rule.sign, rule.at_least, rule.days, rule.on] for rule in rules])


def rules_of(text: str) -> tuple[Rule, ...]:
    """Return the rules of a setting; those it does not name are as they are shipped."""
    changed: dict[Sign, Rule] = {}
    if text:
        for sign, at_least, days, on in json.loads(text):
            if sign in set(Sign):
                changed[Sign(sign)] = Rule(Sign(sign), int(at_least), int(days), bool(on))
    return tuple(changed.get(rule.sign, rule) for rule in SHIPPED)


def changed_rule(rules: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    """Return the rules with one changed; refuse numbers that make no sense."""
    if not 1 <= rule.at_least <= MOST_TIMES:
        raise Refused("rule-between", "at_least", least=1, most=MOST_TIMES)
    usual = next(one for one in SHIPPED if one.sign is rule.sign)
    if usual.days and not 1 <= rule.days <= MOST_DAYS:
        raise Refused("rule-between", "days", least=1, most=MOST_DAYS)
    kept = rule if usual.days else replace(rule, days=0)
    return tuple(kept if one.sign is rule.sign else one for one in rules)


# One query for each sign: student, count, newest day, what it says.
_STANDING = "NOT EXISTS (SELECT 1 FROM screening n WHERE n.replaces = t.id)"
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
           AND {_SEEN.format("t")} AND {_STANDING} GROUP BY 1""",
    Sign.WORSE_SCREENING: f"""
        SELECT t.student_id, max(t.level - b.level), max(t.taken_on),
               group_concat(DISTINCT t.title)
          FROM screening t JOIN screening b ON b.row = (SELECT m.row FROM screening m
               WHERE m.student_id = t.student_id AND m.instrument = t.instrument
                 AND m.informant = t.informant AND (m.taken_on, m.row) < (t.taken_on, t.row)
                 AND NOT EXISTS (SELECT 1 FROM screening n WHERE n.replaces = m.id)
               ORDER BY m.taken_on DESC, m.row DESC LIMIT 1)
         WHERE t.taken_on >= :since AND t.level - b.level >= :least
           AND {_SEEN.format("t")} AND {_STANDING}
           AND NOT EXISTS (SELECT 1 FROM screening l WHERE l.student_id = t.student_id
               AND l.instrument = t.instrument AND l.informant = t.informant
               AND (l.taken_on, l.row) > (t.taken_on, t.row)
               AND NOT EXISTS (SELECT 1 FROM screening n WHERE n.replaces = l.id))
         GROUP BY 1""",
    Sign.OPEN_RISK: f"""
        SELECT t.student_id, count(*), max(g.taken_on), group_concat(DISTINCT t.label)
          FROM risk t JOIN screening g ON g.id = t.screening_id
         WHERE {_SEEN.format("t")} AND coalesce((SELECT e.kind FROM risk_entry e
               WHERE e.risk_id = t.id AND e.kind IN ('closed', 'reopened')
               ORDER BY e.row DESC LIMIT 1), '') <> 'closed'
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
