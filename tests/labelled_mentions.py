"""The labelled sentences of the name check, and how well a reading of them does."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.kernel.ids import StudentId
from app.kernel.mentions import Find, Guardian, NameCheck, NameIndex, Staff, Student

PLACE = Path(__file__).parent / "data" / "mentions"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled sentence."""

    cast: str
    text: str
    named: tuple[tuple[int, int, str, bool], ...]


@cache
def check_of(cast: str) -> NameCheck:
    """Return the check for a cast."""
    told = json.loads((PLACE / "casts.json").read_text(encoding="utf-8"))[cast]
    students = [
        Student(
            StudentId(one["id"]),
            one["given"],
            one["family"],
            one.get("middle", ""),
            one.get("preferred", ""),
            tuple(one.get("numbers", ())),
            tuple(one.get("contacts", ())),
            tuple(
                Guardian(given, family, (phone,) if phone else ())
                for given, family, phone in one.get("guardians", ())
            ),
        )
        for one in told["students"]
    ]
    staff = [Staff(given, family) for given, family in told["staff"]]
    return NameIndex(students, staff).check(told["own"], told["members"])


def sentences(name: str) -> list[Sentence]:
    """Return the sentences of one file."""
    return [
        Sentence(
            line["cast"],
            line["text"],
            tuple((n["start"], n["end"], n["kind"], n["possessive"]) for n in line["named"]),
        )
        for line in map(json.loads, (PLACE / name).read_text(encoding="utf-8").splitlines())
    ]


@dataclass
class Score:
    """What was found of what there was."""

    there: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    misses: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """The part of the names that was found."""
        return sum(self._forms(self.found)) / sum(self._forms(self.there))

    @property
    def precision(self) -> float:
        """The part of the finds that is right."""
        return self.right / (self.right + self.wrong)

    @staticmethod
    def _forms(counts: Counter[str]) -> Iterable[int]:
        return (count for kind, count in counts.items() if kind != "possessive")

    def table(self) -> str:
        """Return recall by kind, and precision, as lines of text."""
        lines = [
            f"{kind:<11}{self.found[kind]:>4} of {count:<4} {self.found[kind] / count:.3f}"
            for kind, count in sorted(self.there.items())
        ]
        lines.append(f"{'recall':<11}{self.recall:>20.3f}")
        lines.append(f"{'precision':<11}{self.precision:>20.3f}  ({self.wrong} wrong)")
        return "\n".join(lines)


def scored(several: Iterable[Sentence]) -> Score:
    """Read sentences with the check of their cast and compare with the labels."""
    score = Score()
    for sentence in several:
        finds = check_of(sentence.cast).finds(sentence.text)
        for start, end, kind, possessive in sentence.named:
            kinds = [kind, "possessive"] if possessive else [kind]
            score.there.update(kinds)
            if any(_covers(find, start, end) for find in finds):
                score.found.update(kinds)
            else:
                score.misses.append(f"{kind}: {sentence.text[start:end]!r} in {sentence.text!r}")
        for find in finds:
            if any(find.start < end and start < find.end for start, end, *_ in sentence.named):
                score.right += 1
            else:
                score.wrong += 1
                score.alarms.append(f"{find.text!r} in {sentence.text!r}")
    return score


def _covers(find: Find, start: int, end: int) -> bool:
    return find.start <= start and find.end >= end
