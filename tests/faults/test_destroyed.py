"""A keybag and a database, each destroyed in twenty ways: what is promised of each way.

`opens`       everything is there, and nothing needed to be done
`heals`       everything is there, and the damage is gone after the opening
`CODE`        the vault is refused with this code, and stays as it is
`found`       the damage is found: at the opening, or where it stands deeper, by a check
Afterwards `repairable` promises a new vault with everything but what its list names;
`by backup`, that the newest backup is restored, or gives its keybag.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.bootstrap import (
    examine_damage,
    open_vault,
    repair_vault,
    restore_backup,
    unlock_keybag,
    verify_vault,
)
from app.features.backups.losses import Fate
from app.kernel.errors import CasewellError, Refused
from app.kernel.ids import DeviceId, new_id
from app.vault.backups import beside
from app.vault.folder import VaultFolder
from app.vault.keybag import Unlocked
from faults.damaged import PAGE, content, edit_keybag, quick_stretch
from faults.record import long_form, record
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, fixed_clock, new_desk


@dataclass(frozen=True)
class Whole:
    """A vault with a backup of the same moment, and an older copy of both."""

    place: Path
    old: Path
    unlocked: Unlocked
    content: str
    log: Path
    device: DeviceId

    def again(self, at: Path) -> VaultFolder:
        shutil.rmtree(at, ignore_errors=True)
        shutil.copytree(self.place.parent, at)
        return VaultFolder(at / self.place.name)


@pytest.fixture(scope="module", autouse=True)
def cheap_tries() -> Iterator[None]:
    with quick_stretch():
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    at = tmp_path_factory.mktemp("destroyed")
    clock = fixed_clock()
    desk = new_desk(at / "house", clock=clock)
    student = add_student(desk)
    for number in range(40):
        a_signed_note(desk, student, f"Note {number} " + "of what was said. " * 20)
    folder, log = desk.folder, at / "log"
    shutil.copy(folder.path / "records.db-wal", log)
    desk.close()
    old = at / "old"
    shutil.copytree(folder.path, old)
    device = desk.seat.device
    desk = open_vault(folder.path, PASSPHRASE, device, clock=clock)
    a_signed_note(desk, student, "The last one.")
    desk.backups.make()
    desk.close()
    unlocked = unlock_keybag(folder, PASSPHRASE)[0]
    return Whole(folder.path, old, unlocked, content(folder.records, unlocked.keys), log, device)


Way = Callable[[Whole, VaultFolder], None]


# -- the database -----------------------------------------------------------------------


def overwrite(first: int, last: int, with_: bytes = b"") -> Way:
    def way(_whole: Whole, folder: VaultFolder) -> None:
        data = bytearray(folder.records.read_bytes())
        end = last if last > 0 else len(data) + last
        data[first:end] = (with_ or Random(first).randbytes(1)) * (end - first)
        folder.records.write_bytes(data)

    return way


def bit(place: int) -> Way:
    def way(_whole: Whole, folder: VaultFolder) -> None:
        data = bytearray(folder.records.read_bytes())
        data[place] ^= 4
        folder.records.write_bytes(data)

    return way


def cut_by(count: int) -> Way:
    def way(_whole: Whole, folder: VaultFolder) -> None:
        data = folder.records.read_bytes()
        folder.records.write_bytes(data[:-count])

    return way


def keep_first(count: int) -> Way:
    def way(_whole: Whole, folder: VaultFolder) -> None:
        folder.records.write_bytes(folder.records.read_bytes()[:count])

    return way


def swapped(_whole: Whole, folder: VaultFolder) -> None:
    data = bytearray(folder.records.read_bytes())
    data[5 * PAGE : 6 * PAGE], data[9 * PAGE : 10 * PAGE] = (
        data[9 * PAGE : 10 * PAGE],
        data[5 * PAGE : 6 * PAGE],
    )
    folder.records.write_bytes(data)


def appended(_whole: Whole, folder: VaultFolder) -> None:
    with folder.records.open("ab") as file:
        file.write(Random(1).randbytes(PAGE))


def gone(_whole: Whole, folder: VaultFolder) -> None:
    folder.records.unlink()


def of_another_vault(_whole: Whole, folder: VaultFolder) -> None:
    other = new_desk(folder.path.parent / "other")
    other.close()
    shutil.copy(other.folder.records, folder.records)


def plain_file(_whole: Whole, folder: VaultFolder) -> None:
    folder.records.write_bytes(b"SQLite format 3\0" + bytes(PAGE))


def older(whole: Whole, folder: VaultFolder) -> None:
    shutil.copy(VaultFolder(whole.old).records, folder.records)


def older_page(whole: Whole, folder: VaultFolder) -> None:
    """Put one page of the end of the journal back: what stands on it was true once."""
    data, old = bytearray(folder.records.read_bytes()), VaultFolder(whole.old).records.read_bytes()
    places = [
        place
        for place in range(PAGE, len(old), PAGE)
        if data[place : place + PAGE] != old[place : place + PAGE]
    ]
    for place in places[1::2]:
        data[place : place + PAGE] = old[place : place + PAGE]
    folder.records.write_bytes(data)


def old_log(whole: Whole, folder: VaultFolder) -> None:
    shutil.copy(whole.log, folder.path / "records.db-wal")


def noise_log(_whole: Whole, folder: VaultFolder) -> None:
    (folder.path / "records.db-wal").write_bytes(Random(3).randbytes(3 * PAGE))


def every_tenth_page(_whole: Whole, folder: VaultFolder) -> None:
    data = bytearray(folder.records.read_bytes())
    for place in range(10 * PAGE, len(data), 10 * PAGE):
        data[place + 99] ^= 255
    folder.records.write_bytes(data)


DATABASE: dict[str, tuple[Way, str, str]] = {
    "the salt at its beginning": (overwrite(0, 16), "heals", ""),
    "one bit of the salt": (bit(3), "heals", ""),
    "one bit of the first page": (bit(300), "file-damaged", "repairable"),
    "the first page": (overwrite(0, PAGE), "file-damaged", "repairable"),
    "the first page, by zeros": (overwrite(0, PAGE, b"\0"), "file-damaged", "repairable"),
    "the first sixteen pages": (overwrite(0, 16 * PAGE), "file-damaged", "repairable"),
    "one bit in the middle": (bit(40 * PAGE + 77), "found", "repairable"),
    "a page in the middle": (overwrite(50 * PAGE, 51 * PAGE), "found", "repairable"),
    "a page in the middle, by zeros": (
        overwrite(50 * PAGE, 51 * PAGE, b"\0"), "found", "repairable"
    ),
    "every tenth page": (every_tenth_page, "found", "repairable"),
    "two pages swapped": (swapped, "found", "repairable"),
    "a hundred bytes cut off": (cut_by(100), "found", "repairable"),
    "ten pages cut off": (cut_by(10 * PAGE), "found", "repairable"),
    "all but the first page cut off": (keep_first(PAGE), "file-damaged", "by backup"),
    "cut to nothing": (keep_first(0), "file-damaged", "by backup"),
    "gone": (gone, "records-missing", "by backup"),
    "another vault's in its place": (of_another_vault, "file-damaged", "by backup"),
    "an unencrypted one in its place": (plain_file, "file-damaged", "by backup"),
    "an older one in its place": (older, "journal-older", "by backup"),
    "an older log beside it": (old_log, "journal-older", "by backup"),
}  # fmt: skip
BESIDE: dict[str, tuple[Way, str, str]] = {
    "a page of noise at its end": (appended, "found", "repairable"),
    "a log of noise beside it": (noise_log, "opens", ""),
}


# -- the keybag -------------------------------------------------------------------------


def both(change: Callable[[Path], None]) -> Way:
    def way(_whole: Whole, folder: VaultFolder) -> None:
        for path in (folder.keybag, folder.keybag_copy):
            change(path)

    return way


def first(change: Callable[[Path], None]) -> Way:
    return lambda _whole, folder: change(folder.keybag)


def second(change: Callable[[Path], None]) -> Way:
    return lambda _whole, folder: change(folder.keybag_copy)


def noise(path: Path) -> None:
    path.write_bytes(Random(4).randbytes(2_000))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def one_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def huge(path: Path) -> None:
    path.write_bytes(b" " * 2_000_000)


def deep(path: Path) -> None:
    path.write_text("[" * 100_000)


def fewer_slots(document: dict[str, Any]) -> None:
    document["slots"] = document["slots"][:1]


def no_slots(document: dict[str, Any]) -> None:
    document["slots"] = []


def weaker(document: dict[str, Any]) -> None:
    document["slots"][0]["stretch"]["passes"] = 1


def greedy(document: dict[str, Any]) -> None:
    document["slots"][0]["stretch"]["memory_kib"] = 1 << 40


def other_vault(document: dict[str, Any]) -> None:
    document["vault"] = new_id()


def later(document: dict[str, Any]) -> None:
    document["generation"] += 5


def older_keybag(whole: Whole, folder: VaultFolder) -> None:
    for path in (folder.keybag, folder.keybag_copy):
        shutil.copy(whole.old / path.name, path)


def edited(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    return lambda path: edit_keybag(path, change)


KEYBAG: dict[str, tuple[Way, str, str]] = {
    "the first copy gone": (first(Path.unlink), "heals", ""),
    "the second copy gone": (second(Path.unlink), "heals", ""),
    "the first copy noise": (first(noise), "heals", ""),
    "the second copy empty": (second(empty), "heals", ""),
    "the first copy cut in half": (first(half), "heals", ""),
    "one bit of the first copy": (first(one_bit), "heals", ""),
    "the first copy two megabytes of blanks": (first(huge), "heals", ""),
    "a slot taken out of the first copy": (first(edited(fewer_slots)), "heals", ""),
    "a later generation forged in the second copy": (second(edited(later)), "heals", ""),
    "older copies in their place": (older_keybag, "opens", ""),
    "both copies gone": (both(Path.unlink), "keybag-missing", "repairable"),
    "both copies noise": (both(noise), "keybag-damaged", "repairable"),
    "both copies empty": (both(empty), "keybag-damaged", "repairable"),
    "both copies cut in half": (both(half), "keybag-damaged", "repairable"),
    "both copies nested without end": (both(deep), "keybag-damaged", "repairable"),
    "a slot taken out of both": (both(edited(fewer_slots)), "keybag-tampered", "repairable"),
    "every slot taken out of both": (both(edited(no_slots)), "passphrase-wrong", ""),
    "the stretching made weaker in both": (both(edited(weaker)), "keybag-damaged", "repairable"),
    "the stretching made endless in both": (both(edited(greedy)), "keybag-damaged", "repairable"),
    "another vault's name on both": (both(edited(other_vault)), "passphrase-wrong", ""),
}


MENDED_EACH_TIME = (
    "the first page",
    "the first sixteen pages",
    "every tenth page",
    "ten pages cut off",
    "both copies gone",
    "a slot taken out of both",
)
"""The others are repaired in the long form of the drill."""


def opened(whole: Whole, folder: VaultFolder) -> str:
    """Open the vault and return what came of it."""
    damaged = folder.records.read_bytes() if folder.records.exists() else None
    try:
        desk = open_vault(folder.path, PASSPHRASE, whole.device, clock=fixed_clock())
    except CasewellError as error:
        now = folder.records.read_bytes() if folder.records.exists() else None
        assert now == damaged, "what is refused stays as it is"
        return error.code
    verdict = desk.verify()
    desk.close()
    if not verdict.whole:
        return "found"
    assert content(folder.records, whole.unlocked.keys) == whole.content
    return "well"


def mended(whole: Whole, folder: VaultFolder) -> None:
    """Repair the vault: all that was in it is there again, or is on the list."""
    found = examine_damage(folder.path, PASSPHRASE)
    made = repair_vault(found, whole.device)
    assert verify_vault(made.path, PASSPHRASE).whole
    lost = [loss for loss in made.losses if loss.how in {Fate.LOST, Fate.STAND_IN}]
    assert lost == [], "the backup of the same moment has it all"
    open_vault(made.path, PASSPHRASE, whole.device).close()


def by_backup(whole: Whole, folder: VaultFolder) -> None:
    (backup,) = beside(folder).iterdir()
    path = restore_backup(backup, folder.path.with_name("again"), whole.device, PASSPHRASE)
    assert verify_vault(path, PASSPHRASE).whole


@pytest.mark.parametrize("name", [*DATABASE, *BESIDE])
def test_a_database_destroyed(name: str, whole: Whole, tmp_path: Path) -> None:
    way, promised, after = (DATABASE | BESIDE)[name]
    kept(whole, tmp_path, f"database: {name}", way, promised, after)


@pytest.mark.parametrize("name", list(KEYBAG))
def test_a_keybag_destroyed(name: str, whole: Whole, tmp_path: Path) -> None:
    way, promised, after = KEYBAG[name]
    kept(whole, tmp_path, f"keybag: {name}", way, promised, after)


def kept(whole: Whole, tmp_path: Path, name: str, way: Way, promised: str, after: str) -> None:
    folder = whole.again(tmp_path / "house")
    way(whole, folder)
    came = opened(whole, folder)
    allowed = {"opens": {"well"}, "heals": {"well"}, "found": {"found", "file-damaged"}}
    broken = came not in allowed.get(promised, {promised})
    record("R8", f"{name}: {promised}", tried=1, lost=int(broken), of="ways")
    assert not broken, came
    if promised == "heals":
        assert folder.records.read_bytes()[:16] == whole.unlocked.keys.salt
        assert json.loads(folder.keybag.read_text()) == json.loads(folder.keybag_copy.read_text())
    if after == "repairable" and (long_form() or name.split(": ")[1] in MENDED_EACH_TIME):
        mended(whole, folder)
    elif after == "by backup":
        by_backup(whole, folder)


def test_twenty_ways_each_are_named() -> None:
    assert (len(DATABASE), len(KEYBAG)) == (20, 20)


def test_a_vault_that_is_whole_is_not_repaired(whole: Whole, tmp_path: Path) -> None:
    folder = whole.again(tmp_path / "house")
    found = examine_damage(folder.path, PASSPHRASE)
    assert found.damages.whole
    with pytest.raises(Refused, match="repair-not-needed"):
        repair_vault(found, whole.device)
    assert [path.name for path in folder.path.parent.iterdir() if "repaired" in path.name] == []
