"""`casewell time`: activities and categories without a screen."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from time_desk import DISTRICT
from vaults import PASSPHRASE, new_desk


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("time")
    desk = new_desk(folder)
    desk.close()
    (folder / "secret").write_text(PASSPHRASE)
    (folder / "district.json").write_text(DISTRICT)
    (folder / "wrong.json").write_text(DISTRICT.replace('"for"', '"off"', 1))
    return folder


def run(place: Path, *arguments: str) -> int:
    vault = next(place.glob("*.casewell"))
    secret = ("--vault", str(vault), "--passphrase-file", str(place / "secret"))
    return run_cli([*arguments, *secret], lambda _vault, _passphrase: 3)


def test_an_activity_is_logged_and_listed_with_its_share(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ("--on", "2026-11-18", "--at", "09:00")
    assert (
        run(place, "time", "log", "les", "1h15", *day, "--note", "Study skills", "--json") == DONE
    )
    logged = json.loads(capsys.readouterr().out)
    assert (logged["category"], logged["minutes"], logged["group"]) == ("instruction", 75, "direct")
    assert run(place, "time", "log", "duty", "25", "--on", "2026-11-18", "--at", "08:00") == DONE
    assert "School support" in capsys.readouterr().out
    period = ("--from", "2026-11-18", "--to", "2026-11-18")
    assert run(place, "time", "list", *period, "--json") == DONE
    listed = json.loads(capsys.readouterr().out)
    assert listed["minutes"] == 100
    assert {one["code"]: one["percent"] for one in listed["groups"]}["direct"] == 75
    assert [one["met"] for one in listed["targets"]] == [False, False, True]
    assert run(place, "time", "list", *period) == DONE
    assert "Study skills" in capsys.readouterr().out


def test_what_cannot_be_logged_is_said_in_one_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "time", "log", "xyz", "45") == TROUBLE
    assert "No category begins like this" in capsys.readouterr().err
    assert run(place, "time", "log", "les", "45", "--school", "Nowhere") == TROUBLE
    assert "building" in capsys.readouterr().err


def test_a_district_s_set_is_taken_whole_or_refused_with_the_place(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(place, "time", "categories", "load", str(place / "wrong.json")) == TROUBLE
    assert "“categories[3].group” names none of these" in capsys.readouterr().err
    assert run(place, "time", "categories", "load", str(place / "none.json")) == TROUBLE
    capsys.readouterr()
    assert run(place, "time", "categories", "load", str(place / "district.json"), "--use") == DONE
    assert "Riverbend, version 1: 3 categories." in capsys.readouterr().out
    assert run(place, "time", "categories", "list", "--json") == DONE
    listed = json.loads(capsys.readouterr().out)
    assert listed["used"] == {"code": "riverbend", "version": 1}
    assert run(place, "time", "categories", "list") == DONE
    assert "in use" in capsys.readouterr().out
