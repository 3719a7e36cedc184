"""Parcels: what the outbox keeps and the engine sends, and the doors between the two.

A parcel is sealed once and kept as it was sealed: every try sends the same bytes under the
same name, which is the hash of those bytes. So a try that was answered and one that was
not can both be repeated, and nothing arrives twice.

At a destination lie, and nothing else of ours:

    target.json                         which place this is: {"casewell": "target", "id": hex}
    objects/<sha256>                    a sealed parcel, named by the hash of its bytes
    manifests/<desk>/<counter>.json     signed, written after the objects it names
    receipts/<desk>/<counter>.json      signed by the district once it has loaded them

`<counter>` is written with ten digits, so that names sort as numbers do.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any, Protocol
from urllib.parse import urlsplit


@unique
class State(StrEnum):
    """How far a parcel has come."""

    QUEUED = "queued"
    SENDING = "sending"
    DELIVERED = "delivered"
    """It was read back from the destination and is what was sent, and a manifest names it."""
    ACKNOWLEDGED = "acknowledged"
    """The district's signed receipt names it."""
    FAILED = "failed"
    """The last try did not succeed; it is tried again by itself unless a person must act."""
    PAUSED = "paused"
    CANCELLED = "cancelled"
    """A person took it back before it was delivered."""


WAITING = (State.QUEUED, State.SENDING, State.FAILED)
"""States in which a parcel is still to be sent."""


@unique
class Carrier(StrEnum):
    """By what a destination is reached."""

    FOLDER = "folder"
    WEBDAV = "webdav"
    S3 = "s3"
    AZURE = "azblob"
    ONEDRIVE = "onedrive"
    GOOGLE_DRIVE = "gdrive"
    SFTP = "sftp"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a destination is, without what opens it."""

    carrier: Carrier
    options: Mapping[str, str] = field(default_factory=dict)
    """folder: `path`. webdav: `endpoint`, `root`. s3: `endpoint`, `region`, `bucket`, `root`.
    azblob: `endpoint`, `container`, `root`. onedrive, gdrive: `root`. sftp: `host`, `port`,
    `root`, `host_key` (as a line of known_hosts has it: type and base64). All: `ca`, the PEM text of a
    certificate authority of the district's own, where it has one."""


def is_closed(endpoint: str) -> bool:
    """Tell whether nobody can listen on the way to an endpoint: TLS, or this very computer."""
    try:
        parts = urlsplit(endpoint)
        return parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        )
    except ValueError:
        return False


def holds_secret(options: Mapping[str, str]) -> bool:
    """Tell whether an address carries what opens it: addresses are shown and written down."""
    endpoint = options.get("endpoint", "")
    try:
        parts = urlsplit(endpoint)
        told = "@" in parts.netloc or bool(parts.query or parts.fragment)
    except ValueError:
        told = "@" in endpoint
    return (
        told
        or "@" in options.get("host", "")
        or any("PRIVATE KEY" in one for one in options.values())
    )


_NAME_AND_PASSWORD = re.compile(r"\A((?>(?:[A-Za-z]:[\\/](?!/))?)[^:]*:).*@", re.DOTALL)
"""Of an address: from its first colon to its last @; the colon of a drive's letter is none."""
_SECRET = re.compile(r"((?:pass|pwd|secret|token|key|sig)\w*\s*=).*", re.DOTALL | re.IGNORECASE)


def openly(address: str) -> str:
    """Return what was typed as an address without what may open it: logs keep what is said."""
    return _SECRET.sub(r"\1…", _NAME_AND_PASSWORD.sub(r"\1…@", address))


Credentials = Mapping[str, str]
"""What opens a destination; it lives in the vault. webdav: `username`, `password` or `token`.
s3: `access_key_id`, `secret_access_key`. azblob: `account_name`, `account_key` or `sas_token`.
onedrive, gdrive: `access_token` or `refresh_token`, `client_id`, `client_secret`. sftp: `username`,
`password` or `private_key` (PEM or OpenSSH text) with `passphrase`."""


class Destination(Protocol):
    """An open way to a place; every failure is a `SendingTrouble`."""

    def put(self, path: str, data: bytes) -> None:
        """Write `data` at `path`; doing it again with the same data does no harm."""
        ...

    def get(self, path: str) -> bytes:
        """Return what is at `path`; raise SendingTrouble `sending-missing` if nothing is."""
        ...

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`, in any order; none if it is not there."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


Reach = Callable[[Address, Credentials], Destination]
"""Opens the way to an address."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed parcel, as the engine sees it: opaque."""

    id: str
    name: str
    """The SHA-256 of its bytes, in hexadecimal digits."""
    size: int
    tries: int


@dataclass(frozen=True, slots=True)
class Place:
    """A destination as the outbox knows it."""

    id: str
    address: Address
    credentials: Credentials = field(repr=False)
    target: str = ""
    """The id that was read at, or written to, the place; empty before the first contact."""
    counter: int = 0
    """Of the last manifest that was made for the place."""
    previous: str = ""
    """The SHA-256 of that manifest's bytes."""
    receipts_seen: int = 0
    """The counter up to which receipts were taken in without a gap."""
    desk: str = ""
    """The desk id that this desk's manifests and receipts lie under there."""


EVER = "9999-12-31T23:59:59.999Z"
"""Later than every due: what `Outbox.waiting` is asked with when a person said to send now."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A signed manifest, kept until it was read back from its place."""

    counter: int
    data: bytes
    parcels: tuple[str, ...]
    """Ids of the parcels that it names."""


class Outbox(Protocol):
    """What the engine asks of the outbox; each call that writes is one durable commit."""

    def places(self) -> Sequence[Place]:
        """Return the destinations that something may be sent to."""
        ...

    def waiting(self, place: str, now: str, limit: int) -> Sequence[Parcel]:
        """Return parcels for a place that are due (UTC text), oldest first.

        None that is placed already. One that asks for a person is due only at `EVER`.
        """
        ...

    def sealed(self, parcel: str) -> bytes:
        """Return a parcel's bytes, as they were sealed."""
        ...

    def sending(self, parcels: Sequence[str]) -> None:
        """Say that a try begins; a parcel that is found so later was interrupted."""
        ...

    def failed(
        self, parcels: Sequence[str], code: str, facts: Mapping[str, Any], due: str, *, ask: bool
    ) -> None:
        """Say why a try failed and when the next is due; `ask` when a person must act first.

        What was placed stays so: there it is the manifest that did not arrive.
        """
        ...

    def placed(self, parcels: Sequence[str]) -> None:
        """Say that objects were read back and are what was sent; a manifest may name them."""
        ...

    def unmanifested(self, place: str) -> Sequence[Parcel]:
        """Return parcels that are placed and that no manifest of this target names yet."""
        ...

    def manifest(self, place: str) -> Manifest | None:
        """Return the manifest that was made and not read back yet, if there is one."""
        ...

    def make_manifest(self, place: str, parcels: Sequence[str]) -> Manifest:
        """Make, sign and keep the next manifest: the counter and the bytes are fixed from then on."""
        ...

    def delivered(self, place: str, counter: int) -> None:
        """Say that a manifest was read back: its parcels are delivered."""
        ...

    def restart(self, place: str, target: str) -> None:
        """Say that the place is a new or emptied one: all that is kept is to be sent again.

        Nothing is deleted, and no parcel that was acknowledged becomes less than that.
        """
        ...

    def overtaken(self, place: str, counter: int, previous: str) -> None:
        """Say that the place has later manifests of this desk than the vault knows (a restore).

        A manifest that was made and not read back is given up: its counter is taken. What it
        named is unmanifested again.
        """
        ...

    def acknowledged(self, place: str, counter: int, receipt: bytes) -> bool:
        """Take in a receipt; False when its signature or what it names is not right."""
        ...
