"""`casewell outbox` and `casewell sync` on a real vault, into a real folder."""

import json
from pathlib import Path

import pytest

from app.cli import DONE, TROUBLE, run
from app.sync import envelope
from app.sync.district_keys import DistrictKeys
from outbox_desk import OutboxDesk
from vaults import PASSPHRASE, fixed_clock, new_desk

KEYS = DistrictKeys.new()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "secret").write_text(PASSPHRASE)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    desk = new_desk(tmp_path, clock=fixed_clock())
    desk.close()
    return desk.folder.path


def ask(vault: Path, tmp_path: Path, *words: str) -> int:
    secret = tmp_path / "secret"
    return run(
        [*words, "--vault", str(vault), "--passphrase-file", str(secret)],
        lambda _vault, _secret: DONE,
    )


def test_a_summary_goes_to_a_folder_and_the_districts_key_opens_it_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = OutboxDesk(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    place = room.own_place(path=str(stick))
    room.send(place)
    vault = room.desk.folder.path
    room.desk.close()
    assert ask(vault, tmp_path, "outbox", "list", "--json") == DONE
    (line,) = json.loads(capsys.readouterr().out)["summaries"]
    assert (line["state"], line["place"]) == ("queued", "Stick")
    assert ask(vault, tmp_path, "sync") == DONE
    assert capsys.readouterr().out == "Stick: 1 delivered, nothing waits.\n"
    (sealed,) = (stick / "objects").iterdir()
    assert envelope.open(sealed.read_bytes(), [room.keys.identity]).body == {"total": 1}
    assert len(list((stick / "manifests").rglob("*.json"))) == 1
    assert ask(vault, tmp_path, "sync", "--json") == DONE
    assert json.loads(capsys.readouterr().out)["places"][0]["delivered"] == 0
    assert ask(vault, tmp_path, "outbox", "show", line["id"][:30]) == DONE
    said = capsys.readouterr().out
    assert "Services and referrals, 2026-10, to Stick: Delivered" in said
    assert sealed.name in said


def test_a_stick_that_is_not_there_is_told_plainly_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = OutboxDesk(tmp_path)
    room.send(room.own_place(path=str(tmp_path / "nowhere")))
    vault = room.desk.folder.path
    room.desk.close()
    assert ask(vault, tmp_path, "sync") == TROUBLE
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("casewell: Stick: 0 delivered, 1 waiting. The folder is not there.")
    assert said.err.count("\n") == 1
    assert ask(vault, tmp_path, "outbox", "list") == DONE
    line, why = capsys.readouterr().out.splitlines()
    assert line.endswith("to Stick: Not sent yet")
    assert why.strip().startswith("The folder is not there.")
    (tmp_path / "nowhere").mkdir()
    assert ask(vault, tmp_path, "sync") == DONE


def test_places_are_added_tested_opened_anew_paused_and_removed(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    added = (
        "outbox", "add-destination", "Stick", "--carrier", "folder",
        "--option", f"path={stick}", "--recipient", KEYS.recipient,
    )  # fmt: skip
    assert ask(vault, tmp_path, *added) == DONE
    assert ask(vault, tmp_path, *added) == TROUBLE
    assert "already" in capsys.readouterr().err
    for turn in ("test", "pause", "resume"):
        assert ask(vault, tmp_path, "outbox", f"{turn}-destination", "stick") == DONE
    stick.rmdir()
    assert ask(vault, tmp_path, "outbox", "test-destination", "Stick") == TROUBLE
    assert ask(vault, tmp_path, "outbox", "remove-destination", "Stick") == DONE
    assert ask(vault, tmp_path, "outbox", "pause-destination", "Stick") == TROUBLE
    assert "No place is called" in capsys.readouterr().err


def test_what_opens_a_place_comes_from_a_file_and_is_never_said(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "share.json"
    secret.write_text(json.dumps({"username": "ana", "password": "heron-feather-91"}))
    added = (
        "outbox", "add-destination", "Share", "--carrier", "webdav",
        "--option", "endpoint=https://files.example.org/dav", "--recipient", KEYS.recipient,
        "--credentials-file", str(secret),
    )  # fmt: skip
    assert ask(vault, tmp_path, *added) == DONE
    for words in (("destinations",), ("destinations", "--json")):
        assert ask(vault, tmp_path, "outbox", *words) == DONE
    replaced = ("outbox", "credentials", "Share", "--credentials-file", str(secret))
    assert ask(vault, tmp_path, *replaced) == DONE
    secret.write_text("ana:heron-feather-91")
    assert ask(vault, tmp_path, *replaced) == TROUBLE
    told = capsys.readouterr()
    assert "heron" not in told.out + told.err
    assert "not shown again" in told.out


def test_a_summary_is_held_back_let_go_on_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = OutboxDesk(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    parcel = room.send(room.own_place(path=str(stick)))
    vault = room.desk.folder.path
    room.desk.close()
    for step, state in (("pause", "Held back"), ("resume", "Waiting"), ("cancel", "Taken back")):
        assert ask(vault, tmp_path, "outbox", step, parcel) == DONE
        assert capsys.readouterr().out.rstrip().endswith(state)
    assert ask(vault, tmp_path, "outbox", "resend", parcel) == TROUBLE
    assert "fresh summary" in capsys.readouterr().err


def test_what_no_summary_has_cannot_be_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = OutboxDesk(tmp_path)
    room.own_place()
    vault = room.desk.folder.path
    room.desk.close()
    send = ("outbox", "send", "services", "--place", "Stick", "--why", "Asked for")
    own = ("--ground", "no_names")
    assert ask(vault, tmp_path, *send, *own, "--period", "9999-12") == TROUBLE
    assert "month" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        ask(vault, tmp_path, *send, *own, "--period", "2026-10", "--section", "everything")
    assert "everything" in capsys.readouterr().err


def test_without_a_place_nothing_is_sent_and_that_is_no_trouble(
    vault: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(vault, tmp_path, "sync") == DONE
    assert "no place to send to" in capsys.readouterr().out
