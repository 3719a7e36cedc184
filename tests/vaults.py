"""Vaults for tests: real ones, encrypted, made quickly."""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from app import bootstrap
from app.bootstrap import Desk, Founder, create_vault
from app.kernel.clock import Clock, FixedClock, Moment
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.folder import Hold, VaultFolder, named
from app.vault.keybag import Unlocked
from app.vault.sealing import Stretch, floor

PASSPHRASE = "seven lanterns over the quiet harbour"
ZONE = "America/New_York"
_SCHOOLS = ("Alder Elementary", "Birch Middle School")


def fixed_clock(wall: str = "2026-11-20T09:30") -> FixedClock:
    """Return a clock that stands at a local time until it is moved."""
    return FixedClock(Moment.local(datetime.fromisoformat(wall), ZONE))


_stretched = Stretch.key


@cache
def key_once(stretch: Stretch, passphrase: str) -> bytes:
    """Return a passphrase's key as `Stretch.key` does, computed once in a process."""
    return _stretched(stretch, passphrase)


def quick_key(stretch: Stretch, passphrase: str) -> bytes:
    """Return a plain hash in the place of `Stretch.key`, where guessing is not the question."""
    return hashlib.blake2b(passphrase.encode(), key=stretch.salt, digest_size=32).digest()


@dataclass(frozen=True)
class Made:
    """A vault that was made once and closed, to be copied: nothing is founded for each test."""

    folder: VaultFolder
    unlocked: Unlocked
    device: DeviceId

    @classmethod
    def by(cls, make: Callable[[Path], Desk]) -> "Made":
        """Keep the vault that `make` makes under a folder, until the process ends."""
        place = Path(tempfile.mkdtemp(prefix="casewell-test-"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        desk = make(place)
        device = desk.seat.device
        desk.close()
        return cls(desk.folder, desk._bag.unlocked, device)

    def copied(self, folder: Path, clock: Clock) -> Desk:
        """Open a copy at `folder`, as whoever made it."""
        place = named(folder)
        shutil.copytree(self.folder.path, place.path, ignore=shutil.ignore_patterns("*.lock"))
        hold = Hold(place)
        hold.take(clock.now(), "desk")
        return bootstrap._desk(place, self.unlocked, clock, self.device, hold)


_given: dict[object, str] = {}
"""Which test was last given a copy of a vault: one that asks for two is given two vaults."""


def new_desk(
    tmp_path: Path,
    role: Role = Role.COUNSELOR,
    clock: Clock | None = None,
    *,
    schools: tuple[str, ...] = _SCHOOLS,
    name: str = "Ana Núñez",
    confirmed: bool = True,
) -> Desk:
    """Return a vault under `tmp_path`, opened, its recovery words confirmed.

    It is a copy of one that was founded once in this process: its keys are those of other
    tests' vaults, and of none else in the same test.
    """
    clock = clock or fixed_clock()
    wanted = (role, clock.now(), schools, name, confirmed)
    stretching = Stretch.key
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    shared = test and isinstance(clock, FixedClock) and stretching in (key_once, quick_key)
    if not shared or _given.get(wanted) == test:
        return _founded(tmp_path, *wanted, clock=clock)
    _given[wanted] = test
    return _template(stretching, *wanted).copied(tmp_path / "test", clock)


@cache
def _template(
    _stretching: Callable[[Stretch, str], bytes],
    role: Role,
    now: Moment,
    schools: tuple[str, ...],
    name: str,
    confirmed: bool,
) -> Made:
    wanted = (role, now, schools, name, confirmed)
    return Made.by(lambda place: _founded(place, *wanted, clock=FixedClock(now)))


def _founded(
    place: Path,
    role: Role,
    _now: Moment,
    schools: tuple[str, ...],
    name: str,
    confirmed: bool,
    *,
    clock: Clock,
) -> Desk:
    founding = create_vault(
        place / "test",
        Founder(name, role, PASSPHRASE, schools),
        DeviceId(new_id()),
        clock=clock,
        stretch=floor(),
    )
    if confirmed:
        words = founding.recovery_words
        founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    return founding.desk
