"""Sending summaries, against `rclone copy` of the same bytes to the same server, side by side.

Both put every file on an Apache of this computer; the engine besides reads each back, keeps an
outbox, and lays a manifest. rclone waits ten milliseconds between calls to a WebDAV server by a rule
of its own, which no option of the installed version takes away; so the same bytes also go to the
same sshd by both, where it keeps no such rule. Floor: 0.8 times rclone's rate, at both.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

import servers
from app.kernel.clock import SystemClock
from app.sync.destinations import reach
from app.sync.engine import Engine
from app.sync.parcels import Carrier, State
from outbox_double import OutboxDouble, Wire

FLOOR = 0.8
SIZE = 20_000


def by_rclone(server: servers.Server, files: Path, turn: int) -> float:
    """Return the seconds of an `rclone copy` to a new folder."""
    settings = {"RCLONE_CONFIG": os.devnull}
    if server.address.carrier is Carrier.WEBDAV:
        hidden = subprocess.run(
            ["rclone", "obscure", servers.PASSWORD], capture_output=True, text=True, check=True
        )
        settings |= {
            "RCLONE_CONFIG_PLACE_TYPE": "webdav",
            "RCLONE_CONFIG_PLACE_URL": server.address.options["endpoint"],
            "RCLONE_CONFIG_PLACE_VENDOR": "other",
            "RCLONE_CONFIG_PLACE_USER": servers.USER,
            "RCLONE_CONFIG_PLACE_PASS": hidden.stdout.strip(),
        }
        to = f"place:rclone{turn}"
    else:
        assert server.folder is not None
        settings |= {
            "RCLONE_CONFIG_PLACE_TYPE": "sftp",
            "RCLONE_CONFIG_PLACE_HOST": server.address.options["host"],
            "RCLONE_CONFIG_PLACE_PORT": server.address.options["port"],
            "RCLONE_CONFIG_PLACE_USER": server.credentials["username"],
            "RCLONE_CONFIG_PLACE_KEY_FILE": str(server.folder.parent / "user"),
            "RCLONE_CONFIG_PLACE_SHELL_TYPE": "none",
        }
        to = f"place:{server.folder}/rclone{turn}"
    begun = time.perf_counter()
    subprocess.run(
        ["rclone", "copy", str(files), to, "--quiet"], check=True, env={**os.environ, **settings}
    )
    return time.perf_counter() - begun


def by_engine(server: servers.Server, sealed: list[bytes], turn: int) -> float:
    """Return the seconds until the engine has everything delivered in a new folder."""
    options = dict(server.address.options)
    options["root"] = options["root"].rstrip("/") + f"/desk{turn}"
    if server.address.carrier is Carrier.SFTP:
        Path(options["root"]).mkdir()
    address = type(server.address)(server.address.carrier, options)
    outbox = OutboxDouble(address, server.credentials)
    for data in sealed:
        outbox.add(data)
    engine = Engine(outbox, reach, SystemClock(), Random(1).random, Wire())
    begun = time.perf_counter()
    found = engine.run_once()
    taken = time.perf_counter() - begun
    assert found.troubles == ()
    assert outbox.states() == {State.DELIVERED}
    return taken


def main(files: int = 5000, rounds: int = 2) -> bool:
    """Measure, print the ratios, and tell whether the floor holds."""
    if shutil.which("rclone") is None:
        print("rclone is not installed here: nothing to compare with")
        return True
    dice = Random(7)
    sealed = [b"age-encryption.org/v1\n" + dice.randbytes(SIZE - 22) for _ in range(files)]
    held = True
    with tempfile.TemporaryDirectory() as folder:
        for index, data in enumerate(sealed):
            (Path(folder) / f"{index:05d}").write_bytes(data)
        for name in ("apache", "sshd"):
            taken: dict[str, list[float]] = {"rclone": [], "engine": []}
            with servers.EVERY[name]() as server:
                for turn in range(rounds):
                    taken["rclone"].append(by_rclone(server, Path(folder), turn))
                    taken["engine"].append(by_engine(server, sealed, turn))
            slow, ours = (statistics.median(taken[one]) for one in ("rclone", "engine"))
            print(
                f"{files} x {SIZE // 1000} kB to {name}: rclone {files / slow:.0f}/s,"
                f" engine {files / ours:.0f}/s: {slow / ours:.2f} (floor {FLOOR})"
            )
            held = held and slow / ours >= FLOOR
    return held


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    sys.exit(0 if main(*numbers) else 1)
