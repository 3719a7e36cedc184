"""`casewell screening`, on a real vault."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, USAGE, run
from app.features.caseload.commands import AddStudent
from app.features.caseload.model import Profile
from vaults import new_desk

FHIR = Path(__file__).parents[2] / "data/fhir"


def say(*words: str) -> int:
    return run(list(words), lambda _vault, _secret: DONE)


def test_a_class_is_screened_from_a_file_and_its_risks_are_told(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path)
    for number in ("1", "2"):
        desk.caseload.add_student(AddStudent(Profile("Kim", f"Ode{number}", student_number=number)))
    desk.close()
    vault = ("--vault", str(desk.folder.path), "--passphrase-file", str(secret))
    table = tmp_path / "answers.csv"
    items = ",".join(str(at) for at in range(1, 10))
    table.write_text(f"student_number,date,{items}\n1,2026-11-10,0,0,0,0,0,0,0,0,1\n9,,0\n")
    known = ("--instrument", "phq-9", str(table))
    assert say("screening", "import", *known, *vault, "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["taken"], told["risks"]) == (1, 1)
    assert told["left_out"] == [
        {"line": 3, "column": "", "reason": "number-unknown", "risk": False}
    ]
    assert say("screening", "import", *known, *vault) == DONE
    said = capsys.readouterr().out
    assert "Line 2 has an answer that asks for a person: This student was screened" in said
    assert say("screening", "risks", *vault, "--json") == DONE
    (risk,) = json.loads(capsys.readouterr().out)["risks"]
    assert (risk["code"], risk["urgency"]) == ("item-9", "today")
    assert say("screening", "list", *vault) == DONE
    assert "PHQ-9. Total: 1 of 27; Minimal" in capsys.readouterr().out
    words = ("--wording-of", "phq-9", str(FHIR / "Questionnaire-phq-9-questionnaire.json"))
    assert say("screening", "load", *words, *vault) == DONE
    assert say("screening", "load", str(table), *vault) == TROUBLE
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert say("screening", "instruments", *vault, "--json") == DONE
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)["instruments"]}
    assert found["phq-9"]["unconfirmed"] == ["licence", "missing:total"]


def test_answers_are_scored_without_a_vault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({"1": 0, "2": 1, "3": 0, "4": 0, "5": 1}))
    assert say("screening", "score", "asq", str(answers), "--json") == DONE
    assert json.loads(capsys.readouterr().out)["outcome"] == "acute-positive"
    assert say("screening", "score", "gad-7", str(answers)) == DONE
    assert "no score: 2 answers are missing" in capsys.readouterr().out
    assert say("screening", "score", "nothing", str(answers)) == TROUBLE
    answers.write_text("[1]")
    assert say("screening", "score", "asq", str(answers)) == TROUBLE
    assert say("screening", "score", "asq", str(tmp_path / "none.json")) == TROUBLE
    with pytest.raises(SystemExit) as left:
        say("screening", "score")
    assert left.value.code == USAGE
    assert all(line for line in capsys.readouterr().err.splitlines())
