"""Whoever changes, takes out or puts in a row behind the program's back is found, in each table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import FROZEN, verify_vault
from app.kernel.frozen import FrozenRows, How, Wrong
from app.store.connection import connect
from every_room import EveryRoom
from vaults import PASSPHRASE

ELSEWHERE = {
    "journal": "its own chain",
    "emergency": "its mark also stands in the keybag",
    "repair": "a repair's own list",
    "repair_loss": "a repair's own list",
    "roster_change": "an import is one digest: tests/app/features/roster",
    "category_set": "shipped, and about nobody",
    "category": "shipped, and about nobody",
    "billing_line": "only what was exported stands",
}
"""Tables whose rows stand and which are looked over in another way."""


@dataclass
class Raw:
    """The vault's file, opened past the program and its triggers."""

    connection: dbapi2.Connection

    @contextmanager
    def undone(self) -> Iterator[dbapi2.Connection]:
        """Tamper, and take it back."""
        self.connection.execute("SAVEPOINT tamper")
        try:
            yield self.connection
        finally:
            self.connection.execute("ROLLBACK TO tamper")
            self.connection.execute("RELEASE tamper")

    def wrong(self, rooms: Sequence[FrozenRows] = FROZEN) -> list[Wrong]:
        """Return what the rooms say of their rows."""
        return [one for room in rooms for one in room.look(self.connection)[1]]

    def rooms(self) -> list[FrozenRows]:
        """Return the rooms that find something wrong."""
        return [room for room in FROZEN if room.look(self.connection)[1]]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> EveryRoom:
    made = EveryRoom(tmp_path_factory.mktemp("rows"))
    made.fill()
    assert made.desk.verify().whole
    made.desk.close()
    return made


@pytest.fixture(scope="module")
def raw(room: EveryRoom) -> Iterator[Raw]:
    connection = connect(room.desk.folder.records, room.desk._unlocked.keys)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute("BEGIN")
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for (name,) in names:
        connection.execute(f"DROP TRIGGER {name}")
    yield Raw(connection)
    connection.execute("ROLLBACK")
    connection.close()


def standing(connection: dbapi2.Connection) -> list[str]:
    """Return the tables whose rows a trigger keeps from being changed."""
    return [
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger'"
            " AND sql LIKE '% BEFORE UPDATE ON %' ORDER BY 1"
        )
    ]


TABLES = (
    "care_entry", "concern", "concern_entry", "consent", "consent_end", "consent_rules",
    "consent_scan", "consent_scan_content", "consultation", "consultation_addition", "contact", "container", "delegation", "delivery", "disclosure", "disclosure_stopped", "discrepancy",
    "district_file", "district_left", "dose", "goal_decision", "goal_phase", "goal_point", "group_attendance", "group_session",
    "health_plan", "incident", "instrument_file", "mandate", "mandate_end", "medication_order",
    "no_school", "note_addition", "outbox_event", "outbox_manifest", "outbox_parcel",
    "outbox_receipt", "outbox_sealed", "part2_label", "plan_goal", "plan_review", "plan_signature", "plan_version",
    "record_request", "request_entry", "risk", "risk_entry", "round_consent", "screening", "screening_mistake", "session_note", "stock_count",
    "stock_movement", "tier_decision", "tier_evidence", "trip", "trip_item", "visit",
    "warning_list", "wording",
)  # fmt: skip


KEYS = {"disclosure_stopped": "disclosure_id", "consent_scan_content": "scan_id"}


def test_no_table_whose_rows_stand_is_forgotten(room: EveryRoom) -> None:
    connection = connect(room.desk.folder.records, room.desk._unlocked.keys, read_only=True)
    try:
        assert set(standing(connection)) == {*TABLES, *ELSEWHERE}
    finally:
        connection.close()


def columns(connection: dbapi2.Connection, table: str) -> list[tuple[str, str, int]]:
    return [(row[1], row[2], row[5]) for row in connection.execute(f"PRAGMA table_info({table})")]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_was_changed_taken_out_or_put_in_is_named(raw: Raw, table: str) -> None:
    """It goes; one character of each column in turn; then one comes that nobody wrote."""
    assert raw.wrong() == []
    key = KEYS.get(table, "id")
    found = columns(raw.connection, table)
    chosen = raw.connection.execute(f"SELECT {key} FROM {table} LIMIT 1").fetchone()
    assert chosen is not None, "the room has no such row to tamper with"
    named = str(chosen[0])
    changes = {
        column: {
            "TEXT": f"coalesce({column}, '') || 'x'",
            "INTEGER": f"coalesce({column}, 0) + 1",
            "BLOB": f"CAST(x'00' || {column} AS BLOB)",
        }[kind]
        for column, kind, primary in found
        if column not in {key, "row"} and not primary
    }
    with raw.undone() as connection:
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (named,))
        rooms = raw.rooms()
        assert (named, How.GONE) in {(w.id, w.how) for w in raw.wrong(rooms)}
    for column, change in changes.items():
        with raw.undone() as connection:
            connection.execute(f"UPDATE {table} SET {column} = {change} WHERE {key} = ?", (named,))
            assert (table, How.ALTERED) in {(w.table, w.how) for w in raw.wrong(rooms)}, column
    with raw.undone() as connection:
        only = once(connection, table)
        taken = [
            "'forged'" if column == key else changes[column] if column in only else column
            for column, _kind, _primary in found
            if column != "row"
        ]
        listed = [column for column, _kind, _primary in found if column != "row"]
        connection.execute(
            f"INSERT INTO {table} ({', '.join(listed)}) SELECT {', '.join(taken)} FROM {table}"
            f" WHERE {key} = ?",
            (named,),
        )
        assert "forged" in {w.id for w in raw.wrong(rooms) if w.table == table}


def once(connection: dbapi2.Connection, table: str) -> set[str]:
    """Return the columns that no two rows may have alike."""
    return {
        row[2]
        for index in connection.execute(f"PRAGMA index_list({table})").fetchall()
        if index[2]
        for row in connection.execute(f"PRAGMA index_info({index[1]})")
    } & {column for column, _kind, primary in columns(connection, table) if not primary}


def test_verifying_the_vault_says_which_row_it_is(tmp_path: Path) -> None:
    room = EveryRoom(tmp_path)
    folder = room.desk.folder
    room.desk.close()
    connection = connect(folder.records, room.desk._unlocked.keys)
    connection.execute("BEGIN")
    (definition,) = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name = 'risk_stands'"
    ).fetchone()
    connection.execute("DROP TRIGGER risk_stands")
    connection.execute("UPDATE risk SET label = label || 'x'")
    connection.execute(definition)
    connection.execute("COMMIT")
    connection.close()
    verdict = verify_vault(folder.path, PASSPHRASE)
    (found,) = [one for one in verdict.findings if not one.whole]
    assert (found.code, found.detail) == ("screenings", room.risk)
