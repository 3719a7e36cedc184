"""A year's schedule for five buildings laid out, against the bare query, side by side.

    python -m tests.bench.schedule [APPOINTMENTS]

The bare way runs the plain statement that answers what was planned in the year, with students'
names, and the plain statements for calendars and busy times, on a connection of its own. Ours
asks the schedule room, which gives each of 365 days with its appointments side by side and
what the day is in each of the five buildings. Floor: 2 times.
"""

import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlcipher3 import dbapi2

from app.bootstrap import Desk, Founder, create_vault
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
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
from app.features.schedule.repo.appointments import OF_DAYS
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.nouns import Role
from app.vault.sealing import floor

FLOOR = 2.0
FIRST, LAST = date(2026, 8, 1), date(2027, 7, 31)
BUILDINGS = tuple(f"{name} School" for name in ("Alder", "Birch", "Cedar", "Dogwood", "Elm"))
CALENDARS = (
    "SELECT school_id, starts_on, ends_on, weekdays, cycle, bells, zone FROM school_year",
    "SELECT school_id, day, closed, bell_id, cycle_day, reason FROM special_day",
    (
        "SELECT b.id, b.school_id, b.name, p.name, p.starts, p.ends FROM bell_schedule b"
        " JOIN bell_period p ON p.bell_id = b.id ORDER BY b.id, p.position"
    ),
    (
        "SELECT b.id, b.name, w.position FROM school b LEFT JOIN person_school w"
        " ON w.school_id = b.id ORDER BY b.name"
    ),
    "SELECT id, name FROM student_group WHERE closed_on = ''",
)


def a_year(place: Path, appointments: int) -> Desk:
    """Make a vault with five buildings, their calendars, and a year of appointments."""
    clock = FixedClock(Moment("2026-08-10T12:00:00.000Z", "America/New_York"))
    founding = create_vault(
        place / "year",
        Founder("Tomasz Wróbel", Role.SOCIAL_WORKER, "six quiet rivers over slate", BUILDINGS),
        DeviceId(new_id()),
        clock=clock,
        stretch=floor(),
    )
    desk = founding.desk
    desk.confirm_recovery(founding.recovery_words, dict(enumerate(founding.recovery_words, 1)))
    buildings = desk.schedule.buildings
    schools = [school.id for school in buildings.schools()]
    for number, school in enumerate(schools):
        bells = [
            TypedPeriod(
                str(period + 1), clock_text(480 + 50 * period), clock_text(525 + 50 * period)
            )
            for period in range(7)
        ]
        usual = buildings.set_bells(SetBells(school, "Regular", tuple(bells))).made
        early = buildings.set_bells(SetBells(school, "Early release", tuple(bells[:4]))).made
        buildings.set_year(
            SetYear(
                TypedYear(
                    school,
                    "2026-08-24",
                    "2027-06-11",
                    "America/New_York",
                    cycle="A, B" if number % 2 else "",
                    bells={"": usual, "3": early},
                )
            )
        )
        buildings.set_travel(SetTravel(school, schools[number - 1], "15"))
    for on, until in (("2026-11-26", "2026-11-27"), ("2026-12-21", "2027-01-01")):
        buildings.set_special_day(SetSpecialDay(tuple(schools), on, until, reason="Break"))
    students = [
        StudentId(
            desk.caseload.add_student(
                AddStudent(Profile(f"Kim{n}", f"Ode{n}", school_id=schools[n % 5]), anyway=True)
            ).made
        )
        for n in range(60)
    ]
    made = slot = 0
    rule = TypedRule(Every.WEEK, "2027-06-11")
    while made < appointments:
        day = FIRST + timedelta(days=23 + slot % 5)
        typed = TypedAppointment(
            AppointmentKind.SESSION,
            day.isoformat(),
            clock_text(480 + 30 * (slot // 5 % 14)),
            "30",
            students[slot % 60],
            school_id=schools[slot % 5],
            room=str(slot % 30),
        )
        desk.schedule.book.plan(PlanAppointment(typed, rule))
        made += 39
        slot += 1
    return desk


def bare(connection: dbapi2.Connection, person: str) -> int:
    """Run the plain statements; return how many appointments came."""
    span = (person, FIRST.isoformat(), LAST.isoformat())
    rows = connection.execute(OF_DAYS, span).fetchall()
    connection.execute(
        "SELECT day, starts, ends FROM busy_time WHERE person_id = ? AND day BETWEEN ? AND ?", span
    ).fetchall()
    for statement in CALENDARS:
        connection.execute(statement).fetchall()
    return len(rows)


def measure(desk: Desk, rounds: int = 40) -> bool:
    """Measure, print the ratio, and tell whether the floor holds."""
    records = desk.folder.records
    connection = dbapi2.connect(str(records), isolation_level=None)
    connection.execute(f'PRAGMA key = "{desk.records.keys.raw()}"')
    taken: dict[str, list[float]] = {"bare": [], "ours": []}
    count = 0
    for turn in range(rounds + 3):
        start = time.perf_counter()
        expected = bare(connection, desk.seat.person)
        middle = time.perf_counter()
        laying = desk.schedule.book.days(FIRST, LAST)
        end = time.perf_counter()
        count = sum(len(day.entries) for day in laying.days)
        if count != expected or len(laying.days) != 365 or len(laying.days[60].buildings) != 5:
            raise RuntimeError((count, expected))
        if turn >= 3:
            taken["bare"].append(middle - start)
            taken["ours"].append(end - middle)
    connection.close()
    ratio = statistics.median(taken["ours"]) / statistics.median(taken["bare"])
    print(
        f"a year laid out / bare query:        {ratio:5.2f}"
        f"  (floor {FLOOR:.2f}, {count} appointments, 365 days, 5 buildings)"
    )
    return ratio <= FLOOR


def main() -> bool:
    """Make a year in a vault of its own and measure it."""
    appointments = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    with tempfile.TemporaryDirectory() as place:
        desk = a_year(Path(place), appointments)
        try:
            return measure(desk)
        finally:
            desk.close()


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
