"""Which backups stay, over every possible history."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.features.backups.model import DAYS, MONTHS, WEEKS, aging, due
from app.kernel.clock import Moment

ZONE = "America/New_York"
START = datetime(2026, 1, 1, tzinfo=UTC)

histories = st.lists(
    st.integers(min_value=0, max_value=3 * 365 * 48), min_size=1, max_size=120, unique=True
).map(
    lambda steps: {
        f"b{step:06d}": Moment.of(START + timedelta(minutes=30 * step), ZONE) for step in steps
    }
)


@given(histories)
def test_the_one_just_made_always_stays(made: dict[str, Moment]) -> None:
    for name in made:
        assert name in aging(made, name).kept


@given(histories)
def test_the_newest_of_each_of_the_last_days_weeks_and_months_stays(
    made: dict[str, Moment],
) -> None:
    newest = max(made, key=lambda name: made[name])
    kept = aging(made, newest).kept
    for count, bucket_of in (
        (DAYS, lambda m: m.day()),
        (WEEKS, lambda m: m.day().isocalendar()[:2]),
        (MONTHS, lambda m: (m.day().year, m.day().month)),
    ):
        buckets = sorted({bucket_of(moment) for moment in made.values()}, reverse=True)[:count]
        for bucket in buckets:
            of_bucket = [name for name in made if bucket_of(made[name]) == bucket]
            assert max(of_bucket, key=lambda name: made[name]) in kept
    assert len(kept) <= DAYS + WEEKS + MONTHS


@given(histories)
def test_what_goes_has_others_that_stand_in_for_it_and_stay(made: dict[str, Moment]) -> None:
    newest = max(made, key=lambda name: made[name])
    plan = aging(made, newest)
    assert plan.kept | set(plan.going) == set(made)
    assert plan.kept.isdisjoint(plan.going)
    for stand_ins in plan.going.values():
        assert newest in stand_ins
        assert stand_ins <= plan.kept


@given(histories)
def test_aging_again_lets_nothing_more_go(made: dict[str, Moment]) -> None:
    newest = max(made, key=lambda name: made[name])
    kept = aging(made, newest).kept
    assert aging({name: made[name] for name in kept}, newest).kept == kept


def test_a_year_of_half_hours_ages_to_days_weeks_and_months() -> None:
    made = {
        f"b{step:06d}": Moment.of(START + timedelta(minutes=30 * step), ZONE)
        for step in range(365 * 48)
    }
    kept = aging(made, max(made)).kept
    assert DAYS + WEEKS + MONTHS - 4 <= len(kept) <= DAYS + WEEKS + MONTHS


def test_one_is_due_half_an_hour_after_the_last_when_something_changed() -> None:
    now = Moment.of(START, ZONE)
    recent, older = now.later(timedelta(minutes=-29)), now.later(timedelta(minutes=-30))
    assert not due(older, now, changed=False)
    assert not due(recent, now, changed=True)
    assert due(older, now, changed=True)
    assert due(None, now, changed=True)
    assert due(now.later(timedelta(hours=2)), now, changed=True), "the clock was set back"
