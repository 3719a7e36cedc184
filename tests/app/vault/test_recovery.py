import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import Refused
from app.vault import recovery

SECRET = bytes(range(20))
WORDS = recovery.to_words(SECRET)


@given(st.binary(min_size=20, max_size=20))
def test_words_lead_back_to_the_secret(secret: bytes) -> None:
    words = recovery.to_words(secret)
    assert len(words) == 15
    assert recovery.from_words(" ".join(words)) == secret


def test_words_are_read_as_people_write_them() -> None:
    numbered = "\n".join(f"{n}. {word.upper()}," for n, word in enumerate(WORDS, 1))
    assert recovery.from_words(numbered) == SECRET
    assert recovery.from_words("  ".join(word[:4] for word in WORDS)) == SECRET


def test_a_missing_word_is_counted() -> None:
    with pytest.raises(Refused) as refused:
        recovery.from_words(" ".join(WORDS[:-1]))
    assert refused.value.facts == {"count": 14, "expected": 15}


def test_an_unknown_word_is_named_by_its_number() -> None:
    with pytest.raises(Refused) as refused:
        recovery.from_words(" ".join((*WORDS[:6], "zzzz", *WORDS[7:])))
    assert (refused.value.code, refused.value.facts["number"]) == ("recovery-word", 7)


def test_two_swapped_words_do_not_pass() -> None:
    with pytest.raises(Refused, match="recovery-checksum"):
        recovery.from_words(" ".join((WORDS[1], WORDS[0], *WORDS[2:])))


def test_the_first_wrong_of_the_retyped_words_is_told() -> None:
    right = {number: f" {WORDS[number - 1].upper()} " for number in recovery.RETYPED}
    assert recovery.matches(WORDS, right) is None
    assert recovery.matches(WORDS, {**right, 7: "zebra"}) == 7
    assert recovery.matches(WORDS, {}) == recovery.RETYPED[0]
