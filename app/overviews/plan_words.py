"""How plans, goals, points and decisions are said on screen, paper and command line."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from app.features.plans.model.forms import Consent, PlanKind
from app.features.plans.model.records import Decision, Outcome, PlanGoal, Way
from app.features.plans.service.progress import GoalChart
from app.kernel.measures import MeasureKind, Proposal, Reading, Side, shown
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day

KINDS: Mapping[PlanKind, str] = {
    PlanKind.CASE_MANAGEMENT: N_("Case management"),
    PlanKind.COUNSELING: N_("Individual counseling"),
    PlanKind.BEHAVIOR: N_("Behavior"),
    PlanKind.HEALTH: N_("Health"),
    PlanKind.TRANSITION: N_("Transition"),
    PlanKind.REENTRY: N_("Re-entry"),
    PlanKind.ATTENDANCE: N_("Attendance"),
}
PARTS: Mapping[str, str] = {
    "strengths": N_("Strengths"),
    "needs": N_("Needs"),
    "supports": N_("Supports that are there"),
    "concern": N_("What brings the student here"),
    "behavior": N_("The behavior, as one would see it"),
    "antecedent": N_("What comes before it"),
    "consequence": N_("What follows it"),
    "function": N_("What it is for"),
    "replacement": N_("What takes its place"),
    "reinforcement": N_("What makes that worth while"),
    "response": N_("What adults do when it happens"),
    "condition": N_("The condition"),
    "accommodations": N_("Accommodations"),
    "emergency": N_("In an emergency"),
    "from_place": N_("From where"),
    "to_place": N_("To where"),
    "handover": N_("What is handed over, to whom"),
    "away": N_("Why and how long the student was away"),
    "return_schedule": N_("How the days of the return look"),
    "check_ins": N_("Who checks in, and when"),
    "safety": N_("What keeps the student safe"),
    "pattern": N_("The pattern of the absences"),
    "barriers": N_("What stands in the way"),
}
"""The sections of a plan."""
CONSENTS: Mapping[Consent, str] = {
    Consent.OPEN: N_("Not asked yet"),
    Consent.GIVEN: N_("Given in writing"),
    Consent.VERBAL: N_("Given in words"),
    Consent.DECLINED: N_("Declined"),
    Consent.NOT_NEEDED: N_("Not needed"),
}
MEASURES: Mapping[MeasureKind, str] = {
    MeasureKind.COUNT: N_("How often"),
    MeasureKind.RATING: N_("A rating from 0 to 10"),
    MeasureKind.PERCENT: N_("A percentage"),
    MeasureKind.DURATION: N_("Minutes"),
    MeasureKind.GAS: N_("Goal attainment scale, −2 to +2"),
}
LEVELS: tuple[str, ...] = (
    N_("−2: much less than expected"),
    N_("−1: less than expected"),
    N_("0: what is expected"),
    N_("+1: more than expected"),
    N_("+2: much more than expected"),
)
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.MET: N_("Achieved"),
    Outcome.CLOSER: N_("Closer"),
    Outcome.SAME: N_("The same"),
    Outcome.FURTHER: N_("Further away"),
    Outcome.DROPPED: N_("Given up"),
}
DECISIONS: Mapping[Decision, str] = {
    Decision.CONTINUE: N_("Continue"),
    Decision.CHANGE: N_("Change"),
    Decision.INTENSIFY: N_("Intensify"),
    Decision.FADE: N_("Fade"),
    Decision.CLOSE: N_("Close the plan"),
}
WAYS: Mapping[Way, str] = {
    Way.PAPER: N_("On paper"),
    Way.PRESENT: N_("In person"),
    Way.REMOTE: N_("From afar"),
    Way.DECLINED: N_("Did not sign"),
}
PROPOSED: Mapping[Proposal, Decision] = {
    Proposal.CONTINUE: Decision.CONTINUE,
    Proposal.FADE: Decision.FADE,
    Proposal.CHANGE: Decision.CHANGE,
    Proposal.INTENSIFY: Decision.INTENSIFY,
}
"""The decision that a proposal speaks for."""


def spoken_value(kind: MeasureKind, value: int | None) -> str:
    """Return a measurement with its unit; a dash where nothing was measured."""
    if value is None:
        return "–"
    if kind is MeasureKind.PERCENT:
        return f"{shown(value)}%"
    if kind is MeasureKind.DURATION:
        return _("{minutes} min").format(minutes=shown(value))
    if kind is MeasureKind.GAS:
        return f"+{shown(value)}" if value > 0 else shown(value).replace("-", "−")
    return shown(value)


def spoken_aim(goal: PlanGoal) -> str:
    """Return from where to where a goal leads, and by when."""
    return _("from {baseline} to {target} by {day}").format(
        baseline=spoken_value(goal.kind, goal.baseline),
        target=spoken_value(goal.kind, goal.target),
        day=spoken_day(goal.by_when),
    )


def spoken_reading(reading: Reading) -> str:
    """Return what the points speak for; a person decides."""
    if reading.proposal is Proposal.COLLECT:
        return ngettext(
            "{count} more point is needed before they speak for anything.",
            "{count} more points are needed before they speak for anything.",
            reading.needed,
        ).format(count=reading.needed)
    known = {
        Proposal.CONTINUE: _("The points lie about the goal line. They speak for going on."),
        Proposal.FADE: _(
            "Four points in a row are better than the goal line. They speak for fading the support,"
            " or for a higher target."
        ),
        Proposal.CHANGE: _(
            "Four points in a row fall short of the goal line. They speak for a change."
        ),
        Proposal.INTENSIFY: _(
            "Four points in a row fall short of the goal line after a change. They speak for more"
            " support."
        ),
    }
    return known[reading.proposal]


def short_reading(reading: Reading) -> str:
    """Return what the points speak for, in a word or two."""
    known = {
        Proposal.COLLECT: _("Too few points"),
        Proposal.CONTINUE: _("On course"),
        Proposal.FADE: _("Ahead: fade?"),
        Proposal.CHANGE: _("Behind: change?"),
        Proposal.INTENSIFY: _("Behind: intensify?"),
    }
    return known[reading.proposal]


def spoken_side(side: Side) -> str:
    """Return on which side of the goal line a run of points lies."""
    known = {
        Side.BETTER: _("Four in a row better than the goal line"),
        Side.WORSE: _("Four in a row short of the goal line"),
        Side.ON: _("On the goal line"),
    }
    return known[side]


def spoken_trend(kind: MeasureKind, slope: Fraction | None) -> str:
    """Return the change in a week; nothing with fewer than two days."""
    if slope is None:
        return ""
    tenth = round(slope / 100) * 100
    if not tenth:
        return _("about the same from week to week")
    value = spoken_value(kind, tenth)
    plus = "" if tenth < 0 or kind is MeasureKind.GAS else "+"
    return _("{change} a week").format(change=f"{plus}{value}".replace("-", "−"))


def trend_ends(chart: GoalChart) -> tuple[tuple[date, Fraction], ...]:
    """Return where the trend begins and ends in a picture: through the middle of its points.

    It covers the present phase; nothing where there is no trend.
    """
    began = max(chart.goal.baseline_on, *(one.begins_on for one in chart.phases), "")
    points = [
        (date.fromisoformat(one.day), one.value)
        for one in chart.points
        if one.value is not None and one.day >= began
    ]
    if chart.trend is None or not points:
        return ()
    slope = chart.trend / 7
    first, last = points[0][0], points[-1][0]
    above = sorted(value - slope * (day - first).days for day, value in points)
    middle = len(above) // 2
    start = above[middle] if len(above) % 2 else (above[middle - 1] + above[middle]) / 2
    return (first, Fraction(start)), (last, start + slope * (last - first).days)
