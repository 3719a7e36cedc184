"""Doses on a real vault: recorded once, undone within a minute, corrected, missed, never erased."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.features.medication.commands import (
    CorrectDose,
    DelegateTask,
    DiscontinueOrder,
    EnterDowntime,
    HoldOrder,
    MarkNoSchool,
    NoteOnDose,
    RecordDose,
    RecordEffect,
    RecordNotGiven,
    ResumeOrder,
    UndoDose,
    UnmarkNoSchool,
)
from app.features.medication.model.doses import By, Code, Dose, Effect, Outcome, SlotState, Source
from app.features.medication.model.orders import Emergency
from app.features.medication.service import MedicationService
from app.features.people.commands import ChangeSetting
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from nurse_desk import AS_NEEDED, SCHEDULED, NurseDesk, at, refusal


def standing(nurse: NurseDesk, student: StudentId) -> list[Dose]:
    return [row.dose for row in nurse.room.doses.doses_of(student, "2026-01-01", "2027-12-31")]


def states(nurse: NurseDesk) -> dict[str, SlotState]:
    return {line.slot.time: line.state for line in nurse.room.doses.board().lines}


def test_a_dose_keeps_when_it_was_due_given_and_recorded_and_by_whom(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:52")
    nurse.give(order, student, given_at=at("2026-11-20T11:50"))
    (dose,) = standing(nurse, student)
    assert dose.scheduled_at == at("2026-11-20T11:45").at
    assert dose.given_at == at("2026-11-20T11:50").at
    assert dose.recorded_at == at("2026-11-20T11:52").at
    assert dose.person_id == nurse.desk.seat.person
    assert (dose.outcome, dose.amount, dose.late) == (Outcome.GIVEN, 1000, False)
    assert set(dose.warnings) == {"order-unchecked", "stock-untracked"}


def test_recording_twice_with_one_id_records_once(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    container = nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    dose_id = new_id()
    assert nurse.give(order, student, dose_id=dose_id) == nurse.give(
        order, student, dose_id=dose_id
    )
    assert len(standing(nurse, student)) == 1
    assert nurse.room.stock.ledger(container).held.balance == 19_000


def test_a_second_person_cannot_enter_the_same_dose_again(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    with pytest.raises(Refused) as refused:
        nurse.give(order, student, override_reason="I gave it")
    assert refused.value.code == "already-given"
    assert refused.value.facts["by"] == "Grace Adeyemi"
    with pytest.raises(Refused, match="already-given"):
        nurse.room.doses.record_not_given(
            RecordNotGiven(order, student, "2026-11-20", "11:45", Code.ABSENT)
        )


def test_what_stops_a_dose_needs_a_reason_that_stays_with_it(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T10:00")
    with pytest.raises(Refused) as refused:
        nurse.give(order, student)
    assert refusal(refused.value) == ("too-early", "override_reason")
    nurse.give(order, student, override_reason="Leaves early, Dr. Ito agreed")
    (dose,) = standing(nurse, student)
    assert dose.override_reason == "Leaves early, Dr. Ito agreed"
    assert "too-early" in dose.warnings


def test_undoing_within_a_minute_is_a_line_of_its_own_and_opens_the_dose_again(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    container = nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    given = nurse.give(order, student)
    nurse.clock.advance(timedelta(seconds=60))
    undone = nurse.room.doses.undo_dose(UndoDose(given)).made
    assert nurse.room.stock.ledger(container).held.balance == 20_000
    assert states(nurse) == {"11:45": SlotState.DUE}
    nurse.give(order, student)
    rows = nurse.room.doses.dose_sheet(undone).rows
    assert [row.outcome for row in rows] == [Outcome.GIVEN, Outcome.IN_ERROR, Outcome.GIVEN]
    assert [row.replaces for row in rows] == [None, given, undone]
    assert nurse.room.stock.ledger(container).held.balance == 19_000


@pytest.mark.parametrize("seconds", [61, -5])
def test_after_the_minute_or_before_it_on_a_clock_set_back_nothing_is_undone(
    nurse: NurseDesk, seconds: int
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    given = nurse.give(order, student)
    nurse.clock.advance(timedelta(seconds=seconds))
    with pytest.raises(Refused, match="undo-over"):
        nurse.room.doses.undo_dose(UndoDose(given))


def test_a_correction_points_to_what_it_replaces_and_sets_the_stock_right(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    order = nurse.order(student)
    container = nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    given = nurse.give(order, student)
    nurse.set("2026-11-20T15:00")
    right = RecordDose(
        order, student, "2026-11-20", "11:45", amount="1/2",
        given_at=at("2026-11-20T11:45"), override_reason="Half was spilled",
    )  # fmt: skip
    with pytest.raises(Refused, match="correction-needs-reason"):
        nurse.room.doses.correct_dose(CorrectDose(given, " ", right))
    corrected = nurse.room.doses.correct_dose(CorrectDose(given, "Half only", right)).made
    (dose,) = standing(nurse, student)
    assert (dose.id, dose.replaces, dose.why, dose.amount) == (corrected, given, "Half only", 500)
    ledger = nurse.room.stock.ledger(container)
    assert [movement.amount for movement in ledger.movements] == [20_000, -1000, 1000, -500]
    with pytest.raises(Refused, match="dose-corrected-already"):
        nurse.room.doses.correct_dose(CorrectDose(given, "again", None))
    nurse.room.doses.correct_dose(CorrectDose(corrected, "Another student", None))
    assert nurse.room.stock.ledger(container).held.balance == 20_000
    not_given = RecordNotGiven(order, student, "2026-11-20", "11:45", Code.REFUSED)
    void = standing(nurse, student)[0]
    nurse.room.doses.correct_dose(CorrectDose(void.id, "He refused", not_given))
    assert standing(nurse, student)[0].code is Code.REFUSED


def test_a_correction_cannot_be_about_another_dose(nurse: NurseDesk) -> None:
    student, other = nurse.student(), nurse.student("Ana", "Lim", "2")
    order = nurse.order(student, times=("08:00", "11:45"))
    nurse.set("2026-11-20T11:45")
    given = nurse.give(order, student)
    for record in (
        RecordDose(order, student, "2026-11-20", "08:00"),
        RecordDose(order, other, "2026-11-20", "11:45"),
    ):
        with pytest.raises(Refused, match="correction-other-dose"):
            nurse.room.doses.correct_dose(CorrectDose(given, "slip", record))


def test_a_dose_becomes_missed_only_after_its_window_and_never_given(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T12:15")
    nurse.room.doses.settle_missed()
    assert standing(nurse, student) == []
    nurse.set("2026-11-20T12:16")
    board = nurse.room.doses.board()
    assert (board.lines[0].state, board.unsettled) == (SlotState.MISSED, 1)
    nurse.room.doses.settle_missed()
    nurse.room.doses.settle_missed()
    (dose,) = standing(nurse, student)
    assert (dose.outcome, dose.code, dose.person_id) == (Outcome.NOT_GIVEN, Code.MISSED, None)
    assert dose.recorded_at == at("2026-11-20T12:16").at
    assert nurse.room.doses.board().unsettled == 0
    # It was given in time, and is entered late.
    nurse.set("2026-11-20T13:00")
    nurse.give(order, student, given_at=at("2026-11-20T11:50"))
    (entered,) = standing(nurse, student)
    assert (entered.outcome, entered.late, entered.replaces) == (Outcome.GIVEN, True, dose.id)


def test_the_days_on_which_the_desk_did_not_run_are_settled_when_it_runs_again(
    nurse: NurseDesk,
) -> None:
    student = nurse.student()
    nurse.order(student)
    nurse.set("2026-11-25T09:00")
    nurse.room.doses.settle_missed()
    found = standing(nurse, student)
    # Friday, Monday, Tuesday; today's is not due yet, and there is none at the weekend.
    assert [dose.day for dose in found] == ["2026-11-20", "2026-11-23", "2026-11-24"]
    assert {dose.recorded_at for dose in found} == {at("2026-11-25T09:00").at}


def test_a_day_without_school_has_no_missed_doses(nurse: NurseDesk) -> None:
    student = nurse.student()
    nurse.order(student)
    nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-20", "Snow"))
    nurse.set("2026-11-23T13:00")
    nurse.room.doses.settle_missed()
    assert [dose.day for dose in standing(nurse, student)] == ["2026-11-23"]
    nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-23", "Burst pipe"))
    (dose,) = standing(nurse, student)
    assert (dose.code, dose.why) == (Code.NO_SCHOOL, "Burst pipe")
    with pytest.raises(Refused, match="no-school-already"):
        nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-23", "Burst pipe"))
    nurse.room.doses.unmark_no_school(UnmarkNoSchool("2026-11-23"))
    (dose,) = standing(nurse, student)
    assert (dose.code, dose.person_id) == (Code.MISSED, nurse.desk.seat.person)
    nurse.room.doses.unmark_no_school(UnmarkNoSchool("2026-11-20"))
    nurse.room.doses.settle_missed()
    assert {(d.day, d.code) for d in standing(nurse, student)} == {
        ("2026-11-20", Code.MISSED),
        ("2026-11-23", Code.MISSED),
    }


def test_a_day_that_has_school_after_all_is_due_again(nurse: NurseDesk) -> None:
    nurse.order(nurse.student())
    nurse.room.doses.mark_no_school(MarkNoSchool("2026-11-20", "Snow"))
    nurse.room.doses.unmark_no_school(UnmarkNoSchool("2026-11-20"))
    nurse.set("2026-11-20T11:45")
    assert states(nurse) == {"11:45": SlotState.DUE}


def test_a_held_order_is_written_down_as_held_and_comes_back(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.room.orders.hold_order(HoldOrder(order, "Awaiting the pharmacy", "Dr. Ito"))
    assert states(nurse) == {"11:45": SlotState.HELD}
    nurse.set("2026-11-23T08:00")
    nurse.room.doses.settle_missed()
    assert standing(nurse, student)[0].code is Code.HELD
    nurse.room.orders.resume_order(ResumeOrder(order, "Arrived"))
    nurse.set("2026-11-23T11:45")
    assert states(nurse) == {"11:45": SlotState.DUE}


def test_not_given_needs_a_code_and_some_codes_a_word(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)

    def record(code: Code, note: str = "", day: str = "2026-11-20") -> None:
        nurse.room.doses.record_not_given(RecordNotGiven(order, student, day, "11:45", code, note))

    for code in (Code.NONE, Code.MISSED):
        with pytest.raises(Refused, match="code-missing"):
            record(code)
    with pytest.raises(Refused, match="code-needs-note"):
        record(Code.OTHER)
    with pytest.raises(Refused, match="slot-in-future"):
        record(Code.ABSENT, day="2026-11-23")
    with pytest.raises(Refused, match="slot-not-ordered"):
        record(Code.ABSENT, day="2026-11-21")
    record(Code.ABSENT)
    with pytest.raises(Refused, match="already-not-given"):
        record(Code.REFUSED)
    # The student comes in after all.
    nurse.set("2026-11-20T11:45")
    with pytest.raises(Refused, match="already-not-given"):
        nurse.give(order, student)
    nurse.give(order, student, override_reason="Came at eleven")
    (dose,) = standing(nurse, student)
    assert (dose.outcome, dose.why) == (Outcome.GIVEN, "Came at eleven")


def test_a_dose_as_needed_asks_for_its_effect_until_it_is_told(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, AS_NEEDED)
    with pytest.raises(Refused, match="prn-needs-reason"):
        nurse.room.doses.record_dose(RecordDose(order, student))
    dose = nurse.room.doses.record_dose(
        RecordDose(order, student, reason="Headache", assessment="5 of 10")
    ).made
    assert nurse.room.doses.effects_due() == []
    nurse.clock.advance(timedelta(minutes=60))
    assert [line.dose.id for line in nurse.room.doses.effects_due()] == [dose]
    nurse.room.doses.record_effect(RecordEffect(dose, Effect.RELIEVED, "1 of 10"))
    assert nurse.room.doses.effects_due() == []
    (line,) = nurse.room.doses.prn(student)
    assert line.next_at == at("2026-11-20T14:00")
    assert line.left == 2
    assert [finding.code for finding in line.findings if finding.severity > 1] == ["too-soon"]


def test_a_dose_from_home_counts_for_the_interval_and_not_for_the_stock(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, AS_NEEDED)
    container = nurse.stock(order)
    told = RecordDose(
        order, student, source=Source.HOME, by=By.GUARDIAN, giver="Rosa Ocampo",
        given_at=at("2026-11-20T06:30"),
    )  # fmt: skip
    nurse.room.doses.record_dose(told)
    assert nurse.room.stock.ledger(container).held.balance == 20_000
    with pytest.raises(Refused) as refused:
        nurse.room.doses.record_dose(RecordDose(order, student, reason="Headache"))
    assert refused.value.code == "too-soon"
    assert refused.value.facts["by"] == "Rosa Ocampo"


def test_a_delegate_needs_a_name_and_training_that_still_holds(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    with pytest.raises(Refused, match="giver-missing"):
        nurse.give(order, student, by=By.DELEGATE)
    with pytest.raises(Refused, match="delegation-missing"):
        nurse.give(order, student, by=By.DELEGATE, giver="Mr. Adair")
    nurse.room.nursing.delegate(DelegateTask("Mr. Adair", "Oral medication", "2026-08-15"))
    nurse.give(order, student, by=By.DELEGATE, giver="mr. adair")
    assert standing(nurse, student)[0].giver == "mr. adair"


def test_an_emergency_medicine_is_recorded_without_a_word_in_the_way(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(
        student,
        AS_NEEDED,
        name="Epinephrine",
        emergency=Emergency.EPINEPHRINE,
        guardian_until="2026-11-01",
    )
    nurse.room.doses.record_dose(RecordDose(order, student))
    (dose,) = standing(nurse, student)
    assert {"guardian-expired", "stock-untracked"} <= set(dose.warnings)


def test_a_downtime_sheet_is_entered_whole_or_not_at_all(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student, times=("08:30", "11:45"))
    nurse.set("2026-11-20T15:00")
    first = RecordDose(order, student, "2026-11-20", "08:30", given_at=at("2026-11-20T08:35"))
    bad = RecordDose(order, student, "2026-11-20", "11:45", given_at=at("2026-11-20T13:35"))
    with pytest.raises(Refused) as refused:
        nurse.room.doses.enter_downtime(EnterDowntime((first, bad)))
    assert refusal(refused.value) == ("too-late", "records.1")
    assert standing(nurse, student) == []
    good = RecordNotGiven(order, student, "2026-11-20", "11:45", Code.ABSENT)
    nurse.room.doses.enter_downtime(EnterDowntime((first, good)))
    found = standing(nurse, student)
    assert [(dose.source, dose.late) for dose in found] == [(Source.DOWNTIME, True)] * 2


def test_the_board_shows_the_most_urgent_first_and_finds_by_letters_and_number(
    nurse: NurseDesk,
) -> None:
    ana, bo, cy = (
        nurse.student("Ana", "Lim", "11"), nurse.student("Bo", "Cruz", "12"), nurse.student("Cy", "Dorn", "13"),
    )  # fmt: skip
    nurse.order(ana, times=("10:35",))
    nurse.order(bo, times=("11:00",))
    nurse.order(cy, times=("11:45", "14:00"))
    nurse.set("2026-11-20T11:00")
    board = nurse.room.doses.board()
    assert [(line.pupil.name, line.state.value) for line in board.lines] == [
        ("Ana Lim", "late"), ("Bo Cruz", "due"), ("Cy Dorn", "soon"), ("Cy Dorn", "later"),
    ]  # fmt: skip
    assert [line.pupil.name for line in board.narrowed(text="cr")] == ["Bo Cruz"]
    assert [line.pupil.name for line in board.narrowed(text="11")] == ["Ana Lim"]
    assert [line.slot.time for line in board.narrowed(states=[SlotState.LATER])] == ["14:00"]
    assert board.counts()[SlotState.LATE] == 1
    school = board.schools()[0]
    assert school[1] == "Alder Elementary"
    assert len(nurse.room.doses.board(ana).lines) == 0


def test_a_changed_order_is_due_by_its_new_version_from_then_on(nurse: NurseDesk) -> None:
    from app.features.medication.commands import ChangeOrder

    student = nurse.student()
    order = nurse.order(student, times=("08:15", "11:45"))
    nurse.set("2026-11-20T08:15")
    nurse.give(order, student, slot="08:15")
    nurse.set("2026-11-20T09:00")
    sheet = nurse.room.orders.order_sheet(order)
    form = replace(sheet.form(), times=("08:15", "12:30"), reason="Dr. Ito moved it")
    changed = nurse.room.orders.change_order(ChangeOrder(order, form)).made
    board = nurse.room.doses.board()
    assert {(line.slot.time, line.order.id) for line in board.lines} == {
        ("08:15", order), ("12:30", changed),
    }  # fmt: skip
    with pytest.raises(Refused, match="order-changed-already"):
        nurse.room.orders.discontinue_order(DiscontinueOrder(order, "x"))


def test_a_clock_that_was_set_back_neither_doubles_nor_hides_a_dose(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    nurse.set("2026-11-20T09:00")
    board = nurse.room.doses.board()
    assert board.lines[0].state is SlotState.GIVEN
    assert board.ran_back == 165 * 60
    with pytest.raises(Refused, match="already-given"):
        nurse.give(order, student, override_reason="again", given_at=at("2026-11-20T08:59"))
    other = nurse.order(student, AS_NEEDED)
    nurse.room.doses.record_dose(RecordDose(other, student, reason="Headache"))
    assert standing(nurse, student)[-1].clock_jump == -165 * 60


def test_a_missed_row_written_by_a_clock_that_ran_ahead_does_not_count(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T18:00")
    nurse.room.doses.settle_missed()
    nurse.set("2026-11-20T11:45")
    assert states(nurse) == {"11:45": SlotState.DUE}
    nurse.give(order, student)
    (dose,) = standing(nurse, student)
    assert (dose.outcome, dose.late) == (Outcome.GIVEN, False)


def test_what_was_observed_later_stands_beside_the_dose(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    dose = nurse.give(order, student)
    nurse.room.doses.note_on_dose(NoteOnDose(dose, "Vomited after ten minutes", reaction=True))
    sheet = nurse.room.doses.dose_sheet(dose)
    assert [(entry.kind, entry.text) for entry in sheet.entries] == [
        ("reaction", "Vomited after ten minutes")
    ]
    with pytest.raises(Refused, match="note-needs-words"):
        nurse.room.doses.note_on_dose(NoteOnDose(dose, " "))


@pytest.mark.parametrize(
    "changes", [{"order_id": "none"}, {"day": "x"}, {"given_at": at("2027-11-20T11:00")}]
)
def test_what_points_nowhere_is_refused(nurse: NurseDesk, changes: dict[str, Any]) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:45")
    with pytest.raises(Refused):
        nurse.room.doses.record_dose(
            replace(RecordDose(order, student, "2026-11-20", "11:45"), **changes)
        )
    assert standing(nurse, student) == []
    assert SCHEDULED.times == ("11:45",)


def test_the_window_is_as_the_nurse_has_set_it(nurse: NurseDesk) -> None:
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T10:50")
    assert states(nurse) == {"11:45": SlotState.SOON}
    nurse.desk.people.change_setting(ChangeSetting("medication_window", "60"))
    assert states(nurse) == {"11:45": SlotState.DUE}
    nurse.give(order, student)


def test_a_jump_of_the_clock_is_shown_until_it_was_seen_and_marks_what_is_recorded(
    nurse: NurseDesk,
) -> None:
    records, really = nurse.desk.records, [0.0]
    room = MedicationService(
        records.transaction, records.working, records.read, seat=lambda: records.seat,
        clock=nurse.clock, witness=lambda _person, _passphrase: None, passed=lambda: really[0],
    )  # fmt: skip
    student = nurse.student()
    order = nurse.order(student)
    nurse.set("2026-11-20T11:00")
    assert room.doses.board().jump is None
    really[0] += 60
    nurse.clock.advance(timedelta(minutes=1))
    assert room.doses.board().jump is None
    really[0] += 60
    nurse.clock.advance(timedelta(minutes=41))
    for _ in range(2):
        jump = room.doses.board().jump
        assert jump is not None
        assert jump.seconds == 40 * 60
    room.doses.record_dose(RecordDose(order, student, "2026-11-20", "11:45"))
    assert standing(nurse, student)[0].clock_jump == 40 * 60
    room.doses.note_jump()
    assert room.doses.board().jump is None
