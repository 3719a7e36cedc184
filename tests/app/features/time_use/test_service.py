"""The time room on a real vault."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk, verify_vault
from app.features.people.commands import ChangeSetting
from app.features.time_use.commands import (
    AddDuty,
    ChangeCategory,
    ChooseUsual,
    CorrectActivity,
    DropTimer,
    KeepBillingCode,
    KeepLine,
    KeepMedicaid,
    LoadCategories,
    LogActivity,
    LogDuty,
    MarkLines,
    RemoveActivities,
    RemoveActivity,
    RepeatDay,
    RestoreActivity,
    RetireDuty,
    StartTimer,
    StopTimer,
)
from app.features.time_use.model.billing import LineState, Missing, Setting, Units
from app.features.time_use.model.categories import found_category
from app.features.time_use.model.entries import ActivityForm
from app.features.time_use.shipped import SHIPPED_WORDS
from app.kernel.clock import FixedClock
from app.kernel.entries import Attended, Entry, EntryKind
from app.kernel.errors import Refused
from app.kernel.ids import NoteId, StudentId, new_id
from app.kernel.nouns import Attendance, Place, Role
from sessions_desk import add_student
from time_desk import DISTRICT, log, service_id, sign, take_group, with_code, with_medicaid
from vaults import PASSPHRASE, fixed_clock, new_desk

TODAY = "2026-11-18"


def lines(desk: Desk, day: str = TODAY) -> list[tuple[str, str, int]]:
    return [
        (line.entry.kind.value, line.entry.category, line.entry.minutes)
        for line in desk.time_use.log.day(day).lines
    ]


# -- what ships ------------------------------------------------------------------------------


def test_every_word_of_the_shipped_sets_is_marked_for_translation(desk: Desk) -> None:
    said = set()
    for one in desk.time_use.categories.sets():
        said |= {one.name, one.note}
        said |= {group.label for group in one.groups}
        said |= {category.label for category in one.categories}
    assert said == set(SHIPPED_WORDS)


def test_each_role_starts_with_its_own_set(tmp_path: Path) -> None:
    nurse = new_desk(tmp_path, Role.NURSE)
    try:
        assert nurse.time_use.categories.current().code == "school-nursing"
    finally:
        nurse.close()


def test_crisis_response_is_indirect_and_the_targets_are_eighty_and_twenty(desk: Desk) -> None:
    of = desk.time_use.categories.current()
    crisis = of.category("crisis")
    assert crisis is not None
    assert crisis.bundle == "indirect"
    assert [target.percent for target in of.targets] == [80, 20, 0]


@pytest.mark.parametrize(
    ("typed", "code"),
    [("les", "instruction"), ("duty", "support"), ("travel", "support"), ("train", "planning"),
     ("cons", "consultation"), ("meet", "collaboration"), ("1", "instruction"), ("10", "other")],
)  # fmt: skip
def test_the_day_s_words_find_a_category(desk: Desk, typed: str, code: str) -> None:
    found = found_category(typed, desk.time_use.categories.current())
    assert found is not None
    assert found.code == code


# -- signing writes the time -----------------------------------------------------------------


def test_a_signed_note_writes_its_time_once_under_the_usual_category(
    desk: Desk, student: StudentId
) -> None:
    sign(desk, student, minutes="30", service_id=service_id(desk, "crisis-response"))
    assert lines(desk) == [("session", "crisis", 30)]
    assert desk.time_use.log.day(TODAY).lines[0].student == "Mateo Ocampo"


def test_a_category_that_was_chosen_in_the_note_counts(desk: Desk, student: StudentId) -> None:
    sign(desk, student, minutes="20", category="referrals")
    sign(desk, student, minutes="10", category="no such one")
    assert [line[1] for line in lines(desk)] == ["referrals", "counseling"]


def test_a_session_that_fell_out_took_no_time(desk: Desk, student: StudentId) -> None:
    sign(desk, student, minutes="30", attendance="absent", attendance_reason="Ill")
    assert lines(desk) == []


def test_a_group_is_counted_once_whoever_came(desk: Desk, student: StudentId) -> None:
    others = [add_student(desk, f"Given{n}", f"Family{n}") for n in range(5)]
    entry_id = take_group(desk, [student, *others], absent=2, minutes=40)
    assert lines(desk) == [("group", "counseling", 40)]
    found = desk.time_use.log.entry(entry_id)
    assert found is not None
    assert found.students == 4


def test_telling_twice_is_telling_once(desk: Desk, student: StudentId) -> None:
    note_id = sign(desk, student, minutes="30")
    entry = desk.time_use.log.entry(note_id)
    assert entry is not None
    with desk.records.transaction() as tx:
        tx.journal("TellAgain", "session_note", note_id)
        part = Attended(student, NoteId(note_id), Attendance.PRESENT)
        desk.told(
            tx,
            Entry(EntryKind.SESSION, note_id, tx.who, tx.now, 55, Place.HOME, students=(part,)),
        )
    assert lines(desk) == [("session", "counseling", 30)]


def test_the_category_of_a_session_is_corrected_without_touching_the_note(
    desk: Desk, student: StudentId
) -> None:
    note_id = sign(desk, student, minutes="30")
    before = desk.sessions.note_sheet(note_id).note
    desk.time_use.log.change_category(ChangeCategory(note_id, "collab"))
    assert lines(desk) == [("session", "collaboration", 30)]
    assert desk.sessions.note_sheet(note_id).note == before
    with pytest.raises(Refused, match="time-of-a-note"):
        desk.time_use.log.correct_activity(CorrectActivity(note_id, ActivityForm(minutes="5")))
    with pytest.raises(Refused, match="time-of-a-note"):
        desk.time_use.log.remove_activity(RemoveActivity(note_id))


def test_what_is_usual_for_a_service_is_the_person_s_to_set(desk: Desk, student: StudentId) -> None:
    observed = service_id(desk, "observation")
    sign(desk, student, minutes="30", service_id=observed)
    desk.time_use.categories.choose_usual(ChooseUsual("asca", observed, "collaboration"))
    sign(desk, student, minutes="30", service_id=observed)
    assert [line[1] for line in lines(desk)] == ["consultation", "collaboration"]
    with pytest.raises(Refused, match="category-unknown"):
        desk.time_use.categories.choose_usual(ChooseUsual("asca", observed, "nothing"))


def test_what_another_room_signed_is_neither_corrected_nor_repeated_here(desk: Desk) -> None:
    entry_id = new_id()
    with desk.records.transaction() as tx:
        tx.journal("SignConsultation", "consultation", entry_id)
        desk.told(
            tx,
            Entry(
                EntryKind.ACTIVITY, entry_id, tx.who, tx.now, 25, Place.PHONE,
                category="consultation",
            ),
        )  # fmt: skip
    assert lines(desk) == [("activity", "consultation", 25)]
    with pytest.raises(Refused, match="time-of-a-note"):
        desk.time_use.log.remove_activity(RemoveActivity(entry_id))
    assert desk.time_use.log.day("2026-11-19").repeatable == ""
    desk.time_use.log.change_category(ChangeCategory(entry_id, "crisis"))
    assert lines(desk) == [("activity", "crisis", 25)]


# -- activities ------------------------------------------------------------------------------


def test_an_activity_is_logged_ends_now_and_is_corrected(desk: Desk) -> None:
    made = log(desk, "les", "45", note="Study skills", students="24")
    line = desk.time_use.log.day(TODAY).lines[0].entry
    assert (line.category_label, line.students, line.note) == ("Instruction", 24, "Study skills")
    assert f"{line.started.wall():%H:%M}" == "13:45"
    form = ActivityForm("duty", "1h15", at="08:00", note="Gate")
    desk.time_use.log.correct_activity(CorrectActivity(made, form))
    line = desk.time_use.log.day(TODAY).lines[0].entry
    assert (line.category, line.minutes, f"{line.started.wall():%H:%M}") == ("support", 75, "08:00")


def test_logging_twice_under_one_id_logs_once(desk: Desk) -> None:
    command = LogActivity(ActivityForm("les", "45"), new_id())
    desk.time_use.log.log_activity(command)
    desk.time_use.log.log_activity(command)
    assert len(lines(desk)) == 1


def test_an_activity_that_was_taken_out_comes_back(desk: Desk) -> None:
    made = log(desk, "les", "45")
    desk.time_use.log.remove_activity(RemoveActivity(made))
    assert lines(desk) == []
    desk.time_use.log.restore_activity(RestoreActivity(made))
    assert lines(desk) == [("activity", "instruction", 45)]


def test_yesterday_s_activities_are_repeated_but_not_those_that_are_still_to_come(
    desk: Desk,
) -> None:
    log(desk, "duty", "20", "2026-11-17", "07:40")
    log(desk, "meet", "50", "2026-11-17", "15:30")
    assert desk.time_use.log.day(TODAY).repeatable == "2026-11-17"
    made = desk.time_use.log.repeat_day(RepeatDay("2026-11-17", TODAY)).entries
    assert lines(desk) == [("activity", "support", 20)]
    assert desk.time_use.log.day(TODAY).repeatable == ""
    desk.time_use.log.remove_activities(RemoveActivities(made))
    assert lines(desk) == []
    with pytest.raises(Refused, match="nothing-to-repeat"):
        desk.time_use.log.repeat_day(RepeatDay("2026-01-05", TODAY))


def test_the_clock_runs_on_over_a_closed_desk_and_counts_begun_minutes(
    desk: Desk, clock: FixedClock
) -> None:
    desk.time_use.log.start_timer(StartTimer(ActivityForm("meet", note="Team")))
    clock.advance(timedelta(minutes=33, seconds=10))
    draft = desk.time_use.log.day(TODAY).draft
    assert draft.timer is not None
    desk.time_use.log.keep_line(KeepLine(ActivityForm("meet", note="Team of grade 7")))
    desk.time_use.log.stop_timer(StopTimer(ActivityForm("meet", note="Team of grade 7")))
    line = desk.time_use.log.day(TODAY).lines[0].entry
    assert (line.minutes, line.note, f"{line.started.wall():%H:%M}") == (
        34,
        "Team of grade 7",
        "14:30",
    )
    assert desk.time_use.log.day(TODAY).draft.timer is None
    with pytest.raises(Refused, match="timer-not-running"):
        desk.time_use.log.stop_timer(StopTimer(ActivityForm("meet")))


def test_a_dropped_clock_logs_nothing_and_keeps_what_was_typed(desk: Desk) -> None:
    desk.time_use.log.start_timer(StartTimer(ActivityForm("meet")))
    desk.time_use.log.drop_timer(DropTimer())
    sheet = desk.time_use.log.day(TODAY)
    assert (sheet.draft.timer, sheet.draft.form.category, sheet.lines) == (None, "meet", ())


def test_duties_come_on_their_weekdays_and_go_when_they_are_logged(desk: Desk) -> None:
    form = ActivityForm("duty", "20", at="07:40", note="Bus")
    duty_id = desk.time_use.log.add_duty(AddDuty(form, "13")).made  # Monday, Wednesday
    assert [duty.id for duty in desk.time_use.log.day(TODAY).duties] == [duty_id]
    assert desk.time_use.log.day("2026-11-17").duties == ()
    made = desk.time_use.log.log_duty(LogDuty(duty_id, TODAY)).made
    assert lines(desk) == [("activity", "support", 20)]
    assert desk.time_use.log.day(TODAY).duties == ()
    desk.time_use.log.remove_activity(RemoveActivity(made))
    assert len(desk.time_use.log.day(TODAY).duties) == 1
    desk.time_use.log.retire_duty(RetireDuty(duty_id))
    assert desk.time_use.log.day(TODAY).duties == ()
    with pytest.raises(Refused, match="duty-needs-days"):
        desk.time_use.log.add_duty(AddDuty(form, ""))


def test_an_activity_over_a_session_is_said_softly(desk: Desk, student: StudentId) -> None:
    sign(desk, student, minutes="30")
    made = log(desk, "couns", "20")
    assert made in desk.time_use.log.day(TODAY).overlaps
    assert len(lines(desk)) == 2


def test_a_day_hardly_logged_is_the_last_working_day(desk: Desk, clock: FixedClock) -> None:
    log(desk, "meet", "3h", "2026-11-17", "09:00")
    found = desk.time_use.log.hardly_logged(TODAY, 420)
    assert found is not None
    assert (found.day, found.minutes) == ("2026-11-17", 180)
    log(desk, "les", "30", "2026-11-17", "13:00")
    assert desk.time_use.log.hardly_logged(TODAY, 420) is None
    monday = desk.time_use.log.hardly_logged("2026-11-16", 420)
    assert monday is not None
    assert monday.day == "2026-11-13"


# -- a district's own categories ---------------------------------------------------------------


def test_a_new_version_never_relabels_what_was_entered(desk: Desk, student: StudentId) -> None:
    desk.time_use.categories.load(LoadCategories(DISTRICT))
    desk.people.change_setting(ChangeSetting("time_set", "riverbend"))
    log(desk, "teach", "45", TODAY, "09:00")
    sign(desk, student, minutes="15")
    changed = DISTRICT.replace('"version": 1', '"version": 2').replace("Teaching", "Lessons held")
    desk.time_use.categories.load(LoadCategories(changed))
    log(desk, "lessons", "30", TODAY, "10:00")
    found = desk.time_use.log.day(TODAY).lines
    assert [(one.entry.set_version, one.entry.category_label) for one in found] == [
        (1, "Teaching"),
        (2, "Lessons held"),
        (1, "Talking"),
    ]
    share = desk.time_use.shares.between(TODAY, TODAY)
    assert (share.set.version, share.total) == (2, 90)
    assert {(one.label, one.minutes) for one in share.sums} == {
        ("Teaching", 45),
        ("Lessons held", 30),
        ("Talking", 15),
    }


def test_a_version_that_is_there_and_a_shipped_set_are_not_replaced(desk: Desk) -> None:
    desk.time_use.categories.load(LoadCategories(DISTRICT))
    for text, code in (
        (DISTRICT, "categories-version"),
        (DISTRICT.replace('"riverbend"', '"asca"'), "categories-shipped"),
        ("x" * 1_000_001, "categories-large"),
    ):
        with pytest.raises(Refused, match=code):
            desk.time_use.categories.load(LoadCategories(text))
    assert sum(one.code == "riverbend" for one in desk.time_use.categories.sets()) == 1


def test_the_engine_lets_no_version_be_changed(desk: Desk) -> None:
    for statement in (
        "UPDATE category SET label = 'x'",
        "DELETE FROM category",
        "UPDATE category_set SET name = 'x'",
        "DELETE FROM category_set",
    ):
        with pytest.raises(Exception, match="frozen"), desk.records.transaction() as tx:
            tx.execute(statement)


# -- shares ----------------------------------------------------------------------------------


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32))
def test_the_categories_come_to_the_entries_minutes_whatever_is_corrected(
    desk: Desk, student: StudentId, seed: int
) -> None:
    dice = random.Random(seed)
    log_, known = desk.time_use.log, {}
    clear = [line.entry.id for line in log_.between("2026-10-01", TODAY)]
    activities = [one for one in clear if (e := log_.entry(one)) and e.kind.value == "activity"]
    if activities:
        log_.remove_activities(RemoveActivities(tuple(activities)))
    for line in log_.between("2026-10-01", TODAY):
        known[line.entry.id] = (line.entry.on_day, line.entry.category, line.entry.minutes)
    codes = [one.code for one in desk.time_use.categories.current().categories]
    for _turn in range(12):
        code, minutes = dice.choice(codes), dice.randint(1, 200)
        day = (date(2026, 10, 5) + timedelta(days=dice.randint(0, 40))).isoformat()
        form = ActivityForm(code, str(minutes), day, f"{dice.randint(0, 23):02d}:05")
        what = dice.choice(("log", "log", "sign", "correct", "move", "out", "back"))
        mine = [one for one in known if (e := log_.entry(one)) and e.kind.value == "activity"]
        if what == "log":
            known[log_.log_activity(LogActivity(form)).made] = (day, code, minutes)
        elif what == "sign":
            known[sign(desk, student, minutes="25", category=code)] = (TODAY, code, 25)
        elif what == "correct" and mine:
            one = dice.choice(mine)
            log_.correct_activity(CorrectActivity(one, form))
            known[one] = (day, code, minutes)
        elif what == "move" and known:
            one = dice.choice(list(known))
            log_.change_category(ChangeCategory(one, code))
            known[one] = (known[one][0], code, known[one][2])
        elif what in {"out", "back"} and mine:
            one = dice.choice(mine)
            log_.remove_activity(RemoveActivity(one))
            if what == "back":
                log_.restore_activity(RestoreActivity(one))
            else:
                del known[one]
    for since, until in (("2026-10-01", TODAY), ("2026-10-12", "2026-10-31")):
        share = desk.time_use.shares.between(since, until)
        wanted: dict[str, int] = {}
        weeks: dict[str, int] = {}
        for day, code, minutes in known.values():
            if since <= day <= until:
                wanted[code] = wanted.get(code, 0) + minutes
                on = date.fromisoformat(day)
                monday = (on - timedelta(days=on.weekday())).isoformat()
                weeks[monday] = weeks.get(monday, 0) + minutes
        assert {one.category: one.minutes for one in share.sums} == wanted
        assert share.total == sum(wanted.values())
        assert {week.monday: week.total for week in share.weeks} == weeks


def test_a_building_s_share_counts_its_own(desk: Desk) -> None:
    alder, birch = (one[0] for one in desk.time_use.shares.schools())
    log(desk, "les", "45", TODAY, "09:00", school_id=alder)
    log(desk, "meet", "30", TODAY, "10:00", school_id=birch)
    assert desk.time_use.shares.between(TODAY, TODAY, birch).total == 30
    assert desk.time_use.shares.between(TODAY, TODAY).total == 75
    with pytest.raises(Refused, match="period-ends-before"):
        desk.time_use.shares.between(TODAY, "2026-11-01")


def test_time_is_a_person_s_own_and_the_office_sees_none(tmp_path: Path) -> None:
    desk = new_desk(tmp_path, clock=fixed_clock("2026-11-18T14:30"))
    try:
        log(desk, "les", "45")
        other = desk.seat
        with desk.records.transaction() as tx:
            stranger = new_id()
            tx.execute(
                "INSERT INTO person (id, name, role, made_at, zone)"
                " VALUES (?, 'Other', 'counselor', ?, ?)",
                (stranger, tx.now.at, tx.now.zone),
            )
            tx.journal("AddPerson", "person", stranger)
        from dataclasses import replace

        from app.kernel.ids import PersonId

        desk.records.sit_down(replace(other, person=PersonId(stranger)))
        assert desk.time_use.log.day(TODAY).lines == ()
        with desk.records.read() as reader:
            assert reader.execute("SELECT count(*) FROM time_entry").fetchone() == (0,)
        desk.records.sit_down(replace(other, role=Role.ADMINISTRATOR))
        with pytest.raises(Refused, match="time-not-yours"):
            desk.time_use.log.day(TODAY)
    finally:
        desk.close()


# -- claims ----------------------------------------------------------------------------------


def test_a_line_is_made_of_the_entry_and_says_what_is_missing(
    desk: Desk, student: StudentId
) -> None:
    sign(desk, student, minutes="38")
    assert desk.time_use.billing.sheet(TODAY, TODAY).lines == ()
    desk.time_use.billing.keep_medicaid(KeepMedicaid(student, "4471-20091"))
    (line,) = desk.time_use.billing.sheet(TODAY, TODAY).lines
    assert line.missing == (Missing.CONSENT, Missing.PROCEDURE, Missing.CREDENTIALS)
    with pytest.raises(Refused, match="claim-lacks"):
        desk.time_use.billing.mark(MarkLines(((TODAY, line.entry_id, student),), LineState.READY))
    with_medicaid(desk, student)
    with_code(desk, "individual-counseling")
    (line,) = desk.time_use.billing.sheet(TODAY, TODAY).lines
    assert (line.procedure, line.modifiers, line.units) == ("X9001", ("H1", "K2"), 3)
    assert line.missing == (Missing.CREDENTIALS,)


def credentialed(desk: Desk) -> None:
    from app.features.people.commands import ChangePerson

    desk.people.change_person(ChangePerson("Ana Núñez", Role.COUNSELOR, "LPC"))


def test_consent_counts_for_the_days_it_covers(desk: Desk, student: StudentId) -> None:
    credentialed(desk)
    with_code(desk, "individual-counseling")
    sign(desk, student, minutes="30")
    for since, until, missing in (
        ("2026-11-18", "", ()),
        ("2026-09-01", "2026-11-17", (Missing.CONSENT,)),
        ("", "", (Missing.CONSENT,)),
    ):
        desk.time_use.billing.keep_medicaid(KeepMedicaid(student, "447120091", since, until))
        (line,) = desk.time_use.billing.sheet(TODAY, TODAY).lines
        assert line.missing == missing


def test_what_was_exported_stands_whatever_changes_after(desk: Desk, student: StudentId) -> None:
    credentialed(desk)
    with_medicaid(desk, student)
    service = with_code(desk, "individual-counseling")
    sign(desk, student, minutes="30")
    billing = desk.time_use.billing
    (line,) = billing.sheet(TODAY, TODAY).lines
    key = ((TODAY, line.entry_id, str(student)),)
    billing.mark(MarkLines(key, LineState.READY))
    ready = billing.sheet(TODAY, TODAY, LineState.READY).lines
    billing.exported(ready)
    billing.keep_code(KeepBillingCode(service, Setting.INDIVIDUAL, "Y1000", "", Units.ENCOUNTER))
    billing.keep_medicaid(KeepMedicaid(student, "99990000"))
    (line,) = billing.sheet(TODAY, TODAY).lines
    assert (line.state, line.procedure, line.units, line.medicaid_id) == (
        LineState.EXPORTED,
        "X9001",
        2,
        "447120091",
    )
    with pytest.raises(Refused, match="claim-exported"):
        billing.mark(MarkLines(key, LineState.OPEN))
    with pytest.raises(Refused, match="claim-changed"):
        billing.exported(ready)
    assert billing.sheet(TODAY, TODAY).counts == {LineState.EXPORTED: 1}


def test_lines_that_changed_since_they_were_read_do_not_leave(
    desk: Desk, student: StudentId
) -> None:
    credentialed(desk)
    with_medicaid(desk, student)
    service = with_code(desk, "individual-counseling")
    sign(desk, student, minutes="30")
    billing = desk.time_use.billing
    (line,) = billing.sheet(TODAY, TODAY).lines
    billing.mark(MarkLines(((TODAY, line.entry_id, student),), LineState.READY))
    read = billing.sheet(TODAY, TODAY, LineState.READY).lines
    billing.keep_code(KeepBillingCode(service, Setting.INDIVIDUAL, "Y1000"))
    with pytest.raises(Refused, match="claim-changed"):
        billing.exported(read)
    assert billing.sheet(TODAY, TODAY).counts == {LineState.READY: 1}


def test_in_a_group_each_student_has_the_whole_time(desk: Desk, student: StudentId) -> None:
    other = add_student(desk, "Ines", "Ferreira")
    for one in (student, other):
        with_medicaid(desk, one)
    take_group(desk, [student, other, add_student(desk, "Noor", "Haddad")], minutes=40)
    found = desk.time_use.billing.sheet(TODAY, TODAY).lines
    assert [(line.minutes, line.group_size) for line in found] == [(40, 3), (40, 3)]


def test_the_journal_knows_of_the_consent_and_not_the_number(
    desk: Desk, student: StudentId
) -> None:
    with_medicaid(desk, student)
    with desk.records.read() as reader:
        (after,) = reader.execute(
            "SELECT after FROM journal WHERE what = 'KeepMedicaid'"
        ).fetchone() or ("",)
    assert json.loads(after)["consent_on"] == "2026-09-01"
    assert "447120091" not in after


@pytest.mark.parametrize(
    ("number", "since", "until", "field"),
    [("4!", "", "", "medicaid_id"), ("44712", "2026-09-01", "2026-08-01", "consent_until"),
     ("44712", "", "2026-08-01", "consent_until"), ("44712", "2027-01-01", "", "consent_on"),
     ("44712", "soon", "", "consent_on")],
)  # fmt: skip
def test_numbers_and_days_that_cannot_be_are_refused_at_their_field(
    desk: Desk, student: StudentId, number: str, since: str, until: str, field: str
) -> None:
    with pytest.raises(Refused) as caught:
        desk.time_use.billing.keep_medicaid(KeepMedicaid(student, number, since, until))
    assert caught.value.field == field


def test_a_procedure_is_taken_off_the_table(desk: Desk) -> None:
    service = with_code(desk, "check-in", Units.ENCOUNTER)
    desk.time_use.billing.keep_code(KeepBillingCode(service, Setting.INDIVIDUAL, ""))
    assert all(line.individual is None for line in desk.time_use.billing.codes())


def test_the_vault_verifies_with_time_in_it(desk: Desk, student: StudentId) -> None:
    sign(desk, student, minutes="30")
    log(desk, "les", "45")
    place = desk.folder.path
    desk.close()
    assert verify_vault(place, PASSPHRASE).whole
