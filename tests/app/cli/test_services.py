"""Services owed without a screen: taken over from a file, and listed."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from services_desk import ServicesDesk
from vaults import PASSPHRASE

HEAD = "student_number,service,minutes,period,starts,basis_date\n"


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, Path]:
    """Return a closed vault with a student, the student's number, and a passphrase file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    room = ServicesDesk(tmp_path)
    student = room.student()
    number = room.minutes.pupil(student).number
    place = room.desk.folder.path
    room.desk.close()
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)
    return place, number, secret


def run(vault: tuple[Path, str, Path], *words: str) -> int:
    place, _number, secret = vault
    where = ("--vault", str(place), "--passphrase-file", str(secret))
    return run_cli(["services", *words, *where], lambda _vault, _passphrase: 3)


def test_a_file_with_a_refused_row_is_taken_over_only_when_that_is_asked_for(
    vault: tuple[Path, str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mandates.csv"
    file.write_text(
        f"{HEAD}{vault[1]},Check-in,30,week,2026-09-01,2026-08-20\n"
        "77,Check-in,30,week,2026-09-01,2026-08-20\n",
        encoding="utf-8",
    )
    assert run(vault, "import-mandates", str(file)) == TROUBLE
    said = capsys.readouterr()
    assert "Line 3, student_number: No student has the number 77." in said.out
    assert "so nothing was." in said.err
    assert run(vault, "import-mandates", str(file), "--dry-run") == TROUBLE
    assert capsys.readouterr().err == "casewell: Nothing was written.\n"
    assert run(vault, "import-mandates", str(file), "--skip-refused", "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["written"]) == (1, 1)
    assert told["refused"] == [
        {"line": 3, "column": "student_number", "code": "mandates-student-unknown"}
    ]
    assert run(vault, "minutes", "--json") == DONE
    (service,) = json.loads(capsys.readouterr().out)["services"]
    assert (service["service"], service["owed"], service["period"]) == ("Check-in", 30, "week")
