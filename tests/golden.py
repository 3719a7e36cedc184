"""Golden vaults: what a released program left behind, kept so that every later one opens it.

    PYTHONPATH=PROGRAM python tests/golden.py RELEASE    makes tests/data/golden/RELEASE/

`PROGRAM` is the tree of the release; everything is written by that program's own commands.
Three vaults, each packed as a .tar with what it holds told in a .json beside it: `founded`
(nothing in it), `desk` (a row in every table, backups beside it, a write-ahead log left by a
program that was killed) and `school` (some hundred students). The names are invented, the
passphrase and the recovery words stand in the README beside them and guard nothing.
"""

import csv
import hashlib
import json
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.bootstrap import Desk, Founder, create_vault, open_vault
from app.demo import DemoOptions, build_demo
from app.demo.build import PASSPHRASE
from app.features.caseload.commands import ChangeStudent, LinkGuardian, UnlinkGuardian
from app.features.people.commands import ChangeSetting
from app.features.privacy.commands import RecordDisclosure, RecordNothingLeft
from app.features.privacy.model import Means
from app.features.roster.commands import ImportRoster, RememberMapping
from app.features.roster.model import Roster
from app.features.roster.opening import open_file
from app.features.roster.reading.detect import MappingNeeded
from app.kernel.clock import FixedClock, Moment
from app.kernel.ids import DeviceId, StudentId, new_id
from app.kernel.keys import VaultKeys
from app.kernel.nouns import Role
from app.store.connection import connect
from app.store.migrate import NEWEST, steps
from app.vault.folder import VaultFolder
from app.vault.sealing import floor
from grounds import TO_SUBJECT

PLACE = Path(__file__).parent / "data" / "golden"
NAMES = ("founded", "desk", "school")
ZONE = "America/New_York"
MADE = Moment.local(datetime.fromisoformat("2026-11-20T09:30"), ZONE)
MOST_BYTES = 4_000_000
"""Of all vaults of one release together, in the tree."""
_SCHOOL = 300
_ROSTER = Path(__file__).parent / "data" / "rosters" / "oneroster-1.1-small.zip"


# -- what a vault says, table by table ---------------------------------------------------


def tables(connection: Any) -> dict[str, list[str]]:
    """Return the columns of every table that holds records; an index's own tables do not."""
    found = {}
    rows = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    for (name,) in rows.fetchall():
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", (name,)).fetchall()
        found[str(name)] = [str(column) for (column,) in columns]
    return found


def digest(connection: Any, table: str, columns: list[str], where: str = "") -> str:
    """Return a hash of a table's rows, as far as `columns` go; their order does not matter."""
    listed = ", ".join(f'"{column}"' for column in columns)
    lines = sorted(
        json.dumps(row, ensure_ascii=False, default=bytes.hex)
        for row in connection.execute(f'SELECT {listed} FROM "{table}" {where}')
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def told(connection: Any) -> dict[str, Any]:
    """Return counts and digests of every table, and the journal's end."""
    said = {}
    for table, columns in tables(connection).items():
        (count,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
        said[table] = {
            "columns": columns,
            "count": count,
            "sha256": digest(connection, table, columns),
        }
    seq, head = connection.execute(
        "SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    return {"tables": said, "journal": {"count": seq, "head": bytes(head).hex()}}


# -- the vaults that are there -----------------------------------------------------------


@dataclass(frozen=True)
class Golden:
    """One golden vault."""

    release: str
    name: str

    @property
    def archive(self) -> Path:
        """The packed vault."""
        return PLACE / self.release / f"{self.name}.tar"

    def manifest(self) -> dict[str, Any]:
        """Return what the vault held when it was made."""
        found: dict[str, Any] = json.loads(
            (PLACE / self.release / f"{self.name}.json").read_text(encoding="utf-8")
        )
        return found

    def unpack(self, into: Path) -> Path:
        """Unpack the vault, with what stands beside it, and return its folder."""
        with tarfile.open(self.archive) as packed:
            for member in packed.getmembers():
                # File by file: the `filter` of extractall is younger than Python 3.11.
                target = into / member.name
                if not target.resolve().is_relative_to(into.resolve()):
                    raise ValueError(member.name)
                if member.isdir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                content = packed.extractfile(member)
                if content is None:
                    raise ValueError(member.name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
                target.chmod(member.mode & 0o777)
        return into / f"{self.name}.casewell"


def goldens() -> list[Golden]:
    """Return every golden vault, the oldest release first."""
    return [Golden(release, name) for release in releases() for name in NAMES]


def releases() -> list[str]:
    """Return the releases that have golden vaults, oldest first."""
    found = [entry.name for entry in PLACE.iterdir() if entry.is_dir()]
    return sorted(found, key=lambda name: tuple(int(part) for part in name.split(".")))


# -- making them -------------------------------------------------------------------------


class Maker:
    """Makes one release's vaults in a folder of its own."""

    def __init__(self, work: Path, out: Path, release: str) -> None:
        self._work = work
        self._out = out
        self._release = release
        self._device = DeviceId(new_id())
        self._words: dict[str, tuple[str, ...]] = {}

    def make(self) -> None:
        """Make all three, pack them, and tell of them."""
        self._founded()
        self._desk()
        self._school()
        self._readme()
        self._freeze()

    def _founded(self) -> None:
        founding = create_vault(
            self._work / "founded",
            Founder("Ana Núñez", Role.COUNSELOR, PASSPHRASE, ("Cedar Hollow Elementary",)),
            self._device,
            clock=FixedClock(MADE),
            stretch=floor(),
        )
        words = founding.recovery_words
        founding.desk.confirm_recovery(words, dict(enumerate(words, 1)))
        keys = founding.desk._unlocked.keys
        founding.desk.close()
        self._words["founded"] = words
        self._pack("founded", keys)

    def _desk(self) -> None:
        """Fill every table by commands; the program is then killed, its log not folded in."""
        with self._demo("desk", DemoOptions(students=8, years=1, seed=4)) as (desk, clock):
            students = self._rosters(desk, clock, 6)
            self._rest(desk, clock, students)
            desk.backups.make()
            clock.advance(timedelta(days=1))
            desk.people.change_setting(ChangeSetting("minutes", "25"))
            desk.records.forget_purged()
            desk.people.change_setting(ChangeSetting("paper", "a4"))
            keys = desk._unlocked.keys
            killed = self._work / "killed"
            shutil.copytree(desk.folder.path, killed)
        shutil.rmtree(desk.folder.path)
        killed.rename(desk.folder.path)
        for name in ("records.db-shm", "open.json", "open.lock"):
            (desk.folder.path / name).unlink(missing_ok=True)
        self._pack("desk", keys, every_table=True)

    def _school(self) -> None:
        with self._demo("school", DemoOptions(students=28, years=1, seed=9)) as (desk, clock):
            self._rosters(desk, clock, _SCHOOL)
            keys = desk._unlocked.keys
        self._pack("school", keys)

    @contextmanager
    def _demo(self, name: str, options: DemoOptions) -> Iterator[tuple[Desk, FixedClock]]:
        clock = FixedClock(MADE)
        facts = build_demo(self._work / name, options, clock=clock, device=self._device)
        (facts.vault / "demo.json").unlink()
        desk = open_vault(facts.vault, PASSPHRASE, self._device, clock=clock)
        try:
            words = desk.new_recovery_words()
            desk.confirm_recovery(words, dict(enumerate(words, 1)))
            self._words[name] = words
            yield desk, clock
        finally:
            desk.close()

    def _rosters(self, desk: Desk, clock: FixedClock, count: int) -> list[StudentId]:
        """Import a OneRoster export, then a table twice with changes by hand in between."""
        self._import(desk, _ROSTER)
        rows = [[f"G{n:05d}", f"Family{n}", f"Given{n}", f"{n % 13:02d}"] for n in range(count)]
        self._import(desk, self._table(rows))
        clock.advance(timedelta(hours=1))
        with desk.records.read() as reader:
            students = [
                StudentId(row[0])
                for row in reader.execute(
                    "SELECT id FROM student WHERE student_number LIKE 'G0%' ORDER BY student_number"
                ).fetchall()
            ]
        mine = desk.caseload.student(students[1]).profile
        desk.caseload.change_student(ChangeStudent(students[1], replace(mine, grade="07")))
        rows[1][3], rows[2][3] = "09", "10"
        self._import(desk, self._table(rows))
        return students

    def _table(self, rows: list[list[str]]) -> Path:
        path = self._work / "roster.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["Student ID", "Last Name", "First Name", "Grade"])
            writer.writerows(rows)
        return path

    def _import(self, desk: Desk, path: Path) -> None:
        opened = open_file(path)
        if isinstance(opened.said, MappingNeeded):
            guess = opened.said.guess
            opened = open_file(path, mapping=guess)
            desk.roster.remember_mapping(RememberMapping(guess.fingerprint, guess.as_json()))
        if not isinstance(opened.said, Roster):
            raise TypeError(opened.said)
        desk.roster.import_roster(ImportRoster(opened.said, opened.sha256))

    def _rest(self, desk: Desk, clock: FixedClock, students: list[StudentId]) -> None:
        """Fill what the demonstration and the rosters leave empty."""
        desk.people.keep_state({"page": "caseload"})
        left = desk.privacy.record_disclosure(
            RecordDisclosure(
                students[0],
                "student-summary",
                "Dana Whitfield, parent",
                "Asked for by the family",
                Means.PRINT,
                hashlib.sha256(b"a paper that never left").hexdigest(),
                31_000,
                {"sections": ["profile"], "size": "letter"},
                terms=TO_SUBJECT,
            )
        ).made
        desk.privacy.record_nothing_left(RecordNothingLeft(left, "print-failed"))
        clock.advance(timedelta(minutes=10))
        with desk.records.read() as reader:
            student, guardian = reader.execute(
                "SELECT student_id, guardian_id FROM student_guardian ORDER BY 1, 2 LIMIT 1"
            ).fetchone() or ("", "")
        tie = next(
            one.tie for one in desk.caseload.student(StudentId(student)).guardians
            if one.id == guardian
        )  # fmt: skip
        desk.caseload.link_guardian(LinkGuardian(students[0], guardian, tie))
        desk.caseload.unlink_guardian(UnlinkGuardian(students[0], guardian))

    # -- packing -------------------------------------------------------------------------

    def _pack(self, name: str, keys: VaultKeys, *, every_table: bool = False) -> None:
        folder = VaultFolder(self._work / f"{name}.casewell")
        look = self._work / "look"
        shutil.copytree(folder.path, look)
        connection = connect(look / "records.db", keys)
        said = told(connection)
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        connection.close()
        shutil.rmtree(look)
        empty = [table for table, facts in said["tables"].items() if not facts["count"]]
        if every_table and empty:
            raise SystemExit(f"nothing was written into {', '.join(empty)}: add a command to _rest")
        facts = {
            "release": self._release,
            "schema": schema,
            "keybag": json.loads(folder.keybag.read_bytes())["version"],
            "device": self._device,
            "made": MADE.at,
            "zone": MADE.zone,
            "passphrase": PASSPHRASE,
            "recovery_words": " ".join(self._words[name]),
            **said,
        }
        self._out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False)
        (self._out / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
        with tarfile.open(self._out / f"{name}.tar", "w", format=tarfile.PAX_FORMAT) as packed:
            for path in (folder.path, self._work / f"{name}.backups"):
                if path.exists():
                    packed.add(path, path.name, filter=_nobody)

    def _readme(self) -> None:
        lines = [
            f"# The vaults that Casewell {self._release} left behind",
            "",
            "Made by `tests/golden.py` with that release's own program; never edited. Everyone in",
            "them is invented. The passphrase of all three, for the tests alone:",
            "",
            f"    {PASSPHRASE}",
            "",
            "Recovery words:",
            "",
            *(f"    {name}: {' '.join(words)}" for name, words in self._words.items()),
            "",
        ]
        (self._out / "README.md").write_text("\n".join(lines), encoding="utf-8")

    def _freeze(self) -> None:
        """Keep the hashes of the steps that this release knows: they are never edited again."""
        path = PLACE / "released.json"
        frozen = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        frozen[self._release] = {
            "schema": NEWEST,
            "steps": {
                str(number): hashlib.sha256(script.encode()).hexdigest()
                for number, script in steps()
            },
        }
        path.write_text(f"{json.dumps(frozen, indent=1, sort_keys=True)}\n", encoding="utf-8")


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = int(MADE.instant().timestamp())
    return entry


def main() -> int:
    """Make the vaults of one release; those that are there are never replaced."""
    (release,) = sys.argv[1:]
    out = PLACE / release
    if out.exists():
        raise SystemExit(f"{out} is there already, and golden vaults are never made anew")
    with tempfile.TemporaryDirectory() as work:
        Maker(Path(work), out, release).make()
    size = sum(path.stat().st_size for path in out.iterdir())
    if size > MOST_BYTES:
        shutil.rmtree(out)
        raise SystemExit(f"{size} bytes are too many; at most {MOST_BYTES}")
    sys.stdout.write(f"{out}: {size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
