"""The drill that proves backups: each is restored, opened and compared, once a week."""

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.features.backups import repo
from app.features.backups.model import Backup
from app.features.backups.service import BackupService, keys_under, read_sealed
from app.kernel.changes import NOTHING, Changed, Kind
from app.kernel.clock import Clock, Moment
from app.kernel.errors import Damage, Trouble
from app.kernel.frozen import FrozenRows
from app.kernel.keys import VaultKeys
from app.kernel.ports import Progress, no_progress
from app.vault.backups import BackupFolder, set_aside
from app.vault.folder import VaultFolder
from app.vault.keybag import Unlocked, read_keybag
from app.vault.power import on_battery
from app.vault.proofs import read_proofs, write_proofs

EVERY = timedelta(days=7)
"""How often each backup that is kept is restored for a test."""
FIRST_AFTER = timedelta(days=1)
"""A backup that has stayed for a day is tried the first time; most are replaced sooner."""
PATIENCE = timedelta(days=14)
"""On battery the drill waits, but not for longer than this."""
PRIVATE = "proving.new"
"""The folder inside the vault's own in which a backup is restored; encrypted like the vault."""
_CHUNK = 1 << 20


class Outcome(StrEnum):
    """What came of restoring a backup for a test."""

    PROVEN = "proven"
    DAMAGED = "damaged"
    OLDER_KEY = "older-key"
    """Written under a key that the vault knows no more: it opens with the passphrase of its time."""
    UNTOLD = "untold"
    """It could not be tried: its disk went away, or there was no room for it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """When a backup was tried last, and what came of it."""

    outcome: Outcome
    at: Moment
    code: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A backup and its latest proof, if it was ever tried."""

    backup: Backup
    proof: Proof | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A backup that could not be restored, and where it was set aside."""

    path: Path
    made: Moment
    at: Moment


class ProvingService:
    """Restores the backups of one opened vault for a test, and remembers what came of it."""

    def __init__(
        self,
        folder: VaultFolder,
        unlocked: Callable[[], Unlocked],
        clock: Clock,
        backups: BackupService,
        frozen: Sequence[FrozenRows],
        battery: Callable[[], bool] = on_battery,
    ) -> None:
        self._folder = folder
        self._unlocked = unlocked
        self._clock = clock
        self._backups = backups
        self._frozen = frozen
        self._battery = battery
        self._proving = threading.Lock()

    def clear(self) -> None:
        """Remove what a drill that was struck down left in the vault's folder."""
        shutil.rmtree(self._private.path, ignore_errors=True)

    def tried(self) -> list[Tried]:
        """Return every backup with its latest proof, the newest first."""
        proofs = self._proofs()
        return [Tried(one, proofs.get(_known_by(one))) for one in self._backups.all()]

    def failures(self) -> list[Failure]:
        """Return the backups that failed and that nobody has taken note of yet."""
        found = []
        for entry in self._facts().get("failures", ()):
            with contextlib.suppress(KeyError, TypeError, ValueError):
                found.append(
                    Failure(
                        Path(str(entry["path"])),
                        Moment(str(entry["made"]), str(entry["zone"])),
                        Moment(str(entry["at"]), str(entry["zone"])),
                    )
                )
        return found

    def take_note(self, failure: Failure) -> Changed:
        """Say that one knows of a backup that failed."""
        facts = self._facts()
        left = [one for one in facts.get("failures", ()) if one.get("path") != str(failure.path)]
        self._keep({**facts, "failures": left})
        return Changed.only(Kind.SETTING) if left != facts.get("failures", ()) else NOTHING

    def is_due(self) -> bool:
        """Tell whether a backup waits for its weekly test; on battery it waits a week longer."""
        if not self._folder.writable():
            return False
        waiting = [self._waits(one) for one in self.tried()]
        if not any(waiting):
            return False
        return not self._battery() or max(waiting) >= PATIENCE

    def prove(self, progress: Progress = no_progress, *, everything: bool = True) -> list[Tried]:
        """Restore each backup, or only those that are due, and return what came of it.

        A backup is really restored: copied into a private folder inside the vault's, still
        encrypted, brought up to date, opened as a vault is, and compared with what was
        written down when it was made: every count, the journal's head, every frozen row. One
        that fails is set aside under a name that no longer counts as a backup. Raises
        Cancelled when it was stopped; what was proven until then is kept.
        """
        with self._proving:
            done: list[Tried] = []
            waiting = [one for one in self.tried() if everything or self._waits(one) > timedelta()]
            whole = sum(one.backup.size for one in waiting)
            past = 0
            for one in waiting:
                proof, kept = self._try(one.backup, _onwards(progress, past, whole))
                past += one.backup.size
                self._remember(one.backup, proof, kept)
                done.append(Tried(one.backup, proof))
            return done

    def _waits(self, one: Tried) -> timedelta:
        """Return for how long a backup has waited for its test beyond the usual; 0: it does not.

        The clock may have been set back since: what lies ahead waits as well.
        """
        now = self._clock.now().instant()
        proof = one.proof
        if proof is None:
            age = abs(now - one.backup.made.instant())
            return age if age >= FIRST_AFTER else timedelta()
        age = abs(now - proof.at.instant())
        return age if age >= EVERY else timedelta()

    @property
    def _private(self) -> VaultFolder:
        return VaultFolder(self._folder.path / PRIVATE)

    def _try(self, backup: Backup, told: Callable[[int], None]) -> tuple[Proof, Path | None]:
        """Return what came of a backup, and where it was set aside if it failed."""
        now = self._clock.now()
        keys = keys_under(self._unlocked(), backup.key)
        if keys is None:
            return Proof(Outcome.OLDER_KEY, now), None
        # Not while old backups go: they would be gone under the reader's hands.
        with self._backups.paused():
            try:
                self._restore(backup, keys, told)
            except Damage as damage:
                if not backup.path.exists():
                    return Proof(Outcome.UNTOLD, now, damage.code), None
                try:
                    return Proof(Outcome.DAMAGED, now, damage.code), set_aside(
                        BackupFolder(backup.path)
                    )
                except OSError:
                    return Proof(Outcome.DAMAGED, now, damage.code), None
            except (Trouble, OSError) as trouble:
                return Proof(Outcome.UNTOLD, now, getattr(trouble, "code", "disk-trouble")), None
            finally:
                self.clear()
        return Proof(Outcome.PROVEN, now), None

    def _restore(self, backup: Backup, keys: VaultKeys, told: Callable[[int], None]) -> None:
        read = read_sealed(BackupFolder(backup.path), keys)
        source, private = BackupFolder(backup.path).vault, self._private
        self.clear()
        private.path.mkdir(mode=0o700)
        damage = Damage("backup-damaged", path=str(backup.path))
        for name in (source.keybag.name, source.keybag_copy.name):
            try:
                _copied(source.path / name, private.path / name, lambda _n: None)
            except FileNotFoundError:
                raise damage from None
        try:
            digest = _copied(source.records, private.records, told)
        except FileNotFoundError:
            raise damage from None
        found = read_keybag(private)
        if found.heal or found.keybag.vault != backup.vault or digest != read.digest:
            raise damage
        found.keybag.verified(keys)
        if repo.checked(private.records, keys) != read.inside:
            raise damage
        if repo.examine(private.records, keys, read.inside.anchor, self._frozen):
            raise damage
        if not repo.opens_as_vault(private.records, keys, self._clock, read.inside.anchor):
            raise damage

    # -- what is remembered --------------------------------------------------------------

    def _facts(self) -> dict[str, Any]:
        unlocked = self._unlocked()
        known = (unlocked.keys, *unlocked.keybag.former())
        return read_proofs(self._backups.place, unlocked.keybag.vault, known)

    def _keep(self, facts: Mapping[str, Any]) -> None:
        unlocked = self._unlocked()
        # Where it cannot be written, the backups are tried again another day.
        with contextlib.suppress(OSError):
            self._backups.place.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_proofs(self._backups.place, unlocked.keybag.vault, unlocked.keys, facts)

    def _proofs(self) -> dict[str, Proof]:
        found: dict[str, Proof] = {}
        for name, said in self._facts().get("proofs", {}).items():
            with contextlib.suppress(KeyError, TypeError, ValueError):
                outcome = Outcome(str(said["outcome"]))
                at = Moment(str(said["at"]), str(said["zone"]))
                at.instant()
                found[name] = Proof(outcome, at, str(said.get("code", "")))
        return found

    def _remember(self, backup: Backup, proof: Proof, kept: Path | None) -> None:
        facts = self._facts()
        there = {_known_by(one) for one in self._backups.all()}
        proofs = {
            name: said for name, said in dict(facts.get("proofs", {})).items() if name in there
        }
        proofs[_known_by(backup)] = {
            "outcome": proof.outcome.value,
            "at": proof.at.at,
            "zone": proof.at.zone,
            "code": proof.code,
        }
        failures = list(facts.get("failures", ()))
        if proof.outcome is Outcome.DAMAGED:
            failures.append(
                {
                    "path": str(kept or backup.path),
                    "made": backup.made.at,
                    "at": proof.at.at,
                    "zone": proof.at.zone,
                }
            )
        self._keep({"proofs": proofs, "failures": failures})


def _onwards(progress: Progress, start: int, whole: int) -> Callable[[int], None]:
    """Return what tells how far a drill of many backups is, from inside one of them."""
    return lambda done: progress(start + done, whole)


def _known_by(backup: Backup) -> str:
    """Return what a backup is remembered by: where it stands, never who is in it."""
    return hashlib.sha256(f"{backup.path}|{backup.made.at}|{backup.key}".encode()).hexdigest()[:32]


def _copied(source: Path, target: Path, told: Callable[[int], None]) -> str:
    """Copy a file, readable by its owner alone, and return the SHA-256 of what was read."""
    digest, done = hashlib.sha256(), 0
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as reading, os.fdopen(descriptor, "wb") as writing:
        while chunk := reading.read(_CHUNK):
            writing.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            told(done)
    return digest.hexdigest()
