"""`casewell district`: keys and files for IT; a vault that takes one, and leaves."""

import errno
import json
import os
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE
from app.cli import run as run_cli
from app.kernel.documents import SummaryKind
from app.kernel.shipped import shipped
from app.sync import envelope
from app.sync.desk_key import DeskKey
from app.sync.district_file import SigningAge, SmallCells, Standing, parse
from app.sync.district_file import invite as district_invite
from app.sync.district_folder import DistrictFolder
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Carrier
from district_desk import KEYS, MADE, OTHERS, categories, district_file, instrument
from vaults import PASSPHRASE, new_desk

SECRET = "seven quiet herons stand there"


def run(*arguments: object) -> int:
    return run_cli([str(one) for one in arguments], lambda _vault, _passphrase: 3)


@pytest.fixture(scope="module")
def it(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of IT's, with a district in it."""
    place = tmp_path_factory.mktemp("it")
    (place / "secret").write_text(SECRET + "\n")
    (place / "categories.json").write_text(json.dumps(categories()))
    (place / "notice.txt").write_text("42 CFR part 2 prohibits unauthorized use.\n")
    assert run("district", "init", place / "keys", "--name", "Birchwood Unified",
               "--passphrase-file", place / "secret") == DONE  # fmt: skip
    return place


@pytest.fixture(scope="module")
def opened_keys(it: Path) -> DistrictKeys:
    """The keys, opened once: it takes a second each time, as it should."""
    return DistrictFolder(it / "keys").keys(SECRET)


@pytest.fixture
def quick_keys(opened_keys: DistrictKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the keys be open in this test."""
    monkeypatch.setattr(DistrictFolder, "keys", lambda _self, _passphrase: opened_keys)


def invite(it: Path, out: str, *options: object) -> int:
    return run("district", "invite", it / "keys", "--out", it / out,
               "--passphrase-file", it / "secret", *options)  # fmt: skip


def test_keys_are_made_once_and_opened_by_their_passphrase_alone(
    it: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = DistrictFolder(it / "keys")
    keys = folder.keys(SECRET)
    settings = folder.settings()
    assert settings.content.recipients == (keys.recipient,)
    assert settings.content.signing_key == keys.public
    assert keys.identity not in folder.settings_file.read_text()
    again = ("district", "init", it / "keys", "--name", "X", "--passphrase-file", it / "secret")
    assert run(*again) == TROUBLE
    assert "There is a district in" in capsys.readouterr().err
    (it / "wrong").write_text("not the passphrase")
    assert run("district", "invite", it / "keys", "--out", it / "no.casewell-district",
               "--passphrase-file", it / "wrong") == TROUBLE  # fmt: skip
    assert "does not open" in capsys.readouterr().err
    assert not (it / "no.casewell-district").exists()


@pytest.mark.usefixtures("quick_keys")
def test_what_is_set_once_stands_in_every_later_file(
    it: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invite(
        it, "a.casewell-district", "--label", "Room 12",
        "--destination", "Share", "webdav", "endpoint=https://dav.test", "root=casewell",
        "--destination", "Stick", "folder", "path=/media/stick",
        "--summary", "services:month:5", "--lock-minutes", "4",
        "--may-leave", "services,use-of-time", "--carriers", "webdav,folder",
        "--small-cells", "10", "--counts", "exact", "--retention", "notes=84",
        "--age-of-consent", "services=14/12", "--part2-notice", it / "notice.txt",
        "--instrument", shipped("instruments", "gad-7.json"),
        "--categories", it / "categories.json", "--recipient", KEYS.recipient, "--json",
    ) == DONE  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    first = parse((it / "a.casewell-district").read_bytes())
    assert said["words"] == list(first.fingerprint())
    assert (first.serial, first.invitation and first.invitation.label) == (1, "Room 12")
    assert first.standing == (Standing(SummaryKind.SERVICES, "month", 5),)
    assert [one.address.carrier for one in first.places] == [Carrier.WEBDAV, Carrier.FOLDER]
    policy = first.policy
    assert (policy.lock_minutes_most, policy.small_cells) == (4, SmallCells(10, "exact"))
    assert policy.age_of_consent == {"services": SigningAge(14, 12)}
    assert policy.part2_notice == "42 CFR part 2 prohibits unauthorized use."
    assert len(first.recipients) == 2
    assert (len(first.instruments), len(first.categories)) == (1, 1)

    assert invite(
        it, "b.casewell-district", "--lock-minutes", "none", "--no-destination", "Stick",
        "--no-pack", "gad-7", "--may-leave", "all", "--retention", "notes=none",
        "--destination", "Share", "webdav", "endpoint=https://new.test", "--summary", "none",
    ) == DONE  # fmt: skip
    second = parse((it / "b.casewell-district").read_bytes())
    assert (second.serial, second.invitation, second.standing) == (2, None, ())
    assert [one.id for one in second.places] == [first.places[0].id]
    assert second.places[0].address.options == {"endpoint": "https://new.test"}
    assert second.policy.lock_minutes_most is None
    assert second.policy.kinds is None
    assert second.policy.retention_months == {}
    assert (second.policy.carriers, second.categories) == (policy.carriers, first.categories)
    kept = DistrictFolder(it / "keys").settings()
    assert (kept.issued, [one.label for one in kept.invited]) == (2, ["Room 12"])
    assert invite(it, "b.casewell-district") == TROUBLE
    assert "is there already" in capsys.readouterr().err


@pytest.mark.usefixtures("quick_keys")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--destination", "X", "webdav", "endpoint"), "is not what this option takes"),
        (("--destination", "X", "pigeon"), "is not what this option takes"),
        (("--destination", "X", "webdav", "endpoint=https://a:b@c.test"), "holds a password"),
        (("--destination", "X", "webdav", "password=x"), "no district file that can be read"),
        (("--no-destination", "Nowhere"), "is not what this option takes"),
        (("--summary", "student:month:5"), "services:month:5"),
        (("--summary", "services:day:5"), "services:month:5"),
        (("--label", "x" * 201), "at most 200 characters"),
        (("--lock-minutes", "30"), "from 1 to 15"),
        (("--age-of-consent", "release=12"), "18"),
        (("--age-of-consent", "services=old"), "services=14/12"),
        (("--retention", "notes"), "notes=84"),
        (("--recipient", "age1x"), "no district file that can be read"),
        (("--instrument", "notice.txt"), "instrument"),
        (("--part2-notice", "nowhere.txt"), "cannot be read"),
        (("--no-pack", "nothing"), "is not what this option takes"),
    ],
)
def test_what_cannot_be_asked_for_makes_no_file(
    it: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    before = DistrictFolder(it / "keys").settings()
    found = (it / one if (it / one).exists() else one for one in options)
    assert invite(it, "none.casewell-district", *found) == TROUBLE
    assert said in capsys.readouterr().err
    assert not (it / "none.casewell-district").exists()
    assert DistrictFolder(it / "keys").settings() == before


def test_a_file_that_cannot_be_written_whole_is_not_there_at_all(
    it: Path, quick_keys: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(DistrictFolder, "keep", lambda _self, _settings: None)
    assert invite(it, "half.casewell-district") == TROUBLE
    assert not (it / "half.casewell-district").exists()


def test_what_a_file_says_is_shown_and_moves_nothing_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = instrument() | {"title": "Mood\x1b[2J\x9b1A\rcheck"}
    file = tmp_path / "a.casewell-district"
    file.write_bytes(
        district_file(instruments=(pack,), invitation=district_invite("Room\x1b[31m", MADE, KEYS))
    )
    assert run("district", "show", file) == DONE
    said = capsys.readouterr().out
    assert "Mood�[2J�1A�check" in said
    assert not any(sign < " " or "\x7f" <= sign < "\xa0" for sign in said.replace("\n", ""))


def test_a_vault_takes_its_districts_file_and_leaves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path)
    desk.close()
    (tmp_path / "secret").write_text(PASSPHRASE)
    vault = ("--vault", desk.folder.path, "--passphrase-file", tmp_path / "secret")
    from district_desk import WORDS, district_file

    file = tmp_path / "a.casewell-district"
    file.write_bytes(district_file(categories=({"code": "x"}, categories())))
    assert run("district", "show", file) == DONE
    shown = capsys.readouterr().out
    assert WORDS in shown
    assert "The desk locks after 3 minutes" in shown
    assert run("district", "show", file, "--json") == DONE
    assert json.loads(capsys.readouterr().out)["words"] == WORDS.split()
    assert run("district", "load", file, *vault) == TROUBLE
    assert "eight words" in capsys.readouterr().err
    assert run("district", "load", file, "--words", WORDS, "--shown-as", "Ana N.", *vault) == DONE
    told = capsys.readouterr().out
    assert "belongs to Birchwood Unified" in told
    assert "x was left out" in told
    assert run("district", "load", file, "--json", *vault) == DONE
    assert json.loads(capsys.readouterr().out)["step"] == "same"
    assert run("outbox", "destinations", "--json", *vault) == DONE
    (place,) = json.loads(capsys.readouterr().out)["destinations"]
    assert (place["label"], place["district"]) == ("District share", True)
    assert run("district", "leave", *vault) == DONE
    assert run("outbox", "destinations", *vault) == DONE
    assert "There is no place" in capsys.readouterr().out
    assert run("district", "leave", *vault) == TROUBLE
    assert "no district" in capsys.readouterr().err


def test_a_folder_that_was_changed_by_hand_says_what_is_wrong(tmp_path: Path) -> None:
    folder = DistrictFolder(tmp_path)
    with pytest.raises(Exception, match="district-folder-empty"):
        folder.settings()
    folder.settings_file.write_text("{")
    with pytest.raises(Exception, match="district-folder-damaged"):
        folder.settings()
    folder.settings_file.write_text('{"issued":0,"invited":[],"file":{}}')
    with pytest.raises(Exception, match="district-folder-damaged"):
        folder.settings()


@pytest.mark.usefixtures("quick_keys")
def test_others_keys_sign_no_file_of_this_folder(it: Path) -> None:
    folder = DistrictFolder(it / "keys")
    with pytest.raises(Exception, match="district-keys-others"):
        folder.issue(folder.settings(), OTHERS, "", MADE)


@pytest.mark.usefixtures("quick_keys")
def test_what_a_desk_seals_to_the_file_the_folders_keys_open(it: Path) -> None:
    folder = DistrictFolder(it / "keys")
    keys = folder.keys(SECRET)
    file = parse(folder.issue(folder.settings(), keys, "Room 3", MADE))
    desk = DeskKey.new()
    facts = envelope.Facts(SummaryKind.SERVICES, 1, "2026-10", "0" * 32, 1, MADE)
    sealed = envelope.seal(facts, {"count": 1}, desk, file.recipients)
    assert envelope.open(sealed, [keys.identity]).header.desk == desk.id
