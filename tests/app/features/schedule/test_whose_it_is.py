"""Appointments are a person's own; colleagues of one's field learn that a student is taken."""

from datetime import date

import pytest

from app.bootstrap import Desk
from app.features.schedule.commands import TakeOff
from app.features.schedule.model.appointments import Clash
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Role
from schedule_desk import plan, typed
from shared_desk import seated, someone

Scheduled = tuple[Desk, list[SchoolId], StudentId]
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("role", "told"),
    [(Role.SOCIAL_WORKER, [Clash.STUDENT, Clash.ROOM]), (Role.NURSE, []), (Role.ADMINISTRATOR, [])],
)
def test_a_colleague_of_ones_field_learns_that_a_student_or_room_is_taken_and_nothing_else(
    scheduled: Scheduled, role: Role, told: list[Clash]
) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student, room="12"))
    with seated(desk, someone(desk, role)):
        assert not desk.schedule.book.days(MONDAY, MONDAY).days[0].entries
        with pytest.raises(Refused) as refused:
            desk.schedule.book.open(made)
        assert refused.value.code == "appointment-gone"
        with pytest.raises(Refused):
            desk.schedule.book.take_off(TakeOff(made))
        entry = typed("2026-11-23", "9:40", school=alder, student_id=student, room="12")
        against = desk.schedule.book.outlook(entry).against
        assert [finding.clash for day in against for finding in day.findings] == told


@pytest.mark.parametrize("table", ["appointment", "appointment_series", "busy_time"])
def test_the_engine_itself_shows_a_query_nothing_of_others(
    scheduled: Scheduled, table: str
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    with desk.records.working() as tx:
        tx.execute(
            "INSERT INTO busy_time (person_id, day, starts, ends) VALUES (?, '2026-11-23', 0, 60)",
            (tx.who,),
        )
    with seated(desk, someone(desk, Role.COUNSELOR)), desk.records.read() as reader:
        assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_engine_tells_a_colleague_no_more_than_the_time_of_what_is_booked(
    scheduled: Scheduled,
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    with seated(desk, someone(desk, Role.PSYCHOLOGIST)), desk.records.read() as reader:
        names = [row[1] for row in reader.execute("PRAGMA table_info(booked)")]
        assert set(names).isdisjoint({"title", "service_id", "reason", "kind"})
        assert reader.execute("SELECT count(*) FROM booked").fetchone() == (1,)
        with pytest.raises(Exception, match=r"(?i)prohibited|not authorized|denied"):
            reader.execute("SELECT * FROM main.booked").fetchone()
