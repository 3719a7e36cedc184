"""Clever exports."""

from pathlib import Path

import pytest

from app.features.roster.model import Roster, RosterFormat, Severity
from app.features.roster.reading.detect import open_roster
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files, changed, clever


def read(tmp_path: Path, files: Files) -> Roster:
    roster = open_roster(samples.zipped(tmp_path / "clever.zip", files))
    assert isinstance(roster, Roster)
    return roster


def test_a_clever_export_is_read_whole(tmp_path: Path) -> None:
    roster = read(tmp_path, clever())
    assert roster.format is RosterFormat.CLEVER
    assert not [p for p in roster.problems if p.severity is Severity.REFUSED_ROW]
    ana, beto = roster.students
    assert (ana.source_id, ana.student_number, ana.state_id) == ("S1", "1001", "9001")
    assert (ana.birth_date, beto.birth_date) == ("2011-05-13", "2020-01-04")
    assert (ana.grade, beto.grade) == ("09", "KG")
    assert (ana.sex, ana.language) == ("female", "Spanish")
    assert roster.schools[0].name == "Alder High"
    assert roster.staff[0].role == "teacher"
    assert roster.classes[0].periods == ("3",)
    assert roster.sessions[0].begin == "2026-08-20"
    assert {(e.user_source_id, e.role) for e in roster.enrollments} == {
        ("S1", "student"),
        ("T1", "teacher"),
    }


def test_a_contact_of_two_siblings_is_one_guardian(tmp_path: Path) -> None:
    roster = read(tmp_path, clever())
    gina, gus = roster.guardians
    assert (gina.given_name, gina.family_name, gina.relation) == ("Gina", "Núñez", "Mother")
    assert gina.student_source_ids == ("S1", "S2")
    assert gus.student_source_ids == ("S1",)
    assert roster.students[0].guardian_source_ids == (gina.source_id, gus.source_id)


@pytest.mark.parametrize("case", ["upper", "lower"])
def test_names_of_files_and_columns_are_read_in_any_case(tmp_path: Path, case: str) -> None:
    files: Files = {}
    for name, text in clever().items():
        header, _, rest = str(text).partition("\r\n")
        files[getattr(name, case)()] = f"{getattr(header, case)()}\r\n{rest}"
    assert read(tmp_path, files).students == read(tmp_path, clever()).students


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    files = clever()
    rows = [line.split(",") for line in str(files["students.csv"]).splitlines()]
    files["students.csv"] = samples.lines(*(",".join(row[::-1]) for row in rows))
    assert read(tmp_path, files).students == read(tmp_path, clever()).students


def test_students_alone_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(str(clever()["students.csv"]), "utf-8")
    roster = open_roster(path)
    assert isinstance(roster, Roster)
    assert [s.given_name for s in roster.students] == ["Ana", "Beto"]
    assert [(s.source_id, s.name) for s in roster.schools] == [("1", "1")]


def test_what_cannot_be_read_is_listed(tmp_path: Path) -> None:
    files = clever()
    files["students.csv"] = str(files["students.csv"]) + samples.lines(
        "1,,9,,Who,,Is,9,F,,,,,,,",
        "1,S9,9,,,,,9,F,,,,,,,",
        "7,S8,9,,No,,School,zz,?,13/13/2013,,,,,,",
    )
    files["enrollments.csv"] = str(files["enrollments.csv"]) + "1,X9,S1\r\n1,X1,S99\r\n"
    roster = read(tmp_path, files)
    refused = [
        (p.code, p.file, p.line) for p in roster.problems if p.severity is Severity.REFUSED_ROW
    ]
    assert refused == [
        ("line-reference-missing", "enrollments.csv", 3),
        ("line-reference-missing", "enrollments.csv", 4),
        ("line-value-missing", "students.csv", 5),
        ("line-value-missing", "students.csv", 6),
    ]
    assert "S9" in roster.unread_people
    codes = {p.code for p in roster.problems}
    assert {"line-grade-unknown", "line-sex-unknown", "line-date-unreadable"} <= codes
    last = roster.students[-1]
    assert (last.grade, last.sex, last.birth_date, last.school_source_ids) == ("", "", "", ())


def test_the_same_id_for_another_name_is_refused(tmp_path: Path) -> None:
    files = changed(clever(), "students.csv", "1,S2,", "1,S1,")
    roster = read(tmp_path, files)
    assert [p.code for p in roster.problems if p.severity is Severity.REFUSED_ROW] == [
        "line-id-twice"
    ]
    assert len(roster.students) == 1
