"""What a place answers that means harm: it ends as a reason, and touches nothing of this computer."""

import errno
import gc
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import servers
from app.sync.destinations import Patience, clouds, folder, reach
from app.sync.destinations.answers import elsewhere, retry_after, server_time, trouble
from app.sync.destinations.patience import MOST
from app.sync.destinations.web import Site
from app.sync.parcels import Address, Carrier, Place
from app.sync.troubles import SendingTrouble

QUICK = Patience(connect=5, silence=5, whole=10)
NO_HOST = "http://[this-is-no-host"
BEYOND = ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 99999999999999999999 Jan 2026")


# -- over HTTP -------------------------------------------------------------------------


def test_a_redirect_to_what_is_no_address_is_no_crash() -> None:
    assert elsewhere("https://files.example/", NO_HOST)
    assert trouble(302, {"location": NO_HOST}, "https://files.example/").code == "sending-sign-in"


@pytest.mark.parametrize("date", BEYOND)
def test_a_date_beyond_all_calendars_is_none(date: str) -> None:
    assert server_time({"date": date}) is None
    assert retry_after({"retry-after": date}) is None


def test_a_clock_at_the_end_of_all_years_is_shown_as_none() -> None:
    date = server_time({"date": "Fri, 31 Dec 9999 23:59:59 GMT"})
    assert date is not None
    with closing(Site("http://127.0.0.1:9", {}, "", QUICK)) as site:
        site._shown = (date, -100_000.0)
        assert site.server_time() is None


@contextmanager
def answering(status: int, body: bytes) -> Iterator[Address]:
    """Run a server that answers everything alike."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_PROPFIND = do_MKCOL = answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Address(Carrier.WEBDAV, {"endpoint": f"http://127.0.0.1:{server.server_port}"})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_listing_with_what_is_no_address_is_a_reason() -> None:
    body = (
        f'<multistatus xmlns="DAV:"><response><href>{NO_HOST}</href></response></multistatus>'
    ).encode()
    with (
        answering(207, body) as address,
        closing(reach(address, {}, QUICK)) as there,
        pytest.raises(SendingTrouble),
    ):
        there.names("manifests")


@pytest.mark.parametrize("encoding", ["none-that-is", "utf-32", "idna"])
def test_a_listing_in_no_known_writing_is_a_reason(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><multistatus xmlns="DAV:"/>'.encode()
    with (
        answering(207, body) as address,
        closing(reach(address, {}, QUICK)) as there,
        pytest.raises(SendingTrouble),
    ):
        there.names("manifests")


def test_a_listing_that_leads_out_gives_names_and_no_paths() -> None:
    hrefs = "".join(
        f"<response><href>/a/{name}</href></response>" for name in ("", "..%2f..%2fetc", "b")
    )
    body = f'<multistatus xmlns="DAV:">{hrefs}</multistatus>'.encode()
    with answering(207, body) as address, closing(reach(address, {}, QUICK)) as there:
        assert all("/" not in name for name in there.names("a"))


# -- a store ---------------------------------------------------------------------------


@contextmanager
def store(length: int, status: int = 200, said: bytes = b"") -> Iterator[tuple[Address, list[int]]]:
    """Run a store whose objects are `length` bytes, all told to be 4; and count what it sent."""
    sent = [0]

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(length or len(said)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(said)
                while sent[0] < length:
                    self.wfile.write(b"a" * 65536)
                    sent[0] += 65536

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    options = {"endpoint": f"http://127.0.0.1:{server.server_port}", "region": "invented"}
    try:
        yield Address(Carrier.S3, {**options, "bucket": "invented"}), sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


KEYS = {"access_key_id": "invented", "secret_access_key": "invented"}


def test_an_object_without_an_end_is_left_after_what_a_file_may_weigh(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clouds, "MOST", 1024 * 1024)
    with store(1 << 34) as (address, sent):
        with closing(reach(address, KEYS, QUICK)) as there, pytest.raises(SendingTrouble) as found:
            there.get("objects/large")
        assert found.value.code == "sending-refused"
        assert sent[0] < 1 << 28


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (404, b"", "sending-missing"),
        (404, b"<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>", "sending-missing"),
        (403, b"<Error><Code>AccessDenied</Code><Message>m</Message></Error>", "sending-denied"),
        (503, b"<Error><Code>SlowDown</Code><Message>m</Message></Error>", "sending-too-many"),
    ],
)
def test_what_a_store_answers_when_it_is_read_is_a_reason(
    status: int, said: bytes, code: str
) -> None:
    with (
        store(0, status, said) as (address, _),
        closing(reach(address, KEYS, QUICK)) as there,
        pytest.raises(SendingTrouble) as found,
    ):
        there.get("objects/any")
    assert (found.value.code, "root" in found.value.facts) == (code, b"NoSuchBucket" in said)


def test_a_store_that_nobody_answers_for_is_unreachable() -> None:
    with store(0) as (address, _):
        pass
    with closing(reach(address, KEYS, QUICK)) as there, pytest.raises(SendingTrouble) as found:
        there.get("objects/any")
    assert found.value.code == "sending-unreachable"


# -- a folder --------------------------------------------------------------------------


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    place = tmp_path / "stick"
    place.mkdir()
    return place


def at(stick: Path) -> Address:
    return Address(Carrier.FOLDER, {"path": str(stick)})


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no such links")
def test_what_is_written_follows_no_link_out_of_the_folder(stick: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_bytes(b"all that I have")
    (stick / ".target.json.0.part").symlink_to(mine)
    (stick / "target.json").symlink_to(mine)
    there = reach(at(stick), {}, QUICK)
    there.put("target.json", b"{}")
    assert there.get("target.json") == b"{}"
    assert mine.read_bytes() == b"all that I have"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_read_is_a_file_and_of_bounded_size(stick: Path) -> None:
    os.mkfifo(stick / "target.json")
    (stick / "link.json").symlink_to("/dev/zero")
    with (stick / "large.json").open("wb") as file:
        file.truncate(MOST + 1)
    there = reach(at(stick), {}, QUICK)
    for name in ("target.json", "link.json", "large.json"):
        with pytest.raises(SendingTrouble):
            there.get(name)


def test_a_list_without_an_end_is_a_reason(stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_NAMES", 20)
    for number in range(21):
        (stick / f"{number}.json").write_bytes(b"")
    with pytest.raises(SendingTrouble):
        reach(at(stick), {}, QUICK).names("")


@pytest.mark.parametrize("number", [errno.ENOTCONN, errno.ESTALE, errno.EIO, errno.EACCES])
def test_a_share_that_the_system_has_lost_is_gone_and_no_crash(
    stick: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    there = reach(at(stick), {}, QUICK)
    honest = Path.stat

    def lost(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if self.is_relative_to(stick):
            raise OSError(number, "lost")
        return honest(self, follow_symlinks=follow_symlinks)

    def listed(_path: object) -> None:
        raise OSError(number, "lost")

    monkeypatch.setattr(Path, "stat", lost)
    monkeypatch.setattr(os, "scandir", listed)
    for action in (
        lambda: reach(at(stick), {}, QUICK),
        lambda: there.put("target.json", b"{}"),
        lambda: there.get("target.json"),
        lambda: there.names(""),
    ):
        with pytest.raises(SendingTrouble) as trouble:
            action()
        assert trouble.value.code == "sending-folder-gone"


# -- over SSH --------------------------------------------------------------------------


def test_a_file_over_ssh_that_says_it_is_endless_is_not_asked_for() -> None:
    with servers.sshd() as server:
        assert server.folder is not None
        with (server.folder / "target.json").open("wb") as file:
            file.truncate(1 << 42)
        with (
            closing(reach(server.address, server.credentials, QUICK)) as there,
            pytest.raises(SendingTrouble),
        ):
            there.get("target.json")


def test_a_server_that_greets_where_sftp_should_answer_is_a_reason() -> None:
    with (
        servers.sshd("echo Welcome to the district") as server,
        pytest.raises(SendingTrouble),
        closing(reach(server.address, server.credentials, QUICK)),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only there a name may be any bytes")
def test_a_name_in_no_known_writing_is_a_reason() -> None:
    with servers.sshd() as server:
        assert server.folder is not None
        (server.folder / os.fsdecode(b"caf\xe9")).mkdir()
        with (
            closing(reach(server.address, server.credentials, QUICK)) as there,
            pytest.raises(SendingTrouble),
        ):
            there.names("")


# -- credentials that are none ---------------------------------------------------------


@pytest.mark.parametrize("token", ["heron\nfeather", "heron\r\nX-More: feather", "heron–feather"])
def test_a_token_that_no_header_can_carry_is_denied_and_quoted_nowhere(token: str) -> None:
    with (
        answering(200, b"{}") as address,
        pytest.raises(SendingTrouble) as trouble,
        closing(reach(address, {"token": token}, QUICK)) as there,
    ):
        there.get("target.json")
    assert trouble.value.code == "sending-denied"
    assert "heron" not in f"{trouble.value!r}{trouble.value.facts}"


@pytest.mark.parametrize(
    ("carrier", "name"),
    [
        (Carrier.S3, "secret_access_key"),
        (Carrier.AZURE, "sas_token"),
        (Carrier.ONEDRIVE, "access_token"),
        (Carrier.GOOGLE_DRIVE, "access_token"),
    ],
)
def test_nor_is_one_handed_to_a_store(
    carrier: Carrier, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    address = Address(
        carrier, {"endpoint": "http://127.0.0.1:9", "bucket": "b", "region": "r", "container": "c"}
    )
    with (
        pytest.raises(SendingTrouble) as trouble,
        closing(reach(address, {"account_name": "ana", name: "heron\nfeather"}, QUICK)) as there,
    ):
        there.get("target.json")
    assert trouble.value.code == "sending-denied"
    assert "heron" not in f"{trouble.value!r}{trouble.value.facts}"
    assert capfd.readouterr() == ("", "")


def test_what_a_store_was_asked_is_in_no_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    secret = {"account_name": "ana", "sas_token": "sv=2024-08-04&sig=heron"}
    with answering(500, b"heron") as address, caplog.at_level(0):
        store = Address(
            Carrier.AZURE, {"endpoint": address.options["endpoint"], "container": "records"}
        )
        with closing(reach(store, secret, QUICK)) as there:
            assert isinstance(there, clouds.Cloud)
            with pytest.raises(SendingTrouble):
                there.get("target.json")
            assert not there._loop.get_debug()
            lost = there._loop.create_future()
            lost.set_exception(OSError("heron"))
            del lost
            gc.collect()
    assert "heron" not in caplog.text


def test_the_keys_of_a_connection_are_written_down_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.txt"
    with servers.apache(tls=True) as server:
        # Apache would write them down as well.
        monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
        with closing(reach(server.address, server.credentials, QUICK)) as there:
            there.put("target.json", b"{}")
    assert not keys.exists() or "SECRET" not in keys.read_text()


def test_what_opens_a_place_is_in_no_text_about_it() -> None:
    place = Place("id", Address(Carrier.WEBDAV), {"password": "heron-feather"})
    assert "heron" not in repr(place)
