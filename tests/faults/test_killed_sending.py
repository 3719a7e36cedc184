"""kill -9 while a desk sends: what was queued is at the district once, and known to be.

The short form runs with the other tests; CASEWELL_KILLS sets another number.
"""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import servers
from app.bootstrap import open_vault
from app.features.district.commands import LoadDistrictFile
from app.features.outbox.commands import ReplaceCredentials
from app.kernel.ids import DeviceId
from app.sync.destinations import reach
from app.sync.district_file import Place as Offered
from app.sync.district_file import Policy
from app.sync.network import UnknownNetwork
from app.sync.parcels import State
from collecting import collect, sqlite
from desks import District
from district_desk import KEYS, WORDS, district_file
from faults.record import record
from vaults import PASSPHRASE, new_desk

SENDER = Path(__file__).with_name("desk_that_sends.py")
ROOT = Path(__file__).parents[2]
KILLS = 200


class Drill:
    """A vault whose desk is killed while it sends, again and again."""

    def __init__(self, folder: Path, server: servers.Server) -> None:
        self.folder, self.server = folder, server
        self.dice = random.Random(11)
        desk = new_desk(folder)
        data = district_file(
            places=(Offered("12" * 16, "District", server.address),), standing=(), policy=Policy()
        )
        desk.district.load(LoadDistrictFile(data, WORDS))
        desk.outbox.prepare()
        (place,) = desk.outbox.sending.places()
        self.place = place.id
        desk.outbox.places.replace_credentials(
            ReplaceCredentials(self.place, dict(server.credentials))
        )
        self.device = desk.seat.device
        self.vault = desk.folder.path
        desk.close()
        self.acks = folder / "acks"
        self.queued: set[str] = set()

    def kill(self) -> None:
        """Kill the desk at a random moment of its work."""
        self.acks.write_bytes(b"")
        home = self.folder / "profile"
        home.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, str(SENDER), str(self.vault), PASSPHRASE, str(self.device),
             str(self.acks), self.place, str(self.dice.random())],
            env={**os.environ, "HOME": str(home), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        until = time.monotonic() + 60
        while self.acks.read_bytes().count(b"\n") < 3:
            assert process.poll() is None, process.stderr and process.stderr.read()[-3000:]
            assert time.monotonic() < until
            time.sleep(0.005)
        time.sleep(self.dice.uniform(0.0, 0.2))
        process.send_signal(signal.SIGKILL)
        _out, err = process.communicate()
        assert process.returncode == -signal.SIGKILL, err[-3000:]
        self.queued |= set(self.acks.read_text().splitlines()[1:])

    def settle(self) -> int:
        """Send and collect what is left; return how many summaries are lost or there twice."""
        with closing(sqlite(self.folder)) as database:
            desk = open_vault(self.vault, PASSPHRASE, DeviceId(self.device))
            try:
                engine = desk.outbox.sender(UnknownNetwork())
                for _ in range(2):
                    assert engine.run_once(forced=True).troubles == ()
                    with closing(reach(self.server.address, self.server.credentials)) as there:
                        assert collect(there, database, District(KEYS)).findings == []
                lines = [desk.outbox.parcel(one)[0] for one in self.queued]
                loaded = [row[0] for row in database.rows("SELECT name FROM parcel")]
                assert desk.verify().whole
                return sum(
                    line.state is not State.ACKNOWLEDGED or loaded.count(line.parcel.name) != 1
                    for line in lines
                )
            finally:
                desk.close()


def drill(folder: Path, kills: int) -> None:
    with servers.apache() as server:
        drilled = Drill(folder, server)
        for _ in range(kills):
            drilled.kill()
        lost = drilled.settle()
    record(
        "R1",
        "kill -9 while summaries are sent",
        tried=kills,
        lost=lost,
        of="kills",
        release=KILLS,
    )
    assert len(drilled.queued) > kills
    assert lost == 0


def test_a_desk_that_is_killed_while_it_sends_loses_and_doubles_nothing(tmp_path: Path) -> None:
    drill(tmp_path, 4)


@pytest.mark.slow
@pytest.mark.timeout(36_000)
def test_killed_many_times_while_it_sends(tmp_path: Path) -> None:
    drill(tmp_path, int(os.environ.get("CASEWELL_KILLS", KILLS)))
