"""WebDAV: Nextcloud, and any plain server (RFC 4918).

An object is written under its own name at once: it counts only after it was read back and a
manifest names it, so half of one is never taken for one.
"""

import base64
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit
from xml.parsers import expat

from app.sync.destinations.answers import is_page, trouble
from app.sync.destinations.patience import USUAL, Patience
from app.sync.destinations.web import Answer, Site
from app.sync.parcels import Address, Credentials
from app.sync.troubles import SendingTrouble

_ASK = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><resourcetype/></prop></propfind>'


class WebDav:
    """A folder on a WebDAV server."""

    def __init__(
        self, address: Address, credentials: Credentials, patience: Patience = USUAL
    ) -> None:
        options = address.options
        endpoint = options.get("endpoint", "")
        self._site = Site(endpoint, _authorization(credentials), options.get("ca", ""), patience)
        self._base = quote(unquote(urlsplit(endpoint).path.rstrip("/")), safe="/")
        self._root = [part for part in options.get("root", "").split("/") if part]

    def put(self, path: str, data: bytes) -> None:
        """Write `data` at `path`, with the folders that it needs."""
        headers = {"Content-Type": "application/octet-stream"}
        answer = self._site.ask("PUT", self._url(path), data, headers)
        if answer.status in (404, 409):
            self._make_folders(path)
            answer = self._site.ask("PUT", self._url(path), data, headers)
        # RFC 9110, 9.3.4: 201 or 204; some say 200. A page that comes with 200 is not an answer.
        if answer.status not in (200, 201, 204):
            raise self._refusal(answer)
        if answer.status == 200 and is_page(answer.body):
            raise SendingTrouble("sending-sign-in", status=200)

    def get(self, path: str) -> bytes:
        """Return what is at `path`."""
        answer = self._site.ask("GET", self._url(path))
        if answer.status != 200:
            raise self._trouble(answer)
        if is_page(answer.body):
            raise SendingTrouble("sending-sign-in", status=200)
        return answer.body

    def names(self, folder: str) -> list[str]:
        """Return the names directly in `folder`."""
        answer = self._site.ask(
            "PROPFIND",
            self._url(folder) + "/",
            _ASK,
            {"Depth": "1", "Content-Type": "application/xml"},
        )
        if answer.status == 404:
            return []
        if answer.status != 207:
            raise (
                SendingTrouble("sending-sign-in", status=answer.status)
                if answer.status == 200 and is_page(answer.body)
                else self._trouble(answer)
            )
        try:
            found = [
                [part for part in unquote(urlsplit(href).path).split("/") if part]
                for href in _hrefs(answer.body)
            ]
        except ValueError:
            raise SendingTrouble("sending-refused") from None
        # The folder itself is among them, and servers differ in how they write where it is.
        depth = min((len(parts) for parts in found), default=0)
        return [parts[-1] for parts in found if len(parts) == depth + 1]

    def server_time(self) -> datetime | None:
        """Return what the server's clock shows, if it has told."""
        return self._site.server_time()

    def close(self) -> None:
        """Let go of connections."""
        self._site.close()

    def _url(self, path: str) -> str:
        parts = [*self._root, *(part for part in path.split("/") if part)]
        return self._base + "".join("/" + quote(part, safe="") for part in parts)

    def _make_folders(self, path: str) -> None:
        parts = [*self._root, *path.split("/")[:-1]]
        for count in range(1, len(parts) + 1):
            url = self._base + "".join("/" + quote(part, safe="") for part in parts[:count]) + "/"
            answer = self._site.ask("MKCOL", url)
            # 405: it is there already (RFC 4918, 9.3.1).
            if answer.status not in (201, 405):
                raise self._refusal(answer)

    def _refusal(self, answer: Answer) -> SendingTrouble:
        """Return why something could not be written: nothing there is not what was missing."""
        found = self._trouble(answer)
        if found.code == "sending-missing":
            return SendingTrouble("sending-refused", status=answer.status)
        return found

    def _trouble(self, answer: Answer) -> SendingTrouble:
        said = answer.body[:2000].decode(errors="replace")
        return trouble(answer.status, answer.headers, self._site.endpoint, said)


def _authorization(credentials: Credentials) -> dict[str, str]:
    if credentials.get("token"):
        return {"Authorization": f"Bearer {credentials['token']}"}
    if credentials.get("username"):
        pair = f"{credentials['username']}:{credentials.get('password', '')}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode("ascii")}
    return {}


def _hrefs(body: bytes) -> list[str]:
    """Return where the responses of a multistatus are; entities are not expanded."""
    found: list[str] = []
    within: list[str] = []
    text: list[str] = []

    def start(name: str, _: object) -> None:
        within.append(name)
        text.clear()

    def end(name: str) -> None:
        within.pop()
        if name == "DAV: href" and within[-1:] == ["DAV: response"]:
            found.append("".join(text).strip())

    def entity(*_: object) -> None:
        raise SendingTrouble("sending-refused")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(body, True)  # noqa: FBT003 - it takes no name
    except expat.ExpatError:
        raise SendingTrouble("sending-cut") from None
    except (LookupError, ValueError):  # an encoding that Python or expat does not know
        raise SendingTrouble("sending-refused") from None
    return found
