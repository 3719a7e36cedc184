"""Backups over changes of the vault's key: openable, ageing with the others, told of."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault, restore_backup
from app.features.access.commands import AddPerson, RekeyVault, RemovePerson
from app.features.backups.restore import open_backup
from app.features.people.commands import ChangeSetting
from app.kernel.clock import FixedClock
from app.kernel.errors import Damage, Refused
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.places import data_folder
from app.vault.sealing import floor
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.usefixtures("quick_passphrases")


def changed(desk: Desk, clock: FixedClock, **step: int) -> None:
    clock.moment = clock.moment.later(timedelta(**step))
    value = "7" if desk.people.settings(desk.seat.person)["lock_minutes"] == "6" else "6"
    desk.people.change_setting(ChangeSetting("lock_minutes", value))


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Desk:
    return new_desk(tmp_path, clock=clock)


def test_who_stays_opens_a_backup_from_before_a_removal(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    ben = desk.access.add_person(AddPerson("Ben", Role.COUNSELOR), floor())
    changed(desk, clock, hours=1)
    before = desk.backups.make().copies[0]
    assert not desk.backups.is_due()
    result = desk.access.remove_person(RemovePerson(ben.person))
    assert result.old_backups == 1
    assert desk.backups.is_due()  # at once: the last one is under a key that Ben may have
    clock.advance(timedelta(days=1))
    after = desk.backups.make().copies[0]
    assert desk.backups.under_former_keys() == 1
    assert {one.path for one in desk.backups.all()} == {before, after}
    for backup in desk.backups.all():
        assert desk.backups.check(backup).backup.path == backup.path
    # Said honestly: Ben opens what was his until then, and nothing made since.
    assert open_backup(before, ben.passphrase).read.inside.anchor.count > 0
    with pytest.raises(Refused):
        open_backup(after, ben.passphrase)
    desk.close()
    place = restore_backup(before, tmp_path / "again", DeviceId(new_id()), PASSPHRASE, clock=clock)
    restored = open_vault(place, PASSPHRASE, DeviceId(new_id()), clock=clock)
    assert len(restored.access.people()) == 2
    restored.close()


def test_backups_under_former_keys_age_and_the_last_good_ones_stay(
    desk: Desk, clock: FixedClock
) -> None:
    made: list[Path] = []
    for month in range(16):
        changed(desk, clock, days=31)
        made.extend(desk.backups.make().copies)
        if month in (3, 9):
            desk.access.rekey(RekeyVault())
    there = [path for path in made if path.exists()]
    assert there[-1] == made[-1]
    assert 12 <= len(there) < len(made)
    assert not made[0].exists()  # under the first key, and gone like any other
    keys = {one.key for one in desk.backups.all()}
    assert len(keys) == 2
    for backup in desk.backups.all():
        desk.backups.check(backup)
    desk.close()


def test_numbers_of_backups_go_on_over_a_change_of_key(desk: Desk, clock: FixedClock) -> None:
    changed(desk, clock, hours=1)
    first = desk.backups.make().made
    desk.access.rekey(RekeyVault())
    second = desk.backups.make().made
    assert second.number == first.number + 1
    assert second.backup.key != first.backup.key
    desk.close()


def test_a_file_put_back_to_before_a_later_backup_is_seen_over_a_change_of_key(
    desk: Desk, clock: FixedClock, tmp_path: Path
) -> None:
    import shutil

    device = desk.seat.device
    changed(desk, clock, hours=1)
    desk.close()
    shutil.copytree(desk.folder.path, tmp_path / "kept")
    again = open_vault(desk.folder.path, PASSPHRASE, device, clock=clock)
    changed(again, clock, hours=1)
    again.backups.make()
    again.access.rekey(RekeyVault())
    again.close()
    shutil.rmtree(desk.folder.path)
    shutil.copytree(tmp_path / "kept", desk.folder.path)
    with pytest.raises(Damage, match="vault-key-older"):
        open_vault(desk.folder.path, PASSPHRASE, device, clock=clock)
    # A computer that never saw the new key has the backup to tell.
    (data_folder() / "seen.json").unlink()
    with pytest.raises(Damage, match="journal-behind-backup"):
        open_vault(desk.folder.path, PASSPHRASE, device, clock=clock)


def test_backups_of_a_key_that_was_never_this_vaults_are_left_alone(
    desk: Desk, clock: FixedClock
) -> None:
    changed(desk, clock, hours=1)
    backup = desk.backups.make().copies[0]
    desk.access.rekey(RekeyVault())
    desk._bag.write(former=None)
    for _ in range(30):
        changed(desk, clock, days=31)
    desk.backups.make()
    assert backup.exists()
    with pytest.raises(Damage, match="backup-foreign"):
        desk.backups.check(next(one for one in desk.backups.all() if one.path == backup))
    desk.close()
