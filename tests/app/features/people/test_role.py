"""Who may change their own role, and what follows from it."""

import pytest

from app.bootstrap import Desk
from app.features.people.commands import ChangePerson
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone


def _refusal(desk: Desk, role: Role) -> str:
    with pytest.raises(Refused) as refused:
        desk.people.change_person(ChangePerson("Ana Núñez", role))
    assert refused.value.field == "role"
    return refused.value.code


def test_alone_on_the_vault_one_says_which_role_is_ones_own(desk: Desk) -> None:
    a_signed_note(desk, add_student(desk))
    desk.people.change_person(ChangePerson("Ana Núñez", Role.NURSE))
    assert desk.seat.role is Role.NURSE
    assert desk.sessions.note_count() == 1


def test_someone_who_does_not_keep_the_vault_cannot_give_themselves_a_role(desk: Desk) -> None:
    nurse = someone(desk, Role.NURSE)
    with seated(desk, nurse):
        assert not desk.people.may_change_role(nurse)
        assert _refusal(desk, Role.COUNSELOR) == "role-keepers"
        desk.people.change_person(ChangePerson("Bo Lind", Role.NURSE, "RN"))
        assert desk.people.person(nurse).name == "Bo Lind"


def test_a_keeper_changes_their_role_within_their_field(desk: Desk) -> None:
    someone(desk, Role.NURSE)
    a_signed_note(desk, add_student(desk))
    assert desk.people.may_change_role(desk.seat.person)
    desk.people.change_person(ChangePerson("Ana Núñez", Role.SOCIAL_WORKER))
    assert desk.seat.role is Role.SOCIAL_WORKER


def test_a_keepers_records_do_not_become_reading_for_another_field(desk: Desk) -> None:
    student = add_student(desk)
    nurse = someone(desk, Role.NURSE)
    a_signed_note(desk, student)
    assert _refusal(desk, Role.NURSE) == "role-other-field"
    assert desk.seat.role is Role.COUNSELOR
    with seated(desk, nurse):
        assert desk.sessions.note_count() == 0
        assert desk.timeline.page(student)[1] == 1  # that the student was added


def test_a_new_role_is_what_the_seat_sees_with_from_then_on(desk: Desk) -> None:
    student = add_student(desk)
    other = someone(desk, Role.NURSE)
    with seated(desk, other):
        a_signed_note(desk, student)
    before = desk.timeline.page(student)[1]
    desk.people.change_person(ChangePerson("Ana Núñez", Role.NURSE))
    assert desk.timeline.page(student)[1] == before + 1
