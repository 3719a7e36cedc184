"""`casewell report … --format fhir`, from end to end on real vaults."""

import hashlib
import json
from pathlib import Path

import pytest

from app.bootstrap import open_vault
from app.cli import DONE, TROUBLE, run
from app.kernel.ids import DeviceId, new_id
from app.overviews.fhir.check import check
from fhir_desk import a_student, fill, fill_month, read, resources
from nurse_desk import NurseDesk
from vaults import PASSPHRASE, fixed_clock, new_desk


def ask(vault: Path, secret: Path, *words: str) -> int:
    return run(
        [
            "report", *words, "--vault", str(vault), "--passphrase-file", str(secret),
            "--ground", "subject", "--to-whom", "Rosa Ocampo", "--why", "Her own copy",
        ],
        lambda _vault, _secret: DONE,
    )  # fmt: skip


def test_a_summary_leaves_as_a_document_with_its_disclosure(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path, clock=fixed_clock("2026-11-20T15:30"))
    fill(desk, a_student(desk))
    vault = desk.folder.path
    desk.close()
    out = tmp_path / "summary.fhir.json"
    line = ("student-summary", "--student", "20417", "--out", str(out), "--period", "all")
    assert ask(vault, secret, *line, "--also", "plans") == TROUBLE
    assert "FHIR" in capsys.readouterr().err
    assert ask(vault, secret, *line, "--format", "fhir", "--section", "notes") == TROUBLE
    assert not out.exists()
    capsys.readouterr()
    chosen = ("--format", "fhir", "--also", "plans", "--also", "screenings", "--json")
    assert ask(vault, secret, *line, *chosen) == DONE
    told = json.loads(capsys.readouterr().out)
    document = read(out.read_bytes())
    assert check(document) == []
    assert told["resources"] == len(document["entry"])
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert told["sections"] == ["profile", "caseload", "sessions", "minutes", "plans", "screenings"]
    assert {"CarePlan", "Goal", "Observation"} <= {
        one["resourceType"] for one in resources(document)
    }
    opened = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    kept = opened.privacy.disclosure(told["disclosure"]).disclosure
    opened.close()
    assert (kept.means, kept.scope["format"], kept.sha256) == ("json", "fhir-r4", told["sha256"])


def test_a_month_leaves_as_a_document_about_one_student(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path)
    fill_month(nurse)
    vault = nurse.desk.folder.path
    nurse.desk.close()
    out = tmp_path / "month.fhir.json"
    line = ("medication-month", "--month", "2026-11", "--format", "fhir", "--out", str(out))
    assert ask(vault, secret, *line) == TROUBLE
    assert "one student" in capsys.readouterr().err
    assert ask(vault, secret, *line, "--student", "20417") == DONE
    assert str(out) in capsys.readouterr().out
    document = read(out.read_bytes())
    assert check(document) == []
    assert resources(document, "MedicationAdministration")
