"""A proxy on the loopback that lets things go wrong, by a seed.

It speaks HTTP with the program and with the server behind it, one request at a time on each
connection, and before each request draws what happens to it; for SSH it carries bytes and cuts or
stalls. With the same seed and the same requests the same happens.
"""

import http.client
import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FAULTS = (
    "cut before",
    "cut after",
    "stall",
    "server error",
    "too many",
    "truncated",
    "trickle",
    "half written",
    "half kept",
    "twice",
    "delayed",
    "captive redirect",
    "captive page",
)
"""What may happen to a request.

cut before: the server never sees it. cut after: the server did it and the answer is lost.
truncated: the answer breaks off. trickle: it comes a byte at a time, and never ends. half written: the server is given a part of the body, whole as far
as it can tell, and the answer is lost. half kept: likewise, and it says that all is well. twice: the server gets it twice. delayed: it arrives after others that came later,
and the answer to it is lost. captive: another host answers, or a page does.
"""

PAGE = b"<!DOCTYPE html><html><title>Welcome</title><form>Sign in to use this network</form></html>"


@dataclass
class Proxy:
    """What is between the program and a server, and how bad it is at the moment."""

    port: int
    chance: float = 0.0
    """Of a fault, for each request."""
    faults: Sequence[str] = FAULTS
    dice: random.Random = field(default_factory=lambda: random.Random(0))
    silence: float = 0.5
    """Seconds of a stall; longer than the program's patience."""
    late: float = 0.15
    """Seconds by which a delayed request comes late."""
    always: str = ""
    """A fault that every request meets."""
    happened: list[str] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each request."""
    headers: dict[str, str] = field(default_factory=dict)
    """What the server's answers are given besides."""
    status: int = 0
    """What is answered instead, where it is set."""
    wire: bytearray = field(default_factory=bytearray)
    """Everything that came from the program, as a listener on the line would have it."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def draw(self) -> str:
        """Return what happens to the next request; nothing, if empty."""
        with self.lock:
            drawn = self.always
            if not drawn and self.dice.random() < self.chance:
                drawn = self.dice.choice(list(self.faults))
            if drawn:
                self.happened.append(drawn)
            return drawn


@contextmanager
def http_proxy(to: int, *, tls: tuple[Path, Path] | None = None) -> Iterator[Proxy]:
    """Run a proxy before the HTTP server on port `to`; `tls`: with a certificate of its own."""
    with _listening(tls) as (listener, accept):
        proxy = Proxy(listener.getsockname()[1])
        accept(lambda line: _serve(proxy, line, to))
        yield proxy


@contextmanager
def tcp_proxy(to: int) -> Iterator[Proxy]:
    """Run a proxy that carries bytes, before whatever listens on port `to`."""
    with _listening(None) as (listener, accept):
        proxy = Proxy(listener.getsockname()[1], faults=("cut", "stall"))
        accept(lambda line: _carry(proxy, line, to))
        yield proxy


@contextmanager
def _listening(tls: tuple[Path, Path] | None) -> Iterator[tuple[socket.socket, object]]:
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    lines: set[socket.socket] = set()
    threads: list[threading.Thread] = []
    closed = threading.Event()

    def one(line: socket.socket, work: object) -> None:
        with suppress(OSError, http.client.HTTPException, ValueError):
            if context is not None:
                line = context.wrap_socket(line, server_side=True)
            lines.add(line)
            work(line)  # type: ignore[operator]
        lines.discard(line)
        line.close()

    def loop(work: object) -> None:
        while not closed.is_set():
            try:
                line, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=one, args=(line, work), daemon=True)
            threads.append(thread)
            thread.start()

    def accept(work: object) -> None:
        thread = threading.Thread(target=loop, args=(work,), daemon=True)
        threads.append(thread)
        thread.start()

    try:
        yield listener, accept
    finally:
        closed.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for line in list(lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join(5)


@dataclass
class _Request:
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes


def _read(proxy: Proxy, file: object) -> _Request | None:
    def line() -> bytes:
        got: bytes = file.readline(65536)  # type: ignore[attr-defined]
        proxy.wire += got
        return got

    first = line().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = []
    length = 0
    chunked = False
    while (text := line().decode("latin-1").strip()) != "":
        name, _, value = text.partition(":")
        low = name.lower()
        if low == "content-length":
            length = int(value)
        elif low == "transfer-encoding":
            chunked = "chunked" in value
        elif low == "expect":
            continue
        elif low != "connection":
            headers.append((name, value.strip()))
    if chunked:
        body = b""
        while size := int(line().split(b";")[0], 16):
            body += file.read(size)  # type: ignore[attr-defined]
            line()
        line()
    else:
        body = file.read(length)  # type: ignore[attr-defined]
        if len(body) < length:
            return None
    proxy.wire += body
    return _Request(first[0], first[1], headers, body)


def _ask(to: int, request: _Request, body: bytes | None = None) -> tuple[int, str, list, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", to, timeout=30)) as server:
        data = request.body if body is None else body
        server.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers:
            server.putheader(name, value)
        server.putheader("Content-Length", str(len(data)))
        server.endheaders(data)
        answer = server.getresponse()
        return answer.status, answer.reason, answer.getheaders(), answer.read()


def _answer(
    line: socket.socket, status: int, reason: str, headers: list, body: bytes, most: int = -1
) -> None:
    kept = [
        f"{name}: {value}\r\n"
        for name, value in headers
        if name.lower() not in ("content-length", "transfer-encoding", "connection")
    ]
    head = f"HTTP/1.1 {status} {reason}\r\n{''.join(kept)}Content-Length: {len(body)}\r\n\r\n"
    line.sendall(head.encode("latin-1") + (body if most < 0 else body[:most]))


def _serve(proxy: Proxy, line: socket.socket, to: int) -> None:
    with line.makefile("rb") as file:
        while (request := _read(proxy, file)) is not None:
            proxy.seen.append((request.method, request.path))
            if not _handle(proxy, line, to, request, proxy.draw()):
                return


def _handle(proxy: Proxy, line: socket.socket, to: int, request: _Request, fault: str) -> bool:
    """Do with a request what was drawn; tell whether the connection stays."""
    if proxy.status:
        _answer(line, proxy.status, "Told", list(proxy.headers.items()), b"")
        return True
    stays = _instead(proxy, line, to, request, fault)
    return _passed_on(proxy, line, to, request, fault) if stays is None else stays


def _instead(
    proxy: Proxy, line: socket.socket, to: int, request: _Request, fault: str
) -> bool | None:
    """Answer a request without the server, where that was drawn; None where it was not."""
    if fault == "cut before":
        return False
    if fault == "stall":
        time.sleep(proxy.silence)
        return False
    if fault == "server error":
        _answer(line, proxy.dice.choice((500, 502, 504)), "Wrong", [], b"wrong")
        return True
    if fault == "too many":
        _answer(line, proxy.dice.choice((429, 503)), "Later", [("Retry-After", "0")], b"")
        return True
    if fault == "captive redirect":
        _answer(line, 302, "Found", [("Location", "http://sign-in.invalid/")], b"")
        return True
    if fault == "captive page":
        _answer(line, 200, "OK", [("Content-Type", "text/html")], PAGE)
        return True
    if fault == "delayed":
        # Another connection of the same program goes on meanwhile.
        threading.Timer(proxy.late, _quietly, (to, request)).start()
        return False
    if fault == "trickle":
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        end = time.monotonic() + 4 * proxy.silence
        while time.monotonic() < end:
            line.sendall(b" ")
            time.sleep(0.02)
        return False
    return None


def _passed_on(proxy: Proxy, line: socket.socket, to: int, request: _Request, fault: str) -> bool:
    body = None
    if fault in ("half written", "half kept") and request.method == "PUT" and len(request.body) > 1:
        body = request.body[: len(request.body) // 2]
    status, reason, headers, said = _ask(to, request, body)
    if fault == "twice":
        status, reason, headers, said = _ask(to, request)
    if fault in ("cut after", "half written"):
        return False
    if fault == "truncated":
        _answer(line, status, reason, headers, said + b" " * 8, most=len(said) // 2)
        return False
    _answer(line, status, reason, [*headers, *proxy.headers.items()], said)
    return True


def _quietly(to: int, request: _Request) -> None:
    with suppress(OSError, http.client.HTTPException):
        _ask(to, request)


def _carry(proxy: Proxy, line: socket.socket, to: int) -> None:
    """Carry bytes both ways; a fault is drawn for every piece of some kilobytes from the program."""
    with socket.create_connection(("127.0.0.1", to)) as server:

        def back() -> None:
            with suppress(OSError):
                while data := server.recv(65536):
                    line.sendall(data)
                line.shutdown(socket.SHUT_RDWR)

        thread = threading.Thread(target=back, daemon=True)
        thread.start()
        with suppress(OSError):
            while data := line.recv(65536):
                proxy.wire += data
                fault = proxy.draw()
                if fault == "stall":
                    time.sleep(proxy.silence)
                if fault:
                    break
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
