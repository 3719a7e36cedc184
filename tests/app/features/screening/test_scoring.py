import random
from collections.abc import Iterator, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import published_keys as oracle
from app.features.screening.model.instruments import Informant, Instrument, Method, Scale
from app.features.screening.model.reading import shipped_instruments
from app.features.screening.model.scoring import About, Result, WhyNot, accepted_answers, score
from app.kernel.errors import Refused

SELF = About(Informant.SELF, 14, "08")
PARENT = About(Informant.PARENT, 10, "04")
SHIPPED = shipped_instruments()
SCALES = [
    pytest.param(instrument, scale, id=f"{instrument.id}-{scale.id}")
    for instrument in SHIPPED.values()
    for scale in instrument.scales
    if scale.method is Method.SUM
]


def numbered(answers: Sequence[int | None], prefix: str = "") -> dict[str, int]:
    return {f"{prefix}{at}": one for at, one in enumerate(answers, 1) if one is not None}


def summing(instrument: Instrument, scale: Scale, total: int) -> dict[str, int]:
    """Return answers to everything, those of the scale adding up to `total`."""
    found = {item.id: item.least for item in instrument.items}
    left = total
    for name in scale.items:
        item = instrument.item(name)
        found[name] = min(item.most, left)
        left -= found[name]
    if instrument.id == "crafft-2.1":
        found["a1"] = 3
    assert left == 0
    return found


def someone(scale: Scale) -> Iterator[About]:
    for informant, age, grade in product(Informant, (None, 4, 5, 6, 16, 17), ("KG", "05", "06")):
        if scale.whom.holds(informant, age, grade):
            yield About(informant, age, grade)


@pytest.mark.parametrize(("instrument", "scale"), SCALES)
def test_every_score_falls_in_one_band_and_reaches_its_cutoffs(
    instrument: Instrument, scale: Scale
) -> None:
    about = next(someone(scale))
    for total in range(scale.least, scale.most + 1):
        result = score(instrument, summing(instrument, scale, total), about).of(scale.id)
        assert result.score == total
        assert not scale.bands or result.band is not None
        expected = {
            cutoff.code
            for cutoff in scale.cutoffs
            if total >= cutoff.at and cutoff.whom.holds(about.informant, about.age, about.grade)
        }
        assert {cutoff.code for cutoff in result.reached} == expected


@pytest.mark.parametrize("name", ["phq-9", "phq-a", "phq-9-teens"])
def test_depression_bands_at_every_score(name: str) -> None:
    instrument = SHIPPED[name]
    for total in range(28):
        found = score(instrument, summing(instrument, instrument.scale("total"), total), SELF)
        band = found.of("total").band
        assert band is not None
        assert band.code == oracle.phq_band(total)


def test_anxiety_bands_at_every_score() -> None:
    instrument = SHIPPED["gad-7"]
    for total in range(22):
        result = score(instrument, summing(instrument, instrument.scale("total"), total), SELF)
        found = result.of("total")
        assert found.band is not None
        assert found.band.code == oracle.gad_band(total)
        assert bool(found.reached) == (total >= 10)


@given(st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=9, max_size=9))
def test_one_or_two_blanks_of_the_adolescents_form_are_prorated(
    answers: list[int | None],
) -> None:
    found = score(SHIPPED["phq-a"], numbered(answers), SELF).of("total")
    assert found.score == oracle.phq_a(answers)
    assert found.prorated == (None in answers and found.score is not None)
    plain = score(SHIPPED["phq-9"], numbered(answers), SELF).of("total")
    assert plain.score == oracle.plain_sum(answers)
    assert (plain.why_not is WhyNot.MISSING) == (None in answers)


@given(st.lists(st.sampled_from([0, 1, 2, None]), min_size=17, max_size=17))
def test_blanks_of_the_psc_17_count_nothing_and_four_make_it_invalid(
    answers: list[int | None],
) -> None:
    result = score(SHIPPED["psc-17"], numbered(answers), PARENT)
    for name, (of, at) in oracle.PSC_17.items():
        expected = oracle.blank_is_zero(answers, of)
        assert result.of(name).score == expected
        assert bool(result.of(name).reached) == (expected is not None and expected >= at)


def test_blanks_of_the_psc_17_at_the_edge() -> None:
    for blanks in range(18):
        answers: list[int | None] = [None] * blanks + [1] * (17 - blanks)
        found = score(SHIPPED["psc-17"], numbered(answers), PARENT).of("total")
        assert found.score == (17 - blanks if blanks < 4 else None)


@given(
    st.lists(st.sampled_from([0, 1, 2]), min_size=35, max_size=35),
    st.sampled_from(["self", "parent"]),
    st.sampled_from([None, 3, 4, 5, 6, 15, 16, 17]),
)
def test_the_psc_35_has_a_cutoff_by_age_and_informant(
    answers: list[int], informant: str, age: int | None
) -> None:
    result = score(SHIPPED["psc-35"], numbered(answers), About(Informant(informant), age))
    total = sum(answers)
    assert result.of("total").score == total
    expected = oracle.psc_35_positive(total, informant, age)
    assert bool(result.of("total").reached) == bool(expected)
    for name, (of, at) in oracle.PSC_35.items():
        assert bool(result.of(name).reached) == (sum(answers[n - 1] for n in of) >= at)


def test_the_psc_35_at_each_cutoff() -> None:
    scale = SHIPPED["psc-35"].scale("total")
    for informant, age, at in (("parent", 5, 24), ("parent", 6, 28), ("self", 14, 30)):
        about = About(Informant(informant), age)
        for total, reached in ((at - 1, 0), (at, 1)):
            answers = summing(SHIPPED["psc-35"], scale, total)
            assert len(score(SHIPPED["psc-35"], answers, about).of("total").reached) == reached


@given(st.lists(st.sampled_from([0, 1, 2]), min_size=41, max_size=41))
def test_the_subscales_of_the_scared(answers: list[int]) -> None:
    result = score(SHIPPED["scared"], numbered(answers), SELF)
    for name, (of, at) in oracle.SCARED.items():
        points = sum(answers[number - 1] for number in of)
        found = result.of(name)
        assert found.score == points
        assert any(one.code == "positive" for one in found.reached) == (points >= at)
    assert any(one.code == "specific" for one in result.of("total").reached) == (sum(answers) > 30)


def test_each_item_of_the_scared_counts_in_the_total_and_one_subscale() -> None:
    scales = SHIPPED["scared"].scales[1:]
    assert sorted(int(one) for scale in scales for one in scale.items) == list(range(1, 42))


def decided(result: Result) -> str:
    return result.outcome.code if result.outcome is not None else "?"


def test_every_way_through_the_asq() -> None:
    for answers in product((0, 1, None), repeat=5):
        result = score(SHIPPED["asq"], numbered(answers), SELF)
        assert decided(result) == oracle.asq(answers), answers
        assert result.undecided == (oracle.asq(answers) == "?")
        if 1 in answers[:4]:
            (risk,) = result.risks
            # Without the fifth answer the graver case stands.
            assert risk.urgency == ("today" if answers[4] == 0 else "now")
            assert risk.steps
        else:
            assert result.risks == ()


def whole_interview(answers: Sequence[int]) -> list[int | None]:
    one, two, three, four, five, ever, lately = answers
    skipped = (three, four, five) if two else (None, None, None)
    return [one, two, *skipped, ever, lately if ever else None]


def test_every_way_through_the_c_ssrs_screener() -> None:
    for raw in product((0, 1), repeat=7):
        answers = whole_interview(raw)
        result = score(SHIPPED["c-ssrs"], numbered(answers), SELF)
        expected = oracle.c_ssrs(answers)
        assert decided(result) == expected, answers
        urgencies = [risk.urgency for risk in result.risks]
        assert urgencies == {"high": ["now"], "negative": []}.get(expected, ["today"])


def test_a_c_ssrs_that_is_not_whole_is_never_called_lower_than_it_may_be() -> None:
    order = ["negative", "low", "moderate", "high"]
    for raw in product((0, 1, None), repeat=7):
        result = score(SHIPPED["c-ssrs"], numbered(raw), SELF)
        if result.outcome is None:
            continue
        worst = max(
            order.index(oracle.c_ssrs(whole_interview(full)))
            for full in product(*((0, 1) if one is None else (one,) for one in raw))
        )
        assert order.index(result.outcome.code) == worst, raw


def test_a_c_ssrs_whose_graver_questions_are_open_asks_for_somebody_now() -> None:
    for raw in product((0, 1, None), repeat=7):
        answers = numbered(raw)
        urgencies = [risk.urgency for risk in score(SHIPPED["c-ssrs"], answers, SELF).risks]
        two, four, five, ever, lately = (raw[at] for at in (1, 3, 4, 5, 6))
        known = two != 1 or (four == 0 and five == 0)
        grave = (two == 1 and not known) or (ever == 1 and lately != 0)
        assert (urgencies == ["now"]) == grave, raw
        assert len(urgencies) <= 1


def test_every_way_through_the_crafft() -> None:
    for days in ((0, 0, 0), (1, 0, 0), (0, 365, 0), (0, 0, 2)):
        for answers in product((0, 1), repeat=6):
            typed = {**numbered(days, "a"), **numbered(answers, "b")}
            found = score(SHIPPED["crafft-2.1"], typed, SELF).of("total")
            expected = oracle.crafft(days, answers)
            assert found.score == expected
            assert bool(found.reached) == (expected >= 2)


def test_a_crafft_without_its_days_has_no_score() -> None:
    answers = numbered((1, 1, 1, 1, 1, 1), "b")
    assert score(SHIPPED["crafft-2.1"], answers, SELF).of("total").score is None
    half = {**numbered((0, 0), "a"), **numbered((0,), "b")}
    assert score(SHIPPED["crafft-2.1"], half, SELF).of("total").why_not is WhyNot.MISSING
    only_car = {**numbered((0, 0, 0), "a"), "b1": 1}
    assert score(SHIPPED["crafft-2.1"], only_car, SELF).of("total").score == 1


@pytest.mark.parametrize("grade", ["KG", "05", "06", "12"])
def test_teacher_ratings_by_grade(grade: str) -> None:
    instrument, about = SHIPPED["srss-ie"], About(Informant.TEACHER, None, grade)
    for name in ("e7", "i5", "i6"):
        scale = instrument.scale(name)
        for total in range(scale.most + 1):
            found = score(instrument, summing(instrument, scale, total), about).of(name)
            young = grade in {"KG", "05"}
            if (name == "i5") != young and name != "e7":
                assert found.why_not is WhyNot.NOT_FOR
                continue
            assert found.band is not None
            assert found.band.code == oracle.srss_band(total, name)


def test_trauma_cutoffs() -> None:
    instrument = SHIPPED["cats-2"]
    for total, codes in (
        (20, []),
        (21, ["screen"]),
        (24, ["screen"]),
        (25, ["screen", "diagnostic"]),
    ):
        found = score(instrument, summing(instrument, instrument.scale("dsm-5"), total), SELF)
        assert [one.code for one in found.of("dsm-5").reached] == codes
        assert found.of("icd-11").why_not is WhyNot.NOT_GIVEN
    for total, count in ((6, 0), (7, 1), (9, 2)):
        found = score(instrument, {}, SELF, {"icd-11": total})
        assert len(found.of("icd-11").reached) == count
    with pytest.raises(Refused, match="score-out-of-range"):
        score(instrument, {}, SELF, {"icd-11": 99})


@pytest.mark.parametrize("name", ["phq-9", "phq-a", "phq-9-teens"])
def test_the_ninth_item_always_asks_for_a_person(name: str) -> None:
    rng = random.Random(name)
    for _ in range(200):
        answers = {
            item.id: rng.choice(item.answers).value
            for item in SHIPPED[name].items
            if rng.random() < 0.8
        }
        codes = {risk.code for risk in score(SHIPPED[name], answers, SELF).risks}
        assert ("item-9" in codes) == (answers.get("9", 0) >= 1)
        if name == "phq-9-teens":
            assert ("suicide-items" in codes) == (1 in (answers.get("12"), answers.get("13")))


def test_published_examples() -> None:
    # Kroenke et al. 2001: nine answers of 1 are 9, mild; nine of 3 are 27, severe.
    for each, total, band in ((1, 9, "mild"), (2, 18, "moderately-severe"), (3, 27, "severe")):
        found = score(SHIPPED["phq-9"], numbered([each] * 9), SELF).of("total")
        assert found.band is not None
        assert (found.score, found.band.code) == (total, band)
    # APA severity measure: 1 left blank of nine, raw 16 of 8 answered: 16 x 9 / 8 = 18.
    found = score(SHIPPED["phq-a"], numbered([2] * 8 + [None]), SELF).of("total")
    assert (found.score, found.prorated) == (18, True)


def test_an_answer_that_is_not_offered_is_refused() -> None:
    for answers, code in (
        ({"1": 4}, "answer-not-offered"),
        ({"1": -1}, "answer-not-offered"),
        ({"1": True}, "answer-not-offered"),
        ({"99": 1}, "answer-unknown-item"),
    ):
        with pytest.raises(Refused, match=code):
            score(SHIPPED["phq-9"], answers, SELF)


def test_answers_to_what_is_no_longer_asked_do_not_count() -> None:
    typed = {"1": 0, "2": 0, "3": 1, "4": 1, "5": 1, "6": 0, "7": 1}
    kept = accepted_answers(SHIPPED["c-ssrs"], typed)
    assert kept == {"1": 0, "2": 0, "6": 0}
    assert decided(score(SHIPPED["c-ssrs"], typed, SELF)) == "negative"
