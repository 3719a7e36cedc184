from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import Moment, from_utc_text, utc_text

INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 2), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)
)


@given(INSTANTS)
def test_an_instant_survives_its_text_to_the_millisecond(instant: datetime) -> None:
    whole = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert from_utc_text(utc_text(instant)) == whole


@given(INSTANTS, INSTANTS)
def test_texts_sort_as_their_instants(one: datetime, other: datetime) -> None:
    if utc_text(one) < utc_text(other):
        assert one < other


def test_the_day_is_the_day_where_it_was_lived() -> None:
    late = Moment.local(datetime(2026, 3, 1, 23, 30), "America/New_York")
    assert late.at == "2026-03-02T04:30:00.000Z"
    assert late.day().isoformat() == "2026-03-01"


def test_an_hour_over_the_change_of_clocks_is_an_hour() -> None:
    before = Moment.local(datetime(2026, 3, 8, 1, 30), "America/New_York")
    assert before.later(timedelta(hours=1)).wall().strftime("%H:%M") == "03:30"


def test_a_naive_time_is_not_an_instant() -> None:
    with pytest.raises(ValueError, match="zone"):
        utc_text(datetime(2026, 1, 1))


def test_an_unknown_zone_reads_as_utc() -> None:
    assert Moment("2026-01-01T00:00:00.000Z", "Nowhere/Land").wall().hour == 0
