"""HTTP as a destination needs it: kept connections, an authority of one's own, nothing followed.

Python's own client, because a try counts only if we see exactly what was answered: no redirect
is followed, so that a password goes to the host it is for and a network that wants a sign-in is
told from a server; a district's own authority can be trusted for its own address alone; and the
server's clock and its Retry-After are at hand.
"""

import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from app.sync.destinations.answers import server_time
from app.sync.destinations.patience import MOST, Patience
from app.sync.troubles import SendingTrouble

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
_KEYCHAINS = (
    "/System/Library/Keychains/SystemRootCertificates.keychain",
    "/Library/Keychains/System.keychain",
)


def trust(ca: str) -> ssl.SSLContext:
    """Return what certificates are checked against: the system's authorities, and `ca` (PEM)."""
    context = ssl.create_default_context()
    # Python writes the keys of a connection down where the environment says so.
    context.keylog_filename = None  # type: ignore[assignment]
    if not context.cert_store_stats()["x509_ca"]:
        _add_system(context)
    if ca:
        try:
            context.load_verify_locations(cadata=ca)
        except (ssl.SSLError, ValueError):
            raise SendingTrouble("sending-certificate") from None
    return context


def _add_system(context: ssl.SSLContext) -> None:
    """Add the system's authorities where this Python does not know where they are kept."""
    if sys.platform == "darwin":
        with suppress(OSError, subprocess.SubprocessError, ssl.SSLError):
            found = subprocess.run(
                ["/usr/bin/security", "find-certificate", "-a", "-p", *_KEYCHAINS],
                capture_output=True,
                check=True,
                timeout=30,
            )
            context.load_verify_locations(cadata=found.stdout.decode("ascii"))
        return
    for bundle in _BUNDLES:
        if Path(bundle).is_file():
            with suppress(OSError, ssl.SSLError):
                context.load_verify_locations(bundle)
                return


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Site:
    """A server that is spoken to over kept connections, from several threads at once."""

    def __init__(
        self, endpoint: str, headers: Mapping[str, str], ca: str, patience: Patience
    ) -> None:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SendingTrouble("sending-unreachable")
        self.endpoint = endpoint
        self._host = parts.hostname
        try:
            self._port = parts.port
        except ValueError:
            raise SendingTrouble("sending-unreachable") from None
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            # Python's client would refuse a token with a line's end, and quote it.
            raise SendingTrouble("sending-denied")
        self._headers = {"User-Agent": "casewell", "Accept-Encoding": "identity", **headers}
        self._context = trust(ca) if parts.scheme == "https" else None
        self._patience = patience
        self._idle: list[http.client.HTTPConnection] = []
        self._ends: dict[http.client.HTTPConnection, float] = {}
        self._late: set[http.client.HTTPConnection] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch: threading.Thread | None = None
        self._shown: tuple[datetime, float] | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return what the server answers; what keeps it from answering is a SendingTrouble.

        A kept connection that the server let go of meanwhile is replaced once: every request
        of ours can be repeated.
        """
        everything = {**self._headers, **(headers or {})}
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is not None:
            with suppress(_Gone):
                return self._once(connection, method, path, body, everything)
        try:
            return self._once(self._connect(), method, path, body, everything)
        except _Gone:
            raise SendingTrouble("sending-cut") from None

    def server_time(self) -> datetime | None:
        """Return what the server's clock shows by now, if it has told."""
        if self._shown is None:
            return None
        date, then = self._shown
        try:
            return date + timedelta(seconds=time.monotonic() - then)
        except OverflowError:  # a clock at the end of all years
            return None

    def close(self) -> None:
        """Let go of the connections."""
        self._closed.set()
        with self._lock:
            idle, self._idle = self._idle, []
            # Whoever still waits for an answer waits for nobody.
            for connection in self._ends:
                if connection.sock is not None:
                    with suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)
        for connection in idle:
            connection.close()
        if self._watch is not None:
            self._watch.join()

    def _connect(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection
        if self._context is None:
            connection = http.client.HTTPConnection(
                self._host, self._port, timeout=self._patience.connect
            )
        else:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=self._patience.connect, context=self._context
            )
        try:
            with self._watched(connection, self._patience.connect):
                connection.connect()
        except ssl.SSLError as error:
            connection.close()
            # A server that hangs up in the middle of the handshake is no wrong certificate.
            cut = isinstance(error, ssl.SSLEOFError)
            raise SendingTrouble("sending-cut" if cut else "sending-certificate") from None
        except ConnectionResetError:
            connection.close()
            raise SendingTrouble("sending-cut") from None
        except TimeoutError:
            stands = connection.sock is not None
            connection.close()
            raise SendingTrouble(
                "sending-stalled" if stands or self._context else "sending-unreachable"
            ) from None
        except (OSError, UnicodeError):
            connection.close()
            raise SendingTrouble("sending-unreachable") from None
        return connection

    def _once(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Answer:
        keep = answered = False
        try:
            with self._watched(connection, self._patience.whole):
                if connection.sock is not None:
                    connection.sock.settimeout(self._patience.silence)
                try:
                    connection.request(method, path, body, dict(headers))
                except (BrokenPipeError, ConnectionResetError):
                    # A server may refuse before it has read everything; what it said counts.
                    if body is None:
                        raise
                response = connection.getresponse()
                answered = True
                data = response.read(MOST + 1)
                if len(data) > MOST or (response.length or 0) > 0:
                    raise http.client.IncompleteRead(b"")
            found = {name.lower(): value for name, value in response.getheaders()}
            keep = not response.will_close
        except TimeoutError:
            raise SendingTrouble("sending-stalled") from None
        except ssl.SSLError:
            raise SendingTrouble("sending-cut") from None
        except (http.client.HTTPException, OSError) as error:
            with self._lock:
                late = connection in self._late
            if late:
                raise SendingTrouble("sending-stalled") from None
            if answered or not isinstance(error, _LET_GO):
                raise SendingTrouble("sending-cut") from None
            raise _Gone from None
        finally:
            with self._lock:
                keep = keep and not self._closed.is_set() and connection not in self._late
                self._late.discard(connection)
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()
        date = server_time(found)
        if date is not None:
            self._shown = (date, time.monotonic())
        return Answer(response.status, found, data)

    @contextmanager
    def _watched(self, connection: http.client.HTTPConnection, most: float) -> Iterator[None]:
        """Hang up on a connection on which something takes longer than `most` seconds."""
        with self._lock:
            self._ends[connection] = time.monotonic() + most
            if self._watch is None:
                self._watch = threading.Thread(target=self._hang_up, daemon=True)
                self._watch.start()
        try:
            yield
        finally:
            with self._lock:
                del self._ends[connection]

    def _hang_up(self) -> None:
        step = max(0.02, min(1.0, self._patience.whole / 10))
        while not self._closed.wait(step):
            now = time.monotonic()
            with self._lock:
                for connection, end in self._ends.items():
                    if end < now and connection not in self._late and connection.sock is not None:
                        self._late.add(connection)
                        with suppress(OSError):
                            connection.sock.shutdown(socket.SHUT_RDWR)


class _Gone(Exception):
    """The server let go of a connection before it answered."""


_LET_GO = (http.client.RemoteDisconnected, ConnectionError)
