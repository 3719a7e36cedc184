from hypothesis import given
from hypothesis import strategies as st

from app.kernel.cohort import LEAST, held_back, held_back_tables

COUNTS = st.dictionaries(
    st.sampled_from(["Adams", "Brook", "Cedar"]),
    st.fixed_dictionaries({tier: st.integers(0, 12) for tier in "123"}),
    min_size=1,
)


def lines(table: dict[str, dict[str, int | None]]) -> list[list[int | None]]:
    columns = list(next(iter(table.values())))
    return [list(cells.values()) for cells in table.values()] + [
        [cells[column] for cells in table.values()] for column in columns
    ]


@given(COUNTS)
def test_no_small_count_is_shown_and_none_stands_alone(counts: dict[str, dict[str, int]]) -> None:
    (shown,) = held_back_tables([counts])
    for line in lines(shown):
        assert all(count is None or count == 0 or count >= LEAST for count in line)
        assert sum(count is None for count in line) != 1
        *parts, total = line
        if total is not None:
            held = total - sum(count for count in parts if count is not None)
            # Together no fewer than may be told of one.
            assert held == 0 or held >= LEAST
    for row, cells in counts.items():
        for column, count in cells.items():
            assert shown[row][column] in (None, count)


def test_what_one_table_holds_back_another_of_the_same_cohort_does_not_tell() -> None:
    by_school = {"Adams": {"1": 20, "2": 2}, "Brook": {"1": 30, "2": 20}}
    by_grade = {"07": {"1": 25, "2": 11}, "08": {"1": 25, "2": 11}}
    first, second = held_back_tables([by_school, by_grade])
    assert first["Adams"]["2"] is None
    assert first[""] == second[""]
    assert first["Brook"]["2"] is None


def test_a_cohort_without_small_counts_is_shown_whole() -> None:
    (shown,) = held_back_tables([{"Adams": {"1": 20, "2": 9}, "Brook": {"1": 30, "2": 0}}])
    assert shown == {
        "Adams": {"1": 20, "2": 9, "": 29},
        "Brook": {"1": 30, "2": 0, "": 30},
        "": {"1": 50, "2": 9, "": 59},
    }


def test_a_row_of_few_is_held_back_whole() -> None:
    (shown,) = held_back_tables([{"Adams": {"1": 0, "2": 3}, "Brook": {"1": 30, "2": 20}}])
    assert set(shown["Adams"].values()) == {None}
    assert shown["Brook"]["1"] is None


def test_two_small_counts_are_not_told_by_what_is_left_of_the_whole() -> None:
    assert held_back({"0": 40, "1": 9, "2": 1, "3": 1}) == {
        "0": 40, "1": None, "2": None, "3": None,
    }  # fmt: skip
