"""A real PostgreSQL server on a folder of the test's own, reached through a socket in it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """Return the folder of the server's own programs, the newest of those installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _version(initdb: Path) -> float:
    return float(initdb.parents[1].name)


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of an empty database; the server and all it held are gone afterwards."""
    bin_folder = programs()
    assert bin_folder is not None, "PostgreSQL is not installed"
    # A socket's path has at most 107 characters: pytest's own folders may be longer.
    root = Path(tempfile.mkdtemp(prefix="cw-pg-"))
    data = root / "data"
    try:
        if os.geteuid() == 0:
            shutil.chown(root, "postgres")
        _as_nobody_special(
            [bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "district", "-E", "UTF8",
             "--no-sync", "--locale=C"]
        )  # fmt: skip
        running = subprocess.Popen(
            [*_prefix(), bin_folder / "postgres", "-D", data, "-k", root, "-h", "",
             "-c", "fsync=off", "-c", "shared_buffers=32MB", "-c", "max_connections=20"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        try:
            _as_nobody_special(
                [bin_folder / "pg_isready", "-h", root, "-t", "10"], tries=100, server=running
            )
            _as_nobody_special([bin_folder / "createdb", "-h", root, "-U", "district", "district"])
            yield f"postgresql://district@/district?host={root}"
        finally:
            running.terminate()
            running.wait(30)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _prefix() -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    # It takes the place of setpriv itself, so that ending the process ends the server.
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _as_nobody_special(
    command: list[str | Path],
    tries: int = 1,
    server: "subprocess.Popen[bytes] | None" = None,
) -> None:
    import time

    for left in range(tries, 0, -1):
        done = subprocess.run(
            [*_prefix(), *map(str, command)], capture_output=True, cwd="/", timeout=60, check=False
        )
        if done.returncode == 0:
            return
        assert server is None or server.poll() is None, "the server ended"
        assert left > 1, done.stderr.decode()
        time.sleep(0.1)
