"""Who still attends after so many weeks, held against an oracle that reads every session."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.features.services.model.engagement import WEEKS, By, Point
from app.features.services.repo.engagement import EngagementKeeper, EpisodeFilter
from app.kernel.clock import Moment
from services_memory import Memory

KIND = "kind-individual-counseling"
DAY = timedelta(days=1)
ANCHORS = [date(2028, 2, 29), date(2027, 6, 30), date(2026, 11, 1), date(2027, 3, 14)]


@pytest.fixture(scope="module")
def memory() -> Memory:
    return Memory()


@st.composite
def cases(draw):  # type: ignore[no-untyped-def]
    """Return the days on which students attended, how each ended, and the day it is."""
    today = draw(st.sampled_from(ANCHORS)) + timedelta(days=draw(st.integers(0, 6)))
    lives = []
    for _ in range(draw(st.integers(1, 6))):
        first = today - timedelta(days=draw(st.integers(0, 110)))
        room = (today - first).days
        days = sorted({first, *(first + timedelta(days=n)
                                for n in draw(st.sets(st.integers(0, room), max_size=6)))})  # fmt: skip
        closed = None
        if draw(st.booleans()):
            closed = days[-1] + draw(st.integers(0, (today - days[-1]).days)) * DAY
        lives.append((days, closed, draw(st.sampled_from(["completed", "ended"])),
                      draw(st.permutations(days))))  # fmt: skip
    return today, lives


def told(today: date, lives: list) -> list[Point]:  # type: ignore[type-arg]
    """Return every point of the curve, week after week, session after session."""
    points = []
    for week in WEEKS:
        count = dict.fromkeys(("judged", "still", "completed", "ended", "stopped", "running"), 0)
        for days, closed, how, _order in lives:
            week_begins = days[0] + (week - 1) * 7 * DAY
            next_begins = days[0] + week * 7 * DAY
            if today < next_begins:
                count["running"] += 1
                continue
            count["judged"] += 1
            gone = closed is not None and closed < week_begins
            if not gone and any(day >= week_begins for day in days):
                count["still"] += 1
            elif gone:
                count[how] += 1
            else:
                count["stopped"] += 1
        points.append(Point(week, *count.values()))
    return points


@settings(max_examples=350, deadline=None)
@given(case=cases())
def test_the_curve_is_what_reading_every_session_comes_to(memory: Memory, case) -> None:  # type: ignore[no-untyped-def]
    today, lives = case
    memory.empty("episode")
    memory.now = Moment(f"{today.isoformat()}T17:00:00.000Z", "UTC")
    keeper = EngagementKeeper(memory)
    for number, (_days, closed, how, order) in enumerate(lives):
        student = f"student-{number}"
        for day in order:  # notes are not always signed in order
            keeper.attended([student], KIND, day.isoformat(), memory.who, group=False)
            keeper.attended([student], KIND, day.isoformat(), memory.who, group=False)
        if closed is not None:
            memory.execute(
                "UPDATE episode SET closed_on = ?, outcome = ? WHERE student_id = ?",
                (closed.isoformat(), how, student),
            )
    (curve,) = keeper.curves(EpisodeFilter(), By.NOTHING, today.isoformat(), (7, 1))
    assert list(curve.points) == told(today, lives)
    assert curve.started == len(lives)
    for point in curve.points:
        assert point.judged + point.running == curve.started
        assert point.judged == point.still + point.completed + point.ended + point.stopped
    tiers = keeper.curves(EpisodeFilter(), By.TIER, today.isoformat(), (7, 1))
    assert sum(tier.started for tier in tiers) == curve.started
    assert sum(tier.at(12).still for tier in tiers) == curve.at(12).still


def test_whose_weeks_still_run_is_not_counted_as_lost(memory: Memory) -> None:
    memory.empty("episode")
    keeper = EngagementKeeper(memory)
    keeper.attended(["student-1"], KIND, "2027-01-04", memory.who, group=False)
    (before,) = keeper.curves(EpisodeFilter(), By.NOTHING, "2027-01-31", (7, 1))
    (after,) = keeper.curves(EpisodeFilter(), By.NOTHING, "2027-02-01", (7, 1))
    assert before.at(4) == Point(4, 0, 0, 0, 0, 0, 1)
    assert before.at(4).percent is None
    assert after.at(4) == Point(4, 1, 0, 0, 0, 1, 0)
    assert after.at(4).percent == 0


def test_only_services_one_stays_in_begin_by_themselves(memory: Memory) -> None:
    memory.empty("episode")
    keeper = EngagementKeeper(memory)

    def count() -> int:
        return int(memory.execute("SELECT count(*) FROM episode").fetchone()[0])

    keeper.attended(["student-1"], "kind-crisis-response", "2027-01-04", memory.who, group=False)
    assert count() == 0
    keeper.attended(["student-1"], "kind-crisis-response", "2027-01-04", memory.who, group=True)
    assert count() == 1
    keeper.attended(["student-2"], KIND, "2027-01-04", memory.who, group=False)
    assert count() == 2
