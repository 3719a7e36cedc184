"""Places that answer, none of them as it should, and all that a desk knows of them and must keep."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import servers
from app.kernel.clock import SystemClock
from app.paper import blocks
from app.paper.page import Paper
from app.sync.district_file import Policy
from app.sync.parcels import Address, Carrier
from district_desk import KEYS, district_file
from faults.residue import forms

PAGE = b"<!DOCTYPE html><title>Welcome</title><form>Sign in to use this network</form>"


class _Echo(BaseHTTPRequestHandler):
    """Answers 500 and says back all that it was told: the address, the headers, the body."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.say(500, f"{self.path}\n{self.headers}\n".encode() + body)

    def say(self, status: int, said: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Portal(_Echo):
    """A network that wants a sign-in first."""

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.say(302, PAGE, Location="http://portal.example/sign-in")


@dataclass(frozen=True)
class Around:
    """What a desk is given; `told` goes to its standard input."""

    told: dict[str, Any]
    secrets: tuple[bytes, ...]
    """What opens the places, in the shapes in which it may lie around."""
    codes: frozenset[str]
    """Why nothing can be sent to them."""

    def line(self) -> bytes:
        return json.dumps(self.told).encode() + b"\n"


@contextmanager
def failing_places(folder: Path, mark: str) -> Iterator[Around]:
    """Run the places, and lay a scan and a district's file into `folder`; all of it is marked."""
    password, sas = f"{mark}-password", f"{mark}-signature"
    opens = {"username": servers.USER, "password": password}
    places: list[tuple[str, Address, dict[str, str]]] = []
    codes = {"sending-server-error", "sending-sign-in"}
    with ExitStack() as stack:
        echo, portal = (stack.enter_context(_http(kind)) for kind in (_Echo, _Portal))
        store = {"endpoint": echo, "bucket": "records", "region": "us-east-1"}
        blob = {"endpoint": echo, "container": "records"}
        s3 = {"access_key_id": f"{mark}-id", "secret_access_key": f"{mark}-secret"}
        azure = {"account_name": "records", "sas_token": f"sv=2024-08-04&sig={sas}"}
        for label, carrier, options, credentials in (
            ("echo", "webdav", {"endpoint": echo}, opens),
            ("portal", "webdav", {"endpoint": portal}, opens),
            ("store", "s3", store, s3),
            ("blob", "azblob", blob, azure),
        ):
            places.append((label, Address(Carrier(carrier), options), credentials))
        # Where a system lacks one of these, the others are there.
        with suppress(pytest.skip.Exception):
            share = stack.enter_context(servers.apache(tls=True))
            strange = {**share.address.options}
            strange.pop("ca")
            places.append(("stranger", Address(share.address.carrier, strange), opens))
            places.append(("denied", share.address, opens))
            codes |= {"sending-certificate", "sending-denied"}
        pem = _key()
        with suppress(pytest.skip.Exception):
            server = stack.enter_context(servers.sshd())
            key = {"username": servers.USER, "private_key": pem}
            places.append(("ssh", server.address, key))
            codes |= {"sending-denied"}
        (folder / "scan.pdf").write_bytes(_scan(mark))
        (folder / "file.casewell-district").write_bytes(
            district_file(name=f"{mark} Unified", places=(), standing=(), policy=Policy())
        )
        basic = base64.b64encode(f"{servers.USER}:{password}".encode())
        yield Around(
            {
                "mark": mark,
                "scan": str(folder / "scan.pdf"),
                "district": str(folder / "file.casewell-district"),
                "recipient": KEYS.recipient,
                "places": [
                    [label, address.carrier.value, dict(address.options), credentials]
                    for label, address, credentials in places
                ],
            },
            (
                *forms(password), *forms(sas), *forms(s3["secret_access_key"]),
                *forms(pem.splitlines()[2]), basic,
            ),
            frozenset(codes),
        )  # fmt: skip


def _scan(mark: str) -> bytes:
    """Return a paper as it was scanned; a copy of its bytes would be found by the mark."""
    said = blocks.Text(f"Signed, {mark}-signer")
    pdf = blocks.render(Paper("Release", SystemClock().now(), blocks=(said,)))
    return pdf + f"%{mark}-scanned\n".encode()


def _key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )
        .decode()
    )


@contextmanager
def _http(kind: type[_Echo]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
