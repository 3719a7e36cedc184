"""Freezing a note, whoever made it: the row, its next step, and the journal's entry."""

from collections.abc import Sequence

from app.features.sessions.model import FollowUp, SessionNote
from app.features.sessions.repo import NotesRepo
from app.kernel.ids import new_id
from app.kernel.ports import Transaction

Step = tuple[str, str]
"""What is to be done next, and by which day."""


def freeze(
    tx: Transaction, repo: NotesRepo, signed: Sequence[tuple[SessionNote, Step | None]]
) -> None:
    """Write signed notes and their next steps; the journal keeps hashes and facts, and no text.

    All rows by one statement: the index of words, which is written out between statements,
    then takes the notes of a whole group as one piece.
    """
    hashes = repo.add_notes([note for note, _step in signed])
    for (note, step), sealed in zip(signed, hashes, strict=True):
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
        if step is not None:
            text, due_on = step
            follow_up = FollowUp(new_id(), note.student_id, note.id, note.person_id, text, due_on)
            repo.add_follow_up(follow_up)
            facts |= {"follow_up": follow_up.id, "due_on": due_on}
        tx.journal("SignNote", "session_note", note.id, after=facts)
