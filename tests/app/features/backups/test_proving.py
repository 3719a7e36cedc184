"""Backups are restored for a test: the sound are proven, the broken told of and set aside."""

import random
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault
from app.features.backups.proving import PRIVATE, Outcome, ProvingService
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import FixedClock
from app.kernel.errors import Cancelled
from app.vault.power import on_battery
from app.vault.proofs import NAME
from faults.record import record
from golden import Golden
from vaults import PASSPHRASE, fixed_clock

WEEK = timedelta(days=7)
CANARY = "Quetzalcanary"


def a_day_with_a_backup(desk: Desk, clock: FixedClock, name: str = CANARY) -> Path:
    desk.caseload.carry_out(AddStudent(Profile(given_name="Ada", family_name=name), anyway=True))
    path = desk.backups.make().copies[0]
    clock.advance(timedelta(days=1))
    return path


def flip(path: Path, byte: int) -> None:
    with path.open("r+b") as file:
        file.seek(byte)
        old = file.read(1)[0]
        file.seek(byte)
        file.write(bytes([old ^ 0x10]))


def test_each_backup_is_restored_and_remembered(desk: Desk, clock: FixedClock) -> None:
    for number in range(3):
        a_day_with_a_backup(desk, clock, f"{CANARY}{number}")
    told: list[tuple[int, int]] = []
    tried = desk.proving.prove(lambda done, of: told.append((done, of)))
    assert [one.proof and one.proof.outcome for one in tried] == [Outcome.PROVEN] * 3
    assert told[-1][0] == told[-1][1] > 0
    assert [one.proof and one.proof.at for one in desk.proving.tried()] == [clock.moment] * 3
    assert not (desk.folder.path / PRIVATE).exists()
    kept = (desk.backups.place / NAME).read_bytes()
    assert CANARY.encode() not in kept
    assert b"proven" not in kept, "it is sealed"
    lost = sum(one.proof is None or one.proof.outcome is not Outcome.PROVEN for one in tried)
    record(
        "R11", "backups restored for a test", tried=3, lost=lost, of="backups",
        control="each way of damage is found by the same test",
    )  # fmt: skip


def test_nothing_readable_is_ever_in_the_private_folder(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.features.backups import repo

    a_day_with_a_backup(desk, clock)
    real, seen = repo.examine, []

    def looked(path: Path, *rest: object) -> list[object]:
        seen.extend(entry.read_bytes() for entry in path.parent.iterdir())
        assert path.parent.parent == desk.folder.path
        assert path.parent.stat().st_mode & 0o077 == 0
        return real(path, *rest)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(repo, "examine", looked)
    desk.proving.prove()
    assert len(seen) >= 3
    for data in seen:
        assert CANARY.encode() not in data
        assert b"SQLite format" not in data


def test_each_waits_for_a_day_and_then_a_week(desk: Desk, clock: FixedClock) -> None:
    desk.proving._battery = lambda: False
    assert not desk.proving.is_due()
    a_day_with_a_backup(desk, clock)
    assert desk.proving.is_due()
    desk.proving.prove(everything=False)
    assert not desk.proving.is_due()
    clock.advance(WEEK - timedelta(minutes=1))
    assert not desk.proving.is_due()
    clock.advance(timedelta(minutes=1))
    assert desk.proving.is_due()
    desk.proving.prove(everything=False)
    clock.advance(timedelta(days=-730))
    assert desk.proving.is_due(), "a clock that was set back puts nothing off"


def test_on_battery_it_waits_but_not_for_ever(desk: Desk, clock: FixedClock) -> None:
    desk.proving._battery = lambda: True
    a_day_with_a_backup(desk, clock)
    assert not desk.proving.is_due()
    clock.advance(timedelta(days=13))
    assert desk.proving.is_due()


def test_the_supplies_tell_whether_it_is_the_battery(tmp_path: Path) -> None:
    assert not on_battery(tmp_path / "none")
    for name, kind, online in (("BAT0", "Battery", "1"), ("AC", "Mains", "1")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text(f"{kind}\n")
        (tmp_path / name / "online").write_text(f"{online}\n")
    assert not on_battery(tmp_path)
    (tmp_path / "AC" / "online").write_text("0\n")
    assert on_battery(tmp_path)


def test_every_kind_of_damage_is_found_set_aside_and_told_of(desk: Desk, clock: FixedClock) -> None:
    dice = random.Random(11)
    wrong = 0
    ways = ("records.db", "keybag.json", "backup.json", "cut", "gone")
    for way in ways:
        path = a_day_with_a_backup(desk, clock, way)
        if way == "cut":
            whole = (path / "records.db").read_bytes()
            (path / "records.db").write_bytes(whole[: len(whole) // 2])
        elif way == "gone":
            (path / "records.db").unlink()
        else:
            size = (path / way).stat().st_size
            at = (path / way).read_bytes().index(b'"sealed"') + 20 if way == "backup.json" else (
                dice.randrange(size)
            )  # fmt: skip
            flip(path / way, at)
        sound = a_day_with_a_backup(desk, clock, f"{way} sound")
        tried = {one.backup.path: one.proof for one in desk.proving.prove()}
        proof = tried.get(path)
        if way == "backup.json" and proof is None:
            continue  # what says nothing of itself is no backup, and is not listed as one
        wrong += proof is None or proof.outcome is not Outcome.DAMAGED
        assert not path.exists()
        found = tried[sound]
        assert found is not None
        assert found.outcome is Outcome.PROVEN
    record(
        "R11", "damaged backups in the weekly test", tried=len(ways), lost=wrong, of="backups",
        control="each was damaged on purpose, the one after it was not",
    )  # fmt: skip
    assert wrong == 0
    failures = desk.proving.failures()
    assert len(failures) >= 4
    for failure in failures:
        assert failure.path.is_dir()
        assert failure.path.name.endswith(".damaged")
        desk.proving.take_note(failure)
    assert desk.proving.failures() == []


def test_counts_that_differ_are_damage(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from app.features.backups import proving

    a_day_with_a_backup(desk, clock)
    real = proving.read_sealed

    def one_more(*facts: object) -> object:
        read = real(*facts)  # type: ignore[arg-type]
        rows = {**read.inside.rows, "student": read.inside.rows["student"] + 1}
        return replace(read, inside=replace(read.inside, rows=rows))

    monkeypatch.setattr(proving, "read_sealed", one_more)
    (tried,) = desk.proving.prove()
    assert tried.proof is not None
    assert tried.proof.outcome is Outcome.DAMAGED


def test_what_cannot_be_tried_is_not_called_damaged(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.features.backups import proving

    path = a_day_with_a_backup(desk, clock)

    def full(*_facts: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(proving, "_copied", full)
    (tried,) = desk.proving.prove()
    assert tried.proof is not None
    assert tried.proof.outcome is Outcome.UNTOLD
    assert path.is_dir()
    assert desk.proving.failures() == []


def test_stopping_keeps_what_was_proven_and_leaves_nothing(desk: Desk, clock: FixedClock) -> None:
    for number in range(3):
        a_day_with_a_backup(desk, clock, f"{CANARY}{number}")
    stop = threading.Event()

    def progress(done: int, of: int) -> None:
        if done > of // 2:
            stop.set()
            raise Cancelled

    with pytest.raises(Cancelled):
        desk.proving.prove(progress)
    assert stop.is_set()
    assert sum(one.proof is not None for one in desk.proving.tried()) == 1
    assert not (desk.folder.path / PRIVATE).exists()


def test_what_a_struck_down_drill_left_goes_at_the_next_opening(
    desk: Desk, clock: FixedClock
) -> None:
    left = desk.folder.path / PRIVATE
    left.mkdir()
    (left / "records.db").write_bytes(b"half a copy")
    desk.close()
    open_vault(desk.folder.path, PASSPHRASE, desk.seat.device, clock=clock).close()
    assert not left.exists()


def test_a_key_that_is_not_known_any_more_is_said(
    desk: Desk, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.features.backups import proving

    path = a_day_with_a_backup(desk, clock)
    monkeypatch.setattr(proving, "keys_under", lambda *_facts: None)
    (tried,) = desk.proving.prove()
    assert tried.proof is not None
    assert tried.proof.outcome is Outcome.OLDER_KEY
    assert path.is_dir()


def test_backups_of_an_earlier_release_are_proven_too(tmp_path: Path) -> None:
    golden = Golden("0.1.0", "desk")
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    desk = open_vault(vault, said["passphrase"], said["device"], clock=fixed_clock())
    try:
        assert isinstance(desk.proving, ProvingService)
        tried = desk.proving.prove()
        assert len(tried) == 2, "the one of then, and the one from before the upgrade"
        assert {one.proof and one.proof.outcome for one in tried} == {Outcome.PROVEN}
        for one in tried:
            desk.backups.check(one.backup)
    finally:
        desk.close()
