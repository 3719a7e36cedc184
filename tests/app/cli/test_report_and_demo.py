"""`casewell report` and `casewell demo`, from end to end on a real vault."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from app.bootstrap import open_vault
from app.cli import DONE, TROUBLE, USAGE, run
from app.demo import DemoFacts, DemoOptions, ensure_demo
from app.kernel.ids import DeviceId, new_id


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFacts:
    return ensure_demo(tmp_path_factory.mktemp("demo") / "at", DemoOptions(6, 1))


@pytest.fixture
def secret(demo: DemoFacts, tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(demo.passphrase + "\n")
    return file


def no_desk(_vault: Path | None, _passphrase: str | None) -> int:
    raise AssertionError("no desk was asked for")


def asked(demo: DemoFacts, secret: Path, out: Path, *more: str) -> int:
    line = ["report", "student-summary", "--vault", str(demo.vault), "--student", "204100"]
    line += ["--passphrase-file", str(secret), "--out", str(out), *more]
    return run(line, no_desk)


def test_a_summary_is_saved_and_its_disclosure_recorded(
    demo: DemoFacts, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "summary.pdf"
    code = asked(
        demo, secret, out, "--ground", "subject", "--to-whom", "Guardian", "--why", "Yearly meeting", "--json",
        "--section", "profile", "--section", "sessions", "--from", "2020-01-01", "--paper", "a4",
    )  # fmt: skip
    assert code == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert told["sections"] == ["profile", "sessions"]
    desk = open_vault(demo.vault, demo.passphrase, DeviceId(new_id()))
    line = desk.privacy.disclosure(told["disclosure"])
    desk.close()
    assert line.disclosure.sha256 == told["sha256"]
    assert line.disclosure.recipient == "Guardian"
    assert line.disclosure.scope["since"] == "2020-01-01"


def test_a_taken_name_and_an_empty_purpose_are_refused(
    demo: DemoFacts, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "summary.pdf"
    assert (
        asked(demo, secret, out, "--ground", "subject", "--to-whom", "Guardian", "--why", " ")
        == TROUBLE
    )
    assert "what it is for" in capsys.readouterr().err
    assert not out.exists()
    out.write_text("mine")
    assert (
        asked(demo, secret, out, "--ground", "subject", "--to-whom", "Guardian", "--why", "Meeting")
        == TROUBLE
    )
    assert "already exists" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_an_unknown_student_is_said(
    demo: DemoFacts, secret: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "summary.pdf"
    more = ("--student", "1", "--ground", "subject", "--to-whom", "Guardian", "--why", "Meeting")
    assert asked(demo, secret, out, *more) == TROUBLE
    assert "No student" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        asked(
            demo,
            secret,
            out,
            "--section",
            "nothing",
            "--ground",
            "subject",
            "--to-whom",
            "x",
            "--why",
            "y",
        )
    assert stop.value.code == USAGE


def test_a_demonstration_opens_unlocked_where_there_is_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli.demo.has_display", lambda: True)
    opened: list[tuple[Path | None, str | None]] = []

    def desk(vault: Path | None, passphrase: str | None) -> int:
        opened.append((vault, passphrase))
        return DONE

    line = ["demo", "--at", str(tmp_path / "at"), "--students", "4", "--years", "1"]
    assert run(line, desk) == DONE
    [(vault, passphrase)] = opened
    assert vault == tmp_path / "at" / "demo.casewell"
    assert passphrase
    assert passphrase in capsys.readouterr().out


def test_without_a_display_every_page_is_drawn_and_samples_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.cli.demo.has_display", lambda: False)
    walked: list[Path] = []

    def walk(_vault: Path, _passphrase: str, folder: Path) -> int:
        walked.append(folder)
        return DONE

    line = ["demo", "--at", str(tmp_path / "at"), "--students", "6", "--years", "1"]
    assert run(line, no_desk, walk) == DONE
    assert walked == [tmp_path / "at" / "demo-pictures"]
    said = capsys.readouterr().out
    assert "no display" in said
    assert str(walked[0]) in said
    assert len(list(walked[0].glob("*.pdf"))) == 4


def files(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Return every file under a folder: which it is, and what is in it."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_ino, path.read_bytes()) for path in found}


def test_a_demonstration_that_stands_is_not_built_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["demo", "--at", str(tmp_path), "--students", "4", "--years", "1", "--only-build"]
    assert run(line, no_desk) == DONE
    said = capsys.readouterr().out
    vault = tmp_path / "demo.casewell"
    before = files(vault)
    assert run(line, no_desk) == DONE
    assert capsys.readouterr().out == said
    assert files(vault) == before


def test_a_demonstration_takes_nobodys_place(
    demo: DemoFacts, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = shutil.copytree(demo.vault, tmp_path / "at" / demo.vault.name)
    (vault / "demo.json").unlink()  # now it is a vault like any other
    for at in (vault.parent, vault):
        assert run(["demo", "--at", str(at), "--only-build"], no_desk) == TROUBLE
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "already stands" in said
        assert str(vault) in said
