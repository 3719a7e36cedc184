import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paper.fonts import Typesetter
from app.paper.lines import _base, _levels, _visual, _words, line, lines
from printed import audible, shown


def parts(text: str) -> list[str]:
    """Return the parts between which a line may break."""
    out, start = [], 0
    for ink, end in _words(text):
        out.append(text[start:ink])
        start = end
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one two  three", ["one", "two", "three"]),
        ("well-known and/or", ["well-", "known", "and/", "or"]),
        ("2026-11-22 -5", ["2026-11-22", "-5"]),
        ("王小明，在。", ["王", "小", "明，", "在。"]),
        ("「王」", ["「王」"]),
        ("さくらちゃん", ["さ", "く", "ら", "ちゃ", "ん"]),
        ("a\u00a0b c", ["a\u00a0b", "c"]),
        ("ประเทศไทย", ["ประ", "เทศ", "ไทย"]),
        ("བསྟན་འཛིན", ["བསྟན་", "འཛིན"]),
    ],
)
def test_lines_may_break_where_the_script_allows_it(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_lines_fit_the_width_and_keep_every_word() -> None:
    setter = Typesetter("en")
    text = "The quick brown fox jumps over the lazy dog. " * 8
    found = lines(setter, text, "regular", 12_000)
    assert len(found) > 5
    assert all(one.width <= 12_000 for one in found)


def test_a_string_longer_than_a_line_breaks_anywhere() -> None:
    setter = Typesetter("en")
    found = lines(setter, "x" * 500, "regular", 10_000)
    assert len(found) > 10
    assert all(one.width <= 10_000 for one in found)


def test_each_line_end_begins_a_line_and_an_empty_one_stays() -> None:
    assert len(lines(Typesetter("en"), "a\n\nb\r\nc", "regular", 9_000)) == 4


def test_an_empty_text_is_one_empty_line() -> None:
    assert [one.width for one in lines(Typesetter("en"), "", "regular", 100)] == [0.0]


def test_words_of_two_directions_stand_in_visual_order() -> None:
    text = "Layla עדי כהן Nina"
    levels, base = _levels(text)
    assert base == 0
    assert [text[first:last] for first, last, _level in _visual(_cut(levels))] == [
        "Layla ",
        "עדי כהן",
        " Nina",
    ]
    arabic = "قالت ليلى Nina أمس"
    levels, base = _levels(arabic)
    assert base == 1
    seen = [arabic[first:last] for first, last, _level in _visual(_cut(levels))]
    assert seen == [" أمس", "Nina", "قالت ليلى "]


def test_figures_in_arabic_run_left_to_right() -> None:
    levels, _base_level = _levels("منذ 12 مارس")
    assert [levels[at] for at in (0, 4, 5, 7)] == [1, 2, 2, 1]


@pytest.mark.parametrize(
    ("text", "base"),
    [("עדי כהן, mother; calls after school", 0), ("قالت عائشة (A.B.)", 1), ("", 0), ("123", 0)],
)
def test_a_text_runs_the_way_most_of_it_runs(text: str, base: int) -> None:
    assert _base(text) == base


def test_a_right_to_left_line_knows_its_side() -> None:
    setter = Typesetter("en")
    assert line(setter, "קראתי ספר", "regular").rtl
    assert not line(setter, "I read", "regular").rtl


def _cut(levels: list[int]) -> list[tuple[int, int, int]]:
    out, first = [], 0
    for at in range(1, len(levels) + 1):
        if at == len(levels) or levels[at] != levels[first]:
            out.append((first, at, levels[first]))
            first = at
    return out


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12))
def test_visual_order_is_a_rearrangement(levels: list[int]) -> None:
    cut = _cut(levels)
    assert sorted(_visual(cut)) == sorted(cut)


_MIXED = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("אבגدذر ab 12 -/().,王小\u200f\u200e\u2067\u2069\u202b\u202c\u0301\u200d"),
    ),
    max_size=80,
)


@given(_MIXED, st.integers(500, 20_000))
def test_any_text_breaks_into_lines_without_losing_a_sign(text: str, width: int) -> None:
    setter = Typesetter("en")
    found = lines(setter, text, "regular", width)
    read = "".join(said for one in found for run in one.runs for said, _ in shown(setter, run))
    assert _inked(read) == _inked(setter.clean(text))


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), max_size=80))
def test_no_line_is_wider_than_asked_unless_it_is_one_sign(text: str) -> None:
    setter = Typesetter("en")
    for one in lines(setter, text, "regular", 6_000):
        assert one.width <= 6_050


def _inked(text: str) -> list[str]:
    return sorted("".join(audible(text).split()))
