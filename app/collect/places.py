"""Where a collection takes from, with what it opens, and where it puts: read from what was typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from app.collect.engines import Engine, open_engine
from app.collect.lake import PREFIX, book_of
from app.kernel.documents import ABOUT_NOBODY, SummaryKind
from app.kernel.errors import Refused
from app.sync.district_file import SUFFIX, DistrictFile, parse
from app.sync.district_keys import DistrictKeys
from app.sync.parcels import Address, Carrier, Credentials

KEYS = "district-keys.age"
_MOST = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Into:
    """A database to collect into, and the folder of Parquet files that go along with it."""

    engine: Engine
    lake: Path | None = None


def address_of(text: str) -> Address:
    """Return the address that a folder's path, an `https://` URL or a JSON file stands for.

    The file has `carrier` and `options`, as a destination in a district file has.
    """
    if text.startswith(("https://", "http://")):
        parts = urlsplit(text)
        if parts.username is not None or parts.password is not None:
            raise Refused("collect-address-secret", "destination")
        root = parts.path.strip("/")
        return Address(
            Carrier.WEBDAV,
            {"endpoint": f"{parts.scheme}://{parts.netloc}", "root": f"/{root}"},
        )
    path = Path(text)
    if path.suffix.lower() != ".json":
        if not path.is_dir():
            raise Refused("collect-no-folder", "destination", path=text)
        return Address(Carrier.FOLDER, {"path": str(path.absolute())})
    found = _json_of(path, "destination")
    options = found.get("options")
    try:
        carrier = Carrier(str(found.get("carrier")))
    except ValueError:
        raise Refused("collect-address", "destination", path=text) from None
    if not isinstance(options, dict) or not all(isinstance(one, str) for one in options.values()):
        raise Refused("collect-address", "destination", path=text)
    return Address(carrier, options)


def credentials_of(file: Path | None) -> Credentials:
    """Return what opens a destination, from a JSON file of names and values."""
    if file is None:
        return {}
    found = _json_of(file, "credentials-file")
    if not all(isinstance(one, str) for one in found.values()):
        raise Refused("collect-credentials", "credentials-file", path=str(file))
    return {name: str(value) for name, value in found.items()}


def _json_of(path: Path, field: str) -> Mapping[str, object]:
    try:
        found = json.loads(read_file(path, field))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("collect-json", field, path=str(path))
    return found


def read_file(path: Path, field: str) -> bytes:
    """Return what is in a file; refuse one that cannot be read or is much too large."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST * 4 + 1)
    except OSError as error:
        raise Refused("file-unreadable", field, path=str(path), reason=error.strerror) from None
    if len(data) > _MOST * 4:
        raise Refused("collect-json", field, path=str(path))
    return data


def keys_in(folder: Path, passphrase: str) -> DistrictKeys:
    """Return the district's keys from its folder."""
    path = folder / KEYS if folder.is_dir() else folder
    return DistrictKeys.opened(read_file(path, "keys"), passphrase)


def newest_district(folder: Path) -> DistrictFile | None:
    """Return the newest district file in a folder, whosever it is; None where there is none."""
    found = [one for path in _files(folder) if (one := _district(path)) is not None]
    return max(found, key=lambda one: one.serial, default=None)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []


def district_in(folder: Path, key: bytes) -> DistrictFile | None:
    """Return the newest district file of this key in a folder; None where there is none."""
    found = [
        one
        for path in _files(folder)
        if (one := _district(path)) is not None and one.signing_key == key
    ]
    return max(found, key=lambda one: one.serial, default=None)


def _district(path: Path) -> DistrictFile | None:
    try:
        return parse(read_file(path, "keys"))
    except Refused:
        return None


def let_in(kind: SummaryKind, district: DistrictFile | None) -> bool:
    """Tell whether parcels of a kind are loaded: by the policy, else only what is about nobody."""
    if district is None:
        return kind in ABOUT_NOBODY
    return (
        kind is SummaryKind.ENROLMENT
        or district.policy.kinds is None
        or (kind.value in district.policy.kinds)
    )


def database(text: str, *, for_reading: bool = False) -> Into:
    """Open the database that was named: a path, a PostgreSQL URL, or `parquet:` and a folder."""
    if not text.startswith(PREFIX):
        return Into(open_engine(text, for_reading=for_reading))
    folder = Path(text.removeprefix(PREFIX))
    if for_reading and not folder.is_dir():
        raise Refused("collect-no-database", "database", path=str(folder))
    return Into(open_engine(str(book_of(folder)), for_reading=for_reading), folder)
