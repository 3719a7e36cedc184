"""`casewell vault keyring`, as a person at a terminal has it."""

import hashlib
import json
from pathlib import Path

import pytest

from app.cli import run
from app.features.unlocking import service
from app.vault.places import ThisDevice
from app.vault.sealing import Stretch
from keyrings import MemoryKeyring, around
from vaults import PASSPHRASE, new_desk


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MemoryKeyring:
    def quick(stretch: Stretch, passphrase: str) -> bytes:
        return hashlib.blake2b(passphrase.encode(), key=stretch.salt, digest_size=32).digest()

    monkeypatch.setattr(Stretch, "key", quick)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    found = MemoryKeyring()
    monkeypatch.setattr(service, "Around", lambda: around(found))
    return found


def test_it_is_turned_on_told_and_turned_off(
    ring: MemoryKeyring, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = new_desk(tmp_path)
    desk.close()
    vault = desk.folder.path
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE + "\n", encoding="utf-8")

    def typed(*words: str) -> tuple[int, str, str]:
        options = ["--vault", str(vault), "--passphrase-file", str(secret)]
        code = run(["vault", "keyring", *words, *options], lambda *_: 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    assert typed("status") == (0, "This computer's keyring does not open the vault.\n", "")
    code, out, err = typed("on")
    assert (code, out) == (1, "")
    assert "nobody else uses" in err
    assert ring.held == {}
    assert typed("on", "--alone") == (0, "This computer's keyring opens the vault now.\n", "")
    assert len(ring.held) == 1
    assert len(ThisDevice.here().keyring_slots(vault)) == 1
    facts = json.loads(typed("status", "--json")[1])
    assert facts == {
        "on": True, "keyring": "secret-service", "other_computers": 0, "hindrance": "",
    }  # fmt: skip
    ring.fails = "keyring-absent"
    assert typed("off")[0] == 0
    assert ThisDevice.here().keyring_slots(vault) == ()
    ring.fails = ""
    assert json.loads(typed("status", "--json")[1])["on"] is False
