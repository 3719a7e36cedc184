"""Making backups, checking them, and letting old ones go."""

import contextlib
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.features.backups import repo
from app.features.backups.losses import LossLine, withheld
from app.features.backups.model import (
    BEFORE_UPGRADE,
    QUICK_BYTES,
    Backup,
    Inside,
    Made,
    Read,
    Standing,
    aging,
    due,
    may_go_after_upgrade,
    newest,
)
from app.features.backups.repo.rebuild import listed_losses
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.ids import DeviceId
from app.kernel.keys import Anchor, VaultKeys
from app.kernel.nouns import Role
from app.kernel.ports import Progress, no_progress
from app.kernel.ports import Read as Reading
from app.vault.backups import (
    BackupFolder,
    Manifest,
    beside,
    building,
    fingerprint,
    finish,
    found,
    known_place,
    prepare,
    remove,
    set_aside,
    within,
)
from app.vault.folder import VaultFolder, sync_folder
from app.vault.keybag import Unlocked, write_keybag


class BackupService:
    """The backups of one opened vault.

    Its methods may be called from any thread; one backup is made at a time.
    """

    def __init__(
        self,
        folder: VaultFolder,
        unlocked: Callable[[], Unlocked],
        device: DeviceId,
        read: Reading,
        clock: Clock,
        other: Path | None = None,
        frozen: Sequence[FrozenRows] = (),
        reads_as: Callable[[], Role | None] = lambda: None,
        glance: Reading | None = None,
    ) -> None:
        self._reads_as = reads_as
        self._frozen = frozen
        self._folder = folder
        self._unlocked = unlocked
        self._device = device
        self._read = read
        # The journal's end is asked with every look at Today: no connection is opened for it.
        self._glance = glance or read
        self._clock = clock
        self._making = threading.Lock()
        self._failing = False
        self.other = other
        """A folder on another medium, chosen for this computer."""

    @property
    def place(self) -> Path:
        """The usual place of this vault's backups."""
        return beside(self._folder)

    def places(self) -> tuple[Path, ...]:
        """Return the places that are there now: the usual one, and the other medium's."""
        return places(self._folder, self.other)

    def all(self) -> list[Backup]:
        """Return the backups of this vault in every place, the newest first."""
        listed = [one for place in self.places() for one in backups_at(place)]
        mine = [one for one in listed if one.vault == self._unlocked().keybag.vault]
        return sorted(mine, key=lambda one: one.made, reverse=True)

    def paused(self) -> AbstractContextManager[object]:
        """Wait for a backup that is being made, and keep others from beginning meanwhile."""
        return self._making

    def under_former_keys(self) -> int:
        """Return how many backups are written under a key that the vault had before."""
        key = fingerprint(self._unlocked().keys)
        return sum(one.key != key for one in self.all())

    def standing(self) -> Standing:
        """Return how the vault stands with its backups."""
        last = newest_read(self._folder, self._unlocked(), self.other)
        with self._glance() as reader:
            since = repo.Vault(reader).unsaved_since(last.inside.anchor if last else None)
        there = self.other is not None and self.other.is_dir()
        return Standing(last, since, self.place, self.other, there, self._failing)

    def is_due(self, *, at_once: bool = False) -> bool:
        """Tell whether something changed since the last backup, and it is 30 minutes old.

        With `at_once` any change is enough: on closing nobody waits for a next time. Nor is
        it waited for when the vault's key was changed: who is gone may have the old one.
        """
        last = newest_read(self._folder, self._unlocked(), self.other)
        with self._read() as reader:
            changed = last is None or repo.Vault(reader).changed(last.inside)
        if last is not None and last.backup.key != fingerprint(self._unlocked().keys):
            at_once = True
        before = last.backup.made if last and not at_once else None
        return due(before, self._clock.now(), changed=changed)

    def is_quick(self) -> bool:
        """Tell whether the vault is so small that a backup keeps nobody waiting."""
        with contextlib.suppress(OSError):
            return self._folder.records.stat().st_size <= QUICK_BYTES
        return False

    def make(self, progress: Progress = no_progress, to: Path | None = None) -> Made:
        """Make a backup, open and check it, and only then let older ones go.

        It goes to the usual place and to the other medium if that is there, or to the
        folder `to` alone. Reaching one of them is enough; what kept it from the other is
        told. Raises Trouble when it reached none, Cancelled when it was stopped: nothing
        half done is left, and the older ones are as they were.
        """
        with self._making:
            moment = self._clock.now()
            if to is not None and to.resolve().is_relative_to(self._folder.path.resolve()):
                raise Refused("vault-place-taken", "place", path=str(to))
            targets = (within(to, self._folder),) if to is not None else self.places()
            number = next_number(self._folder, self._unlocked(), self.other)
            made: list[Read] = []
            troubles: list[Trouble] = []
            for place in targets:
                try:
                    made.append(self._build(place, moment, number, progress))
                except Trouble as trouble:
                    troubles.append(trouble)
            self._failing = not made
            if not made:
                raise troubles[0]
            gone: list[Path] = []
            damaged: list[Path] = []
            for read in made:
                # An old backup that cannot be removed is no reason to doubt the new one.
                with contextlib.suppress(OSError):
                    self._age(read, gone, damaged)
            copies = tuple(read.backup.path for read in made)
            return Made(made[0], copies, tuple(gone), tuple(damaged), tuple(troubles))

    def losses(self) -> list[LossLine]:
        """Return what repairs of this vault could not save; empty if there was no repair.

        On a vault of several people nobody is told whose records of another field were lost.
        """
        with self._read() as reader:
            found = listed_losses(reader)
        role = self._reads_as()
        return found if role is None else [withheld(line, role) for line in found]

    def check(self, backup: Backup) -> Read:
        """Open a backup of this vault and see that it is what was written; raise Damage."""
        keys = keys_under(self._unlocked(), backup.key)
        if keys is None:
            raise Damage("backup-foreign")
        folder = BackupFolder(backup.path)
        read = read_sealed(folder, keys)
        confirm(read, keys)
        if repo.frozen_wrong(folder.vault.records, keys, self._frozen):
            raise Damage("backup-damaged", path=str(backup.path))
        return read

    def _build(self, place: Path, moment: Moment, number: int, progress: Progress) -> Read:
        unlocked = self._unlocked()
        with known_place(place):
            prepare(place, shared=place != self.place)
            path = building(place, moment)
            try:
                folder = VaultFolder(path)
                seen = repo.copied(self._folder.records, unlocked.keys, folder.records, progress)
                inside, digest = repo.checked_and_hashed(folder.records, unlocked.keys)
                with self._read() as reader:
                    alive = repo.Vault(reader).holds(inside.anchor)
                if inside != seen or not alive:
                    raise Damage("backup-damaged", path=str(path))
                anchor = {"count": inside.anchor.count, "head": inside.anchor.head}
                keybag = unlocked.keybag
                write_keybag(folder, keybag.sealed_with(unlocked.keys, keybag.slots, anchor=anchor))
                read = Read(
                    Backup(path, keybag.vault, moment, key=fingerprint(unlocked.keys), size=0),
                    self._device,
                    inside,
                    digest,
                    number=number,
                    life=life_of(unlocked),
                )
                return named_at_last(read, unlocked.keys)
            except BaseException:
                shutil.rmtree(path, ignore_errors=True)
                raise

    def _age(self, fresh: Read, gone: list[Path], damaged: list[Path]) -> None:
        """Let old backups go; one goes only when those that stand in for it were checked.

        Those under the vault's former keys age with the others: each is checked with its own
        key, and none is kept for ever because the key was changed. Backups under keys that
        this vault never had are left alone.
        """
        place = fresh.backup.path.parent
        sound = {fresh.backup.path.name}
        while True:
            mine, broken = self._mine(place, fresh)
            usual = sorted(
                (read for read in mine.values() if read.kind != BEFORE_UPGRADE),
                key=lambda read: read.order(fresh.life),
            )
            order = [read.backup.path.name for read in usual]
            times = {read.backup.path.name: read.backup.made for read in usual}
            going = dict(aging(times, fresh.backup.path.name, order).going)
            for name, read in mine.items():
                if read.kind == BEFORE_UPGRADE:
                    stand_ins = may_go_after_upgrade(read, usual)
                    going |= {name: stand_ins} if stand_ins else {}
            doubtful = set().union(*going.values()) - sound if going else set()
            broken += [name for name in sorted(doubtful) if not self._whole(mine[name])]
            sound |= doubtful
            if not broken:
                break
            damaged.extend(set_aside(BackupFolder(place / name)) for name in broken)
        for name in sorted(going):
            remove(BackupFolder(mine[name].backup.path))
            gone.append(mine[name].backup.path)
        if gone or damaged:
            sync_folder(place)

    def _mine(self, place: Path, fresh: Read) -> tuple[dict[str, Read], list[str]]:
        """Return this vault's backups under any of its keys, and those whose seal is broken."""
        mine: dict[str, Read] = {}
        broken: list[str] = []
        for one in backups_at(place):
            keys = keys_under(self._unlocked(), one.key)
            if one.vault == fresh.backup.vault and keys is not None:
                try:
                    mine[one.path.name] = read_sealed(BackupFolder(one.path), keys)
                except Damage:
                    broken.append(one.path.name)
                except Trouble:
                    continue  # what cannot be read now is neither judged nor removed
        return mine, broken

    def _whole(self, read: Read) -> bool:
        keys = keys_under(self._unlocked(), read.backup.key)
        try:
            if keys is None:
                return False
            confirm(read, keys)
        except Trouble:
            return False
        return True


def named_at_last(read: Read, keys: VaultKeys) -> Read:
    """Write the manifest of a backup that was built and checked, and give it its name."""
    path = read.backup.path
    manifest = Manifest(read.backup.vault, read.backup.made, read.backup.key).with_facts(
        keys, _facts(read)
    )
    sync_folder(path)
    finished = finish(path, manifest)
    return replace(read, backup=replace(read.backup, path=finished.path, size=finished.size()))


def life_of(unlocked: Unlocked) -> str:
    """Return which life of the vault this is: restoring begins a new one."""
    return str(unlocked.keybag.facts.get("life", ""))


def places(folder: VaultFolder, other: Path | None) -> tuple[Path, ...]:
    """Return where a vault's backups stand: the usual place, and another medium that is there."""
    usual = beside(folder)
    if other is None or not other.is_dir() or within(other, folder) == usual:
        return (usual,)
    return usual, within(other, folder)


def backups_at(place: Path) -> list[Backup]:
    """Return the backups at `place` whose manifest can be read, the newest first."""
    listed = []
    for folder in found(place):
        with contextlib.suppress(Trouble):
            manifest = folder.read()
            listed.append(
                Backup(folder.path, manifest.vault, manifest.made, folder.size(), manifest.key)
            )
    return sorted(listed, key=lambda one: one.made, reverse=True)


def read_sealed(folder: BackupFolder, keys: VaultKeys) -> Read:
    """Return what a backup's sealed manifest says; raise Damage if these keys do not open it."""
    manifest = folder.read()
    facts = manifest.facts(keys)
    try:
        inside = Inside(
            int(facts["schema"]),
            Anchor(int(facts["count"]), str(facts["head"])),
            {str(name): int(count) for name, count in facts["rows"].items()},
            str(facts["last_entry"]),
            str(facts["drafts"]),
        )
        backup = Backup(folder.path, manifest.vault, manifest.made, folder.size(), manifest.key)
        return Read(
            backup,
            str(facts["device"]),
            inside,
            str(facts["digest"]),
            str(facts.get("kind", "")),
            int(facts.get("number", 0)),
            str(facts.get("life", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise Damage("backup-unreadable") from None


def confirm(read: Read, keys: VaultKeys) -> None:
    """Open a backup and compare it with its sealed manifest; raise Damage if it differs."""
    records = BackupFolder(read.backup.path).vault.records
    damage = Damage("backup-damaged", path=str(read.backup.path))
    try:
        if repo.checked_and_hashed(records, keys) != (read.inside, read.digest):
            raise damage
    except OSError:
        raise damage from None


def every_read(folder: VaultFolder, unlocked: Unlocked, other: Path | None) -> list[Read]:
    """Return all backups of the vault, in any of its places, whose seal opens with its keys."""
    return [read for at in places(folder, other) for read in every_read_at(at, unlocked)]


def every_read_at(place: Path, unlocked: Unlocked) -> list[Read]:
    """Return the vault's backups at one place whose seal opens with its keys."""
    opened = []
    for backup in backups_at(place):
        keys = keys_under(unlocked, backup.key)
        if backup.vault == unlocked.keybag.vault and keys is not None:
            with contextlib.suppress(Trouble):
                opened.append(read_sealed(BackupFolder(backup.path), keys))
    return opened


def keys_under(unlocked: Unlocked, key: str) -> VaultKeys | None:
    """Return those of the vault's keys, in use or former, that `key` is the fingerprint of."""
    for keys in (unlocked.keys, *unlocked.keybag.former()):
        if fingerprint(keys) == key:
            return keys
    return None


def newest_read(folder: VaultFolder, unlocked: Unlocked, other: Path | None) -> Read | None:
    """Return the newest backup of this life of the vault, or None.

    The newest by its number and its journal: clocks are set forth and back.
    """
    return newest(every_read(folder, unlocked, other), life_of(unlocked))


def next_number(folder: VaultFolder, unlocked: Unlocked, other: Path | None) -> int:
    """Return the number of the next backup."""
    return max((read.number for read in every_read(folder, unlocked, other)), default=0) + 1


def later_head(
    folder: VaultFolder,
    unlocked: Unlocked,
    device: DeviceId,
    other: Path | None,
    read: Reading,
) -> Read | None:
    """Return a backup made at this computer that knows entries the living journal lacks.

    Backups from before the vault was itself restored speak of its earlier life and do
    not count. Where a restoring by 0.1.0 left only its time, that time tells them apart.
    """
    restored = str(unlocked.keybag.facts.get("restored", ""))
    life = life_of(unlocked)
    for place in places(folder, other):
        mine = [
            sealed
            for sealed in every_read_at(place, unlocked)
            if sealed.device == device
            and sealed.life == life
            and (life or sealed.backup.made.at > restored)
        ]
        last = newest(mine, life)
        if last is not None:
            with read() as reader:
                if not repo.Vault(reader).holds(last.inside.anchor):
                    return last
    return None


def _facts(read: Read) -> Mapping[str, Any]:
    inside = read.inside
    return {
        "device": read.device,
        "schema": inside.schema,
        "count": inside.anchor.count,
        "head": inside.anchor.head,
        "rows": dict(inside.rows),
        "last_entry": inside.last_entry,
        "drafts": inside.drafts,
        "digest": read.digest,
        "kind": read.kind,
        "number": read.number,
        "life": read.life,
    }
