"""SFTP, through paramiko: OpenDAL's wheels have no sftp.

The host key is pinned by the address. A server that shows another, or any where none is
pinned, is told nothing: `sending-host-key` carries what it showed, for a person to compare.
"""

import base64
import errno
import hashlib
import io
import logging
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from app.sync.destinations.parts import part_beside
from app.sync.destinations.patience import MOST, MOST_NAMES, USUAL, Patience
from app.sync.parcels import Address, Credentials
from app.sync.troubles import SendingTrouble

if TYPE_CHECKING:
    import paramiko

CHANNELS = 6
"""At once over one connection; OpenSSH's server allows ten sessions."""

_FEW = 128 * 1024
"""Bytes up to which nothing is gained by asking for several pieces at once."""

_SILENT = "casewell.sftp"
"""Where paramiko logs to: nowhere, whatever else is logged."""
logging.getLogger(_SILENT).addHandler(logging.NullHandler())
logging.getLogger(_SILENT).propagate = False


class Sftp:
    """A folder on an SSH server."""

    def __init__(
        self, address: Address, credentials: Credentials, patience: Patience = USUAL
    ) -> None:
        self._patience = patience
        self._root = "/" + address.options.get("root", "").strip("/")
        if not address.options.get("root", "").startswith("/"):
            self._root = address.options.get("root", "").strip("/") or "."
        self._made: set[str] = set()
        self._ahead: float | None = None
        self._free: queue.LifoQueue[paramiko.SFTPClient | None] = queue.LifoQueue()
        for _ in range(CHANNELS):
            self._free.put(None)
        self._lock = threading.Lock()
        self._transport = _open(address, credentials, patience)
        try:
            with self._channel() as sftp:
                self._stands(sftp)
        except SendingTrouble:
            self.close()
            raise

    def put(self, path: str, data: bytes) -> None:
        """Write `data` beside `path`, then let it take its name in one step."""
        if not self.put_checked(path, data):
            raise SendingTrouble("sending-differs")

    def put_checked(self, path: str, data: bytes) -> bool:
        """Write `data` beside `path` and read it back; only if it is right it takes its name.

        Reading on the handle that it was written by spares half of the questions.
        """
        place = f"{self._root}/{path}"
        folder, _, name = place.rpartition("/")
        with part_beside(folder, name) as beside, self._channel() as sftp:
            part = f"{folder}/{beside}"
            self._make_folders(sftp, path)
            with sftp.open(part, "w+b") as file:
                file.set_pipelined(True)
                file.write(data)
                file.seek(0)
                if len(data) > _FEW:
                    file.prefetch(len(data))
                if bytes(file.read(len(data))) != data:
                    return False
            if self._ahead is None:
                self._ahead = float(sftp.stat(part).st_mtime or 0) - time.time()
            try:
                sftp.posix_rename(part, place)
            except OSError:
                # A server without OpenSSH's extension: rename does not replace there.
                with suppress(OSError):
                    sftp.remove(place)
                sftp.rename(part, place)
        return True

    def get(self, path: str) -> bytes:
        """Return what is at `path`."""
        with self._channel() as sftp, sftp.open(f"{self._root}/{path}", "rb") as file:
            size = file.stat().st_size or 0
            if size > MOST:
                raise SendingTrouble("sending-refused")
            if size > _FEW:
                file.prefetch(size)
            return bytes(file.read(size)) if size else b""

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`; none of what is still being written."""
        with self._channel() as sftp:
            try:
                listed = sftp.listdir_iter(f"{self._root}/{folder}", read_aheads=1)
                found = [one.filename for one in islice(listed, MOST_NAMES + 1)]
            except FileNotFoundError:
                self._stands(sftp)
                return []
            if len(found) > MOST_NAMES:
                raise SendingTrouble("sending-refused")
        return [name for name in found if not name.startswith(".")]

    def server_time(self) -> datetime | None:
        """Return what the server's clock shows, once something was written."""
        if self._ahead is None:
            return None
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    def close(self) -> None:
        """Let go of the connection."""
        self._transport.close()

    @contextmanager
    def _channel(self) -> Iterator["paramiko.SFTPClient"]:
        """Lend a channel, and say of what goes wrong on it what it means."""
        import paramiko

        sftp = self._free.get()
        whole = False
        try:
            if sftp is None:
                sftp = self._open_channel()
            yield sftp
            whole = True
        except SendingTrouble:
            whole = True
            raise
        except TimeoutError:
            raise SendingTrouble("sending-stalled") from None
        except (EOFError, paramiko.SSHException, ConnectionError):
            raise SendingTrouble("sending-cut") from None
        except (paramiko.SFTPError, ValueError, LookupError):
            # No SFTP: a greeting of the shell's, say, or a name in no known writing.
            raise SendingTrouble("sending-refused") from None
        except OSError as error:
            if not self._transport.is_active():
                raise SendingTrouble("sending-cut") from None
            whole = True
            raise _trouble(error) from None
        finally:
            if not whole and sftp is not None:
                with suppress(Exception):
                    sftp.close()
                sftp = None
            self._free.put(sftp)

    def _open_channel(self) -> "paramiko.SFTPClient":
        import paramiko

        channel = self._transport.open_session(timeout=self._patience.connect)
        channel.settimeout(self._patience.silence)
        channel.invoke_subsystem("sftp")
        return paramiko.SFTPClient(channel)

    def _stands(self, sftp: "paramiko.SFTPClient") -> None:
        try:
            sftp.listdir_attr(self._root) if self._root == "." else sftp.stat(self._root)
        except FileNotFoundError:
            raise SendingTrouble("sending-folder-gone") from None

    def _make_folders(self, sftp: "paramiko.SFTPClient", path: str) -> None:
        folder = self._root
        for part in path.split("/")[:-1]:
            folder += f"/{part}"
            with self._lock:
                if folder in self._made:
                    continue
            try:
                sftp.mkdir(folder)
            except FileNotFoundError:
                self._stands(sftp)
                raise
            except OSError:
                sftp.stat(folder)  # it is there already, or that says what is the matter
            with self._lock:
                self._made.add(folder)


def _open(address: Address, credentials: Credentials, patience: Patience) -> "paramiko.Transport":
    import paramiko

    host = address.options.get("host", "")
    try:
        port = int(address.options.get("port", "") or 22)
        line = socket.create_connection((host, port), patience.connect)
    except (OSError, ValueError, UnicodeError, OverflowError):
        raise SendingTrouble("sending-unreachable") from None
    # Small questions, each waited for: nothing is gained by gathering them.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.settimeout(patience.silence)
    try:
        transport = paramiko.Transport(line)
    except (paramiko.SSHException, OSError, EOFError):
        line.close()
        raise SendingTrouble("sending-cut") from None
    transport.set_log_channel(_SILENT)
    transport.banner_timeout = patience.connect
    transport.handshake_timeout = patience.connect
    transport.auth_timeout = patience.connect
    try:
        _shake_hands(transport, address.options.get("host_key", ""), patience)
        _sign_in(transport, credentials)
    except SendingTrouble:
        transport.close()
        raise
    return transport


def _shake_hands(transport: "paramiko.Transport", pinned: str, patience: Patience) -> None:
    kind = pinned.partition(" ")[0]
    known = transport.get_security_options().key_types
    wanted = tuple(
        one
        for one in known
        if one == kind or (kind == "ssh-rsa" and one.startswith("rsa-sha2-") and "cert" not in one)
    )
    if wanted:
        # The kind that is pinned first: a server may have several keys.
        transport.get_security_options().key_types = (
            *wanted,
            *(one for one in known if one not in wanted),
        )
    options = transport.get_security_options()
    # AES-GCM first: it needs no second pass for a sum, which is a fifth of the time here.
    options.ciphers = tuple(sorted(options.ciphers, key=lambda name: "gcm" not in name))
    begun = time.monotonic()
    try:
        transport.start_client(timeout=patience.connect)
        shown = transport.get_remote_server_key()
    except Exception:  # noqa: BLE001 - whatever ended paramiko's own thread is raised here
        late = time.monotonic() - begun >= patience.connect * 0.9
        raise SendingTrouble("sending-stalled" if late else "sending-cut") from None
    line = f"{shown.get_name()} {shown.get_base64()}"
    if " ".join(pinned.split()[:2]) != line:
        digest = hashlib.sha256(shown.asbytes()).digest()
        raise SendingTrouble(
            "sending-host-key",
            shown=line,
            fingerprint="SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("="),
            known=1 if pinned.strip() else 0,
        )


def _sign_in(transport: "paramiko.Transport", credentials: Credentials) -> None:
    import paramiko

    name = credentials.get("username", "")
    try:
        if credentials.get("private_key"):
            transport.auth_publickey(name, _key(credentials))
        else:
            transport.auth_password(name, credentials.get("password", ""))
    except paramiko.AuthenticationException as error:
        late = "timeout" in str(error).lower()
        raise SendingTrouble("sending-stalled" if late else "sending-denied") from None
    except SendingTrouble:
        raise
    except Exception:  # noqa: BLE001 - whatever ended paramiko's own thread is raised here
        raise SendingTrouble("sending-cut") from None


def _key(credentials: Credentials) -> "paramiko.PKey":
    import paramiko

    text, words = credentials["private_key"], credentials.get("passphrase") or None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        with suppress(Exception):  # each kind says in its own way that it is none
            return kind.from_private_key(io.StringIO(text), words)
    raise SendingTrouble("sending-denied")


def _trouble(error: OSError) -> SendingTrouble:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return SendingTrouble("sending-full")
    if error.errno == errno.EACCES:
        return SendingTrouble("sending-denied")
    if error.errno == errno.ENOENT:
        return SendingTrouble("sending-missing")
    # SSH_FX_FAILURE: OpenSSH says no more, not even of a full disk.
    return SendingTrouble("sending-server-error")
