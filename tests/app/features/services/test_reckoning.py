"""The reckoning of service minutes, held against an oracle that walks from day to day."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.services.model.deliveries import Outcome
from app.features.services.model.mandates import (
    NO_END,
    Basis,
    Mandate,
    PeriodKind,
    Setting,
    Span,
    Unit,
    span_on,
    spans_of,
)
from app.features.services.model.reckoning import (
    Given,
    Reckoned,
    Rules,
    SchoolCalendar,
    Standing,
    reckon,
    share,
    standing_of,
)
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.nouns import Place

VERSION = Mandate(
    "m1", "m1", 1, None, StudentId("s"), PersonId("p"), "Ana Núñez", "k", "Individual counseling",
    Setting.INDIVIDUAL, Unit.MINUTES, 60, 0, 0, PeriodKind.WEEK, Place.OFFICE, "2027-01-04",
    NO_END, Basis.IEP, "2026-12-01", "", PersonId("p"), "2027-01-01T12:00:00.000Z", "UTC",
)  # fmt: skip


def day(text: str) -> date:
    """Return a calendar day."""
    return date.fromisoformat(text)


# -- the oracle: no sums over stretches, one day after the other ---------------------------


def first_of_week(on: date, begins: int) -> date:
    while on.weekday() != begins:
        on -= timedelta(days=1)
    return on


def named_period(kind: PeriodKind, on: date, rules: Rules) -> object:
    """Return what tells the period of a day from every other."""
    if kind is PeriodKind.WEEK:
        return first_of_week(on, rules.week_starts)
    if kind is PeriodKind.MONTH:
        return on.year, on.month
    return on.year - ((on.month, on.day) < rules.year_starts)


def in_force(versions: list[Mandate], ended_on: str, on: date) -> Mandate | None:
    """Return the version in force: the newest that has begun, while it lasts."""
    begun = [one for one in versions if day(one.starts_on) <= on]
    if not begun or (ended_on and on > day(ended_on)):
        return None
    newest = max(begun, key=lambda one: one.version)
    return newest if on <= day(newest.ends_on) else None


def told(
    versions: list[Mandate],
    ended_on: str,
    sessions: list[Given],
    closed: set[date],
    rules: Rules,
    since: date,
    until: date,
    today: date,
) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return owed, delivered, made up, missed and unaccounted of every period, day by day."""
    school = lambda on: on.weekday() < 5 and on not in closed  # noqa: E731 - said once
    every = [since - timedelta(days=400) + timedelta(days=n)
             for n in range((until - since).days + 801)]  # fmt: skip
    met: dict[tuple[object, ...], list[date]] = {}
    shown = set()
    for on in every:
        version = in_force(versions, ended_on, on)
        if version is not None:
            key = (version.period, version.unit, named_period(version.period, on, rules))
            met.setdefault(key, []).append(on)
            if since <= on <= until:
                shown.add(key)
    found = {}
    for key in shown:
        kind, unit, name = key
        whole = [on for on in every if named_period(kind, on, rules) == name]
        lessons = [on for on in whole if school(on)]
        over = len(lessons)
        if min(met[key]) > min(whole) or max(met[key]) < max(whole):
            over = max(over, (sum(on.weekday() < 5 for on in whole) + 1) // 2)
        owed = Fraction(0)
        for on in met[key]:
            version = in_force(versions, ended_on, on)
            if school(on) and version is not None:
                owed += Fraction(version.amount, over)
        delivered, made_up, missed = 0, 0, Counter()
        for one in sessions:
            if day(one.day) in met[key] and day(one.day) in whole:
                if one.outcome is not Outcome.DELIVERED:
                    missed[one.outcome] += one.planned_minutes if unit is Unit.MINUTES else 1
                elif one.made_up:
                    made_up += one.minutes if unit is Unit.MINUTES else 1
                else:
                    delivered += one.minutes if unit is Unit.MINUTES else 1
        rounded = floor(owed + Fraction(1, 2))
        said = sum(n for why, n in missed.items() if why is not Outcome.UNACCOUNTED)
        past = max(whole) < today
        unaccounted = max(0, rounded - delivered - made_up - said) if past else 0
        found[kind, unit, min(whole).isoformat(), max(whole).isoformat()] = (
            rounded, delivered, made_up, dict(missed), unaccounted,
        )  # fmt: skip
    return found


def spoken(periods: list[Reckoned]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return what was reckoned as the oracle tells it."""
    return {
        (one.kind, one.unit, one.first, one.last): (
            one.owed, one.delivered, one.made_up, dict(one.missed), one.unaccounted,
        )
        for one in periods
    }  # fmt: skip


# -- made-up cases -------------------------------------------------------------------------

# Around a leap day, the ends of school years, and the nights on which clocks change.
ANCHORS = [date(2028, 2, 29), date(2027, 6, 30), date(2026, 11, 1), date(2027, 3, 14),
           date(2026, 12, 31), date(2024, 2, 28)]  # fmt: skip


@st.composite
def cases(draw):  # type: ignore[no-untyped-def]
    """Return versions, an end, sessions, days without school, rules and a stretch of days."""
    middle = draw(st.sampled_from(ANCHORS))
    near = st.integers(-70, 70).map(lambda n: middle + timedelta(days=n))
    rules = Rules(draw(st.integers(0, 6)), draw(st.sampled_from([(7, 1), (8, 1), (9, 1), (1, 1)])))
    versions = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        starts = draw(near)
        ends = draw(st.one_of(st.none(), st.integers(0, 120).map(lambda n: timedelta(days=n))))
        versions.append(
            replace(
                VERSION,
                id=f"m{number}",
                version=number,
                unit=draw(st.sampled_from(Unit)),
                amount=draw(st.integers(1, 600)),
                each_minutes=draw(st.sampled_from([0, 20, 30])),
                period=draw(st.sampled_from(PeriodKind)),
                starts_on=starts.isoformat(),
                ends_on=NO_END if ends is None else (starts + ends).isoformat(),
            )
        )
    ended_on = draw(st.one_of(st.just(""), near.map(date.isoformat)))
    sessions = []
    for _ in range(draw(st.integers(0, 25))):
        outcome = draw(st.sampled_from(Outcome))
        gave = outcome is Outcome.DELIVERED
        minutes = draw(st.integers(0, 90))
        sessions.append(
            Given(draw(near).isoformat(), outcome, minutes if gave else 0,
                  0 if gave else minutes, gave and draw(st.booleans()))
        )  # fmt: skip
    closed = draw(st.sets(near, max_size=12))
    since = draw(near)
    until = since + timedelta(days=draw(st.integers(0, 90)))
    return versions, ended_on, sessions, closed, rules, since, until, draw(near)


@settings(max_examples=350, deadline=None)
@given(cases())
def test_what_is_reckoned_is_what_walking_from_day_to_day_comes_to(case) -> None:  # type: ignore[no-untyped-def]
    versions, ended_on, sessions, closed, rules, since, until, today = case
    calendar = SchoolCalendar(rules, {on.isoformat() for on in closed})
    reckoned = reckon(
        spans_of(versions, ended_on),
        sessions,
        calendar,
        since=since.isoformat(),
        until=until.isoformat(),
        today=today.isoformat(),
    )
    assert spoken(reckoned) == told(
        versions, ended_on, sessions, closed, rules, since, until, today
    )
    for one in reckoned:
        assert one.remaining == max(0, one.owed - one.given)
        assert (one.standing is Standing.MET) == (one.given >= one.owed)
        assert (one.standing is Standing.SHORT) <= (one.last < today.isoformat())


@settings(max_examples=150, deadline=None)
@given(cases())
def test_on_every_day_one_version_is_in_force_or_none(case) -> None:  # type: ignore[no-untyped-def]
    versions, ended_on, _sessions, _closed, _rules, since, _until, _today = case
    spans = spans_of(versions, ended_on)
    for n in range(-90, 180):
        on = since + timedelta(days=n)
        held = [span for span in spans if span.holds(on.isoformat())]
        expected = in_force(versions, ended_on, on)
        assert [span.mandate_id for span in held] == ([expected.id] if expected else [])
        assert span_on(spans, on.isoformat()) == (held[0] if held else None)


# -- examples ------------------------------------------------------------------------------


def week(amount: int = 60, starts: str = "2027-01-04", ends: str = NO_END, **more: object) -> Span:
    """Return the span of a weekly promise."""
    version = replace(VERSION, amount=amount, starts_on=starts, ends_on=ends, **more)  # type: ignore[arg-type]
    return spans_of([version])[0]


def of(spans: list[Span], sessions: list[Given], today: str, *, since: str = "2027-01-04",
       until: str = "2027-01-31", closed: tuple[str, ...] = (), planned: int = 0,
       rules: Rules | None = None) -> list[Reckoned]:  # fmt: skip
    """Reckon January 2027, whose fourth day is a Monday."""
    calendar = SchoolCalendar(rules, closed)
    return reckon(spans, sessions, calendar, since=since, until=until, today=today, planned=planned)


def test_a_week_that_begins_on_wednesday_owes_three_fifths() -> None:
    first, second, *_ = of([week(starts="2027-01-06")], [], "2027-01-04")
    assert (first.owed, second.owed) == (36, 60)


def test_a_change_in_mid_week_owes_each_version_its_days() -> None:
    second = replace(VERSION, id="m2", version=2, amount=30, starts_on="2027-01-06")
    assert of(spans_of([VERSION, second]), [], "2027-01-04")[0].owed == 24 + 18


def test_a_week_without_a_school_day_owes_nothing_and_a_holiday_takes_nothing_away() -> None:
    free = tuple(f"2027-01-{n:02}" for n in range(11, 16))
    periods = of([week()], [], "2027-01-30", closed=(*free, "2027-01-18"))
    assert [one.owed for one in periods] == [60, 0, 60, 60]


def test_what_begins_or_ends_on_the_edge_of_summer_owes_no_whole_month() -> None:
    august = tuple(f"2027-08-{n:02}" for n in range(1, 31))
    june = tuple(f"2027-06-{n:02}" for n in range(2, 31))
    monthly = replace(VERSION, period=PeriodKind.MONTH, starts_on="2027-08-31")
    around = {"since": "2027-06-01", "until": "2027-09-30", "closed": (*june, *august)}
    # August 2027 has 22 weekdays and September as many, all of them with school.
    begun = of(spans_of([monthly]), [], "2027-06-01", **around)  # type: ignore[arg-type]
    assert [one.owed for one in begun] == [round(60 / 11), 60]
    ended = replace(monthly, starts_on="2027-05-01", ends_on="2027-06-01")
    assert [one.owed for one in of(spans_of([ended]), [], "2027-06-01", **around)] == [5]  # type: ignore[arg-type]
    before = replace(monthly, starts_on="2027-05-01")
    throughout = of(spans_of([before]), [], "2027-06-01", **around)  # type: ignore[arg-type]
    assert [one.owed for one in throughout] == [60, 60, 60, 60]


def test_days_without_an_entry_are_unaccounted_for_and_never_excused() -> None:
    one = of([week()], [Given("2027-01-05", Outcome.EXCUSED, 0, 30)], "2027-01-11")[0]
    assert (one.remaining, one.unaccounted, one.missed) == (60, 30, {Outcome.EXCUSED: 30})
    assert one.standing is Standing.SHORT


def test_a_session_in_the_last_hour_of_a_night_of_changing_clocks_counts_on_its_own_day() -> None:
    zone = "America/New_York"
    for text in ("2026-11-01T23:30", "2027-03-14T23:30", "2027-03-14T00:10"):
        wall = datetime.fromisoformat(text)
        assert Moment.local(wall, zone).day() == wall.date()


def test_the_week_begins_where_the_district_says() -> None:
    sessions = [Given("2027-01-10", Outcome.DELIVERED, 60, 0)]  # a Sunday
    by_monday = of([week()], sessions, "2027-01-20")
    by_sunday = of([week()], sessions, "2027-01-20", rules=Rules(6))
    assert [one.given for one in by_monday][:2] == [60, 0]
    assert [one.given for one in by_sunday][:2] == [0, 60]


@pytest.mark.parametrize(
    ("today", "given_minutes", "planned", "standing"),
    [
        ("2027-01-04", 0, 0, Standing.ON_TRACK),
        ("2027-01-06", 0, 0, Standing.AT_RISK),
        ("2027-01-06", 30, 0, Standing.ON_TRACK),
        ("2027-01-06", 0, 60, Standing.ON_TRACK),
        ("2027-01-06", 20, 30, Standing.AT_RISK),
        ("2027-01-08", 30, 0, Standing.AT_RISK),
        ("2027-01-08", 60, 0, Standing.MET),
        ("2027-01-11", 30, 0, Standing.SHORT),
    ],
)
def test_a_shortfall_shows_before_it_is_one(
    today: str, given_minutes: int, planned: int, standing: Standing
) -> None:
    sessions = [Given("2027-01-04", Outcome.DELIVERED, given_minutes, 0)]
    first = of([week()], sessions, today, planned=planned)[0]
    assert first.standing is standing


def test_a_year_is_not_at_risk_because_nobody_has_booked_it_to_its_end_yet() -> None:
    facts = {"owed": 600, "session": 30, "over": False}
    pace = standing_of(given=200, due=200, days_left=120, planned=0, **facts)
    booked = standing_of(given=200, due=200, days_left=120, planned=30, **facts)
    assert pace is booked is Standing.ON_TRACK
    assert standing_of(given=100, due=200, days_left=120, planned=30, **facts) is Standing.AT_RISK
    assert standing_of(given=560, due=580, days_left=10, planned=30, **facts) is Standing.AT_RISK
    assert standing_of(given=570, due=580, days_left=10, planned=30, **facts) is Standing.ON_TRACK


def test_the_present_pace_and_the_sessions_planned_are_projected() -> None:
    sessions = [Given("2027-01-05", Outcome.DELIVERED, 20, 0)]
    assert of([week()], sessions, "2027-01-05")[0].projected == 50
    assert of([week()], sessions, "2027-01-05", planned=30)[0].projected == 50 + 0


def test_a_share_is_rounded_to_the_nearest_half_up_and_only_once() -> None:
    assert share([(1, 1), (1, 1)], 5) == 0
    assert share([(5, 1)], 10) == 1
    assert share([(60, 3)], 5) == 36
    assert share([(60, 3)], 0) == 0


def test_what_is_given_is_never_at_risk() -> None:
    assert (
        standing_of(owed=0, given=0, due=0, session=30, days_left=0, planned=0, over=True)
        is Standing.MET
    )
