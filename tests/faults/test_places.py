"""Six places where a vault should not stand, or stops standing: each is warned of or refused."""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Desk, open_vault, verify_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from app.kernel.clock import SystemClock
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId, new_id
from app.phrases import sentence
from app.vault.computer import Computer
from app.vault.folder import VaultFolder
from app.vault.surroundings import Question, copied_or_shared, refuse_place
from faults.record import record
from vaults import PASSPHRASE, new_desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders there keep other rules")


@contextlib.contextmanager
def nobody() -> Iterator[None]:
    """Be nobody for a while: root may do everything everywhere."""
    if os.getuid() != 0:
        yield
        return
    SystemClock()
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def medium() -> Iterator[Path]:
    """A folder that others may enter; pytest's own are closed to nobody."""
    with tempfile.TemporaryDirectory() as found:
        Path(found).chmod(0o755)
        yield Path(found)


def given_away(folder: Path) -> None:
    """Let the folder and all in it be nobody's."""
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, 65534, 65534)


def add(desk: Desk, name: str) -> None:
    desk.caseload.carry_out(AddStudent(Profile(given_name="Ada", family_name=name), anyway=True))


def names(desk: Desk) -> list[str]:
    with desk.records.read_whole() as reader:
        return [
            str(row[0]) for row in reader.execute("SELECT family_name FROM student ORDER BY row")
        ]


def told(situation: str, *, kept: bool) -> None:
    record(
        "R6", f"places: {situation}", tried=1, lost=0 if kept else 1, of="situations",
        control="the same vault at a good place takes the change",
    )  # fmt: skip


def opened(vault: Path) -> Desk:
    return open_vault(vault, PASSPHRASE, DeviceId(new_id()))


@pytest.mark.parametrize("left", ["records.db-wal", "records.db-shm"])
def test_a_read_only_medium_shows_what_was_saved_last(
    tmp_path: Path, medium: Path, left: str
) -> None:
    """The log that a killed program left is read, with its index beside it or without."""
    desk = new_desk(tmp_path)
    add(desk, "Folded")
    desk.records.forget_purged()
    add(desk, "Logged")
    folder = VaultFolder(medium / "v.casewell")
    shutil.copytree(desk.folder.path, folder.path)
    desk.close()
    if left == "records.db-wal":
        (folder.path / "records.db-shm").unlink()
    for path in (*folder.path.iterdir(),):
        path.chmod(0o444)
    folder.path.chmod(0o555)
    before = {path: path.read_bytes() for path in folder.path.iterdir()}
    try:
        with nobody():
            reading = opened(folder.path)
            try:
                seen = names(reading)
                with pytest.raises(Trouble, match="vault-read-only"):
                    add(reading, "Refused")
            finally:
                reading.close()
            assert verify_vault(folder.path, PASSPHRASE).whole
    finally:
        folder.path.chmod(0o700)
    told("read-only medium", kept=seen == ["Folded", "Logged"])
    assert seen == ["Folded", "Logged"]
    assert {path: path.read_bytes() for path in folder.path.iterdir()} == before


def test_a_permission_that_is_lost_while_it_is_open_loses_nothing(medium: Path) -> None:
    desk = new_desk(medium)
    add(desk, "Before")
    desk.close()
    given_away(medium)
    with nobody():
        desk = opened(desk.folder.path)
        desk.folder.path.chmod(0o500)
        desk.folder.records.chmod(0o400)
        try:
            kept = ["Before"]
            with contextlib.suppress(Trouble):
                add(desk, "Meanwhile")
                kept.append("Meanwhile")
            assert names(desk) == kept
            with contextlib.suppress(Trouble):
                desk.close()
        finally:
            desk.folder.path.chmod(0o700)
            desk.folder.records.chmod(0o600)
        again = opened(desk.folder.path)
        seen = names(again)
        again.close()
        assert verify_vault(desk.folder.path, PASSPHRASE).whole
    told("permission lost while open", kept=seen == kept)
    assert seen == kept, "what was answered as saved is there, what was refused is not"


def test_a_vault_that_may_not_be_read_says_so(medium: Path) -> None:
    desk = new_desk(medium)
    desk.close()
    given_away(medium)
    with nobody():
        desk.folder.records.chmod(0o000)
        with pytest.raises(Trouble) as refused:
            opened(desk.folder.path)
        desk.folder.records.chmod(0o600)
    assert refused.value.code in {"vault-unreadable", "disk-trouble"}
    assert sentence(refused.value)


@pytest.mark.parametrize("way", ["removed", "moved"])
def test_a_folder_that_goes_while_it_is_open_takes_no_save_with_it(
    tmp_path: Path, way: str
) -> None:
    desk = new_desk(tmp_path)
    add(desk, "Before")
    moved = tmp_path / "elsewhere.casewell"
    if way == "moved":
        desk.folder.path.rename(moved)
    else:
        shutil.copytree(desk.folder.path, moved)
        shutil.rmtree(desk.folder.path)
    with pytest.raises(Trouble, match="vault-gone") as refused:
        add(desk, "Into the void")
    assert "put the folder back" in sentence(refused.value).lower()
    desk.close()
    moved.rename(desk.folder.path)
    again = opened(desk.folder.path)
    told(f"folder {way} while open", kept=names(again) == ["Before"])
    assert names(again) == ["Before"], "nothing was answered as saved that is not there"
    add(again, "After")
    again.close()


def test_a_full_disk_refuses_and_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = new_desk(tmp_path)
    add(desk, "Before")
    writer = desk.records._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Trouble, match="disk-full"):
        for number in range(400):
            add(desk, f"Student{number:03d}" * 8)
    kept = names(desk)
    writer.execute("PRAGMA max_page_count = 1000000")
    add(desk, "After")
    assert names(desk) == [*kept, "After"]

    def full(*_facts: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("app.vault.folder.os.open", full)
        with pytest.raises(Trouble, match="disk-full"):
            desk.secrets.new_recovery_words()
    desk.close()
    told("disk full", kept=verify_vault(desk.folder.path, PASSPHRASE).whole)


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("nfs4", Question.NETWORK),
        ("cifs", Question.NETWORK),
        ("fuse.rclone", Question.SYNCED),
        ("fuse.onedriver", Question.SYNCED),
    ],
)
def test_a_share_and_a_synced_folder_are_warned_of(
    tmp_path: Path, kind: str, question: Question
) -> None:
    """Locks are not kept on a share; a program that copies the folder knows none of them."""
    home = tmp_path / "home/ana"
    (home / "v.casewell").mkdir(parents=True)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/mountinfo").write_text(
        f"20 1 8:1 / / rw - ext4 /dev/sda1 rw\n21 20 0:40 / /home rw - {kind} server:/home rw\n"
    )
    imagined = Computer("linux", tmp_path, home, {}, answers={})
    worries = copied_or_shared(home / "v.casewell", imagined)
    told(f"{question} ({kind})", kept=question in [each.question for each in worries])
    assert question in [each.question for each in worries]
    with pytest.raises(Refused) as refused:
        refuse_place(home / "v.casewell", imagined)
    assert sentence(refused.value)
    (tmp_path / "proc/self/mountinfo").write_text("20 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    assert copied_or_shared(home / "v.casewell", imagined) == (), "the control: a disk of its own"
