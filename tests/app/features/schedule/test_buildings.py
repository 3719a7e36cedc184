"""Buildings' bells and calendars: by form and by table, whole or not at all."""

import pytest

from app.bootstrap import Desk
from app.features.schedule.commands import (
    ImportBells,
    RemoveBells,
    RemoveSpecialDay,
    RemoveYear,
    SetBells,
    SetSpecialDay,
    SetTravel,
    SetYear,
)
from app.features.schedule.model.calendar import TypedYear
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from app.phrases import sentence_of
from schedule_desk import REGULAR

Scheduled = tuple[Desk, list[SchoolId], StudentId]
BELLS = """School,Schedule,Period,Start,End,Class time
Birch Middle School,Regular,1,8:00,8:50,yes
Birch Middle School,Regular,Lunch,8:50,9:20,no
Birch Middle School,Regular,2,9:20,10:10,
"""
DAYS = """date,school,what,reason,schedule
2026-11-26,Alder Elementary,no school,Thanksgiving,
2026-12-02,alder elementary,school,,Early release
"""


def test_bells_come_from_a_table(scheduled: Scheduled) -> None:
    desk, (_alder, birch), _student = scheduled
    imported = desk.schedule.buildings.import_bells(ImportBells("\ufeff" + BELLS))
    assert not imported.table.bad
    (bell,) = desk.schedule.buildings.building(birch).bells
    assert [(p.name, p.starts, p.teaches) for p in bell.periods] == [
        ("1", 480, True), ("Lunch", 530, False), ("2", 560, True),
    ]  # fmt: skip
    desk.schedule.buildings.import_bells(ImportBells(BELLS.replace("8:50,yes", "8:45,yes")))
    (again,) = desk.schedule.buildings.building(birch).bells
    assert again.id == bell.id
    assert again.periods[0].ends == 525


def test_days_come_from_a_table(scheduled: Scheduled) -> None:
    desk, (alder, _birch), _student = scheduled
    assert not desk.schedule.buildings.import_bells(ImportBells(DAYS)).table.bad
    building = desk.schedule.buildings.building(alder)
    assert [(one.day.isoformat(), one.closed, one.reason) for one in building.special] == [
        ("2026-11-26", True, "Thanksgiving"), ("2026-12-02", False, ""),
    ]  # fmt: skip
    assert building.calendar.bell(building.special[1].day).name == "Early release"  # type: ignore[union-attr]
    assert desk.schedule.buildings.closed_on("2026-11-26") == {alder: "Thanksgiving"}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            BELLS.replace("Birch Middle School,Regular,Lunch", "Elm,Regular,Lunch"),
            (3, "table-school"),
        ),
        (BELLS.replace("9:20,10:10", "9:20,late"), (4, "period-needs-times")),
        (BELLS.replace("8:50,9:20", "8:40,9:20"), (2, "periods-overlap")),
        (BELLS.replace(",no\n", ",perhaps\n"), (3, "table-yes-no")),
        (DAYS.replace("2026-11-26", "26.11.2026"), (2, "day-unreadable")),
        (DAYS.replace("Early release", "Late start"), (3, "table-bells")),
        (DAYS.replace(",school,,", ",parade,,"), (3, "table-what")),
        (DAYS.replace("2026-12-02", "2026-11-26"), (3, "table-day-twice")),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_line_and_nothing_is_taken(
    untouched: Scheduled, table: str, told: tuple[int, str]
) -> None:
    desk, (alder, birch), _student = untouched
    before = desk.records.head.count
    imported = desk.schedule.buildings.import_bells(ImportBells(table))
    assert [(row.line, row.code) for row in imported.table.bad] == [told]
    assert all(sentence_of(row.code, row.facts) for row in imported.table.bad)
    assert desk.records.head.count == before
    assert not desk.schedule.buildings.building(birch).bells
    assert not desk.schedule.buildings.building(alder).special


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "table-empty"),
        ("school,schedule,period,start,end\n", "table-empty"),
        ("name,age\nx,1\n", "table-columns"),
        ('school,schedule,period,start,end\n"a', "table-unreadable"),
    ],
)
def test_what_is_no_such_table_is_refused(untouched: Scheduled, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        untouched[0].schedule.buildings.import_bells(ImportBells(text))
    assert refused.value.code == code


def test_bells_that_something_rings_by_stay(scheduled: Scheduled) -> None:
    desk, (alder, _birch), _student = scheduled
    buildings = desk.schedule.buildings
    regular, early = buildings.building(alder).bells
    with pytest.raises(Refused) as refused:
        buildings.remove_bells(RemoveBells(regular.id))
    assert refused.value.code == "bells-in-use"
    buildings.set_special_day(SetSpecialDay((alder,), "2026-12-02", closed=False, bell_id=early.id))
    with pytest.raises(Refused):
        buildings.remove_bells(RemoveBells(early.id))
    buildings.remove_special_day(RemoveSpecialDay(alder, "2026-12-02"))
    buildings.remove_bells(RemoveBells(early.id))
    assert [bell.name for bell in buildings.building(alder).bells] == ["Regular"]
    with pytest.raises(Refused) as refused:
        buildings.set_bells(SetBells(alder, "regular", REGULAR))
    assert refused.value.code == "bells-twice"


def test_two_school_years_of_a_building_share_no_day(scheduled: Scheduled) -> None:
    desk, (alder, _birch), _student = scheduled
    buildings = desk.schedule.buildings
    with pytest.raises(Refused) as refused:
        buildings.set_year(SetYear(TypedYear(alder, "2027-06-01", "2027-07-01", "UTC")))
    assert refused.value.code == "years-overlap"
    made = buildings.set_year(SetYear(TypedYear(alder, "2027-08-20", "2028-06-01", "UTC"))).made
    buildings.remove_year(RemoveYear(made))
    assert len(buildings.building(alder).years) == 1


def test_the_way_is_as_long_there_as_back(scheduled: Scheduled) -> None:
    desk, (alder, birch), _student = scheduled
    buildings = desk.schedule.buildings
    assert buildings.building(birch).travel == {alder: 20}
    buildings.set_travel(SetTravel(birch, alder, "25"))
    assert buildings.building(alder).travel == {birch: 25}
    buildings.set_travel(SetTravel(birch, alder, ""))
    assert buildings.building(alder).travel == {}
    for entry, code in (("long", "travel-minutes"), ("601", "travel-minutes")):
        with pytest.raises(Refused) as refused:
            buildings.set_travel(SetTravel(birch, alder, entry))
        assert refused.value.code == code


def test_a_holiday_of_several_days_in_several_buildings_is_one_entry(scheduled: Scheduled) -> None:
    desk, (alder, birch), _student = scheduled
    buildings = desk.schedule.buildings
    buildings.set_special_day(
        SetSpecialDay((alder, birch), "2026-12-21", "2027-01-01", reason="Winter break")
    )
    for school in (alder, birch):
        assert len(buildings.building(school).special) == 12
    with pytest.raises(Refused) as refused:
        buildings.set_special_day(SetSpecialDay((alder,), "2026-12-21", "2026-12-01"))
    assert refused.value.code == "period-order"
