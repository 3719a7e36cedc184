import random
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.kernel import service_counts
from app.kernel.service_counts import TABLES, suppressed
from app.overviews.data.services import Month, Pupil, counted_rows
from attacker import Attacker, told_too_much

BANDS = ("6-8", "9-12")
SERVICES = ("check-in", "group", "crisis")
Body = dict[str, Any]
Rows = list[dict[str, Any]]


def _named(table: str, row: dict[str, Any]) -> tuple[object, ...]:
    by = ("grade_band", "tier", "kind", "service", "status")
    return (table, *(row[part] for part in by if part in row))


def a_month(seed: int, size: int, services: int = 3, small: float = 0.2) -> Body:
    """Return an exact body of one building: invented students, some of them served."""
    chance = random.Random(seed)
    pupils = {}
    month = Month(pupils)
    for number in range(size):
        tier = chance.choices((1, 2, 3), (8, 3, 1))[0]
        pupils[f"s{number}"] = Pupil("code:1", chance.choice(BANDS), tier)
        for service in SERVICES[:services]:
            for _time in range(chance.choice((0, 0, 1, 2)) if chance.random() > small else 0):
                month.sessions.append((f"s{number}", service, chance.choice((15, 30, 45))))
        if chance.random() < 0.3:
            status = chance.choice(("waiting", "began"))
            month.referrals.append((f"s{number}", "service", chance.choice(SERVICES), status))
    began = chance.randint(0, 12)
    month.retention["code:1"] = (began, chance.randint(0, began), chance.randint(0, 9))
    return body_of(month)


def body_of(month: Month, counts: str = "exact") -> Body:
    buildings = sorted({one.building for one in month.pupils.values()})
    return {
        "counts": counts,
        "limit": 5,
        "buildings": [{"building": building, "name": building} for building in buildings],
        **counted_rows(month),
    }


class Reader:
    """One who reads a suppressed body of one building, and knows what its schema says."""

    def __init__(self, body: Body, exact: Body) -> None:
        self.attacker: Attacker[tuple[str, ...]] = Attacker()
        self.held: dict[tuple[str, ...], int] = {}
        self.known: dict[tuple[str, ...], int] = {}
        self.body = body
        self.exact = {_named(name, row): row for name in TABLES for row in exact[name]}
        (building,) = body["buildings"]
        self.detailed = building["detailed"]
        tiers: Rows = body["tiers"]
        self.groups = [(row["grade_band"], str(row["tier"])) for row in tiers]
        for row in tiers:
            self.take(("tiers", row["grade_band"], str(row["tier"])), row["students"], "tiers", row)
        for row in body["tier_totals"]:
            self.take(("tier_total", str(row["tier"])), row["students"], "tier_totals", row)
        for row in body["reach"]:
            for what in ("enrolled", "served"):
                self.take((what, row["grade_band"]), row[what], "reach", row, what)
        for row in body["reach_totals"]:
            for what in ("enrolled", "served"):
                self.take((what,), row[what], "reach_totals", row, what)
        self.take_given("services", "service_totals", ("service",))
        self.take_given("referrals", "referral_totals", ("kind", "service", "status"))
        self.know_students()
        for row in body["retention"]:
            for part in ("began", "retained_12_weeks", "open"):
                self.take(("kept", part), row[part], "retention", row, part)
            self.attacker.unknown(("kept", "lost"))
            self.equal([("kept", "retained_12_weeks"), ("kept", "lost")], [("kept", "began")])

    def take(
        self, key: tuple[str, ...], count: int | None, table: str, row: Body, what: str = "students"
    ) -> None:
        if count is None:
            self.attacker.unknown(key, 1)
            self.held[key] = self.exact[_named(table, row)][what]
        else:
            self.known[key] = count

    def equal(self, these: list[tuple[str, ...]], those: list[tuple[str, ...]]) -> None:
        """Know that two sums are the same."""
        right, factors = 0, defaultdict[tuple[str, ...], int](int)
        for sign, keys in ((1, these), (-1, those)):
            for key in keys:
                if key in self.known:
                    right -= sign * self.known[key]
                else:
                    factors[key] += sign
        if factors:
            self.attacker.knows(factors, right)

    def at_most(self, these: list[tuple[str, ...]], those: list[tuple[str, ...]]) -> None:
        """Know that one sum is no more than another."""
        rest = ("rest", *these[0], *those[0], str(len(these)))
        self.attacker.unknown(rest)
        self.equal([*these, rest], those)

    def take_given(self, leaves: str, totals: str, by: tuple[str, ...]) -> None:
        told = {}
        for row in self.body[leaves]:
            name = (row["grade_band"], str(row["tier"]), *(row[part] for part in by))
            told[name] = row
        for row in self.body[totals]:
            which = tuple(row[part] for part in by)
            total = (totals, *which)
            self.take(total, row["students"], totals, row)
            parts = []
            for group in self.groups:
                key = (leaves, *group, *which)
                if (*group, *which) in told:
                    self.take(key, told[*group, *which]["students"], leaves, told[*group, *which])
                elif total in self.known and self.detailed and ("tiers", *group) in self.known:
                    self.known[key] = 0
                else:
                    self.attacker.unknown(key)
                parts.append(key)
                self.at_most([key], [("tiers", *group)])
            self.equal(parts, [total])

    def know_students(self) -> None:
        bands = [row["grade_band"] for row in self.body["reach"]]
        tiers = [str(row["tier"]) for row in self.body["tier_totals"]]
        for band in bands:
            groups = [group for group in self.groups if group[0] == band]
            self.equal([("tiers", *group) for group in groups], [("enrolled", band)])
            self.equal([("had", *group) for group in groups], [("served", band)])
        for tier in tiers:
            of = [("tiers", *group) for group in self.groups if group[1] == tier]
            self.equal(of, [("tier_total", tier)])
        for what in ("enrolled", "served"):
            self.equal([(what, band) for band in bands], [(what,)])
        for group in self.groups:
            given = [("services", *group, row["service"]) for row in self.body["service_totals"]]
            had = ("had", *group)
            self.attacker.unknown(had)
            self.at_most([had], [("tiers", *group)])
            for key in given:
                self.at_most([key], [had])
            if given:
                self.at_most([had], given)
            else:
                self.equal([had], [])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 90), st.integers(1, 3), st.floats(0, 1))
@example(7, 120, 1, 0.0)
@example(11, 160, 2, 0.0)
@example(6, 85, 3, 0.0)
def test_nobody_can_reckon_a_held_count_from_all_that_a_summary_tells(
    seed: int, size: int, services: int, small: float
) -> None:
    exact = a_month(seed, size, services, small)
    with pytest.MonkeyPatch.context() as patch:
        # Rows of grade bands and tiers are told wherever any can be: there is more to attack.
        patch.setattr(service_counts, "ONE_SMALL_IN", 1)
        told = suppressed(exact, 5)
    reader = Reader(told, exact)
    (kept,) = exact["retention"] or [{"began": 0, "retained_12_weeks": 0}]
    lost = kept["began"] - kept["retained_12_weeks"]
    if 0 < lost < 5:
        reader.held["kept", "lost"] = lost
    assert told_too_much(reader.attacker, reader.held, 5) == []


def test_no_small_number_of_students_is_told_and_what_was_done_goes_with_them() -> None:
    told = suppressed(a_month(3, 150), 5)
    assert told["counts"] == "suppressed"
    for name in TABLES:
        for row in told[name]:
            counts = [row[part] for part in ("students", "enrolled", "served") if part in row]
            assert all(count is None or count == 0 or count >= 5 for count in counts)
            if row.get("students", 0) is None:
                given = [row[part] for part in ("sessions", "minutes", "referrals") if part in row]
                assert set(given) <= {None}


def test_the_minutes_of_one_student_are_not_told() -> None:
    month = Month({f"s{n}": Pupil("code:1", "6-8", 1) for n in range(40)})
    month.sessions = [(f"s{n}", "check-in", 30) for n in range(20)] + [("s30", "crisis", 55)]
    told = suppressed(body_of(month), 5)
    by_service = {row["service"]: row for row in told["service_totals"]}
    assert by_service["crisis"]["minutes"] is None
    assert by_service["check-in"]["minutes"] == 600
    assert by_service["crisis"]["students"] is None


def test_a_building_of_few_is_held_back_whole() -> None:
    month = Month({f"s{n}": Pupil("code:2", "pk", 1) for n in range(3)})
    month.sessions = [("s1", "check-in", 30)]
    told = suppressed(body_of(month), 5)
    numbers = [v for name in TABLES for row in told[name] for v in row.values()]
    assert {n for n in numbers if isinstance(n, int) and n != 1} == set()
    assert told["services"] == []


def test_a_suppressed_body_is_returned_as_it_is() -> None:
    told = suppressed(a_month(3, 150), 5)
    assert suppressed(told, 10) == told


def test_where_counts_are_large_the_rows_of_grade_bands_and_tiers_are_told() -> None:
    month = Month({f"s{n}": Pupil("code:1", BANDS[n % 2], 1 + n % 3 // 2) for n in range(300)})
    month.sessions = [(f"s{n}", SERVICES[n % 2], 30) for n in range(0, 300, 1) if n % 4]
    exact = body_of(month)
    told = suppressed(exact, 5)
    assert told["buildings"] == [{"building": "code:1", "name": "code:1", "detailed": True}]
    assert [told[name] for name in TABLES] == [exact[name] for name in TABLES]
