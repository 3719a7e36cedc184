"""Broken roster files: each is refused with its file, its line and what was expected."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from app import phrases
from app.features.roster.model import Roster
from app.features.roster.reading.detect import open_roster
from app.features.roster.reading.limits import LIMITS
from app.features.roster.reading.table import Mapping
from app.kernel.errors import Refused
from app.phrases import roster as sentences
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files, changed, lines, oneroster_1_1, oneroster_1_2

Make = Callable[[Path], Path]


def a_zip(files: Files) -> Make:
    return lambda folder: samples.zipped(folder / "export.zip", files)


def a_file(name: str, content: bytes | str) -> Make:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(samples.as_bytes(content))
        return path

    return make


def broken(name: str, old: str, new: str) -> Make:
    return a_zip(changed(oneroster_1_1(), name, old, new))


def without(*names: str) -> Make:
    return a_zip({name: text for name, text in oneroster_1_1().items() if name not in names})


def packed(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, samples.as_bytes(text))
    return out.getvalue()


def locked() -> bytes:
    """Return a zip whose members say that they are encrypted."""
    content = bytearray(packed(oneroster_1_1()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def bitten() -> bytes:
    """Return a zip with a wrong byte in the packed users.csv."""
    content = packed(oneroster_1_1())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo("users.csv").header_offset
    (name_size,) = struct.unpack_from("<H", content, start + 26)
    place = start + 30 + name_size + 60
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


def bomb() -> bytes:
    return packed({**oneroster_1_1(), "results.csv": b"0" * (40 << 20)})


def odd_method() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("users.csv", samples.as_bytes(oneroster_1_1()["users.csv"]))
    return out.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


USERS = str(oneroster_1_1()["users.csv"])
CUT = USERS[: USERS.index("g1,g2") + 3]
NO_NAME = lines(samples.USERS_1_1, "u1,,,true,s1,student,x,,,,,,,,,,09,")

REFUSED: dict[str, tuple[Make, str, str, int | None, str]] = {
    "no bytes": (a_file("a.zip", b""), "roster-empty-file", "a.zip", 1, "zip, csv, xlsx"),
    "only a header's worth of blanks": (
        a_file("a.csv", b"\r\n,,,\r\n"), "roster-empty-file", "a.csv", 1, "csv"),
    "a zip that was cut": (
        a_file("a.zip", packed(oneroster_1_1())[:-60]), "roster-zip-damaged", "a.zip", 1, "zip"),
    "a zip with a wrong byte": (
        a_file("a.zip", bitten()), "roster-zip-damaged", "users.csv", 1, "zip"),
    "a locked zip": (a_file("a.zip", locked()), "roster-zip-locked", "manifest.csv", 1, "zip"),
    "a bomb": (a_file("a.zip", bomb()), "roster-zip-bomb", "results.csv", None, "384 MB"),
    "an odd packing": (
        a_file("a.zip", odd_method()), "roster-zip-method", "users.csv", 1, "deflate"),
    "a path that leads outside": (
        a_zip({**oneroster_1_1(), "../users.csv": "x"}),
        "roster-zip-path", "export.zip", None, "users.csv"),
    "a path from the root": (
        a_zip({"/etc/users.csv": "x"}), "roster-zip-path", "export.zip", None, "users.csv"),
    "a drive letter": (
        a_zip({"C:/users.csv": "x"}), "roster-zip-path", "export.zip", None, "users.csv"),
    "a zip in a zip": (
        a_zip({"inner.zip": packed(oneroster_1_1())}),
        "roster-zip-nested", "inner.zip", None, "users.csv, students.csv"),
    "a zip of pictures": (
        a_zip({"a.png": b"\x89PNG"}),
        "roster-nothing-inside", "export.zip", None, "users.csv, students.csv"),
    "the same file twice": (
        a_zip({**oneroster_1_1(), "USERS.CSV": USERS}),
        "roster-file-twice", "users.csv", 1, "users.csv"),
    "a web page": (
        a_file("r.csv", "\n<!DOCTYPE html><html><body>Sign in</body></html>"),
        "roster-web-page", "r.csv", 1, "csv, xlsx"),
    "a web page in the zip": (
        a_zip({**oneroster_1_1(), "users.csv": "<html>Sign in</html>"}),
        "roster-web-page", "users.csv", 1, "csv, xlsx"),
    "an old workbook": (
        a_file("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "roster-old-workbook", "r.xls", 1, "xlsx, csv"),
    "a PDF": (a_file("r.csv", b"%PDF-1.7\n"), "roster-not-a-table", "r.csv", 1, "zip, csv, xlsx"),
    "a picture by another name": (
        a_file("r.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
        "roster-not-text", "r.csv", 4, "UTF-8"),
    "damaged letters": (
        a_zip({**oneroster_1_1(),
               "users.csv": USERS.replace("Gus", "José").encode().replace(b"Li", b"L\xc3", 1)}),
        "roster-damaged-text", "users.csv", 3, "UTF-8"),
    "bytes of no encoding": (
        a_zip({**oneroster_1_1(), "orgs.csv": b"sourcedId,name\r\ns1,A\x81\x8d\r\n"}),
        "roster-not-text", "orgs.csv", 2, "UTF-8"),
    "a quotation mark inside a value": (
        broken("users.csv", "student,bo.l,,Bo", 'student,bo.l,,"B"o'),
        "roster-quote", "users.csv", 3, '",'),
    "malformed quoting in the enrollments": (
        broken("enrollments.csv", "e2,,,k1", 'e2,,,"k"1'),
        "roster-quote", "enrollments.csv", 3, '",'),
    "a file cut off inside a quoted value": (
        a_zip({**oneroster_1_1(), "users.csv": CUT}), "roster-quote-open", "users.csv", 2, '"'),
    "a value without end": (
        broken("users.csv", ",Bo,", "," + "B" * 5000 + ","),
        "roster-field-long", "users.csv", 3, "4000"),
    "a value beyond any bound": (
        broken("users.csv", ",Bo,", "," + "B" * 200_000 + ","),
        "roster-field-long", "users.csv", 3, "4000"),
    "an unknown version": (
        broken("manifest.csv", "oneroster.version,1.1", "oneroster.version,2.0"),
        "roster-version", "manifest.csv", 3, "1.1, 1.2"),
    "an unknown mode": (
        broken("manifest.csv", "file.users,bulk", "file.users,full"),
        "roster-manifest-mode", "manifest.csv", 17, "bulk, delta, absent"),
    "a manifest that contradicts itself": (
        broken("manifest.csv", "file.users,bulk", "file.users,bulk\r\nfile.users,delta"),
        "roster-manifest-conflict", "manifest.csv", 18, "bulk"),
    "a manifest of other columns": (
        broken("manifest.csv", "propertyName,value", "key,setting"),
        "roster-header-missing", "manifest.csv", 1, "propertyName,value"),
    "an announced file that is not there": (
        without("demographics.csv"), "roster-file-missing", "manifest.csv", 10,
        "demographics.csv"),
    "no users": (
        a_zip({"manifest.csv": samples.manifest({"orgs": "bulk"}),
               "orgs.csv": oneroster_1_1()["orgs.csv"]}),
        "roster-no-users", "manifest.csv", 17, "users.csv"),
    "no users and no manifest": (
        a_zip({"orgs.csv": oneroster_1_1()["orgs.csv"]}),
        "roster-no-users", "orgs.csv", 1, "users.csv, students.csv"),
    "no given names": (
        broken("users.csv", "givenName", "colour"), "roster-header-missing", "users.csv", 1,
        "sourcedId,givenName,familyName"),
    "no ids": (
        broken("orgs.csv", "sourcedId", "ident"), "roster-header-missing", "orgs.csv", 1,
        "sourcedId,name"),
    "no roles anywhere": (
        broken("users.csv", ",role,", ",colour,"), "roster-header-missing", "users.csv", 1,
        "role, roles.csv"),
    "roles without users": (
        a_zip(changed(oneroster_1_2(), "roles.csv", "userSourcedId", "person")),
        "roster-header-missing", "roles.csv", 1, "userSourcedId,role"),
    "no header": (
        a_zip({**oneroster_1_1(), "users.csv": USERS.partition("\r\n")[2]}),
        "roster-header-missing", "users.csv", 1, "sourcedId,givenName,familyName"),
    "a column twice": (
        broken("users.csv", "middleName", "familyName"), "roster-header-twice", "users.csv", 1,
        "familyName"),
    "only teachers": (
        a_zip({**oneroster_1_1(), "users.csv": USERS.replace("student", "teacher")}),
        "roster-no-students", "users.csv", 1, "student"),
    "a header alone": (
        a_zip({**oneroster_1_1(), "users.csv": samples.USERS_1_1 + "\r\n"}),
        "roster-no-students", "users.csv", 1, "student"),
    "not one student that can be read": (
        a_zip({**oneroster_1_1(), "users.csv": NO_NAME}),
        "roster-no-rows-read", "users.csv", 2, "givenName,familyName"),
    "Clever students without an id": (
        a_zip(changed(samples.clever(), "students.csv", "Student_id", "Pupil")),
        "roster-header-missing", "students.csv", 1, "Student_id,Last_name,First_name"),
    "Clever sections without students": (
        a_zip({"sections.csv": "Section_id\r\n1\r\n"}), "roster-no-users", "sections.csv", 1,
        "users.csv, students.csv"),
    "two tables": (
        a_zip({"a.csv": "Name,Grade\r\nAna,9\r\n", "b.csv": "Name,Grade\r\nBo,9\r\n"}),
        "roster-several-tables", "a.csv, b.csv", 1, "users.csv, students.csv"),
    "a workbook of formulas": (
        a_file("r.xlsx", workbook(["Name", "Grade"], ["=A9", "=B9"])),
        "roster-formulas", "r.xlsx", 2, "xlsx"),
    "an empty workbook": (
        a_file("r.xlsx", workbook()), "roster-empty-file", "r.xlsx", 1, "xlsx"),
    "a workbook without its sheets": (
        a_file("r.xlsx", packed({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<w"})),
        "roster-workbook-damaged", "r.xlsx", 1, "xlsx"),
    "a workbook that declares entities": (
        a_file("r.xlsx", packed({
            "[Content_Types].xml": '<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'})),
        "roster-workbook-damaged", "r.xlsx", 1, "xlsx"),
    "a workbook that is a bomb": (
        a_file("r.xlsx", packed({"[Content_Types].xml": b" " * (40 << 20)})),
        "roster-zip-bomb", "r.xlsx", None, "128 MB"),
}  # fmt: skip


def refusal_of(path: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        open_roster(path)
    return caught.value


@pytest.mark.parametrize("what", REFUSED)
def test_a_broken_file_is_refused_at_its_file_and_line(tmp_path: Path, what: str) -> None:
    make, code, file, line, expected = REFUSED[what]
    refused = refusal_of(make(tmp_path))
    facts = refused.facts
    assert (refused.code, facts["file"], facts["line"], facts["expected"]) == (
        code,
        file,
        line,
        expected,
    )
    assert refused.field == "file"
    said = phrases.sentence(refused)
    assert file in said
    assert expected in said
    assert "None" not in said
    assert "{" not in said
    if line is not None and "line" in sentences.SENTENCES[code]:
        assert f"line {line}" in said


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "gone.csv").code == "roster-not-found"


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert refusal_of(tmp_path).code == "roster-nothing-inside"


@pytest.mark.parametrize(
    ("bound", "code"),
    [
        ({"packed": 100}, "roster-too-big"),
        ({"unpacked": 1000}, "roster-zip-bomb"),
        ({"member": 100}, "roster-zip-bomb"),
        ({"members": 3}, "roster-too-many-files"),
        ({"rows": 2}, "roster-too-many-rows"),
        ({"columns": 5}, "roster-too-many-columns"),
        ({"field": 20}, "roster-field-long"),
    ],
)
def test_bounds_hold(tmp_path: Path, bound: dict[str, int], code: str) -> None:
    path = samples.zipped(tmp_path / "export.zip", oneroster_1_1())
    with pytest.raises(Refused) as caught:
        open_roster(path, limits=replace(LIMITS, **bound))
    assert caught.value.code == code
    assert caught.value.facts["expected"]


@pytest.mark.parametrize("bound", [{"member": 100}, {"members": 3}, {"unpacked": 1000}])
def test_bounds_hold_for_a_folder(tmp_path: Path, bound: dict[str, int]) -> None:
    folder = samples.written(tmp_path / "export", oneroster_1_1())
    with pytest.raises(Refused):
        open_roster(folder, limits=replace(LIMITS, **bound))


def test_a_link_in_a_folder_of_files_is_no_way_around_the_bounds(tmp_path: Path) -> None:
    folder = samples.written(tmp_path / "export", oneroster_1_1())
    (folder / "notes.csv").symlink_to("/dev/zero")
    roster = open_roster(folder)
    assert isinstance(roster, Roster)


def test_every_code_of_a_problem_has_a_sentence(tmp_path: Path) -> None:
    files = oneroster_1_1()
    files["users.csv"] = USERS.replace("student", "Student ", 1).replace("KG", "??") + lines(
        "u9,odd,2026,false,s9,student,x,,,Only,,,,,,u2,09,"
    )
    roster = open_roster(samples.zipped(tmp_path / "export.zip", files))
    assert isinstance(roster, Roster)
    assert len(roster.problems) >= 7
    for problem in roster.problems:
        said = phrases.sentence_of(
            problem.code,
            {"shown": problem.shown, "expected": problem.expected, "column": problem.column},
        )
        assert "{" not in said


def test_reading_takes_no_other_rooms_code() -> None:
    others = [
        table
        for name in ("caseload", "privacy", "sessions", "vault")
        for table in [getattr(phrases, name).SENTENCES]
    ]
    mine = {*sentences.FILES, *sentences.PROBLEMS}
    assert not any(mine & set(table) for table in others)


def test_every_code_that_is_raised_stands_in_the_sentences() -> None:
    import re

    import app.features.roster.reading as reading

    (folder,) = map(Path, reading.__path__)
    text = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    raised = set(re.findall(r'(?:refusal|Refused)\(\s*"([a-z0-9-]+)"', text))
    found = set(
        re.findall(
            r'(?:refuse_row|repaired|note|each)\(\s*"([a-z0-9-]+)"|tally\(\s*Severity\.\w+,\s*"([a-z0-9-]+)"',
            text,
        )
    )
    codes = raised | {code for pair in found for code in pair if code}
    assert len(codes) > 70
    assert codes <= set(sentences.SENTENCES)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"fields": 3}', '{"fingerprint": 1}', "[" * 50])
def test_a_remembered_mapping_that_is_broken_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="roster-mapping-unreadable"):
        Mapping.from_json(text)
