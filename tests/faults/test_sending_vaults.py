"""A real vault, its real outbox, a real server, and the district's real collector, with faults between.

What the line carries and what the server keeps is looked through for every name there is.
"""

import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

import servers
from app.bootstrap import Desk
from app.collect.engines import Engine as Database
from app.features.district.commands import LoadDistrictFile
from app.features.outbox.commands import ReplaceCredentials, SendSummary
from app.kernel.documents import SummaryKind
from app.kernel.errors import Trouble
from app.kernel.releases import Ground, Terms
from app.sync.destinations import reach
from app.sync.district_file import Place as Offered
from app.sync.district_file import Policy
from app.sync.engine import Engine
from app.sync.parcels import Address, Carrier, Credentials, Destination, State
from collecting import collect, sqlite
from desks import District
from district_desk import KEYS, WORDS, district_file
from fault_proxy import FAULTS, Proxy, http_proxy
from outbox_double import COMMITS, MENDED, QUICK, Killed, Wire
from sessions_desk import add_student
from vaults import fixed_clock, new_desk

NAMES = ("Mateo", "Ocampo")


class Mortal:
    """The outbox of a program that is killed right before or right after a commit."""

    def __init__(self, outbox: object, left: int) -> None:
        self.outbox, self.left = outbox, left

    def __getattr__(self, name: str) -> object:
        found = getattr(self.outbox, name)
        if name not in COMMITS:
            return found

        def committing(*facts: object, **named: object) -> object:
            self.step()
            said = found(*facts, **named)
            self.step()
            return said

        return committing

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


class Room:
    """A desk that belongs to a district whose place is behind a bad line."""

    def __init__(self, folder: Path, server: servers.Server, proxy: Proxy, seed: int) -> None:
        self.server, self.proxy = server, proxy
        self.dice = random.Random(seed)
        proxy.dice = random.Random(seed + 1)
        root = f"/v{seed}-{os.urandom(3).hex()}"
        self.direct = Address(Carrier.WEBDAV, {**server.address.options, "root": root})
        through = Address(Carrier.WEBDAV, {**server.at(proxy.port).options, "root": root})
        self.files = server.folder / root.strip("/") if server.folder else None
        self.desk: Desk = new_desk(folder, clock=fixed_clock())
        self.student = add_student(self.desk)
        data = district_file(
            places=(Offered("12" * 16, "District", through),), standing=(), policy=Policy()
        )
        self.desk.district.load(LoadDistrictFile(data, WORDS))
        self.desk.outbox.prepare()
        (place,) = self.desk.outbox.sending.places()
        self.place = place.id
        self.desk.outbox.places.replace_credentials(
            ReplaceCredentials(self.place, dict(server.credentials))
        )
        self.database: Database = sqlite(folder)
        self.now = 0.0
        self.patience = QUICK
        self.engine = self.fresh()
        self.sent: list[str] = []

    def reach(self, address: Address, credentials: Credentials) -> Destination:
        return reach(address, credentials, self.patience)

    def fresh(self, left: int = -1) -> Engine:
        outbox = Mortal(self.desk.outbox.sending, left)
        return Engine(
            outbox,  # type: ignore[arg-type]
            self.reach,
            self.desk.clock,
            self.dice.random,
            Wire(),
            hands=3,
            settle=0.0,
            steady=lambda: self.now,
        )

    def queue(self) -> None:
        about = self.dice.random() < 0.5
        kind = SummaryKind.STUDENT if about else SummaryKind.SERVICES
        terms = Terms(Ground.SCHOOL_OFFICIAL, interest="Plans her support")
        made = self.desk.outbox.send(
            SendSummary(
                kind,
                "2026-08-01/2026-10-31" if about else f"2026-{self.dice.randint(1, 10):02d}",
                self.place,
                "",
                "Asked for",
                terms if about else Terms(Ground.NO_NAMES),
                self.student if about else None,
            )
        )
        self.sent.append(made.made)

    def run(self, left: int = -1) -> None:
        self.engine = self.fresh(left) if left > 0 else self.engine
        try:
            self.engine.run_once(forced=True)
        except Killed:
            self.engine = self.fresh()

    def collect(self) -> None:
        with closing(reach(self.direct, self.server.credentials, MENDED)) as there:
            collect(there, self.database, District(KEYS))

    def states(self) -> set[State]:
        return {self.desk.outbox.parcel(one)[0].state for one in self.sent}


@pytest.fixture(scope="module")
def lines() -> Iterator[list[tuple[servers.Server, Proxy]]]:
    with ExitStack() as stack:
        found = []
        for start in (servers.apache, servers.wsgidav):
            server = stack.enter_context(start())
            proxy = stack.enter_context(http_proxy(server.port))
            proxy.silence, proxy.late = 0.15, 0.05
            found.append((server, proxy))
        yield found


def live(room: Room) -> None:
    for _ in range(2):
        room.queue()
    for _ in range(8):
        room.proxy.chance = room.dice.choice((0.0, 0.1, 0.3))
        happening = room.dice.randrange(6)
        if happening == 0:
            room.queue()
        elif happening == 1:
            room.run(room.dice.randint(1, 6))
        elif happening == 2:
            with suppress(Trouble):  # nothing is there yet, or half a target.json
                room.collect()
        else:
            room.run()
    room.proxy.chance, room.patience = 0.0, MENDED
    for _ in range(4):
        room.engine.network_up()
        room.run()
        room.collect()


@pytest.mark.parametrize("seed", range(4))
def test_a_vaults_summaries_are_in_the_districts_database_once_each_and_acknowledged(
    lines: list[tuple[servers.Server, Proxy]], tmp_path: Path, seed: int
) -> None:
    lives(lines, tmp_path, seed)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_a_hundred_vaults_summaries_are_there_once_each(
    lines: list[tuple[servers.Server, Proxy]], tmp_path: Path
) -> None:
    happened: set[str] = set()
    for seed in range(100, 200):
        place = tmp_path / str(seed)
        place.mkdir()
        lives(lines, place, seed)
        happened |= {one for _, proxy in lines for one in proxy.happened}
    assert happened >= set(FAULTS)


def lives(lines: list[tuple[servers.Server, Proxy]], folder: Path, seed: int) -> None:
    server, proxy = lines[seed % 2]
    proxy.happened.clear()
    proxy.wire.clear()
    room = Room(folder, server, proxy, seed)
    try:
        live(room)
        assert room.states() == {State.ACKNOWLEDGED}, proxy.happened
        names = [room.desk.outbox.parcel(one)[0].parcel.name for one in room.sent]
        there = [row[0] for row in room.database.rows("SELECT name FROM parcel")]
        assert len(there) == len(set(there))
        assert set(names) <= set(there)
        assert len(there) == len(names) + 1  # and the enrolment
        assert room.desk.verify().whole
        assert room.files is not None
        kept = b"".join(
            path.name.encode() + (path.read_bytes() if path.is_file() else b"")
            for path in room.files.rglob("*")
        )
        seen = bytes(proxy.wire)
        assert len(seen) > sum(1 for _ in names) * 1000
        for name in (*NAMES, "Plans her support", str(room.student)):
            assert name.encode() not in seen
            assert name.encode() not in kept
    finally:
        room.database.close()
        room.desk.close()
