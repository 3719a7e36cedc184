"""Days and times: what is typed is understood, what is shown is never ambiguous."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import words
from ui.kit.dates import read_date, read_time, shown_date, shown_time, weekday_name

NOW = date(2026, 11, 20)  # a Friday


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("today", NOW),
        ("t", NOW),
        ("Yesterday", date(2026, 11, 19)),
        ("tomorrow", date(2026, 11, 21)),
        ("+3", date(2026, 11, 23)),
        ("-2w", date(2026, 11, 6)),
        ("fri", NOW),
        ("mon", date(2026, 11, 23)),
        ("Thursday", date(2026, 11, 26)),
        ("11/14", date(2026, 11, 14)),
        ("1/5", date(2027, 1, 5)),
        ("3/14/27", date(2027, 3, 14)),
        ("14/3/2027", date(2027, 3, 14)),
        ("2027-03-14", date(2027, 3, 14)),
        ("12 Mar 2027", date(2027, 3, 12)),
        ("March 12, 2027", date(2027, 3, 12)),
        ("12 dec", date(2026, 12, 12)),
        ("sept 3", date(2026, 9, 3)),
        ("2/29/2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_understood_as_it_is_typed(typed: str, meant: date) -> None:
    assert read_date(typed, NOW) == meant


@pytest.mark.parametrize(
    "typed", ["", "soon", "13/13/2027", "2/30/2027", "31", "3/", "2027", "12 foo"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert read_date(typed, NOW) is None


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.sampled_from(["en", "es"]))
def test_a_shown_day_reads_back_as_itself(day: date, tongue: str) -> None:
    words.use_language(tongue)
    try:
        assert read_date(shown_date(day), NOW) == day
    finally:
        words.use_language("en")


@given(st.text(max_size=20))
def test_any_text_is_a_day_or_none(typed: str) -> None:
    found = read_date(typed, NOW)
    assert found is None or isinstance(found, date)


def test_days_are_named_in_the_language_of_the_desk() -> None:
    assert shown_date(date(2027, 3, 12)) == "12 Mar 2027"
    assert weekday_name(NOW) == "Friday"
    words.use_language("es")
    try:
        assert shown_date(date(2027, 3, 12)) == "12 mar 2027"
        assert weekday_name(NOW) == "viernes"
        assert read_date("lunes", NOW) == NOW + timedelta(days=3)
        assert read_date("12 de marzo de 2027", NOW) == date(2027, 3, 12)
        assert read_date("mañana", NOW) == NOW + timedelta(days=1)
        assert shown_time(time(14, 5)) == "2:05 p.\N{NO-BREAK SPACE}m."
    finally:
        words.use_language("en")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9", time(9)),
        ("915", time(9, 15)),
        ("9:15", time(9, 15)),
        ("2", time(14)),
        ("2p", time(14)),
        ("2:05 PM", time(14, 5)),
        ("12 am", time(0)),
        ("12pm", time(12)),
        ("14:05", time(14, 5)),
        ("1430", time(14, 30)),
        ("08:30", time(8, 30)),
        ("7.30 a.m.", time(7, 30)),
        ("now", time(10, 42)),
        ("", None),
        ("25", None),
        ("9:75", None),
        ("13 pm", None),
    ],
)
def test_a_time_is_understood_as_it_is_typed(typed: str, meant: time | None) -> None:
    assert read_time(typed, time(10, 42, 7)) == meant


@given(st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.sampled_from(["en", "es"]))
def test_a_shown_time_reads_back_as_itself(at: time, tongue: str) -> None:
    words.use_language(tongue)
    try:
        assert read_time(shown_time(at), time(0)) == at
    finally:
        words.use_language("en")
