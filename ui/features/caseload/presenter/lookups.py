"""What this room answers to the palette and to Today; runs on the reader thread."""

from app.features.caseload.commands import Done, ResumeCaseload, TakeOffCaseload
from app.features.caseload.model import Standing
from app.kernel.changes import Changed
from app.kernel.ids import StudentId
from app.kernel.words import _, ngettext
from ui.features.caseload import said
from ui.kit.room import Context, Found, TodayLine


def found_students(context: Context, text: str) -> list[Found]:
    """Return the students that were meant by what was typed into the palette."""
    return [
        Found(
            hit.name,
            " · ".join(
                part
                for part in (
                    said.grade(hit.grade),
                    hit.school,
                    hit.number,
                    _("left") if hit.standing is Standing.LEFT else "",
                )
                if part
            ),
            "student",
            "student",
            hit.id,
        )
        for hit in context.desk.caseload.find(text, 8)
    ]


def today_lines(context: Context) -> list[TodayLine]:
    """Return who left while on one's caseload, and what the roster offers."""
    caseload = context.desk.caseload
    lines = []
    for student, name, left_on in caseload.left_on_caseload():
        ending = _Ending(context, student)
        lines.append(
            TodayLine(
                id=f"left:{student}",
                rank=60,
                icon="off",
                title=_("{name} has left").format(name=name),
                detail=_("Still on your caseload; take the student off when you are done."),
                when=said.day(left_on),
                page="student",
                subject=student,
                done=ending.take_off,
                done_label=_("Take off"),
                undo=ending.resume,
                student=student,
            )
        )
    offered = context.desk.roster.offered_on_caseload(context.desk.seat.person)
    for student, name, count in offered:
        lines.append(
            TodayLine(
                id=f"offer:{student}",
                rank=70,
                icon="roster",
                title=name,
                detail=ngettext(
                    "The roster offers another value",
                    "The roster offers {count} other values",
                    count,
                ).format(count=count),
                when="",
                page="student",
                subject=student,
                student=student,
            )
        )
    return lines


class _Ending:
    """Takes a student who left off the caseload, and takes that back."""

    def __init__(self, context: Context, student: StudentId) -> None:
        self._context = context
        self._student = student
        self._done: Done | None = None

    def take_off(self) -> Changed:
        self._done = self._context.desk.caseload.take_off_caseload(
            TakeOffCaseload(
                (self._student,),
                self._context.today().isoformat(),
                _("Left the school"),
            )
        )
        return self._done

    def resume(self) -> Changed:
        undo = self._done.undo if self._done is not None else None
        if not isinstance(undo, ResumeCaseload):
            raise TypeError(undo)
        return self._context.desk.caseload.resume_caseload(undo)
