"""Counts over many students, held back so that no small one can be reckoned from the others.

The rule. A count below `limit` that is not 0 is *small* and is not shown; 0 is shown. Of the
others as many are held back as it takes that of **no** count that is held back more can be told
than that it is one of at least `limit` neighbouring numbers, all of them above 0, by anyone who
has everything that is shown and knows which sums hold among the counts (primary and
complementary cell suppression: Willenborg & de Waal, Elements of Statistical Disclosure
Control, 2001, ch. 4; Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).

How that is made sure of. For every count that is held back a second *world* is made: other
whole numbers for what is held back, under which every sum still holds and everything that is
shown stays as it is, and in which this count lies so far from what it is. Sums are linear, so
all numbers between the two are possible too, and nobody can tell which it is. Where no such
world is found, more is held back; once nothing but noughts of all that hangs together is shown,
there always is one: everything times a whole number.
"""

import heapq
import math
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LEAST = 5
"""Counts below this are held back where nothing else is set."""

Key = TypeVar("Key", bound=Hashable)
_MOST_STEPS = 2_000
"""So many half-made worlds are looked at before more is held back without looking further."""
_MOST_WAYS = 6
"""So many counts of a sum are tried to make up for a change of another."""
_BROKEN = 1.5
"""What a sum that does not hold yet is thought to cost."""
_DEAR = 50.0
"""What it costs besides to hold back a count that one wants to show."""
_FREE = 0.01
"""What it costs to change a count that is held back already; another costs what it would tell."""


@dataclass(frozen=True, slots=True)
class Sum(Generic[Key]):
    """That one count is the sum of others."""

    total: Key
    parts: tuple[Key, ...]


def hold_back(
    counts: Mapping[Key, int],
    sums: Iterable[Sum[Key]],
    limit: int = LEAST,
    *,
    unseen: Collection[Key] = (),
    also: Collection[Key] = (),
    dear: Collection[Key] = (),
) -> frozenset[Key]:
    """Return which counts are to be held back, small ones and those that would tell them.

    `counts` are whole numbers from 0 on, of which the `sums` hold. `unseen` are never shown and
    need no protection: what is left over between two counts that are compared. `also` are held
    back in any case, `dear` ones only where nothing else helps. ValueError where a sum does not hold: then nothing could be vouched for.
    """
    return _Table(counts, tuple(sums), limit, frozenset(unseen), frozenset(dear)).held_back(
        frozenset(also)
    )


_World = list[int]


class _Table(Generic[Key]):
    """The counts by number, and in which sums each is."""

    def __init__(
        self,
        counts: Mapping[Key, int],
        sums: Sequence[Sum[Key]],
        limit: int,
        unseen: frozenset[Key],
        dear: frozenset[Key],
    ) -> None:
        self._keys = list(counts)
        place = {key: at for at, key in enumerate(self._keys)}
        self._true: _World = list(counts.values())
        self._need = limit - 1
        self._unseen = bytearray(key in unseen for key in self._keys)
        self._limit = limit
        self._price = [
            0.5 + math.log2(1 + count / limit) + (_DEAR if key in dear else 0)
            for key, count in counts.items()
        ]
        self._members: list[list[tuple[int, int]]] = []
        self._sums_of: list[list[tuple[int, int]]] = [[] for _key in self._keys]
        for one in sums:
            if counts[one.total] != sum(counts[part] for part in one.parts):
                raise ValueError("a sum does not hold", one.total)
            members = [(place[part], 1) for part in one.parts] + [(place[one.total], -1)]
            for cell, sign in members:
                self._sums_of[cell].append((len(self._members), sign))
            self._members.append(members)
        # What is held back is known to be above 0, since noughts are shown.
        self._low = [0 if hidden else 1 for hidden in self._unseen]
        self._held = bytearray(self._unseen)
        self._safe = bytearray(self._unseen)
        self._waiting: list[int] = []

    def held_back(self, also: frozenset[Key]) -> frozenset[Key]:
        for cell, count in enumerate(self._true):
            if count and (count < self._limit or self._keys[cell] in also):
                self._hold(cell)
        while self._waiting:
            cell = self._waiting.pop()
            if not self._safe[cell] and (lacking := self._lacking(cell)):
                self._widen(cell, lacking)
        return frozenset(
            key
            for key, held, hidden in zip(self._keys, self._held, self._unseen, strict=True)
            if held and not hidden
        )

    def _hold(self, cell: int) -> None:
        if not self._held[cell]:
            self._held[cell] = 1
            self._waiting.append(cell)

    # -- worlds of what is held back ---------------------------------------------------

    def _lacking(self, cell: int) -> list[tuple[int, int]]:
        """Return how far which way what is held back does not let a count go yet; either is enough."""
        up = self._climb(cell, 1, self._need)
        if up >= self._need or up + self._climb(cell, -1, self._need - up) >= self._need:
            return []
        return [(1, self._need), (-1, self._need)]

    def _climb(self, cell: int, way: int, need: int) -> int:
        """Return how far a count can be moved, one way, among what is held back; at most `need`."""
        world, gone = self._true, 0
        while gone < need:
            move = self._move(cell, way, world, 1, widen=False)
            if move is None:
                break
            room = [(world[at] - self._low[at]) // -by for at, by in move.items() if by < 0]
            times = min([need - gone, *room])
            world = world.copy()
            for at, by in move.items():
                world[at] += times * by
            gone += times
        if gone >= self._need:
            for at, (was, now) in enumerate(zip(self._true, world, strict=True)):
                if abs(now - was) >= self._need:
                    self._safe[at] = 1
        return gone

    def _widen(self, cell: int, lacking: Sequence[tuple[int, int]]) -> None:
        """Hold back one more thing or a few, as little as is found, and look again later."""
        self._waiting.append(cell)
        for part in (1, 2, self._need):
            found = [
                move
                for way, need in lacking
                if (move := self._move(cell, way, self._true, -(-need // part), widen=True))
                is not None
                and not all(self._held[at] for at in move)
            ]
            if found:
                for at in min(found, key=self._cost):
                    self._hold(at)
                return
        near = self._nearest_shown(cell)
        if near:
            self._hold(max(near, key=lambda at: (self._price[at] < _DEAR, self._true[at])))
        else:
            self._safe[cell] = 1  # Of all that hangs together only noughts are shown.

    def _cost(self, move: Mapping[int, int]) -> float:
        return sum(self._price[at] for at in move if not self._held[at])

    def _nearest_shown(self, cell: int) -> list[int]:
        """Return the counts above 0 that are shown and fewest sums away; none hang together."""
        met, edge = {cell}, [cell]
        while edge:
            ring = []
            for one in edge:
                for number, _sign in self._sums_of[one]:
                    for at, _by in self._members[number]:
                        # Nought is shown and stays: nothing hangs together through it.
                        if at not in met and (self._true[at] or self._unseen[at]):
                            met.add(at)
                            ring.append(at)
            found = [at for at in ring if not self._held[at]]
            if found:
                return found
            edge = ring
        return []

    def _move(
        self, cell: int, way: int, world: _World, step: int, *, widen: bool
    ) -> dict[int, int] | None:
        """Return changes under which every sum still holds and `cell` moves by a step.

        Each sum that a change breaks is made whole by a change of one other count of it. With
        `widen`, counts that are shown may be changed too, the dearer the larger they are.
        """
        if way < 0 and world[cell] - step < self._low[cell]:
            return None
        first = {number: sign * way * step for number, sign in self._sums_of[cell]}
        heap: list[tuple[float, int, float, dict[int, int], dict[int, int]]] = []
        heapq.heappush(heap, (0.0, 0, 0.0, {cell: way * step}, first))
        made = 0
        for _step in range(_MOST_STEPS):
            if not heap:
                break
            _rank, _made, cost, move, broken = heapq.heappop(heap)
            if not broken:
                return move
            number = min(broken, key=lambda one: len(self._members[one]))
            over = broken[number]
            ways = []
            for at, sign in self._members[number]:
                by = -over * sign
                if at in move or (by < 0 and world[at] + by < self._low[at]):
                    continue
                if self._held[at]:
                    price = _FREE
                elif widen and self._true[at]:
                    price = self._price[at]
                else:
                    continue
                rest = broken.copy()
                for other, its in self._sums_of[at]:
                    left = rest.get(other, 0) + its * by
                    if left:
                        rest[other] = left
                    else:
                        rest.pop(other, None)
                ways.append((cost + price + _BROKEN * len(rest), cost + price, at, by, rest))
            ways.sort(key=lambda one: (one[0], -world[one[2]]))
            for rank, spent, at, by, rest in ways[:_MOST_WAYS]:
                made += 1
                heapq.heappush(heap, (rank, made, spent, {**move, at: by}, rest))
        return None


Counts = Mapping[str, Mapping[str, int]]
"""Counts by row and column."""
Shown = dict[str, dict[str, int | None]]
"""The same with a row and a column of sums, each named `""`; None is held back."""


def hold_back_parts(counts: Mapping[str, int], limit: int = LEAST) -> dict[str, int | None]:
    """Return counts and, as `""`, their sum, with None for what is held back."""
    cells = {**counts, "": sum(counts.values())}
    out = hold_back(cells, [Sum("", tuple(counts))] if counts else [], limit)
    return {name: None if name in out else count for name, count in cells.items()}


def hold_back_tables(tables: Sequence[Counts], limit: int = LEAST) -> list[Shown]:
    """Return tables of the same students with their sums, None for what is held back.

    All tables have the same columns and the same sums by column; ValueError where they have
    not. A row of few is held back whole: its noughts would tell where they all are.
    """
    full = [_with_sums(table) for table in tables]
    counts: dict[tuple[int, str, str], int] = {}
    sums: list[Sum[tuple[int, str, str]]] = []
    for at, table in enumerate(full):
        for row, cells in table.items():
            # The sums by column are those of all tables: one count, wherever it stands.
            keys = {column: (at if row else -1, row, column) for column in cells}
            for column, key in keys.items():
                if counts.setdefault(key, cells[column]) != cells[column]:
                    raise ValueError("tables of different students", key)
            sums.append(Sum(keys[""], tuple(key for column, key in keys.items() if column)))
        for column in table[""]:
            rows = tuple((at, row, column) for row in table if row)
            if rows:
                sums.append(Sum((-1, "", column), rows))
    out = hold_back(counts, dict.fromkeys(sums), limit)

    def shown(at: int, row: str, column: str, cells: Mapping[str, int]) -> int | None:
        few = row and 0 < cells[""] < limit
        return None if few or (at if row else -1, row, column) in out else cells[column]

    return [
        {
            row: {column: shown(at, row, column, cells) for column in cells}
            for row, cells in t.items()
        }
        for at, t in enumerate(full)
    ]


def _with_sums(table: Counts) -> dict[str, dict[str, int]]:
    columns = list(dict.fromkeys(column for cells in table.values() for column in cells))
    found = {
        row: {**{column: cells.get(column, 0) for column in columns}, "": sum(cells.values())}
        for row, cells in table.items()
    }
    found[""] = {
        column: sum(cells[column] for cells in found.values()) for column in (*columns, "")
    }
    return found
