"""Writes the buildings' bells and calendars, and the coming weeks of whoever sits at the desk.

Every command goes through the schedule room's own service, as by hand.
"""

from datetime import date, timedelta
from itertools import cycle
from typing import TYPE_CHECKING

from app.demo.calendar import first_day, last_day, school_days, year_end
from app.features.caseload.model import StudentFilter
from app.features.schedule.commands import (
    PlanAppointment,
    SetBells,
    SetSpecialDay,
    SetTravel,
    SetYear,
)
from app.features.schedule.model.appointments import AppointmentKind, TypedAppointment
from app.features.schedule.model.bells import TypedPeriod, clock_text
from app.features.schedule.model.calendar import TypedYear
from app.features.schedule.model.recurrence import Every, TypedRule
from app.kernel.clock import Moment
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Role
from app.kernel.words import _

if TYPE_CHECKING:
    from app.bootstrap import Desk

_WEEKS = 8
_STUDENTS = 9
_SEEN_AT = ("8:10", "9:05", "10:00", "11:20", "13:10")
_GROUPS_AT = ("12:15", "13:00")
"""When students are seen: at different hours, so that nobody misses one class each week."""
_AT_A_TIME = 50


def bells_and_weeks(desk: "Desk", now: Moment, role: Role) -> None:
    """Enter bells and this school year for each building, then plan the weeks that come."""
    schools = [school.id for school in desk.schedule.buildings.schools() if school.mine]
    today = now.day()
    days = school_days(first_day(year_end(today)), last_day(year_end(today)))
    for place, school in enumerate(schools):
        _calendar(desk, school, now.zone, days, turns=place == len(schools) - 1)
    _closed(desk, schools, days)
    for one, other, minutes in zip(schools, schools[1:], (10, 15, 20, 10), strict=False):
        desk.schedule.buildings.set_travel(SetTravel(one, other, str(minutes)))
    if role in {Role.NURSE, Role.ADMINISTRATOR} or not schools:
        return
    ahead = [day for day in days if day >= today]
    if len(ahead) > 1:
        _weeks(desk, schools, ahead)


def _calendar(desk: "Desk", school: SchoolId, zone: str, days: list[date], *, turns: bool) -> None:
    """Enter a building's bells and its year; one of the buildings has A and B days."""
    buildings = desk.schedule.buildings
    usual = buildings.set_bells(SetBells(school, _("Regular"), _periods(_AT_A_TIME))).made
    early = buildings.set_bells(SetBells(school, _("Early release"), _periods(30))).made
    buildings.set_year(
        SetYear(
            TypedYear(
                school,
                days[0].isoformat(),
                days[-1].isoformat(),
                zone,
                cycle="A, B" if turns else "",
                bells={"": usual, "3": early},
            )
        )
    )


def _periods(minutes: int) -> tuple[TypedPeriod, ...]:
    """Return six periods and lunch, five minutes apart."""
    found, starts = [], 8 * 60
    for name in ("1", "2", "3", _("Lunch"), "4", "5", "6"):
        long = 30 if name == _("Lunch") else minutes
        found.append(
            TypedPeriod(
                name, clock_text(starts), clock_text(starts + long), teaches=name != _("Lunch")
            )
        )
        starts += long + 5
    return tuple(found)


def _closed(desk: "Desk", schools: list[SchoolId], days: list[date]) -> None:
    """Enter each stretch of weekdays without school."""
    open_days, first = set(days), None
    day = days[0]
    while day <= days[-1]:
        closed = day.weekday() < 5 and day not in open_days
        if closed and first is None:
            first = day
        over = not closed and day.weekday() < 5
        if over and first is not None:
            last = day - timedelta(days=1)
            while last.weekday() > 4:
                last -= timedelta(days=1)
            reason = _("Holiday") if (last - first).days < 2 else _("Break")
            desk.schedule.buildings.set_special_day(
                SetSpecialDay(tuple(schools), first.isoformat(), last.isoformat(), reason=reason)
            )
            first = None
        day += timedelta(days=1)


def _weeks(desk: "Desk", schools: list[SchoolId], ahead: list[date]) -> None:
    """Plan students, groups and duties of one's own, a building a day where there are several."""
    until = ahead[min(len(ahead) - 1, _WEEKS * 5)]
    # The next day of each weekday: over a holiday that is more than five days.
    week = [next(day for day in ahead if day.weekday() == n) for n in _weekdays(ahead)]
    rows, _total = desk.caseload.page(StudentFilter(), limit=60)
    of_school: dict[SchoolId | None, list[StudentId]] = {}
    for row in rows:
        school = desk.schedule.book.student(row.id)[1]
        of_school.setdefault(school, []).append(row.id)
    turn = cycle(schools)
    planned = 0
    for day in week:
        school = next(turn)
        here = of_school.get(school, [])
        for at in _SEEN_AT[: 2 + day.weekday() % 2]:
            if here and planned < _STUDENTS:
                _plan(desk, AppointmentKind.SESSION, day, at, school, until, student=here.pop(0))
                planned += 1
        if day.weekday() == 1:
            _plan(desk, AppointmentKind.MEETING, day, "14:00", school, until, title=_("Team"))
        if day.weekday() in {0, 3}:
            _plan(desk, AppointmentKind.DUTY, day, "7:40", school, until, title=_("Bus duty"))
    # On the day of the first building, one after the other.
    for at, group_id in zip(_GROUPS_AT, desk.schedule.book.groups(), strict=False):
        _plan(desk, AppointmentKind.GROUP, week[0], at, schools[0], until, group=group_id)


def _weekdays(ahead: list[date]) -> list[int]:
    return sorted({day.weekday() for day in ahead})


def _plan(
    desk: "Desk",
    kind: AppointmentKind,
    day: date,
    at: str,
    school: SchoolId,
    until: date,
    *,
    student: StudentId | None = None,
    group: str = "",
    title: str = "",
) -> None:
    typed = TypedAppointment(
        kind,
        day.isoformat(),
        at,
        "20" if kind is AppointmentKind.DUTY else "30",
        student,
        group,
        school,
        title=title,
    )
    desk.schedule.book.plan(PlanAppointment(typed, TypedRule(Every.WEEK, until.isoformat())))
