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
from app.sync.district_file import DistrictFile
from app.sync.district_folder import DistrictFolder, Settings
from app.sync.parcels import Address, Carrier, Credentials, is_closed, openly

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
    if text.lower().startswith(("https://", "http://")):
        try:
            parts = urlsplit(text)
        except ValueError:
            raise Refused("collect-address", "destination", path=openly(text)) from None
        if not is_closed(text):
            raise Refused("place-needs-https", "destination")
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
            raise Refused("collect-no-folder", "destination", path=openly(text))
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
        found = json.loads(_read(path, field))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Refused("collect-json", field, path=str(path))
    return found


def _read(path: Path, field: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST + 1)
    except OSError as error:
        raise Refused("file-unreadable", field, path=str(path), reason=error.strerror) from None
    if len(data) > _MOST:
        raise Refused("collect-json", field, path=str(path))
    return data


def settings_of(folder: Path) -> Settings | None:
    """Return what the district's folder says; None where it holds the keys alone."""
    place = DistrictFolder(folder)
    return place.settings() if place.settings_file.exists() else None


def district_of(folder: Path) -> DistrictFile | None:
    """Return what the next district file will say; None where the folder holds the keys alone."""
    settings = settings_of(folder)
    return settings.content if settings else None


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
        raise Refused("collect-no-database", "database", path=openly(str(folder)))
    return Into(open_engine(str(book_of(folder)), for_reading=for_reading), folder)
