"""`casewell district rotate`, `keys`, `retire`: a fresh key for desks, and what the old ones open."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from app.kernel.documents import SummaryKind
from app.kernel.errors import Trouble
from app.sync import envelope
from app.sync.desk_key import DeskKey
from app.sync.district_file import parse
from app.sync.district_folder import DistrictFolder
from app.sync.district_keys import DistrictKeys
from app.sync.signed import Malformed
from district_desk import MADE, unstretched

SECRET = "seven quiet herons stand there"


class It:
    """A folder of IT's, with a district in it and a file that a desk was given."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.folder, self._capsys = root, DistrictFolder(root / "keys"), capsys
        self.safe = DistrictKeys.new().recipient
        (root / "secret").write_text(SECRET + "\n")
        self("init", "--name", "Birchwood Unified", "--recipient", self.safe)

    def __call__(self, what: str, *words: object, code: int = DONE) -> dict[str, Any]:
        """Run a command on the folder and return what it tells, or what it says of a trouble."""
        line = ("district", what, self.folder.path, *words, "--json")
        secret = ("--passphrase-file", self.root / "secret")
        given = [str(word) for word in (*line, *secret)]
        assert run_cli(given, lambda _vault, _passphrase: 3) == code
        told = self._capsys.readouterr()
        if code != DONE:
            assert (told.out, len(told.err.splitlines())) == ("", 1)
            return {"said": told.err}
        return dict(json.loads(told.out))

    @property
    def keys(self) -> DistrictKeys:
        return self.folder.keys(SECRET)


@pytest.fixture
def it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> It:
    unstretched(monkeypatch)
    return It(tmp_path, capsys)


def sealed(*recipients: str) -> bytes:
    facts = envelope.Facts(SummaryKind.SERVICES, 1, "2026-10", "ab" * 16, 1, MADE)
    return envelope.seal(facts, {"total": 1}, DeskKey(bytes(32)), recipients)


def opens(it: It, parcel: bytes) -> bool:
    try:
        return bool(envelope.open(parcel, it.keys.identities).body)
    except Malformed:
        return False


def test_a_rotation_names_a_fresh_key_in_the_next_file_and_opens_what_was_sealed_before(
    it: It,
) -> None:
    before = it.keys
    it("invite", "--label", "Room 12", "--out", it.root / "1.casewell-district")
    old = sealed(*parse((it.root / "1.casewell-district").read_bytes()).recipients)
    told = it("rotate", "--out", it.root / "2.casewell-district")
    file, after = parse((it.root / "2.casewell-district").read_bytes()), it.keys
    assert (told["serial"], file.serial, file.invitation) == (2, 2, None)
    assert file.recipients == (after.recipient, it.safe)
    assert after.recipient != before.recipient
    assert file.fingerprint() == parse((it.root / "1.casewell-district").read_bytes()).fingerprint()
    assert opens(it, old)
    assert opens(it, sealed(*file.recipients))
    told = it("invite", "--label", "Room 13", "--out", it.root / "3.casewell-district")
    assert parse((it.root / "3.casewell-district").read_bytes()).recipients == file.recipients
    assert it("keys")["earlier"][0]["key"] == before.recipient
    assert sorted(path.name for path in it.folder.path.iterdir() if path.name[0] != ".") == [
        "district-keys.age", "district.json",
    ]  # fmt: skip


def test_a_rotation_that_was_cut_off_is_brought_to_its_end_with_the_same_key(
    it: It, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_given: object) -> bytes:
        raise Trouble("disk-trouble", reason="invented")

    with monkeypatch.context() as patch:
        patch.setattr(DistrictFolder, "issue", cut_off)
        it("rotate", "--out", it.root / "no.casewell-district", code=TROUBLE)
    assert not (it.root / "no.casewell-district").exists()
    half = it.keys
    assert half.recipient not in it.folder.settings().content.recipients
    told = it("rotate", "--out", it.root / "2.casewell-district")
    assert (it.keys, told["recipients"]) == (half, [half.recipient, it.safe])


def test_a_key_is_retired_only_when_no_file_names_it_and_it_was_confirmed(it: It) -> None:
    first = it.keys.recipient
    assert "in use" in it("retire", first, "--yes", code=TROUBLE)["said"]
    it("rotate", "--out", it.root / "1.casewell-district")
    old, second = sealed(first), it.keys.recipient
    for key in ("age1", "age1unheard", ""):
        assert "not one of the keys" in it("retire", key, "--yes", code=TROUBLE)["said"]
    assert "in use" in it("retire", second, "--yes", code=TROUBLE)["said"]
    assert "--yes" in it("retire", first, code=TROUBLE)["said"]
    assert opens(it, old)
    assert it("retire", first[:12], "--yes") == {"retired": first, "earlier": []}
    assert not opens(it, old)
    assert opens(it, sealed(second))


def test_a_file_that_cannot_be_written_is_refused_before_a_key_is_made(it: It) -> None:
    before = it.folder.keys_file.read_bytes()
    it("rotate", "--out", it.root / "nowhere" / "1.casewell-district", code=TROUBLE)
    it("rotate", "--out", it.root / "secret", code=TROUBLE)
    assert it.folder.keys_file.read_bytes() == before


def test_two_commands_on_one_folder_do_not_undo_each_other(
    it: It, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sync.district_folder._PATIENCE", 0.05)
    with it.folder.alone():
        busy = it("rotate", "--out", it.root / "1.casewell-district", code=TROUBLE)
    assert "Another command is at work" in busy["said"]
