"""`casewell privacy`: the record of disclosures, requests and labels from the command line."""

import json
from pathlib import Path

import pypdfium2
import pytest

from app.bootstrap import Desk
from app.cli import DONE, TROUBLE, run
from app.features.privacy.commands import RecordDisclosure
from app.features.privacy.model import Means
from app.kernel.ids import StudentId
from app.kernel.releases import Emergency, Ground, Terms
from grounds import OWN_USE, TO_SUBJECT
from sessions_desk import a_signed_note, add_student
from vaults import PASSPHRASE, new_desk


class Terminal:
    """A vault with a student, and the command line on it."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.place = place
        self.secret = place / "secret"
        self.secret.write_text(PASSPHRASE)
        desk = new_desk(place)
        self.student = StudentId(add_student(desk))
        self.note = a_signed_note(desk, self.student)
        self._leave(desk)
        self.vault = desk.folder.path
        desk.close()

    def _leave(self, desk: Desk) -> None:
        threat = Emergency("He had taken pills.", "The crew of the ambulance")
        for recipient, terms in (
            ("Ambulance", Terms(Ground.EMERGENCY, emergency=threat)),
            ("Mother", TO_SUBJECT),
            ("", OWN_USE),
        ):
            desk.privacy.record_disclosure(
                RecordDisclosure(
                    self.student, "student-summary", recipient, "Care", Means.PRINT, "ab" * 32, 9,
                    {"sections": ["profile"]}, terms=terms,
                )
            )  # fmt: skip

    def __call__(self, *words: str, code: int = DONE) -> str:
        """Run a command on the vault; return what it says."""
        line = ["privacy", *words, "--vault", str(self.vault), "--passphrase-file"]
        assert run([*line, str(self.secret)], lambda _words: 99) == code
        said = self._capsys.readouterr()
        return said.out if code == DONE else said.err


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(tmp_path, capsys)


def read(path: Path) -> str:
    """Return the words of a PDF."""
    pdf = pypdfium2.PdfDocument(path.read_bytes())
    said = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    return " ".join(said.split())


def test_a_parent_gets_the_record_of_what_was_asked_for_and_what_left(terminal: Terminal) -> None:
    terminal(
        "requests", "record", "--student", terminal.student, "--who", "Rosa Ocampo",
        "--what", "The whole record", "--received", "2026-11-02",
    )  # fmt: skip
    out = terminal.place / "log.pdf"
    to = ("--to-whom", "Rosa Ocampo", "--why", "She asked", "--ground", "subject", "--json")
    facts = json.loads(terminal("log", terminal.student, *to, "--out", str(out)))
    said = read(out)
    for words in (
        "Record of disclosures", "3 disclosures", "He had taken pills.",
        "Who had to know: The crew of the ambulance", "Emergency (34 CFR 99.36)", "ab" * 32,
        "To the parent or the student (34 CFR 99.10); the law does not ask to record it",
        "1 request", "Rosa Ocampo", "The whole record", "Open, due 17 Dec 2026",
    ):  # fmt: skip
        assert words in said, words
    assert facts["paper"] == "disclosure-log"
    out = terminal.place / "short.pdf"
    terminal("log", terminal.student, *to, "--leave-out-exempt", "--out", str(out))
    said = read(out)
    assert "1 disclosure " in said
    assert "He had taken pills." in said
    assert "Mother" not in said


def test_the_record_leaves_on_a_ground_like_any_paper(terminal: Terminal) -> None:
    out = terminal.place / "log.pdf"
    to = ("--to-whom", "Somebody", "--why", "So", "--out", str(out))
    assert "Choose on what ground" in terminal("log", terminal.student, *to, code=TROUBLE)
    release = ("--ground", "release")
    said = terminal("log", terminal.student, *to, *release, code=TROUBLE)
    assert "No release on file lets this go to Somebody" in said
    assert not out.exists()


def test_a_request_goes_its_way(terminal: Terminal) -> None:
    assert "within 45 days" in terminal("requests", "days")
    assert "within 30 days" in terminal("requests", "days", "--set", "30")
    made = json.loads(
        terminal(
            "requests", "record", "--student", terminal.student, "--who", "Rosa", "--what", "All",
            "--received", "2026-11-02", "--json",
        )
    )  # fmt: skip
    assert made["due_on"] == "2026-12-02"
    step = ("requests", "extend", made["id"], "--text", "Archive")
    assert "Open, due 10 Dec 2026" in terminal(*step, "--until", "2026-12-10")
    assert "45 days at the most" in terminal(*step, "--until", "2026-12-18", code=TROUBLE)
    terminal("requests", "answer", made["id"], "--on", "2026-11-04", "--text", "On Friday")
    assert "Rosa: To see the record. Open" in terminal("requests", "list", "--open")
    said = terminal("requests", "close", made["id"], "--on", "2026-11-20", "--how", "inspected")
    assert "The record was seen, 20 Nov 2026" in said
    assert "No request here." in terminal("requests", "list", "--open")


def test_a_note_is_labelled_and_the_notice_kept(terminal: Terminal) -> None:
    assert "There is no notice yet." in terminal("notice")
    other = terminal.place / "other.txt"
    other.write_bytes("42 CFR part 2: do not disclose – it is barred".encode("utf-16"))
    assert "not UTF-8" in terminal("notice", "--set", str(other), code=TROUBLE)
    assert "cannot be read" in terminal("notice", "--set", str(terminal.place / "x"), code=TROUBLE)
    words = terminal.place / "notice.txt"
    words.write_text("Do not disclose.\n")
    assert "Do not disclose." in terminal("notice", "--set", str(words))
    assert "is labelled" in terminal("label", "note", terminal.note)
    assert "labelled already" in terminal("label", "note", terminal.note, code=TROUBLE)
    assert "label is off" in terminal("unlabel", "note", terminal.note)
