"""How screens and papers say what is owed, what was given, and who stays."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from app.features.services.model.deliveries import Delivery, Outcome
from app.features.services.model.engagement import AskedBy, By, Closing, Curve, EpisodeState, Point
from app.features.services.model.mandates import NO_END, Basis, PeriodKind, Setting, Unit
from app.features.services.model.reckoning import Reckoned, Standing
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.wording import spoken_day

SETTINGS: Mapping[Setting, str] = {
    Setting.INDIVIDUAL: N_("Individual"),
    Setting.GROUP: N_("Group"),
    Setting.EITHER: N_("Individual or group"),
}
UNITS: Mapping[Unit, str] = {Unit.MINUTES: N_("Minutes"), Unit.SESSIONS: N_("Sessions")}
PERIODS: Mapping[PeriodKind, str] = {
    PeriodKind.WEEK: N_("Week"),
    PeriodKind.MONTH: N_("Month"),
    PeriodKind.YEAR: N_("School year"),
}
BASES: Mapping[Basis, str] = {
    Basis.IEP: N_("IEP"),
    Basis.SECTION_504: N_("504 plan"),
    Basis.PLAN: N_("Another plan"),
}
OUTCOMES: Mapping[Outcome, str] = {
    Outcome.DELIVERED: N_("Given"),
    Outcome.EXCUSED: N_("Excused"),
    Outcome.UNEXCUSED: N_("Unexcused"),
    Outcome.PROVIDER_ABSENT: N_("Provider absent"),
    Outcome.DECLINED: N_("Declined"),
    Outcome.HOLIDAY: N_("Holiday or no school"),
    Outcome.CANCELLED: N_("Cancelled by the school"),
    Outcome.UNACCOUNTED: N_("Unaccounted for"),
}
OUTCOME_KEYS: Mapping[Outcome, str] = {
    Outcome.EXCUSED: "E",
    Outcome.UNEXCUSED: "X",
    Outcome.PROVIDER_ABSENT: "P",
    Outcome.DECLINED: "D",
    Outcome.HOLIDAY: "H",
    Outcome.CANCELLED: "C",
    Outcome.UNACCOUNTED: "U",
}
"""The key that says why a session did not take place, and its letter on paper."""
STANDINGS: Mapping[Standing, str] = {
    Standing.MET: N_("Met"),
    Standing.ON_TRACK: N_("On track"),
    Standing.AT_RISK: N_("At risk"),
    Standing.SHORT: N_("Short"),
}
STANDING_MARKS: Mapping[Standing, str] = {
    Standing.MET: "✓",
    Standing.ON_TRACK: "•",
    Standing.AT_RISK: "!",
    Standing.SHORT: "–",
}
"""A sign for each, so that a grid holds without colour."""
ASKED_BY: Mapping[AskedBy, str] = {
    AskedBy.TEACHER: N_("Teacher"),
    AskedBy.PARENT: N_("Parent or guardian"),
    AskedBy.STUDENT: N_("The student"),
    AskedBy.NURSE: N_("Nurse"),
    AskedBy.TEAM: N_("Team"),
    AskedBy.SCREENING: N_("Screening"),
    AskedBy.OUTSIDE: N_("Someone outside the school"),
    AskedBy.STAFF: N_("Other staff"),
}
STATES: Mapping[EpisodeState, str] = {
    EpisodeState.WAITING: N_("Waiting"),
    EpisodeState.COMING: N_("Coming"),
    EpisodeState.STOPPED: N_("Stopped coming"),
    EpisodeState.NOT_STARTED: N_("Did not start"),
    EpisodeState.COMPLETED: N_("Completed"),
    EpisodeState.ENDED: N_("Ended"),
    EpisodeState.OVER: N_("Over by itself"),
}
CLOSINGS: Mapping[Closing, str] = {
    Closing.COMPLETED: N_("Completed as planned"),
    Closing.ENDED: N_("Ended for another reason"),
    Closing.NOT_STARTED: N_("Will not begin"),
}
APART: Mapping[By, str] = {
    By.NOTHING: N_("Everyone"),
    By.TIER: N_("Tier"),
    By.SERVICE: N_("Service"),
    By.SCHOOL: N_("School"),
    By.YEAR: N_("School year"),
}


def rule_said() -> str:
    """Return the rule of the curve, exactly, as page and paper state it."""
    return _(
        "Week 1 begins with the first session attended. A student still attends after a number of"
        " weeks when a session in the last of these weeks or later was attended and the service"
        " had not ended before that week began. Students whose weeks are not over yet are shown"
        " apart and counted neither as staying nor as lost. A service ends by itself when the"
        " student leaves the school or the caseload."
    )


def spoken_amount(amount: int, unit: Unit) -> str:
    """Return so many minutes or sessions."""
    if unit is Unit.MINUTES:
        return ngettext("{count} minute", "{count} minutes", amount).format(count=f"{amount:,}")
    return ngettext("{count} session", "{count} sessions", amount).format(count=f"{amount:,}")


def spoken_terms(unit: Unit, amount: int, times: int, each_minutes: int, period: PeriodKind) -> str:
    """Return what is owed in each period, as a plan says it."""
    if times:
        how = ngettext(
            "{times} time {minutes} minutes", "{times} times {minutes} minutes", times
        ).format(times=times, minutes=each_minutes)
    else:
        how = spoken_amount(amount, unit)
    by_kind = {
        PeriodKind.WEEK: _("{amount} per week"),
        PeriodKind.MONTH: _("{amount} per month"),
        PeriodKind.YEAR: _("{amount} per school year"),
    }
    said = by_kind[period].format(amount=how)
    if unit is Unit.SESSIONS and each_minutes:
        return _("{terms}, {minutes} minutes each").format(terms=said, minutes=each_minutes)
    return said


def spoken_dates(first: str, last: str) -> str:
    """Return from when to when something is owed."""
    if last == NO_END:
        return _("since {first}").format(first=spoken_day(first))
    return _("{first} to {last}").format(first=spoken_day(first), last=spoken_day(last))


def spoken_period(kind: PeriodKind, first: str, last: str) -> str:
    """Return the name of a period."""
    if kind is PeriodKind.WEEK:
        return _("week of {day}").format(day=spoken_day(first))
    return _("{first} to {last}").format(first=spoken_day(first), last=spoken_day(last))


def spoken_need(
    *, remaining: int, unit: Unit, last: str, today: str, planned: int, schedules: bool
) -> str:
    """Return what is still needed until when, and how much of it is planned."""
    if not remaining:
        return _("Nothing more is owed in this period")
    end = date.fromisoformat(last)
    while end.weekday() > _FRIDAY:
        end -= timedelta(days=1)
    if end.isoformat() < today:
        end = date.fromisoformat(last)
    near = 0 <= (end - date.fromisoformat(today)).days < _NEAR
    until = _(_WEEKDAYS[end.weekday()]) if near else spoken_day(end.isoformat())
    need = _("needs {amount} more by {day}").format(
        amount=spoken_amount(remaining, unit), day=until
    )
    if not schedules:
        return need
    if not planned:
        return _("{need}, no session planned").format(need=need)
    return ngettext(
        "{need}, {count} session planned", "{need}, {count} sessions planned", planned
    ).format(need=need, count=planned)


_NEAR, _FRIDAY = 7, 4
_WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def spoken_reckoned(one: Reckoned) -> str:
    """Return a period as a sentence, for those who do not see the grid."""
    parts = [
        _("{period}: {given} of {owed}").format(
            period=spoken_period(one.kind, one.first, one.last),
            given=one.given,
            owed=spoken_amount(one.owed, one.unit),
        )
    ]
    if one.made_up:
        parts.append(_("of it made up: {amount}").format(amount=one.made_up))
    parts += [
        _("{reason}: {amount}").format(reason=_(OUTCOMES[why]), amount=amount)
        for why, amount in one.missed.items()
        if amount and why is not Outcome.UNACCOUNTED
    ]
    if one.unaccounted:
        parts.append(_("unaccounted for: {amount}").format(amount=one.unaccounted))
    return "; ".join([*parts, _(STANDINGS[one.standing])])


def spoken_delivery(one: Delivery) -> str:
    """Return what became of a session, with its minutes."""
    if one.outcome is Outcome.DELIVERED:
        return spoken_amount(one.minutes, Unit.MINUTES)
    return _(OUTCOMES[one.outcome])


def spoken_year(year: str) -> str:
    """Return a school year by the calendar year it begins in."""
    return _("{first}–{last}").format(first=year, last=int(year) + 1) if year else ""


def curve_name(curve: Curve, by: By) -> str:
    """Return what a curve is of."""
    if by is By.TIER:
        return _("Tier {number}").format(number=curve.key)
    if by is By.YEAR:
        return spoken_year(curve.key)
    if by is By.NOTHING:
        return _("Everyone")
    return curve.label or _("No school")


def spoken_point(point: Point) -> str:
    """Return one week of a curve as a sentence."""
    if not point.judged:
        return _("after {week} weeks nothing can be said yet").format(week=point.week)
    return _("after {week} weeks {still} of {judged} still attend ({percent} %)").format(
        week=point.week, still=point.still, judged=point.judged, percent=point.percent
    )


def spoken_curve(name: str, points: Sequence[Point]) -> str:
    """Return a curve in words."""
    return _("{name}: {points}").format(
        name=name, points="; ".join(spoken_point(point) for point in points)
    )
