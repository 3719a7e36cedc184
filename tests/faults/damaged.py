"""Vaults to damage, ways to damage them, and what is left of them, read apart from the program."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from app.bootstrap import Desk, find_vault, open_vault, unlock_keybag
from app.demo import DemoOptions, ensure_demo
from app.features.backups.losses import Fate, Repaired
from app.kernel.ids import DeviceId
from app.kernel.keys import VaultKeys
from app.store.connection import connect
from app.store.frame import Frame
from app.store.shapes import Table, tables_of
from app.store.words import DERIVED
from app.vault.folder import VaultFolder
from app.vault.keybag import Keybag, Unlocked
from app.vault.sealing import Stretch

PAGE = 4096
DEVICE = DeviceId("01890000-0000-7000-8000-00000000d317")

Key = tuple[object, ...]


@dataclass(frozen=True)
class Specimen:
    """A vault of an invented district, closed and whole, with everything known of it."""

    place: Path
    passphrase: str
    unlocked: Unlocked
    tables: dict[str, Table]
    rows: dict[str, dict[Key, object]]
    """By table: each row's name, and its rowid (None without)."""

    @property
    def keys(self) -> VaultKeys:
        return self.unlocked.keys

    def copy(self, to: Path) -> VaultFolder:
        """Return a copy of the vault, with its backups, at another place."""
        shutil.copytree(self.place.parent, to, dirs_exist_ok=True)
        return VaultFolder(to / self.place.name)

    def open(self, folder: VaultFolder) -> Desk:
        return open_vault(folder.path, self.passphrase, DEVICE)


@contextmanager
def quick_stretch() -> Iterator[None]:
    """Make passphrases cheap to try: what is drilled here is not the stretching."""
    patch = pytest.MonkeyPatch()
    patch.setattr(
        Stretch,
        "key",
        lambda self, typed: hashlib.blake2b(typed.encode() + self.salt, digest_size=32).digest(),
    )
    yield
    patch.undo()


def specimen(at: Path, students: int = 24, years: int = 1) -> Specimen:
    """Build one."""
    facts = ensure_demo(at / "house", DemoOptions(students, years))
    folder = find_vault(facts.vault)
    unlocked = unlock_keybag(folder, facts.passphrase)[0]
    tables, rows = all_rows(folder.records, unlocked.keys)
    return Specimen(folder.path, facts.passphrase, unlocked, tables, rows)


def all_rows(file: Path, keys: VaultKeys) -> tuple[dict[str, Table], dict[str, dict[Key, object]]]:
    """Return every row of every table by its name, read as plainly as can be."""
    reader = connect(file, keys, untouched=True)
    try:
        tables = tables_of(reader)
        found: dict[str, dict[Key, object]] = {}
        for name, table in tables.items():
            key = ", ".join(f'"{part}"' for part in table.key)
            rowid = "rowid" if table.rowids else "NULL"
            rows = reader.execute(f'SELECT {rowid}, {key} FROM "{name}"').fetchall()
            found[name] = {tuple(row[1:]): row[0] for row in rows}
        return tables, found
    finally:
        reader.close()


def content(file: Path, keys: VaultKeys) -> str:
    """Return one hash over everything in a vault's file."""
    reader = connect(file, keys, untouched=True)
    digest = hashlib.sha256()
    try:
        for name in sorted(tables_of(reader)):
            for row in reader.execute(f'SELECT * FROM "{name}"').fetchall():
                digest.update(repr((name, row)).encode())
    finally:
        reader.close()
    return digest.hexdigest()


def rows_on_pages(one: Specimen, scratch: Path) -> dict[int, set[tuple[str, Key]]]:
    """Return which rows stand on which page, read from the whole file page by page.

    Of what stands on and under a page, its own is what stands on no page under it.
    """
    width = max(len(table.columns) for table in one.tables.values()) + 1
    file = VaultFolder(one.place).records
    reader = connect(file, one.keys, untouched=True)
    roots = dict(reader.execute("SELECT name, rootpage FROM sqlite_schema").fetchall())
    reader.close()
    found: dict[int, set[tuple[str, Key]]] = {}
    with Frame(file, one.keys, scratch, width, 0) as frame:
        for entries in (False, True):
            pages: dict[int, frozenset[tuple[object, ...]]] = {}
            for page in range(2, frame.pages + 1):
                rows = frame.each(page, entries=entries)
                if rows:
                    pages[page] = frozenset(row[:3] for row in rows)
            own = {
                page: rows.difference(*(other for other in pages.values() if other < rows))
                for page, rows in pages.items()
            }
            for name, table in one.tables.items():
                if table.rowids is entries or roots[name] not in pages:
                    continue
                names = {rowid: key for key, rowid in one.rows[name].items()}
                for page, rows in pages.items():
                    if rows <= pages[roots[name]]:
                        keys = (
                            row[: len(table.key)] if entries else names[row[0]] for row in own[page]
                        )
                        found.setdefault(page, set()).update((name, key) for key in keys)
    return found


def missing(one: Specimen, made: Repaired) -> dict[str, set[Key]]:
    """Return the rows that a repaired vault lacks; an empty stand-in is not the row."""
    _tables, rows = all_rows(VaultFolder(made.path).records, one.keys)
    hollow = {(loss.kind, loss.row) for loss in made.losses if loss.how is Fate.STAND_IN}
    return {
        name: {
            key
            for key in before
            if key not in rows[name] or (name, "/".join(map(str, key))) in hollow
        }
        for name, before in one.rows.items()
    }


def unlisted(one: Specimen, made: Repaired) -> list[tuple[str, Key]]:
    """Return the rows that are missing and that the list of the repair does not speak of."""
    listed = {
        (loss.kind, loss.row) for loss in made.losses if loss.how in {Fate.LOST, Fate.STAND_IN}
    }
    uncounted = {loss.kind for loss in made.losses if loss.how is Fate.UNCOUNTED}
    return [
        (name, key)
        for name, keys in missing(one, made).items()
        for key in keys
        # What is searched is made anew of what is there: it loses nothing of its own.
        if name not in uncounted | DERIVED
        and (name, "/".join(map(str, key))) not in listed
        and (name, f"row {one.rows[name][key]}") not in listed
    ]


# -- ways to damage a file -------------------------------------------------------------


def flip(data: bytearray, chance: Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def swap(data: bytearray, chance: Random) -> None:
    one, other = chance.sample(range(1, len(data) // PAGE), 2)
    here, there = _page(one), _page(other)
    data[here], data[there] = data[there], data[here]


def zero(data: bytearray, chance: Random) -> None:
    data[_page(chance.randrange(len(data) // PAGE))] = bytes(PAGE)


def noise(data: bytearray, chance: Random) -> None:
    data[_page(chance.randrange(len(data) // PAGE))] = chance.randbytes(PAGE)


def cut(data: bytearray, chance: Random) -> None:
    del data[-chance.randrange(1, len(data) // 2) :]


def cut_pages(data: bytearray, chance: Random) -> None:
    del data[-PAGE * chance.randrange(1, len(data) // PAGE // 2) :]


def append(data: bytearray, chance: Random) -> None:
    copied = _page(chance.randrange(len(data) // PAGE))
    data += data[copied] if chance.random() < 0.5 else chance.randbytes(PAGE)


def _page(number: int) -> slice:
    return slice(number * PAGE, (number + 1) * PAGE)


Way = Callable[[bytearray, Random], None]
BLIND: tuple[Way, ...] = (flip, swap, zero, noise, cut, cut_pages, append)
"""Ways that need no other copy of the file."""


def harm(file: Path, way: Way, chance: Random) -> None:
    """Damage a file in one way."""
    data = bytearray(file.read_bytes())
    way(data, chance)
    file.write_bytes(data)


def edit_keybag(path: Path, change: Callable[[dict[str, object]], None]) -> None:
    """Change a field of a keybag, and make its checksum fit as anyone can."""
    document = json.loads(path.read_text())
    change(document)
    document.pop("checksum", None)
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    document["checksum"] = hashlib.sha256(canonical).hexdigest()
    path.write_text(json.dumps(document))


def without_anchor(unlocked: Unlocked) -> Unlocked:
    """Return an opened keybag that never saw the journal's head."""
    from dataclasses import replace

    keybag: Keybag = replace(unlocked.keybag, facts={})
    return replace(unlocked, keybag=keybag)
