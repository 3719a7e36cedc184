"""Services owed on a real vault: what counts toward them, and how that is put right."""

import pytest

from app.features.services.commands import (
    ChangeMandate,
    CorrectDelivery,
    CountToward,
    EndMandate,
    ExplainMissed,
    ImportMandates,
    MakeUp,
    RecordByHand,
    ReopenMandate,
)
from app.features.services.model.deliveries import Outcome, outcome_of
from app.features.services.model.importing import read_table
from app.features.services.model.mandates import PeriodKind, Setting, Unit
from app.features.services.model.reckoning import Standing
from app.features.services.repo.minutes import MinutesFilter
from app.kernel.errors import Refused
from app.kernel.ids import new_id
from app.kernel.nouns import Attendance, Role
from app.overviews.timeline import TimelineKind
from services_desk import COUNSELING, ServicesDesk
from shared_desk import seated, someone


def refused(act: object, *args: object) -> tuple[str, str]:
    """Return with which code and at which field a command is refused."""
    with pytest.raises(Refused) as error:
        act(*args)  # type: ignore[operator]
    return error.value.code, error.value.field


# -- what comes by itself ------------------------------------------------------------------


def test_a_signed_note_counts_toward_the_only_service_that_fits(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student)
    room.hold(student)
    owed = room.owed(student)
    assert owed.running is not None
    assert (owed.running.owed, owed.running.delivered, owed.running.remaining) == (60, 30, 30)
    (one,) = owed.deliveries
    assert (one.minutes, one.outcome, one.day) == (30, Outcome.DELIVERED, "2026-11-18")


def test_a_note_of_another_service_counts_toward_nothing(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student, service_id=room.kinds["assessment"])
    room.hold(student)
    assert room.owed(student).deliveries == ()


def test_what_was_signed_before_the_plan_was_entered_counts_too(room: ServicesDesk) -> None:
    student = room.student()
    room.hold(student, "2026-11-10T10:00")
    room.hold(student, "2026-11-12T10:00", attendance="absent", attendance_reason="sick")
    room.hold(student, "2026-10-30T10:00")
    room.owe(student)
    days = {one.day: one.outcome for one in room.owed(student).deliveries}
    assert days == {"2026-11-10": Outcome.DELIVERED, "2026-11-12": Outcome.EXCUSED}


def test_a_session_that_fell_out_counts_for_its_reason(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student, amount="", times="2", each_minutes="25")
    room.hold(student, attendance="declined", attendance_reason="did not want to")
    one = room.last(student)
    assert (one.outcome, one.minutes, one.planned_minutes) == (Outcome.DECLINED, 0, 30)
    assert room.owed(student).running.missed == {Outcome.DECLINED: 30}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("attendance", "reason", "outcome"),
    [
        (Attendance.ABSENT, "", Outcome.UNACCOUNTED),
        (Attendance.ABSENT, "not at school", Outcome.UNACCOUNTED),
        (Attendance.ABSENT, "home with the flu", Outcome.EXCUSED),
        (Attendance.ABSENT, "Cita médica", Outcome.EXCUSED),
        (Attendance.ABSENT, "unexcused", Outcome.UNEXCUSED),
        (Attendance.ABSENT, "field trip", Outcome.CANCELLED),
        (Attendance.ABSENT, "I did not see him", Outcome.UNACCOUNTED),
        (Attendance.DECLINED, "sick of it", Outcome.DECLINED),
        (Attendance.CANCELLED, "I was sick", Outcome.PROVIDER_ABSENT),
        (Attendance.CANCELLED, "counselor at a training", Outcome.PROVIDER_ABSENT),
        (Attendance.CANCELLED, "state testing", Outcome.CANCELLED),
        (Attendance.CANCELLED, "snow day", Outcome.HOLIDAY),
        (Attendance.CANCELLED, "", Outcome.UNACCOUNTED),
        (Attendance.PRESENT, "sick", Outcome.DELIVERED),
    ],
)
def test_a_note_says_why_and_nothing_is_excused_by_itself(
    attendance: Attendance, reason: str, outcome: Outcome
) -> None:
    assert outcome_of(attendance, reason) is outcome


def test_a_group_gives_its_full_minutes_to_each_who_came(room: ServicesDesk) -> None:
    one, other, gone = room.student(), room.student("Lena"), room.student("Kofi")
    room.owe(one, setting=Setting.GROUP)
    room.owe(other, setting=Setting.EITHER)
    room.owe(gone, setting=Setting.GROUP)
    alone = room.student("Ida")
    room.owe(alone, setting=Setting.INDIVIDUAL)
    came = dict.fromkeys((one, other, alone), Attendance.PRESENT)
    room.group(new_id(), {**came, gone: Attendance.ABSENT})
    assert [room.owed(each).running.given for each in (one, other, gone, alone)] == [40, 40, 0, 0]  # type: ignore[union-attr]
    assert room.last(gone).outcome is Outcome.UNACCOUNTED


def test_what_is_told_twice_counts_once_and_a_changed_attendance_is_put_right_in_the_open(
    room: ServicesDesk,
) -> None:
    student, entry = room.student(), new_id()
    room.owe(student, setting=Setting.GROUP)
    room.group(entry, {student: Attendance.PRESENT})
    room.group(entry, {student: Attendance.PRESENT})
    assert [one.minutes for one in room.owed(student).deliveries] == [40]
    room.group(entry, {student: Attendance.ABSENT})
    one = room.last(student)
    assert (one.outcome, one.minutes) == (Outcome.UNACCOUNTED, 0)
    history = room.minutes.delivery_history(one.first_id)
    assert [row.minutes for row in history] == [40, 0]
    assert history[1].replaces == history[0].id


def test_what_a_person_explained_outlasts_being_told_again(room: ServicesDesk) -> None:
    student, entry = room.student(), new_id()
    room.owe(student, setting=Setting.GROUP)
    room.group(entry, {student: Attendance.ABSENT})
    room.minutes.explain_missed(ExplainMissed(room.last(student).id, Outcome.HOLIDAY))
    room.group(entry, {student: Attendance.ABSENT})
    assert room.last(student).outcome is Outcome.HOLIDAY


def test_where_two_services_fit_a_person_decides(room: ServicesDesk) -> None:
    student = room.student()
    first = room.owe(student)
    second = room.owe(student, setting=Setting.EITHER, period=PeriodKind.MONTH)
    room.hold(student)
    (open_one,) = room.minutes.sheet(student).undecided
    assert room.owed(student, first).running.given == 0  # type: ignore[union-attr]
    assert [line.delivery.id for line in room.minutes.look(50).undecided].count(open_one.id) == 1
    room.minutes.count_toward(CountToward(open_one.id, second))
    assert room.owed(student, second).running.given == 30  # type: ignore[union-attr]
    assert room.minutes.sheet(student).undecided == ()
    room.hold(student, mandate_id=first)
    assert room.owed(student, first).running.given == 30  # type: ignore[union-attr]


# -- versions ------------------------------------------------------------------------------


def test_a_change_is_a_new_version_and_the_old_one_stays(room: ServicesDesk) -> None:
    student = room.student()
    series = room.owe(student)
    form = room.form(student, amount="30", starts_on="2026-11-16", reason="Annual review")
    room.minutes.change_mandate(ChangeMandate(series, form))
    owed = room.owed(student)
    assert [one.amount for one in owed.versions] == [60, 30]
    assert [(span.from_on, span.upto) for span in owed.spans] == [
        ("2026-11-02", "2026-11-15"),
        ("2026-11-16", "9999-12-31"),
    ]
    assert owed.running is not None
    assert owed.running.owed == 30
    assert refused(room.minutes.change_mandate, ChangeMandate(series, room.form(student))) == (
        "mandate-needs-reason",
        "reason",
    )


def test_an_end_ends_what_is_owed_and_can_be_taken_back(room: ServicesDesk) -> None:
    student = room.student()
    series = room.owe(student)
    room.minutes.end_mandate(EndMandate(series, "2026-11-13", "Exited at review"))
    assert not room.owed(student).in_force
    assert room.minutes.lines(MinutesFilter(student_id=student))[0] == []
    room.hold(student)
    assert room.owed(student).deliveries == ()
    room.minutes.reopen_mandate(ReopenMandate(series))
    assert room.owed(student).in_force


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount": ""}, ("mandate-needs-amount", "amount")),
        ({"amount": "0"}, ("number-between", "amount")),
        ({"amount": "1.5"}, ("number-between", "amount")),
        ({"amount": "", "times": "2"}, ("mandate-needs-each", "each_minutes")),
        ({"times": "2", "each_minutes": "20"}, ("mandate-two-amounts", "amount")),
        ({"starts_on": "soon"}, ("mandate-needs-start", "starts_on")),
        ({"ends_on": "2026-10-01"}, ("period-order", "ends_on")),
        ({"basis_on": ""}, ("mandate-needs-basis-day", "basis_on")),
        ({"service_id": "x"}, ("mandate-needs-service", "service_id")),
        ({"student_id": None}, ("mandate-needs-student", "student_id")),
    ],
)
def test_what_cannot_be_owed_is_refused_at_its_field(
    room: ServicesDesk, changes: dict[str, object], said: tuple[str, str]
) -> None:
    from app.features.services.commands import WriteMandate

    form = room.form(room.student(), **changes)
    assert refused(room.minutes.write_mandate, WriteMandate(form)) == said


# -- putting right and making up -----------------------------------------------------------


def test_a_session_makes_up_for_a_missed_one(room: ServicesDesk) -> None:
    student = room.student()
    series = room.owe(student)
    room.hold(student, "2026-11-12T10:00", attendance="cancelled", attendance_reason="I was sick")
    room.hold(student)
    given, missed = room.owed(student).deliveries
    room.minutes.make_up(MakeUp(given.id, missed.id))
    owed = room.owed(student)
    assert owed.running is not None
    assert (owed.running.delivered, owed.running.made_up) == (0, 30)
    assert room.minutes.sheet(student).made_up_by == {missed.first_id: given.first_id}
    room.minutes.record_by_hand(RecordByHand(series, "2026-11-17", Outcome.DELIVERED, "30"))
    other = room.owed(student).deliveries[1]
    assert refused(room.minutes.make_up, MakeUp(other.id, missed.id)) == (
        "make-up-twice",
        "missed_id",
    )
    assert refused(
        room.minutes.correct_delivery, CorrectDelivery(missed.id, Outcome.DELIVERED, "30", "came")
    ) == ("delivery-was-made-up", "outcome")
    room.minutes.make_up(MakeUp(given.id, ""))
    assert room.owed(student).running.made_up == 0  # type: ignore[union-attr]


def test_a_make_up_counts_in_the_missed_week_where_the_district_says_so(
    room: ServicesDesk,
) -> None:
    from app.features.people.commands import ChangeSetting

    student = room.student()
    room.owe(student)
    room.hold(student, "2026-11-12T10:00", attendance="cancelled", attendance_reason="I was sick")
    room.hold(student)
    given, missed = room.owed(student).deliveries
    room.minutes.make_up(MakeUp(given.id, missed.id))
    room.desk.people.change_setting(ChangeSetting("make_up_counts", "missed"))
    weeks = {one.first: one.given for one in room.owed(student).periods}
    line = room.minutes.lines(MinutesFilter(student_id=student))[0][0]
    room.desk.people.change_setting(ChangeSetting("make_up_counts", "session"))
    assert (weeks["2026-11-09"], weeks["2026-11-16"], line.given) == (30, 0, 0)


def test_a_correction_says_why_and_leaves_the_row_before(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student)
    room.hold(student)
    one = room.last(student)
    said = refused(
        room.minutes.correct_delivery, CorrectDelivery(one.id, Outcome.DELIVERED, "20", "")
    )
    assert said == ("delivery-needs-why", "why")
    room.minutes.correct_delivery(CorrectDelivery(one.id, Outcome.DELIVERED, "20", "Left early"))
    assert room.owed(student).running.given == 20  # type: ignore[union-attr]
    history = room.minutes.delivery_history(one.first_id)
    assert [(row.minutes, row.correction) for row in history] == [(30, ""), (20, "Left early")]
    assert all(finding.whole for finding in room.desk.verify().findings)


def test_what_stands_cannot_be_changed_beside_the_program(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student)
    room.hold(student)
    for statement in (
        "UPDATE delivery SET minutes = 90",
        "DELETE FROM delivery",
        "UPDATE mandate SET amount = 1",
        "DELETE FROM mandate",
    ):
        with pytest.raises(Exception, match="frozen"), room.desk.records.transaction() as tx:
            tx.execute(statement)


# -- who sees ------------------------------------------------------------------------------


def test_another_field_sees_none_of_it_and_a_colleague_all(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student)
    room.hold(student)
    nurse = someone(room.desk, Role.NURSE, "Grace Adeyemi")
    colleague = someone(room.desk, Role.SOCIAL_WORKER, "Tomasz Wróbel")
    with seated(room.desk, nurse):
        assert room.minutes.sheet(student).owed == ()
        assert room.minutes.lines(MinutesFilter())[0] == []
        assert room.desk.timeline.page(student, [TimelineKind.SERVICE])[1] == 0
    with seated(room.desk, colleague):
        assert room.owed(student).running.given == 30  # type: ignore[union-attr]
        assert room.desk.timeline.page(student, [TimelineKind.SERVICE])[1] == 1


# -- taking over a file --------------------------------------------------------------------

HEAD = "Student Number,Service,Setting,Minutes,Times,Sessions,Period,Starts,Ends,Basis,Basis date\n"


def test_a_file_is_taken_over_whole_or_not_at_all(room: ServicesDesk) -> None:
    one, other = room.student(), room.student("Lena")
    numbers = [room.minutes.pupil(each).number for each in (one, other)]
    table = read_table(
        (
            HEAD
            + f"{numbers[0]},Individual counseling,individual,60,,,weekly,11/2/2026,,IEP,10/20/2026\n"
            + f"{numbers[1]},individual-counseling,either,20,3,,month,2026-11-02,2027-06-04,504,2026-10-20\n"
            + "99999,Individual counseling,,60,,,week,2026-11-02,,,2026-10-20\n"
            + f"{numbers[0]},Juggling,,60,,,week,2026-11-02,,,2026-10-20\n"
            + f"{numbers[0]},Individual counseling,,60,,,fortnight,2026-11-02,,,2026-10-20\n"
        ).encode()
    )
    look = room.minutes.look_at(table)
    assert [(bad.line, bad.column, bad.refused.code) for bad in look.refused] == [
        (4, "student_number", "mandates-student-unknown"),
        (5, "service", "mandates-service-unknown"),
        (6, "period", "mandates-cell-unknown"),
    ]
    assert refused(room.minutes.import_mandates, ImportMandates(table.rows)) == (
        "mandates-refused",
        "file",
    )
    assert room.minutes.sheet(one).owed == ()
    room.minutes.import_mandates(ImportMandates(look.rows))
    assert room.owed(one).mandate.amount == 60
    second = room.owed(other).mandate
    assert (second.amount, second.times, second.each_minutes, second.period) == (
        60, 3, 20, PeriodKind.MONTH,
    )  # fmt: skip
    again = room.minutes.look_at(table)
    assert (len(again.fresh), len(again.changed), len(again.same)) == (0, 0, 2)


def test_a_row_with_other_terms_becomes_a_new_version(room: ServicesDesk) -> None:
    student = room.student()
    room.owe(student)
    number = room.minutes.pupil(student).number
    row = f"{number},{COUNSELING},,,,2,week,2026-11-16,,iep,2026-11-12\n"
    look = room.minutes.look_at(read_table((HEAD + row).encode()))
    assert len(look.changed) == 1
    room.minutes.import_mandates(ImportMandates(look.rows))
    owed = room.owed(student)
    assert (len(owed.versions), owed.mandate.unit, owed.mandate.amount) == (2, Unit.SESSIONS, 2)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "mandates-file-columns"),
        (b"a,b\n1,2\n", "mandates-file-columns"),
        (b"\xff\xfe\x00", "mandates-file-encoding"),
        (b"student_number,service,period,starts,basis_date,period\n", "mandates-file-doubled"),
        (b'student_number,service,period,starts,basis_date\n"a\n', "mandates-file-broken"),
    ],
)
def test_what_is_no_table_of_these_columns_is_refused(data: bytes, code: str) -> None:
    assert refused(read_table, data) == (code, "file")


def test_the_list_shows_what_is_at_risk_first(room: ServicesDesk) -> None:
    behind, met = room.student("Aya", "Ito"), room.student("Bea", "Ito")
    room.owe(behind, amount="90")
    room.owe(met, amount="30")
    room.hold(met)
    lines, total = room.minutes.lines(MinutesFilter())
    assert total == len(lines)
    standing = {line.student_id: line.standing for line in lines}
    assert (standing[behind], standing[met]) == (Standing.AT_RISK, Standing.MET)
    order = [line.student_id for line in lines]
    assert order.index(behind) < order.index(met)
