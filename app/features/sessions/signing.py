"""Freezing a note, whoever made it: the row, its next step, and the journal's entry."""

from app.features.sessions.model import FollowUp, SessionNote
from app.features.sessions.repo import NotesRepo
from app.kernel.ids import new_id
from app.kernel.ports import Transaction


def freeze(
    tx: Transaction, repo: NotesRepo, note: SessionNote, next_step: tuple[str, str] | None
) -> None:
    """Write a signed note and its next step; the journal keeps its hash and facts, and no text."""
    sealed = repo.add_note(note)
    facts: dict[str, str | int] = {
        "student": note.student_id,
        "started_at": note.started.at,
        "zone": note.started.zone,
        "minutes": note.minutes,
        "service": note.service_label,
        "attendance": note.attendance,
        "late": note.late,
        "from_sole": note.from_sole,
        "hash": sealed.hex(),
    }
    if next_step is not None:
        text, due_on = next_step
        follow_up = FollowUp(new_id(), note.student_id, note.id, note.person_id, text, due_on)
        repo.add_follow_up(follow_up)
        facts |= {"follow_up": follow_up.id, "due_on": due_on}
    tx.journal("SignNote", "session_note", note.id, after=facts)
