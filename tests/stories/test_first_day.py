"""The first day at the desk, with the keyboard alone: from no vault to a summary on paper."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

import app.bootstrap
import ui.shell.relaunch
from app.bootstrap import open_vault, verify_vault
from app.kernel.ids import DeviceId, StudentId, new_id
from app.phrases import sentence_of
from app.vault.places import usual_vault
from app.vault.sealing import floor
from person import ALT, CTRL, Key, Person

pytestmark = pytest.mark.gui

PASSPHRASE = "seven lanterns over the quiet harbour"
SitDown = Callable[..., Person]


@pytest.fixture(autouse=True)
def quick_to_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch passphrases no further than the floor."""
    monkeypatch.setattr(app.bootstrap, "tuned", floor)


@pytest.fixture
def sit_down(app: QApplication) -> Iterator[SitDown]:
    """Return a function that starts the program; what is open in the end is closed."""
    seated: list[Person] = []

    def start(vault: Path, *, locked: bool = False) -> Person:
        person = Person(vault, locked=locked)
        seated.append(person)
        return person

    yield start
    for person in seated:
        person.leave()


@pytest.fixture
def relaunched(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Catch the command that would replace the process."""
    lines: list[list[str]] = []

    def instead(arguments: list[str]) -> None:
        lines.append(arguments)

    monkeypatch.setattr(ui.shell.relaunch, "relaunch", instead)
    return lines


def found_vault(person: Person) -> tuple[str, ...]:
    """Answer the four questions and the recovery step; return the recovery words."""
    person.fill(**{"Your name (required)": "Ana Reyes"})
    person.tab_to("Your role")
    person.press(Key.Key_Down)
    person.press(Key.Key_Up)
    person.fill(
        **{
            "Your schools": "Alder Elementary\nBirch Middle School",
            "Passphrase (required)": PASSPHRASE,
            "Once more (required)": PASSPHRASE,
        }
    )
    person.press(Key.Key_Return)
    person.reads("Keep your recovery sheet")
    words = words_on_screen(person)
    assert len(words) == 15
    person.press(Key.Key_Space)
    return words


def words_on_screen(person: Person) -> tuple[str, ...]:
    """Read the fifteen words off the sheet."""
    numbered = {}
    for line in person.screen().splitlines():
        number, dot, word = line.partition(".  ")
        if dot and number.isdecimal():
            numbered[int(number)] = word
    return tuple(numbered[number] for number in sorted(numbered))


def retype(person: Person, words: tuple[str, ...]) -> None:
    """Type back the words that are asked for, each at its field."""
    for line in person.screen().splitlines():
        if re.fullmatch(r"Word \d+", line):
            person.tab_to(line)
            person.press(Key.Key_A, CTRL)
            person.type(words[int(line.removeprefix("Word ")) - 1])
    person.press(Key.Key_Return)


def empty_desk(person: Person) -> tuple[str, ...]:
    """Go through the whole first run, to Today; return the recovery words."""
    words = found_vault(person)
    retype(person, words)
    person.reads("Your vault is ready")
    person.choose("Start with an empty desk")
    person.reads("Nothing waits for you today")
    return words


def unlock(person: Person, passphrase: str = PASSPHRASE) -> None:
    assert person.focus == "Passphrase"
    person.type(passphrase)
    person.press(Key.Key_Return)


def add_student(person: Person, given: str, family: str) -> None:
    """Add a student from the command palette."""
    person.press(Key.Key_K, CTRL)
    person.type("add stud")
    person.press(Key.Key_Return)
    person.reads("Last name")
    person.fill(**{"First name": given, "Last name": family})
    person.press(Key.Key_Return, CTRL)
    person.until(lambda: QApplication.activeModalWidget() is None)
    person.rest()


def find_student(person: Person, letters: str, given: str, family: str) -> None:
    """Find a student with the palette, by letters that need not be right."""
    person.press(Key.Key_K, CTRL)
    assert person.focus == "Command palette"
    person.type(letters)
    person.until(lambda: "".join(person.listed("Found")[1:2]).startswith(f"{family}, {given}"))
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "student")
    person.reads(f"{given} {family}")
    person.rest()


def write_note(person: Person, text: str) -> None:
    """Write a note about the student on the screen."""
    person.press(Key.Key_N, CTRL)
    person.until(lambda: person.here()[0] == "note")
    person.until(lambda: person.focus == "Minutes")
    person.type("25")
    person.tab_to("Note")
    person.type(text)


def sign(person: Person) -> None:
    """Sign the note, and say yes."""

    def yes() -> None:
        person.choose("Sign the note")

    person.press(Key.Key_Return, CTRL, then=yes)
    person.until(lambda: person.here()[0] == "signed")


def test_a_first_day_from_no_vault_to_a_summary_that_left(
    sit_down: SitDown,
    relaunched: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vault = usual_vault()
    person = sit_down(vault)
    assert person.focus == "Your name (required)"
    empty_desk(person)
    add_student(person, "Chidi", "Okonkwo")
    person.press(Key.Key_1, CTRL)
    person.until(lambda: person.here() == ("today", ""))

    find_student(person, "okonkow chdi", "Chidi", "Okonkwo")
    student = person.here()[1]
    write_note(person, "Talked about the move to the new school.")
    sign(person)
    person.reads("Talked about the move")
    person.press(Key.Key_Escape)
    person.until(lambda: person.here() == ("student", student))
    person.until(lambda: "Individual counseling" in "".join(person.listed("Timeline")))

    paper = tmp_path / "for-the-clinic.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(paper), ""))
    person.choose("Save summary")
    person.until(lambda: person.here() == ("summary", student))
    person.tab_to("To whom (required)")
    person.type("Dr. Okafor")
    person.press(Key.Key_Tab)
    person.type("Referral")
    person.press(Key.Key_S, CTRL)
    person.until(lambda: person.focus == "On what ground (required)")
    person.reads("Choose on what ground this may leave")
    person.type("It")
    person.press(Key.Key_S, CTRL)
    person.until(paper.exists)
    person.reads("The disclosure is on record.")
    pdf = pypdfium2.PdfDocument(paper.read_bytes())
    said = pdf[0].get_textpage().get_text_bounded()
    pdf.close()
    assert "Chidi Okonkwo" in said
    person.press(Key.Key_K, CTRL)
    person.type("disclosures")
    person.press(Key.Key_Return)
    person.until(lambda: person.here()[0] == "disclosures")
    person.rest()

    find_student(person, "okonkwo", "Chidi", "Okonkwo")
    write_note(person, "Half a thought")
    here = person.here()
    person.press(Key.Key_L, CTRL)
    assert relaunched == [["--locked", "--vault", str(vault)]]
    assert not person.frame.isVisible()
    assert person.frame.desk_window is None

    again = sit_down(vault, locked=True)
    again.reads("Everything you typed is saved in the vault.")
    unlock(again)
    again.until(lambda: again.here() == here)
    again.reads("Half a thought")
    again.until(lambda: again.focus == "Note")
    again.type(" more")
    again.leave()

    desk = open_vault(vault, PASSPHRASE, DeviceId(new_id()))
    try:
        (line,) = desk.privacy.disclosures(StudentId(student))
        assert line.disclosure.sha256 == hashlib.sha256(paper.read_bytes()).hexdigest()
        assert (line.disclosure.recipient, line.disclosure.purpose) == ("Dr. Okafor", "Referral")
        (draft,) = desk.sessions.drafts()
        assert draft.draft.form.sections[0].text == "Half a thought more"
    finally:
        desk.close()
    verdict = verify_vault(vault, PASSPHRASE)
    assert verdict.whole, verdict.findings
    assert sorted(path.name for path in vault.parent.iterdir()) == [
        "caseload.backups",
        "caseload.casewell",
        "device.json",
    ]


def test_a_wrong_word_of_the_sheet_is_refused_at_its_field_until_it_is_right(
    sit_down: SitDown,
) -> None:
    person = sit_down(usual_vault())
    words = found_vault(person)
    retype(person, tuple("zebra" for _ in words))
    person.reads("Word 3 is not the one on the sheet.")
    assert person.focus == "Word 3"
    person.choose("Show the words again")
    assert words_on_screen(person) == words
    person.choose("I have kept them")
    retype(person, words)
    person.reads("Your vault is ready")


def test_the_program_closed_before_the_sheet_was_kept_shows_fresh_words(sit_down: SitDown) -> None:
    first = sit_down(usual_vault())
    words = found_vault(first)
    first.leave()
    person = sit_down(usual_vault())
    unlock(person)
    person.reads("These words are new")
    fresh = words_on_screen(person)
    assert len(fresh) == 15
    assert fresh != words
    person.press(Key.Key_Space)
    retype(person, fresh)
    person.reads("Your vault is ready")


def test_what_is_missing_is_refused_at_the_first_run_and_then_mended(sit_down: SitDown) -> None:
    person = sit_down(usual_vault())
    person.choose("Make my vault")
    person.reads("Please enter a name.")
    assert person.focus == "Your name (required)"
    person.type("Ana Reyes")
    person.fill(**{"Passphrase (required)": "short", "Once more (required)": "other"})
    person.press(Key.Key_Return)
    assert person.focus == "Passphrase (required)"
    assert not usual_vault().exists()
    person.choose("Make five random words for me")
    person.choose("Make my vault")
    person.reads("Keep your recovery sheet")


def test_a_draft_is_there_after_closing_with_half_a_word_typed(sit_down: SitDown) -> None:
    first = sit_down(usual_vault())
    empty_desk(first)
    add_student(first, "Chidi", "Okonkwo")
    write_note(first, "The bus was la")
    here = first.here()
    first.leave()
    person = sit_down(usual_vault())
    unlock(person)
    person.until(lambda: person.here() == here)
    person.reads("The bus was la")
    person.press(Key.Key_1, CTRL)
    person.until(lambda: person.here()[0] == "today")
    person.press(Key.Key_Left, ALT)
    person.reads("The bus was la")


def test_a_wrong_passphrase_is_refused_and_the_words_of_the_sheet_open(sit_down: SitDown) -> None:
    first = sit_down(usual_vault())
    words = empty_desk(first)
    first.leave()
    person = sit_down(usual_vault())
    person.press(Key.Key_Return)
    person.reads("Enter your passphrase.")
    unlock(person, "not the passphrase at all")
    person.reads("does not open")
    assert person.focus == "Passphrase"
    person.choose("Use the recovery sheet")
    assert person.focus == "Recovery words"
    person.type(" ".join((*words[:-1], "zebra")))
    person.choose("Unlock")
    person.until(lambda: person.focus == "Recovery words")
    assert person.frame.desk_window is None
    person.press(Key.Key_A, CTRL)
    person.type(" ".join(words))
    person.choose("Unlock")
    person.reads("Opening with the recovery sheet")
    assert person.focus == "Your name (required)"
    person.type("Ana Reyes")
    person.press(Key.Key_Tab)
    person.type("Forgot the passphrase over the summer.")
    person.press(Key.Key_Return, CTRL)
    person.reads("Nothing waits for you today")
    person.reads("This vault is open with its recovery sheet")


HOLDER = """
import sys
from pathlib import Path
from app.bootstrap import open_vault
from app.kernel.ids import DeviceId, new_id

desk = open_vault(Path(sys.argv[1]), sys.argv[2], DeviceId(new_id()), purpose="import")
print("held", flush=True)
sys.stdin.readline()
desk.close()
"""


def test_a_second_process_is_told_who_holds_the_vault_and_opens_it_afterwards(
    sit_down: SitDown,
) -> None:
    first = sit_down(usual_vault())
    empty_desk(first)
    first.leave()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(usual_vault()), PASSPHRASE],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        person = sit_down(usual_vault())
        unlock(person)
        person.reads(f"process {holder.pid}")
        assert person.focus == "Passphrase"
        assert person.frame.desk_window is None
        holder.communicate("go\n", timeout=30)
    finally:
        holder.kill()
        holder.communicate()
    person.press(Key.Key_Return)
    person.reads("Nothing waits for you today")


def test_a_read_only_vault_opens_says_so_and_can_be_read(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sit_down(usual_vault())
    empty_desk(first)
    add_student(first, "Chidi", "Okonkwo")
    write_note(first, "Talked about the move.")
    sign(first)
    first.leave()
    before = {path: path.read_bytes() for path in usual_vault().iterdir()}
    monkeypatch.setattr("app.vault.folder.os.access", lambda _path, _mode: False)

    person = sit_down(usual_vault())
    unlock(person)
    person.reads("This vault is read-only here.")
    person.reads("Talked about the move.")
    for number in range(1, 8):
        person.press(Qt.Key(Key.Key_0 + number), CTRL)
        person.rest()
    assert QApplication.activeModalWidget() is None
    find_student(person, "chidi", "Chidi", "Okonkwo")
    write_note(person, "Cannot stay")
    person.reads("Not saved yet")
    person.reads(sentence_of("vault-read-only", {}))
    assert QApplication.activeModalWidget() is None
    person.leave()
    assert {path: path.read_bytes() for path in usual_vault().iterdir()} == before
