"""What is known of a student when a tier is decided: facts with their days, from every room.

They are kept with the decision as they stood. Facts are the seat's own to see; nothing of a
sole-possession note is among them.
"""

from datetime import timedelta

from app.features.screening.repo import stands
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.ports import Reader, Seat
from app.kernel.rights import eyes

Fact = tuple[str, str, str, int]
"""Kind, day, text, number."""
SESSION_WEEKS = 8
_MOST = 40
_SEEN = (
    "+{}.person_id IN (SELECT p.id FROM person p WHERE p.id = :me"
    " OR p.role IN (SELECT value FROM json_each(:roles)))"
)


def evidence_of(reader: Reader, student: StudentId, seat: Seat, now: Moment) -> tuple[Fact, ...]:
    """Return the newest screening by each instrument, goals, sessions and concerns of a student."""
    values = {**eyes(seat), "student": student}
    found: list[Fact] = [
        ("screening", row[1], row[0], row[2])
        for row in reader.execute(
            "SELECT t.title, t.taken_on, t.level FROM screening t WHERE t.student_id = :student"
            f" AND {_SEEN.format('t')} AND {stands('t')}"
            " AND t.row = (SELECT max(m.row) FROM screening m WHERE m.student_id = t.student_id"
            " AND m.instrument = t.instrument AND m.informant = t.informant"
            f" AND {stands('m')}) ORDER BY t.taken_on DESC",
            values,
        )
    ]
    found += [
        ("goal", row[1], row[0], row[2])
        for row in reader.execute(
            "SELECT g.statement, t.day, t.value FROM goal_point t"
            " JOIN plan_goal g ON g.key = t.goal_key AND g.row ="
            " (SELECT max(m.row) FROM plan_goal m WHERE m.key = g.key)"
            f" WHERE t.student_id = :student AND {_SEEN.format('t')} AND t.value IS NOT NULL"
            " AND t.row = (SELECT m.row FROM goal_point m WHERE m.goal_key = t.goal_key"
            " AND m.value IS NOT NULL AND m.taken_out = 0 AND NOT EXISTS"
            " (SELECT 1 FROM goal_point n WHERE n.replaces = m.id)"
            " ORDER BY m.day DESC, m.row DESC LIMIT 1)"
            " ORDER BY t.day DESC",
            values,
        )
    ]
    since = now.later(-timedelta(weeks=SESSION_WEEKS))
    found += [
        (f"sessions_{row[0]}", row[1][:10], "", row[2])
        for row in reader.execute(
            "SELECT CASE n.attendance WHEN 'present' THEN 'held' ELSE 'missed' END,"
            " max(n.started_at), count(*) FROM session_note n WHERE n.student_id = :student"
            f" AND {_SEEN.format('n')} AND n.started_at >= :since GROUP BY 1 ORDER BY 1",
            {**values, "since": since.at},
        )
    ]
    found += [
        ("concern", row[0], "", row[1])
        for row in reader.execute(
            "SELECT max(c.raised_on), count(*) FROM concern c WHERE c.student_id = :student"
            f" AND {_SEEN.format('c')} HAVING count(*) > 0",
            values,
        )
    ]
    return tuple(found[:_MOST])
