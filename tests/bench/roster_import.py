"""Measures an import of 50,000 students against a bare bulk insert of the very same rows.

Both run in one process, turn by turn, into fresh encrypted files with the same schema; the
medians are compared. The import is measured as a person waits for it: from the zip on the
disk to the committed report. The bare insert is `executemany` in one transaction.

    python tests/bench/roster_import.py [STUDENTS] [ROUNDS]
"""

import random
import statistics
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from app.bootstrap import Desk
from app.features.roster.commands import ImportRoster
from app.features.roster.opening import open_file
from app.kernel.names import search_text
from app.kernel.ports import Row

FLOOR = 3.0
_GIVEN = ("Maria", "José", "Aaliyah", "Wei", "Noah", "Łucja", "Fatima", "Liam", "Zoë", "Amara")
_FAMILY = ("Nguyen", "Garcia Lopez", "O'Brien", "Smith-Jones", "Hassan", "Kowalski", "Núñez")
_USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
    "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
_TABLES = ("school", "student", "roster_import", "roster_change", "journal")


def write_roster(path: Path, students: int, seed: int = 7) -> Path:
    """Write a OneRoster 1.1 export of `students` invented students in forty schools."""
    rng = random.Random(seed)
    orgs = ["sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"]
    orgs += [f"org-{n},,,School number {n},school,{1000 + n}," for n in range(40)]
    users = [_USERS]
    births = ["sourcedId,status,dateLastModified,birthDate,sex"]
    for n in range(students):
        key = f"usr-{rng.getrandbits(48):012x}-{n}"
        given = rng.choice(_GIVEN) + rng.choice(("", "", "na", "lyn", " Ann"))
        family = f"{rng.choice(_FAMILY)}{rng.choice(('', '', 'son', 'ez', ' Diaz'))}"
        users.append(
            f"{key},,,true,org-{n % 40},student,u{n},{{state:{9000000 + n}}},{given},{family},"
            f"{rng.choice(('', 'Lee', 'Rose'))},{100000 + n},u{n}@example.org,,"
            f"555{n:07d},,{n % 12 + 1:02d},"
        )
        births.append(f"{key},,,20{8 + n % 10:02d}-{n % 12 + 1:02d}-{n % 28 + 1:02d},female")
    manifest = [
        "propertyName,value",
        "manifest.version,1.0",
        "oneroster.version,1.1",
        "file.orgs,bulk",
        "file.users,bulk",
        "file.demographics,bulk",
        "source.systemName,Invented District",
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, lines in (
            ("manifest.csv", manifest),
            ("orgs.csv", orgs),
            ("users.csv", users),
            ("demographics.csv", births),
        ):
            archive.writestr(name, "\n".join(lines) + "\n")
    return path


class Silence:
    """The longest time between two reports of progress: a Cancel waits no longer."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.perf_counter()

    def __call__(self, _done: int, _of: int) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def imported(desk: Desk, path: Path) -> tuple[float, float, float]:
    """Import the file; return the seconds in all, without the reading, and of silence."""
    progress = Silence()
    start = time.perf_counter()
    opened = open_file(path, progress)
    read = time.perf_counter()
    desk.roster.import_roster(ImportRoster(opened.said, opened.sha256), progress)
    end = time.perf_counter()
    return end - start, end - read, progress.longest


def rows_of(desk: Desk) -> dict[str, list[Row]]:
    """Return every row the import wrote, by table; the search index as it was given."""
    with desk.records.read() as reader:
        found = {table: reader.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}
        found["journal"] = [row for row in found["journal"] if row[5] == "ImportRoster"]
        found["student_names"] = [
            (row[0], *search_text(*row[1:]))
            for row in reader.execute(
                "SELECT row, given_name, middle_name, family_name, preferred_name,"
                " student_number, state_id FROM student"
            )
        ]
    return found


def bare(desk: Desk, rows: dict[str, list[Row]]) -> float:
    """Insert the rows in one transaction and return the seconds it took."""
    people = desk.records.seat.person
    schools = {row[0] for row in rows["school"]}
    with desk.records.read() as reader:
        schools -= {row[0] for row in reader.execute("SELECT id FROM school")}
    writer = desk.records._writer  # the bare connection: no service, no journal
    start = time.perf_counter()
    writer.execute("BEGIN IMMEDIATE")
    for table in ("school", "student", "student_names", "roster_import", "roster_change"):
        told = rows[table]
        if table == "school":
            told = [row for row in told if row[0] in schools]
        if table == "roster_import":
            told = [(*row[:6], people, *row[7:]) for row in told]
        columns = "(rowid, names, numbers)" if table == "student_names" else ""
        marks = ", ".join("?" * len(told[0]))
        writer.executemany(f"INSERT INTO {table} {columns} VALUES ({marks})", told)
    writer.execute("COMMIT")
    return time.perf_counter() - start


def main() -> int:
    """Measure, print the ratio, and fail when it is above the floor."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from vaults import new_desk

    students = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    ours: list[float] = []
    inner: list[float] = []
    theirs: list[float] = []
    silences: list[float] = []
    with tempfile.TemporaryDirectory() as place:
        path = write_roster(Path(place) / "roster.zip", students)
        for turn in range(rounds):
            desk = new_desk(Path(place) / f"a{turn}", schools=())
            whole, merged, silence = imported(desk, path)
            ours.append(whole)
            silences.append(silence)
            inner.append(merged)
            rows = rows_of(desk)
            desk.close()
            desk = new_desk(Path(place) / f"b{turn}", schools=())
            theirs.append(bare(desk, rows))
            desk.close()
    floor = statistics.median(theirs)
    ratio = statistics.median(ours) / floor
    print(f"{students} students; bare bulk insert {floor:.2f} s")
    print(f"longest wait of a Cancel: {statistics.median(silences) * 1000:.0f} ms")
    print(f"merge and write alone / bare bulk insert: {statistics.median(inner) / floor:.2f}")
    print(f"roster import / bare bulk insert: {ratio:.2f} (floor {FLOOR:.2f})")
    return 0 if ratio <= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
