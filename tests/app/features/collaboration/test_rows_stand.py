"""No row of the room is changed, removed or replaced; whose rows they are; who is found out."""

from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.features.collaboration.commands import (
    AddToConsultation,
    AddToTeam,
    ChangeWarningSigns,
    CloseDanger,
    EndMember,
    FinishStep,
)
from app.features.collaboration.model.concerns import Decision
from app.features.collaboration.model.contacts import Result
from app.features.collaboration.model.team import MemberKind
from app.features.collaboration.repo.rows import TABLES, frozen_rows
from app.features.collaboration.shipped import SIGNS
from app.kernel.errors import Refused
from app.kernel.frozen import How
from app.kernel.nouns import Role
from app.kernel.ports import Seat
from collaboration_desk import SELF_HARM, CollaborationDesk


def filled(desk: CollaborationDesk) -> str:
    """Put at least one row into every table of the room; return the concern."""
    desk.rooms.concerns.change_signs(ChangeWarningSigns("District 7", SIGNS))
    concern = desk.concern(SELF_HARM)
    desk.decide(concern, Decision.SERVICE)
    desk.contact(Result.REACHED)
    made = desk.consultation()
    desk.rooms.consultations.add(AddToConsultation(made, "She called back."))
    desk.rooms.team.add(AddToTeam(desk.pupil, MemberKind.STAFF, "Iris Vandermeer"))
    return concern


def test_every_table_refuses_to_change_remove_or_replace_a_row(desk: CollaborationDesk) -> None:
    filled(desk)
    for table in TABLES.values():
        for statement in (
            f"UPDATE {table} SET zone = 'UTC'",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET row = row + 1",
        ):
            with (
                pytest.raises(dbapi2.IntegrityError, match="frozen"),
                desk.desk.records.transaction() as tx,
            ):
                assert tx.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,), table
                tx.execute(statement)


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        ("UPDATE concern SET danger = '[]'", How.ALTERED),
        ("UPDATE concern_entry SET text = 'x'", How.ALTERED),
        ("UPDATE contact SET result = 'no_answer'", How.ALTERED),
        ("UPDATE consultation SET minutes = 60", How.ALTERED),
        ("DELETE FROM concern_entry", How.GONE),
        ("DELETE FROM consultation_addition", How.GONE),
    ],
)
def test_whoever_tampers_past_the_triggers_is_found_out(
    desk: CollaborationDesk, statement: str, how: How
) -> None:
    filled(desk)
    with desk.desk.records.read_whole() as reader:
        count, wrong = frozen_rows(reader)
    assert (count, wrong) == (6, [])
    with desk.desk.records.transaction() as tx:
        triggers = tx.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            tx.execute(f"DROP TRIGGER {name}")
        tx.execute(statement)
        tx.journal("Tamper", "vault", "x")
    with desk.desk.records.read_whole() as reader:
        _count, wrong = frozen_rows(reader)
    assert {one.how for one in wrong} == {how}
    assert not desk.desk.verify().whole


@pytest.mark.parametrize("role", [Role.NURSE, Role.ADMINISTRATOR])
def test_another_discipline_reads_none_of_it(desk: CollaborationDesk, role: Role) -> None:
    concern = filled(desk)
    other = desk.second
    with desk.desk.records.transaction() as tx:
        tx.execute("UPDATE person SET role = ? WHERE id = ?", (role.value, other))
        tx.journal("ChangePerson", "person", other)
    desk.desk.records.sit_down(Seat(other, role, desk.desk.seat.device))
    rooms = desk.rooms
    assert (rooms.concerns.count(), rooms.contacts.count(), rooms.consultations.count()) == (0,) * 3
    assert rooms.team.of_student(desk.pupil) == []
    today = rooms.today()
    assert (today.concerns, today.contacts, today.steps) == ([], [], [])
    with pytest.raises(Refused, match="concern-gone"):
        rooms.concerns.sheet(concern)
    with desk.desk.records.read() as reader:
        for table in ("concern", "concern_entry", "contact", "consultation", "agreed_step"):
            assert reader.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_a_colleague_of_the_discipline_goes_on_with_it(tmp_path: Path) -> None:
    desk = CollaborationDesk(tmp_path)
    try:
        concern = filled(desk)
        with desk.desk.records.transaction() as tx:
            tx.execute("UPDATE person SET role = 'social_worker' WHERE id = ?", (desk.second,))
            tx.journal("ChangePerson", "person", desk.second)
        seat = Seat(desk.second, Role.SOCIAL_WORKER, desk.desk.seat.device)
        desk.desk.records.sit_down(seat)
        assert desk.rooms.concerns.sheet(concern).state.open_danger
        assert desk.rooms.contacts.count() == 1
    finally:
        desk.desk.close()


def test_a_nurse_changes_none_of_it_though_she_has_the_ids(desk: CollaborationDesk) -> None:
    concern = filled(desk)
    rooms = desk.rooms
    (member,) = rooms.team.of_student(desk.pupil)
    (contact,) = rooms.contacts.page()
    (line,) = rooms.consultations.page()
    (step,) = rooms.consultations.sheet(line.consultation.id).steps
    desk.desk.records.sit_down(Seat(desk.second, Role.NURSE, desk.desk.seat.device))
    for attempt in (
        lambda: desk.decide(concern, Decision.NO_ACTION),
        lambda: rooms.concerns.close_danger(CloseDanger(concern, "Nothing", "Nobody")),
        lambda: rooms.team.end(EndMember(member.id)),
        lambda: desk.contact(replaces=contact.row.id, why="Mine"),
        lambda: desk.contact(matter_id=contact.row.matter_id),
        lambda: rooms.consultations.finish_step(FinishStep(step.id)),
        lambda: rooms.consultations.add(AddToConsultation(line.consultation.id, "Mine")),
    ):
        with pytest.raises(Refused) as error:
            attempt()
        assert error.value.code.endswith("-gone")
