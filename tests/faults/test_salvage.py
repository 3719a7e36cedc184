"""R9: one to twenty pages are lost; what stands on the others is saved, and each loss is listed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from sqlcipher3 import dbapi2

from app.bootstrap import examine_damage, open_vault, repair_vault, verify_vault
from app.features.backups.losses import Fate, Repaired
from app.kernel.errors import Damage
from app.kernel.frozen import How, Wrong
from app.store.check import Known
from app.store.connection import connect
from app.vault.folder import VaultFolder
from faults.damaged import (
    DEVICE,
    PAGE,
    Specimen,
    missing,
    quick_stretch,
    rows_on_pages,
    specimen,
    unlisted,
)
from faults.record import record

SHORT, LONG = 2, 250


@pytest.fixture(scope="module", autouse=True)
def cheap_tries() -> Iterator[None]:
    with quick_stretch():
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Specimen:
    return specimen(tmp_path_factory.mktemp("salvage"))


def lose_pages(file: Path, chance: Random) -> set[int]:
    """Damage one to twenty pages, each in a way of its own; return their numbers."""
    data = bytearray(file.read_bytes())
    lost = set(chance.sample(range(1, len(data) // PAGE + 1), chance.randint(1, 20)))
    for page in lost:
        start = (page - 1) * PAGE
        how = chance.randrange(3)
        if how == 0:
            data[start + chance.randrange(16, PAGE)] ^= 1 << chance.randrange(8)
        elif how == 1:
            data[start : start + PAGE] = bytes(PAGE)
        else:
            data[start + 512 : start + 1024] = chance.randbytes(512)
    file.write_bytes(data)
    return lost


def repaired(one: Specimen, at: Path, seed: int) -> tuple[Repaired, set[int]]:
    folder = one.copy(at)
    lost = lose_pages(folder.records, Random(seed))
    damaged = folder.records.read_bytes()
    made = repair_vault(examine_damage(folder.path, one.passphrase), DEVICE)
    assert folder.records.read_bytes() == damaged, "the damaged vault is not touched"
    return made, lost


def drill(one: Specimen, tmp_path: Path, seeds: range) -> None:
    standing = rows_on_pages(one, tmp_path / "frame.db")
    everything = sum(len(rows) for rows in one.rows.values())
    safe = saved = 0
    silent: list[object] = []
    for seed in seeds:
        made, lost = repaired(one, tmp_path / str(seed), seed)
        gone = {(name, key) for name, keys in missing(one, made).items() for key in keys}
        on_lost = set().union(*(standing.get(page, set()) for page in lost))
        safe += everything - len(on_lost)
        saved += everything - len(on_lost | gone)
        silent += [(seed, *each) for each in unlisted(one, made)]
        verdict = verify_vault(made.path, one.passphrase)
        assert verdict.whole, (seed, [one for one in verdict.findings if not one.whole])
        open_vault(made.path, one.passphrase, DEVICE).close()
    record(
        "R9",
        "repairs of a vault that lost 1 to 20 pages",
        tried=len(seeds),
        lost=len(silent),
        of="vaults",
        control="a row removed from a repaired vault without being listed is noticed",
        note=f"{saved * 100 / safe:.2f} % of the rows on intact pages saved",
        release=LONG,
    )
    assert silent == []
    assert saved >= safe * 0.99


def test_what_stands_on_intact_pages_is_saved_and_every_loss_is_listed(
    whole: Specimen, tmp_path: Path
) -> None:
    drill(whole, tmp_path, range(SHORT))


def last_page_of_a_scan(one: Specimen, scratch: Path) -> int:
    """Return the page on which a long value ends: without it the library reads zeros there."""
    data = VaultFolder(one.place).records.read_bytes()
    scratch.write_bytes(data)
    sql = "SELECT content FROM consent_scan_content ORDER BY rowid LIMIT 1"
    (whole,) = connect(scratch, one.keys, untouched=True).execute(sql).fetchone()
    for page in range(len(data) // PAGE, 1, -1):
        start = (page - 1) * PAGE
        with scratch.open("r+b") as file:
            file.seek(start)
            file.write(b"\x01" * PAGE)
        content = whole
        with suppress(dbapi2.Error, Damage):
            content = connect(scratch, one.keys, untouched=True).execute(sql).fetchone()[0]
        if content != whole:
            return page
        with scratch.open("r+b") as file:
            file.seek(start)
            file.write(data[start : start + PAGE])
    raise LookupError("no value goes on")


def test_a_long_value_that_lost_its_end_is_no_value(whole: Specimen, tmp_path: Path) -> None:
    """The library shows a page with a broken seal as zeros, and says nothing at the last one."""
    last = last_page_of_a_scan(whole, tmp_path / "scratch.db")
    for how, damage in enumerate((b"\x01" * PAGE, None)):
        folder = whole.copy(tmp_path / str(how))
        data = folder.records.read_bytes()
        start = (last - 1) * PAGE
        if damage is None:
            folder.records.write_bytes(data[:start])  # cut off from there on
        else:
            folder.records.write_bytes(data[:start] + damage + data[start + PAGE :])
        made = repair_vault(examine_damage(folder.path, whole.passphrase), DEVICE)
        verdict = verify_vault(made.path, whole.passphrase)
        assert verdict.whole, [one for one in verdict.findings if not one.whole]
        assert "consent_scan_content" in {loss.kind for loss in made.losses}


@pytest.mark.slow
def test_the_same_for_many_vaults(whole: Specimen, tmp_path: Path) -> None:
    drill(whole, tmp_path, range(1_000, 1_000 + LONG))


def test_a_loss_that_is_not_listed_would_be_noticed(whole: Specimen, tmp_path: Path) -> None:
    made, _lost = repaired(whole, tmp_path / "control", 3)
    assert unlisted(whole, made) == []
    writer = connect(VaultFolder(made.path).records, whole.keys)
    writer.execute("DROP TRIGGER session_note_stays")
    writer.execute("PRAGMA foreign_keys = OFF")
    writer.execute("DELETE FROM session_note WHERE row = (SELECT max(row) FROM session_note)")
    writer.close()
    assert [name for name, _key in unlisted(whole, made)] == ["session_note"]
    assert not verify_vault(made.path, whole.passphrase).whole


@pytest.fixture
def backed_up(whole: Specimen, tmp_path: Path) -> VaultFolder:
    folder = whole.copy(tmp_path / "backed-up")
    desk = whole.open(folder)
    desk.backups.make()
    desk.close()
    return folder


def test_what_the_newest_backup_has_comes_back_from_it(
    whole: Specimen, backed_up: VaultFolder
) -> None:
    lose_pages(backed_up.records, Random(5))
    found = examine_damage(backed_up.path, whole.passphrase)
    assert found.lacking is not None
    made = repair_vault(found, DEVICE)
    assert made.count(Fate.REGAINED) > 0
    assert {name: keys for name, keys in missing(whole, made).items() if keys} == {}
    assert made.gaps == 0
    assert verify_vault(made.path, whole.passphrase).whole


def test_a_row_that_is_listed_as_lost_is_known_by_its_id_whatever_its_entry_calls_it() -> None:
    lost = "01a20438-05b6-70b4-8ff4-e19e964bf320"
    known = Known(
        1, 1, "2026-11-20", frozenset({("risk", lost, "lost"), ("risk", "row 5", "lost")})
    )
    assert known.excuses(Wrong("screening", lost, How.GONE))
    assert not known.excuses(Wrong("screening", "row 5", How.GONE))
    assert not known.excuses(Wrong("screening", lost, How.ALTERED))
    assert not known.excuses(Wrong("screening", lost.replace("f", "e"), How.GONE))
