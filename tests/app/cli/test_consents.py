"""`casewell consents`, on a real vault."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli import DONE, TROUBLE, run
from consents_desk import ConsentsDesk, scanned
from vaults import PASSPHRASE


def say(*words: str) -> int:
    return run(list(words), lambda _vault, _secret: DONE)


def test_a_consent_is_recorded_listed_shown_revoked_and_its_scan_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    secret, scan, copy = (tmp_path / name for name in ("secret", "scan.pdf", "copy.pdf"))
    secret.write_text(PASSPHRASE)
    scan.write_bytes(scanned())
    desk = ConsentsDesk(tmp_path)
    pupil = desk.pupil
    desk.desk.close()
    vault = ("--vault", str(desk.desk.folder.path), "--passphrase-file", str(secret))

    def told(*words: str) -> Any:
        assert say("consents", *words, *vault, "--json") == DONE
        return json.loads(capsys.readouterr().out)

    whole = (
        "record", "--student", pupil, "--kind", "release", "--matter", "plans",
        "--description", "The goals", "--recipient", "Harbor Family Clinic",
        "--purpose", "Joint planning", "--signer-name", "Rosa Ocampo",
        "--signed-on", "2026-11-18", "--scan", str(scan),
    )  # fmt: skip
    assert say("consents", *whole[:-4], *vault) == TROUBLE
    assert "Enter the day on which it was signed." in capsys.readouterr().err
    made = told(*whole)["consent"]
    listed = told("list")
    assert (listed["count"], listed["consents"][0]["id"]) == (1, made)
    assert told("list", "--lapsing")["count"] == 0
    assert told("list", "--kind", "services", "--student", pupil)["count"] == 0
    shown = told("show", made)
    assert (shown["state"], shown["capacity"], len(shown["scans"])) == ("active", "mother", 1)
    saved = told("save-scan", made, "--to-whom", "Rosa Ocampo", "--out", str(copy))
    assert copy.read_bytes() == scanned()
    assert saved["disclosure"]
    form = tmp_path / "form.pdf"
    assert told(
        "form", "--student", pupil, "--kind", "part2", "--to-whom", "Rosa", "--out", str(form)
    )["disclosure"]
    assert form.read_bytes().startswith(b"%PDF-")
    told("revoke", made, "--by", "Rosa Ocampo", "--how", "In a letter")
    assert told("list")["count"] == 0
    assert say("consents", "show", made, *vault) == DONE
    assert "Revoked by Rosa Ocampo" in capsys.readouterr().out
    assert say("consents", "list", "--state", "over", *vault) == DONE
    assert "Harbor Family Clinic" in capsys.readouterr().out
