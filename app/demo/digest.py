"""A hash of what a vault says, apart from the ids: the same seed gives the same one."""

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.bootstrap import Desk

_STUDENT = "(SELECT student_number FROM student WHERE id = {})"
_SAID: tuple[str, ...] = (
    "SELECT name, kind FROM school",
    (
        "SELECT student_number, given_name, family_name, middle_name, preferred_name, pronouns,"
        " birth_date, grade, (SELECT name FROM school WHERE id = school_id), language, email,"
        " listed_name, standing, left_on, tier, made_at FROM student"
    ),
    (
        f"SELECT {_STUDENT.format('l.student_id')}, g.given_name, g.family_name, g.phone, g.sms,"
        " g.email, g.language, g.interpreter, l.relation, l.position, l.lives_with, l.reach_by,"
        " l.reach_when, l.do_not_contact"
        " FROM student_guardian l JOIN guardian g ON g.id = l.guardian_id"
    ),
    f"SELECT {_STUDENT.format('student_id')}, kind, text, made_at, ended_at FROM alert",
    f"SELECT {_STUDENT.format('student_id')}, label FROM student_tag JOIN tag ON tag.id = tag_id",
    (
        f"SELECT {_STUDENT.format('student_id')}, started_on, start_reason, ended_on, end_reason"
        " FROM caseload"
    ),
    (
        f"SELECT {_STUDENT.format('student_id')}, tier, was, decided_on, reason, made_at"
        " FROM tier_decision"
    ),
    (
        f"SELECT {_STUDENT.format('student_id')}, started_at, minutes, service_label, place,"
        " (SELECT name FROM school WHERE id = school_id), attendance, attendance_reason,"
        " interventions, format, sections, late, late_reason, signed_at FROM session_note"
    ),
    (
        f"SELECT {_STUDENT.format('n.student_id')}, n.started_at, a.kind, a.reason, a.sections,"
        " a.signed_at FROM note_addition a JOIN session_note n ON n.id = a.note_id"
    ),
    f"SELECT {_STUDENT.format('student_id')}, text, due_on, done_at FROM follow_up",
    f"SELECT {_STUDENT.format('student_id')}, text, about_on, purge_on FROM sole_note",
    (
        f"SELECT {_STUDENT.format('student_id')}, paper, recipient, purpose, means, sha256, made_at"
        " FROM disclosure"
    ),
    (
        f"SELECT {_STUDENT.format('student_id')}, kind, ready, made_at,"
        " json_extract(content, '$.sections') FROM note_draft"
    ),
    (
        f"SELECT {_STUDENT.format('student_id')}, kind, recipient, purpose, description,"
        " signer_name, way, signed_on, until_on, until_event, recorded_at FROM consent"
    ),
    (
        "SELECT what, count(*), min(at), max(at) FROM journal"
        " WHERE what NOT IN ('ConfirmRecovery', 'MeetDevice') GROUP BY what"
    ),
)


def content_digest(desk: "Desk") -> str:
    """Return the SHA-256 of everything the vault says, in an order that ids do not decide."""
    whole = hashlib.sha256()
    with desk.records.read() as reader:
        for sql in _SAID:
            lines = sorted(json.dumps(row, ensure_ascii=False) for row in reader.execute(sql))
            whole.update(hashlib.sha256("\n".join(lines).encode()).digest())
    return whole.hexdigest()
