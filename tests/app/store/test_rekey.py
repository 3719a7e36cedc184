"""The encrypted file under a new key."""

import os
import threading
from pathlib import Path

import pytest

from app.features.people.commands import ChangeSetting
from app.kernel.errors import Damage, Trouble
from app.kernel.keys import VaultKeys
from app.store import rekey
from app.store.connection import connect
from app.store.rekey import fitting, fresh_path
from app.vault.folder import sync_folder
from vaults import new_desk


def fresh_keys() -> VaultKeys:
    return VaultKeys(os.urandom(32), os.urandom(16))


def test_the_file_goes_on_under_the_new_key_and_the_old_one_opens_it_no_more(
    tmp_path: Path,
) -> None:
    desk = new_desk(tmp_path)
    records, old, new = desk.records, desk.records.keys, fresh_keys()
    desk.people.change_setting(ChangeSetting("lock_minutes", "7"))
    head = records.head
    records.change_key(new, sync_folder)
    assert (records.keys, records.head) == (new, head)
    desk.people.change_setting(ChangeSetting("lock_minutes", "8"))
    assert desk.people.settings(desk.seat.person)["lock_minutes"] == "8"
    assert desk.folder.records.read_bytes()[:16] == new.salt
    records.close()
    with pytest.raises(Damage):
        connect(desk.folder.records, old, untouched=True)
    assert fitting(desk.folder.records, (old, new)) is new
    assert sorted(path.name for path in desk.folder.path.iterdir() if "records" in path.name) == [
        "records.db"
    ]


def test_no_log_of_the_old_key_is_left_beside_the_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = new_desk(tmp_path)
    seen: list[list[str]] = []

    def moved(path: Path) -> None:
        seen.append(sorted(entry.name for entry in path.iterdir() if "records" in entry.name))
        sync_folder(path)

    desk.records.change_key(fresh_keys(), moved)
    assert seen == [["records.db", "records.db.rekey"], ["records.db"]]
    desk.close()


def test_someone_else_who_reads_puts_the_change_off_and_nothing_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rekey, "PATIENCE", 0.1)
    monkeypatch.setattr("app.store.connection._WAIT_MS", 200)
    desk = new_desk(tmp_path)
    old = desk.records.keys
    with desk.records.read_for_export() as reader:
        reader.execute("SELECT count(*) FROM person").fetchone()
        with pytest.raises(Trouble, match="vault-busy"):
            desk.records.change_key(fresh_keys(), sync_folder)
    assert desk.records.keys is old
    desk.people.change_setting(ChangeSetting("lock_minutes", "9"))
    desk.records.change_key(fresh_keys(), sync_folder)
    assert desk.people.settings(desk.seat.person)["lock_minutes"] == "9"
    desk.close()


@pytest.mark.parametrize("step", ["write_under", "put_in_place"])
def test_a_change_that_fails_leaves_the_file_as_it_was_and_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    desk = new_desk(tmp_path)
    old = desk.records.keys

    def full(*_anything: object) -> None:
        raise Trouble("disk-full")

    monkeypatch.setattr(f"app.store.records.{step}", full)
    with pytest.raises(Trouble, match="disk-full"):
        desk.records.change_key(fresh_keys(), sync_folder)
    monkeypatch.undo()
    assert desk.records.keys is old
    assert not fresh_path(desk.folder.records).exists()
    desk.people.change_setting(ChangeSetting("lock_minutes", "9"))
    desk.close()


@pytest.mark.parametrize("moved", [False, True])
def test_a_folder_that_cannot_be_made_durable_is_told_and_the_file_is_in_use(
    tmp_path: Path,
    moved: bool,
) -> None:
    desk = new_desk(tmp_path)
    old, new = desk.records.keys, fresh_keys()

    def broken(_path: Path) -> None:
        if fresh_path(desk.folder.records).exists() is not moved:
            raise OSError(5, "Input/output error")

    with pytest.raises(Trouble, match="disk-trouble"):
        desk.records.change_key(new, broken)
    assert desk.records.keys is (new if moved else old)
    desk.people.change_setting(ChangeSetting("lock_minutes", "9"))
    desk.records.close()


def test_an_export_that_begins_while_the_file_is_replaced_reads_the_new_one(
    tmp_path: Path,
) -> None:
    desk = new_desk(tmp_path)
    told: list[object] = []

    def export() -> None:
        for way in (desk.records.read_for_export, desk.records.read_whole):
            try:
                with way() as reader:
                    told.append(reader.execute("SELECT count(*) FROM person").fetchone())
            except Trouble as trouble:
                told.append(trouble.code)

    others: list[threading.Thread] = []

    def slowly(path: Path) -> None:
        # Called before and after the new file has its name.
        others.append(threading.Thread(target=export))
        others[-1].start()
        others[-1].join(0.2)
        sync_folder(path)

    desk.records.change_key(fresh_keys(), slowly)
    for other in others:
        other.join()
    assert told == [(1,)] * 4
    desk.close()
