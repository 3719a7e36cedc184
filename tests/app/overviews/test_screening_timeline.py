"""What the timeline tells of screenings and risks, and to whom."""

from pathlib import Path

from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.screening.commands import CloseRisk, CorrectScreening, RecordScreening
from app.features.screening.model.records import ScreeningForm
from app.kernel.ids import StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Seat
from app.overviews.timeline import Happening, TimelineKind
from vaults import new_desk

KINDS = (TimelineKind.SCREENING,)


def test_screenings_and_risks_are_told_of_and_a_mistaken_one_is_not(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    try:
        of = StudentId(desk.caseload.add_student(AddStudent(Profile("Kim", "Ode"))).made)
        answers = tuple((str(at), 1) for at in range(1, 10))
        form = ScreeningForm(of, "phq-9", "self", "", "2026-11-18", answers=answers)
        wrong = desk.screening.record(RecordScreening(new_id(), form)).made
        right = desk.screening.correct(CorrectScreening(new_id(), wrong, form, "Typed twice")).made
        (line,) = desk.screening.open_risks()
        desk.screening.close(CloseRisk(line.risk.id, "Safety plan made.", "Mother"))
        rows, total = desk.timeline.page(of, KINDS)
        assert total == len(rows) == 3
        found = {row.what: row for row in rows}
        assert found[Happening.SCREENING].id == right
        assert found[Happening.SCREENING].day == "2026-11-18"
        assert found[Happening.RISK].facts["urgency"] == "today"
        assert found[Happening.RISK_CLOSED].facts["told"] == "Mother"
        nurse = Seat(desk.seat.person, Role.NURSE, desk.seat.device)
        desk.records.sit_down(nurse)
        # One's own records stay one's own in another role.
        assert desk.timeline.page(of, KINDS)[1] == 3
    finally:
        desk.close()
