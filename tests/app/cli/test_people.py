"""`casewell vault people | rekey | recovery-sheet | emergencies`, as a person at a terminal has them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.cli import run
from app.vault.sealing import Stretch, floor
from vaults import PASSPHRASE, new_desk

ROOT = Path(__file__).parents[3]
OWN = "nine kites above the old mill"


class Terminal:
    """A vault, and someone who types commands about it."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        desk = new_desk(tmp_path)
        desk.close()
        self.place = tmp_path
        self.vault = desk.folder.path
        self._capsys = capsys
        self.secret = self.file("secret", PASSPHRASE)

    def file(self, name: str, text: str) -> Path:
        path = self.place / name
        path.write_text(text + "\n", encoding="utf-8")
        return path

    def type(self, *words: str, secret: Path | None = None) -> tuple[int, str, str]:
        vault = ["--vault", str(self.vault), "--passphrase-file", str(secret or self.secret)]
        code = run(["vault", *words, *vault], lambda *_: 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def facts(self, *words: str, secret: Path | None = None) -> dict[str, Any]:
        code, out, err = self.type(*words, "--json", secret=secret)
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    def quick() -> Stretch:
        return floor()

    monkeypatch.setattr("app.features.access.service.tuned", quick)
    monkeypatch.setattr("app.features.access.secrets.tuned", quick)
    return Terminal(tmp_path, capsys)


def test_someone_is_added_listed_suspended_reinstated_and_removed(terminal: Terminal) -> None:
    made = terminal.facts("people", "add", "--name", "Ben Okafor", "--role", "counselor")
    assert len(made["first_passphrase"].split()) == 5
    people = terminal.facts("people")["people"]
    assert [(one["name"], one["keeper"], one["state"]) for one in people] == [
        ("Ana Núñez", True, "active"),
        ("Ben Okafor", False, "active"),
    ]
    assert people[1]["first_passphrase"]
    terminal.facts("people", "suspend", "ben okafor")
    assert terminal.facts("people")["people"][1]["state"] == "suspended"
    code, _out, err = terminal.type("people", "suspend", "Ben Okafor")
    assert (code, err.count("\n")) == (1, 1)
    again = terminal.facts("people", "reinstate", made["person"])
    assert again["first_passphrase"] != made["first_passphrase"]
    gone = terminal.facts("people", "remove", "Ben Okafor", "--backup")
    assert gone["new_key"]
    assert len(gone["recovery_words"]) == 15
    assert len(gone["backups"]) == 1
    assert terminal.facts("people")["people"][1]["state"] == "removed"
    assert terminal.type("verify")[0] == 0


def test_a_first_passphrase_is_shown_once_or_written_to_a_file_of_its_owner_alone(
    terminal: Terminal,
) -> None:
    code, out, _err = terminal.type("people", "add", "--name", "Ben", "--role", "nurse")
    assert code == 0
    assert "shown only now: " in out
    out_file = terminal.place / "first"
    made = terminal.facts(
        "people", "add", "--name", "Cleo", "--role", "nurse", "--out", str(out_file)
    )
    assert "first_passphrase" not in made
    first = out_file.read_text().strip()
    assert len(first.split()) == 5
    if os.name == "posix":
        assert out_file.stat().st_mode & 0o777 == 0o600
    code, _out, err = terminal.type(
        "people", "add", "--name", "Dee", "--role", "nurse", "--out", str(out_file)
    )
    assert code == 1
    assert "already exists" in err
    assert len(terminal.facts("people")["people"]) == 3
    assert out_file.read_text().strip() == first
    # The newcomer's first command: a passphrase of their own.
    mine = terminal.file("own", OWN)
    assert terminal.type(
        "passphrase", "--new-passphrase-file", str(mine), secret=terminal.file("f", first)
    )[0] == 0  # fmt: skip
    assert not terminal.facts("people", secret=mine)["people"][2]["first_passphrase"]


def test_with_a_first_passphrase_nothing_is_shown_before_it_is_replaced(
    terminal: Terminal,
) -> None:
    first = terminal.facts("people", "add", "--name", "Grace Adeyemi", "--role", "nurse")
    theirs = terminal.file("theirs", first["first_passphrase"])
    own = terminal.file("own", OWN)
    words = ["--vault", str(terminal.vault), "--passphrase-file", str(theirs)]
    for command in (
        ["vault", "people"],
        ["vault", "emergencies"],
        ["vault", "backup"],
        ["vault", "backups"],
        ["vault", "keyring", "status"],
        ["medication", "board", "--json"],
        ["report", "student-summary", "--student", "1", "--ground", "subject", "--to-whom", "Her", "--why", "So",
         "--out", str(terminal.place / "out.pdf")],
    ):  # fmt: skip
        assert run([*command, *words], lambda *_: 0) == 1
        assert "first passphrase" in terminal._capsys.readouterr().err
    same = ["--new-passphrase-file", str(theirs)]
    assert terminal.type("passphrase", *same, secret=theirs)[0] == 1
    assert terminal.type("people", secret=theirs)[0] == 1
    assert terminal.type("passphrase", "--new-passphrase-file", str(own), secret=theirs)[0] == 0
    assert (
        run(["medication", "board", *words[:2], "--passphrase-file", str(own)], lambda *_: 0) == 0
    )


def test_a_file_that_cannot_be_written_is_told_before_anything_is_done(terminal: Terminal) -> None:
    nowhere = terminal.place / "no" / "such" / "folder"
    code, _out, err = terminal.type(
        "people", "add", "--name", "Dee", "--role", "nurse", "--out", str(nowhere)
    )
    assert (code, err.count("\n")) == (1, 1)
    assert len(terminal.facts("people")["people"]) == 1


@pytest.mark.parametrize("command", [["people"], ["verify"], ["backup"], ["check-place"]])
def test_a_name_that_no_system_takes_is_told_in_a_line(
    terminal: Terminal, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    secret = [] if command == ["check-place"] else ["--passphrase-file", str(terminal.secret)]
    code = run(["vault", *command, "--vault", "x" * 300, *secret], lambda *_: 0)
    said = capsys.readouterr()
    assert code == 1 or command == ["check-place"]
    assert said.err.count("\n") == code


def test_names_that_fit_nobody_or_two_are_refused(terminal: Terminal) -> None:
    for _ in range(2):
        terminal.facts("people", "add", "--name", "Ben", "--role", "nurse")
    for name in ("Ben", "Cleo"):
        code, _out, err = terminal.type("people", "suspend", name)
        assert (code, err.count("\n")) == (1, 1)


def test_keepers_and_roles(terminal: Terminal) -> None:
    terminal.facts("people", "add", "--name", "Ben", "--role", "nurse")
    assert terminal.type("people", "keeper", "Ana Núñez", "--no")[0] == 1
    terminal.facts("people", "keeper", "Ben")
    terminal.facts("people", "role", "Ben", "social_worker")
    ben = terminal.facts("people")["people"][1]
    assert (ben["keeper"], ben["role"]) == (True, "social_worker")


def test_a_new_key_and_a_new_sheet(terminal: Terminal) -> None:
    words_file = terminal.place / "words"
    said = terminal.facts("rekey", "--new-sheet", "--recovery-words", str(words_file))
    assert said["new_key"]
    assert len(words_file.read_text().split()) == 15
    assert terminal.type("confirm", "--recovery-words", str(words_file))[0] == 0
    second = terminal.facts("recovery-sheet")["recovery_words"]
    assert len(second) == 15
    assert terminal.type("verify")[0] == 0


def test_recovery_words_need_who_and_why_and_leave_a_mark(terminal: Terminal) -> None:
    words = terminal.place / "words"
    terminal.facts("recovery-sheet", "--recovery-words", str(words))
    assert terminal.type("confirm", "--recovery-words", str(words))[0] == 0
    fresh = terminal.file("fresh", OWN)
    change = ("passphrase", "--recovery-words", str(words), "--new-passphrase-file", str(fresh))
    code, _out, err = terminal.type(*change)
    assert (code, err.count("\n")) == (1, 1)
    why = terminal.file("why", "The passphrase was forgotten.")
    code, _out, err = terminal.type(*change, "--name", "Ana", "--reason-file", str(why))
    assert code == 0, err
    (mark,) = terminal.facts("emergencies", secret=fresh)["emergencies"]
    assert (mark["name"], mark["reason"]) == ("Ana", "The passphrase was forgotten.")
    assert mark["seen_by"] is None
    (seen,) = terminal.facts("emergencies", "--seen", mark["id"], secret=fresh)["emergencies"]
    assert seen["seen_by"]


def test_recovery_words_that_cannot_be_written_are_not_lost_with_the_vault(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = terminal.place / "second"
    create = ["vault", "create", "--vault", str(place), "--name", "A", "--role", "nurse",
              "--passphrase-file", str(terminal.secret), "--place-understood", "--json"]  # fmt: skip
    missing = [*create, "--recovery-words", str(terminal.place / "no" / "words")]
    assert run(missing, lambda *_: 0) == 1
    assert not place.with_suffix(".casewell").exists()
    capsys.readouterr()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    words = terminal.place / "later"

    class Half:
        """The system's calls, of which only the delivery's is broken."""

        def __getattr__(self, name: str) -> object:
            return full if name == "fsync" else getattr(os, name)

    monkeypatch.setattr("app.bootstrap.tuned", floor)
    monkeypatch.setattr("app.cli.delivery.os", Half())
    assert run([*create, "--recovery-words", str(words)], lambda *_: 0) == 1
    facts = json.loads(capsys.readouterr().out)
    assert len(facts["recovery_words_shown"]) == 15
    monkeypatch.undo()
    assert not words.exists()
    terminal.file("shown", " ".join(facts["recovery_words_shown"]))
    confirm = ["vault", "confirm", "--vault", facts["vault"], "--passphrase-file",
               str(terminal.secret), "--recovery-words", str(terminal.place / "shown")]  # fmt: skip
    assert run(confirm, lambda *_: 0) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
def test_ctrl_c_waits_for_the_end_and_what_is_said_is_what_was_done(terminal: Terminal) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "vault", "people", "add", "--name", "Ben", "--role",
         "nurse", "--json", "--vault", str(terminal.vault), "--passphrase-file",
         str(terminal.secret)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "LANGUAGE": "en"},
    )  # fmt: skip
    while not (terminal.vault / "open.json").exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    there = len(terminal.facts("people")["people"])
    if process.returncode == 0:
        assert there == 2
        assert json.loads(out)["first_passphrase"]
    else:
        assert (there, out) == (1, "")
        assert "Nothing was changed" in err


def test_a_fault_says_where_it_was_and_nothing_that_it_quotes(terminal: Terminal) -> None:
    program = (
        "import sys, app.cli as cli\n"
        "def fault(*_): raise ValueError('Quetzalcanary is no day')\n"
        "cli.run = fault\n"
        "sys.exit(cli.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Quetzalcanary" not in done.stderr + done.stdout
    assert "ValueError" in done.stderr
    assert "app/cli/__init__.py" in done.stderr
