"""What a backup is, which ones are kept, and when the next is due."""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from app.kernel.clock import Moment
from app.kernel.errors import Trouble
from app.kernel.keys import Anchor

DAYS, WEEKS, MONTHS = 7, 4, 12
"""For how many days, weeks and months back the newest backup of each is kept."""
BEFORE_UPGRADE = "before-upgrade"
"""The kind of a backup that was made before a vault was brought up to date."""
GOOD_AFTER_UPGRADE, DAYS_AFTER_UPGRADE = 5, 30
"""A backup from before an upgrade stays until backups of the newer schema were made on so many
different days, the last of them so many days later, and each of these was opened and found whole."""
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
    kind: str = ""
    """`before-upgrade`, or empty for one of the usual."""
    number: int = 0
    """Each backup of a vault has the next; clocks are set, numbers are not. 0: of 0.1.0."""
    life: str = ""
    """Which life of the vault: each restoring begins a new one."""

    def order(self, life: str) -> tuple[bool, int, int, Moment]:
        """Return what sorts backups as they were made, whatever the clock said meanwhile."""
        return self.life == life, self.number, self.inside.anchor.count, self.backup.made


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
        if now < since:
            # The clock was set back: how long it has been cannot be told.
            return self.failing
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


def aging(made: Mapping[str, Moment], newest: str, order: Sequence[str] = ()) -> Aging:
    """Decide which backups stay: the newest of each of 7 days, 4 weeks and 12 months.

    Days, weeks and months without a backup do not count, so that a long holiday ages
    nothing away. `order` names them as they were made, the oldest first (else by their
    times). Where the clock jumped, the times contradict that order: those that fit it best
    are aged by themselves, and the others by themselves, so that a backup of a false day
    takes no true one's place. The others go for good once a year of true ones is newer.
    `newest`, the one just made and checked, stays whatever the clocks say.
    """
    names = list(order) or sorted(made, key=lambda name: (made[name], name))
    if newest in made:
        names = [name for name in names if name != newest] + [newest]
    steady = _steady(names, made)
    true = set(steady)
    odd = [name for name in names if name not in true]
    going: dict[str, frozenset[str]] = {}
    months = set(_keepers(steady, made)[-1].values())
    if len(months) == MONTHS:
        year = min(names.index(name) for name in months)
        for name in (name for name in odd if names.index(name) < year):
            going[name] = frozenset(months)
    kept = {newest} & set(made)
    for group in (steady, [name for name in odd if name not in going]):
        keepers = _keepers(group, made)
        kept |= {name for keeper in keepers for name in keeper.values()}
        for name in group:
            buckets = [bucket_of(made[name].day()) for _count, bucket_of in _BUCKETS]
            stand_ins = {
                keeper[bucket]
                for keeper, bucket in zip(keepers, buckets, strict=True)
                if bucket in keeper
            }
            going[name] = frozenset(stand_ins | {newest})
    return Aging(frozenset(kept), {name: by for name, by in going.items() if name not in kept})


def _keepers(group: Sequence[str], made: Mapping[str, Moment]) -> list[dict[Hashable, str]]:
    """Return who is kept for each day, week and month; `group` has the oldest first."""
    found = []
    for count, bucket_of in _BUCKETS:
        keeper: dict[Hashable, str] = {}
        for name in reversed(group):
            bucket = bucket_of(made[name].day())
            if bucket not in keeper and len(keeper) < count:
                keeper[bucket] = name
        found.append(keeper)
    return found


def may_go_after_upgrade(kept: Read, newer: Iterable[Read]) -> frozenset[str]:
    """Return the backups that stand in for one from before an upgrade; empty while it must stay."""
    days: dict[date, Read] = {}
    for read in newer:
        if (
            not read.kind
            and read.inside.schema > kept.inside.schema
            and read.life == kept.life
            and read.number > kept.number
        ):
            days[read.backup.made.day()] = read
    long_enough = any((day - kept.backup.made.day()).days >= DAYS_AFTER_UPGRADE for day in days)
    if len(days) < GOOD_AFTER_UPGRADE or not long_enough:
        return frozenset()
    latest = sorted(days)[-GOOD_AFTER_UPGRADE:]
    return frozenset(days[day].backup.path.name for day in latest)


def _steady(names: Sequence[str], made: Mapping[str, Moment]) -> list[str]:
    """Return the longest part of `names` whose times never step back."""
    tails: list[Moment] = []
    ends: list[str] = []
    before: dict[str, str] = {}
    for name in names:
        place = bisect_right(tails, made[name])
        if place:
            before[name] = ends[place - 1]
        tails[place : place + 1], ends[place : place + 1] = [made[name]], [name]
    found: list[str] = []
    name = ends[-1] if ends else ""
    while name:
        found.append(name)
        name = before.get(name, "")
    return found[::-1]


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


_BUCKETS: tuple[tuple[int, Callable[[date], Hashable]], ...] = (
    (DAYS, _day),
    (WEEKS, _week),
    (MONTHS, _month),
)


def newest(backups: Iterable[Read], life: str) -> Read | None:
    """Return the one that was made last in this life of the vault, or None."""
    mine = [read for read in backups if read.life == life]
    return max(mine, key=lambda read: read.order(life), default=None)
