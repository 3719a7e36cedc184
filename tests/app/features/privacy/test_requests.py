"""Requests for a record: the clock runs from the day it came in, and never beyond the law's days."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.features.privacy.commands import (
    AnswerRequest,
    CloseRequest,
    ExtendRequest,
    RecordRequestIn,
    SetInspectionDays,
)
from app.features.privacy.inspection import (
    LONGEST_DAYS,
    Outcome,
    Party,
    Step,
    Wanted,
    due_day,
    latest_day,
)
from app.features.privacy.repo import frozen_disclosures
from app.features.sessions.commands import PurgeSoleNote, WriteSoleNote
from app.kernel.changes import Kind
from app.kernel.clock import FixedClock
from app.kernel.errors import Refused
from app.kernel.ids import StudentId, new_id
from sessions_desk import add_student


@pytest.fixture
def student(desk: Desk) -> StudentId:
    return StudentId(add_student(desk))


def asked(student: StudentId, **changes: Any) -> RecordRequestIn:
    """A mother asks on the 2nd of November to see the record."""
    facts: dict[str, Any] = {
        "student_id": student,
        "kind": Wanted.INSPECT,
        "party": Party.PARENT,
        "asked_by": "Rosa  Ocampo",
        "what": "The whole record",
        "interest": "",
        "received_on": "2026-11-02",
        **changes,
    }
    return RecordRequestIn(**facts)


def refused(work: Any, *command: Any) -> tuple[str, str]:
    """Return the code and the field of a refusal."""
    with pytest.raises(Refused) as refusal:
        work(*command)
    return refusal.value.code, refusal.value.field


def test_a_request_to_inspect_is_due_in_45_days(desk: Desk, student: StudentId) -> None:
    changed = desk.requests.record(asked(student))
    assert changed.kinds == {Kind.RECORD_REQUEST}
    sheet = desk.requests.get(changed.made)
    assert (sheet.request.asked_by, sheet.due_on) == ("Rosa Ocampo", "2026-12-17")
    assert sheet.days_left(date(2026, 11, 20)) == 27
    assert sheet.closed is None
    assert desk.requests.count(student) == desk.requests.count()


def test_a_state_may_ask_for_less_and_nobody_for_more(desk: Desk, student: StudentId) -> None:
    desk.requests.set_days(SetInspectionDays("10"))
    assert desk.requests.days() == 10
    made = desk.requests.record(asked(student)).made
    assert desk.requests.get(made).due_on == "2026-11-12"
    for days in ("46", "0", "soon", ""):
        assert refused(desk.requests.set_days, SetInspectionDays(days)) == (
            "number-between",
            "inspection_days",
        )


def test_it_is_extended_within_the_laws_days_and_never_beyond(
    desk: Desk, student: StudentId
) -> None:
    desk.requests.set_days(SetInspectionDays("10"))
    made = desk.requests.record(asked(student)).made
    desk.requests.extend(ExtendRequest(made, "2026-12-01", "Records of the former school"))
    assert desk.requests.get(made).due_on == "2026-12-01"
    for day, code in (
        ("2026-12-18", "request-beyond"),
        ("2026-12-01", "request-not-later"),
        ("2026-11-30", "request-not-later"),
        ("whenever", "day-unreadable"),
    ):
        again = ExtendRequest(made, day, "Why")
        assert refused(desk.requests.extend, again) == (code, "due_on")
    desk.requests.extend(ExtendRequest(made, "2026-12-17", "Why"))
    assert refused(desk.requests.extend, ExtendRequest(made, "2026-12-17", " "))[1] == "reason"


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.integers(1, LONGEST_DAYS))
def test_no_day_that_is_set_lies_beyond_the_law(received: date, days: int) -> None:
    came = received.isoformat()
    assert due_day(came, days) <= latest_day(came)
    assert date.fromisoformat(latest_day(came)) - received == timedelta(days=45)


def test_it_is_answered_and_closed_with_how_and_stands(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    made = desk.requests.record(asked(student)).made
    desk.requests.answer(AnswerRequest(made, "Come on Friday at ten", "2026-11-04"))
    clock.advance(timedelta(days=60))
    assert desk.requests.get(made).days_left(clock.now().day()) == -33
    # Late is late: it can be closed all the same, and the days tell.
    desk.requests.close(CloseRequest(made, Outcome.INSPECTED, "", "2027-01-18"))
    sheet = desk.requests.get(made)
    assert [entry.kind for entry in sheet.entries] == [Step.ANSWERED, Step.CLOSED]
    assert sheet.closed is not None
    assert (sheet.closed.outcome, sheet.closed.by) == ("inspected", "Ana Núñez")
    assert sheet.days_left(clock.now().day()) is None
    assert refused(desk.requests.answer, AnswerRequest(made, "x", "2026-11-04")) == (
        "request-closed",
        "",
    )
    for table in ("record_request", "request_entry"):
        for statement in (f"UPDATE {table} SET kind = kind", f"DELETE FROM {table}"):
            with pytest.raises(dbapi2.IntegrityError, match="frozen"), desk.records.working() as tx:
                tx.execute(statement)
    with desk.records.read_whole() as reader:
        count, wrong = frozen_disclosures(reader)
    assert (count > 1, wrong) == (True, [])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"asked_by": " "}, ("request-needs-whom", "asked_by")),
        ({"what": ""}, ("request-needs-what", "what")),
        ({"kind": Wanted.DISCLOSE}, ("request-needs-interest", "interest")),
        ({"received_on": "2026-11-21"}, ("request-ahead", "received_on")),
        ({"received_on": "then"}, ("day-unreadable", "received_on")),
        ({"what": "x" * 501}, ("gate-said-long", "what")),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    desk: Desk, student: StudentId, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refused(desk.requests.record, asked(student, **changes)) == expected
    assert desk.requests.count().all == 0


def test_closing_says_how_and_when(desk: Desk, student: StudentId) -> None:
    made = desk.requests.record(asked(student)).made
    close = desk.requests.close
    assert refused(close, CloseRequest(made, Outcome.GRANTED, "", "2026-11-04"))[1] == "outcome"
    assert refused(close, CloseRequest(made, Outcome.REFUSED, " ", "2026-11-04"))[1] == "text"
    early = CloseRequest(made, Outcome.COPIES, "", "2026-11-01")
    assert refused(close, early) == ("request-before", "on_day")
    assert refused(close, CloseRequest("none", Outcome.COPIES, "", "2026-11-04"))[0] == (
        "request-gone"
    )


def test_a_request_for_disclosure_has_no_clock(desk: Desk, student: StudentId) -> None:
    other = asked(
        student, kind=Wanted.DISCLOSE, party=Party.OTHER, asked_by="A reporter", interest="A story"
    )
    made = desk.requests.record(other).made
    assert desk.requests.get(made).due_on == ""
    assert refused(desk.requests.extend, ExtendRequest(made, "2026-12-01", "x"))[0] == (
        "request-no-clock"
    )
    desk.requests.close(CloseRequest(made, Outcome.REFUSED, "No ground", "2026-11-20"))
    assert desk.requests.near() == []


def test_open_requests_come_first_by_when_they_are_due(
    desk: Desk, student: StudentId, clock: FixedClock
) -> None:
    late = desk.requests.record(asked(student, received_on="2026-10-20")).made
    disclose = asked(student, kind=Wanted.DISCLOSE, interest="Care")
    free = desk.requests.record(disclose).made
    first = desk.requests.record(asked(student, received_on="2026-10-10")).made
    done = desk.requests.record(asked(student)).made
    desk.requests.close(CloseRequest(done, Outcome.WITHDRAWN, "", "2026-11-20"))
    assert [sheet.request.id for sheet in desk.requests.page()] == [first, late, free, done]
    assert [sheet.request.id for sheet in desk.requests.page(open_only=True)] == [first, late, free]
    assert [sheet.request.id for sheet in desk.requests.near()] == [first]
    clock.advance(timedelta(days=10))
    assert [sheet.request.id for sheet in desk.requests.near()] == [first, late]
    counts = desk.requests.count(student)
    assert (counts.all, counts.open) == (4, 3)


def test_nothing_is_purged_while_a_request_to_inspect_is_open(
    desk: Desk, student: StudentId
) -> None:
    ids = [new_id(), new_id()]
    desk.sessions.write_sole_note(WriteSoleNote(ids[0], student, "A thought", "2026-11-20"))
    desk.sessions.write_sole_note(WriteSoleNote(ids[1], None, "Of nobody", "2026-11-20"))
    made = desk.requests.record(asked(student)).made
    assert refused(desk.sessions.purge_sole_note, PurgeSoleNote(ids[0]))[0] == (
        "request-outstanding"
    )
    desk.sessions.purge_sole_note(PurgeSoleNote(ids[1]))
    desk.requests.close(CloseRequest(made, Outcome.INSPECTED, "", "2026-11-20"))
    desk.sessions.purge_sole_note(PurgeSoleNote(ids[0]))


def test_requests_and_disclosures_are_kept_as_long_as_the_record(desk: Desk) -> None:
    """Nothing in the tree deletes a row of them: the engine refuses whoever tries."""
    with desk.records.read() as reader:
        guarded = {
            row[0]
            for row in reader.execute(
                "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'"
                " AND sql LIKE '%BEFORE DELETE%'"
            )
        }
    assert guarded >= {"disclosure", "disclosure_stopped", "record_request", "request_entry"}
