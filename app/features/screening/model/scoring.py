"""Scoring: what the answers of one screening come to, by the instrument's own rules.

Nothing is guessed: without the answers a rule asks for there is no score, and the result
tells why. Whole numbers only; where a rule prorates, halves are rounded up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from app.features.screening.model.instruments import (
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
    Scale,
)
from app.kernel.errors import Refused

Answers = Mapping[str, int]
"""The answers that were given, by item; a missing one is not in it."""


@unique
class WhyNot(StrEnum):
    """Why there is no score."""

    MISSING = "missing"
    """Too many answers are missing."""
    NOT_FOR = "not_for"
    """The scale is not for this informant, age or grade."""
    NOT_GIVEN = "not_given"
    """The score comes from the owner's key, and nobody entered it."""


@dataclass(frozen=True, slots=True)
class About:
    """Who answered, and about whom."""

    informant: Informant
    age: int | None = None
    """In whole years on the day; None where no birth date is known."""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """What one scale comes to."""

    scale: Scale
    score: int | None
    why_not: WhyNot | None = None
    missing: int = 0
    prorated: bool = False
    band: Band | None = None
    reached: tuple[Cutoff, ...] = ()
    judged: bool = False
    """Whether the instrument has a band or a cut-off for this informant, age and grade."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a screening comes to."""

    scales: tuple[ScaleResult, ...]
    outcome: Outcome | None
    """What a screener decides by rule; None without rules, or while answers are missing."""
    undecided: bool
    """Whether the instrument decides by rule and the answers do not yet tell."""
    risks: tuple[RiskRule, ...]
    """The answers that ask for a person, the most urgent first."""
    answers: Answers
    """Those that counted."""

    def of(self, scale: str) -> ScaleResult:
        """Return the result of one scale."""
        return next(one for one in self.scales if one.scale.id == scale)

    @property
    def level(self) -> int:
        """Return the gravest level that a band or the outcome has."""
        levels = [one.band.level for one in self.scales if one.band is not None]
        return max([*levels, self.outcome.level if self.outcome else 0], default=0)


def holds(condition: Condition, answers: Answers, scores: Mapping[str, int]) -> bool:
    """Tell whether a condition holds; a comparison with what is missing does not."""
    if condition.kind == "all":
        return all(holds(part, answers, scores) for part in condition.parts)
    if condition.kind == "any":
        return any(holds(part, answers, scores) for part in condition.parts)
    if condition.kind == "not":
        return not holds(condition.parts[0], answers, scores)
    found = (answers if condition.kind == "item" else scores).get(condition.name)
    if found is None:
        return False
    if condition.compare == "at_least":
        return found >= condition.value
    if condition.compare == "at_most":
        return found <= condition.value
    return found == condition.value


def asked(instrument: Instrument, answers: Answers) -> tuple[Item, ...]:
    """Return the items that are asked, given the answers so far."""
    if not instrument.branches:
        return instrument.items
    return tuple(
        item
        for item in instrument.items
        if item.asked_if is None or holds(item.asked_if, answers, {})
    )


def accepted_answers(instrument: Instrument, answers: Mapping[str, int]) -> dict[str, int]:
    """Return the answers to what is asked; refuse one that its item does not offer.

    An answer to an item that is no longer asked (its condition fell) does not count.
    """
    known = instrument.by_id
    for name, value in answers.items():
        item = known.get(name)
        if item is None:
            raise Refused("answer-unknown-item", name, item=name)
        if isinstance(value, bool) or not item.takes(value):
            raise Refused("answer-not-offered", name, item=name, value=value)
    found = dict(answers)
    while instrument.branches:
        kept = {item.id for item in asked(instrument, found)}
        if kept >= set(found):
            break
        found = {name: value for name, value in found.items() if name in kept}
    return found


def score(
    instrument: Instrument,
    answers: Answers,
    about: About,
    given: Mapping[str, int] | None = None,
) -> Result:
    """Return what answers come to; `given` are scores by the owner's key, by scale.

    Refuses an answer that is not offered and a given score out of its range.
    """
    counted = accepted_answers(instrument, answers)
    results: list[ScaleResult] = []
    scores: dict[str, int] = {}
    reached = frozenset(item.id for item in asked(instrument, counted))
    for scale in instrument.scales:
        if scale.shown_if is not None and not holds(scale.shown_if, counted, scores):
            continue
        result = _scaled(instrument, scale, counted, reached, about, given or {})
        results.append(result)
        if result.score is not None:
            scores[scale.id] = result.score
    outcome = next((one for one in instrument.outcomes if holds(one.when, counted, scores)), None)
    order = ("now", "today", "follow_up")
    risks = sorted(
        (one for one in instrument.risks if holds(one.when, counted, scores)),
        key=lambda one: order.index(one.urgency),
    )
    return Result(
        tuple(results),
        outcome,
        bool(instrument.outcomes) and outcome is None,
        tuple(risks),
        counted,
    )


def _scaled(
    instrument: Instrument,
    scale: Scale,
    answers: Answers,
    reached: frozenset[str],
    about: About,
    given: Mapping[str, int],
) -> ScaleResult:
    if not scale.whom.holds(about.informant, about.age, about.grade):
        return ScaleResult(scale, None, WhyNot.NOT_FOR)
    if scale.method is Method.GIVEN:
        if scale.id not in given:
            return ScaleResult(scale, None, WhyNot.NOT_GIVEN)
        total = given[scale.id]
        if isinstance(total, bool) or not scale.least <= total <= scale.most:
            raise Refused(
                "score-out-of-range", scale.id, least=scale.least, most=scale.most, value=total
            )
        return _judged(scale, total, about)
    # What is not asked counts as its least, and is not missing.
    items = [instrument.item(name) for name in scale.items]
    points = [
        item.points(answers.get(item.id, item.least))
        for item in items
        if item.id in answers or item.id not in reached
    ]
    gaps = len(items) - len(points)
    missing = sum(
        name in reached and name not in answers for name in scale.missing_over or scale.items
    )
    most = 0 if scale.missing is Missing.NONE else scale.missing_most
    if missing > most or not points:
        return ScaleResult(scale, None, WhyNot.MISSING, missing)
    if scale.missing is not Missing.PRORATE:
        return _judged(scale, sum(points), about, gaps)
    # Halves go up: (2·sum·n + answered) // (2·answered) is the rounded sum·n/answered.
    whole, there = len(items), len(points)
    total = (2 * sum(points) * whole + there) // (2 * there)
    return _judged(scale, min(total, scale.most), about, gaps, prorated=gaps > 0)


def _judged(
    scale: Scale, total: int, about: About, missing: int = 0, *, prorated: bool = False
) -> ScaleResult:
    facts = (about.informant, about.age, about.grade)
    band = next(
        (one for one in scale.bands if one.whom.holds(*facts) and one.first <= total <= one.last),
        None,
    )
    cutoffs = [one for one in scale.cutoffs if one.whom.holds(*facts)]
    reached = tuple(one for one in cutoffs if total >= one.at)
    judged = band is not None or bool(cutoffs)
    return ScaleResult(scale, total, None, missing, prorated, band, reached, judged)
