"""A desk with bell schedules and a school year, for the tests of the schedule room."""

from pathlib import Path

from app.bootstrap import Desk
from app.features.schedule.commands import PlanAppointment, SetBells, SetTravel, SetYear
from app.features.schedule.model.appointments import AppointmentKind, TypedAppointment
from app.features.schedule.model.bells import TypedPeriod
from app.features.schedule.model.calendar import TypedYear
from app.features.schedule.model.recurrence import TypedRule
from app.kernel.clock import Clock
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Role
from sessions_desk import add_student
from vaults import new_desk

ZONE = "America/New_York"
REGULAR = (
    TypedPeriod("1", "8:00", "8:50"),
    TypedPeriod("2", "8:55", "9:45"),
    TypedPeriod("3", "9:50", "10:40"),
    TypedPeriod("Lunch", "10:45", "11:15", teaches=False),
    TypedPeriod("4", "11:20", "12:10"),
    TypedPeriod("5", "12:15", "1:05 pm"),
)
EARLY = (TypedPeriod("1", "8:00", "8:30"), TypedPeriod("2", "8:35", "9:05"))


def schools(desk: Desk) -> list[SchoolId]:
    """Return the buildings' ids, in their order."""
    return [school.id for school in desk.schedule.buildings.schools()]


def give_calendar(
    desk: Desk, school: SchoolId, cycle: str = "", zone: str = ZONE
) -> dict[str, str]:
    """Give a building bells and a school year; return the ids of the bells."""
    buildings = desk.schedule.buildings
    regular = buildings.set_bells(SetBells(school, "Regular", REGULAR)).made
    early = buildings.set_bells(SetBells(school, "Early release", EARLY)).made
    year = TypedYear(school, "2026-08-24", "2027-06-11", zone, cycle=cycle, bells={"": regular})
    made = buildings.set_year(SetYear(year)).made
    return {"regular": regular, "early": early, "year": made}


def a_scheduled_desk(
    tmp_path: Path, clock: Clock | None = None, role: Role = Role.COUNSELOR
) -> tuple[Desk, list[SchoolId], StudentId]:
    """Return a desk with two buildings, the first with a calendar, and a student in it."""
    desk = new_desk(tmp_path, role, clock)
    buildings = schools(desk)
    give_calendar(desk, buildings[0])
    desk.schedule.buildings.set_travel(SetTravel(buildings[0], buildings[1], "20"))
    return desk, buildings, add_student(desk)


def typed(
    on: str, at: str, minutes: str = "30", school: SchoolId | None = None, **rest: object
) -> TypedAppointment:
    """Return an appointment as someone typed it: a session with a student, else a block."""
    kind = AppointmentKind.SESSION if rest.get("student_id") else AppointmentKind.DUTY
    facts = {"kind": kind, **rest}
    return TypedAppointment(on=on, at=at, minutes=minutes, school_id=school, **facts)  # type: ignore[arg-type]


def plan(desk: Desk, entry: TypedAppointment, rule: TypedRule | None = None) -> str:
    """Plan an appointment and return its id."""
    return desk.schedule.book.plan(PlanAppointment(entry, rule)).made
