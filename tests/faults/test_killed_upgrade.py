"""Vaults of an earlier release, killed while they are brought up to date: old or new, never half."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import unlock_keybag
from app.store.connection import connect
from app.store.migrate import migrate
from app.vault.folder import VaultFolder
from faults.record import record
from faults.upgrader import wrong_in
from golden import Golden

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def drill(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/faults/upgrader.py"), str(folder), str(kills), str(seed)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = json.loads(done.stdout)
    record(
        "R3", "upgrades of a golden vault killed", tried=kills, lost=len(said["wrong"]), of="kills",
        note=f"{said['old']} left at the old schema, {said['new']} at the new; all opened again",
        control="a file between two steps is told of", release=500,
    )  # fmt: skip
    assert said["wrong"] == []
    assert said["old"] + said["new"] == kills
    return said["old"], said["new"]


def test_a_file_between_two_steps_is_told_of(tmp_path: Path) -> None:
    golden = Golden("0.1.0", "founded")
    vault = golden.unpack(tmp_path)
    keys = unlock_keybag(VaultFolder(vault), golden.manifest()["passphrase"])[0].keys
    assert wrong_in(golden, vault / "records.db", keys) == []
    connection = connect(vault / "records.db", keys)
    migrate(connection, upto=golden.manifest()["schema"] + 1)
    connection.close()
    assert "schema 5" in wrong_in(golden, vault / "records.db", keys)


def test_a_killed_upgrade_leaves_the_old_vault_or_the_new(tmp_path: Path) -> None:
    drill(tmp_path, 6, 5)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_killed_upgrades_leave_the_old_vault_or_the_new(tmp_path: Path) -> None:
    old, new = drill(tmp_path, int(os.environ.get("CASEWELL_KILLS", "500")), 7)
    assert old > 0
    assert new > 0
