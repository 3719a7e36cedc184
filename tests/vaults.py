"""Vaults for tests: real ones, encrypted, made quickly."""

from datetime import datetime
from pathlib import Path

from app.bootstrap import Desk, Founder, create_vault
from app.kernel.clock import Clock, FixedClock, Moment
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.sealing import floor

PASSPHRASE = "seven lanterns over the quiet harbour"
ZONE = "America/New_York"


def fixed_clock(wall: str = "2026-11-20T09:30") -> FixedClock:
    """Return a clock that stands at a local time until it is moved."""
    return FixedClock(Moment.local(datetime.fromisoformat(wall), ZONE))


def new_desk(
    tmp_path: Path,
    role: Role = Role.COUNSELOR,
    clock: Clock | None = None,
    *,
    schools: tuple[str, ...] = ("Alder Elementary", "Birch Middle School"),
    name: str = "Ana Núñez",
    confirmed: bool = True,
) -> Desk:
    """Make a vault under `tmp_path`, open it, and confirm its recovery words."""
    founding = create_vault(
        tmp_path / "test",
        Founder(name, role, PASSPHRASE, schools),
        DeviceId(new_id()),
        clock=clock or fixed_clock(),
        stretch=floor(),
    )
    if confirmed:
        words = founding.recovery_words
        founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    return founding.desk
