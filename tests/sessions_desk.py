"""A desk with a student and a note on it, for the tests of the sessions room."""

from dataclasses import replace

from app.bootstrap import Desk
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.features.sessions.commands import SignNote, StartDraft
from app.features.sessions.model import Draft, NoteForm
from app.kernel.ids import StudentId


def add_student(
    desk: Desk, given: str = "Mateo", family: str = "Ocampo", grade: str = "07"
) -> StudentId:
    """Put an invented student into the vault."""
    school = desk.caseload.schools()[0].id
    profile = Profile(given, family, grade=grade, school_id=school, student_number="20417")
    return StudentId(desk.caseload.add_student(AddStudent(profile, anyway=True)).made)


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
