"""Builds the demonstration's vault, or finds the one that was built before."""

import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from app.bootstrap import Founder, create_vault, open_vault
from app.demo.collaboration import collaboration_days
from app.demo.consents import consents_on_file
from app.demo.district import District
from app.demo.groups import group_days
from app.demo.health_office import SECOND_PERSON, medication_days
from app.demo.history import history
from app.demo.joining import KEYS, SHARE, join_district
from app.demo.outbox import summaries_sent
from app.demo.plans import plan_days
from app.demo.requests import requests_of_families
from app.demo.schedule import bells_and_weeks
from app.demo.services import services_owed
from app.demo.use_of_time import use_of_time_days
from app.kernel.clock import Clock, FixedClock, Moment, SystemClock
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId
from app.kernel.nouns import Role
from app.kernel.ports import Progress, no_progress
from app.kernel.rights import Discipline, discipline
from app.vault.folder import Hold, VaultFolder, named, write_atomically
from app.vault.places import ThisDevice, data_folder
from app.vault.sealing import floor

PASSPHRASE = "paper boats on a quiet river"  # noqa: S105 - of invented people
"""Of every demonstration vault: it is printed, and guards nothing but invented people."""
SECOND_PASSPHRASE = "two kettles whistle at noon"  # noqa: S105 - of invented people
"""Of the nurse's colleague, who counts with her; printed as well."""
_MARK = "demo.json"
_MOST_STUDENTS, _MOST_YEARS = 20_000, 20
_NAMES: dict[Role, tuple[str, str]] = {
    Role.COUNSELOR: ("Ana Núñez", "LPC, NCC"),
    Role.NURSE: ("Grace Adeyemi", "RN, NCSN"),
    Role.SOCIAL_WORKER: ("Tomasz Wróbel", "LCSW"),
    Role.PSYCHOLOGIST: ("Mei-Lin Zhou", "NCSP"),
    Role.ADMINISTRATOR: ("Ruth Abebe", ""),
}
_SCHOOLS = ("Cedar Hollow Elementary", "Two Rivers Middle School", "Marigold High School")
_BUILDINGS = (
    "Cedar Hollow Elementary",
    "Larkspur Elementary",
    "Two Rivers Middle School",
    "Stone Bridge Middle School",
    "Marigold High School",
)


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What decides a demonstration: the same options and day give the same content."""

    students: int = 120
    years: int = 2
    seed: int = 1
    role: Role = Role.COUNSELOR

    def accepted(self) -> "DemoOptions":
        """Return the options; refuse a number that cannot be."""
        if not 1 <= self.students <= _MOST_STUDENTS:
            raise Refused("number-between", "students", least=1, most=_MOST_STUDENTS)
        if not 1 <= self.years <= _MOST_YEARS:
            raise Refused("number-between", "years", least=1, most=_MOST_YEARS)
        return self


@dataclass(frozen=True, slots=True)
class DemoFacts:
    """A demonstration that stands: where, how it opens, and how much is in it."""

    vault: Path
    passphrase: str
    options: DemoOptions
    notes: int
    fresh: bool
    """Whether it was built just now."""

    @property
    def witness(self) -> tuple[str, str]:
        """The nurse's colleague, who counts with her, and her passphrase; else nobody."""
        if self.options.role is not Role.NURSE:
            return "", ""
        return SECOND_PERSON, SECOND_PASSPHRASE


def build_demo(
    place: Path,
    options: DemoOptions | None = None,
    *,
    clock: Clock | None = None,
    device: DeviceId | None = None,
    progress: Progress = no_progress,
    home: Path | None = None,
) -> DemoFacts:
    """Make a vault at `place` and write an invented district into it, up to today.

    Refuses a place that is taken. Same options, same moment of `clock`: same content
    (ids, keys and recovery words are fresh each time). `home` is where the vault is moved to
    afterwards: the district's share is there, and its keys are kept for collecting.
    """
    chosen = (options or DemoOptions()).accepted()
    now = (clock or SystemClock()).now()
    past = history(
        chosen.seed, chosen.students, chosen.years, chosen.role, now.wall().replace(tzinfo=None)
    )
    opening = past.happenings[0].at if past.happenings else now.wall().replace(tzinfo=None)
    early = Moment.local(opening.replace(hour=5, minute=0, second=0, microsecond=0), now.zone)
    standing = FixedClock(min(early, now))
    many = chosen.role is Role.SOCIAL_WORKER or chosen.students >= 800
    name, credentials = _NAMES[chosen.role]
    founding = create_vault(
        place,
        Founder(name, chosen.role, PASSPHRASE, _BUILDINGS if many else _SCHOOLS, credentials),
        device or ThisDevice.here().device,
        clock=standing,
        stretch=floor(),
        purpose="demo",
    )
    desk = founding.desk
    first = ""
    try:
        words = founding.recovery_words
        desk.confirm_recovery(words, dict(enumerate(words, 1)))
        notes = District(desk, standing, past, chosen.role, chosen.seed).write(progress)
        if chosen.role is Role.NURSE:
            first = medication_days(desk, standing, now, chosen.seed)
        if discipline(chosen.role) is Discipline.COUNSELING:
            collaboration_days(desk, standing, now)
            group_days(desk, standing, now, chosen.seed)
            plan_days(desk, standing, now, chosen.seed)
        if chosen.role is not Role.ADMINISTRATOR:
            use_of_time_days(desk, standing, now, chosen.seed)
            services_owed(desk, standing, now, chosen.seed)
        consents_on_file(desk, standing, now, chosen.role)
        standing.moment = now
        requests_of_families(desk, now)
        bells_and_weeks(desk, now, chosen.role)
        # What the vault keeps of a place holds from wherever the program is started next.
        stands = (home or desk.folder.path).absolute()
        keys = join_district(desk, now, stands, desk.folder.path / KEYS if home else None)
        # It is written where the vault is built; what the vault keeps of it is where it will stand.
        summaries_sent(desk, now, chosen.role, keys, desk.folder.path / SHARE, standing)
    finally:
        desk.close()
    if first:
        second = open_vault(place, first, desk.seat.device, clock=standing, purpose="demo")
        try:
            second.change_passphrase(first, SECOND_PASSPHRASE, floor())
        finally:
            second.close()
    facts = DemoFacts(desk.folder.path, PASSPHRASE, chosen, notes, fresh=True)
    _mark(facts)
    return facts


def ensure_demo(
    at: Path | None = None,
    options: DemoOptions | None = None,
    *,
    progress: Progress = no_progress,
) -> DemoFacts:
    """Return the demonstration at `at` (otherwise in the user's data folder); build it if need be.

    It is built when it is absent or was built with other options. Only a vault that
    this function made is ever replaced; any other, and a place within one, is refused with
    `vault-exists`.
    """
    chosen = (options or DemoOptions()).accepted()
    folder = (at or data_folder()).absolute()
    if VaultFolder(folder).exists():
        raise Refused("vault-exists", "at", path=str(folder))
    final = named(folder / "demo")
    found = _marked(final)
    if found is not None and found.options == chosen:
        return found
    if final.path.exists():
        if found is None:
            raise Refused("vault-exists", "at", path=str(final.path))
        _require_free(final)
    building = named(folder / ".demo-in-the-making")
    shutil.rmtree(building.path, ignore_errors=True)
    try:
        made = build_demo(building.path, chosen, progress=progress, home=final.path)
        shutil.rmtree(final.path, ignore_errors=True)
        building.path.rename(final.path)
    except OSError as error:
        raise Trouble(
            "vault-place-unwritable", path=str(final.path), reason=error.strerror
        ) from error
    finally:
        shutil.rmtree(building.path, ignore_errors=True)
    return replace(made, vault=final.path)


def _require_free(folder: VaultFolder) -> None:
    """Raise Trouble if another process works in the demonstration that is to be replaced."""
    hold = Hold(folder)
    hold.take(SystemClock().now(), "demo")
    hold.release()


def _mark(facts: DemoFacts) -> None:
    """Write down which demonstration this is; nothing that opens it."""
    told = {**asdict(facts.options), "notes": facts.notes}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    write_atomically(facts.vault / _MARK, text.encode())


def _marked(folder: VaultFolder) -> DemoFacts | None:
    """Return what stands at `folder`, if a demonstration does, whole."""
    try:
        told: dict[str, Any] = json.loads((folder.path / _MARK).read_text(encoding="utf-8"))
        options = DemoOptions(told["students"], told["years"], told["seed"], Role(told["role"]))
        return DemoFacts(folder.path, PASSPHRASE, options, told["notes"], fresh=False)
    except (OSError, ValueError, KeyError, TypeError):
        return None
