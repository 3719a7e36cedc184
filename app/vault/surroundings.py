"""What lies around a vault: is its disk encrypted, is its folder copied elsewhere, who may read it.

Each question has three answers: yes, no, and that it cannot be told. Nothing here is asked
before the vault opens, and nothing that hangs holds anybody up: what is not answered in time
counts as untold. The vault's content is encrypted whatever the answers are.
"""

import json
import plistlib
import re
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.kernel.errors import Refused
from app.vault.computer import Computer

LIMIT_S = 6.0
"""Seconds after which a question that is still open counts as untold."""
PLACE_LIMIT_S = 3.0
"""The same for the questions that are asked before a vault is made."""


class Answer(StrEnum):
    """The three answers; guessing is none of them."""

    YES = "yes"
    NO = "no"
    UNTOLD = "untold"


class Question(StrEnum):
    """What is asked, in the order of the list that is shown."""

    DISK_ENCRYPTED = "disk-encrypted"
    SYNCED = "synced"
    NETWORK = "network"
    REMOVABLE = "removable"
    OTHERS_READ = "others-read"
    SWAP_ENCRYPTED = "swap-encrypted"


_WORRIES = {
    Question.DISK_ENCRYPTED: Answer.NO,
    Question.SYNCED: Answer.YES,
    Question.NETWORK: Answer.YES,
    Question.REMOVABLE: Answer.YES,
    Question.OTHERS_READ: Answer.YES,
    Question.SWAP_ENCRYPTED: Answer.NO,
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One question with its answer; `detail` names the service or the kind, never a person."""

    question: Question
    answer: Answer
    detail: str = ""

    @property
    def worries(self) -> bool:
        """Whether the user should be told of it without asking."""
        return self.answer is _WORRIES[self.question]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All answers about one place."""

    place: Path
    findings: tuple[Observation, ...]

    def answer(self, question: Question) -> Answer:
        """Return the answer to one question."""
        return self.finding(question).answer

    def finding(self, question: Question) -> Observation:
        """Return one question's finding; one that was not asked is untold."""
        for found in self.findings:
            if found.question is question:
                return found
        return Observation(question, Answer.UNTOLD)

    @property
    def worries(self) -> tuple[Observation, ...]:
        """What the user should be told of without asking."""
        return tuple(found for found in self.findings if found.worries)


def look_around(
    place: Path,
    computer: Computer | None = None,
    questions: Iterable[Question] = Question,
    limit: float = LIMIT_S,
) -> Surroundings:
    """Answer `questions` about `place`, which need not exist yet; returns within `limit` seconds.

    Each question is asked in a thread of its own: a share that does not answer holds up
    neither the caller nor the other answers, nor the end of the program.
    """
    asked = tuple(questions)
    answers: dict[Question, Observation] = {}
    here = computer or Computer.here()

    def ask(question: Question) -> None:
        try:
            answers[question] = _ASK[question](place, here)
        except (OSError, ValueError, LookupError, RuntimeError):
            answers[question] = Observation(question, Answer.UNTOLD)

    threads = [
        threading.Thread(target=ask, args=(question,), name=f"casewell-{question}", daemon=True)
        for question in asked
    ]
    for thread in threads:
        thread.start()
    waited = threading.Event()
    timer = threading.Timer(limit, waited.set)
    timer.daemon = True
    timer.start()
    for thread in threads:
        while thread.is_alive() and not waited.is_set():
            thread.join(0.02)
    timer.cancel()
    told = dict(answers)
    return Surroundings(
        place, tuple(told.get(each) or Observation(each, Answer.UNTOLD) for each in asked)
    )


def copied_or_shared(place: Path, computer: Computer | None = None) -> tuple[Observation, ...]:
    """Return what speaks against a vault at `place`: a folder that is synced, or a network share.

    Two programs that write the same file there, unknown to each other, lose notes.
    """
    asked = (Question.SYNCED, Question.NETWORK)
    return look_around(place, computer, asked, PLACE_LIMIT_S).worries


def refuse_place(place: Path, computer: Computer | None = None) -> None:
    """Refuse to make a vault where another program copies or shares the folder."""
    for found in copied_or_shared(place, computer):
        if found.question is Question.SYNCED:
            raise Refused("vault-place-synced", "place", path=str(place), service=found.detail)
        raise Refused("vault-place-network", "place", path=str(place), service=found.detail)


# -- where a place lies ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the list of mounts."""

    point: str
    kind: str
    source: str
    number: str = ""
    """Major and minor number of the block device (Linux)."""


def standing(place: Path) -> Path:
    """Return the nearest folder at or above `place` that exists, with all links followed."""
    for found in (place, *place.parents):
        if found.exists():
            return found.resolve()
    return place


def _mount_of(place: Path, here: Computer) -> Mount | None:
    mounts = _linux_mounts(here) if here.system == "linux" else _macos_mounts(here)
    path = _inside(place, here)
    best: Mount | None = None
    for mount in mounts:
        inside = mount.point in {"/", path} or path.startswith(mount.point + "/")
        # Of two mounts on one point the later one hides the earlier.
        if inside and (best is None or len(mount.point) >= len(best.point)):
            best = mount
    return best


def _inside(place: Path, here: Computer) -> str:
    """Return `place` as the computer itself calls it: without the root of an imagined one."""
    real, root = standing(place), here.root.resolve()
    if root.parent == root or not real.is_relative_to(root):
        return real.as_posix()
    return "/" + real.relative_to(root).as_posix()


def _linux_mounts(here: Computer) -> list[Mount]:
    found = []
    for line in (here.text("/proc/self/mountinfo") or "").splitlines():
        before, _dash, after = line.partition(" - ")
        left, right = before.split(), after.split()
        if len(left) >= 5 and len(right) >= 2:
            found.append(Mount(_unescaped(left[4]), right[0], _unescaped(right[1]), left[2]))
    return found


def _unescaped(text: str) -> str:
    """Return a path of mountinfo with its octal escapes undone (proc(5))."""
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)


def _macos_mounts(here: Computer) -> list[Mount]:
    found = []
    for line in (here.says("/sbin/mount") or "").splitlines():
        match = re.match(r"(.*?) on (/.*) \(([^,)]+)", line)
        if match:
            found.append(Mount(match[2], match[3].strip(), match[1]))
    return found


def _ancestors(place: Path) -> Iterator[Path]:
    """Yield the folders at and above `place`, as it is written and as its links lead."""
    seen = set()
    for start in (place, standing(place)):
        for folder in (start, *start.parents):
            if folder not in seen:
                seen.add(folder)
                yield folder


# -- is the disk encrypted -------------------------------------------------------------

_ENCRYPTING = ("ecryptfs", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs")
_ON_BLOCK = (
    "ext2", "ext3", "ext4", "btrfs", "xfs", "f2fs", "vfat", "exfat", "ntfs", "ntfs3", "fuseblk",
    "reiserfs", "jfs", "nilfs2", "hfsplus",
)  # fmt: skip
_FSCRYPT = 0x800  # FS_ENCRYPT_FL


def _disk_encrypted(place: Path, here: Computer) -> Observation:
    question = Question.DISK_ENCRYPTED
    if here.system == "windows":
        return Observation(question, _bitlocker(here, standing(place)), "BitLocker")
    mount = _mount_of(place, here)
    if here.system == "macos":
        return Observation(question, _filevault(here, mount), "FileVault")
    if mount is None:
        return Observation(question, Answer.UNTOLD)
    if mount.kind in _ENCRYPTING:
        return Observation(question, Answer.YES, mount.kind.removeprefix("fuse."))
    if (here.folder_flags(standing(place)) or 0) & _FSCRYPT:
        return Observation(question, Answer.YES, "fscrypt")
    if mount.kind == "zfs":
        said = (
            here.says("zfs", "get", "-H", "-o", "value", "encryption", mount.source) or ""
        ).strip()
        if not said:
            return Observation(question, Answer.UNTOLD, "ZFS")
        return Observation(question, Answer.NO if said in {"off", "-"} else Answer.YES, "ZFS")
    if mount.kind in _ON_BLOCK:
        return Observation(question, _block_encrypted(_block_of(mount, here), here))
    return Observation(question, Answer.UNTOLD, mount.kind)


def _block_of(mount: Mount, here: Computer) -> Path | None:
    """Return the folder under /sys of the block device that a filesystem lies on."""
    blocks = here.root / "sys/class/block"
    if mount.source.startswith("/dev/mapper/"):
        wanted = mount.source.removeprefix("/dev/mapper/")
        for block in sorted(blocks.glob("dm-*")):
            if _line(block / "dm/name") == wanted:
                return block
    named = blocks / Path(mount.source).name
    if mount.source.startswith("/dev/") and named.exists():
        return named
    numbered = here.root / "sys/dev/block" / mount.number
    return numbered if mount.number and numbered.exists() else None


def _block_encrypted(block: Path | None, here: Computer, depth: int = 0) -> Answer:
    """Tell whether a block device is encrypted at any of the layers it rests on."""
    if block is None or depth > 8:
        return Answer.UNTOLD
    if (_line(block / "dm/uuid") or "").startswith("CRYPT-"):
        return Answer.YES
    backing = _line(block / "loop/backing_file")
    if backing:
        mount = _mount_of(here.root / backing.lstrip("/"), here)
        if mount is None:
            return Answer.UNTOLD
        if mount.kind not in _ON_BLOCK:
            return Answer.YES if mount.kind in _ENCRYPTING else Answer.UNTOLD
        return _block_encrypted(_block_of(mount, here), here, depth + 1)
    below = sorted((block / "slaves").glob("*")) if (block / "slaves").is_dir() else []
    if not below:
        return Answer.NO
    answers = {_block_encrypted(each, here, depth + 1) for each in below}
    # Data spread over several disks is as open as the most open of them.
    for answer in (Answer.NO, Answer.UNTOLD):
        if answer in answers:
            return answer
    return Answer.YES


def _bitlocker(here: Computer, place: Path) -> Answer:
    """Read Explorer's number: 1 on, 6 on and locked; 2 off, 4 going, 5 suspended, 8 waiting."""
    found = here.volumes.protection(place) if here.volumes is not None else None
    if found in {1, 6}:
        return Answer.YES
    return Answer.NO if found in {2, 4, 5, 8} else Answer.UNTOLD


def _filevault(here: Computer, mount: Mount | None) -> Answer:
    if mount is None:
        return Answer.UNTOLD
    if mount.point in {"/", "/System/Volumes/Data"}:
        said = here.says("/usr/bin/fdesetup", "status") or ""
        if "FileVault is On" in said:
            return Answer.YES
        return Answer.NO if "FileVault is Off" in said else Answer.UNTOLD
    facts = _volume(here, mount)
    for name in ("FileVault", "Encryption"):
        if facts.get(name) is True:
            return Answer.YES
    return Answer.NO if facts.get("FileVault") is False else Answer.UNTOLD


def _volume(here: Computer, mount: Mount) -> Mapping[str, object]:
    said = here.says("/usr/sbin/diskutil", "info", "-plist", mount.point)
    if not said:
        return {}
    try:
        found = plistlib.loads(said.encode())
    except (ValueError, plistlib.InvalidFileException):
        return {}
    return found if isinstance(found, dict) else {}


def _line(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None


# -- is the folder synced --------------------------------------------------------------

_MARKS: tuple[tuple[str, str], ...] = (
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".sync_*.db", "Nextcloud"),
    ("._sync_*.db", "Nextcloud"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".sync/ID", "Resilio Sync"),
    (".tmp.driveupload", "Google Drive"),
    (".tmp.drivedownload", "Google Drive"),
    (".shortcut-targets-by-id", "Google Drive"),
)
"""What services leave at the top of a folder they copy."""
_SYNCING_KINDS = {
    "fuse.rclone": "rclone",
    "fuse.google-drive-ocamlfuse": "Google Drive",
    "fuse.onedriver": "OneDrive",
}


def _synced(place: Path, here: Computer) -> Observation:
    question = Question.SYNCED
    folders = list(_ancestors(place))
    for top, service in _known_tops(here):
        if top in folders or top.resolve() in folders:
            return Observation(question, Answer.YES, service)
    for folder in folders:
        # The Dropbox client's own settings are in ~/.dropbox: the home is not synced by that.
        for mark, service in _MARKS:
            if mark == ".dropbox" and (folder / mark).is_dir():
                continue
            if any(folder.glob(mark)):
                return Observation(question, Answer.YES, service)
    if here.system == "linux":
        mount = _mount_of(place, here)
        if mount is not None and mount.kind in _SYNCING_KINDS:
            return Observation(question, Answer.YES, _SYNCING_KINDS[mount.kind])
    if here.system == "macos" and _perhaps_in_icloud(folders, here):
        return Observation(question, Answer.UNTOLD, "iCloud Drive")
    return Observation(question, Answer.NO)


def _known_tops(here: Computer) -> Iterator[tuple[Path, str]]:
    """Yield the folders that sync services say are theirs."""
    for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        if here.variables.get(name):
            yield Path(here.variables[name]), "OneDrive"
    if here.volumes is not None:
        for said in here.volumes.onedrive_folders():
            yield Path(said), "OneDrive"
    settings = [here.home / ".dropbox/info.json"]
    settings += [
        Path(here.variables[name]) / "Dropbox/info.json"
        for name in ("APPDATA", "LOCALAPPDATA")
        if here.variables.get(name)
    ]
    for file in settings:
        for folder in _dropbox_folders(file):
            yield folder, "Dropbox"
    if here.system == "macos":
        yield here.home / "Library/Mobile Documents", "iCloud Drive"
        storage = here.home / "Library/CloudStorage"
        for folder in sorted(storage.glob("*")):
            service = folder.name.partition("-")[0]
            yield folder, {"GoogleDrive": "Google Drive"}.get(service, service)
    elif here.system == "windows":
        yield here.home / "iCloudDrive", "iCloud Drive"
    for name in ("Dropbox", "OneDrive", "Google Drive"):
        if (here.home / name).is_dir():
            yield here.home / name, name
    for settings_file in (
        ".config/Nextcloud/nextcloud.cfg",
        "AppData/Roaming/Nextcloud/nextcloud.cfg",
    ):
        for folder in _nextcloud_folders(here.home / settings_file):
            yield folder, "Nextcloud"


def _dropbox_folders(file: Path) -> Iterator[Path]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    for account in found.values() if isinstance(found, dict) else ():
        if isinstance(account, dict):
            for name in ("path", "root_path"):
                if isinstance(account.get(name), str) and account[name]:
                    yield Path(account[name])


def _nextcloud_folders(file: Path) -> Iterator[Path]:
    for match in re.finditer(r"^\d+\\Folders\\.*?localPath=(.+)$", _line(file) or "", re.MULTILINE):
        yield Path(match[1].strip())


def _perhaps_in_icloud(folders: list[Path], here: Computer) -> bool:
    """Tell whether the Desktop and Documents of a Mac may be copied to iCloud Drive."""
    cloud = here.home / "Library/Mobile Documents/com~apple~CloudDocs"
    return any(
        (cloud / name).exists() and here.home / name in folders for name in ("Desktop", "Documents")
    )


# -- network, medium, readers ----------------------------------------------------------

_NETWORK_KINDS = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "fuse.davfs", "fuse.davfs2",
    "fuse.sshfs", "fuse.gvfsd-fuse", "fuse.rclone", "fuse.glusterfs", "ceph", "fuse.ceph", "afs",
    "ncpfs", "9p", "vboxsf", "fuse.vmhgfs-fuse", "vmhgfs", "virtiofs", "lustre", "gfs2", "ocfs2",
    "nfs3", "ftp",
}  # fmt: skip


def _network(place: Path, here: Computer) -> Observation:
    question = Question.NETWORK
    if here.system == "windows":
        if str(place).startswith(("\\\\", "//")) and not str(place).startswith("\\\\?\\"):
            return Observation(question, Answer.YES, "SMB")
        kind = here.volumes.drive_type(standing(place)) if here.volumes is not None else 0
        if kind == 4:
            return Observation(question, Answer.YES, "SMB")
        return Observation(question, Answer.NO if kind in {2, 3, 5, 6} else Answer.UNTOLD)
    mount = _mount_of(place, here)
    if mount is None:
        return Observation(question, Answer.UNTOLD)
    if mount.kind in _NETWORK_KINDS:
        return Observation(question, Answer.YES, mount.kind.removeprefix("fuse."))
    known = mount.kind in _ON_BLOCK or mount.kind in {
        *_ENCRYPTING, "apfs", "hfs", "msdos", "zfs", "bcachefs", "overlay", "tmpfs", "ramfs",
    }  # fmt: skip
    return Observation(question, Answer.NO if known else Answer.UNTOLD, "" if known else mount.kind)


def _removable(place: Path, here: Computer) -> Observation:
    question = Question.REMOVABLE
    if here.system == "windows":
        kind = here.volumes.drive_type(standing(place)) if here.volumes is not None else 0
        answer = {2: Answer.YES, 3: Answer.NO, 4: Answer.NO}.get(kind, Answer.UNTOLD)
        return Observation(question, answer)
    mount = _mount_of(place, here)
    if mount is None:
        return Observation(question, Answer.UNTOLD)
    if here.system == "macos":
        if mount.point in {"/", "/System/Volumes/Data"}:
            return Observation(question, Answer.NO)
        outside = _volume(here, mount).get("RemovableMediaOrExternalDevice")
        if not isinstance(outside, bool):
            return Observation(question, Answer.UNTOLD)
        return Observation(question, Answer.YES if outside else Answer.NO)
    if mount.kind in _NETWORK_KINDS:
        return Observation(question, Answer.NO)
    return Observation(question, _block_removable(_block_of(mount, here)))


def _block_removable(block: Path | None, depth: int = 0) -> Answer:
    """Tell whether a block device is a stick, a card or a disk on a USB cable."""
    if block is None or depth > 8:
        return Answer.UNTOLD
    real = block.resolve()
    if re.search(r"/usb\d", str(real)):
        return Answer.YES
    for folder in (real, real.parent):
        if _line(folder / "removable") == "1":
            return Answer.YES
    below = sorted((block / "slaves").glob("*")) if (block / "slaves").is_dir() else []
    answers = {_block_removable(each, depth + 1) for each in below}
    for answer in (Answer.YES, Answer.UNTOLD):
        if answer in answers:
            return answer
    return Answer.NO


_ANYBODY = {"WD", "BU", "AU", "AN", "BG", "S-1-1-0", "S-1-5-11", "S-1-5-32-545"}
"""Everyone, Users, Authenticated Users, Anonymous, Guests (SID strings of SDDL)."""


def _others_read(place: Path, here: Computer) -> Observation:
    question = Question.OTHERS_READ
    if here.system == "windows":
        found = here.volumes.access_list(standing(place)) if here.volumes is not None else None
        if found is None:
            return Observation(question, Answer.UNTOLD)
        return Observation(question, Answer.YES if opened_to_anybody(found) else Answer.NO)
    if not place.exists():
        # It will be made readable by its owner alone, where the filesystem knows owners.
        mount = _mount_of(place, here)
        ownerless = mount is None or mount.kind in {"vfat", "exfat", "ntfs", "fuseblk", "msdos"}
        return Observation(question, Answer.UNTOLD if ownerless else Answer.NO)
    searched = stat.S_IXGRP | stat.S_IXOTH
    real = place.resolve()
    if any(not folder.stat().st_mode & searched for folder in (real, *real.parents)):
        return Observation(question, Answer.NO)  # a folder on the way is closed to others
    held = [real, *(each for each in real.glob("*") if each.is_file())]
    readable = stat.S_IRGRP | stat.S_IROTH
    opened = any(each.stat().st_mode & readable for each in held)
    return Observation(question, Answer.YES if opened else Answer.NO)


def opened_to_anybody(access_list: str) -> bool:
    """Tell whether an access list (SDDL) lets in more than its owner and administrators."""
    if "D:" in access_list and "(" not in access_list.partition("D:")[2]:
        return "NO_ACCESS_CONTROL" in access_list
    for entry in re.findall(r"\(([^)]*)\)", access_list):
        parts = entry.split(";")
        if len(parts) >= 6 and parts[0] in {"A", "OA", "XA"} and parts[5] in _ANYBODY:
            return True
    return False


# -- what memory the system writes to the disk ------------------------------------------


def _swap_encrypted(place: Path, here: Computer) -> Observation:
    question = Question.SWAP_ENCRYPTED
    if here.system == "macos":
        # Encrypted since Mac OS X 10.7, and it cannot be switched off.
        return Observation(question, Answer.YES)
    if here.system == "windows":
        drive = Path(here.variables.get("SystemDrive", "C:") + "\\")
        return Observation(question, _bitlocker(here, drive))
    listed = here.text("/proc/swaps")
    if listed is None:
        return Observation(question, Answer.UNTOLD)
    answers = {
        _swap(line.split(), here) for line in listed.splitlines()[1:] if len(line.split()) > 1
    }
    if not answers:
        return Observation(question, Answer.YES, "none")
    for answer in (Answer.NO, Answer.UNTOLD):
        if answer in answers:
            return Observation(question, answer)
    return Observation(question, Answer.YES)


def _swap(entry: list[str], here: Computer) -> Answer:
    name = _unescaped(entry[0])
    if re.fullmatch(r"/dev/zram\d+", name):
        return Answer.YES  # compressed memory: nothing is written to a disk
    if entry[1] == "file":
        mount = _mount_of(here.root / name.lstrip("/"), here)
        if mount is None or mount.kind not in _ON_BLOCK:
            return Answer.UNTOLD
        return _block_encrypted(_block_of(mount, here), here)
    return _block_encrypted(_block_of(Mount("", "swap", name), here), here)


_ASK = {
    Question.DISK_ENCRYPTED: _disk_encrypted,
    Question.SYNCED: _synced,
    Question.NETWORK: _network,
    Question.REMOVABLE: _removable,
    Question.OTHERS_READ: _others_read,
    Question.SWAP_ENCRYPTED: _swap_encrypted,
}
