"""`casewell vault repair`, from end to end."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import open_vault, verify_vault
from app.cli import DONE, TROUBLE, run
from app.kernel.ids import DeviceId, new_id
from app.store.connection import connect
from app.vault.folder import VaultFolder
from app.vault.keybag import open_with_passphrase, read_keybag
from faults.damaged import quick_stretch
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, fixed_clock, new_desk

PAGE = 4096


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


@pytest.fixture(autouse=True)
def cheap_tries() -> Iterator[None]:
    with quick_stretch():
        yield


@pytest.fixture
def folder(tmp_path: Path) -> VaultFolder:
    desk = new_desk(tmp_path, clock=fixed_clock())
    student = add_student(desk)
    for number in range(60):
        a_signed_note(desk, student, f"Note {number} " + "of what was said. " * 30)
    desk.close()
    return desk.folder


@pytest.fixture
def options(folder: VaultFolder, tmp_path: Path) -> list[str]:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\n")
    return ["--vault", str(folder.path), "--passphrase-file", str(secret)]


def pages_of(folder: VaultFolder, table: str) -> int:
    """Return the root page of a table."""
    keys = open_with_passphrase(read_keybag(folder).keybag, PASSPHRASE).keys
    reader = connect(folder.records, keys, untouched=True)
    row = reader.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    reader.close()
    return int(row[0])


def lose(folder: VaultFolder, *pages: int) -> None:
    data = bytearray(folder.records.read_bytes())
    for page in pages:
        data[(page - 1) * PAGE + 99] ^= 255
    folder.records.write_bytes(data)


def lose_the_end(folder: VaultFolder) -> None:
    count = folder.records.stat().st_size // PAGE
    lose(folder, *range(count - 5, count + 1))


def test_what_is_lost_is_listed_and_said_in_one_line(
    folder: VaultFolder, options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_the_end(folder)
    out = tmp_path / "list.txt"
    line = ["vault", "repair", *options, "--json", "--out", str(out)]
    assert run(line, no_desk) == TROUBLE
    said = capsys.readouterr()
    assert said.err == "casewell: Not everything could be saved; the list says what.\n"
    facts = json.loads(said.out)
    fates = [one["how"] for one in facts["losses"]]
    assert facts["lost"] == fates.count("lost") + fates.count("uncounted") > 0
    assert (
        facts["saved"]["session_note"]
        + sum(one["kind"] == "session_note" and one["how"] == "lost" for one in facts["losses"])
        == 60
    )
    assert out.read_text().count("Session note") > 0
    assert verify_vault(Path(facts["vault"]), PASSPHRASE).whole
    assert run(line, no_desk) == TROUBLE
    assert "already exists" in capsys.readouterr().err
    assert run(["vault", "verify", "--vault", facts["vault"], *options[2:]], no_desk) == DONE
    assert "This vault was repaired on" in capsys.readouterr().out


def test_with_a_backup_of_the_same_moment_nothing_is_lost(
    folder: VaultFolder, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["vault", "backup", *options], no_desk) == DONE
    lose_the_end(folder)
    capsys.readouterr()
    assert run(["vault", "repair", "--look", *options], no_desk) == DONE
    said = capsys.readouterr().out
    assert "restoring it is enough" in said
    assert "casewell vault restore" in said
    assert not list(folder.path.parent.glob("*repaired*"))
    assert run(["vault", "repair", *options], no_desk) == DONE
    assert "came back from the backup" in capsys.readouterr().out


def test_a_whole_vault_needs_no_repair(
    folder: VaultFolder, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["vault", "repair", *options], no_desk) == DONE
    assert "nothing to repair" in capsys.readouterr().out
    assert not list(folder.path.parent.glob("*repaired*"))


@pytest.mark.parametrize("table", ["person", "student", "vault", "device", "service_kind"])
def test_a_repaired_vault_opens_and_is_worked_in_whatever_was_lost(
    folder: VaultFolder, options: list[str], table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lose(folder, pages_of(folder, table))
    assert run(["vault", "repair", *options, "--json"], no_desk) == TROUBLE
    path = Path(json.loads(capsys.readouterr().out)["vault"])
    desk = open_vault(path, PASSPHRASE, DeviceId(new_id()), clock=fixed_clock())
    a_signed_note(desk, add_student(desk, given="New", family="Comer"))
    verdict = desk.verify()
    assert verdict.whole
    assert "search-index" in {each.code for each in verdict.findings}
    assert desk.backups.losses()
    desk.close()


def test_a_wrong_use_is_said(options: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["vault", "repair", "--into", "x", *options], no_desk)
    assert ended.value.code == 2
