"""What is counted, claimed or planned of a labelled record stays behind with it."""

from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.privacy.commands import LabelPart2
from app.features.privacy.labels import Labelled
from app.features.services.commands import AskForService
from app.features.services.model.engagement import AskedBy
from app.kernel.ids import StudentId
from collaboration_desk import CollaborationDesk
from groups_desk import a_group, a_session, sign
from services_desk import ServicesDesk
from vaults import new_desk


def counted(desk: Desk, table: str, student: StudentId, opened: tuple[str, ...] = ()) -> int:
    """Return how many rows about a student may leave."""
    with desk.records.read_for_export(opened) as reader:
        sql = f"SELECT count(*) FROM {table} WHERE student_id = ?"
        (count,) = reader.execute(sql, (student,)).fetchone() or (0,)
    return int(count)


@pytest.fixture
def office(tmp_path: Path) -> ServicesDesk:
    return ServicesDesk(tmp_path)


def test_minutes_of_a_labelled_session_are_in_no_paper(office: ServicesDesk) -> None:
    student = office.student()
    office.owe(student)
    note = office.hold(student, "2026-11-10T09:00")
    office.hold(student, "2026-11-12T09:00")
    assert counted(office.desk, "delivery", student) == 2
    office.desk.privacy.label(LabelPart2(Labelled.NOTE, note))
    assert counted(office.desk, "delivery", student) == 1
    assert counted(office.desk, "delivery", student, (student,)) == 2
    office.desk.close()


def test_a_labelled_session_of_a_group_was_attended_on_no_list(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    group, students = a_group(desk)
    session = sign(desk, a_session(desk, group))
    first, second = students[:2]
    with desk.records.read() as reader:
        (note,) = reader.execute(
            "SELECT note_id FROM group_attendance WHERE session_id = ? AND student_id = ?",
            (session, first),
        ).fetchone() or ("",)
    desk.privacy.label(LabelPart2(Labelled.NOTE, str(note)))
    assert counted(desk, "group_attendance", first) == 0
    assert counted(desk, "group_attendance", second) == 1
    with desk.records.working() as tx:
        tx.execute(
            "INSERT INTO billing_line (entry_id, student_id, person_id, state, marked_at, zone)"
            " SELECT session_id, student_id, person_id, 'ready', '', '' FROM group_attendance"
        )
    assert (counted(desk, "billing_line", first), counted(desk, "billing_line", second)) == (0, 1)
    desk.close()


def test_a_labelled_session_is_claimed_from_nobody(office: ServicesDesk) -> None:
    student = office.student()
    note = office.hold(student, "2026-11-10T09:00")
    with office.desk.records.working() as tx:
        tx.execute(
            "INSERT INTO billing_line (entry_id, student_id, person_id, state, marked_at, zone)"
            " SELECT id, student_id, person_id, 'ready', '', '' FROM session_note"
        )
    assert counted(office.desk, "billing_line", student) == 1
    office.desk.privacy.label(LabelPart2(Labelled.NOTE, note))
    assert counted(office.desk, "billing_line", student) == 0
    office.desk.close()


def test_a_referral_that_came_of_a_labelled_concern_is_not_told(tmp_path: Path) -> None:
    room = CollaborationDesk(tmp_path)
    concern = room.concern()
    office = room.desk.services.engagement
    with room.desk.records.read() as reader:
        (service,) = reader.execute("SELECT id FROM service_kind LIMIT 1").fetchone() or ("",)
    office.ask_for_service(
        AskForService(room.pupil, str(service), "2026-11-10", AskedBy.TEACHER, "", concern)
    )
    assert counted(room.desk, "episode", room.pupil) == 1
    room.desk.privacy.label(LabelPart2(Labelled.CONCERN, concern))
    assert counted(room.desk, "episode", room.pupil) == 0
    room.desk.close()
