"""Lists of students: sorted, filtered, counted and cut into pages by the database."""

import json
from collections.abc import Sequence

from app.features.caseload.model import (
    AlertKind,
    CaseloadCounts,
    CaseloadRow,
    Scope,
    Sort,
    Standing,
    StudentFilter,
)
from app.kernel.clock import Moment
from app.kernel.ids import PersonId, StudentId
from app.kernel.names import listed_name
from app.kernel.nouns import Tier
from app.kernel.ports import Reader, Row, Value

_LAST_CONTACT = (
    "(SELECT n.started_at FROM session_note n WHERE n.student_id = s.id"
    " AND n.attendance = 'present' ORDER BY n.started_at DESC LIMIT 1)"
)
_NEXT_STEP = (
    "(SELECT f.due_on FROM follow_up f WHERE f.student_id = s.id AND f.done_at = ''"
    " ORDER BY f.due_on LIMIT 1)"
)
_SINCE = (
    "(SELECT c.started_on FROM caseload c WHERE c.person_id = :person"
    " AND c.student_id = s.id AND c.ended_on = '')"
)
_BY: dict[Sort, str] = {
    Sort.NAME: "",
    Sort.GRADE: "s.grade_rank",
    Sort.SCHOOL: "(SELECT b.name COLLATE NOCASE FROM school b WHERE b.id = s.school_id)",
    Sort.TIER: "s.tier",
    Sort.LAST_CONTACT: _LAST_CONTACT,
    Sort.NEXT_STEP: _NEXT_STEP,
    Sort.SINCE: _SINCE,
}
_NONE = "[]"
_TIERS = {int(tier): tier for tier in Tier}
_STANDINGS = {str(standing): standing for standing in Standing}
_EMPTY_LAST = frozenset({Sort.SCHOOL, Sort.NEXT_STEP, Sort.SINCE})

_ROWS = f"""
SELECT s.row, s.id, s.given_name, s.family_name, s.preferred_name, s.grade,
       coalesce((SELECT b.name FROM school b WHERE b.id = s.school_id), ''),
       s.tier, s.standing,
       (SELECT json_group_array(label) FROM (
            SELECT t.label FROM student_tag m JOIN tag t ON t.id = m.tag_id
             WHERE m.student_id = s.id ORDER BY t.label)),
       (SELECT n.started_at || n.zone FROM session_note n WHERE n.student_id = s.id
           AND n.attendance = 'present' ORDER BY n.started_at DESC LIMIT 1),
       {_NEXT_STEP},
       (SELECT json_group_array(DISTINCT a.kind) FROM alert a
         WHERE a.student_id = s.id AND a.ended_at = ''),
       {_SINCE}
  FROM student s WHERE s.row IN (SELECT value FROM json_each(:rows))
"""


class _Chosen:
    """The FROM and WHERE of a filter, with the values they need."""

    def __init__(self, which: StudentFilter, person: PersonId, match: str) -> None:
        self.values: dict[str, Value] = {"person": person}
        conditions: list[str] = []
        if which.scope is Scope.MINE:
            self.source = "caseload c JOIN student s ON s.id = c.student_id"
            conditions.append("c.person_id = :person AND c.ended_on = ''")
        else:
            self.source = "student s"
            conditions.append("s.standing = :standing")
            self.values["standing"] = (
                Standing.LEFT if which.scope is Scope.LEFT else Standing.ENROLLED
            )
        self._one_of(conditions, "s.school_id", "school", which.schools)
        self._one_of(conditions, "s.grade", "grade", which.grades)
        self._one_of(conditions, "s.tier", "tier", [int(tier) for tier in which.tiers])
        if which.tags:
            labels = self._named("tag", which.tags)
            conditions.append(
                "EXISTS (SELECT 1 FROM student_tag m JOIN tag t ON t.id = m.tag_id"
                f" WHERE m.student_id = s.id AND t.label IN ({labels}))"
            )
        if which.text.strip():
            # What has no letter and no number in it finds nobody.
            self.values["match"] = match
            conditions.append(
                "s.row IN (SELECT rowid FROM student_names WHERE student_names MATCH :match)"
                if match
                else "0"
            )
        self.where = " AND ".join(conditions)

    def _one_of(
        self, conditions: list[str], column: str, name: str, wanted: Sequence[str | int]
    ) -> None:
        if wanted:
            conditions.append(f"{column} IN ({self._named(name, wanted)})")

    def _named(self, name: str, wanted: Sequence[str | int]) -> str:
        for place, value in enumerate(wanted):
            self.values[f"{name}{place}"] = value
        return ", ".join(f":{name}{place}" for place in range(len(wanted)))


def _order(sort: Sort, *, descending: bool) -> str:
    way = " DESC" if descending else ""
    by = _BY[sort]
    if not by:
        return f"s.listed_name{way}, s.row{way}"
    empty_last = f"{by} IS NULL, " if sort in _EMPTY_LAST else ""
    return f"{empty_last}{by}{way}, s.listed_name, s.row"


def page(
    reader: Reader,
    which: StudentFilter,
    person: PersonId,
    match: str,
    sort: Sort,
    *,
    descending: bool,
    offset: int,
    limit: int,
) -> list[CaseloadRow]:
    """Return one page of a list; what stands beside a name is looked up for its rows only."""
    chosen = _Chosen(which, person, match)
    rows = [
        row
        for (row,) in reader.execute(
            f"SELECT s.row FROM {chosen.source} WHERE {chosen.where}"
            f" ORDER BY {_order(sort, descending=descending)} LIMIT 0 + :limit OFFSET :offset",
            {**chosen.values, "limit": limit, "offset": offset},
        )
    ]
    found = {
        row[0]: _line(row)
        for row in reader.execute(_ROWS, {"person": person, "rows": json.dumps(rows)})
    }
    return [found[row] for row in rows]


def ids(
    reader: Reader,
    which: StudentFilter,
    person: PersonId,
    match: str,
    sort: Sort,
    *,
    descending: bool,
) -> list[StudentId]:
    """Return everyone a filter lets through, in the order of the list."""
    chosen = _Chosen(which, person, match)
    return [
        StudentId(student)
        for (student,) in reader.execute(
            f"SELECT s.id FROM {chosen.source} WHERE {chosen.where}"
            f" ORDER BY {_order(sort, descending=descending)}",
            chosen.values,
        )
    ]


def counts(reader: Reader, which: StudentFilter, person: PersonId, match: str) -> CaseloadCounts:
    """Return how many students of a filter stand at each tier."""
    chosen = _Chosen(which, person, match)
    return CaseloadCounts(
        {
            Tier(tier): count
            for tier, count in reader.execute(
                f"SELECT s.tier, count(*) FROM {chosen.source} WHERE {chosen.where} GROUP BY s.tier",
                chosen.values,
            )
        }
    )


def count(reader: Reader, which: StudentFilter, person: PersonId, match: str) -> int:
    """Return how many students a filter lets through."""
    chosen = _Chosen(which, person, match)
    row = reader.execute(
        f"SELECT count(*) FROM {chosen.source} WHERE {chosen.where}", chosen.values
    ).fetchone()
    return int(row[0]) if row else 0


def grades(reader: Reader) -> tuple[str, ...]:
    """Return the grades that enrolled students are in, in school order."""
    return tuple(
        grade
        for (grade,) in reader.execute(
            "SELECT DISTINCT grade FROM student WHERE standing = 'enrolled' AND grade <> ''"
            " ORDER BY grade_rank, grade"
        )
    )


def _kinds(standing: Sequence[str]) -> tuple[AlertKind, ...]:
    return tuple(kind for kind in AlertKind if kind in standing)


def _line(row: Row) -> CaseloadRow:
    """Return a row of `_ROWS`; a page has hundreds, so what is usual costs nothing."""
    _row, student, given, family, preferred, grade, school, tier, standing, *beside = row
    labels, contact, step, kinds, since = beside
    return CaseloadRow(
        student,
        listed_name(given, family, preferred),
        given,
        grade,
        school,
        _TIERS[tier],
        _STANDINGS[standing],
        tuple(json.loads(labels)) if labels != _NONE else (),
        Moment(contact[:24], contact[24:]) if contact else None,
        step or "",
        _kinds(json.loads(kinds)) if kinds != _NONE else (),
        since or "",
    )
