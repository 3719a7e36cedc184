"""Importing rosters into a real, encrypted vault."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bootstrap import Desk
from app.features.caseload.commands import PutOnCaseload
from app.features.roster.commands import ImportRoster, KeepOurs, RememberMapping, TakeOffer
from app.features.roster.merge import digest_of
from app.features.roster.model import (
    Mode,
    Problem,
    Roster,
    RosterClass,
    RosterCourse,
    RosterDemographic,
    RosterEnrollment,
    RosterFormat,
    RosterGuardian,
    RosterRole,
    RosterSchool,
    RosterSession,
    RosterStaff,
    RosterStudent,
    Severity,
)
from app.features.roster.report import FieldChange, Imported
from app.kernel.changes import Kind
from app.kernel.errors import Cancelled, Refused
from app.kernel.ids import StudentId
from app.kernel.names import search_text
from app.kernel.ports import Row
from app.overviews.timeline import TimelineKind
from vaults import new_desk

ADA = RosterStudent(
    "u1", "1001", given_name="Ada", family_name="Ruiz", birth_date="2011-05-13", grade="09",
    school_source_ids=("s1",), email="ada@school.example", phone="555-010-1001", line=2,
)  # fmt: skip
BO = RosterStudent(
    "u2", "1002", given_name="Bo", family_name="Li", birth_date="2013-02-04", grade="07",
    school_source_ids=("s1",), line=3,
)  # fmt: skip
CY = RosterStudent(
    "u3", "1003", given_name="Cy", family_name="Dale", birth_date="2020-12-31", grade="KG",
    school_source_ids=("s2",), line=4,
)  # fmt: skip
SCHOOLS = (RosterSchool("s1", "Alder High"), RosterSchool("s2", "Birch Middle"))


def roster(*students: RosterStudent, mode: Mode = Mode.BULK, **more: Any) -> Roster:
    """Return a roster of these students."""
    kinds = more.pop("modes", {"users": mode, "orgs": mode})
    schools = more.pop("schools", SCHOOLS)
    return Roster(
        format=more.pop("format", RosterFormat.ONEROSTER_1_1),
        source_system=more.pop("source_system", "Invented SIS"),
        modes=kinds,
        schools=schools,
        students=students,
        **more,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return an opened desk whose vault holds no students."""
    made = new_desk(tmp_path, schools=())
    yield made
    made.close()


def bring(desk: Desk, said: Roster, *, allow: bool = False) -> Imported:
    return desk.roster.import_roster(ImportRoster(said, "0" * 64, allow))


def rows(desk: Desk, sql: str, *values: str) -> list[Row]:
    with desk.records.read() as reader:
        return reader.execute(sql, values).fetchall()


def student(desk: Desk, number: str) -> dict[str, Any]:
    names = (
        "id", "given_name", "family_name", "preferred_name", "grade", "email", "phone",
        "standing", "left_on", "source", "source_id", "birth_date", "sex", "school_id",
    )  # fmt: skip
    found = rows(desk, f"SELECT {', '.join(names)} FROM student WHERE student_number = ?", number)
    assert len(found) == 1
    return dict(zip(names, found[0], strict=True))


def edit(desk: Desk, number: str, field: str, value: str) -> None:
    """Change a field as someone here would."""
    with desk.records.transaction() as tx:
        tx.execute(f"UPDATE student SET {field} = ? WHERE student_number = ?", (value, number))
        tx.journal("ChangeStudent", "student", number)


def everything(desk: Desk) -> dict[str, list[Row]]:
    """Return every row of every table a roster can touch."""
    with desk.records.read_whole() as reader:
        tables = [
            row[0]
            for row in reader.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                " AND sql NOT LIKE 'CREATE VIRTUAL%'"
            )
        ]
        return {
            table: sorted(map(repr, reader.execute(f"SELECT * FROM {table}").fetchall()))
            for table in tables
        }


def kept(desk: Desk) -> dict[str, list[Row]]:
    """Return what is kept of students and those around them, without the reports of imports."""
    tables = everything(desk)
    for report in ("journal", "roster_import", "roster_change"):
        del tables[report]
    return tables


def students_only(counts: dict[str, int]) -> dict[str, int]:
    names = ("added", "changed", "left", "returned", "unchanged", "offers")
    return {name: counts[name] for name in names if counts[name]}


# -- the first import ---------------------------------------------------------------


def test_a_first_import_adds_everyone_with_school_grade_and_search(desk: Desk) -> None:
    done = bring(desk, roster(ADA, BO, CY))
    assert students_only(done.counts) == {"added": 3}
    ada = student(desk, "1001")
    assert (ada["given_name"], ada["grade"], ada["standing"]) == ("Ada", "09", "enrolled")
    assert rows(desk, "SELECT name FROM school WHERE id = ?", ada["school_id"]) == [("Alder High",)]
    found = rows(
        desk,
        "SELECT given_name FROM student_names JOIN student ON student.row = student_names.rowid"
        " WHERE student_names MATCH ?",
        "ruiz",
    )
    assert found == [("Ada",)]
    assert rows(desk, "SELECT count(*), min(grade_rank) FROM student") == [(3, 4)]


def test_the_preview_says_what_the_import_then_does_and_writes_nothing(desk: Desk) -> None:
    before = everything(desk)
    preview = desk.roster.preview(roster(ADA, BO))
    assert everything(desk) == before
    assert preview.counts["added"] == 2
    line = preview.lines("added")[0]
    assert (line.name, line.grade, line.school, line.line) == ("Ruiz, Ada", "09", "Alder High", 2)
    assert bring(desk, roster(ADA, BO)).counts == preview.counts


def test_repeated_it_changes_nothing_but_that_it_happened(desk: Desk) -> None:
    bring(desk, roster(ADA, BO, CY))
    before = kept(desk)
    done = bring(desk, roster(ADA, BO, CY))
    assert students_only(done.counts) == {"unchanged": 3}
    assert kept(desk) == before
    assert desk.roster.import_count() == 2
    assert desk.roster.preview(roster(ADA, BO, CY)).changes_nothing


def test_one_journal_entry_carries_the_counts_and_the_digest_of_all_changes(desk: Desk) -> None:
    done = bring(desk, roster(ADA, BO))
    entries = rows(desk, "SELECT what, subject_id, after FROM journal WHERE what = 'ImportRoster'")
    assert [entry[:2] for entry in entries] == [("ImportRoster", done.id)]
    after = json.loads(entries[0][2])
    assert after["counts"]["added"] == 2
    changes = rows(
        desk,
        "SELECT student_id, kind, before, after FROM roster_change WHERE import_id = ?"
        " ORDER BY position",
        done.id,
    )
    assert after["digest"] == digest_of(changes)
    assert done.changed.meets({Kind.STUDENT})
    assert done.changed.made == done.id


def test_a_school_typed_at_the_first_run_is_the_one_of_the_roster(tmp_path: Path) -> None:
    desk = new_desk(tmp_path, schools=("ALDER   high", "Other School"))
    bring(desk, roster(ADA))
    found = rows(desk, "SELECT name, source_id FROM school ORDER BY name")
    assert found == [("ALDER high", "s1"), ("Birch Middle", "s2"), ("Other School", "")]
    before = kept(desk)
    bring(desk, roster(ADA))
    assert kept(desk) == before
    desk.close()


def test_a_district_is_written_only_when_someone_belongs_to_it(desk: Desk) -> None:
    district = RosterSchool("d1", "The District", "district")
    bring(desk, roster(ADA, schools=(*SCHOOLS, district)))
    assert rows(desk, "SELECT count(*) FROM school WHERE kind = 'district'") == [(0,)]
    bring(desk, roster(replace(ADA, school_source_ids=("d1",)), schools=(*SCHOOLS, district)))
    assert rows(desk, "SELECT count(*) FROM school WHERE kind = 'district'") == [(1,)]


# -- three ways -----------------------------------------------------------------------


def test_a_field_nobody_changed_here_follows_the_roster(desk: Desk) -> None:
    bring(desk, roster(ADA))
    moved = replace(ADA, grade="10", school_source_ids=("s2",), family_name="Ruiz Paz")
    preview = desk.roster.preview(roster(moved))
    assert preview.lines("changed")[0].changes == (
        FieldChange("family_name", "Ruiz", "Ruiz Paz"),
        FieldChange("grade", "09", "10"),
        FieldChange("school_id", "Alder High", "Birch Middle"),
    )
    done = bring(desk, roster(moved))
    assert students_only(done.counts) == {"changed": 1}
    assert student(desk, "1001")["grade"] == "10"
    assert rows(desk, "SELECT listed_name, grade_rank FROM student") == [("ruiz paz ada", 14)]
    assert rows(desk, "SELECT count(*) FROM student_names WHERE student_names MATCH 'paz'") == [
        (1,)
    ]


def test_a_local_edit_is_kept_and_a_new_value_of_the_roster_is_offered_once(desk: Desk) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "phone", "555-010-7777")
    assert students_only(bring(desk, roster(ADA)).counts) == {"unchanged": 1}
    assert desk.roster.offer_count() == 0

    fresh = replace(ADA, phone="555-010-2222")
    done = bring(desk, roster(fresh))
    assert done.counts["offers"] == 1
    assert student(desk, "1001")["phone"] == "555-010-7777"
    (offer,) = desk.roster.offers()
    assert (offer.name, offer.field, offer.ours, offer.theirs) == (
        "Ruiz, Ada", "phone", "555-010-7777", "555-010-2222",
    )  # fmt: skip
    assert bring(desk, roster(fresh)).counts["offers"] == 0
    assert desk.roster.offer_count() == 1


def test_an_offer_is_taken_with_all_that_hangs_on_it(desk: Desk) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "family_name", "Roo")
    bring(desk, roster(replace(ADA, family_name="Zapata")))
    ada = StudentId(student(desk, "1001")["id"])
    desk.roster.take_offer(TakeOffer(ada, "family_name"))
    assert student(desk, "1001")["family_name"] == "Zapata"
    assert rows(desk, "SELECT listed_name FROM student") == [("zapata ada",)]
    assert desk.roster.offer_count() == 0
    assert students_only(bring(desk, roster(replace(ADA, family_name="Zapata"))).counts) == {
        "unchanged": 1
    }
    with pytest.raises(Refused, match="roster-offer-gone"):
        desk.roster.take_offer(TakeOffer(ada, "family_name"))


def test_a_decision_on_an_offer_can_be_taken_back(desk: Desk) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "family_name", "Roo")
    bring(desk, roster(replace(ADA, family_name="Zapata")))
    before = rows(desk, "SELECT * FROM roster_offer"), student(desk, "1001")
    ada = StudentId(student(desk, "1001")["id"])
    for decide in (
        lambda: desk.roster.take_offer(TakeOffer(ada, "family_name")),
        lambda: desk.roster.keep_ours(KeepOurs(ada, "family_name")),
    ):
        decided = decide()
        assert desk.roster.offer_count() == 0
        desk.roster.restore_offer(decided.undo)
        assert (rows(desk, "SELECT * FROM roster_offer"), student(desk, "1001")) == before
        assert rows(desk, "SELECT listed_name FROM student") == [("roo ada",)]
    decided = desk.roster.take_offer(TakeOffer(ada, "family_name"))
    edit(desk, "1001", "family_name", "Third")
    with pytest.raises(Refused, match="roster-offer-gone"):
        desk.roster.restore_offer(decided.undo)


def test_what_is_offered_about_one_student_and_to_whose_caseload(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    for number, field in (("1001", "phone"), ("1001", "family_name"), ("1002", "phone")):
        edit(desk, number, field, "Ours")
    said = {"phone": "555-010-9999", "school_source_ids": ("s2",)}
    bring(desk, roster(replace(ADA, family_name="Zapata", **said), replace(BO, **said)))
    ada = StudentId(student(desk, "1001")["id"])
    assert [(offer.field, offer.theirs) for offer in desk.roster.offers_about(ada)] == [
        ("family_name", "Zapata"), ("phone", "555-010-9999"),
    ]  # fmt: skip
    assert desk.roster.offered_on_caseload(desk.seat.person) == []
    desk.caseload.put_on_caseload(PutOnCaseload((ada,), "2026-11-02", "Referral"))
    assert desk.roster.offered_on_caseload(desk.seat.person) == [(ada, "Ada Ours", 2)]


def test_the_timeline_tells_of_a_value_taken_and_given_back_and_not_of_one_kept(
    desk: Desk,
) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "family_name", "Roo")
    bring(desk, roster(replace(ADA, family_name="Zapata")))
    ada = StudentId(student(desk, "1001")["id"])
    kept = desk.roster.keep_ours(KeepOurs(ada, "family_name"))
    desk.roster.restore_offer(kept.undo)
    assert desk.timeline.page(ada, [TimelineKind.PROFILE]) == ([], 0)
    taken = desk.roster.take_offer(TakeOffer(ada, "family_name"))
    desk.roster.restore_offer(taken.undo)
    told, _total = desk.timeline.page(ada, [TimelineKind.PROFILE])
    assert {row.facts["after"]["family_name"] for row in told} == {"Roo", "Zapata"}


def test_what_we_keep_is_not_offered_again_until_the_roster_says_something_new(desk: Desk) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "email", "mine@home.example")
    bring(desk, roster(replace(ADA, email="new@school.example")))
    ada = StudentId(student(desk, "1001")["id"])
    desk.roster.keep_ours(KeepOurs(ada, "email"))
    bring(desk, roster(replace(ADA, email="new@school.example")))
    assert desk.roster.offer_count() == 0
    bring(desk, roster(replace(ADA, email="newer@school.example")))
    assert desk.roster.offer_count() == 1
    assert student(desk, "1001")["email"] == "mine@home.example"


def test_an_offer_goes_when_both_sides_come_to_agree(desk: Desk) -> None:
    bring(desk, roster(ADA))
    edit(desk, "1001", "phone", "555-010-7777")
    bring(desk, roster(replace(ADA, phone="555-010-2222")))
    assert desk.roster.offer_count() == 1
    bring(desk, roster(replace(ADA, phone="555-010-7777")))
    assert desk.roster.offer_count() == 0


def test_an_empty_value_says_nothing(desk: Desk) -> None:
    bring(desk, roster(ADA))
    before = kept(desk)
    done = bring(desk, roster(replace(ADA, phone="", email="", grade="")))
    assert students_only(done.counts) == {"unchanged": 1}
    assert kept(desk) == before


# -- leaving and coming back ------------------------------------------------------------


def test_who_is_missing_from_a_file_of_everyone_has_left_and_may_come_back(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    done = bring(desk, roster(BO))
    assert students_only(done.counts) == {"left": 1, "unchanged": 1}
    ada = student(desk, "1001")
    assert (ada["standing"], ada["left_on"]) == ("left", "2026-11-20")
    assert students_only(bring(desk, roster(BO)).counts) == {"unchanged": 1}
    back = bring(desk, roster(ADA, BO))
    assert students_only(back.counts) == {"returned": 1, "unchanged": 1}
    ada = student(desk, "1001")
    assert (ada["standing"], ada["left_on"]) == ("enrolled", "")


def test_who_is_marked_as_gone_has_left(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    done = bring(desk, roster(replace(ADA, leaving=True), BO))
    assert done.counts["left"] == 1
    assert bring(desk, roster(replace(CY, leaving=True), BO)).counts["added"] == 0


def test_who_was_marked_as_left_here_is_not_brought_back_by_the_same_roster(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    edit(desk, "1001", "standing", "left")
    done = bring(desk, roster(replace(ADA, grade="10"), BO))
    assert students_only(done.counts) == {"changed": 1, "unchanged": 1}
    assert student(desk, "1001")["standing"] == "left"


def test_whose_row_was_not_understood_has_not_left(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    broken = Problem(Severity.REFUSED_ROW, "line-value-missing", "users.csv", 2, "givenName")
    done = bring(desk, roster(BO, unread_people=frozenset({"u1"}), problems=(broken,)))
    assert done.counts["left"] == 0
    assert done.counts["not_understood"] == 1


def test_a_file_cut_short_does_not_empty_the_caseload(desk: Desk) -> None:
    many = [
        replace(ADA, source_id=f"m{n}", student_number=str(5000 + n), given_name=f"Kid{n}")
        for n in range(60)
    ]
    bring(desk, roster(*many))
    before = everything(desk)
    cut = roster(*many[:30])
    assert desk.roster.preview(cut).many_leaving
    with pytest.raises(Refused) as refused:
        bring(desk, cut)
    assert (refused.value.code, refused.value.field) == (
        "roster-many-leaving", "allow_many_leaving",
    )  # fmt: skip
    assert refused.value.facts == {"leaving": 30, "of": 60}
    assert everything(desk) == before
    assert bring(desk, cut, allow=True).counts["left"] == 30
    assert not desk.roster.preview(roster(*many[:10])).many_leaving


# -- who is who ---------------------------------------------------------------------------


def add_by_hand(desk: Desk, **values: str) -> str:
    values = {"id": f"hand-{len(rows(desk, 'SELECT id FROM student'))}", **values}
    columns = ("made_at", "zone", "listed_name", *values)
    with desk.records.transaction() as tx:
        tx.execute(
            f"INSERT INTO student ({', '.join(columns)})"
            f" VALUES ('x', 'UTC', ?, {', '.join('?' * len(values))})",
            (values["family_name"].lower(), *values.values()),
        )
        row = tx.execute("SELECT row FROM student WHERE id = ?", (values["id"],)).fetchone()
        assert row
        tx.execute(
            "INSERT INTO student_names (rowid, names, numbers) VALUES (?, ?, ?)",
            (row[0], *search_text(values["given_name"], "", values["family_name"])),
        )
        tx.journal("AddStudent", "student", values["id"])
    return values["id"]


def test_a_student_added_by_hand_is_known_by_number_and_keeps_what_was_typed(desk: Desk) -> None:
    made = add_by_hand(
        desk, given_name="Adita", family_name="Ruiz", student_number="1001", phone="555-010-9"
    )
    done = bring(desk, roster(ADA))
    assert done.counts["added"] == 0
    ada = student(desk, "1001")
    assert (ada["id"], ada["source_id"], ada["given_name"]) == (made, "u1", "Adita")
    assert {offer.field for offer in desk.roster.offers()} == {"given_name", "phone"}
    assert ada["birth_date"] == "2011-05-13"


def test_a_student_added_by_hand_is_known_by_name_and_birth_date(desk: Desk) -> None:
    made = add_by_hand(desk, given_name="ADA", family_name="Ruíz", birth_date="2011-05-13")
    bring(desk, roster(ADA))
    assert student(desk, "1001")["id"] == made


def test_a_number_that_belongs_to_another_child_never_joins_two_charts(desk: Desk) -> None:
    made = add_by_hand(
        desk, given_name="Zed", family_name="Quill", student_number="1001",
        birth_date="2012-01-01",
    )  # fmt: skip
    done = bring(desk, roster(ADA))
    assert done.counts["added"] == 1
    assert "line-student-number-reused" in {problem.code for problem in done.problems}
    assert rows(desk, "SELECT source_id FROM student WHERE id = ?", made) == [("",)]


def test_two_who_share_name_and_birth_date_are_not_guessed_between(desk: Desk) -> None:
    for _ in range(2):
        add_by_hand(desk, given_name="Ada", family_name="Ruiz", birth_date="2011-05-13")
    done = bring(desk, roster(ADA))
    assert done.counts["added"] == 1
    assert "line-student-ambiguous" in {problem.code for problem in done.problems}


def test_new_ids_from_the_same_system_do_not_double_the_students(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    before = {number: student(desk, number)["id"] for number in ("1001", "1002")}
    renamed = roster(replace(ADA, source_id="x-1"), replace(BO, source_id="x-2"))
    assert students_only(bring(desk, renamed).counts) == {"unchanged": 2}
    assert {number: student(desk, number)["id"] for number in before} == before
    assert students_only(bring(desk, renamed).counts) == {"unchanged": 2}


def test_a_table_does_not_take_students_from_the_roster_that_sent_them(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    table = roster(
        replace(ADA, source_id="1001", preferred_given_name="Addie", school_source_ids=()),
        modes={"users": Mode.BULK}, format=RosterFormat.TABLE, source_system="", schools=(),
    )  # fmt: skip
    assert students_only(bring(desk, table).counts) == {"changed": 1}
    ada = student(desk, "1001")
    assert (ada["source"], ada["source_id"], ada["preferred_name"]) == (
        "Invented SIS", "u1", "Addie",
    )  # fmt: skip
    assert student(desk, "1002")["standing"] == "enrolled"
    assert students_only(bring(desk, table).counts) == {"unchanged": 1}


# -- files of changes ------------------------------------------------------------------------


def test_a_file_of_changes_changes_only_whom_it_names(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    done = bring(desk, roster(replace(ADA, grade="10"), mode=Mode.DELTA, schools=()))
    assert students_only(done.counts) == {"changed": 1}
    assert student(desk, "1002")["standing"] == "enrolled"
    assert student(desk, "1001")["school_id"]
    gone = bring(desk, roster(replace(BO, leaving=True), mode=Mode.DELTA))
    assert gone.counts["left"] == 1


def test_a_row_of_changes_without_a_role_is_taken_only_for_a_known_student(desk: Desk) -> None:
    bring(desk, roster(ADA))
    change = roster(
        replace(ADA, grade="11", role_known=False), replace(CY, role_known=False), mode=Mode.DELTA
    )
    done = bring(desk, change)
    assert students_only(done.counts) == {"changed": 1}
    assert "line-student-role-unknown" in {problem.code for problem in done.problems}


def test_roles_and_births_that_come_alone_reach_the_known_student(desk: Desk) -> None:
    bring(desk, roster(ADA, BO, CY))
    change = roster(
        mode=Mode.DELTA,
        loose_roles=(
            RosterRole("u1", "student", leaving=True, line=2),
            RosterRole("u2", "student", "s2", line=3),
            RosterRole("nobody", "student", line=4),
        ),
        loose_demographics=(RosterDemographic("u3", "2020-12-30", "female", line=2),),
    )
    done = bring(desk, change)
    assert students_only(done.counts) == {"changed": 2, "left": 1}
    assert student(desk, "1001")["standing"] == "left"
    assert (student(desk, "1003")["birth_date"], student(desk, "1003")["sex"]) == (
        "2020-12-30", "female",
    )  # fmt: skip
    assert "line-student-unknown" in {problem.code for problem in done.problems}


def test_a_student_who_became_a_teacher_has_left(desk: Desk) -> None:
    bring(desk, roster(ADA, BO))
    teacher = RosterStaff("u1", "Ada", "Ruiz", "teacher")
    assert bring(desk, roster(mode=Mode.DELTA, staff=(teacher,))).counts["left"] == 1


# -- guardians ---------------------------------------------------------------------------------

GINA = RosterGuardian(
    "g1", "Gina", "Ruiz", "parent", phone="555-010-2001", student_source_ids=("u1",)
)
GUS = RosterGuardian("g2", "Gus", "Ruiz", "guardian", student_source_ids=("u1",))


def ties(desk: Desk) -> list[Row]:
    return rows(
        desk,
        "SELECT g.given_name, t.relation, t.ended_on FROM student_guardian t"
        " JOIN guardian g ON g.id = t.guardian_id ORDER BY g.given_name",
    )


def test_guardians_come_with_their_students_and_a_lost_tie_ends_with_its_date(desk: Desk) -> None:
    both = replace(ADA, guardian_source_ids=("g1", "g2"))
    bring(desk, roster(both, guardians=(GINA, GUS)))
    assert ties(desk) == [("Gina", "parent", ""), ("Gus", "guardian", "")]
    one = replace(ADA, guardian_source_ids=("g2",))
    done = bring(desk, roster(one, guardians=(GUS,)))
    assert (done.counts["changed"], done.counts["contacts_ended"]) == (1, 1)
    assert ties(desk)[0] == ("Gina", "parent", "2026-11-20")
    line = desk.roster.report_lines(done.id, "changed")[0]
    assert line.changes == (FieldChange("guardians", "Gina Ruiz; Gus Ruiz", "Gus Ruiz"),)
    bring(desk, roster(both, guardians=(GINA, GUS)))
    assert ties(desk)[0] == ("Gina", "parent", "")


def test_a_tie_that_was_ended_here_stays_ended(desk: Desk) -> None:
    both = replace(ADA, guardian_source_ids=("g1",))
    bring(desk, roster(both, guardians=(GINA,)))
    with desk.records.transaction() as tx:
        tx.execute("UPDATE student_guardian SET ended_on = '2026-10-01'")
        tx.journal("EndContact", "student", "x")
    bring(desk, roster(replace(both, grade="10"), guardians=(GINA,)))
    assert ties(desk) == [("Gina", "parent", "2026-10-01")]


def test_what_was_changed_about_a_guardian_here_is_kept(desk: Desk) -> None:
    one = replace(ADA, guardian_source_ids=("g1",))
    bring(desk, roster(one, guardians=(GINA,)))
    with desk.records.transaction() as tx:
        tx.execute("UPDATE guardian SET phone = '555-010-9999'")
        tx.journal("ChangeGuardian", "student", "x")
    new = replace(GINA, phone="555-010-3333", email="gina@home.example")
    done = bring(desk, roster(one, guardians=(new,)))
    assert done.counts["guardians_changed"] == 1
    assert rows(desk, "SELECT phone, email FROM guardian") == [
        ("555-010-9999", "gina@home.example")
    ]


def test_a_guardian_typed_here_is_the_one_the_roster_names(desk: Desk) -> None:
    made = add_by_hand(desk, given_name="Ada", family_name="Ruiz", student_number="1001")
    with desk.records.transaction() as tx:
        tx.execute(
            "INSERT INTO guardian (id, given_name, family_name, made_at, zone)"
            " VALUES ('typed', 'GINA', 'Ruiz', 'x', 'UTC')"
        )
        tx.execute(
            "INSERT INTO student_guardian (student_id, guardian_id) VALUES (?, 'typed')", (made,)
        )
        tx.journal("AddGuardian", "student", made)
    bring(desk, roster(replace(ADA, guardian_source_ids=("g1",)), guardians=(GINA,)))
    assert rows(desk, "SELECT id, source_id, phone FROM guardian") == [
        ("typed", "g1", "555-010-2001")
    ]
    assert rows(desk, "SELECT count(*) FROM student_guardian") == [(1,)]


def test_a_guardian_alone_in_a_file_of_changes_is_tied_to_the_known_student(desk: Desk) -> None:
    bring(desk, roster(replace(ADA, guardian_source_ids=("g1",)), guardians=(GINA,)))
    bring(desk, roster(mode=Mode.DELTA, guardians=(GUS,), schools=()))
    assert [tie[0] for tie in ties(desk) if not tie[2]] == ["Gina", "Gus"]
    gone = replace(GINA, leaving=True)
    done = bring(desk, roster(mode=Mode.DELTA, guardians=(gone,), schools=()))
    assert [tie[0] for tie in ties(desk) if not tie[2]] == ["Gus"]
    assert students_only(done.counts) == {"changed": 1}


# -- classes -------------------------------------------------------------------------------------


def with_classes(*enrollments: RosterEnrollment, mode: Mode = Mode.BULK) -> Roster:
    kinds = ("users", "orgs", "academicSessions", "courses", "classes", "enrollments")
    return roster(
        ADA, BO,
        modes=dict.fromkeys(kinds, mode),
        staff=(RosterStaff("t1", "Tess", "Hall", "teacher", school_source_ids=("s1",)),),
        sessions=(RosterSession("a1", "Fall", "term", "2026-08-20", "2026-12-18"),),
        courses=(RosterCourse("c1", "Algebra"),),
        classes=(
            RosterClass("k1", "Algebra 1", "A1", "scheduled", "c1", "s1", "B12", ("1", "3"), ("a1",)),
        ),
        enrollments=enrollments,
    )  # fmt: skip


def test_classes_and_places_in_them_are_kept_and_unknown_ones_counted(desk: Desk) -> None:
    full = with_classes(
        RosterEnrollment("e1", "k1", "u1", "student"),
        RosterEnrollment("e2", "k1", "t1", "teacher"),
        RosterEnrollment("e3", "nowhere", "u1", "student"),
    )
    done = bring(desk, full)
    assert (done.counts["enrollments"], done.counts["enrollments_unplaced"]) == (2, 1)
    assert rows(desk, "SELECT title, course, periods, terms FROM class") == [
        ("Algebra 1", "Algebra", "1,3", "a1")
    ]
    assert rows(desk, "SELECT title, starts_on, ends_on FROM term") == [
        ("Fall", "2026-08-20", "2026-12-18")
    ]
    before = kept(desk)
    again = bring(desk, full)
    assert kept(desk) == before
    assert (again.counts["enrollments"], again.counts["classes"], again.counts["staff"]) == (
        0,
        0,
        0,
    )
    bring(desk, with_classes(RosterEnrollment("e1", "k1", "u1", "student")))
    assert rows(desk, "SELECT source_id, active FROM enrollment ORDER BY source_id") == [
        ("e1", 1), ("e2", 0),
    ]  # fmt: skip


# -- stopping, reports, mappings --------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 3, 5, 7, 9, 11])
def test_stopped_anywhere_it_leaves_every_row_as_it_was(desk: Desk, after: int) -> None:
    bring(desk, roster(ADA, BO))
    before = everything(desk)
    calls = itertools.count(1)

    def stop(_done: int, _of: int) -> None:
        if next(calls) >= after:
            raise Cancelled

    many = [
        replace(ADA, source_id=f"m{n}", student_number=str(5000 + n), given_name=f"Kid{n}")
        for n in range(1500)
    ]
    with pytest.raises(Cancelled):
        desk.roster.import_roster(ImportRoster(roster(ADA, *many), "0" * 64), stop)
    assert everything(desk) == before
    assert bring(desk, roster(ADA, *many)).counts["added"] == 1500


def test_progress_is_told_in_rows_that_end_where_they_should(desk: Desk) -> None:
    told: list[tuple[int, int]] = []
    many = [
        replace(ADA, source_id=f"m{n}", student_number=str(5000 + n), given_name=f"Kid{n}")
        for n in range(1200)
    ]
    desk.roster.import_roster(
        ImportRoster(roster(*many), "0" * 64), lambda done, of: told.append((done, of))
    )
    written = [step for step in told if step[1]]
    assert written == sorted(written)
    assert written[-1][0] == written[-1][1] == 2 + 3 * 1200
    assert len(written) > 5


def test_a_report_is_kept_page_by_page(desk: Desk) -> None:
    many = [
        replace(ADA, source_id=f"m{n}", student_number=str(5000 + n), family_name=f"Fam{n:04d}")
        for n in range(450)
    ]
    broken = Problem(
        Severity.REFUSED_ROW, "line-grade-unknown", "users.csv", 9, "grades", "99th", "12"
    )
    first = bring(desk, roster(*many, problems=(broken,)))
    second = bring(desk, roster(*(replace(m, grade="10") for m in many[:440])))
    assert [past.id for past in desk.roster.imports()] == [second.id, first.id]
    report = desk.roster.report(first.id)
    assert report.problems == (broken,)
    assert report.of.person == "Ana Núñez"
    pages = [desk.roster.report_lines(first.id, "added", start) for start in (0, 200, 400)]
    assert [len(page) for page in pages] == [200, 200, 50]
    assert pages[2][0].name == "Fam0400, Ada"
    assert len(desk.roster.report_lines(second.id, "left")) == 10
    assert desk.roster.report_lines(second.id, "added") == []
    assert desk.roster.report_lines(second.id, "changed", 0, 1)[0].changes == (
        FieldChange("grade", "09", "10"),
    )


def test_a_mapping_is_remembered_by_its_header(desk: Desk) -> None:
    assert desk.roster.mapping("f") == ""
    desk.roster.remember_mapping(RememberMapping("f", '{"a": 1}'))
    desk.roster.remember_mapping(RememberMapping("f", '{"a": 2}'))
    assert desk.roster.mapping("f") == '{"a": 2}'


# -- whatever a roster says -------------------------------------------------------------------------

_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "Nd", "P", "Zs")), max_size=8)


@st.composite
def people(draw: st.DrawFn) -> tuple[RosterStudent, ...]:
    ids = draw(st.lists(st.integers(0, 7), unique=True, max_size=8))
    return tuple(
        RosterStudent(
            f"u{n}",
            student_number=draw(st.sampled_from(("", f"N{n}", "N0"))),
            given_name=draw(st.sampled_from(("Ada", "Bo", "Núria"))) + draw(_TEXT),
            family_name=draw(_TEXT),
            preferred_given_name=draw(_TEXT),
            birth_date=draw(st.sampled_from(("", "2011-01-01", "2012-02-02"))),
            grade=draw(st.sampled_from(("", "09", "10"))),
            school_source_ids=draw(st.sampled_from(((), ("s1",), ("s2",)))),
            phone=draw(_TEXT),
            guardian_source_ids=draw(st.sampled_from(((), ("g1",), ("g1", "g2"), ("g2",)))),
            leaving=draw(st.booleans()) and draw(st.booleans()),
        )
        for n in ids
    )


def said_by(students: tuple[RosterStudent, ...], example: int, mode: Mode) -> Roster:
    """Return a roster whose people no other example can be mistaken for."""
    named = tuple(
        replace(
            one,
            student_number=one.student_number and f"{example}-{one.student_number}",
            family_name=f"{one.family_name} {example}",
        )
        for one in students
    )
    return roster(
        *named,
        mode=mode,
        source_system=f"System {example}",
        schools=(RosterSchool("s1", f"A {example}"), RosterSchool("s2", f"B {example}")),
        guardians=(
            RosterGuardian("g1", "Gina", "Ruiz", "parent"),
            RosterGuardian("g2", "Gus", "Ruiz", "parent"),
        ),
    )


_examples = itertools.count()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk that all examples share; each brings a system of its own."""
    made = new_desk(tmp_path_factory.mktemp("shared"), schools=())
    yield made
    made.close()


def of_system(desk: Desk, example: int) -> list[Row]:
    return rows(
        desk,
        "SELECT * FROM student WHERE source = ? ORDER BY source_id",
        f"System {example}",
    ) + rows(
        desk,
        "SELECT t.* FROM student_guardian t JOIN guardian g ON g.id = t.guardian_id"
        " WHERE g.source = ? ORDER BY student_id, guardian_id",
        f"System {example}",
    )


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(first=people(), mode=st.sampled_from(Mode))
def test_the_same_file_twice_changes_nothing(
    shared: Desk, first: tuple[RosterStudent, ...], mode: Mode
) -> None:
    example = next(_examples)
    said = said_by(first, example, mode)
    bring(shared, said)
    before = of_system(shared, example)
    done = bring(shared, said)
    assert set(students_only(done.counts)) <= {"unchanged"}
    assert of_system(shared, example) == before


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(first=people(), second=people())
def test_back_and_forth_between_two_files_ends_where_the_last_one_says(
    shared: Desk, first: tuple[RosterStudent, ...], second: tuple[RosterStudent, ...]
) -> None:
    example = next(_examples)
    one, two = (said_by(told, example, Mode.BULK) for told in (first, second))
    for said in (one, two, one):
        bring(shared, said)
    assert shared.roster.offer_count() == 0
    present = {student.source_id: student for student in one.students if not student.leaving}
    standing = {
        row[0]: row
        for row in rows(
            shared,
            "SELECT source_id, given_name, grade, phone FROM student"
            " WHERE source = ? AND standing = 'enrolled'",
            f"System {example}",
        )
    }
    assert set(standing) == set(present)
    for source_id, student in present.items():
        assert standing[source_id][1] == student.given_name
        assert standing[source_id][2:] == (
            student.grade or standing[source_id][2],
            student.phone or standing[source_id][3],
        )
    before = of_system(shared, example)
    bring(shared, one)
    assert of_system(shared, example) == before
