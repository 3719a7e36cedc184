"""No row of the medication room is changed, removed or replaced, and whoever does is found out."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import open_vault
from app.features.access.commands import AddPerson
from app.features.medication.commands import (
    CheckOrder,
    RecordNotGiven,
)
from app.features.medication.model.doses import Code
from app.features.medication.repo.rows import TABLES, frozen_rows
from app.kernel.errors import Refused
from app.kernel.frozen import How
from app.kernel.nouns import Role
from app.vault.sealing import floor
from nurse_desk import CONTROLLED, WITNESS_PASSPHRASE, NurseDesk, filled
from vaults import PASSPHRASE


def test_every_table_refuses_to_change_remove_or_replace_a_row(nurse: NurseDesk) -> None:
    filled(nurse)
    for table in TABLES.values():
        statements = (
            f"UPDATE {table} SET zone = 'UTC'",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
            f"UPDATE OR REPLACE {table} SET row = row + 1",
        )
        for statement in statements:
            with (
                pytest.raises(dbapi2.IntegrityError, match="frozen"),
                nurse.desk.records.transaction() as tx,
            ):
                assert tx.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,), table
                tx.execute(statement)


def around(nurse: NurseDesk, tampered: Callable[[dbapi2.Connection], object]) -> None:
    """Do what no program does: take the triggers off, tamper, and put nothing back."""
    with nurse.desk.records.transaction() as tx:
        names = [
            row[0] for row in tx.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        ]
        for name in names:
            tx.execute(f"DROP TRIGGER {name}")
        tampered(tx)  # type: ignore[arg-type]
        tx.journal("Tamper", "vault", "x")


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        ("UPDATE dose SET amount = 500", How.ALTERED),
        ("DELETE FROM stock_movement WHERE kind = 'given'", How.GONE),
        ("UPDATE stock_movement SET balance = balance + 1 WHERE kind = 'given'", How.ALTERED),
        ("DELETE FROM discrepancy", How.GONE),
        ("UPDATE medication_order SET dose = 2000, dose_most = 2000", How.ALTERED),
        (("INSERT INTO no_school SELECT NULL, 'n', '2026-12-01', school_id, open, reason, person_id,"
         " recorded_at, zone, hash FROM no_school LIMIT 1"), How.ALTERED),
    ],
)  # fmt: skip
def test_whoever_tampers_past_the_triggers_is_found_out(
    nurse: NurseDesk, statement: str, how: How
) -> None:
    filled(nurse)
    with nurse.desk.records.read_whole() as reader:
        count, wrong = frozen_rows(reader)
    assert (count > 15, wrong) == (True, [])
    around(nurse, lambda tx: tx.execute(statement))
    with nurse.desk.records.read_whole() as reader:
        _count, wrong = frozen_rows(reader)
    assert {one.how for one in wrong} == {how}
    assert not nurse.desk.verify().whole


def test_a_row_that_no_command_wrote_is_found(nurse: NurseDesk) -> None:
    from app.features.medication.model.nursing import NoSchool
    from app.features.medication.repo.rows import Keeper

    filled(nurse)
    with nurse.desk.records.transaction() as tx:
        keeper = Keeper(tx)
        keeper.add(NoSchool("n", "2026-12-01", None, False, "x", tx.who, tx.now.at, tx.now.zone))
        tx.journal("Tamper", "vault", "x")
    with nurse.desk.records.read_whole() as reader:
        _count, wrong = frozen_rows(reader)
    assert [(one.id, one.how) for one in wrong] == [("n", How.UNWITNESSED)]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.NURSE])
def test_the_room_is_closed_to_every_other_role(tmp_path: Path, role: Role) -> None:
    nurse = NurseDesk(tmp_path, role=role)
    room = nurse.room
    assert not room.open_to_me
    student = nurse.student()
    for ask in (
        lambda: nurse.order(student),
        lambda: nurse.give("x", student),
        lambda: room.doses.record_not_given(RecordNotGiven("x", student, "", "", Code.ABSENT)),
        room.doses.board,
        room.doses.settle_missed,
        room.orders.orders,
        room.stock.containers,
        room.incidents.incidents,
        room.nursing.open_visits,
        room.trips.trips,
        room.today,
        room.witnesses,
        lambda: room.papers.month_sheet(student, "2026-11"),
        lambda: room.prove(nurse.second, "x"),
    ):
        with pytest.raises(Refused, match="medication-not-yours"):
            ask()
    nurse.desk.close()


def test_another_role_reads_no_row_of_the_room_even_by_a_query_of_its_own(nurse: NurseDesk) -> None:
    filled(nurse)
    with nurse.desk.records.read() as reader:
        assert reader.execute("SELECT count(zone) FROM dose").fetchone() == (1,)
    nurse.desk.records.sit_down(replace(nurse.desk.seat, person=nurse.second))
    with nurse.desk.records.transaction() as tx:
        tx.execute("UPDATE person SET role = 'counselor' WHERE id = ?", (nurse.second,))
        tx.journal("ChangePerson", "person", nurse.second)
    nurse.desk.records.sit_down(replace(nurse.desk.seat, role=Role.COUNSELOR))
    with nurse.desk.records.read() as reader:
        for table in TABLES.values():
            assert reader.execute(f"SELECT count(zone) FROM {table}").fetchone() == (0,), table


def test_a_real_second_person_proves_it_with_their_own_passphrase(tmp_path: Path) -> None:
    nurse = NurseDesk(tmp_path)
    added = nurse.desk.access.add_person(AddPerson("Ruth Abebe", Role.NURSE), stretch=floor())
    order = nurse.order(nurse.student(), CONTROLLED)
    with pytest.raises(Refused, match="witness-first"):
        nurse.desk.medication.prove(added.person, added.passphrase)
    folder, device = nurse.desk.folder.path, nurse.desk.seat.device
    nurse.desk.close()
    theirs = open_vault(folder, added.passphrase, device, clock=nurse.clock)
    theirs.change_passphrase(added.passphrase, WITNESS_PASSPHRASE, floor())
    theirs.close()
    desk = open_vault(folder, PASSPHRASE, device, clock=nurse.clock)
    room = desk.medication
    for wrong in ("no passphrase of anyone", PASSPHRASE, added.passphrase):
        with pytest.raises(Refused, match="witness-wrong"):
            room.prove(added.person, wrong)
    proof = room.prove(added.person, WITNESS_PASSPHRASE)
    room.orders.check_order(CheckOrder(order, proof))
    assert room.orders.order_sheet(order).checked_by == "Ruth Abebe"
    desk.close()
