"""What follows in a chain, what is missing, and what lies."""

from hypothesis import given
from hypothesis import strategies as st

from app.collect.chain import Fit, Link, base, fit, gaps, last


def chain(count: int, restarts: frozenset[int] = frozenset()) -> dict[int, Link]:
    return {
        at: Link(at, f"sha{at}", f"sha{at - 1}" if at > 1 else "", at in restarts)
        for at in range(1, count + 1)
    }


@given(st.permutations(range(1, 8)), st.integers(1, 7))
def test_a_chain_that_arrives_in_any_order_is_whole_in_the_end(
    order: list[int], count: int
) -> None:
    links = chain(count)
    waiting = [at for at in order if at <= count]
    known: dict[int, Link] = {}
    for _again in range(count + 1):
        for at in waiting:
            if at not in known and fit(links[at], known) is Fit.FITS:
                known[at] = links[at]
    assert known == links
    assert gaps(known) == []


def test_a_later_one_does_not_wait_for_one_that_is_missing() -> None:
    links = chain(6)
    known = {at: links[at] for at in (1, 2)}
    assert fit(links[5], known) is Fit.FITS
    known[5] = links[5]
    assert gaps(known) == [(3, 4)]
    # Its successor is not there yet to vouch for it.
    assert fit(links[3], known) is Fit.UNPROVEN
    assert fit(links[4], known) is Fit.FITS


def test_another_one_cannot_slip_into_a_gap() -> None:
    links = chain(4)
    known = {at: links[at] for at in (1, 2, 4)}
    assert fit(Link(3, "forged", "sha2", restart=False), known) is Fit.BROKEN
    assert fit(Link(3, "sha3", "other", restart=False), known) is Fit.BROKEN


def test_one_that_was_taken_is_not_taken_with_other_bytes() -> None:
    known = chain(3)
    assert fit(known[3], known) is Fit.FITS
    assert fit(Link(3, "other", "sha2", restart=False), known) is Fit.REPLACED


def test_one_that_does_not_follow_is_broken() -> None:
    assert fit(Link(4, "sha4", "elsewhere", restart=False), chain(3)) is Fit.BROKEN


def test_a_restart_needs_nothing_before_it() -> None:
    known = {1: chain(1)[1]}
    known[9] = Link(9, "sha9", "sha8", restart=True)
    assert (base(known), last(known), gaps(known)) == (9, 9, [])


def test_the_first_one_known_of_a_place_shows_what_is_missing_before_it() -> None:
    assert gaps({4: Link(4, "sha4", "sha3", restart=False)}) == [(1, 3)]


def test_a_counter_far_ahead_costs_nothing() -> None:
    known = {1: chain(1)[1], 9_999_999_999: Link(9_999_999_999, "s", "p", restart=False)}
    assert gaps(known) == [(2, 9_999_999_998)]
