"""Notes in a real, encrypted vault: from the first word to the addendum."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.people.commands import ChangeSetting
from app.features.sessions.commands import (
    AddAddendum,
    AddChoice,
    AmendNote,
    ChangeTemplate,
    CopyTemplate,
    DiscardDraft,
    FinishFollowUp,
    KeepForSigning,
    PostponeFollowUp,
    RenameChoice,
    ReopenFollowUp,
    ReorderChoices,
    RestoreDraft,
    RetireChoice,
    RetireTemplate,
    SaveDraft,
    SignNote,
    StartDraft,
)
from app.features.sessions.model import ChoiceList, DraftKind, Section, TemplateSection, seal
from app.features.sessions.repo import signed_rows
from app.features.sessions.summary import sessions_summary
from app.kernel.changes import Kind
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import NoteId, StudentId
from app.kernel.ports import Reader
from sessions_desk import a_draft, a_signed_note, add_student, typed


def journal_of(desk: Desk) -> list[tuple[str, str, str]]:
    with desk.records.read() as reader:
        rows = reader.execute("SELECT what, coalesce(before, ''), coalesce(after, '') FROM journal")
        return [(row[0], row[1], row[2]) for row in rows]


def test_a_draft_is_kept_from_the_first_save_and_saving_twice_is_saving_once(
    desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student, "Half a")
    assert desk.sessions.drafts() == []
    first = desk.sessions.save_draft(SaveDraft(draft))
    draft = replace(typed(draft, sections=(Section("note", "Note", "Half a word"),)), saved_at="x")
    again = desk.sessions.save_draft(SaveDraft(draft))
    desk.sessions.save_draft(SaveDraft(draft))
    (line,) = desk.sessions.drafts()
    assert line.draft.form.sections[0].text == "Half a word"
    assert line.student == "Mateo Ocampo"
    assert first.kinds == {Kind.DRAFT}
    assert again.kinds == frozenset()


def test_drafts_leave_no_entry_in_the_journal(desk: Desk, student: StudentId) -> None:
    before = desk.records.head
    desk.sessions.save_draft(SaveDraft(a_draft(desk, student)))
    assert desk.records.head == before


def test_a_note_kept_for_signing_stands_before_the_other_drafts(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    ready = a_draft(desk, student)
    desk.sessions.keep_for_signing(KeepForSigning(ready))
    clock.advance(timedelta(minutes=5))
    desk.sessions.save_draft(SaveDraft(a_draft(desk, None)))
    lines = desk.sessions.drafts()
    assert [line.draft.ready for line in lines] == [True, False]
    assert desk.sessions.counts() == (2, 1)


def test_a_discarded_draft_comes_back_as_it_was(desk: Desk, student: StudentId) -> None:
    draft = a_draft(desk, student)
    desk.sessions.keep_for_signing(KeepForSigning(draft))
    (kept,) = desk.sessions.drafts()
    desk.sessions.discard_draft(DiscardDraft(draft.id))
    assert desk.sessions.drafts() == []
    desk.sessions.restore_draft(RestoreDraft(kept.draft))
    assert desk.sessions.drafts() == [kept]


def test_signing_freezes_the_note_and_takes_the_draft_away(desk: Desk, student: StudentId) -> None:
    draft = a_draft(desk, student, "Slept badly.\n\n  ")
    desk.sessions.save_draft(SaveDraft(draft))
    made = desk.sessions.sign_note(SignNote(draft)).made
    sheet = desk.sessions.note_sheet(made)
    assert made == draft.id
    assert sheet.note.sections == (Section("0", "Note", "Slept badly."),)
    assert sheet.note.service_label == "Individual counseling"
    assert sheet.mine
    assert desk.sessions.drafts() == []
    assert [line.student for line in desk.sessions.notes()] == ["Mateo Ocampo"]


def test_the_journal_has_the_hash_and_the_facts_of_a_note_and_nothing_of_its_text(
    desk: Desk, student: StudentId
) -> None:
    draft = typed(
        a_draft(desk, student, "canary-heron"),
        next_step="canary-plover",
        next_on="2026-11-27",
        present="canary-dunlin",
    )
    desk.sessions.save_draft(SaveDraft(draft))
    made = desk.sessions.sign_note(SignNote(draft)).made
    desk.sessions.finish_follow_up(FinishFollowUp(desk.sessions.follow_ups()[0].follow_up.id))
    with desk.records.read() as reader:
        row = reader.execute("SELECT hex(hash) FROM session_note WHERE id = ?", (made,)).fetchone()
    entries = journal_of(desk)
    assert row is not None
    signed = next(after for what, _before, after in entries if what == "SignNote")
    assert row[0].lower() in signed
    assert "canary" not in repr(entries)


def test_signing_the_same_draft_twice_signs_once(desk: Desk, student: StudentId) -> None:
    draft = typed(a_draft(desk, student), next_step="Call home", next_on="2026-11-27")
    first = desk.sessions.sign_note(SignNote(draft))
    head = desk.records.head
    second = desk.sessions.sign_note(SignNote(draft))
    assert first.made == second.made
    assert desk.records.head == head
    assert len(desk.sessions.follow_ups()) == 1


def test_a_save_that_comes_after_the_signature_brings_no_draft_back(
    desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student)
    desk.sessions.sign_note(SignNote(draft))
    with pytest.raises(Refused, match="already-signed"):
        desk.sessions.save_draft(SaveDraft(draft))
    assert desk.sessions.drafts() == []


def test_a_refused_signature_leaves_the_draft_and_the_journal_alone(
    desk: Desk, student: StudentId
) -> None:
    draft = typed(a_draft(desk, student), minutes="")
    desk.sessions.save_draft(SaveDraft(draft))
    head = desk.records.head
    with pytest.raises(Refused, match="note-needs-minutes"):
        desk.sessions.sign_note(SignNote(draft))
    assert desk.records.head == head
    assert len(desk.sessions.drafts()) == 1


def test_late_is_measured_with_the_setting_of_whoever_signs(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    draft = a_draft(desk, student)
    clock.advance(timedelta(hours=3))
    desk.people.change_setting(ChangeSetting("late_after_hours", "2"))
    with pytest.raises(Refused) as caught:
        desk.sessions.sign_note(SignNote(draft))
    assert (caught.value.code, caught.value.facts["hours"]) == ("note-needs-late-reason", 2)
    made = desk.sessions.sign_note(SignNote(typed(draft, late_reason="No laptop at hand"))).made
    note = desk.sessions.note_sheet(made).note
    assert note.late
    assert note.started.at < note.signed.at
    assert desk.sessions.notes()[0].late


def test_an_addendum_and_an_amendment_stand_beside_the_note_which_stays_as_signed(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    note = NoteId(a_signed_note(desk, student, "Sister is nine."))
    clock.advance(timedelta(hours=2))
    added = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, note_id=note)).draft
    desk.sessions.add_addendum(
        AddAddendum(typed(added, sections=(Section("note", "", "Mother called."),)))
    )
    amended = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note)).draft
    assert [s.text for s in amended.form.sections] == ["Sister is nine."]
    correction = typed(
        amended,
        sections=(replace(amended.form.sections[0], text="Sister is eight."),),
        reason="Age was wrong",
    )
    desk.sessions.amend_note(AmendNote(correction))
    sheet = desk.sessions.note_sheet(note)
    assert [s.text for s in sheet.note.sections] == ["Sister is nine."]
    assert [(a.kind.value, a.reason) for a in sheet.additions] == [
        ("addendum", ""),
        ("amendment", "Age was wrong"),
    ]
    assert [s.text for s in sheet.reading()] == ["Sister is eight."]
    line = desk.sessions.notes()[0]
    assert (line.additions, line.amended, line.late) == (2, True, False)
    assert [what for what, _b, _a in journal_of(desk)][-3:] == [
        "SignNote",
        "AddAddendum",
        "AmendNote",
    ]


def test_an_amendment_without_a_reason_is_refused(desk: Desk, student: StudentId) -> None:
    note = NoteId(a_signed_note(desk, student))
    draft = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note)).draft
    with pytest.raises(Refused) as caught:
        desk.sessions.amend_note(AmendNote(draft))
    assert (caught.value.code, caught.value.field) == ("amendment-needs-reason", "reason")


def test_an_amendment_that_is_under_way_is_gone_on_with(desk: Desk, student: StudentId) -> None:
    note = NoteId(a_signed_note(desk, student))
    begun = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note)).draft
    desk.sessions.save_draft(SaveDraft(typed(begun, reason="Wrong name of the cou")))
    again = desk.sessions.start_draft(StartDraft(DraftKind.AMENDMENT, note_id=note))
    assert again.stored
    assert again.draft.form.reason == "Wrong name of the cou"


@pytest.mark.parametrize("table", ["session_note", "note_addition"])
def test_the_file_itself_refuses_to_change_delete_or_replace_what_was_signed(
    desk: Desk, student: StudentId, table: str
) -> None:
    note = NoteId(a_signed_note(desk, student))
    draft = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, note_id=note)).draft
    desk.sessions.add_addendum(AddAddendum(typed(draft, sections=(Section("note", "", "More."),))))
    for statement in (
        f"UPDATE {table} SET sections = '[]'",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    ):
        with (
            pytest.raises(dbapi2.IntegrityError, match="frozen"),
            desk.records.transaction() as tx,
        ):
            tx.execute(statement)
            tx.journal("Tamper", table, note)
    with desk.records.read() as reader:
        assert signed_rows(reader) == (2, [])


def wrong(reader: Reader) -> tuple[int, list[tuple[str, str]]]:
    count, found = signed_rows(reader)
    return count, [(one.id, one.how.value) for one in found]


def test_verify_names_a_signed_note_that_is_not_what_was_signed(
    desk: Desk, student: StudentId
) -> None:
    note = a_signed_note(desk, student)
    other = a_signed_note(desk, student)
    with desk.records.transaction() as tx:
        tx.execute("DROP TRIGGER session_note_stands")
        tx.execute("UPDATE session_note SET minutes = 45 WHERE id = ?", (note,))
        tx.execute("DROP TRIGGER session_note_stays")
        tx.execute("DELETE FROM session_note WHERE id = ?", (other,))
        tx.journal("Tamper", "session_note", note)
    with desk.records.read() as reader:
        assert wrong(reader) == (1, [(note, "altered"), (other, "gone")])


def test_verify_names_a_signed_row_that_no_command_wrote(desk: Desk, student: StudentId) -> None:
    a_signed_note(desk, student)
    with desk.records.read() as reader:
        row = reader.execute("SELECT * FROM session_note").fetchone()
    forged = ("forged", *row[2:-1])
    with desk.records.transaction() as tx:
        tx.execute(
            f"INSERT INTO session_note VALUES (NULL, {', '.join('?' * (len(forged) + 1))})",
            (*forged, seal(forged)),
        )
        tx.journal("Tamper", "session_note", "forged")
    with desk.records.read() as reader:
        assert wrong(reader) == (2, [("forged", "unwitnessed")])


def test_verify_holds_a_row_against_the_first_entry_that_tells_of_it(
    desk: Desk, student: StudentId
) -> None:
    note = a_signed_note(desk, student)
    with desk.records.read() as reader:
        row = reader.execute("SELECT * FROM session_note").fetchone()
    minutes = 6
    changed = (*row[1:minutes], 45, *row[minutes + 1 : -1])
    with desk.records.transaction() as tx:
        tx.execute("DROP TRIGGER session_note_stands")
        tx.execute("UPDATE session_note SET minutes = 45, hash = ?", (seal(changed),))
        tx.journal("SignNote", "session_note", note, after={"hash": seal(changed).hex()})
    with desk.records.read() as reader:
        assert wrong(reader) == (1, [(note, "altered")])


def test_a_next_step_comes_back_until_it_is_done_and_again_when_that_is_taken_back(
    desk: Desk, student: StudentId
) -> None:
    draft = typed(a_draft(desk, student), next_step="Call home", next_on="2026-11-27")
    desk.sessions.sign_note(SignNote(draft))
    (line,) = desk.sessions.follow_ups("2026-11-27")
    step = line.follow_up.id
    assert (line.student, line.follow_up.text) == ("Mateo Ocampo", "Call home")
    assert desk.sessions.follow_ups("2026-11-26") == []
    desk.sessions.finish_follow_up(FinishFollowUp(step))
    assert desk.sessions.follow_ups() == []
    desk.sessions.reopen_follow_up(ReopenFollowUp(step))
    desk.sessions.postpone_follow_up(PostponeFollowUp(step, "2026-12-04"))
    assert [line.follow_up.due_on for line in desk.sessions.follow_ups()] == ["2026-12-04"]
    assert [what for what, _b, _a in journal_of(desk)][-3:] == [
        "FinishFollowUp",
        "ReopenFollowUp",
        "PostponeFollowUp",
    ]


def test_the_lists_of_a_new_vault_are_seeded_and_can_be_made_ones_own(desk: Desk) -> None:
    choices = desk.sessions.choices()
    assert [t.format for t in choices.templates] == ["free", "soap", "dap", "birp", "girp"]
    assert "Crisis response" in [c.label for c in choices.services]
    assert "Check-In/Check-Out" in [c.label for c in choices.interventions]
    of = ChoiceList.INTERVENTION
    made = desk.sessions.add_choice(AddChoice(of, " Zones  of Regulation ")).made
    desk.sessions.rename_choice(RenameChoice(of, made, "Zones"))
    order = [made, *(c.id for c in choices.interventions)]
    desk.sessions.reorder_choices(ReorderChoices(of, tuple(order)))
    desk.sessions.retire_choice(RetireChoice(of, order[1]))
    after = desk.sessions.choices().interventions
    assert after[0].label == "Zones"
    assert [c.id for c in after] == order
    assert after[1].retired
    with pytest.raises(Refused, match="label-taken"):
        desk.sessions.add_choice(AddChoice(of, "zones"))
    with pytest.raises(Refused, match="order-incomplete"):
        desk.sessions.reorder_choices(ReorderChoices(of, tuple(order[1:])))


def test_a_list_entry_that_is_renamed_renames_no_signed_note(
    desk: Desk, student: StudentId
) -> None:
    choices = desk.sessions.choices()
    draft = typed(a_draft(desk, student), interventions=(choices.interventions[0].id,))
    note = desk.sessions.sign_note(SignNote(draft)).made
    before = desk.sessions.note_sheet(note).note
    desk.sessions.rename_choice(RenameChoice(ChoiceList.SERVICE, draft.form.service_id, "Talk"))
    desk.sessions.rename_choice(
        RenameChoice(ChoiceList.INTERVENTION, choices.interventions[0].id, "Thoughts")
    )
    assert desk.sessions.note_sheet(note).note == before
    assert before.interventions == ("CBT skills",)


def test_a_template_is_copied_and_the_copy_changed_while_the_shipped_one_stays(
    desk: Desk,
) -> None:
    soap = desk.sessions.choices().templates[1]
    made = desk.sessions.copy_template(CopyTemplate(soap.id, "My SOAP")).made
    desk.sessions.change_template(
        ChangeTemplate(made, "Mine", (*soap.sections, TemplateSection("", "Family", "Who called")))
    )
    mine = desk.sessions.choices().templates[-1]
    assert (mine.name, [s.title for s in mine.sections][-1]) == ("Mine", "Family")
    with pytest.raises(Refused, match="template-shipped"):
        desk.sessions.change_template(ChangeTemplate(soap.id, "X", soap.sections))
    for template in desk.sessions.choices().templates[:-1]:
        desk.sessions.retire_template(RetireTemplate(template.id))
    with pytest.raises(Refused, match="template-last"):
        desk.sessions.retire_template(RetireTemplate(made))
    assert desk.sessions.start_draft(StartDraft()).draft.form.template_id == made


def test_the_next_note_begins_with_the_service_of_the_last(desk: Desk, student: StudentId) -> None:
    crisis = next(c for c in desk.sessions.choices().services if c.code == "crisis-response")
    desk.sessions.sign_note(SignNote(typed(a_draft(desk, student), service_id=crisis.id)))
    assert desk.sessions.start_draft(StartDraft()).draft.form.service_id == crisis.id


def test_the_summary_takes_notes_minutes_and_steps_of_the_period(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    other = add_student(desk, "Ines", "Quispe")
    a_signed_note(desk, other, "Not for this paper")
    note = NoteId(a_signed_note(desk, student, "First"))
    clock.advance(timedelta(days=3))
    draft = typed(
        a_draft(desk, student, "Second"), minutes="15", next_step="Call", next_on="2026-11-30"
    )
    desk.sessions.sign_note(SignNote(draft))
    missed = typed(a_draft(desk, student), attendance="absent", attendance_reason="Ill", minutes="")
    desk.sessions.sign_note(SignNote(missed))
    added = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, note_id=note)).draft
    desk.sessions.add_addendum(AddAddendum(typed(added, sections=(Section("note", "", "More"),))))
    with desk.records.read_for_export() as reader:
        whole = sessions_summary(reader, student, desk.seat)
        later = sessions_summary(reader, student, desk.seat, since="2026-11-21")
    assert [n.sections[0].text for n in whole.notes if n.sections] == [
        "First",
        "Second",
        "Talked about the move.",
    ]
    assert whole.notes[0].additions[0].sections[0].text == "More"
    assert whole.notes[0].added_by == ("Ana Núñez",)
    assert [(m.service, m.sessions, m.minutes) for m in whole.minutes] == [
        ("Individual counseling", 2, 45)
    ]
    assert [(kind.value, count) for kind, count in whole.missed] == [("absent", 1)]
    assert [step.text for step in whole.follow_ups] == ["Call"]
    assert len(later.notes) == 2


def test_verify_counts_the_signed_rows(desk: Desk, student: StudentId) -> None:
    a_signed_note(desk, student)
    with desk.records.read() as reader:
        assert signed_rows(reader) == (1, [])
