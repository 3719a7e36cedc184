"""What lies around a vault, on computers that are only imagined and on this one."""

import json
import os
import plistlib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.kernel.errors import Refused
from app.vault import surroundings
from app.vault.computer import Computer, System
from app.vault.surroundings import (
    Answer,
    Question,
    copied_or_shared,
    look_around,
    opened_to_anybody,
    refuse_place,
)

YES, NO, UNTOLD = Answer.YES, Answer.NO, Answer.UNTOLD


@dataclass
class FakeVolumes:
    protected: int | None = None
    kind: int = 3
    sddl: str | None = None
    onedrive: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def protection(self, place: Path) -> int | None:
        self.asked.append(str(place))
        return self.protected

    def drive_type(self, place: Path) -> int:
        return self.kind

    def access_list(self, place: Path) -> str | None:
        return self.sddl

    def onedrive_folders(self) -> Sequence[str]:
        return self.onedrive


class Imagined:
    """Builds a tree that looks like the root of another computer."""

    def __init__(self, root: Path, system: System = "linux") -> None:
        self.root = root
        self.home = root / "home/ana"
        self.home.mkdir(parents=True)
        self.place = self.home / "caseload.casewell"
        self.mounts = ["22 1 0:21 / /proc rw - proc proc rw"]
        self.system: System = system
        self.write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n")

    def write(self, place: str, text: str) -> None:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def mount(self, point: str, kind: str, source: str, number: str = "0:0") -> None:
        self.mounts.append(f"30 1 {number} / {point} rw shared:1 - {kind} {source} rw")
        self.write("proc/self/mountinfo", "\n".join(self.mounts) + "\n")

    def block(
        self, name: str, *, uuid: str = "", mapped: str = "", on: str = "", removable: bool = False
    ) -> None:
        base = f"sys/devices/{name}"
        self.write(f"{base}/removable", f"{int(removable)}\n")
        if uuid:
            self.write(f"{base}/dm/uuid", f"{uuid}\n")
            self.write(f"{base}/dm/name", f"{mapped}\n")
        link = self.root / f"sys/class/block/{Path(name).name}"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(Path("../..") / f"devices/{name}")
        if on:
            slaves = self.root / base / "slaves"
            slaves.mkdir()
            (slaves / on).symlink_to(Path("../..") / on)

    def computer(
        self,
        answers: Mapping[tuple[str, ...], str] | None = None,
        volumes: FakeVolumes | None = None,
        flags: Mapping[Path, int] | None = None,
        **variables: str,
    ) -> Computer:
        return Computer(
            self.system, self.root, self.home, variables, volumes, answers or {}, flags or {}
        )

    def answer(self, question: Question, computer: Computer | None = None) -> Answer:
        return look_around(self.place, computer or self.computer(), [question]).answer(question)


@pytest.fixture
def linux(tmp_path: Path) -> Imagined:
    return Imagined(tmp_path / "computer")


@pytest.fixture
def mac(tmp_path: Path) -> Imagined:
    return Imagined(tmp_path / "computer", "macos")


@pytest.fixture
def windows(tmp_path: Path) -> Imagined:
    return Imagined(tmp_path / "computer", "windows")


# -- the disk --------------------------------------------------------------------------


def test_a_bare_partition_is_not_encrypted(linux: Imagined) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    assert linux.answer(Question.DISK_ENCRYPTED) is NO
    assert [found.question for found in look_around(linux.place, linux.computer()).worries] == [
        Question.DISK_ENCRYPTED
    ]


def test_a_volume_within_luks_is_encrypted_however_many_layers_lie_between(
    linux: Imagined,
) -> None:
    linux.block("sda3")
    linux.block("dm-0", uuid="CRYPT-LUKS2-0123-luks", mapped="luks", on="sda3")
    linux.block("dm-1", uuid="LVM-abc", mapped="vg-home", on="dm-0")
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    linux.mount("/home", "btrfs", "/dev/mapper/vg-home", "0:35")
    assert linux.answer(Question.DISK_ENCRYPTED) is YES


def test_a_logical_volume_on_a_bare_disk_is_not_encrypted(linux: Imagined) -> None:
    linux.block("sda3")
    linux.block("dm-1", uuid="LVM-abc", mapped="vg-home", on="sda3")
    linux.mount("/", "ext4", "/dev/mapper/vg-home", "253:1")
    assert linux.answer(Question.DISK_ENCRYPTED) is NO


def test_folders_that_encrypt_themselves_count(linux: Imagined) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    flagged = linux.computer(flags={linux.home: 0x800})
    assert linux.answer(Question.DISK_ENCRYPTED, flagged) is YES
    linux.mount("/home/ana", "ecryptfs", "/home/.ecryptfs/ana/.Private")
    assert linux.answer(Question.DISK_ENCRYPTED) is YES


def test_zfs_is_asked_and_believed(linux: Imagined) -> None:
    linux.mount("/", "zfs", "rpool/home")
    command = ("zfs", "get", "-H", "-o", "value", "encryption", "rpool/home")
    for said, answer in (("aes-256-gcm\n", YES), ("off\n", NO), ("", UNTOLD)):
        assert linux.answer(Question.DISK_ENCRYPTED, linux.computer({command: said})) is answer


def test_what_cannot_be_known_is_untold_and_worries_nobody(linux: Imagined) -> None:
    linux.mount("/", "bcachefs", "/dev/sda1")
    found = look_around(linux.place, linux.computer(), [Question.DISK_ENCRYPTED])
    assert found.answer(Question.DISK_ENCRYPTED) is UNTOLD
    assert found.worries == ()
    linux.mount("/", "ext4", "/dev/gone")
    assert linux.answer(Question.DISK_ENCRYPTED) is UNTOLD


def test_a_mount_point_with_a_space_is_found(linux: Imagined) -> None:
    linux.block("sda1")
    linux.block("dm-0", uuid="CRYPT-PLAIN-x", mapped="stick", on="sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    linux.mount("/home/ana/My\\040stick", "ext4", "/dev/mapper/stick", "253:0")
    linux.place = linux.home / "My stick/caseload.casewell"
    linux.place.mkdir(parents=True)
    assert linux.answer(Question.DISK_ENCRYPTED) is YES


@pytest.mark.parametrize(
    ("said", "answer"),
    [("FileVault is On.\n", YES), ("FileVault is Off.\n", NO), ("Something else", UNTOLD)],
)
def test_a_mac_is_asked_for_filevault(mac: Imagined, said: str, answer: Answer) -> None:
    answers = {
        ("/sbin/mount",): "/dev/disk3s1s1 on / (apfs, sealed, local, read-only)\n",
        ("/usr/bin/fdesetup", "status"): said,
    }
    assert mac.answer(Question.DISK_ENCRYPTED, mac.computer(answers)) is answer


def test_a_disk_beside_the_macs_own_is_asked_for_itself(mac: Imagined) -> None:
    mac.place = mac.root / "Volumes/Stick/caseload.casewell"
    mac.place.mkdir(parents=True)
    facts = plistlib.dumps({"FileVault": False, "RemovableMediaOrExternalDevice": True}).decode()
    answers = {
        ("/sbin/mount",): (
            "/dev/disk3s5 on /System/Volumes/Data (apfs, local)\n"
            "/dev/disk4s1 on /Volumes/Stick (apfs, local)\n"
        ),
        ("/usr/sbin/diskutil", "info", "-plist", "/Volumes/Stick"): facts,
    }
    computer = mac.computer(answers)
    assert mac.answer(Question.DISK_ENCRYPTED, computer) is NO
    assert mac.answer(Question.REMOVABLE, computer) is YES
    assert mac.answer(Question.NETWORK, computer) is NO


@pytest.mark.parametrize(
    ("number", "answer"),
    [(1, YES), (6, YES), (2, NO), (5, NO), (8, NO), (3, UNTOLD), (0, UNTOLD), (None, UNTOLD)],
)
def test_windows_is_asked_for_bitlocker_for_the_place_and_for_its_memory(
    windows: Imagined, number: int | None, answer: Answer
) -> None:
    computer = windows.computer(volumes=FakeVolumes(number), SystemDrive="C:")
    assert windows.answer(Question.DISK_ENCRYPTED, computer) is answer
    assert windows.answer(Question.SWAP_ENCRYPTED, computer) is answer


# -- who copies the folder --------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "service"),
    [
        ("Sync/.stfolder/x", "Syncthing"),
        ("Sync/.dropbox", "Dropbox"),
        ("Sync/.sync_614e8f2a6b1c.db", "Nextcloud"),
        ("Sync/._sync_614e8f2a6b1c.db", "Nextcloud"),
        ("Sync/.sync/ID", "Resilio Sync"),
        ("Sync/.tmp.driveupload/x", "Google Drive"),
    ],
)
def test_a_folder_with_the_mark_of_a_service_is_synced(
    linux: Imagined, mark: str, service: str
) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    linux.write(f"home/ana/{mark}", "")
    linux.place = linux.home / "Sync/deep/caseload.casewell"
    (found,) = copied_or_shared(linux.place, linux.computer())
    assert (found.question, found.detail) == (Question.SYNCED, service)
    beside = linux.home / "Documents/caseload.casewell"
    assert copied_or_shared(beside, linux.computer()) == ()


def test_the_folders_that_services_name_as_theirs_are_synced(windows: Imagined) -> None:
    top = windows.home / "OneDrive - District 12"
    windows.place = top / "Documents/caseload.casewell"
    by_variable = windows.computer(volumes=FakeVolumes(), OneDriveCommercial=str(top))
    by_registry = windows.computer(volumes=FakeVolumes(onedrive=(str(top),)))
    for computer in (by_variable, by_registry):
        assert windows.answer(Question.SYNCED, computer) is YES
    assert windows.answer(Question.SYNCED, windows.computer(volumes=FakeVolumes())) is NO


def test_dropbox_tells_in_its_own_file_where_it_is(linux: Imagined) -> None:
    top = linux.home / "Team"
    linux.write("home/ana/.dropbox/info.json", json.dumps({"business": {"path": str(top)}}))
    linux.place = top / "caseload.casewell"
    assert linux.answer(Question.SYNCED) is YES
    linux.place = linux.home / "caseload.casewell"
    assert linux.answer(Question.SYNCED) is NO, "the client's settings do not make a home synced"
    linux.write("home/ana/.dropbox/info.json", "[not what it should be")
    assert linux.answer(Question.SYNCED) is NO


def test_nextcloud_tells_in_its_own_file_where_it_is(linux: Imagined) -> None:
    top = linux.home / "Cloud"
    linux.write(
        "home/ana/.config/Nextcloud/nextcloud.cfg",
        f"[Accounts]\n0\\Folders\\1\\localPath={top}/\n0\\Folders\\1\\paused=false\n",
    )
    linux.place = top / "caseload.casewell"
    assert linux.answer(Question.SYNCED) is YES


def test_a_link_into_a_synced_folder_is_followed(linux: Imagined) -> None:
    linux.write("home/ana/Sync/.stfolder/x", "")
    (linux.home / "desk").symlink_to("Sync")
    linux.place = linux.home / "desk/caseload.casewell"
    assert linux.answer(Question.SYNCED) is YES


def test_a_macs_cloud_folders_are_known_and_its_documents_may_be_copied(mac: Imagined) -> None:
    mac.place = mac.home / "Library/CloudStorage/GoogleDrive-a@b.example/caseload.casewell"
    mac.place.mkdir(parents=True)
    found = look_around(mac.place, mac.computer(), [Question.SYNCED]).findings[0]
    assert (found.answer, found.detail) == (YES, "Google Drive")
    mac.place = mac.home / "Documents/caseload.casewell"
    assert mac.answer(Question.SYNCED) is NO
    (mac.home / "Library/Mobile Documents/com~apple~CloudDocs/Documents").mkdir(parents=True)
    assert mac.answer(Question.SYNCED) is UNTOLD
    mac.place = mac.home / "Library/Mobile Documents/com~apple~CloudDocs/caseload.casewell"
    assert mac.answer(Question.SYNCED) is YES


# -- network, medium, readers, memory ----------------------------------------------------


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "fuse.gvfsd-fuse", "9p"])
def test_a_share_of_another_computer_is_told(linux: Imagined, kind: str) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    assert linux.answer(Question.NETWORK) is NO
    linux.mount("/home", kind, "//server/share")
    assert linux.answer(Question.NETWORK) is YES
    assert linux.answer(Question.REMOVABLE) is NO


def test_windows_shares_are_told_by_path_and_by_drive(windows: Imagined) -> None:
    assert windows.answer(Question.NETWORK, windows.computer(volumes=FakeVolumes(kind=4))) is YES
    assert windows.answer(Question.NETWORK, windows.computer(volumes=FakeVolumes(kind=3))) is NO
    assert windows.answer(Question.REMOVABLE, windows.computer(volumes=FakeVolumes(kind=2))) is YES
    assert windows.answer(Question.NETWORK, windows.computer()) is UNTOLD
    place = Path("\\\\server\\share\\caseload.casewell")
    found = look_around(place, windows.computer(volumes=FakeVolumes()), [Question.NETWORK])
    assert found.answer(Question.NETWORK) is YES


def test_a_stick_and_a_disk_on_a_cable_are_removable(linux: Imagined) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1", "8:1")
    assert linux.answer(Question.REMOVABLE) is NO
    linux.block("sdb", removable=True)
    linux.mount("/home", "vfat", "/dev/sdb")
    assert linux.answer(Question.REMOVABLE) is YES
    linux.block("pci0/usb2/2-1/sdc")
    linux.mount("/home", "ext4", "/dev/sdc")
    assert linux.answer(Question.REMOVABLE) is YES


def test_a_vault_that_others_may_read_is_told(tmp_path: Path) -> None:
    imagined = Imagined(tmp_path / "open")
    imagined.mount("/", "ext4", "/dev/sda1")
    assert imagined.answer(Question.OTHERS_READ) is NO, "it will be made for its owner alone"
    imagined.place.mkdir(mode=0o700)
    (imagined.place / "records.db").write_bytes(b"x")
    for folder in (tmp_path.parent.parent, tmp_path.parent, tmp_path):
        assert folder.stat().st_mode & 0o077 == 0 or folder.exists()
    assert imagined.answer(Question.OTHERS_READ) is NO
    imagined.place.chmod(0o755)
    (imagined.place / "records.db").chmod(0o644)
    way = [imagined.place, *imagined.place.parents]
    closed = any(not folder.stat().st_mode & 0o011 for folder in way)
    assert imagined.answer(Question.OTHERS_READ) is (NO if closed else YES)


def test_a_closed_folder_on_the_way_keeps_others_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imagined = Imagined(tmp_path / "open")
    imagined.mount("/", "ext4", "/dev/sda1")
    imagined.place.mkdir()
    imagined.place.chmod(0o755)
    for folder in (imagined.home, imagined.home.parent, imagined.root):
        folder.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o011:
            folder.chmod(folder.stat().st_mode | 0o011)
    assert imagined.answer(Question.OTHERS_READ) is YES
    imagined.home.chmod(0o700)
    assert imagined.answer(Question.OTHERS_READ) is NO


@pytest.mark.parametrize(
    ("sddl", "opened"),
    [
        ("D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;S-1-5-21-1-2-3-1001)", False),
        ("D:AI(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)", True),
        ("D:PAI(A;;FR;;;WD)", True),
        ("D:PAI(D;;FA;;;WD)(A;;FA;;;BA)", False),
        ("D:NO_ACCESS_CONTROL", True),
    ],
)
def test_an_access_list_of_windows_is_read(windows: Imagined, sddl: str, opened: bool) -> None:
    assert opened_to_anybody(sddl) is opened
    computer = windows.computer(volumes=FakeVolumes(sddl=sddl))
    assert windows.answer(Question.OTHERS_READ, computer) is (YES if opened else NO)
    assert windows.answer(Question.OTHERS_READ, windows.computer(volumes=FakeVolumes())) is UNTOLD


def test_memory_on_the_disk_is_as_open_as_its_most_open_part(linux: Imagined) -> None:
    head = "Filename\tType\tSize\tUsed\tPriority\n"
    assert linux.answer(Question.SWAP_ENCRYPTED) is YES
    linux.write("proc/swaps", head + "/dev/zram0 partition 1 0 100\n")
    assert linux.answer(Question.SWAP_ENCRYPTED) is YES
    linux.block("sda3")
    linux.block("dm-2", uuid="CRYPT-PLAIN-swap", mapped="swap", on="sda3")
    linux.write("proc/swaps", head + "/dev/dm-2 partition 1 0 -2\n")
    assert linux.answer(Question.SWAP_ENCRYPTED) is YES
    linux.write("proc/swaps", head + "/dev/dm-2 partition 1 0 -2\n/dev/sda3 partition 1 0 -3\n")
    assert linux.answer(Question.SWAP_ENCRYPTED) is NO
    linux.mount("/", "ext4", "/dev/sda3")
    linux.write("proc/swaps", head + "/swapfile file 1 0 -2\n")
    assert linux.answer(Question.SWAP_ENCRYPTED) is NO


# -- asking ------------------------------------------------------------------------------


def test_what_hangs_is_untold_and_holds_nothing_up(
    linux: Imagined, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()

    def hangs(_place: Path, _here: Computer) -> surroundings.Observation:
        never.wait(20)
        return surroundings.Observation(Question.NETWORK, NO)

    monkeypatch.setitem(surroundings._ASK, Question.NETWORK, hangs)
    linux.write("home/ana/.stfolder/x", "")
    start = time.monotonic()
    found = look_around(linux.place, linux.computer(), limit=0.5)
    assert time.monotonic() - start < 5
    assert found.answer(Question.NETWORK) is UNTOLD
    assert found.answer(Question.SYNCED) is YES
    never.set()


def test_a_place_that_is_copied_or_shared_is_refused_for_a_new_vault(linux: Imagined) -> None:
    linux.block("sda1")
    linux.mount("/", "ext4", "/dev/sda1")
    refuse_place(linux.place, linux.computer())
    linux.write("home/ana/.stfolder/x", "")
    with pytest.raises(Refused) as refused:
        refuse_place(linux.place, linux.computer())
    assert (refused.value.code, refused.value.field) == ("vault-place-synced", "place")
    assert refused.value.facts["service"] == "Syncthing"


def test_this_very_computer_answers_within_the_limit(tmp_path: Path) -> None:
    here = Computer.here()
    start = time.monotonic()
    found = look_around(tmp_path / "new.casewell", here)
    assert time.monotonic() - start < surroundings.LIMIT_S + 2
    assert [each.question for each in found.findings] == list(Question)
    # The temp folder of a test is on a disk or in memory, never in somebody's cloud.
    assert found.answer(Question.SYNCED) is NO
    (tmp_path / ".stfolder").mkdir()
    assert look_around(tmp_path / "new.casewell", here).answer(Question.SYNCED) is YES


def test_a_command_that_is_missing_or_fails_says_nothing(linux: Imagined) -> None:
    real = replace(linux.computer(), answers=None)
    assert real.says("casewell-no-such-command") is None
    assert real.says("false") is None
    if os.name == "posix":
        assert real.says("echo", "hello") == "hello\n"
