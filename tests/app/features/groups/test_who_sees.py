"""Groups are records of a field of work: a nurse at the same vault sees none of a counselor's."""

from pathlib import Path

import pytest

from app.features.groups.commands import ChangeGroup
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from groups_desk import a_group, a_session, sign
from shared_desk import seated, someone
from vaults import new_desk


def test_another_field_sees_no_group_and_changes_none(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    group, students = a_group(desk)
    session = sign(desk, a_session(desk, group))
    form = desk.groups.group_form(group)
    with seated(desk, someone(desk, Role.NURSE)):
        assert desk.groups.groups().lines == []
        assert desk.groups.groups_of(students[0]) == []
        assert desk.groups.find_groups("coping") == []
        for ask in (
            lambda: desk.groups.group(group),
            lambda: desk.groups.signed_session(session),
            lambda: desk.groups.change_group(ChangeGroup(group, form)),
            lambda: a_session(desk, group),
        ):
            with pytest.raises(Refused, match="gone"):
                ask()
        with desk.records.read() as reader:
            for table in ("student_group", "group_member", "group_session", "group_attendance"):
                assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    with seated(desk, someone(desk, Role.SOCIAL_WORKER, "Cora Dahl")):
        assert desk.groups.group(group).members
    desk.close()
