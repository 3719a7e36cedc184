"""A valid roster written as CSV is read back the same; a broken one never does harm."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.features.roster.model import Roster, RosterStudent
from app.features.roster.reading.detect import MappingNeeded, open_roster, read_table
from app.kernel.errors import Refused
from app.kernel.nouns import GRADES
from tests.app.features.roster import samples
from tests.app.features.roster.samples import Files

IDS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789./@_-", min_size=1, max_size=20)
WORDS = st.text(
    st.one_of(
        st.sampled_from("aeiouAEIOU ,;\"'’-.()çñüłß"),
        st.characters(categories=("Lu", "Ll", "Lo"), max_codepoint=0x2FFF),
    ),
    min_size=1,
    max_size=25,
).map(lambda text: " ".join(text.split()))
NAMES = WORDS.filter(lambda text: text != "")
DATES = st.one_of(st.just(""), st.dates().filter(lambda d: 1900 <= d.year <= 2199).map(str))


@st.composite
def students(draw: st.DrawFn) -> list[RosterStudent]:
    ids = draw(st.lists(IDS, min_size=1, max_size=8, unique=True))
    return [
        RosterStudent(
            source_id=source_id,
            student_number=draw(IDS),
            username=draw(IDS),
            given_name=draw(NAMES),
            family_name=draw(NAMES),
            middle_name=draw(WORDS),
            birth_date=draw(DATES),
            sex=draw(st.sampled_from(["", "male", "female", "other", "unspecified"])),
            grade=draw(st.sampled_from(["", *GRADES])),
            school_source_ids=draw(st.sampled_from([(), ("s1",), ("s1", "s2"), ("s2",)])),
            phone=draw(st.sampled_from(["", "555-010-1000", "+1 (555) 010-1000 x12"])),
            line=2,
        )
        for source_id in ids
    ]


def files_of(people: list[RosterStudent], end: str) -> Files:
    return {
        "manifest.csv": samples.manifest(dict.fromkeys(("users", "orgs", "demographics"), "bulk")),
        "orgs.csv": samples.lines(samples.ORGS, "s1,,,One,school,,", "s2,,,Two,school,,"),
        "users.csv": samples.table(
            samples.USERS_1_1,
            [
                {
                    "sourcedId": one.source_id,
                    "enabledUser": "true",
                    "orgSourcedIds": ",".join(one.school_source_ids),
                    "role": "student",
                    "username": one.username,
                    "givenName": one.given_name,
                    "familyName": one.family_name,
                    "middleName": one.middle_name,
                    "identifier": one.student_number,
                    "phone": one.phone,
                    "grades": one.grade,
                }
                for one in people
            ],
            end,
        ),
        "demographics.csv": samples.table(
            samples.DEMOGRAPHICS,
            [
                {"sourcedId": one.source_id, "birthDate": one.birth_date, "sex": one.sex}
                for one in people
            ],
            end,
        ),
    }


def told(one: RosterStudent) -> tuple[object, ...]:
    return (
        one.source_id, one.student_number, one.username, one.given_name, one.family_name,
        one.middle_name, one.birth_date, one.sex, one.grade, one.school_source_ids, one.phone,
    )  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=students(), end=st.sampled_from(["\r\n", "\n", "\r"]))
def test_what_is_written_is_read_back(
    tmp_path: Path, people: list[RosterStudent], end: str
) -> None:
    roster = open_roster(samples.zipped(tmp_path / "export.zip", files_of(people, end)))
    assert isinstance(roster, Roster)
    assert [told(one) for one in roster.students] == [told(one) for one in people]
    assert roster.problems == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=students(), sign=st.sampled_from([",", ";", "\t", "|"]))
def test_a_table_of_students_is_read_back(
    tmp_path: Path, people: list[RosterStudent], sign: str
) -> None:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = [
        sign.join(
            map(cell, (one.source_id, one.family_name, one.given_name, one.birth_date, one.grade))
        )
        for one in people
    ]
    path = tmp_path / "list.csv"
    header = sign.join(("Student ID", "Last Name", "First Name", "DOB", "Grade"))
    path.write_bytes(samples.lines(header, *rows).encode())
    found = open_roster(path)
    assert isinstance(found, MappingNeeded)
    assert "" not in found.guess.fields
    roster = read_table(path, found.guess)
    assert [
        (s.source_id, s.family_name, s.given_name, s.birth_date, s.grade) for s in roster.students
    ] == [(s.source_id, s.family_name, s.given_name, s.birth_date, s.grade) for s in people]


TOKENS = (
    b'"', b'""', b",", b"\r\n", b"\n", b"\r", b"\0", b";", b"\t", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xc3", b"tobedeleted", b"student", b"roles", b"bulk", b"delta", b"13/13/2013", b"9" * 40,
    b"<html>", b"=1+1", b"{", b"}", b"sourcedId", b"\x1a", b"\x85", b"\xe2\x80\xa8", b"A" * 5000,
)  # fmt: skip


def mutated(content: bytes, dice: random.Random) -> bytes:
    """Return `content` with a few random wounds."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0:
                data[place:place] = dice.choice(TOKENS)
            case 1:
                del data[place : place + dice.randint(1, 30)]
            case 2:
                data = data[:place]
            case 3 if place < len(data):
                data[place] = dice.randrange(256)
            case 4:
                data[place:place] = data[place : place + dice.randint(1, 200)]
            case _:
                lines = data.split(b"\n")
                dice.shuffle(lines)
                data = bytearray(b"\n".join(lines))
    return bytes(data)


def wounded(tmp_path: Path, dice: random.Random) -> Path:
    """Return a roster with wounds inside its files, or in the bytes of the zip."""
    files: Files = dice.choice(
        (samples.oneroster_1_1, samples.oneroster_1_2, samples.clever, a_table)
    )()
    if dice.random() < 0.25:
        path = samples.zipped(tmp_path / "wound.zip", files)
        path.write_bytes(mutated(path.read_bytes(), dice))
        return path
    for name in dice.sample(sorted(files), k=min(len(files), dice.randint(1, 2))):
        files[name] = mutated(samples.as_bytes(files[name]), dice)
    if dice.random() < 0.2:
        del files[dice.choice(sorted(files))]
    if len(files) == 1:
        (content,) = files.values()
        path = tmp_path / "wound.csv"
        path.write_bytes(samples.as_bytes(content))
        return path
    return samples.zipped(tmp_path / "wound.zip", files)


def a_table() -> Files:
    return {
        "list.csv": samples.lines(
            "Student ID,Name,DOB,Grade,School,Guardian",
            '1,"Núñez, Ana",13/05/2011,9,Alder,Gina Núñez',
            "2,Bo Li,2/4/2013,7th,Birch,",
        )
    }


def read_whatever(path: Path) -> bool:
    """Read a file to the end; tell whether it was refused."""
    refused: Refused | None = None
    try:
        found = open_roster(path)
        if isinstance(found, MappingNeeded):
            read_table(path, found.guess)
    except Refused as caught:
        refused = caught
    if refused is None:
        return False
    assert refused.code.startswith("roster-")
    assert refused.field in {"file", "mapping"}
    if refused.field == "file":
        assert refused.facts["file"]
        assert refused.facts["expected"]
    return True


def drill(tmp_path: Path, times: int, seed: int) -> None:
    refused = 0
    slowest = 0.0
    for number in range(times):
        path = wounded(tmp_path, random.Random(f"{seed}:{number}"))
        begun = time.perf_counter()
        refused += read_whatever(path)
        slowest = max(slowest, time.perf_counter() - begun)
        path.unlink()
    assert 0 < refused < times
    assert slowest < 5


def test_wounded_files_are_refused_or_read_and_never_hang(tmp_path: Path) -> None:
    drill(tmp_path, 2_500, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_wounded_files_are_refused_or_read_and_never_hang(tmp_path: Path) -> None:
    drill(tmp_path, 60_000, seed=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=600))
def test_any_bytes_are_refused_or_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    read_whatever(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.text(max_size=400))
def test_any_text_is_refused_or_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content.encode("utf-8", errors="ignore"))
    read_whatever(path)


@pytest.mark.parametrize(
    "content",
    [
        b'"' * 300_000,
        b'" ' * 300_000,
        b'"a" ,' * 150_000,
        b"," * 600_000,
        b"\r" * 600_000,
        b"\0" * 600_000,
        b"a," * 300 + b"\n" + b"1/2/3," * 120_000,
        b"Name,DOB\n" + b"Ana Li,1/2/2011 " + b"1:" * 300_000,
        b"Name,Grade\n" + b"x,gradegrade\n" * 60_000,
        b"\xc3" * 600_000,
    ],
    ids=range(10),
)
def test_hostile_text_takes_no_longer_than_its_size_allows(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    begun = time.process_time()
    read_whatever(path)
    assert time.process_time() - begun < 5 * max(1, len(content) / 1e6)


def many_rows(files: Files, name: str, rows: list[str]) -> Files:
    return {**files, name: str(files[name]) + samples.lines(*rows)}


CROWDS: dict[str, Files] = {
    "one student at a thousand schools": many_rows(
        samples.clever(),
        "students.csv",
        [f"{n},S1,1,,Núñez,,Ana,9,F,,,,,,," for n in range(30_000)],
    ),
    "one contact for every student": many_rows(
        samples.clever(),
        "students.csv",
        [f"1,X{n},1,,Li,,Bo,9,F,,,,The School,,555-010-0000," for n in range(30_000)],
    ),
    "one child of every guardian": many_rows(
        samples.oneroster_1_1(),
        "users.csv",
        [f"p{n},,,true,s1,parent,x,,Pat,Ray,,,,,,u1,," for n in range(30_000)],
    ),
    "one student on every row": many_rows(
        {n: t for n, t in samples.oneroster_1_1().items() if n == "users.csv"},
        "users.csv",
        [f"u1,,,true,x{n},student,x,,Ana,Núñez,,,,,,,," for n in range(30_000)],
    ),
}


@pytest.mark.parametrize("crowd", CROWDS)
def test_crowds_around_one_person_take_no_longer_than_their_size_allows(
    tmp_path: Path, crowd: str
) -> None:
    path = samples.zipped(tmp_path / "crowd.zip", CROWDS[crowd])
    begun = time.process_time()
    assert not read_whatever(path)
    assert time.process_time() - begun < 8
