"""The name check on labelled sentences, and any member's name in any form in any sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.ids import StudentId
from app.kernel.mentions import (
    Certainty,
    Find,
    Guardian,
    NameForm,
    NameIndex,
    Staff,
    Student,
    masked,
    replaced,
)
from labelled_mentions import Score, check_of, scored, sentences

TUNED, HELD_OUT = sentences("tuned.jsonl"), sentences("held_out.jsonl")


def _never_missed(score: Score) -> None:
    for kind in ("full", "preferred", "possessive"):
        assert score.found[kind] == score.there[kind], score.misses


def test_the_labelled_sentences_are_as_many_as_is_said() -> None:
    together = TUNED + HELD_OUT
    assert len(together) >= 300
    assert sum(not sentence.named for sentence in together) >= 120
    assert len(HELD_OUT) * 3 >= len(together) - 2
    for sentence in together:
        for start, end, *_rest in sentence.named:
            assert sentence.text[start:end].strip() == sentence.text[start:end] != ""


def test_recall_and_precision_over_all_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    score = scored(TUNED + HELD_OUT)
    with capsys.disabled():
        print(f"\nName check, {len(TUNED + HELD_OUT)} sentences:\n{score.table()}")
    _never_missed(score)
    assert score.recall >= 0.98, score.misses
    assert score.precision >= 0.95, score.alarms


def test_recall_and_precision_on_the_third_nothing_was_tuned_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score = scored(HELD_OUT)
    with capsys.disabled():
        print(f"\nOf these, {len(HELD_OUT)} held out:\n{score.table()}")
    _never_missed(score)
    assert score.recall >= 0.95
    assert score.precision >= 0.93


def test_the_measure_fails_a_check_that_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.kernel.mentions.check.NameCheck.finds", lambda _self, _text: ())
    score = scored(TUNED)
    assert score.recall == 0
    assert score.misses


CHILD = NameIndex(
    [
        Student(StudentId("1"), "Mateo", "Ocampo"),
        Student(StudentId("2"), "Anna", "Bell"),
        Student(StudentId("3"), "Soo", "Kim"),
    ]
).check(None, [StudentId(one) for one in "123"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("M-O was upset.", "M-O"),
        ("She told M‑O to stop.", "M‑O"),
        ("M-O's mother called.", "M-O's"),
        ("Mateooo hit him.", "Mateooo"),
        ("MAAATEO came.", "MAAATEO"),
        ("He shouted mateooooo at lunch.", "mateooooo"),
        ("Mateooo Ocampo left.", "Mateooo Ocampo"),
        ("Annna's mom came.", "Annna's"),
        ("Rooms M-O were closed.", ""),
        ("The A-B block was long.", ""),
        ("M-O-T scores came.", ""),
        ("T-M-O was closed.", ""),
        ("Sooo tired today.", ""),
        ("He said Noooo and ran.", ""),
        ("Rexxx was calm.", ""),
        ("aaa bbb ccc ddd eeeffffggg", ""),
    ],
)
def test_initials_with_a_hyphen_and_letters_drawn_out(text: str, found: str) -> None:
    assert [one.text for one in CHILD.finds(text)] == ([found] if found else [])


# -- any member, any form, any sentence ------------------------------------------------------

FRAMES = (
    "She said that {name} was there.",
    "{name} told her to stop.",
    "Talked about the argument with {name}",
    "Present were three others ({name}), all on time.",
    "He wrote “{name}” on the card.",
    "With\n{name}\nand one more.",
    "Habló con {name} en el recreo.",
    "A {name} le molestó el ruido.",
    "a-b-c;{name};d",
)

_MEMBERS = {
    "luis": Student(StudentId("luis"), "Luis", "García Márquez", "Alberto", "Lucho", ("S-204511",)),
    "cruz": Student(StudentId("cruz"), "Marisol", "de la Cruz", contacts=("m.dlc@mail.example",)),
    "obrien": Student(StudentId("obrien"), "Siobhán", "O’Brien"),
    "berg": Student(StudentId("berg"), "Anneliese", "van der Berg"),
    "oksana": Student(StudentId("oksana"), "Оксана", "Шевченко"),
    "ming": Student(StudentId("ming"), "小明", "王"),
    "maryjane": Student(StudentId("maryjane"), "Mary-Jane", "McDonald"),
}
_OWN = Student(StudentId("own"), "Tove", "Lindqvist")
_CHECK = NameIndex([_OWN, *_MEMBERS.values()], [Staff("Dana", "Whitfield")]).check(
    _OWN.id, [StudentId(key) for key in _MEMBERS]
)

_WHOLE = {
    "luis": ["Luis García Márquez", "Luis Garcia", "Lucho Marquez", "García-Márquez, Luis"],
    "cruz": ["Marisol de la Cruz", "Marisol De La Cruz", "Marisol Delacruz", "Cruz, Marisol"],
    "obrien": ["Siobhan O'Brien", "Siobhán OBrien", "Siobhán O´Brien"],
    "berg": ["Anneliese van der Berg", "Anneliese Berg", "anneliese vanderberg"],
    "oksana": ["Оксана Шевченко", "Шевченко Оксана"],
    "ming": ["王小明", "小明"],
    "maryjane": ["Mary-Jane McDonald", "Mary Jane Mc Donald", "Maryjane Mcdonald"],
}
_PARTS = {
    "luis": ["Luis", "Lúis", "LUIS", "Lucho", "García", "Garcia-Marquez", "Márquez", "Luisito"],
    "cruz": ["Marisol", "marisol", "Marissol", "de la Cruz", "M\u0430risol", "Mari\u200bsol"],
    "obrien": ["Siobhan", "O’Brien", "O'Brien", "OBrien"],
    "berg": ["Anneliese", "Annelise", "Vanderberg", "van der Berg"],
    "oksana": ["Оксана", "Оксаной", "Шевченко"],
    "ming": ["小明"],
    "maryjane": ["Mary-Jane", "Mary Jane", "MaryJane", "McDonald", "MCDONALD"],
}


def _spoken_of(who: str, finds: tuple[Find, ...], name: str) -> bool:
    return any(StudentId(who) in find.students and find.text[:1] in name for find in finds)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(_MEMBERS)).flatmap(
        lambda who: st.tuples(st.just(who), st.sampled_from(_WHOLE[who] + _PARTS[who]))
    ),
    st.sampled_from(FRAMES),
    st.sampled_from(["", "'s", "’s"]),
    st.sampled_from(["", "Ana was calm. ", "\t", "¡"]),
)
def test_any_member_is_found_in_any_form_in_any_sentence(
    one: tuple[str, str], frame: str, possessive: str, before: str
) -> None:
    who, name = one
    text = before + frame.format(name=name + possessive)
    at = text.index(name)
    finds = [find for find in _CHECK.finds(text) if StudentId(who) in find.students]
    assert finds, text
    assert finds[0].start <= at, (text, finds)
    assert finds[-1].end >= at + len(name + possessive), (text, finds)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=120))
def test_finds_stand_in_the_text_in_order_and_apart(text: str) -> None:
    told = text[:40] + " Marisol's " + text[40:] + " S-204511"
    finds = _CHECK.finds(told)
    end = 0
    for find in finds:
        assert find.start >= end
        assert find.lead <= find.start < find.end
        assert told[find.start : find.end] == find.text
        end = find.end


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([name for names in _PARTS.values() for name in names]),
        min_size=1,
        max_size=4,
    )
)
def test_after_replacing_or_masking_nobody_is_named_any_more(names: list[str]) -> None:
    text = "She met " + ", then ".join(names) + " today."
    finds = _CHECK.finds(text)
    assert finds
    assert not _CHECK.finds(replaced(text, finds))
    assert not _CHECK.finds(masked(text, finds))


def test_one_s_own_names_guardians_and_staff_may_be_named() -> None:
    own = Student(
        StudentId("own"),
        "Tove",
        "Lindqvist",
        numbers=("550123",),
        contacts=("tove@mail.example",),
        guardians=(Guardian("Maja", "Lindqvist", ("555-010-2020",)),),
    )
    check = NameIndex([own, *_MEMBERS.values()], [Staff("Dana", "Whitfield")]).check(
        own.id, [StudentId(key) for key in _MEMBERS]
    )
    for text in (
        "Tove Lindqvist, her mother Maja and Dana Whitfield met; Tove's plan stands.",
        "Write to tove@mail.example or call 555-010-2020 about student 550123.",
    ):
        assert not check.finds(text)


def test_a_name_that_staff_bear_too_is_said_softly() -> None:
    check = NameIndex([_OWN, _MEMBERS["cruz"]], [Staff("Marisol", "Whitfield")]).check(
        _OWN.id, [StudentId("cruz")]
    )
    assert [find.certainty for find in check.finds("Marisol will call.")] == [Certainty.SOFT]
    assert not check.finds("Marisol Whitfield will call.")
    assert check.finds("Marisol de la Cruz will call.")[0].certainty is Certainty.CERTAIN


def test_another_student_s_guardian_is_found_by_name_and_number() -> None:
    other = Student(
        StudentId("other"),
        "Ines",
        "Quiroga",
        guardians=(Guardian("Beatriz", "Solano", ("(555) 016-1212",)),),
    )
    check = NameIndex([_OWN, other]).check(_OWN.id)
    finds = check.finds("Beatriz Solano left 555.016.1212 with us.")
    assert [find.form for find in finds] == [NameForm.GUARDIAN, NameForm.CONTACT]
    assert {find.students for find in finds} == {(other.id,)}


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("Marisol took it.", "A peer took it."),
        ("It is Marisol's.", "It is a peer's."),
        ("Her friend Marisol's bag", "Her friend's bag"),
        ("She saw the Garcías leave.", "She saw another family leave."),
        ("Ella habló con Marisol en la clase.", "Ella habló con otro compañero en la clase."),
        ("Mrs. de la Cruz called.", "Another student's guardian called."),
    ],
)
def test_the_replacement_reads_well(text: str, whole: str) -> None:
    assert replaced(text, _CHECK.finds(text)) == whole


def test_a_text_that_goes_into_several_records_may_name_nobody() -> None:
    check = NameIndex([_OWN, *_MEMBERS.values()]).check(None, [_OWN.id, StudentId("cruz")])
    assert [find.text for find in check.finds("Tove and Marisol shared.")] == ["Tove", "Marisol"]


def test_the_month_and_the_school_are_nobody_and_the_student_is_somebody() -> None:
    check = check_of("counseling")
    assert not check.finds("In April 2026 Jordan Middle School sent it.")
    assert check.finds("April Summers sent it.")[0].form is NameForm.FULL


def test_a_name_that_was_broken_at_the_end_of_a_line_is_read_whole() -> None:
    member = Student(StudentId("m"), "Mateo", "Ocampo")
    check = NameIndex([member], []).check(None, [member.id])
    (find,) = check.finds("We heard Ma-\nteo today.")
    assert (find.text, find.certainty) == ("Ma-\nteo", Certainty.CERTAIN)
    assert check.finds("A well-\nknown game.") == ()
