"""Where services meet the schedule's school days and sessions, and concerns that are accepted."""

from pathlib import Path

import pytest

from app.features.collaboration.service import Referred
from app.features.services.model.engagement import AskedBy, EpisodeState
from app.features.services.model.mandates import Setting
from app.features.services.model.reckoning import Standing
from app.features.services.repo.engagement import EpisodeFilter
from app.features.services.repo.minutes import MinutesFilter
from app.kernel.ids import new_id
from app.overviews.services_meet import Referring, days_without_school, planned_sessions
from services_desk import ServicesDesk


@pytest.fixture
def room(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = ServicesDesk(tmp_path)
    yield made
    made.desk.close()


def test_a_day_is_free_where_every_building_says_so(room: ServicesDesk) -> None:
    one, other = (school.id for school in room.desk.caseload.schools())
    with room.desk.records.transaction() as tx:
        for school, first in ((one, "2026-08-24"), (other, "2026-08-31")):
            tx.execute(
                "INSERT INTO school_year (id, school_id, starts_on, ends_on, zone, weekdays,"
                " made_at) VALUES (?, ?, ?, '2027-06-04', 'UTC', '12345', '')",
                (new_id(), school, first),
            )
        for school, day in ((one, "2026-11-26"), (other, "2026-11-26"), (one, "2026-11-27")):
            tx.execute(
                "INSERT INTO special_day (school_id, day, closed) VALUES (?, ?, 1)", (school, day)
            )
        tx.journal("FillTest", "school", one)
    with room.desk.records.read() as reader:
        free = days_without_school(reader, "2026-08-20", "2026-11-30")
        unknown = days_without_school(reader, "2025-08-20", "2025-09-30")
    assert {"2026-08-20", "2026-08-21", "2026-11-26"} <= set(free)
    assert not {"2026-08-24", "2026-11-25", "2026-11-27", "2026-11-30"} & set(free)
    assert set(unknown) == set()


def test_a_planned_session_keeps_a_service_on_track(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student, amount="30")
    room.set("2026-11-20T08:00")
    (line,) = room.minutes.lines(MinutesFilter())[0]
    assert line.standing is Standing.AT_RISK
    with room.desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO appointment (id, person_id, day, starts, ends, zone, starts_at, ends_at,"
            " kind, student_id, service_id, made_at) VALUES (?, ?, '2026-11-20', 600, 630, 'UTC',"
            " '2026-11-20T15:00:00.000Z', '2026-11-20T15:30:00.000Z', 'session', ?, ?, '')",
            (new_id(), tx.who, student, room.kinds["individual-counseling"]),
        )
        tx.journal("FillTest", "appointment", "")
    with room.desk.records.read() as reader:
        (planned,) = planned_sessions(reader, "2026-11-16", "2026-11-22")
    assert (planned.setting, planned.minutes) == (Setting.INDIVIDUAL, 30)
    (line,) = room.minutes.lines(MinutesFilter())[0]
    assert (line.standing, line.planned_sessions) == (Standing.ON_TRACK, 1)


def test_an_accepted_concern_becomes_a_referral_once(room: ServicesDesk) -> None:
    student = room.student()
    refer = Referring(room.engagement.refer)
    made = []
    for decision in ("service", "service", "refer_out"):
        with room.desk.records.transaction() as tx:
            referred = Referred(student, "concern-1", decision, "Withdrawn", "R. Vance")
            made.append(refer(tx, referred))
            tx.journal("DecideConcern", "concern", "concern-1")
    assert made[0] == made[1] != ""
    assert made[2] == ""
    (line,) = room.engagement.episodes(EpisodeFilter())[0]
    assert (line.state, line.episode.asked_by) == (EpisodeState.WAITING, AskedBy.STAFF)
    assert (line.episode.concern_id, line.episode.words) == ("concern-1", "Withdrawn")
