"""The wording of an instrument, from a FHIR R4 Questionnaire that the district supplies.

What is taken is the words of items and answers; scoring stays the instrument's own. Items are
known by their LOINC code or by a link id that is an item's id or code, never by their order:
a form whose questions were moved must not put one question's words over another's score.

Source: HL7 FHIR R4 (4.0.1), Questionnaire; linkId is unique within one (que-2).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.features.screening.model.instruments import Instrument, Item
from app.kernel.errors import Refused

LOINC = "http://loinc.org"
_STATUSES = frozenset(("draft", "active", "retired", "unknown"))
_TYPES = frozenset(
    (
        "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string",
        "text", "url", "choice", "open-choice", "attachment", "reference", "quantity",
    )
)  # fmt: skip
_ORDINAL = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
)
MOST_BYTES = 4_000_000
MOST_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Option:
    """One answer a questionnaire offers."""

    words: str
    code: str = ""
    ordinal: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a questionnaire."""

    link_id: str
    text: str
    kind: str
    codes: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

    def names(self) -> frozenset[str]:
        """Return what an item can be known by: LOINC codes, and the link id."""
        return frozenset((*self.codes, self.link_id, self.link_id.removeprefix("/")))


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A questionnaire as far as its words are needed."""

    title: str
    status: str
    url: str
    version: str
    copyright: str
    codes: tuple[str, ...]
    questions: tuple[Question, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a form, laid over an instrument's items."""

    items: Mapping[str, str]
    answers: Mapping[str, Mapping[int, str]]
    without: tuple[str, ...]
    """Items for which the questionnaire has no words: they keep the short label."""


def _refuse(reason: str, where: str) -> Refused:
    return Refused("questionnaire-malformed", "file", reason=reason, where=where)


def _text(value: object, where: str, *, needed: bool = False) -> str:
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise _refuse("not-a-text", where)
    return value


def _many(value: object, where: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _refuse("not-a-list", where)
    return value


def _table(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refuse("not-an-object", where)
    return value


def _ordinal(element: Mapping[str, Any], where: str) -> int | None:
    for extension in _many(element.get("extension"), f"{where}.extension"):
        given = _table(extension, f"{where}.extension")
        if given.get("url") in _ORDINAL:
            value = given.get("valueDecimal")
            if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
                raise _refuse("not-a-whole-number", f"{where}.extension")
            return int(value)
    return None


def _options(item: Mapping[str, Any], where: str) -> tuple[Option, ...]:
    found = []
    for at, one in enumerate(_many(item.get("answerOption"), f"{where}.answerOption")):
        spot = f"{where}.answerOption[{at}]"
        given = _table(one, spot)
        values = [key for key in given if key.startswith("value")]
        if len(values) != 1:
            raise _refuse("not-one-value", spot)
        value = given[values[0]]
        ordinal = _ordinal(given, spot)
        if values[0] == "valueCoding":
            coding = _table(value, f"{spot}.valueCoding")
            words = _text(coding.get("display"), f"{spot}.valueCoding.display")
            code = _text(coding.get("code"), f"{spot}.valueCoding.code")
            if not words and not code:
                raise _refuse("empty", f"{spot}.valueCoding")
            if ordinal is None:
                ordinal = _ordinal(coding, f"{spot}.valueCoding")
            found.append(Option(words or code, code, ordinal))
        elif values[0] == "valueInteger":
            if isinstance(value, bool) or not isinstance(value, int):
                raise _refuse("not-a-whole-number", f"{spot}.valueInteger")
            found.append(Option(str(value), "", value if ordinal is None else ordinal))
        elif values[0] in {"valueString", "valueDate", "valueTime"}:
            found.append(Option(_text(value, f"{spot}.{values[0]}", needed=True), "", ordinal))
        elif values[0] == "valueReference":
            found.append(Option(_text(_table(value, spot).get("display"), spot), "", ordinal))
        else:
            raise _refuse("not-offered", f"{spot}.{values[0]}")
    return tuple(found)


def _questions(items: object, where: str, depth: int) -> Iterator[Question]:
    if depth > MOST_DEPTH:
        raise _refuse("too-deep", where)
    for at, one in enumerate(_many(items, where)):
        spot = f"{where}[{at}]"
        item = _table(one, spot)
        kind = _text(item.get("type"), f"{spot}.type", needed=True)
        if kind not in _TYPES:
            raise _refuse("not-offered", f"{spot}.type")
        # HL7's own example leaves it out of lines that only show something.
        link_id = _text(item.get("linkId"), f"{spot}.linkId", needed=kind != "display")
        codes = []
        for number, coding in enumerate(_many(item.get("code"), f"{spot}.code")):
            given = _table(coding, f"{spot}.code[{number}]")
            if given.get("system") == LOINC:
                codes.append(_text(given.get("code"), f"{spot}.code[{number}].code", needed=True))
        options = _options(item, spot)
        if options and kind not in {"choice", "open-choice", "integer", "string", "date", "time"}:
            raise _refuse("options-of-no-choice", f"{spot}.answerOption")
        if options and "answerValueSet" in item:
            raise _refuse("two-answer-lists", f"{spot}.answerValueSet")
        if kind == "group" and not item.get("item"):
            raise _refuse("empty", f"{spot}.item")
        if kind == "display" and item.get("item"):
            raise _refuse("display-with-items", f"{spot}.item")
        yield Question(
            link_id, _text(item.get("text"), f"{spot}.text"), kind, tuple(codes), options
        )
        yield from _questions(item.get("item"), f"{spot}.item", depth + 1)


def _links(items: object) -> Iterator[tuple[str, str]]:
    """Walk over which items depend on which, as (item, on)."""
    for one in _many(items, "item"):
        for when in _many(one.get("enableWhen"), "enableWhen"):
            yield (
                str(one.get("linkId", "")),
                _text(_table(when, "enableWhen").get("question"), "enableWhen.question"),
            )
        yield from _links(one.get("item"))


def read_questionnaire(data: bytes) -> Questionnaire:
    """Return a questionnaire's words; refuse what is no sound FHIR R4 Questionnaire.

    Raises Refused `questionnaire-malformed` with `reason` and `where` (a path within the file).
    """
    if len(data) > MOST_BYTES:
        raise _refuse("too-large", "")
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _refuse("not-json", "") from None
    whole = _table(value, "")
    if whole.get("resourceType") != "Questionnaire":
        raise _refuse("not-a-questionnaire", "resourceType")
    status = _text(whole.get("status"), "status", needed=True)
    if status not in _STATUSES:
        raise _refuse("not-offered", "status")
    questions = tuple(_questions(whole.get("item"), "item", 0))
    if not any(question.kind not in {"group", "display"} for question in questions):
        raise _refuse("nothing-in-it", "item")
    seen: set[str] = set()
    for question in questions:
        if question.link_id in seen:
            raise _refuse("twice", f"linkId {question.link_id}")
        if question.link_id:
            seen.add(question.link_id)
    for item, on in _links(whole.get("item")):
        if on not in seen:
            raise _refuse("not-there", f"enableWhen of {item}")
    return Questionnaire(
        title=_text(whole.get("title"), "title") or _text(whole.get("name"), "name"),
        status=status,
        url=_text(whole.get("url"), "url"),
        version=_text(whole.get("version"), "version"),
        copyright=_text(whole.get("copyright"), "copyright"),
        codes=tuple(
            _text(_table(coding, "code").get("code"), "code.code")
            for coding in _many(whole.get("code"), "code")
            if _table(coding, "code").get("system") == LOINC
        ),
        questions=questions,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def lay_over(instrument: Instrument, questionnaire: Questionnaire) -> Wording:
    """Return the questionnaire's words for the instrument's items.

    Refuses one of which no item is the instrument's (`questionnaire-of-another`), one that has
    two texts for an item, and one whose answers are not the item's (`questionnaire-answers`).
    """
    items: dict[str, str] = {}
    answers: dict[str, dict[int, str]] = {}
    for item in instrument.items:
        names = {item.id} | ({item.loinc} if item.loinc else set())
        matched = [
            question
            for question in questionnaire.questions
            if question.kind not in {"group", "display"} and not names.isdisjoint(question.names())
        ]
        if len(matched) > 1:
            raise Refused("questionnaire-twice", "file", item=item.id)
        if not matched:
            continue
        (question,) = matched
        if question.text.strip():
            items[item.id] = question.text.strip()
        if question.options and item.answers:
            answers[item.id] = _answers(item, question)
    if not items:
        raise Refused("questionnaire-of-another", "file", instrument=instrument.title)
    return Wording(
        items, answers, tuple(item.id for item in instrument.items if item.id not in items)
    )


def _answers(item: Item, question: Question) -> dict[int, str]:
    by_code = {answer.loinc: answer.value for answer in item.answers if answer.loinc}
    found: dict[int, str] = {}
    for option in question.options:
        value = option.ordinal if option.ordinal is not None else by_code.get(option.code)
        if value is None or not item.takes(value) or value in found:
            raise Refused("questionnaire-answers", "file", item=item.id)
        found[value] = option.words
    if len(found) != len(item.answers):
        raise Refused("questionnaire-answers", "file", item=item.id)
    return found
