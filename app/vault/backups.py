"""Where backups stand, and what a backup's folder says of itself.

A backup is a folder `YYYY-MM-DDTHHMMSSZ.casewell-backup/` with the encrypted file, both
copies of a keybag that opens it, and `backup.json`:

    format      "casewell-backup"
    version     1; a higher one is refused unharmed
    vault       the vault's id
    made, zone  when it was made
    key         which of the vault's keys it is written with: a fingerprint, not the key
    sealed      counts, the journal's head, the file's SHA-256, sealed under the vault's key;
                the seal binds all of the above

It is built under a name that ends in `.new` and renamed when it was opened and checked:
what bears the name of a backup is one.
"""

import base64
import contextlib
import errno
import json
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.kernel.clock import Moment, from_utc_text
from app.kernel.errors import Damage, Trouble
from app.kernel.keys import VaultKeys
from app.vault.folder import (
    VaultFolder,
    make_folders,
    read_small,
    sync_folder,
    write_atomically,
)
from app.vault.sealing import SealBroken, derived, seal, unseal

FORMAT = "casewell-backup"
VERSION = 1
SUFFIX = ".casewell-backup"
BUILDING = f"{SUFFIX}.new"
SET_ASIDE = f"{SUFFIX}.damaged"
LARGEST_MANIFEST = 100_000
"""Bytes; a manifest of forty tables is a fiftieth of it."""
MOST = 500
"""More backups than these in one place are not looked at."""

_SEAL = b"casewell.backup1"
_FINGERPRINT = b"casewell.print.1"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def fingerprint(keys: VaultKeys) -> str:
    """Return what tells two keys of one vault apart, and tells nothing else of them."""
    return derived(keys.key, _FINGERPRINT).hex()[:16]


def beside(folder: VaultFolder) -> Path:
    """Return the usual place of a vault's backups: beside the vault."""
    return folder.path.with_name(f"{folder.path.stem}.backups")


def within(medium: Path, folder: VaultFolder) -> Path:
    """Return the place of a vault's backups on another medium."""
    return medium / f"{folder.path.stem}.backups"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `backup.json` says; the sealed part is read with the vault's keys."""

    vault: str
    made: Moment
    key: str
    sealed: bytes = b""

    def bound(self) -> bytes:
        """Return what the seal binds."""
        return _canonical(
            {
                "format": FORMAT,
                "version": VERSION,
                "vault": self.vault,
                "made": self.made.at,
                "zone": self.made.zone,
                "key": self.key,
            }
        )

    def with_facts(self, keys: VaultKeys, facts: Mapping[str, Any]) -> "Manifest":
        """Return the manifest with `facts` sealed into it."""
        sealed = seal(derived(keys.key, _SEAL), _canonical(facts), self.bound())
        return Manifest(self.vault, self.made, self.key, sealed)

    def facts(self, keys: VaultKeys) -> dict[str, Any]:
        """Return the sealed facts; raise Damage if the seal does not open with these keys."""
        try:
            found = json.loads(unseal(derived(keys.key, _SEAL), self.sealed, self.bound()))
        except (SealBroken, ValueError, RecursionError):
            raise Damage("backup-foreign") from None
        if not isinstance(found, dict):
            raise Damage("backup-foreign")
        return found

    def to_bytes(self) -> bytes:
        """Return the document."""
        document = json.loads(self.bound())
        document["sealed"] = base64.b64encode(self.sealed).decode()
        return json.dumps(document, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read a document; raise Damage if it is not whole, Trouble if it is newer than we are."""
        try:
            document = json.loads(data)
            if document["format"] != FORMAT:
                raise ValueError
            known = document["version"]
            if isinstance(known, int) and known > VERSION:
                raise Trouble("vault-newer", have=known, know=VERSION)
            made = Moment(str(document["made"]), str(document["zone"]))
            from_utc_text(made.at)
            sealed = base64.b64decode(str(document["sealed"]), validate=True)
            vault, key = document["vault"], document["key"]
            if known != VERSION or not (isinstance(vault, str) and isinstance(key, str)):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Damage("backup-unreadable") from None
        return cls(vault, made, key, sealed)


@dataclass(frozen=True, slots=True)
class BackupFolder:
    """The folder of one backup."""

    path: Path

    @property
    def vault(self) -> VaultFolder:
        """The encrypted file and the keybag in it, laid out as in a vault."""
        return VaultFolder(self.path)

    @property
    def manifest(self) -> Path:
        """What the backup says of itself."""
        return self.path / "backup.json"

    def read(self) -> Manifest:
        """Return the manifest; raise Trouble `backup-missing` or Damage."""
        try:
            data = read_small(self.manifest, LARGEST_MANIFEST)
            if data is None:
                raise Damage("backup-unreadable")
            return Manifest.from_bytes(data)
        except OSError as error:
            raise Trouble("backup-missing", path=str(self.path), reason=error.strerror) from None

    def size(self) -> int:
        """Return the bytes of the encrypted file; 0 if it is gone."""
        try:
            return self.vault.records.stat().st_size
        except OSError:
            return 0


def is_backup(path: Path) -> bool:
    """Tell whether the folder at `path` is a backup rather than a vault."""
    return (path / "backup.json").exists()


def found(place: Path) -> list[BackupFolder]:
    """Return the backups at `place`, the newest name first; none if the place is not there."""
    try:
        entries = sorted(
            (entry for entry in place.iterdir() if entry.name.endswith(SUFFIX)), reverse=True
        )
    except OSError:
        return []
    return [
        BackupFolder(entry) for entry in entries[:MOST] if entry.is_dir() and not entry.is_symlink()
    ]


def prepare(place: Path, *, shared: bool) -> None:
    """Make the place, readable by its owner alone, and clear what a killed backup left there.

    In a `shared` place another computer may be at work: only leftovers a day old go.
    """
    latest = time.time() - (86_400 if shared else 0)
    make_folders(place)
    with contextlib.suppress(OSError):
        place.chmod(0o700)  # a stick without owners cannot, and its pages are encrypted
    for entry in place.iterdir():
        left = entry.name.endswith(BUILDING) and entry.is_dir() and not entry.is_symlink()
        if left and entry.stat().st_mtime <= latest:
            shutil.rmtree(entry, ignore_errors=True)


def building(place: Path, made: Moment, mark: str = "") -> Path:
    """Make and return the folder in which a backup is built; `mark` goes into its name."""
    stem = made.instant().strftime("%Y-%m-%dT%H%M%SZ") + (f"-{mark}" if mark else "")
    name, number = stem, 2
    while any((place / f"{name}{end}").exists() for end in (SUFFIX, BUILDING, SET_ASIDE)):
        name, number = f"{stem}-{number}", number + 1
    path = place / f"{name}{BUILDING}"
    path.mkdir(mode=0o700)
    return path


def finish(path: Path, manifest: Manifest) -> BackupFolder:
    """Write the manifest last and give what was built its name, durably."""
    write_atomically(path / "backup.json", manifest.to_bytes())
    final = path.with_name(path.name.removesuffix(".new"))
    path.rename(final)
    sync_folder(path.parent)
    return BackupFolder(final)


def remove(backup: BackupFolder) -> None:
    """Remove a backup: it loses its name first, so that no half of one is ever listed."""
    going = backup.path.with_name(f"{backup.path.name}.new")
    backup.path.rename(going)
    shutil.rmtree(going, ignore_errors=True)


def set_aside(backup: BackupFolder) -> Path:
    """Keep a damaged backup for a closer look, under a name that no longer counts as one."""
    aside = backup.path.with_name(backup.path.name.removesuffix(SUFFIX) + SET_ASIDE)
    backup.path.rename(aside)
    return aside


@contextmanager
def known_place(place: Path) -> Iterator[None]:
    """Turn what goes wrong while writing to `place` into the trouble it is."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Trouble("backup-place-full", path=str(place)) from error
        if error.errno in _CLOSED:
            raise Trouble("backup-place-closed", path=str(place), reason=error.strerror) from error
        raise Trouble("backup-place-gone", path=str(place), reason=error.strerror) from error
    except Damage:
        raise
    except Trouble as trouble:
        if trouble.code == "disk-full":
            raise Trouble("backup-place-full", path=str(place)) from trouble
        if trouble.code in {"disk-trouble", "vault-unreadable", "vault-read-only"}:
            reason = trouble.facts.get("reason")
            raise Trouble("backup-place-gone", path=str(place), reason=reason) from trouble
        raise


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
