"""`casewell schedule` and the day plan on a real vault: for people and for scripts."""

import json
import re
from pathlib import Path

import pypdfium2
import pytest

from app.cli import DONE, TROUBLE, run
from schedule_desk import a_scheduled_desk, plan, typed
from vaults import PASSPHRASE, fixed_clock

BELLS = "school,schedule,period,start,end\nBirch Middle School,Regular,1,8:00,8:50\n"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    desk, (alder, birch), student = a_scheduled_desk(
        tmp_path_factory.mktemp("schedule"), fixed_clock("2026-11-20T07:30")
    )
    plan(desk, typed("2026-11-23", "9:30", school=alder, student_id=student, room="12"))
    plan(desk, typed("2026-11-23", "10:10", school=birch, title="Meeting with Ines Roth"))
    desk.close()
    return desk.folder.path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "secret").write_text(PASSPHRASE)


def ask(vault: Path, tmp_path: Path, *words: str) -> int:
    secret = tmp_path / "secret"
    return run(
        [*words, "--vault", str(vault), "--passphrase-file", str(secret)],
        lambda _vault, _secret: DONE,
    )


def test_a_day_and_a_week_are_told(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(vault, tmp_path, "schedule", "day", "--on", "2026-11-23") == DONE
    said = capsys.readouterr().out
    assert "9:30 AM to 10:00 AM" in said
    assert "Mateo Ocampo" in said
    assert ask(vault, tmp_path, "schedule", "week", "--on", "2026-11-25", "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert [day["day"] for day in told["days"]][::6] == ["2026-11-23", "2026-11-29"]
    assert [one["starts"] for one in told["days"][0]["appointments"]] == ["09:30", "10:10"]
    assert ask(vault, tmp_path, "schedule", "day", "--on", "2026-11-24") == DONE
    assert "Nothing is planned." in capsys.readouterr().out


def test_a_calendar_file_goes_out_and_comes_in(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.ics"
    span = ("--from", "2026-11-01", "--to", "2026-11-30")
    assert ask(vault, tmp_path, "schedule", "export", *span, "--out", str(out), "--json") == DONE
    assert json.loads(capsys.readouterr().out)["appointments"] == 2
    assert b"Ocampo" not in out.read_bytes()
    assert ask(vault, tmp_path, "schedule", "export", *span, "--out", str(out)) == TROUBLE
    capsys.readouterr()
    assert ask(vault, tmp_path, "schedule", "import-busy", str(out), "--json") == DONE
    assert "busy" in json.loads(capsys.readouterr().out)


def test_bells_are_looked_at_then_taken_and_a_bad_row_is_told(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "bells.csv"
    table.write_text(BELLS)
    assert ask(vault, tmp_path, "schedule", "import-bells", str(table), "--dry-run") == DONE
    assert "1 bell schedule." in capsys.readouterr().out
    table.write_text(BELLS + "Elm,Regular,1,8:00,8:50\n")
    assert ask(vault, tmp_path, "schedule", "import-bells", str(table), "--json") == TROUBLE
    told = json.loads(capsys.readouterr().out)
    assert told["refused"] == [{"line": 3, "reason": "table-school"}]
    table.write_text(BELLS)
    assert ask(vault, tmp_path, "schedule", "import-bells", str(table), "--json") == DONE


@pytest.mark.parametrize(
    ("show", "seen", "unseen"),
    [
        ("names", ["Mateo Ocampo", "Ines"], []),
        ("initials", ["M. O."], ["Mateo", "Ines"]),
        ("times", ["9:30"], ["Mateo", "M. O.", "Ines"]),
    ],
)
def test_a_day_plan_shows_no_more_than_is_wanted(
    vault: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    show: str,
    seen: list[str],
    unseen: list[str],
) -> None:
    out = tmp_path / "plan.pdf"
    words = ("report", "day-plan", "--day", "2026-11-23", "--show", show, "--out", str(out))
    release = (
        "--ground",
        "subject",
        "--to-whom",
        "Front office",
        "--why",
        "Where to find me",
        "--json",
    )
    assert ask(vault, tmp_path, *words, *release) == DONE
    told = json.loads(capsys.readouterr().out)
    assert len(told["disclosures"]) == (0 if show == "times" else 1)
    with pypdfium2.PdfDocument(out.read_bytes()) as paper:
        said = " ".join(page.get_textpage().get_text_range() for page in paper)
    text = re.sub(r"\s+", " ", said)
    assert all(word in text for word in [*seen, "Birch Middle School", "On the way: 20 minutes."])
    assert not any(word in text for word in unseen)
