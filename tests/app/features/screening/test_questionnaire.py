import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from app.features.screening.model.instruments import Instrument
from app.features.screening.model.questionnaire import lay_over, read_questionnaire
from app.features.screening.model.reading import shipped_instruments
from app.kernel.errors import Refused

EXAMPLES = sorted((Path(__file__).parents[3] / "data/fhir").glob("Questionnaire-*.json"))
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
SHIPPED = shipped_instruments()


def as_loinc_gives_it(instrument: Instrument) -> dict[str, Any]:
    """Return an instrument as LOINC's own terminology server lays out a panel."""
    return {
        "resourceType": "Questionnaire",
        "id": instrument.loinc,
        "url": f"http://loinc.org/q/{instrument.loinc}",
        "title": instrument.title,
        "status": "active",
        "code": [{"system": "http://loinc.org", "code": instrument.loinc}],
        "item": [
            {
                "linkId": f"/{item.loinc}",
                "code": [{"system": "http://loinc.org", "code": item.loinc}],
                "text": f"The whole question {item.id}",
                "type": "choice",
                "answerOption": [
                    {
                        "extension": [{"url": ORDINAL, "valueDecimal": answer.value}],
                        "valueCoding": {
                            "system": "http://loinc.org",
                            "code": answer.loinc or f"LA{answer.value}",
                            "display": f"Answer {answer.value}",
                        },
                    }
                    for answer in item.answers
                ],
            }
            for item in instrument.items
            if item.loinc
        ],
    }


PHQ = as_loinc_gives_it(SHIPPED["phq-9"])


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_of_hl7_load(path: Path) -> None:
    assert read_questionnaire(path.read_bytes()).questions


def test_the_phq_9_of_hl7_lends_its_words_to_eight_items() -> None:
    (path,) = [one for one in EXAMPLES if "phq-9" in one.name]
    words = lay_over(SHIPPED["phq-9"], read_questionnaire(path.read_bytes()))
    assert words.items["1"] == "Little interest or pleasure in doing things"
    assert words.without == ("9", "10")


@pytest.mark.parametrize("name", ["phq-9", "gad-7", "c-ssrs", "asq"])
def test_a_panel_as_loinc_gives_it_lends_all_its_words(name: str) -> None:
    instrument = SHIPPED[name]
    words = lay_over(instrument, read_questionnaire(encoded(as_loinc_gives_it(instrument))))
    known = [item for item in instrument.items if item.loinc]
    assert words.items == {item.id: f"The whole question {item.id}" for item in known}
    assert words.answers["1"][0] == "Answer 0"
    assert set(words.without) == {item.id for item in instrument.items} - set(words.items)


def test_answers_are_known_by_their_loinc_codes_where_no_ordinal_stands() -> None:
    value = deepcopy(PHQ)
    for item in value["item"]:
        for option in item["answerOption"]:
            option.pop("extension")
    words = lay_over(SHIPPED["phq-9"], read_questionnaire(encoded(value)))
    assert words.answers["9"] == {at: f"Answer {at}" for at in range(4)}


def test_questions_in_another_order_keep_their_words() -> None:
    value = deepcopy(PHQ)
    value["item"].reverse()
    words = lay_over(SHIPPED["phq-9"], read_questionnaire(encoded(value)))
    assert words.items["9"] == "The whole question 9"


def test_a_questionnaire_of_another_instrument_is_refused() -> None:
    with pytest.raises(Refused, match="questionnaire-of-another"):
        lay_over(SHIPPED["gad-7"], read_questionnaire(encoded(PHQ)))


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v["item"][0]["answerOption"].pop(),
        lambda v: v["item"][0]["answerOption"][0]["extension"][0].update(valueDecimal=7),
        lambda v: v["item"][0]["answerOption"][0]["extension"][0].update(valueDecimal=1),
    ],
)
def test_other_answers_than_the_instruments_are_refused(
    change: Callable[[dict[str, Any]], object],
) -> None:
    value = deepcopy(PHQ)
    change(value)
    with pytest.raises(Refused, match="questionnaire-answers"):
        lay_over(SHIPPED["phq-9"], read_questionnaire(encoded(value)))


def test_two_texts_for_one_item_are_refused() -> None:
    value = deepcopy(PHQ)
    value["item"].append({**value["item"][0], "linkId": "again"})
    with pytest.raises(Refused, match="questionnaire-twice"):
        lay_over(SHIPPED["phq-9"], read_questionnaire(encoded(value)))


def broken(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = deepcopy(PHQ)
    change(value)
    return encoded(value)


MALFORMED: list[tuple[bytes, str]] = [
    (b"", "not-json"),
    (b'{"resourceType":', "not-json"),
    (b"\xff\xff", "not-json"),
    (b"[" * 100_000, "not-json"),
    (b"[]", "not-an-object"),
    (encoded({"resourceType": "Patient"}), "not-a-questionnaire"),
    (broken(lambda v: v.pop("status")), "not-a-text"),
    (broken(lambda v: v.update(status="final")), "not-offered"),
    (broken(lambda v: v.update(item={})), "not-a-list"),
    (broken(lambda v: v.update(item=[])), "nothing-in-it"),
    (broken(lambda v: v.update(item=["PHQ"])), "not-an-object"),
    (broken(lambda v: v["item"][0].pop("linkId")), "not-a-text"),
    (broken(lambda v: v["item"][0].update(linkId=3)), "not-a-text"),
    (broken(lambda v: v["item"][1].update(linkId="/44250-9")), "twice"),
    (broken(lambda v: v["item"][0].pop("type")), "not-a-text"),
    (broken(lambda v: v["item"][0].update(type="likert")), "not-offered"),
    (broken(lambda v: v["item"][0].update(type="boolean")), "options-of-no-choice"),
    (broken(lambda v: v["item"][0].update(text=["a"])), "not-a-text"),
    (broken(lambda v: v["item"][0].update(answerOption="yes")), "not-a-list"),
    (broken(lambda v: v["item"][0]["answerOption"].append({})), "not-one-value"),
    (
        broken(lambda v: v["item"][0]["answerOption"].append({"valueCoding": {}})),
        "empty",
    ),
    (broken(lambda v: v["item"][0].update(answerValueSet="x")), "two-answer-lists"),
    (broken(lambda v: v["item"].append({"linkId": "g", "type": "group"})), "empty"),
    (
        broken(lambda v: v["item"][0].update(enableWhen=[{"question": "gone"}])),
        "not-there",
    ),
    (
        broken(lambda v: v["item"][0]["answerOption"][0]["extension"][0].update(valueDecimal=0.5)),
        "not-a-whole-number",
    ),
]


@pytest.mark.parametrize(("data", "reason"), MALFORMED)
def test_a_malformed_questionnaire_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match="questionnaire-malformed") as refused:
        read_questionnaire(data)
    assert refused.value.facts["reason"] == reason
