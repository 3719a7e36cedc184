"""One who has everything that was shown, knows which sums hold, and can solve equations.

Independent of how counts are held back: an exact linear programme (two-phase simplex on
fractions, Bland's rule) over whatever is not shown.
"""

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


class Attacker(Generic[Name]):
    """Knows equations among unknown numbers that are not below a least one."""

    def __init__(self) -> None:
        self._least: dict[Name, int] = {}
        self._rows: list[tuple[dict[Name, int], int]] = []
        self._tableau: list[dict[int, Fraction]] = []
        self._right: list[Fraction] = []
        self._basis: list[int] = []

    def unknown(self, name: Name, least: int = 0) -> None:
        """Let a number be unknown."""
        self._least.setdefault(name, least)

    def knows(self, factors: Mapping[Name, int], right: int) -> None:
        """Let a sum of unknown numbers, each times a factor, be known."""
        self._rows.append((dict(factors), right))

    def solve(self) -> None:
        """Find one answer to all equations; AssertionError if there is none, which is a bug."""
        self._at = {name: at for at, name in enumerate(self._least)}
        count = len(self._at)
        for number, (factors, right) in enumerate(self._rows):
            rest = Fraction(right - sum(f * self._least[name] for name, f in factors.items()))
            sign = -1 if rest < 0 else 1
            row = {self._at[name]: Fraction(sign * f) for name, f in factors.items() if f}
            row[count + number] = Fraction(1)
            self._tableau.append(row)
            self._right.append(sign * rest)
            self._basis.append(count + number)
        wrong = {count + number: Fraction(1) for number in range(len(self._rows))}
        assert self._least_of(wrong, count + len(self._rows)) == 0, "contradiction"
        for number in reversed(range(len(self._basis))):
            if self._basis[number] >= count:
                way = next((c for c, f in self._tableau[number].items() if c < count and f), None)
                if way is not None:
                    self._turn(number, way)
                else:
                    del self._tableau[number], self._right[number], self._basis[number]
        self._tableau = [{c: f for c, f in row.items() if c < count} for row in self._tableau]

    def bounds(self, name: Name) -> tuple[Fraction, Fraction | None]:
        """Return the least and the greatest that a number can be; None: without end."""
        at, count = self._at[name], len(self._at)
        low = self._least_of({at: Fraction(1)}, count)
        high = self._least_of({at: Fraction(-1)}, count)
        assert low is not None
        return low + self._least[name], None if high is None else self._least[name] - high

    def _least_of(self, goal: dict[int, Fraction], count: int) -> Fraction | None:
        while True:
            price = dict(goal)
            for row, basic in zip(self._tableau, self._basis, strict=True):
                if factor := goal.get(basic):
                    for column, value in row.items():
                        price[column] = price.get(column, Fraction(0)) - factor * value
            ways = [c for c, value in price.items() if value < 0 and c < count]
            if not ways:
                return sum(
                    (
                        goal.get(b, Fraction(0)) * r
                        for b, r in zip(self._basis, self._right, strict=True)
                    ),
                    Fraction(0),
                )
            way = min(ways)
            steps = [
                (self._right[n] / row[way], self._basis[n], n)
                for n, row in enumerate(self._tableau)
                if row.get(way, 0) > 0
            ]
            if not steps:
                return None
            self._turn(min(steps)[2], way)

    def _turn(self, number: int, way: int) -> None:
        row, by = self._tableau[number], self._tableau[number][way]
        row = {c: f / by for c, f in row.items() if f}
        self._tableau[number] = row
        self._right[number] /= by
        for other, line in enumerate(self._tableau):
            if other != number and (factor := line.get(way)):
                for column, value in row.items():
                    left = line.get(column, Fraction(0)) - factor * value
                    if left:
                        line[column] = left
                    else:
                        line.pop(column, None)
                self._right[other] -= factor * self._right[number]
        self._basis[number] = way


def told_too_much(
    attacker: "Attacker[Name]", held: Mapping[Name, int], limit: int
) -> list[tuple[Name, Fraction, Fraction | None]]:
    """Return which of the held counts the attacker knows more closely than is allowed."""
    attacker.solve()
    found = []
    for name in held:
        low, high = attacker.bounds(name)
        if high is not None and high - low < limit - 1:
            found.append((name, low, high))
    return found
