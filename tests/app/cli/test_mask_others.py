"""`casewell report student-summary` lets no other student's name leave unasked."""

import json
from pathlib import Path

import pytest

from app.bootstrap import Desk
from app.cli import DONE, TROUBLE, run
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk


def _no_desk(*_arguments: object) -> int:
    raise AssertionError("no window is opened")


def test_a_summary_that_names_others_is_refused_until_they_are_masked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk: Desk = new_desk(tmp_path)
    student = add_student(desk, "Amina", "Haddad")
    add_student(desk, "Ximena", "Varela")
    a_signed_note(desk, student, "Ximena Varela came along.")
    place = desk.folder.path
    desk.close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)
    out = tmp_path / "out.pdf"
    line = ["report", "student-summary", "--vault", str(place), "--student", str(student)]
    line += ["--passphrase-file", str(secret), "--out", str(out), "--section", "notes"]
    line += [
        "--period",
        "all",
        "--ground",
        "subject",
        "--to-whom",
        "Guardian",
        "--why",
        "Yearly meeting",
        "--json",
    ]
    assert run(line, _no_desk) == TROUBLE == 1
    said = capsys.readouterr()
    assert "Other students are named" in said.err
    assert "Ximena" not in said.err + said.out
    assert not out.exists()
    assert run([*line, "--mask-others"], _no_desk) == DONE
    assert json.loads(capsys.readouterr().out)["masked"] == 1
    assert out.exists()
