"""The caseload as a report: who is on it, since when, and what was and will be done."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.features.caseload.model import CaseloadRow, Scope, Sort, StudentFilter
from app.features.caseload.repo import lists
from app.kernel.documents import SummaryKind
from app.kernel.ids import StudentId
from app.kernel.words import N_, _, ngettext
from app.overviews.reports.lists import (
    Asked,
    Choice,
    Namer,
    Names,
    Reading,
    Report,
    ReportKind,
)
from app.overviews.reports.wording import spoken_grade, spoken_tier
from app.paper.sheets import Cell
from app.paper.tables import Column, Kind, Table, paged

_PAGE = 200
_COLUMNS: dict[str, tuple[str, Kind, float]] = {
    "name": (N_("Student"), "text", 2.4),
    "number": (N_("Student number"), "text", 1.3),
    "tier": (N_("Tier"), "text", 1.7),
    "grade": (N_("Grade"), "text", 1.2),
    "school": (N_("Building"), "text", 2.2),
    "since": (N_("On the caseload since"), "day", 1.3),
    "contact": (N_("Last contact"), "day", 1.3),
    "planned": (N_("Next planned"), "day", 1.3),
    "step": (N_("Next step due"), "day", 1.3),
    "steps": (N_("Open steps"), "count", 0.9),
}
_USUAL = ("name", "tier", "grade", "school", "since", "contact", "planned", "steps")

_BESIDE = """
SELECT s.id, s.student_number, s.given_name, s.family_name, s.preferred_name,
       (SELECT count(*) FROM follow_up f WHERE f.student_id = s.id AND f.done_at = ''),
       (SELECT min(a.day) FROM appointment a
         WHERE a.person_id = :me AND a.state = 'planned' AND a.day >= :today
           AND (a.student_id = s.id OR a.group_id IN (
                SELECT m.group_id FROM group_member m
                 WHERE m.student_id = s.id AND m.joined_on <> '' AND m.left_on = '')))
  FROM student s WHERE s.id IN (SELECT value FROM json_each(:students))
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One student of the report, before it is put into words."""

    row: CaseloadRow
    name: str
    """As the report was asked to call students."""
    number: str
    steps: int
    """Next steps that are open."""
    planned: str | None
    """The day of the next appointment."""

    @property
    def student(self) -> StudentId:
        """Whom it is about."""
        return self.row.id


def lines_of(reading: Reading, asked: Asked) -> Iterator[Line]:
    """Yield the students whom the report is asked for, as it orders them."""
    reader, person, which = reading.reader, reading.seat.person, _which(asked)

    def page(offset: int) -> list[CaseloadRow]:
        return lists.page(
            reader, which, person, "", Sort.NAME, descending=False, offset=offset, limit=_PAGE
        )

    namer = Namer(asked.names)
    for rows in _pages(page, asked.names):
        values = {
            "me": person,
            "today": reading.today.isoformat(),
            "students": json.dumps([row.id for row in rows]),
        }
        beside = {row[0]: row[1:] for row in reader.execute(_BESIDE, values)}
        for row in rows:
            number, given, family, preferred, steps, planned = beside[row.id]
            called = namer.said(row.id, preferred or given, family)
            yield Line(row, called, number, steps, planned)


def _which(asked: Asked) -> StudentFilter:
    return StudentFilter(
        scope=Scope.ALL if asked.everyone else Scope.MINE,
        schools=(asked.school,) if asked.school else (),
    )


def _table(reading: Reading, asked: Asked) -> Table:
    reader, person = reading.reader, reading.seat.person
    chosen = tuple(
        code
        for code in _COLUMNS
        if code in (asked.columns or _USUAL)
        and not (code == "number" and asked.names is not Names.FULL)
    )
    which = _which(asked)
    counts = lists.counts(reader, which, person, "")
    total = counts.total
    said = [ngettext("{count} student", "{count} students", total).format(count=f"{total:,}")]
    for tier, count in sorted(counts.tiers.items()):
        said.append(_("{tier}: {count}").format(tier=spoken_tier(tier), count=f"{count:,}"))
    columns = [_COLUMNS[code] for code in chosen]
    return Table(
        _("Caseload"),
        tuple(Column(_(title), kind, share) for title, kind, share in columns),
        _rows(reading, asked, chosen),
        scope=_scope(reading, asked),
        sentences=(" · ".join(said),),
        empty=_("No students are on this caseload."),
        landscape=len(columns) > 6,
    )


def _pages(
    page: Callable[[int], list[CaseloadRow]], names: Names
) -> Iterator[Sequence[CaseloadRow]]:
    """Yield the students, so many at a time, by name; without names in an order that tells none."""
    if names is not Names.NONE:
        offset = 0
        while found := page(offset):
            yield found
            offset += len(found)
        return
    everyone = sorted(paged(page), key=lambda row: hashlib.sha256(row.id.encode()).digest())
    for first in range(0, len(everyone), _PAGE):
        yield everyone[first : first + _PAGE]


def _scope(reading: Reading, asked: Asked) -> str:
    reader, person = reading.reader, reading.seat.person
    if asked.everyone:
        whose = _("All enrolled students")
    else:
        row = reader.execute("SELECT name FROM person WHERE id = ?", (person,)).fetchone()
        whose = _("Caseload of {person}").format(person=row[0] if row else "")
    if not asked.school:
        return whose
    row = reader.execute("SELECT name FROM school WHERE id = ?", (asked.school,)).fetchone()
    return _("{whose}, {school}").format(whose=whose, school=row[0] if row else "")


def _rows(reading: Reading, asked: Asked, chosen: Sequence[str]) -> Iterator[Sequence[Cell]]:
    for line in lines_of(reading, asked):
        reading.about(line.student)
        cells = _cells(line)
        yield [cells[code] for code in chosen]


def _cells(line: Line) -> dict[str, Cell]:
    row = line.row
    return {
        "name": line.name,
        "number": line.number,
        "tier": spoken_tier(row.tier),
        "grade": spoken_grade(row.grade) if row.grade else "",
        "school": row.school,
        "since": _day(row.since),
        "contact": row.last_contact.day() if row.last_contact else None,
        "planned": _day(line.planned),
        "step": _day(row.next_step),
        "steps": line.steps,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


CASELOAD_LIST = Report(
    ReportKind.CASELOAD,
    N_("Caseload"),
    N_("Who is on the caseload, with tier, grade and building, last contact and next steps."),
    frozenset({Choice.SCHOOL, Choice.NAMES, Choice.COLUMNS, Choice.EVERYONE}),
    _table,
    {code: title for code, (title, _kind, _share) in _COLUMNS.items()},
    _USUAL,
    data=SummaryKind.CASELOAD,
)
