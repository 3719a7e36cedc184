"""Planning, moving and taking off, on a real vault."""

from datetime import date, datetime

import pytest

from app.bootstrap import Desk
from app.features.schedule.commands import (
    ChangeAppointment,
    MarkFallen,
    MarkHeld,
    PlanAppointment,
    PutBack,
    RemoveSpecialDay,
    Reopen,
    SetSpecialDay,
    SetYear,
    TakeOff,
)
from app.features.schedule.model.appointments import (
    Appointment,
    AppointmentKind,
    Clash,
    Span,
    TypedAppointment,
)
from app.features.schedule.model.calendar import TypedYear
from app.features.schedule.model.recurrence import Every, OnClosed, TypedRule
from app.features.sessions.commands import SaveDraft, SignNote, StartDraft
from app.kernel.clock import FixedClock, Moment
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import SchoolId, StudentId
from app.kernel.nouns import Attendance, Place, Role
from app.overviews.timeline import Happening, TimelineKind
from schedule_desk import give_calendar, plan, typed
from sessions_desk import a_draft, add_student
from sessions_desk import typed as retyped
from shared_desk import seated, someone

Scheduled = tuple[Desk, list[SchoolId], StudentId]


def entries(desk: Desk, since: str, until: str = "") -> list[Appointment]:
    laying = desk.schedule.book.days(date.fromisoformat(since), date.fromisoformat(until or since))
    return [laid.appointment for day in laying.days for laid in day.entries]


def clashes(desk: Desk, entry: TypedAppointment, appointment_id: str = "") -> list[Clash]:
    outlook = desk.schedule.book.outlook(entry, None, appointment_id)
    return [finding.clash for day in outlook.against for finding in day.findings]


def test_a_session_that_is_planned_lies_on_its_day(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    (entry,) = entries(desk, "2026-11-23")
    assert (entry.id, entry.starts, entry.ends) == (made, 570, 600)
    assert entry.student == "Mateo Ocampo"
    assert entry.starts_at == "2026-11-23T14:30:00.000Z"
    assert entries(desk, "2026-11-24") == []
    journal = desk.records.head.count
    with pytest.raises(Refused) as refused:
        desk.schedule.book.plan(PlanAppointment(typed("2026-11-23", "9:30"), appointment_id=made))
    assert refused.value.code == "appointment-planned-before"
    assert desk.records.head.count == journal


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (typed("", "9:30"), "day-unreadable"),
        (typed("2026-11-23", "soon"), "appointment-needs-time"),
        (typed("2026-11-23", "24:00"), "appointment-needs-time"),
        (typed("2026-11-23", "9:30", "0"), "appointment-needs-minutes"),
        (typed("2026-11-23", "23:30", "31"), "appointment-past-midnight"),
        (TypedAppointment(on="2026-11-23", at="9:30"), "appointment-needs-student"),
        (TypedAppointment(AppointmentKind.GROUP, "2026-11-23", "9:30"), "appointment-needs-group"),
        (typed("2027-03-14", "2:30"), "appointment-clock-jumps"),
        (typed("2026-11-23", "9:30", room="x" * 200), "schedule-name-long"),
    ],
)
def test_what_no_warning_could_make_sense_of_is_refused(
    untouched: Scheduled, entry: TypedAppointment, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        plan(untouched[0], entry)
    assert refused.value.code == code


def test_an_appointment_may_end_at_midnight(scheduled: Scheduled) -> None:
    desk = scheduled[0]
    plan(desk, typed("2026-11-23", "23:30", "30"))
    assert entries(desk, "2026-11-23")[0].ends == 1440


def test_class_time_missed_is_said_before_booking(scheduled: Scheduled) -> None:
    desk, (alder, birch), student = scheduled
    outlook = desk.schedule.book.outlook(
        typed("2026-11-23", "9:30", "45", alder, student_id=student)
    )
    (missed,) = outlook.missed
    assert outlook.bells_known
    assert outlook.minutes == 40
    assert [(part.period, part.minutes) for part in missed.parts] == [("2", 15), ("3", 25)]
    lunch = desk.schedule.book.outlook(
        typed("2026-11-23", "10:45", "30", alder, student_id=student)
    )
    assert lunch.bells_known
    assert lunch.minutes == 0
    away = add_student(desk, "Ines", "Roth")
    with desk.records.working() as tx:
        tx.execute("UPDATE student SET school_id = ? WHERE id = ?", (birch, away))
    unknown = desk.schedule.book.outlook(typed("2026-11-23", "9:30", "45", birch, student_id=away))
    assert not unknown.bells_known


def test_the_class_that_is_missed_is_named_where_the_roster_tells_it(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    with desk.records.working() as tx:
        tx.execute(
            "INSERT INTO class (id, title, periods, school_id, source, source_id)"
            " VALUES ('c', 'Algebra I', 'Period 2', ?, 'r', 'c')",
            (alder,),
        )
        tx.execute(
            "INSERT INTO enrollment (source, source_id, class_id, student_id, role)"
            " VALUES ('r', 'e', 'c', ?, 'student')",
            (student,),
        )
    outlook = desk.schedule.book.outlook(
        typed("2026-11-23", "9:30", "45", alder, student_id=student)
    )
    assert outlook.missed[0].classes == ("Algebra I", "")


def test_an_early_release_day_rings_by_its_own_bells(scheduled: Scheduled) -> None:
    desk, (alder, birch), student = scheduled
    bells = desk.schedule.buildings.building(alder).bells
    early = next(bell.id for bell in bells if bell.name == "Early release")
    desk.schedule.buildings.set_special_day(
        SetSpecialDay((alder,), "2026-11-25", closed=False, bell_id=early)
    )
    entry = typed("2026-11-25", "9:00", "30", alder, student_id=student)
    outlook = desk.schedule.book.outlook(entry)
    assert outlook.minutes == 5
    assert clashes(desk, entry) == [Clash.HOURS]
    with pytest.raises(Refused) as refused:
        desk.schedule.buildings.set_special_day(
            SetSpecialDay((alder, birch), "2026-11-25", closed=False, bell_name="Early release")
        )
    assert refused.value.code == "bells-gone"


def test_conflicts_are_said_and_forbid_nothing(scheduled: Scheduled) -> None:
    desk, (alder, birch), student = scheduled
    other = add_student(desk, "Ines", "Roth")
    made = plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student, room="12"))
    same = typed("2026-11-23", "9:45", school=alder, student_id=student)
    assert clashes(desk, same) == [Clash.OWN, Clash.STUDENT]
    assert clashes(desk, typed("2026-11-23", "10:00", school=alder, student_id=other)) == []
    assert clashes(desk, same, made) == []
    way = typed("2026-11-23", "10:10", school=birch, student_id=other)
    assert clashes(desk, way) == [Clash.TRAVEL]
    assert clashes(desk, typed("2026-11-23", "10:20", school=birch, student_id=other)) == []
    assert clashes(desk, typed("2026-11-28", "10:20", school=alder)) == [Clash.CLOSED]
    assert clashes(desk, typed("2026-11-24", "6:20", school=alder)) == [Clash.HOURS]
    plan(desk, same)
    assert len(entries(desk, "2026-11-23")) == 2
    laid = desk.schedule.book.days(date(2026, 11, 23), date(2026, 11, 23)).days[0].entries
    assert [(one.lane, one.lanes) for one in laid] == [(0, 2), (1, 2)]


def weekly(until: str = "2026-12-21", closed: OnClosed = OnClosed.SKIP) -> TypedRule:
    return TypedRule(Every.WEEK, until, closed)


def days_of(desk: Desk) -> list[str]:
    return [entry.day for entry in entries(desk, "2026-11-01", "2027-06-30")]


def test_a_weekly_series_passes_over_a_holiday_entered_before_or_after(
    scheduled: Scheduled,
) -> None:
    desk, (alder, _birch), student = scheduled
    buildings = desk.schedule.buildings
    buildings.set_special_day(SetSpecialDay((alder,), "2026-11-30", reason="Storm"))
    entry = typed("2026-11-23", "9:30", school=alder, student_id=student)
    outlook = desk.schedule.book.outlook(entry, weekly())
    assert (len(outlook.days), outlook.skipped) == (4, 1)
    plan(desk, entry, weekly())
    assert days_of(desk) == ["2026-11-23", "2026-12-07", "2026-12-14", "2026-12-21"]
    buildings.set_special_day(SetSpecialDay((alder,), "2026-12-14", reason="Snow"))
    assert days_of(desk) == ["2026-11-23", "2026-12-07", "2026-12-21"]
    buildings.remove_special_day(RemoveSpecialDay(alder, "2026-11-30"))
    assert days_of(desk) == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-21"]


def test_a_series_may_move_to_the_next_day_with_school(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(
        desk,
        typed("2026-11-23", "9:30", school=alder, student_id=student),
        weekly("2026-12-08", OnClosed.NEXT),
    )
    desk.schedule.buildings.set_special_day(SetSpecialDay((alder,), "2026-11-30"))
    assert days_of(desk) == ["2026-11-23", "2026-12-01", "2026-12-07"]


def test_a_snow_day_moves_every_b_day_after_it(scheduled: Scheduled) -> None:
    desk, (_alder, birch), student = scheduled
    give_calendar(desk, birch, "A, B")
    calendar = desk.schedule.buildings.building(birch).calendar
    first = next(
        d.day for d in calendar.days() if d.day > date(2026, 11, 22) and d.cycle_day == "B"
    )
    rule = TypedRule(Every.CYCLE, "2026-12-11")
    plan(desk, typed(first.isoformat(), "9:30", school=birch, student_id=student), rule)
    before = days_of(desk)
    snow = date(2026, 12, 2).isoformat()
    desk.schedule.buildings.set_special_day(SetSpecialDay((birch,), snow))
    after = desk.schedule.buildings.building(birch).calendar
    assert days_of(desk) != before
    assert all(after.at(date.fromisoformat(day)).cycle_day == "B" for day in days_of(desk))
    assert len(days_of(desk)) == sum(
        1 for day in after.days() if first <= day.day <= date(2026, 12, 11) and day.cycle_day == "B"
    )


def test_one_of_a_series_can_be_skipped_and_comes_back(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student), weekly())
    second = entries(desk, "2026-11-30")[0]
    token = desk.schedule.book.take_off(TakeOff(second.id)).made
    assert "2026-11-30" not in days_of(desk)
    # A calendar that is laid out again does not bring it back.
    desk.schedule.buildings.set_special_day(SetSpecialDay((alder,), "2026-12-14"))
    assert days_of(desk) == ["2026-11-23", "2026-12-07", "2026-12-21"]
    desk.schedule.book.put_back(PutBack(token))
    assert "2026-11-30" in days_of(desk)


def test_all_from_one_on_can_be_taken_off_and_stay_off(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student), weekly())
    desk.schedule.buildings.set_special_day(SetSpecialDay((alder,), "2026-12-14"))
    third = entries(desk, "2026-12-07")[0]
    token = desk.schedule.book.take_off(TakeOff(third.id, Span.LATER)).made
    assert days_of(desk) == ["2026-11-23", "2026-11-30"]
    desk.schedule.buildings.remove_special_day(RemoveSpecialDay(alder, "2026-12-14"))
    assert days_of(desk) == ["2026-11-23", "2026-11-30"]
    desk.schedule.book.put_back(PutBack(token))
    assert days_of(desk) == ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-21"]


def test_this_one_alone_or_this_and_all_later_ones_can_be_moved(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student), weekly())
    book = desk.schedule.book
    second = entries(desk, "2026-11-30")[0]
    to = typed("2026-12-01", "11:20", school=alder, student_id=student)
    book.change(ChangeAppointment(second.id, to))
    assert days_of(desk) == ["2026-11-23", "2026-12-01", "2026-12-07", "2026-12-14", "2026-12-21"]
    third = entries(desk, "2026-12-07")[0]
    skipped = entries(desk, "2026-12-14")[0]
    book.take_off(TakeOff(skipped.id))
    later = typed("2026-12-09", "8:55", "20", school=alder, student_id=student)
    book.change(ChangeAppointment(third.id, later, Span.LATER))
    rest = [(entry.day, entry.starts) for entry in entries(desk, "2026-12-02", "2027-06-30")]
    assert rest == [("2026-12-09", 535), ("2026-12-16", 535)]
    assert [entry.day for entry in entries(desk, "2026-11-01", "2026-12-01")] == [
        "2026-11-23",
        "2026-12-01",
    ]
    # What was changed alone stays where it was put, also when the calendar is laid out again.
    desk.schedule.buildings.set_special_day(SetSpecialDay((alder,), "2026-11-30"))
    assert "2026-12-01" in days_of(desk)


def test_changing_the_hour_of_later_ones_keeps_what_was_skipped(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student), weekly())
    book = desk.schedule.book
    book.take_off(TakeOff(entries(desk, "2026-12-14")[0].id))
    second = entries(desk, "2026-11-30")[0]
    to = typed("2026-11-30", "11:20", school=alder, student_id=student)
    book.change(ChangeAppointment(second.id, to, Span.LATER))
    assert [(entry.day, entry.starts) for entry in entries(desk, "2026-11-01", "2027-06-30")] == [
        ("2026-11-23", 570), ("2026-11-30", 680), ("2026-12-07", 680), ("2026-12-21", 680),
    ]  # fmt: skip


def test_an_hour_stays_the_hour_on_the_wall_when_clocks_change(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(
        desk,
        typed("2027-03-08", "9:30", school=alder, student_id=student),
        TypedRule(Every.WEEK, "2027-03-15"),
    )
    before, after = entries(desk, "2027-03-01", "2027-03-31")
    assert (before.starts, after.starts) == (570, 570)
    assert before.starts_at == "2027-03-08T14:30:00.000Z"
    assert after.starts_at == "2027-03-15T13:30:00.000Z"


def test_a_building_in_another_zone_has_its_own_hours(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    building = desk.schedule.buildings.building(alder)
    (year,) = building.years
    desk.schedule.buildings.set_year(
        SetYear(
            TypedYear(alder, "2026-08-24", "2027-06-11", "America/Chicago", bells=year.bells),
            year.id,
        )
    )
    assert entries(desk, "2026-11-23")[0].starts_at == "2026-11-23T15:30:00.000Z"


def test_a_signed_note_marks_the_session_it_was_planned_as(
    scheduled: Scheduled, clock: FixedClock
) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-20", "7:00", school=alder, student_id=student))
    other = plan(desk, typed("2026-11-20", "11:00", school=alder, student_id=student))
    draft = retyped(a_draft(desk, student), planned_id=made)
    note = desk.sessions.sign_note(SignNote(draft)).made
    held = desk.schedule.book.open(made).appointment
    assert (held.state, held.entry_id) == ("held", note)
    assert desk.schedule.book.open(other).appointment.state == "planned"
    with pytest.raises(Refused) as refused:
        desk.schedule.book.reopen(Reopen(made))
    assert refused.value.code == "appointment-recorded"


def test_the_note_of_an_appointment_begins_with_what_was_planned(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-20", "7:00", "25", school=alder, student_id=student))
    draft = desk.sessions.start_draft(StartDraft(planned_id=made)).draft
    form = draft.form
    assert (draft.student_id, form.on, form.at, form.minutes) == (
        student, "2026-11-20", "07:00", "25",
    )  # fmt: skip
    assert (form.planned_id, form.school_id) == (made, alder)
    desk.sessions.save_draft(SaveDraft(draft))
    again = desk.sessions.start_draft(StartDraft(planned_id=made))
    assert (again.draft.id, again.stored) == (draft.id, True)


def test_a_note_that_names_no_appointment_marks_the_one_it_meets(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-20", "7:00", school=alder, student_id=student))
    draft = retyped(
        a_draft(desk, student),
        on="2026-11-20",
        at="07:05",
        minutes="20",
        attendance=Attendance.ABSENT.value,
        attendance_reason="Sick",
    )
    desk.sessions.sign_note(SignNote(draft))
    assert desk.schedule.book.open(made).appointment.state == "fallen"


def test_a_note_that_meets_two_appointments_marks_neither(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    both = [
        plan(desk, typed("2026-11-20", at, school=alder, student_id=student))
        for at in ("6:50", "7:00")
    ]
    draft = retyped(a_draft(desk, student), on="2026-11-20", at="07:05", minutes="20")
    desk.sessions.sign_note(SignNote(draft))
    assert {desk.schedule.book.open(one).appointment.state for one in both} == {"planned"}


def test_what_became_of_a_block_is_said_by_hand_and_taken_back(scheduled: Scheduled) -> None:
    desk = scheduled[0]
    made = plan(desk, typed("2026-11-20", "7:00"))
    book = desk.schedule.book
    book.mark_held(MarkHeld(made))
    assert book.open(made).appointment.state == "held"
    with pytest.raises(Refused) as refused:
        book.take_off(TakeOff(made))
    assert refused.value.code == "appointment-over"
    book.reopen(Reopen(made))
    book.mark_fallen(MarkFallen(made, "Fire drill"))
    fallen = book.open(made).appointment
    assert (fallen.state, fallen.reason) == ("fallen", "Fire drill")


def test_a_day_plan_goes_building_by_building_with_the_way_between(scheduled: Scheduled) -> None:
    desk, (alder, birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student))
    plan(desk, typed("2026-11-23", "10:10", school=alder))
    plan(desk, typed("2026-11-23", "12:00"))
    plan(desk, typed("2026-11-23", "13:00", school=birch))
    told = desk.schedule.book.day_plan(date(2026, 11, 23))
    assert [(stop.school_id, len(stop.entries), stop.travel) for stop in told.stops] == [
        (alder, 3, 0),
        (birch, 1, 20),
    ]
    assert told.stops[1].gap == 30


def test_the_next_session_and_what_fell_out_stand_on_the_students_timeline(
    scheduled: Scheduled,
) -> None:
    desk, (alder, _birch), student = scheduled
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student), weekly())
    fell = plan(desk, typed("2026-11-20", "7:00", school=alder, student_id=student))
    desk.schedule.book.mark_fallen(MarkFallen(fell, "Sick"))
    rows, total = desk.timeline.page(student, [TimelineKind.SCHEDULE])
    assert [(row.what, row.at.day().isoformat()) for row in rows] == [
        (Happening.APPOINTMENT, "2026-11-23"),
        (Happening.APPOINTMENT_FELL, "2026-11-20"),
    ]
    assert total == 2
    assert (rows[0].facts["left"], rows[1].facts["reason"]) == (5, "Sick")
    with seated(desk, someone(desk, Role.COUNSELOR)):
        assert desk.timeline.page(student, [TimelineKind.SCHEDULE]) == ([], 0)


def test_an_entry_told_twice_is_told_once_and_a_corrected_one_counts(scheduled: Scheduled) -> None:
    desk, (alder, _birch), student = scheduled
    made = plan(desk, typed("2026-11-20", "7:00", school=alder, student_id=student))
    other = plan(desk, typed("2026-11-20", "7:10", school=alder, student_id=student))

    def told(attendance: Attendance, entry_id: str = "e1", planned: str = made) -> str:
        entry = Entry(
            EntryKind.GROUP,
            entry_id,
            desk.seat.person,
            Moment.local(datetime(2026, 11, 20, 7), "America/New_York"),
            30,
            Place.OFFICE,
            planned_id=planned,
            students=(Attended(student, None, attendance),),
        )
        with desk.records.working() as tx:
            desk.schedule.take(tx, entry)
        return str(desk.schedule.book.open(made).appointment.state)

    assert told(Attendance.PRESENT) == "held"
    assert told(Attendance.PRESENT) == "held"
    assert told(Attendance.ABSENT) == "fallen"
    assert told(Attendance.PRESENT, "e2") == "fallen"
    told(Attendance.PRESENT, "e1", other)
    assert desk.schedule.book.open(other).appointment.state == "planned"
