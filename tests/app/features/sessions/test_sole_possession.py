"""The compartment: seen by its maker alone, refused to every export, purged without a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.sessions.commands import (
    KeepSoleNote,
    MakeSole,
    PurgeSoleNote,
    SaveDraft,
    SaveSoleNote,
    SignNote,
    TurnIntoRecord,
    WriteSoleNote,
)
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import PersonId, StudentId, new_id
from app.kernel.nouns import Role
from app.kernel.ports import Seat
from pages_in_clear import pages_in_clear
from sessions_desk import a_draft, typed

CANARY = "canary-nightjar"


def write(desk: Desk, student: StudentId | None, text: str = CANARY, **more: str) -> str:
    note = new_id()
    desk.sessions.write_sole_note(WriteSoleNote(note, student, text, "2026-11-20", **more))
    return note


@contextmanager
def another_person(desk: Desk) -> Iterator[None]:
    """Let somebody else sit at the same vault."""
    seat = desk.seat
    other = PersonId(new_id())
    with desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO person (id, name, role, made_at, zone) VALUES (?, 'Noor', 'nurse', ?, ?)",
            (other, tx.now.at, tx.now.zone),
        )
        tx.journal("AddPerson", "person", other)
    desk.records.sit_down(Seat(other, Role.NURSE, seat.device))
    yield
    desk.records.sit_down(seat)


def everything(desk: Desk) -> str:
    """Return every cell of every table of the decrypted file, as one text."""
    cells: list[str] = []
    with desk.records.read_whole() as reader:
        tables = reader.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        for (table,) in tables:
            for row in reader.execute(f"SELECT * FROM {table}"):
                cells.extend(
                    cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                    for cell in row
                )
    return "\n".join(cells)


def test_a_sole_note_is_seen_by_its_maker_and_by_nobody_else(
    desk: Desk, student: StudentId
) -> None:
    note = write(desk, student)
    assert [line.note.text for line in desk.sessions.sole_notes("2026-11-20")] == [CANARY]
    with another_person(desk):
        assert desk.sessions.sole_notes("2026-11-20") == []
        for attempt in (
            lambda: desk.sessions.sole_note(note),
            lambda: desk.sessions.save_sole_note(SaveSoleNote(note, "mine now")),
            lambda: desk.sessions.purge_sole_note(PurgeSoleNote(note)),
            lambda: desk.sessions.turn_into_record(TurnIntoRecord(note)),
            lambda: desk.sessions.keep_sole_note(KeepSoleNote(note, "2028-01-01")),
        ):
            with pytest.raises(Refused, match="sole-gone"):
                attempt()
    assert desk.sessions.sole_note(note).text == CANARY


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT text FROM sole_note",
        "SELECT count(*) FROM sole_note",
        "SELECT * FROM (SELECT 1 FROM Sole_Note)",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM sole_note)",
        "SELECT s.id FROM student s JOIN sole_note n ON n.student_id = s.id",
        "WITH all_of_it AS (SELECT * FROM sole_note) SELECT * FROM all_of_it",
    ],
)
def test_the_engine_itself_denies_the_compartment_to_whatever_leaves_the_desk(
    desk: Desk, student: StudentId, statement: str
) -> None:
    write(desk, student)
    with desk.records.read_for_export() as reader:
        assert reader.execute("SELECT count(*) FROM student").fetchone() == (1,)
        with pytest.raises(dbapi2.DatabaseError, match=r"prohibited|not authorized"):
            reader.execute(statement).fetchall()


def test_the_text_of_a_sole_note_is_never_in_the_journal(desk: Desk, student: StudentId) -> None:
    note = write(desk, student)
    desk.sessions.save_sole_note(SaveSoleNote(note, f"{CANARY} longer"))
    desk.sessions.write_sole_note(WriteSoleNote(note, student, f"{CANARY} again", "2026-11-20"))
    desk.sessions.keep_sole_note(KeepSoleNote(note, "2027-12-01"))
    desk.sessions.purge_sole_note(PurgeSoleNote(note))
    with desk.records.read() as reader:
        rows = reader.execute(
            "SELECT what, before, after FROM journal WHERE subject_id = ?", (note,)
        ).fetchall()
    assert [row[0] for row in rows] == [
        "WriteSoleNote",
        "EditSoleNote",
        "KeepSoleNote",
        "PurgeSoleNote",
    ]
    assert CANARY not in repr(rows)


def test_a_purged_note_is_in_no_table_and_on_no_page(desk: Desk, student: StudentId) -> None:
    long_text = f"{CANARY} " * 900
    note = write(desk, student, long_text)
    desk.sessions.save_sole_note(SaveSoleNote(note, long_text + "and more"))
    assert CANARY in everything(desk)
    assert CANARY.encode() in pages_in_clear(desk)
    desk.sessions.purge_sole_note(PurgeSoleNote(note))
    assert CANARY not in everything(desk)
    assert CANARY.encode() not in pages_in_clear(desk)
    wal = desk.folder.records.with_name(desk.folder.records.name + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0


def test_a_note_asks_to_be_purged_when_its_day_has_come_or_the_student_has_left(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    note = write(desk, student)
    assert desk.sessions.sole_note(note).purge_on == "2027-11-20"
    assert [line.purge for line in desk.sessions.sole_notes("2027-11-19")] == [""]
    assert [line.purge for line in desk.sessions.sole_notes("2027-11-20")] == ["due"]
    with desk.records.transaction() as tx:
        tx.execute("UPDATE student SET standing = 'left', left_on = '2026-11-20'")
        tx.journal("Leave", "student", student)
    assert [line.purge for line in desk.sessions.desk_papers("2026-11-20").purges] == ["left"]
    desk.sessions.keep_sole_note(KeepSoleNote(note, "2027-01-31"))
    assert desk.sessions.desk_papers("2027-01-30").purges == []
    assert [line.purge for line in desk.sessions.sole_notes("2027-01-31")] == ["due"]
    clock.advance(timedelta(days=3))
    with pytest.raises(Refused, match="sole-purge-past"):
        desk.sessions.keep_sole_note(KeepSoleNote(note, "2026-11-23"))


def test_the_end_of_the_school_year_is_taken_from_the_roster(
    desk: Desk, student: StudentId
) -> None:
    with desk.records.transaction() as tx:
        for kind, starts, ends in (
            ("term", "2026-08-31", "2027-01-22"),
            ("schoolYear", "2026-08-31", "2027-06-18"),
        ):
            tx.execute(
                "INSERT INTO term (id, title, kind, starts_on, ends_on, source, source_id)"
                " VALUES (?, ?, ?, ?, ?, 'x', ?)",
                (new_id(), kind, kind, starts, ends, kind),
            )
        tx.journal("Import", "term", "x")
    assert desk.sessions.usual_purge_day("2026-11-20") == "2027-06-18"
    assert desk.sessions.sole_note(write(desk, student)).purge_on == "2027-06-18"


def test_turning_into_a_record_takes_the_note_from_its_compartment_only_when_it_is_signed(
    desk: Desk, student: StudentId
) -> None:
    note = write(desk, student, "The student asked me to tell the team.")
    made = desk.sessions.turn_into_record(TurnIntoRecord(note)).made
    again = desk.sessions.turn_into_record(TurnIntoRecord(note)).made
    assert made == again
    assert desk.sessions.sole_note(note).text == "The student asked me to tell the team."
    draft = desk.sessions.open_draft(made).draft
    assert draft.student_id == student
    desk.sessions.sign_note(SignNote(typed(draft, at="09:00")))
    sheet = desk.sessions.note_sheet(made)
    assert sheet.note.from_sole
    assert sheet.note.sections[0].text == "The student asked me to tell the team."
    with pytest.raises(Refused, match="sole-gone"):
        desk.sessions.sole_note(note)
    with desk.records.read() as reader:
        rows = reader.execute("SELECT what, after FROM journal WHERE subject_id = ?", (note,))
        whats = rows.fetchall()
    assert [row[0] for row in whats] == ["WriteSoleNote", "TurnIntoRecord", "PurgeSoleNote"]
    assert made in whats[-1][1]


def test_a_draft_that_is_made_sole_leaves_the_working_papers_of_the_record(
    desk: Desk, student: StudentId
) -> None:
    draft = a_draft(desk, student, CANARY)
    desk.sessions.save_draft(SaveDraft(draft))
    note = desk.sessions.make_sole(MakeSole(draft)).made
    assert desk.sessions.drafts() == []
    assert desk.sessions.sole_note(note).text == CANARY
    with desk.records.read_for_export() as reader:
        papers = reader.execute("SELECT content FROM note_draft").fetchall()
    assert papers == []
