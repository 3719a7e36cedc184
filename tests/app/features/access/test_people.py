"""Several people on one vault: added, suspended, reinstated, removed, and the vault's key."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault, verify_vault
from app.features.access.commands import (
    AddPerson,
    ReinstatePerson,
    RekeyVault,
    RemovePerson,
    SuspendPerson,
)
from app.features.access.model import State
from app.features.people.commands import ChangeSetting
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.ids import DeviceId, PersonId, new_id
from app.kernel.nouns import Role
from app.store.connection import connect
from app.vault.folder import VaultFolder
from app.vault.keybag import open_with_passphrase, read_keybag
from app.vault.sealing import floor
from vaults import PASSPHRASE, fixed_clock, new_desk

pytestmark = pytest.mark.usefixtures("quick_passphrases")

DEVICE = DeviceId(new_id())
OWN = "nine kites above the old mill"


def opened(folder: VaultFolder, secret: str = PASSPHRASE) -> Desk:
    return open_vault(folder.path, secret, DEVICE, clock=fixed_clock())


def add(desk: Desk, name: str = "Ben Okafor", *, keeper: bool = False) -> tuple[PersonId, str]:
    made = desk.access.add_person(AddPerson(name, Role.COUNSELOR, "", keeper), floor())
    return made.person, made.passphrase


def settled(folder: VaultFolder, first: str, own: str = OWN) -> None:
    """Let someone replace their first passphrase."""
    desk = opened(folder, first)
    desk.change_passphrase(first, own, floor())
    desk.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = new_desk(tmp_path)
    yield made
    with contextlib.suppress(Exception):
        made.close()


def refused(folder: VaultFolder, secret: str) -> str:
    with pytest.raises(Refused) as error:
        opened(folder, secret)
    return error.value.code


def test_someone_new_replaces_the_first_passphrase_before_anything_else(desk: Desk) -> None:
    person, first = add(desk)
    assert len(first.split()) == 5
    assert desk.access.people()[1].first_passphrase
    desk.close()
    theirs = opened(desk.folder, first)
    assert theirs.seat.person == person
    assert theirs.must_change_passphrase
    with pytest.raises(Refused, match="first-passphrase"):
        theirs.people.change_setting(ChangeSetting("lock_minutes", "7"))
    with pytest.raises(Refused, match="first-passphrase"):
        theirs.new_recovery_words()
    for typed in (first, first.replace(" ", "\u00a0")):
        with pytest.raises(Refused, match="passphrase-same"):
            theirs.change_passphrase(first, typed, floor())
    assert theirs.must_change_passphrase
    theirs.change_passphrase(first, OWN, floor())
    assert not theirs.must_change_passphrase
    theirs.people.change_setting(ChangeSetting("lock_minutes", "7"))
    theirs.close()
    assert refused(desk.folder, first) == "passphrase-wrong"
    again = opened(desk.folder, OWN)
    assert not again.must_change_passphrase
    assert not again.access.people()[1].first_passphrase
    again.close()
    mine = opened(desk.folder)
    assert mine.people.settings(mine.seat.person)["lock_minutes"] == "5"
    mine.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole


def test_a_first_passphrase_opens_nothing_where_it_cannot_be_replaced(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _person, first = add(desk)
    desk.close()

    def closed(_folder: VaultFolder) -> bool:
        return False

    with monkeypatch.context() as medium:
        medium.setattr(VaultFolder, "writable", closed)
        assert refused(desk.folder, first) == "first-passphrase-shut"
        opened(desk.folder).close()
    opened(desk.folder, first).close()


def test_a_first_passphrase_proves_no_second_person(desk: Desk) -> None:
    person, first = add(desk)
    with pytest.raises(Refused, match="witness-first"):
        desk._prove(person, first)
    with pytest.raises(Refused, match="witness-wrong"):
        desk._prove(person, PASSPHRASE)
    desk.close()
    settled(desk.folder, first)
    again = opened(desk.folder)
    again._prove(person, OWN)
    again.close()


def test_a_vault_takes_nobody_until_its_recovery_words_were_typed_back(tmp_path: Path) -> None:
    desk = new_desk(tmp_path, confirmed=False)
    with pytest.raises(Refused, match="recovery-unconfirmed"):
        add(desk)
    assert len(read_keybag(desk.folder).keybag.slots) == 2
    desk.close()


def test_only_a_keeper_gives_and_takes_ways_in(desk: Desk) -> None:
    ben, first = add(desk)
    cleo, _first = add(desk, "Cleo Marsh")
    desk.close()
    settled(desk.folder, first)
    theirs = opened(desk.folder, OWN)
    attempts = (
        lambda: add(theirs, "Dee"),
        lambda: theirs.access.suspend_person(SuspendPerson(cleo)),
        lambda: theirs.access.reinstate_person(ReinstatePerson(cleo), floor()),
        lambda: theirs.access.remove_person(RemovePerson(cleo)),
        lambda: theirs.access.rekey(RekeyVault()),
        theirs.new_recovery_words,
        lambda: theirs.access.suspend_person(SuspendPerson(ben)),
    )
    for attempt in attempts:
        with pytest.raises(Refused, match="keepers-only"):
            attempt()
    theirs.close()


def test_someone_suspended_opens_nothing_and_loses_nothing(desk: Desk) -> None:
    ben, first = add(desk)
    desk.close()
    settled(desk.folder, first)
    theirs = opened(desk.folder, OWN)
    theirs.people.change_setting(ChangeSetting("lock_minutes", "9"))
    theirs.close()
    mine = opened(desk.folder)
    mine.access.suspend_person(SuspendPerson(ben))
    assert mine.access.people()[1].member.state is State.SUSPENDED
    assert mine.access.people()[1].ways == ()
    with pytest.raises(Refused, match="person-suspended"):
        mine.access.suspend_person(SuspendPerson(ben))
    assert mine.people.settings(ben)["lock_minutes"] == "9"
    mine.close()
    assert refused(desk.folder, OWN) == "passphrase-wrong"
    mine = opened(desk.folder)
    fresh = mine.access.reinstate_person(ReinstatePerson(ben), floor()).passphrase
    mine.close()
    assert refused(desk.folder, OWN) == "passphrase-wrong"
    theirs = opened(desk.folder, fresh)
    assert (theirs.seat.person, theirs.must_change_passphrase) == (ben, True)
    theirs.close()


def test_who_forgot_the_passphrase_gets_another_first_one(desk: Desk) -> None:
    ben, first = add(desk)
    second = desk.access.reinstate_person(ReinstatePerson(ben), floor()).passphrase
    desk.close()
    assert refused(desk.folder, first) == "passphrase-wrong"
    opened(desk.folder, second).close()


def test_nobody_takes_their_own_way_in_and_the_last_keeper_stays(desk: Desk) -> None:
    me = desk.seat.person
    for command in (SuspendPerson(me), RemovePerson(me)):
        act = desk.access.suspend_person if isinstance(command, SuspendPerson) else None
        with pytest.raises(Refused, match="last-keeper"):
            act(command) if act else desk.access.remove_person(RemovePerson(me))
    with pytest.raises(Refused, match="person-oneself"):
        desk.access.reinstate_person(ReinstatePerson(me), floor())
    other, first = add(desk, keeper=True)
    with pytest.raises(Refused, match="person-oneself"):
        desk.access.suspend_person(SuspendPerson(me))
    desk.close()
    settled(desk.folder, first)
    theirs = opened(desk.folder, OWN)
    theirs.access.suspend_person(SuspendPerson(me))
    with pytest.raises(Refused, match="last-keeper"):
        theirs.access.suspend_person(SuspendPerson(other))
    theirs.close()


def test_a_removed_person_opens_nothing_and_the_file_has_a_new_key(
    desk: Desk, tmp_path: Path
) -> None:
    ben, first = add(desk)
    cleo, _ = add(desk, "Cleo Marsh")
    desk.close()
    settled(desk.folder, first)
    kept = tmp_path / "kept"
    shutil.copytree(desk.folder.path, kept)
    old = open_with_passphrase(read_keybag(VaultFolder(kept)).keybag, OWN).keys
    mine = opened(desk.folder)
    result = mine.access.remove_person(RemovePerson(ben))
    assert result.trouble is None
    assert len(result.recovery_words) == 15
    assert mine.secrets.sheet_unproven
    mine.confirm_recovery(result.recovery_words, dict(enumerate(result.recovery_words, 1)))
    assert not mine.secrets.sheet_unproven
    mine.people.change_setting(ChangeSetting("lock_minutes", "3"))
    states = {one.member.id: one.member.state for one in mine.access.people()}
    assert states == {mine.seat.person: State.ACTIVE, ben: State.REMOVED, cleo: State.ACTIVE}
    assert mine.people.person(ben).name == "Ben Okafor"
    with pytest.raises(Refused, match="person-gone"):
        mine.access.remove_person(RemovePerson(ben))
    with pytest.raises(Refused, match="person-gone"):
        mine.access.reinstate_person(ReinstatePerson(ben), floor())
    mine.close()
    # With all that they ever had: their passphrase, and the old key out of an old keybag.
    assert refused(desk.folder, OWN) == "passphrase-wrong"
    with pytest.raises(Damage):
        connect(desk.folder.records, old, untouched=True)
    again = opened(desk.folder)
    assert again.people.settings(again.seat.person)["lock_minutes"] == "3"
    again.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole


def test_everyone_who_stays_opens_with_the_passphrase_they_had(desk: Desk) -> None:
    secrets = {}
    for name in ("Ben", "Cleo", "Dee"):
        person, first = add(desk, name)
        secrets[person] = first
    gone = next(iter(secrets))
    desk.access.remove_person(RemovePerson(gone, new_sheet=False))
    desk.access.rekey(RekeyVault())
    desk.close()
    for person, first in secrets.items():
        if person == gone:
            assert refused(desk.folder, first) == "passphrase-wrong"
        else:
            theirs = opened(desk.folder, first)
            assert theirs.seat.person == person
            theirs.close()
    opened(desk.folder).close()


def test_the_old_recovery_sheet_does_not_outlive_a_removal(tmp_path: Path) -> None:
    from app.bootstrap import Founder, create_vault, prove_recovery_words

    founding = create_vault(
        tmp_path / "v", Founder("Ana", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor(),
        clock=fixed_clock(),
    )  # fmt: skip
    desk, words = founding.desk, founding.recovery_words
    desk.confirm_recovery(words, dict(enumerate(words, 1)))
    ben, _ = add(desk)
    cleo, _ = add(desk, "Cleo")
    assert desk.access.remove_person(RemovePerson(ben, new_sheet=False)).recovery_words == ()
    prove_recovery_words(desk.folder.path, " ".join(words))
    fresh = desk.access.remove_person(RemovePerson(cleo)).recovery_words
    with pytest.raises(Refused, match="recovery-wrong"):
        prove_recovery_words(desk.folder.path, " ".join(words))
    prove_recovery_words(desk.folder.path, " ".join(fresh))
    desk.close()


def test_a_sheet_of_the_one_who_goes_is_replaced_without_asking(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    founder = desk.seat.person
    _ben, first = add(desk, keeper=True)
    desk.close()
    settled(desk.folder, first)
    theirs = opened(desk.folder, OWN)
    made = theirs.access.remove_person(RemovePerson(founder, new_sheet=False))
    assert len(made.recovery_words) == 15
    theirs.close()
    assert refused(desk.folder, PASSPHRASE) == "passphrase-wrong"
    opened(desk.folder, OWN).close()


def test_the_key_is_changed_once_for_each_removal_and_told_in_the_journal(desk: Desk) -> None:
    ben, _ = add(desk)
    desk.access.remove_person(RemovePerson(ben))
    desk.access.rekey(RekeyVault(new_sheet=True))
    with desk.records.read() as reader:
        told = reader.execute(
            "SELECT what, before, after FROM journal WHERE what IN"
            " ('AddPerson', 'RemovePerson', 'RekeyVault', 'ReplaceRecovery') ORDER BY seq"
        ).fetchall()
    assert [row[0] for row in told] == [
        "AddPerson", "RemovePerson", "RekeyVault", "ReplaceRecovery", "RekeyVault",
    ]  # fmt: skip
    assert told[2][2] == told[4][1]
    assert len(desk._bag.keybag.former()) == 2
    desk.close()


def test_no_name_stands_in_the_keybag_or_beside_the_vault(desk: Desk) -> None:
    ben, _ = add(desk, "Benedikta Okaforson")
    desk.access.remove_person(RemovePerson(ben))
    desk.close()
    for path in desk.folder.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"Benedikta" not in data
            assert "Núñez".encode() not in data


def test_a_released_slot_is_named_when_it_keeps_the_key_from_being_changed(desk: Desk) -> None:
    from app.vault.sealing import derived, seal
    from app.vault.slots import _FIRST_KEY, Slot, slot_bound

    ben, first = add(desk)
    cleo, _ = add(desk, "Cleo Marsh")
    bag = desk._bag
    slot = next(one for one in bag.keybag.slots if one.person == ben)
    assert slot.stretch is not None
    old = Slot(slot.id, slot.kind, slot.person, slot.made, slot.stretch)
    key = derived(slot.stretch.key(first), _FIRST_KEY)
    plain = bag.keys.key + bag.keys.salt
    old = replace(old, sealed=seal(key, plain, slot_bound(bag.keybag.vault, old)))
    bag.write([old if one.id == old.id else one for one in bag.keybag.slots])
    with pytest.raises(Refused) as left:
        desk.access.remove_person(RemovePerson(cleo))
    assert (left.value.code, left.value.facts["name"]) == ("rekey-slot-old", "Ben Okafor")
    assert desk.access.people()[2].member.state is State.ACTIVE
    assert not desk.access.people()[1].todays_form
    desk.close()
    opened(desk.folder, first).close()  # which is all it takes
    mine = opened(desk.folder)
    assert mine.access.people()[1].todays_form
    assert mine.access.remove_person(RemovePerson(cleo)).trouble is None
    mine.close()


class Struck(Exception):
    """A blow from outside, in the middle of something."""


def strike_at(monkeypatch: pytest.MonkeyPatch, write: int) -> list[int]:
    """Let the keybag's n-th file from now on fail to be written, as a kill would."""
    from app.vault.folder import write_atomically

    count = [0]

    def failing(path: Path, data: bytes) -> None:
        if count[0] == write:
            raise Struck
        count[0] += 1
        write_atomically(path, data)

    monkeypatch.setattr("app.vault.keybag.write_atomically", failing)
    return count


def killed(desk: Desk) -> None:
    desk.records.close()
    desk._hold.release()


@pytest.mark.parametrize("write", range(4))
def test_struck_down_while_adding_someone_they_are_there_or_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    strike_at(monkeypatch, write)
    with pytest.raises(Struck):
        add(desk)
    monkeypatch.undo()
    killed(desk)
    mine = opened(desk.folder)
    people = mine.access.people()
    slots = [slot for slot in mine._bag.keybag.slots if slot.person != mine.seat.person]
    assert len(people) == 1 + len(slots)
    assert (len(slots) == 1) is (write >= 2)
    assert not mine._bag.keybag.facts.get("pending")
    mine.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole


def test_a_first_passphrase_is_told_although_the_disk_is_full_right_after(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.vault.folder import write_atomically

    count = [0]

    def filling(path: Path, data: bytes) -> None:
        if count[0] == 2:
            raise OSError(28, "No space left on device")
        count[0] += 1
        write_atomically(path, data)

    monkeypatch.setattr("app.vault.keybag.write_atomically", filling)
    _ben, first = add(desk)
    monkeypatch.undo()
    desk.close()
    opened(desk.folder, first).close()


@pytest.mark.parametrize("write", range(4))
def test_struck_down_while_suspending_someone_the_file_decides(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    ben, first = add(desk)
    strike_at(monkeypatch, write)
    with pytest.raises(Struck):
        desk.access.suspend_person(SuspendPerson(ben))
    monkeypatch.undo()
    killed(desk)
    if write >= 2:
        assert refused(desk.folder, first) == "passphrase-wrong"
    else:
        opened(desk.folder, first).close()
    mine = opened(desk.folder)
    suspended = mine.access.people()[1].member.state is State.SUSPENDED
    assert suspended is (write >= 2)
    assert bool(mine.access.people()[1].ways) is not suspended
    mine.close()


@pytest.mark.parametrize("write", range(10))
def test_struck_down_while_removing_someone_the_next_opening_ends_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    """Two writes each: what is under way, the person gone, both keys, the new one, told of."""
    ben, first = add(desk)
    old = desk._bag.keys
    count = strike_at(monkeypatch, write)
    with pytest.raises(Struck):
        desk.access.remove_person(RemovePerson(ben, new_sheet=False))
    monkeypatch.undo()
    assert count == [write]
    killed(desk)
    recorded = write >= 2
    if recorded:
        assert refused(desk.folder, first) == "passphrase-wrong"
    mine = opened(desk.folder)
    assert (mine.access.people()[1].member.state is State.REMOVED) is recorded
    assert (mine._bag.keys != old) is recorded
    assert mine.records.keys == mine._bag.keys
    assert not mine.access.key_change_due
    assert not mine._bag.keybag.rekeying
    with mine.records.read() as reader:
        told = reader.execute("SELECT count(*) FROM journal WHERE what = 'RekeyVault'").fetchone()
    assert told == (int(recorded),)
    mine.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole
    if recorded:
        assert refused(desk.folder, first) == "passphrase-wrong"
    else:
        opened(desk.folder, first).close()


def test_a_key_that_cannot_be_changed_now_is_changed_at_the_next_opening(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, first = add(desk)

    def full(*_anything: object) -> None:
        raise Trouble("disk-full")

    monkeypatch.setattr("app.store.records.write_under", full)
    old = desk._bag.keys
    result = desk.access.remove_person(RemovePerson(ben))
    assert result.trouble is not None
    assert result.trouble.code == "disk-full"
    assert desk.access.key_change_due
    assert desk._bag.keys == old
    desk.people.change_setting(ChangeSetting("lock_minutes", "4"))
    with pytest.raises(Trouble, match="disk-full"):
        desk.access.rekey(RekeyVault())
    desk.close()
    monkeypatch.undo()
    assert refused(desk.folder, first) == "passphrase-wrong"
    mine = opened(desk.folder)
    assert mine._bag.keys != old
    assert not mine.access.key_change_due
    mine.close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole


def test_a_full_disk_leaves_everyone_where_they_were(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben, first = add(desk)

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.vault.keybag.write_atomically", full)
    for attempt in (
        lambda: add(desk, "Cleo"),
        lambda: desk.access.suspend_person(SuspendPerson(ben)),
        lambda: desk.access.remove_person(RemovePerson(ben)),
    ):
        with pytest.raises(Trouble, match="disk-full"):
            attempt()
    monkeypatch.undo()
    assert [one.member.state for one in desk.access.people()] == [State.ACTIVE, State.ACTIVE]
    desk.access.suspend_person(SuspendPerson(ben))
    desk.close()
    assert refused(desk.folder, first) == "passphrase-wrong"


def test_what_one_thread_anchors_and_another_changes_are_both_kept(desk: Desk) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as threads:
        anchoring = [threads.submit(desk.anchor_now) for _ in range(20)]
        people = [threads.submit(add, desk, f"Person {number}") for number in range(4)]
        for future in [*anchoring, *people]:
            future.result()
    desk.close()
    for future in people:
        _person, first = future.result()
        opened(desk.folder, first).close()


def test_a_cut_after_a_kill_is_seen_up_to_the_last_anchor(desk: Desk, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    desk.records.forget_purged()
    shutil.copytree(desk.folder.path, earlier)
    desk.people.change_setting(ChangeSetting("lock_minutes", "4"))
    assert desk.anchor_now()
    assert desk.anchor_now()
    killed(desk)
    for name in ("records.db", "records.db-wal", "records.db-shm"):
        (desk.folder.path / name).unlink(missing_ok=True)
    shutil.copy(earlier / "records.db", desk.folder.records)
    with pytest.raises(Damage, match="journal-older"):
        opened(desk.folder)


def test_a_keybag_of_someone_unknown_to_the_file_is_refused_like_a_wrong_secret(
    desk: Desk,
) -> None:
    from app.vault.keybag import passphrase_slot

    bag = desk._bag
    stranger = passphrase_slot(
        bag.keybag.vault, bag.keys, PersonId(new_id()), OWN, floor(), fixed_clock().now()
    )
    bag.write((*bag.keybag.slots, stranger))
    desk.close()
    assert refused(desk.folder, OWN) == "passphrase-wrong"


def test_an_older_vault_put_back_whole_is_seen_where_the_newer_one_was_open(
    desk: Desk, tmp_path: Path
) -> None:
    from app.bootstrap import restore_backup

    ben, first = add(desk)
    desk.people.change_setting(ChangeSetting("lock_minutes", "4"))
    backup = desk.backups.make(to=tmp_path / "stick").copies[0]
    desk.close()
    shutil.copytree(desk.folder.path, tmp_path / "kept")
    mine = opened(desk.folder)
    mine.access.remove_person(RemovePerson(ben))
    mine.close()
    opened(desk.folder).close()
    shutil.rmtree(desk.folder.path)
    shutil.copytree(tmp_path / "kept", desk.folder.path)
    for secret in (PASSPHRASE, first):
        with pytest.raises(Damage, match="vault-key-older"):
            opened(desk.folder, secret)
    # What is restored on purpose is no older copy put back.
    place = restore_backup(backup, tmp_path / "again", DEVICE, PASSPHRASE, clock=fixed_clock())
    opened(VaultFolder(place)).close()
