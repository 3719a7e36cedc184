"""`casewell vault backup | backups | restore`, from end to end."""

import json
from pathlib import Path

import pytest

from app.bootstrap import verify_vault
from app.cli import DONE, TROUBLE, run
from vaults import PASSPHRASE, new_desk


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path)
    desk.close()
    return desk.folder.path


def test_made_listed_checked_and_restored(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--passphrase-file", str(secret), "--json"]
    assert run(["vault", "backup", "--vault", str(vault), *options], no_desk) == DONE
    made = json.loads(capsys.readouterr().out)
    (path,) = made["backups"]
    assert made["inside"]["students"] == 0
    stick = tmp_path / "stick"
    line = ["vault", "backup", "--vault", str(vault), "--to", str(stick), *options]
    assert run(line, no_desk) == DONE
    (other,) = json.loads(capsys.readouterr().out)["backups"]
    assert Path(other).parent == stick / "test.backups"

    line = ["vault", "backups", "--vault", str(vault), "--check", *options]
    assert run(line, no_desk) == DONE
    listed = json.loads(capsys.readouterr().out)["backups"]
    assert [(one["path"], one["whole"]) for one in listed] == [(path, True)]

    assert run(["vault", "restore", path, *options], no_desk) == DONE
    assert json.loads(capsys.readouterr().out)["vault"] is None, "a look is no restoring"
    again = tmp_path / "again"
    line = ["vault", "restore", path, "--to", str(again), *options]
    assert run(line, no_desk) == DONE
    restored = Path(json.loads(capsys.readouterr().out)["vault"])
    assert verify_vault(restored, PASSPHRASE).whole
    assert run(line, no_desk) == TROUBLE
    assert "already stands" in capsys.readouterr().err


def test_a_damaged_one_is_said_in_the_list_and_not_restored(
    vault: Path, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--passphrase-file", str(secret)]
    assert run(["vault", "backups", "--vault", str(vault), *options], no_desk) == DONE
    assert "no backup yet" in capsys.readouterr().out
    assert run(["vault", "backup", "--vault", str(vault), *options], no_desk) == DONE
    path = Path(capsys.readouterr().out.strip().rsplit(": ", 1)[1])
    records = path / "records.db"
    records.write_bytes(records.read_bytes()[:-1])
    line = ["vault", "backups", "--vault", str(vault), "--check", *options]
    assert run(line, no_desk) == TROUBLE
    assert "damaged" in capsys.readouterr().out
    again = tmp_path / "again"
    assert run(["vault", "restore", str(path), "--to", str(again), *options], no_desk) == TROUBLE
    assert "is damaged" in capsys.readouterr().err
    assert run(["vault", "restore", str(vault), "--to", str(again), *options], no_desk) == TROUBLE
    assert "no backup at" in capsys.readouterr().err
