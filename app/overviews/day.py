"""What stands around a day's lines: the buildings, and what warns of the students in them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from app.kernel.ids import StudentId
from app.kernel.ports import Read, Seat


@dataclass(frozen=True, slots=True)
class DayFacts:
    """The buildings by id, one's own first and in their order, and alerts that stand."""

    buildings: Mapping[str, str] = field(default_factory=dict)
    alerts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By student: each alert's kind and text."""
    any_students: bool = False
    """Whether the vault knows a student at all."""


class Day:
    """Looks these up in one read."""

    def __init__(self, read: Read, seat: Callable[[], Seat]) -> None:
        self._read = read
        self._seat = seat

    def facts(self, students: Iterable[StudentId | str]) -> DayFacts:
        """Return the buildings, and the alerts of `students`."""
        with self._read() as reader:
            buildings = {
                str(row[0]): str(row[1])
                for row in reader.execute(
                    "SELECT c.id, c.name FROM school c"
                    " LEFT JOIN person_school p ON p.school_id = c.id AND p.person_id = ?"
                    " WHERE c.active = 1 ORDER BY p.position IS NULL, p.position, c.name",
                    (self._seat().person,),
                )
            }
            alerts: dict[str, tuple[tuple[str, str], ...]] = {}
            for student, kind, text in reader.execute(
                "SELECT student_id, kind, text FROM alert WHERE ended_at = ''"
                " AND student_id IN (SELECT value FROM json_each(?)) ORDER BY made_at, id",
                (json.dumps(sorted(set(students))),),
            ):
                alerts[student] = (*alerts.get(student, ()), (str(kind), str(text)))
            row = reader.execute("SELECT EXISTS (SELECT 1 FROM student)").fetchone()
        return DayFacts(buildings, alerts, bool(row and row[0]))
