import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel.suppression import (
    LEAST,
    Sum,
    hold_back,
    hold_back_parts,
    hold_back_tables,
)
from attacker import Attacker, told_too_much

Key = tuple[str, ...]
ALL = ""


def attacked(
    counts: Mapping[Key, int], sums: Iterable[Sum[Key]], held: Iterable[Key], limit: int
) -> list[object]:
    """Attack what is shown, knowing that what is held back is above 0."""
    kept = set(held)
    attacker: Attacker[Key] = Attacker()
    for key in kept:
        attacker.unknown(key, 1)
    for one in sums:
        signed = [(part, 1) for part in one.parts] + [(one.total, -1)]
        unknown = {key: sign for key, sign in signed if key in kept}
        if unknown:
            attacker.knows(unknown, -sum(sign * counts[k] for k, sign in signed if k not in kept))
    return list(told_too_much(attacker, {key: counts[key] for key in kept}, limit))


def cube(
    leaves: Mapping[Key, int], parents: Sequence[Mapping[str, str]]
) -> tuple[dict[Key, int], list[Sum[Key]]]:
    """Return a table with every sum along every dimension, which may have levels."""
    nodes = [list(dict.fromkeys([*tree, *tree.values()])) for tree in parents]

    def over(node: str, tree: Mapping[str, str]) -> list[str]:
        return [node, *over(tree[node], tree)] if node in tree else [node]

    counts = dict.fromkeys(product(*nodes), 0)
    for key, count in leaves.items():
        for cell in product(*(over(node, tree) for node, tree in zip(key, parents, strict=True))):
            counts[cell] += count
    sums = []
    for at, tree in enumerate(parents):
        for parent in dict.fromkeys(tree.values()):
            parts = [node for node in tree if tree[node] == parent]
            sums += [
                Sum(cell, tuple((*cell[:at], part, *cell[at + 1 :]) for part in parts))
                for cell in counts
                if cell[at] == parent
            ]
    return counts, sums


def flat(names: str) -> dict[str, str]:
    return dict.fromkeys(names, ALL)


BANDS_IN_BUILDINGS = {"A": ALL, "B": ALL, "A1": "A", "A2": "A", "B1": "B", "B2": "B"}
SHAPES: dict[str, tuple[Sequence[Mapping[str, str]], Sequence[str]]] = {
    "a line": ([flat("abcd")], ["abcd"]),
    "rows and columns": ([flat("abc"), flat("123")], ["abc", "123"]),
    "three dimensions": ([flat("ab"), flat("12"), flat("xyz")], ["ab", "12", "xyz"]),
    "bands within buildings": ([BANDS_IN_BUILDINGS, flat("12")], [["A1", "A2", "B1", "B2"], "12"]),  # type: ignore[list-item]
}
COUNT = st.one_of(st.integers(0, 6), st.integers(0, 40))


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Key, int], list[Sum[Key]]]:
    parents, leaves = SHAPES[draw(st.sampled_from(sorted(SHAPES)))]
    return cube({key: draw(COUNT) for key in product(*leaves)}, parents)


@settings(max_examples=60, deadline=None)
@given(tables(), st.sampled_from([3, 5, 10]))
def test_no_held_count_can_be_told_more_closely_than_the_limit(
    table: tuple[dict[Key, int], list[Sum[Key]]], limit: int
) -> None:
    counts, sums = table
    held = hold_back(counts, sums, limit)
    assert all(key in held for key, count in counts.items() if 0 < count < limit)
    assert all(counts[key] for key in held)
    assert attacked(counts, sums, held, limit) == []


def test_where_two_in_each_line_are_held_back_a_bridge_between_them_is_not_told() -> None:
    # Two in every row and column, and yet (b, 2) follows: the rows a and b hold two squares
    # together by this one cell. Rules that look at one line at a time leave it.
    rows = {"a": (2, 30, 2, 40), "b": (2, 3, 2, 40), "c": (50, 2, 41, 2), "d": (50, 2, 42, 2)}
    leaves = {(row, str(at)): count for row, c in rows.items() for at, count in enumerate(c)}
    counts, sums = cube(leaves, [flat("abcd"), flat("0123")])
    small = [key for key, count in counts.items() if 0 < count < LEAST]
    assert attacked(counts, sums, small, LEAST)
    held = hold_back(counts, sums)
    assert attacked(counts, sums, held, LEAST) == []


def test_nothing_is_held_back_where_nothing_is_small() -> None:
    counts, sums = cube({("a", "1"): 9, ("a", "2"): 0, ("b", "1"): 7, ("b", "2"): 30},
                        [flat("ab"), flat("12")])  # fmt: skip
    assert hold_back(counts, sums) == frozenset()


def test_a_small_count_takes_one_other_of_its_line_with_it_and_not_the_sum() -> None:
    assert hold_back_parts({"a": 2, "b": 20, "c": 31}) == {"a": None, "b": None, "c": 31, "": 53}


def test_a_sum_goes_too_where_the_others_cannot_hide_it() -> None:
    assert hold_back_parts({"a": 2, "b": 0}) == {"a": None, "b": 0, "": None}
    assert hold_back_parts({}) == {"": 0}


def test_sums_that_do_not_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        hold_back({"a": 2, "": 3}, [Sum("", ("a",))])


def named(table: int, key: Key) -> Key:
    """Return what a count is called among several tables; the sums by column are one count."""
    return (str(table) if key[0] else "-", *key)


LINKED = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("78"), st.sampled_from("123")), max_size=70
)


@settings(max_examples=40, deadline=None)
@given(LINKED)
@example(
    [("A", "7", "1")] * 20 + [("B", "8", "1")] * 20 + [("A", "7", "2")] * 2 + [("B", "8", "2")] * 9
)
def test_tables_of_the_same_students_do_not_tell_each_other_s_counts(
    students: list[tuple[str, str, str]],
) -> None:
    found = []
    for at in (0, 1):
        table = {name: dict.fromkeys("123", 0) for name in ("AB", "78")[at]}
        for student in students:
            table[student[at]][student[2]] += 1
        found.append(table)
    shown = hold_back_tables(found)
    counts: dict[Key, int] = {}
    sums = []
    held = set()
    for number, table in enumerate(found):
        leaves = {(row, column): n for row, cells in table.items() for column, n in cells.items()}
        of, its = cube(leaves, [flat("".join(table)), flat("123")])
        for key, count in of.items():
            name = named(number, key)
            counts[name] = count
            if shown[number][key[0]][key[1]] is None and count:
                held.add(name)
            else:
                assert shown[number][key[0]][key[1]] in (count, None)
                assert count == 0 or count >= LEAST
        sums += [
            Sum(named(number, one.total), tuple(named(number, part) for part in one.parts))
            for one in its
        ]
    assert attacked(counts, sums, held, LEAST) == []


def test_a_row_of_few_is_held_back_whole() -> None:
    (shown,) = hold_back_tables([{"Adams": {"1": 0, "2": 3}, "Brook": {"1": 30, "2": 20}}])
    assert set(shown["Adams"].values()) == {None}


def test_tables_of_different_students_are_refused() -> None:
    with pytest.raises(ValueError, match="different students"):
        hold_back_tables([{"a": {"1": 9}}, {"b": {"1": 8}}])


def test_a_large_table_in_three_dimensions_is_done_in_a_few_seconds() -> None:
    chance = random.Random(5)
    buildings = [f"{n:02}" for n in range(50)]
    tree = {**dict.fromkeys(buildings, ALL), **{f"{b}{g}": b for b in buildings for g in "abcde"}}
    leaves = {
        key: chance.randint(0, 150)
        for key in product([f"{b}{g}" for b in buildings for g in "abcde"], "1234", "abcdefghijkl")
    }
    counts, sums = cube(leaves, [tree, flat("1234"), flat("abcdefghijkl")])
    held = hold_back(counts, sums)
    assert {key for key, count in counts.items() if 0 < count < LEAST} < held
    assert len(held) < len(counts) // 3
