"""A group's attendance as its picture and its words say it."""

from datetime import date

from app.features.groups.repo.sessions import Cell
from app.features.groups.service import GroupSheet
from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance
from app.kernel.words import _, ngettext
from ui.features.groups import said
from ui.features.groups.view.attendance import CellShown, RowShown, SessionShown
from ui.kit.dates import month_name


def columns(sheet: GroupSheet) -> list[SessionShown]:
    """Return the group's sessions, the oldest first."""
    return [
        SessionShown(
            str(line.number),
            _short(line.started.day()),
            f"{said.session(line)}, {said.when(line.started)}",
        )
        for line in reversed(sheet.sessions)
    ]


def _short(day: date) -> str:
    return f"{day.day} {month_name(day.month)}"


def cells(sheet: GroupSheet) -> list[RowShown]:
    """Return a row for each who is or was in the group: those in it first, by name."""
    there: dict[StudentId, str] = {}
    for line in (*sheet.members, *sheet.former):
        there.setdefault(line.membership.student_id, line.student)
    known: dict[tuple[str, str], Cell] = {
        (cell.session_id, cell.student_id): cell for cell in sheet.cells
    }
    sessions = list(reversed(sheet.sessions))
    rows = []
    for student, name in there.items():
        own = [known.get((session.id, student)) for session in sessions]
        marked = [cell for cell in own if cell is not None]
        if not marked and student not in {m.membership.student_id for m in sheet.members}:
            continue
        came = sum(cell.attendance is Attendance.PRESENT for cell in marked)
        rows.append(
            RowShown(
                name,
                _("{there} of {of}").format(there=came, of=len(marked)),
                tuple(
                    _cell(cell, name, said.session(session))
                    for cell, session in zip(own, sessions, strict=True)
                ),
            )
        )
    return rows


def _cell(cell: Cell | None, name: str, session: str) -> CellShown:
    if cell is None:
        return CellShown(
            spoken=_("{name}, {session}: not in the group").format(name=name, session=session)
        )
    words = _("{name}, {session}: {attendance}").format(
        name=name, session=session, attendance=said.attendance(cell.attendance)
    )
    if cell.reason:
        words = _("{words} ({reason})").format(words=words, reason=cell.reason)
    if cell.corrected:
        words = _("{words}, corrected").format(words=words)
    return CellShown(
        said.letter(cell.attendance),
        said.KINDS[cell.attendance],
        words,
        cell.note_id,
        corrected=cell.corrected,
    )


def summary(sheet: GroupSheet) -> str:
    """Return the picture in a sentence: how many sessions, how many came of how many."""
    if not sheet.sessions:
        return ""
    came = sum(line.came for line in sheet.sessions)
    of = sum(line.of for line in sheet.sessions)
    held = ngettext("{count} session", "{count} sessions", len(sheet.sessions)).format(
        count=len(sheet.sessions)
    )
    return _("{sessions}: {came} of {of} places were taken ({share} %).").format(
        sessions=held, came=came, of=of, share=round(100 * came / of) if of else 0
    )
