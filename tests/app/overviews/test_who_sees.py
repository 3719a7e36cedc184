"""Whose records a person sees on a shared vault, over everything that can be read."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pypdfium2
import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.caseload.model import Scope, Sort, StudentFilter
from app.features.sessions.commands import (
    AddAddendum,
    AmendNote,
    FinishFollowUp,
    PostponeFollowUp,
    ReopenFollowUp,
    SaveDraft,
    SignNote,
    StartDraft,
    WriteSoleNote,
)
from app.features.sessions.model import DraftKind, Section
from app.features.sessions.service import SessionsService
from app.features.sessions.summary import sessions_summary
from app.kernel.errors import CasewellError, Refused
from app.kernel.ids import NoteId, PersonId, StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Reader, Seat
from app.kernel.rights import Discipline, discipline, sees
from app.overviews.reports.student_summary import Part, SummaryScope
from app.overviews.timeline import Timeline, TimelineKind
from app.store.connection import connect
from app.store.seen import guard
from sessions_desk import a_draft, add_student, typed
from shared_desk import seated, someone
from vaults import fixed_clock, new_desk

CANARY = "heronfeather"
"""Stands in everything a counselor writes here, and nowhere else."""
CLINICAL = {TimelineKind.NOTE, TimelineKind.ADDITION, TimelineKind.FOLLOW_UP}


class Shared:
    """A vault with a counselor's records on it, and one more person of each role."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.student = add_student(desk)
        self.people = {role: someone(desk, role, role.value) for role in Role}
        draft = a_draft(desk, self.student, f"{CANARY} said so.")
        form = {"next_step": f"Call about {CANARY}", "next_on": "2026-11-23"}
        self.note = desk.sessions.sign_note(SignNote(typed(draft, **form))).made
        section = (Section("note", "Note", f"More of {CANARY}."),)
        for kind, command, sign in (
            (DraftKind.ADDENDUM, AddAddendum, desk.sessions.add_addendum),
            (DraftKind.AMENDMENT, AmendNote, desk.sessions.amend_note),
        ):
            begun = desk.sessions.start_draft(StartDraft(kind, self.student, NoteId(self.note)))
            form = {"sections": section, "reason": f"Because of {CANARY}"}
            sign(command(typed(begun.draft, **form)))  # type: ignore[operator]
        self.draft = a_draft(desk, self.student, f"Half of {CANARY}")
        desk.sessions.save_draft(SaveDraft(self.draft))
        self.sole = new_id()
        desk.sessions.write_sole_note(
            WriteSoleNote(self.sole, self.student, f"Own {CANARY}", "2026-11-20")
        )
        self.step = desk.sessions.follow_ups()[0].follow_up.id

    def known_ids(self) -> tuple[str, ...]:
        """Return every id that someone could have come by."""
        return (self.note, self.draft.id, self.sole, self.step, self.student)

    @contextmanager
    def seat_of(self, role: Role) -> Iterator[None]:
        """Seat the other person of a role."""
        with seated(self.desk, self.people[role]):
            yield


@pytest.fixture
def shared(tmp_path: Any) -> Iterator[Shared]:
    desk = new_desk(tmp_path, clock=fixed_clock())
    yield Shared(desk)
    desk.close()


def _answers(desk: Desk, ids: tuple[str, ...], student: StudentId) -> Iterator[tuple[str, Any]]:
    """Yield what every public read of the vault answers, called with all that fits."""
    offered: dict[str, tuple[Any, ...]] = {
        "student_id": (student,),
        "student": (student,),
        "note_id": ids,
        "draft_id": ids,
        "until": ("9999-12-31",),
        "today": ("2027-12-31",),
        "about_on": ("2026-11-20",),
        "number_or_id": ids,
        "kinds": ((), tuple(TimelineKind)),
        "scope": (SummaryScope(student, tuple(Part)),),
    }
    writes = {"begin", "founding"}
    for service in (desk.timeline, desk.sessions, desk.summaries):
        for name, method in inspect.getmembers(service, inspect.ismethod):
            if name.startswith("_") or name in writes:
                continue
            needed = [
                parameter
                for parameter in inspect.signature(method).parameters.values()
                if parameter.default is inspect.Parameter.empty
            ]
            if any(parameter.name in {"command", "draft"} for parameter in needed) or name in {
                "seed", "save", "record_print", "print_failed",
            }:  # fmt: skip
                continue
            assert all(parameter.name in offered for parameter in needed), f"{name}: {needed}"
            calls: list[tuple[Any, ...]] = [()]
            for parameter in needed:
                calls = [(*call, value) for call in calls for value in offered[parameter.name]]
            for call in calls:
                try:
                    yield name, method(*call)
                except CasewellError as refused:
                    yield name, (refused.code, dict(refused.facts))
    for draft in ids:
        for kind in DraftKind:
            start = StartDraft(kind, student, NoteId(draft), None)
            try:
                yield "start_draft", desk.sessions.start_draft(start)
            except CasewellError as refused:
                yield "start_draft", (refused.code, dict(refused.facts))


def _said(answer: Any) -> str:
    """Return all the words in an answer, those on paper included."""
    pdf = getattr(answer, "pdf", None)
    if not isinstance(pdf, bytes):
        return repr(answer)
    paper = pypdfium2.PdfDocument(pdf)
    words = " ".join(page.get_textpage().get_text_range() for page in paper)
    paper.close()
    return words


def _reads_that_say_it(shared: Shared) -> set[str]:
    return {
        name
        for name, answer in _answers(shared.desk, shared.known_ids(), shared.student)
        if CANARY in _said(answer)
    }


@pytest.mark.parametrize("role", [Role.NURSE, Role.ADMINISTRATOR])
def test_no_read_tells_another_field_what_a_counselor_wrote(shared: Shared, role: Role) -> None:
    with shared.seat_of(role):
        assert _reads_that_say_it(shared) == set()


def test_a_social_worker_reads_what_a_counselor_signed_and_no_more(shared: Shared) -> None:
    with shared.seat_of(Role.SOCIAL_WORKER):
        said = _reads_that_say_it(shared)
    # The control: the same walk finds the canary where it may be seen.
    assert said == {"note_sheet", "page", "start_draft", "summary"}


def test_the_maker_reads_all_of_it(shared: Shared) -> None:
    said = _reads_that_say_it(shared)
    assert {"drafts", "follow_ups", "desk_papers", "sole_notes", "sole_note", "note_sheet"} <= said


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_seen_is_not_counted(shared: Shared, role: Role) -> None:
    desk = shared.desk
    with shared.seat_of(role):
        rows, total = desk.timeline.page(shared.student)
        counts = desk.timeline.counts(shared.student)
        _first, total_of_one = desk.timeline.page(shared.student, limit=1)
        which = StudentFilter(scope=Scope.ALL)
        last_contact = desk.caseload.page(which, Sort.NAME)[0][0]
    assert total == total_of_one == len(rows) == sum(counts.values())
    seen = discipline(role) is Discipline.COUNSELING
    assert bool(CLINICAL & counts.keys()) is seen
    assert (counts.keys() >= CLINICAL) is seen
    assert bool(last_contact.last_contact) is seen
    assert bool(last_contact.next_step) is seen


def test_a_nurse_cannot_settle_a_counselors_next_step(shared: Shared) -> None:
    sessions = shared.desk.sessions
    with shared.seat_of(Role.NURSE):
        for attempt in (
            lambda: sessions.finish_follow_up(FinishFollowUp(shared.step)),
            lambda: sessions.reopen_follow_up(ReopenFollowUp(shared.step)),
            lambda: sessions.postpone_follow_up(PostponeFollowUp(shared.step, "2026-12-01")),
        ):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code == "follow-up-gone"
    with shared.seat_of(Role.PSYCHOLOGIST):
        sessions.finish_follow_up(FinishFollowUp(shared.step))


def test_a_nurse_cannot_add_to_a_note_whose_id_she_has(shared: Shared) -> None:
    begun = shared.desk.sessions.start_draft(
        StartDraft(DraftKind.ADDENDUM, shared.student, NoteId(shared.note))
    )
    theirs = typed(begun.draft, sections=(Section("note", "Note", "From elsewhere"),))
    with shared.seat_of(Role.NURSE):
        hers = replace(theirs, person_id=shared.people[Role.NURSE])
        with pytest.raises(Refused) as refused:
            shared.desk.sessions.add_addendum(AddAddendum(hers))
    assert refused.value.code == "note-gone"


def test_a_hidden_note_answers_as_one_that_is_not_there(shared: Shared) -> None:
    told = []
    with shared.seat_of(Role.NURSE):
        for note in (shared.note, new_id()):
            with pytest.raises(Refused) as refused:
                shared.desk.sessions.note_sheet(note)
            told.append((refused.value.code, dict(refused.value.facts)))
    assert told[0] == told[1]


# -- each line of defence alone ----------------------------------------------------------


def _raw(desk: Desk) -> dbapi2.Connection:
    return connect(desk.folder.records, desk.records._keys, read_only=True)


def test_the_queries_alone_hide_it(shared: Shared) -> None:
    desk = shared.desk
    open_connection = _raw(desk)

    @contextmanager
    def unguarded() -> Iterator[Reader]:
        yield open_connection

    nurse = Seat(shared.people[Role.NURSE], Role.NURSE, desk.seat.device)
    peer = Seat(shared.people[Role.PSYCHOLOGIST], Role.PSYCHOLOGIST, desk.seat.device)

    def walked(seat: Seat) -> tuple[str, str, str]:
        timeline = Timeline(unguarded, lambda: seat)
        sessions = SessionsService(
            unguarded, unguarded, unguarded, unguarded,  # type: ignore[arg-type]
            seat=lambda: seat, settings=desk.people.settings, forget=lambda: None,
            clock=desk.clock, told=desk.told,
        )  # fmt: skip
        try:
            sheet = repr(sessions.note_sheet(shared.note))
        except Refused as refused:
            sheet = refused.code
        summary = repr(sessions_summary(open_connection, shared.student, seat))
        return repr(timeline.page(shared.student)), sheet, summary

    try:
        assert not any(CANARY in said for said in walked(nurse))
        assert all(CANARY in said for said in walked(peer))
    finally:
        open_connection.close()


_FORGETFUL = (
    "SELECT * FROM session_note",
    "SELECT * FROM note_addition",
    "SELECT * FROM follow_up",
    "SELECT n.*, a.* FROM session_note n JOIN note_addition a ON a.note_id = n.id",
    "SELECT (SELECT group_concat(sections) FROM session_note)",
    "WITH f AS (SELECT text FROM follow_up) SELECT * FROM f",
    "SELECT sections FROM session_note UNION SELECT sections FROM note_addition",
)


@pytest.mark.parametrize("statement", _FORGETFUL)
def test_the_engine_alone_hides_it_from_a_query_that_forgot_to_ask(
    shared: Shared, statement: str
) -> None:
    records = shared.desk.records
    for way in (records.read, records.read_for_export):
        with shared.seat_of(Role.NURSE), way() as reader:
            assert CANARY not in repr(reader.execute(statement).fetchall())
        with shared.seat_of(Role.SOCIAL_WORKER), way() as reader:
            assert CANARY in repr(reader.execute(statement).fetchall())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM main.session_note",
        "SELECT count(*) FROM main.session_note",
        "SELECT max(text) FROM main.sole_note",
        "SELECT * FROM main.follow_up f JOIN person p",
        "WITH session_note AS (SELECT * FROM main.session_note) SELECT * FROM session_note",
        'WITH session_note AS (SELECT * FROM "main" . "session_note") SELECT * FROM session_note',
        "SELECT * FROM (SELECT * FROM main.session_note) session_note",
        "CREATE TEMP TABLE taken AS SELECT 1",
        "DROP VIEW session_note",
        "PRAGMA query_only = OFF",
        "PRAGMA main.query_only = OFF",
    ],
)
def test_the_engine_leaves_no_way_around_its_views(shared: Shared, statement: str) -> None:
    with (
        shared.seat_of(Role.NURSE),
        shared.desk.records.read() as reader,
        pytest.raises(dbapi2.DatabaseError),
    ):
        reader.execute(statement).fetchall()


def test_a_view_made_while_rows_are_read_stays_for_the_next_read(shared: Shared) -> None:
    records = shared.desk.records
    with shared.seat_of(Role.SOCIAL_WORKER):
        with records.read() as reader:
            seen = [
                (note, reader.execute("SELECT count(*) FROM note_addition").fetchone())
                for (note,) in reader.execute("SELECT id FROM session_note UNION ALL SELECT ''")
            ]
            assert seen == [(shared.note, (2,)), ("", (2,))]
        with pytest.raises(RuntimeError), records.read() as reader:
            assert CANARY in repr(reader.execute("SELECT * FROM follow_up").fetchall())
            raise RuntimeError
        with records.read() as reader:
            assert CANARY in repr(reader.execute("SELECT text FROM follow_up").fetchall())
    with shared.seat_of(Role.NURSE), records.read() as reader:
        for table in ("session_note", "note_addition", "follow_up"):
            assert reader.execute(f"SELECT * FROM {table}").fetchall() == []
            assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_drafts_and_sole_notes_are_their_makers_alone_in_the_engine(shared: Shared) -> None:
    for role in Role:
        with shared.seat_of(role), shared.desk.records.read() as reader:
            for table in ("note_draft", "sole_note"):
                assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with shared.desk.records.read() as reader:
        assert reader.execute("SELECT count(*) FROM sole_note").fetchone() == (1,)


def test_the_vaults_own_care_counts_everything(shared: Shared) -> None:
    with shared.seat_of(Role.NURSE), shared.desk.records.read_whole() as reader:
        assert reader.execute("SELECT count(*) FROM session_note").fetchone() == (1,)


def test_a_seat_that_is_no_id_is_refused(shared: Shared) -> None:
    connection = _raw(shared.desk)
    odd = replace(shared.desk.seat, person=PersonId("x' OR 1 OR '"))
    with pytest.raises(ValueError, match="OR 1"):
        guard(connection, odd)
    connection.close()


def test_each_role_sees_its_own_field_and_the_office_none() -> None:
    for role in Role:
        others = sees(role)
        assert (role in others) is (discipline(role) is not Discipline.OFFICE)
        assert all(discipline(other) is discipline(role) for other in others)
    assert set(sees(Role.NURSE)) == {Role.NURSE}
