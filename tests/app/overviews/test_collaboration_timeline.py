"""What the timeline tells of concerns, consultations and contacts, and to whom."""

from pathlib import Path

from app.features.collaboration.commands import CloseDanger, GiveFeedback
from app.features.collaboration.model.concerns import Decision
from app.features.collaboration.model.contacts import Result
from app.features.collaboration.model.feedback import Template
from app.features.collaboration.shipped import TEMPLATES
from app.kernel.nouns import Role
from app.kernel.ports import Seat
from app.overviews.timeline import Happening, TimelineKind
from collaboration_desk import ABSENCES, SELF_HARM, CollaborationDesk

KINDS = (TimelineKind.CONCERN, TimelineKind.CONSULTATION, TimelineKind.CONTACT)


def test_a_student_is_told_of_by_everything_that_touched_them(tmp_path: Path) -> None:
    desk = CollaborationDesk(tmp_path)
    try:
        concern = desk.concern(ABSENCES, SELF_HARM, raised_on="2026-11-18")
        desk.decide(concern, Decision.SERVICE)
        desk.rooms.concerns.close_danger(CloseDanger(concern, "Stayed with him", "Mother"))
        desk.rooms.concerns.give_feedback(
            GiveFeedback(
                concern, Template.LOOKING, TEMPLATES[Template.LOOKING], "Ms. Vandermeer", "copy"
            )
        )
        desk.consultation()
        first = desk.contact(Result.REACHED)
        desk.contact(Result.LEFT_MESSAGE, replaces=first, why="Voicemail")
        rows, total = desk.desk.timeline.page(desk.pupil, KINDS)
        assert total == len(rows) == 6
        found = {row.what: row for row in rows}
        assert set(found) == {
            Happening.CONCERN,
            Happening.CONCERN_DECIDED,
            Happening.CONCERN_CLOSED,
            Happening.CONCERN_ANSWERED,
            Happening.CONSULTATION,
            Happening.CONTACT,
        }
        assert (rows[-1].what, rows[-1].day) == (Happening.CONCERN, "2026-11-18")
        assert found[Happening.CONCERN].facts["danger"] == ["self_harm"]
        assert found[Happening.CONCERN_CLOSED].facts["told"] == "Mother"
        assert found[Happening.CONTACT].facts["result"] == "left_message"
        assert {row.by for row in rows} == {"Grace Adeyemi"}
        records = desk.desk.records
        records.sit_down(Seat(desk.second, Role.NURSE, records.seat.device))
        assert desk.desk.timeline.page(desk.pupil, KINDS) == ([], 0)
    finally:
        desk.desk.close()
