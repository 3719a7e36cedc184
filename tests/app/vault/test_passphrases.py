import pytest

from app.kernel.errors import Refused
from app.vault.passphrases import accept, generated


@pytest.mark.parametrize(
    "text",
    ["maple river lantern", "το πλοίο φεύγει αργά", "x7!kQ9-Lm2#vR4z", "word " * 20 + "tail"],
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
