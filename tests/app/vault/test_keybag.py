import base64
import json
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.clock import Moment
from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.ids import PersonId, new_id
from app.kernel.keys import VaultKeys
from app.vault.backups import BackupFolder
from app.vault.folder import VaultFolder
from app.vault.keybag import (
    Keybag,
    heal_keybag,
    open_with_passphrase,
    open_with_recovery,
    passphrase_slot,
    read_keybag,
    recovery_slot,
    write_keybag,
)
from app.vault.proofs import NAME, read_proofs
from app.vault.sealing import floor

NOW = Moment.local(datetime(2026, 11, 20, 9), "America/Chicago")
SECRET = bytes(range(20))
WORDS = "seven lanterns over the quiet harbour"
KEYS = VaultKeys(os.urandom(32), os.urandom(16))
PERSON = PersonId(new_id())


@pytest.fixture(scope="module")
def keybag() -> Keybag:
    vault = new_id()
    slots = (
        passphrase_slot(vault, KEYS, PERSON, WORDS, floor(), NOW),
        recovery_slot(vault, KEYS, PERSON, SECRET, NOW),
    )
    return Keybag(vault, 0, ()).sealed_with(KEYS, slots, anchor={"count": 3, "head": "ab"})


def reread(keybag: Keybag) -> Keybag:
    return Keybag.from_bytes(keybag.to_bytes())


def test_a_passphrase_opens_what_it_sealed(keybag: Keybag) -> None:
    unlocked = open_with_passphrase(reread(keybag), WORDS)
    assert (unlocked.keys.key, unlocked.keys.salt) == (KEYS.key, KEYS.salt)
    assert unlocked.slot.person == PERSON
    anchor = unlocked.keybag.anchor()
    assert anchor is not None
    assert anchor.count == 3


def test_the_same_passphrase_composed_otherwise_opens_too(keybag: Keybag) -> None:
    vault = keybag.vault
    slot = passphrase_slot(vault, KEYS, PERSON, "caf\u00e9 under the linden", floor(), NOW)
    composed = Keybag(vault, 0, ()).sealed_with(KEYS, (slot,))
    assert open_with_passphrase(composed, "cafe\u0301 under the linden").keys.key == KEYS.key


def test_the_recovery_secret_opens(keybag: Keybag) -> None:
    assert open_with_recovery(reread(keybag), SECRET).keys.key == KEYS.key


def test_a_wrong_secret_is_refused_at_its_entry(keybag: Keybag) -> None:
    with pytest.raises(Refused) as wrong:
        open_with_passphrase(keybag, WORDS + ".")
    assert (wrong.value.code, wrong.value.field) == ("passphrase-wrong", "passphrase")
    with pytest.raises(Refused, match="recovery-wrong"):
        open_with_recovery(keybag, bytes(20))


def test_no_key_and_no_name_stands_in_the_file(keybag: Keybag) -> None:
    data = keybag.to_bytes()
    for secret in (KEYS.key, KEYS.salt, SECRET):
        assert secret not in data
        assert secret.hex().encode() not in data
        assert base64.b64encode(secret) not in data


def rewritten(keybag: Keybag, change: object) -> Keybag:
    """Return the keybag with its document changed and its checksum made to fit again."""
    import hashlib

    document = json.loads(keybag.to_bytes())
    del document["checksum"]
    assert callable(change)
    change(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    document["checksum"] = hashlib.sha256(text).hexdigest()
    return Keybag.from_bytes(json.dumps(document).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["slots"][0]["stretch"].update(passes=4),
        lambda d: d["slots"][0].update(person=new_id()),
        lambda d: d["slots"][0].update(id=new_id()),
        lambda d: d.update(vault=new_id()),
    ],
)
def test_facts_of_a_slot_are_bound_into_its_seal(keybag: Keybag, change: object) -> None:
    with pytest.raises(Refused, match="passphrase-wrong"):
        open_with_passphrase(rewritten(keybag, change), WORDS)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["slots"].pop(1),
        lambda d: d["slots"].append(d["slots"][1]),
        lambda d: d["slots"].reverse(),
        lambda d: d.update(generation=d["generation"] + 1),
    ],
)
def test_the_list_of_slots_is_bound_into_the_body(keybag: Keybag, change: object) -> None:
    with pytest.raises(Damage, match="keybag-tampered"):
        open_with_passphrase(rewritten(keybag, change), WORDS)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["slots"][0]["stretch"].update(memory_kib=8),
        lambda d: d["slots"][0]["stretch"].update(memory_kib=1 << 40),
        lambda d: d["slots"][0]["stretch"].update(passes=1),
        lambda d: d["slots"][0]["stretch"].update(passes=10**9),
        lambda d: d["slots"][0]["stretch"].update(passes=float("inf")),
        lambda d: d["slots"][0].update(stretch=None),
        lambda d: d["slots"][1].update(stretch=d["slots"][0]["stretch"]),
        lambda d: d["slots"][1].update(kind="face"),
        lambda d: d["slots"][0].update(public="AAAA"),
        lambda d: d["slots"].extend([d["slots"][1]] * 63),
        lambda d: [
            slot["stretch"].update(memory_kib=1 << 20, passes=64)
            for slot in (d["slots"][0], d["slots"].append(dict(d["slots"][0])) or d["slots"][2])
        ],
    ],
)
def test_parameters_too_weak_or_too_greedy_are_not_tried(keybag: Keybag, change: object) -> None:
    with pytest.raises(Damage, match="keybag-damaged"):
        rewritten(keybag, change)


def test_a_newer_keybag_is_refused(keybag: Keybag) -> None:
    with pytest.raises(Trouble, match="vault-newer"):
        rewritten(keybag, lambda d: d.update(version=3))


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_the_bytes_goes_unseen(keybag: Keybag, data: st.DataObject) -> None:
    whole = keybag.to_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    fresh = data.draw(st.integers(0, 255).filter(lambda value: value != whole[place]))
    damaged = whole[:place] + bytes([fresh]) + whole[place + 1 :]
    try:
        found = Keybag.from_bytes(damaged)
    except CasewellError:
        return
    assert found == replace(keybag, facts={})


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_damage_and_nothing_else(data: bytes) -> None:
    with pytest.raises(CasewellError):
        Keybag.from_bytes(data)


def test_a_missing_copy_heals_from_the_other(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    for lost in (folder.keybag, folder.keybag_copy):
        lost.unlink()
        found = read_keybag(folder)
        assert found.heal
        heal_keybag(folder, found)
        assert lost.read_bytes() == keybag.to_bytes()


def test_a_damaged_copy_heals_from_the_other(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    for torn in (folder.keybag, folder.keybag_copy):
        torn.write_bytes(torn.read_bytes()[:100])
        found = read_keybag(folder)
        assert found.heal
        heal_keybag(folder, found)
        assert torn.read_bytes() == keybag.to_bytes()


def test_a_copy_whose_version_was_damaged_is_not_taken_for_a_newer_one(
    keybag: Keybag, tmp_path: Path
) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    folder.keybag.write_bytes(folder.keybag.read_bytes().replace(b'"version": 2', b'"version": 3'))
    found = read_keybag(folder)
    assert found.heal
    assert found.keybag.to_bytes() == keybag.to_bytes()


def test_of_two_whole_copies_the_later_counts(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    later = keybag.sealed_with(KEYS, keybag.slots)
    folder.keybag.write_bytes(later.to_bytes())
    found = read_keybag(folder)
    assert found.keybag.generation == later.generation
    assert found.heal


def test_a_tampered_copy_gives_way_to_the_other(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    forged = rewritten(keybag, lambda d: d.update(generation=99))
    folder.keybag.write_bytes(forged.to_bytes())
    unlocked, found = read_keybag(folder).opened(lambda bag: open_with_passphrase(bag, WORDS))
    assert unlocked.keybag.generation == keybag.generation
    assert found.heal


def test_a_copy_of_another_vault_or_of_other_people_gives_way_to_the_other(
    keybag: Keybag, tmp_path: Path
) -> None:
    theirs = new_id()
    foreign = Keybag(theirs, 40, ()).sealed_with(
        KEYS, (passphrase_slot(theirs, KEYS, PERSON, "nine kites above the mill", floor(), NOW),)
    )
    slot = keybag.slots[0]
    swapped = replace(keybag, slots=(replace(slot, person=PersonId(new_id())), keybag.slots[1]))
    for odd in (foreign, swapped):
        folder = VaultFolder(tmp_path)
        write_keybag(folder, keybag)
        folder.keybag.write_bytes(odd.to_bytes())
        unlocked, found = read_keybag(folder).opened(lambda one: open_with_passphrase(one, WORDS))
        assert unlocked.keybag.to_bytes() == keybag.to_bytes()
        heal_keybag(folder, found)
        assert folder.keybag.read_bytes() == folder.keybag_copy.read_bytes() == keybag.to_bytes()


def test_what_opens_no_more_does_not_open_by_an_older_copy(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag.sealed_with(KEYS, keybag.slots[1:]))
    folder.keybag_copy.write_bytes(keybag.to_bytes())
    with pytest.raises(Refused, match="passphrase-wrong"):
        read_keybag(folder).opened(lambda one: open_with_passphrase(one, WORDS))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices have no names there")
def test_what_never_ends_is_no_keybag(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    write_keybag(folder, keybag)
    folder.keybag.unlink()
    folder.keybag.symlink_to("/dev/zero")
    folder.keybag_copy.unlink()
    os.mkfifo(folder.keybag_copy)
    with pytest.raises(Damage, match="keybag-damaged"):
        read_keybag(folder)
    (tmp_path / "backup.json").symlink_to("/dev/zero")
    with pytest.raises(Damage, match="backup-unreadable"):
        BackupFolder(tmp_path).read()
    (tmp_path / NAME).symlink_to("/dev/zero")
    assert read_proofs(tmp_path, keybag.vault, (KEYS,)) == {}


def test_no_key_is_told_by_what_describes_an_opened_keybag(keybag: Keybag) -> None:
    unlocked = open_with_passphrase(reread(keybag), WORDS)
    said = repr(replace(unlocked, keybag=unlocked.keybag.sealed_with(KEYS, (), former=["KEY"])))
    assert "KEY" not in said.replace("VaultKeys", "")


def test_without_a_whole_copy_the_trouble_is_named(keybag: Keybag, tmp_path: Path) -> None:
    folder = VaultFolder(tmp_path)
    with pytest.raises(Trouble, match="keybag-missing"):
        read_keybag(folder)
    folder.keybag.write_bytes(b"{}")
    folder.keybag_copy.write_bytes(b"")
    with pytest.raises(Damage, match="keybag-damaged"):
        read_keybag(folder)
