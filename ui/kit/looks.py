"""Writing down that somebody looked at what another made; nothing that is shown waits for it."""

from collections.abc import Callable, Sequence
from functools import partial

from app.features.privacy.commands import ViewNote, ViewRecord, ViewReport
from app.features.privacy.model import Record
from app.kernel.changes import Changed
from app.kernel.ids import PersonId, StudentId
from ui.kit.room import Context


def record_look(
    context: Context, made_by: PersonId, record: Record, record_id: str, *students: StudentId
) -> None:
    """Write down that another's record was opened, once for each student it is about."""
    if made_by == context.desk.seat.person:
        return
    privacy = context.desk.privacy
    looks = [ViewRecord(student, record, record_id) for student in students]
    looks = [look for look in looks if not privacy.is_noted(look)]
    if looks:
        _write(context, partial(privacy.view_records, *looks))


def paper_look(context: Context, paper: str, students: Sequence[StudentId]) -> None:
    """Write down that a paper was looked at: of one student there, of several as a whole."""
    privacy = context.desk.privacy
    if len(students) == 1:
        of_one = ViewNote(students[0], paper=paper)
        if not privacy.is_noted(of_one):
            _write(context, partial(privacy.view_note, of_one))
    elif students:
        of_all = ViewReport(paper, len(students))
        if not privacy.is_noted(of_all):
            _write(context, partial(privacy.view_report, of_all))


def _write(context: Context, write: Callable[[], Changed]) -> None:
    def failed(error: Exception) -> None:
        """A read-only vault says so at its top; any other trouble is said."""
        if getattr(error, "code", "") != "vault-read-only":
            context.say(error)

    context.tasks.write(write, failed=failed)
