"""What of a month's counts of services and referrals may be told to anyone.

Works on the body of a summary of the kind `services` (`resources/schemas/services-1.json`), of
one desk or of many added up. What hangs together is protected together, building by building:
students by grade band and tier, those of them who were served, what each service gave, what was
asked for. That nobody is served by a service who is not a student, and that whoever is served
has at least one service, is known to every reader, so it is among what must not tell a count.
Numbers of different buildings are never added up here: a sum of what is shown tells nothing new.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.kernel.suppression import LEAST, Sum, hold_back

Body = Mapping[str, Any]
Row = dict[str, Any]
_Key = tuple[str, ...]
_GROUP = ("grade_band", "tier")
_WHERETO = ("kind", "service", "status")
TABLES = (
    "services",
    "service_totals",
    "referrals",
    "referral_totals",
    "reach",
    "reach_totals",
    "retention",
    "tiers",
    "tier_totals",
)
"""The tables of a body, in the order of its schema."""
_LEAVES = frozenset({"services", "referrals", "reach", "tiers"})
_WHOLE = 4
ONE_SMALL_IN = 4
"""Rows by grade band and tier are tried to be told where at most one in so many is small."""
_MEASURES = ("students", "sessions", "minutes", "referrals")


def suppressed(body: Body, limit: int = LEAST) -> dict[str, Any]:
    """Return a services body with small counts, and what would tell them, held back.

    One that is suppressed already is returned as it is: nothing of it can be added to.
    """
    if body["counts"] == "suppressed":
        return dict(body)
    told = dict(body) | {"counts": "suppressed", "limit": limit}
    by_building: dict[str, dict[str, list[Row]]] = defaultdict(lambda: {t: [] for t in TABLES})
    for name in TABLES:
        for row in body[name]:
            by_building[row["building"]][name].append(row)
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    detailed = {}
    for building, of_one in by_building.items():
        plain = _Building(of_one, limit, leaves=False).told()
        best, detailed[building] = plain, False
        small = sum(0 < row["students"] < limit for row in of_one["services"])
        # Where many rows are small, next to none could be told.
        if ONE_SMALL_IN * small <= len(of_one["services"]):
            whole = _Building(of_one, limit, leaves=True).told()
            if _worth(whole) > _worth(plain):
                best, detailed[building] = whole, True
        for name, rows in best.items():
            found[name] += rows
    told["buildings"] = [
        row | {"detailed": detailed.get(row["building"], True)} for row in body["buildings"]
    ]
    return told | found


def _worth(tables: Mapping[str, list[Row]]) -> int:
    """Return how much is told: a number of a whole building is worth several of its parts."""
    return sum(
        (1 if name in _LEAVES else _WHOLE) * sum(value is not None for value in row.values())
        for name, rows in tables.items()
        for row in rows
    )


class _Building:
    """One building's tables, as counts and the sums that hold among them."""

    def __init__(self, tables: Mapping[str, list[Row]], limit: int, *, leaves: bool) -> None:
        self._leaves = leaves
        self._tables = tables if leaves else {**tables, "services": [], "referrals": []}
        self._limit = limit
        self._counts: dict[_Key, int] = {}
        self._unseen: set[_Key] = set()
        self._sums: list[Sum[_Key]] = []
        self._groups: dict[tuple[str, str], list[_Key]] = defaultdict(list)
        """By grade band and tier, all that is told of it."""
        self._of_total: dict[_Key, list[_Key]] = {}
        self._dear: set[_Key] = {("served",), ("enrolled",)}
        self._take_tiers()
        self._take_leaves("services", "service_totals", ("service",))
        self._take_leaves("referrals", "referral_totals", _WHERETO)
        self._take_served()
        self._take_retention()

    def told(self) -> dict[str, list[Row]]:
        """Return the tables as they may be told."""
        out: frozenset[_Key] = frozenset()
        also: set[_Key] = set()
        while True:
            out = hold_back(
                self._counts,
                self._sums,
                self._limit,
                unseen=self._unseen,
                also=also | out,
                dear=self._dear,
            )
            wider = also | {key for key in self._left_out(out) if self._counts[key]}
            if wider <= also | out:
                break
            also = wider
        gone = set(self._left_out(out))
        return {
            name: [self._row_told(name, row, out) for row in rows if _key(name, row) not in gone]
            for name, rows in self._tables.items()
        }

    def _left_out(self, out: frozenset[_Key]) -> Iterable[_Key]:
        """Yield what no row is told of: its noughts would tell where the few of a group are."""
        for (band, tier), keys in self._groups.items():
            if ("tiers", band, tier) in out:
                yield from keys
        for total, keys in self._of_total.items():
            if total in out:
                yield from keys

    def _row_told(self, name: str, row: Row, out: frozenset[_Key]) -> Row:
        if name in {"reach", "reach_totals"}:
            key = _key(name, row)
            return row | {
                "enrolled": None if ("enrolled", *key[1:]) in out else row["enrolled"],
                "served": None if ("served", *key[1:]) in out else row["served"],
            }
        if name == "retention":
            return row | {
                part: None if ("retention", part) in out else row[part]
                for part in ("began", "retained_12_weeks", "open")
            }
        if _key(name, row) not in out:
            return dict(row)
        return row | {measure: None for measure in _MEASURES if measure in row}

    # -- which sums hold ---------------------------------------------------------------

    def _put(self, key: _Key, count: int, *, unseen: bool = False) -> _Key:
        self._counts[key] = count
        if unseen:
            self._unseen.add(key)
        return key

    def _add(self, total: _Key, parts: Sequence[_Key]) -> None:
        """Let a sum hold, if it does: numbers of several desks need not fit each other."""
        if parts and self._counts[total] == sum(self._counts[part] for part in parts):
            self._sums.append(Sum(total, tuple(parts)))

    def _take_tiers(self) -> None:
        rows, columns = defaultdict(list), defaultdict(list)
        for row in self._tables["tiers"]:
            key = self._put(_key("tiers", row), row["students"])
            rows[row["grade_band"]].append(key)
            columns[row["tier"]].append(key)
        bands = []
        for row in self._tables["reach"]:
            band = row["grade_band"]
            bands.append(self._put(("enrolled", band), row["enrolled"]))
            self._add(bands[-1], rows[band])
        tiers = []
        for row in self._tables["tier_totals"]:
            tiers.append(self._put(_key("tier_totals", row), row["students"]))
            self._dear.add(tiers[-1])
            self._add(tiers[-1], columns[row["tier"]])
        for row in self._tables["reach_totals"]:
            whole = self._put(("enrolled",), row["enrolled"])
            self._add(whole, bands)
            self._add(whole, tiers)

    def _take_leaves(self, leaves: str, totals: str, by: Sequence[str]) -> None:
        parts = defaultdict(list)
        for row in self._tables[leaves]:
            key = self._put(_key(leaves, row), row["students"])
            parts[tuple(row[name] for name in by)].append(key)
            group = (row["grade_band"], str(row["tier"]))
            self._groups[group].append(key)
            if leaves == "referrals":
                # Nobody is referred who is not a student.
                self._at_most(("tiers", *group), key)
        for row in self._tables[totals]:
            total = self._put(_key(totals, row), row["students"])
            self._dear.add(total)
            mine = parts[tuple(row[name] for name in by)]
            self._of_total[total] = mine
            self._add(total, mine)

    def _take_served(self) -> None:
        given = defaultdict(list)
        for row in self._tables["services"]:
            given[row["grade_band"], str(row["tier"])].append(_key("services", row))
        bands = []
        for row in self._tables["reach"]:
            band = row["grade_band"]
            bands.append(self._put(("served", band), row["served"]))
            self._at_most(("enrolled", band), bands[-1])
            self._link(bands[-1], band, {g: keys for g, keys in given.items() if g[0] == band})
        for row in self._tables["reach_totals"]:
            whole = self._put(("served",), row["served"])
            self._add(whole, bands)
            if not self._leaves:
                self._link_totals(whole)

    def _link_totals(self, served: _Key) -> None:
        """Let those served be no fewer than any service's, and no more than all of them.

        Where no row tells of a grade band and tier, that is all that anyone knows of it.
        """
        totals = [_key("service_totals", row) for row in self._tables["service_totals"]]
        if totals:
            every = self._put(("every",), sum(self._counts[key] for key in totals), unseen=True)
            self._add(every, totals)
            self._at_most(every, served)
        for key in totals:
            self._at_most(served, key)
        for row in self._tables["referral_totals"]:
            self._at_most(("enrolled",), _key("referral_totals", row))

    def _link(
        self, served: _Key, band: str, given: Mapping[tuple[str, str], Sequence[_Key]]
    ) -> None:
        """Let those served of a band be no fewer than any service's, and no more than all its rows."""
        lows, tops = {}, {}
        for group, keys in given.items():
            counts = [self._counts[key] for key in keys]
            lows[group] = max(counts)
            tops[group] = min(sum(counts), self._counts.get(("tiers", *group), 0))
        left = self._counts[served] - sum(lows.values())
        if (
            left < 0
            or any(tops[g] < lows[g] for g in lows)
            or left > sum(tops.values()) - sum(lows.values())
        ):
            return
        parts = []
        for group, keys in given.items():
            more = min(left, tops[group] - lows[group])
            left -= more
            had = self._put(("had", *group), lows[group] + more, unseen=True)
            parts.append(had)
            self._at_most(("tiers", *group), had)
            for key in keys:
                self._at_most(had, key)
            every = self._put(
                ("every", *group), sum(self._counts[key] for key in keys), unseen=True
            )
            self._add(every, keys)
            self._at_most(every, had)
        if parts:
            self._add(served, parts)

    def _at_most(self, most: _Key, key: _Key) -> None:
        """Let one count be no more than another, by what is left over between the two."""
        if most in self._counts and self._counts[key] <= self._counts[most]:
            rest = ("rest", *most, "of", *key)
            self._put(rest, self._counts[most] - self._counts[key], unseen=True)
            self._add(most, (key, rest))

    def _take_retention(self) -> None:
        for row in self._tables["retention"]:
            began, stayed = row["began"], row["retained_12_weeks"]
            parts = [
                self._put(("retention", "retained_12_weeks"), stayed),
                # Not told, but anyone can subtract.
                self._put(("retention", "lost"), began - stayed),
            ]
            self._add(self._put(("retention", "began"), began), parts)
            self._put(("retention", "open"), row["open"])


def _key(name: str, row: Mapping[str, Any]) -> _Key:
    """Return what a row's students are called among the counts."""
    if name in {"reach", "reach_totals", "retention"}:
        return (name, *(str(row[part]) for part in _GROUP if part in row))
    by = ("grade_band", "tier", *_WHERETO)
    return (name, *(str(row[part]) for part in by if part in row))
