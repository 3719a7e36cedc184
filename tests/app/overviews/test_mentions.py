"""The guard of names on a real vault: it knows the roster as it stands."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.features.caseload.commands import ChangeStudent
from app.kernel.mentions import NameForm
from sessions_desk import add_student
from vaults import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path, name="Ana Núñez")
    yield opened
    opened.close()


def test_another_student_is_found_and_the_own_one_and_the_counselor_are_not(desk: Desk) -> None:
    mateo, marisol = add_student(desk), add_student(desk, "Marisol", "Vega")
    text = "Mateo told Ana Núñez that Marisol took his book."
    assert [find.text for find in desk.mentions.finds(text, mateo)] == ["Marisol"]
    assert [find.text for find in desk.mentions.finds(text, marisol)] == ["Mateo"]
    found = desk.mentions.finds(text, mateo, [marisol])[0]
    assert found.member
    assert found.students == (marisol,)
    assert found.replacement == "a peer"


def test_a_student_who_came_or_was_renamed_since_is_known_at_once(desk: Desk) -> None:
    mateo = add_student(desk)
    assert not desk.mentions.finds("Ximena laughed.", mateo)
    ximena = add_student(desk, "Ximena", "Robledo")
    assert [find.text for find in desk.mentions.finds("Ximena laughed.", mateo)] == ["Ximena"]
    profile = desk.caseload.student(ximena).profile
    desk.caseload.change_student(ChangeStudent(ximena, replace(profile, preferred_name="Zuri")))
    assert desk.mentions.finds("Zuri laughed.", mateo)[0].form is NameForm.PREFERRED


def test_a_text_is_checked_amid_a_read_and_amid_a_transaction(desk: Desk) -> None:
    mateo = add_student(desk)
    add_student(desk, "Marisol", "Vega")
    with desk.records.read() as reader:
        reader.execute("SELECT count(*) FROM student").fetchone()
        assert desk.mentions.finds("Marisol", mateo)
    desk.mentions.journaled({"student"})
    with desk.records.working() as tx:
        assert desk.mentions.finds("Marisol", mateo)
        tx.execute("SELECT 1")


def test_the_roster_is_read_once_for_any_number_of_texts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    mateo = add_student(desk)
    first = desk.mentions.check(mateo)
    monkeypatch.setattr(desk.mentions, "_built", None)
    assert desk.mentions.check(mateo) is first
    assert not desk.mentions.finds("Nobody is here.", mateo)


def test_a_note_of_no_group_has_no_members(desk: Desk) -> None:
    assert desk.mentions.note_members("no such note") == frozenset()
