"""A group's roster and attendance leave as lists, without the group's name."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.groups.commands import CorrectAttendance, LeaveGroup, LetWait
from app.kernel.errors import Refused
from app.overviews.reports.leaving import Release
from app.overviews.reports.lists import Asked, Form, MadeReport, Names, ReportKind
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from groups_desk import EIGHT, a_group, a_session, marked, sign
from sessions_desk import add_student
from vaults import new_desk


@pytest.fixture(scope="module")
def led(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str]]:
    desk = new_desk(tmp_path_factory.mktemp("group"))
    group, students = a_group(desk, EIGHT[:3])
    desk.groups.let_wait(LetWait(group, add_student(desk, "Late", "Comer"), "2026-11-02"))
    session = sign(
        desk, marked(a_session(desk, group), students[0], attendance="absent", reason="Ill")
    )
    line = next(
        line
        for line in desk.groups.signed_session(session).attending
        if line.attending.student_id == students[1]
    )
    desk.groups.correct_attendance(
        CorrectAttendance(line.attending.id, "declined", "Test in math", "A slip")
    )
    gone = desk.groups.group(group).members[0].membership.id
    desk.groups.leave_group(LeaveGroup(gone, "2026-11-20", "Moved away"))
    yield desk, group
    desk.close()


def rows(made: MadeReport) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.data.decode("utf-8-sig"))))


def test_attendance_has_a_row_for_each_member_at_each_session(led: tuple[Desk, str]) -> None:
    desk, group = led
    found = rows(desk.reports.make(Asked(ReportKind.GROUP_ATTENDANCE, group=group), Form.CSV))
    assert [row[2:] for row in found[1:]] == [
        ["Lindqvist, Tobias", "Present", "", ""],
        ["Ocampo, Mateo", "Absent", "Ill", ""],
        ["Varela, Ximena", "Declined", "Test in math", "Yes"],
    ]


def test_the_roster_says_who_is_in_it_who_waits_and_who_left(led: tuple[Desk, str]) -> None:
    desk, group = led
    found = rows(desk.reports.make(Asked(ReportKind.GROUP_ROSTER, group=group), Form.CSV))
    assert [(row[0], row[3], row[6], row[7], row[8]) for row in found[1:]] == [
        ("Ocampo, Mateo", "Member", "", "1", "0"),
        ("Varela, Ximena", "Member", "", "1", "0"),
        ("Comer, Late", "Waits", "", "0", "0"),
        ("Lindqvist, Tobias", "Left", "Moved away", "1", "1"),
    ]


def test_on_paper_there_is_a_grid_and_never_the_groups_name(led: tuple[Desk, str]) -> None:
    desk, group = led
    for kind in (ReportKind.GROUP_ROSTER, ReportKind.GROUP_ATTENDANCE):
        made = desk.reports.make(Asked(kind, group=group))
        text = " ".join(" ".join(page_texts(made.data)).split())
        assert "Tuesday coping" not in text
        assert "Group led by Ana Núñez, Alder Elementary, Coping Cat" in text
        assert "page 1 of 1" in text.lower()
        assert len(made.students) >= 3


def test_names_can_be_left_out_and_a_group_one_does_not_see_is_refused(
    led: tuple[Desk, str], tmp_path: Path
) -> None:
    desk, group = led
    asked = Asked(ReportKind.GROUP_ATTENDANCE, group=group, names=Names.INITIALS)
    assert "Ocampo" not in desk.reports.make(asked, Form.CSV).data.decode("utf-8-sig")
    with pytest.raises(Refused, match="group-gone"):
        desk.reports.make(Asked(ReportKind.GROUP_ATTENDANCE, group="none"), Form.CSV)
    left = desk.reports.save(
        asked, Form.CSV, Release("Principal", "Attendance", TO_SUBJECT), tmp_path / "out.csv"
    )
    assert len(left.disclosures) == 3


def test_a_reason_that_names_another_member_is_masked(led: tuple[Desk, str]) -> None:
    desk, group = led
    member = next(
        line.membership for line in desk.groups.group(group).members if "Varela" in line.student
    )
    desk.groups.leave_group(LeaveGroup(member.id, "2026-11-20", "Quarrel with Mateo"))
    for names in (Names.FULL, Names.NONE):
        asked = Asked(ReportKind.GROUP_ROSTER, group=group, names=names)
        said = desk.reports.make(asked, Form.CSV).data.decode("utf-8-sig")
        assert "Quarrel with [another student]" in said


def test_without_names_the_order_of_the_names_is_not_told(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    group, _students = a_group(desk, [("A", f"{letter}family") for letter in "ABCDEFGHIJ"])
    members = sorted(desk.groups.group(group).members, key=lambda member: member.student)
    for number, member in enumerate(members):
        desk.groups.leave_group(LeaveGroup(member.membership.id, "2026-11-20", f"Reason {number}"))
    named = rows(desk.reports.make(Asked(ReportKind.GROUP_ROSTER, group=group), Form.CSV))[1:]
    asked = Asked(ReportKind.GROUP_ROSTER, group=group, names=Names.NONE)
    bare = rows(desk.reports.make(asked, Form.CSV))[1:]
    assert [row[0] for row in bare] == [f"Student {number}" for number in range(1, 11)]
    assert sorted(row[6] for row in bare) == [row[6] for row in named] != [row[6] for row in bare]
    desk.close()
