"""How the lines of Today stand: part, building, hour, urgency."""

from dataclasses import replace
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from ui.kit.room import Section, TodayLine
from ui.shell.agenda import blocks, buildings, here, section_of, turns_at

NINE = time(9, 0)


def line(name: str, rank: int = 20, **more: object) -> TodayLine:
    plain = TodayLine(name, rank, "note", name, "", "", "today", "")
    return replace(plain, **more)  # type: ignore[arg-type]


LINES = st.lists(
    st.builds(
        lambda number, rank, at, school, late: line(
            f"l{number}", rank, at=at, school=school, late=late
        ),
        st.integers(0, 10_000),
        st.integers(0, 60),
        st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.sampled_from(["", "alder", "birch", "cedar"]),
        st.booleans(),
    ),
    max_size=40,
)


def test_a_line_comes_up_ten_minutes_before_its_hour() -> None:
    assert section_of(line("a", at=time(9, 11)), NINE) is Section.LATER
    assert section_of(line("a", at=time(9, 10)), NINE) is Section.NOW
    assert section_of(line("a", at=time(0, 5)), time(0, 0)) is Section.NOW


def test_a_line_without_an_hour_stands_by_its_rank_or_where_its_room_says() -> None:
    assert section_of(line("a", 3), NINE) is Section.NOW
    assert section_of(line("a", 20), NINE) is Section.WAITING
    assert section_of(line("a", 3, section=Section.LAPSING), NINE) is Section.LAPSING


def test_the_building_of_this_hour_stands_before_the_others() -> None:
    day = [
        line("a", at=time(8, 0), until=time(8, 40), school="alder"),
        line("b", at=time(9, 5), until=time(9, 40), school="birch"),
        line("c", at=time(13, 0), school="alder"),
    ]
    assert here(day, NINE) == "birch"
    assert here(day, time(12, 0)) == "alder"
    assert here([], NINE) == ""
    found = blocks(day, NINE, ["birch", "alder"])
    assert [(block.section, block.school) for block in found] == [
        (Section.NOW, "birch"),
        (Section.NOW, "alder"),
        (Section.LATER, "alder"),
    ]


def test_one_building_is_shown_with_what_has_none() -> None:
    day = [line("a", school="alder"), line("b", school="birch"), line("c")]
    found = blocks(day, NINE, ["alder", "birch"], only="birch")
    assert [each.id for block in found for each in block.lines] == ["c", "b"]


def test_the_page_turns_when_a_line_comes_up_begins_or_is_over() -> None:
    day = [line("a", at=time(9, 5), until=time(9, 40)), line("b", at=time(9, 30)), line("c")]
    assert turns_at(day, NINE) == time(9, 5)
    assert turns_at(day, time(9, 6)) == time(9, 20)
    assert turns_at(day, time(9, 31)) == time(9, 40)
    assert turns_at(day, time(9, 40)) is None


@given(LINES, st.times())
def test_every_line_stands_once_and_in_order_of_hour_and_urgency(
    day: list[TodayLine], now: time
) -> None:
    found = blocks(day, now, ["cedar", "alder"])
    listed = [each for block in found for each in block.lines]
    assert sorted(listed, key=id) == sorted(day, key=id)
    assert len({(block.section, block.school) for block in found}) == len(found)
    for block in found:
        order = [(each.at or time.min, each.rank, not each.late) for each in block.lines]
        assert order == sorted(order)
        if len(buildings(day)) > 1:
            assert {each.school for each in block.lines} == {block.school}
