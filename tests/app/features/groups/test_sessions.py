"""A group's session: taken once, signed once, and a note of its own in each member's chart."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlcipher3 import dbapi2

from app.features.groups.commands import (
    AddMember,
    CorrectAttendance,
    LeaveGroup,
    SaveGroupDraft,
    StartGroupSession,
)
from app.features.groups.repo.sessions import frozen_rows
from app.features.services.commands import WriteMandate
from app.features.services.model.mandates import MandateForm, Setting
from app.features.sessions.commands import AmendNote, StartDraft
from app.features.sessions.model import DraftKind, Section
from app.features.sessions.summary import sessions_summary
from app.kernel.entries import EntryKind
from app.kernel.errors import Refused
from app.kernel.frozen import How
from app.kernel.ids import StudentId
from app.kernel.nouns import Attendance
from groups_desk import Room, a_goal, a_session, marked, sign, typed
from sessions_desk import add_student

ANOTHER = (
    "INSERT INTO group_session SELECT NULL, 'n', group_id, number, topic, started_at, zone,"
    " minutes, service_id, place, school_id, format, sections, late_reason, planned_id,"
    " person_id, signed_at, signed_zone, hash FROM group_session"
)


def test_signing_leaves_each_member_a_note_with_the_shared_part_and_their_own(room: Room) -> None:
    first, second, third = room.students[:3]
    draft = a_session(room.desk, room.group, "Practised breathing in pairs.")
    draft = marked(draft, first, own="Led the exercise.")
    draft = marked(draft, second, attendance="absent", reason="Ill at home")
    session = sign(room.desk, draft)
    sheets = {
        line.attending.student_id: room.desk.sessions.note_sheet(line.attending.note_id)
        for line in room.desk.groups.signed_session(session).attending
    }
    assert [(s.title, s.text) for s in sheets[first].note.sections] == [
        ("Topic", "Naming feelings"),
        ("Note", "Practised breathing in pairs."),
        ("This student in the group", "Led the exercise."),
    ]
    assert sheets[second].note.sections == ()
    assert sheets[second].note.attendance is Attendance.ABSENT
    assert sheets[second].note.attendance_reason == "Ill at home"
    assert len(sheets[third].note.sections) == 2
    assert {sheet.note.minutes for sheet in sheets.values()} == {30}
    assert {sheet.note.service_label for sheet in sheets.values()} == {"Group counseling"}
    assert {sheet.note.present for sheet in sheets.values()} == {""}
    assert len(sheets) == 8
    assert room.desk.verify().whole


def test_signing_twice_signs_once_and_the_draft_is_gone(room: Room) -> None:
    draft = a_session(room.desk, room.group)
    room.desk.groups.save_group_draft(SaveGroupDraft(draft))
    assert [line.group for line in room.desk.groups.group_drafts()] == ["Tuesday coping"]
    assert sign(room.desk, draft) == sign(room.desk, draft)
    assert room.desk.sessions.note_count() == 8
    assert room.desk.groups.group_drafts() == []
    with pytest.raises(Refused, match="already-signed"):
        room.desk.groups.save_group_draft(SaveGroupDraft(draft))
    with pytest.raises(Refused, match="group-session-signed"):
        room.desk.groups.start_session(StartGroupSession(draft_id=draft.id))


def test_a_draft_comes_back_as_it_was_left_with_who_is_in_the_group_now(room: Room) -> None:
    draft = marked(a_session(room.desk, room.group), room.students[0], own="Was quiet. 😀 \ud800")
    room.desk.groups.save_group_draft(SaveGroupDraft(draft))
    room.desk.groups.add_member(
        AddMember(room.group, add_student(room.desk, "Late", "Comer"), "2026-11-20")
    )
    again = room.desk.groups.start_session(StartGroupSession(room.group))
    assert again.stored
    assert again.draft.id == draft.id
    assert len(again.members) == 9
    mark = next(m for m in again.draft.form.marks if m.student_id == room.students[0])
    assert mark.own == "Was quiet. 😀 ?"
    session = sign(room.desk, again.draft)
    assert len(room.desk.groups.signed_session(session).attending) == 9


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"minutes": "0"}, "note-needs-minutes", "minutes"),
        ({"on": "someday"}, "note-needs-day", "on"),
        ({"at": ""}, "note-needs-time", "at"),
        ({"on": "2026-11-21"}, "note-in-future", "at"),
        ({"on": "2026-11-16"}, "note-needs-late-reason", "late_reason"),
        ({"sections": ()}, "note-needs-text", "sections"),
        ({"service_id": ""}, "note-needs-service", "service"),
        ({"marks": ()}, "group-nobody", "marks"),
    ],
)
def test_a_session_is_refused_at_the_field_to_mend(
    room: Room, changes: dict[str, object], code: str, field: str
) -> None:
    draft = typed(a_session(room.desk, room.group), **changes)
    with pytest.raises(Refused) as refused:
        sign(room.desk, draft)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert room.desk.sessions.note_count() == 0


def test_what_a_member_lacks_is_refused_at_that_member(room: Room) -> None:
    student = room.students[4]
    draft = a_session(room.desk, room.group)
    for changes, code, field in (
        ({"attendance": "declined"}, "group-needs-reason", f"reason:{student}"),
        ({"next_step": "See him"}, "next-step-needs-day", f"next_on:{student}"),
        (
            {"next_step": "See him", "next_on": "2026-11-01"},
            "next-step-before",
            f"next_on:{student}",
        ),
    ):
        with pytest.raises(Refused) as refused:
            sign(room.desk, marked(draft, student, **changes))
        assert (refused.value.code, refused.value.field) == (code, field)
    assert room.desk.sessions.note_count() == 0


def test_who_left_before_is_not_marked_and_a_list_that_is_old_is_not_signed(room: Room) -> None:
    draft = a_session(room.desk, room.group)
    member = room.desk.groups.group(room.group).members[0].membership
    room.desk.groups.leave_group(LeaveGroup(member.id, "2026-11-19", "Moved away"))
    with pytest.raises(Refused, match="group-members-changed"):
        sign(room.desk, draft)
    again = room.desk.groups.on_another_day(draft)
    assert member.student_id not in [one.id for one in again.members]
    sign(room.desk, again.draft)
    before = room.desk.groups.on_another_day(typed(again.draft, on="2026-11-19"))
    assert member.student_id in [one.id for one in before.members]


def test_every_room_is_told_once_with_each_member_and_the_leaders_minutes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(room.desk.groups, "_told", lambda _tx, entry: told.append(entry))
    draft = marked(
        a_session(room.desk, room.group), room.students[1], attendance="absent", reason="Ill"
    )
    session = sign(room.desk, draft)
    sign(room.desk, draft)
    (entry,) = told
    assert (entry.kind, entry.id, entry.minutes) == (EntryKind.GROUP, session, 30)
    assert entry.service_label == "Group counseling"
    assert {one.student_id for one in entry.students} == set(room.students)
    assert all(one.note_id for one in entry.students)
    absent = next(one for one in entry.students if one.student_id == room.students[1])
    assert (absent.attendance, absent.reason) == (Attendance.ABSENT, "Ill")


def test_a_members_note_is_summed_up_amended_and_has_its_next_step(room: Room) -> None:
    student = room.students[0]
    draft = marked(
        a_session(room.desk, room.group), student, next_step="See him", next_on="2026-12-01"
    )
    session = sign(room.desk, draft)
    assert [line.follow_up.text for line in room.desk.sessions.follow_ups()] == ["See him"]
    with room.desk.records.read_for_export() as reader:
        summary = sessions_summary(reader, student, room.desk.seat)
    assert [(m.service, m.minutes) for m in summary.minutes] == [("Group counseling", 30)]
    note = next(
        line.attending.note_id
        for line in room.desk.groups.signed_session(session).attending
        if line.attending.student_id == student
    )
    amended = room.desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note)).draft
    form = replace(
        amended.form, reason="A slip", sections=(Section("a", "Note", "Practised alone."),)
    )
    room.desk.sessions.amend_note(AmendNote(replace(amended, form=form)))
    assert room.desk.verify().whole


def test_a_wrong_attendance_is_corrected_in_the_open(room: Room) -> None:
    student = room.students[3]
    session = sign(
        room.desk,
        marked(a_session(room.desk, room.group), student, attendance="absent", reason="Ill"),
    )
    line = one_at(room, session, student)
    for command, code in (
        (
            CorrectAttendance(line.attending.id, "declined", "", "Slip"),
            "note-needs-attendance-reason",
        ),
        (CorrectAttendance(line.attending.id, "present", "", " "), "amendment-needs-reason"),
        (CorrectAttendance(line.attending.id, "absent", "Ill", "Slip"), "attendance-the-same"),
    ):
        with pytest.raises(Refused, match=code):
            room.desk.groups.correct_attendance(command)
    room.clock.advance(timedelta(minutes=5))
    room.desk.groups.correct_attendance(
        CorrectAttendance(line.attending.id, "present", "", "Came late, marked too soon")
    )
    after = one_at(room, session, student)
    assert after.attending.attendance is Attendance.PRESENT
    assert [one.attendance for one in after.before] == [Attendance.ABSENT]
    sheet = room.desk.sessions.note_sheet(line.attending.note_id)
    assert sheet.note.attendance is Attendance.ABSENT
    assert sheet.additions[-1].reason == "Came late, marked too soon"
    assert sheet.additions[-1].sections[-1].text == "Was entered as absent. Right is: present."
    with pytest.raises(Refused, match="attendance-corrected-since"):
        room.desk.groups.correct_attendance(
            CorrectAttendance(line.attending.id, "declined", "No", "Again")
        )
    cells = {cell.student_id: cell for cell in room.desk.groups.group(room.group).cells}
    assert (cells[student].attendance, cells[student].corrected) == (Attendance.PRESENT, True)
    assert room.desk.groups.groups_of(student)[0].attended == 1
    assert room.desk.verify().whole


def one_at(room: Room, session: str, student: str):  # type: ignore[no-untyped-def]
    return next(
        line
        for line in room.desk.groups.signed_session(session).attending
        if line.attending.student_id == student
    )


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        ("UPDATE group_attendance SET attendance = 'absent'", How.ALTERED),
        ("UPDATE group_session SET minutes = 60", How.ALTERED),
        ("DELETE FROM group_attendance", How.GONE),
        (ANOTHER, How.ALTERED),
    ],
)  # fmt: skip
def test_frozen_rows_stand_and_whoever_tampers_is_found_out(
    room: Room, statement: str, how: How
) -> None:
    sign(room.desk, a_session(room.desk, room.group))
    with (
        pytest.raises(dbapi2.IntegrityError, match=r"frozen|UNIQUE"),
        room.desk.records.transaction() as tx,
    ):
        tx.execute(statement.replace("SELECT NULL, 'n'", "SELECT NULL, id"))
    with room.desk.records.transaction() as tx:
        for (name,) in tx.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            tx.execute(f"DROP TRIGGER {name}")
        tx.execute(statement)
        tx.journal("Tamper", "vault", "x")
    with room.desk.records.read_whole() as reader:
        assert how in {wrong.how for wrong in frozen_rows(reader)[1]}


def test_no_members_note_carries_another_member_anywhere(room: Room) -> None:
    draft = a_session(room.desk, room.group)
    for student in room.students[:4]:
        draft = marked(draft, student, own="Spoke up twice.", next_step="Ask again")
        draft = marked(draft, student, next_on="2026-12-01")
    session = sign(room.desk, draft)
    with room.desk.records.read_whole() as reader:
        for line in room.desk.groups.signed_session(session).attending:
            others = [one for one in room.students if one != line.attending.student_id]
            note = line.attending.note_id
            rows = [
                *reader.execute("SELECT * FROM session_note WHERE id = ?", (note,)),
                *reader.execute("SELECT * FROM follow_up WHERE note_id = ?", (note,)),
                *reader.execute("SELECT before, after FROM journal WHERE subject_id = ?", (note,)),
            ]
            said = json.dumps([str(value) for row in rows for value in row])
            assert not [other for other in others if other in said]
            assert "Tuesday coping" not in said
            assert room.group not in said


def test_a_corrected_attendance_reaches_what_is_owed_and_leaves_the_leaders_time(
    room: Room,
) -> None:
    desk, student = room.desk, room.students[3]
    signed = marked(a_session(desk, room.group), student, attendance="absent", reason="Ill")
    desk.services.minutes.write_mandate(
        WriteMandate(
            MandateForm(
                student_id=StudentId(student),
                service_id=signed.form.service_id,
                setting=Setting.EITHER,
                amount="30",
                starts_on="2026-09-01",
                ends_on="2027-06-01",
                basis_on="2026-08-20",
                provider="A. Núñez",
            )
        )
    )
    session = sign(desk, signed)
    line = one_at(room, session, student)

    def minutes() -> tuple[int, int]:
        with desk.records.read() as reader:
            owed = reader.execute(
                "SELECT d.minutes FROM delivery d WHERE d.student_id = ?"
                " AND NOT EXISTS (SELECT 1 FROM delivery n WHERE n.replaces = d.id)",
                (student,),
            ).fetchall()
            spent = reader.execute("SELECT sum(minutes) FROM time_entry").fetchone()
        return sum(row[0] for row in owed), spent[0]

    before = minutes()
    room.clock.advance(timedelta(minutes=5))
    desk.groups.correct_attendance(
        CorrectAttendance(line.attending.id, "present", "", "Marked too soon")
    )
    after = minutes()
    assert (before[0], after[0]) == (0, desk.groups.signed_session(session).session.minutes)
    assert before[1] == after[1]
    assert desk.verify().whole


def test_each_members_goal_is_rated_in_the_session_and_in_nobody_elses_record(room: Room) -> None:
    desk, (first, second, third, *_others) = room.desk, room.students
    rated, ticked, away = (
        a_goal(desk, of, f"goal-{at}") for at, of in enumerate((first, second, third))
    )
    draft = marked(a_session(desk, room.group), first, goals=((rated, "3"),))
    draft = marked(draft, second, goals=((ticked, ""),))
    draft = marked(draft, third, goals=((away, "4"),), attendance=Attendance.ABSENT, reason="Ill")
    desk.groups.save_group_draft(SaveGroupDraft(draft))
    kept = desk.groups.start_session(StartGroupSession(room.group)).draft
    assert kept.form.marks == draft.form.marks
    for key, value in ((rated, "many"), (away, "3")):
        with pytest.raises(Refused) as refused:
            sign(desk, marked(draft, first, goals=((key, value),)))
        named = f"goals.{key}:{first}" if key == rated else "goals"
        assert refused.value.field == named
    session = sign(desk, draft)
    (point,) = desk.progress.chart(rated).points
    assert (point.value, point.day) == (3000, "2026-11-20")
    assert len(desk.progress.chart(ticked).worked_on) == 1
    chart = desk.progress.chart(away)
    assert (chart.points, chart.worked_on) == ((), ()), "who was not there worked on no goal"
    notes = {
        line.attending.student_id: line.attending.note_id
        for line in desk.groups.signed_session(session).attending
    }
    assert point.note_id == notes[first]
    assert desk.verify().whole
