"""The district's figures by school and month, small ones held back everywhere at once.

Every table that is shown is reckoned here with all of its sums, and held back through
`app.kernel.suppression`: with everything that is shown, nobody can tell a small count.

Two desks of one school may both serve a student, and both know the same roster. So students who
are served are an upper bound; students who are enrolled and their tiers are those of the one desk
of a school that knows most, never added.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial

from app.collect.engines import Engine, Value
from app.kernel.suppression import Sum, hold_back

ALL = ""
"""The key of a sum, in place of a school, a month or a part."""
STATUSES = ("began", "waiting", "not_started", "referred_out")
TIERS = ("1", "2", "3")
KEPT, LOST = "kept", "lost"
_UNKNOWN = -1
_TRIES = 8
"""So often sums over months are given up of some schools before they are of all."""
_MINUTES = 30
"""How much wider a count of minutes is hidden than one of students."""

Key = tuple[str, str, str]
"""School, month, part."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A count as it is shown."""

    count: int | None
    """None where it is held back."""
    more: bool = False
    """Whether a desk held back a part of it: it is at least that."""


@dataclass(frozen=True, slots=True)
class Cube:
    """Counts by school, month and part, their sums among them; a key without a cell has none."""

    schools: tuple[str, ...]
    months: tuple[str, ...]
    parts: tuple[str, ...]
    cells: Mapping[Key, Cell]

    def at(self, school: str, month: str, part: str = ALL) -> Cell | None:
        """Return a cell, or a sum where a key is `ALL`; None where there is none."""
        return self.cells.get((school, month, part))


@dataclass(frozen=True, slots=True)
class Figures:
    """All that a district report shows."""

    months: tuple[str, ...]
    limit: int
    names: Mapping[str, str]
    """Of schools, by their key."""
    desks: Mapping[str, int]
    """How many desks reported, by month."""
    known: int
    """How many desks are let in."""
    referrals: Cube
    """By what became of them."""
    sessions: Cube
    minutes: Cube
    served: Cube
    """No sums over months: a student may be served in each."""
    enrolled: Cube
    retention: Cube
    """By `KEPT` and `LOST`."""
    tiers: Cube
    """By tier; no sums over months, and of schools the last month alone."""
    last: str
    """The last month of which tiers are known."""
    shared: int
    """How many schools have more than one desk that reported."""
    held_at_desks: bool
    """Whether some desk held counts back before it sent them."""
    closed: bool
    """Whether the months are a school year that is over."""


@dataclass(slots=True)
class _Raw:
    """Counts before anything is held back."""

    counts: dict[Key, int]
    unsure: set[Key]
    """Of which a desk held back a part."""
    few: set[Key]
    """Which tell of fewer students than the limit, whatever their number is."""

    @classmethod
    def empty(cls) -> "_Raw":
        return cls({}, set(), set())

    def add(self, key: Key, count: int | None) -> None:
        """Add a count; None is one that a desk held back."""
        self.counts[key] = self.counts.get(key, 0) + (count or 0)
        if count is None:
            self.unsure.add(key)


def figures(engine: Engine, months: Sequence[str], limit: int, *, closed: bool = False) -> Figures:
    """Return the figures of some months.

    `closed` says that they are a school year that is over. Of no other months are sums told that
    hold a month that is held back: the sum up to October less that up to September is October, and
    a calendar year less a school year is half of either.
    """
    read = _Reader(engine, months)
    served, least = read.served()
    few = {key for key, count in least.items() if 0 < count < limit}
    referrals, referred = read.referrals()
    # Many referrals of few students are few.
    by_students, _sums, unsure = _Table(referred, STATUSES).summed()
    referrals.few = {
        key for key, count in by_students.items() if 0 < count < limit and key not in unsure
    }
    sessions, minutes = read.services()
    enrolled, tiers = read.rosters()
    retention = read.retention()
    for raw in (served, sessions, minutes):
        raw.few = few & set(raw.counts)
    schools = read.schools()
    tables = _Tables(tuple(schools), tuple(months), limit, closed=closed)
    last = max((key[1] for key in tiers.counts), default="")
    served_cube, sessions_cube, minutes_cube = tables.together(
        _Table(served, over_months=False), _Table(sessions), _Table(minutes, wide=_MINUTES)
    )
    return Figures(
        tuple(months),
        limit,
        schools,
        read.reporting(),
        read.let_in(),
        # Of a school and month only the sum, of a school and a status only the sum.
        tables.alone(_Table(referrals, STATUSES, shown=lambda key: ALL in key[1:])),
        sessions_cube,
        minutes_cube,
        served_cube,
        tables.alone(_Table(enrolled, over_months=False)),
        tables.alone(_Table(retention, (KEPT, LOST), shown=lambda key: ALL in key[:2])),
        tables.alone(
            _Table(
                tiers, TIERS, over_months=False, shown=lambda key: key[0] == ALL or key[1] == last
            )
        ),
        last,
        read.shared(),
        read.held_at_desks(),
        closed,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """Counts that are shown together with their sums."""

    raw: _Raw
    parts: tuple[str, ...] = ()
    over_months: bool = True
    """Whether a sum over months means anything."""
    wide: int = 1
    """How many times wider than students these are hidden."""
    shown: Callable[[Key], bool] = lambda _key: True

    def summed(self) -> tuple[dict[Key, int], list[Sum[Key]], set[Key]]:
        """Return counts with all sums over parts, months and schools.

        With them, which sums hold, and of which counts a desk held back a part.
        """
        counts, unsure = dict(self.raw.counts), set(self.raw.unsure)
        sums: list[Sum[Key]] = []

        def fold(whole: Callable[[Key], Key]) -> None:
            groups: dict[Key, list[Key]] = {}
            for key in counts:
                groups.setdefault(whole(key), []).append(key)
            for total, members in groups.items():
                counts[total] = sum(counts[one] for one in members)
                if any(one in unsure for one in members):
                    unsure.add(total)
                sums.append(Sum(total, tuple(members)))

        if self.parts:
            fold(lambda key: (key[0], key[1], ALL))
        if self.over_months:
            fold(lambda key: (key[0], ALL, key[2]))
        fold(lambda key: (ALL, key[1], key[2]))
        return counts, sums, unsure


@dataclass(frozen=True, slots=True)
class _Full:
    """A table with all its sums."""

    table: _Table
    counts: Mapping[Key, int]
    sums: Sequence[Sum[Key]]
    unsure: AbstractSet[Key]
    limit: int

    def held_within(self, hidden: AbstractSet[Key], month: str) -> frozenset[Key]:
        """Return what is held back of a month, which knows of no other month."""
        counts = {key: count for key, count in self.counts.items() if key[1] == month}
        sums = [one for one in self.sums if one.total[1] == month]
        return hold_back(counts, sums, self.limit, also=self._also(hidden, counts))

    def held_over_months(self, hidden: AbstractSet[Key], *, closed: bool) -> frozenset[Key]:
        """Return which sums over months are held back besides what is of each month.

        More of a month cannot be: the month's own report shows it.
        """
        also = self._also(hidden, self.counts)
        # Without any sum that something is missing of, each month stands as it stood alone.
        short = {(school, ALL, part) for school, month, part in also if month != ALL}
        short = {key for key in short if self.counts.get(key)} | also
        months = {key for key in self.counts if key[1] != ALL}
        for _try in range(_TRIES if closed else 0):
            held = hold_back(self.counts, self.sums, self.limit, also=also, dear=months)
            more = held & months - also
            if not more:
                return held
            schools = {school for school, _month, _part in more}
            fewer = {key for key in short - also if key[0] in schools}
            if not fewer:
                break
            also |= fewer
        return also | short

    def _also(self, hidden: AbstractSet[Key], counts: Mapping[Key, int]) -> frozenset[Key]:
        return frozenset(key for key in (*hidden, *self.table.raw.few) if counts.get(key))


def _held_alike(
    tables: Sequence[_Full],
    held: Callable[[_Full, AbstractSet[Key]], frozenset[Key]],
    hidden: frozenset[Key],
) -> frozenset[Key]:
    """Hold back in each table what any of them holds back."""
    while True:
        before = len(hidden)
        for one in tables:
            hidden |= held(one, hidden)
        if len(hidden) == before or len(tables) == 1:
            return hidden


@dataclass(frozen=True, slots=True)
class _Tables:
    schools: tuple[str, ...]
    months: tuple[str, ...]
    limit: int
    closed: bool

    def alone(self, table: _Table) -> Cube:
        """Return one table."""
        return self.together(table)[0]

    def together(self, *tables: _Table) -> list[Cube]:
        """Return tables of the same schools and months that hold back the same places.

        What one of them holds back, another that goes along with it would tell roughly. Each
        month is held back by itself, the same in whatever report it stands, and then the sums
        over months: with the report of a year and those of its months nothing can be subtracted.
        """
        full = [_Full(table, *table.summed(), self.limit * table.wide) for table in tables]
        hidden: frozenset[Key] = frozenset()
        for month in self.months:
            hidden |= _held_alike(full, partial(_Full.held_within, month=month), frozenset())
        summed = [one for one in full if one.table.over_months]
        hidden = _held_alike(summed, partial(_Full.held_over_months, closed=self.closed), hidden)
        return [
            Cube(
                self.schools,
                self.months,
                one.table.parts,
                {
                    key: Cell(_shown(count, key in hidden, key in one.unsure), key in one.unsure)
                    for key, count in one.counts.items()
                    if one.table.shown(key)
                },
            )
            for one in full
        ]


def _shown(count: int, hidden: bool, unsure: bool) -> int | None:
    # A nought of which a desk held back a part is none.
    return None if (count and hidden) or (unsure and not count) else count


class _Reader:
    """Reads what is loaded of some months."""

    def __init__(self, engine: Engine, months: Sequence[str]) -> None:
        self._engine, self._months = engine, months
        self._marks = ", ".join("?" * len(months))

    def _rows(self, what: str, table: str, by: str = "") -> list[tuple[str | int | None, ...]]:
        group = f" GROUP BY {by}" if by else ""
        rows = self._engine.rows(
            f"SELECT {what} FROM {table} WHERE month IN ({self._marks}){group}", self._months
        )
        return [tuple(row) for row in rows]

    def schools(self) -> dict[str, str]:
        """Return the schools that are named, with the name that most desks give them."""
        votes: dict[str, dict[str, int]] = {}
        for building, name, count in self._rows(
            "building, name, count(DISTINCT desk)", "building_name", "building, name"
        ):
            votes.setdefault(str(building), {})[str(name)] = int(count or 0)
        for (building,) in self._rows("DISTINCT building", "reach_total"):
            votes.setdefault(str(building), {})
        named = {
            key: max(names, key=lambda one: (names[one], one), default="")
            for key, names in votes.items()
        }
        return dict(sorted(named.items(), key=lambda one: (one[0] == "none", one[1], one[0])))

    def referrals(self) -> tuple[_Raw, _Raw]:
        """Return referrals, and of how many students they are at the most."""
        raw, students = _Raw.empty(), _Raw.empty()
        for building, month, status, count, of in self._rows(
            "building, month, status, referrals, students", "referral_total"
        ):
            key = (str(building), str(month), str(status))
            raw.add(key, _count(count))
            students.add(key, _count(of))
        return raw, students

    def services(self) -> tuple[_Raw, _Raw]:
        sessions, minutes = _Raw.empty(), _Raw.empty()
        for building, month, held, spent in self._rows(
            "building, month, sessions, minutes", "service_total"
        ):
            key = (str(building), str(month), ALL)
            sessions.add(key, _count(held))
            minutes.add(key, _count(spent))
        return sessions, minutes

    def served(self) -> tuple[_Raw, dict[Key, int]]:
        """Return who was served; and how many that are at the least: desks may share students."""
        raw = _Raw.empty()
        least: dict[Key, int] = {}
        for building, month, count in self._rows("building, month, served", "reach_total"):
            key = (str(building), str(month), ALL)
            raw.add(key, _count(count))
            least[key] = max(least.get(key, 0), _count(count) or 0)
        return raw, least

    def rosters(self) -> tuple[_Raw, _Raw]:
        """Return enrolment and tiers, of each school by the desk that knows most of it."""
        best: dict[tuple[str, str], tuple[int, str]] = {}
        enrolled, tiers = _Raw.empty(), _Raw.empty()
        for building, month, desk, count in self._rows(
            "building, month, desk, enrolled", "reach_total"
        ):
            place = (str(building), str(month))
            known = _count(count)
            best[place] = max(
                best.get(place, (_UNKNOWN, "")), (_UNKNOWN if known is None else known, str(desk))
            )
        for (building, month), (count, _desk) in best.items():
            enrolled.add((building, month, ALL), None if count == _UNKNOWN else count)
        for building, month, desk, tier, count in self._rows(
            "building, month, desk, tier, students", "tier_total"
        ):
            place = (str(building), str(month))
            if best.get(place, (0, str(desk)))[1] == str(desk):
                tiers.add((*place, str(tier)), _count(count))
        return enrolled, tiers

    def retention(self) -> _Raw:
        raw = _Raw.empty()
        for building, month, began, kept in self._rows(
            "building, month, began, retained_12_weeks", "retention_count"
        ):
            place = (str(building), str(month))
            whole, stayed = _count(began), _count(kept)
            if whole is None or stayed is None:
                raw.add((*place, KEPT), None)
                raw.add((*place, LOST), None)
            else:
                raw.add((*place, KEPT), stayed)
                raw.add((*place, LOST), whole - stayed)
        return raw

    def reporting(self) -> dict[str, int]:
        """Return how many desks reported, by month."""
        rows = self._engine.rows(
            "SELECT month, count(DISTINCT desk) FROM parcel WHERE kind = 'services'"
            f" AND state = 'loaded' AND month IN ({self._marks}) GROUP BY month",
            self._months,
        )
        return {row[0]: int(row[1]) for row in rows}

    def let_in(self) -> int:
        return int(
            self._engine.rows("SELECT count(*) FROM desk WHERE standing <> 'quarantined'")[0][0]
        )

    def shared(self) -> int:
        """Return how many schools have more than one desk."""
        rows = self._engine.rows(
            "SELECT count(*) FROM (SELECT building FROM reach_total WHERE building <> 'none' AND"
            f" month IN ({self._marks}) GROUP BY building HAVING count(DISTINCT desk) > 1) AS shared",
            self._months,
        )
        return int(rows[0][0])

    def held_at_desks(self) -> bool:
        rows = self._engine.rows(
            "SELECT count(*) FROM parcel WHERE kind = 'services' AND state = 'loaded'"
            f" AND counts = 'suppressed' AND month IN ({self._marks})",
            self._months,
        )
        return bool(rows[0][0])


def _count(value: Value) -> int | None:
    return None if value is None else int(value)


def months_of(year: str) -> list[str]:
    """Return the months of a calendar year (`2026`) or a school year from July (`2026-27`)."""
    first = int(year[:4])
    if len(year) == len("2026"):
        return [f"{first}-{month:02d}" for month in range(1, 13)]
    return [
        *(f"{first}-{month:02d}" for month in range(7, 13)),
        *(f"{first + 1}-{month:02d}" for month in range(1, 7)),
    ]
