"""`casewell report` for the lists and sums, on a real vault."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from app.cli import DONE, TROUBLE, USAGE, run
from app.features.caseload.commands import PutOnCaseload
from app.kernel.clock import SystemClock
from app.overviews.data.periods import last_month
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk


class Terminal:
    """A vault with one student and one session, and someone who types commands about it."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        desk = new_desk(place)
        student = add_student(desk)
        desk.caseload.carry_out(PutOnCaseload((student,), "2026-09-01", "referred"))
        a_signed_note(desk, student)
        desk.close()
        self.place, self.vault, self._capsys = place, desk.folder.path, capsys
        self.secret = place / "secret"
        self.secret.write_text(PASSPHRASE)

    def type(self, name: str, *words: str, out: str = "out.csv") -> tuple[int, str, str]:
        line = [
            "report", name, *words, "--vault", str(self.vault),
            "--passphrase-file", str(self.secret), "--ground", "subject", "--to-whom", "Dr. Ito", "--why", "review",
            "--out", str(self.place / out),
        ]  # fmt: skip
        code = run(line, lambda *_: 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def facts(self, name: str, *words: str, out: str = "out.csv") -> dict[str, Any]:
        code, told, err = self.type(name, *words, "--json", out=out)
        assert code == DONE, err
        found: dict[str, Any] = json.loads(told)
        return found


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, capsys)


def rows(path: Path) -> list[dict[str, str]]:
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_caseload_is_saved_as_the_files_name_says_and_told_as_json(terminal: Terminal) -> None:
    told = terminal.facts(
        "caseload-list", "--names", "initials", "--column", "name", "--column", "tier", "--no-mark"
    )
    assert (told["format"], told["rows"], len(told["disclosures"])) == ("csv", 1, 1)
    assert told["names"] == "initials"
    assert rows(terminal.place / "out.csv") == [{"Student": "M. O.", "Tier": "Tier 1, universal"}]
    assert not (terminal.place / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    whole = terminal.facts("caseload-list", "--everyone", "--school", "alder elementary",
                           out="all.xlsx")  # fmt: skip
    assert whole["everyone"] is True
    book = load_workbook(terminal.place / "all.xlsx")
    assert book.worksheets[0]["A2"].value == "Ocampo, Mateo"


def test_the_log_takes_a_month_or_two_days(terminal: Terminal) -> None:
    told = terminal.facts("session-log", "--month", "2026-11", "--texts")
    assert (told["since"], told["until"]) == ("2026-11-01", "2026-11-30")
    assert "Talked about the move." in rows(terminal.place / "out.csv")[0]["Note"]
    assert terminal.facts("session-log", "--month", "2026-12", out="b.csv")["until"] == "2026-12-31"
    days = ("--from", "2026-11-20", "--to", "2026-11-20")
    assert terminal.facts("session-log", *days, "--format", "pdf", out="log")["pages"] == 1
    assert (terminal.place / "log").read_bytes().startswith(b"%PDF")
    service = terminal.facts(
        "session-log", *days, "--service", "Individual counseling", out="c.csv"
    )
    assert service["rows"] == 1


@pytest.mark.parametrize("name", ["use-of-time", "tiers", "screening-cohort"])
def test_a_sum_that_is_about_nobody_leaves_without_a_disclosure_of_anyone(
    terminal: Terminal, name: str
) -> None:
    told = terminal.facts(name, "--month", "2026-11", out="sum.xlsx")
    assert told["disclosures"] == []
    assert told["report"]


@pytest.mark.parametrize(
    ("words", "out", "said"),
    [
        (("session-log",), "a.pdf", "two days, or a month"),
        (("session-log", "--month", "2026-13"), "a.pdf", "year and month"),
        (("session-log", "--month", "2026-11"), "a.txt", ".pdf, .csv or .xlsx"),
        (("caseload-list", "--school", "Nowhere"), "a.pdf", "Nowhere"),
        (("session-log", "--from", "2026-11-02", "--to", "2026-11-01"), "a.pdf", "ends before"),
        (("caseload-list",), "no/where.pdf", "does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    terminal: Terminal, words: tuple[str, ...], out: str, said: str
) -> None:
    code, told, err = terminal.type(*words, out=out)
    assert (code, told, err.count("\n")) == (TROUBLE, "", 1)
    assert said in err
    assert not (terminal.place / out).exists()


def test_a_report_takes_no_choice_that_it_has_no_use_for(terminal: Terminal) -> None:
    with pytest.raises(SystemExit) as gone:
        terminal.type("caseload-list", "--month", "2026-11")
    assert gone.value.code == USAGE


def test_services_of_a_month_are_saved_as_paper_and_as_data(terminal: Terminal) -> None:
    options = ("--month", "2026-11", "--ground", "no_names")
    for out in ("services.pdf", "services.json"):
        told = terminal.facts("services", *options, out=out)
        assert told["disclosures"] == []
        assert told["format"] == out.rpartition(".")[2]
    told = terminal.facts("services", "--ground", "no_names", out="last.pdf")
    assert told["since"] == f"{last_month(SystemClock().now().day())}-01"
    found = json.loads((terminal.place / "services.json").read_bytes())
    assert (found["kind"], found["counts"]) == ("services", "suppressed")
    (given,) = found["service_totals"]
    assert given["students"] is given["sessions"] is given["minutes"] is None


def test_what_is_no_data_is_not_saved_as_data(terminal: Terminal) -> None:
    code, _told, err = terminal.type("engagement", "--month", "2026-11", out="out.json")
    assert code == TROUBLE
    assert ".json" in err


def test_a_student_s_summary_is_saved_as_data_with_its_disclosure(terminal: Terminal) -> None:
    told = terminal.facts(
        "student-summary", "--student", "20417", "--period", "all", "--format", "json", out="s.json"
    )
    assert told["kind"] == "student"
    assert len(told["disclosures"]) == 1
    found = json.loads((terminal.place / "s.json").read_bytes())
    assert found["sections"] == ["profile", "caseload", "sessions", "minutes"]
    assert found["minutes"]["sessions"] == 1
