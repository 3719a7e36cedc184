"""Who gives roles, and who keeps the vault."""

from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault
from app.features.access.commands import AddPerson, SuspendPerson
from app.features.people.commands import ChangePersonRole, MakeKeeper
from app.kernel.errors import Refused
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.nouns import Role
from app.vault.sealing import floor
from vaults import PASSPHRASE, fixed_clock

OWN = "nine kites above the old mill"


def add(desk: Desk, name: str = "Ben Okafor", *, keeper: bool = False) -> tuple[PersonId, str]:
    made = desk.access.add_person(AddPerson(name, Role.COUNSELOR, "", keeper), floor())
    return made.person, made.passphrase


def wrote(desk: Desk, person: PersonId) -> None:
    """Let a record of a person's stand in the vault."""
    with desk.records.founding() as tx:
        tx.journal("SignNote", "note", new_id())
    assert person == desk.seat.person


def test_a_keeper_gives_others_their_role(desk: Desk) -> None:
    ben, _ = add(desk)
    desk.people.change_person_role(ChangePersonRole(ben, Role.NURSE))
    assert desk.people.person(ben).role is Role.NURSE


def test_ones_own_role_moves_with_ones_seat(desk: Desk) -> None:
    desk.people.change_person_role(ChangePersonRole(desk.seat.person, Role.PSYCHOLOGIST))
    assert desk.seat.role is Role.PSYCHOLOGIST


def test_who_wrote_records_stays_in_their_field_while_others_are_there(desk: Desk) -> None:
    wrote(desk, desk.seat.person)
    add(desk)
    with pytest.raises(Refused, match="role-other-field"):
        desk.people.change_person_role(ChangePersonRole(desk.seat.person, Role.NURSE))
    desk.people.change_person_role(ChangePersonRole(desk.seat.person, Role.SOCIAL_WORKER))


def test_a_vault_never_lacks_a_keeper(desk: Desk) -> None:
    me = desk.seat.person
    with pytest.raises(Refused, match="last-keeper"):
        desk.people.make_keeper(MakeKeeper(me, keeper=False))
    ben, _ = add(desk)
    desk.people.make_keeper(MakeKeeper(ben))
    desk.people.make_keeper(MakeKeeper(me, keeper=False))
    with pytest.raises(Refused, match="keepers-only"):
        desk.people.make_keeper(MakeKeeper(me))
    with pytest.raises(Refused, match="keepers-only"):
        desk.people.change_person_role(ChangePersonRole(ben, Role.NURSE))
    with pytest.raises(Refused, match="keepers-only"):
        desk.access.suspend_person(SuspendPerson(ben))


def test_someone_suspended_keeps_nothing_and_is_made_no_keeper(desk: Desk) -> None:
    ben, _ = add(desk, keeper=True)
    desk.access.suspend_person(SuspendPerson(ben))
    with pytest.raises(Refused, match="last-keeper"):
        desk.people.make_keeper(MakeKeeper(desk.seat.person, keeper=False))
    with pytest.raises(Refused, match="person-gone"):
        desk.people.make_keeper(MakeKeeper(ben))


def test_who_keeps_nothing_changes_no_role_on_a_shared_vault(desk: Desk, tmp_path: Path) -> None:
    _ben, first = add(desk)
    desk.close()
    theirs = open_vault(desk.folder.path, first, DeviceId(new_id()), clock=fixed_clock())
    theirs.change_passphrase(first, OWN, floor())
    with pytest.raises(Refused, match="keepers-only"):
        theirs.people.change_person_role(ChangePersonRole(theirs.seat.person, Role.NURSE))
    theirs.close()
    again = open_vault(desk.folder.path, PASSPHRASE, DeviceId(new_id()), clock=fixed_clock())
    assert again.access.me().keeper
    again.close()
