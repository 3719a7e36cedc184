"""The rules of time, by themselves."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.time_use.model.billing import Units, accepted_modifiers, units_of
from app.features.time_use.model.categories import (
    CategorySet,
    TargetKind,
    found_category,
    in_force,
    read_set,
)
from app.features.time_use.model.entries import (
    ActivityForm,
    TimeEntry,
    accepted_activity,
    overlapping,
    parsed_minutes,
)
from app.features.time_use.model.shares import CategorySum, percents, shares, standings
from app.kernel.clock import Moment
from app.kernel.entries import EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import PersonId
from app.kernel.nouns import Place
from app.phrases import sentence
from time_desk import DISTRICT

NOW = Moment("2026-11-18T19:30:00.000Z", "America/New_York")


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45", 45), (" 5 ", 5), ("1:15", 75), ("0:05", 5), ("1h15", 75), ("1h 15m", 75),
        ("1 H", 60), ("2h", 120), ("90 min", 90), ("90m", 90), ("24:00", 1440), ("1440", 1440),
    ],
)  # fmt: skip
def test_minutes_are_read_as_people_type_them(typed: str, minutes: int) -> None:
    assert parsed_minutes(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", "0", "1:75", "1h75", "1441", "25:00", "-5", "4.5", "٤٥", "h"]
)
def test_what_is_no_length_of_time_is_refused_at_its_field(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        parsed_minutes(typed)
    assert caught.value.field == "minutes"


@given(st.integers(1, 1440))
def test_every_spelling_of_a_length_means_the_same(minutes: int) -> None:
    hours, rest = divmod(minutes, 60)
    spellings = {str(minutes), f"{hours}:{rest:02d}", f"{minutes} min"}
    if hours:
        spellings.add(f"{hours}h{rest:02d}")
    assert {parsed_minutes(one) for one in spellings} == {minutes}


def test_an_activity_without_a_time_ends_now() -> None:
    activity = accepted_activity(ActivityForm(minutes="45"), NOW)
    assert f"{activity.started.wall():%Y-%m-%d %H:%M}" == "2026-11-18 13:45"


def test_an_activity_just_after_midnight_begins_no_earlier_than_its_day() -> None:
    early = Moment("2026-11-18T05:10:00.000Z", "America/New_York")
    activity = accepted_activity(ActivityForm(minutes="30"), early)
    assert f"{activity.started.wall():%Y-%m-%d %H:%M}" == "2026-11-18 00:00"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (ActivityForm(minutes="10", on="2026-11-19"), "on"),
        (ActivityForm(minutes="10", at="14:31"), "at"),
        (ActivityForm(minutes="10", at="quarter past"), "at"),
        (ActivityForm(minutes="10", on="soon"), "on"),
        (ActivityForm(minutes="10", students="many"), "students"),
        (ActivityForm(minutes="10", note="n" * 501), "note"),
    ],
)
def test_what_an_activity_cannot_be_is_refused_at_its_field(form: ActivityForm, field: str) -> None:
    with pytest.raises(Refused) as caught:
        accepted_activity(form, NOW)
    assert caught.value.field == field
    assert sentence(caught.value)


def entry(number: int, minute: int, minutes: int) -> TimeEntry:
    at = Moment(f"2026-11-18T{minute // 60:02d}:{minute % 60:02d}:00.000Z", "UTC")
    return TimeEntry(
        str(number), EntryKind.ACTIVITY, PersonId("p"), "2026-11-18", at, minutes, Place.OFFICE,
        "", "", "asca", 1, "x", "X", "direct", 0, "",
    )  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 90)), max_size=12))
def test_exactly_those_entries_overlap_that_share_a_minute(spans: list[tuple[int, int]]) -> None:
    entries = [entry(number, *span) for number, span in enumerate(spans)]
    shared = {
        one.id
        for one in entries
        for other in entries
        if one is not other and one.span()[0] < other.span()[1] and other.span()[0] < one.span()[1]
    }
    assert set(overlapping(entries)) == shared


def test_entries_that_follow_each_other_do_not_overlap() -> None:
    assert overlapping([entry(1, 540, 30), entry(2, 570, 30)]) == {}
    assert set(overlapping([entry(1, 540, 31), entry(2, 570, 30)])) == {"1", "2"}


# -- units ---------------------------------------------------------------------------------


@given(st.integers(0, 1440))
def test_timed_units_follow_the_eight_minute_rule(minutes: int) -> None:
    whole, rest = divmod(minutes, 15)
    assert units_of(minutes, Units.QUARTER_HOURS) == whole + (rest >= 8)
    assert units_of(minutes, Units.ENCOUNTER) == bool(minutes)


@pytest.mark.parametrize(("minutes", "units"), [(7, 0), (8, 1), (22, 1), (23, 2), (37, 2), (38, 3)])
def test_the_borders_of_the_units_are_where_the_rule_has_them(minutes: int, units: int) -> None:
    assert units_of(minutes, Units.QUARTER_HOURS) == units


def test_modifiers_are_two_signs_each() -> None:
    assert accepted_modifiers(" hq, u1 hq") == ("HQ", "U1")
    with pytest.raises(Refused):
        accepted_modifiers("HQX")


# -- shares --------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=8))
def test_percentages_come_to_a_hundred_and_none_is_off_by_one(minutes: list[int]) -> None:
    found, total = percents(minutes), sum(minutes)
    assert sum(found) == (100 if total else 0)
    for part, percent in zip(minutes, found, strict=True):
        exact = Fraction(part * 100, total) if total else Fraction(0)
        assert abs(exact - percent) < 1


GROUPS = ("direct", "indirect", "program", "other")
ASCA = read_set(
    json.dumps(
        {
            "code": "a", "version": 1, "name": "A",
            "groups": [{"code": code, "label": code} for code in GROUPS],
            "categories": [{"code": f"c{n}", "label": f"c{n}", "group": code}
                           for n, code in enumerate(GROUPS)],
            "targets": [{"groups": ["direct", "indirect"], "at_least": 80},
                        {"groups": ["program"], "at_most": 20},
                        {"groups": ["other"], "at_most": 0}],
        }
    )
).set  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(1, 600)), max_size=30))
def test_shares_and_targets_agree_with_counting_minute_by_minute(
    spent: list[tuple[str, int]],
) -> None:
    minutes = [group for group, count in spent for _ in range(count)]
    sums = [CategorySum("a", 1, f"c{group}", group, group, count, 1, 0) for group, count in spent]
    parts = shares(sums, ASCA)
    assert {part.bundle: part.minutes for part in parts} == {
        group: minutes.count(group) for group in GROUPS
    }
    served = sum(group in {"direct", "indirect"} for group in minutes)
    kept = [
        served >= 0.8 * len(minutes),
        minutes.count("program") <= 0.2 * len(minutes),
        minutes.count("other") == 0,
    ]
    assert [one.met for one in standings(parts, ASCA)] == kept


# -- categories ----------------------------------------------------------------------------


def test_a_category_is_found_by_its_number_by_letters_and_by_what_it_is_for() -> None:
    of = read_set(DISTRICT).set
    for typed, code in (
        ("2", "teach"), ("tal", "talk"), ("TEA", "teach"), ("wor", "desk"), ("ses", "talk"),
        ("des w", "desk"),
    ):  # fmt: skip
        found = found_category(typed, of)
        assert found is not None
        assert found.code == code
    assert found_category("9", of) is None
    assert found_category("xyz", of) is None
    assert found_category(" ", of) is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text[:-3], "categories-not-json"),
        (lambda _text: "[]", "categories-shape"),
        (lambda text: text.replace('"version": 1', '"version": "one"'), "categories-shape"),
        (lambda text: text.replace('"name"', '"nane"'), "categories-missing"),
        (lambda text: text.replace('"note"', '"notes"'), "categories-stray"),
        (lambda text: text.replace('"group": "for"', '"group": "fro"'), "categories-unknown"),
        (lambda text: text.replace('"code": "teach"', '"code": "talk"'), "categories-twice"),
        (
            lambda text: text.replace('"label": "Teaching"', '"label": "TALKING"'),
            "categories-twice",
        ),
        (lambda text: text.replace('"at_least"', '"atleast"'), "categories-stray"),
        (lambda text: text.replace(', "at_least": 60', ""), "categories-target"),
        (lambda text: text.replace('"at_least": 60', '"at_least": 160'), "categories-shape"),
        (lambda text: text.replace('["with"]', '["without"]'), "categories-unknown"),
        (lambda text: text.replace('"2026-08-01"', '"August"'), "categories-shape"),
        (lambda text: text.replace(': "desk"}', ': "disk"}'), "categories-unknown"),
        (
            lambda text: text.replace('"version": 1', '"version": 1, "version": 2'),
            "categories-twice",
        ),
        (lambda text: text.replace('"talk", "label"', '"Talk!", "label"'), "categories-shape"),
        (lambda text: text.replace('["session"]', '"session"'), "categories-shape"),
    ],
)
def test_a_file_with_a_mistake_is_refused_whole_and_says_where(change, code: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as caught:
        read_set(change(DISTRICT))
    assert caught.value.code == code
    assert "{" not in sentence(caught.value).replace("{ … }", "").replace("{}", "")
    assert "–" not in sentence(caught.value).replace("a–z 0–9", "").replace("–100", "").replace(
        "1–9999", ""
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.sampled_from(["code", "groups", "categories", "name",
                                                       "version", "targets", "usual"]), inner)))  # fmt: skip
def test_no_file_whatever_is_in_it_is_more_than_refused(facts: object) -> None:
    with pytest.raises(Refused):
        read_set(json.dumps(facts))


def version(number: int, starts: str = "", ends: str = "") -> CategorySet:
    of = read_set(DISTRICT).set
    return CategorySet(
        of.code, number, of.name, "", starts, ends, of.groups, of.categories, (), "talk"
    )


def test_the_newest_version_that_has_begun_counts() -> None:
    sets = [version(1), version(2, "2026-08-01", "2027-06-30"), version(3, "2027-07-01")]
    for day, number in (("2026-07-31", 1), ("2026-08-01", 2), ("2027-07-01", 3)):
        assert in_force(sets, "riverbend", day).version == number


def test_a_set_that_is_not_there_or_is_over_gives_way_to_one_that_is() -> None:
    assert in_force([version(1, "2026-08-01", "2026-09-01")], "gone", "2027-01-01").version == 1


def test_a_target_asks_for_one_side() -> None:
    assert ASCA.targets[0].kind is TargetKind.AT_LEAST
    assert ASCA.targets[0].met(80, 100)
    assert not ASCA.targets[0].met(79, 100)
    assert ASCA.targets[1].met(20, 100)
    assert not ASCA.targets[1].met(21, 100)
