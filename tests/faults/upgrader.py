"""Opens vaults of an earlier release and is killed while it brings them up to date.

    python upgrader.py FOLDER KILLS SEED

A process of its own, with one thread: each upgrade runs in a fork of it, which is killed at a
random moment. What the file holds afterwards is compared with the golden manifest, then the
vault is opened again and compared once more. Prints one JSON object.
"""

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import open_vault, unlock_keybag, verify_vault
from app.features.backups.model import BEFORE_UPGRADE
from app.kernel.clock import FixedClock
from app.kernel.ids import DeviceId
from app.kernel.keys import VaultKeys
from app.store import migrate as steps
from app.store.connection import connect
from app.store.migrate import NEWEST
from app.vault.folder import VaultFolder
from app.vault.sealing import Stretch
from golden import MADE, Golden, digest, goldens, tables

_STEP_S = 0.002
"""A step's statements are a moment apart, so that kills land between them."""


class Apart(list[str]):
    """Statements with a moment before each."""

    def __iter__(self) -> Iterator[str]:
        for statement in super().__iter__():
            time.sleep(_STEP_S)
            yield statement


def remember_stretching() -> None:
    """Stretch each passphrase once: the drill is not about guessing."""
    known: dict[tuple[str, bytes], bytes] = {}
    real = Stretch.key

    def key(self: Stretch, passphrase: str) -> bytes:
        found = known.get((passphrase, self.salt))
        if found is None:
            found = known[passphrase, self.salt] = real(self, passphrase)
        return found

    Stretch.key = key  # type: ignore[method-assign]


def wrong_in(golden: Golden, path: Path, keys: VaultKeys) -> list[str]:
    """Return what the file is not: wholly of the old schema, or wholly of the new one."""
    said = golden.manifest()
    connection = connect(path, keys)
    try:
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        wrong = [] if schema in (said["schema"], NEWEST) else [f"schema {schema}"]
        now = tables(connection)
        if schema == said["schema"] and set(now) != set(said["tables"]):
            wrong.append("tables of another schema")
        for table, facts in said["tables"].items():
            where = f"WHERE seq <= {facts['count']}" if table == "journal" else ""
            if digest(connection, table, facts["columns"], where) != facts["sha256"]:
                wrong.append(table)
        return wrong
    finally:
        connection.close()


def upgraded(golden: Golden, vault: Path) -> None:
    said = golden.manifest()
    device = DeviceId(said["device"])
    open_vault(vault, said["passphrase"], device, clock=FixedClock(MADE)).close()


class Drill:
    """Kills upgrades and looks at what is left."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._folder = folder
        self._dice = random.Random(seed)
        self._took: dict[str, float] = {}
        self.old = self.new = 0
        self.wrong: list[str] = []

    def measure(self, golden: Golden) -> None:
        """See how long an upgrade takes that nobody kills; its passphrase is stretched here."""
        vault = golden.unpack(self._folder / "measured")
        unlock_keybag(VaultFolder(vault), golden.manifest()["passphrase"])
        start = time.monotonic()
        pid = self._fork(golden, vault)
        os.waitpid(pid, 0)
        self._took[golden.name] = time.monotonic() - start
        shutil.rmtree(self._folder / "measured")

    def kill(self, golden: Golden) -> None:
        """Kill one upgrade, look at the file, upgrade it again, look again."""
        place = self._folder / "killed"
        vault = golden.unpack(place)
        said = golden.manifest()
        keys = unlock_keybag(VaultFolder(vault), said["passphrase"])[0].keys
        pid = self._fork(golden, vault)
        time.sleep(self._dice.uniform(0.0, 1.05) * self._took[golden.name])
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        copy = place / "looked-at"
        shutil.copytree(vault, copy)
        self._note(golden, wrong_in(golden, copy / "records.db", keys), "after the kill")
        connection = connect(copy / "records.db", keys)
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        connection.close()
        self.old += schema == said["schema"]
        self.new += schema == NEWEST
        upgraded(golden, vault)
        self._note(golden, wrong_in(golden, vault / "records.db", keys), "after the next opening")
        if not verify_vault(vault, said["passphrase"]).whole:
            self._note(golden, ["verify"], "after the next opening")
        kept = place / f"{golden.name}.backups"
        names = [entry.name for entry in kept.iterdir()]
        if not any(BEFORE_UPGRADE in name for name in names) or any(
            name.endswith(".new") for name in names
        ):
            self._note(golden, ["backups"], str(names))
        shutil.rmtree(place)

    def _fork(self, golden: Golden, vault: Path) -> int:
        pid = os.fork()
        if pid:
            return pid
        try:
            real = steps._statements
            steps._statements = lambda script: Apart(real(script))
            upgraded(golden, vault)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - the fork must not go on as its parent
            os.write(2, f"{error!r}\n".encode())
            os._exit(3)

    def _note(self, golden: Golden, wrong: list[str], when: str) -> None:
        self.wrong.extend(f"{golden.release}-{golden.name}: {what} {when}" for what in wrong)


def main() -> None:
    folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    remember_stretching()
    drill = Drill(folder, seed)
    known = goldens()
    for golden in known:
        drill.measure(golden)
    for turn in range(kills):
        drill.kill(known[turn % len(known)])
    said: dict[str, Any] = {"old": drill.old, "new": drill.new, "wrong": drill.wrong}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
