"""Reads inputs that lie, thousands of them, and tells what it did not expect.

    python fuzz.py TARGET COUNT SEED FOLDER      a line of JSON: what was seen
    python fuzz.py corpus                        write tests/data/fuzz anew

What reads a file may use it or refuse it: Refused, Trouble or Damage. Any other exception, more
than a second of work, or memory that grows without bound is a finding, and so is a secret that
opens what was changed. The corpus stands in tests/data/fuzz; every input of it is read as it
is before anything is changed.
"""

import base64
import gc
import hashlib
import json
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.features.backups.service import read_sealed
from app.features.roster.model import Roster
from app.features.roster.reading.detect import open_roster, read_table
from app.features.roster.reading.limits import Limits
from app.features.roster.reading.table import Mapping
from app.kernel.clock import Moment
from app.kernel.errors import CasewellError
from app.kernel.ids import PersonId
from app.kernel.keys import VaultKeys
from app.vault import places, recovery
from app.vault.backups import _SEAL as SEAL_OF_BACKUPS
from app.vault.backups import BackupFolder, Manifest
from app.vault.keybag import Keybag, open_with_recovery
from app.vault.sealing import derived, floor, seal
from app.vault.slots import canonical, passphrase_slot, recovery_slot
from faults import mutators
from faults.mutators import Mutator

CORPUS = Path(__file__).parents[1] / "data" / "fuzz"
ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
SECRET = bytes(range(20))
KEYS = VaultKeys(bytes(range(32)), bytes(range(16)))
VAULT = "0192f0c1-2b7a-7c3e-8f00-0f0f0f0f0f0f"
SLOWEST = 1.0
"""Seconds of the processor's time that one input may take."""
MOST_MEMORY = 400 << 20
"""Bytes that the process may grow by; the largest input is a few megabytes."""
LIMITS = Limits(
    packed=1 << 20, unpacked=6 << 20, member=4 << 20, workbook=6 << 20, ratio_from=1 << 20,
    members=50, rows=5_000, columns=200, field=4_000,
)  # fmt: skip


class Finding(Exception):
    """A promise was broken without an exception of its own."""


@dataclass
class Target:
    """One reader, and how its inputs are changed."""

    read: Callable[[bytes], object]
    mutators: tuple[Mutator, ...]
    corpus: list[bytes]


@dataclass
class Seen:
    """What came of many inputs."""

    tried: int = 0
    used: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)
    slowest: float = 0.0
    grown: int = 0


def keybag_written(document: Any, dice: Random) -> bytes:
    """Write a keybag; mostly with a checksum that fits, so that more than it is tried."""
    if isinstance(document, dict) and dice.random() < 0.85:
        document.pop("checksum", None)
        try:
            document["checksum"] = hashlib.sha256(canonical(document)).hexdigest()
        except (ValueError, RecursionError, TypeError):
            return mutators.as_json(document, dice)
    return mutators.as_json(document, dice)


def read_keybag(data: bytes) -> object:
    """Read a keybag and open it with its recovery secret: it opens as it was, or not at all."""
    unlocked = open_with_recovery(Keybag.from_bytes(data), SECRET)
    if unlocked.keys != KEYS:
        raise Finding("other keys came out of a changed keybag")
    unlocked.keybag.anchor()
    unlocked.keybag.former()
    return unlocked


class BackupReader:
    """Reads `backup.json`, with its sealed facts changed as well."""

    def __init__(self, folder: Path) -> None:
        self.folder = BackupFolder(folder)

    def read(self, data: bytes) -> object:
        self.folder.manifest.write_bytes(data)
        return read_sealed(self.folder, KEYS)

    @staticmethod
    def resealed(data: bytes, dice: Random) -> bytes:
        """Seal changed facts anew, as only a holder of the key could."""
        try:
            manifest = Manifest.from_bytes(data)
            facts = manifest.facts(KEYS)
        except CasewellError:
            return mutators.pieces(data, dice)
        changed = mutators.json_changed(mutators.as_json)(json.dumps(facts).encode(), dice)
        sealed = seal(derived(KEYS.key, SEAL_OF_BACKUPS), changed, manifest.bound())
        return replace(manifest, sealed=sealed).to_bytes()


class DeviceReader:
    """Reads `device.json` and asks it for all it knows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        places.data_folder = lambda: folder

    def read(self, data: bytes) -> object:
        (self.folder / "device.json").write_bytes(data)
        device = places.ThisDevice.here()
        device.last_vault()
        device.backup_folder()
        device.last_slots()
        device.keyring_slots(self.folder)
        device.keep_slot("x")
        device.keep_keyring("v", ["x"])
        if places.ThisDevice.here().device != device.device:
            raise Finding("the device got another id")
        return device


class RosterReader:
    """Reads a roster file of any kind; what can be mapped is read through the guess."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / name

    def read(self, data: bytes) -> object:
        self.path.write_bytes(data)
        said = open_roster(self.path, limits=LIMITS)
        return (
            said if isinstance(said, Roster) else read_table(self.path, said.guess, limits=LIMITS)
        )


def read_words(data: bytes) -> object:
    """Read recovery words."""
    return recovery.from_words(data.decode("utf-8", "replace"))


def read_mapping(data: bytes) -> object:
    """Read a mapping of columns."""
    return Mapping.from_json(data.decode("utf-8", "replace"))


def read_carelessly(data: bytes) -> object:
    """Read a keybag as no reader should: the fuzzer's own proof."""
    document = json.loads(data)
    if not document["slots"][0]["sealed"]:
        time.sleep(0)
        while time.process_time() - STARTED[0] < SLOWEST + 0.1:
            pass
    return document["slots"][0]["id"]


STARTED = [0.0]


def targets(folder: Path) -> dict[str, Callable[[], Target]]:
    """Return each target's making."""
    m = mutators
    plain = (m.bits, m.pieces)
    as_json = m.json_changed(m.as_json)

    def made(read: Callable[[bytes], object], name: str, *more: Mutator) -> Target:
        corpus = [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
        if name == "zip":
            corpus += [path.read_bytes() for path in sorted(ROSTERS.iterdir())]
        return Target(read, (*plain, m.spliced(corpus), *more, *more), corpus)

    keybag = m.json_changed(keybag_written)
    backup = BackupReader(folder)
    return {
        "keybag": lambda: made(read_keybag, "keybag", keybag, keybag, keybag),
        "backup": lambda: made(backup.read, "backup", as_json, as_json, backup.resealed),
        "device": lambda: made(DeviceReader(folder).read, "device", as_json, as_json),
        "words": lambda: made(read_words, "words"),
        "mapping": lambda: made(read_mapping, "mapping", as_json, as_json),
        "csv": lambda: made(RosterReader(folder, "roster.csv").read, "csv", m.table, m.table),
        "zip": lambda: made(
            RosterReader(folder, "roster.zip").read, "zip", *[m.zipped(m.table)] * 5
        ),
        "xlsx": lambda: made(
            RosterReader(folder, "roster.xlsx").read, "xlsx", *[m.zipped(m.pieces)] * 5
        ),
        "careless": lambda: made(read_carelessly, "keybag", as_json),
    }


def fuzz(target: Target, count: int, seed: str) -> Seen:
    """Read the corpus and `count` changed inputs."""
    seen = Seen()
    for number, data in enumerate(target.corpus):
        _try(target, data, f"corpus {number}", seen)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        dice = Random(f"{seed} {number}")
        data = dice.choice(target.corpus)
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            try:
                data = dice.choice(target.mutators)(data, dice)
            except RecursionError:
                data = dice.choice((b"[", b'{"a":')) * 20_000
        _try(target, data, f"{seed} {number}", seen)
        if len(seen.findings) >= 20:
            break
    seen.grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    if seen.grown > MOST_MEMORY:
        seen.findings.append(f"the process grew by {seen.grown >> 20} MB")
    return seen


def _try(target: Target, data: bytes, name: str, seen: Seen) -> None:
    seen.tried += 1
    STARTED[0] = begun = time.process_time()
    problem = ""
    try:
        target.read(data)
        seen.used += 1
    except CasewellError as error:
        seen.refused[error.code] += 1
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        problem = f"{type(error).__name__}: {str(error)[:80]} at {Path(where.filename).name}:{where.lineno}"
    taken = time.process_time() - begun
    seen.slowest = max(seen.slowest, taken)
    if taken > SLOWEST:
        problem = problem or f"took {taken:.1f} s"
    kind = problem.partition(":")[0] + problem.rpartition(" at ")[2]
    if problem and kind not in seen.kinds:
        seen.kinds.add(kind)
        text = base64.b64encode(data).decode()
        seen.findings.append(f"{problem} ({name}; {len(data)} bytes: {text[:600]})")


def write_corpus() -> None:
    """Write a small input of every kind, made by the program itself where it makes such files."""
    from faults.fuzz_corpus import inputs

    for name, files in inputs().items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in files.items():
            (folder / file).write_bytes(data)


def a_keybag() -> bytes:
    """Return a keybag that `SECRET` opens."""
    now, person = Moment("2026-09-01T12:00:00.000Z", "America/New_York"), PersonId(VAULT)
    slots = (
        passphrase_slot(VAULT, KEYS, person, "seven lanterns over the quiet harbour", floor(), now),
        recovery_slot(VAULT, KEYS, person, SECRET, now),
    )
    anchor = {"count": 12, "head": "ab" * 32}
    return Keybag(VAULT, 0, ()).sealed_with(KEYS, slots, anchor=anchor).to_bytes()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    recovery._list = cache(recovery._list)
    if sys.argv[1] == "corpus":
        write_corpus()
    else:
        chosen = targets(Path(sys.argv[4]))[sys.argv[1]]()
        gc.freeze()
        result = fuzz(chosen, int(sys.argv[2]), sys.argv[3])
        print(
            json.dumps(
                {
                    "tried": result.tried,
                    "used": result.used,
                    "refused": dict(result.refused),
                    "findings": result.findings,
                    "slowest": result.slowest,
                    "grown": result.grown,
                }
            )
        )
