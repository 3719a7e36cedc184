"""How screenings, their scores and risks are said on screen, paper and command line."""

from collections.abc import Mapping

from app.features.screening.importing import RowProblem
from app.features.screening.model.instruments import Informant, Instrument, Urgency
from app.features.screening.model.records import UNJUDGED, RiskEntryKind, Said, Screening, Source
from app.features.screening.model.scoring import ScaleResult, WhyNot
from app.kernel.words import N_, _, ngettext

INFORMANTS: Mapping[Informant, str] = {
    Informant.SELF: N_("The student"),
    Informant.PARENT: N_("A parent or guardian"),
    Informant.TEACHER: N_("A teacher"),
    Informant.STAFF: N_("A member of staff"),
}
SOURCES: Mapping[Source, str] = {
    Source.FORM: N_("From a paper form"),
    Source.INTERVIEW: N_("Asked in person"),
    Source.FILE: N_("From a file"),
    Source.OUTSIDE: N_("A score from elsewhere"),
}
URGENCIES: Mapping[Urgency, str] = {
    Urgency.NOW: N_("Now"),
    Urgency.TODAY: N_("Today"),
    Urgency.FOLLOW_UP: N_("Follow up"),
}
ENTRIES: Mapping[RiskEntryKind, str] = {
    RiskEntryKind.STEP: N_("Done"),
    RiskEntryKind.TOLD: N_("Told"),
    RiskEntryKind.CLOSED: N_("Closed"),
    RiskEntryKind.REOPENED: N_("Taken up again"),
    RiskEntryKind.MISTAKE: N_("Recorded in error"),
}
SAID: Mapping[Said, str] = {
    Said.GIVEN: N_("Agreed"),
    Said.DECLINED: N_("Declined"),
    Said.OPTED_OUT: N_("Opted out"),
    Said.WITHDRAWN: N_("Withdrawn"),
}
LEVELS: tuple[str, ...] = (
    N_("Usual range"),
    N_("Slightly raised"),
    N_("Raised"),
    N_("High"),
    N_("Very high"),
)
"""By level, in words of our own: an instrument's own band stands beside it."""


def spoken_level(level: int) -> str:
    """Return a level in words."""
    if level <= UNJUDGED:
        return _("No level")
    return _(LEVELS[min(max(level, 0), len(LEVELS) - 1)])


def spoken_why_not(why: str, missing: int) -> str:
    """Return why there is no score."""
    if why == WhyNot.MISSING:
        return ngettext(
            "no score: {count} answer is missing", "no score: {count} answers are missing", missing
        ).format(count=missing)
    if why == WhyNot.NOT_FOR:
        return _("not for this informant, age or grade")
    if why == WhyNot.NOT_GIVEN:
        return _("no score was entered")
    return _("no score")


def spoken_result(result: ScaleResult) -> str:
    """Return a scale's result as it is read: score of the most there is, band, cut-offs."""
    if result.score is None:
        return spoken_why_not(str(result.why_not), result.missing)
    parts = [_("{score} of {most}").format(score=result.score, most=result.scale.most)]
    if result.band is not None:
        parts.append(str(result.band.label))
    parts += [str(cutoff.label) for cutoff in result.reached]
    if result.prorated:
        parts.append(
            ngettext(
                "prorated: {count} answer is missing",
                "prorated: {count} answers are missing",
                result.missing,
            ).format(count=result.missing)
        )
    elif result.missing:
        parts.append(
            ngettext(
                "{count} answer is missing and counts 0",
                "{count} answers are missing and count 0",
                result.missing,
            ).format(count=result.missing)
        )
    return "; ".join(parts)


def spoken_scores(screening: Screening, instrument: Instrument | None) -> list[tuple[str, str]]:
    """Return each scale's name and its score as the screening keeps it."""
    found = []
    for scale_id, score, code, _level, reached in screening.scores:
        scale = next(
            (one for one in instrument.scales if one.id == scale_id) if instrument else iter(()),
            None,
        )
        name = str(scale.label) if scale is not None else scale_id
        if score is None:
            found.append((name, spoken_why_not(code, _missing_of(screening, instrument))))
            continue
        most = str(scale.most) if scale is not None else "–"
        parts = [_("{score} of {most}").format(score=score, most=most)]
        if scale is not None:
            parts += [str(band.label) for band in scale.bands if band.code == code][:1]
            parts += [str(one.label) for one in scale.cutoffs if one.code in reached.split()]
        found.append((name, "; ".join(parts)))
    return found


def _missing_of(screening: Screening, instrument: Instrument | None) -> int:
    return len(instrument.items) - len(screening.answers) if instrument is not None else 0


def spoken_outcome(screening: Screening, instrument: Instrument | None) -> str:
    """Return what a screener decided by rule; empty for those that sum."""
    if instrument is None or not instrument.outcomes:
        return ""
    if not screening.outcome:
        return (
            _("Refused to answer") if screening.refused else _("Not decided: answers are missing")
        )
    return next(
        (str(one.label) for one in instrument.outcomes if one.code == screening.outcome),
        screening.outcome,
    )


def spoken_total(screening: Screening, instrument: Instrument | None) -> str:
    """Return the one line that a list shows of a screening."""
    outcome = spoken_outcome(screening, instrument)
    if outcome:
        return outcome
    scores = spoken_scores(screening, instrument)
    return f"{scores[0][0]}: {scores[0][1]}" if scores else ""


def spoken_problem(problem: RowProblem, reason: str) -> str:
    """Return why a row of a file stayed out, and that it cannot be left at that."""
    if problem.asks:
        return _("Line {line} has an answer that asks for a person: {reason}").format(
            line=problem.line, reason=reason
        )
    return _("Line {line}: {reason}").format(line=problem.line, reason=reason)


def spoken_change(now: Screening, before: Mapping[str, int | None]) -> str:
    """Return how the first score differs from the time before; empty where none can be told."""
    if not now.scores:
        return ""
    new, old = now.scores[0][1], before.get(now.scores[0][0])
    if new is None or old is None:
        return ""
    if new == old:
        return _("as before")
    return (
        _("{count} up").format(count=new - old)
        if new > old
        else _("{count} down").format(count=old - new)
    )


def spoken_unconfirmed(instrument: Instrument) -> list[str]:
    """Return what of an instrument rests on no confirmed source, a sentence each."""
    found = []
    missing_said = False
    for code in instrument.unconfirmed():
        what, _colon, name = code.partition(":")
        if what == "licence":
            found.append(
                _("The terms of use are not confirmed: {note}").format(note=instrument.licence)
            )
        elif what == "missing" and not missing_said:
            missing_said = True
            found.append(
                _(
                    "How missing answers count is not confirmed: without every answer there is no score."
                )
            )
        elif what == "scale":
            scale = instrument.scale(name)
            found.append(
                _("{scale}: not confirmed. {source}").format(
                    scale=scale.label, source=scale.rule.source
                )
            )
        elif what == "outcome":
            rule = next(one for one in instrument.outcomes if one.code == name)
            found.append(
                _("{outcome}: this rule is not confirmed. {source}").format(
                    outcome=rule.label, source=rule.rule.source
                )
            )
    return found
