"""OneRoster exports, clean and as real systems write them."""

from pathlib import Path

import pytest

from app.features.roster.model import Mode, Problem, Roster, RosterFormat, Severity
from app.features.roster.reading.detect import open_roster
from app.kernel.errors import Cancelled
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files, changed, lines, oneroster_1_1, oneroster_1_2

SMALL = Path(__file__).parents[3] / "data" / "rosters" / "oneroster-1.1-small.zip"


def read(tmp_path: Path, files: Files) -> Roster:
    roster = open_roster(samples.zipped(tmp_path / "export.zip", files))
    assert isinstance(roster, Roster)
    return roster


def codes(roster: Roster) -> set[str]:
    return {problem.code for problem in roster.problems}


def the(roster: Roster, code: str) -> Problem:
    found = [problem for problem in roster.problems if problem.code == code]
    assert len(found) == 1, roster.problems
    return found[0]


def people_of(roster: Roster) -> list[tuple[object, ...]]:
    """Return everything that must come out the same however the files are written."""
    return [
        (
            s.source_id, s.given_name, s.family_name, s.middle_name, s.student_number, s.state_id,
            s.grade, s.birth_date, s.sex, s.school_source_ids, s.guardian_source_ids, s.phone,
            s.leaving,
        )
        for s in roster.students
    ]  # fmt: skip


def test_a_clean_1_1_export_is_read_whole_and_without_complaint(tmp_path: Path) -> None:
    roster = read(tmp_path, oneroster_1_1())
    assert roster.format is RosterFormat.ONEROSTER_1_1
    assert roster.source_system == "Invented SIS"
    assert roster.problems == ()
    assert set(roster.modes.values()) == {Mode.BULK}
    ana, bo, cy = roster.students
    assert (ana.given_name, ana.family_name, ana.middle_name) == ("Ana", "Núñez", "María")
    assert (ana.student_number, ana.state_id, ana.username) == ("1001", "9001", "ana.n")
    assert (ana.birth_date, ana.sex, ana.grade) == ("2011-05-13", "female", "09")
    assert ana.guardian_source_ids == ("g1", "g2")
    assert ana.line == 2
    assert bo.school_source_ids == ("s2", "d1")
    assert cy.grade == "KG"
    gina, gus = roster.guardians
    assert gina.student_source_ids == ("u1",)
    assert gus.student_source_ids == ("u1", "u2")
    assert roster.staff[0].role == "teacher"
    (group,) = roster.classes
    assert (group.periods, group.location, group.term_source_ids) == (
        ("1", "3"),
        "Room 12",
        ("a1",),
    )
    assert [(e.user_source_id, e.role) for e in roster.enrollments] == [
        ("u1", "student"),
        ("t1", "teacher"),
    ]
    assert roster.enrollments[0].end == "2026-12-18"
    assert roster.sessions[1].parent_source_id == "y1"
    assert roster.courses[0].code == "BIO1"


def test_a_clean_1_2_export_takes_roles_and_preferred_names(tmp_path: Path) -> None:
    roster = read(tmp_path, oneroster_1_2())
    assert roster.format is RosterFormat.ONEROSTER_1_2
    assert roster.problems == ()
    ana, bo = roster.students
    assert (ana.preferred_given_name, ana.preferred_family_name) == ("Annie", "Nuñez")
    assert ana.pronouns == "she/her"
    assert ana.school_source_ids == ("s1", "s2")
    assert bo.school_source_ids == ("s2", "s1")
    assert [g.relation for g in roster.guardians] == ["parent"]


def test_the_small_real_export_is_read_with_its_faults(tmp_path: Path) -> None:
    roster = open_roster(SMALL)
    assert isinstance(roster, Roster)
    assert [s.given_name for s in roster.students] == ["Mary", "mmichel", "Anna"]
    assert [s.grade for s in roster.students] == ["12", "12", "11"]
    assert [g.student_source_ids for g in roster.guardians] == [("usr-222-66778899",)]
    assert roster.students[0].guardian_source_ids == ("usr-222-1234561",)
    assert [t.given_name for t in roster.staff] == ["John", "Jim"]
    assert roster.schools[0].kind == "department"
    assert roster.schools[0].parent_source_id == ""
    refused = [p for p in roster.problems if p.severity is Severity.REFUSED_ROW]
    assert [(p.code, p.file, p.line) for p in refused] == [
        ("line-enrolled-not-student", "enrollments.csv", 3),
        ("line-enrolled-not-student", "enrollments.csv", 6),
    ]
    assert [s.source_id for s in roster.sessions if s.leaving] == [
        "as-grp-222-23456",
        "as-grp-222-2345",
    ]
    assert [c.leaving for c in roster.classes] == [False, True]
    assert the(roster, "line-agent-not-guardian").rows == 3
    assert the(roster, "line-timestamp-form").shown == "2023-05-01"


def test_an_export_with_the_same_faults_is_read_the_same_way(tmp_path: Path) -> None:
    files: Files = {
        "manifest.csv": samples.manifest(
            dict.fromkeys(("users", "orgs", "classes", "enrollments"), "bulk"), system="absent"
        ),
        "orgs.csv": lines(samples.ORGS, f"o1,active,{samples.MODIFIED},Art,department,A,o9"),
        "users.csv": lines(
            samples.USERS_1_1,
            "t1,active,2026-05-01,TRUE,o1,teacher,t,,Tom,Poe,,t,,,,,12,x",
            "u1,,,TRUE,o1,student,m,{LDAP:12},Mia,Ray,,m,,,,t1,12,x",
            'p1,active,2026-05-01,TRUE,o1,parent,p,"{LDAP:12},{LTI:15}",Pat,Ray,,p,,,,u1,10,x',
        ).rstrip("\r\n"),
        "classes.csv": lines(samples.CLASSES, "k1,tobedeleted,,Hist,10,cX,2,homeroom,,o1,tX,,,1"),
        "enrollments.csv": lines(
            samples.ENROLLMENTS, "e1,active,,k1,o1,t1,student,false,2026-03-15,2026-06-15"
        ),
    }
    roster = read(tmp_path, files)
    assert roster.source_system == "inv"
    assert [s.guardian_source_ids for s in roster.students] == [("p1",)]
    assert roster.schools[0].parent_source_id == ""
    assert roster.classes[0].leaving
    assert roster.enrollments == ()
    assert {"line-enrolled-not-student", "line-agent-not-guardian", "line-status-in-bulk"} <= codes(
        roster
    )


def _misspelt(files: Files) -> Files:
    files = changed(files, "users.csv", "dateLastModified", "dataLastModified")
    return changed(files, "users.csv", "enabledUser", "ENABLED USER")


def _other_case(files: Files) -> Files:
    return {name.upper(): text for name, text in files.items()}


def _in_folder(files: Files) -> Files:
    inside = {f"Export 2026/{name}": text for name, text in files.items()}
    return {
        **inside,
        "__MACOSX/Export 2026/._users.csv": b"\0\5\x16\7",
        "Export 2026/.DS_Store": b"\0\0\0\1Bud1",
        "Export 2026/readme.pdf": b"%PDF-1.4",
    }


def _encoded(files: Files, encoding: str) -> Files:
    return {name: str(text).encode(encoding) for name, text in files.items()}


def _line_ends(files: Files, end: str) -> Files:
    return {name: str(text).replace("\r\n", end) for name, text in files.items()}


def _delimited(files: Files, sign: str) -> Files:
    def one(text: str) -> str:
        quoted = False
        out = []
        for letter in text:
            quoted ^= letter == '"'
            out.append(sign if letter == "," and not quoted else letter)
        return "".join(out)

    return {name: one(str(text)) for name, text in files.items()}


def _spaced(files: Files) -> Files:
    users = str(files["users.csv"]).replace(",", " , ").replace('" ', '"').replace(' "', '"')
    return {
        **files,
        "users.csv": users.replace('g1 , g2"', 'g1,g2" ').replace('d1 , s2"', 'd1,s2"'),
    }


def _no_modes(files: Files) -> Files:
    return {**files, "manifest.csv": str(files["manifest.csv"]).replace(",bulk", ",")}


def _blank_lines(files: Files) -> Files:
    return {
        **files,
        "users.csv": "\r\n" + str(files["users.csv"]).replace("\r\n", "\r\n\r\n,,,\r\n  \r\n"),
    }


def _status_in_bulk(files: Files) -> Files:
    return changed(
        changed(files, "users.csv", ",,,true", f",active,{samples.MODIFIED},TRUE"),
        "orgs.csv", ",,,Alder", f",Active,{samples.MODIFIED},Alder",
    )  # fmt: skip


def _reordered(files: Files) -> Files:
    rows = [line.split(",") for line in str(files["demographics.csv"]).splitlines()]
    return {
        **files,
        "demographics.csv": lines(*(",".join(["extra", *row[::-1]]) for row in rows)),
    }


def _repeated(files: Files) -> Files:
    text = str(files["users.csv"])
    return {**files, "users.csv": text + "\r\n".join(text.splitlines()[1:])}


DIRTY = {
    "misspelt headers": _misspelt,
    "file names in capitals": _other_case,
    "a folder inside, with what a Mac adds": _in_folder,
    "a byte order mark": lambda files: _encoded(files, "utf-8-sig"),
    "UTF-16": lambda files: _encoded(files, "utf-16"),
    "UTF-16 without a mark": lambda files: _encoded(files, "utf-16-le"),
    "Windows-1252": lambda files: _encoded(files, "cp1252"),
    "line feeds": lambda files: _line_ends(files, "\n"),
    "carriage returns": lambda files: _line_ends(files, "\r"),
    "semicolons": lambda files: _delimited(files, ";"),
    "tabs": lambda files: _delimited(files, "\t"),
    "spaces around values": _spaced,
    "blank modes": _no_modes,
    "no manifest": lambda files: {n: t for n, t in files.items() if n != "manifest.csv"},
    "blank lines": _blank_lines,
    "status in bulk": _status_in_bulk,
    "reordered and extra columns": _reordered,
    "every row twice": _repeated,
    "version 1.2.1 of other spelling": lambda f: changed(f, "manifest.csv", ",1.1", ", 1.1.0 "),
    "userSourcedId and birthdate": lambda f: changed(
        changed(f, "demographics.csv", "birthDate", "birthdate"),
        "demographics.csv", "sourcedId", "userSourcedId",
    ),
    "dates by day": lambda f: changed(
        changed(f, "demographics.csv", "2011-05-13", "13/05/2011"),
        "demographics.csv", "2013-02-04", "4/02/2013",
    ),
    "dates by month": lambda f: changed(
        changed(f, "demographics.csv", "2011-05-13", "5/13/2011"),
        "demographics.csv", "2013-02-04", "2/4/2013",
    ),
    "short and long dates": lambda f: changed(
        changed(f, "demographics.csv", "2013-02-04", "2013-2-4"),
        "demographics.csv", "2020-12-31", "2020-12-31T00:00:00.000Z",
    ),
    "grades in words": lambda f: changed(
        changed(f, "users.csv", ",KG,", ",Kindergarten,"), "users.csv", ",09,", ",Grade 9,"
    ),
    "several grades": lambda f: changed(f, "users.csv", ",09,", ',"9,10",'),
    "nul bytes": lambda f: changed(f, "users.csv", "Ana,", "A\0na,"),
    "a line break in a name": lambda f: changed(f, "users.csv", ",María,", ',"\r\n María",'),
    "short rows": lambda f: changed(f, "users.csv", ",KG,\r\n", ",KG\r\n"),
    "a missing optional column": lambda f: changed(f, "orgs.csv", ",parentSourcedId", ",colour"),
    "an unknown file": lambda f: {**f, "userprofiles.csv": "sourcedId\r\n", "notes.csv": "a,b\r\n"},
    "no last line end": lambda f: {n: str(t).rstrip() for n, t in f.items()},
}  # fmt: skip


@pytest.mark.parametrize("how", DIRTY)
def test_a_dirty_export_reads_like_the_clean_one(tmp_path: Path, how: str) -> None:
    clean = read(tmp_path, oneroster_1_1())
    dirty = read(tmp_path, DIRTY[how](oneroster_1_1()))
    assert people_of(dirty) == people_of(clean)
    assert [g.student_source_ids for g in dirty.guardians] == [("u1",), ("u1", "u2")]
    assert [s.name for s in dirty.schools] == [s.name for s in clean.schools]
    assert not [p for p in dirty.problems if p.severity is Severity.REFUSED_ROW]


def test_a_folder_reads_like_a_zip(tmp_path: Path) -> None:
    folder = samples.written(tmp_path / "export", oneroster_1_1())
    roster = open_roster(folder)
    assert isinstance(roster, Roster)
    assert people_of(roster) == people_of(read(tmp_path, oneroster_1_1()))


def test_a_lone_users_file_is_read_and_its_schools_keep_their_ids(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(str(oneroster_1_1()["users.csv"]), encoding="utf-8", newline="")
    roster = open_roster(path)
    assert isinstance(roster, Roster)
    assert [s.given_name for s in roster.students] == ["Ana", "Bo", "Cy"]
    assert {s.source_id for s in roster.schools} == {"s1", "s2", "d1"}
    assert {p.file for p in roster.problems} == {"people.csv"}


def test_roles_in_users_serve_a_1_2_export_without_roles(tmp_path: Path) -> None:
    files = oneroster_1_1()
    files["manifest.csv"] = str(files["manifest.csv"]).replace(",1.1", ",1.2.1")
    roster = read(tmp_path, files)
    assert roster.format is RosterFormat.ONEROSTER_1_2
    assert len(roster.students) == 3


def test_the_misspelt_preferred_name_of_known_exports_is_understood(tmp_path: Path) -> None:
    files = changed(oneroster_1_2(), "users.csv", "preferredGivenName", "prefferedGivenName")
    assert read(tmp_path, files).students[0].preferred_given_name == "Annie"


def test_a_file_that_is_declared_absent_but_there_is_read(tmp_path: Path) -> None:
    files = changed(
        oneroster_1_1(), "manifest.csv", "file.demographics,bulk", "file.demographics,absent"
    )
    roster = read(tmp_path, files)
    assert roster.students[0].birth_date == "2011-05-13"
    assert the(roster, "line-file-undeclared").column == "file.demographics"


def test_undecided_dates_are_read_month_first_and_said(tmp_path: Path) -> None:
    files = oneroster_1_1()
    files["demographics.csv"] = lines(samples.DEMOGRAPHICS, "u1,,,1/05/2011,female")
    roster = read(tmp_path, files)
    assert roster.students[0].birth_date == "2011-01-05"
    assert the(roster, "line-date-order-assumed").line == 2


def test_another_date_of_the_export_decides_an_undecided_column(tmp_path: Path) -> None:
    files = changed(oneroster_1_1(), "academicSessions.csv", "2026-08-20", "20/08/2026")
    files["demographics.csv"] = lines(samples.DEMOGRAPHICS, "u1,,,1/05/2011,female")
    assert read(tmp_path, files).students[0].birth_date == "2011-05-01"


def test_rows_that_cannot_be_read_are_listed_and_their_people_have_not_left(
    tmp_path: Path,
) -> None:
    files = oneroster_1_1()
    files["users.csv"] = str(files["users.csv"]) + lines(
        "u4,,,true,s1,student,x,,,,,,,,,,09,",
        ",,,true,s1,student,x,,No,Id,,,,,,,09,",
        "u5,,,true,s1,wizard,x,,Odd,Role,,,,,,,09,",
        "u6,,,true,s1,student,x,,Too,Many,,,,,,,09,,extra",
        "u1,,,true,s1,student,x,,Someone,Else,,,,,,,09,",
        "u7,,,true,s1,student,x,,Bad,Grade,,,not-a-mail,,,zz,twelve-ish,",
    )
    roster = read(tmp_path, files)
    refused = {
        p.line: (p.code, p.column) for p in roster.problems if p.severity is Severity.REFUSED_ROW
    }
    assert refused == {
        8: ("line-value-missing", "familyName"),
        9: ("line-value-missing", "sourcedId"),
        10: ("line-role-unknown", "role"),
        11: ("line-row-too-many-cells", ""),
        12: ("line-id-twice", "sourcedId"),
    }
    assert {"u4", "u5", "u6"} <= roster.unread_people
    assert "u7" not in roster.unread_people
    assert roster.students[-1].grade == ""
    assert the(roster, "line-grade-unknown").shown == "twelve-ish"
    assert the(roster, "line-reference-missing").line == 13


def test_problems_never_show_names(tmp_path: Path) -> None:
    files = changed(oneroster_1_1(), "users.csv", "u1,,,true,s1,student", "u1,,,true,s1,wizard")
    files = changed(files, "users.csv", "Bo,Li", ",")
    shown = " ".join(p.shown + p.expected for p in read(tmp_path, files).problems)
    assert "Ana" not in shown
    assert "Núñez" not in shown


def test_one_student_on_two_rows_keeps_both_schools(tmp_path: Path) -> None:
    files = oneroster_1_1()
    files["users.csv"] = str(files["users.csv"]) + lines(
        "u3,,,true,s2,student,cy.d,,Cy,Dale,,1003,,,,g1,KG,"
    )
    roster = read(tmp_path, files)
    assert roster.students[2].school_source_ids == ("s1", "s2")
    assert roster.students[2].guardian_source_ids == ("g1",)
    assert the(roster, "line-rows-joined").line == 8


def delta(users: str, **more: str) -> Files:
    kinds = {"users": "delta", **dict.fromkeys(more, "delta")}
    version = "1.2" if "roles" in more else "1.1"
    return {
        "manifest.csv": samples.manifest(kinds, version),
        "users.csv": users,
        **{f"{kind}.csv": text for kind, text in more.items()},
    }


def test_a_delta_marks_who_is_to_be_deleted_even_without_a_name(tmp_path: Path) -> None:
    users = lines(
        samples.USERS_1_1,
        f"u1,tobedeleted,{samples.MODIFIED},,,,,,,,,,,,,,,",
        f"u2,active,{samples.MODIFIED},true,s9,student,bo,,Bo,Li,,,,,,g9,08,",
    )
    roster = read(tmp_path, delta(users))
    gone, kept = roster.students
    assert gone.leaving
    assert not gone.role_known
    assert kept.school_source_ids == ("s9",)
    assert kept.guardian_source_ids == ("g9",)
    assert roster.modes["users"] is Mode.DELTA
    assert roster.problems == ()


def test_a_delta_keeps_what_it_says_of_people_it_does_not_hold(tmp_path: Path) -> None:
    files = delta(
        lines(samples.USERS_1_2, f"u1,active,{samples.MODIFIED},true,a,,Ana,Núñez,,,,,,,09,,,,,,,"),
        roles=lines(
            samples.ROLES,
            f"r1,tobedeleted,{samples.MODIFIED},u9,primary,student,2026-01-05,,s1,",
            f"r2,active,{samples.MODIFIED},u9,primary,student,,,s2,",
        ),
        demographics=lines(samples.DEMOGRAPHICS, f"u9,active,{samples.MODIFIED},2012-01-02,male"),
    )
    roster = read(tmp_path, files)
    assert [s.role_known for s in roster.students] == [False]
    assert [(r.school_source_id, r.leaving, r.begin) for r in roster.loose_roles] == [
        ("s1", True, "2026-01-05"),
        ("s2", False, ""),
    ]
    assert roster.loose_demographics[0].birth_date == "2012-01-02"


def test_reading_says_how_far_it_has_come_in_rows(tmp_path: Path) -> None:
    files = oneroster_1_1()
    files["users.csv"] = str(files["users.csv"]) + lines(
        *(f"x{n},,,true,s1,student,x,,Given,Family,,,,,,,09," for n in range(9_000))
    )
    told: list[tuple[int, int]] = []
    open_roster(
        samples.zipped(tmp_path / "big.zip", files), lambda done, of: told.append((done, of))
    )
    assert len(told) > 4
    assert all(done <= of for done, of in told)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] >= 9_000


def test_reading_stops_when_it_is_told_to(tmp_path: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_roster(samples.zipped(tmp_path / "export.zip", oneroster_1_1()), stop)


def test_a_property_said_once_blank_and_once_not_is_no_contradiction(tmp_path: Path) -> None:
    files = changed(
        oneroster_1_1(), "manifest.csv", "file.users,bulk", "file.users,\r\nfile.users,bulk"
    )
    assert read(tmp_path, files).modes["users"] is Mode.BULK
