"""Before a vault is brought up to date: a backup of it as it is, opened and checked."""

import shutil
from pathlib import Path

from app.features.backups import repo
from app.features.backups.model import BEFORE_UPGRADE, Backup, Read
from app.features.backups.service import (
    confirm,
    every_read,
    life_of,
    named_at_last,
    next_number,
    places,
)
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Damage, Trouble
from app.kernel.ids import DeviceId
from app.kernel.keys import Anchor
from app.kernel.ports import Progress, no_progress
from app.vault.backups import beside, building, fingerprint, known_place, prepare
from app.vault.folder import VaultFolder, write_atomically
from app.vault.keybag import Unlocked


def keep_before_upgrade(
    folder: VaultFolder,
    unlocked: Unlocked,
    device: DeviceId,
    clock: Clock,
    other: Path | None = None,
    progress: Progress = no_progress,
) -> Read | None:
    """Make and check a backup of a vault of an earlier schema; None if it is of this one.

    Nobody else has the vault open, and nothing in its folder is touched: the program that
    wrote it opens it as before, and the backup too. A whole one that a killed upgrade left
    is good enough. Raises Trouble `upgrade-no-backup` when it reached none of its places,
    `vault-newer` for a vault of a newer program, Damage for one that is not what was written.
    """
    if not folder.records.exists():
        return None
    schema, head = repo.schema_of(folder.records, unlocked.keys, unlocked.keybag.anchor())
    if schema == repo.NEWEST:
        return None
    kept = _kept_already(folder, unlocked, other, schema, head)
    if kept is not None:
        return kept
    trouble: Trouble | None = None
    for place in places(folder, other):
        try:
            return _build(folder, unlocked, device, place, clock.now(), progress)
        except Damage:
            raise
        except Trouble as found:
            trouble = trouble or found
    reason = trouble.code if trouble else None
    path = trouble.facts.get("path") if trouble else None
    raise Trouble("upgrade-no-backup", have=schema, know=repo.NEWEST, reason=reason, path=path)


def _kept_already(
    folder: VaultFolder, unlocked: Unlocked, other: Path | None, schema: int, head: Anchor
) -> Read | None:
    for read in every_read(folder, unlocked, other):
        if (
            read.kind == BEFORE_UPGRADE
            and (read.inside.schema, read.inside.anchor) == (schema, head)
            and _sound(read, unlocked)
        ):
            return read
    return None


def _sound(read: Read, unlocked: Unlocked) -> bool:
    try:
        confirm(read, unlocked.keys)
    except Trouble:
        return False
    return True


def _build(
    folder: VaultFolder,
    unlocked: Unlocked,
    device: DeviceId,
    place: Path,
    moment: Moment,
    progress: Progress,
) -> Read:
    keys = unlocked.keys
    with known_place(place):
        prepare(place, shared=place != beside(folder))
        path = building(place, moment, BEFORE_UPGRADE)
        try:
            inner = VaultFolder(path)
            seen = repo.copied(folder.records, keys, inner.records, progress, untouched=True)
            inside, digest = repo.checked_and_hashed(inner.records, keys)
            if inside != seen:
                raise Damage("backup-damaged", path=str(path))
            # As it was written: the program that wrote it may know no newer form.
            document = unlocked.keybag.to_bytes()
            write_atomically(inner.keybag, document)
            write_atomically(inner.keybag_copy, document)
            backup = Backup(path, unlocked.keybag.vault, moment, 0, fingerprint(keys))
            number = next_number(folder, unlocked, None)
            read = Read(backup, device, inside, digest, BEFORE_UPGRADE, number, life_of(unlocked))
            return named_at_last(read, keys)
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
