"""Opening what a power cut left, with the program itself, and holding it to what was said.

    python power_check.py CALLS PART PARTS COUNT SEED FOLDER

CALLS are those `disk_model` read, pickled. Cuts the power about COUNT times, as one of PARTS
processes that share the work, builds each state in FOLDER and prints what was seen, as JSON.
"""

import contextlib
import json
import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from app.bootstrap import Desk, open_vault, unlock_keybag
from app.features.backups.restore import open_backup
from app.kernel.errors import CasewellError, Refused
from app.vault.folder import VaultFolder
from faults.disk_model import Call, Disk, put
from faults.power_work import DEVICE, FIRST
from faults.quick import quick_stretching
from vaults import fixed_clock


@dataclass(slots=True)
class Said:
    """What was acknowledged up to a moment, and what was under way."""

    students: list[str] = field(default_factory=list)
    drafts: dict[str, str] = field(default_factory=dict)
    signed: dict[str, str] = field(default_factory=dict)
    backups: list[str] = field(default_factory=list)
    passphrases: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """The ones that may open the vault; one alone once a change was acknowledged."""
    vaults: dict[str, str] = field(default_factory=dict)
    person: str = ""
    """The first passphrase of someone else on the vault, while they are."""
    gone: str = ""
    founded: bool = False
    heard: int = 0

    def hear(self, line: str) -> None:
        """Take in one mark."""
        self.heard += 1
        what, *rest = line.rstrip("\n").split("\t")
        if what == "may":
            if rest[0] in {"passphrase", "words"}:
                getattr(self, rest[0] + ("s" if rest[0] == "passphrase" else "")).append(rest[1])
            elif rest[0] == "signed":
                self.signed[rest[1]] = ""
            elif rest[0] == "gone":
                self.person = ""
        elif what == "passphrase":
            self.founded, self.passphrases = True, [rest[0]]
        elif what == "words":
            self.words = [rest[0]]
        elif what == "student":
            self.students.append(rest[0])
        elif what == "draft":
            self.drafts[rest[0]] = rest[1]
        elif what == "signed":
            self.signed[rest[0]] = rest[1]
        elif what == "backup":
            self.backups.append(rest[0])
        elif what in {"person", "gone"}:
            self.person, self.gone = (rest[0], "") if what == "person" else ("", rest[0])
        elif what == "restored":
            self.vaults[rest[0]] = rest[1]


def states(calls: list[Call], cuts: Iterable[int]) -> Iterator[tuple[Disk, Said, int]]:
    """Yield the disk, and what was said, after each of the calls numbered in `cuts`."""
    wanted = set(cuts)
    disk, said = Disk(), Said()
    for number, call in enumerate(calls):
        if call.what == "mark":
            said.hear(call.name)
        else:
            disk.do(call)
        if number in wanted:
            yield disk, said, number


@dataclass(slots=True)
class Seen:
    """What came of many power cuts."""

    states: int = 0
    """Different ones: what was found, or what had been said by then."""
    different: set[bytes] = field(default_factory=set)
    broken: int = 0
    """A vault that did not open, or did not verify."""
    lost: int = 0
    """Something acknowledged was not there."""
    examples: list[str] = field(default_factory=list)


def cut_power(calls: list[Call], cuts: list[int], each: int, seed: int, folder: Path) -> Seen:
    """Cut the power `each` times after each of `cuts`, look at every state, and count."""
    seen = Seen()
    backups: dict[bytes, bool] = {}
    for disk, said, number in states(calls, cuts):
        for turn in range(each):
            dice = Random(f"{seed} {number} {turn}")
            state = disk.after_cut(dice)
            digest = _digest(state, said)
            if digest in seen.different:
                continue
            seen.different.add(digest)
            seen.states += 1
            put(state, folder)
            try:
                missing = look(folder, said, backups)
            except (Broken, CasewellError) as broken:
                seen.broken += 1
                missing = [f"broken: {broken!r}"]
            else:
                seen.lost += bool(missing)
            if missing and len(seen.examples) < 5:
                seen.examples.append(f"cut after call {number}, turn {turn}: {missing[:4]}")
    return seen


def _digest(state: dict[str, bytes | None], said: Said) -> bytes:
    whole = sha256(str(said.heard).encode())
    for path, content in sorted(state.items()):
        if not path.endswith(("open.lock", "open.json")):
            whole.update(path.encode() + b"\0" + (content or b"") + b"\0")
    return whole.digest()


class Broken(Exception):
    """A vault did not open or did not verify."""


def look(folder: Path, said: Said, backups: dict[bytes, bool]) -> list[str]:
    """Return what was acknowledged and is not there; raise Broken for a vault that is not whole."""
    if not said.founded:
        return []
    missing = []
    desk = _opened(folder / "Casewell" / "test.casewell", said.passphrases)
    try:
        missing += [
            f"passphrase {other!r} opens still"
            for other in (FIRST,)
            if other not in said.passphrases and _opens(desk.folder, other)
        ]
        if said.person and not _opens(desk.folder, said.person):
            missing.append("someone's way in")
        if said.gone and _opens(desk.folder, said.gone):
            missing.append("the removal of someone's way in")
        if said.words and not any(
            _opens(desk.folder, words, with_recovery=True) for words in said.words
        ):
            missing.append("the recovery words")
        missing += _lacking(desk, said)
        verdict = desk.verify()
        if not verdict.whole:
            raise Broken([finding for finding in verdict.findings if not finding.whole])
    finally:
        desk.close()
    if said.backups and not _has_backup(folder, said, backups):
        missing.append(f"the backup {said.backups[-1]}, and any later one")
    for name, secret in said.vaults.items():
        _opened(folder / name, [secret]).close()
    return missing


def _opened(place: Path, passphrases: list[str]) -> Desk:
    clock = fixed_clock("2026-11-21T09:30")
    refused: Exception | None = None
    for passphrase in reversed(passphrases):
        try:
            return open_vault(place, passphrase, DEVICE, clock=clock)
        except Refused as error:
            refused = error
        except Exception as error:
            raise Broken(repr(error), error.__context__) from error
    raise Broken(repr(refused))


def _opens(folder: VaultFolder, secret: str, *, with_recovery: bool = False) -> bool:
    try:
        unlock_keybag(folder, secret, with_recovery=with_recovery)
    except Refused:
        return False
    return True


def _lacking(desk: Desk, said: Said) -> list[str]:
    with desk.records.read() as reader:
        students = {row[0] for row in reader.execute("SELECT given_name FROM student")}
        drafts = dict(reader.execute("SELECT id, content FROM note_draft").fetchall())
        notes = dict(reader.execute("SELECT id, sections FROM session_note").fetchall())
    missing = [f"student {name}" for name in said.students if name not in students]
    for draft, text in said.drafts.items():
        if draft in said.signed and draft in notes:
            continue
        if text.strip() not in drafts.get(draft, ""):
            missing.append(f"draft {draft}")
    for note, text in said.signed.items():
        if text and text.strip() not in notes.get(note, ""):
            missing.append(f"signed note {note}")
    return missing


def _has_backup(folder: Path, said: Said, known: dict[bytes, bool]) -> bool:
    """Tell whether the last backup, or a later one that stands in for it, opens."""
    last = folder / said.backups[-1]
    later = [one for one in last.parent.glob("*.casewell-backup") if one.name >= last.name]
    return any(
        _backup_opens(one, secret, known)
        for one in sorted(later)
        for secret in (FIRST, *said.passphrases)
    )


def _backup_opens(path: Path, secret: str, known: dict[bytes, bool]) -> bool:
    """Open a backup; one whose bytes were opened before needs no second look."""
    whole = sha256(secret.encode())
    with contextlib.suppress(OSError):
        for file in sorted(path.iterdir()):
            whole.update(file.name.encode() + file.read_bytes())
    name = whole.digest()
    if name not in known:
        try:
            open_backup(path, secret)
        except (CasewellError, OSError):
            known[name] = False
        else:
            known[name] = True
    return known[name]


def main(calls: Path, part: int, parts: int, count: int, seed: int, folder: Path) -> Seen:
    """Cut the power in one part of the work."""
    done: list[Call] = pickle.loads(calls.read_bytes())
    mine = list(range(part, len(done), parts))
    each = -(-count // len(mine))
    wanted = min(len(mine), -(-count // each))
    return cut_power(done, Random(seed).sample(mine, wanted), each, seed, folder)


if __name__ == "__main__":
    quick_stretching()
    # What this computer remembers of vaults goes with each state.
    for name in ("HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(Path(sys.argv[6]) / "home")
    found = main(Path(sys.argv[1]), *map(int, sys.argv[2:6]), Path(sys.argv[6]))
    print(
        json.dumps(
            {
                "states": found.states,
                "broken": found.broken,
                "lost": found.lost,
                "examples": found.examples,
            }
        )
    )
