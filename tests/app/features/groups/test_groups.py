"""Groups: made, changed, joined and left, closed, opened again, copied; nothing is forgotten."""

from dataclasses import replace

import pytest

from app.features.groups.commands import (
    AddMember,
    ChangeGroup,
    CloseGroup,
    CopyGroup,
    LeaveGroup,
    LetWait,
    MakeGroup,
    PutBack,
    RejoinGroup,
    ReopenGroup,
    RetractMember,
    TakeIn,
)
from app.kernel.errors import Refused
from groups_desk import Room, a_form, a_session, sign
from sessions_desk import add_student


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "  "}, "group-needs-name", "name"),
        ({"name": "x" * 81}, "group-name-long", "name"),
        ({"service_id": ""}, "note-needs-service", "service"),
        ({"planned": "many"}, "group-planned", "planned"),
        ({"minutes": "0"}, "note-needs-minutes", "minutes"),
        ({"size_limit": "-1"}, "group-size", "size_limit"),
        ({"starts_on": "soon"}, "group-needs-day", "starts_on"),
        ({"ends_on": "2026-08-01"}, "group-ends-before", "ends_on"),
    ],
)
def test_a_group_is_refused_at_the_field_to_mend(
    room: Room, changes: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        room.desk.groups.make_group(MakeGroup(a_form(room.desk, **changes)))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_group_has_what_was_said_of_it_and_its_contents_count_as_sessions(room: Room) -> None:
    sheet = room.desk.groups.group(room.group)
    assert sheet.group.contents == ("Naming feelings", "Breathing", "Thinking it over")
    assert sheet.group.planned == 3
    assert [line.student for line in sheet.members][:2] == ["Declan Fitzgerald", "Noor Haddad"]
    assert room.desk.groups.groups(mine=True).lines[0].members == 8
    assert [line.group.name for line in room.desk.groups.find_groups("cóping")] == [
        "Tuesday coping"
    ]


def test_a_change_is_journalled_with_what_was_and_what_is(room: Room) -> None:
    form = room.desk.groups.group_form(room.group)
    room.desk.groups.change_group(ChangeGroup(room.group, replace(form, purpose="Test worry")))
    with room.desk.records.read_whole() as reader:
        before, after = reader.execute(
            "SELECT before, after FROM journal WHERE what = 'ChangeGroup'"
        ).fetchone()
    assert before == '{"purpose":"Coping with worry before tests"}'
    assert after == '{"purpose":"Test worry"}'


def test_the_waiting_list_keeps_its_order_and_one_is_taken_in_when_there_is_room(
    room: Room,
) -> None:
    groups = room.desk.groups
    form = groups.group_form(room.group)
    groups.change_group(ChangeGroup(room.group, replace(form, size_limit="8")))
    late, early = add_student(room.desk, "Late", "Comer"), add_student(room.desk, "Early", "Bird")
    with pytest.raises(Refused, match="group-full"):
        groups.add_member(AddMember(room.group, early, "2026-11-20"))
    groups.let_wait(LetWait(room.group, late, "2026-11-20"))
    first = groups.let_wait(LetWait(room.group, early, "2026-11-02")).made
    assert [line.student for line in groups.group(room.group).waiting] == [
        "Early Bird",
        "Late Comer",
    ]
    with pytest.raises(Refused, match="group-full"):
        groups.take_in(TakeIn(first, "2026-11-20"))
    leaving = groups.group(room.group).members[0].membership.id
    groups.leave_group(LeaveGroup(leaving, "2026-11-19", "Moved away"))
    groups.take_in(TakeIn(first, "2026-11-20"))
    sheet = groups.group(room.group)
    assert "Early Bird" in [line.student for line in sheet.members]
    assert [line.student for line in sheet.waiting] == ["Late Comer"]
    assert [(line.student, line.membership.left_reason) for line in sheet.former] == [
        ("Declan Fitzgerald", "Moved away")
    ]
    groups.put_back(PutBack(first))
    assert [line.student for line in groups.group(room.group).waiting] == [
        "Early Bird",
        "Late Comer",
    ]


def test_a_student_is_in_a_group_once_and_may_come_back(room: Room) -> None:
    groups, student = room.desk.groups, room.students[0]
    with pytest.raises(Refused, match="group-already-in"):
        groups.add_member(AddMember(room.group, student, "2026-11-20"))
    member = next(
        line.membership.id
        for line in groups.group(room.group).members
        if line.membership.student_id == student
    )
    with pytest.raises(Refused, match="group-needs-leaving-reason"):
        groups.leave_group(LeaveGroup(member, "2026-11-10", " "))
    groups.leave_group(LeaveGroup(member, "2026-11-10", "Schedule changed"))
    groups.add_member(AddMember(room.group, student, "2026-11-18"))
    assert len(groups.groups_of(student)) == 2
    with pytest.raises(Refused, match="group-already-in"):
        groups.rejoin_group(RejoinGroup(member))


def test_who_was_named_by_a_session_is_not_taken_back_but_leaves(room: Room) -> None:
    groups = room.desk.groups
    new = groups.add_member(
        AddMember(room.group, add_student(room.desk, "Wrong", "Click"), "2026-11-20")
    ).made
    groups.retract_member(RetractMember(new))
    assert len(groups.group(room.group).members) == 8
    sign(room.desk, a_session(room.desk, room.group))
    member = groups.group(room.group).members[0].membership.id
    with pytest.raises(Refused, match="group-has-attended"):
        groups.retract_member(RetractMember(member))
    with pytest.raises(Refused, match="group-left-before-session"):
        groups.leave_group(LeaveGroup(member, "2026-11-19", "Moved away"))
    groups.leave_group(LeaveGroup(member, "2026-11-20", "Moved away"))


def test_closing_ends_every_stretch_and_opening_again_brings_them_back(room: Room) -> None:
    groups = room.desk.groups
    groups.let_wait(LetWait(room.group, add_student(room.desk, "Late", "Comer"), "2026-11-20"))
    groups.close_group(CloseGroup(room.group, "2026-11-20", "The term is over"))
    sheet = groups.group(room.group)
    assert not sheet.members
    assert not sheet.waiting
    assert groups.groups().open == 0
    with pytest.raises(Refused, match="group-closed"):
        groups.add_member(AddMember(room.group, room.students[0], "2026-11-20"))
    groups.reopen_group(ReopenGroup(room.group))
    sheet = groups.group(room.group)
    assert (len(sheet.members), len(sheet.waiting)) == (8, 1)


def test_a_copy_has_the_plan_and_those_who_wait_and_the_members_if_wanted(room: Room) -> None:
    groups = room.desk.groups
    groups.let_wait(LetWait(room.group, add_student(room.desk, "Late", "Comer"), "2026-11-20"))
    groups.close_group(CloseGroup(room.group, "2026-11-20"))
    fresh = groups.copy_group(CopyGroup(room.group, "Spring coping", "2027-01-25")).made
    sheet = groups.group(fresh)
    assert (sheet.group.curriculum, sheet.group.copied_from) == ("Coping Cat", room.group)
    assert (len(sheet.members), [line.student for line in sheet.waiting]) == (0, ["Late Comer"])
    same = groups.copy_group(CopyGroup(room.group, "Same again", "2027-01-25", members=True)).made
    assert [m.membership.joined_on for m in groups.group(same).members] == ["2027-01-25"] * 8
