"""Counts over many students, from which no single child can be read."""

from collections.abc import Iterable, Mapping, Sequence

LEAST = 5
"""Counts below this are held back where nothing else is set."""


def held_back(counts: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """Return counts with small ones held back, so that nothing can be subtracted from the sum.

    None is a count that is held back: one below `least` that is not 0; and where only one
    would be, or all of them together are fewer than `least`, the smallest of the others too.
    """
    shown: dict[str, int | None] = dict(counts)
    hidden = [name for name, count in counts.items() if 0 < count < least]
    others = sorted(
        (name for name, count in counts.items() if count >= least),
        key=lambda name: (counts[name], name),
    )
    while others and hidden and (len(hidden) == 1 or sum(map(counts.__getitem__, hidden)) < least):
        hidden.append(others.pop(0))
    for name in hidden:
        shown[name] = None
    return shown


Counts = Mapping[str, Mapping[str, int]]
"""Counts by row and column."""
Shown = dict[str, dict[str, int | None]]
"""The same with a row and a column of sums, each named `""`; None is held back."""


def held_back_tables(tables: Sequence[Counts], least: int = LEAST) -> list[Shown]:
    """Return tables of one cohort with their sums, from which no small count can be reckoned.

    All tables have the same columns and the same sums by column. In no line, its sum among
    it, does one count that is held back stand alone: a second one goes with it; and where the
    sum is shown, those that are held back are together no fewer than `least`.
    """
    full = [_with_sums(table) for table in tables]
    hidden = [
        {
            (row, column)
            for row, cells in table.items()
            for column, count in cells.items()
            # A row of few is held back whole: its noughts would tell where they all are.
            if 0 < count < least or (row and 0 < cells[""] < least)
        }
        for table in full
    ]
    before = -1
    while before != sum(map(len, hidden)):
        before = sum(map(len, hidden))
        for table, out in zip(full, hidden, strict=True):
            for line in _lines(table):
                _never_alone(table, line, out, least)
        shared = {cell for out in hidden for cell in out if not cell[0]}
        for out in hidden:
            out.update(shared)
    return [
        {
            row: {column: None if (row, column) in out else n for column, n in cells.items()}
            for row, cells in table.items()
        }
        for table, out in zip(full, hidden, strict=True)
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


def _lines(table: Counts) -> Iterable[list[tuple[str, str]]]:
    for row, cells in table.items():
        yield [(row, column) for column in cells]
    for column in next(iter(table.values())):
        yield [(row, column) for row in table]


def _never_alone(
    table: Counts, line: list[tuple[str, str]], out: set[tuple[str, str]], least: int
) -> None:
    held = [cell for cell in line if cell in out]
    told = [table[row][column] for row, column in held if table[row][column]]
    # A line's sum is its cell without a name in the direction the line runs; it is the last.
    reckoned = line[-1] not in out and 0 < sum(told) < least
    if len(told) != 1 and len(held) != 1 and not reckoned:
        return
    open_cells = [cell for cell in line if cell not in out]
    others = [cell for cell in open_cells if table[cell[0]][cell[1]]]
    if not others and len(held) == 1:
        others = open_cells
    if others:
        # A sum goes last: it tells most.
        out.add(min(others, key=lambda cell: (not all(cell), table[cell[0]][cell[1]], cell)))
