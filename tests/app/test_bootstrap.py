"""Making, opening, damaging and verifying whole vaults."""

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import (
    Desk,
    Founder,
    create_vault,
    find_vault,
    open_vault,
    salt_header,
    verify_vault,
)
from app.features.access.commands import OpenInEmergency
from app.features.people.commands import ChangeSetting
from app.kernel.clock import SystemClock
from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.folder import VaultFolder, write_atomically
from app.vault.sealing import floor
from vaults import PASSPHRASE, fixed_clock, new_desk

DEVICE = DeviceId(new_id())
EMERGENCY = OpenInEmergency("Ana Núñez", "The passphrase was forgotten over the summer.")


def reopened(folder: VaultFolder, secret: str = PASSPHRASE, *, with_recovery: bool = False) -> Desk:
    return open_vault(
        folder.path, secret, DEVICE, clock=fixed_clock(),
        with_recovery=with_recovery, emergency=EMERGENCY if with_recovery else None,
    )  # fmt: skip


@pytest.fixture
def closed(tmp_path: Path) -> VaultFolder:
    desk = new_desk(tmp_path)
    for minutes in range(1, 15):
        desk.people.change_setting(ChangeSetting("lock_minutes", str(minutes)))
    desk.close()
    return desk.folder


def test_what_was_saved_is_there_after_closing_and_opening(closed: VaultFolder) -> None:
    desk = reopened(closed)
    assert desk.people.settings(desk.seat.person)["lock_minutes"] == "14"
    assert desk.people.person(desk.seat.person).name == "Ana Núñez"
    desk.close()


def test_a_vault_needs_a_strong_passphrase_and_a_free_place(tmp_path: Path) -> None:
    founder = Founder("Ana", Role.NURSE, "too short")
    with pytest.raises(Refused, match="passphrase-short"):
        create_vault(tmp_path / "v", founder, DEVICE, stretch=floor())
    (tmp_path / "v.casewell").mkdir()
    (tmp_path / "v.casewell" / "letter.txt").write_text("x")
    founder = Founder("Ana", Role.NURSE, PASSPHRASE)
    with pytest.raises(Refused, match="vault-place-taken"):
        create_vault(tmp_path / "v", founder, DEVICE, stretch=floor())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["home", "v.casewell"]


def test_a_second_vault_is_not_made_over_the_first(tmp_path: Path, closed: VaultFolder) -> None:
    before = closed.records.read_bytes()
    with pytest.raises(Refused, match="vault-exists"):
        create_vault(closed.path, Founder("B", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor())
    assert closed.records.read_bytes() == before


def test_the_folder_is_its_owners_alone(closed: VaultFolder) -> None:
    if os.name != "posix":
        pytest.skip("no such permissions here")
    assert closed.path.stat().st_mode & 0o777 == 0o700
    assert closed.keybag.stat().st_mode & 0o777 == 0o600
    assert closed.records.stat().st_mode & 0o777 == 0o600


def test_a_second_process_is_told_who_holds_the_vault(closed: VaultFolder) -> None:
    desk = reopened(closed)
    try:
        with pytest.raises(Trouble) as held:
            reopened(closed)
        assert held.value.code == "vault-held"
        assert held.value.facts["pid"] == os.getpid()
        assert held.value.facts["purpose"] == "desk"
        other = subprocess.run(
            [sys.executable, "-m", "app.cli", "vault", "verify", "--vault", str(closed.path),
             "--passphrase-file", str(_secret_file(closed))],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert other.returncode == 1
        assert f"process {os.getpid()}" in other.stderr
        assert other.stderr.count("\n") == 1
    finally:
        desk.close()
    reopened(closed).close()


def _secret_file(folder: VaultFolder) -> Path:
    path = folder.path.parent / "secret.txt"
    path.write_text(PASSPHRASE + "\n", encoding="utf-8")
    return path


def test_a_hold_ends_with_the_process_that_had_it(closed: VaultFolder) -> None:
    script = (
        "import sys, os, pathlib\n"
        "from app.bootstrap import open_vault\n"
        "open_vault(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3])\n"
        "os._exit(9)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(closed.path), PASSPHRASE, DEVICE], check=False
    )
    assert run.returncode == 9
    reopened(closed).close()


def test_a_changed_passphrase_replaces_the_old(closed: VaultFolder) -> None:
    desk = reopened(closed)
    fresh = "nine kites above the old mill"
    with pytest.raises(Refused) as wrong:
        desk.change_passphrase("not the old one at all", fresh, floor())
    assert wrong.value.field == "old"
    with pytest.raises(Refused, match="passphrase-short"):
        desk.change_passphrase(PASSPHRASE, "short", floor())
    desk.change_passphrase(PASSPHRASE, fresh, floor())
    desk.close()
    with pytest.raises(Refused, match="passphrase-wrong"):
        reopened(closed)
    reopened(closed, fresh).close()


def test_the_recovery_words_open_and_allow_a_new_passphrase(tmp_path: Path) -> None:
    founding = create_vault(
        tmp_path / "v", Founder("Ana", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor()
    )
    words = founding.recovery_words
    founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    founding.desk.close()
    desk = reopened(founding.desk.folder, " ".join(words), with_recovery=True)
    desk.change_passphrase("", "nine kites above the old mill", floor())
    desk.close()
    reopened(founding.desk.folder, "nine kites above the old mill").close()


def test_fresh_recovery_words_retire_the_old_sheet(tmp_path: Path) -> None:
    founding = create_vault(
        tmp_path / "v", Founder("Ana", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor()
    )
    old = " ".join(founding.recovery_words)
    fresh = " ".join(founding.desk.new_recovery_words())
    founding.desk.close()
    with pytest.raises(Refused, match="recovery-wrong"):
        reopened(founding.desk.folder, old, with_recovery=True)
    reopened(founding.desk.folder, fresh, with_recovery=True).close()


def test_a_wrong_retyped_word_is_refused_at_its_entry(tmp_path: Path) -> None:
    founding = create_vault(
        tmp_path / "v", Founder("Ana", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor()
    )
    words = founding.recovery_words
    with pytest.raises(Refused) as refused:
        founding.desk.confirm_recovery(words, {3: words[2], 7: "nope", 12: words[11]})
    assert refused.value.field == "word_7"
    assert not founding.desk.confirmed
    founding.desk.close()


def test_a_destroyed_salt_header_does_not_lose_the_vault(closed: VaultFolder) -> None:
    with closed.records.open("r+b") as file:
        file.write(bytes(16))
    verdict = verify_vault(closed.path, PASSPHRASE)
    assert [f.code for f in verdict.findings if not f.whole] == ["salt-header"]
    desk = reopened(closed)
    assert desk.people.settings(desk.seat.person)["lock_minutes"] == "14"
    assert salt_header(closed) == desk._unlocked.keys.salt
    desk.close()
    assert verify_vault(closed.path, PASSPHRASE).whole


def test_a_lost_keybag_copy_is_found_and_healed(closed: VaultFolder) -> None:
    closed.keybag.unlink()
    verdict = verify_vault(closed.path, PASSPHRASE)
    assert [f.code for f in verdict.findings if not f.whole] == ["keybag-copies"]
    reopened(closed).close()
    assert verify_vault(closed.path, PASSPHRASE).whole


def test_an_older_file_put_back_is_seen(closed: VaultFolder, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    shutil.copy(closed.records, old)
    desk = reopened(closed)
    desk.people.change_setting(ChangeSetting("lock_minutes", "3"))
    desk.close()
    shutil.copy(old, closed.records)
    with pytest.raises(Damage, match="journal-older"):
        reopened(closed)
    assert closed.records.read_bytes() == old.read_bytes()
    assert not list(closed.path.glob("records.db-*"))
    verdict = verify_vault(closed.path, PASSPHRASE)
    assert [f.code for f in verdict.findings if not f.whole] == ["journal-head"]


def test_flipped_bits_are_found_wherever_they_are(closed: VaultFolder) -> None:
    whole = closed.records.read_bytes()
    dice = random.Random(7)
    for _ in range(25):
        place = dice.randrange(16, len(whole))
        damaged = bytearray(whole)
        damaged[place] ^= 1 << dice.randrange(8)
        closed.records.write_bytes(bytes(damaged))
        try:
            verdict = verify_vault(closed.path, PASSPHRASE)
        except CasewellError:
            continue
        assert not verdict.whole, place
    closed.records.write_bytes(whole)
    assert verify_vault(closed.path, PASSPHRASE).whole


def test_pages_cut_off_the_end_are_found(closed: VaultFolder) -> None:
    whole = closed.records.read_bytes()
    closed.records.write_bytes(whole[:-4096])
    with contextlib.suppress(Damage):
        assert not verify_vault(closed.path, PASSPHRASE).whole


def test_a_vault_is_found_with_or_without_its_ending(closed: VaultFolder) -> None:
    assert find_vault(closed.path).path == closed.path
    assert find_vault(closed.path.with_suffix("")).path == closed.path
    with pytest.raises(Trouble, match="vault-missing"):
        find_vault(closed.path.with_name("elsewhere"))


def test_a_vault_on_a_place_that_cannot_be_written_to_is_read(
    closed: VaultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.vault.folder.os.access", lambda _path, _mode: False)
    desk = reopened(closed)
    assert desk.people.settings(desk.seat.person)["lock_minutes"] == "14"
    with pytest.raises(Trouble, match="vault-read-only"):
        desk.people.change_setting(ChangeSetting("lock_minutes", "3"))
    desk.close()


def test_one_thread_lets_go_of_what_another_took(closed: VaultFolder) -> None:
    """The desk is opened away from the screen, and closed on it."""
    with ThreadPoolExecutor(1) as elsewhere:
        desk = elsewhere.submit(reopened, closed).result()
    desk.close()
    assert not closed.holder.exists()
    reopened(closed).close()


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """Be nobody for a while: for root no folder is read-only."""
    if os.getuid() != 0:
        yield
        return
    SystemClock()  # loads now what nobody may not read
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="there, a folder is not read-only")
def test_a_vault_on_a_read_only_medium_opens_and_verifies(closed: VaultFolder) -> None:
    with tempfile.TemporaryDirectory() as medium:
        Path(medium).chmod(0o755)
        folder = VaultFolder(Path(medium) / "v.casewell")
        shutil.copytree(closed.path, folder.path)
        inside = {path: path.read_bytes() for path in folder.path.iterdir()}
        for path in inside:
            path.chmod(0o444)
        folder.path.chmod(0o555)
        try:
            with without_privileges():
                desk = reopened(folder)
                assert desk.people.person(desk.seat.person).name == "Ana Núñez"
                with pytest.raises(Trouble, match="vault-read-only"):
                    desk.people.change_setting(ChangeSetting("lock_minutes", "3"))
                assert desk.verify().whole
                desk.close()
                assert verify_vault(folder.path, PASSPHRASE).whole
        finally:
            folder.path.chmod(0o700)
        assert {path: path.read_bytes() for path in folder.path.iterdir()} == inside


@pytest.mark.skipif(sys.platform == "win32", reason="there, a folder is not read-only")
def test_a_log_left_on_a_read_only_medium_is_no_damage(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.people.change_setting(ChangeSetting("lock_minutes", "3"))
    with tempfile.TemporaryDirectory() as medium:
        Path(medium).chmod(0o755)
        folder = VaultFolder(Path(medium) / "v.casewell")
        shutil.copytree(desk.folder.path, folder.path)
        for path in folder.path.iterdir():
            path.chmod(0o444)
        folder.path.chmod(0o555)
        try:
            with without_privileges():
                verdict = verify_vault(folder.path, PASSPHRASE)
        finally:
            folder.path.chmod(0o700)
    desk.close()
    assert verdict.whole, verdict.findings


class Struck(Exception):
    """A blow from outside, in the middle of something."""


def strike_commits(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every transaction from now on fail at its end."""
    whole = desk.records.transaction

    @contextlib.contextmanager
    def broken() -> Iterator[object]:
        with whole() as tx:
            yield tx
            raise Trouble("disk-full")

    doors = replace(desk.secrets._doors, begin=broken, founding=broken)
    monkeypatch.setattr(desk.secrets, "_doors", doors)


NEW = "nine kites above the old mill"


def test_a_passphrase_change_that_is_not_recorded_leaves_the_old_one(
    closed: VaultFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = reopened(closed)
    strike_commits(desk, monkeypatch)
    with pytest.raises(Trouble, match="disk-full"):
        desk.change_passphrase(PASSPHRASE, NEW, floor())
    desk.close()
    reopened(closed).close()
    with pytest.raises(Refused, match="passphrase-wrong"):
        reopened(closed, NEW)


@pytest.mark.parametrize("written", [0, 1, 2, 3])
def test_struck_down_amid_a_passphrase_change_the_new_or_the_old_one_opens(
    closed: VaultFolder, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    """Killed after so many of the keybag's files: one of the two always opens the vault."""
    desk = reopened(closed)
    done = 0

    def failing(path: Path, data: bytes) -> None:
        nonlocal done
        if done == written:
            raise Struck
        done += 1
        write_atomically(path, data)

    monkeypatch.setattr("app.vault.keybag.write_atomically", failing)
    with pytest.raises(Struck):
        desk.change_passphrase(PASSPHRASE, NEW, floor())
    monkeypatch.undo()
    desk.records.close()
    desk._hold.release()
    if written < 3:  # the change was not recorded, or not yet carried out: the old one opens
        reopened(closed).close()
    else:
        reopened(closed, NEW).close()
    assert verify_vault(closed.path, PASSPHRASE if written < 3 else NEW).whole


def test_fresh_recovery_words_leave_the_old_sheet_until_they_are_typed_back(
    tmp_path: Path,
) -> None:
    founding = create_vault(
        tmp_path / "v", Founder("Ana", Role.NURSE, PASSPHRASE), DEVICE, stretch=floor()
    )
    desk, old = founding.desk, founding.recovery_words
    desk.confirm_recovery(old, dict(enumerate(old, 1)))
    desk.new_recovery_words()
    given_up = desk.new_recovery_words()
    desk.close()
    reopened(desk.folder, " ".join(old), with_recovery=True).close()
    desk = reopened(desk.folder)
    fresh = desk.new_recovery_words()
    desk.confirm_recovery(fresh, dict(enumerate(fresh, 1)))
    desk.close()
    for gone in (old, given_up):
        with pytest.raises(Refused, match="recovery-wrong"):
            reopened(desk.folder, " ".join(gone), with_recovery=True)
    reopened(desk.folder, " ".join(fresh), with_recovery=True).close()
    assert verify_vault(desk.folder.path, PASSPHRASE).whole
