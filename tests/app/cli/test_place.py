"""`casewell vault check-place`, and the refusal to make a vault where it is copied."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, run
from app.vault.surroundings import Question
from vaults import PASSPHRASE


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


def test_every_question_is_answered_in_words_and_as_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "Sync/caseload.casewell"
    (tmp_path / "Sync/.stfolder").mkdir(parents=True)
    assert run(["vault", "check-place", "--vault", str(place), "--json"], no_desk) == DONE
    told = json.loads(capsys.readouterr().out)
    assert [each["question"] for each in told["findings"]] == [each.value for each in Question]
    synced = told["findings"][1]
    assert synced == {
        "question": "synced", "answer": "yes", "detail": "Syncthing", "worries": True,
    }  # fmt: skip
    assert run(["vault", "check-place", "--vault", str(place)], no_desk) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert "The vault’s folder is copied by a sync service: Yes (Syncthing)" in lines
    assert any(line.startswith("  Work on one computer at a time") for line in lines)


def test_a_vault_is_made_in_a_synced_folder_only_when_that_was_understood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Sync/.stfolder").mkdir(parents=True)
    place = tmp_path / "Sync/caseload.casewell"
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\n")
    line = [
        "vault", "create", "--vault", str(place), "--name", "Ana", "--role", "counselor",
        "--passphrase-file", str(secret), "--recovery-words", str(tmp_path / "words"),
    ]  # fmt: skip
    assert run(line, no_desk) == TROUBLE
    assert "Syncthing copies this folder" in capsys.readouterr().err
    assert not place.exists()
    assert not (tmp_path / "words").exists()
    assert run([*line, "--place-understood"], no_desk) == DONE
    assert place.is_dir()
