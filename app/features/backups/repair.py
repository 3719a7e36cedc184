"""Making a new vault of what is intact in a damaged one, which is never touched.

First the newest good backup is looked for, and what it lacks is told. A repair then saves
what can be read into a vault beside the damaged one, brings back from that backup what was
lost, and keeps the list of what is missing inside the new vault. The damaged file is copied,
and only the copy is opened: opening one folds its log in, which changes it.
"""

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.features.backups import repo
from app.features.backups.losses import Damages, Lacking, Repaired
from app.features.backups.model import Read
from app.features.backups.repo.rebuild import Basis, read_losses, rebuild
from app.features.backups.restore import Opened, either_secret, open_backup
from app.features.backups.service import backups_at, places
from app.kernel.clock import Clock
from app.kernel.errors import CasewellError, Damage, Refused, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.ids import DeviceId
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.nouns import Role
from app.kernel.ports import Progress, Seat, no_progress
from app.vault.backups import BackupFolder
from app.vault.folder import VaultFolder, named, sync_folder
from app.vault.keybag import Unlocked, read_keybag, write_keybag

_CHUNK = 1 << 20
_NO_HINT = 0


@dataclass(frozen=True, slots=True)
class Examined:
    """A damaged vault that was opened and looked at; its copy stands in `work` until dismissed."""

    folder: VaultFolder
    work: VaultFolder
    final: VaultFolder
    unlocked: Unlocked
    keys: VaultKeys
    """What the file is under: amid a change of the vault's key, the old or the new one."""
    keybag_from: Path | None
    """The backup whose keybag opened it, because the vault's own is damaged."""
    damages: Damages
    backup: Opened | None
    lacking: Lacking | None

    def dismiss(self) -> None:
        """Remove the copy: nothing of a repair is left."""
        shutil.rmtree(self.work.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.final.path.rmdir()


def usual_place(folder: VaultFolder) -> Path:
    """Return where a repaired vault is put: beside the damaged one, under a free name."""
    for number in range(1, 100):
        end = "-repaired" + (f"-{number}" if number > 1 else "")
        place = folder.path.with_name(f"{folder.path.stem}{end}.casewell")
        if not place.exists():
            return place
    raise Refused("vault-place-taken", "place", path=str(folder.path))


def examine(
    folder: VaultFolder,
    secret: str,
    frozen: Sequence[FrozenRows],
    *,
    to: Path | None = None,
    other: Path | None = None,
    progress: Progress = no_progress,
) -> Examined:
    """Open a damaged vault with a secret, copy it and look at the copy; the vault stays as it is.

    Its own keybag is tried first, then those of its backups. Raises Refused for a wrong
    secret or a place that is taken, Trouble `records-missing` without a file.
    """
    if not folder.records.exists():
        raise Trouble("records-missing", path=str(folder.path))
    unlocked, keybag_from = _unlock(folder, secret, other)
    final = named(to or usual_place(folder))
    final.make()
    work = VaultFolder(final.path.with_name(f".{final.path.name}.new"))
    shutil.rmtree(work.path, ignore_errors=True)
    try:
        work.make()
        copy = _copy_of(work)
        logged = _copy(folder.records, copy, progress)
        keys = _keys_of(copy, unlocked)
        seen = repo.look_at_damage(copy, keys)
        structure, bad, opens, rows, entries = seen
        anchor = unlocked.keybag.anchor()
        backup = _newest_good(folder, secret, unlocked, frozen, other)
        known = max(entries, anchor.count if anchor else 0)
        pages = -(-copy.stat().st_size // 4096)
        damages = Damages(structure, pages, bad, opens, logged, known, rows)
        lacking = None if backup is None else _lacking(backup.read, damages)
        return Examined(folder, work, final, unlocked, keys, keybag_from, damages, backup, lacking)
    except OSError as error:
        shutil.rmtree(work.path, ignore_errors=True)
        raise Trouble("repair-place", path=str(final.path), reason=error.strerror) from error
    except BaseException:
        shutil.rmtree(work.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            final.path.rmdir()
        raise


def repair(
    found: Examined,
    device: DeviceId,
    clock: Clock,
    frozen: Sequence[FrozenRows],
    progress: Progress = no_progress,
) -> Repaired:
    """Make a new vault of what is intact, and of what its newest good backup gives back.

    It opens with the same passphrases and the same sheet. Stopped or in trouble, nothing of
    it is left; the damaged vault and its backups are as they were in any case.
    """
    unlocked, work, final = found.unlocked, found.work, found.final
    keys, vault = found.keys, unlocked.keybag.vault
    backup = found.backup
    anchors = [unlocked.keybag.anchor(), backup.read.inside.anchor if backup else None]
    now = clock.now()
    basis = Basis(
        vault,
        Seat(unlocked.slot.person, Role.ADMINISTRATOR, device),
        now,
        tuple(anchor for anchor in anchors if anchor is not None),
        frozen,
        None if backup is None else BackupFolder(backup.read.backup.path).vault.records,
        None if backup is None else backup.unlocked.keys,
        "" if backup is None else backup.read.backup.made.at,
    )
    if found.damages.whole and found.keybag_from is None:
        found.dismiss()
        raise Refused("repair-not-needed")
    try:
        size = backup.read.backup.size // 4096 if backup else _NO_HINT
        saved = repo.salvaged(_copy_of(work), keys, work.records, size, progress)
        rebuilt = rebuild(work.records, keys, saved, basis)
        _drop_copy(work)
        head = rebuilt.head
        wrong = repo.examine(work.records, keys, Anchor(head.count, head.head), ())
        if wrong:
            raise Damage("repair-unsound", detail=", ".join(one.code for one in wrong))
        with work.records.open("rb+") as file:
            os.fsync(file.fileno())
        write_keybag(
            work,
            unlocked.keybag.sealed_with(
                unlocked.keys,
                unlocked.keybag.slots,
                anchor={"count": head.count, "head": head.head},
                restored=now.at,
            ),
        )
        progress(1, 1)  # the last moment to stop
        final.path.rmdir()
        work.path.rename(final.path)
        sync_folder(final.path.parent)
    except OSError as error:
        found.dismiss()
        raise Trouble("repair-place", path=str(final.path), reason=error.strerror) from error
    except BaseException:
        found.dismiss()
        raise
    return Repaired(
        final.path,
        rebuilt.saved,
        tuple(rebuilt.losses),
        len(saved.bad) + (not found.damages.opens and 1 not in saved.bad),
        saved.pages,
        head,
        backup.read if backup else None,
        rebuilt.gaps,
        tuple(read_losses(final.records, keys)),
    )


def _unlock(folder: VaultFolder, secret: str, other: Path | None) -> tuple[Unlocked, Path | None]:
    """Open the vault's keybag; one that is damaged or gone gives way to its backups'."""
    try:
        return read_keybag(folder).opened(either_secret(secret))[0], None
    except Refused:
        raise
    except Trouble as trouble:
        vaults: set[str] = set()
        with contextlib.suppress(Trouble):
            vaults.add(read_keybag(folder).keybag.vault)
        refused: Refused | None = None
        for backup in (one for at in places(folder, other) for one in backups_at(at)):
            if vaults and backup.vault not in vaults:
                continue
            try:
                opened = read_keybag(BackupFolder(backup.path).vault).opened(either_secret(secret))
                if opened[0].keybag.vault == backup.vault:
                    return opened[0], backup.path
            except Refused as error:
                refused = error
            except Trouble:
                continue
        raise (refused or trouble) from None


def _keys_of(copy: Path, unlocked: Unlocked) -> VaultKeys:
    """Return the keys the file is under; those of the keybag where none of them opens it."""
    for keys in (unlocked.keys, unlocked.upcoming):
        if keys is not None and repo.opens(copy, keys):
            return keys
    return unlocked.keys


def _newest_good(
    folder: VaultFolder,
    secret: str,
    unlocked: Unlocked,
    frozen: Sequence[FrozenRows],
    other: Path | None,
) -> Opened | None:
    """Return the newest backup of the vault that opens and is whole, or None."""
    listed = [one for place in places(folder, other) for one in backups_at(place)]
    for backup in sorted(listed, key=lambda one: one.made, reverse=True):
        if backup.vault != unlocked.keybag.vault:
            continue
        try:
            opened = open_backup(backup.path, secret)
        except CasewellError:
            continue
        records = BackupFolder(backup.path).vault.records
        if not repo.frozen_wrong(records, opened.unlocked.keys, frozen):
            return opened
    return None


def _lacking(read: Read, damages: Damages) -> Lacking:
    inside = read.inside
    more = {
        name: count - inside.rows.get(name, 0)
        for name, count in damages.rows.items()
        if count > inside.rows.get(name, 0)
    }
    return Lacking(read, max(0, damages.entries - inside.anchor.count), more)


def _copy_of(work: VaultFolder) -> Path:
    return work.path / "damaged.db"


def _drop_copy(work: VaultFolder) -> None:
    for entry in work.path.glob("damaged.db*"):
        entry.unlink()


def _copy(source: Path, target: Path, progress: Progress) -> bool:
    """Copy a damaged file and the log beside it; tell whether there was a log.

    What the disk cannot read is left out as zeros, which no seal fits.
    """
    _copy_around(source, target, progress)
    log = source.with_name(f"{source.name}-wal")
    if not log.exists() or not log.stat().st_size:
        return False
    _copy_around(log, target.with_name(f"{target.name}-wal"), progress)
    return True


def _copy_around(source: Path, target: Path, progress: Progress) -> None:
    size = source.stat().st_size
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb", buffering=0) as reading, os.fdopen(descriptor, "wb") as writing:
        done = 0
        while done < size:
            for piece in _pieces(reading.read, reading.seek, done, min(_CHUNK, size - done)):
                writing.write(piece)
            done = min(done + _CHUNK, size)
            progress(done, size)


def _pieces(
    read: Callable[[int], bytes | None], seek: Callable[[int], int], start: int, length: int
) -> list[bytes]:
    try:
        seek(start)
        return [(read(length) or b"").ljust(length, b"\0")]
    except OSError:
        found = []
        for place in range(start, start + length, 4096):
            size = min(4096, start + length - place)
            try:
                seek(place)
                found.append((read(size) or b"").ljust(size, b"\0"))
            except OSError:
                found.append(bytes(size))
        return found
