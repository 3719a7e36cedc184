"""How tiers, what was known when one was decided, and what deserves a look are said."""

from collections.abc import Mapping, Sequence

from app.kernel.noticing import Rule, Sign
from app.kernel.nouns import Tier
from app.kernel.words import N_, _, ngettext
from app.overviews.evidence import Fact
from app.overviews.noticing import Met
from app.overviews.reports.wording import spoken_day
from app.overviews.screening_words import spoken_level

SIGNS: Mapping[Sign, str] = {
    Sign.MISSED_SESSIONS: N_("Missed sessions"),
    Sign.CONCERNS: N_("Concerns"),
    Sign.SCREENING: N_("Screening"),
    Sign.WORSE_SCREENING: N_("Screening went up"),
    Sign.OPEN_RISK: N_("Open risk follow-up"),
    Sign.VISITS: N_("Health office visits"),
    Sign.NO_SESSION: N_("No session"),
    Sign.STAYS_LONGER: N_("Tier longer than said"),
}
SHORT: Mapping[Tier, str] = {
    Tier.UNIVERSAL: N_("Tier 1"),
    Tier.TARGETED: N_("Tier 2"),
    Tier.INTENSIVE: N_("Tier 3"),
}


def spoken_rule(rule: Rule) -> str:
    """Return a rule as the sentence that a person reads."""
    count = rule.at_least
    span = ngettext("{count} day", "{count} days", rule.days).format(count=rule.days)
    if rule.sign is Sign.MISSED_SESSIONS:
        words = ngettext(
            "At least {times} missed session within {span}",
            "At least {times} missed sessions within {span}",
            count,
        )
    elif rule.sign is Sign.CONCERNS:
        words = ngettext(
            "At least {times} concern within {span}",
            "At least {times} concerns within {span}",
            count,
        )
    elif rule.sign is Sign.SCREENING:
        words = _("A screening at “{level}” or above within {span}")
    elif rule.sign is Sign.WORSE_SCREENING:
        words = ngettext(
            "A screening within {span} that stands at least {times} level above the one before",
            "A screening within {span} that stands at least {times} levels above the one before",
            count,
        )
    elif rule.sign is Sign.OPEN_RISK:
        words = ngettext(
            "At least {times} risk follow-up that nobody has closed",
            "At least {times} risk follow-ups that nobody has closed",
            count,
        )
    elif rule.sign is Sign.VISITS:
        words = ngettext(
            "At least {times} visit to the health office within {span}",
            "At least {times} visits to the health office within {span}",
            count,
        )
    elif rule.sign is Sign.NO_SESSION:
        words = _("On your caseload at Tier 2 or 3, and no session held for {span}")
    else:
        words = _("At Tier 2 or 3 past the day on which it was to be looked at again")
    return words.format(times=count, span=span, level=spoken_level(count))


def asks_for(sign: Sign) -> tuple[bool, bool]:
    """Return whether a rule of this sign has a number of times, and a number of days."""
    return (
        sign not in (Sign.NO_SESSION, Sign.STAYS_LONGER),
        sign not in (Sign.OPEN_RISK, Sign.STAYS_LONGER),
    )


def spoken_met(met: Met) -> str:
    """Return the facts that met a rule, with the newest one's day."""
    if met.sign is Sign.SCREENING:
        words = _("{title} at “{level}”, the newest {day}")
    elif met.sign is Sign.WORSE_SCREENING:
        words = ngettext(
            "{title} went up by {count} level, {day}",
            "{title} went up by {count} levels, {day}",
            met.count,
        )
    elif met.sign is Sign.MISSED_SESSIONS:
        words = ngettext(
            "{count} missed session, {day}", "{count} missed sessions, the last {day}", met.count
        )
    elif met.sign is Sign.CONCERNS:
        words = ngettext("{count} concern, {day}", "{count} concerns, the last {day}", met.count)
    elif met.sign is Sign.OPEN_RISK:
        words = ngettext(
            "{count} open risk follow-up: {title}, {day}",
            "{count} open risk follow-ups: {title}, the newest {day}",
            met.count,
        )
    elif met.sign is Sign.VISITS:
        words = ngettext(
            "{count} visit to the health office, {day}",
            "{count} visits to the health office, the last {day}",
            met.count,
        )
    elif met.sign is Sign.NO_SESSION:
        words = _("The last session was held {day}") if met.day else _("No session was held so far")
    else:
        words = _("The tier was to be looked at again on {day}")
    return words.format(
        count=met.count,
        title=", ".join(met.text.split(",")),
        level=spoken_level(met.count),
        day=spoken_day(met.day),
    )


def spoken_fact(fact: Fact) -> str:
    """Return one fact that was known when a tier was decided."""
    kind, day, text, number = fact
    when = spoken_day(day)
    if kind == "screening":
        words = _("{title}, {day}: {level}")
    elif kind == "goal":
        words = _("Goal “{title}”, {day}: {count}")
    elif kind == "sessions_held":
        words = ngettext(
            "{count} session held in 8 weeks, {day}",
            "{count} sessions held in 8 weeks, the last {day}",
            number,
        )
    elif kind == "sessions_missed":
        words = ngettext(
            "{count} session missed in 8 weeks, {day}",
            "{count} sessions missed in 8 weeks, the last {day}",
            number,
        )
    else:
        words = ngettext("{count} concern, {day}", "{count} concerns, the last {day}", number)
    return words.format(title=text, day=when, count=number, level=spoken_level(number))


def spoken_facts(facts: Sequence[Fact]) -> str:
    """Return all that was known, a line each."""
    if not facts:
        return _("Nothing was on record: no screening, goal, session or concern.")
    return "\n".join(spoken_fact(fact) for fact in facts)
