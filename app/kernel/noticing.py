"""The rules of the list of students who deserve a look: a person can read and change them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique

from app.kernel.errors import Refused

MOST_TIMES, MOST_DAYS = 100, 730


@unique
class Sign(StrEnum):
    """What is looked at."""

    MISSED_SESSIONS = "missed_sessions"
    CONCERNS = "concerns"
    SCREENING = "screening"
    WORSE_SCREENING = "worse_screening"
    OPEN_RISK = "open_risk"
    VISITS = "visits"
    NO_SESSION = "no_session"
    STAYS_LONGER = "stays_longer"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: at least so many, within so many days. What a number means is the sign's."""

    sign: Sign
    at_least: int
    days: int
    on: bool = True


SHIPPED: tuple[Rule, ...] = (
    Rule(Sign.OPEN_RISK, 1, 0),
    Rule(Sign.CONCERNS, 2, 60),
    Rule(Sign.MISSED_SESSIONS, 3, 42),
    Rule(Sign.SCREENING, 3, 90),
    Rule(Sign.WORSE_SCREENING, 1, 180),
    Rule(Sign.VISITS, 4, 30),
    Rule(Sign.NO_SESSION, 1, 28),
    Rule(Sign.STAYS_LONGER, 1, 0),
)
"""What the program begins with. These are ours, not a published standard."""


def rules_text(rules: Sequence[Rule]) -> str:
    """Return rules as a setting keeps them."""
    return json.dumps([[rule.sign, rule.at_least, rule.days, rule.on] for rule in rules])


def rules_of(text: str) -> tuple[Rule, ...]:
    """Return the rules of a setting; those it does not name are as they are shipped."""
    changed: dict[Sign, Rule] = {}
    if text:
        for sign, at_least, days, on in json.loads(text):
            if sign in tuple(Sign):
                changed[Sign(sign)] = Rule(Sign(sign), int(at_least), int(days), bool(on))
    return tuple(changed.get(rule.sign, rule) for rule in SHIPPED)


def changed_rule(rules: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    """Return the rules with one changed; refuse numbers that make no sense."""
    if not 1 <= rule.at_least <= MOST_TIMES:
        raise Refused("rule-between", "at_least", least=1, most=MOST_TIMES)
    usual = next(one for one in SHIPPED if one.sign is rule.sign)
    if usual.days and not 1 <= rule.days <= MOST_DAYS:
        raise Refused("rule-between", "days", least=1, most=MOST_DAYS)
    kept = rule if usual.days else replace(rule, days=0)
    return tuple(kept if one.sign is rule.sign else one for one in rules)


def accepted_rules(text: str) -> str:
    """Return the text of rules as a setting keeps it, empty for the shipped ones; refuse others."""
    try:
        given = rules_of(text)
    except (ValueError, TypeError):
        raise Refused("rules-unreadable", "noticing_rules") from None
    found = SHIPPED
    for rule in given:
        found = changed_rule(found, rule)
    return "" if found == SHIPPED else rules_text(found)
