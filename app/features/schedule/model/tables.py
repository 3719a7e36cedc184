"""Bell schedules and calendar days as a CSV table.

A table of bells has the columns `school, schedule, period, start, end` and may have `class time`
(yes or no). A table of days has `school, date, what` and may have `schedule`, `cycle day` and
`reason`; what is `no school` or `school`. Columns may stand in any order; a row that cannot be
read is told by its line, and then nothing of the table is taken.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.features.schedule.model.bells import Period, TypedPeriod, accepted_period, in_order
from app.features.schedule.model.calendar import SpecialDay, accepted_day
from app.kernel.errors import Fact, Refused
from app.kernel.ids import SchoolId

BELL_COLUMNS = ("school", "schedule", "period", "start", "end")
DAY_COLUMNS = ("school", "date", "what")
MOST_ROWS = 20_000
_YES = frozenset({"yes", "y", "true", "1", "x", "sí", "si", ""})
_NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken: its line, and why."""

    line: int
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class ReadTable:
    """What a table says; with bad rows, none of it is taken."""

    bells: Mapping[tuple[SchoolId, str], tuple[Period, ...]] = field(
        default_factory=dict, hash=False
    )
    days: tuple[SpecialDay, ...] = ()
    bad: tuple[BadRow, ...] = ()


def read_table(
    text: str,
    schools: Mapping[str, SchoolId],
    bells: Mapping[tuple[SchoolId, str], str],
    cycles: Mapping[SchoolId, tuple[str, ...]],
) -> ReadTable:
    """Read a table of bells or of days, told apart by its columns; refuse one that is neither.

    `schools` are buildings by name and by identifier, `bells` the ids of bell schedules, both by
    case-folded name.
    """
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                rows.append((lines.line_num, row))
            if len(rows) > MOST_ROWS:
                raise Refused("table-long", "file", most=MOST_ROWS)
    except csv.Error:
        raise Refused("table-unreadable", "file", line=lines.line_num) from None
    if len(rows) < 2:
        raise Refused("table-empty", "file")
    header = [" ".join(cell.casefold().replace("_", " ").split()) for cell in rows[0][1]]
    if all(column in header for column in BELL_COLUMNS):
        return _bells(rows[1:], header, schools)
    if all(column in header for column in DAY_COLUMNS):
        return _days(rows[1:], header, schools, bells, cycles)
    raise Refused(
        "table-columns", "file", bells=", ".join(BELL_COLUMNS), days=", ".join(DAY_COLUMNS)
    )


def _cells(header: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return {name: row[at].strip() if at < len(row) else "" for at, name in enumerate(header)}


def _school(cells: Mapping[str, str], schools: Mapping[str, SchoolId]) -> SchoolId:
    found = schools.get(cells["school"].casefold())
    if found is None:
        raise Refused("table-school", "school", name=cells["school"])
    return found


def _bells(
    rows: Sequence[tuple[int, list[str]]], header: Sequence[str], schools: Mapping[str, SchoolId]
) -> ReadTable:
    found: dict[tuple[SchoolId, str], list[Period]] = {}
    first: dict[tuple[SchoolId, str], int] = {}
    bad: list[BadRow] = []
    for line, row in rows:
        cells = _cells(header, row)
        try:
            school = _school(cells, schools)
            name = " ".join(cells["schedule"].split())
            if not name:
                raise Refused("bells-need-name", "schedule")
            said = cells.get("class time", "").casefold()
            if said not in _YES | _NO:
                raise Refused("table-yes-no", "class time", text=said)
            period = accepted_period(
                TypedPeriod(cells["period"], cells["start"], cells["end"], said in _YES)
            )
        except Refused as refused:
            bad.append(BadRow(line, refused.code, refused.facts))
            continue
        first.setdefault((school, name), line)
        found.setdefault((school, name), []).append(period)
    bells: dict[tuple[SchoolId, str], tuple[Period, ...]] = {}
    for key, periods in found.items():
        try:
            bells[key] = in_order(periods)
        except Refused as refused:
            bad.append(BadRow(first[key], refused.code, refused.facts))
    return ReadTable(bells=bells, bad=tuple(sorted(bad, key=lambda one: one.line)))


def _days(
    rows: Sequence[tuple[int, list[str]]],
    header: Sequence[str],
    schools: Mapping[str, SchoolId],
    bells: Mapping[tuple[SchoolId, str], str],
    cycles: Mapping[SchoolId, tuple[str, ...]],
) -> ReadTable:
    found: dict[tuple[SchoolId, date], SpecialDay] = {}
    bad: list[BadRow] = []
    for line, row in rows:
        cells = _cells(header, row)
        try:
            school = _school(cells, schools)
            day = accepted_day(cells["date"], "date")
            one = _day(cells, school, day, bells, cycles.get(school, ()))
            if (school, day) in found:
                raise Refused("table-day-twice", "date", day=day.isoformat())
        except Refused as refused:
            bad.append(BadRow(line, refused.code, refused.facts))
            continue
        found[school, day] = one
    return ReadTable(days=tuple(found.values()), bad=tuple(bad))


def _day(
    cells: Mapping[str, str],
    school: SchoolId,
    day: date,
    bells: Mapping[tuple[SchoolId, str], str],
    cycle: Sequence[str],
) -> SpecialDay:
    what = " ".join(cells["what"].casefold().split())
    reason = " ".join(cells.get("reason", "").split())
    if len(reason) > 120:
        raise Refused("schedule-name-long", "reason", longest=120)
    if what in {"no school", "closed", "holiday"}:
        return SpecialDay(school, day, closed=True, reason=reason)
    if what != "school":
        raise Refused("table-what", "what", text=cells["what"])
    schedule, turn = cells.get("schedule", ""), cells.get("cycle day", "")
    bell = bells.get((school, schedule.casefold()), "") if schedule else ""
    if schedule and not bell:
        raise Refused("table-bells", "schedule", name=schedule)
    if turn and turn not in cycle:
        raise Refused("table-cycle-day", "cycle day", name=turn)
    if not (schedule or turn):
        raise Refused("special-says-nothing", "schedule")
    return SpecialDay(school, day, bell_id=bell, cycle_day=turn, reason=reason)
