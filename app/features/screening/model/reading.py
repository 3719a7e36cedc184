"""Reading an instrument's file: every refusal tells where in it, and nothing is half read."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from app.features.screening.model.instruments import (
    Answer,
    Band,
    Condition,
    Cutoff,
    Informant,
    Instrument,
    Item,
    Method,
    Missing,
    Outcome,
    RiskRule,
    Rule,
    Said,
    Scale,
    Urgency,
    Whom,
)
from app.kernel.errors import Refused
from app.kernel.nouns import grade_rank
from app.kernel.shipped import shipped

FORMAT = 1
"""Of the files that are read here."""
MOST_ITEMS = 200
_ENDS = 2
_COMPARES = ("at_least", "at_most", "is")
_Kind = TypeVar("_Kind", bound=StrEnum)


class _Reader:
    """Reads one file; every refusal tells where in it."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.scales_to_come: set[str] = set()

    def refuse(self, reason: str, where: str) -> Refused:
        return Refused("instrument-malformed", "file", reason=reason, where=where)

    def table(self, value: object, where: str, known: Iterable[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse("not-an-object", where)
        unknown = sorted(set(value) - set(known))
        if unknown:
            raise self.refuse("unknown-key", f"{where}.{unknown[0]}")
        return value

    def many(self, value: object, where: str) -> list[Any]:
        if not isinstance(value, list):
            raise self.refuse("not-a-list", where)
        return value

    def text(self, value: object, where: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self.refuse("not-a-text", where)
        return value

    def number(self, value: object, where: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse("not-a-whole-number", where)
        return value

    def said(self, value: object, where: str) -> Said:
        if isinstance(value, str):
            return Said({"en": self.text(value, where)})
        texts = {
            str(code): self.text(text, f"{where}.{code}")
            for code, text in self.table(value, where, ("en", "es")).items()
        }
        if "en" not in texts:
            raise self.refuse("no-english", where)
        return Said(texts)

    def one_of(self, kind: type[_Kind], value: object, where: str) -> _Kind:
        try:
            return kind(self.text(value, where))
        except ValueError:
            raise self.refuse("not-offered", where) from None

    def span(self, value: object, where: str) -> tuple[int, int]:
        ends = [self.number(end, where) for end in self.many(value, where)]
        if len(ends) != _ENDS or ends[0] > ends[1]:
            raise self.refuse("not-a-range", where)
        return ends[0], ends[1]

    def whom(self, value: object, where: str) -> Whom:
        given = self.table(value, where, ("informants", "ages", "grades"))
        grades = None
        if "grades" in given:
            ends = [self.text(end, where) for end in self.many(given["grades"], where)]
            if len(ends) != _ENDS or grade_rank(ends[0]) > grade_rank(ends[1]):
                raise self.refuse("not-a-range", f"{where}.grades")
            grades = (ends[0], ends[1])
        return Whom(
            informants=frozenset(
                self.one_of(Informant, one, f"{where}.informants")
                for one in self.many(given.get("informants", []), f"{where}.informants")
            ),
            ages=self.span(given["ages"], f"{where}.ages") if "ages" in given else None,
            grades=grades,
        )

    def rule(self, value: object, where: str) -> Rule:
        given = self.table(value, where, ("source", "confirmed"))
        confirmed = given.get("confirmed", True)
        if not isinstance(confirmed, bool):
            raise self.refuse("not-yes-or-no", f"{where}.confirmed")
        return Rule(self.text(given.get("source"), f"{where}.source"), confirmed)

    def condition(self, value: object, where: str) -> Condition:
        known = ("all", "any", "not", "item", "scale", *_COMPARES)
        given = self.table(value, where, known)
        for kind in ("all", "any"):
            if kind in given:
                self.table(given, where, (kind,))
                parts = self.many(given[kind], f"{where}.{kind}")
                if not parts:
                    raise self.refuse("empty", f"{where}.{kind}")
                return Condition(
                    kind,
                    tuple(
                        self.condition(part, f"{where}.{kind}[{at}]")
                        for at, part in enumerate(parts)
                    ),
                )
        if "not" in given:
            self.table(given, where, ("not",))
            return Condition("not", (self.condition(given["not"], f"{where}.not"),))
        kind = "item" if "item" in given else "scale"
        name = self.text(given.get(kind), f"{where}.{kind}")
        compares = [compare for compare in _COMPARES if compare in given]
        if len(compares) != 1 or ("item" in given and "scale" in given):
            raise self.refuse("not-one-comparison", where)
        there = self.items if kind == "item" else self.scales_to_come
        if name not in there:
            raise self.refuse("not-there", f"{where}.{kind}")
        number = self.number(given[compares[0]], f"{where}.{compares[0]}")
        return Condition(kind, (), name, compares[0], number)

    def answers(self, value: object, where: str) -> tuple[Answer, ...]:
        found = []
        for at, one in enumerate(self.many(value, where)):
            spot = f"{where}[{at}]"
            given = self.table(one, spot, ("value", "label", "loinc"))
            found.append(
                Answer(
                    self.number(given.get("value"), f"{spot}.value"),
                    self.said(given.get("label"), f"{spot}.label"),
                    self.text(given["loinc"], f"{spot}.loinc") if "loinc" in given else "",
                )
            )
        if len(found) < _ENDS or len({one.value for one in found}) != len(found):
            raise self.refuse("answers-not-distinct", where)
        return tuple(found)

    def item(self, value: object, where: str, shared: Mapping[str, tuple[Answer, ...]]) -> Item:
        known = ("id", "label", "answers", "loinc", "reverse", "asked_if", "note", "days")
        given = self.table(value, where, known)
        name = self.text(given.get("id"), f"{where}.id")
        if name in self.items:
            raise self.refuse("twice", f"{where}.id")
        if given.get("days") is True:
            answers: tuple[Answer, ...] = ()
        else:
            chosen = self.text(given.get("answers"), f"{where}.answers")
            if chosen not in shared:
                raise self.refuse("not-there", f"{where}.answers")
            answers = shared[chosen]
        reverse = given.get("reverse", False)
        if not isinstance(reverse, bool):
            raise self.refuse("not-yes-or-no", f"{where}.reverse")
        return Item(
            name,
            self.said(given.get("label"), f"{where}.label"),
            answers,
            loinc=self.text(given["loinc"], f"{where}.loinc") if "loinc" in given else "",
            reverse=reverse,
            asked_if=self.condition(given["asked_if"], f"{where}.asked_if")
            if "asked_if" in given
            else None,
            note=self.said(given["note"], f"{where}.note") if "note" in given else None,
        )

    def scale(self, value: object, where: str) -> Scale:
        given = self.table(
            value, where,
            (
                "id", "label", "items", "method", "range", "rule", "missing", "bands", "cutoffs",
                "loinc", "for", "shown_if",
            ),
        )  # fmt: skip
        name = self.text(given.get("id"), f"{where}.id")
        method = self.one_of(Method, given.get("method", "sum"), f"{where}.method")
        items = tuple(
            self.text(one, f"{where}.items")
            for one in self.many(given.get("items", []), f"{where}.items")
        )
        for one in items:
            if one not in self.items:
                raise self.refuse("not-there", f"{where}.items")
        if len(set(items)) != len(items) or bool(items) != (method is Method.SUM):
            raise self.refuse("items-do-not-fit", f"{where}.items")
        least, most = self.span(given.get("range"), f"{where}.range")
        if method is Method.SUM and (least, most) != (
            sum(self.items[one].least for one in items),
            sum(self.items[one].most for one in items),
        ):
            raise self.refuse("range-does-not-fit", f"{where}.range")
        missing = self.table(
            given.get("missing", {"rule": "none", "source": "-"}),
            f"{where}.missing",
            ("rule", "most", "over", "source", "confirmed"),
        )
        over = tuple(self.many(missing.get("over", []), f"{where}.missing.over"))
        if any(one not in self.items for one in over):
            raise self.refuse("not-there", f"{where}.missing.over")
        return Scale(
            name,
            self.said(given.get("label"), f"{where}.label"),
            items,
            least,
            most,
            self.rule(given.get("rule"), f"{where}.rule"),
            method=method,
            missing=self.one_of(Missing, missing.get("rule"), f"{where}.missing.rule"),
            missing_most=self.number(missing.get("most", 0), f"{where}.missing.most"),
            missing_rule=self.rule(
                {key: missing[key] for key in ("source", "confirmed") if key in missing},
                f"{where}.missing",
            ),
            missing_over=over,
            bands=self.bands(given.get("bands", []), f"{where}.bands", least, most),
            cutoffs=self.cutoffs(given.get("cutoffs", []), f"{where}.cutoffs", least, most),
            loinc=self.text(given["loinc"], f"{where}.loinc") if "loinc" in given else "",
            whom=self.whom(given.get("for", {}), f"{where}.for"),
            shown_if=self.condition(given["shown_if"], f"{where}.shown_if")
            if "shown_if" in given
            else None,
        )

    def bands(self, value: object, where: str, least: int, most: int) -> tuple[Band, ...]:
        found: list[Band] = []
        for at, one in enumerate(self.many(value, where)):
            spot = f"{where}[{at}]"
            given = self.table(one, spot, ("code", "range", "label", "level", "for"))
            first, last = self.span(given.get("range"), f"{spot}.range")
            band = Band(
                self.text(given.get("code"), f"{spot}.code"),
                first,
                last,
                self.said(given.get("label"), f"{spot}.label"),
                self.number(given.get("level"), f"{spot}.level"),
                self.whom(given.get("for", {}), f"{spot}.for"),
            )
            before = [other for other in found if other.whom == band.whom]
            expected = before[-1].last + 1 if before else least
            if band.first != expected or band.last > most:
                raise self.refuse("bands-have-a-gap", f"{spot}.range")
            found.append(band)
        for whom in {band.whom for band in found}:
            if [band for band in found if band.whom == whom][-1].last != most:
                raise self.refuse("bands-have-a-gap", where)
        return tuple(found)

    def cutoffs(self, value: object, where: str, least: int, most: int) -> tuple[Cutoff, ...]:
        found = []
        for at, one in enumerate(self.many(value, where)):
            spot = f"{where}[{at}]"
            given = self.table(one, spot, ("code", "at", "label", "for"))
            score = self.number(given.get("at"), f"{spot}.at")
            if not least <= score <= most:
                raise self.refuse("out-of-range", f"{spot}.at")
            found.append(
                Cutoff(
                    self.text(given.get("code"), f"{spot}.code"),
                    score,
                    self.said(given.get("label"), f"{spot}.label"),
                    self.whom(given.get("for", {}), f"{spot}.for"),
                )
            )
        return tuple(found)

    def outcome(self, value: object, where: str) -> Outcome:
        given = self.table(value, where, ("code", "label", "level", "when", "rule"))
        return Outcome(
            self.text(given.get("code"), f"{where}.code"),
            self.said(given.get("label"), f"{where}.label"),
            self.number(given.get("level"), f"{where}.level"),
            self.condition(given.get("when"), f"{where}.when"),
            self.rule(given.get("rule"), f"{where}.rule"),
        )

    def risk(self, value: object, where: str) -> RiskRule:
        given = self.table(value, where, ("code", "label", "when", "urgency", "rule", "steps"))
        return RiskRule(
            self.text(given.get("code"), f"{where}.code"),
            self.said(given.get("label"), f"{where}.label"),
            self.condition(given.get("when"), f"{where}.when"),
            self.one_of(Urgency, given.get("urgency"), f"{where}.urgency"),
            self.rule(given.get("rule"), f"{where}.rule"),
            tuple(
                self.said(step, f"{where}.steps[{at}]")
                for at, step in enumerate(self.many(given.get("steps", []), f"{where}.steps"))
            ),
        )

    def instrument(self, text: str, sha256: str) -> Instrument:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            raise self.refuse("not-json", "") from None
        known = (
            "casewell_instrument", "id", "version", "title", "purpose", "informants", "ages",
            "licence", "source", "answers", "items", "scales", "outcomes", "risks", "loinc",
            "notes", "outside",
        )  # fmt: skip
        given = self.table(value, "instrument", known)
        if given.get("casewell_instrument") != FORMAT:
            raise self.refuse("format-unknown", "casewell_instrument")
        shared = {
            name: self.answers(one, f"answers.{name}")
            for name, one in self.table(
                given.get("answers", {}), "answers", given.get("answers", {})
            ).items()
        }
        items = self.many(given.get("items", []), "items")
        if len(items) > MOST_ITEMS:
            raise self.refuse("too-many", "items")
        scales = self.many(given.get("scales", []), "scales")
        for at, one in enumerate(items):
            item = self.item(one, f"items[{at}]", shared)
            self.items[item.id] = item
        self.scales_to_come = {str(one.get("id")) for one in scales if isinstance(one, dict)}
        made = [self.scale(one, f"scales[{at}]") for at, one in enumerate(scales)]
        if len(self.scales_to_come) != len(made):
            raise self.refuse("twice", "scales")
        outside = given.get("outside", False)
        if not isinstance(outside, bool) or (not self.items and not made):
            raise self.refuse("nothing-in-it", "items")
        if outside and (self.items or any(one.method is Method.SUM for one in made)):
            raise self.refuse("items-of-what-may-not-be-shipped", "items")
        licence = self.table(given.get("licence"), "licence", ("note", "confirmed"))
        informants = tuple(
            self.one_of(Informant, one, "informants")
            for one in self.many(given.get("informants"), "informants")
        )
        if not informants:
            raise self.refuse("empty", "informants")
        return Instrument(
            id=self.text(given.get("id"), "id"),
            version=self.text(given.get("version"), "version"),
            title=self.text(given.get("title"), "title"),
            purpose=self.said(given.get("purpose"), "purpose"),
            informants=informants,
            ages=self.span(given["ages"], "ages") if "ages" in given else None,
            licence=self.text(licence.get("note"), "licence.note"),
            licence_confirmed=licence.get("confirmed", True) is True,
            source=self.text(given.get("source"), "source"),
            items=tuple(self.items.values()),
            scales=tuple(made),
            outcomes=tuple(
                self.outcome(one, f"outcomes[{at}]")
                for at, one in enumerate(self.many(given.get("outcomes", []), "outcomes"))
            ),
            risks=tuple(
                self.risk(one, f"risks[{at}]")
                for at, one in enumerate(self.many(given.get("risks", []), "risks"))
            ),
            loinc=self.text(given["loinc"], "loinc") if "loinc" in given else "",
            notes=tuple(
                self.said(one, f"notes[{at}]")
                for at, one in enumerate(self.many(given.get("notes", []), "notes"))
            ),
            outside=outside,
            sha256=sha256,
        )


def read_instrument(data: bytes) -> Instrument:
    """Return the instrument of a file; refuse one that is malformed, telling where.

    Raises Refused `instrument-malformed` with `reason` and `where` (a path within the file).
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("instrument-malformed", "file", reason="not-utf-8", where="") from None
    return _Reader().instrument(text, hashlib.sha256(data).hexdigest())


@cache
def shipped_instruments() -> Mapping[str, Instrument]:
    """Return the instruments that the program ships, by id."""
    found = [
        read_instrument(path.read_bytes()) for path in sorted(shipped("instruments").glob("*.json"))
    ]
    return {one.id: one for one in found}
