"""`casewell medication` on a real vault: for people and for scripts, and for the nurse alone."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, run
from app.kernel.nouns import Role
from nurse_desk import NurseDesk


def ask(vault: Path, secret: Path, *words: str) -> int:
    return run(
        ["medication", *words, "--vault", str(vault), "--passphrase-file", str(secret)],
        lambda _vault, _secret: DONE,
    )


def test_the_board_the_month_and_the_stock_are_told(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path)
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order)
    nurse.set("2026-11-20T11:45")
    nurse.give(order, student)
    nurse.desk.close()
    vault = nurse.desk.folder.path
    assert ask(vault, secret, "month", "--student", "20417", "--month", "2026-11", "--json") == DONE
    month = json.loads(capsys.readouterr().out)
    assert month["rows"][0]["days"]["2026-11-20"] == {"state": "given", "text": "GA", "note": 0}
    assert month["key"] == {"GA": "Grace Adeyemi"}
    assert ask(vault, secret, "stock") == DONE
    assert "Methylphenidate 10 mg: 19 tablets (Ocampo, Mateo)" in capsys.readouterr().out
    assert ask(vault, secret, "board", "--json") == DONE
    assert set(json.loads(capsys.readouterr().out)) == {"at", "zone", "window_minutes", "doses"}
    assert ask(vault, secret, "month", "--student", "9", "--month", "2026-11") == TROUBLE
    assert "not in the vault" in capsys.readouterr().err


def test_another_role_is_told_that_the_room_is_not_theirs(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path, role=Role.COUNSELOR)
    nurse.desk.close()
    assert ask(nurse.desk.folder.path, secret, "board") == TROUBLE
    assert "nurse's role" in capsys.readouterr().err
