"""Object stores and drives, through OpenDAL: S3, Azure Blob, OneDrive, Google Drive.

OpenDAL tells of a failure by a kind of exception and by a text that quotes the answer's status
and headers; both are read here. Its own retries stay off: when to try again is our rule.
Its timeouts begin anew with every byte that trickles, so that each call has an end of its own.

It trusts the authorities that the computer itself trusts, and no other: a district's own has to
be installed there for these carriers.
"""

import asyncio
import re
import threading
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from app.sync.destinations.answers import is_page, trouble
from app.sync.destinations.patience import MOST, MOST_NAMES, USUAL, Patience
from app.sync.parcels import Address, Carrier, Credentials
from app.sync.troubles import SendingTrouble

_OPTIONS = {
    Carrier.S3: ("endpoint", "region", "bucket", "root"),
    Carrier.AZURE: ("endpoint", "container", "root"),
    Carrier.ONEDRIVE: ("root",),
    Carrier.GOOGLE_DRIVE: ("root",),
}
_CREDENTIALS = {
    Carrier.S3: ("access_key_id", "secret_access_key"),
    Carrier.AZURE: ("account_name", "account_key", "sas_token"),
    Carrier.ONEDRIVE: ("access_token", "refresh_token", "client_id", "client_secret"),
    Carrier.GOOGLE_DRIVE: ("access_token", "refresh_token", "client_id", "client_secret"),
}
_ALWAYS = {
    # Nothing of this computer's own set-up decides where a summary goes.
    Carrier.S3: {"disable_config_load": "true", "disable_ec2_metadata": "true"},
}

T = TypeVar("T")

_STATUS = re.compile(r"response: Parts \{ status: (\d{3}),")
_HEADER = re.compile(r'"([a-z0-9-]+)": "((?:[^"\\]|\\.)*)"')
_ASKED = re.compile(r"\bur[il]: (\S+?),?$", re.MULTILINE)
_AT_ONCE = 1024 * 1024
"""Bytes that are taken of an answer at a time."""


class Cloud:
    """A bucket, a container, or a folder of a drive."""

    def __init__(
        self, address: Address, credentials: Credentials, patience: Patience = USUAL
    ) -> None:
        import opendal
        from opendal.layers import TimeoutLayer

        carrier = address.carrier
        if not all(value.isascii() and value.isprintable() for value in credentials.values()):
            # No header carries a line's end: OpenDAL would break on it, in words of its own.
            raise SendingTrouble("sending-denied")
        settings = {
            **{
                name: address.options[name]
                for name in _OPTIONS[carrier]
                if address.options.get(name)
            },
            **{name: credentials[name] for name in _CREDENTIALS[carrier] if credentials.get(name)},
            **_ALWAYS.get(carrier, {}),
        }
        try:
            made = opendal.Operator(carrier.value, **settings)
        except _kinds() as error:
            raise _trouble(error) from None
        self._operator = made.to_async_operator().layer(
            TimeoutLayer(timeout=patience.silence, io_timeout=patience.silence)
        )
        self._whole = patience.whole
        self._ahead: float | None = None
        self._loop = asyncio.new_event_loop()
        # Else it would log an answer that nobody waited for, and what it was given when it is
        # slow: OpenDAL quotes addresses, and an address may have a signature in it.
        self._loop.set_debug(False)
        self._loop.set_exception_handler(lambda _loop, _about: None)
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def put(self, path: str, data: bytes) -> None:
        """Write `data` at `path`; stores show an object whole or not at all."""
        try:
            self._run(lambda: self._operator.write(path, data))
            if self._ahead is None:
                then = self._run(lambda: self._operator.stat(path)).last_modified
                now = datetime.now(UTC)
                self._ahead = 0.0 if then is None else (then - now).total_seconds()
        except SendingTrouble as trouble:
            if trouble.code == "sending-missing":
                raise SendingTrouble("sending-refused") from None
            raise

    def get(self, path: str) -> bytes:
        """Return what is at `path`; of what never ends no more than a file may weigh is taken."""
        try:
            data = self._run(lambda: self._read(path))
        except SendingTrouble as trouble:
            if trouble.code != "sending-unsaid":
                raise
            # Asked without a body, OpenDAL also says why no connection stands.
            self._run(lambda: self._operator.stat(path))
            raise SendingTrouble("sending-cut") from None
        if is_page(data):
            raise SendingTrouble("sending-sign-in")
        return data

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`."""
        here = f"{folder.strip('/')}/" if folder else "/"
        try:
            found = self._run(lambda: self._listed(here))
        except SendingTrouble as trouble:
            if trouble.code != "sending-missing":
                raise
            if trouble.facts.get("root"):
                raise SendingTrouble("sending-refused") from None
            return []
        return [
            path.rstrip("/").rsplit("/", 1)[-1]
            for path in found
            if path.strip("/") != here.strip("/")
        ]

    def server_time(self) -> datetime | None:
        """Return what the store's clock shows, once something was written."""
        if self._ahead is None:
            return None
        return datetime.fromtimestamp(datetime.now(UTC).timestamp() + self._ahead, UTC)

    def close(self) -> None:
        """Let go of connections."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _read(self, path: str) -> bytes:
        found = bytearray()
        try:
            file = await self._operator.open(path, "rb")
            try:
                while piece := await file.read(_AT_ONCE):
                    found += piece
                    if len(found) > MOST:
                        raise SendingTrouble("sending-refused")
            finally:
                await file.close()
        except OSError as error:
            raise _trouble_of_pieces(str(error)) from None
        return bytes(found)

    async def _listed(self, here: str) -> list[str]:
        found = []
        async for entry in await self._operator.list(here):
            found.append(entry.path)
            if len(found) > MOST_NAMES:
                raise SendingTrouble("sending-refused")
        return found

    def _run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Do what `call` begins, within the time there is for one request."""

        async def bounded() -> T:
            async with asyncio.timeout(self._whole):
                return await call()

        try:
            return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()
        except TimeoutError:
            raise SendingTrouble("sending-stalled") from None
        except RuntimeError:
            raise SendingTrouble("sending-cut") from None  # closed meanwhile
        except _kinds() as error:
            raise _trouble(error) from None


@cache
def _kinds() -> tuple[type[Exception], ...]:
    """Return every exception of OpenDAL's: they have no ancestor of their own."""
    import opendal.exceptions as kinds

    return tuple(
        one for one in vars(kinds).values() if isinstance(one, type) and issubclass(one, Exception)
    )


def _trouble_of_pieces(text: str) -> SendingTrouble:
    """Return what a failure while reading means: OpenDAL tells of it in one line, without a kind.

    `sending-unsaid` where the line does not say why nobody answered.
    """
    import opendal.exceptions as kinds

    what, _, rest = text.partition(", context: { ")
    context, _, said = rest.rpartition(" } => ")
    context = context or rest
    if "send http request" in said and "timeout" not in said:
        return SendingTrouble("sending-unsaid")
    for name in ("response", "service"):
        context = context.replace(f", {name}: ", f"\n   {name}: ")
    kind = getattr(kinds, what.split(" ", 1)[0], kinds.Unexpected)
    return _trouble(kind(f"{what} => {said}\n\nContext:\n   {context}\n"))


def _trouble(error: Exception) -> SendingTrouble:
    """Return what OpenDAL's exception means; its text is read and not kept."""
    import opendal.exceptions as kinds

    text = str(error)
    asked = _ASKED.search(text)
    status = _STATUS.search(text)
    if status:
        # The text ends with OpenDAL's own lines; what the server said stands before them.
        said = text.split("\n\nContext:", 1)[0]
        if int(status[1]) == 404 and ("NoSuchBucket" in said or "ContainerNotFound" in said):
            return SendingTrouble("sending-missing", root=1)
        headers = dict(_HEADER.findall(text[status.start() :].split("\n", 1)[0]))
        return trouble(int(status[1]), headers, asked[1] if asked else "", said)
    for kind, code in (
        (kinds.NotFound, "sending-missing"),
        (kinds.PermissionDenied, "sending-denied"),
        (kinds.RateLimited, "sending-too-many"),
        (kinds.ConfigInvalid, "sending-refused"),
        (kinds.Unsupported, "sending-refused"),
    ):
        if isinstance(error, kind):
            return SendingTrouble(code)
    for words, code in (
        ("certificate", "sending-certificate"),
        ("timeout reached", "sending-stalled"),
        ("timed out", "sending-stalled"),
        ("(Connect)", "sending-unreachable"),
        ("dns error", "sending-unreachable"),
        ("deserialize", "sending-sign-in"),
    ):
        if words in text:
            return SendingTrouble(code)
    return SendingTrouble(
        "sending-cut" if "send http request" in text or "body" in text else "sending-server-error"
    )
