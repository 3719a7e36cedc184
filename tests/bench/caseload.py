"""How the caseload holds up: opening it against bare SQL, and searching among 50,000 students.

Run from the project folder: `python -m tests.bench.caseload [STUDENTS] [NOTES_EACH]`.
All figures come from one run on one machine and mean something only beside each other.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.bootstrap import Desk
from app.features.caseload.model import Scope, Sort, StudentFilter
from app.kernel.ids import new_id, new_ids
from app.kernel.names import search_text, sorting_name
from app.kernel.nouns import GRADES, grade_rank
from tests.vaults import new_desk

_SOUNDS = [
    "ka",
    "la",
    "mi",
    "no",
    "ra",
    "su",
    "te",
    "vo",
    "an",
    "el",
    "is",
    "or",
    "un",
    "bra",
    "den",
    "fel",
    "gor",
    "hal",
    "jen",
    "kir",
    "lom",
    "mer",
]


def _names(count: int, dice: random.Random) -> list[str]:
    names: set[str] = set()
    while len(names) < count:
        names.add("".join(dice.choices(_SOUNDS, k=dice.randint(2, 4))).capitalize())
    return sorted(names)


def fill(desk: Desk, students: int, notes_each: int) -> None:
    """Fill a vault with students, and with notes for those on the caseload."""
    dice = random.Random(7)
    given, family = _names(3000, dice), _names(9000, dice)
    ids = new_ids(students)
    schools = [school.id for school in desk.caseload.schools()]
    mine = ids[: min(students, 400)]
    with desk.records.working() as tx:
        rows, found = [], []
        for number, student in enumerate(ids, 1):
            first, last = dice.choice(given), dice.choice(family)
            grade = dice.choice(GRADES[4:17])
            rows.append(
                (number, student, f"S{100_000 + number}", first, last, grade, grade_rank(grade),
                 dice.choice(schools), sorting_name(first, last), dice.choice((1, 1, 1, 2, 3)))
            )  # fmt: skip
            found.append((number, *search_text(first, "", last, "", f"S{100_000 + number}")))
        tx.executemany(
            "INSERT INTO student (row, id, student_number, given_name, family_name, grade,"
            " grade_rank, school_id, listed_name, tier, made_at, zone)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '2026-01-01T00:00:00.000Z', 'UTC')",
            rows,
        )
        tx.executemany("INSERT INTO student_names (rowid, names, numbers) VALUES (?, ?, ?)", found)
        tx.executemany(
            "INSERT INTO caseload (id, student_id, person_id, started_on, start_reason,"
            " started_at, zone) VALUES (?, ?, ?, '2026-01-01', 'Referral',"
            " '2026-01-01T00:00:00.000Z', 'UTC')",
            [(new_id(), student, tx.who) for student in mine],
        )
        service = tx.execute("SELECT id FROM service_kind LIMIT 1").fetchone()
        kind = service[0] if service else new_id()
        if service is None:
            tx.execute("INSERT INTO service_kind (id, label) VALUES (?, 'Session')", (kind,))
        text = json.dumps([{"title": "Note", "text": "x" * 800}])
        for student in mine:
            tx.executemany(
                "INSERT INTO session_note (id, student_id, person_id, started_at, zone, minutes,"
                " service_id, service_label, place, attendance, format, sections, signed_at,"
                " signed_zone, hash)"
                " VALUES (?, ?, ?, ?, 'UTC', 30, ?, 'Session', 'office', 'present', 'free', ?, ?, 'UTC', x'')",
                [
                    (new_id(), student, tx.who, moment, kind, text, moment)
                    for moment in (
                        f"{2016 + n % 10}-{1 + n % 12:02d}-{1 + n % 28:02d}T14:00:00.000Z"
                        for n in range(notes_each)
                    )
                ],
            )
            tx.executemany(
                "INSERT INTO follow_up (id, student_id, person_id, text, due_on, made_at, zone,"
                " done_at) VALUES (?, ?, ?, 'Call', ?, '', 'UTC', ?)",
                [
                    (new_id(), student, tx.who, f"2026-{1 + n % 12:02d}-01", "" if n == 9 else "x")
                    for n in range(10)
                ],
            )


def took(work: Callable[[], object], times: int = 15) -> float:
    """Return the median time of `work` in milliseconds, the first call apart."""
    work()
    spans = []
    for _turn in range(times):
        start = time.perf_counter()
        work()
        spans.append((time.perf_counter() - start) * 1000)
    return statistics.median(spans)


PAGE = (
    "SELECT s.id, s.given_name, s.family_name, s.preferred_name, s.grade, b.name, s.tier,"
    " c.started_on,"
    " (SELECT max(n.started_at) FROM session_note n WHERE n.student_id = s.id),"
    " (SELECT min(f.due_on) FROM follow_up f WHERE f.student_id = s.id AND f.done_at = '')"
    " FROM caseload c JOIN student s ON s.id = c.student_id"
    " LEFT JOIN school b ON b.id = s.school_id"
    " WHERE c.person_id = ? AND c.ended_on = '' ORDER BY s.listed_name LIMIT 200"
)
"""The plainest statement that answers what the caseload page asks."""


def _bare(desk: Desk) -> Callable[[], object]:
    """The plainest statement that answers what the caseload page asks."""

    def ask() -> object:
        with desk.records.read() as reader:
            reader.execute(
                "SELECT count(*) FROM caseload WHERE person_id = ? AND ended_on = ''",
                (desk.seat.person,),
            ).fetchone()
            return reader.execute(PAGE, (desk.seat.person,)).fetchall()

    return ask


def main() -> None:
    """Print the figures."""
    students = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    notes = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        fill(desk, students, notes)
        service = desk.caseload
        bare = took(_bare(desk))
        opened = took(lambda: service.page(StudentFilter()))
        print(f"{students} students, {notes} notes for each on the caseload")
        print(f"bare SQL      {bare:8.1f} ms")
        print(f"caseload page {opened:8.1f} ms   ratio {opened / bare:.2f} (at most 2)")
        everyone = StudentFilter(Scope.ALL)
        for name, work in (
            ("tier counts", lambda: service.counts(StudentFilter())),
            ("everyone, first page", lambda: service.page(everyone)),
            ("everyone, by grade", lambda: service.page(everyone, Sort.GRADE)),
            ("everyone, by school", lambda: service.page(everyone, Sort.SCHOOL)),
            ("everyone, by last contact",
             lambda: service.page(everyone, Sort.LAST_CONTACT, descending=True)),
            ("everyone, last page", lambda: service.page(everyone, offset=students - 200)),
            ("everyone, counts", lambda: service.counts(everyone)),
            ("find k", lambda: service.find("k")),
            ("find ka", lambda: service.find("ka")),
            ("find kala den", lambda: service.find("kala den")),
            ("find with slips", lambda: service.find("kalamx dneor")),
            ("find a number", lambda: service.find("S100123")),
            ("list with text ka", lambda: service.page(StudentFilter(Scope.ALL, text="ka"))),
        ):  # fmt: skip
            print(f"{name:28}{took(work, 7):8.1f} ms")
        desk.close()


if __name__ == "__main__":
    main()
