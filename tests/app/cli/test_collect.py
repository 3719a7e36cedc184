"""`casewell collect` from end to end, as a district's IT calls it."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, USAGE
from app.cli import run as run_cli
from app.collect.book import Book
from app.collect.findings import ASKS, TOLD, Finding
from app.kernel.documents import SummaryKind
from app.phrases.collect import FINDINGS, REASONS, spoken_finding
from app.sync.destinations import reach
from app.sync.district_folder import DistrictFolder
from app.sync.district_keys import DistrictKeys
from app.sync.manifest import Manifest
from app.sync.parcels import Address, Carrier, Destination
from desks import District, SyntheticDesk, new_place

PASSPHRASE = "invented passphrase"


class Office:
    """A district's folder of keys, a place, and two desks that sent two months."""

    def __init__(self, root: Path) -> None:
        self.root, self.district = root, District()
        DistrictFolder(root / "keys").init(
            "Invented Unified", PASSPHRASE, "2026-08-01T08:00:00.000Z", keys=self.district.keys
        )
        (root / "secret").write_text(f"{PASSPHRASE}\n")
        (root / "place").mkdir()
        address = Address(Carrier.FOLDER, {"path": str(root / "place")})
        self.place: Destination = new_place(reach(address, {}))
        self.desks = [SyntheticDesk(self.district, seed) for seed in range(2)]
        for desk in self.desks:
            desk.lay(self.place, desk.enrolment())
            desk.lay(self.place, desk.services("2026-09"), desk.services("2026-10"))

    def run(self, *words: str, secret: str = "secret") -> int:
        where = ["--into", str(self.root / "district.db"), "--keys", str(self.root / "keys")]
        opens = ["--passphrase-file", str(self.root / secret)]
        return call("collect", str(self.root / "place"), *where, *opens, *words)

    def report(self, *words: str) -> int:
        return call("collect", "report", "--from", str(self.root / "district.db"), *words)


def call(*words: str) -> int:
    return run_cli(list(words), lambda _vault, _passphrase: 3)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Return an office whose passphrase is stretched by nothing."""
    monkeypatch.setattr(DistrictKeys, "sealed", lambda _keys, _passphrase: b"sealed")
    made = Office(tmp_path)
    monkeypatch.setattr(DistrictKeys, "opened", lambda _data, _passphrase: made.district.keys)
    return made


def test_what_desks_sent_is_collected_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path)
    (tmp_path / "wrong").write_text("another passphrase\n")
    assert office.run(secret="wrong") == TROUBLE
    assert "does not open the district’s keys" in capsys.readouterr().err
    assert not (tmp_path / "district.db").exists()
    assert office.run() == DONE
    assert capsys.readouterr().out.splitlines() == [
        "2 desks.",
        "6 taken, 0 here already, 0 rejected; 4 receipts written.",
    ]
    monkeypatch.setattr(DistrictKeys, "opened", lambda _data, _passphrase: office.district.keys)
    assert office.run("--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["desks"], told["taken"], told["needs_person"]) == (2, 0, False)


def test_what_needs_a_person_is_said_and_ends_with_one(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = SyntheticDesk(office.district, 9)
    stranger.lay(office.place, stranger.services("2026-09"))
    bad = office.desks[0].sealed_badly()
    office.desks[0].lay(office.place, bad)
    assert office.run() == TROUBLE
    said, wrong = capsys.readouterr()
    assert f"Desk {stranger.id} has shown no invitation of this district." in said
    assert "was rejected (its content is not as its schema says)." in said
    assert wrong == "casewell: Something needs a person: see above.\n"
    assert office.run("--admit", stranger.id, "--json") == DONE
    told = json.loads(capsys.readouterr().out)
    assert (told["taken"], told["findings"]) == (1, [])


def test_what_is_said_of_a_summary_names_no_student(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, whose = office.desks[0], {"given_name": "Mateo", "family_name": "Ocampo"}
    body = {"kind": "student", "student": whose, "period": "../.."}
    desk.lay(
        office.place,
        desk.sealed(SummaryKind.STUDENT, body),
        desk.sealed(
            SummaryKind.SERVICES, {"kind": "services", "buildings": [whose]}, period="2026-11"
        ),
        desk.sealed(SummaryKind.STUDENT, body, schema=99, period="2025-11"),
    )
    for form in ((), ("--json",)):
        assert office.run("--thorough", *form) == TROUBLE
    told = "".join(capsys.readouterr())
    assert "2 rejected" in told
    assert "parcel-kept" in told
    assert "Mateo" not in told
    assert "Ocampo" not in told


def test_a_desk_is_let_in_without_collecting(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = SyntheticDesk(office.district, 9)
    words = ("collect", "--into", str(office.root / "district.db"), "--admit")
    assert call(*words, stranger.id) == DONE
    assert stranger.id in capsys.readouterr().out
    assert call(*words, "nobody") == TROUBLE


@pytest.mark.parametrize("source", ["district.db", "district.duckdb", "parquet:{root}/lake"])
def test_a_report_is_made_of_any_database(
    office: Office, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    where = source.format(root=office.root) if ":" in source else str(office.root / source)
    collected = call(
        *("collect", str(office.root / "place"), "--into", where),
        *("--keys", str(office.root / "keys"), "--passphrase-file", str(office.root / "secret")),
    )
    assert collected == DONE
    pdf, site = office.root / "report.pdf", office.root / "site"
    made = call(
        *("collect", "report", "--from", where, "--month", "2026-10", "--out", str(pdf)),
        *("--site", str(site), "--keys", str(office.root / "keys")),
    )
    assert made == DONE
    assert pdf.read_bytes().startswith(b"%PDF")
    page = (site / "index.html").read_text("utf-8")
    assert "Invented Unified, Oct 2026" in page
    assert [path.name for path in site.iterdir()] == ["index.html"]
    assert "report.pdf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--month", "2026-10"), "Say where the report goes"),
        (("--out", "{root}/a.pdf"), "Say either a month"),
        (("--out", "{root}/a.pdf", "--month", "2026-13"), "Say either a month"),
        (("--out", "{root}/a.pdf", "--year", "2026-28"), "A year is written as"),
        (("--out", "{root}/a.pdf", "--year", "2026", "--limit", "1"), "from 2 to 100"),
        (("--out", "{root}/a.pdf", "--year", "2026", "--limit", "0"), "from 2 to 100"),
        (("--out", "{root}/no/a.pdf", "--year", "2026-27"), "cannot be written"),
        (("--out", ".", "--year", "2026-27"), "cannot be written"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused(
    office: Office, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.run() == DONE
    assert office.report(*(word.format(root=office.root) for word in words)) == TROUBLE
    assert said in capsys.readouterr().err


def test_a_collection_that_is_stopped_says_what_is_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = Book.keep_manifest

    def stopped(book: Book, one: Manifest, at: str, receipt: bytes) -> None:
        if one.content.counter == 2:
            raise KeyboardInterrupt
        taken(book, one, at, receipt)

    with monkeypatch.context() as patch:
        patch.setattr(Book, "keep_manifest", stopped)
        assert office.run() == TROUBLE
    assert "What was taken before is kept" in capsys.readouterr().err
    assert office.run("--json") == DONE
    assert json.loads(capsys.readouterr().out)["taken"] == 5


def test_what_is_missing_on_the_line_is_asked_for(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, said in (
        ((), "Say into which database"),
        (("--into", "{root}/a.db"), "Say from where"),
        (("{root}/place", "--into", "{root}/a.db"), "Say where the district's keys are"),
        (("https://[", "--into", "{root}/a.db", "--keys", "{root}/keys"), "no address"),
        (
            ("http://files.example/a", "--into", "{root}/a.db", "--keys", "{root}/keys"),
            "begins with https",
        ),
        (("report",), "Say which database"),
        (
            ("report", "--from", "{root}/a.db", "--year", "2026", "--out", "{root}/a.pdf"),
            "no database",
        ),
    ):
        line = [word.format(root=office.root) for word in words]
        assert call("collect", *line) == TROUBLE
        assert said in capsys.readouterr().err, words
    with pytest.raises(SystemExit) as wrong:
        call("collect", "--bogus")
    assert wrong.value.code == USAGE
    assert not (office.root / "a.db").exists()


def test_every_finding_has_its_sentence() -> None:
    assert set(FINDINGS) == ASKS | TOLD
    for code in FINDINGS:
        facts = dict.fromkeys(
            ("object", "other", "label", "counter", "first", "last", "found", "schools"), "x"
        )
        for reason in (*REASONS, "sending-stalled"):
            said = spoken_finding(Finding(code, "d", {**facts, "reason": reason}))
            assert said.endswith(".")
            assert "{" not in said
