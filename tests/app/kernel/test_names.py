import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.names import folded, listed_name, search_text, search_words, shown_name


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("  Núñez-O’Brien, Łucja ", "nunez o brien lucja"),
        ("ÅNGSTRÖM", "angstrom"),
        ("Straße", "strasse"),
        ("أَحْمَد", "احمد"),
        ("فاطمة", "فاطمه"),
        ("ณัฐพล", "ณฐพล"),
        ("राम", "राम"),
        ("王小明", "王小明"),
        ("Ёлкина", "елкина"),
    ],
)
def test_accents_case_and_punctuation_do_not_count(written: str, compared: str) -> None:
    assert folded(written) == compared


@given(st.text())
def test_folding_a_folded_name_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once


@pytest.mark.parametrize("typed", ["obrien", "o brien", "O'Brien", "O’BRIEN", "brien"])
def test_a_name_with_an_apostrophe_is_found_however_it_is_typed(typed: str) -> None:
    names, _numbers = search_text("Ana", "", "O’Brien")
    assert all(
        any(word.startswith(typed_word) for word in names.split())
        for typed_word in search_words(typed)
    )


def test_a_name_of_several_words_stands_apart_and_joined() -> None:
    assert search_text("María", "", "de la Cruz") == ("maria de la cruz delacruz", "")


def test_each_han_sign_is_a_word() -> None:
    assert search_text("小明", "", "王")[0].split() == ["小", "明", "王"]


def test_numbers_are_found_with_and_without_their_signs() -> None:
    assert search_text("A", "", "B", "", "S-1001", "77")[1] == "s 1001 s1001 77"


@given(st.text(), st.text(), st.text(), st.text())
def test_every_word_of_every_name_is_in_the_search_text(
    first: str, family: str, middle: str, preferred: str
) -> None:
    names = set(search_text(first, middle, family, preferred)[0].split())
    for name in (first, family, middle, preferred):
        assert names.issuperset(search_words(name))


def test_the_preferred_name_stands_for_the_given_one() -> None:
    assert shown_name("Robert", "Hale", "Bo") == "Bo Hale"
    assert listed_name("Robert", "Hale", "Bo") == "Hale, Bo"
    assert listed_name("Suharto", "") == "Suharto"
