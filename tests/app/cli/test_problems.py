"""`casewell roster import … --problems FILE`: what was refused or changed goes back as a table."""

import csv
import hashlib
import io
import json
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.bootstrap import open_vault
from app.cli import DONE, TROUBLE, run
from app.features.roster.commands import SaveProblems
from app.kernel.errors import Refused, Trouble
from app.kernel.ids import DeviceId, new_id
from app.overviews.reports import roster_outcome
from app.overviews.reports.roster_outcome import save_outcome
from vaults import PASSPHRASE, new_desk

FIRST = "Student number,First name,Last name,Grade,School\n1,Ada,Ruiz,9,Alder\n2,Bo,Li,7,Alder\n"
SECOND = (
    "Student number,First name,Last name,Grade,School\n"
    "1,Ada,Ruiz,10,Alder\n"
    ",,,7,Alder\n"
    '2,"=HYPERLINK(""http://x.example"")",Li,7,Alder\n'
)


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path)
    desk.close()
    return desk.folder.path


@pytest.fixture
def line(tmp_path: Path, vault: Path) -> list[str]:
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\n")
    options = ["--vault", str(vault), "--passphrase-file", str(secret), "--mapping", "guess"]
    first = tmp_path / "first.csv"
    first.write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.csv").write_text(SECOND, encoding="utf-8")
    assert run(["roster", "import", str(first), *options], no_desk) == DONE
    return ["roster", "import", str(tmp_path / "second.csv"), *options]


def journal(vault: Path, what: str) -> list[dict[str, object]]:
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        with desk.records.read() as reader:
            found = reader.execute(
                "SELECT after FROM journal WHERE what = ? ORDER BY seq", (what,)
            ).fetchall()
    finally:
        desk.close()
    return [json.loads(row[0]) for row in found]


def test_refused_and_changed_rows_stand_in_it_with_their_lines_and_nothing_runs(
    line: list[str], vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "problems.csv"
    assert run([*line, "--problems", str(out), "--json"], no_desk) == DONE
    said = capsys.readouterr().out
    told = json.loads(said[said.index("{\n") :])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    refused = [row for row in rows if row["What happened"] == "Not read"]
    assert [row["Line"] for row in refused] == ["3"]
    changed = {row["Line"]: row for row in rows if row["What happened"] == "Changed"}
    assert changed["2"]["Explanation"] == "Grade: 09 → 10"
    assert changed["2"]["Student"] == "Ruiz, Ada"
    assert changed["4"]["Explanation"].startswith("Given name: Bo → =HYPERLINK")
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row.values() if cell)
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    assert told["problems_sha256"] == digest
    (kept,) = journal(vault, "SaveProblems")
    assert kept == {"rows": len(rows), "sha256": digest}


def test_a_workbook_holds_the_same_rows(line: list[str], tmp_path: Path) -> None:
    out = tmp_path / "problems.xlsx"
    assert run([*line, "--problems", str(out)], no_desk) == DONE
    page = load_workbook(out).active
    assert page is not None
    kinds = [page.cell(row, 1).value for row in range(2, page.max_row + 1)]
    assert kinds.count("Changed") == 2
    assert "Not read" in kinds
    assert all(cell.data_type != "f" for cells in page.iter_rows() for cell in cells)


def test_what_cannot_be_saved_is_refused_before_anything_is_imported(
    line: list[str], vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("mine", encoding="utf-8")
    for out, more, said in (
        (taken, [], "already"),
        (tmp_path / "x.txt", [], "must end in .csv or .xlsx"),
        (tmp_path / "no/x.csv", [], "no"),
        (tmp_path / "x.csv", ["--dry-run"], "--dry-run"),
    ):
        assert run([*line, *more, "--problems", str(out)], no_desk) == TROUBLE
        assert said in capsys.readouterr().err
    assert taken.read_text(encoding="utf-8") == "mine"
    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    assert desk.roster.import_count() == 1
    desk.close()


def test_a_file_that_cannot_be_written_is_written_down_as_not_saved(
    line: list[str], vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_target: Path, _data: bytes, *, replace: bool) -> None:
        raise OSError(28, "No space left on device")

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    (past,) = desk.roster.imports()
    monkeypatch.setattr(roster_outcome, "write_whole", full)
    with pytest.raises(Trouble) as trouble:
        save_outcome(desk.roster, past.id, b"x", 1, tmp_path / "x.csv")
    assert trouble.value.code == "file-unwritable"
    with pytest.raises(KeyError):
        desk.roster.save_problems(SaveProblems("none", "0", 0))
    with pytest.raises(Refused):
        save_outcome(desk.roster, past.id, b"x", 1, tmp_path / "first.csv")
    desk.close()
    (kept,) = journal(vault, "ProblemsNotSaved")
    assert kept["reason"] == "file-unwritable"
