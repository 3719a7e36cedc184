"""How tiers, what was known when one was decided, and what deserves a look are said."""

from collections.abc import Callable, Mapping, Sequence

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
    count, days = rule.at_least, rule.days
    told: Mapping[Sign, Callable[[], str]] = {
        Sign.MISSED_SESSIONS: lambda: _("At least {times} missed sessions within {days} days"),
        Sign.CONCERNS: lambda: _("At least {times} concerns within {days} days"),
        Sign.SCREENING: lambda: _("A screening at “{level}” or above within {days} days"),
        Sign.WORSE_SCREENING: lambda: _(
            "A screening that went up by at least {times} levels since the time before, within"
            " {days} days"
        ),
        Sign.OPEN_RISK: lambda: _("At least {times} risk follow-ups that nobody has closed"),
        Sign.VISITS: lambda: _("At least {times} visits to the health office within {days} days"),
        Sign.NO_SESSION: lambda: _(
            "On your caseload at Tier 2 or 3, and no session held for {days} days"
        ),
        Sign.STAYS_LONGER: lambda: _(
            "At Tier 2 or 3 past the day on which it was to be looked at again"
        ),
    }
    return told[rule.sign]().format(times=count, days=days, level=spoken_level(count))


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
        words = _("the last session was held {day}") if met.day else _("no session was held so far")
    else:
        words = _("the tier was to be looked at again on {day}")
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
