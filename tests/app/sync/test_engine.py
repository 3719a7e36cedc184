"""What the engine does at a place, and what it never does."""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import servers
from app.kernel.errors import Cancelled, Trouble
from app.sync import manifest as manifests
from app.sync import receipts, target
from app.sync.desk_key import DeskKey
from app.sync.destinations import reach
from app.sync.engine import Engine
from app.sync.parcels import Address, Carrier, Credentials, Destination, State
from app.sync.troubles import SendingTrouble
from outbox_double import OutboxDouble
from vaults import fixed_clock


class Wire:
    """A network as the test wants it."""

    def __init__(self) -> None:
        self.is_up, self.is_metered, self.is_captive = True, False, False

    def up(self) -> bool:
        return self.is_up

    def metered(self) -> bool:
        return self.is_metered

    def captive(self) -> bool:
        return self.is_captive


class Bench:
    """An engine over a folder, with every way to it under the test's hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = fixed_clock()
        self.now = 0.0
        self.wire = Wire()
        self.district = DeskKey.new()
        address = Address(Carrier.FOLDER, {"path": str(folder)})
        self.outbox = OutboxDouble(address, {}, self.district.public)
        self.put: list[str] = []
        self.in_the_way: dict[str, SendingTrouble] = {}
        """Trouble by the beginning of a path; it stays until it is taken out."""
        self.engine = self.fresh()

    def fresh(self) -> Engine:
        """Return an engine as a new process has it."""
        self.engine = Engine(
            self.outbox,
            self.reach,
            self.clock,
            lambda: 0.5,
            self.wire,
            settle=0.0,
            steady=lambda: self.now,
        )
        return self.engine

    def reach(self, address: Address, credentials: Credentials) -> Destination:
        there = reach(address, credentials)
        put, get = there.put, there.get
        lock = threading.Lock()

        def watched_put(path: str, data: bytes) -> None:
            with lock:
                self.put.append(path)
            self.stop(f"put {path}")
            put(path, data)

        def watched_get(path: str) -> bytes:
            self.stop(f"get {path}")
            return get(path)

        there.put, there.get = watched_put, watched_get  # type: ignore[method-assign]
        return there

    def stop(self, what: str) -> None:
        for beginning, trouble in self.in_the_way.items():
            if what.startswith(beginning):
                raise trouble

    def later(self, seconds: float) -> None:
        self.now += seconds
        self.clock.advance(timedelta(seconds=seconds))

    def objects(self) -> set[str]:
        return {path.name for path in (self.folder / "objects").iterdir()}

    def manifests(self) -> list[manifests.Manifest]:
        found = (self.folder / "manifests" / self.outbox.key.id).iterdir()
        return [manifests.read(path.read_bytes()) for path in sorted(found)]

    def receive(self, counter: int, signer: DeskKey | None = None) -> None:
        """Write the receipt that the district writes."""
        path = self.folder / manifests.path(self.outbox.key.id, counter)
        found = manifests.read(path.read_bytes())
        said = receipts.Receipt(
            found.desk,
            counter,
            found.sha256,
            tuple(
                receipts.Verdict(one.name, receipts.Result.LOADED) for one in found.content.objects
            ),
            "2026-11-20T15:00:00.000Z",
        )
        place = self.folder / receipts.path(found.desk, counter)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(receipts.sign(said, signer or self.district))


@pytest.fixture
def bench() -> Iterator[Bench]:
    with servers.folder() as server:
        assert server.folder is not None
        yield Bench(server.folder)


def test_objects_come_first_the_manifest_last_and_both_are_read_back(bench: Bench) -> None:
    parcels = [bench.outbox.add() for _ in range(250)]
    (at,) = bench.engine.run_once().places
    assert (at.placed, at.delivered, at.trouble) == (250, 250, None)
    assert bench.outbox.states() == {State.DELIVERED}
    assert bench.objects() == {one.name for one in parcels}
    assert bench.put[0] == "target.json"
    assert bench.put[-1].startswith("manifests/")
    (made,) = bench.manifests()
    assert [one.name for one in made.content.objects] == [one.name for one in parcels]
    assert (made.content.counter, made.content.restart) == (1, False)
    assert made.content.target == target.read((bench.folder / "target.json").read_bytes())


def test_what_it_writes_down_is_written_by_the_hundred(bench: Bench) -> None:
    for _ in range(300):
        bench.outbox.add()
    bench.engine.run_once()
    assert bench.outbox.writes <= 3 * 2 + 4


def test_manifests_follow_each_other_and_name_only_what_is_new(bench: Bench) -> None:
    for count in (2, 3):
        for _ in range(count):
            bench.outbox.add()
        bench.engine.run_once()
    first, second = bench.manifests()
    assert second.content.previous == first.sha256
    assert [len(one.content.objects) for one in (first, second)] == [2, 3]


def test_nothing_to_do_reaches_nowhere(bench: Bench) -> None:
    def nowhere(address: Address, credentials: Credentials) -> Destination:
        raise AssertionError

    engine = Engine(bench.outbox, nowhere, bench.clock, lambda: 0.5, bench.wire)
    assert engine.run_once().places == ()


def test_an_interrupted_try_is_done_again_with_the_same_bytes(bench: Bench) -> None:
    one, other = bench.outbox.add(), bench.outbox.add()
    bench.engine.run_once()
    for kept in (one, other):
        # As after a crash between the sending and the writing down of it.
        kept.reach, kept.state = 0, State.SENDING
    (bench.folder / "objects" / other.name).write_bytes(b"half")
    bench.put.clear()
    bench.fresh().run_once()
    assert [path for path in bench.put if path.startswith("objects")] == [f"objects/{other.name}"]
    assert bench.outbox.states() == {State.DELIVERED}
    assert (bench.folder / "objects" / other.name).read_bytes() == other.data


def test_a_cancelled_run_keeps_what_was_read_back_and_goes_on_later(bench: Bench) -> None:
    for _ in range(250):
        bench.outbox.add()

    def enough(done: int, of: int) -> None:
        assert of == 250
        if done >= 120:
            raise Cancelled

    with pytest.raises(Cancelled):
        bench.engine.run_once(enough)
    assert 120 <= len(bench.outbox.unmanifested("place")) < 250
    bench.engine.run_once()
    assert bench.outbox.states() == {State.DELIVERED}
    assert len(bench.manifests()) == 1


# New, emptied and put-back places.


def test_an_emptied_place_is_given_everything_again_and_takes_nothing_from_here(
    bench: Bench,
) -> None:
    parcels = [bench.outbox.add() for _ in range(5)]
    bench.engine.run_once()
    bench.receive(1)
    bench.engine.run_once(forced=True)
    assert bench.outbox.states() == {State.ACKNOWLEDGED}
    for path in list(bench.folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    parcels.append(bench.outbox.add())
    bench.engine.run_once()
    assert bench.objects() == {one.name for one in parcels}
    (made,) = bench.manifests()
    assert (made.content.counter, made.content.restart) == (2, True)
    assert len(made.content.objects) == 6
    # The district's word stands.
    assert sorted(one.state for one in parcels) == [State.ACKNOWLEDGED] * 5 + [State.DELIVERED]


def test_another_place_under_the_same_address_is_sent_everything(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    other = target.new_id()
    (bench.folder / "target.json").write_bytes(target.write(other))
    bench.outbox.add()
    bench.engine.run_once()
    assert bench.outbox.known["place"].target == other
    assert [len(one.content.objects) for one in bench.manifests()] == [1, 2]
    assert target.read((bench.folder / "target.json").read_bytes()) == other


def test_a_place_that_was_put_back_to_an_earlier_state_is_sent_everything(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    second = bench.outbox.add()
    bench.engine.run_once()
    (bench.folder / manifests.path(bench.outbox.key.id, 2)).unlink()
    (bench.folder / "objects" / second.name).unlink()
    bench.outbox.add()
    bench.fresh().run_once()
    assert len(bench.objects()) == 3
    assert bench.outbox.states() == {State.DELIVERED}


def test_a_target_that_is_illegible_is_replaced_and_nothing_is_lost(bench: Bench) -> None:
    (bench.folder / "target.json").write_bytes(b'{"casewell": "tar')
    bench.outbox.add()
    bench.engine.run_once()
    assert target.read((bench.folder / "target.json").read_bytes())
    assert bench.outbox.states() == {State.DELIVERED}


def test_a_target_of_a_newer_program_is_left_alone(bench: Bench) -> None:
    newer = json.dumps({"casewell": "target", "version": 9, "id": "0" * 32}).encode()
    (bench.folder / "target.json").write_bytes(newer)
    bench.outbox.add()
    (at,) = bench.engine.run_once().troubles
    assert at.trouble is not None
    assert at.trouble.code == "sending-refused"
    assert (bench.folder / "target.json").read_bytes() == newer


def test_a_place_that_cannot_be_read_is_not_taken_for_an_empty_one(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    bench.outbox.add()
    for code in ("sending-denied", "sending-sign-in", "sending-server-error", "sending-cut"):
        bench.in_the_way = {"get target": SendingTrouble(code)}
        (at,) = bench.engine.run_once(forced=True).troubles
        assert at.trouble is not None
        assert at.trouble.code == code
    assert ("restart", bench.outbox.known["place"].target) in bench.outbox.said
    assert len([one for one in bench.outbox.said if one[0] == "restart"]) == 1


def test_a_vault_that_was_put_back_follows_the_manifests_it_finds(bench: Bench) -> None:
    import copy

    bench.outbox.add()
    bench.engine.run_once()
    before = copy.deepcopy(bench.outbox)
    for _ in range(2):
        bench.outbox.add()
        bench.engine.run_once()
    known = (bench.folder / manifests.path(before.key.id, 3)).read_bytes()
    bench.outbox = before
    bench.outbox.add()
    bench.fresh().run_once()
    assert ("overtaken", "3") in bench.outbox.said
    made = bench.manifests()
    assert [one.content.counter for one in made] == [1, 2, 3, 4]
    assert made[3].content.previous == hashlib.sha256(known).hexdigest()
    assert (bench.folder / manifests.path(before.key.id, 3)).read_bytes() == known


def test_a_counter_that_is_taken_meanwhile_is_never_written_over(bench: Bench) -> None:
    import copy

    bench.outbox.add()
    bench.engine.run_once()
    twin = copy.deepcopy(bench.outbox)
    bench.outbox.add()
    bench.engine.run_once()
    taken = (bench.folder / manifests.path(twin.key.id, 2)).read_bytes()
    # The same vault, put back while this engine had met the place already.
    bench.outbox = twin
    old, bench.engine = bench.engine, bench.fresh()
    bench.engine._turns = old._turns
    bench.outbox.add()
    bench.engine.run_once()
    assert (bench.folder / manifests.path(twin.key.id, 2)).read_bytes() == taken
    assert [one.content.counter for one in bench.manifests()] == [1, 2, 3]
    assert bench.outbox.states() == {State.DELIVERED}


def test_half_a_manifest_is_written_again_whole(bench: Bench) -> None:
    bench.outbox.add()
    bench.in_the_way = {"get manifests": SendingTrouble("sending-cut")}
    bench.engine.run_once()
    bench.in_the_way = {}
    path = bench.folder / manifests.path(bench.outbox.key.id, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = bench.outbox.manifest("place")
    assert made is not None
    path.write_bytes(made.data[:100])
    bench.later(60)
    bench.engine.run_once()
    assert path.read_bytes() == made.data
    assert bench.outbox.states() == {State.DELIVERED}


# Receipts.


def test_receipts_are_taken_in_once_and_doubtful_ones_are_told(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    bench.receive(1, DeskKey.new())
    (at,) = bench.engine.run_once(forced=True).places
    assert (at.receipts, at.doubtful) == (0, (1,))
    assert bench.outbox.states() == {State.DELIVERED}
    bench.receive(1)
    (at,) = bench.engine.run_once(forced=True).places
    assert (at.receipts, at.doubtful) == (1, ())
    assert bench.outbox.states() == {State.ACKNOWLEDGED}
    assert bench.engine.run_once(forced=True).places == ()


def test_receipts_are_looked_for_now_and_then_only(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    bench.receive(1)
    assert bench.engine.run_once().places == ()
    bench.later(15 * 60)
    (at,) = bench.engine.run_once().places
    assert at.receipts == 1


def test_a_stick_that_is_pulled_out_once_all_is_on_it_troubles_nobody(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    away = bench.folder.rename(bench.folder.with_name("away"))
    for _ in range(3):
        bench.later(15 * 60)
        assert bench.engine.run_once().places == ()
    (at,) = bench.engine.run_once(forced=True).troubles
    assert at.trouble is not None
    assert at.trouble.code == "sending-folder-gone"
    away.rename(bench.folder)
    bench.receive(1)
    bench.later(30 * 60)
    (at,) = bench.engine.run_once().places
    assert at.receipts == 1


def test_a_password_that_was_refused_is_not_tried_again_for_receipts(bench: Bench) -> None:
    bench.outbox.add()
    bench.engine.run_once()
    tried = []
    bench.in_the_way = {"get target": SendingTrouble("sending-denied")}
    bench.reach = lambda *way: tried.append(way) or Bench.reach(bench, *way)  # type: ignore[func-returns-value,method-assign]
    bench.fresh()
    for _ in range(5):
        bench.later(15 * 60)
        assert bench.engine.run_once().places == ()
    assert len(tried) == 1


# Trouble.


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("sending-unreachable", False),
        ("sending-stalled", False),
        ("sending-too-many", False),
        ("sending-sign-in", False),  # a person is told; it is tried by itself all the same
        ("sending-full", False),
        ("sending-folder-gone", False),
        ("sending-denied", True),
        ("sending-certificate", True),
        ("sending-host-key", True),
    ],
)
def test_trouble_with_a_place_stops_it_at_once_and_is_written_down_once(
    bench: Bench, code: str, ask: bool
) -> None:
    for _ in range(40):
        bench.outbox.add()
    bench.in_the_way = {"put objects": SendingTrouble(code)}
    (at,) = bench.engine.run_once().troubles
    assert at.trouble is not None
    assert at.trouble.code == code
    assert len([path for path in bench.put if path.startswith("objects")]) <= 20
    assert bench.outbox.states() == {State.FAILED}
    assert {(one.code, one.ask) for one in bench.outbox.kept.values()} == {(code, ask)}
    bench.in_the_way = {}
    bench.later(30 * 60)
    bench.engine.run_once(forced=ask)
    assert bench.outbox.states() == {State.DELIVERED}


def test_one_parcel_that_is_refused_does_not_hold_up_the_others(bench: Bench) -> None:
    parcels = [bench.outbox.add() for _ in range(20)]
    bench.in_the_way = {
        f"put objects/{parcels[0].name}": SendingTrouble("sending-server-error"),
        f"put objects/{parcels[9].name}": SendingTrouble("sending-full", status=413),
    }
    (at,) = bench.engine.run_once().places
    assert (at.placed, at.delivered) == (18, 18)
    assert at.trouble is not None
    assert [parcels[index].state for index in (0, 9)] == [State.FAILED] * 2
    bench.in_the_way = {}
    bench.later(1800)
    bench.engine.run_once()
    assert bench.outbox.states() == {State.DELIVERED}


def test_what_is_read_back_otherwise_never_counts(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.sync.destinations.folder import Folder

    bench.outbox.add()
    right = Folder.get
    monkeypatch.setattr(
        Folder,
        "get",
        lambda self, path: right(self, path)[:-1] if "objects" in path else right(self, path),
    )
    (at,) = bench.engine.run_once().troubles
    assert at.trouble is not None
    assert (at.trouble.code, at.placed) == ("sending-differs", 0)
    assert not (bench.folder / "manifests").exists()


def test_trouble_at_one_place_stops_no_other(bench: Bench) -> None:
    with servers.folder() as other:
        gone = Address(Carrier.FOLDER, {"path": str(bench.folder / "gone")})
        bench.outbox.add_place("gone", gone, {})
        bench.outbox.known = dict(sorted(bench.outbox.known.items()))
        bench.outbox.add_place("other", other.address, {})
        for place in ("gone", "place", "other"):
            bench.outbox.add(place=place)
        found = {at.place: at for at in bench.engine.run_once().places}
        assert [found[place].delivered for place in ("place", "other")] == [1, 1]
        assert found["gone"].trouble is not None


def test_what_breaks_at_one_place_is_raised_after_the_others(bench: Bench) -> None:
    with servers.folder() as other:
        bench.outbox.add_place("other", other.address, {})
        for place in ("place", "other"):
            bench.outbox.add(place=place)
        bench.in_the_way = {}
        calls = []

        def broken(address: Address, credentials: Credentials) -> Destination:
            calls.append(address)
            if len(calls) == 1:
                raise ZeroDivisionError
            return reach(address, credentials)

        engine = Engine(bench.outbox, broken, bench.clock, lambda: 0.5, bench.wire)
        with pytest.raises(ZeroDivisionError):
            engine.run_once()
        assert [one.state for one in bench.outbox.kept.values()] == [
            State.QUEUED,
            State.DELIVERED,
        ]


def test_damaged_bytes_wait_for_a_person_and_the_rest_goes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = bench.outbox.add(), bench.outbox.add()
    sealed = bench.outbox.sealed

    def damaged(parcel: str) -> bytes:
        if parcel == bad.id:
            raise Trouble("parcel-damaged")
        return sealed(parcel)

    monkeypatch.setattr(bench.outbox, "sealed", damaged)
    (at,) = bench.engine.run_once().places
    assert at.damaged == (bad.id,)
    assert (bad.code, bad.ask, good.state) == ("parcel-damaged", True, State.DELIVERED)


# When it is tried again.


def test_waits_grow_are_measured_on_a_steady_clock_and_end_with_a_network(bench: Bench) -> None:
    bench.outbox.add()
    bench.in_the_way = {"put": SendingTrouble("sending-unreachable")}
    assert bench.engine.run_once().troubles
    assert bench.engine.run_once().places == ()
    bench.clock.advance(timedelta(days=-1))
    for failures in range(2, 12):
        bench.now += 0.5 * min(900, 2 ** (failures - 2)) + 0.01
        assert bench.engine.run_once().troubles, failures
    assert bench.engine.run_once().places == ()
    bench.in_the_way = {}
    bench.engine.network_up()
    assert bench.engine.run_once().troubles == ()
    assert bench.outbox.states() == {State.DELIVERED}


def test_what_the_other_side_asked_for_is_waited(bench: Bench) -> None:
    bench.outbox.add()
    bench.in_the_way = {"put": SendingTrouble("sending-too-many", after=100)}
    assert bench.engine.run_once().troubles
    bench.later(100)
    assert bench.engine.run_once().places == ()
    bench.later(1)
    bench.in_the_way = {}
    assert bench.engine.run_once().troubles == ()


def test_a_clock_that_was_a_day_ahead_puts_nothing_off_for_a_day(bench: Bench) -> None:
    bench.outbox.add()
    bench.clock.advance(timedelta(days=1))
    bench.in_the_way = {"put": SendingTrouble("sending-unreachable")}
    bench.engine.run_once()
    bench.clock.advance(timedelta(days=-1))
    bench.in_the_way = {}
    bench.now += 900
    bench.engine.run_once()
    assert bench.outbox.states() == {State.DELIVERED}
    # And in a new process as well.
    late = bench.outbox.add()
    late.due = "2026-11-22T00:00:00.000Z"
    bench.fresh().run_once()
    assert bench.outbox.states() == {State.DELIVERED}


def test_a_clock_that_is_off_is_shown_and_stops_nothing(bench: Bench) -> None:
    bench.outbox.add()
    (at,) = bench.engine.run_once().places
    # The test's clock stands; the folder's file has today's time.
    assert at.drift is not None
    assert abs(at.drift) > timedelta(minutes=5)
    assert at.delivered == 1


# The network.


def test_a_metered_or_captive_network_is_not_used_and_a_folder_needs_none(bench: Bench) -> None:
    with servers.apache() as server:
        bench.outbox.known.clear()
        bench.outbox.add_place("place", server.address, server.credentials)
        bench.outbox.add()
        for name, code in (
            ("is_metered", "sending-metered"),
            ("is_captive", "sending-sign-in"),
        ):
            setattr(bench.wire, name, True)
            (at,) = bench.engine.run_once().troubles
            assert at.trouble is not None
            assert at.trouble.code == code
            bench.engine.network_up()
        assert bench.put == []
        bench.wire.is_captive = False
        assert bench.engine.run_once(forced=True).troubles == ()
        assert bench.outbox.states() == {State.DELIVERED}
        bench.wire.is_up = False
        bench.outbox.add()
        (at,) = bench.engine.run_once().troubles
        assert at.trouble is not None
        assert at.trouble.code == "sending-unreachable"


def test_a_folder_needs_no_network(bench: Bench) -> None:
    bench.wire.is_up, bench.wire.is_metered, bench.wire.is_captive = False, True, True
    bench.outbox.add()
    assert bench.engine.run_once().troubles == ()


def test_a_try_that_failed_names_nobody(bench: Bench) -> None:
    bench.outbox.add(os.urandom(50))
    bench.in_the_way = {"put": SendingTrouble("sending-refused", status=418)}
    (at,) = bench.engine.run_once().troubles
    assert str(at.trouble) == "sending-refused"
