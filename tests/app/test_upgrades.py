"""Vaults of every release open in this program, and nothing in them changes but what it says."""

import hashlib
import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import Desk, open_vault, restore_backup, unlock_keybag, verify_vault
from app.features.access.commands import OpenInEmergency
from app.features.backups.model import BEFORE_UPGRADE
from app.features.backups.restore import open_backup
from app.kernel.clock import FixedClock
from app.kernel.errors import Trouble
from app.kernel.ids import DeviceId, StudentId
from app.store.connection import connect
from app.store.migrate import NEWEST, migrate
from app.vault.folder import VaultFolder
from app.vault.slots import VERSION as KEYBAG
from faults.record import record
from golden import MADE, Golden, digest, goldens, tables

CHANGED_BY_MIGRATION: dict[int, set[str]] = {}
"""Tables in which a step, by its number, changes what stood there; whoever adds one says so."""
OURS = {"open.json", "open.lock"}
"""What the program that has a vault open writes beside it."""


@pytest.fixture(params=goldens(), ids=lambda golden: f"{golden.release}-{golden.name}")
def golden(request: pytest.FixtureRequest) -> Golden:
    found = request.param
    assert isinstance(found, Golden)
    return found


@contextmanager
def opened(golden: Golden, vault: Path) -> Iterator[Desk]:
    said = golden.manifest()
    device = DeviceId(said["device"])
    desk = open_vault(vault, said["passphrase"], device, clock=FixedClock(MADE))
    try:
        yield desk
    finally:
        desk.close()


def differences(said: dict[str, Any], connection: Any) -> list[str]:
    """Return the tables that do not hold what they held, as far as their columns of then go."""
    steps = range(said["schema"] + 1, NEWEST + 1)
    allowed = set().union(*(CHANGED_BY_MIGRATION.get(step, set()) for step in steps))
    wrong = []
    now = tables(connection)
    for table, facts in said["tables"].items():
        if table in allowed:
            continue
        where = f"WHERE seq <= {facts['count']}" if table == "journal" else ""
        if not set(facts["columns"]) <= set(now.get(table, ())):
            wrong.append(table)
            continue
        (count,) = connection.execute(f'SELECT count(*) FROM "{table}" {where}').fetchone()
        same = digest(connection, table, facts["columns"], where) == facts["sha256"]
        if count != facts["count"] or not same:
            wrong.append(table)
    return wrong


@contextmanager
def whole(desk: Desk) -> Iterator[Any]:
    """Read everything that an opened vault holds, whoever sits at the desk."""
    connection = connect(desk.folder.records, desk._unlocked.keys, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


def bytes_and_times(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        entry.name: (hashlib.sha256(entry.read_bytes()).hexdigest(), entry.stat().st_mtime_ns)
        for entry in folder.iterdir()
        if entry.name not in OURS
    }


def test_it_opens_and_holds_what_it_held(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    with opened(golden, vault) as desk:
        assert desk.before_upgrade is not None
        assert desk.records.upgraded_from == said["schema"]
        with whole(desk) as reader:
            wrong = differences(said, reader)
            if wrong:
                record(
                    "R10", f"golden vaults of {golden.release} opened and compared", tried=1,
                    lost=1, of="vaults", control="one changed cell is told of",
                )  # fmt: skip
            assert wrong == []
            head = reader.execute(
                "SELECT hash FROM journal WHERE seq = ?", (said["journal"]["count"],)
            ).fetchone()
            assert head is not None
            assert bytes(head[0]).hex() == said["journal"]["head"]
            (what, before, after) = reader.execute(
                "SELECT what, before, after FROM journal WHERE seq = ?",
                (said["journal"]["count"] + 1,),
            ).fetchone() or ("", "", "")
        assert (what, json.loads(before)) == ("BringUpToDate", {"schema": said["schema"]})
        assert json.loads(after) == {
            "schema": NEWEST, "backup": desk.before_upgrade.backup.path.name,
        }  # fmt: skip
    verdict = verify_vault(vault, said["passphrase"])
    record(
        "R10", f"golden vaults of {golden.release} opened and compared", tried=1,
        lost=0 if verdict.whole else 1, of="vaults", control="one changed cell is told of",
    )  # fmt: skip
    assert verdict.whole, verdict.findings
    with opened(golden, vault) as desk:
        assert desk.before_upgrade is None, "once is enough"


def test_one_changed_cell_is_seen(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    with opened(golden, vault) as desk:
        keys = desk._unlocked.keys
    connection = connect(VaultFolder(vault).records, keys)
    connection.execute("UPDATE person SET name = name || '.'")
    assert differences(said, connection) == ["person"]
    connection.close()


def test_its_recovery_words_open_it(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    desk = open_vault(
        vault,
        said["recovery_words"],
        DeviceId(said["device"]),
        clock=FixedClock(MADE),
        with_recovery=True,
        emergency=OpenInEmergency("Ruth Abebe", "The counselor is away, and a student needs help"),
    )
    desk.close()
    assert desk.before_upgrade is not None
    assert verify_vault(vault, said["passphrase"]).whole


def test_every_page_can_read_it(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    with opened(golden, vault) as desk:
        today = MADE.day().isoformat()
        assert desk.people.person(desk.seat.person).name
        desk.people.settings(desk.seat.person)
        desk.people.state(desk.seat.person)
        desk.sessions.choices()
        desk.sessions.drafts()
        desk.sessions.counts()
        desk.sessions.desk_papers(today)
        desk.sessions.follow_ups()
        notes = desk.sessions.notes()
        assert len(notes) == min(200, said["tables"]["session_note"]["count"])
        for note in notes:
            desk.sessions.note_sheet(note.id)
        for sole in desk.sessions.sole_notes(today):
            desk.sessions.sole_note(sole.note.id)
        assert desk.privacy.count() == said["tables"]["disclosure"]["count"]
        for line in desk.privacy.disclosures():
            desk.privacy.disclosure(line.disclosure.id)
        with whole(desk) as reader:
            students = [
                StudentId(row[0])
                for row in reader.execute("SELECT id FROM student ORDER BY id LIMIT 60")
            ]
        for student in students:
            desk.caseload.student(student)
            desk.caseload.tier_decisions(student)
            desk.timeline.page(student)


def test_the_backup_from_before_is_what_it_was(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    document = (vault / "keybag.json").read_bytes()
    with opened(golden, vault) as desk:
        kept = desk.before_upgrade
        assert kept is not None
        listed = [backup.path for backup in desk.backups.all()]
    assert kept.kind == BEFORE_UPGRADE
    assert kept.backup.path in listed
    assert kept.inside.schema == said["schema"]
    assert kept.inside.anchor.count == said["journal"]["count"]
    # The program that wrote the vault opens the backup too: its keybag is as that one wrote it.
    assert (kept.backup.path / "keybag.json").read_bytes() == document
    found = open_backup(kept.backup.path, said["passphrase"])
    again = restore_backup(found, tmp_path / "again", DeviceId(said["device"]))
    verdict = verify_vault(again, said["passphrase"])
    assert verdict.whole, verdict.findings


def test_without_room_for_the_backup_nothing_is_changed(golden: Golden, tmp_path: Path) -> None:
    vault = golden.unpack(tmp_path)
    before = bytes_and_times(vault)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, limits[1]))
    try:
        with pytest.raises(Trouble, match="upgrade-no-backup"), opened(golden, vault):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert bytes_and_times(vault) == before
    place = vault.with_name(f"{golden.name}.backups")
    left = [entry.name for entry in place.iterdir()] if place.exists() else []
    assert not [name for name in left if BEFORE_UPGRADE in name or name.endswith(".new")]
    with opened(golden, vault) as desk:
        assert desk.before_upgrade is not None


def test_an_upgrade_that_fails_leaves_the_vault_and_one_backup(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    real = migrate

    def fails(connection: Any, also: Any) -> tuple[int, int]:
        def then(*facts: Any) -> None:
            also(*facts)
            raise Trouble("disk-full")

        return real(connection, then)

    with monkeypatch.context() as broken:
        broken.setattr("app.store.records.migrate", fails)
        for _ in range(3):
            with pytest.raises(Trouble, match="disk-full"), opened(golden, vault):
                pass
    keys = unlock_keybag(VaultFolder(vault), said["passphrase"])[0].keys
    connection = connect(vault / "records.db", keys)
    assert connection.execute("PRAGMA user_version").fetchone() == (said["schema"],)
    assert differences(said, connection) == []
    connection.close()
    with opened(golden, vault) as desk:
        kept = [one.path for one in desk.backups.all() if BEFORE_UPGRADE in one.path.name]
        assert desk.before_upgrade is not None
        assert kept == [desk.before_upgrade.backup.path], "the first one was good enough"


def test_a_newer_schema_is_refused_unharmed(golden: Golden, tmp_path: Path) -> None:
    said, vault = golden.manifest(), golden.unpack(tmp_path)
    keys = unlock_keybag(VaultFolder(vault), said["passphrase"])[0].keys
    for left_open in (False, True):
        connection = connect(vault / "records.db", keys)
        connection.execute(f"PRAGMA user_version = {NEWEST + 1}")
        log = (vault / "records.db-wal").read_bytes()
        connection.close()
        if left_open:  # the program that wrote it was killed: its log was not folded in
            (vault / "records.db-wal").write_bytes(log)
        before = bytes_and_times(vault)
        with pytest.raises(Trouble, match="vault-newer"), opened(golden, vault):
            pass
        with pytest.raises(Trouble, match="vault-newer"):
            verify_vault(vault, said["passphrase"])
        assert bytes_and_times(vault) == before, "no byte, no time, no file more or less"
        (vault / "records.db-wal").unlink(missing_ok=True)


def test_a_newer_keybag_is_refused_unharmed(golden: Golden, tmp_path: Path) -> None:
    vault = golden.unpack(tmp_path)
    for name in ("keybag.json", "keybag.copy.json"):
        document = json.loads((vault / name).read_bytes())
        document["version"] = KEYBAG + 1
        document.pop("checksum")
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        document["checksum"] = hashlib.sha256(text.encode()).hexdigest()
        (vault / name).write_text(json.dumps(document))
    before = bytes_and_times(vault)
    with pytest.raises(Trouble, match="vault-newer"), opened(golden, vault):
        pass
    assert bytes_and_times(vault) == before


def test_an_earlier_vault_that_cannot_be_written_to_is_refused_in_plain_words(
    golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = golden.unpack(tmp_path)
    before = bytes_and_times(vault)
    monkeypatch.setattr(VaultFolder, "writable", lambda _folder: False)
    with pytest.raises(Trouble, match="vault-older-read-only"), opened(golden, vault):
        pass
    assert bytes_and_times(vault) == before
    assert BEFORE_UPGRADE not in str([entry.name for entry in tmp_path.rglob("*")])
