"""A caseload as data: the lines of the report of that name."""

from typing import Any

from app.kernel.ids import StudentId
from app.kernel.ports import Reader
from app.overviews.reports.caseload_list import Line, lines_of
from app.overviews.reports.lists import Asked, Names, Reading

_AT_NAMES = frozenset({Names.FULL})


def caseload_body(reading: Reading, asked: Asked, about: list[StudentId]) -> dict[str, Any]:
    """Return the body of a caseload; adds to `about` whom it tells something about."""
    students = []
    for line in lines_of(reading, asked):
        about.append(line.student)
        students.append(_told(line, named=asked.names in _AT_NAMES))
    today = reading.today.isoformat()
    return {
        "casewell": "summary",
        "kind": "caseload",
        "version": 1,
        "period": f"{today}/{today}",
        "of": "" if asked.everyone else _one(reading.reader, "person", reading.seat.person),
        "school": _one(reading.reader, "school", asked.school) if asked.school else "",
        "names": asked.names.value,
        "students": students,
    }


def _told(line: Line, *, named: bool) -> dict[str, Any]:
    def day(value: object) -> str | None:
        return str(value) if value else None

    row = line.row
    return {
        "name": line.name,
        "number": line.number if named else "",
        "tier": int(row.tier),
        "grade": row.grade,
        "school": row.school,
        "since": day(row.since),
        "last_contact": row.last_contact.day().isoformat() if row.last_contact else None,
        "next_planned": day(line.planned),
        "next_step": day(row.next_step),
        "open_steps": line.steps,
    }


def _one(reader: Reader, table: str, wanted: str) -> str:
    row = reader.execute(f"SELECT name FROM {table} WHERE id = ?", (wanted,)).fetchone()
    return str(row[0]) if row else ""
