"""`casewell report` for the papers of the medication room, on a real vault."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, run
from app.features.medication.commands import CountOut, PlanTrip
from app.kernel.nouns import Role
from app.paper.preview import page_texts
from nurse_desk import NurseDesk, at


def ask(vault: Path, secret: Path, *words: str) -> int:
    return run(
        [
            "report", *words, "--vault", str(vault), "--passphrase-file", str(secret),
            "--ground", "subject", "--to-whom", "Dr. Ito", "--why", "review",
        ],
        lambda _vault, _secret: DONE,
    )  # fmt: skip


def test_the_month_leaves_with_a_disclosure_for_each_student(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path)
    for given, number in (("Mateo", "1"), ("Ines", "2")):
        nurse.order(nurse.student(given, "Ocampo", number))
    nurse.desk.close()
    out = tmp_path / "month.pdf"
    line = ("medication-month", "--month", "2026-11", "--out", str(out))
    assert ask(nurse.desk.folder.path, secret, *line, "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert len(told["disclosures"]) == told["pages"] == 2
    assert told["paper"] == "medication-month"
    assert "Mateo Ocampo" in "".join(page_texts(out.read_bytes()))
    assert ask(nurse.desk.folder.path, secret, *line) == TROUBLE
    assert "month.pdf" in capsys.readouterr().err


def test_every_other_paper_has_its_command(tmp_path: Path, secret: Path) -> None:
    nurse = NurseDesk(tmp_path)
    student = nurse.student()
    order = nurse.order(student)
    nurse.stock(order)
    trip = nurse.room.trips.plan_trip(
        PlanTrip("Zoo", at("2026-11-24T09:00"), at("2026-11-24T15:00"), "Mr. Adair")
    ).made
    nurse.room.trips.count_out(CountOut(trip, student, order, "1"))
    nurse.desk.close()
    for words in (
        ("emergency", "--student", "20417"),
        ("downtime", "--day", "2026-11-23"),
        ("prn-log", "--student", "20417", "--from", "2026-11-01", "--to", "2026-11-30"),
        ("stock",),
        ("trip", "--trip", trip),
    ):
        out = tmp_path / f"{words[0]}.pdf"
        assert ask(nurse.desk.folder.path, secret, *words, "--out", str(out)) == DONE
        assert out.read_bytes().startswith(b"%PDF")


def test_what_is_not_there_is_refused_in_one_line(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path)
    nurse.desk.close()
    out = str(tmp_path / "paper.pdf")
    for words in (
        ("medication-month", "--month", "2026-11"),
        ("medication-month", "--month", "November"),
        ("controlled-ledger",),
        ("incident", "--incident", "none"),
        ("trip", "--trip", "none"),
        ("emergency", "--student", "none"),
    ):
        assert ask(nurse.desk.folder.path, secret, *words, "--out", out) == TROUBLE
        assert capsys.readouterr().err.count("\n") == 1
    assert not Path(out).exists()


def test_another_role_prints_nothing_of_the_room(
    tmp_path: Path, secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nurse = NurseDesk(tmp_path, role=Role.COUNSELOR)
    nurse.desk.close()
    out = tmp_path / "stock.pdf"
    assert ask(nurse.desk.folder.path, secret, "stock", "--out", str(out)) == TROUBLE
    assert "nurse's role" in capsys.readouterr().err
    assert not out.exists()
