"""A desk with a student and a note on it, for the tests of the sessions room."""

from dataclasses import replace

from app.bootstrap import Desk
from app.features.sessions.commands import SignNote, StartDraft
from app.features.sessions.model import Draft, NoteForm
from app.kernel.ids import StudentId, new_id
from app.kernel.names import listed_name


def add_student(
    desk: Desk, given: str = "Mateo", family: str = "Ocampo", grade: str = "07"
) -> StudentId:
    """Put an invented student into the vault."""
    student = StudentId(new_id())
    with desk.records.transaction() as tx:
        school = tx.execute("SELECT id FROM school ORDER BY name LIMIT 1").fetchone()
        tx.execute(
            "INSERT INTO student (id, given_name, family_name, grade, school_id, listed_name,"
            " student_number, made_at, zone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                student, given, family, grade, school[0] if school else None,
                listed_name(given, family), "20417", tx.now.at, tx.now.zone,
            ),
        )  # fmt: skip
        tx.journal("AddStudent", "student", student)
    return student


def a_draft(desk: Desk, student: StudentId | None, text: str = "Talked about the move.") -> Draft:
    """Return a draft that could be signed, begun now and not yet kept."""
    draft = desk.sessions.start_draft(StartDraft(student_id=student)).draft
    return typed(draft, sections=(replace(draft.form.sections[0], text=text),))


def typed(draft: Draft, **changes: object) -> Draft:
    """Return a draft in whose form something else was typed."""
    form: NoteForm = replace(draft.form, **changes)  # type: ignore[arg-type]
    return replace(draft, form=form)


def a_signed_note(desk: Desk, student: StudentId, text: str = "Talked about the move.") -> str:
    """Sign a note and return its id."""
    return desk.sessions.sign_note(SignNote(a_draft(desk, student, text))).made
