"""Seeded histories of a desk and a district with everything going wrong between them.

Each history draws a server (Apache, WsgiDAV, S3, sshd), and then what happens: summaries are
queued; the engine runs while requests are cut, stalled, doubled, delayed, half written, answered by
a sign-in page; the program is killed at a commit; the clock jumps by a day; the place is emptied, or
another; the vault is put back to yesterday's; the district reads and answers. Afterwards the line
is mended, and every summary has to be at the district exactly once, and to be known to be.

    CASEWELL_HISTORIES=1000 python -m pytest -m slow tests/faults/test_sending_histories.py
"""

import copy
import hashlib
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

import servers
from app.sync import manifest as manifests
from app.sync import receipts, target
from app.sync.desk_key import DeskKey
from app.sync.destinations import reach
from app.sync.engine import Engine, Outcome
from app.sync.parcels import Address, Credentials, Destination, Parcel, State
from app.sync.signed import Malformed
from app.sync.troubles import WHY, SendingTrouble
from fault_proxy import FAULTS, Proxy, http_proxy, tcp_proxy
from outbox_double import COMMITS, MENDED, QUICK, Killed, OutboxDouble, Wire
from vaults import fixed_clock

SHORT = 100
LOTS = 4


class Fragile(OutboxDouble):
    """An outbox whose program may be killed right before or right after any commit."""

    left = -1

    def __getattribute__(self, name: str) -> object:
        found = super().__getattribute__(name)
        if name not in COMMITS:
            return found

        def committing(*facts: object, **named: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise Killed
            said = found(*facts, **named)
            self.left -= 1
            if self.left == 0:
                raise Killed
            return said

        return committing


class District:
    """Reads what lies at a place as a collector does, and answers."""

    def __init__(self) -> None:
        self.key = DeskKey.new()
        self.loaded: dict[str, bytes] = {}
        self.read: dict[int, str] = {}

    def collect(self, there: Destination, desk: str) -> None:
        for counter in sorted(int(name[:10]) for name in there.names(f"manifests/{desk}")):
            data = there.get(manifests.path(desk, counter))
            try:
                found = manifests.read(data)
            except Malformed:
                continue  # half a one: it is looked at again next time
            assert (found.desk, found.content.counter) == (desk, counter)
            if counter in self.read:
                assert self.read[counter] == found.sha256, "a manifest was written over"
                if found.content.objects and there_is(there, receipts.path(desk, counter)):
                    continue
            if found.content.previous and counter - 1 in self.read:
                assert found.content.previous == self.read[counter - 1], "the chain is broken"
            verdicts = []
            for one in found.content.objects:
                sealed = there.get(f"objects/{one.name}")
                assert len(sealed) == one.size
                assert hashlib.sha256(sealed).hexdigest() == one.name
                again = one.name in self.loaded
                self.loaded[one.name] = sealed
                verdicts.append(
                    receipts.Verdict(
                        one.name, receipts.Result.ALREADY if again else receipts.Result.LOADED
                    )
                )
            self.read[counter] = found.sha256
            said = receipts.Receipt(
                desk, counter, found.sha256, tuple(verdicts), "2026-11-20T15:00:00.000Z"
            )
            there.put(receipts.path(desk, counter), receipts.sign(said, self.key))


def there_is(there: Destination, path: str) -> bool:
    try:
        there.get(path)
    except SendingTrouble as trouble:
        if trouble.code != "sending-missing":
            raise
        return False
    return True


class History:
    """One desk, one place, one district, and a seed."""

    def __init__(self, seed: int, server: servers.Server, proxy: Proxy) -> None:
        self.dice = random.Random(seed)
        self.server, self.proxy = server, proxy
        self.root = f"h{seed}-{os.urandom(3).hex()}"
        self.folder: Path | None = None
        if server.folder is not None:
            self.folder = server.folder / self.root
            if "host" in server.address.options:
                self.folder.mkdir()
        self.direct = self.addressed(server.address)
        self.district = District()
        self.outbox: Fragile = Fragile(
            self.addressed(server.at(proxy.port)), server.credentials, self.district.key.public
        )
        self.clock = fixed_clock()
        self.now = 0.0
        self.before: Fragile | None = None
        self.lost_names: set[str] = set()
        self.patience = QUICK
        self.engine = self.fresh()
        proxy.dice = random.Random(seed + 1)
        proxy.happened.clear()

    def addressed(self, address: Address) -> Address:
        root = address.options.get("root", "").rstrip("/") + "/" + self.root
        return Address(address.carrier, {**address.options, "root": root})

    def reach(self, address: Address, credentials: Credentials) -> Destination:
        return reach(address, credentials, self.patience)

    def fresh(self) -> Engine:
        return Engine(
            self.outbox,
            self.reach,
            self.clock,
            self.dice.random,
            Wire(),
            hands=3,
            settle=0.0,
            steady=lambda: self.now,
        )

    def run(self, *, forced: bool = False) -> Outcome | None:
        try:
            found = self.engine.run_once(forced=forced)
        except Killed:
            self.outbox.left = -1
            self.engine = self.fresh()
            return None
        for at in found.places:
            assert at.trouble is None or at.trouble.code in WHY
        return found

    # What happens.

    def queue(self) -> None:
        for _ in range(self.dice.randint(1, 4)):
            self.outbox.add(b"age-encryption.org/v1\n" + self.dice.randbytes(300))

    def send(self) -> None:
        self.run(forced=self.dice.random() < 0.3)

    def kill(self) -> None:
        self.outbox.left = self.dice.randint(1, 8)
        self.run(forced=True)
        self.outbox.left = -1
        self.engine = self.fresh()

    def time_passes(self) -> None:
        self.now += self.dice.choice((1, 60, 1000))
        self.clock.advance(timedelta(seconds=self.dice.choice((1, 60, 1000))))

    def clock_jumps(self) -> None:
        self.clock.advance(timedelta(days=self.dice.choice((-1, 1))))

    def network_comes(self) -> None:
        self.engine.network_up()

    def emptied(self) -> None:
        if self.folder is None or not self.folder.is_dir() or self.before is not None:
            return
        for path in list(self.folder.iterdir()):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def another(self) -> None:
        with closing(reach(self.direct, self.server.credentials, MENDED)) as there:
            there.put(target.PATH, target.write(target.new_id()))

    def remembered(self) -> None:
        if self.before is None:
            self.before = copy.deepcopy(self.outbox)

    def put_back(self) -> None:
        """The vault is what it was when a backup was made; what is lost with it, is."""
        if self.before is None:
            return
        now = {one.name for one in self.outbox.kept.values()}
        self.outbox = copy.deepcopy(self.before)
        self.lost_names |= now - {one.name for one in self.outbox.kept.values()}
        self.engine = self.fresh()

    def district_reads(self) -> None:
        # The place may have been emptied before the district has read everything.
        with (
            closing(reach(self.direct, self.server.credentials, MENDED)) as there,
            suppress(SendingTrouble),
        ):
            self.district.collect(there, self.outbox.key.id)

    def live(self) -> None:
        happenings = (
            [self.queue] * 3
            + [self.send] * 5
            + [self.kill, self.time_passes, self.clock_jumps, self.network_comes]
            + [self.district_reads] * 2
            + self.dice.choice(([self.emptied], [self.another], [self.remembered, self.put_back]))
        )
        self.queue()
        for _ in range(self.dice.randint(5, 10)):
            self.proxy.chance = self.dice.choice((0.0, 0.05, 0.15, 0.4))
            if "host" in self.server.address.options:
                self.proxy.chance /= 4
            self.dice.choice(happenings)()
        self.proxy.chance = 0.0
        self.patience = MENDED

    def mended(self) -> None:
        """Nothing goes wrong any more: everything has to arrive, and to be known to have."""
        for _ in range(6):
            self.engine.network_up()
            self.now += 2000
            self.clock.advance(timedelta(seconds=2000))
            self.run(forced=True)
            with closing(reach(self.direct, self.server.credentials, MENDED)) as there:
                self.district.collect(there, self.outbox.key.id)
            if self.outbox.states() <= {State.ACKNOWLEDGED}:
                break
        assert self.outbox.states() == {State.ACKNOWLEDGED}
        names = [one.name for one in self.outbox.kept.values()]
        assert len(set(names)) == len(names)
        assert set(names) <= set(self.district.loaded)
        assert set(self.district.loaded) <= set(names) | self.lost_names
        for one in self.outbox.kept.values():
            assert self.district.loaded[one.name] == one.data


KINDS = ("apache", "apache", "apache", "wsgidav", "s3", "sshd")


@pytest.fixture(scope="module")
def lines() -> Iterator[dict[str, tuple[servers.Server, Proxy]]]:
    with ExitStack() as stack:
        found = {}
        for kind in sorted(set(KINDS)):
            server = stack.enter_context(servers.EVERY[kind]())
            between = tcp_proxy if kind == "sshd" else http_proxy
            found[kind] = (server, stack.enter_context(between(server.port)))
            found[kind][1].silence = 0.15
            found[kind][1].late = 0.05
        yield found


def live(lines: dict[str, tuple[servers.Server, Proxy]], seeds: range) -> list[str]:
    happened: list[str] = []
    for seed in seeds:
        server, proxy = lines[random.Random(seed).choice(KINDS)]
        history = History(seed, server, proxy)
        try:
            history.live()
            history.mended()
        except BaseException as error:
            error.add_note(f"history {seed}: {proxy.happened}")
            raise
        happened += proxy.happened
    return happened


@pytest.mark.parametrize("lot", range(LOTS))
def test_every_summary_arrives_once_whatever_happens(
    lines: dict[str, tuple[servers.Server, Proxy]], lot: int
) -> None:
    each = SHORT // LOTS
    happened = live(lines, range(lot * each, (lot + 1) * each))
    assert len(set(happened)) > len(FAULTS) // 2


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_every_summary_arrives_once_in_a_thousand_histories(
    lines: dict[str, tuple[servers.Server, Proxy]],
) -> None:
    many = int(os.environ.get("CASEWELL_HISTORIES", "1000"))
    assert set(live(lines, range(SHORT, SHORT + many))) >= set(FAULTS)


def test_histories_tell_of_an_engine_that_reads_nothing_back(
    lines: dict[str, tuple[servers.Server, Proxy]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(there: Destination, parcel: Parcel, data: bytes) -> None:
        there.put(f"objects/{parcel.name}", data)

    monkeypatch.setattr("app.sync.engine._send", careless)
    with pytest.raises(AssertionError):
        live(lines, range(SHORT))
