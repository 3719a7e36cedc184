"""Invented students and guardians, with names as families from many places write them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

_PRONOUNS = {"f": "she/her", "m": "he/him", "n": "they/them"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Latin letters, and as the family writes it where that differs."""

    latin: str
    native: str = ""

    @classmethod
    def of(cls, entry: str) -> "Name":
        """Return the name of an entry such as `Amina = أمينة`."""
        latin, _, native = entry.partition("=")
        return cls(latin.strip(), native.strip())


@dataclass(frozen=True, slots=True)
class Child:
    """Who a student is, before the school adds its own facts."""

    given: str
    family: str
    middle: str
    preferred: str
    pronouns: str
    language: str
    household: "Household"


@dataclass(frozen=True, slots=True)
class Adult:
    """A guardian, with how and when they may be reached."""

    given: str
    family: str
    relation: str
    phone: str
    sms: str
    email: str
    language: str
    interpreter: bool
    lives_with: bool
    reach_by: str
    reach_when: str
    do_not_contact: str


@dataclass(frozen=True, slots=True)
class Household:
    """A family: the language it speaks, its name, and the adults in it."""

    number: int
    tongue: str
    family: Name
    adults: tuple[Adult, ...]


@cache
def table(name: str) -> dict[str, Any]:
    """Return one of the demonstration's tables."""
    path = files("resources") / "demo" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def household(chance: Random, number: int) -> Household:
    """Return an invented family."""
    tongues = table("names")
    tongue = chance.choices(list(tongues), [entry["weight"] for entry in tongues.values()])[0]
    family = Name.of(chance.choice(tongues[tongue]["family"]))
    count = chance.choices((1, 2, 3), (30, 62, 8))[0]
    adults = tuple(_adult(chance, tongues[tongue], family, place) for place in range(count))
    return Household(number, tongue, family, adults)


def child(chance: Random, home: Household) -> Child:
    """Return an invented student of a family."""
    tongue = table("names")[home.tongue]
    kind = chance.choices("fmn", (46, 46, 8))[0]
    given = Name.of(chance.choice(tongue[kind]))
    called = tongue.get("called", {}).get(given.latin, "")
    first, last, preferred = given.latin, home.family.latin, ""
    written = chance.random() if given.native else 1.0
    if written < 0.14:
        first, last = given.native, home.family.native
    elif written < 0.3:
        first, last, preferred = given.native, home.family.native, called or given.latin
    elif called and chance.random() < 0.6:
        preferred = called
    elif written < 0.36:
        preferred = given.native
    middle = tongue.get("middle", ())
    pronouns = _PRONOUNS[kind] if chance.random() < 0.6 else ""
    if chance.random() < 0.04:
        pronouns = chance.choice(("they/them", "she/they", "he/they"))
    return Child(
        first,
        last,
        chance.choice(middle) if middle and chance.random() < 0.4 else "",
        preferred,
        pronouns,
        tongue["language"] or "English",
        home,
    )


def _adult(chance: Random, tongue: dict[str, Any], family: Name, place: int) -> Adult:
    contacts = table("notes")["contacts"]
    kind = "fm"[place % 2] if chance.random() < 0.9 else "mf"[place % 2]
    relations = contacts[f"relations_{kind}"]
    relation = relations[0] if chance.random() < 0.8 else chance.choice(relations)
    given = Name.of(chance.choice(tongue[kind])).latin
    phone = f"(603) 555-01{chance.randrange(100):02d}"
    way = chance.choices(("phone", "sms", "email", ""), (45, 30, 10, 15))[0]
    language = tongue["language"]
    return Adult(
        given,
        family.latin,
        relation,
        phone,
        phone if way == "sms" or chance.random() < 0.3 else "",
        f"family{chance.randrange(1000, 9999)}@mail.example"
        if way == "email" or chance.random() < 0.4
        else "",
        language or "English",
        bool(language) and chance.random() < 0.35,
        place == 0 or chance.random() < 0.6,
        way,
        chance.choice(contacts["when"]) if chance.random() < 0.5 else "",
        chance.choice(contacts["no"]) if place and chance.random() < 0.06 else "",
    )
