"""Categories of time: versioned sets of them, and how a few letters or a digit find one.

A district's own set comes as a JSON file (docs/user/time-categories.md); it is taken whole
or refused with the first thing to mend.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Any

from app.kernel.errors import Refused
from app.kernel.names import folded
from app.kernel.nouns import Role
from app.kernel.words import _

MOST_CATEGORIES = 99
MOST_GROUPS = 12
LONGEST_LABEL = 80
LONGEST_NOTE = 2000
LARGEST_FILE = 1_000_000
"""Bytes: a longer file is no set of categories."""

USUAL_SETS: Mapping[Role, str] = {
    Role.COUNSELOR: "asca",
    Role.NURSE: "school-nursing",
    Role.SOCIAL_WORKER: "school-social-work",
    Role.PSYCHOLOGIST: "school-social-work",
    Role.ADMINISTRATOR: "asca",
}
"""The set that a person of each role starts with."""
GROUP_SERVICE = "group"
"""What stands for the kind of service where a group was taken that names none."""

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@unique
class TargetKind(StrEnum):
    """Which side of its percentage a target asks for."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A group of categories: direct services, indirect ones, and so on."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Category:
    """One category; its position is the number that chooses it."""

    code: str
    label: str
    bundle: str
    position: int
    words: str = ""
    """What else finds it when it is typed."""


@dataclass(frozen=True, slots=True)
class Target:
    """The share of the time that some groups together ought to have, in percent."""

    groups: tuple[str, ...]
    kind: TargetKind
    percent: int

    def met(self, minutes: int, total: int) -> bool:
        """Tell whether `minutes` of `total` meet the target; nothing logged breaks none."""
        if self.kind is TargetKind.AT_LEAST:
            return minutes * 100 >= self.percent * total
        return minutes * 100 <= self.percent * total


@dataclass(frozen=True, slots=True)
class CategorySet:
    """One version of a set of categories, as it was loaded."""

    code: str
    version: int
    name: str
    note: str
    starts_on: str
    ends_on: str
    groups: tuple[Bundle, ...]
    categories: tuple[Category, ...]
    targets: tuple[Target, ...] = ()
    fallback: str = ""
    """The category of a session for which nothing else is said."""
    shipped: bool = False

    def category(self, code: str) -> Category | None:
        """Return a category by its code."""
        return next((one for one in self.categories if one.code == code), None)

    def group(self, code: str) -> Bundle | None:
        """Return a group by its code."""
        return next((one for one in self.groups if one.code == code), None)

    def said(self, label: str) -> str:
        """Return one of its words in the language in use: those that were shipped are translated."""
        return _(label) if self.shipped and label else label


def in_force(sets: Sequence[CategorySet], code: str, day: str) -> CategorySet:
    """Return the version of a set that counts on a day: the newest one that has begun.

    A day that no version covers has the newest version, and a set that is not there gives way
    to the first there is: no work is ever without a category.
    """
    own = [one for one in sets if one.code == code] or list(sets)
    own.sort(key=lambda one: one.version, reverse=True)
    for one in own:
        if one.starts_on <= day and (not one.ends_on or day <= one.ends_on):
            return one
    return own[0]


def found_category(text: str, of: CategorySet) -> Category | None:
    """Return the category that was meant by a number, or by the beginnings of words.

    Of several, one whose label begins so comes first, then one that has the words in its
    label, then the order of the set.
    """
    entry = text.strip()
    if entry.isascii() and entry.isdecimal():
        number = int(entry[:4])
        return next((one for one in of.categories if one.position == number), None)
    typed = folded(entry)
    if not typed:
        return None
    ranked = []
    for one in of.categories:
        label = folded(of.said(one.label))
        if label.startswith(typed):
            rank = 0
        elif _begins_words(typed, label):
            rank = 1
        elif _begins_words(typed, folded(f"{one.code} {one.label} {one.words}")):
            rank = 2
        else:
            continue
        ranked.append((rank, one.position, one))
    return min(ranked, key=lambda found: found[:2])[2] if ranked else None


def _begins_words(typed: str, text: str) -> bool:
    words = text.split()
    return all(any(word.startswith(part) for word in words) for part in typed.split())


def accepted_category(text: str, of: CategorySet) -> Category:
    """Return the category that was meant; refuse what finds none."""
    found = of.category(text.strip()) or found_category(text, of)
    if found is None:
        raise Refused("category-unknown" if text.strip() else "category-missing", "category")
    return found


# -- a district's own set ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadedSet:
    """A set as a file gives it, with what is usual for each kind of service."""

    set: CategorySet
    usual: Mapping[str, str]


def read_set(text: str) -> LoadedSet:
    """Return the set that a file's text describes; refuse the whole file at the first mistake."""
    try:
        facts = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise Refused("categories-not-json", "file", line=error.lineno) from None
    except RecursionError:
        raise Refused("categories-not-json", "file", line=1) from None
    top = _Place(facts, "")
    code = top.code("code")
    version = top.number("version", 1, 9999)
    starts, ends = top.day("effective_from"), top.day("effective_to")
    if starts and ends and ends < starts:
        raise Refused("categories-ends-before", "file")
    groups = tuple(
        Bundle(place.code("code"), place.text("label"))
        for place in top.places("groups", ("code", "label"), MOST_GROUPS)
    )
    _distinct([one.code for one in groups], "groups")
    categories = tuple(
        Category(
            place.code("code"),
            place.text("label"),
            place.one_of("group", [one.code for one in groups]),
            position,
            " ".join(place.texts("words")),
        )
        for position, place in enumerate(
            top.places("categories", ("code", "label", "group", "words"), MOST_CATEGORIES), 1
        )
    )
    codes = [one.code for one in categories]
    _distinct(codes, "categories")
    _distinct([folded(one.label) for one in categories], "categories")
    targets = tuple(_target(place, groups) for place in top.targets())
    fallback = top.one_of("fallback", codes) if "fallback" in top.facts else codes[0]
    usual = top.usual(codes)
    name, note = top.text("name"), top.text("note", LONGEST_NOTE, needed=False)
    top.only(
        (
            "code", "version", "name", "note", "effective_from", "effective_to", "groups",
            "categories", "targets", "fallback", "usual",
        )
    )  # fmt: skip
    return LoadedSet(
        CategorySet(code, version, name, note, starts, ends, groups, categories, targets, fallback),
        usual,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    _distinct(names, "")
    return dict(pairs)


def _distinct(names: Sequence[str], where: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Refused("categories-twice", "file", where=where or "{}", name=name)
        seen.add(name)


def _target(place: "_Place", groups: Sequence[Bundle]) -> Target:
    kinds = [kind for kind in TargetKind if kind.value in place.facts]
    if len(kinds) != 1:
        raise Refused("categories-target", "file", where=place.where)
    chosen = place.texts("groups")
    known = {one.code for one in groups}
    if not chosen or any(one not in known for one in chosen):
        raise Refused(
            "categories-unknown", "file", where=f"{place.where}.groups", known=", ".join(known)
        )
    return Target(tuple(chosen), kinds[0], place.number(kinds[0].value, 0, 100))


class _Place:
    """One object of the file, and where in it that is."""

    def __init__(self, facts: Any, where: str) -> None:
        self.where = where
        if not isinstance(facts, dict):
            raise Refused("categories-shape", "file", where=where or "{}", wanted="{ … }")
        self.facts: dict[str, Any] = facts

    def _at(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def _wrong(self, key: str, wanted: str) -> Refused:
        if key not in self.facts:
            return Refused("categories-missing", "file", where=self._at(key))
        return Refused("categories-shape", "file", where=self._at(key), wanted=wanted)

    def only(self, keys: Sequence[str]) -> None:
        for key in self.facts:
            if key not in keys:
                raise Refused("categories-stray", "file", where=self._at(key))

    def text(self, key: str, longest: int = LONGEST_LABEL, *, needed: bool = True) -> str:
        value = self.facts.get(key, "")
        if not isinstance(value, str) or len(value) > longest:
            raise self._wrong(key, f'"…" ≤ {longest}')
        kept = " ".join(value.encode("utf-8", "replace").decode().split())
        if needed and not kept:
            raise self._wrong(key, '"…"')
        return kept

    def code(self, key: str) -> str:
        value = self.facts.get(key)
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise self._wrong(key, "a–z 0–9 -")
        return value

    def one_of(self, key: str, known: Sequence[str]) -> str:
        value = self.facts.get(key)
        if value not in known:
            if key not in self.facts:
                raise self._wrong(key, "")
            raise Refused("categories-unknown", "file", where=self._at(key), known=", ".join(known))
        return str(value)

    def number(self, key: str, least: int, most: int) -> int:
        value = self.facts.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self._wrong(key, f"{least}–{most}")
        return value

    def day(self, key: str) -> str:
        value = self.facts.get(key, "")
        if value == "":
            return ""
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise self._wrong(key, '"2027-08-01"') from None

    def texts(self, key: str) -> list[str]:
        value = self.facts.get(key, [])
        if not isinstance(value, list) or any(
            not isinstance(one, str) or len(one) > LONGEST_LABEL for one in value
        ):
            raise self._wrong(key, '["…"]')
        return value

    def places(self, key: str, keys: Sequence[str], most: int) -> list["_Place"]:
        value = self.facts.get(key)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise self._wrong(key, f"[ … ] 1–{most}")
        found = [_Place(one, f"{key}[{number}]") for number, one in enumerate(value, 1)]
        for place in found:
            place.only(keys)
        return found

    def targets(self) -> list["_Place"]:
        if not self.facts.get("targets", []):
            return []
        return self.places("targets", ("groups", "at_least", "at_most"), MOST_GROUPS)

    def usual(self, codes: Sequence[str]) -> dict[str, str]:
        place = _Place(self.facts.get("usual", {}), "usual")
        return {service: place.one_of(service, codes) for service in place.facts}
