"""Rosters as schools really send them, from the command line into an encrypted vault."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_vault
from app.cli import run
from app.kernel.ids import DeviceId, new_id
from app.kernel.ports import Row
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files, changed, lines, zipped
from vaults import PASSPHRASE, new_desk

SAMPLE = Path(__file__).parents[1] / "data" / "rosters" / "oneroster-1.1-small.zip"


@dataclass
class Vault:
    """A vault on the disk, and the command line beside it."""

    folder: Path
    secret: Path
    capture: pytest.CaptureFixture[str]

    def roster(self, file: Path, *options: str) -> tuple[int, str, str]:
        """Run `casewell roster import`; return its exit code and what it printed."""
        arguments = ["roster", "import", str(file), *options]
        arguments += ["--vault", str(self.folder), "--passphrase-file", str(self.secret)]
        code = run(arguments, lambda _vault, _secret: 99)
        said = self.capture.readouterr()
        return code, said.out, said.err

    def told(self, file: Path, *options: str) -> dict[str, Any]:
        """Run it with --json and return the facts."""
        code, out, err = self.roster(file, "--json", *options)
        assert (code, err) == (0, "")
        facts: dict[str, Any] = json.loads(out)
        return facts

    def rows(self, sql: str) -> list[Row]:
        """Return what the vault answers."""
        desk = open_vault(self.folder, PASSPHRASE, DeviceId(new_id()))
        try:
            with desk.records.read() as reader:
                return reader.execute(sql).fetchall()
        finally:
            desk.close()

    def bytes(self) -> dict[str, str]:
        """Return the hash of every file of the vault."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def vault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Vault:
    """Return a fresh vault and its passphrase in a file."""
    desk = new_desk(tmp_path, schools=())
    folder = desk.folder.path
    desk.close()
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    return Vault(folder, secret, capsys)


def test_the_sample_is_previewed_imported_and_repeated(vault: Vault) -> None:
    looked = vault.told(SAMPLE, "--dry-run")
    assert looked["dry_run"] is True
    assert [line["name"] for line in looked["added"]] == ["Jones, Mary", "Jones, mmichel", "Brown, Anna"]  # fmt: skip
    assert vault.rows("SELECT count(*) FROM student") == [(0,)]

    done = vault.told(SAMPLE)
    assert done["counts"]["added"] == 3
    assert done["counts"] == looked["counts"]
    assert vault.rows(
        "SELECT s.given_name, s.grade, o.name FROM student s JOIN school o ON o.id = s.school_id"
        " ORDER BY s.given_name"
    ) == [
        ("Anna", "11", "History Department"),
        ("Mary", "12", "History Department"),
        ("mmichel", "12", "History Department"),
    ]
    again = vault.told(SAMPLE)
    assert again["counts"]["added"] == again["counts"]["changed"] == again["counts"]["left"] == 0
    assert again["counts"]["unchanged"] == 3
    assert vault.rows("SELECT count(*) FROM roster_import") == [(2,)]


def test_in_words_it_says_what_was_done_and_what_was_not_understood(vault: Vault) -> None:
    code, out, err = vault.roster(SAMPLE)
    assert (code, err) == (0, "")
    assert out.startswith("The roster was imported.\n3 students added\n")
    assert "enrollments.csv, line 3: The person is enrolled as student but is not" in out


# -- dirty, and read all the same --------------------------------------------------------


def _recased(files: Files) -> Files:
    return {name.upper(): text for name, text in files.items()}


def _encoded(files: Files, encoding: str, mark: bytes = b"") -> Files:
    return {
        name: mark + text.encode(encoding) if isinstance(text, str) else text
        for name, text in files.items()
    }


def _filled_in(files: Files) -> Files:
    """Bulk with status and time of change filled in, and TRUE for true."""
    text = str(files["users.csv"])
    for user in ("u1", "u2", "u3", "t1", "g1", "g2"):
        text = text.replace(f"{user},,,true", f"{user},active,2026-09-01,TRUE")
    return {**files, "users.csv": text}


def _no_modes(files: Files) -> Files:
    text = str(files["manifest.csv"])
    for mode in ("bulk", "absent"):
        text = text.replace(f",{mode}", ",")
    return {**files, "manifest.csv": text}


def _without(files: Files, name: str) -> Files:
    return {key: text for key, text in files.items() if key != name}


def _slips(files: Files) -> Files:
    """Misspelt and missing optional headers, and a file of another vendor."""
    made = changed(files, "users.csv", "dateLastModified", "dataLastModified")
    made = changed(made, "users.csv", "middleName", "MiddleName")
    made = changed(made, "orgs.csv", ",identifier,parentSourcedId", "")
    made["orgs.csv"] = lines(
        str(made["orgs.csv"]).splitlines()[0],
        "d1,,,Alder District,district",
        "s1,,,Alder High,school",
        "s2,,,Birch Middle,school",
    )
    return {**made, "userprofiles.csv": "sourcedId,profileType\r\np1,x\r\n"}


def _own_dates(files: Files) -> Files:
    text = str(files["demographics.csv"])
    for iso, own in (("2011-05-13", "13/05/2011"), ("2013-02-04", "4/02/2013")):
        text = text.replace(iso, own)
    return {**files, "demographics.csv": text.replace("2020-12-31", "31/12/2020")}


DIRTY: dict[str, Callable[[Files], Files]] = {
    "status and TRUE filled in": _filled_in,
    "file names in capitals": _recased,
    "a byte order mark on every file": lambda files: _encoded(files, "utf-8", b"\xef\xbb\xbf"),
    "UTF-16": lambda files: _encoded(files, "utf-16"),
    "Windows-1252": lambda files: _encoded(files, "cp1252"),
    "modes left blank": _no_modes,
    "no manifest": lambda files: _without(files, "manifest.csv"),
    "slips in headers, unknown file": _slips,
    "dates with the day first": _own_dates,
    "inside a folder with Mac leftovers": lambda files: {
        **{f"export/{name}": text for name, text in files.items()},
        "__MACOSX/export/._users.csv": b"\x00\x05\x16\x07",
        "export/.DS_Store": b"\x00",
    },
    "bare line feeds": lambda files: {
        name: str(text).replace("\r\n", "\n") for name, text in files.items()
    },
}


@pytest.mark.parametrize("spoil", DIRTY.values(), ids=DIRTY.keys())
def test_a_dirty_export_brings_the_same_students(
    vault: Vault, tmp_path: Path, spoil: Callable[[Files], Files]
) -> None:
    file = zipped(tmp_path / "export.zip", spoil(samples.oneroster_1_1()))
    assert vault.told(file)["counts"]["added"] == 3
    assert vault.rows(
        "SELECT s.given_name, s.family_name, s.grade, s.birth_date, o.name"
        " FROM student s JOIN school o ON o.id = s.school_id ORDER BY s.given_name"
    ) == [
        ("Ana", "Núñez", "09", "2011-05-13", "Alder High"),
        ("Bo", "Li", "07", "2013-02-04", "Birch Middle"),
        ("Cy", "Dale", "KG", "2020-12-31", "Alder High"),
    ]
    again = vault.told(file)["counts"]
    assert (again["added"], again["changed"], again["left"]) == (0, 0, 0)


def test_a_folder_and_a_clever_export_come_in_too(vault: Vault, tmp_path: Path) -> None:
    folder = samples.written(tmp_path / "clever", samples.clever())
    done = vault.told(folder)
    assert (done["format"], done["counts"]["added"]) == ("clever", 2)
    assert vault.rows("SELECT count(*) FROM student_guardian WHERE ended_on = ''") == [(3,)]


def test_any_table_asks_for_its_columns_once(vault: Vault, tmp_path: Path) -> None:
    file = tmp_path / "club.csv"
    file.write_text(
        lines(
            "Pupil,Year,Born,Building",
            '"Núñez, Ana",9,05/13/2011,Alder High',
            '"Li, Bo",7,02/04/2013,Birch Middle',
        ),
        encoding="utf-8",
    )
    code, _out, err = vault.roster(file)
    assert code == 1
    assert "club.csv" in err
    assert "say which column holds what" in err.lower()
    columns = ("Pupil=full_name", "Year=grade", "Born=birth_date", "Building=school")
    options = [part for column in columns for part in ("--mapping", column)]
    assert vault.told(file, *options)["counts"]["added"] == 2
    again = vault.told(file)["counts"]
    assert (again["added"], again["unchanged"]) == (0, 2)
    code, _out, err = vault.roster(file, "--mapping", "Pupil=shoe_size")
    assert (code, "shoe_size" in err) == (1, True)
    code, _out, err = vault.roster(file, "--mapping", "Nowhere=full_name")
    assert (code, "Nowhere" in err) == (1, True)


def test_a_file_cut_short_is_held_back_until_it_is_allowed(vault: Vault, tmp_path: Path) -> None:
    files = samples.oneroster_1_1()
    head, *_rest = str(files["users.csv"]).splitlines()
    rows = [f"m{n},,,true,s1,student,m{n},,Kid,Number{n},,{5000 + n},,,,,09," for n in range(60)]
    kinds = dict.fromkeys(("users", "orgs"), "bulk")
    whole: Files = {"manifest.csv": samples.manifest(kinds), "orgs.csv": files["orgs.csv"]}
    full = zipped(tmp_path / "full.zip", {**whole, "users.csv": lines(head, *rows)})
    cut = zipped(tmp_path / "cut.zip", {**whole, "users.csv": lines(head, *rows[:20])})
    assert vault.told(full)["counts"]["added"] == 60
    assert vault.told(cut, "--dry-run")["many_leaving"] is True
    code, _out, err = vault.roster(cut)
    assert code == 1
    assert "40 of 60 students would be marked as having left" in err
    assert vault.rows("SELECT count(*) FROM student WHERE standing = 'left'") == [(0,)]
    assert vault.told(cut, "--allow-many-leaving")["counts"]["left"] == 40


# -- broken, and refused ------------------------------------------------------------------


def _zip(files: Files) -> Callable[[Path], Path]:
    return lambda place: zipped(place / "export.zip", files)


def _raw(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(place: Path) -> Path:
        path = place / name
        path.write_bytes(content)
        return path

    return make


def _cut_zip(place: Path) -> Path:
    whole = zipped(place / "whole.zip", samples.oneroster_1_1()).read_bytes()
    return _raw("cut.zip", whole[: len(whole) // 2])(place)


def _damaged_member(place: Path) -> Path:
    path = place / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in samples.oneroster_1_1().items():
            archive.writestr(name, samples.as_bytes(text))
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Cy,Dale", b"Xy,Dale", 1))
    return path


CLEAN = samples.oneroster_1_1()
BROKEN: dict[str, tuple[Callable[[Path], Path], str, int, str]] = {
    "empty": (_raw("users.csv", b""), "users.csv", 1, "csv"),
    "half a zip": (_cut_zip, "cut.zip", 1, "zip"),
    "a damaged file in a zip": (_damaged_member, "users.csv", 1, "zip"),
    "a web page": (_raw("roster.csv", b"<!DOCTYPE html><html>Sign in"), "roster.csv", 1, "csv"),
    "a picture": (
        _raw("roster.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4), "roster.csv", 4, "UTF-8",
    ),
    "an old workbook": (
        _raw("roster.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        "roster.xls", 1, "xlsx",
    ),
    "an unknown version": (
        _zip(changed(CLEAN, "manifest.csv", "oneroster.version,1.1", "oneroster.version,3.0")),
        "manifest.csv", 3, "1.1, 1.2",
    ),
    "an unknown mode": (
        _zip(changed(CLEAN, "manifest.csv", "file.users,bulk", "file.users,everything")),
        "manifest.csv", 17, "bulk, delta, absent",
    ),
    "a promised file that is not there": (
        _zip(_without(CLEAN, "classes.csv")), "manifest.csv", 6, "classes.csv",
    ),
    "no people": (
        _zip(_without(_without(CLEAN, "users.csv"), "manifest.csv")),
        "academicSessions.csv", 1, "users.csv",
    ),
    "a missing column": (
        _zip(changed(CLEAN, "users.csv", "familyName", "surname")), "users.csv", 1, "familyName",
    ),
    "no students": (
        _zip(changed(CLEAN, "users.csv", ",student,", ",teacher,")), "users.csv", 1, "student",
    ),
    "an open quotation mark": (
        _zip(changed(CLEAN, "users.csv", ",Bo,Li,", ',"Bo,Li,')), "users.csv", 3, '"',
    ),
    "damaged letters": (
        _zip(
            {
                **CLEAN,
                "users.csv": samples.as_bytes(CLEAN["users.csv"]).replace(b"Tess", b"T\xffss"),
            }
        ),
        "users.csv", 5, "UTF-8",
    ),
    "only rows that cannot be read": (
        _zip(changed(CLEAN, "users.csv", ",student,", ",pupil,")), "users.csv", 2, "student",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "name", "line", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_by_name_line_and_what_was_expected(
    vault: Vault,
    tmp_path: Path,
    make: Callable[[Path], Path],
    name: str,
    line: int,
    expected: str,
) -> None:
    before = vault.bytes()
    code, out, err = vault.roster(make(tmp_path))
    assert (code, out) == (1, "")
    assert f"{name}, line {line}:" in err
    assert expected in err
    assert vault.bytes() == before
