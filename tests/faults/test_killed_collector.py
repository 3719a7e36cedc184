"""R1 at the district: a collection is killed, and the next one ends as if nothing had happened."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import postgres
from app.collect.engines import open_engine
from app.sync.destinations import reach
from app.sync.district_folder import DistrictFolder
from app.sync.parcels import Address, Carrier
from collecting import added, sums
from desks import District, SyntheticDesk, new_place, services
from faults.record import record

CHECKOUT = Path(__file__).parents[2]
DIES = Path(__file__).parent / "collector_dies.py"
PASSPHRASE = "invented passphrase"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")


def deaths(root: Path, database: str, every: int, first: int = 0, *more: str) -> dict[str, Any]:
    root.mkdir()
    environment = {**os.environ, "PYTHONPATH": f"{CHECKOUT}:{CHECKOUT / 'tests'}"}
    done = subprocess.run(
        [sys.executable, DIES, root, database, str(every), str(first), *more],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert found["died"] == found["tried"] > 0
    return found


def steps_of(kind: str, root: Path, every: int, first: int = 0, *more: str) -> dict[str, Any]:
    if kind == "postgresql":
        with postgres.server() as url:
            return deaths(root, url.replace("/district?", "/{name}?"), every, first, *more)
    place = f"parquet:{root}/{{name}}" if kind == "parquet" else f"{root}/{{name}}.{kind}"
    return deaths(root, place, every, first, *more)


@pytest.mark.parametrize(("kind", "every"), [("db", 80), ("parquet", 200), ("postgresql", 130)])
def test_wherever_it_dies_the_next_run_ends_at_the_same_rows_and_receipts(
    tmp_path: Path, kind: str, every: int
) -> None:
    found = steps_of(kind, tmp_path / "root", every, random.randrange(every))
    record(
        "R1",
        f"collections killed between two steps ({kind}), then run again",
        tried=found["died"],
        lost=len(found["wrong"]),
        of="kills",
    )
    assert found["wrong"] == []


def test_what_is_not_kept_together_would_be_seen(tmp_path: Path) -> None:
    assert steps_of("db", tmp_path / "root", 60, 23, "torn")["wrong"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["db", "duckdb", "parquet", "postgresql"])
def test_it_may_die_before_each_of_its_steps(tmp_path: Path, kind: str) -> None:
    found = steps_of(kind, tmp_path / "root", 1)
    control = steps_of("db", tmp_path / "torn", 11, 3, "torn")
    record(
        "R1",
        f"collections killed between two steps ({kind}), then run again",
        tried=found["died"],
        lost=len(found["wrong"]),
        of="kills",
        control=f"without transactions {len(control['wrong'])} of {control['died']} ended otherwise",
    )
    assert found["wrong"] == []


def kill(tmp_path: Path, times: int) -> None:
    """Kill so many collections that are under way, and let each be run again to its end."""
    district = District()
    (tmp_path / "place").mkdir()
    DistrictFolder(tmp_path / "keys").init(
        "Invented Unified", PASSPHRASE, "2026-08-01T08:00:00.000Z", keys=district.keys
    )
    (tmp_path / "pass").write_text(PASSPHRASE + "\n")
    place = new_place(reach(Address(Carrier.FOLDER, {"path": str(tmp_path / "place")}), {}))
    desks = [SyntheticDesk(district, seed) for seed in range(4)]
    for desk in desks:
        desk.lay(place, desk.enrolment())
    command = [
        *(sys.executable, "-m", "app.cli", "collect", tmp_path / "place"),
        *("--into", tmp_path / "district.db", "--keys", tmp_path / "keys"),
        *("--passphrase-file", tmp_path / "pass", "--json"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    dice, took, died, lost = random.Random(), 2.0, 0, 0
    bodies = []
    for turn in range(4 * times + 4):
        month = f"{2020 + turn // 12}-{turn % 12 + 1:02d}"
        for desk in desks:
            desk.lay(place, desk.services(month))
            bodies.append(services(desk.seed, month))
        running = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(0.3, 1.0) * took)
        running.kill()
        killed = running.wait() == -signal.SIGKILL
        died += killed
        began = time.monotonic()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        # One that was done before is no drill: the next is given less time.
        took = time.monotonic() - began if killed else took / 2
        said = json.loads(done.stdout)
        engine = open_engine(str(tmp_path / "district.db"))
        held = sums(engine)
        engine.close()
        wrong = done.returncode != 0 or said["findings"]
        lost += bool(wrong or any(held[name] != total for name, total in added(*bodies).items()))
        if died == times:
            break
    record("R1", "`casewell collect` killed at any time, then run again", tried=died, lost=lost)
    assert lost == 0
    assert died == times, "too few runs were killed before they ended"


def test_the_command_killed_at_any_time_loses_and_doubles_nothing(tmp_path: Path) -> None:
    kill(tmp_path, 1)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_the_command_killed_at_any_time_many_times(tmp_path: Path) -> None:
    kill(tmp_path, 60)
