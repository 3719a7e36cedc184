"""Single values: dates, grades, names, lists."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.roster.reading.text import header_key
from app.features.roster.reading.values import (
    DateOrder,
    clean_text,
    decide_order,
    grade_code,
    iso_date,
    parts,
    sex_code,
    split_name,
    truth,
)
from app.kernel.nouns import GRADES

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_every_usual_way_to_write_a_day_is_read_as_that_day(day: date) -> None:
    iso = day.isoformat()
    for text in (
        iso,
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}/{day.month:02d}/{day.day:02d}",
        f"{day.year}{day.month:02d}{day.day:02d}",
        f"{iso}T00:00:00.000Z",
        f"{iso} 12:30:00",
        f"{day.month}/{day.day}/{day.year}",
        f"{day.month:02d}-{day.day:02d}-{day.year} 12:00 AM",
        f"{day.day}-{day:%b}-{day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ):
        assert iso_date(text, DateOrder.MONTH_FIRST) == iso, text
    assert iso_date(f"{day.day}/{day.month}/{day.year}", DateOrder.DAY_FIRST) == iso


@given(st.text(max_size=40), st.sampled_from([None, *DateOrder]))
def test_any_text_is_a_day_or_nothing(text: str, order: DateOrder | None) -> None:
    found = iso_date(text, order)
    assert found == "" or date.fromisoformat(found).isoformat() == found


@pytest.mark.parametrize(
    "text", ["2011-02-30", "0000-01-01", "9999-12-31", "13/13/2011", "1/2", "tomorrow", "2011"]
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert iso_date(text) == ""


def test_spanish_months_are_read() -> None:
    assert iso_date("13 de mayo de 2011") == "2011-05-13"
    assert iso_date("2-ene-2012") == "2012-01-02"


@given(st.lists(DAYS, min_size=1))
def test_an_order_is_only_decided_by_days_that_prove_it(days: list[date]) -> None:
    order, _ = decide_order(f"{d.day}/{d.month}/{d.year}" for d in days)
    proof = any(d.day > 12 for d in days)
    assert order is (DateOrder.DAY_FIRST if proof else None)


@pytest.mark.parametrize(
    ("raw", "grade"),
    [
        ("9", "09"), ("09", "09"), ("009", "09"), ("9th", "09"), ("Grade 9", "09"),
        ("9th Grade", "09"), ("K", "KG"), ("KG", "KG"), ("kindergarten", "KG"), ("0", "KG"),
        ("PK", "PK"), ("Pre-K", "PK"), ("-1", "PK"), ("TK", "TK"), ("1st", "01"), ("12", "12"),
        ("Noveno grado", "09"), ("1º", "01"), ("Ninth Grade", "09"), ("Freshman", "09"),
        ("UG", "UG"), ("Other", "Other"), ("13", "13"), ("14", ""), ("-2", ""), ("", ""),
        ("nine-ish", ""), ("PreKindergarten", "PK"), ("TransitionalKindergarten", "TK"),
    ],
)  # fmt: skip
def test_grades_are_read_as_people_write_them(raw: str, grade: str) -> None:
    assert grade_code(raw) == grade


@given(st.sampled_from(GRADES))
def test_every_code_is_read_as_itself(grade: str) -> None:
    assert grade_code(grade) == grade


@given(st.text())
def test_any_text_is_a_grade_of_the_list_or_none(text: str) -> None:
    assert grade_code(text) in {"", *GRADES}
    assert sex_code(text) in {"", "male", "female", "unspecified", "other"}


@pytest.mark.parametrize(
    ("full", "name"),
    [
        ("Núñez, Ana María", ("Ana", "María", "Núñez")),
        ("Ana María Núñez", ("Ana", "María", "Núñez")),
        ("Beto de la Cruz", ("Beto", "", "de la Cruz")),
        ("Vincent van der Berg", ("Vincent", "", "van der Berg")),
        ("Cher", ("Cher", "", "")),
        ("  Li ,  Bo ", ("Bo", "", "Li")),
        ("", ("", "", "")),
    ],
)
def test_whole_names_are_split(full: str, name: tuple[str, str, str]) -> None:
    assert split_name(full) == name


@given(st.text())
def test_a_cleaned_name_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in once)


def test_the_joiners_of_other_scripts_stay_and_direction_marks_go() -> None:
    assert clean_text("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_text("Ana\u202e Li\n") == "Ana Li"


def test_lists_lose_blanks_and_repeats() -> None:
    assert parts("a, b,,a") == ("a", "b")
    assert parts("a;b") == ("a", "b")
    assert parts("") == ()


def test_yes_and_no_are_read_in_any_case() -> None:
    assert [truth(word) for word in ("TRUE", "true", "Yes", "FALSE", "", "perhaps")] == [
        True, True, True, False, False, None,
    ]  # fmt: skip


@pytest.mark.parametrize("header", ["sourcedId", " SOURCED ID ", "sourced_id", "\ufeffSourcedId"])
def test_headers_are_compared_by_their_letters(header: str) -> None:
    assert header_key(header) == "sourcedid"
