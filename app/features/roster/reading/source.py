"""Opens what was chosen: a file, a folder or a zip, as named bytes under limits.

Members of a zip are read in memory, one at a time, and never written to disk; names that
point outside, encrypted members, bombs and damage are refused.
"""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.features.roster.reading.findings import refusal
from app.features.roster.reading.limits import Limits

TEXT_SUFFIXES = (".csv", ".txt", ".tsv", ".tab")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
_KINDS = "zip, csv, xlsx"
_JUNK = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")

ONEROSTER_NAMES = frozenset(
    {
        "manifest.csv", "users.csv", "roles.csv", "orgs.csv", "enrollments.csv",
        "academicsessions.csv", "classes.csv", "courses.csv", "demographics.csv",
        "userprofiles.csv", "categories.csv", "classresources.csv", "courseresources.csv",
        "lineitems.csv", "resources.csv", "results.csv", "userresources.csv",
        "lineitemlearningobjectiveids.csv", "lineitemscorescales.csv", "scorescales.csv",
        "resultlearningobjectiveids.csv", "resultscorescales.csv",
    }
)  # fmt: skip
"""The files of OneRoster 1.1 and 1.2, in lower case."""
CLEVER_NAMES = frozenset(
    {
        "schools.csv", "students.csv", "teachers.csv", "sections.csv", "enrollments.csv",
        "staff.csv", "admins.csv",
    }
)  # fmt: skip
"""The files of a Clever export, in lower case."""
ROSTER_NAMES = ONEROSTER_NAMES | CLEVER_NAMES
"""Every file name that OneRoster or Clever gives a meaning, in lower case."""


@dataclass(frozen=True, slots=True)
class Source:
    """Named bytes: `names` maps a lower-case file name to the name as it is written."""

    shown: str
    names: dict[str, str]
    single: bool
    _read: Callable[[str], bytes]

    def read(self, name: str) -> bytes:
        """Return the bytes of the file called `name` (lower case)."""
        return self._read(self.names[name])


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Source]:
    """Open `path` for reading; refuse what is neither a folder nor a kind of roster file."""
    try:
        if path.is_dir():
            yield _folder(path, limits)
            return
        size = path.stat().st_size
        if size > limits.packed:
            raise refusal("roster-too-big", path.name, expected=_megabytes(limits.packed))
        if size == 0:
            raise refusal("roster-empty-file", path.name, 1, expected=_KINDS)
        with path.open("rb") as stream:
            head = stream.read(4096)
            if not head.startswith(b"PK"):
                check_kind(head, path.name)
                yield _file(path, limits)
                return
            stream.seek(0)
            try:
                archive = zipfile.ZipFile(stream)
            except (zipfile.BadZipFile, ValueError, EOFError, OverflowError, NotImplementedError):
                raise refusal("roster-zip-damaged", path.name, 1, expected="zip") from None
            with archive:
                if any(i.filename == "[Content_Types].xml" for i in archive.infolist()):
                    yield _file(path, limits)
                else:
                    yield _zip(archive, path.name, limits)
    except FileNotFoundError:
        raise refusal("roster-not-found", path.name, expected=_KINDS) from None
    except OSError:
        raise refusal("roster-not-readable", path.name, expected=_KINDS) from None


def check_kind(head: bytes, name: str) -> None:
    """Refuse a file whose first bytes are those of something that is not a table of text."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal("roster-old-workbook", name, 1, expected="xlsx, csv")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")):
        raise refusal("roster-web-page", name, 1, expected="csv, xlsx")
    if start.startswith(
        (b"<?xml", b"%pdf", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"rar!", b"bzh")
    ):
        raise refusal("roster-not-a-table", name, 1, expected=_KINDS)


def _megabytes(size: int) -> str:
    return f"{size >> 20} MB"


def _file(path: Path, limits: Limits) -> Source:
    if path.stat().st_size > limits.member:
        raise refusal("roster-too-big", path.name, expected=_megabytes(limits.member))

    def read(_: str) -> bytes:
        return path.read_bytes()

    return Source(path.name, {path.name.lower(): path.name}, single=True, _read=read)


def _is_junk(parts: list[str]) -> bool:
    return any(part.lower() in _JUNK or part.startswith("._") for part in parts)


def _wanted(name: str) -> bool:
    return name.lower().endswith(TEXT_SUFFIXES + WORKBOOK_SUFFIXES)


def _choose(
    places: dict[str, list[tuple[str, str]]], shown: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return (lower name → name, name → address) of the folder that holds the roster."""

    def worth(place: str) -> tuple[int, int, int, str]:
        names = [name.lower() for name, _ in places[place]]
        known = sum(name in ROSTER_NAMES for name in names)
        return (-known, place.count("/") if place else -1, -len(names), place)

    best = min(places, key=worth)
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for name, address in sorted(places[best]):
        if name.lower() in names:
            raise refusal("roster-file-twice", name, 1, expected=name.lower())
        names[name.lower()] = name
        addresses[name] = address
    if not names:
        raise refusal("roster-nothing-inside", shown, expected="users.csv, students.csv")
    return names, addresses


def _folder(path: Path, limits: Limits) -> Source:
    places: dict[str, list[tuple[str, str]]] = {}
    total = seen = 0
    inner = [child for child in sorted(path.iterdir()) if child.is_dir()][:50]
    for place in (path, *inner):
        for child in sorted(place.iterdir()):
            seen += 1
            if seen > limits.members:
                raise refusal("roster-too-many-files", path.name, expected=str(limits.members))
            relative = child.relative_to(path).as_posix()
            if not _wanted(child.name) or _is_junk(relative.split("/")) or not child.is_file():
                continue
            size = child.stat().st_size
            total += size
            if size > limits.member or total > limits.unpacked:
                raise refusal("roster-too-big", child.name, expected=_megabytes(limits.member))
            key = "" if place == path else place.name
            places.setdefault(key, []).append((child.name, relative))
    if not places:
        raise refusal("roster-nothing-inside", path.name, expected="users.csv, students.csv")
    names, addresses = _choose(places, path.name)

    def read(name: str) -> bytes:
        return (path / addresses[name]).read_bytes()

    return Source(path.name, names, single=False, _read=read)


def _check_member(info: zipfile.ZipInfo, parts: list[str], shown: str, limits: Limits) -> None:
    if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
        raise refusal("roster-zip-path", shown, expected="users.csv")
    if info.flag_bits & 0x1:
        raise refusal("roster-zip-locked", parts[-1], 1, expected="zip")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise refusal("roster-zip-method", parts[-1], 1, expected="deflate")
    packed = max(info.compress_size, 1)
    bomb = info.file_size > limits.ratio_from and info.file_size // packed > limits.ratio
    if info.file_size > limits.member or bomb:
        raise refusal("roster-zip-bomb", parts[-1], expected=_megabytes(limits.member))


def _zip(archive: zipfile.ZipFile, shown: str, limits: Limits) -> Source:
    infos = archive.infolist()
    if len(infos) > limits.members:
        raise refusal("roster-too-many-files", shown, expected=str(limits.members))
    places: dict[str, list[tuple[str, str]]] = {}
    members: dict[str, zipfile.ZipInfo] = {}
    nested = ""
    total = 0
    for number, info in enumerate(infos):
        parts = info.filename.replace("\\", "/").split("/")
        _check_member(info, parts, shown, limits)
        total += info.file_size
        if total > limits.unpacked:
            raise refusal("roster-zip-bomb", shown, expected=_megabytes(limits.unpacked))
        name = parts[-1]
        if not name or _is_junk(parts) or stat.S_ISLNK(info.external_attr >> 16):
            continue
        if name.lower().endswith((".zip", ".7z", ".rar", ".gz")):
            nested = nested or name
        elif _wanted(name):
            address = str(number)
            members[address] = info
            places.setdefault("/".join(parts[:-1]), []).append((name, address))
    if not places:
        if nested:
            raise refusal("roster-zip-nested", nested, expected="users.csv, students.csv")
        raise refusal("roster-nothing-inside", shown, expected="users.csv, students.csv")
    names, addresses = _choose(places, shown)

    def read(name: str) -> bytes:
        return _member_bytes(archive, members[addresses[name]], name)

    return Source(shown, names, single=False, _read=read)


def _member_bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except (RuntimeError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError):
        raise refusal("roster-zip-damaged", name, 1, expected="zip") from None
    if len(content) != info.file_size:
        raise refusal("roster-zip-damaged", name, 1, expected="zip")
    return content
