import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from app.features.screening.model.reading import read_instrument, shipped_instruments
from app.kernel.errors import Refused
from app.kernel.shipped import shipped
from app.kernel.words import LANGUAGES

PHQ: dict[str, Any] = json.loads(shipped("instruments", "phq-9.json").read_text("utf-8"))
ISSUED = {
    "phq-9", "phq-a", "gad-7", "psc-17", "psc-35", "scared", "asq", "c-ssrs", "crafft-2.1",
    "cats-2", "srss-ie",
}  # fmt: skip


def test_what_the_program_ships() -> None:
    found = shipped_instruments()
    assert set(found) >= ISSUED
    assert {one.id for one in found.values() if one.outside} == {
        "sdq", "saebrs", "bimas-2", "stanley-brown",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(shipped_instruments()))
def test_every_label_is_said_in_every_language_and_is_short(name: str) -> None:
    instrument = shipped_instruments()[name]
    labels = [item.label for item in instrument.items]
    labels += [scale.label for scale in instrument.scales]
    for said in labels:
        assert set(said.texts) == set(LANGUAGES)
        assert all(len(text) <= 70 for text in said.texts.values()), said
    assert instrument.source
    assert instrument.licence


def test_what_rests_on_no_confirmed_source_says_so() -> None:
    found = {name: set(one.unconfirmed()) for name, one in shipped_instruments().items()}
    assert "missing:total" in found["phq-9"]
    assert "missing:total" in found["gad-7"]
    assert "licence" in found["phq-a"]
    assert {"licence", "outcome:moderate", "outcome:low"} <= found["c-ssrs"]
    assert "scale:i6" in found["srss-ie"]
    assert found["psc-17"] == set()
    # What only others have recorded of an owner's terms confirms none.
    assert found["asq"] == {"licence"}
    assert "licence" in found["phq-9"] & found["gad-7"]


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = deepcopy(PHQ)
    change(value)
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("change", "reason", "where"),
    [
        (lambda v: v.update(casewell_instrument=2), "format-unknown", "casewell_instrument"),
        (lambda v: v.update(surprise=1), "unknown-key", "instrument.surprise"),
        (lambda v: v.pop("title"), "not-a-text", "title"),
        (lambda v: v["items"].append(v["items"][0]), "twice", "items[10].id"),
        (lambda v: v["items"][0].update(answers="nothing"), "not-there", "items[0].answers"),
        (lambda v: v["items"][0].update(reverse="yes"), "not-yes-or-no", "items[0].reverse"),
        (lambda v: v["items"][0].update(label={"es": "x"}), "no-english", "items[0].label"),
        (
            lambda v: v["answers"]["days"].append({"value": 0, "label": "x"}),
            "answers-not-distinct",
            "answers.days",
        ),
        (lambda v: v["scales"][0].update(range=[0, 28]), "range-does-not-fit", "scales[0].range"),
        (lambda v: v["scales"][0]["items"].append("77"), "not-there", "scales[0].items"),
        (lambda v: v["scales"][0]["items"].append("1"), "items-do-not-fit", "scales[0].items"),
        (
            lambda v: v["scales"][0]["bands"].pop(2),
            "bands-have-a-gap",
            "scales[0].bands[2].range",
        ),
        (lambda v: v["scales"][0]["bands"].pop(), "bands-have-a-gap", "scales[0].bands"),
        (
            lambda v: v["scales"][0].update(cutoffs=[{"code": "x", "at": 40, "label": "x"}]),
            "out-of-range",
            "scales[0].cutoffs[0].at",
        ),
        (
            lambda v: v["risks"][0].update(when={"item": "77", "is": 1}),
            "not-there",
            "risks[0].when.item",
        ),
        (
            lambda v: v["risks"][0].update(when={"item": "9", "is": 1, "at_least": 1}),
            "not-one-comparison",
            "risks[0].when",
        ),
        (lambda v: v["risks"][0].update(urgency="soon"), "not-offered", "risks[0].urgency"),
        (lambda v: v.update(informants=[]), "empty", "informants"),
        (lambda v: v.update(items=[], scales=[], risks=[]), "nothing-in-it", "items"),
        (lambda v: v.update(outside=True), "items-of-what-may-not-be-shipped", "items"),
        (lambda v: v["scales"][0]["rule"].pop("source"), "not-a-text", "scales[0].rule.source"),
    ],
)
def test_a_malformed_instrument_is_refused_with_its_place(
    change: Callable[[dict[str, Any]], object], reason: str, where: str
) -> None:
    with pytest.raises(Refused, match="instrument-malformed") as refused:
        read_instrument(changed(change))
    assert refused.value.facts["reason"] == reason
    assert refused.value.facts["where"] == where


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_instrument_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="instrument-malformed"):
        read_instrument(data)
