"""The student's summary: the least by default, nothing private, and a record before it leaves."""

import errno
import hashlib
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import AddGuardian, AddStudent, DecideTier, PutOnCaseload
from app.features.caseload.model import Contact, Profile, ReachBy, Tie
from app.features.sessions.commands import AddAddendum, AmendNote, SignNote, WriteSoleNote
from app.features.sessions.model import Draft, DraftKind, NoteForm, Section
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DraftId, NoteId, StudentId, new_id
from app.kernel.nouns import Tier
from app.overviews.reports import leaving
from app.overviews.reports.leaving import Release
from app.overviews.reports.student_facts import Span
from app.overviews.reports.student_summary import (
    Part,
    Period,
    SummaryScope,
    file_name,
    period_span,
    school_year,
)
from app.paper.preview import page_texts
from grounds import TO_SUBJECT
from vaults import fixed_clock

SOLE = "the yellow boat is my own reminder"
TEXT = "Practised the breathing before the test."
CORRECTED = "Practised the breathing after the test."
TO = Release("Dr. Okafor", "Referral", TO_SUBJECT)


@pytest.fixture
def clock() -> FixedClock:
    return fixed_clock("2026-11-20T15:00")


@pytest.fixture
def student(desk: Desk) -> StudentId:
    profile = Profile(given_name="Amina", family_name="Haddad", grade="07", student_number="1001")
    student = StudentId(desk.caseload.add_student(AddStudent(profile)).made)
    desk.caseload.add_guardian(
        AddGuardian(
            student,
            Contact("Noor", "Haddad", "(603) 555-0101"),
            Tie("Mother", reach_by=ReachBy.PHONE, do_not_contact="Court order"),
        )
    )
    desk.caseload.put_on_caseload(PutOnCaseload((student,), "2026-10-01", "Referred by a teacher"))
    desk.caseload.decide_tier(
        DecideTier((student,), Tier.TARGETED, "2026-10-02", "Support team decision")
    )
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, SOLE, "2026-11-01"))
    return student


def signed(desk: Desk, student: StudentId, on: str, text: str = TEXT, **form: str) -> NoteId:
    choices = desk.sessions.choices()
    filled = NoteForm(
        on=on,
        at="09:00",
        minutes="30",
        service_id=choices.services[0].id,
        sections=(Section("note", "Note", text),),
        **form,  # type: ignore[arg-type]
    )
    draft = Draft(
        DraftId(new_id()),
        desk.seat.person,
        student,
        DraftKind.SESSION,
        None,
        filled,
        ready=False,
        made=desk.clock.now(),
    )
    return NoteId(desk.sessions.sign_note(SignNote(draft)).made)


def added(desk: Desk, student: StudentId, note: NoteId, kind: DraftKind, text: str) -> None:
    form = NoteForm(sections=(Section("note", "Note", text),), reason="The order was mistaken")
    draft = Draft(
        DraftId(new_id()),
        desk.seat.person,
        student,
        kind,
        note,
        form,
        ready=False,
        made=desk.clock.now(),
    )
    if kind is DraftKind.AMENDMENT:
        desk.sessions.amend_note(AmendNote(draft))
    else:
        desk.sessions.add_addendum(AddAddendum(draft))


def paper(desk: Desk, student: StudentId, *parts: Part, span: Span | None = None) -> str:
    scope = SummaryScope(student, parts or tuple(Part), span or Span())
    texts = page_texts(desk.summaries.summary(scope, TO).pdf)
    return " ".join(" ".join(texts).split())


def test_every_page_has_its_head_its_number_the_notice_and_the_journal(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    for day in range(1, 20):
        signed(desk, student, f"2026-10-{day:02d}", TEXT * 12, late_reason="Out sick")
    summary = desk.summaries.summary(SummaryScope(student, tuple(Part)), TO)
    head = desk.records.head
    texts = page_texts(summary.pdf)
    assert len(texts) == summary.pages > 2
    for number, text in enumerate(texts, 1):
        assert "Student summary" in text
        assert "Amina Haddad" in text
        assert "Whole record" in text
        assert f"Page {number} of {summary.pages}" in text
        assert "Confidential student information" in text
        assert f"Journal {head.count}, {head.hash.hex()[:8]}" in text


def test_the_sole_compartment_is_on_no_page(desk: Desk, student: StudentId) -> None:
    signed(desk, student, "2026-11-20")
    said = paper(desk, student)
    assert TEXT in said
    assert SOLE not in said


def test_note_texts_are_left_out_unless_they_are_asked_for(desk: Desk, student: StudentId) -> None:
    signed(desk, student, "2026-11-20")
    scope = SummaryScope(student)
    assert Part.NOTES not in scope.parts
    usual = " ".join(page_texts(desk.summaries.summary(scope).pdf))
    assert "30" in usual
    assert TEXT not in " ".join(usual.split())


def test_late_entry_addendum_and_amendment_stay_distinct(desk: Desk, student: StudentId) -> None:
    late = signed(desk, student, "2026-11-10", late_reason="Computer was elsewhere")
    added(desk, student, late, DraftKind.ADDENDUM, "The guardian called back.")
    amended = signed(desk, student, "2026-11-20", "First wording of the note.")
    added(desk, student, amended, DraftKind.AMENDMENT, CORRECTED)
    said = paper(desk, student, Part.NOTES)
    assert "Late entry, written 20 Nov 2026" in said
    assert "Reason: Computer was elsewhere" in said
    assert "Addendum of 20 Nov 2026" in said
    assert "The guardian called back." in said
    assert "Amendment of 20 Nov 2026" in said
    assert "Reason: The order was mistaken" in said
    assert CORRECTED in said
    assert "First wording" not in said
    assert "It is kept in the record." in said


def test_chosen_sections_stand_and_others_do_not(desk: Desk, student: StudentId) -> None:
    said = paper(desk, student, Part.GUARDIANS)
    assert "Do not contact: Court order" in said
    assert "Referred by a teacher" not in said
    said = paper(desk, student, Part.CASELOAD)
    assert "Referred by a teacher" in said
    assert "Support team decision" in said
    assert "Tier 2, targeted" in said
    assert "Court order" not in said


def test_a_period_holds_the_sessions_that_began_on_its_days(desk: Desk, student: StudentId) -> None:
    for day in ("2026-11-01", "2026-11-19", "2026-11-20"):
        signed(desk, student, day, late_reason="Out sick")
    span = Span(date(2026, 11, 1), date(2026, 11, 19))
    said = paper(desk, student, Part.SESSIONS, Part.MINUTES, span=span)
    assert "2 sessions held" in said
    assert "1 Nov 2026 to 19 Nov 2026" in said


def test_a_summary_leaves_only_with_a_row_of_what_left(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    target = tmp_path / "out.pdf"
    left = desk.summaries.save(SummaryScope(student), TO, target)
    data = target.read_bytes()
    [line] = desk.privacy.disclosures(student)
    assert line.disclosure.sha256 == hashlib.sha256(data).hexdigest() == left.sha256
    assert line.disclosure.bytes == len(data) == left.bytes
    assert (line.disclosure.recipient, line.disclosure.purpose) == ("Dr. Okafor", "Referral")
    assert line.disclosure.scope["sections"] == ["profile", "caseload", "sessions", "minutes"]
    assert line.stopped == ""
    assert target.stat().st_mode & 0o077 == 0 or os.name == "nt"
    assert [each.name for each in tmp_path.glob("out*")] == ["out.pdf"]


def test_the_row_is_written_before_the_file(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[int] = []
    write = leaving.write_whole

    def watched(target: Path, data: bytes, *, replace: bool) -> None:
        known.append(desk.privacy.count(student))
        write(target, data, replace=replace)

    monkeypatch.setattr(leaving, "write_whole", watched)
    desk.summaries.save(SummaryScope(student), TO, tmp_path / "out.pdf")
    assert known == [1]


@pytest.mark.parametrize("field", ["recipient", "purpose"])
def test_without_to_whom_and_why_nothing_leaves(
    desk: Desk, student: StudentId, tmp_path: Path, field: str
) -> None:
    release = Release(
        "" if field == "recipient" else "Dr. Okafor", " " if field == "purpose" else "x"
    )
    with pytest.raises(Refused) as refusal:
        desk.summaries.save(SummaryScope(student), release, tmp_path / "out.pdf")
    assert refusal.value.field == field
    assert not (tmp_path / "out.pdf").exists()
    assert desk.privacy.count() == 0


def test_a_file_is_never_overwritten_unasked(
    desk: Desk, student: StudentId, tmp_path: Path
) -> None:
    target = tmp_path / "out.pdf"
    target.write_text("mine")
    with pytest.raises(Refused, match="file-exists"):
        desk.summaries.save(SummaryScope(student), TO, target)
    assert target.read_text() == "mine"
    assert desk.privacy.count() == 0
    desk.summaries.save(SummaryScope(student), TO, target, replace=True)
    assert target.read_bytes().startswith(b"%PDF")


def test_a_name_taken_meanwhile_is_not_overwritten(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.pdf"
    place = leaving._place_new

    def slow(part: Path, final: Path) -> None:
        final.write_text("mine")
        place(part, final)

    monkeypatch.setattr(leaving, "_place_new", slow)
    with pytest.raises(Refused, match="file-exists"):
        desk.summaries.save(SummaryScope(student), TO, target)
    assert target.read_text() == "mine"
    assert desk.privacy.disclosures(student)[0].stopped == "file-exists"


def test_what_could_not_be_written_is_said_to_have_stayed(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(leaving.os, "fsync", full)
    with pytest.raises(Trouble) as trouble:
        desk.summaries.save(SummaryScope(student), TO, tmp_path / "out.pdf")
    monkeypatch.undo()
    assert trouble.value.code == "paper-not-left"
    assert not list(tmp_path.glob("out*"))
    [line] = desk.privacy.disclosures(student)
    assert line.stopped == "paper-not-left"
    assert "not handed over" in paper(desk, student, Part.DISCLOSURES)


def test_a_paper_that_has_its_name_has_left_though_its_first_name_stays(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scanner that holds the file open keeps Windows from taking its first name away."""

    def held(_self: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "held by another process")

    target = tmp_path / "out.pdf"
    monkeypatch.setattr(Path, "unlink", held)
    desk.summaries.save(SummaryScope(student), TO, target)
    monkeypatch.undo()
    assert target.read_bytes().startswith(b"%PDF")
    assert desk.privacy.disclosures(student)[0].stopped == ""


def test_a_medium_without_hard_links_takes_the_file_too(
    desk: Desk, student: StudentId, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unable)
    desk.summaries.save(SummaryScope(student), TO, tmp_path / "out.pdf")
    assert [each.name for each in tmp_path.glob("out*")] == ["out.pdf"]


def test_a_print_is_recorded_and_can_be_said_to_have_failed(desk: Desk, student: StudentId) -> None:
    summary = desk.summaries.summary(SummaryScope(student), TO)
    left = desk.summaries.record_print(summary, TO)
    assert desk.privacy.disclosure(left.disclosure).disclosure.means == "print"
    desk.summaries.print_failed(left)
    assert desk.privacy.disclosure(left.disclosure).stopped == "print-not-left"


def test_a_summary_needs_a_section(desk: Desk, student: StudentId) -> None:
    with pytest.raises(Refused) as refusal:
        desk.summaries.summary(SummaryScope(student, ()))
    assert refusal.value.field == "sections"


def test_a_student_is_found_by_number_or_id(desk: Desk, student: StudentId) -> None:
    assert desk.summaries.student("1001") == student
    assert desk.summaries.student(student) == student
    for unknown in ("", "  ", "9"):
        with pytest.raises(Refused, match="student-unknown"):
            desk.summaries.student(unknown)
    desk.caseload.add_student(
        AddStudent(Profile(given_name="Omar", student_number="1001"), anyway=True)
    )
    with pytest.raises(Refused, match="student-several"):
        desk.summaries.student("1001")


def test_letter_and_a4_are_as_large_as_they_say(desk: Desk, student: StudentId) -> None:
    letter = desk.summaries.summary(SummaryScope(student)).pdf
    a4 = desk.summaries.summary(SummaryScope(student, size="a4")).pdf
    assert b"612 792" in letter
    assert b"595.28 841.89" in a4


def test_file_names_name_no_one_and_never_collide() -> None:
    taken = {"student-summary-2026-11-22-1.pdf"}
    assert file_name(date(2026, 11, 22)) == "student-summary-2026-11-22-1.pdf"
    assert file_name(date(2026, 11, 22), taken.__contains__) == "student-summary-2026-11-22-2.pdf"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_every_day_is_in_its_school_year_and_month(day: date) -> None:
    for period in (Period.SCHOOL_YEAR, Period.MONTH):
        span = period_span(period, day)
        assert span.since is not None
        assert span.until is not None
        assert span.since <= day <= span.until
    year = school_year(day)
    assert year.since is not None
    assert school_year(year.since - timedelta(days=1)).until == year.since - timedelta(days=1)


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        period_span(Period.CHOSEN, date(2026, 1, 1), date(2026, 2, 1), date(2026, 1, 1))
    assert refusal.value.field == "until"
