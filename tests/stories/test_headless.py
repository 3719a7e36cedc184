"""A vault without a screen: made, confirmed, filled, read and checked, where Qt cannot be had.

Each command is a process of its own with an empty home; the passphrase reaches it by a file.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faults.residue import files_with, forms

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "tests" / "data" / "rosters" / "oneroster-1.1-small.zip"
SECRET = "eleven copper kettles under the stairs"
DONE, TROUBLE, USAGE = 0, 1, 2
NO_FURTHER = """
from app.vault import sealing
sealing.tuned = lambda *_asked, **_more: sealing.floor()
"""


@dataclass(frozen=True)
class Said:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str

    def facts(self) -> dict[str, Any]:
        """Return what it told with --json; it must have been done, and said nothing else."""
        assert (self.code, self.err) == (DONE, ""), self
        told: dict[str, Any] = json.loads(self.out)
        return told

    def one_line(self, code: int) -> str:
        """Return the one line it said about what was wrong."""
        assert self.code == code, self
        assert self.out == ""
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        assert self.err.startswith("casewell")
        assert "Traceback" not in self.err
        return self.err


@dataclass(frozen=True)
class Terminal:
    """A shell on a computer that has Python and Casewell's core, and no screen."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "empty-home"

    @property
    def vault(self) -> Path:
        return self.folder / "caseload.casewell"

    @property
    def quick(self) -> Path:
        """What keeps every process here from stretching passphrases further than it must."""
        return self.folder / "no-screen" / "sitecustomize.py"

    def environment(self) -> dict[str, str]:
        kept = {
            name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ
        }
        places = [str(self.folder / "no-screen"), str(ROOT)]
        return {
            **kept,
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "PYTHONPATH": os.pathsep.join(places),
        }

    def python(self, *arguments: str) -> Said:
        assert not any(SECRET in argument for argument in arguments)
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment(), cwd=self.folder,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
            timeout=60, check=False,
        )  # fmt: skip
        assert SECRET not in done.stdout + done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def casewell(self, *arguments: str) -> Said:
        return self.python("-m", "app.cli", *arguments)

    def on_vault(self, *arguments: str, secret: str = "secret", json: bool = True) -> Said:
        more = ["--vault", str(self.vault), "--passphrase-file", secret]
        return self.casewell(*arguments, *more, *(["--json"] if json else []))

    def create(self, *more: str) -> Said:
        return self.on_vault(
            "vault", "create", "--name", "Ana Núñez", "--role", "social_worker",
            "--school", "Cedar Hollow", "--recovery-words", "words", *more,
        )  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path / "computer")
    terminal.home.mkdir(parents=True)
    for name in ("PySide6", "shiboken6", "qtawesome"):
        package = terminal.folder / "no-screen" / name
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(f'raise ImportError("no {name} here")\n')
    (terminal.folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
    terminal.quick.write_text(NO_FURTHER, encoding="utf-8")
    return terminal


def test_on_this_computer_the_screen_cannot_be_had(terminal: Terminal) -> None:
    assert terminal.python("-c", "import app.cli, app.bootstrap").code == DONE
    for name in ("PySide6", "shiboken6", "ui.kit.look"):
        said = terminal.python("-c", f"import {name}")
        assert said.code == TROUBLE
        assert "ImportError" in said.err


def test_from_an_empty_home_to_a_verified_vault(terminal: Terminal) -> None:
    made = terminal.create("--sheet", "sheet.pdf").facts()
    assert made["vault"] == str(terminal.vault)
    words = (terminal.folder / "words").read_text(encoding="utf-8").split()
    assert len(words) == 15
    assert (terminal.folder / "sheet.pdf").read_bytes().startswith(b"%PDF")
    if os.name == "posix":
        for private in ("words", "sheet.pdf"):
            assert (terminal.folder / private).stat().st_mode & 0o777 == 0o600

    # No record before the words are known to be kept.
    early = terminal.on_vault("roster", "import", str(ROSTER), json=False)
    assert "recovery words" in early.one_line(TROUBLE)
    confirmed = terminal.on_vault("vault", "confirm", "--recovery-words", "words")
    assert confirmed.facts() == {"confirmed": True}

    looked = terminal.on_vault("roster", "import", str(ROSTER), "--dry-run").facts()
    assert looked["dry_run"]
    assert looked["counts"]["added"] > 0
    brought = terminal.on_vault("roster", "import", str(ROSTER)).facts()
    assert brought["counts"] == looked["counts"]
    again = terminal.on_vault("roster", "import", str(ROSTER)).facts()
    assert again["counts"]["added"] == 0
    assert again["counts"]["unchanged"] == brought["counts"]["added"]

    names = {each["name"] for each in looked["added"]}
    assert "Jones, Mary" in names
    mary = id_of_mary(terminal)
    paper = terminal.on_vault(
        "report", "student-summary", "--student", mary, "--out", "summary.pdf",
        "--ground", "subject", "--to-whom", "Dr. Ito", "--why", "Referral",
    ).facts()  # fmt: skip
    assert (terminal.folder / "summary.pdf").stat().st_size == paper["bytes"]
    assert paper["pages"] >= 1

    whole = terminal.on_vault("vault", "verify").facts()
    assert whole["whole"]
    assert whole["entries"] >= 5
    assert {finding["code"] for finding in whole["findings"] if finding["whole"]} >= {
        "keybag-copies", "file-seals", "journal-chain", "journal-head",
    }  # fmt: skip

    for part in (mary, "Mary", SECRET, " ".join(words[:2])):
        assert files_with([terminal.home, terminal.vault], forms(part)) == []


def id_of_mary(terminal: Terminal) -> str:
    """Return the id of the one called Mary, which a summary takes as well as a number."""
    script = (
        "import sys; from app.bootstrap import open_vault; from app.kernel.ids import new_id\n"
        "from pathlib import Path\n"
        "desk = open_vault(Path(sys.argv[1]), Path('secret').read_text().strip(), new_id())\n"
        "print(desk.caseload.find('mary jones')[0].id)\n"
        "desk.close()\n"
    )
    said = terminal.python("-c", script, str(terminal.vault))
    assert said.code == DONE, said
    return said.out.strip()


def test_what_is_in_the_way_is_one_line_and_code_1(terminal: Terminal) -> None:
    assert "No vault was found" in terminal.on_vault("vault", "verify").one_line(TROUBLE)
    terminal.create().facts()
    assert "already exists" in terminal.create().one_line(TROUBLE)
    (terminal.folder / "words").rename(terminal.folder / "kept")
    assert "already stands" in terminal.create().one_line(TROUBLE)
    assert not (terminal.folder / "words").exists()

    (terminal.folder / "wrong").write_text("eleven copper kettles in the attic\n")
    wrong = terminal.on_vault("vault", "verify", secret="wrong").one_line(TROUBLE)
    assert "does not open" in wrong
    assert "attic" not in wrong
    nothing = terminal.casewell("vault", "verify", "--vault", str(terminal.vault))
    assert "--passphrase-file" in nothing.one_line(TROUBLE)
    assert "cannot be read" in terminal.on_vault("vault", "verify", secret="none").one_line(TROUBLE)
    (terminal.folder / "other-words").write_text("abandon " * 15)
    refused = terminal.on_vault("vault", "confirm", "--recovery-words", "other-words")
    refused.one_line(TROUBLE)
    lost = terminal.on_vault("roster", "import", "nowhere.zip", json=False)
    assert "nowhere.zip" in lost.one_line(TROUBLE)
    assert "No desk is installed here" in terminal.casewell().one_line(TROUBLE)


def test_a_damaged_vault_is_told_in_the_facts_and_by_the_code(terminal: Terminal) -> None:
    terminal.create().facts()
    (terminal.vault / "keybag.copy.json").write_text("{}")
    said = terminal.on_vault("vault", "verify")
    assert said.code == TROUBLE
    assert said.err.startswith("casewell: The vault is damaged.")
    assert said.err.count("\n") == 1
    facts = json.loads(said.out)
    assert not facts["whole"]
    assert [finding["code"] for finding in facts["findings"] if not finding["whole"]] == [
        "keybag-copies"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("vault",),
        ("vault", "create"),
        ("vault", "create", "--name", "A", "--role", "teacher", "--recovery-words", "w"),
        ("roster", "import"),
        ("report", "student-summary", "--student", "1"),
        ("vault", "verify", "--nothing"),
        ("demo", "--students", "many"),
    ],
    ids=" ".join,
)
def test_a_wrong_use_is_one_line_and_code_2(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    terminal.casewell(*arguments).one_line(USAGE)


def test_no_option_takes_a_passphrase_from_the_command_line(terminal: Terminal) -> None:
    commands = [
        ("vault", "create"), ("vault", "confirm"), ("vault", "passphrase"), ("vault", "verify"),
        ("roster", "import"), ("report", "student-summary"),
    ]  # fmt: skip
    for command in commands:
        said = terminal.casewell(*command, "--help")
        assert (said.code, said.err) == (DONE, "")
        named = {word.strip("[],") for word in said.out.split() if "passphrase" in word}
        options = {word for word in named if word.startswith("--")}
        assert options <= {"--passphrase-file", "--new-passphrase-file"}, options
        assert "--passphrase-file" in options
    # Nor is such an option heard as the beginning of another.
    said = terminal.casewell("vault", "verify", "--passphrase", "secret")
    assert "unrecognized" in said.one_line(USAGE)
    assert "secret" not in said.err, "nor said back: it may end in a log"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the usual place is not under HOME")
def test_without_a_place_the_vault_stands_in_the_usual_one(terminal: Terminal) -> None:
    terminal.quick.unlink()  # once with all that it takes on this computer
    made = terminal.casewell(
        "vault", "create", "--name", "Ana", "--role", "nurse", "--recovery-words", "words",
        "--passphrase-file", "secret", "--json",
    )  # fmt: skip
    place = terminal.home / ".local" / "share" / "Casewell" / "caseload.casewell"
    assert made.facts()["vault"] == str(place)
    verified = terminal.casewell("vault", "verify", "--passphrase-file", "secret", "--json")
    assert verified.facts()["whole"]
