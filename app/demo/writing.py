"""Invented session notes, composed from sentences in the formats people are trained in."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from app.demo.people import table
from app.kernel.nouns import Role

_FORMATS = ("soap", "dap", "birp", "girp", "free")
_SHARES: dict[Role, tuple[int, ...]] = {
    Role.COUNSELOR: (28, 34, 14, 8, 16),
    Role.NURSE: (55, 10, 5, 2, 28),
    Role.SOCIAL_WORKER: (10, 30, 32, 18, 10),
    Role.PSYCHOLOGIST: (30, 36, 10, 14, 10),
    Role.ADMINISTRATOR: (25, 25, 15, 10, 25),
}
_LEANING: dict[Role, dict[str, int]] = {
    Role.COUNSELOR: {"worry": 5, "friends": 5, "learning": 4, "future": 4, "family": 3},
    Role.NURSE: {"health": 30, "needs": 4, "worry": 3},
    Role.SOCIAL_WORKER: {"needs": 6, "attendance": 6, "family": 5, "newcomer": 4},
    Role.PSYCHOLOGIST: {"behavior": 6, "worry": 6, "learning": 5, "crisis": 3},
    Role.ADMINISTRATOR: {},
}
_PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "soap": {
        "subjective": ("said", "said"),
        "objective": ("seen", "did"),
        "assessment": ("sense", "felt"),
        "plan": ("plan",),
    },
    "dap": {
        "data": ("said", "seen", "did"),
        "assessment": ("felt", "sense"),
        "plan": ("plan", "plan"),
    },
    "birp": {
        "behavior": ("said", "seen"),
        "intervention": ("did",),
        "response": ("felt",),
        "plan": ("plan",),
    },
    "girp": {
        "goal": ("goal",),
        "intervention": ("did",),
        "response": ("felt", "said"),
        "plan": ("plan",),
    },
    "free": {"note": ("prose", "said", "did", "sense", "plan")},
}


@dataclass(frozen=True, slots=True)
class Written:
    """What a note says: its format, and each section's text by its key."""

    format: str
    texts: dict[str, str]


def themes(role: Role, grade: int, tier: int) -> Iterator[tuple[str, int]]:
    """Yield what sessions may be about for a grade and a tier, with how often each comes."""
    for name, theme in table("notes").items():
        if "services" not in theme or tier not in theme["tiers"]:
            continue
        if "grades" in theme and f"{grade:02d}" not in theme["grades"]:
            continue
        yield name, _LEANING[role].get(name, 1) * (3 if name == "crisis" and tier == 3 else 2)


def theme(name: str) -> dict[str, Any]:
    """Return a theme: its services, interventions and sentences."""
    found: dict[str, Any] = table("notes")[name]
    return found


def written(chance: Random, role: Role, about: str, student: str) -> Written:
    """Return the note of a session about a theme."""
    chosen = chance.choices(_FORMATS, _SHARES[role])[0]
    source = theme(about)
    prose = table("notes")["sentences"]["prose"]
    texts: dict[str, str] = {}
    for key, kinds in _PARTS[chosen].items():
        said: list[str] = []
        for kind in kinds:
            sentence = filled(chance, chance.choice(source.get(kind, prose)), student)
            if sentence not in said:
                said.append(sentence)
        if not texts and chance.random() < 0.2:
            said.append(filled(chance, chance.choice(prose), student))
        texts[key] = " ".join(said)
    return Written(chosen, texts)


def sentence(chance: Random, kind: str, student: str = "") -> str:
    """Return one of the sentences of a kind: why absent, why late, why a tier …"""
    return filled(chance, chance.choice(table("notes")["sentences"][kind]), student)


def filled(chance: Random, text: str, student: str) -> str:
    """Return a sentence with its names and numbers."""
    if "{" not in text:
        return text
    adult = chance.choice(table("notes")["contacts"]["adults"])
    return text.format(name=student, adult=adult, scale=chance.randrange(5, 10))
