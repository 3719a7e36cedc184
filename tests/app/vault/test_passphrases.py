import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.errors import Refused
from app.vault.passphrases import Level, accept, generated, strength

LONG = "a heron stands in the shallow water and waits for the ferry that never came back to us"


@pytest.mark.parametrize(
    "text",
    ["maple river lantern", "το πλοίο φεύγει αργά", "x7!kQ9-Lm2#vR4z", LONG],
)
def test_long_and_uncommon_passphrases_are_accepted(text: str) -> None:
    accept(text)


@pytest.mark.parametrize("text", ["", "short", "fourteen chars"])
def test_a_short_one_is_refused_with_its_length(text: str) -> None:
    with pytest.raises(Refused) as refused:
        accept(text)
    assert refused.value.code == "passphrase-short"
    assert refused.value.facts["length"] == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "aaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "1234567890123456",
        "abcdefghijklmnopqrst",
        "Password Password",
        "Correct Horse Battery Staple",
    ],
)
def test_what_is_tried_first_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="passphrase-common"):
        accept(text)


def test_made_passphrases_are_five_words_and_differ() -> None:
    made = {generated() for _ in range(50)}
    assert len(made) == 50
    for text in made:
        assert len(text.split()) == 5
        accept(text)


@pytest.mark.parametrize(
    "text",
    [
        "Alder Elementary 2026",
        "ana.nunez.alder.2026",
        "birchbirchalder1",
        "caseload casewell 1",
        "Núñez&Alder!!!!!",
    ],
)
def test_what_is_made_of_the_names_around_a_vault_is_refused(text: str) -> None:
    about = ("Ana Núñez", "Alder Elementary", "Birch Middle School", "caseload")
    with pytest.raises(Refused, match="passphrase-names"):
        accept(text, about)


def test_a_name_among_other_words_is_no_harm() -> None:
    accept("alder trees drop copper lanterns", ("Alder Elementary",))


@pytest.mark.parametrize(
    "text", ["Summer2026Summer2026", "thisisalongpassword", "Washington2026!!", "word " * 5]
)
def test_what_falls_to_few_guesses_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"passphrase-(guessable|common)"):
        accept(text)


def test_sixty_four_characters_and_many_more_are_accepted() -> None:
    for length in (64, 100, 1024):
        accept((LONG * 20)[:length])


def test_strength_grows_with_what_is_typed() -> None:
    assert strength("maple river").level is Level.SHORT
    assert strength("maple river").missing == 4
    assert strength("passwordpassword1").level is Level.WEAK
    assert strength("ilovemydogmax1234").level is Level.FAIR
    assert strength("maple river lantern").level is Level.GOOD
    assert strength(generated()).level is Level.STRONG


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=100), st.lists(st.text(max_size=30)))
def test_the_strength_shown_and_the_rule_say_the_same(text: str, about: list[str]) -> None:
    shown = strength(text, about)
    assert (shown.level <= Level.WEAK) is (shown.code != "")
    if shown.code:
        with pytest.raises(Refused, match=shown.code):
            accept(text, about)
    else:
        accept(text, about)


@pytest.mark.parametrize(
    "text",
    [
        "4@8({[<369&#!1|0$5+7%2" * 5,
        "a4b8c(e3g6i1l|o0s$t7x%z2" * 5,
        string.printable[:94] + "abcdef",
        "1" * 100,
        "20260101" * 12,
    ],
)
def test_no_hundred_characters_take_long_to_rate(text: str) -> None:
    strength("so that the lists are loaded")
    # Two and a half seconds without the bound, for the first of them.
    start = time.process_time()
    strength(text[:100])
    assert time.process_time() - start < 0.5
