"""What a district's IT does in later years: fresh keys, desks that are blocked, schools that change."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from app.collect.limits import limits_of
from app.kernel.buildings import name_key
from app.kernel.documents import SummaryKind
from app.kernel.errors import Trouble
from app.sync import envelope
from app.sync.desk_key import DeskKey
from app.sync.district_file import parse
from app.sync.district_folder import DistrictFolder
from app.sync.district_keys import DistrictKeys
from app.sync.signed import Malformed
from collecting import NOW, collect, sqlite
from desks import District, Shelf, SyntheticDesk, new_place
from district_desk import MADE, unstretched

WITHOUT = {"block", "unblock", "desks", "schools"}
"""What needs no passphrase: a stolen laptop is blocked by whoever is there."""
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
        secret = () if what in WITHOUT else ("--passphrase-file", self.root / "secret")
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


@pytest.mark.parametrize("step", [1, 2, 3])
def test_a_rotation_that_is_killed_at_any_file_leaves_each_whole_and_opens_all(
    it: It, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    class Killed(BaseException):
        """Nothing catches it, so that nothing is tidied up."""

    honest, left = Path.replace, [step]

    def killed(one: Path, to: Path) -> Path:
        left[0] -= 1
        if not left[0]:
            raise Killed
        return honest(one, to)

    old, file = sealed(it.keys.recipient), it.root / "new.casewell-district"
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", killed)
        it("rotate", "--out", file)
    assert not file.exists()
    assert opens(it, old)
    assert opens(it, sealed(*it.folder.settings().content.recipients))
    it("rotate", "--out", file)
    assert opens(it, old)
    assert opens(it, sealed(it.keys.recipient))
    assert parse(file.read_bytes()).recipients[0] == it.keys.recipient
    assert len(it.keys.earlier) == (2 if step == 3 else 1)


def test_a_folder_of_something_else_is_left_as_it_is(it: It) -> None:
    other = it.root / "other"
    other.mkdir()
    words = ["district", "block", str(other), "Room 12", "--reason", "x"]
    assert run_cli(words, lambda _vault, _passphrase: 3) == TROUBLE
    assert list(other.iterdir()) == []


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


# -- desks -----------------------------------------------------------------------------


def invited(it: It, label: str, *words: object) -> str:
    file = it.root / f"{label}{len(it.folder.settings().invited)}.casewell-district"
    return str(it("invite", "--label", label, "--out", file, *words)["invitation"])


def test_a_desk_is_blocked_by_its_invitation_or_its_id_and_let_in_again(it: It) -> None:
    room, desk = invited(it, "Room 12"), "ab" * 16
    it("block", "room  12", "--reason", "Stolen on\nthe bus")
    it("block", desk, "--reason", "Left in June")
    assert "blocked already" in it("block", room, "--reason", "x", code=TROUBLE)["said"]
    limits = limits_of(it.folder.settings())
    assert (limits.desks, limits.invitations) == ({desk}, {room})
    assert [(one["label"], one["desk"], one["blocked"]) for one in it("desks")["desks"]] == [
        ("Room 12", "", "Stolen on the bus"),
        ("", desk, "Left in June"),
    ]
    # What is set later takes nothing off again.
    it("rotate", "--out", it.root / "new.casewell-district")
    invited(it, "Room 13")
    it("unblock", "Room 12")
    limits = limits_of(it.folder.settings())
    assert (limits.desks, limits.invitations) == ({desk}, set())
    assert "is not blocked" in it("unblock", "Room 12", code=TROUBLE)["said"]


def test_whom_nobody_knows_is_not_blocked_and_whom_two_are_called_is_asked_for(it: It) -> None:
    for nobody in ("Room 99", "ab" * 15, "AB" * 16, ""):
        said = it("block", nobody, "--reason", "x", code=TROUBLE)["said"]
        assert "neither a desk’s id nor an invitation" in said
    first, second = invited(it, "Room 12"), invited(it, "Room 12")
    said = it("block", "Room 12", "--reason", "x", code=TROUBLE)["said"]
    assert first in said
    assert second in said
    assert "reason" in it("block", first, "--reason", "  ", code=TROUBLE)["said"]
    assert it.folder.settings().blocked == ()
    it("block", second, "--reason", "x")
    assert limits_of(it.folder.settings()).invitations == {second}


def test_the_schools_of_an_invitation_are_signed_and_changed_by_a_word(it: It) -> None:
    file = it.root / "room.casewell-district"
    words = ("--school", "0420", "--school", "name:Alder  MIDDLE", "--school", "roster:x1")
    room = it("invite", "--label", "Room 12", "--out", file, *words)["invitation"]
    signed = parse(file.read_bytes()).invitation
    assert signed is not None
    assert set(signed.schools) == {"code:0420", name_key("Alder Middle"), "roster:x1"}
    assert limits_of(it.folder.settings()).schools[room] == set(signed.schools)
    assert run_cli(["district", "show", str(file)], lambda _vault, _passphrase: 3) == DONE
    assert "Room 12 may count: code:0420, name:" in it._capsys.readouterr().out
    assert it("schools", "Room 12", "--school", "0421")["schools"] == ["code:0421"]
    assert it("desks")["desks"][0]["schools"] == ["code:0421"]
    it("schools", "Room 12", "--any")
    assert limits_of(it.folder.settings()).schools[room] == set()
    for words in (("--school", "none:x"), ("--school", " "), ("--school", "name:")):
        it("schools", "Room 12", *words, code=TROUBLE)
    it("schools", "ab" * 16, "--any", code=TROUBLE)
    for_all = ("invite", "--school", "0420", "--out", it.root / "all.casewell-district")
    assert "--label" in it(*for_all, code=TROUBLE)["said"]
    many = [word for n in range(99) for word in ("--school", f"{n:060}")]
    full = ("invite", "--label", "x", "--out", it.root / "x.casewell-district", *many)
    assert "no room for so many schools" in it(*full, code=TROUBLE)["said"]


def test_the_list_says_who_enrolled_with_what_and_when_it_was_last_heard_of(it: It) -> None:
    rooms = invited(it, "Room 12"), invited(it, "Room 13")
    office = District(it.keys)
    desk, stranger = SyntheticDesk(office, 1), SyntheticDesk(office, 2)
    shelf = Shelf()
    new_place(shelf)
    (signed,) = [
        found
        for file in it.root.glob("Room 12*")
        if (found := parse(file.read_bytes()).invitation) is not None
    ]
    desk.lay(shelf, desk.enrolment(signed))
    desk.lay(shelf, desk.services("2026-09"))
    stranger.lay(shelf, stranger.services("2026-09"))
    engine = sqlite(it.root)
    collect(shelf, engine, office)
    engine.close()
    it("block", desk.id, "--reason", "Stolen")
    listed = it("desks", "--from", it.root / "district.db")["desks"]
    shown = ("label", "invitation", "desk", "standing", "counter", "blocked")
    assert [tuple(row[name] for name in shown) for row in listed] == [
        ("Room 12", rooms[0], desk.id, "enrolled", 2, "Stolen"),
        ("Room 13", rooms[1], "", "", 0, ""),
        ("", "", stranger.id, "quarantined", 0, ""),
    ]
    assert listed[0]["first_seen"] == NOW.at
    it("desks", "--from", it.root / "none.db", code=TROUBLE)
    words = ["district", "desks", str(it.folder.path), "--from", str(it.root / "district.db")]
    assert run_cli(words, lambda _vault, _passphrase: 3) == DONE
    said = it._capsys.readouterr().out
    assert f"Room 12: desk {desk.id} of Invented Person, since {NOW.at[:10]}, last list 2" in said
    assert "blocked on" in said
    assert "Room 13: invited" in said
