from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import (
    AddAlert,
    AddStudent,
    ChangeStudent,
    DecideTier,
    EndAlert,
    MarkLeft,
    PutOnCaseload,
    TakeOffCaseload,
)
from app.features.caseload.model import AlertKind, Profile
from app.features.privacy.commands import CloseRequest, RecordDisclosure, RecordRequestIn
from app.features.privacy.inspection import Outcome, Party, Wanted
from app.features.privacy.model import Means
from app.features.sessions.commands import (
    AddAddendum,
    SaveDraft,
    SignNote,
    StartDraft,
    WriteSoleNote,
)
from app.features.sessions.model import DraftKind, Section
from app.kernel.clock import FixedClock
from app.kernel.ids import NoteId, PersonId, StudentId, new_id
from app.kernel.nouns import Tier
from app.overviews.timeline import Happening, Timeline, TimelineKind
from grounds import TO_SUBJECT
from sessions_desk import a_draft, add_student, typed
from vaults import fixed_clock, new_desk


def _lived(desk: Desk, clock: FixedClock) -> StudentId:
    """Let everything happen that a timeline knows, an hour apart."""

    def later() -> None:
        clock.advance(timedelta(hours=1))

    service = desk.caseload
    student = StudentId(service.add_student(AddStudent(Profile("Mina", "Okafor"))).made)
    later()
    service.put_on_caseload(PutOnCaseload((student,), "2026-11-02", "Referred by a teacher"))
    later()
    note = desk.sessions.sign_note(
        SignNote(typed(a_draft(desk, student, "First words."), next_step="Call home",
                       next_on="2026-11-12"))
    ).made  # fmt: skip
    later()
    draft = desk.sessions.start_draft(StartDraft(DraftKind.ADDENDUM, student, NoteId(note))).draft
    desk.sessions.add_addendum(
        AddAddendum(typed(draft, sections=(Section("note", "Note", "Mother called back."),)))
    )
    later()
    desk.sessions.save_draft(SaveDraft(a_draft(desk, student, "Half a sentence")))
    desk.sessions.write_sole_note(WriteSoleNote(new_id(), student, "Only mine", "2026-11-02"))
    later()
    service.decide_tier(DecideTier((student,), Tier.TARGETED, "2026-11-02", "Attendance"))
    later()
    alert = service.add_alert(AddAlert(student, AlertKind.CUSTODY, "See the court order")).made
    later()
    service.end_alert(EndAlert(alert))
    desk.privacy.record_disclosure(
        RecordDisclosure(
            student,
            "student-summary",
            "Dr. Ito",
            "care",
            Means.FILE,
            "00" * 32,
            9,
            {"sections": []},
            terms=TO_SUBJECT,
        )
    )
    later()
    service.change_student(ChangeStudent(student, Profile("Mina", "Okafor", grade="05")))
    service.mark_left(MarkLeft(student, "2026-11-02", "Moved"))
    later()
    service.take_off_caseload(TakeOffCaseload((student,), "2026-11-02", "Moved"))
    with desk.records.working() as tx:
        tx.execute(
            "INSERT INTO roster_import VALUES ('" + "i" * 36 + "', 'sis', 'table', '', '{}', '[]',"
            " ?, ?, ?)",
            (tx.who, tx.now.at, tx.now.zone),
        )
        tx.execute(
            "INSERT INTO roster_change (import_id, position, student_id, kind, before, after) VALUES ('"
            + "i" * 36
            + "', 12, ?, 'changed',"
            """ '{"grade":"05"}', '{"grade":"06"}')""",
            (student,),
        )
    return student


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, StudentId]]:
    clock = fixed_clock("2026-11-02T07:00")
    desk = new_desk(tmp_path_factory.mktemp("timeline"), clock=clock)
    yield desk, _lived(desk, clock)
    desk.close()


ELSEWHERE = {
    TimelineKind.MEDICATION,
    TimelineKind.HEALTH,
    TimelineKind.SERVICE,
    TimelineKind.CONCERN,
    TimelineKind.CONSULTATION,
    TimelineKind.CONTACT,
    TimelineKind.GROUP,
    TimelineKind.SCHEDULE,
    TimelineKind.SCREENING,
    TimelineKind.CARE_PLAN,
    TimelineKind.CONSENT,
}
"""What other rooms tell; their own tests of the timeline look at it."""


def test_everything_that_happened_is_there_and_the_newest_is_first(
    lived: tuple[Desk, StudentId],
) -> None:
    desk, student = lived
    rows, total = desk.timeline.page(student)
    assert total == len(rows)
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)
    assert {row.kind for row in rows} == set(TimelineKind) - ELSEWHERE
    assert {row.what for row in rows} == {
        Happening.NOTE, Happening.ADDENDUM, Happening.SOLE, Happening.DRAFT, Happening.FOLLOW_UP,
        Happening.TIER, Happening.PUT_ON, Happening.TAKEN_OFF, Happening.ALERT,
        Happening.ALERT_ENDED, Happening.ADDED, Happening.CHANGED, Happening.LEFT,
        Happening.ROSTER_CHANGED, Happening.DISCLOSURE,
    }  # fmt: skip


def test_each_row_carries_what_its_sentence_needs(lived: tuple[Desk, StudentId]) -> None:
    desk, student = lived
    rows = {row.what: row for row in desk.timeline.page(student)[0]}
    note = rows[Happening.NOTE]
    assert (note.by, note.day) == ("Ana Núñez", "")
    assert note.facts["sections"][0]["text"] == "First words."
    assert (note.facts["addenda"], note.facts["amendments"]) == (1, 0)
    assert note.facts["attendance"] == "present"
    assert rows[Happening.ADDENDUM].facts["note"] == note.id
    assert rows[Happening.SOLE].facts["text"] == "Only mine"
    assert rows[Happening.FOLLOW_UP].facts["due_on"] == "2026-11-12"
    tier = rows[Happening.TIER]
    assert (tier.day, tier.facts["was"], tier.facts["tier"], tier.facts["reason"]) == (
        "2026-11-02", 1, 2, "Attendance",
    )  # fmt: skip
    assert rows[Happening.PUT_ON].facts == {"reason": "Referred by a teacher"}
    assert rows[Happening.TAKEN_OFF].facts == {"reason": "Moved"}
    assert rows[Happening.ALERT].facts["text"] == "See the court order"
    assert rows[Happening.CHANGED].facts["after"] == {"grade": "05"}
    assert rows[Happening.LEFT].facts["after"]["left_on"] == "2026-11-02"
    assert rows[Happening.ROSTER_CHANGED].facts["after"] == {"grade": "06"}
    assert rows[Happening.DISCLOSURE].facts["recipient"] == "Dr. Ito"
    assert rows[Happening.DISCLOSURE].facts["stopped"] == 0


def test_sole_notes_and_drafts_of_others_are_not_seen(lived: tuple[Desk, StudentId]) -> None:
    desk, student = lived
    other = replace(desk.seat, person=PersonId(new_id()))
    theirs = Timeline(desk.records.read, lambda: other)
    kinds = {row.kind for row in theirs.page(student)[0]}
    assert kinds == set(TimelineKind) - {TimelineKind.SOLE, TimelineKind.DRAFT} - ELSEWHERE


def test_another_students_timeline_is_empty(lived: tuple[Desk, StudentId]) -> None:
    desk, _student = lived
    assert desk.timeline.page(StudentId(new_id())) == ([], 0)


@settings(max_examples=60, deadline=None)
@given(kinds=st.sets(st.sampled_from(TimelineKind)), limit=st.integers(1, 20))
def test_pages_and_counts_agree_with_the_whole(
    lived: tuple[Desk, StudentId], kinds: set[TimelineKind], limit: int
) -> None:
    desk, student = lived
    every, _total = desk.timeline.page(student)
    expected = [row for row in every if not kinds or row.kind in kinds]
    rows = []
    for offset in range(0, len(expected), limit):
        page, total = desk.timeline.page(student, tuple(kinds), offset=offset, limit=limit)
        assert total == len(expected)
        rows += page
    assert rows == expected
    counts = desk.timeline.counts(student)
    assert counts == {
        kind: sum(row.kind is kind for row in every)
        for kind in TimelineKind
        if kind not in ELSEWHERE
    }


def test_an_export_connection_is_refused_the_timeline_with_its_sole_notes(
    lived: tuple[Desk, StudentId],
) -> None:
    desk, student = lived
    leaving = Timeline(desk.records.read_for_export, lambda: desk.seat)
    with pytest.raises(Exception, match=r"prohibited|not authorized"):
        leaving.page(student)


def test_requests_and_how_they_ended_stand_among_the_disclosures(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    student = add_student(desk)
    made = desk.requests.record(
        RecordRequestIn(
            student, Wanted.INSPECT, Party.PARENT, "Rosa Ocampo", "All of it", "", "2026-11-02"
        )
    ).made
    desk.requests.close(CloseRequest(made, Outcome.INSPECTED, "", "2026-11-10"))
    over, came = desk.timeline.page(student, [TimelineKind.DISCLOSURE])[0]
    assert (came.what, came.id, came.day) == (Happening.ASKED, made, "2026-11-02")
    assert came.facts["who"] == "Rosa Ocampo"
    assert (over.what, over.day, over.facts["id"]) == (Happening.ASKED_OVER, "2026-11-10", made)
    desk.close()
