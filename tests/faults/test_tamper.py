"""R8: whatever is done to a vault's files from outside is found, or does no harm.

A case is found when opening refuses it or a check names it; it does no harm when the vault
opens with everything that was in it.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app import bootstrap
from app.bootstrap import open_vault, unlock_keybag
from app.features.sessions.commands import SignNote
from app.kernel.clock import FixedClock
from app.kernel.errors import CasewellError, Damage
from app.kernel.ids import DeviceId, new_id
from app.vault.folder import VaultFolder
from app.vault.keybag import Unlocked
from faults.damaged import BLIND, PAGE, content, edit_keybag, harm, quick_stretch, without_anchor
from faults.record import record
from sessions_desk import a_draft, a_signed_note, add_student
from vaults import PASSPHRASE, fixed_clock, new_desk

SHORT, LONG = 39, 1_000


@dataclass(frozen=True)
class Life:
    """A vault at two moments: as it is now, and as someone kept a copy of it before."""

    now: Path
    before: Path
    log: Path
    """A log from the first moment, left by a desk that was struck down."""
    unlocked: Unlocked
    content: str

    def again(self, at: Path) -> VaultFolder:
        shutil.rmtree(at, ignore_errors=True)
        shutil.copytree(self.now, at)
        return VaultFolder(at)


@pytest.fixture(scope="module", autouse=True)
def cheap_tries() -> Iterator[None]:
    with quick_stretch():
        yield


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    at = tmp_path_factory.mktemp("tamper")
    desk = new_desk(at, clock=fixed_clock())
    student = add_student(desk)
    for number in range(60):
        a_signed_note(desk, student, f"Note {number} " + "of what was said. " * 30)
    folder = desk.folder
    log = at / "old-log"
    shutil.copy(folder.path / "records.db-wal", log)
    desk.close()
    before = at / "before.casewell"
    shutil.copytree(folder.path, before)
    desk = open_vault(folder.path, PASSPHRASE, DeviceId(new_id()), clock=fixed_clock())
    for number in range(15):
        desk.sessions.sign_note(SignNote(a_draft(desk, student, f"Later {number}")))
    desk.close()
    unlocked = unlock_keybag(folder, PASSPHRASE)[0]
    return Life(folder.path, before, log, unlocked, content(folder.records, unlocked.keys))


Case = Callable[[Life, VaultFolder, Random], None]


def blind(life: Life, folder: VaultFolder, chance: Random) -> None:
    harm(folder.records, chance.choice(BLIND), chance)


def old_pages(life: Life, folder: VaultFolder, chance: Random) -> None:
    """Put some pages back as they were: their seals are good."""
    data = bytearray(folder.records.read_bytes())
    old = VaultFolder(life.before).records.read_bytes()
    changed = [
        place for place in range(0, min(len(data), len(old)), PAGE)
        if data[place : place + PAGE] != old[place : place + PAGE]
    ]  # fmt: skip
    for place in chance.sample(changed, chance.randint(1, len(changed))):
        data[place : place + PAGE] = old[place : place + PAGE]
    folder.records.write_bytes(data)


def old_file(life: Life, folder: VaultFolder, _chance: Random) -> None:
    shutil.copy(VaultFolder(life.before).records, folder.records)


def old_log(life: Life, folder: VaultFolder, _chance: Random) -> None:
    shutil.copy(life.log, folder.path / "records.db-wal")


def one_keybag(life: Life, folder: VaultFolder, chance: Random) -> None:
    edit_keybag(chance.choice([folder.keybag, folder.keybag_copy]), _edit(chance))


def both_keybags(life: Life, folder: VaultFolder, chance: Random) -> None:
    change = _edit(chance)
    for path in (folder.keybag, folder.keybag_copy):
        edit_keybag(path, change)


def keybag_bits(life: Life, folder: VaultFolder, chance: Random) -> None:
    for path in chance.sample([folder.keybag, folder.keybag_copy], chance.randint(1, 2)):
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)


def old_keybag(life: Life, folder: VaultFolder, _chance: Random) -> None:
    """Put the keybag back alone: it knows less of the journal, and opens the same records."""
    for path in (folder.keybag, folder.keybag_copy):
        shutil.copy(life.before / path.name, path)


def _edit(chance: Random) -> Callable[[dict[str, Any]], None]:
    """Return one change of one field, drawn now, so that both copies can be given the same."""
    draw = chance.randrange(8)
    digits = chance.randrange(10, 99)

    def change(document: dict[str, Any]) -> None:
        slot = document["slots"][0]
        if draw == 0:
            document["generation"] += digits
        elif draw == 1:
            document["slots"] = document["slots"][1:]
        elif draw == 2:
            document["slots"] = list(reversed(document["slots"]))
        elif draw == 3:
            slot["person"] = f"01890000-0000-7000-8000-0000000000{digits}"
        elif draw == 4:
            slot["made"] = f"20{digits}-01-01T00:00:00.000Z"
        elif draw == 5:
            slot["stretch"]["memory_kib"] += 64
        elif draw == 6:
            document["vault"] = f"01890000-0000-7000-8000-0000000000{digits}"
        else:
            document["slots"] = [*document["slots"], {**slot, "kind": "recovery"}]

    return change


CASES: Mapping[str, Case] = {
    "the file, blindly": blind,
    "older pages": old_pages,
    "an older file": old_file,
    "an older log": old_log,
    "one keybag edited": one_keybag,
    "both keybags edited": both_keybags,
    "bits of keybags": keybag_bits,
    "an older keybag": old_keybag,
}
_OF_KEYBAG = ("one keybag edited", "both keybags edited", "bits of keybags", "an older keybag")


def found_or_harmless(life: Life, folder: VaultFolder, *, by_keybag: bool) -> str:
    """Return what became of a case: `found`, `harmless`, or what broke the promise."""
    try:
        unlocked = unlock_keybag(folder, PASSPHRASE)[0] if by_keybag else life.unlocked
        verdict = bootstrap._inspected(folder, unlocked, whole_keybag=True)
    except CasewellError:
        return "found"
    if not all(one.whole for one in verdict.findings if one.code != "salt-header"):
        return "found"
    same = content(folder.records, life.unlocked.keys) == life.content
    return "harmless" if same else "unseen"


def drill(life: Life, tmp_path: Path, cases: int, seed: int) -> Counter[tuple[str, str]]:
    chance = Random(seed)
    came: Counter[tuple[str, str]] = Counter()
    names = list(CASES)
    # Most of the thousand are of the file: those of the keybag each cost a stretch.
    weights = [1 if name in _OF_KEYBAG else 3 for name in names]
    drawn = [*names, *chance.choices(names, weights, k=max(0, cases - len(names)))]
    for name in drawn:
        folder = life.again(tmp_path / "case.casewell")
        CASES[name](life, folder, chance)
        came[name, found_or_harmless(life, folder, by_keybag=name in _OF_KEYBAG)] += 1
    return came


def held(life: Life, tmp_path: Path, cases: int, seed: int) -> None:
    came = drill(life, tmp_path, cases, seed)
    unseen = sum(count for (_name, what), count in came.items() if what == "unseen")
    found = sum(count for (_name, what), count in came.items() if what == "found")
    record(
        "R8",
        "changes to a vault's files from outside",
        tried=cases,
        lost=unseen,
        of="cases",
        control="without the anchor in the keybag, an older file put back passes every check",
        note=f"{found} found, {cases - found - unseen} without effect",
        release=LONG,
    )
    assert unseen == 0, came
    # Each kind came to what is promised of it, whatever was drawn.
    for name in ("an older file", "an older log", "both keybags edited"):
        assert came[name, "harmless"] == 0, came
    assert came["an older keybag", "found"] == 0, came


def test_what_is_changed_from_outside_is_found_or_does_no_harm(life: Life, tmp_path: Path) -> None:
    held(life, tmp_path, SHORT, 1)


@pytest.mark.slow
def test_a_thousand_changes(life: Life, tmp_path: Path) -> None:
    held(life, tmp_path, LONG, 2)


def test_an_older_log_is_refused_before_it_takes_anything_back(life: Life, tmp_path: Path) -> None:
    folder = life.again(tmp_path / "case.casewell")
    old_log(life, folder, Random(0))
    before = folder.records.read_bytes()
    with pytest.raises(Damage, match="journal-older"):
        open_vault(folder.path, PASSPHRASE, DeviceId(new_id()))
    assert not bootstrap.verify_vault(folder.path, PASSPHRASE).whole
    assert folder.records.read_bytes() == before
    for beside in folder.path.glob("records.db-*"):
        beside.unlink()
    assert found_or_harmless(life, folder, by_keybag=False) == "harmless"


def test_without_the_anchor_an_older_file_passes_every_check(life: Life, tmp_path: Path) -> None:
    blindfold = replace(life, unlocked=without_anchor(life.unlocked))
    folder = life.again(tmp_path / "case.casewell")
    old_file(life, folder, Random(0))
    assert found_or_harmless(life, folder, by_keybag=False) == "found"
    assert found_or_harmless(blindfold, folder, by_keybag=False) == "unseen"


def test_file_and_keybag_put_back_together_are_seen_by_a_later_backup_alone(
    tmp_path: Path,
) -> None:
    clock: FixedClock = fixed_clock()
    desk = new_desk(tmp_path, clock=clock)
    device = desk.seat.device
    student = add_student(desk)
    a_signed_note(desk, student)
    desk.close()
    folder = desk.folder
    before = tmp_path / "before"
    shutil.copytree(folder.path, before)
    desk = open_vault(folder.path, PASSPHRASE, device, clock=clock)
    a_signed_note(desk, student)
    desk.close()

    def put_back() -> None:
        shutil.rmtree(folder.path)
        shutil.copytree(before, folder.path)

    put_back()
    assert bootstrap.verify_vault(folder.path, PASSPHRASE).whole, "nothing in the vault tells it"
    open_vault(folder.path, PASSPHRASE, device, clock=clock).close()

    desk = open_vault(folder.path, PASSPHRASE, device, clock=clock)
    a_signed_note(desk, student)
    desk.backups.make()
    desk.close()
    put_back()
    with pytest.raises(Damage, match="journal-behind-backup"):
        open_vault(folder.path, PASSPHRASE, device, clock=clock)


def test_every_field_of_a_keybag_is_bound(life: Life, tmp_path: Path) -> None:
    """Whatever field is changed in both copies, with a checksum that fits, nothing opens."""
    fields = ["vault", "generation", "body"]
    slot = json.loads(VaultFolder(life.now).keybag.read_text())["slots"][0]
    for field in [*fields, *(f"slots.{name}" for name in slot)]:
        folder = life.again(tmp_path / "case.casewell")

        def change(document: dict[str, Any], field: str = field) -> None:
            held, name = (
                (document["slots"][0], field.removeprefix("slots."))
                if field.startswith("slots.")
                else (document, field)
            )
            value = held[name]
            if isinstance(value, int):
                held[name] = value + 1
            elif isinstance(value, str) and value:
                held[name] = ("A" if value[0] != "A" else "B") + value[1:]
            elif isinstance(value, dict):
                held[name] = {**value, "passes": value["passes"] + 1}

        before = folder.keybag.read_bytes()
        for path in (folder.keybag, folder.keybag_copy):
            edit_keybag(path, change)
        if json.loads(before) == json.loads(folder.keybag.read_text()):
            continue  # an empty field has nothing to change
        assert found_or_harmless(life, folder, by_keybag=True) == "found", field
