"""A document while it is put together: resources with their labels, sections, and the Bundle.

**Labels.** Every resource says in `meta.security` how confidential it is (v3-Confidentiality):
*normal* for who people are, *restricted* for whatever tells of help, health or trouble. The
Bundle carries the highest that is in it. A sensitivity code tells what a record is about to
whoever only sees the label, and so needs the same protection as the record (HL7's Data
Segmentation for Privacy says so of its own labels): one is put only on a resource whose content
already says as much, never on the Bundle or the Composition. What labels are worth depends on
who reads them; they bind nobody who does not look.

**Addresses.** `fullUrl`s are made of the document's own id and what the resource is made of: two
documents about a student have none in common, so that two recipients cannot put them together
by these, and no id of the vault leaves.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from app.kernel.clock import Moment
from app.kernel.ids import new_id
from app.kernel.words import language
from app.overviews.fhir.check import Fault, check
from app.overviews.fhir.codes import (
    ACT_CODE,
    ACT_REASON,
    CONFIDENTIALITY,
    LEVELS,
    LOINC,
    UCUM,
    URIS,
)
from app.overviews.fhir.narrative import plain

Resource = dict[str, Any]
Reference = dict[str, str]

NORMAL, RESTRICTED = "N", "R"
PART2 = ("42CFRPart2", "SUD", "NORDSCLCD")
"""The labels of a record that is opened under 42 CFR part 2: it says by them what binds it."""
USES = {
    "TREAT": "treatment",
    "ETREAT": "Emergency Treatment",
    "CAREMGT": "care management",
    "PATRQT": "patient requested",
}
"""What a document may be used for (v3-ActReason)."""
_LEVEL_WORDS = {"N": "normal", "R": "restricted"}


class FaultyDocument(Exception):
    """A document did not pass its own check: a fault of the program, not of whoever asks."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{one.rule} at {one.where}" for one in faults))
        self.faults = tuple(faults)


@dataclass(slots=True)
class Section:
    """A part of the document, as people read it and as the resources say it."""

    title: str
    body: Mapping[str, str]
    """The narrative."""
    entries: list[Reference] = field(default_factory=list)
    loinc: str = ""


@dataclass(slots=True)
class Document:
    """A document that is being put together."""

    made: Moment
    id: str = field(default_factory=new_id)
    part2: frozenset[str] = frozenset()
    """The records that are labelled under 42 CFR part 2, by their ids."""
    sections: list[Section] = field(default_factory=list)
    _entries: dict[str, Resource] = field(default_factory=dict)
    _displays: dict[str, str] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        key: str,
        body: Resource,
        *,
        level: str = RESTRICTED,
        sensitive: Iterable[str] = (),
        display: str = "",
        record: str = "",
    ) -> Reference:
        """Put a resource in, once by its kind and key; return a reference to it.

        `record` is the id of what it is made of, where that is not the key's first part.
        """
        address = self._address(kind, key)
        if address not in self._entries:
            security = [label(CONFIDENTIALITY, level, _LEVEL_WORDS.get(level, ""))]
            opened = (record or key.partition("/")[0]) in self.part2
            codes = [*sensitive, *(PART2 if opened else ())]
            security += [label(ACT_CODE, code) for code in codes]
            self._entries[address] = {
                "resourceType": kind,
                "meta": {"security": security},
                **body,
            }
            self._displays[address] = display
        return self._reference(address)

    def reference(self, kind: str, key: str) -> Reference | None:
        """Return a reference to a resource that is in already, or None."""
        address = self._address(kind, key)
        return self._reference(address) if address in self._entries else None

    def section(
        self,
        title: str,
        body: Mapping[str, str],
        entries: Iterable[Reference] = (),
        loinc: str = "",
    ) -> None:
        """Put a section at the end."""
        known = {one["reference"]: one for one in entries}
        self.sections.append(Section(title, body, list(known.values()), loinc))

    def bundle(
        self, composition: Resource, provenance: Resource, purpose_of_use: str = ""
    ) -> Resource:
        """Return the whole as a Bundle that passed its check; the document is done then.

        Raises FaultyDocument where it did not pass.
        """
        levels = {code for one in self._entries.values() for code in _levels(one)} | {NORMAL}
        highest = max(levels, key=LEVELS.index)
        security = [label(CONFIDENTIALITY, highest, _LEVEL_WORDS.get(highest, ""))]
        if purpose_of_use:
            security.append(label(ACT_REASON, purpose_of_use, USES[purpose_of_use]))
        first = self._address("Composition", "")
        whole = {
            "resourceType": "Composition",
            "meta": {"security": security},
            "language": language(),
            "status": "final",
            "date": instant(self.made),
            "confidentiality": highest,
            **composition,
            "section": [_section(one) for one in self.sections],
        }
        last = {
            "resourceType": "Provenance",
            "meta": {"security": [label(CONFIDENTIALITY, highest, _LEVEL_WORDS.get(highest, ""))]},
            "target": [{"reference": first}, *({"reference": one} for one in self._entries)],
            "recorded": instant(self.made),
            **provenance,
        }
        entries = {first: whole, **self._entries, self._address("Provenance", ""): last}
        made: Resource = clean(
            {
                "resourceType": "Bundle",
                "meta": {"security": security},
                "language": language(),
                "identifier": {"system": URIS, "value": f"urn:uuid:{self.id}"},
                "type": "document",
                "timestamp": instant(self.made),
                "entry": [
                    {"fullUrl": address, "resource": one} for address, one in entries.items()
                ],
            }
        )
        faults = check(made)
        if faults:
            raise FaultyDocument(faults)
        return made

    def _address(self, kind: str, key: str) -> str:
        return f"urn:uuid:{uuid5(UUID(self.id), f'{kind}/{key}')}"

    def _reference(self, address: str) -> Reference:
        display = self._displays.get(address, "")
        return {"reference": address, "display": display} if display else {"reference": address}


def label(system: str, code: str, display: str = "") -> Resource:
    """Return a security label."""
    return {"system": system, "code": code, "display": display}


def _levels(resource: Resource) -> set[str]:
    return {one["code"] for one in resource["meta"]["security"] if one["system"] == CONFIDENTIALITY}


def _section(section: Section) -> Resource:
    coding = [{"system": LOINC, "code": section.loinc}] if section.loinc else []
    return {
        "title": section.title,
        "code": {"coding": coding, "text": section.title},
        "text": dict(section.body),
        "entry": section.entries,
    }


def clean(value: Any) -> Any:
    """Return a value as FHIR's JSON may hold it: nothing empty, no text it cannot carry."""
    if isinstance(value, Mapping):
        found = {key: clean(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if _says(inner)}
    if isinstance(value, list | tuple):
        return [one for one in (clean(inner) for inner in value) if _says(one)]
    return plain(value).strip() if isinstance(value, str) else value


def _says(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


# -- small pieces ------------------------------------------------------------------------


def concept(text: str, system: str = "", code: str = "", display: str = "") -> Resource:
    """Return a concept in words, with its code where there is one."""
    coding = [{"system": system, "code": code, "display": display}] if code else []
    return {"coding": coding, "text": text}


def quantity(value: float, unit: str, code: str = "") -> Resource:
    """Return a quantity with its unit, in UCUM."""
    return {"value": number(value), "unit": unit, "system": UCUM, "code": code or unit}


def number(value: float) -> int | float:
    """Return a number as it is written: whole where it is whole."""
    return int(value) if float(value).is_integer() else value


def instant(moment: Moment) -> str:
    """Return a moment with its offset from UTC, to the second."""
    return moment.wall().isoformat(timespec="seconds")


def period(start: str, end: str = "") -> Resource:
    """Return a period of days or instants; an empty end is open."""
    return {"start": start, "end": end}
