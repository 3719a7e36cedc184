"""What leaves by itself: once its period is over, again when it changed, and never about anybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.features.outbox.commands import PauseParcel, ResendParcel
from app.features.outbox.model.rules import periods_due
from app.features.people.commands import ChangeSetting
from app.kernel.documents import SummaryKind
from app.kernel.errors import Refused
from app.kernel.nouns import Role
from app.sync.district_file import Policy, Standing
from app.sync.parcels import State
from outbox_desk import SERVICES, OutboxDesk, Shelf
from sessions_desk import a_signed_note, add_student
from shared_desk import seated, someone
from vaults import fixed_clock


@pytest.fixture
def room(tmp_path: Path) -> Iterator[OutboxDesk]:
    made = OutboxDesk(tmp_path, fixed_clock("2026-10-05T09:30"))
    made.join()
    yield made
    assert made.desk.verify().whole
    made.desk.close()


def sent(room: OutboxDesk) -> list[tuple[SummaryKind, str, int]]:
    """Return kind, period and revision of everything in the outbox, the oldest first."""
    lines = [*room.outbox.waiting(), *room.outbox.left()]
    return [
        (line.parcel.kind, line.parcel.period, line.parcel.revision)
        for line in sorted(lines, key=lambda line: line.parcel.made_at)
    ]


def days(room: OutboxDesk, count: int) -> None:
    room.clock.advance(timedelta(days=count))


def test_the_first_parcel_for_a_new_district_place_makes_the_desk_known(room: OutboxDesk) -> None:
    assert room.outbox.prepare().enrolled == 1
    assert sent(room) == [(SummaryKind.ENROLMENT, "../..", 1)]
    assert room.outbox.prepare().enrolled == 0
    shelf, place = Shelf(), room.outbox.destinations()[0].destination.id
    shelf.carry(room.outbox, place)
    (opened,) = shelf.opened(room.keys)
    assert opened.body == {"desk": opened.header.desk} == {"desk": room.place(place).desk}


def test_a_month_leaves_once_it_is_over_and_due(room: OutboxDesk) -> None:
    room.outbox.prepare()
    for day, made in (("2026-11-01", 0), ("2026-11-02", 0), ("2026-11-03", 1), ("2026-11-04", 0)):
        days(room, (date.fromisoformat(day) - room.clock.now().day()).days)
        assert room.outbox.prepare().made == made, day
    assert sent(room)[1:] == [(SummaryKind.SERVICES, "2026-10", 1)]
    days(room, 30)
    assert room.outbox.prepare().made == 1
    assert sent(room)[-1] == (SummaryKind.SERVICES, "2026-11", 1)


def test_what_changed_afterwards_leaves_as_the_next_revision_and_only_then(
    room: OutboxDesk,
) -> None:
    student = add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    asked = len(room.told.asked)
    days(room, 1)
    room.outbox.prepare()
    assert len(room.told.asked) == asked, "nothing moved, so nothing is looked at"
    a_signed_note(room.desk, student)
    done = room.outbox.prepare()
    assert (done.made, done.unchanged) == (0, 1)
    a_signed_note(room.desk, student)
    room.told.bodies[SummaryKind.SERVICES, "2026-10"] = {"total": 2}
    assert room.outbox.prepare().made == 0, "it was looked at today already"
    days(room, 1)
    assert room.outbox.prepare().made == 1
    assert sent(room)[-1] == (SummaryKind.SERVICES, "2026-10", 2)


def test_a_clock_that_was_ahead_for_a_day_holds_nothing_back_until_then(room: OutboxDesk) -> None:
    student = add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    days(room, 300)
    a_signed_note(room.desk, student)
    room.outbox.prepare()
    days(room, -295)
    room.told.bodies[SummaryKind.SERVICES, "2026-10"] = {"total": 2}
    a_signed_note(room.desk, student)
    assert room.outbox.prepare().made == 1
    assert sent(room).count((SummaryKind.SERVICES, "2026-10", 2)) == 1


def test_a_district_that_moves_its_place_is_sent_no_revision_again(room: OutboxDesk) -> None:
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    room.send(room.outbox.destinations()[0].destination.id)
    assert room.told.district is not None
    moved = replace(room.told.district.places[0], id="cd" * 16)
    room.told.district = replace(room.told.district, places=(moved,))
    room.outbox.take_over()
    (place,) = room.outbox.destinations()
    for to, revision in ((place.destination.id, 3), (room.own_place(), 1)):
        assert room.line(room.send(to)).parcel.revision == revision


def test_marking_costs_one_statement_and_then_none(room: OutboxDesk) -> None:
    student = add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    writes: list[str] = []
    ground = room.outbox.ground

    def watched(sql: str) -> None:
        writes.append(sql)

    writer = room.desk.records._writer
    for expected in (1, 0):
        writes.clear()
        writer.set_trace_callback(watched)
        a_signed_note(room.desk, student)
        writer.set_trace_callback(None)
        found = [sql for sql in writes if "outbox" in sql]
        assert len([sql for sql in found if sql.startswith("UPDATE")]) == expected
    assert ground.moved > 0


def test_without_a_district_a_commit_asks_the_outbox_nothing(tmp_path: Path) -> None:
    room = OutboxDesk(tmp_path)
    student = add_student(room.desk)
    writes: list[str] = []
    room.desk.records._writer.set_trace_callback(writes.append)
    a_signed_note(room.desk, student)
    room.desk.records._writer.set_trace_callback(None)
    assert [sql for sql in writes if "outbox" in sql] == []
    assert room.outbox.prepare().made == 0
    room.desk.close()


def test_a_change_while_a_summary_is_made_is_not_overlooked(room: OutboxDesk) -> None:
    student = add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    make = room.told.make

    def slow(asked: object) -> object:
        made = make(asked)  # type: ignore[arg-type]
        a_signed_note(room.desk, student)
        return made

    room.told.make = slow  # type: ignore[method-assign,assignment]
    room.again()
    assert room.outbox.prepare().made == 1
    room.told.make = make  # type: ignore[method-assign]
    room.again()
    days(room, 1)
    assert room.outbox.prepare().unchanged == 1


def test_a_command_that_failed_marks_nothing(room: OutboxDesk) -> None:
    add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    with pytest.raises(RuntimeError), room.desk.records.transaction() as tx:
        tx.journal("Nothing", "session_note", "x")
        raise RuntimeError
    student = add_student(room.desk, "Ana", "Ruiz")
    with room.desk.records.working() as tx:
        (stale,) = tx.execute("SELECT sum(stale) FROM outbox_standing").fetchone() or (0,)
    assert (stale, bool(student)) == (1, True)


def test_a_kind_about_students_never_leaves_by_itself(room: OutboxDesk) -> None:
    assert room.told.district is not None
    # No file that is read says so: this is the second line.
    both = (Standing(SummaryKind.CASELOAD, "month", 1), SERVICES)
    room.told.district = replace(room.told.district, standing=both)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    assert {kind for kind, _period, _revision in sent(room)} == {
        SummaryKind.ENROLMENT,
        SummaryKind.SERVICES,
    }


def test_what_the_district_does_not_let_out_is_neither_made_nor_sent(room: OutboxDesk) -> None:
    room.join(policy=Policy(kinds=frozenset({"use-of-time"})))
    room.outbox.prepare()
    days(room, 31)
    done = room.outbox.prepare()
    assert (done.made, done.held) == (0, ("summary-held-by-policy",))
    place = room.own_place()
    with pytest.raises(Refused) as refused:
        room.send(place)
    assert refused.value.code == "summary-held-by-policy"
    room.join(policy=Policy(carriers=frozenset({"webdav"})))
    with pytest.raises(Refused) as refused:
        room.send(place)
    assert refused.value.code == "summary-held-by-policy"


def test_a_summary_that_cannot_be_made_holds_up_nothing_else(room: OutboxDesk) -> None:
    room.outbox.prepare()
    days(room, 31)
    room.told.fails = "summary-not-made"
    assert room.outbox.prepare().held == ("summary-not-made",)
    room.told.fails = ""
    assert room.outbox.prepare().made == 1


def test_a_place_follows_the_districts_newest_file(room: OutboxDesk) -> None:
    room.outbox.prepare()
    (before,) = room.outbox.destinations()
    room.join(serial=2, folder="/srv/elsewhere")
    room.outbox.prepare()
    (now,) = room.outbox.destinations()
    assert now.destination.id == before.destination.id
    assert now.destination.address.options["path"] == "/srv/elsewhere"
    room.told.district = None
    room.outbox.prepare()
    assert room.outbox.destinations() == []
    room.join(serial=3)
    room.outbox.prepare()
    assert [one.destination.id for one in room.outbox.destinations()] == [before.destination.id]


def test_a_report_about_nobody_is_in_the_journal_and_in_nobodys_log(room: OutboxDesk) -> None:
    add_student(room.desk)
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    (line,) = [one for one in room.outbox.waiting() if one.parcel.kind is SummaryKind.SERVICES]
    assert room.desk.privacy.count() == 0
    with room.desk.records.read() as reader:
        rows = reader.execute(
            "SELECT subject_id, after ->> '$.ground', after ->> '$.sha256' FROM journal"
            " WHERE what = 'RecordReport'"
        ).fetchall()
    assert rows == [(line.parcel.disclosures[0], "no_names", line.parcel.name)]


def test_bytes_are_let_go_after_thirteen_months_and_what_is_known_stays(room: OutboxDesk) -> None:
    place, shelf = room.own_place(), Shelf()
    gone, waits = room.send(place), room.send(place)
    room.outbox.pause(PauseParcel(waits))
    shelf.carry(room.outbox, place)
    room.told.district = None
    days(room, 380)
    room.outbox.prepare()
    assert room.line(gone).kept
    days(room, 40)
    room.outbox.prepare()
    assert (room.line(gone).kept, room.line(gone).state) == (False, State.DELIVERED)
    assert room.line(waits).kept
    with pytest.raises(Refused) as refused:
        room.outbox.resend(ResendParcel(gone))
    assert refused.value.code == "parcel-let-go"
    shelf.empty()
    room.outbox.sending.restart(place, shelf.target)
    assert room.line(gone).state is State.DELIVERED


def test_each_field_of_work_has_its_own_counts_and_the_office_none(room: OutboxDesk) -> None:
    room.outbox.prepare()
    days(room, 31)
    people = {role: someone(room.desk, role, role.value) for role in Role}
    made = {}
    for role in (Role.ADMINISTRATOR, Role.COUNSELOR, Role.SOCIAL_WORKER, Role.NURSE):
        with seated(room.desk, people[role]):
            made[role] = room.outbox.prepare().made
    assert made == {
        Role.ADMINISTRATOR: 0,
        Role.COUNSELOR: 1,
        Role.SOCIAL_WORKER: 0,
        Role.NURSE: 1,
    }
    with room.desk.records.read_whole() as reader:
        rows = reader.execute("SELECT series FROM outbox_parcel WHERE kind = 'services'").fetchall()
    assert len({row[0] for row in rows}) == 2


def test_a_setting_moves_nothing(room: OutboxDesk) -> None:
    room.outbox.prepare()
    days(room, 31)
    room.outbox.prepare()
    before = room.outbox.ground.moved
    room.desk.people.change_setting(ChangeSetting("late_after_hours", "12"))
    assert room.outbox.ground.moved == before


@given(
    st.sampled_from(("month", "week")),
    st.integers(0, 40),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(0, 300),
)
def test_each_period_is_due_once_it_has_ended_and_the_days_have_passed(
    every: str, after: int, since: date, ahead: int
) -> None:
    today = since + timedelta(days=ahead)
    due = list(periods_due(every, after, since, today))
    assert len(set(due)) == len(due)
    for period in due:
        if every == "month":
            first = date.fromisoformat(f"{period}-01")
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            first, last = (date.fromisoformat(day) for day in period.split("/"))
            assert (first.weekday(), (last - first).days) == (0, 6)
        assert last < today
        assert last + timedelta(days=after) <= today
        assert last >= since
    later = list(periods_due(every, after, since, today + timedelta(days=1)))
    assert later[: len(due)] == due
