"""Referrals on a real vault: they begin by themselves, and come to an end."""

import pytest

from app.features.caseload.commands import (
    MarkLeft,
    MarkReturned,
    PutOnCaseload,
    ResumeCaseload,
    TakeOffCaseload,
)
from app.features.schedule.commands import SetSpecialDay, SetYear
from app.features.schedule.model.calendar import TypedYear
from app.features.services.commands import CloseEpisode, ReopenEpisode
from app.features.services.model.engagement import AskedBy, By, Closing, EpisodeState, Over
from app.features.services.repo.engagement import EpisodeFilter, EpisodeLine
from app.kernel.errors import Refused
from app.kernel.ids import StudentId
from app.overviews.timeline import Happening, TimelineKind
from services_desk import ServicesDesk
from vaults import ZONE


def of(room: ServicesDesk, student: StudentId) -> list[EpisodeLine]:
    """Return a student's episodes."""
    return room.engagement.episodes(EpisodeFilter(student_id=student))[0]


def refused(act: object, *args: object) -> tuple[str, str]:
    """Return with which code and at which field a command is refused."""
    with pytest.raises(Refused) as error:
        act(*args)  # type: ignore[operator]
    return error.value.code, error.value.field


def test_a_referral_waits_until_the_first_session_attended(room: ServicesDesk) -> None:
    student = room.student()
    room.refer(student, "2026-11-02")
    room.hold(student, "2026-11-10T10:00", attendance="absent", attendance_reason="sick")
    (line,) = of(room, student)
    assert (line.state, line.days) == (EpisodeState.WAITING, 16)
    room.hold(student)
    (line,) = of(room, student)
    assert (line.state, line.episode.started_on) == (EpisodeState.COMING, "2026-11-18")
    assert line.episode.asked_by is AskedBy.TEACHER
    told = [row.what for row in room.desk.timeline.page(student, [TimelineKind.SERVICE])[0]]
    assert set(told) == {Happening.REFERRED, Happening.BEGUN}


def test_a_group_begins_it_as_well(room: ServicesDesk) -> None:
    from app.kernel.ids import new_id
    from app.kernel.nouns import Attendance

    student = room.student()
    room.refer(student, "2026-11-02")
    room.group(new_id(), {student: Attendance.PRESENT})
    assert of(room, student)[0].episode.started_on == "2026-11-17"


def test_sessions_since_it_was_asked_for_count_although_it_was_written_down_later(
    room: ServicesDesk,
) -> None:
    student = room.student()
    room.hold(student, "2026-11-10T10:00")
    room.hold(student, "2026-11-12T10:00")
    before = of(room, student)[0].episode
    assert (before.asked_on, before.started_on) == ("", "2026-11-10")
    made = room.refer(student, "2026-11-09")
    (line,) = of(room, student)
    assert (line.episode.id, line.episode.started_on) == (made, "2026-11-10")
    assert line.episode.last_on == "2026-11-12"


def test_who_comes_already_is_not_referred_again(room: ServicesDesk) -> None:
    student = room.student()
    room.hold(student, "2026-11-10T10:00")
    with pytest.raises(Refused, match="referral-running"):
        room.refer(student, "2026-11-12")


def test_it_ends_once_and_for_a_reason_and_can_be_opened_again(room: ServicesDesk) -> None:
    student = room.student()
    made = room.refer(student, "2026-11-02")
    close = room.engagement.close_episode
    today = "2026-11-18"
    assert refused(close, CloseEpisode(made, Closing.COMPLETED, today)) == (
        "episode-not-begun", "outcome",
    )  # fmt: skip
    assert refused(close, CloseEpisode(made, Closing.NOT_STARTED, today)) == (
        "episode-needs-reason", "reason",
    )  # fmt: skip
    close(CloseEpisode(made, Closing.NOT_STARTED, today, "The family said no"))
    assert of(room, student)[0].state is EpisodeState.NOT_STARTED
    assert refused(close, CloseEpisode(made, Closing.NOT_STARTED, today, "again"))[0] == (
        "episode-closed"
    )
    room.engagement.reopen_episode(ReopenEpisode(made))
    room.hold(student)
    assert refused(close, CloseEpisode(made, Closing.NOT_STARTED, today, "no"))[0] == (
        "episode-begun"
    )
    assert refused(close, CloseEpisode(made, Closing.COMPLETED, "2026-11-17")) == (
        "episode-closed-before", "closed_on",
    )  # fmt: skip
    close(CloseEpisode(made, Closing.COMPLETED, today))
    assert of(room, student)[0].state is EpisodeState.COMPLETED


def test_after_it_ended_a_new_session_begins_anew_and_a_late_note_does_not(
    room: ServicesDesk,
) -> None:
    student = room.student()
    room.hold(student, "2026-10-05T10:00")
    first = of(room, student)[0].episode.id
    room.engagement.close_episode(CloseEpisode(first, Closing.COMPLETED, "2026-11-01"))
    room.set("2026-11-18T15:30")
    room.hold(student, on="2026-10-12", at="10:00", late_reason="Forgotten")
    (line,) = of(room, student)
    assert line.episode.last_on == "2026-10-12"
    room.hold(student)
    assert len(of(room, student)) == 2


def test_who_stopped_coming_is_said_after_three_weeks(room: ServicesDesk) -> None:
    student = room.student()
    room.hold(student, "2026-10-28T10:00")
    assert of(room, student)[0].state is EpisodeState.COMING
    room.set("2026-11-19T08:00")
    assert of(room, student)[0].state is EpisodeState.STOPPED
    assert student in {line.episode.student_id for line in room.engagement.look(50).stopped}


def test_who_waits_long_is_said(room: ServicesDesk) -> None:
    student, other = room.student(), room.student("Lena")
    room.refer(student, "2026-11-03")
    room.refer(other, "2026-11-10")
    waiting = {line.episode.student_id for line in room.engagement.look(50).waiting}
    assert student in waiting
    assert other not in waiting


def test_the_curve_stands_beside_its_counts(room: ServicesDesk) -> None:
    student = room.student()
    room.refer(student, "2026-08-03")
    for day in ("2026-08-10", "2026-08-31", "2026-09-21"):
        room.hold(student, f"{day}T10:00")
    which = EpisodeFilter(student_id=student)
    sheet = room.engagement.sheet(which, By.TIER)
    assert sheet.everyone is not None
    assert [sheet.everyone.at(week).still for week in (4, 7, 8, 12)] == [1, 1, 0, 0]
    assert [curve.key for curve in sheet.apart] == ["1"]
    assert sheet.states == {EpisodeState.STOPPED: 1}


def test_who_leaves_the_school_is_no_longer_one_who_stopped_coming(room: ServicesDesk) -> None:
    student = room.student()
    room.hold(student, "2026-10-12T10:00")
    assert of(room, student)[0].state is EpisodeState.STOPPED
    room.desk.caseload.mark_left(MarkLeft(student, "2026-11-02", "Moved away"))
    (line,) = of(room, student)
    assert (line.state, line.over, line.over_on) == (EpisodeState.OVER, Over.LEFT, "2026-11-02")
    assert line.episode.closed_on == ""
    assert student not in {one.episode.student_id for one in room.engagement.look(50).stopped}
    everyone = room.engagement.sheet(EpisodeFilter(student_id=student)).everyone
    assert everyone is not None
    assert (everyone.at(5).stopped, everyone.at(5).ended) == (0, 1)
    room.desk.caseload.mark_returned(MarkReturned(student))
    assert of(room, student)[0].state is EpisodeState.STOPPED


def test_a_referral_waits_no_longer_for_who_left(room: ServicesDesk) -> None:
    student = room.student()
    room.refer(student, "2026-10-05")
    room.desk.caseload.mark_left(MarkLeft(student, "2026-10-30"))
    sheet = room.engagement.sheet(EpisodeFilter(student_id=student))
    assert sheet.states == {EpisodeState.OVER: 1}
    assert sheet.everyone is not None
    assert (sheet.everyone.waiting, sheet.everyone.not_started) == (0, 1)
    assert student not in {one.episode.student_id for one in room.engagement.look(50).waiting}


def test_who_is_taken_off_the_caseload_has_the_service_over_until_it_is_taken_back(
    room: ServicesDesk,
) -> None:
    caseload = room.desk.caseload
    student = room.student()
    caseload.put_on_caseload(PutOnCaseload((student,), "2026-10-01", "Referred"))
    room.hold(student, "2026-10-12T10:00")
    off = TakeOffCaseload((student,), "2026-10-20", "Goals met")
    undo = caseload.take_off_caseload(off).undo
    assert isinstance(undo, ResumeCaseload)
    (line,) = of(room, student)
    assert (line.over, line.over_on) == (Over.OFF_CASELOAD, "2026-10-20")
    caseload.resume_caseload(undo)
    assert of(room, student)[0].state is EpisodeState.STOPPED
    caseload.take_off_caseload(off)
    room.hold(student)
    (line,) = of(room, student)
    assert (line.state, line.over) == (EpisodeState.COMING, None)


def test_nobody_stops_coming_in_the_holidays_or_over_a_summer(room: ServicesDesk) -> None:
    student = room.student()
    school = room.desk.caseload.schools()[0].id
    room.desk.schedule.buildings.set_year(
        SetYear(TypedYear(school, "2026-08-17", "2027-06-04", ZONE))
    )
    room.hold(student, "2026-10-28T10:00")
    room.set("2026-11-19T08:00")
    assert of(room, student)[0].state is EpisodeState.STOPPED
    room.desk.schedule.buildings.set_special_day(
        SetSpecialDay((school,), "2026-11-09", "2026-11-13", reason="Fall break")
    )
    assert of(room, student)[0].state is EpisodeState.COMING
    room.set("2026-11-26T08:00")
    assert of(room, student)[0].state is EpisodeState.STOPPED
    room.set("2027-08-23T08:00")
    (line,) = of(room, student)
    assert (line.state, line.over) == (EpisodeState.OVER, Over.EARLIER_YEAR)
    assert room.engagement.look(50).stopped == ()


def test_a_new_referral_closes_what_was_over_by_itself_and_begins_anew(room: ServicesDesk) -> None:
    student = room.student()
    room.hold(student, "2026-10-28T10:00")
    room.set("2027-09-06T08:00")
    room.refer(student, "2027-09-06")
    new, old = sorted(of(room, student), key=lambda line: line.episode.asked_on, reverse=True)
    assert new.state is EpisodeState.WAITING
    assert (old.state, old.episode.closed_on) == (EpisodeState.ENDED, "2026-10-28")
    assert old.episode.reason == "Last came in an earlier school year"


def test_who_stays_away_from_two_services_is_one_student(room: ServicesDesk) -> None:
    student = room.student()
    before = room.engagement.look().students_stopped
    for code in ("individual-counseling", "check-in"):
        room.hold(student, "2026-10-12T10:00", service_id=room.kinds[code])
    look = room.engagement.look(50)
    assert [line.episode.student_id for line in look.stopped].count(student) == 2
    assert look.students_stopped == before + 1
