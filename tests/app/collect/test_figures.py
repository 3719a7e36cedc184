"""The district's figures: right as sums, and nothing small anywhere in what is shown."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.collect.engines import Engine
from app.collect.figures import ALL, KEPT, LOST, TIERS, Cube, Figures, figures, months_of
from app.kernel.documents import SummaryKind
from attacker import Attacker, told_too_much
from collecting import collect, sqlite
from desks import District, Shelf, SyntheticDesk, new_place, services


def loaded(engine: Engine, district: District, *bodies: dict[str, Any]) -> None:
    """Load one body of each of so many desks."""
    place = Shelf()
    new_place(place)
    for seed, body in enumerate(bodies):
        desk = SyntheticDesk(district, 100 + seed)
        desk.lay(place, desk.enrolment(), desk.sealed(SummaryKind.SERVICES, body))
    assert collect(place, engine, district).findings == []


def small(month: str, schools: dict[str, dict[str, int]], counts: str = "exact") -> dict[str, Any]:
    """Return a body in which each school has the counts that are named, and no others."""
    empty: dict[str, Any] = {
        **services(0, month, counts=counts),
        "buildings": [{"building": f"code:{name}", "name": f"School {name}"} for name in schools],
        **{part: [] for part in ("services", "referrals", "reach", "retention", "tiers")},
        **{
            part: []
            for part in ("service_totals", "referral_totals", "reach_totals", "tier_totals")
        },
    }
    for name, of in schools.items():
        building = {"building": f"code:{name}"}
        if "referred" in of:
            empty["referral_totals"].append(
                {**building, "kind": "service", "service": "individual-counseling", "status": "began",
                 "referrals": of["referred"], "students": of.get("students", of["referred"])}
            )  # fmt: skip
        empty["reach_totals"].append(
            {**building, "enrolled": of.get("enrolled", 400), "served": of.get("served")}
        )
        empty["service_totals"].append(
            {**building, "service": "individual-counseling", "students": of.get("served"),
             "sessions": of.get("sessions"), "minutes": of.get("minutes")}
        )  # fmt: skip
        empty["retention"].append(
            {
                **building,
                "began": of.get("began", 0),
                "retained_12_weeks": of.get("kept", 0),
                "open": 0,
            }
        )
        empty["tier_totals"] += [
            {**building, "tier": tier, "students": of.get(f"tier{tier}", 0)} for tier in (1, 2, 3)
        ]
    return empty


def counted(cube: Cube, school: str, month: str, part: str = ALL) -> int | None:
    cell = cube.at(f"code:{school}" if school else ALL, month, part)
    assert cell is not None
    return cell.count


MONTH = "2026-10"
WHOLE = {"sessions": 60, "minutes": 1800, "enrolled": 300}


def test_counts_of_several_desks_are_added_and_rosters_are_not(
    engine: Engine, district: District
) -> None:
    loaded(
        engine,
        district,
        small(MONTH, {"1": {**WHOLE, "served": 20, "referred": 8, "tier1": 250, "tier2": 50}}),
        small(MONTH, {"1": {**WHOLE, "served": 30, "referred": 9, "enrolled": 310, "tier1": 310}}),
    )
    found = figures(engine, [MONTH], 5)
    assert counted(found.referrals, "1", MONTH) == 17
    assert counted(found.served, "1", MONTH) == 50
    assert counted(found.sessions, "1", MONTH) == 120
    assert counted(found.minutes, "1", MONTH) == 3600
    assert counted(found.enrolled, "1", MONTH) == 310
    # Of the desk that knows most of the school, and of it alone.
    assert [counted(found.tiers, "1", MONTH, tier) for tier in TIERS] == [310, 0, 0]
    assert (found.shared, found.desks, found.known) == (1, {MONTH: 2}, 2)


def test_a_small_count_takes_its_neighbours_along(engine: Engine, district: District) -> None:
    schools = {
        str(n): {**WHOLE, "served": 20, "referred": referred}
        for n, referred in enumerate((30, 3, 12, 40))
    }
    loaded(engine, district, small(MONTH, schools))
    found = figures(engine, [MONTH], 5).referrals
    shown = [counted(found, str(n), MONTH) for n in range(4)]
    assert shown[1] is None
    # The sum of all is shown: a second one is held back, so that it cannot be subtracted.
    assert counted(found, "", MONTH) == 85
    assert shown.count(None) >= 2


def test_many_referrals_of_few_students_are_few(engine: Engine, district: District) -> None:
    schools = {
        "1": {**WHOLE, "served": 20, "referred": 9, "students": 2},
        "2": {**WHOLE, "served": 20, "referred": 30},
        "3": {**WHOLE, "served": 20, "referred": 31},
    }
    loaded(engine, district, small(MONTH, schools))
    found = figures(engine, [MONTH], 5).referrals
    assert counted(found, "1", MONTH) is None
    assert counted(found, "1", ALL, "began") is None


def test_few_students_hide_their_sessions_and_minutes(engine: Engine, district: District) -> None:
    schools = {
        "1": {"served": 2, "sessions": 40, "minutes": 2400, "enrolled": 300},
        "2": {"served": 30, "sessions": 90, "minutes": 2700, "enrolled": 300},
        "3": {"served": 25, "sessions": 80, "minutes": 2600, "enrolled": 300},
    }
    loaded(engine, district, small(MONTH, schools))
    found = figures(engine, [MONTH], 5)
    for cube in (found.served, found.sessions, found.minutes):
        assert counted(cube, "1", MONTH) is None
        hidden = [name for name in schools if counted(cube, name, MONTH) is None]
        assert len(hidden) >= 2


def test_two_desks_that_may_serve_the_same_few_do_not_make_many(
    engine: Engine, district: District
) -> None:
    few = {"1": {**WHOLE, "served": 3}, "2": {**WHOLE, "served": 30}, "3": {**WHOLE, "served": 31}}
    loaded(engine, district, small(MONTH, few), small(MONTH, few))
    assert counted(figures(engine, [MONTH], 5).served, "1", MONTH) is None


def test_those_who_came_no_more_are_not_to_be_subtracted(
    engine: Engine, district: District
) -> None:
    loaded(
        engine,
        district,
        small(MONTH, {"1": {**WHOLE, "served": 40, "began": 30, "kept": 28}}),
    )
    found = figures(engine, [MONTH], 5).retention
    assert counted(found, "1", ALL, LOST) is None
    assert None in {counted(found, "1", ALL), counted(found, "1", ALL, KEPT)}


def test_what_a_desk_held_back_is_never_nought(engine: Engine, district: District) -> None:
    held = small(MONTH, {"1": {"enrolled": 300}, "2": {**WHOLE, "served": 40}}, "suppressed")
    loaded(engine, district, held, small(MONTH, {"2": {**WHOLE, "served": 30}}))
    found = figures(engine, [MONTH], 5)
    assert found.held_at_desks
    assert counted(found.served, "1", MONTH) is None
    total = found.served.at(ALL, MONTH)
    assert total is not None
    assert (total.count, total.more) == (70, True)


def test_weeks_and_other_months_are_not_counted(engine: Engine, district: District) -> None:
    place = Shelf()
    new_place(place)
    desk = SyntheticDesk(district, 3)
    desk.lay(place, desk.enrolment(), desk.services("2026-10"), desk.services("2026-11"))
    collect(place, engine, district)
    found = figures(engine, ["2026-10"], 5)
    total = found.sessions.at(ALL, "2026-10")
    assert total is not None
    assert total.count == sum(row["sessions"] for row in services(3, "2026-10")["service_totals"])
    assert found.sessions.at(ALL, "2026-11") is None


def test_a_school_year_begins_in_july() -> None:
    assert months_of("2026-27")[0::11] == ["2026-07", "2027-06"]
    assert months_of("2026")[0::11] == ["2026-01", "2026-12"]


def shown_cells(found: Figures) -> Iterator[tuple[str, tuple[str, str, str], int]]:
    for name in ("referrals", "sessions", "minutes", "served", "enrolled", "retention", "tiers"):
        cube: Cube = getattr(found, name)
        for key, cell in cube.cells.items():
            if cell.count is not None:
                yield name, key, cell.count


def a_school(dice: random.Random) -> dict[str, int]:
    """Return what a school counted in a month, often little."""
    served, began = dice.choice([0, 0, 1, 2, 4, 6, 9, 30]), dice.choice([0, 1, 3, 6, 20])
    return {
        "served": served,
        "sessions": served * dice.randrange(1, 4),
        "minutes": served * 45,
        "referred": dice.choice([0, 1, 2, 5, 8, 13]),
        "began": began,
        "kept": dice.randrange(began + 1),
        "tier1": 200,
        "tier2": dice.choice([0, 2, 11, 25]),
        "tier3": dice.choice([0, 1, 3, 7]),
    }


@pytest.mark.parametrize("seed", range(6))
def test_nothing_small_is_shown_and_no_line_has_one_gap(
    tmp_path: Path, district: District, seed: int
) -> None:
    dice = random.Random(seed)
    engine = sqlite(tmp_path, f"{seed}.db")
    month_names = ["2026-09", "2026-10", "2026-11"]
    place = Shelf()
    new_place(place)
    desk = SyntheticDesk(district, seed)
    desk.lay(place, desk.enrolment())
    for month in month_names:
        schools = {}
        for n in range(6):
            schools[str(n)] = a_school(dice)
        desk.lay(place, desk.sealed(SummaryKind.SERVICES, small(month, schools)))
    assert collect(place, engine, district).findings == []
    found = figures(engine, month_names, 5)
    engine.close()
    for name, key, count in shown_cells(found):
        assert count == 0 or count >= 5, (name, key)
    for cube in (found.referrals, found.served, found.sessions, found.minutes):
        for month in month_names:
            line = [cube.at(school, month) for school in (*cube.schools, ALL)]
            assert [cell.count for cell in line if cell].count(None) != 1
    for cube, parts in ((found.retention, (KEPT, LOST)), (found.tiers, TIERS)):
        for school in (*cube.schools, ALL):
            for month in (ALL, *month_names):
                line = [cube.at(school, month, part) for part in (*parts, ALL)]
                assert [cell.count for cell in line if cell].count(None) != 1


# -- several reports side by side ------------------------------------------------------

Atom = tuple[str, str, str]
CUBES = ("referrals", "sessions", "minutes", "served", "enrolled", "retention", "tiers")
THREE = ("2026-09", "2026-10", "2026-11")


def in_sum(key: Atom, months: tuple[str, ...], atoms: dict[Atom, int]) -> frozenset[Atom]:
    """Return which counts a cell of a report is the sum of."""
    return frozenset(
        one
        for one in atoms
        if key[0] in (ALL, one[0])
        and (one[1] in months if key[1] == ALL else key[1] == one[1])
        and key[2] in (ALL, one[2])
    )


def subtracted(reports: list[Figures], cube: str, atoms: dict[Atom, int], limit: int) -> list[Any]:
    """Return what someone who has all these reports knows too closely: of months, and of the year.

    A sum of some months that is held back with one of them may follow from others.
    """
    shown: dict[frozenset[Atom], int] = {}
    hidden: set[frozenset[Atom]] = set()
    for report in reports:
        for key, cell in getattr(report, cube).cells.items():
            if of := in_sum(key, report.months, atoms):
                if cell.count is not None:
                    assert cell.count == sum(atoms[one] for one in of)
                    shown[of] = cell.count
                elif report.closed or key[1] != ALL:
                    hidden.add(of)
    attacker: Attacker[object] = Attacker()
    for atom in atoms:
        attacker.unknown(atom)
    held = {of: sum(atoms[one] for one in of) for of in hidden - set(shown)}
    for of in held:
        attacker.unknown(of, 1)  # noughts are shown
        attacker.knows({**dict.fromkeys(of, 1), of: -1}, 0)
    for of, count in shown.items():
        attacker.knows(dict.fromkeys(of, 1), count)
    return told_too_much(attacker, held, limit)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_told_by_the_reports_of_months_and_of_years_together(
    tmp_path: Path, district: District, seed: int
) -> None:
    dice, engine, place = random.Random(seed), sqlite(tmp_path, f"{seed}.db"), Shelf()
    new_place(place)
    desk = SyntheticDesk(district, seed)
    desk.lay(place, desk.enrolment())
    atoms: dict[str, dict[Atom, int]] = {cube: {} for cube in CUBES}
    for month in THREE:
        schools = {}
        for n in range(4):
            of = schools[str(n)] = a_school(dice)
            school = f"code:{n}"
            for cube in ("sessions", "minutes", "served"):
                atoms[cube][school, month, ALL] = of[cube]
            atoms["enrolled"][school, month, ALL] = 400
            atoms["referrals"][school, month, "began"] = of["referred"]
            atoms["retention"][school, month, KEPT] = of["kept"]
            atoms["retention"][school, month, LOST] = of["began"] - of["kept"]
            for tier in TIERS:
                atoms["tiers"][school, month, tier] = of[f"tier{tier}"]
        desk.lay(place, desk.sealed(SummaryKind.SERVICES, small(month, schools)))
    assert collect(place, engine, district).findings == []
    reports = [
        *(figures(engine, [month], 5) for month in THREE),
        figures(engine, THREE[:2], 5),
        figures(engine, THREE[1:], 5),
        figures(engine, THREE, 5, closed=True),
    ]
    engine.close()
    for cube in CUBES:
        limit = 5 * 30 if cube == "minutes" else 5
        assert subtracted(reports, cube, atoms[cube], limit) == [], cube


def test_a_school_year_that_is_over_shows_a_sum_that_one_under_way_does_not(
    engine: Engine, district: District
) -> None:
    place = Shelf()
    new_place(place)
    desk = SyntheticDesk(district, 1)
    desk.lay(place, desk.enrolment())
    dice = random.Random(1)
    names = [str(n) for n in range(12)]
    for month in THREE:
        schools = {
            name: {**WHOLE, "served": 20, "referred": dice.randrange(2, 5) if at < 6 else 20 + at}
            for at, name in enumerate(names)
        }
        desk.lay(place, desk.sealed(SummaryKind.SERVICES, small(month, schools)))
    assert collect(place, engine, district).findings == []
    running, over = (figures(engine, THREE, 5, closed=closed).referrals for closed in (False, True))
    sums = [[counted(cube, name, ALL) for name in (*names, "")] for cube in (running, over)]
    assert sums[1].count(None) < sums[0].count(None)
    for month in THREE:
        alone = figures(engine, [month], 5).referrals
        for name in (*names, ""):
            shown = {counted(cube, name, month) for cube in (running, over, alone)}
            assert len(shown) == 1
