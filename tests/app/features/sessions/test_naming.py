"""Whom else a note names: kept knowingly in one's own, refused in what is added to a group's."""

from dataclasses import replace

import pytest

from app.bootstrap import Desk
from app.features.groups.commands import SignGroupSession
from app.features.sessions.commands import AddAddendum, SignNote, StartDraft
from app.features.sessions.model import Draft, DraftKind, Section
from app.kernel.errors import Refused
from app.kernel.ids import NoteId, StudentId
from groups_desk import a_group, a_session
from sessions_desk import a_draft, a_signed_note, add_student, typed


def _addendum(desk: Desk, note: str, text: str) -> Draft:
    draft = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, note_id=NoteId(note))).draft
    return typed(draft, sections=(Section("note", "", text),))


def _entries(desk: Desk) -> list[tuple[str, str]]:
    with desk.records.read_whole() as reader:
        return [
            (row[0], row[1])
            for row in reader.execute(
                "SELECT what, after FROM journal WHERE subject_kind = 'session_note' ORDER BY seq"
            )
        ]


def test_every_entry_of_the_form_is_looked_through(desk: Desk, student: StudentId) -> None:
    add_student(desk, "Ximena", "Varela")
    draft = typed(
        a_draft(desk, student, "Ximena came along."),
        present="Ximena Varela",
        next_step="Call about Ximena",
        next_on="2026-12-01",
        attendance_reason="Ximena’s party",
    )
    found = desk.sessions.others_named(draft)
    assert not found.of_group
    assert [entry.field for entry in found.entries] == [
        f"section:{draft.form.sections[0].key}",
        "attendance_reason",
        "present",
        "next_step",
    ]
    assert found.count == 4


def test_a_peer_may_be_named_knowingly_and_the_journal_says_why(
    desk: Desk, student: StudentId
) -> None:
    add_student(desk, "Ximena", "Varela")
    draft = a_draft(desk, student, "Ximena Varela threatened him.")
    made = desk.sessions.sign_note(SignNote(draft, "He reported a threat by name.")).made
    assert made == draft.id
    what, after = _entries(desk)[-1]
    assert what == "NameKnowingly"
    assert '"places":1' in after.replace(" ", "")
    assert "He reported a threat by name." in after


def test_what_is_added_to_a_group_note_may_not_name_another_member(desk: Desk) -> None:
    group, (mateo, *_others) = a_group(desk, (("Mateo", "Ocampo"), ("Ximena", "Varela")))
    desk.groups.sign_session(SignGroupSession(a_session(desk, group)))
    with desk.records.read() as reader:
        note = reader.execute(
            "SELECT note_id FROM group_attendance WHERE student_id = ?", (mateo,)
        ).fetchone()
    assert note is not None
    draft = _addendum(desk, note[0], "Mateo says that Ximena's book was his.")
    with pytest.raises(Refused) as refused:
        desk.sessions.add_addendum(AddAddendum(draft, "I want to."))
    assert (refused.value.code, refused.value.field) == ("note-names-member", "sections")
    found = desk.sessions.others_named(draft)
    assert found.of_group
    assert found.must_go is not None
    mended = typed(draft, sections=(Section("note", "", "Mateo says that the book was his."),))
    assert desk.sessions.add_addendum(AddAddendum(mended)).made == draft.id


def test_an_addendum_to_a_single_note_may_name_a_peer_knowingly(
    desk: Desk, student: StudentId
) -> None:
    add_student(desk, "Ximena", "Varela")
    note = a_signed_note(desk, student)
    draft = _addendum(desk, note, "It was Ximena Varela.")
    desk.sessions.add_addendum(AddAddendum(draft, "The family asked for it to be on record."))
    assert [what for what, _after in _entries(desk)][-2:] == ["AddAddendum", "NameKnowingly"]


def test_a_draft_about_nobody_yet_names_nobody(desk: Desk) -> None:
    add_student(desk, "Ximena", "Varela")
    draft = replace(a_draft(desk, None, "Ximena Varela"), student_id=None)
    assert desk.sessions.others_named(draft).count == 0
