"""Who has looked at a student's record."""

from datetime import timedelta

import pytest

from app.bootstrap import Desk
from app.features.privacy.commands import ViewNote, ViewStudent
from app.kernel.clock import FixedClock
from app.kernel.errors import Trouble
from app.kernel.ids import NoteId, StudentId, new_id
from app.kernel.nouns import Role
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return add_student(desk)


def test_a_look_is_written_down_once_while_the_vault_is_unlocked(
    desk: Desk, student: StudentId
) -> None:
    before = desk.records.head.count
    for _again in range(3):
        desk.privacy.view_student(ViewStudent(student))
        desk.privacy.view_note(ViewNote(student, paper="student-summary"))
    assert desk.records.head.count == before + 2
    assert desk.privacy.is_noted(ViewStudent(student))
    assert not desk.privacy.is_noted(ViewStudent(StudentId(new_id())))


def test_the_journal_says_who_looked_at_whom_and_when(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    note = NoteId(a_signed_note(desk, student))
    peer = someone(desk, Role.PSYCHOLOGIST, "Iris Falk")
    desk.privacy.view_student(ViewStudent(student))
    clock.advance(timedelta(hours=1))
    with seated(desk, peer):
        desk.privacy.view_note(ViewNote(student, note))
        latest, first = desk.privacy.views(student)
    assert (latest.by, latest.role, latest.note) == ("Iris Falk", "psychologist", note)
    assert (first.by, first.note, first.paper) == ("Ana Núñez", "", "")
    assert latest.seen.instant() - first.seen.instant() == timedelta(hours=1)


def test_looks_come_in_pages_the_latest_first(desk: Desk, student: StudentId) -> None:
    for number in range(7):
        desk.privacy.view_note(ViewNote(student, paper=f"paper-{number}"))
    desk.privacy.view_student(ViewStudent(add_student(desk, "Mina", "Okafor")))
    assert desk.privacy.view_count(student) == 7
    pages = [desk.privacy.views(student, offset, 3) for offset in (0, 3, 6)]
    papers = [line.paper for page in pages for line in page]
    assert papers == [f"paper-{number}" for number in reversed(range(7))]


def test_a_look_at_a_note_of_another_field_does_not_tell_that_the_note_is_there(
    desk: Desk, student: StudentId
) -> None:
    note = NoteId(a_signed_note(desk, student))
    nurse, peer = someone(desk, Role.NURSE), someone(desk, Role.SOCIAL_WORKER)
    desk.privacy.view_note(ViewNote(student, note))
    desk.privacy.view_student(ViewStudent(student))
    told = {}
    for person in (nurse, peer):
        with seated(desk, person):
            told[person] = (len(desk.privacy.views(student)), desk.privacy.view_count(student))
    assert told == {nurse: (1, 1), peer: (2, 2)}


def test_the_way_to_the_looks_is_the_journals_index_of_subjects(
    desk: Desk, student: StudentId
) -> None:
    with desk.records.read() as reader:
        plan = reader.execute(
            "EXPLAIN QUERY PLAN SELECT seq FROM journal j WHERE j.subject_id = ?"
            " AND j.what IN ('ViewStudent', 'ViewNote') ORDER BY j.seq DESC LIMIT 200",
            (student,),
        ).fetchall()
    assert "journal_subject" in repr(plan)
    assert "TEMP B-TREE" not in repr(plan)


def test_on_a_read_only_vault_a_look_is_not_taken_for_noted(
    desk: Desk, student: StudentId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.records, "read_only", True)
    with pytest.raises(Trouble) as trouble:
        desk.privacy.view_student(ViewStudent(student))
    assert trouble.value.code == "vault-read-only"
    assert not desk.privacy.is_noted(ViewStudent(student))
