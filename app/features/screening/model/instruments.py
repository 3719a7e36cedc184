"""Instruments as data: items, scales, cut-offs, what an answer asks for, and who says so.

An instrument is read from a JSON file that the program ships or a district supplies. Nothing
of it is code: a rule that its source does not confirm says so in the file, and the screen
says it on. Item labels are the program's own short ones; the wording of a form is loaded
from a questionnaire that the district has the right to use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from app.kernel.nouns import grade_rank
from app.kernel.words import language

MOST_DAYS = 366


@unique
class Informant(StrEnum):
    """Who answers."""

    SELF = "self"
    PARENT = "parent"
    TEACHER = "teacher"
    STAFF = "staff"


@unique
class Missing(StrEnum):
    """What a scale does about answers that are missing."""

    NONE = "none"
    """Without every answer there is no score."""
    ZERO = "zero"
    """They count as 0, up to a number of them."""
    PRORATE = "prorate"
    """The sum is brought to the full length and rounded, up to a number of them."""


@unique
class Method(StrEnum):
    """Where a scale's score comes from."""

    SUM = "sum"
    GIVEN = "given"
    """From the owner's own key: a person enters it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A label in the languages its file gives; English always."""

    texts: Mapping[str, str]

    def __str__(self) -> str:
        """Return it in the language in use."""
        return self.texts.get(language()) or self.texts["en"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that an item offers."""

    value: int
    label: Said
    loinc: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question."""

    id: str
    label: Said
    answers: tuple[Answer, ...]
    """Empty for a number of days, 0 to 366."""
    loinc: str = ""
    reverse: bool = False
    asked_if: "Condition | None" = None
    """When it is asked at all; otherwise always."""
    note: Said | None = None
    least: int = field(init=False, default=0)
    """The smallest answer."""
    most: int = field(init=False, default=MOST_DAYS)
    """The greatest answer."""
    _values: frozenset[int] = field(init=False, repr=False, default=frozenset())

    def __post_init__(self) -> None:
        """Look its answers over once: a school's screenings ask for them a hundred thousand times."""
        values = frozenset(answer.value for answer in self.answers)
        if values:
            object.__setattr__(self, "least", min(values))
            object.__setattr__(self, "most", max(values))
        object.__setattr__(self, "_values", values)

    def takes(self, value: int) -> bool:
        """Tell whether this can be its answer."""
        return value in self._values if self._values else 0 <= value <= MOST_DAYS

    def points(self, value: int) -> int:
        """Return what an answer counts: turned round where the item is."""
        return self.least + self.most - value if self.reverse else value


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom a band or a cut-off holds; what is not said holds for all."""

    informants: frozenset[Informant] = frozenset()
    ages: tuple[int, int] | None = None
    """In whole years, both ends included."""
    grades: tuple[str, str] | None = None

    def holds(self, informant: Informant, age: int | None, grade: str) -> bool:
        """Tell whether it holds; an age or grade that is not known fits no range."""
        if self.informants and informant not in self.informants:
            return False
        if self.ages is not None and (age is None or not self.ages[0] <= age <= self.ages[1]):
            return False
        if self.grades is not None:
            first, last = (grade_rank(end) for end in self.grades)
            return first <= grade_rank(grade) <= last
        return True


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of a scale with a name of its own, both ends included."""

    code: str
    first: int
    last: int
    label: Said
    level: int
    """0 for the usual stretch, greater for graver ones: decides its mark."""
    whom: Whom = Whom()


@dataclass(frozen=True, slots=True)
class Cutoff:
    """A score at or above which the source asks for something."""

    code: str
    at: int
    label: Said
    whom: Whom = Whom()


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rule stands: where it comes from, and whether that confirms it."""

    source: str
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """A total or a subscale."""

    id: str
    label: Said
    items: tuple[str, ...]
    least: int
    most: int
    rule: Rule
    method: Method = Method.SUM
    missing: Missing = Missing.NONE
    missing_most: int = 0
    """How many may be missing before there is no score."""
    missing_rule: Rule = Rule("")
    missing_over: tuple[str, ...] = ()
    """The items among which the missing are counted; the scale's own where empty."""
    bands: tuple[Band, ...] = ()
    cutoffs: tuple[Cutoff, ...] = ()
    loinc: str = ""
    whom: Whom = Whom()
    shown_if: "Condition | None" = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on answers and scores: all or any of others, not one, or a comparison."""

    kind: str
    """`all`, `any`, `not`, `item` or `scale`."""
    parts: tuple["Condition", ...] = ()
    name: str = ""
    compare: str = ""
    """`at_least`, `at_most` or `is`."""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a screener decides by rule rather than by sum; the first that holds, counts."""

    code: str
    label: Said
    level: int
    when: Condition
    rule: Rule


@unique
class Urgency(StrEnum):
    """How soon a risk answer asks for a person."""

    FOLLOW_UP = "follow_up"
    TODAY = "today"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class RiskRule:
    """An answer, or an outcome, that opens a risk follow-up."""

    code: str
    label: Said
    when: Condition
    urgency: Urgency
    rule: Rule
    steps: tuple[Said, ...] = ()
    """What the protocol asks for next, shown at once."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument, whole."""

    id: str
    version: str
    title: str
    purpose: Said
    informants: tuple[Informant, ...]
    ages: tuple[int, int] | None
    licence: str
    licence_confirmed: bool
    source: str
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    risks: tuple[RiskRule, ...] = ()
    loinc: str = ""
    notes: tuple[Said, ...] = ()
    outside: bool = False
    """Only a score obtained elsewhere is recorded: the instrument itself may not be shipped."""
    sha256: str = ""
    """Of the file as it was read: a screening keeps it."""
    by_id: Mapping[str, Item] = field(init=False, repr=False, default_factory=dict)
    """The items by their ids."""
    branches: bool = field(init=False, default=False)
    """Whether any item is asked only where another is answered so."""

    def __post_init__(self) -> None:
        """Look the items over once."""
        object.__setattr__(self, "by_id", {item.id: item for item in self.items})
        asked_if = any(item.asked_if is not None for item in self.items)
        object.__setattr__(self, "branches", asked_if)

    def item(self, name: str) -> Item:
        """Return the item of this id."""
        return self.by_id[name]

    def scale(self, name: str) -> Scale:
        """Return the scale of this id."""
        return next(scale for scale in self.scales if scale.id == name)

    def unconfirmed(self) -> tuple[str, ...]:
        """Return what rests on no confirmed source: `licence`, and codes of rules."""
        found = [] if self.licence_confirmed else ["licence"]
        for scale in self.scales:
            if not scale.rule.confirmed:
                found.append(f"scale:{scale.id}")
            if not scale.missing_rule.confirmed:
                found.append(f"missing:{scale.id}")
        found += [f"outcome:{one.code}" for one in self.outcomes if not one.rule.confirmed]
        found += [f"risk:{one.code}" for one in self.risks if not one.rule.confirmed]
        return tuple(found)
