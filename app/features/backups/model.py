"""What a backup is, which ones are kept, and when the next is due."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from app.kernel.clock import Moment
from app.kernel.errors import Trouble
from app.kernel.keys import Anchor

DAYS, WEEKS, MONTHS = 7, 4, 12
"""For how many days, weeks and months back the newest backup of each is kept."""
EVERY = timedelta(minutes=30)
LATE_AFTER = timedelta(days=3)
"""Work that is in no backup for longer than this is told of on Today."""
QUICK_BYTES = 16 * 1024 * 1024
"""A vault up to this size is copied on locking without keeping anyone waiting."""


@dataclass(frozen=True, slots=True)
class Inside:
    """What a backup's file was seen to hold."""

    schema: int
    anchor: Anchor
    rows: Mapping[str, int]
    last_entry: str = ""
    """When the last journal entry was written (UTC text); empty without any."""
    drafts: str = ""
    """A fingerprint of the drafts, which leave no entry in the journal."""

    @property
    def students(self) -> int:
        """How many students."""
        return self.rows.get("student", 0)

    @property
    def notes(self) -> int:
        """How many signed notes, sole-possession notes included."""
        return self.rows.get("session_note", 0) + self.rows.get("sole_note", 0)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its folder says without any key."""

    path: Path
    vault: str
    made: Moment
    size: int
    key: str = ""
    """Which of the vault's keys it is written with."""


@dataclass(frozen=True, slots=True)
class Read:
    """A backup whose seal was opened with the vault's keys."""

    backup: Backup
    device: str
    inside: Inside
    digest: str
    """SHA-256 of the encrypted file, taken when it was opened and checked."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the vault stands with its backups."""

    last: Read | None
    """The newest backup that was opened and checked when it was made."""
    unsaved_since: Moment | None
    """Since when there has been work that is in no backup."""
    place: Path
    other: Path | None
    other_there: bool = False
    failing: bool = False
    """The last attempt since the vault was opened did not succeed."""

    def late(self, now: Moment) -> bool:
        """Tell whether work has been in no backup for too long.

        A vault without any backup gets its first within the first minutes of being open,
        so it is late only when that failed.
        """
        since = self.unsaved_since
        if since is None or (self.last is None and not self.failing):
            return False
        return now.instant() - since.instant() > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Made:
    """What came of making a backup: where it stands, and which old ones went."""

    made: Read
    copies: tuple[Path, ...]
    """Every place the backup stands in, the usual one first."""
    gone: tuple[Path, ...] = ()
    damaged: tuple[Path, ...] = ()
    """Older backups that were found damaged and set aside."""
    troubles: tuple[Trouble, ...] = ()
    """What kept it from one of its places; there is another that it reached."""


@dataclass(frozen=True, slots=True)
class Aging:
    """Which backups stay; for each that may go, the ones that stand in for it."""

    kept: frozenset[str]
    going: Mapping[str, frozenset[str]] = field(default_factory=dict)


def aging(made: Mapping[str, Moment], newest: str) -> Aging:
    """Decide which backups stay: the newest of each of 7 days, 4 weeks and 12 months.

    Days, weeks and months without a backup do not count, so that a long holiday ages
    nothing away. `newest`, the one just made and checked, stays whatever the clocks say.
    """
    latest_first = sorted(made, key=lambda name: (name == newest, made[name], name), reverse=True)
    kept = {newest} & set(made)
    stands_for: dict[str, set[str]] = {name: {newest} for name in made}
    for count, bucket_of in ((DAYS, _day), (WEEKS, _week), (MONTHS, _month)):
        keeper: dict[Hashable, str] = {}
        for name in latest_first:
            bucket = bucket_of(made[name].day())
            if bucket not in keeper and len(keeper) < count:
                keeper[bucket] = name
            if bucket in keeper:
                stands_for[name].add(keeper[bucket])
        kept |= set(keeper.values())
    going = {name: frozenset(stands_for[name]) for name in made if name not in kept}
    return Aging(frozenset(kept), going)


def due(last: Moment | None, now: Moment, *, changed: bool) -> bool:
    """Tell whether a backup is to be made: something changed, and the last is old enough.

    A clock that was set back does not put the next one off.
    """
    if not changed:
        return False
    return last is None or abs(now.instant() - last.instant()) >= EVERY


def _day(day: date) -> Hashable:
    return day


def _week(day: date) -> Hashable:
    return day.isocalendar()[:2]


def _month(day: date) -> Hashable:
    return day.year, day.month


def newest(backups: Iterable[Read]) -> Read | None:
    """Return the one that was made last, or None."""
    return max(backups, key=lambda read: (read.backup.made, read.inside.anchor.count), default=None)
