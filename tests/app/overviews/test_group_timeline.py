"""A student's timeline tells of groups: waiting, joining, leaving, and how often they came."""

from pathlib import Path

from app.features.groups.commands import CloseGroup, LeaveGroup, LetWait, TakeIn
from app.overviews.timeline import Happening, TimelineKind
from groups_desk import a_group, a_session, marked, sign
from sessions_desk import add_student
from vaults import new_desk


def test_waiting_joining_and_leaving_stand_in_the_timeline(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    group, (first, second) = a_group(desk, [("Mateo", "Ocampo"), ("Ximena", "Varela")])
    late = add_student(desk, "Late", "Comer")
    waits = desk.groups.let_wait(LetWait(group, late, "2026-11-02")).made
    desk.groups.take_in(TakeIn(waits, "2026-11-09"))
    sign(desk, marked(a_session(desk, group), late, attendance="absent", reason="Ill"))
    desk.groups.leave_group(LeaveGroup(waits, "2026-11-20", "Moved away"))
    rows, _count = desk.timeline.page(late, [TimelineKind.GROUP])
    assert [(row.what, row.day) for row in rows] == [
        (Happening.GROUP_LEFT, "2026-11-20"),
        (Happening.GROUP_JOINED, "2026-11-09"),
        (Happening.GROUP_WAITS, "2026-11-02"),
    ]
    assert (rows[0].facts["name"], rows[0].facts["reason"]) == ("Tuesday coping", "Moved away")
    assert (rows[1].facts["sessions"], rows[1].facts["came"]) == (1, 0)
    desk.groups.close_group(CloseGroup(group, "2026-11-20"))
    rows, _count = desk.timeline.page(first, [TimelineKind.GROUP])
    assert (rows[0].what, rows[0].facts["reason"]) == (Happening.GROUP_LEFT, "closed")
    assert rows[0].facts["came"] == 1
    assert desk.timeline.counts(second)[TimelineKind.GROUP] == 2
    desk.close()
