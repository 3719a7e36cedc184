"""The list reckons in the engine; the sheet reckons in Python; they say the same."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.services.model.deliveries import Outcome
from app.features.services.model.mandates import PeriodKind, Setting, Span, Unit
from app.features.services.model.reckoning import Rules, SchoolCalendar, Standing, reckon
from app.features.services.repo.minutes import Minutes, MinutesFilter, Planned
from services_memory import ME, Memory

KIND = "kind-individual-counseling"
ANCHORS = [date(2028, 2, 29), date(2027, 6, 30), date(2026, 11, 1), date(2027, 3, 14)]


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


def iso(day: date) -> str:
    return day.isoformat()


@st.composite
def cases(draw):  # type: ignore[no-untyped-def]
    """Return spans one after the other, sessions, days without school, rules and a day."""
    today = draw(st.sampled_from(ANCHORS)) + timedelta(days=draw(st.integers(-3, 3)))
    near = st.integers(-50, 50).map(lambda n: today + timedelta(days=n))
    cuts = sorted(draw(st.sets(near, min_size=2, max_size=5)))
    spans = []
    for number, (first, following) in enumerate(pairwise(cuts)):
        spans.append(
            Span(f"m{number}", iso(first), iso(following - timedelta(days=1)),
                 draw(st.sampled_from(Unit)), draw(st.integers(1, 300)),
                 draw(st.sampled_from([0, 15, 30])), draw(st.sampled_from(PeriodKind)))
        )  # fmt: skip
    sessions = []
    for number in range(draw(st.integers(0, 12))):
        outcome = draw(st.sampled_from([Outcome.DELIVERED, Outcome.DELIVERED, *Outcome]))
        gave = outcome is Outcome.DELIVERED
        made_up_on = iso(draw(near)) if gave and draw(st.booleans()) else ""
        sessions.append(
            (f"d{number}", iso(draw(near)), outcome, draw(st.integers(1, 60)), made_up_on)
        )
    planned = [
        Planned("student-1", KIND, draw(st.sampled_from([Setting.INDIVIDUAL, Setting.GROUP])),
                iso(today + timedelta(days=draw(st.integers(-2, 20)))), draw(st.integers(5, 60)))
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    closed = {iso(one) for one in draw(st.sets(near, max_size=10))}
    rules = Rules(draw(st.integers(0, 6)), draw(st.sampled_from([(7, 1), (9, 1)])),
                  draw(st.booleans()))  # fmt: skip
    return iso(today), spans, sessions, planned, closed, rules


@settings(max_examples=350, deadline=None)
@given(case=cases())
def test_the_list_says_what_the_sheet_says(memory: Memory, case) -> None:  # type: ignore[no-untyped-def]
    today, spans, sessions, planned, closed, rules = case
    memory.empty("delivery", "mandate_span", "mandate")
    memory.owe("series", "student-1", spans)
    for key, day, outcome, minutes, made_up_on in sessions:
        gave = outcome is Outcome.DELIVERED
        memory.deliver(key, "series", "student-1", day, outcome.value, minutes if gave else 0,
                       0 if gave else minutes, made_up_on)  # fmt: skip
    book = Minutes(memory)
    calendar = SchoolCalendar(rules, closed)
    lines = book.lines(MinutesFilter(), calendar, today, ME, planned)
    now = next((span for span in spans if span.holds(today)), None)
    if now is None:
        assert lines == []
        return
    far = iso(date.fromisoformat(today) - timedelta(days=800))
    near = iso(date.fromisoformat(today) + timedelta(days=800))
    given_ = book.given(far, near, by_missed_day=rules.by_missed_day).get("series", [])
    last = calendar.period(now.period, today)[1]
    meant = [one.minutes for one in planned
             if one.setting is Setting.INDIVIDUAL and today <= one.day <= last]  # fmt: skip
    ahead = sum(meant) if now.unit is Unit.MINUTES else len(meant)
    running = [
        one
        for one in reckon(spans, given_, calendar, since=today, until=today, today=today,
                          planned=ahead)
        if one.kind is now.period and one.unit is now.unit
    ]  # fmt: skip
    (one,), (line,) = running, lines
    assert (line.first, line.last, line.owed, line.given) == (
        one.first, one.last, one.owed, one.given,
    )  # fmt: skip
    assert (line.standing, line.remaining) == (one.standing, one.remaining)
    assert (line.planned_sessions, line.planned) == (len(meant), ahead)
    counted = book.count(MinutesFilter(), calendar, today, ME, planned)
    assert counted == (1, int(line.standing is Standing.AT_RISK))


def test_what_is_at_risk_comes_first_and_a_filter_leaves_what_it_says(memory: Memory) -> None:
    memory.empty("delivery", "mandate_span", "mandate")
    for number, amount in enumerate((30, 90, 60, 45)):
        span = Span(f"m{number}", "2027-01-01", "9999-12-31", Unit.MINUTES, amount, 0,
                    PeriodKind.WEEK)  # fmt: skip
        memory.owe(f"s{number}", f"student-{number}", [span])
    memory.deliver("d", "s2", "student-2", "2027-02-23", "delivered", 60)
    book, calendar = Minutes(memory), SchoolCalendar(Rules())
    friday = "2027-02-26"

    def students(which: MinutesFilter, **more: object) -> list[str]:
        lines = book.lines(which, calendar, friday, ME, **more)  # type: ignore[arg-type]
        return [line.student_id for line in lines]

    assert students(MinutesFilter()) == ["student-1", "student-3", "student-0", "student-2"]
    assert students(MinutesFilter(), sort="student", descending=True)[0] == "student-3"
    assert students(MinutesFilter(), sort="remaining")[0] == "student-1"
    assert students(MinutesFilter(at_risk=True)) == ["student-1", "student-3", "student-0"]
    assert students(MinutesFilter(school_id="school-1")) == ["student-0", "student-2"]
    assert students(MinutesFilter(), offset=3) == ["student-2"]
    assert book.count(MinutesFilter(), calendar, friday, ME) == (4, 3)


def test_a_row_that_was_corrected_counts_no_more(memory: Memory) -> None:
    memory.empty("delivery", "mandate_span", "mandate")
    span = Span("m", "2027-01-01", "9999-12-31", Unit.MINUTES, 60, 0, PeriodKind.WEEK)
    memory.owe("s", "student-1", [span])
    memory.deliver("d1", "s", "student-1", "2027-02-23", "delivered", 60)
    memory.deliver("d2", "s", "student-1", "2027-02-23", "delivered", 20, replaces="d1")
    book, calendar = Minutes(memory), SchoolCalendar(Rules())
    assert book.lines(MinutesFilter(), calendar, "2027-02-24", ME)[0].given == 20
    assert [one.minutes for one in book.given("2027-01-01", "2027-12-31",
                                              by_missed_day=False)["s"]] == [20]  # fmt: skip
