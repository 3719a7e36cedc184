import threading
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import Desk
from app.kernel.errors import Damage, Refused, Trouble
from app.store import journal
from app.store.connection import OLDEST_SQLITE, connect, known_trouble, trouble_of
from app.store.migrate import NEWEST, migrate, steps, version
from app.store.records import Records, UnrecordedChange
from vaults import fixed_clock, new_desk


@pytest.fixture
def desk(tmp_path: Path):
    desk = new_desk(tmp_path)
    yield desk
    desk.close()


_COPY = (
    "INSERT INTO journal SELECT {seq}, at, zone, person_id, device_id, what, subject_kind,"
    " subject_id, before, after, {previous}, hash FROM journal WHERE seq = 1"
)


def pragma(connection: dbapi2.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def test_the_file_is_opened_as_its_promises_need(desk: Desk) -> None:
    writer = desk.records._writer
    assert pragma(writer, "journal_mode") == "wal"
    assert pragma(writer, "synchronous") == 2
    assert pragma(writer, "secure_delete") == 1
    assert pragma(writer, "temp_store") == 2
    assert pragma(writer, "cache_size") == -65536
    assert int(str(pragma(writer, "page_size"))) == 4096
    assert pragma(writer, "foreign_keys") == 1
    assert dbapi2.sqlite_version_info >= OLDEST_SQLITE


def test_a_library_that_loses_data_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.store import connection

    monkeypatch.setattr(connection.dbapi2, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(Trouble, match="sqlite-old"):
        connection.require_sqlite()


def test_the_file_does_not_begin_as_a_database_does(desk: Desk) -> None:
    assert not desk.folder.records.read_bytes().startswith(b"SQLite format 3")


def test_a_transaction_without_a_journal_entry_keeps_nothing(desk: Desk) -> None:
    with pytest.raises(UnrecordedChange), desk.records.transaction() as tx:
        tx.execute("INSERT INTO tag (id, label, made_at) VALUES ('a', 'b', 'c')")
    with desk.records.read() as reader:
        assert reader.execute("SELECT count(*) FROM tag").fetchone() == (0,)


def test_a_failed_command_leaves_rows_and_journal_as_they_were(desk: Desk) -> None:
    head = desk.records.head
    with pytest.raises(ZeroDivisionError), desk.records.transaction() as tx:
        tx.execute("INSERT INTO tag (id, label, made_at) VALUES ('a', 'b', 'c')")
        tx.journal("AddTag", "tag", "a")
        raise ZeroDivisionError
    assert desk.records.head == head
    with desk.records.read() as reader:
        assert journal.head(reader) == head


def test_no_record_is_accepted_before_the_recovery_words_are_typed_back(tmp_path: Path) -> None:
    desk = new_desk(tmp_path, confirmed=False)
    with pytest.raises(Refused, match="recovery-unconfirmed"), desk.records.transaction():
        pass
    desk.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET what = 'Other' WHERE seq = 1",
        "DELETE FROM journal WHERE seq = 1",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1",
        _COPY.format(seq="seq + 5", previous="previous"),
        _COPY.format(seq="(SELECT max(seq) + 1 FROM journal)", previous="zeroblob(32)"),
    ],
)
def test_the_journal_is_continued_at_its_end_only(desk: Desk, statement: str) -> None:
    with pytest.raises(dbapi2.IntegrityError, match="frozen"):
        desk.records._writer.execute(statement)


@pytest.mark.parametrize("table", ["disclosure", "tier_decision", "session_note"])
def test_a_frozen_row_gives_way_to_no_row_put_in_its_place(desk: Desk, table: str) -> None:
    """What REPLACE removes on the way is refused like anything else that is deleted."""
    writer = desk.records._writer
    writer.execute("PRAGMA foreign_keys = OFF")
    columns = [row[1] for row in writer.execute(f"PRAGMA table_info({table})") if row[1] != "row"]
    numbers = {"tier": 2, "was": 1, "minutes": 5, "bytes": 1, "late": 0, "from_sole": 0}
    values = {name: numbers.get(name, "absent") for name in columns} | {"hash": b""}
    values = {name: values[name] for name in columns}
    marks = ", ".join("?" * len(columns))
    put = f"INTO {table} (rowid, {', '.join(columns)}) VALUES (7, {marks})"
    writer.execute(f"INSERT {put}", tuple(values.values()))
    with pytest.raises(dbapi2.IntegrityError, match="frozen"):
        writer.execute(f"INSERT OR REPLACE {put}", tuple((values | {"id": "other"}).values()))
    assert writer.execute(f"SELECT id FROM {table}").fetchall() == [("absent",)]
    writer.execute("PRAGMA foreign_keys = ON")


def test_what_an_import_did_gives_way_to_nothing(desk: Desk) -> None:
    writer = desk.records._writer
    writer.execute("PRAGMA foreign_keys = OFF")
    put = "INTO roster_change (import_id, position, student_id, kind) VALUES ('i', 1, ?, 'added')"
    writer.execute(f"INSERT {put}", ("a",))
    with pytest.raises(dbapi2.IntegrityError, match="frozen"):
        writer.execute(f"INSERT OR REPLACE {put}", ("b",))
    writer.execute("PRAGMA foreign_keys = ON")


def test_the_journal_says_who_when_where_and_what(desk: Desk) -> None:
    with desk.records.transaction() as tx:
        tx.journal("RenameTag", "tag", "t1", {"label": "a"}, {"label": "ñ"})
    with desk.records.read() as reader:
        row = reader.execute(
            "SELECT at, zone, person_id, device_id, what, subject_kind, subject_id, before, after"
            " FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        assert list(journal.broken_links(reader)) == []
    assert row == (
        "2026-11-20T14:30:00.000Z", "America/New_York", desk.seat.person, desk.seat.device,
        "RenameTag", "tag", "t1", '{"label":"a"}', '{"label":"ñ"}',
    )  # fmt: skip


def test_an_entry_that_was_rewritten_breaks_the_chain(desk: Desk) -> None:
    with desk.records.transaction() as tx:
        for number in range(5):
            tx.journal("Count", "number", str(number))
    writer = desk.records._writer
    writer.execute("DROP TRIGGER journal_keeps_entries")
    writer.execute("UPDATE journal SET after = '{}' WHERE seq = 3")
    with desk.records.read() as reader:
        assert list(journal.broken_links(reader)) == [3]


def test_reads_do_not_wait_for_the_writer_and_see_what_was_committed(desk: Desk) -> None:
    seen: list[int] = []
    with desk.records.transaction() as tx:
        tx.execute("INSERT INTO tag (id, label, made_at) VALUES ('a', 'b', 'c')")
        tx.journal("AddTag", "tag", "a")

        def look() -> None:
            with desk.records.read() as reader:
                seen.append(reader.execute("SELECT count(*) FROM tag").fetchone()[0])

        thread = threading.Thread(target=look)
        thread.start()
        thread.join(5)
    with desk.records.read() as reader:
        seen.append(reader.execute("SELECT count(*) FROM tag").fetchone()[0])
    assert seen == [0, 1]


def test_an_export_cannot_see_the_sole_possession_compartment(desk: Desk) -> None:
    for statement in (
        "SELECT count(*) FROM sole_note",
        "SELECT text FROM sole_note",
        "SELECT (SELECT max(text) FROM sole_note)",
        "WITH s AS (SELECT * FROM sole_note) SELECT * FROM s",
    ):
        with pytest.raises(dbapi2.DatabaseError), desk.records.read_for_export() as reader:
            reader.execute(statement).fetchall()
    with desk.records.read_for_export() as reader:
        assert reader.execute("SELECT count(*) FROM session_note").fetchone() == (0,)


def test_an_export_cannot_write(desk: Desk) -> None:
    with pytest.raises(Trouble, match="vault-read-only"), desk.records.read_for_export() as reader:
        reader.execute("DELETE FROM setting")


def test_the_steps_are_numbered_without_gaps_up_to_the_newest() -> None:
    assert [number for number, _sql in steps()] == list(range(1, NEWEST + 1))


def test_a_migration_that_is_stopped_leaves_what_was_there(tmp_path: Path, desk: Desk) -> None:
    keys = desk._unlocked.keys
    path = tmp_path / "fresh.db"
    connection = connect(path, keys)
    real, broken = steps(), []

    class Stop(Exception):
        pass

    def stop_at(statement: str) -> None:
        if "CREATE TABLE session_note" in statement:
            broken.append(statement)
            raise Stop

    class Stopping:
        def __getattr__(self, name: str) -> object:
            return getattr(connection, name)

        def execute(self, sql: str, *rest: object) -> object:
            stop_at(sql)
            return connection.execute(sql, *rest)

    with pytest.raises(Stop):
        migrate(Stopping())  # type: ignore[arg-type]
    assert version(connection) == 0
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    assert migrate(connection) == (0, NEWEST)
    assert len(real) == NEWEST
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
    assert {"journal", "student", "session_note", "disclosure"} <= tables
    connection.close()


def test_a_migration_that_finds_the_disk_full_says_so(tmp_path: Path, desk: Desk) -> None:
    connection = connect(tmp_path / "fresh.db", desk._unlocked.keys)
    connection.execute("PRAGMA max_page_count = 12")
    with pytest.raises(Trouble, match="disk-full"), known_trouble():
        migrate(connection)
    assert not connection.in_transaction
    connection.execute("PRAGMA max_page_count = 100000")
    assert migrate(connection)[1] == NEWEST
    connection.close()


def test_a_newer_file_is_refused_unharmed(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.records._writer.execute(f"PRAGMA user_version = {NEWEST + 1}")
    keys, folder = desk._unlocked.keys, desk.folder
    desk.close()
    before = folder.records.read_bytes()
    with pytest.raises(Trouble, match="vault-newer"):
        Records(folder.records, keys, fixed_clock())
    assert folder.records.read_bytes() == before
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "keybag.copy.json", "keybag.json", "open.lock", "records.db",
    ]  # fmt: skip


def test_a_foreign_file_is_not_taken_for_a_vault(tmp_path: Path, desk: Desk) -> None:
    connection = connect(tmp_path / "other.db", desk._unlocked.keys)
    connection.execute("PRAGMA user_version = 1")
    with pytest.raises(Damage, match="file-foreign"):
        version(connection)
    connection.close()


def test_errors_of_the_database_have_names() -> None:
    class Full(Exception):
        sqlite_errorname = "SQLITE_FULL"

    class Short(Exception):
        sqlite_errorname = "SQLITE_IOERR_SHORT_READ"

    class Bug(Exception):
        sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"

    found = [trouble_of(error()) for error in (Full, Short, Bug)]
    assert [trouble and trouble.code for trouble in found] == ["disk-full", "disk-trouble", None]
