"""Looking into a backup, and making a new vault of it: the living one is never touched."""

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.features.backups import repo
from app.features.backups.model import Read
from app.features.backups.service import confirm, read_sealed
from app.kernel.clock import Clock
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Progress, Seat, no_progress
from app.vault import recovery
from app.vault.backups import BackupFolder, is_backup
from app.vault.folder import VaultFolder, named, sync_folder
from app.vault.keybag import (
    Keybag,
    Unlocked,
    open_with_passphrase,
    open_with_recovery,
    read_keybag,
    write_keybag,
)

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was opened with a secret, and what is inside."""

    read: Read
    unlocked: Unlocked


def open_backup(path: Path, secret: str) -> Opened:
    """Open a backup with the passphrase of its time or with the recovery words, and check it.

    Raises Trouble `backup-missing` where there is none, Refused for a wrong secret, and
    Damage when it is not what was written.
    """
    folder = BackupFolder(path)
    if not is_backup(path):
        raise Trouble("backup-missing", path=str(path))
    unlocked, _found = read_keybag(folder.vault).opened(either_secret(secret))
    if folder.read().vault != unlocked.keybag.vault:
        raise Damage("backup-foreign")
    read = read_sealed(folder, unlocked.keys)
    confirm(read, unlocked.keys)
    return Opened(read, unlocked)


def restore(
    opened: Opened,
    place: Path,
    device: DeviceId,
    clock: Clock,
    frozen: Sequence[FrozenRows],
    progress: Progress = no_progress,
) -> Path:
    """Make a new vault at `place` of an opened backup, check all of it, and return its folder.

    It is built beside its place and moved there whole. Refuses a place that is taken, so
    that no vault is ever overwritten; its journal says that it was restored, and from when.
    """
    backup, unlocked = opened.read.backup, opened.unlocked
    final = named(place)
    final.make()
    building = VaultFolder(final.path.with_name(f".{final.path.name}.new"))
    shutil.rmtree(building.path, ignore_errors=True)
    try:
        building.make()
        _copy(BackupFolder(backup.path).vault.records, building.records, progress)
        if repo.sha256(building.records) != opened.read.digest:
            raise Damage("backup-damaged", path=str(backup.path))
        keys, anchor = unlocked.keys, opened.read.inside.anchor
        if repo.examine(building.records, keys, anchor, frozen):
            raise Damage("backup-damaged", path=str(backup.path))
        seat = Seat(unlocked.slot.person, Role.ADMINISTRATOR, device)
        vault = unlocked.keybag.vault
        head = repo.mark_restored(building.records, keys, clock, seat, vault, backup.made)
        write_keybag(
            building,
            unlocked.keybag.sealed_with(
                keys,
                unlocked.keybag.slots,
                anchor={"count": head.count, "head": head.head},
                restored=clock.now().at,
                life=new_id(),
            ),
        )
        final.path.rmdir()
        building.path.rename(final.path)
        sync_folder(final.path.parent)
    except OSError as error:
        _clear(building, final)
        reason = error.strerror
        raise Trouble("restore-place", path=str(final.path), reason=reason) from error
    except BaseException:
        _clear(building, final)
        raise
    return final.path


def either_secret(secret: str) -> Callable[[Keybag], Unlocked]:
    """Try a secret as a passphrase, and as recovery words if it could be such."""

    def attempt(keybag: Keybag) -> Unlocked:
        try:
            return open_with_passphrase(keybag, secret)
        except Refused:
            if len(secret.split()) != recovery.WORDS:
                raise
        return open_with_recovery(keybag, recovery.from_words(secret))

    return attempt


def _copy(source: Path, target: Path, progress: Progress) -> None:
    size, done = source.stat().st_size, 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        while chunk := reading.read(_CHUNK):
            writing.write(chunk)
            done += len(chunk)
            progress(done, size)
        writing.flush()
        os.fsync(writing.fileno())


def _clear(building: VaultFolder, final: VaultFolder) -> None:
    """Leave nothing half made; the place was empty before."""
    shutil.rmtree(building.path, ignore_errors=True)
    with contextlib.suppress(OSError):
        if final.path.is_dir() and not any(final.path.iterdir()):
            final.path.rmdir()
