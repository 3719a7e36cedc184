"""Tables of any kind, read through a mapping of their columns."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from app.features.roster.model import Mode, RosterFormat, Severity
from app.features.roster.reading.detect import MappingNeeded, open_roster, read_table
from app.features.roster.reading.table import Mapping, Question
from app.kernel.errors import Refused
from tests.app.features.roster import samples


def needed(path: Path) -> MappingNeeded:
    found = open_roster(path)
    assert isinstance(found, MappingNeeded)
    return found


def a_csv(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(samples.lines(*rows), "utf-8", newline="")
    return path


def a_workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    book.save(path)
    return path


def guessed(tmp_path: Path, *rows: str) -> dict[str, str]:
    found = needed(a_csv(tmp_path, *rows))
    return {
        header: name
        for header, name in zip(found.preview.headers, found.guess.fields, strict=True)
        if name
    }


def test_english_headers_are_understood(tmp_path: Path) -> None:
    assert guessed(
        tmp_path,
        "Student ID,Last Name,First Name,MI,DOB,Gender,Gr,School,Home Phone,Parent/Guardian,Notes",
        "1,Li,Bo,,2013-02-04,M,7,Birch,555-010-1000,Gus Li,x",
    ) == {
        "Student ID": "student_number",
        "Last Name": "family_name",
        "First Name": "given_name",
        "MI": "middle_name",
        "DOB": "birth_date",
        "Gender": "sex",
        "Gr": "grade",
        "School": "school",
        "Home Phone": "phone",
        "Parent/Guardian": "guardian_name",
    }


def test_spanish_headers_are_understood(tmp_path: Path) -> None:
    assert guessed(
        tmp_path,
        "Matrícula,Nombre,Apellido Paterno,Apellido Materno,Fecha de Nacimiento,Grado,Escuela,Teléfono",
        "1,Ana,Núñez,Ríos,13/05/2011,9,Aliso,555-010-1000",
    ) == {
        "Matrícula": "student_number",
        "Nombre": "given_name",
        "Apellido Paterno": "family_name",
        "Apellido Materno": "second_family_name",
        "Fecha de Nacimiento": "birth_date",
        "Grado": "grade",
        "Escuela": "school",
        "Teléfono": "phone",
    }


def test_columns_without_known_headers_are_known_by_what_they_hold(tmp_path: Path) -> None:
    assert guessed(
        tmp_path,
        "Who,When,Where to write,Grade",
        '"Li, Bo",2013-02-04,bo@school.example,7',
        '"Dale, Cy",2020-12-31,cy@school.example,K',
    ) == {
        "Who": "full_name",
        "When": "birth_date",
        "Where to write": "email",
        "Grade": "grade",
    }


def test_a_table_without_header_is_known_by_what_it_holds(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path, '"Li, Bo",2013-02-04,07,555-010-1000', '"Dale, Cy",2020-12-31,KG,555-010-1001'
    )
    found = needed(path)
    assert not found.preview.has_header
    assert found.preview.row_count == 2
    assert found.guess.fields == ("full_name", "birth_date", "grade", "phone")
    assert [s.family_name for s in read_table(path, found.guess).students] == ["Li", "Dale"]


def test_a_table_is_read_through_its_mapping(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path,
        "Student ID,Name,DOB,Grade,School,Guardian,Guardian Phone,Status",
        '="0012","Núñez, Ana María",05/13/2011,9th,Alder High,Gina Núñez,555-010-2001,Active',
        "13,Beto de la Cruz,02/04/2013,Kindergarten,Birch,Gina Núñez,555-010-2001,Withdrawn",
    )
    found = needed(path)
    assert found.guess.ask == ()
    roster = read_table(path, found.guess)
    assert roster.format is RosterFormat.TABLE
    assert roster.modes["users"] is Mode.DELTA
    ana, beto = roster.students
    assert (ana.student_number, ana.given_name, ana.middle_name, ana.family_name) == (
        "0012",
        "Ana",
        "María",
        "Núñez",
    )
    assert (beto.given_name, beto.family_name, beto.leaving) == ("Beto", "de la Cruz", True)
    assert (ana.birth_date, ana.grade, beto.grade) == ("2011-05-13", "09", "KG")
    assert [s.name for s in roster.schools] == ["Alder High", "Birch"]
    (gina,) = roster.guardians
    assert gina.student_source_ids == (ana.source_id, beto.source_id)


def test_a_list_of_everyone_is_read_as_bulk_only_when_it_is_said(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Name,Grade", "Ana Núñez,9")
    guess = needed(path).guess
    assert not guess.everyone
    assert read_table(path, replace(guess, everyone=True)).modes["users"] is Mode.BULK


@pytest.mark.parametrize(
    ("dates", "order", "asked"),
    [
        (("1/05/2011", "13/05/2012"), "day-first", ()),
        (("1/05/2011", "05/13/2012"), "month-first", ()),
        (("1/05/2011", "2/03/2012"), "month-first", (Question.DATE_ORDER.value,)),
        (("31/05/2011", "05/31/2012"), "month-first", (Question.DATE_ORDER.value,)),
        (("2011-05-01", "2012-03-02"), "", ()),
    ],
)
def test_the_order_of_a_date_is_decided_by_the_whole_column(
    tmp_path: Path, dates: tuple[str, ...], order: str, asked: tuple[str, ...]
) -> None:
    filler = [f"Some Body{n},{dates[0]}" for n in range(40)]
    found = needed(a_csv(tmp_path, "Name,DOB", *filler, f"Ana Núñez,{dates[1]}"))
    assert (found.guess.date_order, found.guess.ask) == (order, asked)


def test_the_answer_about_dates_is_heeded(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Name,DOB", "Ana Núñez,1/05/2011")
    guess = needed(path).guess
    day_first = replace(guess, date_order="day-first")
    assert read_table(path, guess).students[0].birth_date == "2011-01-05"
    assert read_table(path, day_first).students[0].birth_date == "2011-05-01"


def test_names_with_the_family_first_are_split_as_told(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Name,Grade", "Li Bo,9")
    roster = read_table(path, replace(needed(path).guess, family_first=True))
    assert (roster.students[0].given_name, roster.students[0].family_name) == ("Bo", "Li")


def test_a_mapping_is_remembered_as_json(tmp_path: Path) -> None:
    guess = needed(a_csv(tmp_path, "Name,Grade,DOB", "Ana Núñez,9,13/05/2011")).guess
    assert Mapping.from_json(guess.as_json()) == guess


def test_the_fingerprint_knows_the_header_again_and_no_other(tmp_path: Path) -> None:
    first = needed(a_csv(tmp_path, "Name,Grade", "Ana Núñez,9")).preview.fingerprint
    again = needed(a_csv(tmp_path, " NAME ,grade", "Bo Li,7", "Cy Dale,8")).preview.fingerprint
    other = needed(a_csv(tmp_path, "Grade,Name", "9,Ana Núñez")).preview.fingerprint
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"fingerprint": "x"}, "roster-mapping-other"),
        ({"fields": ("full_name", "full_name")}, "roster-mapping-twice"),
        ({"fields": ("", "grade")}, "roster-mapping-no-name"),
        ({"fields": ("full_name", "shoe_size")}, "roster-mapping-unreadable"),
        ({"fields": ("full_name",)}, "roster-mapping-other"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, object], code: str
) -> None:
    path = a_csv(tmp_path, "Name,Grade", "Ana Núñez,9")
    with pytest.raises(Refused, match=code):
        read_table(path, replace(needed(path).guess, **change))  # type: ignore[arg-type]


def test_rows_without_name_and_rounded_numbers_are_listed(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path, "Student ID,Name,Grade", "1,Ana Núñez,9", "2,,9", "1.23457E+11,Bo Li,7",
        "1,Cy Dale,8", "1,Ana Núñez,9",
    )  # fmt: skip
    roster = read_table(path, needed(path).guess)
    assert [(p.line, p.code) for p in roster.problems if p.severity is Severity.REFUSED_ROW] == [
        (3, "line-value-missing"),
        (4, "line-id-rounded"),
        (5, "line-id-twice"),
    ]
    assert len(roster.students) == 1
    assert "2" in roster.unread_people


def test_a_table_in_which_no_row_can_be_read_is_refused(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Student ID,Name", "1,", "2,")
    with pytest.raises(Refused, match="roster-no-rows-read") as caught:
        read_table(path, needed(path).guess)
    assert caught.value.facts["line"] == 2


def test_students_without_any_id_are_known_by_name_and_birth_date(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Name,DOB", "Ana Núñez,2011-05-13", "ana nunez,2011-05-13")
    roster = read_table(path, needed(path).guess)
    assert [s.source_id for s in roster.students] == ["name:nunez|ana|2011-05-13"]


def test_a_workbook_is_read_with_its_dates_and_numbers(tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "list.xlsx",
        ["Caseload 2026-27"],
        ["Student ID", "First Name", "Last Name", "DOB", "Grade", "Left"],
        [1001.0, "Ana", "Núñez", dt.datetime(2011, 5, 13), 9, True],
        [],
        [1002, "Bo", "Li", dt.date(2013, 2, 4), "K", None],
        [1003, "Cy", "Dale", 40179, "#N/A", None],
    )
    found = needed(path)
    assert found.preview.headers[0] == "Student ID"
    assert found.preview.sheet == "Sheet"
    roster = read_table(path, found.guess)
    assert [(s.student_number, s.birth_date, s.grade, s.line) for s in roster.students] == [
        ("1001", "2011-05-13", "09", 3),
        ("1002", "2013-02-04", "KG", 5),
        ("1003", "2010-01-01", "", 6),
    ]


def test_a_workbook_in_a_zip_is_read(tmp_path: Path) -> None:
    inner = a_workbook(tmp_path / "list.xlsx", ["Name", "Grade"], ["Ana Núñez", 9])
    path = samples.zipped(tmp_path / "list.zip", {"list.xlsx": inner.read_bytes()})
    assert [s.given_name for s in read_table(path, needed(path).guess).students] == ["Ana"]


def test_a_workbook_named_csv_is_read(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "list.xlsx", ["Name", "Grade"], ["Ana Núñez", 9])
    assert needed(path.rename(tmp_path / "list.csv")).preview.row_count == 1


def test_titles_above_the_header_and_excel_marks_are_passed_over(tmp_path: Path) -> None:
    path = a_csv(
        tmp_path, "sep=;", "Caseload 2026-27", "", "Name;Grade;DOB", "Ana Núñez;9;2011-05-13"
    )
    found = needed(path)
    assert found.preview.headers == ("Name", "Grade", "DOB")
    assert read_table(path, found.guess).students[0].line == 5


def test_the_school_of_a_table_without_one_may_be_named(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Name,Grade", "Ana Núñez,9")
    roster = read_table(path, replace(needed(path).guess, school="Alder High"))
    assert roster.schools[0].name == "Alder High"
    assert roster.students[0].school_source_ids == (roster.schools[0].source_id,)


def test_a_name_that_begins_with_an_apostrophe_keeps_it(tmp_path: Path) -> None:
    path = a_csv(tmp_path, "Student ID,Last Name,First Name", "'0012,'t Hart,Bo")
    roster = read_table(path, needed(path).guess)
    assert (roster.students[0].student_number, roster.students[0].family_name) == (
        "0012",
        "'t Hart",
    )
