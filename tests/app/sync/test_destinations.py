"""Every carrier against a real server of its kind: what is written is what is read."""

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime

import pytest

import servers
from app.sync.destinations import Patience, reach
from app.sync.parcels import Address, Carrier, Destination
from app.sync.troubles import SendingTrouble

QUICK = Patience(connect=5, silence=5, whole=10)


@pytest.fixture(scope="module", params=list(servers.EVERY))
def server(request: pytest.FixtureRequest) -> Iterator[servers.Server]:
    with servers.EVERY[request.param]() as running:
        yield running


@pytest.fixture
def place(server: servers.Server) -> Iterator[Destination]:
    with closing(reach(server.address, server.credentials, QUICK)) as destination:
        yield destination


def name_of(data: bytes) -> str:
    return f"objects/{hashlib.sha256(data).hexdigest()}"


def code_of(action: object) -> str:
    with pytest.raises(SendingTrouble) as caught:
        action()  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize("size", [1, 20_000, 3_000_000])
def test_what_is_put_is_what_is_got_and_putting_it_again_does_no_harm(
    place: Destination, size: int
) -> None:
    data = b"a" + os.urandom(size - 1)  # nothing of ours begins as a page does
    for _ in range(2):
        place.put(name_of(data), data)
        assert place.get(name_of(data)) == data


def test_what_is_not_there_is_missing(place: Destination) -> None:
    assert code_of(lambda: place.get(f"objects/{'0' * 64}")) == "sending-missing"
    assert code_of(lambda: place.get(f"receipts/{os.urandom(16).hex()}/1")) == "sending-missing"


def test_names_are_those_of_a_folder_and_no_deeper(place: Destination) -> None:
    desk = os.urandom(16).hex()
    assert place.names(f"manifests/{desk}") == []
    for counter in range(1, 4):
        place.put(f"manifests/{desk}/{counter:010d}.json", b"{}\n")
    assert sorted(place.names(f"manifests/{desk}")) == [f"{n:010d}.json" for n in range(1, 4)]
    assert desk in place.names("manifests")
    assert "manifests" in place.names("")


def test_what_is_there_is_replaced_whole(place: Destination) -> None:
    place.put("target.json", b"x" * 5000)
    place.put("target.json", b"{}")
    assert place.get("target.json") == b"{}"


def test_several_at_once_arrive_each_under_its_own_name(place: Destination) -> None:
    parcels = [b"a" + os.urandom(5000) for _ in range(40)]
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda data: place.put(name_of(data), data), parcels))
        assert list(hands.map(lambda data: place.get(name_of(data)), parcels)) == parcels


@pytest.mark.parametrize("start", [servers.folder, servers.sshd], ids=["folder", "sshd"])
def test_a_try_that_was_given_up_and_the_next_do_not_meet(
    start: Callable[[], AbstractContextManager[servers.Server]],
) -> None:
    """Both write beside the name that the thing is to have."""
    data = os.urandom(5000)
    with (
        start() as server,
        closing(reach(server.address, server.credentials, QUICK)) as place,
        ThreadPoolExecutor(8) as hands,
    ):
        list(hands.map(lambda _: place.put(name_of(data), data), range(60)))
        assert place.get(name_of(data)) == data
        assert server.folder is not None
        assert [path.name for path in server.folder.rglob("*.part")] == []


def test_the_other_sides_clock_is_known_once_something_was_written(place: Destination) -> None:
    place.put("objects/clock", b"tick")
    shown = place.server_time()  # type: ignore[attr-defined]
    assert abs((shown - datetime.now(UTC)).total_seconds()) < 5


def test_nothing_half_written_is_left_beside(server: servers.Server, place: Destination) -> None:
    place.put("objects/whole", b"whole")
    if server.folder is not None:
        assert [path.name for path in server.folder.rglob("*.part")] == []


# Who may not.


def test_a_wrong_password_is_denied() -> None:
    for start in servers.WEBDAV.values():
        with start() as server:
            wrong = {"username": servers.USER, "password": "invented"}
            with closing(reach(server.address, wrong, QUICK)) as place:
                assert code_of(lambda place=place: place.get("target.json")) == "sending-denied"
                assert code_of(lambda place=place: place.put("a", b"b")) == "sending-denied"
                assert code_of(lambda place=place: place.names("")) == "sending-denied"


def test_a_server_of_an_unknown_authority_is_told_nothing() -> None:
    with servers.apache(tls=True) as server:
        options = {**server.address.options, "ca": ""}
        with closing(reach(Address(Carrier.WEBDAV, options), server.credentials, QUICK)) as place:
            assert code_of(lambda: place.put("a", b"b")) == "sending-certificate"
        assert server.folder is not None
        assert list(server.folder.iterdir()) == []


def test_a_server_whose_host_key_is_unknown_or_another_is_told_nothing() -> None:
    with servers.sshd() as server, servers.sshd() as other:
        for pinned in ("", other.address.options["host_key"]):
            address = Address(Carrier.SFTP, {**server.address.options, "host_key": pinned})
            with pytest.raises(SendingTrouble) as caught:
                reach(address, server.credentials, QUICK)
            assert caught.value.code == "sending-host-key"
            assert caught.value.facts["shown"] == server.address.options["host_key"]
            assert caught.value.facts["known"] == bool(pinned)


def test_an_unknown_key_is_denied_by_sshd() -> None:
    with servers.sshd() as server, servers.sshd() as other:
        assert code_of(lambda: reach(server.address, other.credentials, QUICK)) == "sending-denied"
        broken = {**server.credentials, "private_key": "no key"}
        assert code_of(lambda: reach(server.address, broken, QUICK)) == "sending-denied"


def test_a_key_with_a_passphrase_opens_with_it_alone() -> None:
    from cryptography.hazmat.primitives import serialization

    with servers.sshd() as server:
        key = serialization.load_ssh_private_key(
            server.credentials["private_key"].encode(), None
        ).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.BestAvailableEncryption(b"invented"),
        )
        locked = {**server.credentials, "private_key": key.decode()}
        assert code_of(lambda: reach(server.address, locked, QUICK)) == "sending-denied"
        reach(server.address, {**locked, "passphrase": "invented"}, QUICK).close()


def test_a_folder_on_an_ssh_server_that_is_gone_is_not_made() -> None:
    with servers.sshd() as server:
        assert server.folder is not None
        gone = Address(Carrier.SFTP, {**server.address.options, "root": f"{server.folder}/gone"})
        assert code_of(lambda: reach(gone, server.credentials, QUICK)) == "sending-folder-gone"
        assert list(server.folder.iterdir()) == []


def test_a_bucket_that_is_not_there_is_not_an_empty_one() -> None:
    with servers.s3() as server:
        other = Address(Carrier.S3, {**server.address.options, "bucket": "another"})
        with closing(reach(other, server.credentials, QUICK)) as place:
            assert code_of(lambda: place.names("")) == "sending-refused"
            assert code_of(lambda: place.put("a", b"b")) == "sending-refused"


# A folder that comes and goes.


def test_a_stick_that_is_gone_is_said_to_be_and_its_folder_is_never_made() -> None:
    with servers.folder() as server:
        place = reach(server.address, {})
        assert server.folder is not None
        place.put("objects/a", b"a")
        away = server.folder.rename(server.folder.with_name("away"))
        for action in (
            lambda: place.put("objects/b", b"b"),
            lambda: place.get("objects/a"),
            lambda: place.names("objects"),
            lambda: reach(server.address, {}),
        ):
            assert code_of(action) == "sending-folder-gone"
        assert not server.folder.exists()
        away.rename(server.folder)
        assert place.get("objects/a") == b"a"


def test_a_relative_folder_is_no_place() -> None:
    address = Address(Carrier.FOLDER, {"path": "share"})
    assert code_of(lambda: reach(address, {})) == "sending-folder-gone"


def test_a_full_stick_is_full_and_keeps_nothing_half(monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    with servers.folder() as server:
        place = reach(server.address, {})
        monkeypatch.setattr("os.fsync", full)
        assert code_of(lambda: place.put("objects/a", b"a")) == "sending-full"
        monkeypatch.undo()
        assert place.names("objects") == []
        assert server.folder is not None
        assert [path for path in server.folder.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("carrier", [Carrier.WEBDAV, Carrier.SFTP, Carrier.S3])
def test_a_server_that_is_not_there_is_unreachable(carrier: Carrier) -> None:
    port = servers.free_port()
    options = {
        "endpoint": f"http://127.0.0.1:{port}",
        "host": "127.0.0.1",
        "port": str(port),
        "bucket": "bucket",
        "region": "us-east-1",
    }
    secrets = {"access_key_id": "a", "secret_access_key": "b"}
    assert (
        code_of(lambda: reach(Address(carrier, options), secrets, QUICK).get("a"))
        == "sending-unreachable"
    )
