from hypothesis import given
from hypothesis import strategies as st

from app.sync.retry import BASE, CAP, pause

CHANCES = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 10_000), CHANCES)
def test_a_wait_is_jittered_in_full_up_to_the_doubled_base_and_never_beyond_the_cap(
    failures: int, chance: float
) -> None:
    longest = min(CAP, BASE * 2 ** min(failures - 1, 60))
    assert 0 <= pause(failures, lambda: chance) < longest
    assert pause(failures, lambda: chance) == chance * longest


@given(st.integers(1, 100), CHANCES, st.floats(0, 86_400))
def test_what_the_other_side_asks_for_is_waited_in_full(
    failures: int, chance: float, after: float
) -> None:
    assert pause(failures, lambda: chance, after) >= after


def test_waits_grow_to_a_quarter_of_an_hour_and_stay_there_for_ever() -> None:
    longest = [pause(failures, lambda: 0.999999) for failures in range(1, 40)]
    assert longest == sorted(longest)
    assert round(longest[0]) == 1
    assert {round(one) for one in longest[10:]} == {900}
