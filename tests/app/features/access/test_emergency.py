"""Opening with the recovery sheet leaves a mark that nobody can remove."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from app.bootstrap import Desk, Founder, create_vault, open_vault, verify_vault
from app.features.access.commands import (
    AcknowledgeEmergency,
    AddPerson,
    OpenInEmergency,
    SuspendPerson,
)
from app.features.people.commands import ChangeSetting
from app.kernel.errors import Damage, Refused, Trouble
from app.kernel.ids import DeviceId, new_id
from app.kernel.nouns import Role
from app.vault.folder import VaultFolder
from app.vault.sealing import floor
from vaults import PASSPHRASE, fixed_clock

pytestmark = pytest.mark.usefixtures("quick_passphrases")

DEVICE = DeviceId(new_id())
WHY = OpenInEmergency("Marta Lindqvist", "The counselor is in hospital; a student is in danger.")


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[VaultFolder, str]:
    founding = create_vault(
        tmp_path / "v", Founder("Ana Núñez", Role.COUNSELOR, PASSPHRASE), DEVICE,
        clock=fixed_clock(), stretch=floor(),
    )  # fmt: skip
    words = founding.recovery_words
    founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
    founding.desk.close()
    return founding.desk.folder, " ".join(words)


def opened(folder: VaultFolder) -> Desk:
    return open_vault(folder.path, PASSPHRASE, DEVICE, clock=fixed_clock())


def in_emergency(folder: VaultFolder, words: str, why: OpenInEmergency | None = WHY) -> Desk:
    return open_vault(
        folder.path, words, DEVICE, clock=fixed_clock(), with_recovery=True, emergency=why
    )


def test_it_needs_a_name_and_a_reason(sheet: tuple[VaultFolder, str]) -> None:
    folder, words = sheet
    before = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    for why, code in (
        (None, "emergency-reason-missing"),
        (OpenInEmergency("", "a reason"), "name-missing"),
        (OpenInEmergency("Marta", "  \n "), "emergency-reason-missing"),
        (OpenInEmergency("Marta", "x" * 2_001), "emergency-reason-long"),
    ):
        with pytest.raises(Refused, match=code):
            in_emergency(folder, words, why)
    after = {path.name: path.read_bytes() for path in folder.path.iterdir()}
    assert {name: data for name, data in before.items() if "lock" not in name} == {
        name: data for name, data in after.items() if "lock" not in name
    }


def test_it_is_marked_before_anything_is_shown_and_in_all_that_is_done(
    sheet: tuple[VaultFolder, str],
) -> None:
    folder, words = sheet
    desk = in_emergency(folder, words)
    mark = desk.seat.emergency
    assert mark
    desk.people.change_setting(ChangeSetting("lock_minutes", "4"))
    with desk.records.read() as reader:
        told = reader.execute(
            "SELECT what FROM journal WHERE json_extract(after, '$.emergency') = ? ORDER BY seq",
            (mark,),
        ).fetchall()
    assert [row[0] for row in told] == ["OpenInEmergency", "ChangeSetting"]
    # Killed now, and not closed: the mark stands all the same.
    desk.records.close()
    desk._hold.release()
    mine = opened(folder)
    assert mine.seat.emergency == ""
    (seen,) = mine.access.emergencies()
    assert (seen.id, seen.name, seen.reason) == (mark, WHY.name, WHY.reason)
    assert seen.seen_by is None
    assert mine._bag.keybag.facts["emergencies"] == [mark]
    mine.close()
    assert verify_vault(folder.path, PASSPHRASE).whole


def test_a_keeper_takes_note_of_it_once_and_not_under_the_sheet(
    sheet: tuple[VaultFolder, str],
) -> None:
    folder, words = sheet
    desk = in_emergency(folder, words)
    mark = desk.seat.emergency
    with pytest.raises(Refused, match="emergency-own"):
        desk.access.acknowledge_emergency(AcknowledgeEmergency(mark))
    desk.close()
    mine = opened(folder)
    _ben, first = (
        (made := mine.access.add_person(AddPerson("Ben", Role.NURSE), floor())).person,
        (made.passphrase),
    )
    with pytest.raises(Refused, match="emergency-gone"):
        mine.access.acknowledge_emergency(AcknowledgeEmergency(new_id()))
    mine.close()
    theirs = open_vault(folder.path, first, DEVICE, clock=fixed_clock())
    theirs.change_passphrase(first, "nine kites above the old mill", floor())
    with pytest.raises(Refused, match="keepers-only"):
        theirs.access.acknowledge_emergency(AcknowledgeEmergency(mark))
    theirs.close()
    mine = opened(folder)
    mine.access.acknowledge_emergency(AcknowledgeEmergency(mark))
    assert mine.access.emergencies()[0].seen_by == mine.seat.person
    with pytest.raises(Refused, match="emergency-seen"):
        mine.access.acknowledge_emergency(AcknowledgeEmergency(mark))
    mine.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM emergency",
        "UPDATE emergency SET reason = 'none'",
        (
            "INSERT OR REPLACE INTO emergency"
            " SELECT id, 'x', reason, device_id, made_at, zone, '', '' FROM emergency"
        ),
    ],
)
def test_the_mark_cannot_be_removed_or_changed(
    sheet: tuple[VaultFolder, str], statement: str
) -> None:
    folder, words = sheet
    in_emergency(folder, words).close()
    mine = opened(folder)
    with pytest.raises(Exception, match="frozen"), mine.records.founding() as tx:
        tx.execute(statement)
    assert len(mine.access.emergencies()) == 1
    mine.close()


def test_a_mark_that_is_gone_from_the_file_is_damage(sheet: tuple[VaultFolder, str]) -> None:
    folder, words = sheet
    in_emergency(folder, words).close()
    mine = opened(folder)
    with mine.records.founding() as tx:
        tx.execute("DROP TRIGGER emergency_stays")
        tx.execute("DELETE FROM emergency")
        tx.journal("Forge", "vault", "x")
    mine.close()
    with pytest.raises(Damage, match="emergency-mark-missing"):
        opened(folder)
    verdict = verify_vault(folder.path, PASSPHRASE)
    assert [one.code for one in verdict.findings if not one.whole] == ["emergency-marks"]


def test_an_older_file_and_keybag_without_the_mark_are_seen_by_what_is_left(
    sheet: tuple[VaultFolder, str], tmp_path: Path
) -> None:
    folder, words = sheet
    old = tmp_path / "old.db"
    shutil.copy(folder.records, old)
    in_emergency(folder, words).close()
    shutil.copy(old, folder.records)
    with pytest.raises(Damage):
        opened(folder)


def test_a_mark_that_the_keybag_has_not_learnt_is_learnt_at_the_next_opening(
    sheet: tuple[VaultFolder, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, words = sheet

    def full(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.vault.keybag.write_atomically", full)
    with pytest.raises(Trouble, match="emergency-unmarked"):
        in_emergency(folder, words)
    monkeypatch.undo()
    mine = opened(folder)
    (seen,) = mine.access.emergencies()  # it was tried, and that is told
    assert mine._bag.keybag.facts["emergencies"] == [seen.id]
    mine.close()


def test_the_sheet_leads_to_a_keeper_who_is_there(sheet: tuple[VaultFolder, str]) -> None:
    folder, words = sheet
    mine = opened(folder)
    founder = mine.seat.person
    made = mine.access.add_person(AddPerson("Ben", Role.NURSE, "", keeper=True), floor())
    mine.close()
    theirs = open_vault(folder.path, made.passphrase, DEVICE, clock=fixed_clock())
    theirs.change_passphrase(made.passphrase, "nine kites above the old mill", floor())
    theirs.access.suspend_person(SuspendPerson(founder))
    theirs.close()
    desk = in_emergency(folder, words)
    assert desk.seat.person == made.person
    desk.change_passphrase("", "four paper boats on a lake", floor())
    desk.close()
    opened_again = open_vault(
        folder.path, "four paper boats on a lake", DEVICE, clock=fixed_clock()
    )
    assert opened_again.seat.person == made.person
    opened_again.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there, a folder is not read-only")
def test_where_nothing_can_be_written_the_vault_stays_closed(
    sheet: tuple[VaultFolder, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, words = sheet
    with tempfile.TemporaryDirectory() as medium:
        copy = VaultFolder(Path(medium) / "v.casewell")
        shutil.copytree(folder.path, copy.path)
        monkeypatch.setattr("app.vault.folder.os.access", lambda _path, _mode: False)
        with pytest.raises(Trouble, match="emergency-unmarked"):
            in_emergency(copy, words)
        desk = opened(copy)  # with a passphrase it is read
        desk.close()
