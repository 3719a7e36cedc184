"""Backups of real encrypted vaults: made, checked, aged, restored; damaged and interrupted."""

import errno
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import (
    Desk,
    Founder,
    create_vault,
    open_vault,
    restore_backup,
    verify_vault,
)
from app.features.backups.model import Backup, Inside, Made
from app.features.backups.restore import open_backup
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import FixedClock, Moment
from app.kernel.errors import Cancelled, Damage, Refused, Trouble
from app.kernel.ids import DeviceId, new_id
from app.kernel.keys import VaultKeys
from app.kernel.nouns import Role
from app.kernel.ports import Progress
from app.vault import backups as places
from app.vault.sealing import floor
from vaults import PASSPHRASE, new_desk

ROOT = Path(__file__).parents[4]
CANARY = "Quetzalcanary"


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    desk = new_desk(tmp_path, clock=clock)
    add(desk, CANARY)
    yield desk
    desk.close()


def add(desk: Desk, family_name: str) -> None:
    desk.caseload.carry_out(AddStudent(Profile(given_name="Ada", family_name=family_name)))


def left_behind(place: Path) -> list[str]:
    return [entry.name for entry in place.iterdir() if not entry.name.endswith(places.SUFFIX)]


def flip(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def test_a_backup_holds_all_and_opens_with_the_passphrase(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    made = desk.backups.make(lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > 0
    path = made.copies[0]
    assert path.parent == desk.folder.path.with_name("test.backups")
    assert sorted(entry.name for entry in path.iterdir()) == [
        "backup.json", "keybag.copy.json", "keybag.json", "records.db",
    ]  # fmt: skip
    opened = open_backup(path, PASSPHRASE)
    assert opened.read.inside.students == 1
    assert opened.read.inside.anchor == desk.records.head.anchor()
    assert opened.unlocked.keybag.anchor() == desk.records.head.anchor()
    with pytest.raises(Refused):
        open_backup(path, "not the passphrase at all")
    for entry in (path, path.parent):
        assert entry.stat().st_mode & 0o077 == 0
    for entry in path.iterdir():
        assert entry.stat().st_mode & 0o077 == 0


def test_nothing_of_a_record_can_be_read_in_a_backup(desk: Desk) -> None:
    made = desk.backups.make()
    for path in (*made.copies[0].iterdir(),):
        data = path.read_bytes()
        for word in (CANARY, "Núñez", "SQLite format", "student"):
            assert word.encode() not in data, path.name
    said = json.loads((made.copies[0] / "backup.json").read_bytes())
    assert set(said) == {"format", "version", "vault", "made", "zone", "key", "sealed"}


def test_one_is_due_only_when_a_record_or_a_draft_changed(desk: Desk, clock: FixedClock) -> None:
    from app.features.sessions.commands import SaveDraft, StartDraft

    assert desk.backups.is_due()
    desk.backups.make()
    clock.advance(timedelta(hours=2))
    assert not desk.backups.is_due()
    draft = desk.sessions.start_draft(StartDraft()).draft
    desk.sessions.save_draft(SaveDraft(draft))
    assert desk.backups.is_due()
    desk.backups.make()
    assert not desk.backups.is_due(at_once=True)
    add(desk, "Second")
    assert not desk.backups.is_due()
    assert desk.backups.is_due(at_once=True)
    clock.advance(timedelta(minutes=30))
    assert desk.backups.is_due()


def test_it_goes_to_the_other_medium_too_when_that_is_there(desk: Desk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    desk.backups.other = stick
    assert len(desk.backups.make().copies) == 1
    stick.mkdir()
    made = desk.backups.make()
    assert [path.parent for path in made.copies] == [desk.backups.place, stick / "test.backups"]
    assert open_backup(made.copies[1], PASSPHRASE).read.inside == made.made.inside
    assert desk.backups.make(to=tmp_path / "stick").copies[0].parent == stick / "test.backups"


def test_work_that_is_in_no_backup_for_three_days_is_late(desk: Desk, clock: FixedClock) -> None:
    desk.backups.make()
    clock.advance(timedelta(days=40))
    assert not desk.backups.standing().late(clock.now()), "nothing changed meanwhile"
    add(desk, "Second")
    assert not desk.backups.standing().late(clock.now())
    clock.advance(timedelta(days=3, minutes=1))
    standing = desk.backups.standing()
    assert standing.late(clock.now())
    assert standing.last is not None
    desk.backups.make()
    assert not desk.backups.standing().late(clock.now())


def test_a_vault_that_never_got_a_backup_is_late_only_when_that_failed(
    desk: Desk, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=30))
    assert not desk.backups.standing().late(clock.now())
    desk.backups.place.write_text("in the way")
    with pytest.raises(Trouble):
        desk.backups.make()
    assert desk.backups.standing().late(clock.now())
    desk.backups.place.unlink()
    desk.backups.make()
    assert not desk.backups.standing().late(clock.now())


def test_a_month_of_backups_ages_to_days_and_weeks(desk: Desk, clock: FixedClock) -> None:
    for number in range(40):
        add(desk, f"Student{number}")
        desk.backups.make()
        clock.advance(timedelta(hours=20))
    listed = desk.backups.all()
    assert 7 <= len(listed) <= 7 + 4 + 12
    assert left_behind(desk.backups.place) == []
    for backup in listed:
        assert desk.backups.check(backup).backup == backup


def test_a_flipped_bit_in_a_stand_in_is_found_before_an_older_one_goes(
    desk: Desk, clock: FixedClock
) -> None:
    def one_a_day(days: int) -> list[Made]:
        made = []
        for _ in range(days):
            made.append(desk.backups.make())
            clock.advance(timedelta(days=1))
        return made

    friday, saturday, sunday = (made.copies[0] for made in one_a_day(3))
    # Sunday's is the newest of its week, for whose sake the other two may go one day.
    flip(sunday / "records.db", 8 * 5000)
    week = one_a_day(6)
    assert [made.gone for made in week[:5]] == [()] * 5
    assert [path.name for path in week[4].damaged] == [f"{sunday.name}.damaged"]
    assert week[4].damaged[0].is_dir(), "set aside, not thrown away"
    assert week[5].gone == (friday,)
    assert saturday.is_dir(), "it now stands in for its week"
    desk.backups.check(next(one for one in desk.backups.all() if one.path == saturday))


def test_every_flipped_bit_in_a_backup_is_found(desk: Desk) -> None:
    dice = random.Random(5)
    made = desk.backups.make().made
    for name in ("records.db", "backup.json"):
        path = made.backup.path / name
        whole = path.read_bytes()
        for _ in range(60):
            flip(path, dice.randrange(len(whole) * 8))
            if name == "backup.json" and _same_json(whole, path.read_bytes()):
                path.write_bytes(whole)
                continue
            with pytest.raises((Damage, Refused, Trouble)):
                desk.backups.check(made.backup)
                open_backup(made.backup.path, PASSPHRASE)
            path.write_bytes(whole)
    path = made.backup.path / "records.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:-4096])
    with pytest.raises(Damage):
        desk.backups.check(made.backup)
    path.unlink()
    with pytest.raises(Damage):
        desk.backups.check(made.backup)


def _same_json(one: bytes, other: bytes) -> bool:
    """Blanks between the parts of a document carry nothing."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def test_a_copy_that_came_out_wrong_never_gets_the_name_of_a_backup(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.features.backups import repo

    desk.backups.make()
    before = [backup.path for backup in desk.backups.all()]
    real = repo.copied

    def torn(source: Path, keys: VaultKeys, target: Path, progress: Progress) -> Inside:
        seen = real(source, keys, target, progress)
        flip(target, 8 * 9000)
        return seen

    monkeypatch.setattr(repo, "copied", torn)
    clock.advance(timedelta(days=1))
    with pytest.raises(Damage, match="backup-damaged"):
        desk.backups.make()
    assert [backup.path for backup in desk.backups.all()] == before
    assert left_behind(desk.backups.place) == []


def test_stopping_leaves_nothing_half_done(desk: Desk) -> None:
    def stop(_done: int, _of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        desk.backups.make(stop)
    assert list(desk.backups.place.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_disk_that_fills_up_is_told_and_leaves_the_older_ones(desk: Desk) -> None:
    desk.backups.make()
    before = sorted(desk.backups.place.rglob("*"))
    size = desk.folder.records.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for at in (0, 4096, size // 2, size - 4096):
        resource.setrlimit(resource.RLIMIT_FSIZE, (at, hard))
        try:
            with pytest.raises(Trouble) as caught:
                desk.backups.make()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert caught.value.code in {"backup-place-full", "backup-place-gone"}
        assert sorted(desk.backups.place.rglob("*")) == before


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "backup-place-full"),
        (errno.EROFS, "backup-place-closed"),
        (errno.EACCES, "backup-place-closed"),
        (errno.EIO, "backup-place-gone"),
        (errno.ENOENT, "backup-place-gone"),
    ],
)
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6])
def test_whatever_step_fails_nothing_half_done_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int, code: str, step: int
) -> None:
    desk.backups.make()
    before = sorted(desk.backups.place.rglob("*"))
    calls = 0
    real = os.fsync

    def fails(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls >= step:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(Trouble) as caught:
        desk.backups.make()
    monkeypatch.undo()
    assert caught.value.code in {code, "backup-place-gone"}
    assert sorted(desk.backups.place.rglob("*")) == before


def test_a_medium_that_goes_away_keeps_the_usual_place_going(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    desk.backups.other = stick
    real = places.building

    def pulled(place: Path, made: Moment) -> Path:
        path = real(place, made)
        if stick in path.parents:
            shutil.rmtree(stick)
        return path

    from app.features.backups import service

    monkeypatch.setattr(service, "building", pulled)
    made = desk.backups.make()
    assert len(made.copies) == 1
    assert [trouble.code for trouble in made.troubles] == ["backup-place-gone"]


def test_a_backup_is_restored_to_a_new_place_and_is_whole(
    desk: Desk, tmp_path: Path, clock: FixedClock
) -> None:
    made = desk.backups.make()
    add(desk, "Later")
    living = desk.folder.records.read_bytes()
    path = restore_backup(
        made.copies[0], tmp_path / "again", desk.seat.device, PASSPHRASE, clock=clock
    )
    assert path == tmp_path / "again.casewell"
    assert desk.folder.records.read_bytes() == living
    verdict = verify_vault(path, PASSPHRASE)
    assert verdict.whole
    assert verdict.entries == made.made.inside.anchor.count + 1, "the restoring itself"
    restored = open_vault(path, PASSPHRASE, desk.seat.device, clock=clock)
    restored.close()
    for taken in (desk.folder.path, path):
        with pytest.raises(Refused, match="vault-exists"):
            restore_backup(made.copies[0], taken, desk.seat.device, PASSPHRASE)
    assert not list(tmp_path.glob(".*.new"))


def test_the_recovery_words_open_a_backup(tmp_path: Path, clock: FixedClock) -> None:
    founding = create_vault(
        tmp_path / "worded", Founder("Ana Núñez", Role.NURSE, PASSPHRASE), DeviceId(new_id()),
        clock=clock, stretch=floor(),
    )  # fmt: skip
    made = founding.desk.backups.make()
    founding.desk.close()
    words = " ".join(founding.recovery_words)
    assert open_backup(made.copies[0], words).read.inside.students == 0


def test_a_damaged_backup_is_not_restored(desk: Desk, tmp_path: Path) -> None:
    made = desk.backups.make()
    opened = open_backup(made.copies[0], PASSPHRASE)
    flip(made.copies[0] / "records.db", 8 * 7000)
    with pytest.raises(Damage):
        restore_backup(opened, tmp_path / "again", desk.seat.device)
    assert not (tmp_path / "again.casewell").exists()
    assert not list(tmp_path.glob(".*.new"))


def test_a_vault_rolled_back_whole_is_seen_and_its_backup_is_the_way_on(
    tmp_path: Path, clock: FixedClock
) -> None:
    desk = new_desk(tmp_path, clock=clock)
    device = desk.seat.device
    place = desk.folder.path
    desk.close()
    shutil.copytree(place, tmp_path / "kept-by-someone")
    desk = open_vault(place, PASSPHRASE, device, clock=clock)
    add(desk, "Later")
    made = desk.backups.make()
    desk.close()
    shutil.rmtree(place)
    shutil.copytree(tmp_path / "kept-by-someone", place)
    with pytest.raises(Damage) as caught:
        open_vault(place, PASSPHRASE, device, clock=clock)
    assert caught.value.code == "journal-behind-backup"
    assert caught.value.facts["path"] == str(made.copies[0])
    # Another computer's backups speak of another life of the vault.
    open_vault(place, PASSPHRASE, DeviceId(new_id()), clock=clock).close()
    shutil.rmtree(place)
    clock.advance(timedelta(minutes=5))
    restore_backup(made.copies[0], place, device, PASSPHRASE, clock=clock)
    open_vault(place, PASSPHRASE, device, clock=clock).close()


def test_an_older_backup_restored_in_the_old_place_opens(tmp_path: Path, clock: FixedClock) -> None:
    desk = new_desk(tmp_path, clock=clock)
    first = desk.backups.make()
    clock.advance(timedelta(days=8))
    add(desk, "Later")
    desk.backups.make()
    device, place = desk.seat.device, desk.folder.path
    desk.close()
    shutil.rmtree(place)
    clock.advance(timedelta(minutes=1))
    restore_backup(first.copies[0], place, device, PASSPHRASE, clock=clock)
    desk = open_vault(place, PASSPHRASE, device, clock=clock)
    clock.advance(timedelta(minutes=1))
    desk.backups.make()
    desk.close()
    open_vault(place, PASSPHRASE, device, clock=clock).close()


def test_a_backup_is_not_opened_as_a_vault(desk: Desk) -> None:
    made = desk.backups.make()
    with pytest.raises(Refused, match="vault-is-backup"):
        open_vault(made.copies[0], PASSPHRASE, desk.seat.device)


def test_a_hostile_manifest_is_passed_over(desk: Desk) -> None:
    made = desk.backups.make()
    place = desk.backups.place
    for number, text in enumerate((b"", b"[]", b"{" * 50_000, b"x" * 200_000, b'{"format": 1}')):
        folder = place / f"2099-01-0{number + 1}T000000Z{places.SUFFIX}"
        folder.mkdir()
        (folder / "backup.json").write_bytes(text)
    (place / f"2099-02-01T000000Z{places.SUFFIX}").symlink_to(made.copies[0])
    assert [one.path for one in desk.backups.all()] == [made.copies[0]]
    desk.backups.make()


KILLED = """
import sys
from pathlib import Path
from app.bootstrap import open_vault
from app.kernel.ids import DeviceId
desk = open_vault(Path(sys.argv[1]), sys.argv[2], DeviceId(sys.argv[3]))
print("ready", flush=True)
while True:
    desk.backups.make()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killing_it_leaves_no_half_backup(tmp_path: Path) -> None:
    from app.kernel.clock import SystemClock

    desk = new_desk(tmp_path, clock=SystemClock())
    for number in range(5):
        add(desk, f"Student{number}")
    desk.backups.make()
    device, vault, place = desk.seat.device, desk.folder.path, desk.backups.place
    desk.close()
    dice = random.Random(2)
    for _ in range(int(os.environ.get("CASEWELL_KILLS", "6"))):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(vault), PASSPHRASE, device],
            cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(dice.uniform(0.0, 0.15))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        desk = open_vault(vault, PASSPHRASE, device)
        listed: list[Backup] = desk.backups.all()
        assert listed
        for backup in listed:
            desk.backups.check(backup)
        desk.backups.make()
        assert left_behind(place) == []
        desk.close()


def test_no_backup_goes_into_its_vault_and_no_vault_into_a_backup(
    desk: Desk, tmp_path: Path
) -> None:
    inside = desk.folder.path
    (tmp_path / "link").symlink_to(inside, target_is_directory=True)
    before = sorted(entry.name for entry in inside.iterdir())
    for place in (inside, inside / "mine", tmp_path / "link"):
        with pytest.raises(Refused, match="vault-place-taken"):
            desk.backups.make(to=place)
    kept = desk.backups.make().copies[0]
    for place in (kept / "again", kept / "deeper" / "again", inside / "again"):
        with pytest.raises(Refused, match="vault-place-taken"):
            restore_backup(kept, place, DeviceId(new_id()), PASSPHRASE)
    assert sorted(entry.name for entry in inside.iterdir()) == before
    assert restore_backup(kept, tmp_path / "again", DeviceId(new_id()), PASSPHRASE).is_dir()
