"""A desk with time on it, for the tests of the time room."""

from app.bootstrap import Desk
from app.features.sessions.commands import SignNote
from app.features.time_use.commands import KeepBillingCode, KeepMedicaid, LogActivity
from app.features.time_use.model.billing import Setting, Units
from app.features.time_use.model.entries import ActivityForm
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.ids import NoteId, StudentId, new_id
from app.kernel.nouns import Attendance, Place
from sessions_desk import a_draft, typed

DISTRICT = """{
 "code": "riverbend", "version": 1, "name": "Riverbend", "note": "Board policy 4.2",
 "effective_from": "2026-08-01",
 "groups": [{"code": "with", "label": "With students"}, {"code": "for", "label": "For students"}],
 "categories": [
  {"code": "talk", "label": "Talking", "group": "with", "words": ["session"]},
  {"code": "teach", "label": "Teaching", "group": "with"},
  {"code": "desk", "label": "Desk work", "group": "for"}],
 "targets": [{"groups": ["with"], "at_least": 60}],
 "usual": {"consultation": "desk"}
}"""


def log(desk: Desk, category: str, minutes: str, on: str = "", at: str = "", **more: str) -> str:
    """Log an activity and return its id."""
    form = ActivityForm(category=category, minutes=minutes, on=on, at=at, **more)
    return desk.time_use.log.log_activity(LogActivity(form)).made


def sign(desk: Desk, student: StudentId, **form: object) -> str:
    """Sign a note about a student and return its id."""
    return desk.sessions.sign_note(SignNote(typed(a_draft(desk, student), **form))).made


def service_id(desk: Desk, code: str) -> str:
    """Return the id of a shipped kind of service."""
    return next(
        line.service_id
        for line in desk.time_use.categories.sheet().usual
        if line.service_code == code
    )


def take_group(desk: Desk, students: list[StudentId], absent: int = 0, minutes: int = 40) -> str:
    """Tell the desk of a group session, as the groups room does; the last ones did not come."""
    entry_id = new_id()
    came = len(students) - absent
    with desk.records.transaction() as tx:
        tx.journal("TakeGroup", "group_session", entry_id)
        desk.told(
            tx,
            Entry(
                EntryKind.GROUP,
                entry_id,
                tx.who,
                tx.now,
                minutes,
                Place.OFFICE,
                service_label="Group",
                students=tuple(
                    Attended(
                        student,
                        NoteId(new_id()),
                        Attendance.PRESENT if place < came else Attendance.ABSENT,
                    )
                    for place, student in enumerate(students)
                ),
            ),
        )
    return entry_id


def with_medicaid(desk: Desk, student: StudentId, *, consent_on: str = "2026-09-01") -> None:
    """Put an invented number and a consent on file."""
    desk.time_use.billing.keep_medicaid(KeepMedicaid(student, "4471-20091", consent_on))


def with_code(desk: Desk, code: str, units: Units = Units.QUARTER_HOURS) -> str:
    """Enter an invented procedure for a kind of service, and return the service's id."""
    found = service_id(desk, code)
    desk.time_use.billing.keep_code(
        KeepBillingCode(found, Setting.INDIVIDUAL, "x9001", "h1, k2", units)
    )
    return found
