"""Writes requests for records and a disclosure in an emergency into the demonstration.

They are written down at the moment the demonstration is made, each with its own day.
"""

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from app.features.privacy.commands import (
    AnswerRequest,
    CloseRequest,
    RecordDisclosure,
    RecordRequestIn,
)
from app.features.privacy.inspection import Outcome, Party, Wanted
from app.features.privacy.model import Means
from app.kernel.clock import Moment
from app.kernel.ids import StudentId
from app.kernel.releases import Emergency, Ground, Terms
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk


def requests_of_families(desk: "Desk", now: Moment) -> None:
    """Write requests that are open, answered, closed and refused, and one emergency."""
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT s.id FROM student s JOIN caseload c ON c.student_id = s.id AND c.ended_on = ''"
            " WHERE s.standing = 'enrolled' ORDER BY s.student_number LIMIT 4"
        ).fetchall()
    pupils = [StudentId(row[0]) for row in rows]
    if not pupils:
        return

    def day(ago: int) -> str:
        return (now.day() - timedelta(days=ago)).isoformat()

    def request(place: int, ago: int, *said: str, **other: object) -> str:
        kind, party = other.get("kind", Wanted.INSPECT), other.get("party", Party.PARENT)
        who, what, interest = said
        command = RecordRequestIn(
            pupils[place % len(pupils)], Wanted(str(kind)), Party(str(party)), who, what, interest,
            day(ago),
        )  # fmt: skip
        return desk.requests.record(command).made

    whole = _("The whole record")
    request(0, 38, _("Mother, by letter"), whole, "")
    asked = request(1, 12, _("Father, at the office"), _("Notes and plans of this year"), "")
    desk.requests.answer(AnswerRequest(asked, _("Friday at two, in the office"), day(9)))
    seen = request(2, 60, _("Grandmother, by telephone"), whole, "")
    desk.requests.close(CloseRequest(seen, Outcome.INSPECTED, _("With an interpreter"), day(41)))
    other = request(
        3, 20, _("A newspaper"), _("Whether the student is seen here"), _("An article"),
        kind=Wanted.DISCLOSE, party=Party.OTHER,
    )  # fmt: skip
    desk.requests.close(CloseRequest(other, Outcome.REFUSED, _("No ground for it"), day(20)))
    threat = Emergency(
        _("The student had swallowed an unknown number of tablets."),
        _("The crew of the ambulance, to treat at once"),
    )
    desk.privacy.record_disclosure(
        RecordDisclosure(
            pupils[0],
            "student-summary",
            _("Ambulance crew, county"),
            _("Treatment on the way"),
            Means.PRINT,
            hashlib.sha256(b"a summary in an emergency").hexdigest(),
            41_208,
            {"sections": ["profile", "guardians", "alerts"], "size": "letter"},
            terms=Terms(Ground.EMERGENCY, emergency=threat),
        )
    )
