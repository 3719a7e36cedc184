"""The database's pages against a plain sort of everything in Python."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import (
    AddAlert,
    AddStudent,
    AddTag,
    DecideTier,
    MarkLeft,
    PutOnCaseload,
)
from app.features.caseload.model import (
    AlertKind,
    Profile,
    Scope,
    Sort,
    StudentFilter,
)
from app.kernel.ids import StudentId, new_id
from app.kernel.names import sorting_name
from app.kernel.nouns import Tier, grade_rank
from vaults import new_desk

_NAMES = ("Mina", "Łucja", "王", "أحمد", "Zoë", "ณัฐพล", "o’Neil", "Ana", "ana", "Bo")
_GRADES = ("KG", "03", "07", "11", "")


@dataclass(frozen=True)
class Known:
    """A student as the test wrote them."""

    row: int
    id: StudentId
    listed: str
    grade: str
    school: str
    tier: Tier
    tags: tuple[str, ...]
    contact: str
    step: str
    since: str
    left: bool


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, list[Known]]]:
    desk = new_desk(tmp_path_factory.mktemp("lists"))
    known = [_student(desk, number) for number in range(60)]
    yield desk, known
    desk.close()


def _student(desk: Desk, number: int) -> Known:
    service = desk.caseload
    schools = ["", *(school.id for school in service.schools())]
    names = ["", *(school.name for school in service.schools())]
    given, family = _NAMES[number * 7 % 10], _NAMES[number * 3 % 10]
    grade, place = _GRADES[number % 5], number % 3
    student = StudentId(
        service.add_student(
            AddStudent(Profile(given, family, grade=grade, school_id=schools[place]))
        ).made
    )
    tier = Tier(1 + number * 5 % 3)
    if tier > 1:
        service.decide_tier(DecideTier((student,), tier, "2026-09-01", "Review"))
    tags = tuple(label for label, every in (("504", 4), ("EL", 5)) if number % every == 0)
    for label in tags:
        service.add_tag(AddTag((student,), label))
    since = f"2026-{1 + number % 9:02d}-11" if number % 2 else ""
    if since:
        service.put_on_caseload(PutOnCaseload((student,), since, "Referral"))
    if number % 6 == 0:
        service.add_alert(AddAlert(student, AlertKind.ALLERGY, "Peanuts"))
    contact = f"2026-0{1 + number % 4}-10T15:00:00.000Z" if number % 3 == 0 else ""
    step = f"2026-1{number % 2}-0{1 + number % 5}" if number % 4 == 0 else ""
    with desk.records.working() as tx:
        for moment, attendance in ((contact, "present"), ("2026-11-01T00:00:00.000Z", "absent")):
            if moment:
                tx.execute(
                    "INSERT INTO session_note (id, student_id, person_id, started_at, zone,"
                    " minutes, service_id, service_label, place, attendance, format, sections,"
                    " signed_at, signed_zone, hash) SELECT ?, ?, ?, ?, 'UTC', 30, id, 'x',"
                    " 'office', ?, 'free', '[]', ?, 'UTC', x'' FROM service_kind LIMIT 1",
                    (new_id(), student, tx.who, moment, attendance, moment),
                )
        for due, done in ((step, ""), ("2026-01-01", "2026-01-02T00:00:00.000Z")):
            if due:
                tx.execute(
                    "INSERT INTO follow_up (id, student_id, person_id, text, due_on, made_at,"
                    " zone, done_at) VALUES (?, ?, ?, 'Call', ?, '', 'UTC', ?)",
                    (new_id(), student, tx.who, due, done),
                )
    left = number % 10 == 7
    if left:
        service.mark_left(MarkLeft(student, "2026-11-01"))
    return Known(
        number + 1, student, sorting_name(given, family), grade, names[place], tier, tags,
        contact, step, since, left,
    )  # fmt: skip


_KEYS = {
    Sort.NAME: lambda k: k.listed,
    Sort.GRADE: lambda k: 99 if not k.grade else grade_rank(k.grade),
    Sort.SCHOOL: lambda k: k.school.lower(),
    Sort.TIER: lambda k: int(k.tier),
    Sort.LAST_CONTACT: lambda k: k.contact,
    Sort.NEXT_STEP: lambda k: k.step,
    Sort.SINCE: lambda k: k.since,
}
_EMPTY_LAST = {Sort.SCHOOL, Sort.NEXT_STEP, Sort.SINCE}


def _expected(known: list[Known], which: StudentFilter, sort: Sort, *, descending: bool):  # type: ignore[no-untyped-def]
    chosen = [
        k
        for k in known
        if (k.since if which.scope is Scope.MINE else k.left == (which.scope is Scope.LEFT))
        and (not which.grades or k.grade in which.grades)
        and (not which.tiers or k.tier in which.tiers)
        and (not which.tags or set(k.tags) & set(which.tags))
    ]
    key = _KEYS[sort]
    if sort is Sort.NAME:
        return sorted(chosen, key=lambda k: (k.listed, k.row), reverse=descending)
    chosen.sort(key=lambda k: (k.listed, k.row))
    chosen.sort(key=key, reverse=descending)
    if sort in _EMPTY_LAST:
        chosen.sort(key=lambda k: not key(k))
    return chosen


@settings(max_examples=150, deadline=None)
@given(
    scope=st.sampled_from(Scope),
    grades=st.sets(st.sampled_from(("KG", "03", "07", "11", "12"))),
    tiers=st.sets(st.sampled_from(Tier)),
    tags=st.sets(st.sampled_from(("504", "EL", "none"))),
    sort=st.sampled_from(Sort),
    descending=st.booleans(),
    limit=st.integers(1, 70),
)
def test_the_pages_together_are_the_sorted_list(
    school: tuple[Desk, list[Known]],
    scope: Scope,
    grades: set[str],
    tiers: set[Tier],
    tags: set[str],
    sort: Sort,
    descending: bool,
    limit: int,
) -> None:
    desk, known = school
    which = StudentFilter(scope, (), tuple(grades), tuple(tiers), tuple(tags))
    expected = _expected(known, which, sort, descending=descending)
    rows = []
    for offset in range(0, max(1, len(expected)), limit):
        page, total = desk.caseload.page(
            which, sort, descending=descending, offset=offset, limit=limit
        )
        assert total == len(expected)
        rows += page
    assert [row.id for row in rows] == [k.id for k in expected]
    for row, k in zip(rows, expected, strict=True):
        contact = row.last_contact.at if row.last_contact else ""
        assert (row.grade, row.school, row.tier, row.tags) == (k.grade, k.school, k.tier, k.tags)
        assert (contact, row.next_step, row.since) == (k.contact, k.step, k.since)
    counted = desk.caseload.counts(which).tiers
    every = _expected(
        known, StudentFilter(scope, (), tuple(grades), (), tuple(tags)), Sort.NAME, descending=False
    )
    assert counted == {tier: sum(k.tier is tier for k in every) for tier in {k.tier for k in every}}
    assert desk.caseload.ids(which, sort, descending=descending) == [k.id for k in expected]


def test_a_list_can_be_narrowed_to_schools_and_to_what_is_typed(
    school: tuple[Desk, list[Known]],
) -> None:
    desk, known = school
    alder = desk.caseload.schools()[0]
    rows, total = desk.caseload.page(StudentFilter(Scope.ALL, (alder.id,)))
    assert total == len(rows) == sum(k.school == alder.name and not k.left for k in known)
    rows, _total = desk.caseload.page(StudentFilter(Scope.ALL, text="lucja"))
    assert {row.id for row in rows} == {k.id for k in known if "lucja" in k.listed and not k.left}
    assert desk.caseload.page(StudentFilter(Scope.ALL, text=" -!- ")) == ([], 0)
    assert desk.caseload.page(StudentFilter(Scope.ALL, text="  "))[1] == sum(
        not k.left for k in known
    )


def test_the_scopes_and_grades_are_counted(school: tuple[Desk, list[Known]]) -> None:
    desk, known = school
    assert desk.caseload.sizes() == {
        Scope.MINE: sum(bool(k.since) for k in known),
        Scope.ALL: sum(not k.left for k in known),
        Scope.LEFT: sum(k.left for k in known),
    }
    assert desk.caseload.grades() == ("KG", "03", "07", "11")


def test_an_alert_shows_on_its_line_while_it_stands(school: tuple[Desk, list[Known]]) -> None:
    desk, known = school
    rows, _total = desk.caseload.page(StudentFilter(Scope.ALL))
    flagged = {row.id for row in rows if row.alerts}
    assert flagged == {k.id for k in known if (k.row - 1) % 6 == 0 and not k.left}
