"""Checks a document by the rules that a JSON schema and typed models leave open.

Runs before a document is handed on. It knows the resource types of `codes.TYPES`: what must be
there, which codes an element takes, what a reference may point to, and the invariants of R4 by
their own names. A `Fault` names the rule and the place, never what stands there: what is found
wrong may be told and logged.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from app.overviews.fhir.codes import (
    CODED,
    CODES,
    CONFIDENTIALITY,
    CONSENT_SCOPE,
    LEVELS,
    NEEDED,
    TARGETS,
    TYPES,
)

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a document."""

    rule: str
    """`required`, `code`, `target`, `unresolved`, `label`, or an invariant of R4 by its name."""
    where: str
    """The place, as `Bundle.entry[3].resource.status`."""


def check(resource: Node) -> list[Fault]:
    """Return what is wrong with a Bundle or a single resource; nothing when it may be handed on."""
    found = _Found()
    kind = str(resource.get("resourceType", ""))
    if kind == "Bundle" and resource.get("type") == "document":
        found.document = True
    for entry in _each(resource, "entry") if kind == "Bundle" else ():
        inner = entry.get("resource")
        if isinstance(inner, Mapping) and "fullUrl" in entry:
            found.types[str(entry["fullUrl"])] = str(inner.get("resourceType", ""))
    _resource(resource, kind, found)
    return found.faults


@dataclass(slots=True)
class _Found:
    faults: list[Fault] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    """The resource types of the bundle's entries by their full addresses."""
    document: bool = False

    def say(self, rule: str, where: str) -> None:
        self.faults.append(Fault(rule, where))


def _each(node: Node, key: str) -> list[Node]:
    """Return the parts under a key, whether it repeats or not; none where it is absent."""
    value = node.get(key)
    parts = value if isinstance(value, list) else [value]
    return [part for part in parts if isinstance(part, Mapping)]


def _has(node: Node, key: str) -> bool:
    """Tell whether an element, or one of a choice (`value[x]`), is there."""
    if key.endswith("[x]"):
        stem = key.removesuffix("[x]")
        return any(
            one.startswith(stem) and one[len(stem) : len(stem) + 1].isupper()
            for one in (name.removeprefix("_") for name in node)
        )
    there = node.get(key)
    return there not in (None, [], {}, "") or f"_{key}" in node


# -- walking -----------------------------------------------------------------------------

_WITHIN = frozenset({"section", "item", "provision"})


def _resource(
    node: Node, where: str, found: _Found, around: Mapping[str, str] | None = None
) -> None:
    """Check a resource; `around` are those contained beside it, where it is contained itself."""
    kind = str(node.get("resourceType", ""))
    if kind not in TYPES:
        return
    contained = around or {
        str(one.get("id", "")): str(one.get("resourceType", "")) for one in _each(node, "contained")
    }
    for rule, holds in _OF_RESOURCES.get(kind, ()):
        if not holds(node):
            found.say(rule, where)
    if kind == "Bundle":
        _bundle(node, where, found)
    _part(node, kind, where, found, contained)


def _part(node: Node, path: str, where: str, found: _Found, contained: Mapping[str, str]) -> None:
    """Check a part of a resource, and its parts."""
    kind, _dot, below = path.partition(".")
    for needed in NEEDED.get(kind, ()):
        owner, _dot, last = needed.rpartition(".")
        if owner == below and not _has(node, last):
            found.say("required", f"{where}.{last}")
    for rule, holds in _OF_PARTS.get(path, ()):
        if not holds(node):
            found.say(rule, where)
    if path in TARGETS or _choice(path, TARGETS):
        _reference(node, path, where, found, contained)
    for key, value in node.items():
        if key in {"resourceType", "contained"} or key.startswith("_"):
            continue
        # What repeats within itself (a section's sections) has the rules of the outer one.
        inner = path if key in _WITHIN and path.endswith(f".{key}") else f"{path}.{key}"
        if inner.endswith(".answer.item"):
            inner = path.removesuffix(".answer")
        parts = value if isinstance(value, list) else [value]
        for number, part in enumerate(parts):
            at = f"{where}.{key}[{number}]" if isinstance(value, list) else f"{where}.{key}"
            _value(part, inner, key, at, found, contained)
    for number, one in enumerate(_each(node, "contained")):
        _resource(one, f"{where}.contained[{number}]", found, contained)


def _value(
    part: Any, path: str, key: str, where: str, found: _Found, contained: Mapping[str, str]
) -> None:
    if isinstance(part, str):
        codes = CODES.get(path) or CODES.get(f"{_data_type(path)}.{key}")
        if codes is not None and part not in codes:
            found.say("code", where)
        return
    if not isinstance(part, Mapping):
        return
    if path == "Bundle.entry.resource":
        _resource(part, where, found)
        return
    if path in CODED:
        system, taken = CODED[path]
        codings = _each(part, "coding")
        if not any(one.get("system") == system and one.get("code") in taken for one in codings):
            found.say("code", where)
    for rule, fits, holds in _OF_TYPES:
        if fits(key, part) and not holds(part):
            found.say(rule, where)
    _part(part, path, where, found, contained)


_TYPE_OF_KEY = {
    "identifier": "Identifier",
    "telecom": "ContactPoint",
    "address": "Address",
    "text": "Narrative",
    "repeat": "Timing.repeat",
}
_PEOPLE = {"Patient", "Practitioner", "RelatedPerson", "Patient.contact"}


def _data_type(path: str) -> str:
    """Return the data type that an element's owner is of, as far as its name tells."""
    owner, _dot, last = path.rpartition(".")
    above, _dot, name = owner.rpartition(".")
    if last == "comparator":
        return "Quantity"
    if name == "name" and above in _PEOPLE:
        return "HumanName"
    return _TYPE_OF_KEY.get(name, "")


def _choice(path: str, table: Mapping[str, Any]) -> str:
    """Return the row of a choice (`Goal.start[x]`) that an element is one of, or nothing."""
    if not path.endswith("Reference"):
        return ""
    choice = f"{path.removesuffix('Reference')}[x]"
    return choice if choice in table else ""


# -- references --------------------------------------------------------------------------

_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]+)?$")


def _reference(
    node: Node, path: str, where: str, found: _Found, contained: Mapping[str, str]
) -> None:
    address = str(node.get("reference", ""))
    if not address:
        if not (_has(node, "identifier") or _has(node, "display") or _has(node, "extension")):
            found.say("required", f"{where}.reference")
        kind = str(node.get("type", ""))
    elif address.startswith("#"):
        if address != "#" and address[1:] not in contained:
            found.say("ref-1", where)
        kind = contained.get(address[1:], "")
    elif address in found.types:
        kind = found.types[address]
    else:
        if found.document and address.startswith("urn:"):
            found.say("unresolved", where)
        typed = _TYPED.search(address)
        kind = typed[1] if typed else str(node.get("type", ""))
    allowed = TARGETS.get(path) or TARGETS[_choice(path, TARGETS)]
    if kind and kind not in allowed:
        found.say("target", where)


# -- invariants of resources ----------------------------------------------------------------

_Rule = tuple[str, Callable[[Node], bool]]


def _bundle(node: Node, where: str, found: _Found) -> None:
    kind = node.get("type")
    entries = _each(node, "entry")
    if kind != "history":
        seen = set()
        for number, entry in enumerate(entries):
            inner = entry.get("resource")
            version = inner.get("meta", {}).get("versionId") if isinstance(inner, Mapping) else None
            key = (entry.get("fullUrl"), version)
            if entry.get("fullUrl") and key in seen:
                found.say("bdl-7", f"{where}.entry[{number}].fullUrl")
            seen.add(key)
    for number, entry in enumerate(entries):
        if "/_history/" in str(entry.get("fullUrl", "")):
            found.say("bdl-8", f"{where}.entry[{number}].fullUrl")
        if not (_has(entry, "resource") or _has(entry, "request") or _has(entry, "response")):
            found.say("bdl-5", f"{where}.entry[{number}]")
    if kind != "document":
        return
    identifier = node.get("identifier")
    if not (
        isinstance(identifier, Mapping) and identifier.get("system") and identifier.get("value")
    ):
        found.say("bdl-9", f"{where}.identifier")
    if not node.get("timestamp"):
        found.say("bdl-10", f"{where}.timestamp")
    first = entries[0].get("resource") if entries else None
    if not (isinstance(first, Mapping) and first.get("resourceType") == "Composition"):
        found.say("bdl-11", f"{where}.entry")
    for number, entry in enumerate(entries):
        if not entry.get("fullUrl"):
            found.say("required", f"{where}.entry[{number}].fullUrl")
        inner = entry.get("resource")
        if isinstance(inner, Mapping) and _level(inner) > _level(node):
            found.say("label", f"{where}.entry[{number}].resource.meta")


def _level(resource: Node) -> int:
    """Return how confidential a resource is labelled; −1 where it is not labelled."""
    meta = resource.get("meta")
    labels = _each(meta, "security") if isinstance(meta, Mapping) else []
    codes = [one.get("code") for one in labels if one.get("system") == CONFIDENTIALITY]
    return max((LEVELS.index(code) for code in codes if code in LEVELS), default=-1)


def _scope_is(node: Node, code: str) -> bool:
    scope = node.get("scope")
    codings = _each(scope, "coding") if isinstance(scope, Mapping) else []
    return any(one.get("system") == CONSENT_SCOPE and one.get("code") == code for one in codings)


def _needs_patient(scope: str) -> Callable[[Node], bool]:
    return lambda node: not _scope_is(node, scope) or _has(node, "patient")


def _links(node: Node) -> Iterator[str]:
    for item in _each(node, "item"):
        yield str(item.get("linkId", ""))
        yield from _links(item)


def _unique_links(node: Node) -> bool:
    links = list(_links(node))
    return len(links) == len(set(links))


def _verified(node: Node) -> set[str]:
    status = node.get("verificationStatus")
    codings = _each(status, "coding") if isinstance(status, Mapping) else []
    return {str(one.get("code")) for one in codings}


def _pairs(codes: Sequence[Any]) -> set[tuple[Any, Any]]:
    return {(one.get("system"), one.get("code")) for one in codes if one.get("code")}


def _code_of(node: Node) -> set[tuple[Any, Any]]:
    code = node.get("code")
    return _pairs(_each(code, "coding")) if isinstance(code, Mapping) else set()


def _components_differ(node: Node) -> bool:
    if not _has(node, "value[x]"):
        return True
    own = _code_of(node)
    return not any(own & _code_of(one) for one in _each(node, "component"))


def _values_or_reason(node: Node) -> bool:
    return not (_has(node, "dataAbsentReason") and _has(node, "value[x]"))


def _span_holds(node: Node) -> bool:
    """Tell whether a period ends no earlier than it starts, as far as both are told."""
    start, end = str(node.get("start", "")), str(node.get("end", ""))
    shorter = min(len(start), len(end), len("2026-11-22"))
    return not shorter or start[:shorter] <= end[:shorter]


_OF_RESOURCES: Mapping[str, tuple[_Rule, ...]] = {
    "Bundle": (
        ("bdl-1", lambda node: "total" not in node or node.get("type") in {"searchset", "history"}),
        (
            "bdl-2",
            lambda node: (
                node.get("type") == "searchset"
                or not any("search" in one for one in _each(node, "entry"))
            ),
        ),
    ),
    "Consent": (
        ("ppc-1", lambda node: _has(node, "policy") or _has(node, "policyRule")),
        ("ppc-2", _needs_patient("patient-privacy")),
        ("ppc-3", _needs_patient("research")),
        ("ppc-4", _needs_patient("adr")),
        ("ppc-5", _needs_patient("treatment")),
    ),
    "Questionnaire": (("que-2", _unique_links),),
    "Observation": (("obs-6", _values_or_reason), ("obs-7", _components_differ)),
    "Organization": (("org-1", lambda node: _has(node, "name") or _has(node, "identifier")),),
    "AllergyIntolerance": (
        (
            "ait-1",
            lambda node: "entered-in-error" in _verified(node) or _has(node, "clinicalStatus"),
        ),
        (
            "ait-2",
            lambda node: (
                "entered-in-error" not in _verified(node) or not _has(node, "clinicalStatus")
            ),
        ),
    ),
}

_OF_PARTS: Mapping[str, tuple[_Rule, ...]] = {
    "Composition.section": (
        (
            "cmp-1",
            lambda node: _has(node, "text") or _has(node, "entry") or _has(node, "section"),
        ),
        ("cmp-2", lambda node: not (_has(node, "emptyReason") and _has(node, "entry"))),
    ),
    "Patient.contact": (
        (
            "pat-1",
            lambda node: any(
                _has(node, one) for one in ("name", "telecom", "address", "organization")
            ),
        ),
    ),
    "CarePlan.activity": (
        ("cpl-3", lambda node: not (_has(node, "detail") and _has(node, "reference"))),
    ),
    "Goal.target": (("gol-1", lambda node: not _has(node, "detail[x]") or _has(node, "measure")),),
    "Observation.component": (("obs-6", _values_or_reason),),
    "Observation.referenceRange": (
        ("obs-3", lambda node: any(_has(node, one) for one in ("low", "high", "text"))),
    ),
    "QuestionnaireResponse.item": (
        (
            "qrs-1",
            lambda node: not (_has(node, "answer") and _has(node, "item")),
        ),
    ),
    "MedicationAdministration.dosage": (
        ("mad-1", lambda node: _has(node, "dose") or _has(node, "rate[x]")),
    ),
}


# -- invariants of data types ------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FORMATTED = _words(
    "a abbr acronym b big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3"
    " h4 h5 h6 hr i img li ol p pre q samp small span strong sub sup table tbody td tfoot th thead"
    " tr tt ul var"
)
"""The elements that a narrative may have (txt-1)."""
XHTML = "{http://www.w3.org/1999/xhtml}"


def _plain_xhtml(node: Node) -> bool:
    """Tell whether a narrative is well-formed, in XHTML's name space, and of plain formatting."""
    try:
        root = ET.fromstring(str(node.get("div", "")))  # noqa: S314 - the program's own text
    except ET.ParseError:
        return False
    tags = {str(one.tag) for one in root.iter()}
    return root.tag == f"{XHTML}div" and tags <= {f"{XHTML}{name}" for name in _FORMATTED}


def _says_something(node: Node) -> bool:
    return bool(re.sub(r"<[^>]*>", "", str(node.get("div", ""))).strip()) or "<img" in str(
        node.get("div", "")
    )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _simple(key: str, _node: Node) -> bool:
    return key in {"doseQuantity", "rateQuantity", "low", "high", "maxDosePerAdministration"}


def _low_to_high(node: Node) -> bool:
    low, high = node["low"].get("value"), node["high"].get("value")
    return not (_number(low) and _number(high)) or low <= high


_OF_TYPES: tuple[tuple[str, Callable[[str, Node], bool], Callable[[Node], bool]], ...] = (
    ("txt-1", lambda key, node: key == "text" and "div" in node, _plain_xhtml),
    ("txt-2", lambda key, node: key == "text" and "div" in node, _says_something),
    ("per-1", lambda key, _node: key.endswith(("period", "Period")), _span_holds),
    (
        "qty-3",
        lambda _key, node: _number(node.get("value")) and "code" in node,
        lambda node: _has(node, "system"),
    ),
    (
        "cpt-2",
        lambda key, node: key == "telecom" and "value" in node,
        lambda node: _has(node, "system"),
    ),
    ("sqty-1", _simple, lambda node: not _has(node, "comparator")),
    (
        "rng-2",
        lambda _key, node: (
            isinstance(node.get("low"), Mapping) and isinstance(node.get("high"), Mapping)
        ),
        _low_to_high,
    ),
    (
        "rat-1",
        lambda key, _node: key in {"maxDosePerPeriod", "valueRatio", "rateRatio"},
        lambda node: (
            _has(node, "numerator") == _has(node, "denominator")
            and (_has(node, "numerator") or _has(node, "extension"))
        ),
    ),
    (
        "tim-10",
        lambda key, node: key == "repeat" and "timeOfDay" in node,
        lambda node: not _has(node, "when"),
    ),
    (
        "tim-2",
        lambda key, node: key == "repeat" and "period" in node,
        lambda node: _has(node, "periodUnit"),
    ),
)
